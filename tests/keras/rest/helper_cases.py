"""Helpers around models: recorded with TensorFlow 1.15, replayed here."""

from __future__ import annotations

import contextlib
import io
import os
import re
import tempfile
from typing import Any

import numpy as np

X = np.random.RandomState(0).rand(12, 3).astype("float32")
Y = (X.sum(1) > 1.5).astype(int)


def _bar(target: Any, steps: Any, **settings: Any) -> Any:
    """A case: what a bar writes, without times."""

    def run(tf: Any) -> Any:
        text = io.StringIO()
        with contextlib.redirect_stdout(text):
            bar = tf.keras.utils.Progbar(target, interval=0, **settings)
            for done, values in steps:
                bar.update(done, values)
            bar.add(1, [("loss", 0.5)])
        lines = text.getvalue().replace("\b", "").split("\r")
        return [re.sub(r"\d+[um]?s\b", "T", line).rstrip() for line in lines]

    return run


STEPS = [(1, [("loss", 2.0), ("rare", 1e-5)]), (2, [("loss", 1.0), ("kept", 7)]), (5, [("loss", 0.1)])]


def _matrix(tf: Any) -> Any:
    import h5py

    path = os.path.join(tempfile.mkdtemp(), "rows.h5")
    with h5py.File(path, "w") as file:
        file["x"] = np.arange(20.0).reshape(10, 2)
    rows = tf.keras.utils.HDF5Matrix(path, "x", 2, 9, normalizer=lambda part: part * 2)
    return {
        "shape": [int(n) for n in rows.shape], "size": int(rows.size), "ndim": rows.ndim, "length": len(rows),
        "slice": rows[1:4].ravel().tolist(), "one": rows[3].tolist(), "last": rows[5:7].ravel().tolist(),
        "some": rows[[0, 2, 5]].ravel().tolist(),
    }  # fmt: skip


def _linear(tf: Any) -> Any:
    keras = tf.keras
    keras.backend.clear_session()
    first, second = keras.Input((3,)), keras.Input((3,))
    model = keras.Model(
        [first, second], keras.experimental.LinearModel(2, "tanh", bias_initializer="ones")([first, second])
    )
    values = [np.round(np.sin(np.arange(np.prod(w.shape.as_list())) + 1), 3) for w in model.weights]
    model.set_weights([value.reshape(w.shape.as_list()) for value, w in zip(values, model.weights)])
    return {
        "weights": [str(weight.shape.as_list()) for weight in model.weights],
        "values": model.predict([X, X * 2]).astype(float).ravel().tolist(),
    }  # fmt: skip


def _wide_and_deep(optimizers: Any) -> Any:
    def run(tf: Any) -> Any:
        keras = tf.keras
        keras.backend.clear_session()
        linear = keras.experimental.LinearModel(kernel_initializer="ones")
        deep = keras.Sequential([keras.layers.Dense(1, kernel_initializer="ones", activation="tanh")])
        model = keras.experimental.WideDeepModel(linear, deep)
        model.compile([getattr(keras.optimizers, name)(rate) for name, rate in optimizers], "mse")
        history = model.fit(X, Y, batch_size=4, epochs=3, shuffle=False, verbose=0).history["loss"]
        return {"loss": [float(loss) for loss in history], "values": model.predict(X).astype(float).ravel().tolist()}

    return run


def _model(keras: Any, outputs: int) -> Any:
    def build(width: int = 4) -> Any:
        last = {"activation": "softmax" if outputs > 1 else "linear", "kernel_initializer": "zeros"}
        model = keras.Sequential(
            [
                keras.layers.Dense(width, input_shape=(3,), kernel_initializer="ones", activation="relu"),
                keras.layers.Dense(outputs, **last),
            ]
        )
        if outputs > 1:
            model.compile(keras.optimizers.SGD(0.5), "sparse_categorical_crossentropy", metrics=["accuracy"])
        else:
            model.compile(keras.optimizers.SGD(0.1), "mse")
        return model

    return build


def _classifier(tf: Any) -> Any:
    tf.keras.backend.clear_session()
    wrapped = tf.keras.wrappers.scikit_learn.KerasClassifier(_model(tf.keras, 2), width=5, epochs=4, shuffle=False)
    wrapped.fit(X, np.where(Y, "yes", "no"), verbose=0, batch_size=3)
    return {
        "classes": wrapped.predict(X).tolist(), "chances": wrapped.predict_proba(X).astype(float).ravel().tolist(),
        "score": float(wrapped.score(X, np.where(Y, "yes", "no"), verbose=0)),
        "params": sorted(wrapped.get_params()),
    }  # fmt: skip


def _regressor(tf: Any) -> Any:
    tf.keras.backend.clear_session()
    wrapped = tf.keras.wrappers.scikit_learn.KerasRegressor(_model(tf.keras, 1), epochs=4, shuffle=False, verbose=0)
    wrapped.fit(X, X[:, 0], batch_size=3)
    return {
        "values": wrapped.predict(X).astype(float).tolist(), "score": float(wrapped.score(X, X[:, 0])),
        "wider": sorted(wrapped.set_params(width=7).get_params()),
    }  # fmt: skip


CASES: dict = {
    "a bar": _bar(10, STEPS, stateful_metrics=["kept"]),
    "a short bar": _bar(6, STEPS, width=12, unit_name="sample"),
    "a bar without an end": _bar(None, STEPS),
    "a line at the end": _bar(6, STEPS, verbose=2),
    "HDF5Matrix": _matrix,
    "LinearModel": _linear,
    "WideDeepModel": _wide_and_deep([("SGD", 0.1), ("Adagrad", 0.05)]),
    "KerasClassifier": _classifier,
    "KerasRegressor": _regressor,
}
