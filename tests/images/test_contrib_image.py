"""`contrib.image`: images turned, moved, bent, and taken apart; what TensorFlow 1.15.5 gave."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import sessile as tf

I = tf.contrib.image  # noqa: E741 - as the module it stands for
NUMBERS = np.arange(1, 21).reshape(4, 5)


def run(tensor: Any) -> Any:
    """The value."""
    with tf.Session() as sess:
        return sess.run(tensor)


def test_images_are_turned() -> None:
    turned = I.rotate(tf.constant(NUMBERS, tf.float32), 0.3, "BILINEAR")
    assert turned.shape.as_list() == [4, 5]
    np.testing.assert_allclose(run(turned), [
        [0.7295, 1.9194, 3.7783, 6.2112, 5.3558], [3.3935, 5.8265, 8.2594, 10.6924, 12.3033],
        [7.4696, 10.3076, 12.7406, 15.1735, 17.6065], [8.2111, 14.7888, 17.2217, 14.2816, 9.2656],
    ], atol=1e-3)  # fmt: skip
    assert run(I.rotate(tf.constant(NUMBERS), 1.2)).tolist() == [
        [0, 4, 9, 15, 20], [0, 3, 8, 14, 19], [2, 7, 13, 18, 0], [1, 6, 12, 17, 0],
    ]  # fmt: skip
    with pytest.raises(TypeError, match="rank 0 or 1"):
        I.rotate(NUMBERS, [[0.1]])


def test_images_are_moved() -> None:
    assert run(I.translate(tf.constant(NUMBERS), [1, -1])).tolist() == [
        [0, 6, 7, 8, 9], [0, 11, 12, 13, 14], [0, 16, 17, 18, 19], [0, 0, 0, 0, 0],
    ]  # fmt: skip
    batch = tf.ones([2, 3, 3, 1])
    found = run(I.translate(batch, [[0.5, 0.0], [0.0, -1.0]], "BILINEAR"))[..., 0]
    assert found.tolist() == [[[0.5, 1, 1]] * 3, [[1, 1, 1], [1, 1, 1], [0, 0, 0]]]
    with pytest.raises(TypeError, match="rank 1 or 2"):
        I.translate(NUMBERS, 1.0)


def test_sizes_and_wrong_arguments() -> None:
    same = [1.0, 0, 0, 0, 1, 0, 0, 0]
    wider = I.transform(tf.constant(NUMBERS), same, output_shape=[2, 7])
    assert wider.shape.as_list() == [2, 7]
    assert run(wider).tolist() == [[1, 2, 3, 4, 5, 0, 0], [6, 7, 8, 9, 10, 0, 0]]
    with pytest.raises(tf.errors.InvalidArgumentError, match="Input transform should be num_images x 8 or 1 x 8"):
        run(I.transform(tf.constant(NUMBERS), [same] * 2))
    for images, words in ((["a"], "Invalid dtype"), ([1], "rank between 2 and 4")):
        with pytest.raises(TypeError, match=words):
            I.transform(tf.constant(images), same)
    with pytest.raises(ValueError, match="output_shape must be a 1-D Tensor of 2 elements"):
        I.transform(tf.constant(NUMBERS), same, output_shape=[2])


def test_transformations_as_matrices() -> None:
    one, two = [1.0, 0.2, 3.0, 0.0, 1.0, 2.0, 0.0, 0.1], [[1.0, 0, 0, 0.3, 1, 0, 0, 0]]
    first, second = (run(I.flat_transforms_to_matrices(given))[0] for given in (one, two))
    both = first @ second
    np.testing.assert_allclose(run(I.compose_transforms(one, two))[0], (both / both[2, 2]).ravel()[:8], rtol=1e-6)
    with pytest.raises(ValueError, match="Transforms should be 1D or 2D"):
        I.flat_transforms_to_matrices([[one]])
    with pytest.raises(ValueError, match="Matrices should be 2D or 3D"):
        I.matrices_to_flat_transforms([1.0])


def test_gradients_go_back_to_where_elements_were_read() -> None:
    x = tf.placeholder_with_default(np.ones([1, 3, 3, 1], np.float32), [None, 3, 3, 1])
    weights = tf.reshape(tf.range(9.0), [1, 3, 3, 1])
    gradient = tf.gradients(tf.reduce_sum(I.translate(x, [1.0, 0.0]) * weights), x)[0]
    assert run(gradient)[0, :, :, 0].tolist() == [[1, 2, 0], [4, 5, 0], [7, 8, 0]]


def test_parts_that_hang_together() -> None:
    found = I.connected_components([[1, 1, 0, 2], [0, 2, 2, 2], [1, 0, 1, 1]])
    assert found.dtype == tf.int32
    assert run(found).tolist() == [[1, 1, 0, 2], [0, 2, 2, 2], [3, 0, 4, 4]]
    images = np.array([[[True, False], [False, True]], [[True, True], [False, True]]])
    assert run(I.connected_components(images)).tolist() == [[[1, 0], [0, 2]], [[3, 3], [0, 3]]]
    with pytest.raises(TypeError, match="rank 2"):
        I.connected_components([1, 2])


def test_nearest_pairs() -> None:
    distances = [[0.5, 0.1, 0.9], [0.2, 0.05, 0.3]]
    assert [part.tolist() for part in run(I.bipartite_match(distances, -1.0))] == [[0, 1], [0, 1, -1]]
    assert [part.tolist() for part in run(I.bipartite_match(distances, [1.0]))] == [[1, -1], [-1, 0, -1]]
    assert [part.tolist() for part in run(I.bipartite_match(distances, -1.0, top_k=1))] == [[-1, 1], [-1, 1, -1]]


def test_images_are_bent() -> None:
    image = tf.constant(NUMBERS.reshape(1, 4, 5, 1), tf.float32)
    flow = tf.ones([1, 4, 5, 2]) * [0.5, -1.0]
    expected = NUMBERS[np.maximum(np.arange(4) - 0.5, 0).astype(int)].astype(float)
    expected[1:] += 2.5
    expected = expected[:, [1, 2, 3, 4, 4]]
    np.testing.assert_allclose(run(I.dense_image_warp(image, flow))[0, :, :, 0], expected, rtol=1e-6)
    open_image = tf.placeholder_with_default(image, [None] * 4)
    np.testing.assert_allclose(run(I.dense_image_warp(open_image, flow))[0, :, :, 0], expected, rtol=1e-6)
    with pytest.raises(ValueError, match="at least 2"):
        I.dense_image_warp(tf.ones([1, 1, 3, 1]), tf.ones([1, 1, 3, 2]))


@pytest.mark.parametrize("order", [1, 2, 3, 4, 5, 6])
def test_splines_go_through_their_points(order: int) -> None:
    draw = np.random.RandomState(0)
    points, values = tf.constant(draw.rand(1, 6, 2)), tf.constant(draw.rand(1, 6, 3))
    found, wanted = run([I.interpolate_spline(points, values, points, order), values])
    np.testing.assert_allclose(found, wanted, atol=1e-5)
    line = tf.reduce_sum(points, 2, keepdims=True)
    other = tf.constant(draw.rand(1, 4, 2))
    along = run([I.interpolate_spline(points, line, other, order, 0.1), tf.reduce_sum(other, 2, keepdims=True)])
    np.testing.assert_allclose(*along, atol=1e-5)


@pytest.mark.parametrize("border", [1, 2])
def test_a_few_points_bend_an_image(border: int) -> None:
    image = tf.constant(np.random.RandomState(1).rand(1, 6, 7, 2), tf.float32)
    source, target = [[[1.0, 1.0], [2.0, 4.0]]], [[[2.0, 2.0], [2.0, 4.0]]]
    bent, flow, before = run([*I.sparse_image_warp(image, source, target, num_boundary_points=border), image])
    np.testing.assert_allclose(flow[0, [2, 2, 0, 5], [2, 4, 0, 6]], [[1, 1], [0, 0], [0, 0], [0, 0]], atol=1e-3)
    np.testing.assert_allclose(bent[0, 2, 2], before[0, 1, 1], atol=1e-3)
