"""What compiled loops compute is what the kernels compute, within the tolerance each operation states."""

from __future__ import annotations

from typing import Any, Final

import numpy as np
import pytest
from sessile.ops.building.build import build
from sessile.ops.definition.opdef import REGISTRY
from sessile.ops.types.dtypes import DType

import sessile as tf
from tests.ops.makers import arguments
from tests.ops.makers.arguments import Array
from tests.ops.makers.arrays import MAKERS
from tests.ops.makers.more import MORE
from tests.ops.test_registry import PURE
from tests.reference import compare

NOTES: Final = ("special values", "ordinary", "strided", "empty", "column and row")
FAST: Final = ("float32", "float64", "int32", "bool")  # the others take minutes of compiling


def _cases() -> list[Any]:
    """Return (name, type) for every scalar expression and type that is compiled; those beyond FAST are slow."""
    found = []
    for name in PURE:
        op_def = REGISTRY[name]
        if op_def.scalar is None or name in {**MAKERS, **MORE} or op_def.inputs[0].number_attr is not None:
            continue
        for dtype in arguments.main_types(op_def):
            if dtype.kind != "s" and dtype.size > (2 if dtype.kind == "f" else 0):
                marks = () if dtype.name in FAST else (pytest.mark.slow,)
                found.append(pytest.param(name, dtype, marks=marks, id=f"{name}-{dtype.name}"))
    return found


def as_matrix(array: Array) -> Array:
    """Return a vector as a row, so that most calls of a case run one compiled program."""
    return array[None, :] if array.ndim == 1 else array


def config(level: int) -> Any:
    """Return a ConfigProto that compiles or interprets."""
    made = tf.ConfigProto()
    made.graph_options.optimizer_options.global_jit_level = level
    return made


@pytest.mark.parametrize(("name", "dtype"), _cases())
def test_compiled_equals_interpreted(name: str, dtype: DType) -> None:
    """Over special values, ordinary, strided, empty and broadcasting arrays, bit for bit or within `ulp`."""
    op_def = REGISTRY[name]
    calls = [call for call in arguments.elementwise(op_def, dtype) if call.note in NOTES]
    kinds = [arg.dtype or dtype for arg in op_def.inputs]
    with tf.Graph().as_default():
        feeds = [tf.placeholder(kind) for kind in kinds]
        output = build(op_def, *feeds, **calls[0].attrs)
        with tf.Session(config=config(tf.OptimizerOptions.OFF)) as session:
            interpreted = session.make_callable(output, feeds)
            compiled = tf.Session(config=config(tf.OptimizerOptions.ON_1)).make_callable(output, feeds)
            for call in calls:
                arrays = [as_matrix(array) for array in call.inputs]
                wrong = compare.difference(np.asarray(compiled(*arrays)), interpreted(*arrays), op_def.ulp)
                assert wrong is None, f"{call.note}: {wrong}"
