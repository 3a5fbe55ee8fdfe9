"""A step is a list of actions: what a plan becomes, where its values lie, and what both printers make of it."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from sessile.compiler.machine import abi
from sessile.compiler.native.step import assemble, table_for
from sessile.compiler.program.choice import portable_step, refusal
from sessile.compiler.step import actions as act
from sessile.compiler.step.builder import Builder, Wanted
from sessile.compiler.step.portable import PortablePrinter
from sessile.compiler.step.state import StatefulBuilder
from sessile.compiler.step.text import actions_text

import sessile as tf
from tests.compiler.programs import State, lines, numbered, program, step, variant_of


def region_text(made: Any, *arrays: Any, **options: Any) -> str:
    """Return the text of the step of a one-region program for these arguments."""
    variant = variant_of(made, *arrays).compile()
    return actions_text(Builder(Wanted(variant, made.plan.inputs, made.plan.outputs, **options)).build()).strip()


def stateful_list(made: Any, state: Any, *arrays: Any, **options: Any) -> act.ActionList:
    """Return the list of actions of a program with variables, which have values in `state`."""
    plan = made.stateful
    cells = plan.cells(state)
    known = {**dict(zip(plan.plan.inputs, arrays)), **{v: cells[root].value for root, v in plan.reads.items()}}
    variant = plan.program.variant_for([known[value] for value in plan.program.region.inputs])
    return StatefulBuilder(Wanted(variant, plan.plan.inputs, plan.outputs, **options), plan, cells, state).build()


def test_checks_bindings_and_guards_come_before_memory() -> None:
    x, y = tf.placeholder(tf.float32, [None, 4], name="x"), tf.placeholder(tf.float32, [None, 4], name="y")
    made = program([x, y], [x * y])
    assert region_text(made, numbered(3, 4), numbered(3, 4)) == lines("""
        CheckCount 2
        CheckArray %x argument 0 2 True
        Bind s0 %x 0
        CheckExtent %x 1 4
        CheckArray %y argument 1 2 True
        Bind s1 %y 0
        CheckExtent %y 1 4
        Guard s0 == s1
        Make %1 %1 array
        Launch %1 = kernel(%x, %y) 'let go'
        Return (%1) (0) ()
    """)


def test_an_argument_that_nothing_needs_is_checked() -> None:
    x, unused = tf.placeholder(tf.float32, [3], name="x"), tf.placeholder(tf.int32, [], name="unused")
    assert "CheckUnused %unused 1" in region_text(program([x, unused], [x + 1.0]), numbered(3), np.int32(0))


def test_the_clock_is_looked_at_around_every_item() -> None:
    x = tf.placeholder(tf.float32, [None], name="x")
    made = program([x], [tf.exp(x)])
    without = region_text(made, numbered(3)).splitlines()
    traced = region_text(made, numbered(3), clock="array").splitlines()
    assert [line for line in traced if "Stamp" in line] == ["Stamp 0", "Stamp 1"]
    assert [line for line in traced if "Stamp" not in line and "TakeRecord" not in line][1:] == without[1:]
    told = region_text(made, numbered(3), clock="message")
    assert "TakeRecord 1 3" in told and "CheckTold s0 1" in told and "FillMessage 2 1" in told


def test_intermediates_lie_in_slots_and_arrays_go_after_their_last_use() -> None:
    x = tf.placeholder(tf.float32, [None, 4], name="x")
    inner = tf.cumsum(tf.exp(x))  # called back in Python: takes and returns array objects
    made = program([x], [tf.reduce_sum(tf.cumsum(inner) * 2.0, 1)])
    text = region_text(made, numbered(3, 4))
    callbacks = [line for line in text.splitlines() if line.startswith("CallBack")]
    assert len(callbacks) == 2
    first = text.index(callbacks[0])
    assert "Release" in text[first : text.index(callbacks[1])]  # the exponentials
    assert "Release" in text[text.index(callbacks[1]) :]  # the first sums
    products = program([x], [tf.matmul(tf.matmul(x, tf.eye(4)) + 1.0, tf.eye(4)) * 2.0])
    if "Multiply" in region_text(products, numbered(3, 4)):
        assert "MakeArena" in region_text(products, numbered(3, 4))


def test_a_portable_list_has_no_arena_and_lets_go_of_everything() -> None:
    x = tf.placeholder(tf.float32, [None, 4], name="x")
    made = program([x], [tf.matmul(tf.matmul(x, tf.eye(4)) + 1.0, tf.eye(4)) * 2.0])
    text = region_text(made, numbered(3, 4), is_portable=True)
    assert "MakeArena" not in text and "Multiply" not in text
    assert text.count("CallBack MatMul") == 2 and "Release" in text
    np.testing.assert_allclose(portable_step(variant_of(made, numbered(3, 4)).compile())(numbered(3, 4))[0],
                               (numbered(3, 4) + 1) * 2)  # fmt: skip


def test_a_portable_step_leaves_what_it_cannot_read() -> None:
    """What is not dense, another rank, no array."""
    x = tf.placeholder(tf.float32, [None, None], name="x")
    call = portable_step(variant_of(program([x], [x * 2.0]), numbered(3, 4)).compile())
    assert call(numbered(4, 3))[0].tolist() == (numbered(4, 3) * 2).tolist()
    for given in (numbered(4, 3).T, numbered(4, 6)[:, ::2], numbered(12), np.float32(3)):
        assert call(given) is None


def test_a_variable_is_updated_by_two_lists() -> None:
    x = tf.placeholder(tf.float32, [3], name="x")
    w = tf.Variable(np.ones(3, np.float32), name="w")
    state = State(x.graph)
    program([], [], [w.initializer]).run([], state)
    listed = stateful_list(program([x], [], [w.assign_sub(x * 0.5)]), state, numbered(3))
    (choice,) = [action for action in listed.actions if isinstance(action, act.InPlace)]
    assert [type(action) for action in choice.fresh] == [type(action) for action in choice.alone] == [act.Launch]
    fresh, alone = choice.fresh[0].kernel, choice.alone[0].kernel
    assert len(fresh.arguments) == len(alone.arguments) + 1  # in place the old value is no argument
    kinds = [type(action) for action in listed.actions]
    places = [kinds.index(kind) for kind in (act.MakeSpares, act.Confirm, act.InPlace, act.WriteCell)]
    assert places == sorted(places)


def test_the_portable_printer_has_no_words_for_variables() -> None:
    x = tf.placeholder(tf.float32, [3], name="x")
    w = tf.Variable(np.ones(3, np.float32), name="w")
    state = State(x.graph)
    program([], [], [w.initializer]).run([], state)
    listed = stateful_list(program([x], [w * x]), state, numbered(3), is_portable=True)
    with pytest.raises(NotImplementedError, match="no words for the action CheckIdle"):
        PortablePrinter(listed)


def test_every_action_has_native_words() -> None:
    kinds = {kind for kind in vars(act).values() if isinstance(kind, type) and issubclass(kind, act.Action)}
    for_python = {act.Action, act.Adopt, act.Interpret}
    none: Any = None
    loading = [act.Slide(none), act.Multiply(none), act.Draw(none), act.ReadCell(none), act.TakeRecord(0, 0)]
    assert set(table_for(loading)) == kinds - for_python


@pytest.mark.skipif(not abi.available(), reason="no native steps here")
def test_results_that_extents_tell_are_written_down() -> None:
    """A step that returns a shape is native, and so is a region that does: that of a loop's turn, say."""
    x = tf.placeholder(tf.float32, [None, 3], name="x")
    size = tf.shape(x, out_type=tf.int64)[0]
    made = program([x], [x * 2.0, tf.shape(x), size, tf.range(tf.shape(x)[0] + 1)])
    variant = variant_of(made, numbered(4, 3)).compile()
    assert refusal(variant, made.plan.outputs) is None
    assert region_text(made, numbered(4, 3)).count("MakeKnown") == 2  # the range is computed
    with tf.Session() as sess:
        call = sess.make_callable([x * 2.0, tf.shape(x), size, tf.rank(x)], [x])
        for count in (4, 4, 2, 0):
            _, shape, first, rank = call(numbered(count, 3))
            assert (shape.tolist(), first, rank) == ([count, 3], count, 2)
            assert (shape.dtype, type(first), type(rank)) == (np.int32, np.int64, np.int32)
            shape[0] = 9  # it is the user's own


