"""`contrib.saved_model`: models of Keras as SavedModels, and back."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

import sessile as tf

saved = tf.contrib.saved_model
X = np.random.RandomState(0).rand(8, 3).astype(np.float32)


def test_a_model_is_written_and_read(tmp_path: Path) -> None:
    layers = tf.keras.layers
    model = tf.keras.Sequential(
        [layers.Dense(4, activation="relu", input_shape=(3,)), layers.BatchNormalization(), layers.Dense(2)]
    )
    model.compile("sgd", "mse")
    model.fit(X, np.ones((8, 2)), epochs=2, verbose=0)
    wanted = model.predict(X)
    folder = str(tmp_path / "model")
    assert saved.save_keras_model(model, folder) is None
    again = saved.load_keras_model(folder)
    np.testing.assert_allclose(again.predict(X), wanted, atol=1e-6)
    again.compile("sgd", "mse")
    again.fit(X, np.ones((8, 2)), epochs=1, verbose=0)
    with tf.Graph().as_default(), tf.Session() as session:
        signature = tf.saved_model.loader.load(session, ["serve"], folder).signature_def["serving_default"]
        (given,), (result,) = signature.inputs.values(), signature.outputs.values()
        np.testing.assert_allclose(session.run(result.name, {given.name: X}), wanted, atol=1e-6)


def test_what_cannot_be_done_says_so(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match=r"no assets/saved_model\.json"):
        saved.load_keras_model(tmp_path)
    with pytest.raises(NotImplementedError, match="input_signature"):
        saved.save_keras_model(None, tmp_path, input_signature=[])
