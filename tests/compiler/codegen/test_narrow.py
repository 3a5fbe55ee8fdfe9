"""Rows of few elements: the loop over rows against the interpreter."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import sessile as tf


def _runs(fetches: Any, x: Any, values: Any, threads: int = 2) -> list[Any]:
    """What a step comes to without and with compiled code."""
    found = []
    for level in (tf.OptimizerOptions.OFF, tf.OptimizerOptions.ON_1):
        options = tf.OptimizerOptions(global_jit_level=level)
        config = tf.ConfigProto(
            graph_options=tf.GraphOptions(optimizer_options=options), intra_op_parallelism_threads=threads
        )
        with tf.Session(config=config) as session:
            found.append([np.array(array) for array in session.make_callable(fetches, [x])(values)])
    return found


def _fetches(x: Any) -> list[Any]:
    return [
        tf.nn.softmax(x), tf.reduce_max(x, 1), tf.reduce_min(x, 1, keepdims=True), tf.reduce_sum(tf.square(x), 1),
        tf.argmax(x, 1), tf.argmin(x, 1, output_type=tf.int32), tf.reduce_prod(x, 1), tf.reduce_mean(x, 1),
        x - tf.reduce_mean(x, 1, keepdims=True),
    ]  # fmt: skip


@settings(max_examples=15, deadline=None)
@given(
    seed=st.integers(0, 2**32 - 1),
    rows=st.integers(0, 70),
    width=st.sampled_from([2, 3, 5, 16]),
    kind=st.sampled_from([np.float32, np.float64]),
    hostile=st.booleans(),
)
def test_rows(seed: int, rows: int, width: int, kind: Any, hostile: bool) -> None:
    """Any number of rows, NaN and infinities among the elements, equal ones for the first place of the extreme."""
    random = np.random.default_rng(seed)
    values = np.round(random.normal(size=(rows, width)), 1).astype(kind)
    if hostile:
        special = np.array([np.nan, np.inf, -np.inf, -0.0], kind)
        values = np.where(random.random(values.shape) < 0.3, random.choice(special, values.shape), values)
    with tf.Graph().as_default():
        x = tf.placeholder(tf.as_dtype(kind), [None, width])
        wanted, found = _runs(_fetches(x), x, values)
    for mine, theirs in zip(found, wanted):
        assert mine.dtype == theirs.dtype and mine.shape == theirs.shape
        np.testing.assert_allclose(mine, theirs, rtol=1e-5, atol=1e-6)


@pytest.mark.parametrize("dtype", ["int8", "int32", "int64", "uint8", "bool", "float16"])
def test_types(dtype: str) -> None:
    """Integers wrap, truth values fold; what is computed in float32 keeps its own loop."""
    random = np.random.default_rng(1)
    if dtype == "bool":
        values: Any = random.random((50, 4)) < 0.5
    else:
        values = (random.random((50, 4)) * 100).astype(dtype)
    x = tf.placeholder(dtype, [None, 4])
    if dtype == "bool":
        fetches = [tf.reduce_any(x, 1), tf.reduce_all(x, 1)]
    else:
        fetches = [tf.reduce_sum(x, 1), tf.reduce_max(x, 1), tf.reduce_prod(x, 1), tf.argmax(x, 1)]
    wanted, found = _runs(fetches, x, values)
    for mine, theirs in zip(found, wanted):
        np.testing.assert_array_equal(mine, theirs)


def test_the_loop_is_over_rows() -> None:
    """No loop runs over the elements of a row, and threads change no bits."""
    x = tf.placeholder(tf.float32, [None, 5])
    fetches = [tf.nn.softmax(x), tf.reduce_sum(x, 1)]
    with tf.Session() as session:
        text = session.explain(fetches, [x])
    assert text.count("for i") == 1
    values = np.random.default_rng(1).normal(size=(200_000, 5)).astype(np.float32)
    results = [_runs(fetches, x, values, threads)[1] for threads in (1, 2, 3)]
    for result in results[1:]:
        assert all(mine.tobytes() == first.tobytes() for mine, first in zip(result, results[0]))


@pytest.mark.parametrize("channels", [2, 3, 8, 9])
@pytest.mark.parametrize("batch", [0, 1, 20])
def test_channels_change_place(channels: int, batch: int) -> None:
    """Few channels that become the first or the last axis are written out: no loop runs over them."""
    for shape, order in (((17, 19, channels), [0, 3, 1, 2]), ((channels, 17, 19), [0, 2, 3, 1])):
        with tf.Graph().as_default():
            x = tf.placeholder(tf.float32, [None, *shape])
            fetch = tf.transpose(x, order) * 2.0 - 1.0
            values = np.random.default_rng(1).normal(size=(batch, *shape)).astype(np.float32)
            wanted, found = _runs([fetch], x, values)
            assert found[0].tobytes() == wanted[0].tobytes()
            with tf.Session() as session:
                assert ("smaller" in session.explain(fetch, [x])) == (channels > 8)
