"""Which element types have a place in generated code, and which random numbers."""

from __future__ import annotations

from typing import Final

from ...ops.types.dtypes import DType
from .plan import Instruction

COMPILED_KINDS: Final = "fiub"


def is_compiled_type(dtype: DType) -> bool:
    """Whether elements of this type have a place in generated code."""
    return dtype.kind in COMPILED_KINDS


def draws_numbers(instruction: Instruction) -> bool:
    """Whether an instruction has no other effect than to draw random numbers: which may be drawn anew."""
    values = (*instruction.inputs, *instruction.outputs)
    is_known = instruction.op_def.shape is not None and all(is_compiled_type(value.dtype) for value in values)
    return is_known and instruction.effects.resource == "random"
