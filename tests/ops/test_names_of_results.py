"""The names results have by default, as recorded from TensorFlow 1.15: saved graphs are asked for them."""

import numpy as np
import pytest

import sessile as tf


def _image(kind):
    return tf.placeholder(kind, [4, 4, 3])


ADJUSTED = {
    "brightness": lambda image: tf.image.adjust_brightness(image, 0.1),
    "contrast": lambda image: tf.image.adjust_contrast(image, 2),
    "gamma": lambda image: tf.image.adjust_gamma(image, 2),
    "hue": lambda image: tf.image.adjust_hue(image, 0.1),
    "saturation": lambda image: tf.image.adjust_saturation(image, 2),
}


@pytest.mark.parametrize("which", ADJUSTED)
@pytest.mark.parametrize(
    "kind, last", [(tf.float32, "Identity"), (tf.uint8, "convert_image_1"), (tf.float64, "convert_image_1")]
)
def test_adjusted_images(which, kind, last):
    with tf.Graph().as_default():
        assert ADJUSTED[which](_image(kind)).name == f"adjust_{which}/{last}:0"


def test_sums():
    with tf.Graph().as_default():
        parts = [tf.ones([2]), tf.ones([2])]
        assert tf.accumulate_n(parts).name == "AccumulateNV2:0"
        assert tf.accumulate_n(parts, name="total").name == "total:0"
        assert tf.accumulate_n(parts[:1]) is parts[0]


def test_solutions_by_triangles():
    with tf.Graph().as_default(), tf.Session() as session:
        first = tf.linalg.triangular_solve(tf.eye(2) * 2, tf.ones([2, 1]))
        assert first.name == "MatrixTriangularSolve:0"
        assert tf.matrix_triangular_solve(tf.eye(2), tf.ones([2, 1]), name="x").name == "x:0"
        np.testing.assert_allclose(session.run(first), [[0.5], [0.5]])


def test_products_with_three_diagonals():
    with tf.Graph().as_default(), tf.Session() as session:
        first = tf.linalg.tridiagonal_matmul(tf.ones([3, 3]), tf.ones([3, 1]))
        assert first.name == "TridiagonalMatMul:0"
        assert tf.linalg.tridiagonal_matmul(tf.ones([3, 3]), tf.ones([3, 1]), name="y").name == "y:0"
        np.testing.assert_allclose(session.run(first), [[2], [3], [2]])


def test_logarithms_of_sums():
    with tf.Graph().as_default():
        assert tf.reduce_logsumexp(tf.ones([2, 3])).name == "ReduceLogSumExp/Add:0"
        assert tf.reduce_logsumexp(tf.ones([2, 3]), 1, keepdims=True, name="z").name == "z/Add:0"


def test_signals():
    with tf.Graph().as_default():
        assert tf.signal.fftshift(tf.ones([4])).name == "fftshift:0"
        assert tf.signal.ifftshift(tf.ones([4]), name="z").name == "z:0"
        assert tf.signal.linear_to_mel_weight_matrix().name == "linear_to_mel_weight_matrix:0"


@pytest.mark.parametrize("reduction, last", [("sum_over_batch_size", "value"), ("sum", "Sum")])
def test_losses_of_keras(reduction, last):
    with tf.Graph().as_default():
        loss = tf.keras.losses.MeanSquaredError(reduction=reduction)(tf.ones([2, 3]), tf.zeros([2, 3]))
        assert loss.name == f"mean_squared_error/weighted_loss/{last}:0"
