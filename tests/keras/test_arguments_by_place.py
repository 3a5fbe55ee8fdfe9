"""Arguments by place, and the names that programs read of a class: TensorFlow 1.15's, in its order."""

from __future__ import annotations

import inspect
from typing import Any

import numpy as np
import pytest

import sessile as tf

L = tf.keras.layers
_CONVOLUTION = (
    "filters kernel_size strides padding data_format dilation_rate activation use_bias kernel_initializer "
    "bias_initializer kernel_regularizer bias_regularizer activity_regularizer kernel_constraint bias_constraint "
    "trainable name"
)
_TRANSPOSED = _CONVOLUTION.replace("dilation_rate ", "")
_SEPARABLE = (
    "filters kernel_size strides padding data_format dilation_rate depth_multiplier activation use_bias "
    "depthwise_initializer pointwise_initializer bias_initializer depthwise_regularizer pointwise_regularizer "
    "bias_regularizer activity_regularizer depthwise_constraint pointwise_constraint bias_constraint trainable name"
)
_STARTS = "kernel_initializer recurrent_initializer bias_initializer"
_REGULARIZERS = "kernel_regularizer recurrent_regularizer bias_regularizer"
_CONSTRAINTS = "kernel_constraint recurrent_constraint bias_constraint"
_FORMS = "return_sequences return_state go_backwards stateful"
_LIMITS = f"{_REGULARIZERS} activity_regularizer {_CONSTRAINTS}"
_GATES = "units activation recurrent_activation use_bias"

# As `inspect.getfullargspec` tells them in TensorFlow 1.15.5.
NAMES = {
    tf.layers.Conv1D: _CONVOLUTION,
    tf.layers.Conv2D: _CONVOLUTION,
    tf.layers.Conv3D: _CONVOLUTION,
    tf.layers.Conv2DTranspose: _TRANSPOSED,
    tf.layers.Conv3DTranspose: _TRANSPOSED,
    tf.layers.SeparableConv1D: _SEPARABLE,
    tf.layers.SeparableConv2D: _SEPARABLE,
    L.SimpleRNN: f"units activation use_bias {_STARTS} {_LIMITS} dropout recurrent_dropout {_FORMS} unroll",
    L.LSTM: f"{_GATES} {_STARTS} unit_forget_bias {_LIMITS} dropout recurrent_dropout implementation {_FORMS} unroll",
    L.GRU: f"{_GATES} {_STARTS} {_LIMITS} dropout recurrent_dropout implementation {_FORMS} unroll reset_after",
    L.LSTMCell: (
        f"{_GATES} {_STARTS} unit_forget_bias {_REGULARIZERS} {_CONSTRAINTS} dropout recurrent_dropout implementation"
    ),
    L.GRUCell: (
        f"{_GATES} {_STARTS} {_REGULARIZERS} {_CONSTRAINTS} dropout recurrent_dropout implementation reset_after"
    ),
    L.CuDNNLSTM: f"units {_STARTS} unit_forget_bias {_LIMITS} {_FORMS}",
    L.CuDNNGRU: f"units {_STARTS} {_LIMITS} {_FORMS}",
    L.DepthwiseConv2D: (
        "kernel_size strides padding depth_multiplier data_format activation use_bias depthwise_initializer "
        "bias_initializer depthwise_regularizer bias_regularizer activity_regularizer depthwise_constraint "
        "bias_constraint"
    ),
    L.LayerNormalization: (
        "axis epsilon center scale beta_initializer gamma_initializer beta_regularizer gamma_regularizer "
        "beta_constraint gamma_constraint trainable name"
    ),
    L.Bidirectional: "layer merge_mode weights backward_layer",
    tf.keras.losses.MeanSquaredError: "reduction name",
    tf.keras.losses.BinaryCrossentropy: "from_logits label_smoothing reduction name",
    tf.keras.losses.Huber: "delta reduction name",
    tf.keras.metrics.Accuracy: "name dtype",
    tf.keras.metrics.BinaryAccuracy: "name dtype threshold",
    tf.keras.metrics.TopKCategoricalAccuracy: "k name dtype",
}


