"""Queues, readers, tables and stacks whose handle is a reference to strings, as before there were resources.

Their types have the names of today's without `V2`, and do the same.
"""

from __future__ import annotations

from typing import Any, Final

from ...building.variants import variant
from ...definition.opdef import OpDef
from ...definition.shapes import same_shape
from ..control_flow import stack_ops
from ..dataflow import queue_ops
from ..io import reader_states, readers
from ..tables import table_ops

_MODULES: Final[tuple[Any, ...]] = (queue_ops, readers, reader_states, table_ops, stack_ops)
_NEWER_ONLY: Final = ("LookupTableRemoveV2", "MutableDenseHashTableV2", "StackV2")  # or with other inputs then


def _handle_shape(query: Any) -> Any:
    """A handle is two strings: the name of a container, and of what is in it."""
    return (2,)


def _older(op_def: OpDef) -> OpDef:
    owns = op_def.signature.startswith("->") or op_def.signature.endswith("handle: resource")
    changes: dict[str, Any] = {"shape": _handle_shape} if owns else {}
    if "encoding" in op_def.attr_spec:  # of records of one length, which were not compressed
        changes["attrs"] = {key: spec for key, spec in op_def.attr_spec.items() if key != "encoding"}
    signature = op_def.signature.replace("resource", "Ref(string)")
    return variant(op_def, op_def.name.removesuffix("V2"), signature=signature, **changes)


_DEFINED: Final = [
    found
    for module in _MODULES
    for found in vars(module).values()
    if isinstance(found, OpDef) and found.name.endswith("V2") and "resource" in found.signature
]
for _op_def in dict.fromkeys(_DEFINED):
    if _op_def.name not in _NEWER_ONLY:
        _older(_op_def)


def _new_stack(context: Any, *, stack_name: bytes) -> Any:
    return stack_ops.StackCell(stack_name.decode() or context.op.name, -1)


STACK = variant(stack_ops.STACK, "Stack", signature="-> handle: Ref(string)", kernel=_new_stack, shape=_handle_shape)

REF_IDENTITY = OpDef(
    name="RefIdentity",
    signature="input: Ref(T) -> output: Ref(T)",
    shape=same_shape,
    kernel=lambda variable: variable,
    gradient=lambda g, op, dy: dy,
)
