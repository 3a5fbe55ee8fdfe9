"""What a loop over scalars reads from memory: elements and small rows of arrays, at places that it computes.

Of `x[i]`, where `x` is a vector from outside of the loop, the statements are

    p1_ = i64(a0_)
    p1_ = i64(p1_ + load(z0, U(0)) if p1_ < i64(0) else p1_)
    if p1_ >= i64(0) and p1_ < load(z0, U(0)):
        p2_ = U(p1_)
        g3_ = load(y0, p2_)
    else:
        failed = True
        g3_ = f32(0)

with `y0` the elements of the array and `z0` its shape.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final, NamedTuple

import numpy as np

from ....ops.definition.registry import lookup
from ....ops.families.indexing.items import ITEM_AT
from ...codegen.scalars import cast
from ...plan.plan import Instruction, Value
from ...tree import nodes
from ...tree.nodes import Assign, Body, Cast, Choice, Compare, Expression, If, Load, Number, Variable
from .registers import Names, NotScalarError, Registers, kind_of

READS: Final = (ITEM_AT, lookup("GatherNd"), lookup("GatherV2"), lookup("Gather"))
FAILED: Final = Variable("failed")
_TRUE: Final = Cast("bool", Number(True))
_ZERO: Final = Cast("i64", Number(0))


class Table(NamedTuple):
    """An array that a loop reads from memory.

    Attributes:
      position: which invariant it is; None for a constant.
      constant: that, an array, else None.
      extents: what its shape must be: None where it does not matter.
      elements, sizes: the parameters of the kernel: its elements, its shape.
    """

    position: int | None
    constant: Any
    extents: tuple[int | None, ...]
    elements: nodes.Array
    sizes: nodes.Array

    def memory(self, values: Sequence[Any]) -> list[Any] | None:
        """What the kernel is given of the loop's arguments; None if the array is not of the kind that it reads."""
        given = self.constant if self.position is None else values[self.position]
        if type(given) is not np.ndarray or given.ndim != len(self.extents):
            return None
        if any(wanted not in (None, found) for wanted, found in zip(self.extents, given.shape)):
            return None
        return [np.ascontiguousarray(given), np.array(given.shape, np.int64)]


class _Place(NamedTuple):
    """Which elements are read: the axis at which the indices begin, their names, whether they count from the end."""

    axis: int
    indices: list[Expression]
    from_end: bool


class Lookups:
    """The tables of a loop, and the statements that read from them.

    Attributes:
      tables: those that are read, in the order of the kernel's parameters.
    """

    def __init__(self, registers: Registers) -> None:
        self.tables: list[Table] = []
        self._registers = registers
        self._known: dict[Value | int, Table] = {}  # by the constant, or the position

    def parameters(self) -> list[nodes.Array]:
        """The parameters of the kernel."""
        return [item for table in self.tables for item in (table.elements, table.sizes)]

    def read(self, instruction: Instruction, position: int | None, taken: Expression | None) -> Body | None:
        """The statements of one of `READS`; None if it does not read one element or row, or not from outside the loop.

        Args:
          position: which invariant the array is; None if it is none.
          taken: whether the place where this stands is come to at all; None if always.
        Raises: NotScalarError if it cannot be read so.
        """
        place = self._place(instruction)
        if place is None:
            return None
        source, result = instruction.inputs[0], instruction.outputs[0]
        constant = self._registers.known(source)
        if position is None and constant is None:
            return None
        shape = source.extents if constant is None else constant.shape
        last = place.axis + len(place.indices)
        if shape is None or last > len(shape) or any(type(n) is not int for n in (*shape[: place.axis], *shape[last:])):
            raise NotScalarError
        table = self._table(source, position, constant, tuple(n if type(n) is int else None for n in shape))
        names = self._registers.names_for((*shape[: place.axis], *shape[last:]))
        self._registers[result] = names
        nothing: Body = [Assign(name, cast(Number(0), result.dtype)) for name in names.reshape(-1)]
        return self._statements(table, place, names, nothing, taken)

    def _place(self, instruction: Instruction) -> _Place | None:
        """Where one of `READS` reads, if that is at places it can say."""
        op_def = instruction.op_def
        names = self._registers[instruction.inputs[1]]
        if op_def in (ITEM_AT, lookup("GatherNd")):
            if names.ndim != 1 or not names.size:
                return None
            return _Place(instruction.attrs.get("axis", 0), names.tolist(), op_def is ITEM_AT)
        axis = self._registers.known(instruction.inputs[2]) if len(instruction.inputs) > 2 else np.zeros((), np.int64)
        if names.ndim or axis is None or instruction.attrs.get("batch_dims", 0) or int(axis) < 0:
            return None
        return _Place(int(axis), names.reshape(-1).tolist(), False)

    def _table(self, source: Value, position: int | None, constant: Any, extents: tuple[int | None, ...]) -> Table:
        key = source if position is None else position
        if key not in self._known:
            kind, number = kind_of(source.dtype), len(self.tables)
            elements = nodes.Array(f"y{number}", kind, False)
            sizes = nodes.Array(f"z{number}", "i64", False)
            kept = None if position is not None else constant
            self._known[key] = Table(position, kept, extents, elements, sizes)
            self.tables.append(self._known[key])
        if self._known[key].extents != extents:
            raise NotScalarError  # another place knows otherwise of the array: what is checked has to hold there
        return self._known[key]

    def _statements(self, table: Table, place: _Place, names: Names, nothing: Body, taken: Expression | None) -> Body:
        body: Body = []
        sizes = [Load(table.sizes, _at(axis)) for axis in range(len(table.extents))]
        where: list[Expression] = []
        for axis, index in enumerate(place.indices, place.axis):
            number = self._registers.fresh("p")
            body.append(Assign(number, Cast("i64", index)))
            if place.from_end:
                wrapped = Choice(_below(number, _ZERO), number + sizes[axis], number)
                body.append(Assign(number, Cast("i64", wrapped)))
            where.append(number)
        bounds = [
            test
            for axis, number in enumerate(where, place.axis)
            for test in (Compare(number, [(">=", _ZERO)]), _below(number, sizes[axis]))
        ]
        failed = _TRUE if taken is None else Cast("bool", nodes.Logical("or", [FAILED, taken]))
        inside = self._loads(table, place, where, names)
        body.append(If(nodes.Logical("and", bounds), inside, [*nothing, Assign(FAILED, failed)]))
        return body

    def _loads(self, table: Table, place: _Place, where: list[Expression], names: Names) -> Body:
        """The elements, the places being inside: before them lie those of earlier indices, and of earlier axes."""
        row: Expression = where[0]
        for axis, number in enumerate(where[1:], place.axis + 1):
            row = row * Load(table.sizes, _at(axis)) + number
        last = place.axis + len(where)
        behind = int(np.prod([extent or 0 for extent in table.extents[last:]], dtype=np.int64))
        at, step = self._registers.fresh("p"), self._registers.fresh("p")
        body: Body = [Assign(at, Cast("U", row) * behind if behind != 1 else Cast("U", row))]
        count = names.size // max(behind, 1)
        if count > 1:
            body.append(Assign(step, Cast("U", Load(table.sizes, _at(place.axis))) * behind))
        for element_number, name in enumerate(names.reshape(-1)):
            lead, offset = divmod(element_number, behind)
            element: Expression = at + offset if offset else at
            if lead:
                element = element + step * lead
            body.append(Assign(name, Load(table.elements, element)))
        return body


def _below(number: Expression, limit: Expression) -> Compare:
    return Compare(number, [("<", limit)])


def _at(place: int) -> Expression:
    return Cast("U", Number(place))
