"""Argument makers of the operations whose element or row is a Python function."""

from __future__ import annotations

import ctypes
from typing import Any, Final

import numpy as np
from sessile.ops.families.elementwise.user_functions import TYPES, USER_FUNCTIONS, UserFunction
from sessile.ops.families.elementwise.user_rows import ROW_FUNCTIONS, RowFunction

from tests.ops.makers.arguments import Maker, data
from tests.ops.makers.more import fixed


def _larger(x: Any, y: Any) -> Any:
    return x if x > y else y


def _reversed(x: Any, out: Any) -> None:
    for place in range(len(x)):
        out[place] = x[len(x) - 1 - place]


LARGER: Final = b"user_tests_larger"
REVERSED: Final = b"user_tests_reversed"
USER_FUNCTIONS[LARGER] = UserFunction(_larger, "larger", None)


def _code_for(name: str) -> Any:
    """What stands for the machine code of `_reversed`: a function of addresses, the number of rows and the extent."""
    dtype = np.dtype(name)

    def at(address: int, rows: int, extent: int) -> Any:
        kind = ctypes.c_char * (rows * extent * dtype.itemsize)
        return np.frombuffer(kind.from_address(address), dtype).reshape(rows, extent)

    def code(source: int, target: int, rows: int, extent: int) -> None:
        at(target, rows, extent)[...] = at(source, rows, extent)[:, ::-1]

    return code


_CODES = {dtype.name: _code_for(dtype.name) for dtype in TYPES}
ROW_FUNCTIONS[REVERSED] = RowFunction(_reversed, "reversed", (("n",), ("n",)), None, _CODES)

USER: Final[dict[str, Maker]] = {
    "UserFunction": lambda dtype: fixed(
        (lambda t: ([data(t, (2, 3)), data(t, (3,), 1)],), {"function": LARGER, "Tout": dtype}),
        (lambda t: ([data(t, (0,)), data(t, (), 1)],), {"function": LARGER, "Tout": dtype}),
    )(dtype),
    "UserRows": fixed((lambda dtype: ([data(dtype, (2, 3))],), {"function": REVERSED})),
    "CompiledUserRows": fixed((lambda dtype: ([data(dtype, (2, 3))],), {"function": REVERSED})),
}
