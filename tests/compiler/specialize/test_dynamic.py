"""Plans in stages: shapes that depend on data, strings, effects, and groups that numba fails on."""

from __future__ import annotations

import warnings
from typing import Any

import numpy as np
import pytest
from sessile.compiler.partition.schedule import Region
from sessile.compiler.step import variant
from sessile.ops.base import errors

import sessile as tf
from tests.compiler.programs import State, agree, numbered, program, same, step


def vector() -> Any:
    """Return a placeholder of one axis of any size."""
    return tf.placeholder(tf.float32, [None])


def stages(made: Any) -> list[str]:
    """Return the stages of a program: `region`, or the type of an interpreted operation; constants left out."""
    rows = ["region" if isinstance(s, Region) else s.op_def.name for s in made.staged.stages]
    return [row for row in rows if row != "Const"]


def test_a_shape_that_depends_on_data_cuts_the_plan() -> None:
    x = vector()
    kept = tf.boolean_mask(tf.exp(x), x > 0.0)
    made = program([x], [kept * 2.0, tf.reduce_sum(kept), x + 1.0])
    for count in (5, 5, 8, 1, 0):
        agree(made, numbered(count), ulp=4)
    names = stages(made)
    assert names[0] == names[-1] == "region" and "Where" in names


def test_unique_and_what_follows_it() -> None:
    x = vector()
    values, index = tf.unique(tf.abs(x))
    made = program([x], [values * 2.0, index + 1, tf.reduce_max(values)])
    call = step(made)
    for data in ([1, -1, 2], [3, 3, 3], [5, 4, 3, 2]):
        same(call(data), agree(made, np.float32(data)))


def test_two_cuts_are_learnt_in_turn() -> None:
    x = vector()
    first = tf.boolean_mask(x, x > 0.0) + 1.0
    second = tf.boolean_mask(first, first > 3.0) * 2.0
    made = program([x], [second])
    for _ in range(4):
        agree(made, numbered(9))
    assert stages(made).count("Where") == 2


def test_strings_stand_between_regions() -> None:
    x = vector()
    words = tf.constant([b"a", b"b", b"c"])
    order = tf.cast(tf.abs(x), tf.int32)
    made = program([x], [tf.reshape(words, tf.shape(order)), tf.exp(tf.cast(order, tf.float32))])
    for _ in range(2):
        results = made.run_compiled([np.float32([1, -2, 3])], None)
        assert results[0].tolist() == [b"a", b"b", b"c"]
        same(results[1:], made.interpret([np.float32([1, -2, 3])], None)[1:], ulp=4)


def test_a_scalar_string_is_bytes() -> None:
    word = tf.reshape(tf.placeholder(tf.string, [1]), [])
    fed = np.array([b"word"], object)
    made = program([word.op.inputs[0]], [word])
    assert made.run_compiled([fed], None) == made.interpret([fed], None) == [b"word"]


# Effects.


def test_effects_happen_in_order_and_once_even_when_a_cut_is_learnt() -> None:
    x = vector()
    seen: list[float] = []

    def note(value: Any) -> Any:
        seen.append(float(value))
        return value

    first = tf.py_func(note, [tf.reduce_sum(x)], tf.float32)
    with tf.control_dependencies([first]):
        kept = tf.boolean_mask(x * 2.0, x > 0.0)
        second = tf.py_func(note, [tf.reduce_sum(kept) + 1.0], tf.float32)
    with tf.control_dependencies([second]):
        third = tf.py_func(note, [tf.constant(3.0)], tf.float32)
    made = program([x], [kept, third])
    for run in (made.interpret, made.run_compiled, made.run_compiled, made.run_compiled):
        seen.clear()
        kept_values = run([np.float32([1, -1, 2])], State(x.graph))[0]
        assert kept_values.tolist() == [2, 4] and seen == [2, 7, 3]


