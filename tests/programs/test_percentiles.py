"""`contrib.distributions.percentile` and moving variances; numbers are TensorFlow 1.15.5's."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import sessile as tf
from sessile.contrib.distributions import moving_mean_variance, percentile

MATRIX = np.array([[4.0, 1.0, 3.0, 2.0], [8.0, 9.0, 6.0, 7.0], [5.0, 11.0, 10.0, 12.0]], np.float32)


def _value(result: Any) -> Any:
    with tf.Session(graph=result.graph) as session:
        return session.run(result).tolist()


@pytest.mark.parametrize(("near", "wanted"), [("lower", 5.0), ("higher", 6.0), ("nearest", 5.0), (None, 5.0)])
def test_element_between_two(near: str | None, wanted: float) -> None:
    """40 percent of the way from the first of 12 to the last is place 4.4."""
    assert _value(percentile(MATRIX, 40, interpolation=near)) == wanted


def test_samples_along_dimensions() -> None:
    assert _value(percentile(MATRIX, 50.0, axis=[0])) == [5.0, 9.0, 6.0, 7.0]
    assert _value(percentile(MATRIX, 100.0, axis=-1, keep_dims=True)) == [[4.0], [9.0], [12.0]]
    assert _value(percentile(MATRIX, 0, axis=[0, 1], keep_dims=True)) == [[1.0]]
    rows = tf.placeholder(tf.float32, [None, 4])
    found = percentile(rows, 50.0, axis=[0])
    assert found.shape.as_list() == [4]
    with tf.Session() as session:
        assert session.run(found, {rows: MATRIX}).tolist() == [5.0, 9.0, 6.0, 7.0]


def test_what_is_refused() -> None:
    with pytest.raises(ValueError, match="'interpolation' must be in"):
        percentile(MATRIX, 50, interpolation="linear")
    with pytest.raises(ValueError, match="to have ndims 0"):
        percentile(MATRIX, [10.0, 20.0])
    with pytest.raises(ValueError, match=r"dim 2 not in the interval \[0, 1\]"):
        percentile(MATRIX, 50, axis=2)
    with pytest.raises(tf.errors.InvalidArgumentError, match="Condition x <= y did not hold"):
        _value(percentile(MATRIX, 110.0, validate_args=True))


def test_mean_and_variance_move() -> None:
    with tf.Graph().as_default(), tf.Session() as session:
        moved = moving_mean_variance(tf.constant([3.0, 5.0]), 0.9)
        session.run(tf.global_variables_initializer())
        for mean, variance in (([0.3, 0.5], [0.81, 2.25]), ([0.57, 0.95], [1.3851, 3.8475])):
            found = session.run(moved)
            np.testing.assert_allclose(found, [mean, variance], rtol=1e-5)
