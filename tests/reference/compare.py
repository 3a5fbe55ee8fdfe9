"""How far a value may be from the recorded one, and the words for it when it is farther."""

from __future__ import annotations

from typing import Any

import ml_dtypes
import numpy as np

_BITS = {2: np.int16, 4: np.int32, 8: np.int64}


def ulp_distance(a: np.ndarray[Any, Any], b: np.ndarray[Any, Any]) -> np.ndarray[Any, Any]:
    """Return how many representable numbers lie between `a` and `b`, element by element; NaN to NaN is 0.

    A NaN, an infinity or a zero of the other sign where the other array has something else is the largest distance.
    """
    far = np.float64(np.inf)
    nan_a, nan_b = np.isnan(a), np.isnan(b)
    kind = _BITS[a.dtype.itemsize]
    low = np.iinfo(kind).min
    x, y = a.view(kind).astype(object), b.view(kind).astype(object)
    x, y = np.where(x < 0, low - x, x), np.where(y < 0, low - y, y)
    distance = np.abs(x - y).astype(np.float64)
    distance = np.where(np.isinf(a) != np.isinf(b), far, distance)
    distance = np.where((a == 0) & (b == 0) & (np.signbit(a) != np.signbit(b)), far, distance)
    return np.asarray(np.where(nan_a & nan_b, 0.0, np.where(nan_a != nan_b, far, distance)))


def difference(actual: np.ndarray[Any, Any], expected: np.ndarray[Any, Any], ulp: float) -> str | None:
    """Return what is wrong with `actual`, or None: type, shape, exact elements, floats within `ulp`."""
    if actual.dtype != expected.dtype:
        return f"dtype {actual.dtype} instead of {expected.dtype}"
    if actual.shape != expected.shape:
        return f"shape {actual.shape} instead of {expected.shape}"
    if actual.dtype.kind == "c":
        part = np.dtype(f"f{actual.dtype.itemsize // 2}")
        pairs = [np.ascontiguousarray(array).reshape(-1).view(part) for array in (actual, expected)]
        return _complex_difference(*pairs, ulp)
    if actual.dtype.kind not in "fV":
        wrong = actual != expected
        return _report(actual, expected, wrong, np.ones(actual.shape)) if wrong.any() else None
    distance = ulp_distance(np.ascontiguousarray(actual), np.ascontiguousarray(expected)).reshape(actual.shape)
    wrong = distance > ulp
    return _report(actual, expected, wrong, distance) if wrong.any() else None


def _complex_difference(actual: np.ndarray[Any, Any], expected: np.ndarray[Any, Any], ulp: float) -> str | None:
    """Compare (real, imaginary) pairs on the scale of the pair's larger part."""
    with np.errstate(all="ignore"):
        scale = np.abs(np.where(np.isfinite(expected), expected, 0)).reshape(-1, 2).max(axis=1).repeat(2)
        near = np.abs(actual - expected) <= ulp * np.spacing(np.maximum(scale, np.finfo(scale.dtype).tiny))
    same = near | (np.isnan(actual) & np.isnan(expected)) | (actual == expected)
    return None if same.all() else _report(actual, expected, ~same, np.full(actual.shape, np.nan))


def _report(actual: Any, expected: Any, wrong: Any, distance: Any) -> str:
    """Return the first elements that are wrong, each with its place."""
    wrong, distance = np.asarray(wrong), np.asarray(distance)
    rows = [
        f"  at {place}: {actual[place]!r} instead of {expected[place]!r}"
        + (f", {distance[place]:g} ulp" if actual.dtype.kind in "fVc" else "")
        for place in [place for place in np.ndindex(wrong.shape) if wrong[place]][:5]
    ]
    return "\n".join([f"{int(np.sum(wrong))} of {wrong.size} elements differ:", *rows])


def is_float(dtype: np.dtype[Any]) -> bool:
    """Whether elements have a fraction: the halves, floats, complex numbers."""
    return dtype.kind in "fc" or dtype == ml_dtypes.bfloat16
