"""`tensorflow.python.framework.op_def_registry`: the definitions of all operation types as messages."""

from __future__ import annotations

from collections.abc import Iterator, MutableMapping
from functools import cache
from typing import Any

from ...ops.definition.families import load_all
from ...ops.definition.opdef import REGISTRY
from ...ops.encoding.op_def_message import op_def_message


class _Definitions(MutableMapping[str, Any]):
    """OpDef messages by name, each made when it is asked for."""

    def __init__(self) -> None:
        self._made: dict[str, Any] = {}

    def __getitem__(self, name: str) -> Any:
        if name not in self._made:
            self._made[name] = op_def_message(REGISTRY[name])
        return self._made[name]

    def __setitem__(self, name: str, message: Any) -> None:
        self._made[name] = message

    def __delitem__(self, name: str) -> None:
        raise TypeError(f"The definition of {name} stays.")

    def __iter__(self) -> Iterator[str]:
        return iter([*REGISTRY, *(name for name in self._made if name not in REGISTRY)])

    def __len__(self) -> int:
        return len({*REGISTRY, *self._made})


@cache
def get_registered_ops() -> MutableMapping[str, Any]:
    """Return the OpDef messages of the operation types that are here, by name; always the same mapping."""
    load_all()
    return _Definitions()


def register_op_list(op_list: Any) -> None:
    """Take the definitions of an OpList message for known.

    Args:
      op_list: an OpList message.
    Raises: TypeError if it is none; ValueError for a definition of a type that is not here, as what it computes is not
      said by it.
    """
    from ...ops.proto import OpList

    if not isinstance(op_list, OpList):
        raise TypeError(f"{op_list} is {type(op_list)}, not an op_def_pb2.OpList")
    load_all()
    unknown = sorted(op_def.name for op_def in op_list.op if op_def.name not in REGISTRY)
    if unknown:
        raise ValueError(f"Operation types that are not here cannot be registered: {', '.join(unknown)}")
