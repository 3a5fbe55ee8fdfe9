"""What code generation returns: a kernel, and how it is run in phases."""

from __future__ import annotations

from typing import Any

import numpy as np

from ...ops.types.dtypes import DType
from ..fusion.groups import Group
from ..plan.plan import Value


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
      source: Python source that defines `kernel`.
      arguments: the Values whose arrays are passed, in order, then those of `results`.
      extents: what is passed for `n0, n1, ...`: the extents of the collapsed loops, first of the one run in parts.
      has_outer_loop: whether a loop runs over the first of these; otherwise what is run in parts runs once.
      split: how it is run in phases, or None.
      numbers: the table that the last of `extents` is the address of, if the source reads one; see `literals.py`.
      types: short names of the element types of arguments, results and scratch arrays, in order.
    """

    __slots__ = ("arguments", "extents", "group", "has_outer_loop", "numbers", "results", "source", "split", "types")

    def __init__(
        self,
        group: Group,
        source: str,
        arguments: list[Value],
        results: list[Value],
        extents: list[Any],
        has_outer_loop: bool,
        split: Split | None = None,
    ) -> None:
        self.group = group
        self.source = source
        self.arguments = arguments
        self.results = results
        self.extents = extents
        self.has_outer_loop = has_outer_loop
        self.split = split
        self.numbers: np.ndarray[Any, Any] | None = None
        scratch = split.scratch if split is not None else ()
        dtypes = [value.dtype for value in (*arguments, *results)] + [dtype for dtype, _ in scratch]
        self.types = tuple(dtype.short for dtype in dtypes)

    def share(self, source: str, numbers: np.ndarray[Any, Any]) -> None:
        """Take a source that reads these numbers from a table."""
        self.source = source
        self.numbers = numbers
        self.extents.append(numbers.ctypes.data)

    @property
    def integers(self) -> int:
        """How many integers are passed after the pointers."""
        return len(self.extents) + (2 if self.split is None else 3)
