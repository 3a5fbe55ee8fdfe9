"""Functions of a library as operation types: an operation that calls one has its name."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ..base.late import late
from ..definition.opdef import REGISTRY, Effects, OpDef
from ..types import dtypes


def output_names(op_def: OpDef, attrs: Any) -> list[str]:
    """Per flat output of an operation, `argument:index`."""
    names = []
    for arg in op_def.outputs:
        count = 1
        if arg.list_attr is not None:
            count = len(attrs[arg.list_attr])
        elif arg.number_attr:
            count = attrs[arg.number_attr]
        names += [f"{arg.name}:{index}" for index in range(count)]
    return names


def call_types(functions: Mapping[str, Any]) -> dict[str, OpDef]:
    """Per function of a library, the type of the operations that are named by it and call it."""
    return {name: call_type(definition) for name, definition in functions.items() if name not in REGISTRY}


def call_type(definition: Any) -> OpDef:
    """The type of operations that call a function and have its name; it is known to its graph only."""
    signature = definition.signature

    def arguments(args: Any) -> str:
        return ", ".join(f"{arg.name}: {dtypes.as_dtype(arg.type).name}" for arg in args)

    made = OpDef(
        signature.name,
        f"{arguments(signature.input_arg)} -> {arguments(signature.output_arg)}",
        gradient=lambda g, op, *dys: late("function_gradients").symbolic(op, dys),
        effects=Effects("function", reads=True, writes=True) if signature.is_stateful else Effects(None),
        flow="call",
    )
    del REGISTRY[signature.name]
    return made


def function_of(op: Any, attr: str = "f") -> str:
    """The name of the function that an operation calls; one without the attribute has the function's name."""
    if attr not in op.attrs:
        return str(op.type)
    value = op.attrs[attr]
    return str(value if isinstance(value, str) else value.name)
