"""Wrong arguments for every operation type: right ones (see `arguments.py`) with one thing changed.

Changed are the rank, the extents and the values of each input, the number of tensors in lists, types and attributes.
Many a change is right as well: a test asks how it is refused, if it is.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

import numpy as np
from sessile.ops.definition.opdef import REGISTRY, OpDef
from sessile.ops.types import dtypes
from sessile.ops.types.dtypes import DType

from tests.ops.makers import arguments
from tests.ops.makers.arguments import Array, Call, data

REFERENCES: Final = {  # operations with state; the first input is a variable of this value
    name: ((3, 2), extra)
    for name, extra in {
        "Assign": (data(dtypes.float32, (3, 2)),),
        "AssignAdd": (data(dtypes.float32, (3, 2)),),
        "AssignSub": (data(dtypes.float32, (3, 2)),),
        "IsVariableInitialized": (),
        **{
            f"Scatter{name}": (np.array([0, 2], np.int32), data(dtypes.float32, (2, 2)))
            for name in ("Add", "Div", "Max", "Min", "Mul", "Sub", "Update")
        },
    }.items()
}
STATEFUL: Final = {
    "Assert": ((np.array(True), [data(dtypes.float32)]), {"summarize": 3}),
    "CheckNumerics": ((data(dtypes.float32),), {"message": b"no"}),
    "RandomShuffle": ((data(dtypes.float32),), {}),
    "RandomStandardNormal": ((np.array([2, 3], np.int32),), {"dtype": dtypes.float32}),
    "RandomUniform": ((np.array([2, 3], np.int32),), {"dtype": dtypes.float32}),
    "TruncatedNormal": ((np.array([2, 3], np.int32),), {"dtype": dtypes.float32}),
    "RandomUniformInt": ((np.array([2, 3], np.int32), np.array(1, np.int32), np.array(4, np.int32)), {}),
}


def right_calls(op_def: OpDef) -> list[Call]:
    """Return up to three argument sets that the operation takes."""
    if op_def.name in REFERENCES:
        shape, extra = REFERENCES[op_def.name]
        return [Call("variable", (data(dtypes.float32, shape), *extra), {})]
    if op_def.name in STATEFUL:
        return [Call("state", *STATEFUL[op_def.name])]
    if not op_def.is_pure or op_def.name.startswith("_"):
        return []
    found: dict[DType, list[Call]] = {}
    for dtype, call in arguments.calls(op_def):
        if call.note not in ("special values", "scalar", "empty", "strided", "transposed", "reversed"):
            found.setdefault(dtype, []).append(call)
    wanted = (dtypes.float32, dtypes.int32, dtypes.bool_, dtypes.complex64, *found)
    return next((found[dtype][:3] for dtype in wanted if dtype in found), [])


def hostile_calls(name: str) -> Iterator[Call]:
    """Yield argument sets that differ from right ones in one thing."""
    op_def = REGISTRY[name]
    for number, call in enumerate(right_calls(op_def)):
        changes = [*_of_inputs(call, op_def), *(_of_attrs(call, op_def) if not number else ())]
        for note, inputs, attrs in changes:
            yield Call(f"{number}, {note}", inputs, attrs)


def _of_inputs(call: Call, op_def: OpDef) -> Iterator[tuple[str, tuple[Any, ...], dict[str, Any]]]:
    for index, value in enumerate(call.inputs):
        before, after = call.inputs[:index], call.inputs[index + 1 :]
        name = op_def.inputs[index].name
        if isinstance(value, list):
            lists = [("none", []), ("one", value[:1]), ("twice", value * 2)]
            if value:
                lists += [(f"last {note}", [*value[:-1], array]) for note, array in _of_array(value[-1])]
                lists += [(f"all {note}", [array] * len(value)) for note, array in _of_array(value[0])]
            for note, changed in lists:
                attrs = {key: item for key, item in call.attrs.items() if key != "N"}
                yield f"{name}: {note}", (*before, changed, *after), attrs
            continue
        for note, array in _of_array(value):
            yield f"{name}: {note}", (*before, array, *after), dict(call.attrs)


def _of_array(array: Array) -> Iterator[tuple[str, Array]]:
    """Yield an array with other ranks, extents, values and types."""
    zeros = np.zeros((), array.dtype) if array.dtype != object else np.array(b"x", object)
    yield "scalar", array.reshape(-1)[0, ...] if array.size else zeros
    yield "wrapped", array[None]
    yield "vector of none", np.zeros(0, array.dtype)
    if array.ndim:
        yield "flat", array.reshape(-1)
        yield "one more", np.concatenate([array, array[:1]])
        yield "one less", array[1:]
        yield "no columns", array[..., :0]
        yield "wider", np.concatenate([array, array[..., :1]], axis=-1)
    if array.dtype.kind in "iu":
        for value in (0, 1, -1, 5, 1000) if array.dtype.kind == "i" else (0, 1, 5, 1000):
            yield f"all {value}", np.full_like(array, min(value, np.iinfo(array.dtype).max))
        if array.size > 1:
            yield "greatest", np.full_like(array, np.iinfo(array.dtype).max)
            yield "least", np.full_like(array, np.iinfo(array.dtype).min)
            yield "reversed", array[::-1].copy()
        if array.ndim:
            yield "last -1", np.where(np.arange(array.shape[-1]) == array.shape[-1] - 1, -1, array).astype(array.dtype)
    if array.dtype.kind in "fc":
        yield "zeros", np.zeros_like(array)
        yield "NaN", np.full_like(array, np.nan)
        yield "whole", np.zeros(array.shape, np.int32)
    if array.dtype.kind in "iub":
        yield "fraction", np.ones(array.shape, np.float32)
    if array.dtype != object:
        yield "words", np.full(array.shape, b"x", object)


def _of_attrs(call: Call, op_def: OpDef) -> Iterator[tuple[str, tuple[Any, ...], dict[str, Any]]]:
    counted = {arg.number_attr for arg in op_def.inputs} | {arg.list_attr for arg in op_def.inputs}
    counted |= {arg.type_attr for arg in op_def.inputs}
    for key, attr in op_def.attrs.items():
        if key in counted or key.startswith("_"):
            continue
        for value in _VALUES.get(attr.kind, ()):
            yield f"{key}={value!r}", call.inputs, {**call.attrs, key: value}


_VALUES: Final[dict[str, tuple[Any, ...]]] = {
    "int": (0, 1, -1, -2, 3, 1000),
    "list(int)": ([], [0], [-1], [0, 0], [5], [-5]),
    "float": (-1.0, 0.0),
    "string": (b"", b"nonsense"),
    "shape": (None, (), (7,), (0, 2)),
    "type": (dtypes.int64, dtypes.string, dtypes.float32),
}
