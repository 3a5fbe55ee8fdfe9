"""Errors in units in the last place."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

__all__ = ["errors_in_ulp"]

Array = NDArray[Any]


def errors_in_ulp(result: Array, high: Array, low: Array) -> Array:
    """Return |result - (high + low)| in the spacing of the result's format there; infinite for a wrong kind."""
    dtype = result.dtype.type
    info = np.finfo(dtype)
    with np.errstate(all="ignore"):
        rounded = high.astype(dtype)
        toward_zero = np.minimum(np.abs(rounded), info.max)
        above = toward_zero.astype(np.float64) > np.abs(high)
        toward_zero = np.where(above, np.nextafter(toward_zero, dtype(0)), toward_zero)
        step = np.spacing(toward_zero).astype(np.float64)
        errors = np.abs(((result.astype(np.float64) - high) - low) / step)
    same = (result == rounded) & np.isinf(rounded) | np.isnan(result) & np.isnan(high)
    return np.where(same, 0.0, np.where(np.isnan(errors), np.inf, errors))
