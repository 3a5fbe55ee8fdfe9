"""Loops with functions and folds, in vector form, give what the plain run of the same source gives."""

from __future__ import annotations

import ctypes
from typing import Any

import numpy as np
import pytest
from sessile.compiler.jit import lower_tree as direct
from sessile.compiler.jit.compile import plain_function
from sessile.compiler.machine import object_code
from sessile.compiler.machine.module import vector_size
from sessile.compiler.machine.threads import compile_module
from sessile.compiler.mathlib import FUNCTIONS
from sessile.compiler.tree.reader import read_kernel

pytestmark = pytest.mark.skipif(not vector_size(), reason="vector form needs vectors with masks")
LENGTHS = (0, 1, 7, 8, 9, 16, 17, 33, 100)
DTYPES = {"f32": np.float32, "f64": np.float64, "i32": np.int32, "i64": np.int64}


def ran(source: str, kinds: list[str], arrays: list[Any], length: int, *, vector: bool, masked: bool) -> Any:
    """Return the last array after a run of the compiled source; whether it was in vector form is asserted."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(direct, "_LONG_VECTOR_LOOP", 1 if vector else 10**9)
        patch.setattr(direct, "_VECTOR_LOOP", 1 if vector else 10**9)
        patch.setattr(direct, "_LONG_LOOP", 1 if masked else 10**9)
        function, tree = direct.Function(kinds), read_kernel(source, kinds)
        function.compile(tree)
        assert function.is_vector is vector
        loaded = object_code.load(compile_module(direct.module_of(tree)))
    call = ctypes.CFUNCTYPE(None, *[ctypes.c_void_p] * len(kinds), *[ctypes.c_size_t] * 3)(loaded.address)
    copies = [array.copy() for array in arrays]
    call(*[array.ctypes.data for array in copies], length, 0, length)
    return copies[-1]


def numbers(kind: str, length: int) -> Any:
    values = np.random.RandomState(3).standard_normal(length + 40) * 3
    return values.astype(DTYPES[kind]) if kind[0] == "f" else (values * 100).astype(DTYPES[kind])


@pytest.mark.parametrize("kind", ["f32", "f64"])
@pytest.mark.parametrize("name", sorted(FUNCTIONS))
def test_functions_of_vectors_have_the_bits_of_the_scalar_ones(name: str, kind: str) -> None:
    arguments = ", ".join(["a", "b"][: FUNCTIONS[name].arity])
    source = (
        "def kernel(x0, x1, r0, n0, start, stop):\n    for i0 in range(start, stop):\n        a = load(x0, i0)\n"
        f"        b = load(x1, i0)\n        c = {name}_{kind}({arguments})\n        store(r0, i0, c * b + c)\n"
    )
    special = [np.nan, np.inf, -np.inf, -0.0, 0.0, 1e-40, 1e30, -1e12, 0.5]
    for length in (9, 100):
        arrays = [numbers(kind, length) for _ in range(3)]
        arrays[0][: len(special)] = special
        plain = ran(source, [kind] * 3, arrays, length, vector=False, masked=False)
        for masked in (False, True):
            assert ran(source, [kind] * 3, arrays, length, vector=True, masked=masked).tobytes() == plain.tobytes()


FOLDS = {
    "add_any_order(t, a)": ("f32", "f64", "i32", "i64"),
    "multiply_any_order(t, a)": ("i32", "i64"),
    "larger(t, a)": ("f32", "f64", "i32", "i64"),
    "smaller(t, a)": ("f32", "i64"),
}


@pytest.mark.parametrize(("fold", "kind"), [(fold, kind) for fold, kinds in FOLDS.items() for kind in kinds])
@pytest.mark.parametrize("masked", [False, True])
def test_folds(fold: str, kind: str, masked: bool) -> None:
    source = (
        f"def kernel(x0, r0, n0, start, stop):\n    t = {kind}(1)\n    for i0 in range(start, stop):\n"
        f"        a = load(x0, i0)\n        t = {fold}\n    for k0 in range(U(0), U(1)):\n        store(r0, k0, t)\n"
    )
    for length in LENGTHS:
        arrays = [numbers(kind, length), np.zeros(50, DTYPES[kind])]
        expected = arrays[1].copy()
        with np.errstate(all="ignore"):
            plain_function(read_kernel(source, [kind] * 2))(arrays[0], expected, length, 0, length)
        got = ran(source, [kind] * 2, arrays, length, vector=True, masked=masked)
        assert np.allclose(got[0], expected[0], rtol=1e-5), (length, got[0], expected[0])
        if kind[0] == "i" or fold.startswith(("larger", "smaller")):
            assert got.tobytes() == expected.tobytes()


def test_a_fold_of_truth_values_beside_another() -> None:
    source = (
        "def kernel(x0, r0, n0, start, stop):\n    t = f32(-1e30)\n    bad = False\n"
        "    for i0 in range(start, stop):\n        a = load(x0, i0)\n        t = larger(t, a)\n"
        "        bad = either(bad, isnan(a))\n    for k0 in range(U(0), U(1)):\n"
        "        store(r0, k0, pick(bad, f32(nan), t))\n"
    )
    for length in LENGTHS:
        for place in (None, 0, length - 1):
            arrays = [numbers("f32", length), np.zeros(50, np.float32)]
            if place is not None and length:
                arrays[0][place] = np.nan
            expected = np.max(arrays[0][:length], initial=np.float32(-1e30))
            for masked in (False, True):
                got = ran(source, ["f32", "f32"], arrays, length, vector=True, masked=masked)
                assert np.array_equal(got[0], expected, equal_nan=True), (length, place, masked)


def test_a_sum_that_is_used_in_its_own_loop_is_left_to_llvm() -> None:
    source = (
        "def kernel(x0, r0, n0, start, stop):\n    t = f32(0)\n    for i0 in range(start, stop):\n"
        "        t = add_any_order(t, load(x0, i0))\n        store(r0, i0, t)\n"
    )
    arrays = [numbers("f32", 30), np.zeros(70, np.float32)]
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(direct, "_LONG_VECTOR_LOOP", 1)
        function = direct.Function(["f32", "f32"])
        function.compile(read_kernel(source, ["f32", "f32"]))
        assert not function.is_vector
    got = ran(source, ["f32", "f32"], arrays, 30, vector=False, masked=False)
    assert np.allclose(got[:30], np.cumsum(arrays[0][:30]), rtol=1e-4, atol=1e-5)
