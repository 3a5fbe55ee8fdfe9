"""The native step of a plan that reads and writes variables: straight at the cells, in place where nobody else looks.

A written value is stored as a read-only array of its own; what the user gets is a copy or a scalar. An elementwise
update of an array that only the cell holds is done in that array, once everything else that reads the old value has
run: its kernel is a second one, generated to read the old value where it writes the new.

A step that writes keeps the GIL, so updates of several threads add up. Others may still run within it: where big
arrays get their memory, which they get first, and during products that take very long. So just before the first write
the step makes sure that the cells are as it found them. Until there it can give up, and the slow path does it all; from
there on nothing fails. What it has read does not change: others update in place only what nobody holds.
"""

from __future__ import annotations

import weakref
from collections.abc import Sequence
from typing import Any

from ..fusion.groups import ELEMENT, Call, Check, Fused, Group, RowUpdate
from ..jit.compile import CompiledKernel, compile_kernel
from ..machine import abi as layout
from ..machine.assembler import address
from ..partition.stateful import Stateful, draws_numbers
from ..plan.plan import Instruction, Value
from ..specialize.symbolic import expression, same_extents
from ..step.variant import Variant
from .rows import change_rows, prepare_rows
from .step import NativeStep

_WRITEABLE = 0x0400  # NumPy's flag


