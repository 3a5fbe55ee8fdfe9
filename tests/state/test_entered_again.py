"""Blocks that are objects are entered again, as TensorFlow 1.15 has it (Tensorforce keeps a variable scope)."""

from __future__ import annotations

import copy
from typing import Any

import pytest

import sessile as tf


def _made() -> tuple[str, str]:
    """The names of an operation and of a variable that are made here."""
    number = len(tf.global_variables())
    return tf.constant(1).name, tf.get_variable(f"w{number}", [1]).name


@pytest.fixture(autouse=True)
def graph() -> Any:
    """A graph of its own for each test."""
    with tf.Graph().as_default() as own:
        yield own


def test_a_variable_scope_is_entered_again_behind_the_scope_around() -> None:
    scope = tf.variable_scope("v")
    made = []
    for outer in ("x", "y", "x"):
        with tf.variable_scope(outer), scope as opened:
            made.append((*_made(), opened.name, opened.original_name_scope))
            assert opened is tf.get_variable_scope()
    assert made == [
        ("x/v/Const:0", "x/v/w0:0", "x/v", "x/v/"),
        ("y/v/Const:0", "y/v/w1:0", "y/v", "x/v/"),
        ("x_1/v/Const:0", "x/v/w2:0", "x/v", "x/v/"),
    ]


def test_a_default_name_is_made_unique_once() -> None:
    scope = tf.variable_scope(None, default_name="v")
    made = []
    for _ in range(2):
        with scope:
            made.append(_made())
    with tf.variable_scope(None, default_name="v"):
        made.append(_made())
    assert made == [("v/Const:0", "v/w0:0"), ("v_1/Const:0", "v/w1:0"), ("v_2/Const:0", "v_1/w2:0")]


def test_an_opened_scope_without_a_name_scope_goes_back_to_the_first_one() -> None:
    with tf.variable_scope("v") as opened:
        pass
    again = tf.variable_scope(opened, auxiliary_name_scope=False)
    made = []
    for _ in range(2):
        with tf.variable_scope("o"), again:
            made.append(_made())
    assert made == [("o/Const:0", "v/w0:0"), ("o/Const_1:0", "v/w1:0")]


def test_what_was_set_in_a_scope_by_name_is_forgotten() -> None:
    scope = tf.variable_scope("v", initializer=tf.ones_initializer())
    with scope as opened:
        opened.reuse_variables()
        opened.set_initializer(tf.zeros_initializer())
    with scope as opened:
        assert opened.reuse is False
        assert isinstance(opened.initializer, tf.ones_initializer)


def test_a_scope_within_itself_is_refused_when_it_is_left() -> None:
    scope = tf.variable_scope("v")
    with pytest.raises(RuntimeError, match=r"Improper nesting of variable_scope\."), scope, scope:
        assert tf.get_variable_scope().name == "v/v"
    assert tf.get_variable_scope().name == ""


def test_a_scope_is_of_the_graph_it_was_made_in_and_a_class() -> None:
    with tf.Graph().as_default() as other:
        scope = tf.variable_scope("v")
    with scope:
        assert tf.constant(1).graph is other
    assert tf.get_default_graph() is not other

    class Own(tf.variable_scope):
        def __init__(self) -> None:
            super().__init__("own")

    with Own():
        assert _made() == ("own/Const:0", "own/w0:0")


@pytest.mark.parametrize(
    ("arguments", "kind", "text"),
    [
        ({"name_or_scope": None}, TypeError, "If default_name is None then name_or_scope is required"),
        ({"name_or_scope": "a", "reuse": 3}, ValueError, "The reuse parameter must be True or False or None."),
    ],
)
def test_arguments_are_refused_before_a_scope_is_entered(arguments: Any, kind: type[Exception], text: str) -> None:
    with pytest.raises(kind, match=text):
        tf.variable_scope(**arguments)


def test_auto_reuse_stays_itself_in_copies() -> None:
    assert copy.deepcopy({"reuse": tf.AUTO_REUSE})["reuse"] is tf.AUTO_REUSE
    assert str(tf.AUTO_REUSE) == "_ReuseMode.AUTO_REUSE"


def test_control_dependencies_are_those_of_the_block_around_where_they_are_entered() -> None:
    first, second = tf.constant(1, name="first"), tf.constant(2, name="second")
    block, none = tf.control_dependencies([first]), tf.control_dependencies(None)

    def waits_for() -> list[str]:
        return [operation.name for operation in tf.no_op().control_inputs]

    with tf.control_dependencies([second]):
        with block:
            assert waits_for() == ["second", "first"]
        assert waits_for() == ["second"]
    with block:
        assert waits_for() == ["first"]
        with none:
            assert waits_for() == []
            with block:
                assert waits_for() == ["first"]
            assert waits_for() == []
        assert waits_for() == ["first"]
    with none:
        assert waits_for() == []
    assert waits_for() == []


def test_names_of_keras_are_known_each_time() -> None:
    scope = tf.keras.utils.CustomObjectScope({"mine": tf.nn.relu})
    for _ in range(2):
        with scope:
            assert tf.keras.activations.get("mine") is tf.nn.relu
        with pytest.raises(ValueError, match="mine"):
            tf.keras.activations.get("mine")
    assert isinstance(tf.keras.utils.custom_object_scope({}), tf.keras.utils.CustomObjectScope)
