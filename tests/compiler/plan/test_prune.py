"""Pruning: what a signature needs, cut at its feeds, in order, with the reads of variables at their places."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from sessile.compiler.plan.plan import Plan
from sessile.compiler.plan.verify import verify
from sessile.ops.base import errors

import sessile as tf
from tests.compiler.programs import State, lines, program, pruned, text


def types(plan: Plan) -> list[str]:
    """Return the operation types of a plan, constants left out."""
    return [i.op_def.name for i in verify(plan).instructions if not i.is_constant]


def test_only_what_the_fetches_need_is_kept() -> None:
    x = tf.placeholder(tf.float32, [2])
    needed = tf.exp(x)
    tf.tanh(x)
    assert types(pruned([x], [needed])) == ["Exp"]


def test_cut_at_feeds_inside_the_graph() -> None:
    x = tf.placeholder(tf.float32, [2], name="x")
    middle = tf.exp(x, name="middle")
    plan = pruned([middle], [tf.tanh(middle)])
    assert text(plan) == lines(
        """
        plan(%middle: f32[2]) -> %1
          %1: f32[2] = Tanh %middle {T=f32}
        """
    )


def test_a_fed_fetch_is_the_feed() -> None:
    x = tf.placeholder(tf.float32, [2], name="x")
    plan = pruned([x], [x, x])
    assert plan.instructions == () and plan.outputs == (plan.inputs[0], plan.inputs[0])


def test_one_output_fed_and_another_computed() -> None:
    x = tf.placeholder(tf.float32, [4])
    values, index = tf.unique(x)
    made = program([x, values], [values * 2.0, index])
    fed = np.float32([7, 8])
    twice, found = made.interpret([np.float32([1, 1, 2, 1]), fed], None)
    assert twice.tolist() == [14, 16] and found.tolist() == [0, 0, 1, 0]


def test_control_dependencies_are_kept_and_come_first() -> None:
    x = tf.placeholder(tf.float32, [])
    check = tf.Assert(x > 0, [x])
    with tf.control_dependencies([check]):
        y = tf.identity(x)
    assert types(pruned([x], [y])) == ["Greater", "Assert", "Identity"]


def test_a_control_edge_from_a_fed_placeholder_asks_for_nothing() -> None:
    x, y = tf.placeholder(tf.float32, []), tf.placeholder(tf.float32, [])
    with tf.control_dependencies([y]):
        z = tf.exp(x)
    assert types(pruned([x, y], [z])) == ["Exp"]
    with pytest.raises(errors.InvalidArgumentError):
        pruned([x], [z])


def test_a_missing_feed_names_the_placeholder_the_fetch_and_the_line() -> None:
    x = tf.placeholder(tf.float32, [None, 3], name="tower/x")
    y = tf.exp(x, name="y")
    z = tf.tanh(y, name="z")
    with pytest.raises(errors.InvalidArgumentError) as caught:
        pruned([], [z])
    error: Any = caught.value
    assert error.op is x.op and error.fetch == "z:0" and error.op.created_at == x.op.created_at
    assert "You must feed a value for placeholder tensor 'tower/x' with dtype float and shape [?,3]" in str(error)
    assert "test_prune.py:" in str(error) and "'z:0'" in str(error) and "tower/x:0" in str(error)
    with pytest.raises(errors.InvalidArgumentError) as caught:
        pruned([], [], [z])
    assert caught.value.fetch == "z"  # type: ignore[attr-defined]


def test_effects_stand_in_the_order_they_were_made() -> None:
    variable = tf.Variable(np.float32(1))
    ops = [tf.assign_add(variable, 1.0), tf.assign(variable, 5.0), tf.assign_add(variable, 2.0)]
    plan = pruned([], [], [ops[2], ops[0], ops[1]])
    assert [i for i in types(plan) if i.startswith("Assign")] == ["AssignAdd", "Assign", "AssignAdd"]


def test_edits_of_the_graph_can_ask_for_another_order() -> None:
    x = tf.placeholder(tf.float32, [])
    first, second = tf.exp(x), tf.tanh(x)
    first.op._update_input(0, second)
    assert types(pruned([x], [first])) == ["Tanh", "Exp"]
    assert np.isclose(program([x], [first]).interpret([np.float32(1)], None)[0], np.exp(np.tanh(1)))


def test_a_cycle_is_refused_and_named() -> None:
    x = tf.placeholder(tf.float32, [])
    first = tf.exp(x, name="first")
    second = tf.tanh(first, name="second")
    first.op._update_input(0, second)
    with pytest.raises(errors.InvalidArgumentError, match="cycle through first, second"):
        pruned([x], [second])
    assert types(pruned([first], [second])) == ["Tanh"], "feeding cuts the cycle"


# Variables.


def initialized(variable: Any) -> State:
    """Return the state of a session in which a variable is initialized."""
    state = State(variable.graph)
    program([], [], [variable.initializer]).interpret([], state)
    return state


def test_a_value_that_is_read_before_an_assignment_stays() -> None:
    variable = tf.Variable(np.float32(1))
    before = tf.multiply(variable, 1.0)
    with tf.control_dependencies([before]):
        update = tf.assign_add(variable, 10.0)
    with tf.control_dependencies([update]):
        after = tf.multiply(variable, 1.0)
    made = program([], [before, after])
    assert made.interpret([], initialized(variable)) == [1, 11]
    assert made.run_compiled([], initialized(variable)) == [1, 11]


def test_reads_without_an_assignment_between_are_one() -> None:
    variable = tf.Variable(np.float32([1, 2]))
    plan = pruned([], [tf.exp(variable) + variable, variable.value()])
    assert types(plan).count("_ReadReference") == 1


def test_a_read_operation_reads_where_it_is_used() -> None:
    """A step that runs after an assignment sees the assigned value, though the read was made before it."""
    variable = tf.Variable(np.float32(1))
    read = variable.value()
    update = tf.assign(variable, 7.0)
    with tf.control_dependencies([update]):
        after = tf.multiply(read, 2.0)
    made = program([], [after])
    assert made.interpret([], initialized(variable)) == [14]
    assert made.run_compiled([], initialized(variable)) == [14]


def test_a_fetched_variable_is_read_at_the_end_of_the_step() -> None:
    variable = tf.Variable(np.float32(1))
    update = tf.assign_add(variable, 1.0)
    made = program([], [variable.value(), update])
    state = initialized(variable)
    assert made.interpret([], state) == [2, 2] and made.run_compiled([], state) == [3, 3]


def test_a_fed_variable_is_not_read() -> None:
    variable = tf.Variable(np.float32(1))
    value = variable.value()
    assert types(pruned([value], [tf.exp(value)])) == ["Exp"]


def test_what_is_fetched_of_a_variable_does_not_change_with_it() -> None:
    variable = tf.Variable(np.float32([1, 2]))
    state = initialized(variable)
    for run in (program([], [variable.value()]).interpret, program([], [variable.value()]).run_compiled):
        kept = run([], state)[0]
        before = kept.copy()
        program([], [], [tf.assign_add(variable, [1.0, 1.0])]).interpret([], state)
        np.testing.assert_array_equal(kept, before)
        kept[0] = 99
        assert program([], [variable.value()]).interpret([], state)[0][0] != 99


def test_what_is_assigned_from_a_feed_does_not_change_with_it() -> None:
    variable = tf.Variable(np.float32([0, 0]))
    x = tf.placeholder(tf.float32, [2])
    made = program([x], [], [tf.assign(variable, x)])
    for run in (made.interpret, made.run_compiled):
        state = initialized(variable)
        fed = np.float32([1, 2])
        run([fed], state)
        fed[0] = 99
        assert program([], [variable.value()]).interpret([], state)[0].tolist() == [1, 2]
