"""Layers that know the axes of space, and cells: recorded with TensorFlow 1.15, replayed here."""

from __future__ import annotations

from typing import Any

import numpy as np


def _array(seed: int, *shape: int) -> Any:
    return np.random.RandomState(seed).rand(*shape).astype("float32") - 0.4


LINES, IMAGES, FILMS = _array(0, 2, 7, 3), _array(1, 2, 6, 5, 3), _array(2, 2, 4, 6, 5, 2)


def _turned(x: Any, axis: int = 1) -> Any:
    """The array with its channels first."""
    return np.ascontiguousarray(np.moveaxis(x, -1, axis))


def weights_of(shapes: Any) -> list[Any]:
    """Values for variables: others for each."""
    return [np.round(_array(20 + place, *shape) / 2, 3) for place, shape in enumerate(shapes)]


def _layer(make: Any, inputs: Any) -> Any:
    """A case: what a model of one layer predicts, its variables, its settings, its gradient's step."""

    def run(tf: Any) -> Any:
        tf.keras.backend.clear_session()
        layer = make(tf.keras)
        outside = tf.keras.Input(batch_shape=inputs.shape)
        outputs = layer(outside)
        model = tf.keras.Model(outside, outputs)
        shapes = [weight.shape.as_list() for weight in layer.weights]
        model.set_weights(weights_of(shapes))
        found = model.predict(inputs, batch_size=len(inputs))
        found = found if isinstance(found, list) else [found]
        names = ["/".join(weight.name.split("/")[1:]) for weight in layer.weights]
        loss = tf.reduce_sum(tf.square(outputs[0] if isinstance(outputs, list) else outputs))
        gradients = tf.keras.backend.function([outside], tf.gradients(loss, layer.trainable_weights))([inputs])
        return {
            "values": {str(n): np.round(value.astype(float), 5).ravel().tolist() for n, value in enumerate(found)},
            "shapes": {str(n): list(value.shape) for n, value in enumerate(found)},
            "weights": [str(shape) for shape in shapes], "names": names,
            "gradients": [round(float(np.abs(gradient).sum()), 3) for gradient in gradients],
            "config": {
                key: str(value) for key, value in layer.get_config().items()
                if key not in ("dtype", "name", "layer") and not key.endswith("initializer") and key != "cell"
            },
        }  # fmt: skip

    return run


def _own_cell(keras: Any) -> Any:
    class Cell(keras.layers.AbstractRNNCell):
        def build(self, input_shape: Any) -> None:
            self.kernel = self.add_weight(shape=(int(input_shape[-1]), 4), name="kernel")
            self.built = True

        @property
        def state_size(self) -> Any:
            return 4

        @property
        def output_size(self) -> Any:
            return 4

        def call(self, inputs: Any, states: Any) -> Any:
            new = keras.backend.tanh(keras.backend.dot(inputs, self.kernel) + 0.5 * states[0])
            return new, [new]

    return Cell()


CASES: dict = {
    "ConvLSTM2D": _layer(lambda k: k.layers.ConvLSTM2D(3, 2), FILMS),
    "ConvLSTM2D, sequences, same": _layer(
        lambda k: k.layers.ConvLSTM2D(
            2, (3, 2), strides=(2, 1), padding="same", return_sequences=True, recurrent_activation="sigmoid"
        ),
        FILMS,
    ),
    "ConvLSTM2D, first, states": _layer(
        lambda k: k.layers.ConvLSTM2D(
            2, 3, data_format="channels_first", return_state=True, go_backwards=True, use_bias=False
        ),
        _turned(FILMS, 2),
    ),
    "ConvLSTM2D, stateful, apart": _layer(
        lambda k: k.layers.ConvLSTM2D(2, 2, dilation_rate=2, stateful=True, dropout=0.3, recurrent_dropout=0.2), FILMS
    ),
    "LocallyConnected1D": _layer(lambda k: k.layers.LocallyConnected1D(4, 3, strides=2, activation="relu"), LINES),
    "LocallyConnected1D, a matrix": _layer(
        lambda k: k.layers.LocallyConnected1D(2, 3, padding="same", implementation=2), LINES
    ),
    "LocallyConnected1D, sparse": _layer(
        lambda k: k.layers.LocallyConnected1D(2, 3, strides=2, padding="same", implementation=3), LINES
    ),
    "LocallyConnected2D": _layer(lambda k: k.layers.LocallyConnected2D(2, (3, 2), strides=(1, 2)), IMAGES),
    "LocallyConnected2D, first": _layer(
        lambda k: k.layers.LocallyConnected2D(2, 3, data_format="channels_first", use_bias=False),
        _turned(IMAGES),
    ),
    "LocallyConnected2D, a matrix": _layer(lambda k: k.layers.LocallyConnected2D(2, 2, implementation=2), IMAGES),
    "LocallyConnected2D, a matrix, first": _layer(
        lambda k: k.layers.LocallyConnected2D(
            2, (2, 3), strides=2, padding="same", implementation=2, data_format="channels_first"
        ),
        _turned(IMAGES),
    ),
    "LocallyConnected2D, sparse": _layer(
        lambda k: k.layers.LocallyConnected2D(2, (2, 3), strides=(2, 1), padding="same", implementation=3), IMAGES
    ),
    "LocallyConnected2D, sparse, first": _layer(
        lambda k: k.layers.LocallyConnected2D(1, 2, implementation=3, data_format="channels_first"), _turned(IMAGES)
    ),
    "a cell of a program's own": _layer(lambda k: k.layers.RNN(_own_cell(k), return_sequences=True), LINES),
    "cells one after the other": _layer(
        lambda k: k.layers.RNN([k.layers.LSTMCell(3), k.layers.GRUCell(2)], return_state=True), LINES
    ),
    "cells in both directions": _layer(
        lambda k: k.layers.Bidirectional(k.layers.RNN(k.layers.SimpleRNNCell(3))), LINES
    ),
    "PeepholeLSTMCell": _layer(
        lambda k: k.layers.RNN(k.experimental.PeepholeLSTMCell(3), return_sequences=True), LINES
    ),
}  # fmt: skip
