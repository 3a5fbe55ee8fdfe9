"""`vectorize`: a Python function of numbers becomes an operation over tensors that fuses with those around it.

numba compiles the body when the function is first called with tensors of some types; loops take it in line, so a chain
of operations with such a function in it is one loop. The machine code, and LLVM's form of the body, go to the disk
cache: a later process does not import numba.

Worked example:

    @tf.vectorize
    def leaky(x, slope):
        return x if x > 0 else slope * x

    y = leaky(x * 2.0, 0.1) + 1.0      # one loop
"""

from __future__ import annotations

import functools
import itertools
from collections.abc import Callable
from typing import Any

import numpy as np

from ...compiler.program import user_functions
from ...ops.building.build import build
from ...ops.building.convert import convert_to_tensor
from ...ops.families.debugging.printing import py_func
from ...ops.families.elementwise.user_functions import PREFIX, USER_FUNCTION, USER_FUNCTIONS, UserFunction
from ...ops.graph.node import Tensor
from ...ops.types import dtypes
from ...ops.types.dtypes import DType

_numbers = itertools.count()


def vectorize(
    function: Callable[..., Any] | None = None,
    *,
    gradient: Callable[..., Any] | None = None,
    dtype: Any = None,
    py_func: bool = False,
) -> Any:
    """Turn a function of numbers into an operation over tensors, element by element, with broadcasting.

    Args:
      function: takes numbers of one type and returns a number. It may use arithmetic, comparisons, `if`, loops, `math`,
        NumPy's functions of numbers, and other such functions; what numba can compile. Numbers that are written in it
        take the arguments' type where they meet them. Interpreted, it is called as it is.
      gradient: `(dy, *inputs) -> one gradient per input`, over tensors; None for no gradient.
      dtype: the type of the result; the arguments' by default.
      py_func: whether a function that numba cannot compile is called back from the step, as `tf.py_func` does, instead
        of an error.
    Returns: a function of tensors (one per argument, all of one type; numbers take it) and `name=None`, which returns
      a tensor. Without `function`, a decorator.
    Raises: TypeError, from the returned function, for other types than real numbers, or for a function that numba
      cannot compile: with the line.
    Source: numba's `vectorize`, for graphs.

    >>> @vectorize(gradient=lambda dy, x: dy * 2.0 * x)
    ... def square(x):
    ...     return x * x
    """
    if function is None:
        return lambda found: vectorize(found, gradient=gradient, dtype=dtype, py_func=py_func)
    if not callable(function):
        raise TypeError(f"vectorize takes a function, got {function!r}.")
    return _operation(function, gradient, None if dtype is None else dtypes.as_dtype(dtype), py_func)


def _operation(
    function: Callable[..., Any], gradient: Callable[..., Any] | None, dtype: DType | None, calls_back: bool
) -> Callable[..., Any]:
    title = getattr(function, "__name__", "function")
    user = UserFunction(function, title, gradient)
    token = f"{PREFIX}{title}#{next(_numbers)}".encode()
    USER_FUNCTIONS[token] = user
    refused: set[tuple[DType, ...]] = set()

    @functools.wraps(function)
    def operation(*arguments: Any, name: str | None = None) -> Tensor:
        if not arguments:
            raise TypeError(f"{title} takes tensors, got none.")
        inputs = converted(title, arguments)
        kinds = tuple(tensor.dtype.base_dtype for tensor in inputs)
        result = kinds[0] if dtype is None else dtype
        if kinds not in user.symbols and kinds not in refused:
            try:
                user.symbols[kinds] = user_functions.compiled(function, kinds)
            except TypeError:
                if not calls_back:
                    raise
                refused.add(kinds)
        if kinds in refused:
            return called_back(function, inputs, result, name or title)
        made: Tensor = build(USER_FUNCTION, inputs, function=token, Tout=result, name=name or title)
        return made

    return operation


def converted(title: str, arguments: tuple[Any, ...]) -> list[Tensor]:
    """Arguments as tensors of one type: that of the first tensor among them, or array, or number."""
    first = next((item for item in arguments if isinstance(item, (Tensor, np.ndarray, np.generic))), None)
    dtype = None if first is None else dtypes.as_dtype(first.dtype).base_dtype
    tensors = []
    for item in arguments:
        tensor = convert_to_tensor(item, dtype)
        dtype = tensor.dtype if dtype is None else dtype
        tensors.append(tensor)
    allowed = USER_FUNCTION.where["T"]
    if allowed is not None and tensors[0].dtype.base_dtype not in allowed:
        words = ", ".join(each.name for each in allowed)
        raise TypeError(f"{title} takes tensors of {words}, got {tensors[0].dtype.name}.")
    return tensors


def called_back(function: Callable[..., Any], inputs: list[Tensor], dtype: DType, name: str) -> Tensor:
    """What `py_func` makes of the function."""

    def call(*arrays: Any) -> Any:
        wide = np.broadcast_arrays(*arrays)
        rows = zip(*(array.reshape(-1) for array in wide))
        return np.array([function(*row) for row in rows], dtype.np_dtype).reshape(wide[0].shape)

    result = py_func(call, inputs, dtype, stateful=False, name=name)
    assert isinstance(result, Tensor)
    return result
