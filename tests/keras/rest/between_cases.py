"""Operations of TensorFlow between layers: recorded with TensorFlow 1.15, replayed here."""

from __future__ import annotations

import json
from typing import Any

import numpy as np

X = np.random.RandomState(3).rand(6, 4).astype("float32") - 0.3
FILM = np.random.RandomState(4).rand(6, 4, 5).astype("float32")


def _plain(value: Any) -> str:
    """Text of a configuration, the same for arrays and lists."""
    if isinstance(value, dict):
        return "{" + ", ".join(f"{key}: {_plain(value[key])}" for key in sorted(value, key=str)) + "}"
    if isinstance(value, (list, tuple, np.ndarray)):
        return "[" + ", ".join(_plain(item) for item in value) + "]"
    return str(value)


def _listed(values: Any) -> list[Any]:
    values = values if isinstance(values, list) else [values]
    return [np.round(value.astype(float), 5).ravel().tolist() for value in values]


def _answers(tf: Any, model: Any, x: Any) -> dict[str, Any]:
    """All that a model tells of itself and of its copies."""
    K = tf.keras
    weights = model.get_weights()
    model.set_weights([np.round(np.cos(np.arange(w.size)).reshape(w.shape) / 2, 3) for w in weights])
    lines: list[str] = []
    model.summary(print_fn=lines.append)
    saved = json.loads(model.to_json())["config"]
    values = _listed(model.predict(x))
    read, cloned = K.models.model_from_json(model.to_json()), K.models.clone_model(model)
    shapes = [[str(layer.input_shape), str(layer.output_shape)] for layer in model.layers[1:]]
    again = model(tf.constant(x))
    again = again if isinstance(again, list) else [again]
    found = {
        "summary": [line.rstrip() for line in lines],
        "names": [layer.name for layer in model.layers],
        "operations": [
            _plain(layer.get_config()) for layer in model.layers if type(layer).__name__ == "TensorFlowOpLayer"
        ],
        "saved": [_plain({"name": item["name"], "calls": item["inbound_nodes"]}) for item in saved["layers"]],
        "ends": _plain([saved["input_layers"], saved["output_layers"]]),
        "shapes": _plain(shapes),
        "output names": model.output_names,
        "values": {str(number): value for number, value in enumerate(values)},
        "called": [tensor.name for tensor in again],
    }
    for name, other in (("read", read), ("cloned", cloned)):
        other.set_weights(model.get_weights())
        np.testing.assert_allclose(_listed(other.predict(x))[0], values[0], 1e-4, 1e-5)
        found[name] = [layer.name for layer in other.layers]
    np.testing.assert_allclose(_listed(K.backend.get_session().run(again[0]))[0], values[0], 1e-4, 1e-5)
    if model.weights:
        model.compile("sgd", "mse")
        targets = [np.ones([len(x), *output.shape.as_list()[1:]]) for output in model.outputs]
        found["losses"] = [float(np.sum(model.train_on_batch(x, targets))) for _ in range(3)]
    return found


def _case(make: Any, x: Any = X) -> Any:
    def run(tf: Any) -> Any:
        tf.keras.backend.clear_session()
        inputs = tf.keras.Input(x.shape[1:], dtype=x.dtype.name)
        return _answers(tf, tf.keras.Model(inputs, make(tf, tf.keras.layers, inputs)), x)

    return run


def _scaled(tf: Any, L: Any, x: Any) -> Any:
    h = L.Dense(4)(x)
    return tf.nn.relu(h) * 2 + tf.reduce_mean(h)


def _joined(tf: Any, L: Any, x: Any) -> Any:
    return L.Dense(2)(tf.concat([L.Dense(3)(x), x], axis=1))


def _sliced(tf: Any, L: Any, x: Any) -> Any:
    return L.Dense(2)(x[:, 0])


def _split(tf: Any, L: Any, x: Any) -> Any:
    return list(tf.split(1.0 - x, 2, axis=1))


def _reshaped(tf: Any, L: Any, x: Any) -> Any:
    return L.Dense(2)(tf.reshape(x, [tf.shape(x)[0], 20]))


def _multiplied(tf: Any, L: Any, x: Any) -> Any:
    return tf.matmul(x, tf.constant(np.arange(8.0).reshape(4, 2), tf.float32))


def _variable(tf: Any, L: Any, x: Any) -> Any:
    variable = tf.Variable(np.ones((4, 2), "float32"))
    tf.keras.backend.get_session().run(variable.initializer)
    return tf.matmul(x, variable)


def _scoped(tf: Any, L: Any, x: Any) -> Any:
    with tf.name_scope("room"):
        h = tf.nn.relu(x) + np.array([1.0, 2.0, 3.0, 4.0], "float32")
    return L.Dense(1, name="last")(tf.multiply(h, 2.0, name="twice"))


def _backend(tf: Any, L: Any, x: Any) -> Any:
    K = tf.keras.backend
    return L.Concatenate()([K.sum(K.square(x), axis=-1, keepdims=True), tf.where(x > 0.5, x, tf.zeros_like(x))])


def _integers(tf: Any, L: Any, x: Any) -> Any:
    return L.Dense(2)(tf.cast(tf.gather(x, [0, 2], axis=1) + 3, tf.float32))


def _nested(tf: Any, L: Any, x: Any) -> Any:
    inside = tf.keras.Input((4,))
    inner = tf.keras.Model(inside, L.Dense(2)(inside * 2 + 1), name="inner")
    return inner(tf.nn.relu(x)) + inner(x)


CASES = {
    "scaled": _case(_scaled),
    "joined": _case(_joined),
    "sliced": _case(_sliced, FILM),
    "split": _case(_split),
    "reshaped": _case(_reshaped, FILM),
    "multiplied": _case(_multiplied),
    "variable": _case(_variable),
    "scoped": _case(_scoped),
    "backend": _case(_backend),
    "integers": _case(_integers, np.arange(24, dtype="int32").reshape(6, 4) % 5),
    "nested": _case(_nested),
}
