"""Running one instruction of a compiled plan: its routine where one takes these arrays, else NumPy's kernel.

A routine is held to the kernel by tests, and only takes what it is written for: large dense arrays of plain numbers,
arguments that make sense. It returns None for everything else; the kernel then says what is wrong with it, if anything.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final

import numpy as np

from ...ops.base.provided import provide
from ...ops.definition.slice_math import SliceMasks, plan_slice
from ...ops.families.arrays.index_maps import STRIDED_SLICE
from ..executors import interpreter
from ..plan.plan import Instruction, Plan, Value
from ..runtime import recycle

LEAST: Final = 2048  # elements from which on a routine is worth its call: 10 us
# The same, where the kernel takes microseconds for each: messages, windows, matrices.
_LEAST_OF: Final = {
    "suppression": 64, "colours": 64, "crops": 64, "lrn": 64, "in_top_k": 64, "edit distance": 64, "sparse add": 64,
    "examples": 16, "dilation": 64, "dilation by image": 64, "dilation by filter": 64, "triangles": 32,
    "sparse product": 64, "alignments": 64, "three diagonals": 32, "segments": 16, "unsorted segments": 16,
    "strings": 64, "incomplete gamma": 512, "incomplete gamma's derivative": 32,
}  # fmt: skip
_TYPES: Final = frozenset({"bool", "f32", "f64", "i8", "i16", "i32", "i64", "u8", "u16", "u32", "u64"})

_routines: dict[str, Callable[..., Sequence[Any] | None]] = {}


def execute(
    instruction: Instruction,
    values: Sequence[Any],
    state: Any,
    step: Any = None,
    threads: int = 0,
    unused: Sequence[bool] = (),
    viewed: frozenset[Value] = frozenset(),
) -> Sequence[Any]:
    """Run an instruction on arrays as `interpreter.execute` does, by compiled code where there is some.

    Args:
      threads: how many may take part; 0: those this process may use.
      unused: per result whether nothing reads its elements, which may then be anything; empty: all may be read.
      viewed: strings that only routines read, so that they may be `Views`.
    """
    if (
        instruction.op_def.routine
        and (step is None or step.trace is None)
        and any(value.size >= least_size(instruction) for value in values)
    ):
        found = _run(instruction, values, threads, unused)
        if found is not None:
            if step is not None:
                step.check(instruction.op)
            return [
                item.array() if type(item) is not np.ndarray and value not in viewed else item
                for value, item in zip(instruction.outputs, found)
            ]
    if viewed and not viewed.isdisjoint(instruction.inputs):
        values = [value if type(value) is np.ndarray else value.array() for value in values]
    return interpreter.execute(instruction, values, state, step)


def least_size(instruction: Instruction) -> int:
    """Elements from which on the routine of an instruction is asked."""
    return _LEAST_OF.get(instruction.op_def.routine[0], LEAST)


class HandedOn:
    """Runs an instruction that only gives an array another shape, and the array's memory to what it makes of it."""

    def __init__(self, instruction: Instruction, constants: Mapping[Value, Instruction]) -> None:
        self.op = instruction.op
        self._instruction = instruction
        self._axes = _axes_of_all(instruction, constants)

    def run(self, arguments: Sequence[Any], state: Any, step: Any = None) -> Sequence[Any]:
        """The result, on the arrays the instruction takes, of which the first is read by nothing else."""
        array = arguments[0]
        if self._axes is None:
            (view,) = interpreter.execute(self._instruction, arguments, state, step)
        else:
            view = array.reshape([1 if axis is None else array.shape[axis] for axis in self._axes])
        return [recycle.handed_on(view, array) if view.size == array.size else view]


def keeps_elements(instruction: Instruction, constants: Mapping[Value, Instruction]) -> bool:
    """Whether an instruction gives its first input another shape and does nothing else: a reshape, a slice of all."""
    return instruction.op_def.reshapes or _axes_of_all(instruction, constants) is not None


def _axes_of_all(instruction: Instruction, constants: Mapping[Value, Instruction]) -> tuple[int | None, ...] | None:
    """For a slice that takes all there is: which axes of the input its axes are, None for one of extent 1."""
    if instruction.op_def.index_map is not STRIDED_SLICE or not all(v in constants for v in instruction.inputs[1:]):
        return None
    extents, attrs = instruction.inputs[0].extents, instruction.attrs
    if extents is None:
        return None
    extents = tuple(sys.maxsize if extent is None else extent for extent in extents)  # no slice ends there by chance
    begin, end, strides = (constants[v].attrs["value"].tolist() for v in instruction.inputs[1:])
    masks = SliceMasks(*(attrs[f"{word}_mask"] for word in ("begin", "end", "ellipsis", "new_axis", "shrink_axis")))
    try:
        found = plan_slice(extents, begin, end, strides, masks)
    except ValueError:
        return None
    is_all = all(dim.step == 1 and dim.count == extent for dim, extent in zip(found.dims, extents))
    return found.axes if is_all else None


def viewed_values(plan: Plan) -> frozenset[Value]:
    """The strings of a plan that nothing but routines for strings reads."""
    made = [v for i in plan.instructions if _is_of_strings(i) for v in i.outputs if v.dtype.kind == "s"]
    if not made or plan.has_flow:
        return frozenset()
    others = (value for i in plan.instructions if not _is_of_strings(i) for value in (*i.inputs, *i.guards))
    return frozenset(made).difference(plan.outputs, others)


def _is_of_strings(instruction: Instruction) -> bool:
    return instruction.op_def.routine[:1] == ("strings",)


def _jpeg_colours(pixels: Any, is_halved: bool) -> Any:
    """Machine code for the kernels of JPEG images, which lie below the compiler and cannot import it."""
    from .images import jpeg

    return jpeg.colours(pixels, is_halved)


provide("jpeg colours", _jpeg_colours)


def _all() -> dict[str, Callable[..., Sequence[Any] | None]]:
    """The routines by their names."""
    from . import (
        bands,
        choosing,
        chosen_rows,
        counting,
        distinct,
        divisions,
        examples,
        merging,
        neighbours,
        permutations,
        scans,
        scatters,
        segments,
        selection,
    )  # fmt: skip
    from .images import colours, crops, drawing, resizing, suppression, transforms
    from .matrices import sparse_products, systems
    from .sequences import alignments, beams, distances
    from .special import blocks, incomplete_gamma, zeta_sums
    from .windows import morphology, volumes

    modules = (
        alignments, bands, beams, blocks, choosing, chosen_rows, colours, counting, crops, distances, distinct,
        divisions, drawing, examples, incomplete_gamma, merging, morphology, neighbours, permutations, resizing,
        scans, scatters, segments, selection, sparse_products, suppression, systems, transforms, volumes, zeta_sums,
    )  # fmt: skip
    return {name: routine for module in modules for name, routine in module.ROUTINES.items()}


def _run(
    instruction: Instruction, values: Sequence[Any], threads: int, unused: Sequence[bool] = ()
) -> Sequence[Any] | None:
    """The results of an instruction's routine; None if it does not take these arrays."""
    if _is_of_strings(instruction):
        from .strings.routines import run

        return run(instruction, values)
    is_of_messages = instruction.op_def.routine[0] == "examples"
    if not is_of_messages and any(
        value.dtype.short not in _TYPES for value in (*instruction.inputs, *instruction.outputs)
    ):
        return None
    if not _routines:  # not before it is needed
        _routines.update(_all())
    routine = _routines[instruction.op_def.routine[0]]
    if any(unused):
        return routine(instruction, values, threads, unused)
    return routine(instruction, values, threads)
