"""`contrib.layers.batch_norm` with a moving mean that is freed of its start at zero, as slim's DCGAN asks for."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest

import sessile as tf


@pytest.fixture(autouse=True)
def _new_graph() -> Iterator[None]:
    tf.reset_default_graph()
    yield


def _batch(step: int, shape: tuple[int, ...]) -> Any:
    return (np.random.RandomState(step).randn(*shape) * 2 + 1).astype(np.float32)


@pytest.mark.parametrize("collection", [tf.GraphKeys.UPDATE_OPS, None])
@pytest.mark.parametrize("fused", [None, False])
@pytest.mark.parametrize("is_known", [True, False])
@pytest.mark.parametrize("shape", [(4, 5, 5, 3), (4, 3)])
def test_the_moving_mean_of_few_steps_is_their_mean(
    collection: Any, fused: bool | None, is_known: bool, shape: tuple[int, ...]
) -> None:
    x = tf.placeholder(tf.float32, [None, *shape[1:]])
    trains: Any = True if is_known else tf.placeholder_with_default(True, [])
    y = tf.contrib.layers.batch_norm(
        x, 0.9, scale=True, is_training=trains, updates_collections=collection, fused=fused,
        zero_debias_moving_mean=True,
    )  # fmt: skip
    names = ["beta", "gamma", "moving_mean", "moving_variance"]
    names = [f"BatchNorm/{name}:0" for name in names]
    names += [f"BatchNorm/BatchNorm/moving_mean/{name}:0" for name in ("biased", "local_step")]
    assert [variable.name for variable in tf.global_variables()] == names  # as in TensorFlow 1.15.5
    updates = tf.get_collection(tf.GraphKeys.UPDATE_OPS)
    assert len(updates) == (0 if collection is None else 2)
    biased = np.zeros(3)
    axes = tuple(range(len(shape) - 1))
    with tf.Session() as session:
        session.run(tf.global_variables_initializer())
        for step in range(3):
            batch = _batch(step, shape)
            value = session.run([y, *updates], {x: batch})[0]
            deviation = np.sqrt(batch.var(axes) + 0.001)
            np.testing.assert_allclose(value, (batch - batch.mean(axes)) / deviation, rtol=1e-4, atol=1e-4)
            biased = 0.9 * biased + 0.1 * batch.mean(axes)
            mean = session.run(tf.global_variables()[2])
            np.testing.assert_allclose(mean, biased / (1 - 0.9 ** (step + 1)), rtol=1e-5)
        if not is_known:
            before = session.run(tf.global_variables())
            value = session.run([y, *updates], {x: batch, trains: False})[0]
            np.testing.assert_allclose(value, (batch - mean) / np.sqrt(before[3] + 0.001), rtol=1e-4, atol=1e-5)
            np.testing.assert_array_equal(np.hstack(session.run(tf.global_variables())), np.hstack(before))
