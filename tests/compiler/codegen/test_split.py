"""Loops shared by threads: the same bits for any number of them, in phases or not, native or portable."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
import sessile.compiler.codegen.folded
import sessile.compiler.codegen.generate
import sessile.compiler.machine.abi
import sessile.compiler.native.step
from sessile.compiler.runtime import recycle

import sessile as tf
from tests.compiler.programs import Array, agree, plain, program, same, step, variant_of

THREADS = (1, 2, 7)


def softmax(x: Any) -> Any:
    """Softmax along the last axis."""
    shifted = tf.exp(x - tf.reduce_max(x, -1, keepdims=True))
    return shifted / tf.reduce_sum(shifted, -1, keepdims=True)


def layer_norm(x: Any) -> Any:
    """Layer norm along the last axis."""
    mean = tf.reduce_mean(x, -1, keepdims=True)
    return (x - mean) * tf.rsqrt(tf.reduce_mean(tf.square(x - mean), -1, keepdims=True) + 1e-3)


CASES: dict[str, Callable[[Any], list[Any]]] = {
    "sum": lambda x: [tf.reduce_sum(x)],
    "last axis": lambda x: [tf.reduce_sum(tf.square(x), -1), tf.reduce_mean(x, -1)],
    "kept dimensions": lambda x: [tf.reduce_max(x, -1, keepdims=True) * 2.0],
    "extremes": lambda x: [tf.reduce_max(x, -1), tf.reduce_min(x, -1)],
    "product": lambda x: [tf.reduce_prod(1.0 + x / 1000.0, -1)],
    "truth": lambda x: [tf.reduce_all(tf.less(x, 100.0), -1)],
    "integers": lambda x: [
        tf.reduce_sum(tf.cast(x * 10.0, tf.int32), -1),
        tf.reduce_sum(tf.cast(tf.cast(x, tf.int32), tf.int64)),
    ],
    "softmax": lambda x: [softmax(x)],
    "layer norm": lambda x: [layer_norm(x), tf.reduce_mean(x, -1)],
    "a row beside": lambda x: [tf.reduce_sum(x * tf.reduce_max(x, -1, keepdims=True), -1) + 1.0],
    "two axes": lambda x: [tf.reduce_sum(x * tf.constant([[[2.0], [3.0], [4.0]]]), [-2, -1])],
    "elements": lambda x: [tf.tanh(x) * x + tf.exp(x)],
}

SHAPES = [
    (70_001,),
    (300_007,),
    (3, 65_536),
    (2, 3, 100_003),
    (16, 3, 22_000),
    (17, 3, 22_001),
    (1, 3, 5000),
    (0, 3, 0),
]


def sample(shape: tuple[int, ...]) -> Array:
    """Return random numbers with zeros of both signs among them."""
    array = np.random.RandomState(len(shape)).randn(*shape).astype(np.float32)
    array.reshape(-1)[::5] = 0.0
    array.reshape(-1)[1::5] = -0.0
    return array


def bits(results: Any) -> list[bytes]:
    """Return the bytes of results."""
    return [np.asarray(result).tobytes() for result in results]


def run(case: str, arrays: list[Array], shape: str = "list") -> list[list[bytes]]:
    """Compile anew and run; returns the bytes."""
    x = tf.placeholder(tf.float32, [None] * arrays[0].ndim)
    call = step(program([x], CASES[case](x)), shape)
    return [bits(call(array)) for array in arrays for _ in range(2)]


@pytest.mark.parametrize("shape", SHAPES)
@pytest.mark.parametrize("case", CASES)
def test_the_same_bits(case: str, shape: tuple[int, ...], monkeypatch: pytest.MonkeyPatch) -> None:
    if case == "two axes" and len(shape) < 3:
        pytest.skip("it has three axes")
    if case in ("extremes", "kept dimensions", "softmax", "a row beside") and 0 in shape:
        shape = (3, 0)
    array = sample(shape)
    found = []
    for threads in THREADS:
        monkeypatch.setattr(sessile.compiler.native.step, "usable_cpus", lambda threads=threads: threads)
        found += run(case, [array])
    monkeypatch.setattr(sessile.compiler.codegen.folded, "has_few_long_rows", lambda generator: False)
    found += run(case, [array])
    assert all(result == found[0] for result in found)


@pytest.mark.parametrize("case", ["sum", "softmax", "layer norm", "integers"])
def test_the_portable_step_gives_the_same_bits(case: str, monkeypatch: pytest.MonkeyPatch) -> None:
    array = sample((2, 100_003))
    expected = run(case, [array])
    monkeypatch.setattr(sessile.compiler.machine.abi, "available", lambda: False)
    assert run(case, [array]) == expected


@pytest.mark.parametrize("case", CASES)
def test_values(case: str) -> None:
    x = tf.placeholder(tf.float64, [None, None, None])
    if case == "two axes":
        made = program([x], [tf.reduce_sum(x * tf.constant([[[2.0], [3.0], [4.0]]], tf.float64), [-2, -1])])
    else:
        made = program([x], CASES[case](x))
    array = sample((2, 3, 70_001)).astype(np.float64)
    for actual, expected in zip(step(made)(array), made.interpret([array], None), strict=True):
        np.testing.assert_allclose(actual, expected, rtol=1e-9, atol=1e-9)


def test_nan_and_infinities_in_long_rows() -> None:
    array = np.zeros((4, 100_000), np.float32)
    array[1, 99_999] = np.nan
    array[2, 3] = np.inf
    array[3, 50_000] = -np.inf
    x = tf.placeholder(tf.float32, [None, None])
    call = step(program([x], [tf.reduce_max(x, 1), tf.reduce_min(x, 1), tf.reduce_sum(x, 1)]))
    largest, smallest, total = call(array)
    np.testing.assert_array_equal(largest, np.array([0, np.nan, np.inf, 0], np.float32))
    np.testing.assert_array_equal(smallest, np.array([0, np.nan, 0, -np.inf], np.float32))
    np.testing.assert_array_equal(total, np.array([0, np.nan, np.inf, -np.inf], np.float32))


def test_a_callable_serves_short_and_long_rows() -> None:
    x = tf.placeholder(tf.float32, [None, None])
    call = step(program([x], [tf.reduce_sum(x, 1)]))
    for shape in [(3, 5), (3, 70_000), (40, 70_000), (3, 5), (2, 90_001), (3, 0), (0, 90_001)]:
        array = np.ones(shape, np.float32)
        np.testing.assert_array_equal(call(array)[0], array.sum(1))


def test_big_results_are_recycled_and_owned() -> None:
    x = tf.placeholder(tf.float32, [None])
    made = program([x], [x * 2.0 + 1.0])
    call = step(made, "single")
    array = np.ones(1 << 20, np.float32)
    for run_once in (lambda: call(array), lambda: made.run_compiled([array], None)[0]):
        first = run_once()
        where = first.ctypes.data
        assert isinstance(first.base, recycle.Lease)
        second = run_once()
        assert second.ctypes.data != where
        assert (first == 3.0).all()
        del first
        reused = recycle.statistics()["reused"]
        assert run_once().shape == (1 << 20,)
        assert recycle.statistics()["reused"] == reused + 1


SHORT_OUTER: dict[str, tuple[tuple[int, ...], tuple[int, ...], Callable[[Any, Any], Any]]] = {
    "a row": ((3, 70_001), (1, 70_001), lambda x, y: tf.nn.relu(x * 2.0 + y)),
    "a column": ((2, 70_001), (2, 1), lambda x, y: tf.exp(x) * y),
    "in the middle": ((2, 30_000, 5), (2, 1, 5), lambda x, y: x + y),
    "two short ones": ((2, 3, 70_001), (1, 3, 1), lambda x, y: x - y),
    "transposed": ((2, 300, 331), (1, 331, 1), lambda x, y: tf.transpose(x, [0, 2, 1]) * y),
    "transposed to short": ((70_001, 3), (1, 70_001), lambda x, y: tf.transpose(x) + y),
    "rows of sums": ((2, 50_000, 3), (2, 1, 3), lambda x, y: tf.reduce_sum(x * y, -1)),
    "empty": ((0, 70_001), (1, 70_001), lambda x, y: x + y),
    "long": ((20, 4000), (1, 4000), lambda x, y: x + y),
}


@pytest.mark.parametrize("case", SHORT_OUTER)
def test_a_short_outermost_loop(case: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Threads share the next one."""
    shape, other, function = SHORT_OUTER[case]
    x, y = (tf.placeholder(tf.float32, [None] * len(each)) for each in (shape, other))
    arrays = [sample(shape), sample(other)]
    found = []
    for threads in THREADS:
        monkeypatch.setattr(sessile.compiler.native.step, "usable_cpus", lambda threads=threads: threads)
        made = program([x, y], [function(x, y)])
        found += [bits(step(made)(*arrays)), bits(made.run_compiled(arrays, None))]
        np.testing.assert_allclose(step(made)(*arrays)[0], made.interpret(arrays, None)[0], rtol=1e-5, atol=1e-5)
    assert all(result == found[0] for result in found)
    (kernel,) = variant_of(made, *arrays).kernels.values()
    assert getattr(kernel.extents[0], "hint", kernel.extents[0]) > 16 or case == "empty", kernel.source


def test_which_loop_is_shared_as_plain_python(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sessile.compiler.codegen.generate, "LONG_ROW", 20)
    monkeypatch.setattr(sessile.compiler.codegen.generate, "FEW_ROWS", 3)
    x, y = tf.placeholder(tf.float32, [None, None, None]), tf.placeholder(tf.float32, [None, 1, None])
    made = program([x, y], [x + y, tf.transpose(x, [1, 0, 2]), tf.transpose(x, [2, 1, 0]) * 2.0])
    for shape in [(2, 3, 4), (2, 5, 4), (4, 5, 6), (1, 1, 30), (3, 30, 1)]:
        arrays = [sample(shape), sample((shape[0], 1, shape[2]))]
        same(plain(made, *arrays), made.interpret(arrays, None))
        agree(made, *arrays)
