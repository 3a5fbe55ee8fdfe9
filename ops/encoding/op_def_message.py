"""OpDef messages: what an operation type is, for readers of a MetaGraphDef and of `Operation.op_def`."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from ..definition.opdef import REGISTRY, REQUIRED, Arg, OpDef
from .attr_limits import CHOICES, MINIMA
from .node_def import attr_to_proto


def op_list(op_types: Iterable[str]) -> Any:
    """Return the definitions of operation types as an OpList message, sorted by name; unknown types are left out."""
    from .. import proto
    from ..definition.families import load_all

    load_all()
    return proto.OpList(op=[op_def_message(REGISTRY[name]) for name in sorted(set(op_types)) if name in REGISTRY])


def op_def_message(op_def: OpDef) -> Any:
    """Return a definition as an OpDef message."""
    from .. import proto

    result = proto.OpList().op.add()
    result.name = op_def.name
    result.is_stateful = _is_stateful(op_def)
    result.is_aggregate = op_def.name in ("AccumulateNV2", "AddN", "AddV2")
    result.is_commutative = op_def.commutative or op_def.name in ("AccumulateNV2", "AddN")
    result.allows_uninitialized_input = op_def.name in ("Assign", "IsVariableInitialized")
    for arg in op_def.inputs:
        _fill_arg(result.input_arg.add(), arg)
    for arg in op_def.outputs:
        _fill_arg(result.output_arg.add(), arg)
    for name, attr in op_def.attrs.items():
        message = result.attr.add(name=name, type=attr.kind)
        if attr.default is not REQUIRED:
            message.default_value.CopyFrom(attr_to_proto(attr.kind, attr.default))
        if attr.allowed is not None:
            kind = "list(string)" if attr.kind == "string" else "list(type)"
            message.allowed_values.CopyFrom(attr_to_proto(kind, attr.allowed))
        if (op_def.name, name) in CHOICES:
            message.allowed_values.CopyFrom(attr_to_proto("list(string)", CHOICES[op_def.name, name]))
        if (op_def.name, name) in MINIMA:
            message.has_minimum, message.minimum = True, MINIMA[op_def.name, name]
    return result


def _is_stateful(op_def: OpDef) -> bool:
    """As TensorFlow has it: what works on the references of variables is not stateful itself."""
    if op_def.name in ("GuaranteeConst", "PyFuncStateless"):
        return op_def.name == "GuaranteeConst"
    return op_def.effects.resource is not None and not any(arg.is_ref for arg in op_def.inputs)


def _fill_arg(message: Any, arg: Arg) -> None:
    message.name = arg.name
    message.is_ref = arg.is_ref
    message.number_attr = arg.number_attr or ""
    message.type_list_attr = arg.list_attr or ""
    if arg.dtype is not None:
        message.type = arg.dtype.as_datatype_enum
    else:
        message.type_attr = arg.type_attr or ""
