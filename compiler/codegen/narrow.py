"""Narrow rows: a group whose rows have few elements, as many for all sizes. Its loop runs over rows, in vectors.

A loop over five elements costs more than the elements. Here the statements of an element are written out once for each
element of the row, each variable under a new name whenever it is assigned, so that what is left is a loop over rows
without state, of which LLVM makes vectors: several rows at once. Of `reduce_max(x, 1)` for x: f32[s0, 2]:

    for i0 in range(start, stop):
        a1 = f32(-inf)
        e0 = load(x0, i0 * U(2) + U(0))
        a1_1 = larger(a1, e0)
        e0_1 = load(x0, i0 * U(2) + U(1))
        a1_2 = larger(a1_1, e0_1)
        ...
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import product
from typing import TYPE_CHECKING, Any, Final

from ..tree import nodes
from ..tree.nodes import (
    Assign,
    Body,
    Call,
    Cast,
    Compare,
    Expression,
    Number,
    Statement,
    Store,
    ValueVariable,
    Variable,
)
from .loops import extent_of, index_of
from .rows import Fold, IndexFold, ReductionLoops

if TYPE_CHECKING:
    from .elements import Generator

MOST: Final = 16  # elements of a row
_CHANNELS: Final = 8
_LONGEST: Final = 640  # statements
_SHORT: Final = frozenset({"f16", "bf16"})


def has_narrow_rows(generator: Generator) -> bool:
    """Whether the rows of a group are narrow, and known to be."""
    loops = generator.loops
    inner = loops.extents[len(loops.outer) :]
    if not inner or not loops.outer or not all(type(extent) is int for extent in inner):
        return False
    size = 1
    for extent in inner:
        size *= extent
    kinds = {value.dtype.short for i in generator.group.instructions for value in (*i.inputs, *i.outputs)}
    return 1 < size <= MOST and kinds.isdisjoint(_SHORT) and size * len(generator.group.instructions) <= _LONGEST // 4


class _Index(IndexFold):
    """The index of the first extreme element, remembered from element to element. NaN is never better."""

    def step(self, x: Expression) -> Body:
        """For one element."""
        better = Compare(x, [(">" if self._is_largest else "<", self.part)])
        is_better = ValueVariable("b", self.instruction.outputs[0].name)
        return [
            Assign(is_better, better),
            Assign(self._place, Call("pick", [is_better, Cast("i64", Variable("element")), self._place])),
            Assign(self.part, Call("pick", [is_better, x, self.part])),
        ]

    def block_end(self) -> Body:
        """Nothing is left to be looked for."""
        return []


class NarrowLoops(ReductionLoops):
    """Writes the body of one row without loops."""

    index_fold = _Index

    def __init__(self, generator: Generator) -> None:
        super().__init__(generator)
        self._numbers = generator.inner_numbers()
        self._extents = [generator.loops.extents[number] for number in self._numbers]

    def body(self) -> Body:
        """The statements of one row. Where they are not `is_straight`, another form has to write the row."""
        known: dict[Expression, Expression]
        known = {extent_of(number): nodes.lifted(extent) for number, extent in zip(self._numbers, self._extents)}
        return renamed(super().body(), known)

    def search(self, fold: IndexFold) -> None:
        """The place is known when the extreme element is."""

    def blocked(self, folds: Sequence[Fold], body: Body, numbers: list[int]) -> Body:
        """The elements of a row, one after the other."""
        starts = [line for fold in folds for line in fold.block_start()]
        return [*starts, *self._each(body), *[line for fold in folds for line in fold.block_end()]]

    def write_elements(self, elements: list[Any]) -> None:
        """Append what writes results with one element a point."""
        self.lines += self._each(self.element_lines(elements))

    def _each(self, body: Body) -> Body:
        """The statements of an element for every element."""
        lines: Body = []
        for flat, places in enumerate(product(*map(range, self._extents))):
            known: dict[Expression, Expression] = {Variable("element"): nodes.lifted(flat)}
            known.update((index_of(number), nodes.lifted(place)) for number, place in zip(self._numbers, places))
            lines += [replaced(statement, known) for statement in body]
        return lines


def is_short(extent: Any, body: Body) -> bool:
    """Whether a loop of a transposition has so few turns that they are written out: channels of images."""
    return type(extent) is int and 1 < extent <= _CHANNELS and is_straight(body) and extent * len(body) <= _LONGEST // 4


def each_of(number: int, extent: int, body: Body) -> Body:
    """A loop's turns, one after the other."""
    lines = [replaced(line, {index_of(number): nodes.lifted(turn)}) for turn in range(extent) for line in body]
    return renamed(lines, {})


def is_straight(body: Body) -> bool:
    """Whether there are no loops and branches among statements, and not too many of them."""
    return len(body) <= _LONGEST and all(type(statement) in (Assign, Store) for statement in body)


def replaced(node: Any, known: dict[Expression, Expression]) -> Any:
    """A node with expressions in the place of variables."""
    if isinstance(node, (Variable, ValueVariable)):
        return known.get(node, node)
    if isinstance(node, nodes.Node) and not isinstance(node, (nodes.Array, Number)):
        made = object.__new__(type(node))
        for name in node.__slots__:
            setattr(made, name, replaced(getattr(node, name), known))
        return made
    if isinstance(node, list):
        return [replaced(part, known) for part in node]
    if isinstance(node, tuple):
        return tuple(replaced(part, known) for part in node)
    return node


def renamed(body: Body, known: dict[Expression, Expression]) -> Body:
    """Statements in which every variable is assigned once.

    Args:
      known: what stands for variables in the beginning.
    """
    if not is_straight(body):
        return body
    current, times, lines = dict(known), dict[Expression, int](), list[Statement]()
    for statement in body:
        made = replaced(statement.value, current) if isinstance(statement, Assign) else replaced(statement, current)
        if not isinstance(statement, Assign):
            lines.append(made)
            continue
        target = statement.target
        number = times[target] = times.get(target, -1) + 1
        name = _numbered(target, number) if number else target
        current[target] = name
        lines.append(Assign(name, made))
    return lines


def _numbered(target: Variable | ValueVariable, number: int) -> Variable | ValueVariable:
    if isinstance(target, Variable):
        return Variable(f"{target.name}_{number}")
    return ValueVariable(target.letter, target.value, f"{target.suffix}_{number}")
