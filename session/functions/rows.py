"""`guvectorize`: a Python function of rows, compiled by numba, becomes an operation over tensors' last axis.

The function is called for each row with arrays it reads and one it fills, as numba's `guvectorize` has it. It is a call
of its own in a step, without the GIL, not fused with what is around it. Its machine code is kept on disk.

Worked example:

    @tf.guvectorize("(n),()->(n)")
    def smoothed(x, rate, out):
        out[0] = x[0]
        for i in range(1, len(x)):
            out[i] = out[i - 1] + rate * (x[i] - out[i - 1])
"""

from __future__ import annotations

import functools
import itertools
import re
from collections.abc import Callable
from typing import Any

from ...compiler.program import user_functions
from ...ops.building.build import build
from ...ops.families.debugging.printing import py_func as call_python
from ...ops.families.elementwise.user_rows import ROW_FUNCTIONS, USER_ROWS, Layout, RowFunction, run_rows
from ...ops.graph.node import Tensor
from .vectorize import converted

_numbers = itertools.count()
_SIGNATURE = re.compile(r"\((\w*)\)(?:,\((\w*)\))*->\((\w*)\)")


def guvectorize(layout: str, *, gradient: Callable[..., Any] | None = None, py_func: bool = False) -> Any:
    """A decorator that turns a function of rows into an operation over tensors.

    Args:
      layout: NumPy's signature of a generalised function with one result: "(n)->()", "(n),(k)->(k)": a name is an
        extent of a row, "()" a number. Extents of the result are among the inputs'. What is before the rows broadcasts.
      gradient: `(dy, *inputs) -> one gradient per input`, over tensors; None for no gradient.
      py_func: whether a function that numba cannot compile is called back from the step instead of an error.
    Returns: a decorator; what it makes takes tensors of one real type (numbers take it) and `name=None`, and returns
      a tensor. The function itself takes arrays (numbers for "()") and last the array to fill, of one element for "()".
    Raises: ValueError for a layout that is none. TypeError, from the made function, for other types, or for what
      numba cannot compile: with the line.
    Source: numba's `guvectorize`, for graphs.

    >>> @guvectorize("(n)->()")
    ... def largest_step(x, out):
    ...     out[0] = 0
    ...     for i in range(1, len(x)):
    ...         out[0] = max(out[0], abs(x[i] - x[i - 1]))
    """
    dimensions = _parsed(layout)

    def decorator(function: Callable[..., Any]) -> Callable[..., Tensor]:
        return _operation(function, dimensions, gradient, py_func)

    return decorator


def _parsed(layout: str) -> Layout:
    text = layout.replace(" ", "")
    if not _SIGNATURE.fullmatch(text):
        raise ValueError(f"layout {layout!r}: it is to be like '(n),()->(n)', with one result and rows of one axis.")
    names = re.findall(r"\((\w*)\)", text)
    dimensions = tuple((name,) if name else () for name in names)
    unknown = [name for name in dimensions[-1] if (name,) not in dimensions[:-1]]
    if unknown:
        raise ValueError(f"layout {layout!r}: the extent {unknown[0]} of the result is that of no input.")
    return dimensions


def _operation(
    function: Callable[..., Any], layout: Layout, gradient: Callable[..., Any] | None, calls_back: bool
) -> Callable[..., Tensor]:
    title = getattr(function, "__name__", "function")
    token = f"user_{title}#{next(_numbers)}".encode()
    rows = ROW_FUNCTIONS[token] = RowFunction(function, title, layout, gradient, {})

    @functools.wraps(function)
    def operation(*arguments: Any, name: str | None = None) -> Tensor:
        if len(arguments) != len(layout) - 1:
            raise TypeError(f"{title} takes {len(layout) - 1} tensors, got {len(arguments)}.")
        inputs = converted(title, arguments)
        dtype = inputs[0].dtype.base_dtype
        if dtype.name not in rows.codes:
            try:
                rows.codes[dtype.name] = user_functions.compiled_rows(function, layout, dtype)
            except TypeError:
                if not calls_back:
                    raise
                call = functools.partial(_called, token)
                result = call_python(call, inputs, dtype, stateful=False, name=name or title)
                assert isinstance(result, Tensor)
                return result
        made: Tensor = build(USER_ROWS, inputs, function=token, name=name or title)
        return made

    return operation


def _called(token: bytes, *arrays: Any) -> Any:
    return run_rows(list(arrays), function=token)
