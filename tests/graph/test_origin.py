"""Where an operation was made: the user's line, in tracebacks and in errors."""

from __future__ import annotations

import pytest

import sessile as tf

pytestmark = pytest.mark.ours  # TensorFlow says this in other words


def make() -> tf.Tensor:
    """Build something, in a line the tests know."""
    return tf.constant([1.0]) + tf.constant([2.0])  # the line


LINE = make.__code__.co_firstlineno + 2


def test_created_at_is_the_users_line() -> None:
    """The file, the line and the function that called the library."""
    assert make().op.created_at == f"{__file__}:{LINE} in make"


def test_traceback_ends_at_the_users_line() -> None:
    """The outermost frame first, the user's call last."""
    frames = make().op.traceback
    assert (frames[-1].filename, frames[-1].lineno, frames[-1].name) == (__file__, LINE, "make")
    assert frames[-1].line.startswith("return tf.constant")
    assert frames[-2].name == "test_traceback_ends_at_the_users_line"


def test_shape_errors_name_the_users_line() -> None:
    """A contradiction while building names operation, shapes and line."""
    with pytest.raises(ValueError) as caught:
        tf.constant([1.0, 2.0]) + tf.constant([1.0, 2.0, 3.0])
    text = str(caught.value)
    assert "'add'" in text and "[2], [3]" in text and f"created at {__file__}" in text


def test_a_failed_operation_leaves_the_graph_as_it_was() -> None:
    """Nothing half-made stays behind."""
    x = tf.constant([1.0, 2.0])
    y = tf.constant([1.0, 2.0, 3.0])
    before = tf.get_default_graph().get_operations()
    with pytest.raises(ValueError):
        tf.add(x, y)
    assert tf.get_default_graph().get_operations() == before
    assert x.consumers() == []


def test_unknown_names_offer_near_ones() -> None:
    """A misspelt name is answered with what exists."""
    tf.constant(1, name="weights")
    with pytest.raises(KeyError, match="weights"):
        tf.get_default_graph().get_operation_by_name("wieghts")
