"""Optimizers that programs derive from Keras's: their hyperparameters, slots and updates."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import sessile as tf


class Heavy(tf.keras.optimizers.Optimizer):  # type: ignore[misc, unused-ignore]
    """Momentum, written as TensorFlow 1.15's own optimizers are."""

    def __init__(self, learning_rate: Any = 0.1, momentum: float = 0.5, name: str = "Heavy", **kwargs: Any) -> None:
        super().__init__(name, **kwargs)
        self._set_hyper("learning_rate", kwargs.get("lr", learning_rate))
        self._set_hyper("decay", self._initial_decay)
        self._set_hyper("momentum", momentum)

    def _create_slots(self, var_list: list[Any]) -> None:
        for variable in var_list:
            self.add_slot(variable, "speed", initializer="ones")

    def _resource_apply_dense(self, grad: Any, var: Any, apply_state: Any = None) -> Any:
        rate = apply_state[var.device, var.dtype.base_dtype]["lr_t"]
        speed = self.get_slot(var, "speed")
        moved = speed.assign(self._get_hyper("momentum", var.dtype) * speed + grad, use_locking=self._use_locking)
        return var.assign_sub(rate * moved)

    def _resource_apply_sparse(self, grad: Any, var: Any, indices: Any) -> Any:
        return self._resource_scatter_add(var, indices, -self._decayed_lr(var.dtype) * grad)

    def get_config(self) -> dict[str, Any]:
        names = ("learning_rate", "decay", "momentum")
        return {**super().get_config(), **{name: self._serialize_hyperparameter(name) for name in names}}


@pytest.fixture(autouse=True)
def _alone() -> None:
    tf.keras.backend.clear_session()


def test_a_dense_update_has_slots_and_a_falling_rate() -> None:
    weights = tf.Variable([1.0, 2.0], use_resource=True)
    optimizer = Heavy(0.5, decay=1.0)
    step = optimizer.minimize(lambda: tf.reduce_sum(weights * 3.0), [weights])
    assert optimizer._name == "Heavy" and Heavy(name=None)._name == "heavy"
    with tf.Session() as sess:
        sess.run(tf.global_variables_initializer())
        sess.run(step)
        assert sess.run(weights).tolist() == [1.0 - 0.5 * 3.5, 2.0 - 0.5 * 3.5]
        sess.run(step)
        np.testing.assert_allclose(sess.run(weights), np.array([1.0, 2.0]) - 0.5 * 3.5 - 0.25 * 4.75)
        assert sess.run(optimizer.iterations) == 2


def test_rows_are_changed_once_by_the_sum_of_their_gradients() -> None:
    table = tf.Variable([[1.0], [2.0], [3.0]], use_resource=True)
    step = Heavy(0.5).minimize(lambda: tf.reduce_sum(tf.gather(table, [2, 0, 2])), [table])
    with tf.Session() as sess:
        sess.run(tf.global_variables_initializer())
        sess.run(step)
        assert sess.run(table).tolist() == [[0.5], [2.0], [2.0]]


def test_a_model_is_trained_by_it_and_its_numbers_can_be_set() -> None:
    model = tf.keras.Sequential([tf.keras.layers.Dense(1, input_shape=(2,))])
    optimizer = Heavy(0.1, clipnorm=1.0)
    model.compile(optimizer, "mse")
    inputs = np.array([[1.0, 0.0], [0.0, 1.0]], np.float32)
    losses = model.fit(inputs, inputs[:, :1], epochs=20, verbose=0).history["loss"]
    assert losses[-1] < losses[0]
    optimizer.lr = 0.25
    again = Heavy.from_config(optimizer.get_config())
    assert again.get_config()["learning_rate"] == 0.25
    assert again.clipnorm == 1.0


def test_one_that_lacks_an_update_says_so() -> None:
    class Lazy(Heavy):
        _resource_apply_dense = tf.keras.optimizers.Optimizer._resource_apply_dense

    weights = tf.Variable(1.0, use_resource=True)
    with pytest.raises(NotImplementedError, match="Lazy has no _resource_apply_dense"):
        Lazy().minimize(lambda: weights * 2.0, [weights])


def test_slices_are_clipped_as_slices() -> None:
    slices = tf.IndexedSlices(tf.constant([[3.0], [4.0]]), tf.constant([1, 1]))
    clipped = tf.clip_by_norm(slices, 1.0)
    assert isinstance(clipped, tf.IndexedSlices)
    with tf.Session() as sess:
        np.testing.assert_allclose(sess.run(clipped.values), [[0.6], [0.8]], rtol=1e-6)
