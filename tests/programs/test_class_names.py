"""Under TensorFlow's name models of Keras say that they are TensorFlow's; programs ask it."""

from __future__ import annotations

import pickle
from collections.abc import Iterator
from typing import Any

import pytest

import sessile


@pytest.fixture
def tensorflow() -> Iterator[Any]:
    """This library under TensorFlow's name."""
    sessile.install()
    import tensorflow

    yield tensorflow
    sessile.uninstall()


def test_models_print_as_tensorflows(tensorflow: Any) -> None:
    """The texts are those that TensorFlow 1.15 prints; classes derived from them keep their own."""
    keras = tensorflow.keras
    rows = keras.Sequential([keras.layers.Dense(1, input_shape=(2,))])
    taken = keras.layers.Input((2,))
    model = keras.Model(taken, keras.layers.Dense(2)(taken))

    class Own(keras.Model):
        pass

    assert str(type(rows)) == "<class 'tensorflow.python.keras.engine.sequential.Sequential'>"
    assert str(type(model)) == "<class 'tensorflow.python.keras.engine.training.Model'>"
    assert Own.__module__ == __name__
    assert pickle.loads(pickle.dumps(keras.Model)) is keras.Model
    assert pickle.loads(pickle.dumps(keras.Sequential)) is keras.Sequential


def test_without_the_hook_they_say_where_they_are(tensorflow: Any) -> None:
    """So that pickles and documentation find them."""
    assert tensorflow.keras.Model.__module__.startswith("tensorflow.")
    sessile.uninstall()
    assert sessile.keras.Model.__module__.startswith("sessile.")
    sessile.install()
