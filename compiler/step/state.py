"""The list of actions of a step that reads and writes variables: straight at the cells, in place where it is alone.

What handles name is read and kept in the same way: an array that is found is held while the step runs, one that is kept
is read-only from then on. A step that keeps something writes no variables, so up to its end it can fail.

A written value is stored as a read-only array of its own; what the user gets is a copy or a scalar. An elementwise
update of an array that only the cell holds is done in that array, once everything else that reads the old value has
run (`in_place.py`).

A step that writes keeps the GIL, so updates of several threads add up. Others may still run within it: where big
arrays get their memory, which they get first, and during products that take very long. So just before the first write
the step makes sure that the cells are as it found them (`Confirm`). Until there it can give up, and the slow path does
it all; from there on nothing fails. What it has read does not change: others update in place only what nobody holds.
"""

from __future__ import annotations

import weakref
from collections.abc import Sequence
from typing import Any

from ..codegen.generate import generate
from ..fusion.groups import Call, Drawn, Group, RowUpdate
from ..jit.compile import compile_kernel
from ..partition.stateful import Stateful
from ..plan.plan import Instruction, Value
from ..specialize.symbolic import same_extents
from .actions import (
    Action,
    Cell,
    ChangeRows,
    CheckFits,
    CheckIdle,
    CheckStream,
    Confirm,
    CopyCell,
    FindHandle,
    Hold,
    InPlace,
    KeepArray,
    Launch,
    Make,
    MakeSpares,
    Named,
    ReadCell,
    Reserve,
    WriteCell,
)  # fmt: skip
from .builder import Builder, Wanted
from .in_place import Item, find_in_place, is_python

Pairs = tuple[tuple[Value, Value], ...]


