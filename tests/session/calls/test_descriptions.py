"""What callables say of themselves: `__name__`, `inspect.signature` and `help`, whichever way they run."""

from __future__ import annotations

import inspect
import pydoc
from typing import Any

import numpy as np
import pytest

import sessile as tf

X = np.float32([1, 2, 3])


@pytest.fixture
def graph() -> Any:
    """A graph with names that Python takes, and names that it does not."""
    with tf.Graph().as_default() as graph:
        x = tf.placeholder(tf.float32, [3], name="layer/x")
        tf.placeholder(tf.float32, name="lambda")
        tf.placeholder(tf.float32, name="2nd")
        tf.placeholder(tf.float32, name="out")
        tf.reduce_sum(x * 2.0, name="train/loss")
        yield graph


def _check(step: Any, name: str, signature: str, *words: str) -> None:
    assert step.__name__ == name and str(inspect.signature(step)) == signature
    assert inspect.getdoc(step).startswith("One step of a session: fetches ")
    shown = pydoc.render_doc(step, renderer=pydoc.plaintext)
    assert all(word in shown for word in words), shown


def test_a_callable_has_name_signature_and_docstring(graph: Any) -> None:
    """Before its first call and after it is native."""
    with tf.Session(graph=graph) as session:
        step = session.make_callable("train/loss:0", ["layer/x:0"])
        for _ in range(3):
            _check(step, "loss", "(layer_x, /, *, out=None)", "fetches train/loss:0 (float32, shape ())", "(3,)")
            assert step(X) == 12


def test_names_that_python_does_not_take_are_changed(graph: Any) -> None:
    """Keywords, digits, and the name of an option."""
    with tf.Session(graph=graph) as session:
        step = session.make_callable(["train/loss:0", "layer/x:0"], ["layer/x:0", "lambda:0", "2nd:0", "out:0"])
        _check(step, "step", "(layer_x, _lambda, _2nd, out, /)", "layer/x:0")
        assert step(X, 1.0, 2.0, 3.0)[0] == 12
        nothing = session.make_callable([], [])
        assert nothing() == [] and nothing.__name__ == "step"
        operation = session.make_callable(graph.get_operation_by_name("train/loss"), ["layer/x:0"])
        _check(operation, "loss", "(layer_x, /, *, out=None)", "fetches train/loss")


def test_feeds_of_several_tensors_are_one_parameter() -> None:
    """A sparse tensor is."""
    with tf.Graph().as_default(), tf.Session() as session:
        sparse = tf.sparse_placeholder(tf.float32, [4], name="s")
        step = session.make_callable(tf.sparse.reduce_sum(sparse), [sparse])
        assert len(inspect.signature(step).parameters) == 1
        assert step(tf.SparseTensorValue([[1]], [3.0], [4])) == 3


def test_all_kinds_of_callables_are_described(graph: Any) -> None:
    """With options, repeated, within a time limit, interpreted."""
    with tf.Session(graph=graph) as session:
        options = session.make_callable("train/loss:0", ["layer/x:0"], accept_options=True)
        _check(options, "loss", "(layer_x, /, *, options=None, run_metadata=None)", "RunOptions")
        repeated = session.make_callable("train/loss:0", ["layer/x:0"], repeat=3)
        _check(repeated, "loss", "(layer_x, /, *, out=None)")
        assert repeated(X) == options(X) == 12
    with tf.Session(graph=graph, config=tf.ConfigProto(operation_timeout_in_ms=60_000)) as session:
        _check(session.make_callable("train/loss:0", ["layer/x:0"]), "loss", "(layer_x, /)")
    off = tf.ConfigProto()
    off.graph_options.optimizer_options.global_jit_level = tf.OptimizerOptions.OFF
    with tf.Session(graph=graph, config=off) as session:
        step = session.make_callable("train/loss:0", ["layer/x:0"])
        _check(step, "loss", "(layer_x, /, *, out=None)")
        assert step(X) == 12
