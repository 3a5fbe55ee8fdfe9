"""The passes, each alone: the plan before and after, and equal values."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from sessile.compiler.executors.interpreter import Interpreter
from sessile.compiler.passes.dead import drop_dead
from sessile.compiler.passes.fold import fold_constants
from sessile.compiler.passes.merge import merge_duplicates
from sessile.compiler.passes.pipeline import optimize
from sessile.compiler.plan.plan import Plan
from sessile.compiler.plan.verify import verify
from sessile.ops.base import errors

import sessile as tf
from tests.compiler.programs import State, lines, pruned, same, text


def transformed(transform: Any, plan: Plan, *arrays: Any) -> str:
    """Return the text of a plan after a pass that must not change its values."""
    expected = Interpreter(plan).run(arrays, State())
    after = verify(transform(plan))
    same(Interpreter(after).run(arrays, State()), expected)
    return text(after)


def test_fold_evaluates_what_the_graph_alone_determines() -> None:
    x = tf.placeholder(tf.float32, [2], name="x")
    y = tf.multiply(tf.exp(tf.constant(0.0)) + 1.0, x)
    assert transformed(fold_constants, pruned([x], [y]), np.float32([1, 2])) == lines(
        """
        plan(%x: f32[2]) -> %5
          %1: f32[] = Const 0.0
          %2: f32[] = Const 1.0
          %3: f32[] = Const 1.0
          %4: f32[] = Const 2.0
          %5: f32[2] = Mul %4, %x {T=f32}
        """
    )


def test_fold_leaves_errors_to_the_run() -> None:
    wrong = tf.floordiv(tf.constant([1, 2]), tf.constant([0, 1]))
    plan = verify(fold_constants(pruned([], [wrong])))
    assert text(plan).endswith("%3: i32[2] = FloorDiv %1, %2 {T=i32}")
    with pytest.raises(errors.InvalidArgumentError):
        Interpreter(plan).run([], None)


def test_fold_leaves_effects_strings_and_large_results() -> None:
    printed = tf.Print(tf.constant(1.0), [], "x")
    large = tf.concat([tf.constant(np.zeros(1 << 15))] * 3, 0)
    words = tf.reshape(tf.constant([b"a", b"b"]), [1, 2])
    plan = fold_constants(pruned([], [printed, large, words]))
    assert [i.op_def.name for i in plan.instructions if not i.is_constant] == ["Print", "ConcatV2", "Reshape"]


def test_fold_gives_arrays_that_cannot_be_changed_and_users_get_their_own() -> None:
    from sessile.compiler.program.program import Program

    y = tf.constant([1.0, 2.0]) * 3.0
    made = Program(y.graph, [], [y], [], "on")
    for run in (made.interpret, made.run_compiled, made.interpret):
        result = run([], None)[0]
        assert result.tolist() == [3, 6] and result.flags.writeable
        result[:] = 0


def test_merge_keeps_one_of_equal_instructions() -> None:
    x = tf.placeholder(tf.float32, [2], name="x")
    y = tf.add(tf.exp(x) * 2.0, tf.exp(x) * 2.0)
    assert transformed(merge_duplicates, pruned([x], [y]), np.float32([1, 2])) == lines(
        """
        plan(%x: f32[2]) -> %7
          %1: f32[2] = Exp %x {T=f32}
          %2: f32[] = Const 2.0
          %3: f32[2] = Mul %1, %2 {T=f32}
          %7: f32[2] = Add %3, %3 {T=f32}
        """
    )


def test_merge_tells_attributes_types_and_bits_apart() -> None:
    x = tf.placeholder(tf.float32, [2, 3], name="x")
    values = [
        tf.reduce_sum(x, 0), tf.reduce_sum(x, 0, keepdims=True), tf.reduce_max(x, 0), tf.cast(x, tf.int32),
        tf.cast(x, tf.int64), x * 0.0, x * -0.0, x + np.float32(np.nan), tf.subtract(x, tf.exp(x)),
        tf.subtract(tf.exp(x), x),
    ]  # fmt: skip
    plan = merge_duplicates(pruned([x], values))
    assert len(set(plan.outputs)) == len(values)
    assert plan.outputs[8] is not plan.outputs[9]
    nan = merge_duplicates(pruned([x], [x + np.float32(np.nan), x + np.float32(np.nan)]))
    assert nan.outputs[0] is nan.outputs[1], "a NaN of the same bits is the same constant"


def test_merge_drops_identities_of_values() -> None:
    x = tf.placeholder(tf.float32, [2], name="x")
    y = tf.exp(tf.stop_gradient(tf.identity(tf.cast(x, tf.float32, name="same"))))
    assert transformed(merge_duplicates, pruned([x], [tf.identity(y), y]), np.float32([1, 2])) == lines(
        """
        plan(%x: f32[2]) -> %3, %3
          %3: f32[2] = Exp %x {T=f32}
        """
    )


def test_merge_drops_transpositions_that_move_nothing() -> None:
    """`tensordot` makes them, as TensorFlow's does; each would copy a batch of activations."""
    x = tf.placeholder(tf.float32, [2, 1, 3], name="x")
    assert "Transpose" not in str(merge_duplicates(pruned([x], [tf.transpose(x, [0, 1, 2]) * 2.0])))
    assert "Transpose" in str(merge_duplicates(pruned([x], [tf.transpose(x, [0, 2, 1]) * 2.0])))


