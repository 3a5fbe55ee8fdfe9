"""`ConfigProto.memory_limit` and `SESSILE_MEMORY_LIMIT`: what a session may hold, and what it says of too much."""

from __future__ import annotations

import gc
from typing import Any

import numpy as np
import pytest
from sessile.compiler.executors.budget import limit_of

import sessile as tf

LEVELS = {"off": tf.OptimizerOptions.OFF, "default": tf.OptimizerOptions.DEFAULT, "on": tf.OptimizerOptions.ON_1}


def limited(limit: int, level: str = "on") -> Any:
    """A session that may hold so many bytes."""
    options = tf.GraphOptions(optimizer_options=tf.OptimizerOptions(global_jit_level=LEVELS[level]))
    return tf.Session(config=tf.ConfigProto(memory_limit=limit, graph_options=options))


@pytest.mark.parametrize("level", LEVELS)
@pytest.mark.parametrize("way", ["run", "callable", "out", "repeat", "traced"])
def test_a_step_that_needs_too_much(level: str, way: str) -> None:
    x = tf.placeholder(tf.float32, [None], name="x")
    table = tf.matmul(x[:, None], x[None, :], name="table")
    total = tf.reduce_sum(tf.cumsum(table, name="sums"))
    with limited(1_000_000, level) as session:
        steps = {
            "run": lambda value: session.run(total, {x: value}),
            "callable": session.make_callable(total, [x]),
            "out": lambda value: session.make_callable(total, [x])(value, out=np.empty((), np.float32)),
            "repeat": session.make_callable(total, [x], repeat=2),
            "traced": lambda value: session.run(
                total, {x: value}, tf.RunOptions(trace_level=tf.RunOptions.FULL_TRACE), tf.RunMetadata()
            ),
        }
        step = steps[way]
        for _ in range(3):
            assert step(np.ones(100, np.float32)) == 505_000.0
            with pytest.raises(tf.errors.ResourceExhaustedError) as caught:
                step(np.ones(1000, np.float32))
            text = caught.value.message
            assert "bytes, its limit is 1,000,000 (memory_limit of its ConfigProto)" in text
            assert "4,000,000 bytes: 'table:0' float32[1000,1000]" in text
            assert __file__ in text and caught.value.op is not None


@pytest.mark.parametrize("level", LEVELS)
def test_state_counts(level: str) -> None:
    """Variables and handles take room until they are gone; feeds and results take none."""
    v = tf.Variable(np.zeros(50_000, np.float32), name="weights")
    x = tf.placeholder(tf.float32, [None])
    kept, total = tf.get_session_handle(x * 2.0), tf.reduce_sum(x)
    with limited(700_000, level) as session:
        session.run(v.initializer)
        large = np.ones(1_000_000, np.float32)
        assert session.run(total, {x: large}) == 1_000_000.0
        for _ in range(3):
            first = session.run(kept, {x: np.ones(50_000)})
            second = session.run(kept, {x: np.ones(50_000)})
            with pytest.raises(tf.errors.ResourceExhaustedError) as caught:
                session.run(kept, {x: np.ones(50_000)})
            text = caught.value.message
            assert "variable 'weights' float32[50000]" in text and f"handle '{first.handle}' float32[50000]" in text
            assert len(session._state.handles) == 2
            del second
            gc.collect()
            assert session.run(kept, {x: np.ones(50_000)}).eval()[0] == 2.0
            del first
        session.run(v.assign_add(np.ones(50_000, np.float32)))
        assert session.run(v)[0] == 1.0


@pytest.mark.parametrize("level", LEVELS)
def test_values_that_are_gone_take_no_room(level: str) -> None:
    """A chain of interpreted operations holds two of its values at a time, and a loop what a turn needs."""
    x = tf.placeholder(tf.float32, [None])
    chain = x
    for _ in range(20):
        chain = tf.cumsum(chain) * 0.0
    looped = tf.while_loop(lambda i, a: i < 30, lambda i, a: (i + 1, tf.cumsum(a) * 0.5), (0, x))[1]
    grown = tf.while_loop(
        lambda i, a: i < 30, lambda i, a: (i + 1, tf.concat([a, a], 0)), (0, x),
        shape_invariants=(tf.TensorShape([]), tf.TensorShape([None])),
    )[1]  # fmt: skip
    with limited(2_500_000, level) as session:
        given = np.ones(100_000, np.float32)
        for _ in range(2):
            session.run(tf.reduce_max(looped), {x: given})
            with pytest.raises(tf.errors.ResourceExhaustedError, match="Concat"):
                session.run(tf.shape(grown), {x: np.ones(10)})
            if level == "off":
                session.run(tf.reduce_max(chain), {x: given})


def test_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    zeros = tf.zeros([1000]) + tf.placeholder_with_default(0.0, [])
    monkeypatch.setenv("SESSILE_MEMORY_LIMIT", "1k")
    with tf.Session() as session, pytest.raises(tf.errors.ResourceExhaustedError, match="1,024 .SESSILE_MEMORY_LIMIT"):
        session.run(zeros)
    with limited(100_000) as session:  # what the session says itself stands
        session.run(zeros)
    for wrong in ("much", "-5", "1.5G"):
        monkeypatch.setenv("SESSILE_MEMORY_LIMIT", wrong)
        with pytest.raises(
            ValueError, match="SESSILE_MEMORY_LIMIT is no number of bytes: .* Write 2000000, 500M or 2G"
        ):
            tf.Session()
    monkeypatch.setenv("SESSILE_MEMORY_LIMIT", "0")
    with tf.Session() as session:
        assert session._state.budget is None
    with pytest.raises(ValueError, match="memory_limit is a number of bytes, got -1"):
        limited(-1)


def test_sizes() -> None:
    assert [limit_of(text) for text in (None, "", "0", "12", "3K", "2m", " 1G ")] == [
        0,
        0,
        0,
        12,
        3072,
        1 << 21,
        1 << 30,
    ]
