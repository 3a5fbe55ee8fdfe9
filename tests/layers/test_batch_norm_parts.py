"""Renormalization, virtual batches, adjustments and weights of batch normalization, as TensorFlow 1.15 has them.

`batch_norm_recorded.json` was recorded from TensorFlow 1.15.5 with the functions of `batch_norm_cases`.
"""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

import sessile as tf

from .batch_norm_cases import cases, outcome

RECORDED = json.loads(Path(__file__).with_name("batch_norm_recorded.json").read_text())


@pytest.mark.parametrize("name", RECORDED)
def test_batch_norm_as_in_tensorflow(name: str) -> None:
    found, wanted = outcome(tf, *cases(tf)[name]), RECORDED[name]
    assert found["variables"] == wanted["variables"]
    assert found["updates"] == wanted["updates"]
    for value, recorded in zip(found["values"], wanted["values"], strict=True):
        np.testing.assert_allclose(value, recorded, rtol=2e-3, atol=2e-3)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"virtual_batch_size": 0}, "virtual_batch_size must be a positive integer"),
        ({"virtual_batch_size": 2, "adjustment": lambda _: (1.0, 0.0)}, "adjustment cannot be specified"),
        ({"virtual_batch_size": 2, "axis": 0}, "axis cannot include 0"),
        ({"renorm": True, "renorm_clipping": {"top": 1.0}}, "contains keys not in"),
    ],
)
def test_parts_that_contradict_each_other(options: dict[str, object], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        tf.layers.batch_normalization(tf.placeholder(tf.float32, [4, 3]), **options)


@pytest.mark.parametrize("options", [{"updates_collections": None}, {"zero_debias_moving_mean": True}])
def test_renorm_of_contrib_is_the_layers_alone(options: dict[str, object]) -> None:
    with pytest.raises(ValueError, match="renorm is not supported with"):
        tf.contrib.layers.batch_norm(tf.placeholder(tf.float32, [4, 3]), renorm=True, **options)


def test_updates_of_layers_are_operations() -> None:
    x = tf.placeholder(tf.float32, [4, 3])
    tf.layers.batch_normalization(x, training=True)
    layer = tf.keras.layers.BatchNormalization()
    layer(x, training=True)
    for update in (*tf.get_collection(tf.GraphKeys.UPDATE_OPS), *layer.updates):
        assert isinstance(update, tf.Operation)


def test_the_configuration_names_what_differs() -> None:
    keras = tf.keras.layers
    assert "renorm" not in keras.BatchNormalization().get_config()
    config = keras.BatchNormalization(renorm=True, renorm_clipping={"rmax": 2.0}, virtual_batch_size=2).get_config()
    assert keras.BatchNormalization.from_config(config).get_config() == config
    assert config["virtual_batch_size"] == 2
    assert config["renorm_clipping"] == {"rmax": 2.0}
