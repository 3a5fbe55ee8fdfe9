"""Graphs are those of TensorFlow 1.15, operation by operation: graph-level seeds depend on how many there are."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

import sessile as tf
from tests.programs.graph_cases import CASES, operations

RECORDED = json.loads((Path(__file__).parent / "graph_cases.json").read_text(encoding="utf-8"))

# What is known to differ still. A case that becomes equal has to leave this list.
_DIFFERENT = """
    categorical contrast convert_image ctc_loss dataset dataset_initializable dynamic_training
    embedding_lookup_sparse keras_gru keras_lstm
    metric_auc metric_iou metric_precision nn_batch_normalization normal_log_prob normal_sample piecewise
    resize_crop standardization training_decoder
"""
DIFFERENT = frozenset(_DIFFERENT.split())


@pytest.mark.parametrize("name", sorted(set(CASES) - DIFFERENT))
def test_operations_are_those_of_tensorflow(name: str) -> None:
    """Types and names, in order."""
    assert operations(tf, CASES[name]) == RECORDED[name]


def test_the_list_of_differences_is_true() -> None:
    assert set(RECORDED) == set(CASES)
    assert set(CASES) >= DIFFERENT
    equal = {name for name in DIFFERENT if operations(tf, CASES[name]) == RECORDED[name]}
    assert not equal


@pytest.mark.parametrize("training", ["True", "training"])
def test_a_dropout_behind_batch_normalization_has_tensorflows_seed(training: str) -> None:
    """The operation seed of a random operation is the number of operations before it."""
    recorded = {"True": "batch_normalization_training", "training": "batch_normalization_tensor"}
    name = recorded[training]
    with tf.Graph().as_default() as graph:
        tf.set_random_seed(7)
        CASES[name](tf)
        drawn = tf.random_normal([2])
        # Besides the case: shape, mean and deviation of `random_normal`.
        seed = [op for op in graph.get_operations() if op.type == "RandomStandardNormal"][-1].get_attr("seed2")
    assert drawn.shape == [2]
    assert seed == len(RECORDED[name]) + 3


def test_add_makes_add_and_plus_its_second_version() -> None:
    """Types that `Add` does not know make `AddV2`."""
    x = tf.constant([1.0])
    assert [tf.add(x, x).op.type, (x + x).op.type, tf.add("a", "b").op.type] == ["Add", "AddV2", "Add"]
    assert tf.add(tf.constant(1, tf.uint16), tf.constant(2, tf.uint16)).op.type == "AddV2"


def test_the_last_id_is_that_of_tensorflow() -> None:
    """Programs that make seeds of their own read it."""
    graph = tf.get_default_graph()
    seen = [graph._last_id]
    x = tf.constant([1.0]) + 2.0
    seen.append(graph._last_id)
    y = tf.layers.dense(tf.ones([2, 3]), 4, activation=tf.nn.relu)
    seen.append(graph._last_id)
    tf.gradients(y, x)
    tf.train.AdamOptimizer().minimize(tf.reduce_sum(y))
    tf.nn.dropout(y, 0.5)
    assert [*seen, graph._last_id] == [0, 3, 21, 94]