@pytest.mark.skipif(not abi.available(), reason="no native steps here")
def test_why_a_variant_has_no_native_step() -> None:
    x = tf.placeholder(tf.float32, [None], name="x")
    made = program([x], [x + 1.0, x])
    variant = variant_of(made, numbered(3)).compile()
    assert "argument" in str(refusal(variant, made.plan.outputs))
    assert refusal(variant, made.plan.outputs[:1]) is None
    assert refusal(variant, [made.plan.outputs[0]] * 2) == "a value is wanted twice"
    assert refusal(variant, []) == "nothing is returned"
    variant.compiled.clear()
    assert refusal(variant, made.plan.outputs[:1]) == "a group could not be compiled"


def test_a_group_that_could_not_be_compiled_is_interpreted_in_place_of_its_kernel() -> None:
    x = tf.placeholder(tf.float32, [None, 4], name="x")
    made = program([x], [tf.matmul(tf.exp(x), tf.eye(4)) + 1.0])
    variant = variant_of(made, numbered(3, 4)).compile()
    expected = portable_step(variant)(numbered(3, 4))[0]
    variant.compiled.clear()
    np.testing.assert_allclose(portable_step(variant)(numbered(3, 4))[0], expected, rtol=1e-6)


@pytest.mark.skipif(not abi.available(), reason="no native steps here")
def test_what_only_one_of_two_branches_computes_is_not_used_behind_them() -> None:
    """LLVM refuses such code, and the plan would run in stages."""
    x = tf.placeholder(tf.float32, [None, None], name="x")
    w = tf.Variable(np.ones((2, 3), np.float32), validate_shape=False, name="w")
    state = State(x.graph)
    program([], [], [w.initializer]).run([], state)
    made = program([x], [tf.reduce_sum(x, 0)], [w.assign(w * tf.reduce_sum(x))])
    listed = stateful_list(made, state, numbered(2, 3), flag=state.closed)
    assert any(isinstance(action, act.InPlace) for action in listed.actions)
    assert assemble(listed) is not None


def test_an_update_waits_until_the_others_have_read_the_old_value() -> None:
    """One loop stored a variable's new elements before it read the old ones for another variable."""
    v, w = (tf.Variable(np.full(3, start, np.float32)) for start in (1.0, 10.0))
    state = State(v.graph)
    program([], [], [v.initializer, w.initializer]).run([], state)
    old, twice = w.value(), v + v
    with tf.control_dependencies([old, twice]):
        made = program([], [], [v.assign(old - twice * 0.5), w.assign(twice)])
    read = program([], [v.value(), w.value()])
    for _ in range(3):
        (first, second) = read.interpret([], state)
        step(made, state=state)()
        np.testing.assert_array_equal(read.interpret([], state), [second - first, 2 * first])
