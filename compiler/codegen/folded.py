"""The kernel of a group with reductions: which of its forms it takes.

columns.py    folds other axes than the one that lies dense in memory
phases.py     few long rows, each in parts that run on several threads
narrow.py     rows of a few elements, several at a time
rows.py       all others, a row at a time
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ..specialize.symbolic import product
from ..tree.nodes import Body, Variable
from .columns import ColumnLoops, has_columns
from .kernel import Kernel
from .narrow import NarrowLoops, has_narrow_rows, is_straight
from .phases import SplitLoops, has_few_long_rows
from .rows import ReductionLoops

if TYPE_CHECKING:
    from .generate import KernelWriter


def folded(writer: KernelWriter) -> Kernel:
    """Write the kernel of a group with reductions."""
    if has_columns(writer.loops):
        loops = ColumnLoops(writer)
        body = loops.body()
        if loops.scratch:
            return _in_phases(writer, loops, body)
        return writer.kernel(body, [(Variable("rows"), product(writer.group.outer))])
    if has_few_long_rows(writer):
        split = SplitLoops(writer)
        return _in_phases(writer, split, split.body())
    return writer.over_elements(_rows(writer))


def _in_phases(writer: KernelWriter, loops: Any, body: Body) -> Kernel:
    return writer.kernel(body, split=loops.split(), scratch=loops.scratch)


def _rows(writer: KernelWriter) -> Body:
    if has_narrow_rows(writer):
        body = NarrowLoops(writer).body()
        if is_straight(body):
            return body
    return ReductionLoops(writer).body()
