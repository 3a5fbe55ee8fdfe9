"""Arrays of one element are extents, and floats that are whole numbers, as in TensorFlow 1.15."""

import numpy as np
import pytest

import sessile as tf

WHOLE = [np.array([3]), np.array([[3]]), np.array([3.0]), np.array(3), np.array(3.0), np.float32(3), np.int64(3)]


@pytest.mark.parametrize("value", WHOLE, ids=repr)
def test_whole_numbers(value):
    assert tf.Dimension(value).value == 3
    assert type(tf.Dimension(value).value) is int
    assert tf.TensorShape([2, value]).as_list() == [2, 3]
    assert tf.placeholder(tf.float32, [None, value]).shape.as_list() == [None, 3]


@pytest.mark.parametrize("value", [np.array([3, 4]), np.array([]), np.array(["a"]), [3], np.array([3.5])], ids=repr)
def test_others_are_refused(value):
    with pytest.raises((TypeError, ValueError)):
        tf.Dimension(value)


def test_negative_ones_are_refused():
    with pytest.raises(ValueError, match="must be >= 0"):
        tf.Dimension(np.array([-1]))
