"""What fusion makes: groups, each one loop nest to be, and single instructions between them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, Final

from ..plan.plan import Instruction, Value
from ..runtime import random_code
from ..specialize.symbolic import same_extents

if TYPE_CHECKING:
    from .convolutions import Convolution
    from .poolings import Pooling
    from .products import Product

LARGEST_GROUP: Final = 160  # instructions; larger groups compile slower than in proportion
MOST_PASSES: Final = 4  # reductions one after the other in a group: each pass over a row computes its elements anew
ELEMENT: Final = "element"
ROW: Final = "row"


class Group:
    """One kernel to be: instructions over one space.

    Attributes:
      space: extents of the loops.
      split: the axes that reductions fold, in order, or None while there is no reduction.
      levels: per value made here, ELEMENT or ROW.
      depths: per value made here, how many reductions it waits for one after the other.
      touched: the values made or read here.
      outputs: the values that others need.
    """

    __slots__ = ("depths", "instructions", "levels", "number", "outputs", "space", "split", "touched")

    def __init__(self, number: int, space: tuple[Any, ...]) -> None:
        self.number = number
        self.space = space
        self.split: tuple[int, ...] | None = None
        self.instructions: list[Instruction] = []
        self.levels: dict[Value, str] = {}
        self.depths: dict[Value, int] = {}
        self.touched: set[Value] = set()
        self.outputs: list[Value] = []

    @property
    def outer(self) -> tuple[Any, ...]:
        """The extents of the axes that are not folded."""
        return tuple(self.space[axis] for axis in self.kept)

    @property
    def kept(self) -> list[int]:
        """The axes that are not folded."""
        return [axis for axis in range(len(self.space)) if axis not in (self.split or ())]

    def is_row_shape(self, extents: tuple[Any, ...]) -> bool:
        """Whether a value of this shape has one element a row: the folded axes are left out, or ones."""
        if self.split is None:
            return False
        with_ones = tuple(1 if axis in self.split else extent for axis, extent in enumerate(self.space))
        return same_extents(extents, self.outer) or same_extents(extents, with_ones)

    def row_broadcasts(self, rank: int) -> bool:
        """Whether a row value of this rank stands for its whole row when it broadcasts against the space."""
        is_last = self.kept == list(range(len(self.split or ()), len(self.space)))
        return rank == len(self.space) or is_last


class Call:
    """One instruction that runs its NumPy kernel."""

    __slots__ = ("instruction", "number")

    def __init__(self, number: int, instruction: Instruction) -> None:
        self.number = number
        self.instruction = instruction


class Check(Call):
    """A check of indices that loops read at later: runs its kernel, which raises, only where `ok` is false."""

    __slots__ = ()

    @property
    def ok(self) -> Value:
        """Whether the indices are in range."""
        return self.instruction.inputs[2]


class Copy:
    """A result that has the elements of another value in another shape."""

    __slots__ = ("instruction",)

    def __init__(self, instruction: Instruction) -> None:
        self.instruction = instruction


class RowUpdate:
    """An array some of whose rows are changed: the rest is a copy, unless it is done in the array's own memory."""

    __slots__ = ("instruction",)

    def __init__(self, instruction: Instruction) -> None:
        self.instruction = instruction

    @staticmethod
    def of(instruction: Instruction, extents: dict[Value, tuple[Any, ...]]) -> RowUpdate | None:
        """The update an instruction is, or None; there is an update for each row."""
        if not instruction.op_def.row_update:
            return None
        var, indices, updates = (extents[value] for value in instruction.inputs)
        fits = bool(var) and same_extents(updates, (*indices, *var[1:]))
        return RowUpdate(instruction) if fits else None


class RowSums:
    """Rows each of which is the sum of those with its index."""

    __slots__ = ("instruction",)

    def __init__(self, instruction: Instruction) -> None:
        self.instruction = instruction

    @staticmethod
    def of(instruction: Instruction) -> RowSums | None:
        """The sums an instruction is, or None."""
        return RowSums(instruction) if instruction.op_def.sums_repeated else None


_DRAWN_BY: Final = {("uniform", "float64"): "doubles", ("bits", "uint32"): "blocks", ("bits", "uint64"): "blocks"}


class Drawn:
    """Random numbers, drawn into the result's memory by machine code.

    Attributes:
      function: of `../runtime/random_code.py`.
    """

    __slots__ = ("function", "instruction")

    def __init__(self, instruction: Instruction, function: Any) -> None:
        self.instruction = instruction
        self.function = function

    @staticmethod
    def of(instruction: Instruction) -> Drawn | None:
        """The drawing an instruction is, or None; there is code for bits, the numbers of float32, uniform float64."""
        draws, dtype = instruction.op_def.draws, instruction.outputs[0].dtype.name
        kind = _DRAWN_BY.get((draws, dtype), draws if dtype == "float32" else "")
        function = random_code.function(kind) if kind else None
        return None if function is None else Drawn(instruction, function)


class Fused:
    """A region's groups and calls in the order they run.

    Attributes:
      materialized: values known from extents that something needs as arrays.
      aliases: values that are other values' memory under another shape, with the instructions that say so.
      inlined: values without memory, computed where they are read, with the instructions that make them.
      written: the calls of instructions that are no Python in a native step: they write their result into given memory.
      shaped: values whose memory is that of a result of another shape, which is that alias of them.
    """

    def __init__(self) -> None:
        self.items: list[Group | Call] = []
        self.materialized: dict[Value, None] = {}
        self.aliases: dict[Value, tuple[Value, Instruction]] = {}
        self.inlined: dict[Value, Instruction] = {}
        self.written: dict[Instruction, Product | Convolution | Pooling | Copy | RowUpdate | RowSums | Drawn] = {}
        self.shaped: dict[Value, Value] = {}

    def without_memory(self, instructions: Sequence[Instruction]) -> list[Instruction]:
        """What makes the inlined values that instructions need, in order."""
        found: dict[Instruction, None] = {}
        pending = [maker for instruction in instructions for maker in self._inlined_makers(instruction)]
        while pending:
            missing = [maker for maker in self._inlined_makers(pending[-1]) if maker not in found]
            if missing:
                pending += missing
            else:
                found[pending.pop()] = None
        return list(found)

    def _inlined_makers(self, instruction: Instruction) -> list[Instruction]:
        return [self.inlined[value] for value in instruction.inputs if value in self.inlined]

    def root(self, value: Value) -> Value:
        """The value whose memory a value is."""
        while value in self.aliases:
            value = self.aliases[value][0]
        return value
