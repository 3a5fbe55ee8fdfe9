"""Plans print, and what they print parses back to an equal plan; `verify` finds what is broken in one."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from sessile.compiler.passes.pipeline import PIPELINE
from sessile.compiler.plan import plan as plans
from sessile.compiler.plan.parse import parse
from sessile.compiler.plan.plan import Instruction, Plan, Value
from sessile.compiler.plan.verify import verify
from sessile.ops.base import errors
from sessile.ops.definition.registry import lookup
from sessile.ops.types.dtypes import float32, int32

import sessile as tf
from tests.compiler.programs import lines, pruned, text


def test_golden() -> None:
    x = tf.placeholder(tf.float32, [None, 3], name="x")
    y = tf.placeholder(tf.float32, None, name="y")
    z = tf.reduce_sum(tf.multiply(tf.exp(x), 2.0), 1, keepdims=True)
    assert text(pruned([x, y], [z, tf.add(y, x)])) == lines(
        """
        plan(%x: f32[?,3], %y: f32[*]) -> %5, %6
          %1: f32[?,3] = Exp %x {T=f32}
          %2: f32[] = Const 2.0
          %3: f32[?,3] = Mul %1, %2 {T=f32}
          %4: i32[] = Const 1
          %5: f32[?,1] = Sum %3, %4 {T=f32, Tidx=i32, keep_dims=True}
          %6: f32[*] = Add %y, %x {T=f32}
        """
    )


def test_origins_stand_behind_as_comments() -> None:
    x = tf.placeholder(tf.float32, [2], name="x")
    plan = pruned([x], [tf.exp(x, name="tower/Exp")])
    assert "{T=f32}  # tower/Exp  " in str(plan) and "test_plan_text.py:" in str(plan)
    assert plans.equal(parse(str(plan)), plan)


def plan_of_everything() -> Plan:
    """Return a plan with every kind of type, constant and attribute."""
    x = tf.placeholder(tf.float32, [None, 3], name="scope/x")
    n = tf.placeholder(tf.int32, [], name="1")
    variable = tf.Variable(np.float64([1, 2]), name="v")
    half = tf.constant([1.5, np.nan, -np.inf], tf.float16)
    words = tf.constant([[b"a, b", b"{c}"], [b"banana\x00", b"%q"]])
    values = [
        tf.stack([x, x + np.float32(np.nan)], axis=-1), tf.strided_slice(x, [0, n], [2, 3], shrink_axis_mask=1),
        tf.constant(np.arange(100, dtype=np.int8).reshape(4, 25)), tf.constant(1 - 2j), tf.constant([True, False]),
        tf.constant([np.inf, -np.inf, -0.0]), tf.constant(np.zeros((0, 3), np.int64)), half, words,
        tf.reduce_max(x, [0, 1]), tf.cast(x, tf.int64), variable.value(), tf.squeeze(tf.expand_dims(x, 0), [0]),
        tf.constant([np.uint8(3)], name="bytes"), *tf.unique(tf.reshape(x, [-1])),
    ]  # fmt: skip
    return pruned([x, n], values, [tf.assign_add(variable, [1.0, 1.0]), tf.Assert(n > 3, [n, x], name="check")])


def test_the_text_of_a_plan_parses_to_an_equal_plan() -> None:
    plan = plan_of_everything()
    parsed = parse(str(plan))
    verify(parsed)
    assert text(parsed) == text(plan) and plans.equal(parsed, plan)
    for made, given in zip(parsed.instructions, plan.instructions):
        assert made.op_def is given.op_def
        if given.is_constant:
            np.testing.assert_array_equal(made.attrs["value"], given.attrs["value"])
            assert made.attrs["value"].dtype == given.attrs["value"].dtype


def test_plans_that_differ_are_not_equal() -> None:
    x = tf.placeholder(tf.float32, [2], name="x")
    one, other = tf.exp(x), tf.exp(x)
    assert plans.equal(pruned([x], [one]), pruned([x], [other])), "origins do not count"
    assert not plans.equal(pruned([x], [one]), pruned([x], [tf.tanh(x)]))
    assert not plans.equal(pruned([x], [x + 1.0]), pruned([x], [x + 2.0]))


@pytest.mark.parametrize("wrong", ["", "hello", "plan(%x: f32[2]) -> %x\n  &&"])
def test_text_that_is_no_plan_is_refused(wrong: str) -> None:
    with pytest.raises((ValueError, IndexError)):
        parse(wrong)


def test_an_unknown_operation_is_refused_with_near_names() -> None:
    with pytest.raises(errors.NotFoundError, match="Exp"):
        parse("plan(%x: f32[2]) -> %1\n  %1: f32[2] = Expp %x {T=f32}")


def test_groups_of_instructions_print_under_titles_and_parse() -> None:
    from sessile.compiler.plan.text import plan_text

    x = tf.placeholder(tf.float32, [2], name="x")
    plan = pruned([x], [tf.exp(x) * 2.0])
    printed = plan_text(plan, groups=[("", plan.instructions[:2]), ("group 0", plan.instructions[2:])])
    assert "\n  group 0:\n    %3" in printed
    assert plans.equal(parse(printed), plan)


def test_verify_holds_after_pruning_and_every_pass() -> None:
    plan = verify(plan_of_everything())
    for transform in PIPELINE:
        plan = verify(transform(plan))


# What `verify` finds.

X, Y = Value("x", float32, (2,)), Value("y", float32, (2,))


def exp(source: Value, name: str) -> Instruction:
    """Return an instruction that makes a new value."""
    return Instruction(lookup("Exp"), {"T": float32}, [source], [Value(name, float32, (2,))])


def add(*sources: Value) -> Instruction:
    """Return an addition."""
    return Instruction(lookup("AddV2"), {"T": float32}, sources, [Value("sum", float32, (2,))])


def broken_plans() -> dict[str, Plan]:
    """Return plans that each break an invariant, by a part of what `verify` says."""
    first, second = exp(X, "1"), exp(X, "2")
    late = exp(first.outputs[0], "3")
    reference = Value("r", float32._as_ref, (2,))
    return {
        "before it is made": Plan([X], [late, first], late.outputs),
        "%y is used by": Plan([X], [exp(Y, "1")], []),
        "%1 is made twice": Plan([X], [first, first], first.outputs),
        "two values are called %1": Plan([X], [first, exp(X, "1")], first.outputs),
        "two values are called %x": Plan([X], [exp(X, "x")], [X]),
        "the output %2 is not made": Plan([X], [first], second.outputs),
        "lacks inputs for y": Plan([X], [add(X)], []),
        "too many inputs": Plan([X, Y], [add(X, Y, X)], []),
        "x of .* should be float32": Plan([Value("i", int32, (2,))], [exp(Value("i", int32, (2,)), "1")], []),
        "reference or value": Plan([reference], [exp(reference, "1")], []),
    }


@pytest.mark.parametrize("message", broken_plans())
def test_verify_names_what_is_broken(message: str) -> None:
    broken: Any = broken_plans()[message]
    if message.startswith("x of"):
        broken = Plan(broken.instructions[0].inputs, broken.instructions, [])
    with pytest.raises(AssertionError, match=message):
        verify(broken)
