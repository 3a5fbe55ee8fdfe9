"""Reductions over any axes: as plain Python, compiled, shared by threads."""

from __future__ import annotations

import itertools
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
import sessile.compiler.codegen.columns
import sessile.compiler.machine.abi
import sessile.compiler.native.step
from sessile.compiler.jit import compile as jit

import sessile as tf
from tests.compiler.programs import Array, agree, groups, plain, program, same, step, variant_of

SHAPES = [(3, 4), (5, 1), (1, 5), (0, 3), (2, 3, 4), (4, 3, 2, 5), (7, 20)]
CASES: dict[str, Callable[[Any, Any], list[Any]]] = {
    "sum": lambda x, axes: [tf.reduce_sum(x * 2.0 + 1.0, axes)],
    "extremes": lambda x, axes: [tf.reduce_max(x, axes), tf.reduce_min(x - 1.0, axes, keepdims=True)],
    "moments": lambda x, axes: list(tf.nn.moments(x, axes)),
    "variance": lambda x, axes: [tf.reduce_mean(tf.square(x - tf.reduce_mean(x, axes, keepdims=True)), axes)],
    "softmax": lambda x, axes: [softmax(x, axes)],
    "logsumexp": lambda x, axes: [tf.reduce_logsumexp(x, axes), tf.reduce_logsumexp(x, axes, keepdims=True)],
    "truth": lambda x, axes: [tf.reduce_all(x > -3.0, axes), tf.reduce_any(x > 3.0, axes, keepdims=True)],
    "integers": lambda x, axes: [tf.reduce_sum(tf.cast(x, tf.int32), axes), tf.reduce_mean(tf.cast(x, tf.int8), axes)],
    "product": lambda x, axes: [tf.reduce_prod(1.0 + x / 8.0, axes)],
    "norm": lambda x, axes: [tf.norm(x, axis=axes[0]), tf.math.reduce_euclidean_norm(x, axes)],
    "rows": lambda x, axes: [(tf.reduce_sum(x, axes) + 1.0) * 2.0, x * (tf.reduce_sum(x, axes, keepdims=True) + 1.0)],
}


def softmax(x: Any, axes: Any) -> Any:
    """Softmax along axes."""
    e = tf.exp(x - tf.reduce_max(x, axes, keepdims=True))
    return e / tf.reduce_sum(e, axes, keepdims=True)


def axes_of(rank: int) -> list[tuple[int, ...]]:
    """Return all choices of axes."""
    return [axes for count in range(1, rank + 1) for axes in itertools.combinations(range(rank), count)]


def sample(shape: tuple[int, ...], seed: int = 0) -> Array:
    """Return small integers as floats."""
    return np.random.RandomState(seed).randint(-4, 5, shape).astype(np.float32)


