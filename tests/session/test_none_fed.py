"""None as the value of a feed is what NumPy makes of it, as in TensorFlow 1.15."""

from __future__ import annotations

import numpy as np
import pytest

import sessile as tf


@pytest.mark.parametrize("dtype", [tf.float16, tf.float32, tf.float64, tf.complex64])
def test_none_is_a_number_that_is_none(dtype: tf.DType) -> None:
    with tf.Graph().as_default(), tf.Session() as sess:
        x = tf.placeholder(dtype, [])
        assert np.isnan(sess.run(tf.identity(x), {x: None}))
        unknown = tf.placeholder(dtype)
        assert np.isnan(sess.run(tf.identity(unknown), {unknown: None}))


def test_none_is_false() -> None:
    with tf.Graph().as_default(), tf.Session() as sess:
        flag = tf.placeholder(tf.bool, [])
        assert sess.run(tf.cond(flag, lambda: 1, lambda: 2), {flag: None}) == 2


def test_none_is_no_integer_no_string_and_no_vector() -> None:
    with tf.Graph().as_default(), tf.Session() as sess:
        number, text = tf.placeholder(tf.int32, []), tf.placeholder(tf.string, [])
        vector = tf.placeholder(tf.float32, [2], name="vector")
        with pytest.raises(TypeError, match="int\\(\\) argument must be .* not 'NoneType'"):
            sess.run(tf.identity(number), {number: None})
        with pytest.raises(TypeError, match="NoneType"):
            sess.run(tf.identity(text), {text: None})
        with pytest.raises(ValueError, match=r"Cannot feed value of shape \(\) for Tensor vector:0.* it is None"):
            sess.run(tf.identity(vector), {vector: None})


def test_zeros_like_of_known_extents_takes_false_for_no_type() -> None:
    with tf.Graph().as_default():
        assert tf.zeros_like(tf.ones([2, 3]), False).dtype == tf.float32
        with pytest.raises(TypeError, match="Cannot convert value False to a TensorFlow DType"):
            tf.zeros_like(tf.placeholder(tf.float32, [None, 3]), False)
