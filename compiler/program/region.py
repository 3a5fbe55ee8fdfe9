"""A region with its variants, and the one that fits the arguments."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from ...ops.base import errors
from ..executors.budget import Item, described
from ..machine import background, compile_log
from ..machine.garbage import uncollected
from ..machine.lock import LOCK
from ..partition.schedule import Region
from ..plan.plan import Instruction, Value
from ..specialize.layouts import Layouts, Seen, readable
from ..specialize.specialize import NeedsCut
from ..step.variant import Variant, is_readable
from .choice import step_of


def plain(value: Value, array: Any) -> Any:
    """An array that compiled code can read: contiguous, aligned, of no subclass."""
    flags = array.flags
    if flags.c_contiguous and flags.aligned and type(array) is np.ndarray and array.dtype is value.dtype.np_dtype:
        return array
    copy = np.empty(array.shape, value.dtype.np_dtype)  # `np.array` would keep a dtype that is equal but not the same
    copy[...] = array
    return copy


class RegionProgram:
    """A region with its variants: finds, or makes, the one that fits the arguments.

    Attributes:
      latest: the variant that ran last.
      apart: outputs that are never made in the memory of an intermediate.
      first_op: the operation its first instruction comes from, to name the region by.
      cut: an instruction for which it cannot be one region, if that was found: a shape hangs on its data.
    """

    def __init__(self, region: Region, threads: int = 0) -> None:
        self.region = region
        self.first_op = next((i.op for i in region.instructions if i.op is not None and not i.is_constant), None)
        self.threads = threads
        self.apart: frozenset[Value] = frozenset()
        self.variants: dict[tuple[int, ...], list[Variant]] = {}
        self._strided: dict[tuple[tuple[int, ...], Layouts], list[Variant]] = {}
        self._seen = Seen(region)
        self.latest: Variant | None = None
        self.cut: Instruction | None = None

    @property
    def title(self) -> str:
        """What the region computes, for the log."""
        last = next((i.op for i in reversed(self.region.instructions) if i.op is not None), None)
        return f"{last.name if last is not None else 'a plan'}, {len(self.region.instructions)} instructions"

    def _reason(self, shapes: Sequence[tuple[int, ...]], layouts: Layouts) -> str:
        """Why arguments of these shapes need a variant that there is not."""
        known = self.made(shapes, layouts)
        if known:
            return f"guard broken: {known[-1].broken_guard(shapes)}"
        if layouts:
            return "new memory layout"
        return "new ranks" if self.variants else "first call"

    def run(self, arrays: Sequence[Any]) -> Sequence[Any]:
        """Run the region on arrays.

        Raises: NeedsCut, ValueError (contradicting shapes), OpError.
        """
        given = arrays
        arrays, layouts = self.readable(arrays)
        for variant in self.made([array.shape for array in arrays], layouts):
            results = step_of(variant)(*arrays)
            if results is not None:
                self.latest = variant
                return results  # type: ignore[no-any-return]
        if layouts:
            if self.variant_of([array.shape for array in arrays], layouts) is None:
                self._seen.refuse(layouts)
            return self.run(given)
        # Views are ours: no other thread changes their shapes and types.
        arrays = [plain(value, array.view()) for value, array in zip(self.region.inputs, arrays)]
        variant = self._variant([array.shape for array in arrays])
        results = step_of(variant)(*arrays)
        if results is None:
            raise errors.InternalError(None, None, "a compiled region does not accept the arguments it was made for")
        self.latest = variant
        return results  # type: ignore[no-any-return]

    def planned(self, arrays: Sequence[Any]) -> list[Item]:
        """What a run on arrays like these makes: its results, and its block of intermediates."""
        variant = self.variant_for(arrays)
        if variant is None:
            return []  # it is interpreted, and counts what it makes
        block, made = variant.footprint([np.shape(array) for array in arrays])
        ops = {v: i.op for i in self.region.instructions for v in i.outputs if i.op is not None}
        items = []
        for value, shape, size in made:
            op = ops.get(value)
            name = repr(value) if op is None else f"'{op.name}:0'"
            items.append(Item(size, described(name, value.dtype.np_dtype, shape), op))
        return [*items, Item(block, f"intermediates of {self.title}")]

    def variant_for(self, arrays: Sequence[Any]) -> Variant | None:
        """The variant for arguments like these, made if there is none; None if they cannot be specialised for."""
        return self.variant_of([np.shape(array) for array in arrays])

    def readable(self, arrays: Sequence[Any]) -> tuple[list[Any], Layouts]:
        """The arguments as a variant can read them, and their layouts; see `../specialize/layouts.py`."""
        return readable(self.region.inputs, arrays, plain, self._seen)

    def made(self, shapes: Sequence[tuple[int, ...]], layouts: Layouts = ()) -> tuple[Variant, ...]:
        """The variants for arguments of such ranks and layouts that there are."""
        ranks = tuple(map(len, shapes))
        return tuple(self._strided.get((ranks, layouts), ()) if layouts else self.variants.get(ranks, ()))

    def variant_of(self, shapes: Sequence[tuple[int, ...]], layouts: Layouts = ()) -> Variant | None:
        """The variant for arguments of these shapes; see `variant_for`."""
        try:
            return self._variant(shapes, layouts)
        except (NeedsCut, ValueError):
            return None

    @uncollected
    def _variant(self, shapes: Sequence[tuple[int, ...]], layouts: Layouts = ()) -> Variant:
        """The variant for arguments of these shapes, made if there is none. Raises: NeedsCut, ValueError."""
        with LOCK:  # another thread may be making it
            for variant in self.made(shapes, layouts):
                if variant.accepts(shapes):
                    return variant
            if self.cut is not None:
                raise NeedsCut(self.cut)
            with compile_log.compilation(self.title, self._reason(shapes, layouts), not background.is_behind()):
                try:
                    variant = Variant(self.region, shapes, self.threads, self.apart, layouts)
                except NeedsCut as cut:
                    self.cut = cut.instruction
                    raise
                if not is_readable(variant):
                    raise ValueError("an argument that is not dense is needed as an array")
                variant.compile()
            ranks = tuple(map(len, shapes))
            known = self._strided.setdefault((ranks, layouts), []) if layouts else self.variants.setdefault(ranks, [])
            known.append(variant)
            return variant
