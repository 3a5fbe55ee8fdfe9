"""What the elementwise families share: building with one result, scalars by kind of type, sixteen-bit arithmetic."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from ..types.dtypes import DType


def dtype_of(value: Any) -> DType | None:
    """The type of a tensor or variable; None for other values."""
    dtype = getattr(value, "dtype", None)
    return dtype.base_dtype if isinstance(dtype, DType) else None


def on_kinds(kinds: str, expression: str) -> Callable[[Any, Any], str | None]:
    """A scalar expression for types whose `DType.kind` is among `kinds`; other types are interpreted."""

    def scalar(attrs: Any, dtypes: Any) -> str | None:
        return expression if dtypes[0].kind in kinds else None

    return scalar


def by_kind(floats: str | None, integers: str | None) -> Callable[[Any, Any], str | None]:
    """One scalar expression for floating-point types, another for integers."""

    def scalar(attrs: Any, dtypes: Any) -> str | None:
        kind = dtypes[0].kind
        return floats if kind == "f" else integers if kind in "iu" else None

    return scalar


def on_floats(expression: str) -> Callable[[Any, Any], str | None]:
    """A scalar expression for floating-point types; complex ones are interpreted."""
    return on_kinds("f", expression)


def is_short_float(dtype: Any) -> bool:
    """Whether a NumPy dtype is float16 or bfloat16."""
    return bool(dtype.itemsize == 2 and dtype.kind in "fV")


def widened(function: Callable[..., Any]) -> Callable[..., Any]:
    """Return `function` such that it sees float32 for float16 and bfloat16, and its result is rounded back once."""

    def kernel(*inputs: Any) -> Any:
        dtype = inputs[0].dtype
        if not is_short_float(dtype):
            return function(*inputs)
        return np.asarray(function(*(x.astype(np.float32) for x in inputs))).astype(dtype)

    return kernel


def keep_dtype(function: Callable[..., Any]) -> Callable[..., Any]:
    """Like `widened`, for functions that may return a wider type than that of their first input."""

    def kernel(*inputs: Any) -> Any:
        dtype = inputs[0].dtype
        if is_short_float(dtype):
            inputs = tuple(x.astype(np.float32) for x in inputs)
        return np.asarray(function(*inputs)).astype(dtype, copy=False)

    return kernel
