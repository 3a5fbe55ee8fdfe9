"""From a fusion group to the tree of its kernel: which loops it takes, and the parameters they have."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from ..fusion.groups import ELEMENT, Fused, Group
from ..plan.plan import Value
from ..specialize.specialize import Specialized
from ..specialize.symbolic import product
from ..tree.nodes import Array, Body, For, If, KernelTree, Variable
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
        nest = self._tiled_nest(body, shared) or self.shared_nest(self.outer_numbers(), body, shared)
        if any(isinstance(statement, If) for statement in body):
            from .parting import parted  # not before it is needed

            nest = parted(nest)
        return self.kernel(nest, first_loop=shared)

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
