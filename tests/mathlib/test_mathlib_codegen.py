"""How mathlib meets numba: same bits as from Python, vector instructions, lazy imports, clear errors."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from sessile.compiler import mathlib

ROUTINES = [(name, label) for name in mathlib.FUNCTIONS for label in ("float32", "float64")]


def has_wide_vectors() -> bool:
    """Return whether this host is one whose vector registers the tests know the names of."""
    import llvmlite.binding as llvm

    return bool(llvm.get_host_cpu_features().get("avx2"))


def compiled_loop(routine: mathlib.Routine) -> Any:
    """Return a loop over `routine`, compiled as generated kernels are."""
    import numba

    number = "float32" if routine.form.suffix == "f32" else "float64"
    if routine.function.arity == 1:

        def loop(x, y):  # type: ignore[no-untyped-def]
            for i in range(x.size):
                y[i] = routine(x[i])
    else:

        def loop(x, y):  # type: ignore[no-untyped-def]
            for i in range(x.size):
                y[i] = routine(x[i], x[x.size - 1 - i])

    signature = f"void({number}[::1], {number}[::1])"
    return numba.njit(signature, error_model="numpy", nogil=True, fastmath={"contract"})(loop)


@pytest.mark.parametrize("name", ["exp", "log", "erf", "tanh", "pow", "sin"])
@pytest.mark.parametrize("label", ["float32", "float64"])
def test_numba_and_python_give_the_same_bits(name: str, label: str) -> None:
    routine = mathlib.lookup(name, label)
    x = np.random.default_rng(7).normal(0, 10, 1001).astype(label)
    x[::50] = [np.nan, np.inf, -np.inf, 0, -0.0, 1e30, -1e30, 1e-40, 3, -3, 88, 1, -1, 2, 1e9, 4e9, 1e-3, 5, 6, 7, 8]
    y = np.empty_like(x)
    compiled_loop(routine)(x, y)
    arguments = (x,) if routine.function.arity == 1 else (x, x[::-1])
    np.testing.assert_array_equal(y, routine(*arguments))
    np.testing.assert_array_equal(y[3], routine(*(argument[3] for argument in arguments)))


def test_two_functions_that_share_helpers_link_into_one_kernel() -> None:
    import numba

    sin, cos = mathlib.lookup("sin", "float64"), mathlib.lookup("cos", "float64")

    @numba.njit(fastmath={"contract"}, error_model="numpy")
    def kernel(x):  # type: ignore[no-untyped-def]
        return sin(x) + cos(x) + sin(x + 1.0)

    assert kernel(1e22) == pytest.approx(np.sin(1e22) + np.cos(1e22) + np.sin(1e22 + 1.0), rel=1e-14)


@pytest.mark.parametrize(("name", "label"), ROUTINES)
def test_loop_has_vector_instructions(name: str, label: str) -> None:
    if not has_wide_vectors():
        pytest.skip("the names of this machine's vector registers are not known here")
    from sessile.compiler.mathlib.native_loop import assembly

    suffix = "ps" if label == "float32" else "pd"
    packed = [line for line in assembly(mathlib.lookup(name, label)).splitlines() if "ymm" in line or "zmm" in line]
    assert any(f"{suffix}\t" in line for line in packed), f"{name} {label} is not vectorised"


@pytest.mark.parametrize("name", ["exp", "log", "erf", "tanh", "sigmoid", "sin"])
def test_numba_loop_has_vector_instructions(name: str) -> None:
    if not has_wide_vectors():
        pytest.skip("the names of this machine's vector registers are not known here")
    loop = compiled_loop(mathlib.lookup(name, "float32"))
    text = loop.inspect_asm(loop.signatures[0])
    assert "ymm" in text or "zmm" in text


def test_tanh_of_float32_is_short() -> None:
    """GELU is bound by it: one quotient, no choice between two formulas but that of the end of the range."""
    lines = mathlib.lookup("tanh", "float32").text.splitlines()
    instructions = [line for line in lines if line.startswith("  %")]
    assert len(instructions) <= 24
    assert sum("fdiv" in line for line in instructions) == sum("select" in line for line in instructions) == 1


def test_python_call_takes_scalars_arrays_and_empty_arrays() -> None:
    exp = mathlib.exp_f32
    assert isinstance(exp(1), np.float32) and exp.py_func(1.0) == exp(1.0)
    assert exp(np.zeros((2, 3))).shape == (2, 3) and exp(np.zeros((0, 3))).shape == (0, 3)
    assert mathlib.lookup("pow", "float64")(2.0, np.arange(3.0)).tolist() == [1.0, 2.0, 4.0]


def raised(call: Callable[[], object]) -> str:
    with pytest.raises((KeyError, AttributeError)) as caught:
        call()
    return str(caught.value)


def test_unknown_names_say_what_there_is() -> None:
    assert "atan2" in raised(lambda: mathlib.lookup("sinus", "float32"))
    assert "convert" in raised(lambda: mathlib.lookup("sin", "float16"))
    assert "sinus_f32" in raised(lambda: mathlib.sinus_f32)
    assert mathlib.lookup("sin", "float64") is mathlib.sin_f64


def test_import_and_tracing_load_neither_numba_nor_llvmlite() -> None:
    program = (
        "import sys; from sessile.compiler.mathlib import erf_f32; assert 'define' in erf_f32.text;"
        "assert not {'numba', 'llvmlite', 'scipy'} & set(sys.modules)"
    )
    subprocess.run([sys.executable, "-c", program], check=True)