@pytest.mark.parametrize("kind", NAMES, ids=lambda kind: f"{kind.__module__.split('.')[-1]}-{kind.__name__}")
def test_the_names_of_arguments_are_read(kind: Any) -> None:
    """Texar, and all that makes layers of configurations, ask what arguments there are."""
    assert " ".join(inspect.getfullargspec(kind.__init__).args) == f"self {NAMES[kind]}"


def test_recurrent_layers_take_arguments_by_place() -> None:
    """A fourth argument of `LSTMCell` was taken for `unit_forget_bias`, a third of `LSTM` an error."""
    cell: Any = L.LSTMCell(3, "tanh", "sigmoid", False)
    assert not cell.use_bias and cell.unit_forget_bias
    layers: list[Any] = [L.LSTM(3, "relu", "sigmoid", False), L.GRU(3, "relu", "sigmoid", False)]
    for layer in layers:
        inner = layer.cell
        names = [f.__name__ for f in (inner.activation, inner.recurrent_activation)]
        assert (inner.use_bias, names) == (False, ["relu", "sigmoid"])
    assert not L.SimpleRNN(3, None, False).cell.use_bias
    with pytest.raises(TypeError, match="multiple values for argument 'use_bias'"):
        L.LSTMCell(3, "tanh", "sigmoid", False, use_bias=True)


def test_depthwise_convolution_takes_its_constraints_by_place() -> None:
    layer: Any = L.DepthwiseConv2D(
        2, 1, "valid", 1, None, None, True, "ones", "zeros", None, None, tf.keras.regularizers.l2(0.5), "non_neg"
    )
    y = layer(tf.ones([1, 3, 3, 1]))
    with tf.Session() as session:
        session.run(tf.global_variables_initializer())
        np.testing.assert_allclose(session.run(layer.losses), [0.5 * 4 * 16.0])
        assert y.shape == (1, 2, 2, 1)


def test_a_bidirectional_layer_of_two_layers() -> None:
    """The values are those of both layers by themselves; names and errors are TensorFlow 1.15's."""
    x = tf.constant(np.linspace(-1, 1, 24).reshape(2, 4, 3), tf.float32)
    forward: Any = L.LSTM(2, return_sequences=True, name="f", kernel_initializer="ones")
    backward: Any = L.GRU(2, return_sequences=True, go_backwards=True, name="g", kernel_initializer="ones")
    alone = L.GRU(2, return_sequences=True, go_backwards=True, kernel_initializer="ones", recurrent_initializer="ones")
    backward.cell._of["recurrent"] = alone.cell._of["recurrent"]
    both: Any = L.Bidirectional(forward, "concat", None, backward)
    y, z = both(x), alone(x)
    assert [v.name for v in both.weights if "/kernel" in v.name] == [
        "bidirectional/forward_f/kernel:0",
        "bidirectional/backward_g/kernel:0",
    ]
    with tf.Session() as session:
        session.run(tf.global_variables_initializer())
        joined, one = session.run([y, z])
    np.testing.assert_allclose(joined[:, :, 2:], one[:, ::-1], rtol=1e-6)
    again = L.Bidirectional.from_config(both.get_config())
    assert isinstance(again.backward_layer, L.GRU) and again.backward_layer.go_backwards


@pytest.mark.parametrize(
    ("backward", "words"),
    [
        (lambda: L.GRU(2), "different `go_backwards`"),
        (lambda: L.GRU(2, return_sequences=True, go_backwards=True), "attribute return_sequences, got False and True"),
        (lambda: 3, "`backward_layer` need to be a `Layer` instance"),
    ],
)
def test_layers_of_a_bidirectional_one_fit(backward: Any, words: str) -> None:
    with pytest.raises(ValueError, match=words):
        L.Bidirectional(L.LSTM(2), backward_layer=backward())
