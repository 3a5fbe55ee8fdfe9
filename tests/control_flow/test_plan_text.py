"""Plans with loops and branches as text, and back."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from sessile.compiler.executors.interpreter import Interpreter
from sessile.compiler.passes.pipeline import optimize
from sessile.compiler.plan.parse import parse
from sessile.compiler.plan.plan import Plan, equal
from sessile.compiler.plan.prune import prune

import sessile as tf


def _nested() -> Plan:
    x = tf.placeholder(tf.float32, [None])

    def body(i: Any, v: Any) -> Any:
        w = tf.while_loop(lambda j, w: j < i, lambda j, w: (j + 1, w + v), [0, v])[1]
        return i + 1, tf.cond(w[0] > 1.0, lambda: tf.tanh(w), lambda: tf.constant([1.0, 2.0]))

    shapes = [tf.TensorShape([]), tf.TensorShape([None])]
    out = tf.while_loop(lambda i, v: i < 3, body, [0, x], shape_invariants=shapes)[1]
    return optimize(prune([x], [out], []))


def test_plans_with_loops_and_guards_parse_back() -> None:
    plan = _nested()
    text = str(plan)
    again = parse(text)
    assert equal(plan, again)
    assert " after %" in text
    assert text.count("condition(") == text.count("body(") == 2
    given = [np.array([0.25, 0.5], np.float32)]
    np.testing.assert_array_equal(Interpreter(plan).run(given, None)[0], Interpreter(again).run(given, None)[0])


def test_a_loop_without_its_plans_is_refused() -> None:
    lines = str(_nested()).split("\n")
    with pytest.raises(ValueError, match="two plans"):
        parse("\n".join(lines[:3]))
