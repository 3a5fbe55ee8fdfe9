"""Layers of contrib that normalize groups, find places, weigh gradients, and summaries of tensors.

Numbers are those of TensorFlow 1.15.5.
"""

from __future__ import annotations

import logging
from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest

import sessile as tf

layers = tf.contrib.layers
PICTURES = np.arange(2 * 4 * 5 * 6, dtype=np.float32).reshape(2, 4, 5, 6) / 50


@pytest.fixture
def session() -> Iterator[Any]:
    with tf.Graph().as_default(), tf.Session() as session:
        yield session


def value_of(session: Any, tensor: Any) -> Any:
    session.run(tf.global_variables_initializer())
    return session.run(tensor)


@pytest.mark.parametrize("is_last", [True, False])
@pytest.mark.parametrize("about_zero", [True, False])
def test_group_norm(session: Any, is_last: bool, about_zero: bool) -> None:
    given = PICTURES if is_last else PICTURES.transpose(0, 3, 1, 2)
    axes = {} if is_last else {"channels_axis": -3, "reduction_axes": (-2, -1)}
    found = value_of(session, layers.group_norm(tf.constant(given), 3, mean_close_to_zero=about_zero, **axes))
    grouped = PICTURES.reshape(2, 4, 5, 3, 2).astype(np.float64)
    mean, variance = (fold(grouped, axis=(1, 2, 4), keepdims=True) for fold in (np.mean, np.var))
    wanted = ((grouped - mean) / np.sqrt(variance + 1e-6)).reshape(PICTURES.shape)
    np.testing.assert_allclose(found, wanted if is_last else wanted.transpose(0, 3, 1, 2), atol=2e-5)
    assert [v.op.name for v in tf.trainable_variables()] == ["GroupNorm/beta", "GroupNorm/gamma"]


def test_groups_that_do_not_fit(session: Any) -> None:
    with pytest.raises(ValueError, match="6 channels is not commensurate with 4 groups"):
        layers.group_norm(tf.constant(PICTURES), 4)
    with pytest.raises(ValueError, match="Invalid groups 32 for 6 channels"):
        layers.group_norm(tf.constant(PICTURES))
    with pytest.raises(ValueError, match="mutually exclusive"):
        layers.group_norm(tf.constant(PICTURES), 3, reduction_axes=(-2, -1))


@pytest.mark.parametrize(("temperature", "wanted"), [(None, [0.455137, 0.119258]), (2.0, [0.243837, 0.059907])])
@pytest.mark.parametrize("data_format", ["NHWC", "NCHW"])
def test_spatial_softmax(session: Any, temperature: Any, wanted: list[float], data_format: str) -> None:
    given = PICTURES if data_format == "NHWC" else PICTURES.transpose(0, 3, 1, 2)
    outputs = layers.spatial_softmax(tf.constant(given), temperature, data_format=data_format)
    assert outputs.shape.as_list() == [2, 12]
    np.testing.assert_allclose(value_of(session, outputs), np.tile(wanted, (2, 6)), atol=1e-6)


def test_values_to_sparse_and_gradients_to_other_sizes(session: Any) -> None:
    found = session.run(layers.dense_to_sparse(tf.constant([[1, 0, 2], [0, 0, 3]])))
    assert (found.indices.tolist(), found.values.tolist(), found.dense_shape.tolist()) == (
        [[0, 0], [0, 2], [1, 2]], [1, 2, 3], [2, 3],
    )  # fmt: skip
    x = tf.constant(3.0)
    scaled = layers.scale_gradient(x, 0.25)
    assert session.run([scaled, tf.gradients(scaled * 2.0, x)[0]]) == [3.0, 0.5]


def test_bags_of_words(session: Any) -> None:
    start = tf.constant_initializer(np.arange(8).reshape(4, 2))
    dense = layers.bow_encoder(tf.constant([[1, 2], [3, -1]]), 4, 2, initializer=start, scope="bags")
    sparse = tf.SparseTensor([[0, 0], [0, 1], [1, 0]], [1, 2, 3], [2, 2])
    again = layers.bow_encoder(sparse, 4, 2, scope="bags", reuse=True)
    for each in (dense, again):
        np.testing.assert_array_equal(value_of(session, each), [[3.0, 4.0], [6.0, 7.0]])
    with pytest.raises(TypeError, match="expected to be dense"):
        layers.bow_encoder(sparse, 4, 2, sparse_lookup=False)


def test_summaries(session: Any) -> None:
    layers.summarize_tensor(tf.constant(1.0, name="a"))
    layers.summarize_tensor(tf.constant([1.0]), "tag")
    tf.add_to_collection(tf.GraphKeys.ACTIVATIONS, tf.nn.relu6(tf.constant([7.0, -1.0]), name="r"))
    layers.summarize_activations()
    summaries = tf.get_collection(tf.GraphKeys.SUMMARIES)
    kinds = [(each.op.type, each.op.name) for each in summaries]
    assert kinds == [
        ("ScalarSummary", "a_summary"), ("HistogramSummary", "tag"), ("ScalarSummary", "r/zeros"),
        ("ScalarSummary", "r/sixes"), ("HistogramSummary", "r/activation"),
    ]  # fmt: skip
    values = [tf.Summary.FromString(session.run(summaries[at])).value[0].simple_value for at in (2, 3)]
    assert values == [0.5, 0.5]


def test_the_logger() -> None:
    assert tf.get_logger() is logging.getLogger("sessile")
