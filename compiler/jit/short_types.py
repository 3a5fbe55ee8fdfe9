"""float16 and bfloat16: what kernels compute in, and numbers rounded to them.

How they are converted is in `short_floats.py`, which a process that finds its kernels in the cache does not load.
"""

from __future__ import annotations

from typing import Any, Final

import numpy as np

from ...ops.types import dtypes
from ...ops.types.dtypes import DType

SHORT: Final[dict[str, DType]] = {"f16": dtypes.float16, "bf16": dtypes.bfloat16}


def computed_in(dtype: DType) -> DType:
    """The type that kernels compute in: float32 for short floats, every other type itself."""
    return dtypes.float32 if dtype.short in SHORT else dtype


def nearest(number: Any, kind: str) -> float:
    """A number rounded to a short type."""
    with np.errstate(over="ignore", invalid="ignore"):
        return float(np.asarray(number, np.float32).astype(SHORT[kind].np_dtype))
