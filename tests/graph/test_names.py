"""Names of operations and scopes are TensorFlow's."""

from __future__ import annotations

import pytest

import sessile as tf


def test_taken_names_are_numbered() -> None:
    """`x`, `x_1`, `x_2`; a name that was numbered by hand is skipped."""
    assert [tf.no_op(name="x").name for _ in range(3)] == ["x", "x_1", "x_2"]
    assert tf.no_op(name="x_1").name == "x_1_1"
    assert tf.no_op(name="y_1").name == "y_1"
    assert tf.no_op(name="y").name == "y"
    assert tf.no_op(name="y").name == "y_2"


def test_names_that_differ_in_case_only_are_taken() -> None:
    """A later file system could not tell them apart."""
    assert tf.no_op(name="Case").name == "Case"
    assert tf.no_op(name="case").name == "case_1"


def test_unnamed_operations_are_named_by_type() -> None:
    """Functions of one operation take its type, or their own name."""
    assert tf.no_op().name == "NoOp"
    assert tf.constant(1).op.name == "Const"
    assert tf.placeholder(tf.float32).op.name == "Placeholder"
    assert tf.identity(tf.constant(1)).op.name == "Identity"


def test_unique_name_marks_as_used() -> None:
    """Asking for a name takes it, unless told not to."""
    graph = tf.Graph()
    assert graph.unique_name("a") == "a"
    assert graph.unique_name("a", mark_as_used=False) == "a_1"
    assert graph.unique_name("a") == "a_1"
    with graph.name_scope("s"):
        assert graph.unique_name("a") == "s/a"


def test_name_scopes_nest() -> None:
    """Operations carry the scopes around them."""
    with tf.name_scope("outer") as outer:
        assert outer == "outer/"
        assert tf.no_op(name="a").name == "outer/a"
        with tf.name_scope("inner") as inner:
            assert inner == "outer/inner/"
            assert tf.no_op(name="a").name == "outer/inner/a"
        assert tf.no_op(name="a").name == "outer/a_1"
    assert tf.no_op(name="a").name == "a"


def test_scopes_entered_again_are_numbered() -> None:
    """Entering a scope by name makes a new one; by its full name with a slash the old one."""
    with tf.name_scope("s"):
        pass
    with tf.name_scope("s") as second:
        assert second == "s_1/"
    with tf.name_scope(second):
        assert tf.no_op(name="x").name == "s_1/x"
    with tf.name_scope("s/"):
        assert tf.no_op(name="x").name == "s/x"


def test_scope_none_goes_back_to_the_top() -> None:
    """`Graph.name_scope(None)` and an empty string leave all scopes."""
    graph = tf.get_default_graph()
    with graph.name_scope("s"):
        with graph.name_scope(None) as top:
            assert top == ""
            assert tf.no_op(name="x").name == "x"
        with graph.name_scope(""):
            assert tf.no_op(name="x").name == "x_1"
        assert graph.get_name_scope() == "s"
    assert graph.get_name_scope() == ""


def test_default_name_is_used_without_a_name() -> None:
    """`name_scope(name, default_name, values)` as functions of the library use it."""
    with tf.name_scope(None, "default") as scope:
        assert scope == "default/"
    with tf.name_scope("given", "default") as scope:
        assert scope == "given/"


def test_name_scope_takes_the_graph_of_its_values() -> None:
    """Values of another graph make that graph the default one inside."""
    other = tf.Graph()
    with other.as_default():
        value = tf.constant(1)
    with tf.name_scope("s", values=[value]):
        assert tf.get_default_graph() is other
    assert tf.get_default_graph() is not other


@pytest.mark.parametrize("name", ["bad name", "a:b", "ä", "_hidden", "-x", "/x"])
def test_bad_names_are_refused(name: str) -> None:
    """Names have letters, digits and `.`, `_`, `/`, `-`, `>`, and begin with a letter, a digit or a dot."""
    with pytest.raises(ValueError, match="not a valid"):
        tf.no_op(name=name)


@pytest.mark.parametrize("name", ["a.b", "1x", ".x", "a-b", "a/b", "a>b", "a\\b"])
def test_good_names_are_kept(name: str) -> None:
    """What is allowed stays as it is."""
    assert tf.no_op(name=name).name == name


@pytest.mark.parametrize("name", ["_s", "bad scope", "a:b"])
def test_bad_scopes_are_refused(name: str) -> None:
    """An outer scope begins as an operation's name does."""
    with pytest.raises(ValueError, match="is not a valid .*scope name"), tf.name_scope(name):
        pass


def test_inner_scopes_and_names_may_begin_with_an_underscore() -> None:
    """Only the beginning of the full name is bound."""
    with tf.name_scope("s"), tf.name_scope("_t"):
        assert tf.no_op(name="_x").name == "s/_t/_x"


def test_constants_made_from_arguments_lie_under_the_operation() -> None:
    """`x + 1` makes `add` and `add/y`."""
    total = tf.constant(1.0, name="x") + 1.0
    assert total.op.name == "add"
    assert [tensor.name for tensor in total.op.inputs] == ["x:0", "add/y:0"]