class StatefulStep(NativeStep):
    """Emits the step of one variant of a `Stateful` plan.

    Args:
      stateful: the plan; cells: its variables' cells in the session; state: the session's state, for what draws random
        numbers. The rest as in `NativeStep`.
    """

    def __init__(
        self,
        stateful: Stateful,
        cells: dict[Instruction, Any],
        variant: Variant,
        feeds: Sequence[int | None],
        shape: str,
        flag: Any,
        state: Any = None,
    ) -> None:
        super().__init__(variant, feeds, list(stateful.outputs), shape, flag, stateful.plan.inputs)
        self.state = None if state is None else weakref.ref(state)
        self.stateful = stateful
        self.cells = cells
        self._inputs = {value: position for position, value in enumerate(variant.region.inputs)}
        self._held: dict[Instruction, str] = {}  # the array object in each cell when the step began
        self.shown = list(stateful.writes.values())
        self.keeps_gil = bool(stateful.writes)
        self._in_place = self._find_in_place()
        self._copies: dict[Value, Value] = {}  # of what the cells hold or will hold, for the user
        self.objects += cells.values()

    # What can be updated in place.

    def _find_in_place(self) -> dict[Group | Call, dict[Value, Value]]:
        """Groups and updates of rows whose results may take the places of values read: from an old value to the new."""
        found: dict[Group | Call, dict[Value, Value]] = {}
        for root, new in self.stateful.writes.items():
            old = self.stateful.reads.get(root)
            if old is None or (new in self.stateful.outputs and self.special.extents[new]):
                continue
            last = next((item for item in reversed(self.variant.fused.items) if self._reads(item, old)), None)
            if last is not None and self._may_replace(last, old, new):
                if any(map(self._is_python, self.variant.fused.items[last.number :])):
                    continue  # a step that fails leaves variables as they were
                found.setdefault(last, {})[old] = new
        return found

    def _is_python(self, item: Any) -> bool:
        return isinstance(item, Call) and item.instruction not in self.variant.fused.written

    def _reads(self, item: Any, value: Value) -> bool:
        if isinstance(item, Call):
            return value in map(self.variant.fused.root, item.instruction.inputs)
        return value in self.variant.kernels[item].arguments

    def _may_replace(self, item: Group | Call, old: Value, new: Value) -> bool:
        written = list(self.stateful.writes.values())
        if written.count(new) > 1 or old in written or old in self.stateful.outputs:
            return False
        if self.variant.fused.root(old) is not old or old in self.variant.fused.aliases:
            return False
        return self._group_may(item, old, new) if isinstance(item, Group) else self._rows_may(item, old, new)

    def _rows_may(self, call: Call, old: Value, new: Value) -> bool:
        is_update = isinstance(self.variant.fused.written.get(call.instruction), RowUpdate)
        return is_update and call.instruction.inputs[0] is old and call.instruction.outputs == (new,)

    def _group_may(self, group: Group, old: Value, new: Value) -> bool:
        if new not in group.outputs or group.split is not None or group.levels[new] != ELEMENT:
            return False
        if len(group.outputs) > 1 and any(i.op_def.reduction is not None for i in group.instructions):
            return False  # what is written in one pass may be computed again from the old value in another
        if _is_moved(group, self.variant.fused, old):
            return False
        return same_extents(self.special.extents[old], group.space)

    # Hooks of the native step.

    def check_state(self) -> None:
        """Leave for the slow path unless every variable has a value that fits and no update is under way."""
        asm = self.asm
        for root, cell in self.cells.items():
            self._require_idle(root, "slow")
            held = self._held[root] = asm.emit(f"load ptr, ptr {address(cell.box.ctypes.data)}")
            asm.require(asm.emit(f"icmp ne ptr {held}, {address(None)}"), "slow")
            value = self.stateful.reads.get(root)
            if value is not None and value in self._inputs:
                self.borrowed[value] = held
                self.check_array(held, self._inputs[value])

    def _require_idle(self, root: Instruction, otherwise: str) -> None:
        """Go on only if no update by Python code is under way."""
        busy = self.asm.emit(f"load i64, ptr {address(self.cells[root].busy.ctypes.data)}")
        self.asm.require(self.asm.emit(f"icmp eq i64 {busy}, 0"), otherwise)

    def hold_state(self) -> None:
        """Check shapes of what will be written; keep the values read alive."""
        for root, new in self.stateful.writes.items():
            self._check_fits(root, new)
        for root, value in self.stateful.reads.items():
            self.asm.do(f"call void {address(layout.function_address('Py_IncRef'))}(ptr {self._held[root]})")
            self.arrays[value] = self._held[root]
            self.owned.append(self._held[root])

    def _check_fits(self, root: Instruction, new: Value) -> None:
        asm = self.asm
        extents = self.special.extents[new]
        old = self.stateful.reads.get(root)
        if old is not None and same_extents(self.special.extents[old], extents):
            return
        held = self._held[root]
        rank = asm.emit(f"icmp eq i32 {asm.load(held, layout.RANK, 'i32')}, {len(extents)}")
        asm.require(rank, "slow")
        dims = asm.load(held, layout.DIMS) if extents else ""
        for axis, extent in enumerate(extents):
            known = asm.load(dims, 8 * axis, "i64")
            asm.require(asm.emit(f"icmp eq i64 {known}, {self.integer(expression(extent))}"), "slow")

    def _make_arena(self) -> None:
        super()._make_arena()
        if self.stateful.writes:
            for item in self.variant.fused.items:
                self._make_results(item)
        shared = {*self.stateful.writes.values(), *self.stateful.reads.values()}
        for value in dict.fromkeys(self.results):
            if value in shared and self.special.extents[value]:
                copy = self._copies[value] = Value(f"{value.name}_copy", value.dtype, value.extents)
                self.special.extents[copy] = self.special.extents[value]
                self.allocate(copy)

    def _make_results(self, item: Group | Call) -> None:
        """Make the memory of an item's results now, when it does no harm to run out of it."""
        if isinstance(item, Call):
            results = [] if self._is_python(item) else list(item.instruction.outputs)
        else:
            results = self.variant.kernels[item].results
        if item in self._in_place:
            pairs = self._in_place[item]
            self._make_spares(pairs)
            results = [value for value in results if value not in pairs.values()]
        for value in results:
            if value not in self.variant.memory.flags:
                self.make(value)

    def _make_spares(self, pairs: dict[Value, Value]) -> None:
        """Arrays for a group's new values if one of the old ones is not ours alone, else null for all of them."""
        asm = self.asm
        for extent in [extent for new in pairs.values() for extent in self.special.extents[new]]:
            self.integer(expression(extent))
        ours = [self._is_alone(old) for old in pairs]
        all_ours = ours[0]
        for other in ours[1:]:
            all_ours = asm.emit(f"and i1 {all_ours}, {other}")
        for new in pairs.values():
            alone, fresh, made, done = (asm.label(word) for word in ("alone", "fresh", "made", "done"))
            asm.do(f"br i1 {all_ours}, label %{alone}, label %{fresh}")
            asm.block(fresh)
            array = self.new_array(new)
            asm.require(asm.emit(f"icmp ne ptr {array}, null"), self.failure())
            asm.do(f"br label %{made}")
            asm.block(made)
            asm.do(f"br label %{done}")
            asm.block(alone)
            asm.do(f"br label %{done}")
            asm.block(done)
            self.arrays[new] = asm.emit(f"phi ptr [ {array}, %{made} ], [ null, %{alone} ]")
            self.owned.append(self.arrays[new])

    def _is_alone(self, old: Value) -> str:
        """Whether nobody holds an array but its cell and this step; a cell's array is never a view."""
        count = self.asm.load(self.arrays[old], layout.REFERENCES, "i32")
        return self.asm.emit(f"icmp eq i32 {count}, 2")

    def _make_sure(self) -> None:
        """Give up if another thread has written a variable, or holds what was to be updated in place."""
        if not self.can_give_up:
            return
        self.can_give_up = False
        asm = self.asm
        for root in self.stateful.writes:
            self._require_idle(root, self.failure())
            if root in self.stateful.reads:
                now = asm.emit(f"load ptr, ptr {address(self.cells[root].box.ctypes.data)}")
                asm.require(asm.emit(f"icmp eq ptr {now}, {self._held[root]}"), self.failure())
        for old, new in self._pairs():
            spare = asm.emit(f"icmp ne ptr {self.arrays[new]}, null")
            asm.require(asm.emit(f"or i1 {spare}, {self._is_alone(old)}"), self.failure())

    def _pairs(self) -> list[tuple[Value, Value]]:
        return [pair for pairs in self._in_place.values() for pair in pairs.items()]

    def run_group(self, group: Group) -> None:
        """Run a group's kernel; in place where the old values are ours alone."""
        if group not in self._in_place:
            super().run_group(group)
            return
        self._make_sure()
        pairs = self._in_place[group]
        asm, kernel = self.asm, self.variant.kernels[group]
        for value in kernel.results:
            if value not in pairs.values():
                self.make(value)
        self.prepare(group, kernel)
        alone, fresh, made, end, done = (asm.label(word) for word in ("alone", "fresh", "made", "end", "done"))
        is_alone = asm.emit(f"icmp eq ptr {self.arrays[next(iter(pairs.values()))]}, null")
        asm.do(f"br i1 {is_alone}, label %{alone}, label %{fresh}")
        asm.block(fresh)
        fresh_data = {new: asm.load(self.arrays[new], layout.DATA) for new in pairs.values()}
        self.pointers.update(fresh_data)
        self.run_kernel(group, kernel, self.variant.compiled[group])
        asm.do(f"br label %{made}")
        asm.block(made)
        asm.do(f"br label %{done}")
        asm.block(alone)
        old_data = {new: asm.load(self.arrays[old], layout.DATA) for old, new in pairs.items()}
        self.pointers.update(old_data)
        self.run_kernel(group, *self._kernel_in_place(group))
        asm.do(f"br label %{end}")
        asm.block(end)
        asm.do(f"br label %{done}")
        asm.block(done)
        for new in pairs.values():
            self.pointers[new] = asm.emit(f"phi ptr [ {fresh_data[new]}, %{made} ], [ {old_data[new]}, %{end} ]")

    def _call(self, item: Call) -> None:
        """Run a call; rows are changed in place where the old value is ours alone."""
        if item not in self._in_place:
            super()._call(item)
            return
        self._make_sure()
        ((old, new),) = self._in_place[item].items()
        update = self.variant.fused.written[item.instruction]
        assert isinstance(update, RowUpdate)
        asm = self.asm
        prepare_rows(self, update)
        alone, fresh, made, end, done = (asm.label(word) for word in ("alone", "fresh", "made", "end", "done"))
        is_alone = asm.emit(f"icmp eq ptr {self.arrays[new]}, null")
        asm.do(f"br i1 {is_alone}, label %{alone}, label %{fresh}")
        asm.block(fresh)
        fresh_data = self.pointers[new] = asm.load(self.arrays[new], layout.DATA)
        change_rows(self, update, is_copied=True)
        asm.do(f"br label %{made}")
        asm.block(made)
        asm.do(f"br label %{done}")
        asm.block(alone)
        old_data = self.pointers[new] = asm.load(self.arrays[old], layout.DATA)
        change_rows(self, update, is_copied=False)
        asm.do(f"br label %{end}")
        asm.block(end)
        asm.do(f"br label %{done}")
        asm.block(done)
        self.pointers[new] = asm.emit(f"phi ptr [ {fresh_data}, %{made} ], [ {old_data}, %{end} ]")

    def _release(self, values: Sequence[Value]) -> None:
        """Keep what dies until all is written: to let go of big arrays runs Python code."""
        if not self.stateful.writes:
            super()._release(values)

    def _kernel_in_place(self, group: Group) -> tuple[Any, CompiledKernel]:
        from ..codegen.generate import generate

        variant = self.variant
        kernel = generate(group, self.special, variant.constants, variant.fused, self._in_place[group])
        return kernel, compile_kernel(kernel.source, kernel.types, kernel.integers)

    def commit_state(self) -> None:
        """Copy for the user what the cells hold or will hold, then give the cells their new values."""
        self._make_sure()
        shared = {*self.stateful.writes.values(), *self.stateful.reads.values()}
        copies = {value: self._copy(value) for value in dict.fromkeys(self.results) if value in shared}
        self.results = [copies.get(value, value) for value in self.results]
        for root, new in self.stateful.writes.items():
            self._store(root, new)

    def _object_of(self, value: Value) -> str:
        """The array that holds a value now: a fresh one, or the cell's own that was updated in place."""
        for old, new in self._pairs():
            if new is value:
                array, held = self.arrays[new], self.arrays[old]
                is_null = self.asm.emit(f"icmp eq ptr {array}, null")
                return self.asm.emit(f"select i1 {is_null}, ptr {held}, ptr {array}")
        return self.arrays[value]

    def _copy(self, value: Value) -> Value:
        """A value of its own for the user: of a 0-d array a scalar is made of it on return."""
        source = self._object_of(value)
        copy = self._copies.get(value)
        if copy is None:
            copy = Value(f"{value.name}_copy", value.dtype, value.extents)
            self.special.extents[copy] = self.special.extents[value]
            self.asm.do(f"call void {address(layout.function_address('Py_IncRef'))}(ptr {source})")
            self.arrays[copy] = source
            self.owned.append(source)
            return copy
        data = self.asm.load(source, layout.DATA)
        count = str(value.dtype.size)
        for extent in self.special.extents[value]:
            count = self.asm.emit(f"mul i64 {count}, {self.integer(expression(extent))}")
        self.asm.do(f"call void @llvm.memcpy.p0.p0.i64(ptr {self.pointers[copy]}, ptr {data}, i64 {count}, i1 false)")
        return copy

    def _store(self, root: Instruction, new: Value) -> None:
        """Put a fresh array into the cell; one updated in place is there already."""
        asm = self.asm
        array = self.arrays.pop(new)
        skip, store = asm.label("kept"), asm.label("store")
        asm.do(f"br i1 {asm.emit(f'icmp eq ptr {array}, null')}, label %{skip}, label %{store}")
        asm.block(store)
        at = asm.emit(f"getelementptr i8, ptr {array}, i64 {layout.FLAGS}")
        flags = asm.emit(f"and i32 {asm.emit(f'load i32, ptr {at}')}, {~_WRITEABLE}")
        asm.do(f"store i32 {flags}, ptr {at}")
        box = address(self.cells[root].box.ctypes.data)
        before = asm.emit(f"load ptr, ptr {box}")
        asm.do(f"store ptr {array}, ptr {box}")
        asm.do(f"call void {address(layout.function_address('Py_DecRef'))}(ptr {before})")
        asm.do(f"br label %{skip}")
        asm.block(skip)


