"""Where the processor has no instruction that scales by powers of two, bits do it: the same errors."""

from __future__ import annotations

import numpy as np
import pytest
from sessile.compiler import mathlib
from sessile.compiler.mathlib import exponential
from sessile.compiler.mathlib.emit import FLOAT32, FLOAT64, Format
from sessile.compiler.mathlib.function import Routine

from .reference import exact, samples
from .ulp import errors_in_ulp


@pytest.mark.parametrize("name", ["exp", "sigmoid", "softplus", "erfc"])
@pytest.mark.parametrize("form", [FLOAT32, FLOAT64], ids=["float32", "float64"])
@pytest.mark.parametrize("scales", [False, True])
def test_both_ways_are_within_what_is_stated(
    name: str, form: Format, scales: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    if scales and not exponential.scales_in_hardware():
        pytest.skip("this processor has no such instruction")
    if name == "erfc" and form is FLOAT32:
        pytest.skip("it is computed in float64, and needs no scaling")
    monkeypatch.setattr(exponential, "scales_in_hardware", lambda: scales)
    label, dtype = ("float32", np.float32) if form is FLOAT32 else ("float64", np.float64)
    function = mathlib.FUNCTIONS[name]
    routine = Routine(function, form)
    assert ("llvm.ldexp" in routine.text) == scales
    arguments = samples(name, dtype, 500)
    high, low = exact(name, arguments)
    assert np.max(errors_in_ulp(routine(*arguments), high, low)) <= function.ulp[label]


def test_ends_of_exp() -> None:
    x = np.array([np.inf, -np.inf, np.nan, 89.0, -104.5, 0.0, -0.0, -100.0], np.float32)
    result = mathlib.lookup("exp", "float32")(x)
    expected = np.array([np.inf, 0.0, np.nan, np.inf, 0.0, 1.0, 1.0, np.exp(np.float64(-100.0))], np.float32)
    np.testing.assert_array_equal(result, expected)
