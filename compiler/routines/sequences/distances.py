"""How far sequences are from each other: `edit_distance`. A pair is one thread's, with a row of Levenshtein's table.

1 2 3 and 1 3: the rows are 0 1 2, then 1 0 1, then 2 1 1, then 3 2 1: the distance is 1
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, Final

import numpy as np

from ....ops.families.strings.edit_distances import counted, normalized, sequences
from ...plan.plan import Instruction
from ..kernel import loop, threads_for

_DISTANCES: Final = """def kernel(x, y, xs, ys, row, r, width, start, stop):
    for pair in range(start, stop):
        base = pair * width
        first = U(load(xs, pair))
        second = U(load(ys, pair))
        count = U(load(ys, pair + U(1))) - second
        for k in range(count + U(1)):
            store(row, base + k, i32(k))
        for i in range(first, U(load(xs, pair + U(1)))):
            item = load(x, i)
            corner = load_result(row, base)
            left = corner + i32(1)
            store(row, base, left)
            for k in range(count):
                above = load_result(row, base + k + U(1))
                changed = corner + i32(item != load(y, second + k))
                left = smaller(smaller(left, above) + i32(1), changed)
                store(row, base + k + U(1), left)
                corner = above
        store(r, pair, load_result(row, base + count))
"""


def distances(instruction: Instruction, values: Sequence[Any], threads: int) -> Sequence[Any] | None:
    """`EditDistance`; None unless all is as it should be."""
    for indices, items, extents in (values[:3], values[3:]):
        if indices.ndim != 2 or items.shape != indices.shape[:1] or extents.shape != indices.shape[1:]:
            return None
    if values[2].shape != values[5].shape or not values[2].size:
        return None
    extents, given, wanted, numbers = sequences(*values)
    first, second = counted(given, wanted, extents)
    width = int(second.max(initial=0)) + 1
    starts = [np.concatenate([[0], np.cumsum(counts)]) for counts in (first, second)]
    rows, found = np.empty((len(first), width), np.int32), np.empty(len(first), np.int32)
    numbers = numbers.view(np.uint8) if numbers.dtype == bool else numbers
    kind = f"{numbers.dtype.kind}{8 * numbers.itemsize}"
    arrays = [numbers[: len(given)], numbers[len(given) :], *starts, rows, found]
    run = loop(_DISTANCES, (kind, kind, "i64", "i64", "i32", "i32"))
    run(arrays, [width], [len(first)], threads_for(len(given) * width, threads))
    return [normalized(found, first, second, bool(instruction.attrs["normalize"])).reshape(extents)]


ROUTINES: Final[dict[str, Callable[..., Sequence[Any] | None]]] = {"edit distance": distances}