def _is_moved(group: Group, fused: Fused, old: Value) -> bool:
    """Whether a group reads a value, or what is made of it, at another place than the one that it computes."""
    makers = {value: instruction for instruction in group.instructions for value in instruction.outputs}
    known: dict[Value, bool] = {}

    def comes_from_old(value: Value) -> bool:
        if value not in known:
            maker = makers.get(value) or fused.inlined.get(value)
            found = [] if maker is None else [comes_from_old(each) for each in maker.inputs]  # all are looked at
            known[value] = fused.root(value) is old or any(found)
            if maker is not None and maker.op_def.index_map is not None:
                moving.append(value)
        return known[value]

    moving: list[Value] = []
    for value in makers:
        comes_from_old(value)
    return any(known[value] for value in moving)


def stateful_can_be_native(stateful: Stateful, variant: Variant) -> bool:
    """Whether a variant has all that its step needs: kernels, new values made by them, each stored once."""
    made = set(variant.fused.shaped.values())
    for item in variant.fused.items:
        if isinstance(item, Call):
            is_native = isinstance(item, Check) or item.instruction in variant.fused.written
            if stateful.updates and not is_native and not draws_numbers(item.instruction):
                return False  # Python code runs in the middle of an update
            made.update(item.instruction.outputs)
        elif item in variant.compiled:
            made.update(variant.kernels[item].results)
        else:
            return False
    writes = list(stateful.writes.values())
    if len(set(writes)) != len(writes) or not all(value in made for value in writes):
        return False
    shared = {*writes, *stateful.reads.values()}
    plain = [value for value in stateful.outputs if value not in shared]
    return all(value in made for value in plain) and len(set(stateful.outputs)) == len(stateful.outputs)
