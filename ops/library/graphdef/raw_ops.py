"""`raw_ops`: one function per operation type, made from the registry: `raw_ops.AddV2(x=1, y=2)`.

Arguments are by keyword only and have TensorFlow's names: the inputs of the signature, then the attributes that they
do not determine, then `name`. Several outputs are a named tuple, `raw_ops.TopKV2(input=x, k=2).values`.
"""

from __future__ import annotations

import keyword
import typing  # not `Any` from it: that is an operation type

from ...base.suggest import nearest
from ...building.build import build_operation
from ...building.named import result_type
from ...definition.families import load_all
from ...definition.opdef import REGISTRY, REQUIRED, OpDef
from ...graph.node import Tensor
from ...graph.operation import Operation

# Parameters that TensorFlow calls otherwise than the inputs and attributes of the node.
_RENAMED = {
    "reduction_indices": "axis", "split_dim": "axis", "squeeze_dims": "axis", "ExpandDims.dim": "axis",
    "Select.t": "x", "Select.e": "y", "Where.input": "condition", "SparseSplit.split_dim": "split_dim",
    "ReduceJoin.reduction_indices": "reduction_indices",
}  # fmt: skip


def _implied(op_def: OpDef) -> set[str]:
    """The attributes that the inputs determine."""
    return {
        attr for arg in op_def.inputs for attr in (arg.type_attr, arg.list_attr, arg.number_attr) if attr is not None
    }


def _python_name(name: str) -> str:
    return name + "_" if keyword.iskeyword(name) else name


def _public(op_def: OpDef, name: str) -> str:
    """The name of an input or attribute as a parameter."""
    return _RENAMED.get(f"{op_def.name}.{name}") or _RENAMED.get(name) or _python_name(name)


def _make(op_def: OpDef) -> typing.Any:
    inputs = [_public(op_def, arg.name) for arg in op_def.inputs]
    implied = _implied(op_def)
    attrs = {_public(op_def, name): name for name in op_def.attrs if name not in implied}
    required = [word for word, name in attrs.items() if op_def.attrs[name].default is REQUIRED]
    optional = {word: op_def.attrs[name].default for word, name in attrs.items() if word not in required}
    possible = [*inputs, *required, *optional, "name"]

    def function(*args: typing.Any, **kwargs: typing.Any) -> typing.Any:
        if args:
            raise TypeError(
                f"{op_def.name} only takes keyword args (possible keys: {possible}). Please pass these args as kwargs "
                "instead."
            )
        for word in (*inputs, *required):
            if word not in kwargs:
                raise TypeError(f"{op_def.name}() missing 1 required keyword argument: '{word}'")
        for word in kwargs:
            if word not in possible:
                raise TypeError(f"{op_def.name}() got an unexpected keyword argument '{word}'")
        values = [kwargs[word] for word in inputs]
        given = {attrs[word]: value for word, value in kwargs.items() if word in attrs and value is not None}
        for arg, value in zip(op_def.inputs, values):
            if arg.is_ref and isinstance(value, Tensor):
                given.setdefault("_class", tuple(value.op.colocation_groups()))  # placed with its variable
        return results(build_operation(op_def, *values, name=kwargs.get("name"), **given))

    function.__name__ = function.__qualname__ = op_def.name
    function.__module__ = __name__
    function.__signature__ = _signature([*inputs, *required], {**optional, "name": None})  # type: ignore[attr-defined]
    function.__doc__ = f"Add an operation of type {op_def.name}: `{op_def.signature}`.\n\nArgs: {', '.join(possible)}."
    return function


def results(operation: Operation) -> typing.Any:
    """What TensorFlow's function of a type returns: a Tensor or a list of them, as the one output of the signature is.

    Several outputs are a named tuple with their names, each a Tensor or a list. Without tensors, it is the operation.
    """
    tensors = list(operation.outputs)
    if not tensors:
        return operation
    found: list[typing.Any] = []
    for arg in operation.op_def.outputs:
        if arg.is_list:
            count = operation.attrs[arg.number_attr] if arg.number_attr else len(operation.attrs[arg.list_attr or ""])
            found.append(tensors[:count])
            del tensors[:count]
        else:
            found.append(tensors.pop(0))
    return found[0] if len(found) == 1 else result_type(operation.op_def)._make(found)


def _signature(required: list[str], optional: dict[str, typing.Any]) -> typing.Any:
    """What `help` and `inspect` show: keywords, those that may be left out with their default."""
    from inspect import Parameter, Signature

    kind = Parameter.KEYWORD_ONLY
    defaults = {word: value.decode() if isinstance(value, bytes) else value for word, value in optional.items()}
    return Signature(
        [Parameter(word, kind) for word in required]
        + [Parameter(word, kind, default=value) for word, value in defaults.items()]
    )


def __getattr__(name: str) -> typing.Any:
    if name not in REGISTRY and not name.startswith("_"):
        load_all()
    op_def = None if name.startswith("_") else REGISTRY.get(name)
    if op_def is None:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}.{nearest(name, REGISTRY)}")
    function = globals()[name] = _make(op_def)
    return function


def __dir__() -> list[str]:
    load_all()
    return sorted(name for name in REGISTRY if not name.startswith("_"))
