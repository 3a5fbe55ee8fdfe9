"""The inverse of a permutation: `invert_permutation`. Where an element is missing, -1 stays: NumPy's kernel tells why.

2 0 1   place 0 goes to 2, 1 to 0, 2 to 1:   1 2 0
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, Final

import numpy as np

from ..plan.plan import Instruction
from ..runtime import recycle
from .kernel import loop, threads_for

_INVERT: Final = """def kernel(x, r, n, phase, start, stop):
    if phase == U(0):
        for i in range(start, stop):
            store(r, i, {T}(-1))
    else:
        for i in range(start, stop):
            e = U(load(x, i))
            if e < n:
                store(r, e, {T}(i))
"""


def invert(instruction: Instruction, values: Sequence[Any], threads: int) -> Sequence[Any] | None:
    """`InvertPermutation`; None for what is no permutation."""
    (x,) = values
    if x.ndim != 1 or not x.size:
        return None
    kind = instruction.inputs[0].dtype.short
    result = recycle.empty(x.shape, x.dtype)
    run = loop(_INVERT.format(T=kind), (kind, kind))
    run([np.ascontiguousarray(x), result], [x.size], [x.size, x.size], threads_for(x.size, threads))
    return None if result.min() < 0 else [result]


ROUTINES: Final[dict[str, Callable[..., Sequence[Any] | None]]] = {"invert permutation": invert}
