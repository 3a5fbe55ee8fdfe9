"""What code generation returns: a kernel, and how it is run in phases."""

from __future__ import annotations

from typing import Any

import numpy as np

from ...ops.types.dtypes import DType
from ..fusion.groups import Group
from ..plan.plan import Value
from ..tree.nodes import KernelTree
from ..tree.python_source import source


class Split:
    """What running a kernel in phases takes.

    Attributes:
      rows: the number of rows. blocks: of all rows; both may be symbolic.
      scratch: per array that phases leave something in, passed after the results: its type, and whether it has one
        element a block instead of one a row.
      phases: per phase whether it runs over blocks, otherwise over rows. Its number is passed before start and stop.
    """

    __slots__ = ("blocks", "phases", "rows", "scratch")

    def __init__(self, rows: Any, blocks: Any, scratch: list[tuple[DType, bool]], phases: list[bool]) -> None:
        self.rows = rows
        self.blocks = blocks
        self.scratch = scratch
        self.phases = phases


class Kernel:
    """A generated kernel.

    Attributes:
      tree: its loops and statements.
      arguments: the Values whose arrays are passed, in order, then those of `results`.
      extents: what is passed for `n0, n1, ...`: the extents of the collapsed loops, first of the one run in parts.
      has_outer_loop: whether a loop runs over the first of these; otherwise what is run in parts runs once.
      split: how it is run in phases, or None.
      numbers: the table that the last of `extents` is the address of, if the loops read one; see `literals.py`.
    """

    __slots__ = ("arguments", "extents", "group", "has_outer_loop", "numbers", "results", "split", "tree")

    def __init__(
        self,
        group: Group,
        tree: KernelTree,
        arguments: list[Value],
        results: list[Value],
        extents: list[Any],
        has_outer_loop: bool,
        split: Split | None = None,
    ) -> None:
        self.group = group
        self.tree = tree
        self.arguments = arguments
        self.results = results
        self.extents = extents
        self.has_outer_loop = has_outer_loop
        self.split = split
        self.numbers: np.ndarray[Any, Any] | None = None

    @property
    def source(self) -> str:
        """Python source that defines `kernel`, its variables numbered as the values of the plan."""
        return source(self.tree)

    def share(self, tree: KernelTree, numbers: np.ndarray[Any, Any]) -> None:
        """Take loops that read these numbers from a table."""
        self.tree = tree
        self.numbers = numbers
        self.extents.append(numbers.ctypes.data)
