"""Functions of the user in machine code: what a session asks for; see `../jit/user_functions.py`."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from ...ops.types.dtypes import DType
from ..jit import user_functions


def compiled(function: Callable[..., Any], types: Sequence[DType]) -> str:
    """Return the name by which loops call a function of numbers of these types, compiled if it is not yet.

    Raises: TypeError, with the line, if numba cannot compile it.
    """
    return user_functions.ready(function, tuple(dtype.short for dtype in types))


def compiled_rows(function: Callable[..., Any], layout: Sequence[Sequence[str]], dtype: DType) -> Callable[..., None]:
    """Return a function of the addresses of arrays, the number of rows and extents that calls `function` for each row.

    Raises: TypeError, with the line, if numba cannot compile it.
    """
    return user_functions.ready_rows(function, tuple(map(tuple, layout)), dtype.short)
