"""Which values are computed where they are read, and have no memory.

Two kinds. *Scalars* that come from extents, constants and arguments alone (`cast(shape(x)[0], float32)`), where only
elementwise instructions use them. And *trees*: elementwise instructions whose results are only moved
(`transpose(x * 2.0)`): who moves them computes each element at the place it reads, so nothing is written in between.

Worked example, of `transpose(x * 2.0) + 1.0`: `x * 2.0` has no group of its own and no memory. The loop over the
result reads `x` at [i1, i0] and computes the product there:

    e0 = load(x0, i1 * m1 + i0)
    e1 = e0 * 2.0              # the tree
    v6 = e1 + 1.0              # the group's own instruction
    store(r0, i0 * n1 + i1, v6)
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, Final

from ...ops.families.arrays import index_maps as indexing
from ..plan.plan import Instruction, Value
from ..specialize.specialize import Specialized

_MOVES_ONCE: Final = (
    indexing.TRANSPOSE, indexing.REVERSE, indexing.SLICE, indexing.STRIDED_SLICE, indexing.CONCAT, indexing.PACK,
    indexing.PAD,
)  # fmt: skip
_LARGEST_SCALAR: Final = 8  # instructions
_LARGEST_TREE: Final = 16


class Inliner:
    """Chooses the values of a region that have no memory.

    Args:
      live: the instructions whose results are needed, in order.
      is_elementwise, is_mapped, is_fold: what a group can do with an instruction.
      is_costly: whether an elementwise instruction takes a function like `exp`.
    """

    def __init__(
        self,
        special: Specialized,
        live: Sequence[Instruction],
        is_elementwise: Callable[[Instruction], bool],
        is_mapped: Callable[[Instruction], bool],
        is_fold: Callable[[Instruction], bool],
        is_costly: Callable[[Instruction], bool],
    ) -> None:
        self._special = special
        self._live = live
        self._is_elementwise = is_elementwise
        self._is_mapped = is_mapped
        self._may_be_costly = not any(map(is_fold, live))  # a fold may read an element in several passes
        self._is_costly = is_costly
        self._users: dict[Value, list[Instruction]] = {}
        for instruction in live:
            for value in instruction.inputs:
                self._users.setdefault(value, []).append(instruction)
        self._positions = {instruction: number for number, instruction in enumerate(live)}
        self._makers = {value: instruction for instruction in live for value in instruction.outputs}
        self._fetched = set(special.region.outputs)
        self._found: dict[Value, Instruction] = {}

    def run(self) -> dict[Value, Instruction]:
        """The values, with what makes them."""
        self._scalars()
        for instruction in reversed(self._live):
            if self._is_mapped(instruction) and instruction.outputs[0] not in self._found:
                self._tree(instruction)
        return self._found

    def _scalars(self) -> None:
        sizes: dict[Value, int] = {}
        for instruction in self._live:
            result = instruction.outputs[0]
            if not self._is_elementwise(instruction) or self._special.extents[result] or result in self._fetched:
                continue
            if not all(value in sizes or self._is_given(value) for value in instruction.inputs):
                continue
            size = 1 + sum(sizes.get(value, 0) for value in instruction.inputs)
            if size <= _LARGEST_SCALAR and all(map(self._is_elementwise, self._users.get(result, ()))):
                sizes[result] = size
                self._found[result] = instruction

    def _is_given(self, value: Value) -> bool:
        """Whether a scalar is an argument, a constant, or known from extents."""
        maker = self._makers.get(value)
        return not self._special.extents[value] and (maker is None or maker.is_constant)

    def _tree(self, root: Instruction) -> None:
        """Take the instructions whose results only `root` moves, unless more values than one would need memory then."""
        tree: dict[Value, Instruction] = {}
        inside = {root}
        leaves: dict[Value, None] = {}
        pending = dict.fromkeys(root.inputs)
        while pending:
            value = max(pending, key=self._position)  # users before what they use
            del pending[value]
            maker = self._makers.get(value)
            if maker is None or maker.is_constant or value in self._found:
                continue
            if self._fits(value, maker, inside) and len(tree) < _LARGEST_TREE:
                tree[value] = maker
                inside.add(maker)
                pending.update(dict.fromkeys(maker.inputs))
            elif value not in self._special.known:
                leaves[value] = None
        computed = [value for value in leaves if self._is_elementwise(self._makers[value])]
        if not computed or len(leaves) == 1:
            self._found.update(tree)

    def _position(self, value: Value) -> int:
        maker = self._makers.get(value)
        return -1 if maker is None else self._positions[maker]

    def _fits(self, value: Value, maker: Instruction, inside: set[Instruction]) -> bool:
        users = self._users[value]
        if value in self._fetched or len(maker.outputs) != 1 or not all(user in inside for user in users):
            return False
        if len(users) > 1 and any(map(self._is_mapped, users)):
            return False
        if self._is_mapped(maker):
            return maker.op_def.index_map in _MOVES_ONCE
        return self._is_elementwise(maker) and (not self._is_costly(maker) or self._reads_once(inside))

    def _reads_once(self, inside: set[Instruction]) -> bool:
        """Whether each element is read once at most."""
        moves = [item.op_def.index_map for item in inside if item.op_def.index_map is not None]
        return self._may_be_costly and all(move in _MOVES_ONCE for move in moves)


def sources(
    values: Sequence[Value], inlined: dict[Value, Instruction], data: Callable[[Instruction], Any]
) -> list[Value]:
    """The values with memory, or known, from which values are computed.

    Args:
      data: the inputs of an instruction that are read element by element.
    """
    found: dict[Value, None] = {}
    pending, seen = list(values), set()
    while pending:
        value = pending.pop()
        if value in seen:
            continue
        seen.add(value)
        if value in inlined:
            pending += data(inlined[value])
        else:
            found[value] = None
    return list(found)
