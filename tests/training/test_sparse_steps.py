"""Steps that train rows of a table are native: sums of repeated rows take no shape from data."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import sessile as tf
from tests.slow_path import Slow, drawn

ROWS, WIDTH = 7, 3
OPTIMIZERS = {
    "adagrad": lambda: tf.train.AdagradOptimizer(0.5),
    "proximal": lambda: tf.train.ProximalAdagradOptimizer(0.5, l1_regularization_strength=0.01),
    "dual": lambda: tf.train.AdagradDAOptimizer(0.5, tf.train.get_or_create_global_step()),
    "momentum": lambda: tf.train.MomentumOptimizer(0.5, 0.9),
    "nesterov": lambda: tf.train.MomentumOptimizer(0.5, 0.9, use_nesterov=True),
    "adadelta": lambda: tf.train.AdadeltaOptimizer(0.5),
    "rms": lambda: tf.train.RMSPropOptimizer(0.5, momentum=0.9),
    "centered": lambda: tf.train.RMSPropOptimizer(0.5, centered=True),
    "ftrl": lambda: tf.train.FtrlOptimizer(0.5, l2_regularization_strength=0.1),
    "adam": lambda: tf.train.AdamOptimizer(0.1),
    "descent": lambda: tf.train.GradientDescentOptimizer(0.5),
}


def trained(level: int, name: str, is_resource: bool, batches: list[Any]) -> list[Any]:
    """What a table and its slots are after some steps; the batches are rows of it, and what these are to be."""
    config = tf.ConfigProto()
    config.graph_options.optimizer_options.global_jit_level = level
    with tf.Graph().as_default(), tf.Session(config=config) as session:
        words, wanted = tf.placeholder(tf.int32, [None]), tf.placeholder(tf.float32, [None, WIDTH])
        table = tf.get_variable("table", initializer=drawn(ROWS, WIDTH, seed=1), use_resource=is_resource)
        loss = tf.reduce_sum(tf.square(tf.nn.embedding_lookup(table, words) - wanted))
        optimizer = OPTIMIZERS[name]()
        step = session.make_callable([loss, optimizer.minimize(loss)], [words, wanted])
        session.run(tf.global_variables_initializer())
        losses = [step(*batch)[0] for batch in batches]
        return [np.array(losses), *session.run([table, *optimizer.variables()])]


def batch_of(words: Any, seed: int) -> Any:
    return np.array(words, np.int32), drawn(len(words), WIDTH, seed=seed)


@pytest.mark.parametrize("is_resource", [False, True], ids=["reference", "resource"])
@pytest.mark.parametrize("name", OPTIMIZERS)
def test_rows_named_several_times_are_updated_once_by_the_sum(slow: Slow, name: str, is_resource: bool) -> None:
    batches = [batch_of(words, seed) for seed, words in enumerate(([1, 2, 1, 6], [0, 0, 0, 5], [3, 4, 1, 2]) * 3)]
    ours = trained(tf.OptimizerOptions.ON_1, name, is_resource, batches)
    assert slow.count == 1, "only the first step is Python's"
    expected = trained(tf.OptimizerOptions.OFF, name, is_resource, batches)
    for one, other in zip(ours, expected, strict=True):
        np.testing.assert_allclose(one, other, rtol=2e-5, atol=1e-6)


@settings(max_examples=15, deadline=None)
@given(st.lists(st.integers(0, 40), min_size=1, max_size=3), st.integers(0, 99), st.integers(1, ROWS))
def test_any_batches_of_rows_train_as_interpreted(sizes: list[int], seed: int, distinct: int) -> None:
    random = np.random.default_rng(seed)
    batches = [batch_of(random.integers(0, distinct, size), size) for size in sizes]
    ours = trained(tf.OptimizerOptions.ON_1, "adagrad", False, batches)
    expected = trained(tf.OptimizerOptions.OFF, "adagrad", False, batches)
    for one, other in zip(ours, expected, strict=True):
        np.testing.assert_allclose(one, other, rtol=2e-5, atol=1e-6)


def test_a_row_that_is_not_there_is_named(slow: Slow) -> None:
    with tf.Graph().as_default(), tf.Session() as session:
        words = tf.placeholder(tf.int32, [None])
        table = tf.get_variable("table", initializer=drawn(ROWS, WIDTH, seed=1))
        slot = tf.get_variable("slot", initializer=np.ones((ROWS, WIDTH), np.float32))
        rows, places = tf.unique(words)
        sums = tf.unsorted_segment_sum(tf.ones([tf.size(words), WIDTH]), places, tf.shape(rows)[0])
        step = session.make_callable(tf.raw_ops.SparseApplyAdagrad(
            var=table._ref(), accum=slot._ref(), lr=tf.constant(0.1), grad=sums, indices=rows
        ).op, [words])  # fmt: skip
        session.run(tf.global_variables_initializer())
        for _ in range(3):
            step([1, 2, 1])
        before = session.run([table, slot])
        with pytest.raises(
            tf.errors.InvalidArgumentError, match=r"in indices is out of range \[0, 7\)|not in \[0, 7\)"
        ):
            step([1, 7, 1])
        for one, other in zip(before, session.run([table, slot]), strict=True):
            np.testing.assert_array_equal(one, other)
