"""Dilations of images, and their gradients: each window with the filter added to it, its largest sum, where that is.

Images are padded by the lowest numbers, as for the kernels, and each number of the filter is repeated for a row of
windows: so the sums of a row are made place by place, in loops over all its columns and channels. Gradients go over the
windows of an image from the last to the first: so what an element of the image gets of several windows is added up in
the kernel's order, which is that of places in the filter.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import cache, lru_cache
from typing import Any, Final, NamedTuple

import numpy as np

from ....ops.families.nn.convolution import convolution_ops, unfold
from ....ops.families.nn.convolution.windows import Axis
from ...plan.plan import Instruction
from ...runtime import recycle
from ..kernel import loop, threads_for

# `at` counts the results of a line of windows, `from` the elements of the padded image at one place of them.
_NUMBERS: Final = "places, channels, tall, pitch, rows, columns, down, across"
_LINES: Final = """{indent}for line in range(start, stop):
{indent}    top = (line // rows * tall + line % rows * down) * pitch
{indent}    at = line * columns * channels
{indent}    for place in range(places):
{indent}        from = top + U(load(offsets, place))
{indent}        by = place * columns * channels
{indent}        {codes}
{indent}        if place == U(0):
{first}{indent}        else:
{others}"""
_FORWARD: Final = "def kernel(x, w, offsets, r, {numbers}, start, stop):\n{lines}"
_GRADIENT: Final = """def kernel(x, w, offsets, codes, best, chosen, dy, r, {numbers}, phase, start, stop):
    if phase == U(0):
{lines}    else:
        for image in range(start, stop):
            for e in range(image * each, image * each + each):
                store(r, e, {T}(0))
            for number in range(rows * columns):
                window = rows * columns - U(1) - number
                to = image * each + window // columns * row_step + window % columns * column_step
                at = (image * rows * columns + window) * channels
                for c in range(channels):
                    there = to + U(load_result(chosen, at + c)) + c
                    store(r, there, load_result(r, there) + load(dy, at + c))
"""


class _Geometry(NamedTuple):
    """What follows of shapes and attributes: windows, offsets of their places, integers, the shape of results."""

    axes: tuple[Axis, ...]
    offsets: Any
    numbers: list[int]
    results: tuple[int, ...]


class _Place(NamedTuple):
    """The arrays and integers of the loops over windows."""

    arrays: list[Any]
    numbers: list[int]
    axes: tuple[Axis, ...]
    results: tuple[int, ...]


@lru_cache(256)
def _geometry(shape: Any, sizes: Any, strides: Any, rates: Any, padding: bytes) -> _Geometry | None:
    """None if windows do not fit."""
    try:
        axes = convolution_ops.setting(shape, sizes, strides, rates, padding, b"NHWC").axes
    except ValueError:
        return None  # the kernel says so
    rows, columns = axes
    channels = shape[3]
    pitch = columns.padded * channels
    offsets = np.arange(sizes[0])[:, None] * (rows.rate * pitch) + np.arange(sizes[1]) * (columns.rate * channels)
    numbers = [sizes[0] * sizes[1], channels, rows.padded, pitch, rows.count, columns.count]
    numbers += [rows.stride, columns.stride]
    return _Geometry(axes, offsets.astype(np.int64), numbers, (shape[0], rows.count, columns.count, channels))


def _place(instruction: Instruction, x: Any, weights: Any) -> _Place | None:
    """What the loops go over; None if windows do not fit or an array is empty."""
    attrs = instruction.attrs
    if x.ndim != 4 or weights.ndim != 3 or x.shape[-1] != weights.shape[-1] or not x.size or not weights.size:
        return None
    if instruction.inputs[0].dtype.kind != "f":
        return None
    strides, rates = tuple(attrs["strides"]), tuple(attrs["rates"])
    found = _geometry(x.shape, weights.shape[:2], strides, rates, attrs["padding"])
    if found is None:
        return None
    padded = np.ascontiguousarray(unfold.padded(x, found.axes, -np.inf))
    repeated = weights.reshape(-1, 1, x.shape[3]).repeat(found.axes[1].count, axis=1)
    return _Place([padded, repeated, found.offsets], found.numbers, found.axes, found.results)


@cache
def _lines(indent: str, codes: str, first: str, others: str, is_next: bool) -> str:
    """The loop over lines of windows, with what is done for the first place and for the others."""

    def each(text: str) -> str:
        deep = indent + " " * 12
        if is_next:  # windows move by one: a row of them reads a run of the image
            head, inside, where = f"{deep}for i in range(columns * channels):\n", deep + " " * 4, "from + i"
        else:
            head = f"{deep}for j in range(columns):\n{deep}    for c in range(channels):\n"
            head += f"{deep}        i = j * channels + c\n"
            inside, where = deep + " " * 8, "from + j * across * channels + c"
        lines = [f"total = load(x, {where}) + load(w, by + i)", *text.split("\n")]
        return head + "".join(f"{inside}{line}\n" for line in lines)

    return _LINES.format(indent=indent, codes=codes, first=each(first), others=each(others))


@cache
def _forward_text(is_next: bool) -> str:
    others = "store(r, at + i, maximum(load_result(r, at + i), total))"
    lines = _lines("    ", "unused = by", "store(r, at + i, total)", others, is_next)
    return _FORWARD.format(numbers=_NUMBERS, lines=lines)


def dilation(instruction: Instruction, values: Sequence[Any], threads: int) -> Sequence[Any] | None:
    """`Dilation2D`; None unless all is as it should be."""
    place = _place(instruction, *values)
    if place is None:
        return None
    result = recycle.empty(place.results, values[0].dtype)
    kind = instruction.inputs[0].dtype.short
    run = loop(_forward_text(place.axes[1].stride == 1), (kind, kind, "i64", kind))
    threads = threads_for(result.size * place.numbers[0], threads)
    run([*place.arrays, result], place.numbers, [len(result) * place.axes[0].count], threads)
    return [result]


@cache
def _gradient_text(kind: str, is_next: bool) -> str:
    others = "old = load_result(best, at + i)\nis_better = total > old\n"
    others += "store(best, at + i, total if is_better else old)\n"
    others += "store(chosen, at + i, code if is_better else load_result(chosen, at + i))"
    first = "store(best, at + i, total)\nstore(chosen, at + i, code)"
    lines = _lines(" " * 8, "code = load(codes, place)", first, others, is_next)
    return _GRADIENT.format(numbers=f"{_NUMBERS}, column_step, each, row_step", lines=lines, T=kind)


def _gradient(
    instruction: Instruction, values: Sequence[Any], place: _Place, target: tuple[Any, Any, int, int], threads: int
) -> Any:
    """The sums of `dy` where the largest sums stand.

    Args:
      target: the shape of the result, an image in front; where in it each place of a window is; the steps from a row
        of windows to the next, and from a window to the next.
    """
    dy, (shape, codes, row_step, column_step) = values[2], target
    kind = instruction.inputs[0].dtype.short
    result, best, chosen = np.empty(shape, dy.dtype), np.empty(dy.shape, dy.dtype), np.empty(dy.shape, np.int32)
    text = _gradient_text(kind, place.axes[1].stride == 1)
    arrays = [*place.arrays, np.ascontiguousarray(codes, np.int32), best, chosen, np.ascontiguousarray(dy), result]
    numbers = [*place.numbers, column_step, int(np.prod(shape[1:])), row_step]
    counts = [len(dy) * place.axes[0].count, len(dy)]
    run = loop(text, (kind, kind, "i64", "i32", kind, "i32", kind, kind))
    run(arrays, numbers, counts, threads_for(dy.size * place.numbers[0], threads))
    return result


def by_image(instruction: Instruction, values: Sequence[Any], threads: int) -> Sequence[Any] | None:
    """`Dilation2DBackpropInput`; None unless all is as it should be."""
    x, weights, dy = values
    place = _place(instruction, x, weights)
    if place is None or dy.shape != place.results:
        return None
    padded, _, offsets = place.arrays
    rows, columns = place.axes
    target = padded.shape, offsets, rows.stride * padded.shape[2] * x.shape[3], columns.stride * x.shape[3]
    total = _gradient(instruction, values, place, target, threads)
    return [np.array(total[unfold.interior(place.axes)])]


def by_filter(instruction: Instruction, values: Sequence[Any], threads: int) -> Sequence[Any] | None:
    """`Dilation2DBackpropFilter`; None unless all is as it should be."""
    x, weights, dy = values
    place = _place(instruction, x, weights)
    if place is None or dy.shape != place.results:
        return None
    codes = np.arange(place.numbers[0]) * x.shape[3]
    total = _gradient(instruction, values, place, ((len(x), *weights.shape), codes, 0, 0), threads)
    return [np.sum(total, axis=0)]


ROUTINES: Final[dict[str, Callable[..., Sequence[Any] | None]]] = {
    "dilation": dilation, "dilation by image": by_image, "dilation by filter": by_filter,
}  # fmt: skip
