"""`tensorflow.python.ops.gen_array_ops` and its like: one function per operation type, named `mat_mul` for `MatMul`."""

from __future__ import annotations

import re
from functools import cache
from typing import Any

import sessile


@cache
def _types() -> dict[str, str]:
    """From the function's name to the operation type."""
    return {_name(kind): kind for kind in dir(sessile.raw_ops)}


def _name(kind: str) -> str:
    """`MaxPoolGradV2` is `max_pool_grad_v2`."""
    name = re.sub(r"([A-Z]+)([A-Z][a-z])", r"\1_\2", kind)
    return re.sub(r"([a-z\d])([A-Z])", r"\1_\2", name).lower()


def __getattr__(name: str) -> Any:
    kind = _types().get(name.lstrip("_")) if not name.startswith("__") else None
    if kind is None:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return _positional(getattr(sessile.raw_ops, kind))


def _positional(function: Any) -> Any:
    """Raw operations take keywords; these functions take their arguments by place too."""
    import inspect

    names = list(inspect.signature(function).parameters)
    return lambda *args, **kwargs: function(**dict(zip(names, args)), **kwargs)
