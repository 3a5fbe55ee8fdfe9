"""Reading through index maps (`ops/families/arrays/index_maps.py`): the `Reader`, and loops in tiles for what lies
across."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from ..plan.plan import Instruction
from ..specialize.symbolic import same
from ..tree.nodes import (
    ZERO,
    Assign,
    Body,
    Call,
    Cast,
    Compare,
    Expression,
    For,
    If,
    Logical,
    Number,
    Variable,
    lifted,
)  # fmt: skip
from .loops import START, STOP, extent_of, index_of

if TYPE_CHECKING:
    from .elements import Generator

TILE = 16  # elements along each side: a cache line of float32


class IndexReader:
    """Gives an index map its inputs; what it reads becomes loads in `body`."""

    def __init__(self, generator: Generator, instruction: Instruction, body: Body) -> None:
        self._generator = generator
        self._instruction = instruction
        self._body = body
        self.attrs = instruction.attrs
        self.count = len(instruction.inputs)

    def known(self, position: int) -> np.ndarray[Any, Any]:
        """An input's integers."""
        return self._generator.special.known[self._instruction.inputs[position]]

    def extents(self, position: int) -> tuple[Any, ...]:
        """An input's extents."""
        return self._generator.special.extents[self._instruction.inputs[position]]

    def is_one(self, extent: Any) -> bool:
        """Whether an extent is known to be 1."""
        return same(extent, 1)

    def integer(self, extent: Any) -> Expression:
        """An extent as an expression."""
        return self._generator.integer(extent)

    def read(self, position: int, indices: list[Expression]) -> Expression:
        """The element of an input."""
        return self._generator.load_at(self._instruction.inputs[position], indices, self._body)

    def zero(self) -> Expression:
        """Zero, in the type of the result."""
        return self.converted(Number(0))

    def within(self, place: Expression, extent: Any) -> Expression:
        """An index that is data, kept below an extent: it was checked, but may have been changed since."""
        return Call("smaller", [Cast("U", place), self.integer(extent) - 1])

    def compare(self, first: Expression, *rest: tuple[str, Any]) -> Expression:
        """A chain of comparisons of indices."""
        return Compare(first, [(relation, lifted(other)) for relation, other in rest])

    def all(self, conditions: list[Expression]) -> Expression:
        """Whether all conditions hold."""
        return conditions[0] if len(conditions) == 1 else Logical("and", conditions)

    def pick(self, place: Expression, index: Expression, yes: Expression, no: Expression) -> Expression:
        """One of two elements, by whether an index that is data is another one."""
        return Call("pick", [Compare(Cast("U", place), [("==", index)]), yes, no])

    def converted(self, value: Expression) -> Expression:
        """An expression of indices in the type of the result."""
        return Cast(self._instruction.outputs[0].dtype.short, value)

    def choose(
        self, condition: Expression, yes: Callable[[Any], Expression], no: Callable[[Any], Expression]
    ) -> Expression:
        """One of two elements, of which only that one is read."""
        kind = self._instruction.outputs[0].dtype.short
        name = self._generator.fresh("w")
        bodies: list[Body] = []
        for function in (yes, no):
            inner: Body = []
            result = function(IndexReader(self._generator, self._instruction, inner))
            inner.append(Assign(name, Cast(kind, result)))
            bodies.append(inner)
        self._body.append(If(condition, *bodies))
        return name


def flat_offset(indices: Sequence[Expression], extents: Sequence[Expression]) -> Expression:
    """The flat index of an element, row-major."""
    if not indices:
        return ZERO
    place = indices[0]
    for index, extent in zip(indices[1:], extents[1:]):
        place = place * extent + index
    return place


def strided_offset(indices: Sequence[Expression], strides: Sequence[Expression]) -> Expression:
    """The place of an element whose axes lie at strides."""
    place: Expression | None = None
    for index, stride in zip(indices, strides):
        if ZERO not in (index, stride):
            term = index if stride == lifted(1) else index * stride
            place = term if place is None else place + term
    return ZERO if place is None else place


def tiled(numbers: list[int], across: int, body: Body, shared: int) -> Body:
    """A nest whose loops `across` and the innermost run over tiles.

        for t0 in range(start, stop, U(16)):
            for t1 in range(U(0), n1, U(16)):
                for i0 in range(t0, smaller(t0 + U(16), stop)):
                    for i1 in range(t1, smaller(t1 + U(16), n1)):

    Args:
      numbers: the loops, the outermost first.
      across: the loop along which something lies dense in memory.
      shared: the loop that runs from `start` to `stop`.
    """
    inner = numbers[-1]
    bounds: dict[int, tuple[Expression, Expression]] = {number: (ZERO, extent_of(number)) for number in numbers}
    bounds[shared] = START, STOP
    for number in (inner, across):
        first, last = Variable(f"t{number}"), bounds[number][1]
        body = [For(index_of(number), first, Call("smaller", [first + TILE, last]), None, body)]
    for number in reversed(numbers):
        if number in (across, inner):
            body = [For(Variable(f"t{number}"), *bounds[number], lifted(TILE), body)]
        else:
            body = [For(index_of(number), *bounds[number], None, body)]
    return body
