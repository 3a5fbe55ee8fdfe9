"""Rows of resource variables are looked up without a read of the whole table, by TensorFlow 1.15's operations."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import sessile as tf


def table(name: str) -> Any:
    """A variable of four rows."""
    return tf.get_variable(name, initializer=np.arange(8, dtype=np.float32).reshape(4, 2), use_resource=True)


def made_in(scope: str) -> list[str]:
    """Names and types of what was made there."""
    ops = tf.get_default_graph().get_operations()
    return [f"{op.name} {op.type}" for op in ops if op.name.startswith(scope) and op.type != "Const"]


def test_one_table() -> None:
    found = tf.nn.embedding_lookup(table("v"), [1, 2], name="rows")
    assert made_in("rows") == ["rows ResourceGather", "rows/Identity Identity", "rows/Identity_1 Identity"]
    with tf.Session() as sess:
        sess.run(tf.global_variables_initializer())
        assert sess.run(found).tolist() == [[2.0, 3.0], [4.0, 5.0]]


@pytest.mark.parametrize("strategy", ["mod", "div"])
def test_parts(strategy: str) -> None:
    """Each has its own lookup, and a gradient of the rows that were asked."""
    parts = [table("v"), table("w")]
    found = tf.nn.embedding_lookup(parts, [1, 1, 4], strategy, name="rows")
    assert {"rows/Gather ResourceGather", "rows/Gather_1 ResourceGather"} <= set(made_in("rows"))
    first, second = tf.gradients(found, parts)
    with tf.Session() as sess:
        sess.run(tf.global_variables_initializer())
        rows, slices, others = sess.run([found, first, second])
    wanted = [[0.0, 1.0], [0.0, 1.0], [4.0, 5.0]] if strategy == "mod" else [[2.0, 3.0], [2.0, 3.0], [0.0, 1.0]]
    assert rows.tolist() == wanted
    assert slices.indices.tolist() == ([2] if strategy == "mod" else [1, 1])
    assert others.indices.tolist() == ([0, 0] if strategy == "mod" else [0])
