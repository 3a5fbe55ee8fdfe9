"""Results that wait for no fold are written by the pass that computes them, not computed again by a last one."""

from __future__ import annotations

from typing import Any

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

import sessile as tf


def compiled(build: Any, x: Any) -> tuple[list[Any], str]:
    config = tf.ConfigProto()
    config.graph_options.optimizer_options.global_jit_level = tf.OptimizerOptions.ON_1
    with tf.Graph().as_default(), tf.Session(config=config) as session:
        fed = tf.placeholder(tf.float32, [None, None])
        made = build(fed)
        return session.run(made, {fed: x}), session.explain(made, {fed: x})


def three(x: Any) -> list[Any]:
    a, b = tf.exp(x), tf.tanh(x)
    return [a, b, tf.reduce_mean(a * b)]


def rows(x: Any) -> list[Any]:
    a, b = tf.exp(x), tf.tanh(x)
    total = tf.reduce_sum(a, 1, keepdims=True)
    return [a, b, a / total, total]


SIZES = st.sampled_from([1, 2, 3, 17, 64, 5000])


@settings(max_examples=15, deadline=None)
@given(st.sampled_from([1, 3, 40]), SIZES, st.integers(0, 9))
def test_values_are_those_of_numpy(count: int, width: int, seed: int) -> None:
    x = np.random.default_rng(seed).standard_normal((count, width)).astype(np.float32)
    a, b = np.exp(x), np.tanh(x)
    total = a.sum(1, keepdims=True)
    for build, expected in ((three, [a, b, np.mean(a * b)]), (rows, [a, b, a / total, total])):
        for one, other in zip(compiled(build, x)[0], expected, strict=True):
            np.testing.assert_allclose(one, other, rtol=1e-4, atol=1e-6)


def test_functions_are_computed_once() -> None:
    x = np.random.default_rng(0).standard_normal((20, 100)).astype(np.float32)
    for build in (three, rows):
        text = compiled(build, x)[1]
        assert text.count("exp_f32(") == 1
        assert text.count("tanh_f32(") == 1