def test_variables_between_regions() -> None:
    x = vector()
    variable = tf.Variable(np.float32([0, 0, 0]))
    update = tf.assign_add(variable, tf.exp(x) * 0.0 + x)
    with tf.control_dependencies([update]):
        read = variable + 1.0
    made = program([x], [read * 2.0])
    state = State(x.graph)
    program([], [], [variable.initializer]).run([], state)
    data = np.float32([1, 2, 3])
    for number, run in enumerate((made.interpret, made.run_compiled, made.run_compiled, step(made, state=state)), 1):
        result = run(data) if number == 4 else run([data], state)
        np.testing.assert_array_equal(result[0], (number * data + 1) * 2)


def test_a_failed_assertion_keeps_later_effects_from_happening() -> None:
    x = vector()
    variable = tf.Variable(np.float32(1))
    check = tf.Assert(tf.reduce_sum(tf.exp(x)) < 0.0, [x])
    with tf.control_dependencies([check]):
        update = tf.assign(variable, 5.0)
    made = program([x], [], [update])
    for run in (made.interpret, made.run_compiled, made.run_compiled):
        state = State(x.graph)
        program([], [], [variable.initializer]).run([], state)
        with pytest.raises(errors.InvalidArgumentError, match="assertion failed"):
            run([np.float32([1])], state)
        assert program([], [variable.value()]).run([], state) == [1]


# Errors.


def test_errors_have_the_same_text_and_fields_however_they_run() -> None:
    x, y = tf.placeholder(tf.float32, [None, None]), tf.placeholder(tf.float32, [None, None])
    made = program([x, y], [tf.exp(tf.add(x, y, name="tower/add"))])
    call = step(made)
    arrays = [numbered(2, 3), numbered(4, 3)]
    call(arrays[0], arrays[0])
    caught = []
    for run in (lambda: made.interpret(arrays, None), lambda: made.run_compiled(arrays, None), lambda: call(*arrays)):
        with pytest.raises(errors.InvalidArgumentError) as info:
            run()
        caught.append(info.value)
    for error in caught:
        assert str(error) == str(caught[0])
        assert error.op.name == "tower/add" and error.shapes == ((2, 3), (4, 3))  # type: ignore[attr-defined]
        assert "Add 'tower/add'" in str(error) and "test_dynamic.py:" in str(error)


def test_a_failing_kernel_between_groups_is_located() -> None:
    x = tf.placeholder(tf.int32, [None])
    made = program([x], [tf.floordiv(x * 2, x - 1, name="div") + 1])
    agree(made, np.int32([5, 7]))
    for run in (made.interpret, made.run_compiled):
        with pytest.raises(errors.InvalidArgumentError, match="FloorDiv 'div'"):
            run([np.int32([5, 1])], None)
    agree(made, np.int32([5, 7]))


def test_out_of_memory_in_a_region_is_a_resource_error() -> None:
    x, y = tf.placeholder(tf.float32, [None, 1]), tf.placeholder(tf.float32, [1, None])
    made = program([x, y], [x + y])
    arrays = [np.zeros((1 << 23, 1), np.float32), np.zeros((1, 1 << 23), np.float32)]
    for run in (made.interpret, made.run_compiled):
        with pytest.raises(errors.ResourceExhaustedError, match="AddV2"):
            run(arrays, None)


# Groups that cannot be compiled.


def test_a_group_that_numba_fails_on_is_interpreted_with_a_warning(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(requests: Any) -> Any:
        return [NotImplementedError("no such thing") for _ in requests]

    monkeypatch.setattr(variant, "compile_kernels", fail)
    x = tf.placeholder(tf.float32, [None, None])
    result = tf.reduce_sum(tf.exp(x, name="tower/exp"), 1) + 1.0
    made = program([x], [tf.matmul(x, x, transpose_b=True), result, tf.shape(x)])
    with pytest.warns(RuntimeWarning, match="tower/exp.*NotImplementedError: no such thing"):
        made.run_compiled([numbered(2, 3)], None)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        agree(made, numbered(2, 3))
        agree(made, numbered(5, 3))
    with pytest.warns(RuntimeWarning, match="tower/exp"):
        same(step(program([x], [result]))(numbered(2, 3)), program([x], [result]).interpret([numbered(2, 3)], None))
