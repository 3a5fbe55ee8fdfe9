"""`tensorflow.python.framework.op_def_registry`: the definitions of all operation types as messages."""

from __future__ import annotations

from functools import cache
from typing import Any

from ...ops.definition.families import load_all
from ...ops.definition.opdef import REGISTRY
from ...ops.encoding.op_def_message import op_def_message


def get_registered_ops() -> dict[str, Any]:
    """Return an OpDef message for each operation type that is here."""
    load_all()
    return {name: _message(name) for name in REGISTRY}


@cache
def _message(name: str) -> Any:
    return op_def_message(REGISTRY[name])


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
