"""Long loops in vector form give what the plain loop gives, bit for bit, and what has no such form is left to LLVM."""

from __future__ import annotations

import ctypes
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from sessile.compiler.jit import compile as jit
from sessile.compiler.jit import lower_tree as direct
from sessile.compiler.jit.compile import plain_function
from sessile.compiler.machine import abi as layout
from sessile.compiler.machine import object_code
from sessile.compiler.machine.module import vector_size
from sessile.compiler.machine.threads import compile_module
from sessile.compiler.tree.reader import read_kernel

from tests.compiler.programs import same
from tests.compiler.random_graphs import RECIPES
from tests.compiler.test_random_graphs import SIZES, made, outcome

pytestmark = pytest.mark.skipif(not vector_size(), reason="vector form needs vectors with masks")
LENGTHS = (0, 1, 2, 7, 8, 9, 15, 16, 17, 31, 33, 100)
KERNELS: dict[Any, Any] = {}
TYPES = {"f32": np.float32, "f64": np.float64, "i32": np.int32, "i64": np.int64, "u32": np.uint32}


def compiled(source: str, types: list[str], integers: int, long: int = 1) -> tuple[Any, bool]:
    """Return the machine code of a source, and whether it is in vector form.

    Args:
      long: instructions from which on each turn has a mask; a shorter loop has one turn behind it that does.
    """
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(direct, "_VECTOR_LOOP", 1)
        patch.setattr(direct, "_LONG_LOOP", long)
        patch.setattr(direct, "_LONG_VECTOR_LOOP", 1)
        function, tree = direct.Function(types), read_kernel(source, types)
        function.compile(tree)
        loaded = object_code.load(compile_module(direct.module_of(tree)))
    kinds = [ctypes.c_void_p] * len(types) + [ctypes.c_size_t] * integers
    call = ctypes.CFUNCTYPE(None, *kinds)(loaded.address)

    def run(*arguments: Any) -> None:
        assert loaded.address
        call(*[item.ctypes.data if isinstance(item, np.ndarray) else item for item in arguments])

    return run, function.is_vector


def assert_equal_bits(source: str, types: list[str], *, vector: bool = True) -> None:
    """Assert that a source over flat arrays, the last of which is written, gives the same either way."""
    for long in (1, 1000) if vector else (1,):
        run, is_vector = compiled(source, types, 3, long)
        assert is_vector is vector
        _assert_equal_bits(source, types, run)


