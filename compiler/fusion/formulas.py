"""What the definitions of operations say in text about one element, read into patterns: each text once for a type."""

from __future__ import annotations

from ...ops.types.dtypes import DType
from ..jit.short_types import computed_in
from ..plan.element_types import is_compiled_type
from ..plan.plan import Instruction
from ..tree.nodes import Pattern
from ..tree.reader import read_pattern


def scalar_pattern(instruction: Instruction) -> Pattern | None:
    """The expression of one element, or None if this instruction is not elementwise or not compilable."""
    if instruction.scalar is ...:
        instruction.scalar = _scalar_pattern(instruction)
    return instruction.scalar  # type: ignore[no-any-return]


def _scalar_pattern(instruction: Instruction) -> Pattern | None:
    scalar = instruction.op_def.scalar
    if scalar is None or len(instruction.outputs) != 1:
        return None
    dtypes = [value.dtype for value in instruction.inputs]
    if not all(is_compiled_type(dtype) for dtype in (*dtypes, instruction.outputs[0].dtype)):
        return None
    text = scalar if isinstance(scalar, str) else scalar(instruction.attrs, dtypes)
    return None if text is None else pattern(text, operand_type(instruction))


def pattern(text: str, dtype: DType) -> Pattern:
    """The pattern of a text whose `T(...)` and functions are of a type: for short floats, computed with in float32."""
    return read_pattern(text, computed_in(dtype).short, dtype.short)


def operand_type(instruction: Instruction) -> DType:
    """The type that `T(...)` and the functions of a scalar expression mean: the attribute T, else the first input's."""
    declared = instruction.attrs.get("T")
    return declared if isinstance(declared, DType) else instruction.inputs[0].dtype


def is_elementwise(instruction: Instruction) -> bool:
    """Whether an instruction has an expression of one element."""
    return scalar_pattern(instruction) is not None


def is_costly(instruction: Instruction) -> bool:
    """Whether an elementwise instruction takes a function like `exp`."""
    found = scalar_pattern(instruction)
    return found is not None and found.calls_routines
