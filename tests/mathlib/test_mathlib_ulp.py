"""Every function of mathlib is as close to the exact result as `FUNCTIONS` states."""

from __future__ import annotations

import numpy as np
import pytest
from sessile.compiler import mathlib

from tests.mathlib.reference import exact, samples
from tests.mathlib.ulp import errors_in_ulp

FORMATS = {"float32": np.float32, "float64": np.float64}
SINGLE_ARGUMENT = sorted(name for name, function in mathlib.FUNCTIONS.items() if function.arity == 1)
EVERY_FLOAT32, CHUNK = 2**32, 2**24


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


def double_reference(name: str, x: np.ndarray) -> np.ndarray:
    """Return the function in float64 by NumPy or SciPy, good to a few float64 ulp."""
    import scipy.special

    others = {
        "sigmoid": scipy.special.expit, "softplus": lambda v: np.logaddexp(0.0, v), "erf": scipy.special.erf,
        "erfc": scipy.special.erfc, "rsqrt": lambda v: 1.0 / np.sqrt(v), "asin": np.arcsin, "acos": np.arccos,
        "atan": np.arctan, "asinh": np.arcsinh, "acosh": np.arccosh, "atanh": np.arctanh,
    }  # fmt: skip
    return np.asarray((others.get(name) or getattr(np, name))(x))


@pytest.mark.slow
@pytest.mark.parametrize("name", SINGLE_ARGUMENT)
def test_every_float32(name: str) -> None:
    routine = mathlib.lookup(name, "float32")
    worst, place = 0.0, 0
    for start in range(0, EVERY_FLOAT32, CHUNK):
        x = np.arange(start, start + CHUNK, dtype=np.uint32).view(np.float32)
        with np.errstate(all="ignore"):
            high = double_reference(name, x.astype(np.float64))
        errors = errors_in_ulp(routine(x), high, np.zeros_like(high))
        here = int(np.argmax(errors))
        if errors[here] > worst:
            worst, place = float(errors[here]), start + here
    print(f"{name} float32: {worst:.3f} ulp at bits {place:#010x}")
    assert worst <= mathlib.FUNCTIONS[name].ulp["float32"] + 0.001, f"{worst:.3f} ulp at bits {place:#010x}"