def _assert_equal_bits(source: str, types: list[str], run: Any) -> None:
    random = np.random.RandomState(7)
    for length in LENGTHS:
        arrays = [_values(random, TYPES[kind], length) for kind in types[:-1]]
        for start, stop in ((0, length), (length // 3, length), (0, max(length - 1, 0))):
            results = [np.full(length + 40, 77, TYPES[types[-1]]) for _ in range(2)]
            run(*arrays, results[0], length, start, stop)
            with np.errstate(all="ignore"):
                plain_function(read_kernel(source, types))(*arrays, results[1], length, start, stop)
            assert results[0].tobytes() == results[1].tobytes(), (length, start, stop)


def _values(random: Any, dtype: Any, length: int) -> Any:
    values = (random.standard_normal(length + 40) * 3).astype(dtype)
    if values.dtype.kind == "f":
        special = np.array([np.nan, np.inf, -np.inf, -0.0, 0.0, 1e-40], dtype)
        values[:: max(length // 6, 1)][:6] = special[: len(values[:: max(length // 6, 1)][:6])]
    return values


def kernel(*body: str) -> str:
    """Return the source of a loop over two arguments."""
    lines = ["        a = load(x0, i0)", "        b = load(x1, i0)", *(f"        {line}" for line in body)]
    return "\n".join(["def kernel(x0, x1, r0, n0, start, stop):", "    for i0 in range(start, stop):", *lines]) + "\n"


@pytest.mark.parametrize("kind", ["f32", "f64"])
@pytest.mark.parametrize(
    "text",
    [
        "a * b + T(2.5)", "a / b - b", "-a", "maximum(a, T(0.1))", "maximum(T(0.1), a)", "minimum(a, b)",
        "maximum(a, b)", "maximum(a, T(nan))", "minimum(a, T(inf))", "larger(a, b)", "(a if a < b else b)",
        "(T(1.0) if isnan(a) else b)", "sqrt(fabs(a))", "copysign(a, b)", "floor(a) + ceil(b)", "rint(a)",
        "(a if a < b and isfinite(b) else trunc(b))", "(a if not a == b or a != a else b)", "T(i32(floor(b)) & i32(7))",
        "T(f64(b) * f64(0.1))", "add_any_order(a, b)", "T(a > T(0.0))",
    ],
)  # fmt: skip
def test_operations(text: str, kind: str) -> None:
    if "i32(" in text:
        text = text.replace("floor(b)", "floor(b) if isfinite(b) else T(0.0)")
    assert_equal_bits(kernel(f"store(r0, i0, {kind}({text.replace('T(', f'{kind}(')}))"), [kind] * 3)


@pytest.mark.parametrize("kind", ["i32", "u32", "i64"])
@pytest.mark.parametrize("text", ["a * b - a", "a & b | T(3)", "a ^ b", "(a if a < b else b)", "min(a, b)", "~a"])
def test_integers(text: str, kind: str) -> None:
    assert_equal_bits(kernel(f"store(r0, i0, {kind}({text.replace('T(', f'{kind}(')}))"), [kind] * 3)


def test_types_of_one_size_mix() -> None:
    assert_equal_bits(kernel("store(r0, i0, i32(a < f32(b)))"), ["f32", "i32", "i32"])


def test_divisions_and_functions_are_left_to_llvm() -> None:
    assert_equal_bits(kernel("store(r0, i0, truncdiv(a, b))"), ["i32"] * 3, vector=False)
    assert_equal_bits(kernel("store(r0, i0, a + f32(i0))"), ["f32"] * 3, vector=False)
    assert_equal_bits(kernel("store(r0, i0, load(x0, n0 - i0))"), ["f32"] * 3, vector=False)
    branch = kernel("if a < b:", "    store(r0, i0, a)", "else:", "    store(r0, i0, b)")
    assert_equal_bits(branch, ["f32"] * 3, vector=False)


def test_an_array_that_is_read_elsewhere_than_written_is_left_to_llvm() -> None:
    source = kernel("store(r0, i0, a + load_result(r0, i0))")
    assert compiled(source, ["f32"] * 3, 3)[1]
    assert not compiled(source.replace("r0, i0))", "r0, i0 + U(1)))"), ["f32"] * 3, 3)[1]
    assert not compiled(source.replace("load_result(r0, i0)", "load_result(r0, U(0))"), ["f32"] * 3, 3)[1]


@pytest.mark.parametrize("long", [1, 1000])
def test_rows_columns_and_scalars(long: int) -> None:
    """What does not depend on the innermost index moves in front of its loop."""
    source = """\
def kernel(x0, x1, x2, x3, r0, n0, n1, start, stop):
    for i0 in range(start, stop):
        for i1 in range(n1):
            a = load(x0, i0 * n1 + i1)
            b = load(x1, i1) * load(x2, i0)
            store(r0, i0 * n1 + i1, a * b + load(x3, U(0)) * load(x3, U(0)))
"""
    run, is_vector = compiled(source, ["f32"] * 5, 4, long)
    assert is_vector
    random = np.random.RandomState(3)
    for rows, columns in ((0, 5), (3, 0), (1, 1), (4, 16), (3, 33)):
        shapes = ((rows, columns), (columns,), (rows,), (1,))
        arrays = [random.standard_normal(shape).astype(np.float32) for shape in shapes]
        result = np.full((rows, columns), 7, np.float32)
        run(*arrays, result, rows, columns, 0, rows)
        x0, x1, x2, x3 = arrays
        np.testing.assert_array_equal(result, x0 * (x1 * x2[:, None]) + x3 * x3)


@pytest.mark.parametrize("long", [1, 1000])
@settings(max_examples=20, deadline=None)
@given(RECIPES)
def test_random_graphs(long: int, recipe: Any) -> None:
    """Every loop that has a vector form is compiled in it."""
    graph, program = made(recipe)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(direct, "_VECTOR_LOOP", 1)
        patch.setattr(direct, "_LONG_LOOP", long)
        patch.setattr(direct, "_LONG_VECTOR_LOOP", 1)
        patch.setattr(jit, "_kernels", KERNELS.setdefault(long, {}))
        patch.setattr(layout, "available", lambda: False)
        for seed, sizes in enumerate(SIZES):
            arrays = graph.arrays(seed, sizes)
            expected = outcome(program.interpret, arrays, None)
            actual = outcome(program.run_compiled, arrays, None)
            if isinstance(expected, type):
                assert actual is expected
            else:
                same(actual, expected, ulp=8)
