"""Putting slices where indices point: `scatter_nd` and the operations on tensors that are alike.

Each thread goes over all indices, in their order, and takes those that point into its range of targets; slices of few
elements are written by one thread, which need not guess whether an index is its own. So a target
gets its updates in NumPy's order, to the same bits, whatever the number of threads. Of 2 threads and targets 0 to 5,

    indices 4 1 4      the first thread writes target 1, the second one target 4, twice
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

_TEXT = """def kernel(x, places, r, n, w, s, length, start, stop):
    for b in range(start, stop):
        first = min(b * length, s)
        last = min(b * length + length, s)
        for i in range(n):
            e = U(load(places, i))
            if (e >= first) and (e < last):
{row}"""


def run(instruction: Instruction, values: Sequence[Any], threads: int) -> Sequence[Any] | None:
    """`ScatterNd`, `TensorScatterAdd` and their like; None unless all is as it should be."""
    how = instruction.op_def.routine[1]
    if len(instruction.op_def.routine) > 2:  # from nothing
        indices, updates, shape = values
        extents = tuple(shape.tolist()) if shape.ndim == 1 else ()
    else:
        tensor, indices, updates = values
        extents = tensor.shape
    depth = indices.shape[-1] if indices.ndim else 0
    if not 0 < depth <= len(extents) or min(extents) <= 0 or not updates.size:
        return None
    if updates.shape != (*indices.shape[:-1], *extents[depth:]):
        return None
    places = _places(indices.reshape(-1, depth), extents[:depth])
    if places is None:
        return None
    width, count = prod(extents[depth:]), prod(extents[:depth])
    result = recycle.empty(extents, updates.dtype)
    result[...] = 0 if len(instruction.op_def.routine) > 2 else tensor
    threads = threads_for(updates.size, threads) if width >= WIDE else 1
    kind = instruction.outputs[0].dtype.short
    numbers = [len(places), width, count, -(-count // threads)]
    arrays = [np.ascontiguousarray(updates), places, result]
    loop(_text(how, kind, width), (kind, "i64", kind))(arrays, numbers, [threads], threads)
    return [result]


def _places(indices: Any, extents: tuple[int, ...]) -> Any | None:
    """The flat places of the targets; None if there is one out of range."""
    places = np.zeros(len(indices), np.int64)
    for column, extent in zip(indices.T, extents):
        if column.min() < 0 or column.max() >= extent:
            return None
        places *= extent
        places += column
    return places


def _text(how: str, kind: str, width: int) -> str:
    """The kernel for rows of so many elements."""

    def row(at: str, source: str, suffix: str, indent: str) -> str:
        names = {"a": f"a{suffix}", "c": f"c{suffix}"}
        lines = [f"c{suffix} = load(x, {source})"]
        if "{a}" in _STEPS[how]:
            lines.insert(0, f"a{suffix} = load_result(r, {at})")
        lines.append(f"store(r, {at}, {kind}({_STEPS[how].format(**names)}))")
        return "".join(f"{indent}{line}\n" for line in lines)

    indent = " " * 16
    if width == 1:
        return _TEXT.format(row=row("e", "i", "", indent))
    if width <= _UNROLLED:
        rows = (row(f"e * w + U({j})", f"i * w + U({j})", str(j), indent) for j in range(width))
        return _TEXT.format(row="".join(rows))
    return _TEXT.format(row=f"{indent}for j in range(w):\n" + row("e * w + j", "i * w + j", "", indent + "    "))


ROUTINES: Final[dict[str, Callable[..., Sequence[Any] | None]]] = {"scatter": run}
