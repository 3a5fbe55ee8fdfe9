"""What the Keras that is a library of its own (2.3, with TensorFlow below) asks of `tf.keras.backend` and modules."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest

import sessile as tf
from sessile.hook.extras import graphs, keras_utilities

K = tf.keras.backend


@pytest.fixture(autouse=True)
def _clear() -> Iterator[None]:
    K.clear_session()
    yield
    K.clear_session()


def test_fetches_of_a_function_run() -> None:
    x, y = K.variable(0.0), K.variable(0.0)
    a, b = K.placeholder(shape=()), K.placeholder(shape=())
    call = K.function([a, b], [a + b], updates=[(x, a + 1.0)], fetches=[K.update(y, 5.0)])
    assert call([10.0, 20.0]) == [30.0]
    assert K.get_session().run([x, y]) == [11.0, 5.0]


def test_feeds_of_a_function_are_read_at_each_call() -> None:
    a, b = K.placeholder(shape=()), K.placeholder(shape=())
    feeds = {b: 3.0}
    call = K.function([a], [a * b], feed_dict=feeds)
    assert call([2.0]) == [6.0]
    feeds[b] = 4.0
    assert call([2.0]) == [8.0]


def test_metadata_of_a_function_are_filled() -> None:
    a = K.placeholder(shape=())
    metadata = tf.RunMetadata()
    options = tf.RunOptions(output_partition_graphs=True)
    assert K.function([a], [a + 1.0], options=options, run_metadata=metadata)([1.0]) == [2.0]
    assert len(metadata.partition_graphs) > 0
    with pytest.raises(ValueError, match="not supported at this time: .'colour'"):
        K.function([a], [a], colour=1)


def test_a_variable_given_to_a_function_is_its_value() -> None:
    a, b = K.placeholder(shape=(2,)), K.placeholder(shape=(2,))
    found = K.function([a, b], [a + b])([K.ones((2,)), np.array([1.0, 2.0])])
    np.testing.assert_array_equal(found[0], [2.0, 3.0])


def test_classes_may_be_along_another_axis() -> None:
    probabilities = tf.constant([[0.05, 0.1], [0.95, 0.8], [0.0, 0.1]])
    loss = K.sparse_categorical_crossentropy(tf.constant([0, 1]), probabilities, axis=0)
    np.testing.assert_allclose(K.eval(loss), -np.log([0.05, 0.8]), rtol=1e-5)


def test_variables_can_be_initialized_by_hand() -> None:
    v = K.variable(3.0)
    K.manual_variable_initialization(True)
    try:
        with pytest.raises(tf.errors.FailedPreconditionError):
            K.get_session().run(v)
    finally:
        K.manual_variable_initialization(False)
    assert K.eval(v) == 3.0


def test_a_learning_phase_holds_within_its_block() -> None:
    before = K.learning_phase()
    with K.learning_phase_scope(1):
        assert K.learning_phase() == 1
    assert K.learning_phase() is before


def test_the_product_of_many_axes() -> None:
    x, y = np.ones((2, 3, 4), "f"), np.ones((5, 4, 6), "f")
    assert K.dot(K.variable(x), K.variable(y)).shape.as_list() == [2, 3, 5, 6]


def test_an_operation_of_a_library_learns_its_device() -> None:
    class Asks:
        device: Any = None

        def _set_device_from_string(self, name: str) -> None:
            self.device = name

    asking, other = Asks(), Asks()
    tf.get_default_graph()._apply_device_functions(other)
    with tf.device("/cpu:0"):
        tf.get_default_graph()._apply_device_functions(asking)
    assert (asking.device, other.device) == ("/device:CPU:0", None)


def test_what_depends_on_an_input_is_found() -> None:
    x, v = K.placeholder(shape=()), K.variable(1.0)
    y, z = x * 2.0, v + 1.0
    assert {y, y.op} <= keras_utilities.get_reachable_from_inputs([x])
    assert z not in keras_utilities.get_reachable_from_inputs([x])
    assert z in keras_utilities.get_reachable_from_inputs([v], targets=[z])
    assert graphs.is_dense_tensor_like(v) and not isinstance(v, graphs._TensorLike)


def test_a_range_from_a_decided_branch() -> None:
    start = tf.constant(1)
    chosen = tf.cond(start < 0, lambda: tf.constant(0), lambda: start)
    with tf.Session() as session:
        np.testing.assert_array_equal(session.run(tf.range(chosen, 4)), [1, 2, 3])
