"""From a fusion group to the tree of its kernel: which loops it takes, and the parameters they have."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from ..fusion.groups import ELEMENT, Fused, Group
from ..plan.plan import Value
from ..specialize.specialize import Specialized
from ..specialize.symbolic import expression, product
from ..tree.nodes import Array, Body, Expression, For, If, KernelTree, Load, Variable, lifted, mentions, walk
from .elements import Generator, Scope
from .index_reader import tiled
from .kernel import Kernel, Split
from .loops import FEW_ROWS, LONG_ROW, PHASE, START, STOP, extent_of, index_of


class KernelWriter(Generator):
    """Writes the kernel of one group."""

    def generate(self) -> Kernel:
        """Write it."""
        if self.group.split is None:
            return self.over_elements(self._elements())
        from .folded import folded  # not before it is needed: six modules that no chain of elementwise operations takes

        return folded(self)

    def over_elements(self, body: Body) -> Kernel:
        """Put what is done for each element, or each row, into its loops."""
        shared = self._shared()
        nest = self._tiled_nest(body, shared)
        if nest is None:
            nest = self.shared_nest(self.outer_numbers(), body, shared)
            if len(self.loops.outer) > 1 and any(i.op_def.index_map is not None for i in self.group.instructions):
                from .collapsing import collapsed  # not before it is needed

                nest = self._written_out(collapsed(nest, self._extents_by_index()))
        if any(isinstance(statement, If) for statement in body):
            from .parting import parted  # not before it is needed

            nest = parted(nest)
        return self.kernel(nest, first_loop=shared)

    def _written_out(self, nest: Body) -> Body:
        """The loops, of which the last one is written out if it has few turns that each read an element: channels."""
        from .narrow import each_of, is_short

        loop, number = nest[0], len(self.loops.outer) - 1
        if len(nest) != 1 or not isinstance(loop, For) or loop.index == index_of(number):
            return nest
        inner = loop.body[0]
        if len(loop.body) == 1 and isinstance(inner, For) and inner.index == index_of(number):
            extent = self.loops.extents[number]
            loads = [node for node in walk(inner.body) if isinstance(node, Load)]
            if not is_short(extent, inner.body) or not any(mentions(load.index, inner.index) for load in loads):
                return nest
            return [For(loop.index, loop.first, loop.last, loop.step, each_of(number, extent, inner.body))]
        return [For(loop.index, loop.first, loop.last, loop.step, self._written_out(loop.body))]

    def _extents_by_index(self) -> dict[Variable, frozenset[Expression]]:
        """Per index of a loop the expressions of its extent that the body may have."""
        found = {}
        for number in self.outer_numbers():
            made = expression(self.loops.extents[number])
            other = self.more_extents.get(made)
            same = [extent_of(number)] if other is None else [extent_of(number), other[0]]
            found[index_of(number)] = frozenset([*same, *([] if made.number is None else [lifted(made.number)])])
        return found

    def kernel(
        self,
        body: Body,
        first: Sequence[tuple[Variable, Any]] = (),
        first_loop: int = 0,
        split: Split | None = None,
        scratch: Sequence[Array] = (),
    ) -> Kernel:
        """Put a body under its parameters.

        Args:
          first: pairs: a parameter before the extents of the loops, and what is passed for it.
          first_loop: the loop whose extent is passed before those of the others.
          split: how it is run in phases. scratch: the arrays that phases leave something in.
        """
        extents = dict(first)
        for number in (first_loop, *range(len(self.loops.extents))):
            extents.setdefault(extent_of(number), self.loops.extents[number] if self.loops.extents else 1)
        extents.update(self.more_extents.values())
        run = [START, STOP] if split is None else [PHASE, START, STOP]
        tree = KernelTree([*self.arguments.values(), *self.results, *scratch], [*extents, *run], body)
        passed = list(extents.values())
        return Kernel(self.group, tree, list(self.arguments), self.group.outputs, passed, bool(self.loops.outer), split)

    def _shared(self) -> int:
        """The number of the outer loop that is run in parts: not the outermost where that is short and more is within.

        What is symbolic gets a guard.
        """
        extents = self.loops.extents
        last = len(self.loops.outer) - 1
        if last < 1 or product(extents[1:]) < LONG_ROW:
            return 0
        return next((number for number in range(last) if extents[number] > FEW_ROWS), last)

    def _tiled_nest(self, body: Body, shared: int) -> Body | None:
        """Loops in tiles, where something is read across: both its lines and those of the results stay in cache."""
        numbers = self.outer_numbers()
        across = [number for number in numbers[:-1] if index_of(number) in self.strided]
        if self.group.split is not None or not across:
            return None
        from .narrow import each_of, is_short

        for number, along in ((across[-1], numbers[-1]), (numbers[-1], across[-1])):
            if shared != number and is_short(self.loops.extents[number], body):
                rest = [other for other in numbers if other not in (number, along)]
                return self._nest_of([*rest, along], each_of(number, self.loops.extents[number], body), shared)
        return tiled(numbers, across[-1], body, shared)

    def _nest_of(self, numbers: list[int], body: Body, shared: int) -> Body:
        """Loops in this order, of which the shared one runs from `start` to `stop`."""
        for number in reversed(numbers):
            first, last = (START, STOP) if number == shared else (None, extent_of(number))
            body = [For(index_of(number), first, last, None, body)]
        return body

    def _elements(self) -> Body:
        body: Body = []
        scope: Scope = {}
        for value in self.group.outputs:
            body.append(self.store(value, ELEMENT, self.evaluate(value, ELEMENT, scope, body)))
        return body


def generate(
    group: Group,
    special: Specialized,
    constants: dict[Value, np.ndarray[Any, Any]],
    fused: Fused,
    in_place: Mapping[Value, Value] | None = None,
) -> Kernel:
    """Write the kernel of a group.

    Args:
      special: the shapes.
      constants: the constants of the region; those of one element become literals.
      fused: what is whose memory.
      in_place: arguments of the space's shape with the results that take their memory: read where these are written.
    """
    return KernelWriter(group, special, constants, fused, in_place).generate()
