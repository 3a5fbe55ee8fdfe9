"""A variant: a region compiled for arguments of certain ranks whose extents answer certain guards.

From it `builder.py` makes the list of actions of a step, which printers write down as machine code or as Python.
"""

from __future__ import annotations

import math
import warnings
from collections.abc import Sequence
from typing import Any

from ...ops.types.array_values import dense
from ..codegen.generate import generate
from ..codegen.kernel import Kernel
from ..codegen.literals import share_kernels
from ..fusion.arena import ALIGNMENT, Arena, made_by
from ..fusion.groups import Call, Fused, Group
from ..fusion.products import Product
from ..fusion.region_passes import fuse
from ..jit.compile import CompiledKernel, Request, compile_kernels
from ..machine import background, compile_log
from ..partition.schedule import Region
from ..plan.plan import Value
from ..specialize.layouts import Layouts, bind_layouts
from ..specialize.specialize import Specialized, specialize
from ..specialize.symbolic import expression


class Variant:
    """One variant of a region.

    Attributes:
      special: shapes and guards.
      fused: groups and calls.
      memory: where their values lie.
      kernels: per group, its generated kernel, or None if numba could not compile it.
      step: the entry, once it is made: takes the region's arrays; returns its outputs, or None if no guard holds.
    """

    def __init__(
        self,
        region: Region,
        shapes: Sequence[tuple[int, ...]],
        threads: int = 0,
        apart: frozenset[Value] = frozenset(),
        layouts: Layouts = (),
    ) -> None:
        self.region = region
        self.threads = threads  # how many may share a loop; 0: those this process may use
        self.special: Specialized = specialize(region, shapes)
        bind_layouts(self.special, layouts)
        background.check()
        self.fused: Fused = fuse(self.special)
        background.check()
        self.constants = {i.outputs[0]: dense(i.attrs["value"]) for i in region.instructions if i.is_constant}
        self.memory = Arena(self.special, self.fused, self.fused.written.__contains__, apart)
        self.kernels = {
            item: generate(item, self.special, self.constants, self.fused, self.memory.in_place.get(item))
            for item in self.fused.items
            if isinstance(item, Group)
        }
        background.check()
        share_kernels(self.kernels.values())
        self.special.table.seal()  # what is written from here on holds for the guards there are
        self.compiled: dict[Group, CompiledKernel] = {}
        self.step: Any = None  # the entry, made when first needed (`program/choice.py`)
        self.codes: dict[tuple[Any, ...], Any] = {}  # native code, per structure, closed flag, and whether it has `out`

    @property
    def told(self) -> list[Value]:
        """The results that no item makes, small integers that extents tell: the shape of something, say."""
        made = {value for item in self.fused.items for value in made_by(item)}
        own = {v for i in self.region.instructions if not i.is_constant for v in i.outputs}
        return [v for v in self.region.outputs if v in self.special.known and v in own and v not in made]

    def accepts(self, shapes: Sequence[tuple[int, ...]]) -> bool:
        """Whether arguments of these shapes, of the ranks it was made for, keep to the guards."""
        return self.broken_guard(shapes) is None

    def broken_guard(self, shapes: Sequence[tuple[int, ...]]) -> str | None:
        """What these shapes break, as text; None if they keep to the guards."""
        for position, axis, extent in self.special.fixed:
            if shapes[position][axis] != extent:
                return f"extent {axis} of {self.region.inputs[position].name} is {extent}"
        symbols = {symbol: shapes[position][axis] for symbol, position, axis in self.special.bindings}
        return next((str(guard) for guard in self.special.table.guards if not guard.holds(symbols)), None)

    def shape_of(self, value: Value, shapes: Sequence[tuple[int, ...]]) -> tuple[int, ...]:
        """The shape of a value, for arguments of these shapes."""
        symbols = {symbol: shapes[position][axis] for symbol, position, axis in self.special.bindings}
        return tuple(expression(extent).value(symbols) for extent in self.special.extents[value])

    def footprint(self, shapes: Sequence[tuple[int, ...]]) -> tuple[int, list[tuple[Value, tuple[int, ...], int]]]:
        """What a step for arguments of these shapes takes of memory.

        Returns: the bytes of the arena, and per array that it makes its shape and bytes.
        """
        symbols = {symbol: shapes[position][axis] for symbol, position, axis in self.special.bindings}
        slots = [max(size.value(symbols) for size in sizes) for sizes in self.memory.sizes]
        made = {value for item in self.fused.items for value in made_by(item)}
        arrays = []
        for value in self.memory.arrays:
            if value in made and self.memory.home(value) is value and value not in self.memory.slot_of:
                shape = self.shape_of(value, shapes)
                arrays.append((value, shape, math.prod(shape) * value.dtype.size))
        return sum(-(-size // ALIGNMENT) * ALIGNMENT for size in slots), arrays

    def compile(self) -> Variant:
        """Compile the kernels; returns this variant."""
        requests = [Request.of(kernel.tree, _title(group)) for group, kernel in self.kernels.items()]
        job = compile_log.current()
        if job is not None:
            job.total = len(requests)
        for (group, kernel), found in zip(self.kernels.items(), compile_kernels(requests)):
            if isinstance(found, Exception):  # numba raises many kinds; none of them may stop a step
                _warn(group, kernel, found)
            else:
                self.compiled[group] = found
        return self


def _title(group: Group) -> str:
    """What a group computes, for the log."""
    names = [i.op.name for i in group.instructions if i.op is not None]
    more = f" and {len(names) - 1} more" if len(names) > 1 else ""
    return f"{names[-1]}{more}" if names else group.instructions[-1].op_def.name


def _warn(group: Group, kernel: Kernel, error: Exception) -> None:
    """Say that a group is interpreted."""
    import logging  # not before it is needed: 2 ms of a first call

    names = ", ".join(i.op.name if i.op is not None else i.op_def.name for i in group.instructions)
    logging.getLogger("sessile").debug("generated source:\n%s", kernel.source, exc_info=error)
    warnings.warn(
        f"sessile could not compile a fused group and interprets it; its operations: {names} "
        f"({type(error).__name__}: {str(error).splitlines()[0] if str(error) else ''})",
        RuntimeWarning,
        stacklevel=3,
    )


def is_readable(variant: Variant) -> bool:
    """Whether only loops, and products that BLAS computes, read the arguments that are not dense, as they are."""
    strided = variant.special.strides
    others: list[Value] = [*variant.region.outputs, *map(variant.fused.root, variant.fused.aliases)]
    for item in variant.fused.items:
        if isinstance(item, Call) and not isinstance(variant.fused.written.get(item.instruction), Product):
            others += item.instruction.inputs
    return not any(value in strided for value in others)
