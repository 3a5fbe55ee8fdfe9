"""Numbers are taken as they are for feeds without axes: the same as through an array, without Python in between."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from typing import Any

import ml_dtypes
import numpy as np
import pytest
from sessile.compiler.machine import abi
from sessile.compiler.program.callables import SlowPath

import sessile as tf

INTERPRETED = tf.ConfigProto(graph_options=tf.GraphOptions(optimizer_options=tf.OptimizerOptions(global_jit_level=-1)))
NUMBERS = {
    "a float": 0.1, "a large one": 1e300, "a small one": 1e-50, "denormal in single": 1e-40, "minus zero": -0.0,
    "infinity": float("inf"), "nan": float("nan"), "ties to even": 1 + 2**-24, "a float32": np.float32(0.1),
    "a float64": np.float64(0.1), "an array": np.array(0.1, np.float32), "an array of doubles": np.array(0.1),
    "an int": 3, "a large int": 2**53 + 1, "a bool": True, "a half": np.float16(0.1), "an int32": np.int32(3),
    "a bfloat16": ml_dtypes.bfloat16(0.1), "a class of float": type("Float", (float,), {})(0.1), "a string": "1",
    "None": None, "a list": [1.0], "a complex": 1j, "an array with an axis": np.ones(1, np.float32), "a dict": {},
}  # fmt: skip
VECTOR = np.arange(4, dtype=np.float32)


@pytest.fixture
def session() -> Iterator[Any]:
    with tf.Graph().as_default(), tf.Session() as session:
        yield session


def outcome(run: Any, value: Any) -> Any:
    """Return the bits of the result, or the class and words of the error."""
    try:
        result = np.asarray(run(value))
    except Exception as error:
        return type(error).__name__, str(error)
    return result.dtype, result.shape, result.tobytes()


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("dtype", [tf.float32, tf.float64], ids=str)
def test_every_kind_of_number(dtype: Any, session: Any) -> None:
    rate = tf.placeholder(dtype, [])
    y = tf.cast(VECTOR, dtype) * rate
    oracle = tf.Session(config=INTERPRETED)
    call = session.make_callable(y, [rate])
    call(0.5)
    for name, number in NUMBERS.items():
        wanted = outcome(lambda value: oracle.run(y, {rate: value}), number)
        for run in (call, lambda value: session.run(y, {rate: value})):
            for _ in range(2):
                assert outcome(run, number) == wanted, name
    oracle.close()


@pytest.mark.skipif(not abi.available(), reason="no native steps here")
@pytest.mark.parametrize("name", ["a float", "a float32", "a float64", "an array"])
def test_no_python_runs_for_a_number(name: str, session: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    x, rate = tf.placeholder(tf.float32, [None]), tf.placeholder(tf.float32, [])
    w = tf.Variable(VECTOR)
    session.run(w.initializer)
    call = session.make_callable([tf.reduce_sum(x), w.assign_sub(rate * x).op], [x, rate])
    expected = session.run(w)
    for _ in range(2):
        call(VECTOR, NUMBERS[name])
        expected = expected - np.float32(0.1) * VECTOR
    monkeypatch.setattr(SlowPath, "__call__", lambda *arguments: pytest.fail("the slow path ran"))
    call(VECTOR, NUMBERS[name])
    expected = expected - np.float32(0.1) * VECTOR
    monkeypatch.undo()
    np.testing.assert_array_equal(session.run(w), expected)


def test_a_number_that_a_numpy_kernel_takes_comes_as_an_array(session: Any) -> None:
    rate = tf.placeholder(tf.float32, [])
    seen = []
    inner = tf.py_func(lambda value: seen.append(type(value)) or np.float32(value), [rate], tf.float32)
    inner.set_shape([])
    call = session.make_callable([inner * 2.0, tf.lgamma(rate) + rate], [rate])
    for _ in range(3):
        assert call(0.5)[0] == 1.0
    fill = session.make_callable(tf.fill([3], rate), [rate])
    for _ in range(3):
        np.testing.assert_array_equal(fill(0.25), np.full(3, 0.25, np.float32))


def test_references_of_numbers_are_neither_lost_nor_kept(session: Any) -> None:
    x, rate = tf.placeholder(tf.float32, [None]), tf.placeholder(tf.float32, [])
    call = session.make_callable(x * rate, [x, rate])
    number, long = 0.123456, np.ones(1 << 17, np.float32)
    call(VECTOR, number)
    before = sys.getrefcount(number)
    for _ in range(50):
        call(VECTOR, number)
        call(long, number)  # without the GIL
    assert sys.getrefcount(number) == before
    assert call(long, float("0.25"))[0] == 0.25


@pytest.mark.skipif(not abi.available(), reason="no native steps here")
@pytest.mark.parametrize("make", [bool, np.bool_, np.array], ids=["a bool", "NumPy's", "an array"])
def test_no_python_runs_for_a_truth_value(make: Any, session: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    x, training = tf.placeholder(tf.float32, [None]), tf.placeholder(tf.bool, [])
    w = tf.Variable(VECTOR)
    session.run(w.initializer)
    y = tf.cond(training, lambda: x * w * 2.0, lambda: x + w)
    call = session.make_callable(y, [x, training])
    expected = {True: VECTOR * VECTOR * 2, False: VECTOR + VECTOR}
    for truth in (True, False, True, False):
        np.testing.assert_array_equal(call(VECTOR, make(truth)), expected[truth])
    slow = []
    run = SlowPath.__call__
    monkeypatch.setattr(SlowPath, "__call__", lambda *arguments: slow.append(0) or run(*arguments))
    for truth in (False, False, True, True, True):
        np.testing.assert_array_equal(call(VECTOR, make(truth)), expected[truth])
    assert len(slow) <= 1  # where the other outcome's code takes over
