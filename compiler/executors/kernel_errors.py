"""What to say when a kernel fails: our own words, or those of the shape rule that its arguments break.

A kernel need not look again at what the shape rule looks at. Given a matrix for a vector of which no rank was known
while building, NumPy raises something like "only 0-dimensional arrays can be converted"; the rule says "Shape must be
rank 1 but is rank 2", as it would have said then.
"""

from __future__ import annotations

from collections.abc import Sequence
from math import prod
from typing import Any, Final

import numpy as np

from ...ops.base.errors import InvalidArgumentError, OpError, ResourceExhaustedError, UnimplementedError
from ...ops.base.own_words import INSIDES, is_in_our_words
from ...ops.definition.shape_query import ShapeQuery, UnknownValueError
from ...ops.types.tensor_shape import Extents, brackets
from ..plan.plan import Instruction

_MOST_ELEMENTS: Final = 2**63 - 1
# What NumPy says of sizes that no memory has, with a ValueError of its own.
_OF_SIZES: Final = (
    "array is too big",
    "Maximum allowed",
    "maximum allowed dimension",
    "maximum supported dimension",
    "negative dimensions",  # of sums that overflow
)
_OF_AN_INTEGER: Final = "out of bounds for"  # of a number that its type does not hold, not of a size
_MOST_DIMENSIONS: Final = 64


def broken_rule(instruction: Instruction, values: Sequence[Any]) -> str | None:
    """What the shape rule says of the shapes and values at hand, or None if they keep it."""
    try:
        _inferred(instruction, values)
    except UnknownValueError:
        return None
    except INSIDES as broken:
        return str(broken) if is_in_our_words(broken) else None
    return None


def _inferred(instruction: Instruction, values: Sequence[Any]) -> Any:
    """What the shape rule says of the shapes and values at hand."""
    shape = instruction.op_def.shape
    if shape is None or not all(isinstance(value, np.ndarray) for value in values):
        return None

    def integers(index: int) -> Any:
        return values[index] if values[index].dtype.kind in "iuf" else None

    dtypes = [value.dtype for value in instruction.inputs]
    return shape(ShapeQuery([value.shape for value in values], instruction.attrs, dtypes, integers))


def too_large(error: Exception, instruction: Instruction, values: Sequence[Any]) -> OpError | None:
    """The error of a result that no memory has, or None if `error` does not say this.

    TensorFlow's classes: InvalidArgumentError if not even the number of elements is an int64, else
    ResourceExhaustedError.
    """
    of_sizes = isinstance(error, (MemoryError, OverflowError)) or str(error).startswith(_OF_SIZES)
    if not of_sizes or is_in_our_words(error) or _OF_AN_INTEGER in str(error):
        return None
    extents = _largest_result(instruction, values)
    if extents is None:
        return ResourceExhaustedError(None, instruction.op, "OOM when allocating the result")
    if prod(extents) > _MOST_ELEMENTS:
        text = f"the extents {brackets(extents)} of the result multiply to more than an int64 holds"
        return InvalidArgumentError(None, instruction.op, text)
    if len(extents) > _MOST_DIMENSIONS:
        text = f"the result has {len(extents)} dimensions; NumPy has arrays of at most {_MOST_DIMENSIONS}"
        return UnimplementedError(None, instruction.op, text)
    if "negative" in str(error):
        return None
    return ResourceExhaustedError(None, instruction.op, f"OOM when allocating tensor with shape{brackets(extents)}")


def _largest_result(instruction: Instruction, values: Sequence[Any]) -> Extents:
    """The shape of the largest result as far as the shape rule tells it, or None."""
    try:
        inferred = _inferred(instruction, values)
    except INSIDES:
        return None
    rows = inferred if type(inferred) is list else [inferred]
    known = [tuple(map(int, row)) for row in rows if row is not None and None not in row]
    return max(known, key=prod, default=None)
