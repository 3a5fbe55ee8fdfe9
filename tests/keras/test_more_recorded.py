"""What TensorFlow 1.15 gave for layers, metrics, constraints and schedules is what they give here."""

from __future__ import annotations

import json
import os
from typing import Any

import numpy as np
import pytest

import sessile as tf
from tests.keras import more_cases
from tests.keras.test_recorded import assert_same

with open(os.path.join(os.path.dirname(__file__), "more_recorded.json")) as _file:
    RECORDED = json.load(_file)

NOISE: dict[str, tuple[dict[str, Any], list[float]]] = {
    "AlphaDropout own": ({"rate": 0.3}, [-0.4069, -0.3208, -1.0595, -1.0595, -0.0625]),
    "AlphaDropout seeded": (
        {"rate": 0.3, "noise_shape": (2, 1, 4), "seed": 3},
        [-1.0595, -0.3208, -0.2347, -1.0595, -1.0595],
    ),
    "GaussianDropout own": ({"rate": 0.4}, [-1.2027, -0.5865, -3.5774, -1.0521, -0.6059]),
    "GaussianNoise own": ({"stddev": 0.4}, [-0.9007, -1.0707, 0.9008, -0.4536, -0.5952]),
    "SpatialDropout1D own": ({"rate": 0.5}, [-0.0, -0.0, -1.6, -1.4, -0.0]),
    "Dropout seeded": ({"rate": 0.5, "noise_shape": (None, 1, None), "seed": 2}, [-0.0, -0.0, -1.6, -1.4, -0.0]),
}


@pytest.mark.parametrize("name", list(more_cases.CASES))
def test_values_are_those_of_tensorflow(name: str) -> None:
    """Each case."""
    assert_same(more_cases.CASES[name](tf), RECORDED[name])


def noisy(layer: Any) -> Any:
    """What a layer gives of numbers around 0 while training, its seed drawn from NumPy's numbers."""
    keras, inputs = tf.keras, np.float32(np.arange(24).reshape(2, 3, 4) / 10 - 1)
    keras.backend.clear_session()
    np.random.seed(3)
    given = keras.layers.Input((3, 4))
    found = layer(given)
    return keras.backend.get_session().run(found, {given: inputs, keras.backend.learning_phase(): 1})


@pytest.mark.parametrize("name", list(NOISE))
def test_noise_is_tensorflows(name: str) -> None:
    """The first numbers that TensorFlow 1.15 gives after `np.random.seed(3)` and `set_random_seed(5)`."""
    tf.keras.backend.clear_session()
    tf.set_random_seed(5)
    kind, options = name.split()[0], NOISE[name][0]
    with_seed = noisy(lambda given: (tf.set_random_seed(5), getattr(tf.keras.layers, kind)(**options)(given))[1])
    np.testing.assert_allclose(with_seed.ravel()[:5], NOISE[name][1], atol=1e-4)


def test_metrics_and_layers_are_found_by_name() -> None:
    assert isinstance(tf.keras.metrics.get("MeanTensor"), tf.keras.metrics.MeanTensor)
    made = tf.keras.metrics.deserialize({"class_name": "MeanIoU", "config": {"num_classes": 3}})
    assert isinstance(made, tf.keras.metrics.MeanIoU) and made.num_classes == 3
    config = tf.keras.layers.SpatialDropout2D(0.5, data_format="channels_first").get_config()
    assert config["noise_shape"] is None and config["seed"] is None
