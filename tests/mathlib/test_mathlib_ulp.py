"""Every function of mathlib is as close to the exact result as `FUNCTIONS` states."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
from sessile.compiler import mathlib

from tests.mathlib.reference import exact, samples
from tests.mathlib.ulp import errors_in_ulp

FORMATS = {"float32": np.float32, "float64": np.float64}
SINGLE_ARGUMENT = sorted(name for name, function in mathlib.FUNCTIONS.items() if function.arity == 1)
EVERY_FLOAT32, CHUNK = 2**32, 2**14


@pytest.mark.parametrize("label", FORMATS)
@pytest.mark.parametrize("name", mathlib.FUNCTIONS)
def test_error_is_within_what_is_stated(name: str, label: str) -> None:
    arguments = samples(name, FORMATS[label], 1000)
    result = mathlib.lookup(name, label)(*arguments)
    errors = errors_in_ulp(result, *exact(name, arguments))
    worst = int(np.argmax(errors))
    assert errors[worst] <= mathlib.FUNCTIONS[name].ulp[label], (
        f"{errors[worst]:.3f} ulp at {[float(argument[worst]).hex() for argument in arguments]}"
    )


def inverse_steps() -> np.ndarray:
    """Return, for each exponent field of a float64, one over the float32 spacing at such a number."""
    return np.ldexp(1.0, -np.maximum(np.arange(2048) - 1023 - 23, -149))


def worst_over(name: str) -> Callable[..., tuple[float, int]]:
    """Return a compiled function that gives the largest error over many float32, and its place.

    The reference is the float64 routine, which the tests above hold against mpmath.
    """
    import numba

    single, double = mathlib.lookup(name, "float32"), mathlib.lookup(name, "float64")

    @numba.njit(error_model="numpy")
    def worst(x, got, high, fields, steps):  # type: ignore[no-untyped-def]
        for i in range(x.size):
            high[i] = double(np.float64(x[i]))
        for i in range(x.size):
            got[i] = single(x[i])
        largest, place = 0.0, 0
        for i in range(x.size):
            if got[i] == np.float32(high[i]) or (got[i] != got[i] and high[i] != high[i]):
                continue  # correctly rounded
            error = abs(np.float64(got[i]) - high[i]) * steps[(fields[i] >> 52) & 2047]
            if not error <= largest:
                largest, place = error, i
        return largest, place

    return worst


@pytest.mark.slow
@pytest.mark.parametrize("name", SINGLE_ARGUMENT)
def test_every_float32(name: str) -> None:
    worst_of, steps = worst_over(name), inverse_steps()
    got, high = np.empty(CHUNK, np.float32), np.empty(CHUNK)
    worst, place = 0.5, 0
    for start in range(0, EVERY_FLOAT32, CHUNK):
        x = np.arange(start, start + CHUNK, dtype=np.uint32).view(np.float32)
        error, here = worst_of(x, got, high, high.view(np.int64), steps)
        if not error <= worst:
            worst, place = error, start + here
    print(f"{name} float32: {worst:.3f} ulp at bits {place:#010x}")
    assert worst <= mathlib.FUNCTIONS[name].ulp["float32"], f"{worst:.3f} ulp at bits {place:#010x}"


@pytest.mark.parametrize("label", FORMATS)
@pytest.mark.parametrize("name", ["sin", "cos", "tan"])
def test_angles_next_to_multiples_of_a_right_angle(name: str, label: str) -> None:
    """There the result is tiny and the reduction loses most digits; the last one is the worst of all float64."""
    import mpmath

    counts = np.random.default_rng(3).integers(1, 2**60, 400) >> np.arange(400) % 60
    with mpmath.workprec(200):
        nearest = [float(mpmath.mpf(int(count) + 1) * mpmath.pi / 2) for count in counts]
    arguments = (np.array([*nearest, 6381956970095103.0 * 2.0**797 if label == "float64" else 1.0], FORMATS[label]),)
    errors = errors_in_ulp(mathlib.lookup(name, label)(*arguments), *exact(name, arguments))
    worst = int(np.argmax(errors))
    assert errors[worst] <= mathlib.FUNCTIONS[name].ulp[label], float(arguments[0][worst]).hex()
