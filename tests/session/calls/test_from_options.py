"""Callables of a `CallableOptions` message: what Keras 2.2 runs its steps by. Values as TensorFlow 1.15 gives them."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from sessile.ops.proto import CallableOptions

import sessile as tf


def options(**fields: Any) -> Any:
    """A message that feeds x and fetches y and the variable, and counts the variable up."""
    return CallableOptions(**{"feed": ["x:0"], "fetch": ["y:0", "v/read:0"], "target": ["count"], **fields})


@pytest.fixture
def session() -> Any:
    x, v = tf.placeholder(tf.float32, [None], name="x"), tf.Variable(0.0, name="v")
    tf.multiply(x, 2.0, name="y")
    with tf.control_dependencies([tf.assign_add(v, 1.0)]):
        tf.no_op(name="count")
    with tf.Session() as sess:
        sess.run(tf.global_variables_initializer())
        yield sess


def test_a_list_of_what_is_fetched(session: Any) -> None:
    call = session._make_callable_from_options(options())
    for turn in range(3):
        found = call(np.array([turn, 2.0], np.float32))
        assert type(found) is list and len(found) == 2
        np.testing.assert_array_equal(found[0], [2 * turn, 4])
    assert session.run("v:0") == 3.0


def test_bytes_and_names_without_numbers(session: Any) -> None:
    call = session._make_callable_from_options(options(feed=["x"], fetch=["y"]).SerializeToString())
    np.testing.assert_array_equal(call([1.0])[0], [2.0])


def test_traces(session: Any) -> None:
    metadata = tf.RunMetadata()
    traced = options(run_options=tf.RunOptions(trace_level=tf.RunOptions.FULL_TRACE))
    call = session._make_callable_from_options(traced)
    np.testing.assert_array_equal(call([1.0], run_metadata=metadata)[0], [2.0])
    assert metadata.step_stats.dev_stats
    plain = session._make_callable_from_options(options())
    np.testing.assert_array_equal(plain([1.0], run_metadata=tf.RunMetadata())[0], [2.0])


def test_one_tensors_value_for_another(session: Any) -> None:
    session.run("v/Assign", {"v/initial_value:0": 5.0})
    linked = options(fetch=["y:0"], target=[])
    link = linked.tensor_connection.add()
    link.from_tensor, link.to_tensor = "v/read:0", "y/y:0"
    np.testing.assert_array_equal(session._make_callable_from_options(linked)([1.0, 5.0])[0], [5.0, 25.0])


def test_wrong_names_and_counts(session: Any) -> None:
    for wrong in ({"feed": ["nope:0"]}, {"fetch": ["nope:0"]}, {"target": ["nope"]}):
        with pytest.raises(tf.errors.InvalidArgumentError, match="nope.*was not found"):
            session._make_callable_from_options(options(**wrong))
    call = session._make_callable_from_options(options())
    with pytest.raises(tf.errors.InvalidArgumentError, match="Expected 1 feed tensors, but got 2"):
        call([1.0], [2.0])
    assert session.run("v:0") == 0.0
