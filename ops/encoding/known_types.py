"""Operation types of TensorFlow that are not built here: graphs that hold them are imported, and cannot run them.

`ops/proto/tensorflow_types.binpb` has them all; `tools/record_types.py` writes it.
"""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any, Final

from ..base.errors import NotFoundError
from ..definition.opdef import OpDef
from ..definition.registry import lookup
from ..types import dtypes
from .node_def import attr_from_proto

_FILE: Final = Path(__file__).parent.parent / "proto" / "tensorflow_types.binpb"


@cache
def known_type(op_type: str) -> OpDef | None:
    """The definition of a type that is not built here: what it takes and gives, without a meaning; None if unknown."""
    message = _messages().get(op_type)
    try:
        return None if message is None else _definition(message)
    except TypeError:  # of a type of elements that is not known here
        return None


def type_of(op_type: str) -> OpDef:
    """The definition of a type, built here or not. Raises: NotFoundError that offers near names."""
    try:
        return lookup(op_type)
    except NotFoundError:
        found = known_type(op_type)
        if found is None:
            raise
        return found


@cache
def _messages() -> dict[str, Any]:
    from .. import proto

    found = proto.OpList()
    found.ParseFromString(_FILE.read_bytes())
    return {op.name: op for op in found.op}


def _definition(message: Any) -> OpDef:
    implied: set[str] = set()
    sides = (", ".join(_arg(arg, implied) for arg in args) for args in (message.input_arg, message.output_arg))
    specs: dict[str, tuple[Any, ...]] = {}
    where: dict[str, tuple[Any, ...]] = {}
    for attr in message.attr:
        if attr.HasField("default_value"):
            specs[attr.name] = (attr.type, attr_from_proto(attr.default_value))
        elif attr.name not in implied:
            specs[attr.name] = (attr.type,)
        allowed = [number for number in attr.allowed_values.list.type if number in dtypes._TABLE]
        if allowed and attr.type in ("type", "list(type)"):
            where[attr.name] = tuple(dtypes.as_dtype(number) for number in allowed)
    return OpDef(name=message.name, signature=" -> ".join(sides), attrs=specs, where=where, is_built=False)


def _arg(arg: Any, implied: set[str]) -> str:
    """One input or output as a signature has it; notes the attributes that this tells."""
    implied.update(filter(None, (arg.type_attr, arg.number_attr, arg.type_list_attr)))
    if arg.type_list_attr:
        return f"{arg.name}: list({arg.type_list_attr})"
    kind = arg.type_attr or dtypes.as_dtype(arg.type).base_dtype.name
    kind = f"Ref({kind})" if arg.is_ref else kind
    return f"{arg.name}: {arg.number_attr}*{kind}" if arg.number_attr else f"{arg.name}: {kind}"
