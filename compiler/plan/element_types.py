"""Which element types have a place in generated code."""

from __future__ import annotations

from typing import Final

from ...ops.types.dtypes import DType

COMPILED_KINDS: Final = "fiub"


def is_compiled_type(dtype: DType) -> bool:
    """Whether elements of this type have a place in generated code."""
    return dtype.kind in COMPILED_KINDS
