"""What programs import of `tensorflow.python.keras.*`, where TensorFlow 1.15 has it."""

from __future__ import annotations

import importlib
from collections.abc import Iterator

import pytest

import sessile as tf

MODULES = {
    "engine.base_layer": "Layer InputSpec",
    "engine.network": "Network",
    "engine.training": "Model",
    "engine.sequential": "Sequential",
    "engine.input_layer": "Input InputLayer",
    "engine.node": "Node",
    "layers.recurrent": "LSTM GRU RNN LSTMCell GRUCell StackedRNNCells SimpleRNNCell",
    "layers.core": "Dense Dropout Lambda Masking",
    "layers.convolutional": "Conv1D Conv2D UpSampling2D",
    "layers.convolutional_recurrent": "ConvLSTM2D",
    "layers.pooling": "MaxPooling2D",
    "layers.normalization": "BatchNormalization LayerNormalization",
    "layers.merge": "Concatenate concatenate add",
    "layers.wrappers": "Bidirectional TimeDistributed Wrapper",
    "layers.advanced_activations": "LeakyReLU PReLU",
    "layers.embeddings": "Embedding",
    "layers.noise": "GaussianNoise",
    "layers.local": "LocallyConnected1D",
    "layers": "Layer InputSpec Dense",
    "saving.save": "save_model load_model",
    "saving.model_config": "model_from_json",
    "applications.vgg16": "VGG16",
}


@pytest.fixture(autouse=True)
def _hooked() -> Iterator[None]:
    tf.install()
    yield
    tf.uninstall()


@pytest.mark.parametrize("module", MODULES)
def test_modules_have_names(module: str) -> None:
    found = importlib.import_module(f"tensorflow.python.keras.{module}")
    for name in MODULES[module].split():
        expected = getattr(tf.keras.layers, name, None) or getattr(tf.keras.models, name, None)
        assert getattr(found, name) is not None
        assert expected is None or getattr(found, name) is expected


def test_networks_are_subclassed() -> None:
    from tensorflow.python.keras.engine import network  # type: ignore[import-not-found, import-untyped, unused-ignore]

    class Two(network.Network):  # type: ignore[misc, name-defined, unused-ignore]
        def __init__(self) -> None:
            super().__init__(name="two")
            self.first = tf.keras.layers.Dense(3)
            self.second = tf.keras.layers.Dense(2)

        def call(self, inputs: tf.Tensor) -> tf.Tensor:
            return self.second(self.first(inputs))

    two = Two()
    assert two(tf.ones([1, 4])).shape.as_list() == [1, 2]
    assert len(two.trainable_weights) == 4
    assert issubclass(tf.keras.Model, network.Network)


def test_arg_scope_is_the_function_in_its_package() -> None:
    ops = importlib.import_module("tensorflow.contrib.framework.python.ops")
    module = importlib.import_module("tensorflow.contrib.framework.python.ops.arg_scope")
    assert ops.arg_scope is module.arg_scope is tf.contrib.framework.arg_scope
