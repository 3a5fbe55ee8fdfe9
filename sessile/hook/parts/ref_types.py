"""`tensorflow.python.framework.dtypes`: the types of variables' own outputs, `float32_ref` and the others."""

from __future__ import annotations

from ...ops.types.dtypes import DType, as_dtype


def __getattr__(name: str) -> DType:
    if not name.endswith("_ref"):
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    try:
        return as_dtype(name)
    except TypeError as error:
        raise AttributeError(str(error)) from None
