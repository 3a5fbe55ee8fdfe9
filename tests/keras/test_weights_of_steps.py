"""Weights of examples and steps, and masks, count in losses and metrics: the numbers are those of TensorFlow 1.15.5."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import sessile as tf

WORDS = np.array([[1, 2, 0, 0], [3, 1, 2, 0], [1, 1, 1, 1]])
OF_EXAMPLES = np.array([0.5, 2.0, 1.0])


def _drawn() -> tuple[Any, Any, Any]:
    """Classes of examples, classes of steps and weights of steps."""
    random = np.random.RandomState(0)
    return random.randint(0, 3, [3, 1]), random.randint(0, 3, [3, 4, 1]), random.rand(3, 4)


def _tagger(sequences: bool, **options: Any) -> Any:
    """A recurrent model that masks 0, with the weights it had in TensorFlow."""
    layers = tf.keras.layers
    model = tf.keras.Sequential(
        [
            layers.Embedding(5, 2, mask_zero=True, input_length=4),
            layers.LSTM(2, return_sequences=sequences),
            layers.Dense(3, activation="softmax"),
        ]
    )
    model.compile("sgd", "sparse_categorical_crossentropy", **options)
    random = np.random.RandomState(1)
    model.set_weights([random.rand(*weight.shape) * 2 - 1 for weight in model.get_weights()])
    return model


def _close(found: Any, wanted: list[float]) -> None:
    np.testing.assert_allclose(found, wanted, atol=2e-5)


def test_metrics_leave_out_masked_steps() -> None:
    _, steps, _ = _drawn()
    metrics = ["accuracy", tf.keras.metrics.SparseCategoricalCrossentropy()]
    _close(_tagger(True, metrics=metrics).evaluate(WORDS, steps, verbose=0), [0.85347, 0.44444, 1.13796])


def test_weighted_metrics_count_examples_by_their_weights() -> None:
    examples, _, _ = _drawn()
    wanted = ["accuracy", "sparse_categorical_crossentropy", tf.keras.metrics.SparseCategoricalAccuracy(name="wa")]
    model = _tagger(False, metrics=["acc"], weighted_metrics=wanted)
    names = ["loss", "acc", "weighted_acc", "weighted_sparse_categorical_crossentropy", "weighted_wa"]
    assert model.metrics_names == names
    found = model.evaluate(WORDS, examples, sample_weight=OF_EXAMPLES, verbose=0)
    _close(found, [1.59376, 0.0, 0.0, 1.36608, 0.0])
    model.reset_metrics()
    _close(model.test_on_batch(WORDS, examples), [1.21087, 0.0, 0.0, 1.21087, 0.0])


def test_weights_of_examples_and_masks_count_together() -> None:
    _, steps, _ = _drawn()
    model = _tagger(True, metrics=["acc"], weighted_metrics=["accuracy"])
    _close(model.train_on_batch(WORDS, steps, sample_weight=OF_EXAMPLES), [0.95122, 0.44444, 0.45455])


def test_weights_of_steps() -> None:
    _, steps, weights = _drawn()
    model = _tagger(True, sample_weight_mode="temporal", metrics=["acc"], weighted_metrics=["accuracy"])
    _close(model.evaluate(WORDS, steps, sample_weight=weights, verbose=0), [0.60214, 0.44444, 0.3647])
    _close(model.train_on_batch(WORDS, steps, sample_weight=weights), [0.60214, 0.44444, 0.3647])
    _close(model.train_on_batch(WORDS, steps, sample_weight=weights), [0.602, 0.44444, 0.3647])
    model = _tagger(True, sample_weight_mode="temporal", metrics=["acc"], weighted_metrics=["accuracy"])
    _close(model.evaluate(WORDS, steps, verbose=0), [0.85347, 0.44444, 0.44444])


def _dense(rank: int = 3, **options: Any) -> Any:
    model = tf.keras.Sequential([tf.keras.layers.Dense(2, input_shape=(4, 3)[3 - rank :])])
    model.compile("sgd", "mse", **options)
    return model


@pytest.mark.parametrize(
    ("mode", "shape", "message"),
    [
        (None, (5, 4), 'specify sample_weight_mode="temporal"'),
        (None, (5, 1), 'specify sample_weight_mode="temporal"'),
        (None, (4,), "cannot be broadcast"),
        ("temporal", (5,), "you should pass a 2D sample_weight array"),
        ("temporal", (5, 3), "cannot be broadcast"),
        (["temporal"], (5, 4, 2), "you should pass a 2D sample_weight array"),
    ],
)
def test_weights_of_other_shapes_are_refused(mode: Any, shape: tuple[int, ...], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        _dense(sample_weight_mode=mode).train_on_batch(
            np.ones([5, 4, 3]), np.ones([5, 4, 2]), sample_weight=np.ones(shape)
        )


def test_weights_of_steps_need_steps() -> None:
    with pytest.raises(ValueError, match="restricted to outputs that are at least 3D"):
        _dense(2, sample_weight_mode="temporal").train_on_batch(np.ones([5, 3]), np.ones([5, 2]))


def _two(**options: Any) -> Any:
    layers = tf.keras.layers
    given = tf.keras.Input([3])
    model = tf.keras.Model(given, [layers.Dense(1, name="first")(given), layers.Dense(2, name="second")(given)])
    model.compile("sgd", "mse", **options)
    return model


def test_modes_of_several_outputs() -> None:
    with pytest.raises(ValueError, match="Output second"):
        _two(sample_weight_mode={"first": None})
    with pytest.raises(ValueError, match="Unknown entries in sample_weight_mode"):
        _two(sample_weight_mode={"third": None})
    with pytest.raises(ValueError, match="one entry per model output"):
        _two(sample_weight_mode=["temporal"])
    with pytest.raises(AssertionError, match="other"):
        _two(sample_weight_mode="other")


def test_weights_of_several_outputs() -> None:
    data = np.ones([4, 3]), [np.ones([4, 1]), np.ones([4, 2])]
    with pytest.raises(TypeError, match="either a list or a dict"):
        _two().train_on_batch(*data, sample_weight=np.ones(4))
    with pytest.raises(ValueError, match="a list of 1 elements"):
        _two().train_on_batch(*data, sample_weight=[np.ones(4)])
    with pytest.raises(ValueError, match="third"):
        _two().train_on_batch(*data, sample_weight={"third": np.ones(4)})
    model = _two(weighted_metrics=["mse"])
    assert model.metrics_names[3:] == ["first_weighted_mean_squared_error", "second_weighted_mean_squared_error"]
    found = model.test_on_batch(*data, sample_weight={"second": np.array([1.0, 0.0, 0.0, 0.0])})
    assert found[2] == pytest.approx(found[4] / 4)
