"""What libraries ask of the classes of optimizers."""

from __future__ import annotations

import pytest

import sessile as tf


def test_libraries_find_optimizer_as_the_base_of_each_optimizer() -> None:
    names = [name for name in dir(tf.train) if name.endswith("Optimizer") and name != "Optimizer"]
    assert len(names) > 8
    assert {name for name in names if getattr(tf.train, name).__base__ is not tf.train.Optimizer} == set()


@pytest.mark.parametrize("use_resource", [False, True])
def test_an_optimizer_without_an_update_is_named(use_resource: bool) -> None:
    class Idle(tf.train.Optimizer):
        pass

    with tf.Graph().as_default():
        x = tf.Variable(1.0, name="x", use_resource=use_resource)
        with pytest.raises(NotImplementedError, match="Idle does not say how it updates 'x'"):
            Idle(False, "idle").minimize(tf.square(x))