@pytest.fixture(params=["few lines", "many lines", "one stream"])
def lines(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Kernels in phases too, for little data."""
    if request.param == "many lines":
        monkeypatch.setattr(sessile.compiler.codegen.columns, "LINES", 2)
        monkeypatch.setattr(sessile.compiler.codegen.columns, "STRETCH", 3)
    if request.param == "one stream":
        monkeypatch.setattr(sessile.compiler.codegen.columns, "_CACHED", 8)
        monkeypatch.setattr(sessile.compiler.codegen.columns, "_NARROW", 2)


COMPILED = ["sum", "extremes", "variance", "softmax", "truth", "integers"]


@pytest.mark.usefixtures("lines")
@pytest.mark.parametrize("shape", SHAPES)
@pytest.mark.parametrize("case", CASES)
def test_any_axes_as_plain_python(case: str, shape: tuple[int, ...]) -> None:
    x = tf.placeholder(tf.float32, [None] * len(shape))
    array = sample(shape)
    for axes in axes_of(len(shape)):
        made = program([x], CASES[case](x, axes))
        same(plain(made, array), made.interpret([array], None), ulp=64)


@pytest.mark.usefixtures("lines")
@pytest.mark.parametrize("native", [True, False])
@pytest.mark.parametrize("case", COMPILED)
def test_any_axes_compiled(case: str, native: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    _compiled("direct", case, axes_of(3), native, monkeypatch)


@pytest.mark.parametrize(("case", "native"), [(case, number % 2 == 0) for number, case in enumerate(COMPILED)])
def test_any_axes_under_numba(case: str, native: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    """Fewer of them: numba takes ten seconds for each."""
    monkeypatch.setattr(sessile.compiler.codegen.columns, "LINES", 2)
    monkeypatch.setattr(sessile.compiler.codegen.columns, "STRETCH", 3)
    _compiled("numba", case, [(0,), (1,), (0, 2)], native, monkeypatch)


def _compiled(compiler: str, case: str, axes: Any, native: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SESSILE_COMPILER", compiler)
    monkeypatch.setattr(jit, "_kernels", {})
    if not native:
        monkeypatch.setattr(sessile.compiler.machine.abi, "available", lambda: False)
    x = tf.placeholder(tf.float32, [None] * 3)
    for chosen in axes:
        made = program([x], CASES[case](x, chosen))
        for shape in [(2, 3, 4), (5, 7, 1), (3, 6, 9)]:
            agree(made, sample(shape), ulp=64)


@pytest.mark.parametrize("axes", [(0,), (1,), (0, 1), (0, 2)])
@pytest.mark.parametrize("case", ["sum", "extremes", "moments", "softmax", "integers"])
def test_the_same_bits_for_any_number_of_threads(case: str, axes: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    array = np.random.RandomState(1).randn(150, 140, 37).astype(np.float32)
    found = []
    for threads in (1, 2, 7):
        monkeypatch.setattr(sessile.compiler.native.step, "usable_cpus", lambda threads=threads: threads)
        x = tf.placeholder(tf.float32, [None] * 3)
        call = step(program([x], CASES[case](x, axes)))
        found += [[np.asarray(result).tobytes() for result in call(array)] for _ in range(2)]
    assert all(result == found[0] for result in found)


def test_nan_and_infinities_in_columns() -> None:
    array = np.zeros((300, 4), np.float32)
    array[299, 1], array[3, 2], array[150, 3] = np.nan, np.inf, -np.inf
    x = tf.placeholder(tf.float32, [None, None])
    made = program([x], [tf.reduce_max(x, 0), tf.reduce_min(x, 0), tf.reduce_sum(x, 0)])
    for part in (array, array[200:], array[:100]):
        agree(made, part)


@pytest.mark.parametrize("count", [40, 300])
def test_axes_around_and_within_the_columns(count: int) -> None:
    """Read in the order of memory: no stride of a line between the elements of a row."""
    array = np.random.RandomState(2).randn(count, 5, 300).astype(np.float32)
    array[0, 1, 2], array[count - 1, 2, 299], array[7, 3, 0] = np.nan, np.inf, -np.inf
    x = tf.placeholder(tf.float32, [None, None, None])
    totals = [tf.reduce_max(x, [0, 2]), tf.reduce_min(x, [0, 2], keepdims=True), tf.reduce_mean(x, [0, 2])]
    made = program([x], [*totals, x - totals[1], tf.reduce_any(x > 3.0, [0, 2])])
    assert len(groups(made, array)) == 1
    (kernel,) = variant_of(made, array).kernels.values()
    assert "segment" in kernel.source
    agree(made, array, ulp=64)
    agree(made, array[:, :, :1], ulp=64)
    agree(made, array[:, :1], ulp=64)


def test_long_rows_within_a_column_are_folded_one_by_one() -> None:
    x = tf.placeholder(tf.float32, [None, 3, 5000])
    made = program([x], [tf.reduce_sum(x, [0, 2])])
    (kernel,) = variant_of(made, sample((4, 3, 5000))).kernels.values()
    assert "segment" not in kernel.source
    agree(made, sample((4, 3, 5000)))


def test_sums_within_columns_are_precise() -> None:
    x = tf.placeholder(tf.float32, [None, None, None])
    call = step(program([x], [tf.reduce_sum(x, [0, 2])]))
    np.testing.assert_allclose(call(np.full((10_000, 3, 100), 0.1, np.float32))[0], np.float32(100_000), rtol=4e-6)


def test_sums_of_long_columns_are_precise() -> None:
    x = tf.placeholder(tf.float32, [None, None])
    call = step(program([x], [tf.reduce_sum(x, 0)]))
    np.testing.assert_allclose(call(np.full((1_000_000, 3), 0.1, np.float32))[0], np.float32(100_000), rtol=4e-6)


def grouped(x: Any, fetches: Any, array: Array) -> list[list[str]]:
    """Return the groups of a program whose kernels give what the interpreter gives."""
    made = program([x], fetches)
    same(plain(made, array), made.interpret([array], None), ulp=16)
    return groups(made, array)


def test_what_makes_and_uses_a_sum_of_columns_is_in_its_kernel() -> None:
    x = tf.placeholder(tf.float32, [None, None])
    total = tf.reduce_sum(tf.square(x) * 0.5, 0)
    assert grouped(x, [tf.sqrt(total)], sample((3, 4))) == [["Square", "Mul", "Sum", "Sqrt"]]


def test_batch_norm_is_one_group() -> None:
    x = tf.placeholder(tf.float32, [None, None])
    mean = tf.reduce_mean(x, 0)
    variance = tf.reduce_mean(tf.squared_difference(x, mean), 0)
    result = (x - mean) * tf.rsqrt(variance + 1e-3)
    found = grouped(x, [result], sample((3, 4)))
    assert found == [["Mean", "SquaredDifference", "Mean", "Sub", "AddV2", "Rsqrt", "Mul"]]


def test_reductions_over_different_axes_are_different_groups() -> None:
    x = tf.placeholder(tf.float32, [None, None])
    assert grouped(x, [tf.reduce_sum(x, 0), tf.reduce_sum(x, 1)], sample((3, 4))) == [["Sum"], ["Sum"]]


def test_a_sum_of_columns_does_not_stand_for_rows() -> None:
    """In a square matrix."""
    x = tf.placeholder(tf.float32, [None, None])
    by_row = tf.reduce_sum(x, 1)
    assert grouped(x, [x + tf.reduce_sum(x, 0), x - by_row], sample((3, 3))) == [["Sum"], ["Sum", "AddV2", "Sub"]]


@pytest.mark.parametrize("compiler", ["numba", "direct"])
def test_argmax_and_argmin(compiler: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SESSILE_COMPILER", compiler)
    monkeypatch.setattr(jit, "_kernels", {})
    x = tf.placeholder(tf.float32, [None, None])
    small = tf.cast(tf.where_v2(tf.abs(x) < 100.0, x, 0.0), tf.int8)
    fetches = [tf.argmax(x * 2.0, 1), tf.argmin(x, -1, output_type=tf.int32), tf.argmax(small, 1), tf.reduce_max(x, 1)]
    made = program([x], fetches)
    for shape in [(5, 7), (3, 10_000), (2, 70_000), (4, 1), (0, 4)]:
        array = np.random.RandomState(0).randint(-50, 50, shape).astype(np.float32)
        if array.size > 4:
            array[0, ::3], array[1], array[-1] = np.nan, np.nan, -np.inf
        agree(made, array)
    assert len(groups(made, sample((3, 4)))) == 1


def test_argmax_of_nothing_is_an_error() -> None:
    x = tf.placeholder(tf.float32, [None, None])
    made = program([x], [tf.argmax(x, 1)])
    with pytest.raises(tf.errors.InvalidArgumentError, match="is empty"):
        made.run_compiled([sample((3, 0))], None)
    agree(made, sample((3, 2)))


def test_argmax_as_plain_python() -> None:
    x = tf.placeholder(tf.float32, [None, None])
    assert grouped(x, [tf.argmax(tf.abs(x), 1)], sample((3, 9))) == [["Abs", "ArgMax"]]
    assert grouped(x, [tf.argmax(x, 0)], sample((3, 9))) == [
        ["_NanLoses", "Max", "Equal", "_Position", "SelectV2", "Min", "Cast"]
    ]


def test_an_axis_of_length_1_named_twice_is_refused_compiled_too() -> None:
    x = tf.placeholder(tf.float32, [])
    made = program([x], [tf.exp(tf.reduce_min(tf.reshape(x, [-1]), [0, -1], keepdims=True))])
    for run in (made.interpret, made.run_compiled):
        with pytest.raises(tf.errors.InvalidArgumentError, match="duplicate dimension"):
            run([np.float32(1.0)], None)
