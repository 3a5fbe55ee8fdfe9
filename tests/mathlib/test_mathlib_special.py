"""NaN, infinities, zeros, denormals and the ends of the ranges; and that NaN in is NaN out."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest
from sessile.compiler import mathlib

INF, NAN = math.inf, math.nan
PAIRS = ("pow", "atan2")
FORMATS = {"float32": np.float32, "float64": np.float64}
NUMPY_NAMES = {"pow": "power", "asin": "arcsin", "acos": "arccos", "atan": "arctan", "atan2": "arctan2",
               "asinh": "arcsinh", "acosh": "arccosh", "atanh": "arctanh"}  # fmt: skip
# argument, result where NumPy has no such function
OWN = {
    "sigmoid": ((0.0, 0.5), (-0.0, 0.5), (INF, 1.0), (-INF, 0.0)), "softplus": ((INF, INF), (-INF, 0.0)),
    "erf": ((0.0, 0.0), (-0.0, -0.0), (INF, 1.0), (-INF, -1.0), (7.0, 1.0), (-7.0, -1.0)),
    "erfc": ((0.0, 1.0), (-0.0, 1.0), (INF, 0.0), (-INF, 2.0), (30.0, 0.0), (-30.0, 2.0)),
    "rsqrt": ((0.0, INF), (-0.0, -INF), (INF, 0.0), (-INF, NAN), (-1.0, NAN), (4.0, 0.5)),
}  # fmt: skip


def same(result: Any, wanted: Any) -> bool:
    """Return whether two floats are alike, NaN to NaN and the zeros by their sign."""
    return bool(np.isnan(result) and np.isnan(wanted)) or bool(
        result == wanted and np.signbit(result) == np.signbit(wanted)
    )


@pytest.mark.parametrize("label", FORMATS)
@pytest.mark.parametrize("name", [name for name, function in mathlib.FUNCTIONS.items() if function.arity == 1])
def test_nan_and_special_arguments(name: str, label: str) -> None:
    dtype, routine = FORMATS[label], mathlib.lookup(name, label)
    assert np.isnan(routine(dtype(NAN))) and np.isnan(routine(-dtype(NAN)))
    for argument, result in OWN.get(name, ()):
        assert same(routine(dtype(argument)), dtype(result)), argument


@pytest.mark.parametrize("label", FORMATS)
@pytest.mark.parametrize("name", [name for name in mathlib.FUNCTIONS if name not in OWN and name not in PAIRS])
def test_special_arguments_as_in_numpy(name: str, label: str) -> None:
    dtype, routine = FORMATS[label], mathlib.lookup(name, label)
    for argument in (0.0, -0.0, INF, -INF, 1.0, -1.0, 2.0, -2.0):
        with np.errstate(all="ignore"):
            wanted = getattr(np, NUMPY_NAMES.get(name, name))(dtype(argument))
        result = routine(dtype(argument))
        finite = np.isfinite(wanted) and wanted != 0
        assert np.isclose(result, wanted, rtol=1e-6) if finite else same(result, wanted), argument


@pytest.mark.parametrize("label", FORMATS)
@pytest.mark.parametrize("name", PAIRS)
def test_special_pairs(name: str, label: str) -> None:
    dtype, routine = FORMATS[label], mathlib.lookup(name, label)
    info = np.finfo(dtype)
    plain = [0.0, 0.5, 1.0, 1.5, 2.0, 3.0, INF, info.max, info.tiny, info.smallest_subnormal, 2.0**24 + 1, 2.0**53, NAN]
    values = np.array([*plain, *(-value for value in plain)], dtype)
    first, second = (grid.ravel() for grid in np.meshgrid(values, values))
    with np.errstate(all="ignore"):
        wanted = getattr(np, NUMPY_NAMES[name])(first, second)
    result = routine(first, second)
    for x, y, got, want in zip(first, second, result, wanted, strict=True):
        close = (
            np.isfinite(want) and want != 0 and abs(float(got) - float(want)) <= abs(float(want)) * 4 * float(info.eps)
        )
        assert close or same(got, want), f"{name}({x!r}, {y!r}) = {got!r}, not {want!r}"


@pytest.mark.parametrize("label", FORMATS)
@pytest.mark.parametrize("name", ["expm1", "log1p", "sin", "tan", "asin", "atan", "sinh", "tanh", "asinh", "atanh"])
def test_tiny_arguments_come_back(name: str, label: str) -> None:
    info = np.finfo(FORMATS[label])
    tiny = np.array([info.smallest_subnormal, 3 * info.smallest_subnormal, info.tiny / 2, info.tiny], FORMATS[label])
    tiny = np.concatenate([tiny, -tiny])
    np.testing.assert_array_equal(mathlib.lookup(name, label)(tiny), tiny)


def test_exponential_ends() -> None:
    exp = mathlib.lookup("exp", "float64")
    assert np.isfinite(exp(709.782712893384)) and exp(np.nextafter(709.782712893384, INF)) == INF
    assert exp(-745.1) == 5e-324 and exp(-745.2) == 0.0
    single = mathlib.lookup("exp", "float32")
    assert np.isfinite(single(np.float32(88.72283))) and single(np.float32(88.72284)) == INF
    assert single(np.float32(-103.9)) == np.float32(1e-45) and single(np.float32(-104.0)) == 0.0


def test_exact_results_are_exact() -> None:
    powers = np.ldexp(1.0, np.arange(-1074, 1024))
    np.testing.assert_array_equal(mathlib.lookup("log2", "float64")(powers), np.arange(-1074.0, 1024.0))
    cubes = np.arange(-100.0, 101.0)
    np.testing.assert_array_equal(mathlib.lookup("cbrt", "float64")(cubes**3), cubes)
    whole = np.arange(1.0, 50.0)
    np.testing.assert_array_equal(mathlib.lookup("pow", "float64")(whole, 3.0), whole**3)
    np.testing.assert_array_equal(mathlib.lookup("exp", "float32")(np.zeros(3, np.float32)), 1.0)
