"""From a fusion group to the source of its kernel: which loops it takes, and the head over them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from ..fusion.groups import ELEMENT, Fused, Group
from ..plan.plan import Value
from ..specialize.specialize import Specialized
from ..specialize.symbolic import product
from .columns import ColumnLoops, has_columns
from .elements import Generator, Source
from .index_reader import tiled
from .kernel import Kernel, Split
from .phases import FEW_ROWS, LONG_ROW, SplitLoops, has_few_long_rows
from .rows import ReductionLoops
from .source_lines import indented


class KernelWriter(Generator):
    """Writes the kernel of one group."""

    def generate(self) -> Kernel:
        """Write the source."""
        if has_columns(self.loops):
            return self._columns()
        if self.group.split is not None and has_few_long_rows(self):
            return self._in_phases(SplitLoops(self))
        body = self._rows() if self.group.split is not None else self._elements()
        shared = self._shared()
        nest = self._tiled_nest(body, shared) or self.shared_nest(self.outer_numbers(), body, shared)
        return self._kernel(nest, ["start", "stop"], first_loop=shared)

    def _columns(self) -> Kernel:
        """Write the source of a kernel that folds other axes than the one that lies dense in memory."""
        loops = ColumnLoops(self)
        body = loops.body()
        if loops.scratch_names():
            return self._in_phases(loops, body)
        return self._kernel(body, ["start", "stop"], [("rows", product(self.group.outer))])

    def _in_phases(self, loops: Any, body: Source | None = None) -> Kernel:
        """Write the source of a kernel in phases."""
        body = loops.body() if body is None else body
        arrays = [(name, None) for name in loops.scratch_names()]
        return self._kernel(body, ["phase", "start", "stop"], arrays, split=loops.split())

    def _kernel(
        self, body: Source, range_names: list[str], first: Any = (), first_loop: int = 0, split: Split | None = None
    ) -> Kernel:
        """Put a body under its head.

        Args:
          first: pairs: a parameter between the results and the extents of the loops, what is passed (None: an array).
          first_loop: the loop whose extent is passed before those of the others.
        """
        results = self.group.outputs
        extents = {f"n{number}": extent for number, extent in enumerate(self.loops.extents or [1])}
        extents = {f"n{first_loop}": extents[f"n{first_loop}"], **extents, **dict(self.more_extents.values())}
        names = [f"x{k}" for k in range(len(self.arguments))] + [f"r{k}" for k in range(len(results))]
        names += [*dict(first), *extents]
        source = "\n".join([f"def kernel({', '.join([*names, *range_names])}):", *indented(body)]) + "\n"
        passed = [extent for _, extent in first if extent is not None] + list(extents.values())
        return Kernel(self.group, source, self.arguments, results, passed, bool(self.loops.outer), split)

    def _shared(self) -> int:
        """The number of the outer loop that is run in parts: not the outermost where that is short and more is within.

        What is symbolic gets a guard.
        """
        extents = self.loops.extents
        last = len(self.loops.outer) - 1
        if last < 1 or product(extents[1:]) < LONG_ROW:
            return 0
        return next((number for number in range(last) if extents[number] > FEW_ROWS), last)

    def _tiled_nest(self, body: Source, shared: int) -> Source | None:
        """Loops in tiles, where something is read across: both its lines and those of the results stay in cache."""
        numbers = self.outer_numbers()
        across = [number for number in numbers[:-1] if f"i{number}" in self.strided]
        if self.group.split is not None or not across:
            return None
        return tiled(numbers, across[-1], body, shared)

    def _elements(self) -> Source:
        body: Source = []
        scope: dict[Value, str] = {}
        for value in self.group.outputs:
            name = self.evaluate(value, ELEMENT, scope, body)
            body.append(self.store(value, ELEMENT, name))
        return body

    def _rows(self) -> Source:
        return ReductionLoops(self).body()


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
