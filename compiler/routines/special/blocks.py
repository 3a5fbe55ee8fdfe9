"""Functions of SciPy over many elements: NumPy's kernel takes a block at a time, so that it stays in a core's cache.

The kernels let go of the GIL while they compute; each thread takes the next block. Elements are what they were, to the
bit: each comes of its own arguments.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, Final

import numpy as np

from ...plan.plan import Instruction
from ...runtime import recycle
from ..kernel import threads_for
from ..selection import workers

_BLOCK: Final = 1 << 15  # elements; these functions take 10 to 300 ns for each


def in_blocks(instruction: Instruction, values: Sequence[Any], threads: int) -> Sequence[Any] | None:
    """A function of one or more numbers, element by element; None for shapes that do not broadcast."""
    try:
        shape = np.broadcast_shapes(*(value.shape for value in values))
    except ValueError:
        return None
    kernel, attrs = instruction.op_def.kernel, instruction.attrs
    result = recycle.empty(shape, instruction.outputs[0].dtype.np_dtype)
    flat, size = result.reshape(-1), result.size
    if not size or kernel is None or attrs.keys() - {"T"}:
        return None
    wide = [value if value.size == 1 else np.broadcast_to(value, shape).reshape(-1) for value in values]

    def fill(start: int) -> None:
        stop = start + _BLOCK
        with np.errstate(all="ignore"):
            flat[start:stop] = kernel(*(x.reshape(1) if x.size == 1 else x[start:stop] for x in wide))

    starts = range(0, size, _BLOCK)
    threads = min(threads_for(8 * size, threads), len(starts))
    if threads == 1:
        for start in starts:
            fill(start)
    else:
        list(workers(threads).map(fill, starts))
    return [result]


ROUTINES: Final[dict[str, Callable[..., Sequence[Any] | None]]] = {"in blocks": in_blocks}
