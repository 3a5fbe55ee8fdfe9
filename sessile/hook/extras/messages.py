"""`tensorflow.core.framework.types_pb2` and its like: the values of top-level enumerations."""

from __future__ import annotations

from functools import cache
from typing import Any


@cache
def _values() -> dict[str, int]:
    from ...ops import proto

    return {name: number for enum in proto.ENUMS for name, number in getattr(proto, enum).items()}


def __getattr__(name: str) -> Any:
    if name.startswith("__") or name not in _values():
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return _values()[name]
