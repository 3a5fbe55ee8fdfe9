"""What of matrices is in a band around the diagonal: `matrix_band_part`. Each row is copied within it, zero outside.

num_lower 1, num_upper 0:   1 2 3   1 0 0
                            4 5 6   4 5 0
                            7 8 9   0 8 9
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from math import prod
from typing import Any, Final

import numpy as np

from ..plan.plan import Instruction
from ..runtime import recycle
from .kernel import loop, threads_for

# The first and the last column of a row: from `lower` to the left of the diagonal to `upper` to the right of it.
_BAND: Final = """def kernel(x, r, rows, columns, lower, upper, start, stop):
    for line in range(start, stop):
        row = line % rows
        first = min(row - min(lower, row), columns)
        last = min(row + upper + U(1), columns)
        at = line * columns
        for i in range(at, at + first):
            store(r, i, {T}(0))
        for i in range(at + first, at + last):
            store(r, i, load(x, i))
        for i in range(at + last, at + columns):
            store(r, i, {T}(0))
"""


def band(instruction: Instruction, values: Sequence[Any], threads: int) -> Sequence[Any] | None:
    """`MatrixBandPart`; None unless all is as it should be."""
    x, below, above = values
    if x.ndim < 2 or not x.size or below.ndim or above.ndim:
        return None
    rows, columns = x.shape[-2:]
    lower, upper = int(below), int(above)
    if lower > rows or upper > columns:
        return None
    short = instruction.inputs[0].dtype.short
    kind = "u8" if short == "bool" else short
    result = recycle.empty(x.shape, x.dtype)
    flat = np.ascontiguousarray(x)
    arrays = [flat.view(np.uint8), result.view(np.uint8)] if short == "bool" else [flat, result]
    numbers = [rows, columns, rows if lower < 0 else lower, columns if upper < 0 else upper]
    loop(_BAND.format(T=kind), (kind, kind))(arrays, numbers, [prod(x.shape[:-1])], threads_for(x.size, threads))
    return [result]


ROUTINES: Final[dict[str, Callable[..., Sequence[Any] | None]]] = {"band": band}