def test_merge_keeps_every_effect() -> None:
    x = tf.placeholder(tf.float32, [], name="x")
    variable = tf.Variable(np.float32(0))
    plan = pruned([x], [tf.Print(x, []), tf.Print(x, [])], [tf.assign_add(variable, x), tf.assign_add(variable, x)])
    kept = [i.op_def.name for i in verify(merge_duplicates(plan)).instructions if i.effects.writes]
    assert kept == ["Print", "Print", "AssignAdd", "AssignAdd"]


def test_dead_code_is_dropped_and_effects_keep_what_they_need() -> None:
    x = tf.placeholder(tf.float32, [2], name="x")
    used, unused = tf.exp(x), tf.tanh(x)
    printed = tf.Print(used, [used], "")
    plan = pruned([x], [x], [unused, printed])
    assert text(verify(drop_dead(plan))) == lines(
        """
        plan(%x: f32[2]) -> %x
          %1: f32[2] = Exp %x {T=f32}
          %3: f32[2] = Print %1, %1 {T=f32, U=types(f32), first_n=-1, message=b'', summarize=3}
        """
    )


def test_all_passes_together() -> None:
    x = tf.placeholder(tf.float32, [2], name="x")
    y = tf.identity(tf.exp(x) * (tf.constant(1.0) + 1.0)) + tf.exp(x) * 2.0
    assert transformed(optimize, pruned([x], [y]), np.float32([1, 2])) == lines(
        """
        plan(%x: f32[2]) -> %10
          %1: f32[2] = Exp %x {T=f32}
          %4: f32[] = Const 2.0
          %5: f32[2] = Mul %1, %4 {T=f32}
          %10: f32[2] = AddV2 %5, %5 {T=f32}
        """
    )


def test_passes_are_idempotent() -> None:
    x = tf.placeholder(tf.float32, [2, 3], name="x")
    plan = optimize(pruned([x], [tf.reduce_mean(tf.exp(x) * 2.0, 1) + tf.reduce_mean(tf.exp(x) * 2.0, 1)]))
    assert text(optimize(plan)) == text(plan)


def test_fold_does_not_change_the_plan_it_is_given() -> None:
    """What is learnt of a value's shape is said of a new value; plans share theirs."""
    places = tf.where(tf.constant([True, False, True]))
    plan = pruned([], [places])
    before = text(plan)
    assert text(fold_constants(plan)).endswith("%2: i64[2,1] = Const [[0], [2]]")
    assert text(plan) == before


def test_fold_makes_no_huge_values() -> None:
    """Nothing large is made to be thrown away: not of known shape, and not of a size that a value tells."""
    huge = [tf.tile([1], [10**9]), tf.segment_sum([1], [10**9])]
    plan = fold_constants(pruned([], huge))
    assert [i.op_def.name for i in plan.instructions if not i.is_constant] == ["Tile", "SegmentSum"]
