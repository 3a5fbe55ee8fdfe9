"""Quotients and remainders of integers by divisors that are not known beforehand: NumPy's kernel refuses zeros.

Those that are rounded down are made of those towards zero: -7 / 2 gives -3, rest -1, whose sign is not that of 2: -4.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, Final

import numpy as np

from ..plan.plan import Instruction
from ..runtime import recycle
from .kernel import loop, threads_for

_TEXT: Final = """def kernel(x, y, r, nx, ny, start, stop):
    for i in range(start, stop):
        a = load(x, i * nx)
        b = load(y, i * ny)
{body}"""
_BODIES: Final = {
    "quotient towards zero": "        store(r, i, truncdiv(a, b))\n",
    "remainder towards zero": "        store(r, i, truncmod(a, b))\n",
    "remainder rounded down": "        store(r, i, floormod(a, b))\n",
    "quotient rounded down": """        q = truncdiv(a, b)
        rest = {T}(a - {T}(q * b))
        lower = {T}(q - {T}(1))
        store(r, i, lower if rest != {T}(0) and (rest < {T}(0)) != (b < {T}(0)) else q)
""",
}


def divide(instruction: Instruction, values: Sequence[Any], threads: int) -> Sequence[Any] | None:
    """Integers by integers, of one shape or one of them alone; None for others, and if one is divided by 0."""
    x, y = values
    kind = instruction.inputs[0].dtype.short
    if x.dtype.kind not in "iu" or (x.shape != y.shape and 1 not in (x.size, y.size)) or not y.all():
        return None
    result = recycle.empty(np.broadcast_shapes(x.shape, y.shape), x.dtype)
    which = instruction.op_def.routine[1]
    body = _BODIES["quotient towards zero" if which.startswith("quotient") and kind[0] == "u" else which]
    run = loop(_TEXT.format(body=body.format(T=kind)), (kind, kind, kind))
    steps = [int(value.size > 1) for value in values]
    run(
        [np.ascontiguousarray(x), np.ascontiguousarray(y), result], steps, [result.size],
        threads_for(4 * result.size, threads),
    )  # fmt: skip
    return [result]


ROUTINES: Final[dict[str, Callable[..., Sequence[Any] | None]]] = {"integer division": divide}
