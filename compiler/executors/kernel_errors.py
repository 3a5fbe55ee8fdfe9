"""What to say when a kernel fails: our own words, or those of the shape rule that its arguments break.

A kernel need not look again at what the shape rule looks at. Given a matrix for a vector of which no rank was known
while building, NumPy raises something like "only 0-dimensional arrays can be converted"; the rule says "Shape must be
rank 1 but is rank 2", as it would have said then.
"""

from __future__ import annotations

from collections.abc import Sequence
from opcode import opmap
from typing import Any, Final

import numpy as np

from ...ops.base.origin import is_inner
from ...ops.definition.shape_query import ShapeQuery, UnknownValueError
from ..plan.plan import Instruction

_RAISE: Final = opmap["RAISE_VARARGS"]


def is_in_our_words(error: Exception) -> bool:
    """Whether an error comes from a `raise ValueError` of ours, not from within NumPy or Python."""
    trace = error.__traceback__
    if type(error) is not ValueError or trace is None:
        return False
    while trace.tb_next is not None:
        trace = trace.tb_next
    code = trace.tb_frame.f_code
    return is_inner(code.co_filename) and code.co_code[trace.tb_lasti] == _RAISE


def broken_rule(instruction: Instruction, values: Sequence[Any]) -> str | None:
    """What the shape rule says of the shapes and values at hand, or None if they keep it."""
    shape = instruction.op_def.shape
    if shape is None or not all(isinstance(value, np.ndarray) for value in values):
        return None

    def integers(index: int) -> Any:
        return values[index] if values[index].dtype.kind in "iu" else None

    dtypes = [value.dtype for value in instruction.inputs]
    try:
        shape(ShapeQuery([value.shape for value in values], instruction.attrs, dtypes, integers))
    except UnknownValueError:
        return None
    except ValueError as broken:
        return str(broken)
    return None
