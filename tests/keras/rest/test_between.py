"""Operations between layers: what files keep, what stays an operation, chains that are long, other versions' models."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import sessile as tf

L = tf.keras.layers
X = np.random.RandomState(0).rand(5, 4).astype("float32")


def test_types_of_constants_are_read_from_json() -> None:
    """Numbers in JSON have no types: those of the operation are taken, where TensorFlow 1.15 raises."""
    tf.keras.backend.clear_session()
    x = tf.keras.Input((4,), dtype="int64")
    model = tf.keras.Model(x, (x + 3) * tf.constant([1, 2, 3, 4], tf.int64))
    read = tf.keras.models.model_from_json(model.to_json())
    np.testing.assert_array_equal(read.predict(np.arange(8).reshape(2, 4)), model.predict(np.arange(8).reshape(2, 4)))


def test_models_are_saved_whole(tmp_path: Path) -> None:
    """In HDF5, with names of operations that are in scopes of one another, where TensorFlow 1.15 raises."""
    pytest.importorskip("h5py")
    tf.keras.backend.clear_session()
    x = tf.keras.Input((4, 6))
    model = tf.keras.Model(x, L.Dense(2)(tf.reshape(x, [tf.shape(x)[0], 24])))
    assert "tf_op_layer_Reshape/shape" in [layer.name for layer in model.layers]
    path = str(tmp_path / "model.h5")
    model.save(path)
    film = np.random.RandomState(1).rand(3, 4, 6)
    np.testing.assert_allclose(tf.keras.models.load_model(path).predict(film), model.predict(film), 1e-6)


def test_control_flow_stays_operations() -> None:
    """Such a model runs and is trained, but is no configuration."""
    tf.keras.backend.clear_session()
    x = tf.keras.Input((4,))
    h = L.Dense(4, kernel_initializer="ones")(x)
    looped = tf.while_loop(lambda i, _: i < 3, lambda i, value: (i + 1, value * 2), (0, tf.nn.relu(h)))[1]
    model = tf.keras.Model(x, tf.cond(tf.reduce_sum(x) > 0, lambda: looped, lambda: h) + 1)
    np.testing.assert_allclose(model.predict(X), np.repeat(8 * X.sum(1, keepdims=True) + 1, 4, 1), 1e-5)
    with pytest.raises(NotImplementedError, match="made outside of layers"):
        model.get_config()
    with pytest.raises(NotImplementedError, match="control flow"):
        model(tf.constant(X))
    model.compile("sgd", "mse")
    before = model.get_weights()[0]
    model.train_on_batch(X, np.zeros((5, 4)))
    assert np.abs(model.get_weights()[0] - before).max() > 0


def test_variables_without_values_stay_operations() -> None:
    """They are given none when a model is made, and no values are frozen into copies."""
    tf.keras.backend.clear_session()
    x = tf.keras.Input((4,))
    variable = tf.get_variable("w", [4, 2], use_resource=True, initializer=tf.ones_initializer())
    model = tf.keras.Model(x, tf.matmul(x, variable))
    assert [type(layer).__name__ for layer in model.layers] == ["InputLayer"]
    np.testing.assert_allclose(model.predict(X), np.repeat(X.sum(1, keepdims=True), 2, 1), 1e-5)


def test_long_chains_of_operations() -> None:
    """More operations than Python may call functions within each other."""
    tf.keras.backend.clear_session()
    h = x = tf.keras.Input((4,))
    for _ in range(1100):
        h = h + 1.0
    model = tf.keras.Model(x, h)
    assert len(model.layers) == 1101
    assert model.output_names == ["tf_op_layer_add_1099"]


@pytest.mark.parametrize("times", [1, 2])
@pytest.mark.parametrize("sequential", [False, True])
def test_models_in_models_are_counted_as_tensorflow_counts(sequential: bool, times: int) -> None:
    """Their calls begin with 1, for 0 is their own graph."""
    tf.keras.backend.clear_session()
    first = tf.keras.Input((4,))
    inner: Any = tf.keras.Model(first, L.Dense(4)(first), name="inner")
    if sequential:
        inner = tf.keras.Sequential([L.Dense(4, input_shape=(4,))], name="inner")
    h = x = tf.keras.Input((4,))
    for _ in range(times):
        h = inner(h)
    model = tf.keras.Model(x, L.Dense(1, name="last")(h))
    config = json.loads(model.to_json())["config"]
    assert config["layers"][-1]["inbound_nodes"] == [[["inner", times, 0, {}]]]
    read = tf.keras.models.model_from_json(model.to_json())
    read.set_weights(model.get_weights())
    np.testing.assert_allclose(read.predict(X), model.predict(X), 1e-6)


def test_inputs_of_tensorflow_say_that_they_are_not_ragged() -> None:
    """`ragged` is in the configurations of TensorFlow 1.15."""
    config = L.InputLayer(input_shape=(4,)).get_config()
    assert config.pop("ragged") is False
    made = L.InputLayer.from_config({**config, "name": "other", "ragged": False})
    assert made.output_shape == (None, 4)
    assert tf.keras.Input((3,), ragged=False).shape.as_list() == [None, 3]
    with pytest.raises(NotImplementedError, match="ragged"):
        tf.keras.Input((3,), ragged=True)


def test_names_of_embeddings() -> None:
    """What an Embedding gives is in the scope of its lookup, as in TensorFlow 1.15."""
    tf.keras.backend.clear_session()
    y = L.Embedding(5, 2)(tf.keras.Input((3,), dtype="int32"))
    assert y.name == "embedding/embedding_lookup/Identity_1:0"
    assert [op.name for op in y.graph.get_operations()[-3:]] == [
        "embedding/embedding_lookup", "embedding/embedding_lookup/Identity", "embedding/embedding_lookup/Identity_1",
    ]  # fmt: skip
