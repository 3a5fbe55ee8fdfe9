"""Fusion: group a specialised region's instructions into kernels, each one loop nest.

A *group* has a space (the extents its loops run over) and, once a reduction joins it, a split of that space into outer
axes and those that are folded: rows. Values of a group are *elements* (one per point of the space) or *rows* (one per
outer point).
An instruction joins the group of the last of its producers, or a later one over the same space; as groups are numbered
in the order they run, no group can come to depend on itself. Cost: linear.

Worked example, of `exp(x - reduce_max(x, 1, keepdims=True))` for x: f32[s0, s1]:

    %2 = Max %x, 1     a reduction opens group 0 over (s0, s1), split into the outer (s0) and the folded (s1);
                       %2 is a row of it: one value for each point of (s0)
    %3 = Sub %x, %2    an element over (s0, s1) that reads a row of group 0: it joins, behind the fold
    %4 = Exp %3        an element that reads an element: it joins

One loop nest comes of it: for each i0 a fold over i1, then a second loop over i1 that subtracts, computes exp and
stores; %2 and %3 are never in memory.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from ...ops.definition.reduction import axes_of
from ...ops.families.arrays import index_maps as indexing
from ...ops.families.indexing.index_checks import CHECKED_INDICES
from ..fusion.groups import Copy
from ..plan.element_types import is_compiled_type
from ..plan.plan import Instruction, Value
from ..specialize.specialize import Specialized
from ..specialize.symbolic import same_extents
from .formulas import is_costly, is_elementwise
from .groups import ELEMENT, LARGEST_GROUP, MOST_PASSES, ROW, Call, Check, Drawn, Fused, Group, RowSums, RowUpdate
from .inline import Inliner, sources
from .joining import Joiner
from .products import Product

_LOOKED_AT = 6  # how many of the latest groups, and of those that touch a value

_MOST_PARTS = 16  # inputs of a concatenation that is read through branches
PICKS = (indexing.GATHER, indexing.GATHER_ND)


def finds_index(instruction: Instruction) -> bool:
    """Whether a reduction gives the index of an element."""
    reduction = instruction.op_def.reduction
    return reduction is not None and reduction.combine.finds_index


def _over_windows(instruction: Instruction, extents: Any) -> Any:
    """The convolution or pooling an instruction is, or None. Plans without them do not load what these take."""
    if instruction.op_def.convolution is not None:
        from .convolutions import Convolution

        return Convolution.of(instruction, extents)
    if instruction.op_def.pooling is not None:
        from .poolings import Pooling

        return Pooling.of(instruction, extents)
    return None


def is_check(instruction: Instruction) -> bool:
    """Whether an instruction only checks indices."""
    return instruction.op_def is CHECKED_INDICES


def _checks_first(instructions: list[Instruction]) -> list[Instruction]:
    """The instructions, those first that checks of indices need: what moves elements waits for them."""
    makers = {value: instruction for instruction in instructions for value in instruction.outputs}
    found: set[Instruction] = set()
    pending = [instruction for instruction in instructions if is_check(instruction)]
    while pending:
        instruction = pending.pop()
        if instruction not in found:
            found.add(instruction)
            pending += [makers[value] for value in instruction.inputs if value in makers]
    return [i for i in instructions if i in found] + [i for i in instructions if i not in found]


def mapped_inputs(instruction: Instruction) -> tuple[Value, ...]:
    """The inputs of an instruction with an index map whose elements are moved."""
    inputs = instruction.inputs
    return tuple(inputs[position] for position in instruction.op_def.index_map.data_positions(len(inputs)))


class Fuser:
    """A specialised region on its way to groups: what the passes of `region_passes.py` work on.

    Attributes:
      instructions: those whose results are needed, as far as they are rewritten.
      fused: the groups and calls made of them.
      in_range: indices that a check has found to be in range.
    """

    def __init__(self, special: Specialized) -> None:
        self.special = special
        self.fused = Fused()
        self.instructions: list[Instruction] = list(special.region.instructions)
        self.in_range: set[Value] = set()
        self._users: dict[Value, list[Instruction]] = {}
        self._data: dict[Instruction, tuple[Value, ...]] = {}
        self._made_by: dict[Value, int] = {}
        self._group_of: dict[Value, Group] = {}
        self._touching: dict[Value, list[Group]] = {}  # per value the latest groups that make or read it
        self._arrays: set[Value] = set()  # aliases that are arrays of their own shape too

    def inline(self) -> None:
        """Choose the values that have no memory."""
        self.fused.inlined = Inliner(
            self.special,
            self.instructions,
            is_elementwise,
            self._is_mapped,
            lambda instruction: self._reduction_split(instruction) is not None,
            is_costly,
        ).run()

    def group(self) -> None:
        """Put each instruction into a group, or between them as a call."""
        for instruction in self.instructions:
            for value in instruction.inputs:
                self._users.setdefault(value, []).append(instruction)
        for instruction in _checks_first(self.instructions):
            if instruction.is_constant or instruction.outputs[0] in self.fused.inlined:
                continue
            if is_check(instruction):
                self._add_check(instruction)
            elif is_elementwise(instruction):
                self._place_elementwise(instruction)
            elif self._reduction_split(instruction) is not None:
                self._place_reduction(instruction)
            elif self._is_alias(instruction):
                if not self._place_reshape(instruction):
                    self._add_alias(instruction)
            elif self._is_mapped(instruction):
                self._place_mapped(instruction)
            else:
                self._add_call(instruction)

    def join(self) -> None:
        """Join groups that read the same."""
        Joiner(self.fused, self.special.extents, self._data_inputs, self._is_mapped).run()

    def drop_known(self) -> None:
        """Keep the instructions whose results have to be computed: not those known from extents."""
        known = self.special.known
        needed = set(self.special.region.outputs)
        live = []
        for instruction in reversed(self.instructions):
            wanted = [value for value in instruction.outputs if value in needed]
            if not wanted:
                continue
            if all(value in known for value in instruction.outputs) and not instruction.is_constant:
                self.fused.materialized.update(dict.fromkeys(wanted))
                continue
            live.append(instruction)
            needed.update(self._data_inputs(instruction))
        self.instructions = live[::-1]

    def _data_inputs(self, instruction: Instruction) -> tuple[Value, ...]:
        """The inputs whose elements are needed: a fused reduction knows its axes."""
        found = self._data.get(instruction)
        if found is None:
            found = self._data[instruction] = self._find_data_inputs(instruction)
        return found

    def _find_data_inputs(self, instruction: Instruction) -> tuple[Value, ...]:
        if self._reduction_split(instruction) is not None or self._is_alias(instruction):
            return instruction.inputs[:1]
        if is_check(instruction):
            return instruction.inputs[0], instruction.inputs[2]
        if self._is_mapped(instruction):
            return mapped_inputs(instruction)
        if is_elementwise(instruction):
            return tuple(value for value in instruction.inputs if not self._is_known_scalar(value))
        return instruction.inputs

    def _is_known_scalar(self, value: Value) -> bool:
        return value in self.special.known and self.special.known[value].size == 1

    def _sources(self, values: tuple[Value, ...]) -> list[Value]:
        """The values that have memory, or are known, from which values are computed."""
        return sources(values, self.fused.inlined, self._data_inputs)

    def _is_alias(self, instruction: Instruction) -> bool:
        """Whether an instruction only gives memory another shape."""
        return instruction.op_def.reshapes and instruction.inputs[0] not in self.special.known

    def _is_mapped(self, instruction: Instruction) -> bool:
        """Whether an instruction only moves elements, from places that are known."""
        index_map = instruction.op_def.index_map
        if index_map is None or not all(is_compiled_type(v.dtype) for v in instruction.outputs):
            return False
        if index_map in PICKS and instruction.inputs[1] not in self.in_range:
            return False
        count = len(instruction.inputs)
        structure = [instruction.inputs[position % count] for position in index_map.structure]
        return count <= _MOST_PARTS and all(value in self.special.known for value in structure)

    def _reduction_split(self, instruction: Instruction) -> tuple[int, ...] | None:
        """The axes a reduction folds; None if it is none, or none that loops fold."""
        if instruction.op_def.reduction is None:
            return None
        dtype = instruction.inputs[0].dtype
        if not is_compiled_type(dtype):
            return None
        if dtype.kind not in instruction.op_def.reduction.kinds:
            return None
        axes = self.special.known.get(instruction.inputs[1])
        if axes is None:
            return None
        extents = self.special.extents[instruction.inputs[0]]
        folded = tuple(sorted(axes_of(axes, len(extents)))) or None
        if folded is not None and finds_index(instruction):
            is_last = folded == (len(extents) - 1,)
            if (
                not is_last
                or dtype.kind == "b"
                or not is_compiled_type(instruction.outputs[0].dtype)
                or extents[-1] == 0
            ):
                return None  # an empty axis is an error
        return folded

    # Placing.

    def _latest(self, inputs: tuple[Value, ...]) -> int:
        return max((self._made_by.get(value, -1) for value in inputs), default=-1)

    def _candidates(self, latest: int, values: Sequence[Value]) -> list[Group]:
        """Groups that make or read some of the values, so that joining them saves memory traffic; the latest first.

        Of the latest groups any value is a reason; of others only what a loop reads much of.

        Args:
          latest: the last item that has to run before, if it is none of these groups.
        """
        items = self.fused.items
        found: dict[int, Group] = {}
        for item in items[max(latest, len(items) - _LOOKED_AT, 0) :]:
            if isinstance(item, Group) and not item.touched.isdisjoint(values):
                found[item.number] = item
        for value in values:
            for group in self._touching.get(value, ()):
                if group.number >= latest and self._counts(value, group):
                    found[group.number] = group
        return [found[number] for number in sorted(found, reverse=True) if self._has_room(found[number])]

    def _has_room(self, group: Group) -> bool:
        return len(group.instructions) < LARGEST_GROUP

    def _near(self, value: Value) -> list[Value]:
        """What a value is used together with."""
        users = self._users.get(value, ())[:_LOOKED_AT]
        return [other for user in users for other in user.inputs[:_LOOKED_AT]]

    def _counts(self, value: Value, group: Group) -> bool:
        """Whether having a value at hand saves anything: not if it is a scalar from elsewhere."""
        return bool(self.special.extents[value]) or value in group.levels or not group.space

    def _new_group(self, space: tuple[Any, ...]) -> Group:
        group = Group(len(self.fused.items), space)
        self.fused.items.append(group)
        return group

    def _join(self, group: Group, instruction: Instruction, level: str) -> None:
        group.instructions.append(instruction)
        group.touched.update(instruction.inputs, instruction.outputs)
        depth = max((group.depths.get(value, 0) for value in instruction.inputs), default=0)
        depth += instruction.op_def.reduction is not None
        group.depths.update(dict.fromkeys(instruction.outputs, depth))
        for value in instruction.outputs:
            group.levels[value] = level
            self._made_by[value] = group.number
            self._group_of[value] = group
        for value in (*instruction.inputs, *instruction.outputs):
            touching = self._touching.setdefault(value, [])
            if group not in touching:
                touching.append(group)
                del touching[:-_LOOKED_AT]

    def _add_alias(self, instruction: Instruction) -> None:
        (source, result) = instruction.inputs[0], instruction.outputs[0]
        self.fused.aliases[result] = (source, instruction)
        if source in self._made_by:
            self._made_by[result] = self._made_by[source]

    def _place_reshape(self, instruction: Instruction) -> bool:
        """Keep in its group what has the shape it had, or is a row value with or without ones for the folded axes."""
        source, result = instruction.inputs[0], instruction.outputs[0]
        group = self._group_of.get(source)
        if group is None:
            return False
        extents = self.special.extents[result]
        level = group.levels[source]
        if not (group.is_row_shape(extents) if level == ROW else same_extents(extents, group.space)):
            return False
        self._join(group, instruction, level)
        return True

    def _place_mapped(self, instruction: Instruction) -> None:
        """A moved element is read from memory: its source is made by an earlier group."""
        for value in instruction.outputs:
            part = Instruction(instruction.op_def, instruction.attrs, instruction.inputs, [value], instruction.op)
            part.output = instruction.outputs.index(value)
            extents = self.special.extents[value]
            first = self._latest(tuple(self._sources(mapped_inputs(instruction)))) + 1
            for group in self._candidates(first, (*instruction.inputs, *self._near(value))):
                if same_extents(extents, group.space):
                    self._join(group, part, ELEMENT)
                    break
            else:
                self._join(self._new_group(extents), part, ELEMENT)

    def _add_check(self, instruction: Instruction) -> None:
        """Readers take the indices from where they are, after the check."""
        indices, shape, ok = instruction.inputs
        if ok in self.fused.aliases:  # of one index: what was folded over all of them is the byte of that one
            inputs = [indices, shape, self.fused.root(ok)]
            instruction = Instruction(
                instruction.op_def, instruction.attrs, inputs, instruction.outputs, instruction.op
            )
        check = Check(len(self.fused.items), instruction)
        self.fused.items.append(check)
        (checked,) = instruction.outputs
        self.fused.aliases[checked] = (instruction.inputs[0], instruction)
        self._made_by[checked] = check.number

    def _add_call(self, instruction: Instruction) -> None:
        extents = self.special.extents
        found = (
            Product.of(instruction, self.special)
            or RowUpdate.of(instruction, extents)
            or RowSums.of(instruction)
            or Drawn.of(instruction)
            or _over_windows(instruction, extents)
        )
        if found is None:
            self._needs_alias_as_array(instruction.inputs)
        else:
            self.fused.written[instruction] = found
        self._append_call(instruction)

    def _append_call(self, instruction: Instruction) -> None:
        call = Call(len(self.fused.items), instruction)
        self.fused.items.append(call)
        for value in instruction.outputs:
            self._made_by[value] = call.number

    def _needs_alias_as_array(self, values: tuple[Value, ...]) -> None:
        """Values that a call in Python takes are arrays of their own shape."""
        for value in values:
            if value in self.fused.aliases and value not in self._arrays:
                self._arrays.add(value)
                self._add_call(self.fused.aliases[value][1])

    def place_results(self) -> None:
        """Aliases that leave the region: the memory of what they are aliases of is theirs, or they are copies."""
        fused, outputs = self.fused, self.special.region.outputs
        for value in [value for value in outputs if value in fused.aliases and value not in self._arrays]:
            root = fused.root(value)
            if root in self._made_by and root not in fused.shaped and root not in self._objects():
                fused.shaped[root] = value
            else:
                instruction = fused.aliases[value][1]
                fused.written[instruction] = Copy(instruction)
                self._append_call(instruction)

    def _objects(self) -> set[Value]:
        """The values that have to be array objects of their own shape."""
        found = set(self.special.region.outputs)
        for item in self.fused.items:
            if isinstance(item, Check):
                found.add(self.fused.root(item.instruction.inputs[0]))
            elif isinstance(item, Call) and item.instruction not in self.fused.written:
                found.update(item.instruction.inputs, item.instruction.outputs)
        return found

    def _place_elementwise(self, instruction: Instruction) -> None:
        extents = self.special.extents[instruction.outputs[0]]
        for group in self._candidates(self._latest(instruction.inputs), instruction.inputs):
            level = self._level_in(group, instruction, extents)
            if level is not None and self._stays(group, instruction):
                self._join(group, instruction, level)
                return
        self._join(self._new_group(extents), instruction, ELEMENT)

    def _stays(self, group: Group, instruction: Instruction) -> bool:
        """Whether a group that only reads the same keeps the result: not what is folded, but along other axes."""
        if group.split is None or any(value in group.levels for value in instruction.inputs):
            return True
        splits = [self._reduction_split(user) for user in self._users.get(instruction.outputs[0], ())]
        return all(split in (None, group.split) for split in splits)

    def _level_in(self, group: Group, instruction: Instruction, extents: tuple[Any, ...]) -> str | None:
        if any(self.fused.root(value) in group.levels for value in instruction.inputs if value in self.fused.aliases):
            return None  # reads back memory that this group writes
        inside = [value for value in instruction.inputs if value in group.levels]
        all_rows = all(group.levels[value] == ROW for value in inside)
        is_element = same_extents(extents, group.space)  # a row's value may be one too, where folded extents are 1
        is_row = inside and all_rows and group.is_row_shape(extents) and not is_element
        if is_row and self._rows_align(group, inside, extents):
            return ROW
        if not is_element:
            return None
        for value in inside:
            if group.levels[value] == ROW and not group.row_broadcasts(len(self.special.extents[value])):
                return None
        return ELEMENT

    def _rows_align(self, group: Group, inside: list[Value], extents: tuple[Any, ...]) -> bool:
        return all(len(self.special.extents[value]) == len(extents) or not group.outer for value in inside)

    def _place_reduction(self, instruction: Instruction) -> None:
        source = instruction.inputs[0]
        split = self._reduction_split(instruction)
        extents = self.special.extents[source]
        for group in self._candidates(self._latest(instruction.inputs[:1]), instruction.inputs):
            fits = same_extents(extents, group.space) and group.split in (None, split)
            fits = fits and group.depths.get(source, 0) < MOST_PASSES
            fits = fits and not (source in self.fused.aliases and self.fused.root(source) in group.levels)
            if fits and group.levels.get(source, ELEMENT) == ELEMENT:
                group.split = split
                self._join(group, instruction, ROW)
                return
        group = self._new_group(extents)
        group.split = split
        self._join(group, instruction, ROW)

    # What leaves each group.

    def find_outputs(self) -> None:
        """Find which values other parts of the plan need of a group."""
        needed = dict.fromkeys([*self.special.region.outputs, *self.fused.shaped])
        for item in reversed(self.fused.items):
            if isinstance(item, Call):
                inputs = item.instruction.inputs
                reads_memory = item.instruction in self.fused.written
                needed.update(dict.fromkeys(map(self.fused.root, inputs) if reads_memory else inputs))
                continue
            item.outputs = [value for value in item.levels if value in needed]
            for instruction in item.instructions:
                outside = [value for value in self._data_inputs(instruction) if value not in item.levels]
                needed.update(dict.fromkeys(map(self.fused.root, self._sources(tuple(outside)))))
