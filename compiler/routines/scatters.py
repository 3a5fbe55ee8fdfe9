"""Putting slices where indices point: `scatter_nd`, operations on tensors that are alike, `dynamic_stitch`.

Each thread goes over all indices, in their order, and takes those that point into its range of targets. So a target
gets its updates in NumPy's order, to the same bits, whatever the number of threads. Of 2 threads and targets 0 to 5,

    indices 4 1 4      the first thread writes target 1, the second one target 4, twice

Whether an index is a thread's own is a jump that nobody can guess. So slices of one element are written without one:
what is for another range goes to places of no target, behind the result, which is what makes it worth sharing them
where the result is large. Other slices of few elements are written by one thread.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from math import prod
from typing import Any, Final

import numpy as np

from ..plan.plan import Instruction
from ..runtime import recycle
from .kernel import loop, threads_for

_STEPS: Final = {
    "add": "{a} + {c}", "sub": "{a} - {c}", "max": "maximum({a}, {c})", "min": "minimum({a}, {c})", "update": "{c}",
}  # fmt: skip
WIDE: Final = (
    16  # elements of a slice from which on passing over those of other threads is cheap: a jump guessed wrongly
)
_UNROLLED: Final = 8  # columns up to which the statements of a row are written out

_PIECE: Final = 1 << 14  # elements of a result that are copied at once

_TEXT = """def kernel(x, places, base, extents, r, bad, n, w, s, length, phase, start, stop):
    if phase == U(0):
        for piece in range(start, stop):
            for i in range(piece * U({piece}), min(piece * U({piece}) + U({piece}), s * w)):
                store(r, i, {first})
    else:
{limits}        for b in range(start, stop):
            first = min(b * length, s)
            last = min(b * length + length, s)
            wrong = i32(0)
            for i in range(n):
{find}                if {is_in} and (e >= first) and (e < last):
{row}                wrong = wrong | i32(not ({is_in}))
            store(bad, b, wrong)
"""


# Slices of one element, and several ranges.
_BESIDE: Final = 16  # places behind the result for each range, which take turns: a sum does not wait for the one before
_MOST_RANGES: Final = 4  # each goes over all indices
_LARGE: Final = 1 << 20  # bytes of a result that is not in a core's own cache, where one thread mostly waits
_SCALARS = """def kernel(x, places, base, extents, r, bad, n, w, s, length, phase, start, stop):
    if phase == U(0):
        for piece in range(start, stop):
            for i in range(piece * U({piece}), min(piece * U({piece}) + U({piece}), s)):
                store(r, i, {first})
    else:
{limits}        for b in range(start, stop):
            first = min(b * length, s)
            width = min(length, s - first)
            wrong = i32(0)
            for i in range(n):
{find}                at = e if e - first < width else s + b * U({beside}) + (i & U({beside} - 1))
{row}                wrong = wrong | i32(not ({is_in}))
            store(bad, b, wrong)
