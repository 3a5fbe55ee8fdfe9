"""Fusion: group a specialised region's instructions into kernels, each one loop nest.

A *group* has a space (the extents its loops run over) and, once a reduction joins it, a split of that space into outer
axes and those that are folded: rows. Values of a group are *elements* (one per point of the space) or *rows* (one per
outer point).
An instruction joins the group of the last of its producers, or a later one over the same space; as groups are numbered
in the order they run, no group can come to depend on itself. Cost: linear.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import cache
from typing import Any

from ..ops.dtypes import DType
from ..ops.reduce import axes_of
from .inline import Inliner, sources
from .plan import Instruction, Value
from .specialize import Specialized
from .symbolic import same_extents

LARGEST_GROUP = 160  # instructions; larger groups compile slower than in proportion
MOST_PASSES = 4  # reductions one after the other in a group: each pass over a row computes its elements anew
_LOOKED_AT = 6  # how many of the latest groups an instruction without producers may join

_MOST_PARTS = 16  # inputs of a concatenation that is read through branches
RESHAPES = frozenset({"Reshape", "ExpandDims", "Squeeze"})

_FUNCTION = re.compile(r"(?<![\w.])([a-z]\w*)\(")
COMPILED_KINDS = "fiub"
ELEMENT, ROW = "element", "row"


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


class Fused:
    """A region's groups and calls in the order they run.

    Attributes:
      materialized: values known from extents that something needs as arrays.
      aliases: values that are other values' memory under another shape, with the instructions that say so.
      inlined: values without memory, computed where they are read, with the instructions that make them.
    """

    def __init__(self) -> None:
        self.items: list[Group | Call] = []
        self.materialized: dict[Value, None] = {}
        self.aliases: dict[Value, tuple[Value, Instruction]] = {}
        self.inlined: dict[Value, Instruction] = {}

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


def scalar_text(instruction: Instruction) -> str | None:
    """The expression of one element, or None if this instruction is not elementwise or not compilable."""
    if instruction.scalar is ...:
        instruction.scalar = _scalar_text(instruction)
    return instruction.scalar  # type: ignore[no-any-return]


def _scalar_text(instruction: Instruction) -> str | None:
    scalar = instruction.op_def.scalar
    if scalar is None or len(instruction.outputs) != 1:
        return None
    dtypes = [value.dtype for value in instruction.inputs]
    if not all(is_compiled_type(dtype) for dtype in (*dtypes, instruction.outputs[0].dtype)):
        return None
    return scalar if isinstance(scalar, str) else scalar(instruction.attrs, dtypes)


def finds_index(instruction: Instruction) -> bool:
    """Whether a reduction gives the index of an element."""
    reduction = instruction.op_def.reduction
    return reduction is not None and reduction.combine.startswith("first")


def is_costly(instruction: Instruction) -> bool:
    """Whether an elementwise instruction takes a function like `exp`."""
    return calls_functions(scalar_text(instruction) or "")


@cache
def calls_functions(text: str) -> bool:
    """Whether an expression takes a function like `exp`."""
    from .mathlib import FUNCTIONS

    return any(name in FUNCTIONS for name in _FUNCTION.findall(text))


def is_compiled_type(dtype: DType) -> bool:
    """Whether elements of this type have a place in generated code."""
    return dtype.kind in COMPILED_KINDS


def mapped_inputs(instruction: Instruction) -> tuple[Value, ...]:
    """The inputs of an instruction with an index map whose elements are moved."""
    inputs = instruction.inputs
    return tuple(inputs[position] for position in instruction.op_def.index_map.data_positions(len(inputs)))


class Fuser:
    """Groups the instructions of one specialised region."""

    def __init__(self, special: Specialized) -> None:
        self.special = special
        self.fused = Fused()
        self._made_by: dict[Value, int] = {}
        self._group_of: dict[Value, Group] = {}
        self._arrays: set[Value] = set()  # aliases that are arrays of their own shape too

    def run(self) -> Fused:
        """Return the groups."""
        live = self._live()
        self.fused.inlined = Inliner(
            self.special,
            live,
            lambda instruction: scalar_text(instruction) is not None,
            self._is_mapped,
            lambda instruction: self._reduction_split(instruction) is not None,
            is_costly,
        ).run()
        for instruction in live:
            if instruction.is_constant or instruction.outputs[0] in self.fused.inlined:
                continue
            if scalar_text(instruction) is not None:
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
        self._needs_alias_as_array(tuple(self.special.region.outputs))
        self._join_neighbours()
        self._find_outputs()
        return self.fused

    def _live(self) -> list[Instruction]:
        """The instructions whose results have to be computed: not those known from extents."""
        known = self.special.known
        needed = set(self.special.region.outputs)
        live = []
        for instruction in reversed(self.special.region.instructions):
            wanted = [value for value in instruction.outputs if value in needed]
            if not wanted:
                continue
            if all(value in known for value in instruction.outputs) and not instruction.is_constant:
                self.fused.materialized.update(dict.fromkeys(wanted))
                continue
            live.append(instruction)
            needed.update(self._data_inputs(instruction))
        live.reverse()
        return live

    def _data_inputs(self, instruction: Instruction) -> tuple[Value, ...]:
        """The inputs whose elements are needed: a fused reduction knows its axes."""
        if self._reduction_split(instruction) is not None or self._is_alias(instruction):
            return instruction.inputs[:1]
        if self._is_mapped(instruction):
            return mapped_inputs(instruction)
        if scalar_text(instruction) is not None:
            return tuple(value for value in instruction.inputs if not self._is_known_scalar(value))
        return instruction.inputs

    def _is_known_scalar(self, value: Value) -> bool:
        return value in self.special.known and self.special.known[value].size == 1

    def _sources(self, values: tuple[Value, ...]) -> list[Value]:
        """The values that have memory, or are known, from which values are computed."""
        return sources(values, self.fused.inlined, self._data_inputs)

    def _is_alias(self, instruction: Instruction) -> bool:
        """Whether an instruction only gives memory another shape."""
        return instruction.op_def.name in RESHAPES and instruction.inputs[0] not in self.special.known

    def _is_mapped(self, instruction: Instruction) -> bool:
        """Whether an instruction only moves elements, from places that are known."""
        index_map = instruction.op_def.index_map
        if index_map is None or not all(is_compiled_type(v.dtype) for v in instruction.outputs):
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
        if dtype.kind not in "fb" and instruction.op_def.name == "EuclideanNorm":
            return None  # integers take their root in float64
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

    def _candidates(self, latest: int) -> list[Group]:
        """Groups an instruction may join: the last producer's and later ones, the latest first, a bounded number."""
        items = self.fused.items
        first = max(latest, len(items) - _LOOKED_AT, 0)
        found = [item for item in reversed(items[first:]) if isinstance(item, Group)]
        if latest >= 0 and latest < first and isinstance(items[latest], Group):
            found.append(items[latest])  # type: ignore[arg-type]
        return [group for group in found if len(group.instructions) < LARGEST_GROUP]

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
            for group in self._candidates(first):
                if same_extents(extents, group.space) and self._belongs(group, part):
                    self._join(group, part, ELEMENT)
                    break
            else:
                self._join(self._new_group(extents), part, ELEMENT)

    def _add_call(self, instruction: Instruction) -> None:
        self._needs_alias_as_array(instruction.inputs)
        call = Call(len(self.fused.items), instruction)
        self.fused.items.append(call)
        for value in instruction.outputs:
            self._made_by[value] = call.number

    def _needs_alias_as_array(self, values: tuple[Value, ...]) -> None:
        """Values that a call takes, or that leave the region, are arrays of their own shape."""
        for value in values:
            if value in self.fused.aliases and value not in self._arrays:
                self._arrays.add(value)
                self._add_call(self.fused.aliases[value][1])

    def _place_elementwise(self, instruction: Instruction) -> None:
        extents = self.special.extents[instruction.outputs[0]]
        for group in self._candidates(self._latest(instruction.inputs)):
            level = self._level_in(group, instruction, extents)
            if level is not None and self._belongs(group, instruction):
                self._join(group, instruction, level)
                return
        self._join(self._new_group(extents), instruction, ELEMENT)

    def _belongs(self, group: Group, instruction: Instruction) -> bool:
        """Whether joining saves memory traffic: something made or read by the group is used."""
        return not group.instructions or not group.touched.isdisjoint(instruction.inputs)

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
        for group in self._candidates(self._latest(instruction.inputs[:1])):
            fits = same_extents(extents, group.space) and group.split in (None, split)
            fits = fits and group.depths.get(source, 0) < MOST_PASSES
            fits = fits and not (source in self.fused.aliases and self.fused.root(source) in group.levels)
            if fits and group.levels.get(source, ELEMENT) == ELEMENT and self._belongs(group, instruction):
                group.split = split
                self._join(group, instruction, ROW)
                return
        group = self._new_group(extents)
        group.split = split
        self._join(group, instruction, ROW)

    def _join_neighbours(self) -> None:
        """Join groups that run one after the other over one space, where the second reads what the first makes.

        A later operation may use two groups that had nothing in common when the second was begun.
        """
        kept: list[Group | Call] = []
        for item in self.fused.items:
            last = kept[-1] if kept else None
            if isinstance(item, Group) and isinstance(last, Group) and self._may_join(last, item):
                last.instructions += item.instructions
                last.levels.update(item.levels)
                last.depths.update(item.depths)
                last.touched |= item.touched
            else:
                kept.append(item)
        for number, item in enumerate(kept):
            item.number = number
        self.fused.items = kept

    def _may_join(self, first: Group, second: Group) -> bool:
        if first.split is not None or second.split is not None or not same_extents(first.space, second.space):
            return False
        if len(first.instructions) + len(second.instructions) > LARGEST_GROUP:
            return False
        read = {value for instruction in second.instructions for value in self._data_inputs(instruction)}
        moved = {v for i in second.instructions if self._is_mapped(i) for v in self._sources(mapped_inputs(i))}
        hidden = {value for value in self._sources(tuple(read)) if value in self.fused.aliases} | moved
        if any(self.fused.root(value) in first.levels for value in hidden):
            return False  # reads back memory that the first writes
        return any(value in first.levels for value in read)

    # What leaves each group.

    def _find_outputs(self) -> None:
        needed = dict.fromkeys(self.special.region.outputs)
        for item in reversed(self.fused.items):
            if isinstance(item, Call):
                needed.update(dict.fromkeys(item.instruction.inputs))
                continue
            item.outputs = [value for value in item.levels if value in needed]
            for instruction in item.instructions:
                outside = [value for value in self._data_inputs(instruction) if value not in item.levels]
                needed.update(dict.fromkeys(map(self.fused.root, self._sources(tuple(outside)))))


def fuse(special: Specialized) -> Fused:
    """Group the instructions of a specialised region; see the module."""
    return Fuser(special).run()
