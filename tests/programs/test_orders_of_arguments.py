"""Arguments by place mean what they mean in TensorFlow 1.15, where TensorFlow 2 has others between them."""

from __future__ import annotations

import inspect
from typing import Any

import numpy as np
import pytest

import sessile as tf

ORDERS: dict[str, tuple[Any, list[str]]] = {
    "top_k": (tf.nn.top_k, ["input", "k", "sorted", "name"]),
    "numpy_function": (tf.numpy_function, ["func", "inp", "Tout", "name"]),
    "function": (
        tf.function,
        ["func", "input_signature", "autograph", "experimental_autograph_options", "experimental_relax_shapes"],
    ),
    "foldl": (tf.keras.backend.foldl, ["fn", "elems", "initializer", "name"]),
    "foldr": (tf.keras.backend.foldr, ["fn", "elems", "initializer", "name"]),
    "TensorBoard": (
        tf.keras.callbacks.TensorBoard,
        [
            *("log_dir", "histogram_freq", "batch_size", "write_graph", "write_grads", "write_images"),
            *("embeddings_freq", "embeddings_layer_names", "embeddings_metadata", "embeddings_data", "update_freq"),
        ],
    ),
    "Bidirectional.call": (tf.keras.layers.Bidirectional.call, ["self", "inputs", "training", "mask"]),
    "TrainingHelper.sample": (tf.contrib.seq2seq.TrainingHelper.sample, ["self", "time", "outputs", "name"]),
    "TrainingHelper.next_inputs": (
        tf.contrib.seq2seq.TrainingHelper.next_inputs,
        ["self", "time", "outputs", "state", "name"],
    ),
}


@pytest.mark.parametrize("name", ORDERS)
def test_the_order_is_tensorflows(name: str) -> None:
    function, order = ORDERS[name]
    assert list(inspect.signature(function).parameters)[: len(order)] == order


def test_names_by_place() -> None:
    """A name in the fourth place was taken for the type of indices, and for the promise of a pure function."""
    x = tf.constant([1.0, 3.0, 2.0])
    assert tf.nn.top_k(x, 2, True, "largest").values.op.name == "largest"
    doubled = tf.numpy_function(lambda v: v * 2, [x], tf.float32, "doubled")
    assert doubled.op.name == "doubled"
    total = tf.keras.backend.foldl(lambda sum_, v: sum_ * 2 + v, x, 0.0, "total")
    last = tf.keras.backend.foldr(lambda sum_, v: sum_ * 2 + v, x, 0.0)
    values = tf.Session().run([doubled, total, last])
    np.testing.assert_array_equal(np.hstack(values), [2.0, 6.0, 4.0, 12.0, 15.0])
