"""`ScaleAndTranslate` beside values of TensorFlow 1.15.5, and what it refuses."""

from __future__ import annotations

import numpy as np
import pytest

import sessile as tf

_IMAGE = np.random.RandomState(0).rand(1, 5, 6, 2).astype(np.float32)


def test_values_are_those_of_tensorflow() -> None:
    """Larger by the kernels of Lanczos and of triangles; gradients flow back."""
    with tf.Graph().as_default(), tf.Session() as session:
        image = tf.constant(_IMAGE)
        results = [
            tf.raw_ops.ScaleAndTranslate(
                images=image, size=[7, 9], scale=[1.4, 1.5], translation=[0.0, 0.0], kernel_type=kind
            )
            for kind in ("lanczos1", "triangle")
        ]
        (gradient,) = tf.gradients(tf.sin(results[0]), image)
        one, two, slope = session.run([*results, gradient])
    np.testing.assert_allclose(one[0, 0, 1], [0.57579, 0.63004], atol=2e-5)
    np.testing.assert_allclose(two[0, 1, 1], [0.42936, 0.55937], atol=2e-5)
    np.testing.assert_allclose(slope[0, 0, 0], [1.74228, 1.54998], atol=2e-5)


def test_what_lies_outside_is_zero() -> None:
    """Moved out of sight."""
    with tf.Graph().as_default(), tf.Session() as session:
        moved = tf.raw_ops.ScaleAndTranslate(
            images=_IMAGE, size=[5, 6], scale=[1.0, 1.0], translation=[0.0, 3.0], kernel_type="box"
        )
        found = session.run(moved)
    np.testing.assert_array_equal(found[:, :, :3], 0)
    np.testing.assert_allclose(found[:, :, 3:], _IMAGE[:, :, :3], rtol=1e-6)


def test_wrong_scales_and_kernels_are_refused() -> None:
    """When they run."""
    with tf.Graph().as_default(), tf.Session() as session:
        for scale, kind in ((0.0, "box"), (1.0, "square")):
            wrong = tf.raw_ops.ScaleAndTranslate(
                images=_IMAGE, size=[2, 2], scale=[scale, 1.0], translation=[0.0, 0.0], kernel_type=kind
            )
            with pytest.raises(tf.errors.InvalidArgumentError):
                session.run(wrong)
