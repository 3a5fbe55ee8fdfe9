"""Callables, sessions and graphs belong to their process: pickling them says so, and no pool of processes hangs."""

from __future__ import annotations

import copy
import multiprocessing
import pickle
from collections.abc import Callable
from typing import Any

import pytest

import sessile as tf


def ways() -> dict[str, Callable[[tf.Session, Any, Any], Any]]:
    """Every kind of function that `make_callable` returns, by name."""
    timed = tf.ConfigProto(operation_timeout_in_ms=60_000)
    off = tf.ConfigProto()
    off.graph_options.optimizer_options.global_jit_level = tf.OptimizerOptions.OFF
    return {
        "native": lambda sess, x, y: sess.make_callable(y, [x]),
        "structure": lambda sess, x, y: sess.make_callable({"a": [y]}, [x]),
        "fetched feed": lambda sess, x, y: sess.make_callable([x, y], [x]),
        "options": lambda sess, x, y: sess.make_callable(y, [x], accept_options=True),
        "twice fed": lambda sess, x, y: sess.make_callable(y, [(x,)]),
        "time limit": lambda sess, x, y: tf.Session(graph=x.graph, config=timed).make_callable(y, [x]),
        "interpreted": lambda sess, x, y: tf.Session(graph=x.graph, config=off).make_callable(y, [x]),
    }


@pytest.mark.parametrize("way", ways())
def test_a_callable_refuses_pickling(way: str) -> None:
    """It was pickled in pieces that failed where they were put together again: in the worker of a pool, for ever."""
    with tf.Graph().as_default(), tf.Session() as sess:
        x = tf.placeholder(tf.float32, [2])
        step = ways()[way](sess, x, x * 2.0)
        step(*([[1.0, 2.0]] if way != "twice fed" else [([1.0, 2.0],)]))
        for protocol in range(pickle.HIGHEST_PROTOCOL + 1):
            with pytest.raises(TypeError, match="a callable of a Session: its code and its state belong to this proc"):
                pickle.dumps(step, protocol)
        assert copy.copy(step) is step
        assert copy.deepcopy(step) is step


def test_a_pool_of_processes_does_not_hang() -> None:
    with tf.Graph().as_default(), tf.Session() as sess:
        x = tf.placeholder(tf.float32, [2])
        step = sess.make_callable(x * 2.0, [x])
        with multiprocessing.get_context("spawn").Pool(1) as pool:
            waiting = pool.map_async(step, [[1.0, 2.0]])
            with pytest.raises(TypeError, match="cannot pickle"):
                waiting.get(timeout=60)


def test_copies_of_graphs_say_as_graph_def() -> None:
    """Whatever is a part of a graph: each says what can be copied."""
    with tf.Graph().as_default() as graph, tf.Session() as sess:
        w = tf.Variable([1.0])
        for part in (graph, w.value(), w.op, w):
            for attempt in (pickle.dumps, copy.deepcopy):
                with pytest.raises(TypeError, match=r"as_graph_def\(\)"):
                    attempt(part)
        with pytest.raises(TypeError, match="cannot pickle or deep-copy a Session"):
            pickle.dumps(sess)
        assert copy.copy(w.op) is w.op