class StatefulBuilder(Builder):
    """Builds the list for one variant of a `Stateful` plan.

    Args:
      stateful: the plan; cells: its variables' cells in the session; state: the session's state, for what draws random
        numbers.
    """

    def __init__(self, wanted: Wanted, stateful: Stateful, cells: dict[Instruction, Any], state: Any = None) -> None:
        super().__init__(wanted)
        self.cells = cells
        self.state = None if state is None else weakref.ref(state)
        self.extents: dict[Value, Any] = dict(self.extents)  # copies for the user have some, too
        self._reads, self._writes = stateful.reads, stateful.writes
        self._found, self._kept = stateful.found, stateful.kept
        self._shared = {*self._writes.values(), *self._reads.values(), *self._found.values()}
        self._shared.update(value for _, value in self._kept.values())
        self.extents.update(dict.fromkeys(self._kept))
        if self._writes:
            self.gil = "let go if very long"
        self._in_place = find_in_place(stateful, self.variant)
        self._drawn = [item for item in self.fused.written.values() if isinstance(item, Drawn)]
        self._copies: dict[Value, Value] = {}  # of what the cells hold or will hold, for the user

    def check_state(self) -> None:
        """Leave for the slow path unless every variable has a value that fits and no update is under way."""
        for root in self.cells:
            self.add(CheckIdle(root))
            self.add(ReadCell(root))
            value = self._reads.get(root)
            if value is not None and self.takes(value):
                self.check_array(value, Cell(root))
        for drawn in self._drawn:
            self.add(CheckStream(drawn.instruction))

    def check_argument(self, value: Value, number: int) -> None:
        """Of the name of a handle, see what it names."""
        roots = [root for root in self._found if root.inputs[0] is value]
        if not roots:
            super().check_argument(value, number)
        for root in roots:
            self.add(FindHandle(root, number))
            if self.takes(self._found[root]):
                self.check_array(self._found[root], Named(root))

    def hold_state(self) -> None:
        """Check shapes of what will be written; keep the values read alive.

        A step that has come here does what it is asked for, so the numbers that it draws are taken here: of a step that
        leaves before, the slow path takes them, and has to find the same ones.
        """
        for root, new in self._writes.items():
            old = self._reads.get(root)
            if old is None or not same_extents(self.extents[old], self.extents[new]):
                self.add(CheckFits(root, new))
        for drawn in self._drawn:
            self.add(Reserve(drawn.instruction))
        for root, value in (*self._reads.items(), *self._found.items()):
            self.add(Hold(root, value))
            self.own(value)

    def make_memory(self) -> None:
        """Make the memory of all results now, when it does no harm to run out of it."""
        super().make_memory()
        if self._writes:
            for item in self.fused.items:
                self._make_results(item)
        for value in dict.fromkeys(self.results):
            if value in self._shared and self.extents[value] and value not in self._copies:
                copy = self._copies[value] = self._copy_of(value)
                self.own(copy)
                self.add(Make(copy, copy, "array"))

    def out_of(self, value: Value) -> Value:
        """Of what cells hold or will hold, the copy."""
        if value not in self._shared:
            return value
        copy = self._copies[value] = self._copy_of(value)
        return copy

    def _copy_of(self, value: Value) -> Value:
        copy = Value(f"{value.name}_copy", value.dtype, value.extents)
        self.extents[copy] = self.extents[value]
        return copy

    def _make_results(self, item: Item) -> None:
        if isinstance(item, Call):
            results = [] if is_python(item, self.fused) else list(item.instruction.outputs)
        else:
            results = self.variant.kernels[item].results
        if item in self._in_place:
            pairs = self._in_place[item]
            self.add(MakeSpares(tuple(pairs.items())))
            for new in pairs.values():
                self.own(new)
            results = [value for value in results if value not in pairs.values()]
        for value in results:
            if value not in self.memory.flags:
                self.make(value)

    def _confirm(self) -> None:
        """From here on nothing fails, and nobody else may run."""
        if not self._writes or self.gil == "keep":
            return
        self.gil = "keep"
        pairs = tuple(pair for some in self._in_place.values() for pair in some.items())
        read = tuple(root for root in self._writes if root in self._reads)
        self.add(Confirm(read, tuple(self._writes), pairs))

    def run(self, item: Item) -> None:
        """Make an item's results; in place where the old values are ours alone."""
        if item not in self._in_place:
            super().run(item)
            return
        self._confirm()
        pairs = tuple(self._in_place[item].items())
        if isinstance(item, Group):
            self._run_group(item, pairs)
        else:
            update = self.fused.written[item.instruction]
            assert isinstance(update, RowUpdate)
            self.need([self.fused.root(value) for value in item.instruction.inputs])
            self.add(InPlace(pairs, (ChangeRows(update, True),), (ChangeRows(update, False),)))

    def _run_group(self, group: Group, pairs: Pairs) -> None:
        kernel = self.variant.kernels[group]
        new_values = [new for _, new in pairs]
        self.need(kernel.arguments)
        for value in kernel.results:
            if value not in new_values:
                self.make(value)
        fresh = Launch(group, kernel, self.variant.compiled[group], self.gil)
        self.add(InPlace(pairs, (fresh,), (self._launch_in_place(group),)))

    def _launch_in_place(self, group: Group) -> Action:
        variant = self.variant
        kernel = generate(group, self.special, variant.constants, variant.fused, self._in_place[group])
        return Launch(group, kernel, compile_kernel(kernel.tree), self.gil)

    def release(self, values: Sequence[Value], position: int) -> None:
        """Keep what dies until all is written: to let go of big arrays runs Python code."""
        if not self._writes:
            stored = [value for _, value in self._kept.values()]
            super().release([value for value in values if value not in stored], position)

    def commit_state(self) -> None:
        """Copy for the user what the cells hold or will hold, then give the cells their new values."""
        self._confirm()
        copies = {value: self._copy(value) for value in dict.fromkeys(self.results) if value in self._shared}
        self.results = [copies.get(value, value) for value in self.results]
        for root, new in self._writes.items():
            self.add(WriteCell(root, new))
            self.owned.pop(new, None)
        for handle, (root, value) in self._kept.items():
            self.add(KeepArray(root, value, handle))
            self.own(handle)

    def _copy(self, value: Value) -> Value:
        """A value of its own for the user: of a 0-d array a scalar is made of it on return."""
        copy = self._copies.get(value)
        is_made = copy is not None
        if copy is None:
            copy = self._copy_of(value)
            self.own(copy)
        elif self.wanted.has_out:
            self.filled.add(copy)
        self.add(CopyCell(value, copy, is_made))
        return copy