"""


def run(instruction: Instruction, values: Sequence[Any], threads: int) -> Sequence[Any] | None:
    """`ScatterNd`, `TensorScatterAdd` and their like; None unless all is as it should be."""
    how, is_from_nothing = instruction.op_def.routine[1], len(instruction.op_def.routine) > 2
    if is_from_nothing:
        indices, updates, shape = values
        tensor, extents = updates, tuple(shape.tolist()) if shape.ndim == 1 else ()
    else:
        tensor, indices, updates = values
        extents = tensor.shape
    depth = indices.shape[-1] if indices.ndim else 0
    if not 0 < depth <= len(extents) or min(extents) <= 0 or not updates.size or updates.dtype == bool:
        return None
    if updates.shape != (*indices.shape[:-1], *extents[depth:]):
        return None
    width, count = prod(extents[depth:]), prod(extents[:depth])
    threads = threads_for(max(prod(extents), updates.size), threads)
    ranges = _ranges(count * updates.itemsize, width, threads)
    result, memory = _memory(extents, updates.dtype, width, ranges)
    kinds = instruction.outputs[0].dtype.short, f"{indices.dtype.kind}{8 * indices.dtype.itemsize}"
    bad, limits = np.empty(ranges, np.int32), np.array(extents[:depth], np.int64)
    numbers = [indices.size // depth, width, count, -(-count // ranges)]
    arrays = [np.ascontiguousarray(array) for array in (updates, indices, tensor)]
    text = _text(how, kinds[0], width, depth, is_from_nothing, ranges)
    types = (kinds[0], kinds[1], kinds[0], "i64", kinds[0], "i32")
    pieces = -(-result.size // _PIECE)
    loop(text, types)([*arrays, limits, memory, bad], numbers, [pieces, ranges], threads)
    return None if bad.any() else [result]


def _ranges(size: int, width: int, threads: int) -> int:
    """In how many ranges targets are shared.

    Args:
      size: of a result of slices of one element, in bytes.
    """
    if width == 1:
        return min(threads, _MOST_RANGES) if size >= _LARGE else 1
    return threads if width >= WIDE else 1


def _memory(extents: tuple[int, ...], dtype: Any, width: int, ranges: int) -> tuple[Any, Any]:
    """A result, and an array that begins with its memory and goes on behind it, for what is in no target."""
    if width > 1 or ranges == 1:
        result = recycle.empty(extents, dtype)
        return result, result
    memory = recycle.allocate((prod(extents) + ranges * _BESIDE,), dtype)
    return recycle.handed_on(memory[: prod(extents)].reshape(extents), memory), memory


def stitch(instruction: Instruction, values: Sequence[Any], threads: int) -> Sequence[Any] | None:
    """`DynamicStitch`: what its pieces put where, one piece after the other; None unless all is as it should be."""
    half = len(values) // 2
    places, pieces = values[:half], values[half:]
    tail = pieces[0].shape[places[0].ndim :]
    if any(where.shape + tail != piece.shape or not piece.size for where, piece in zip(places, pieces)):
        return None
    count, width = max(int(where.max()) for where in places) + 1, prod(tail)
    if pieces[0].dtype == bool or not 0 < count <= 4 * sum(where.size for where in places):
        return None
    kind, threads = instruction.outputs[0].dtype.short, threads_for(count * width, threads)
    ranges = _ranges(count * pieces[0].itemsize, width, threads)
    result, memory = _memory((count, *tail), pieces[0].dtype, width, ranges)
    run = loop(_text("update", kind, width, 1, True, ranges), (kind, "i32", kind, "i64", kind, "i32"))
    limits = np.array([count])
    counts, bad = [-(-result.size // _PIECE), ranges], np.empty(ranges, np.int32)
    for where, piece in zip(places, pieces):
        piece = np.ascontiguousarray(piece)
        arrays = [piece, np.ascontiguousarray(where), piece, limits, memory, bad]
        run(arrays, [where.size, width, count, -(-count // ranges)], counts, threads)
        if bad.any():
            return None
        counts[0] = 0  # the first one has made what no index names
    return [result]


def _text(how: str, kind: str, width: int, depth: int, is_from_nothing: bool, ranges: int) -> str:
    """The kernel for rows of so many elements, where so many indices name a target, and one or several ranges."""
    names = range(depth)
    fixed = {
        "piece": _PIECE,
        "first": f"{kind}(0)" if is_from_nothing else "load(base, i)",
        "limits": "".join(f"        x{j} = U(load(extents, U({j})))\n" for j in names),
        "is_in": " and ".join(f"(q{j} < x{j})" for j in names),
        "find": "".join(f"{' ' * 16}q{j} = U(load(places, i * U({depth}) + U({j})))\n" for j in names)
        + f"{' ' * 16}e = {'(' * (depth - 1)}q0{''.join(f' * x{j} + q{j})' for j in names[1:])}\n",
    }

    def row(at: str, source: str, suffix: str, indent: str) -> str:
        names = {"a": f"a{suffix}", "c": f"c{suffix}"}
        lines = [f"c{suffix} = load(x, {source})"]
        if "{a}" in _STEPS[how]:
            lines.insert(0, f"a{suffix} = load_result(r, {at})")
        lines.append(f"store(r, {at}, {kind}({_STEPS[how].format(**names)}))")
        return "".join(f"{indent}{line}\n" for line in lines)

    indent = " " * 20
    if width == 1 and ranges > 1:
        return _SCALARS.format(**fixed, beside=_BESIDE, row=row("at", "i", "", indent[4:]))
    if width == 1:
        return _TEXT.format(**fixed, row=row("e", "i", "", indent))
    if width <= _UNROLLED:
        rows = (row(f"e * w + U({j})", f"i * w + U({j})", str(j), indent) for j in range(width))
        return _TEXT.format(**fixed, row="".join(rows))
    return _TEXT.format(
        **fixed, row=f"{indent}for j in range(w):\n" + row("e * w + j", "i * w + j", "", indent + "    ")
    )


ROUTINES: Final[dict[str, Callable[..., Sequence[Any] | None]]] = {"scatter": run, "stitch": stitch}
