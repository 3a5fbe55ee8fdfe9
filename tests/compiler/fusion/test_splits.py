"""Splits are slices in compiled steps: their parts are read where they are needed."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import sessile as tf


def compiled(build: Any, *arrays: Any) -> tuple[Any, str]:
    """What a graph gives for arrays, compiled, and how it is explained."""
    config = tf.ConfigProto()
    config.graph_options.optimizer_options.global_jit_level = tf.OptimizerOptions.ON_1
    with tf.Graph().as_default(), tf.Session(config=config) as session:
        feeds = [tf.placeholder(array.dtype, [None, *array.shape[1:]]) for array in arrays]
        made = build(*feeds)
        fed = dict(zip(feeds, arrays, strict=True))
        return session.run(made, fed), session.explain(made, fed)


@settings(max_examples=20, deadline=None)
@given(st.lists(st.integers(0, 5), min_size=1, max_size=5), st.sampled_from([1, -1, 2]), st.integers(1, 3))
def test_parts_of_any_sizes_are_numpys(sizes: list[int], axis: int, rows: int) -> None:
    shape = [rows, 4, 3]
    shape[axis] = sum(sizes)
    x = np.random.default_rng(len(sizes)).standard_normal(shape).astype(np.float32)
    found, _ = compiled(lambda x: [part * 2 for part in tf.split(x, sizes, axis)], x)
    for one, other in zip(found, np.split(x * 2, np.cumsum(sizes)[:-1], axis), strict=True):
        np.testing.assert_array_equal(one, other)


def test_parts_of_a_product_are_read_by_one_loop() -> None:
    x = np.random.default_rng(0).standard_normal((5, 8)).astype(np.float32)

    def build(x: Any) -> Any:
        a, b, c, d = tf.split(tf.matmul(x, tf.constant(np.eye(8, dtype=np.float32))), 4, 1)
        return a * b + c * d

    found, text = compiled(build, x)
    np.testing.assert_allclose(found, x[:, :2] * x[:, 2:4] + x[:, 4:6] * x[:, 6:], rtol=1e-6)
    assert text.count("  group ") == 1
    assert "Split" not in text


def test_rows_whose_number_is_open_are_split_by_the_kernel() -> None:
    x = np.arange(12, dtype=np.float32).reshape(6, 2)
    found, _ = compiled(lambda x: tf.split(x, 3), x)
    for one, other in zip(found, np.split(x, 3), strict=True):
        np.testing.assert_array_equal(one, other)
    with pytest.raises(tf.errors.InvalidArgumentError, match="evenly divide"):
        compiled(lambda x: tf.split(x, 4), x)
