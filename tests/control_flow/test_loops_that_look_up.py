"""Loops over scalars that read arrays at places they compute: by one kernel, with the errors of the plans."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from sessile.compiler.machine import abi

import sessile as tf

VECTOR = np.random.RandomState(0).uniform(-1, 1, 60).astype(np.float32)
MATRIX = np.random.RandomState(1).uniform(-1, 1, (60, 4)).astype(np.float32)
CUBE = np.random.RandomState(2).uniform(-1, 1, (3, 60, 2)).astype(np.float32)


def _by(level: Any, fetches: Any, feeds: dict[Any, Any]) -> tuple[Any, str]:
    options = tf.OptimizerOptions(global_jit_level=level)
    with tf.Session(config=tf.ConfigProto(graph_options=tf.GraphOptions(optimizer_options=options))) as session:
        found = [session.run(fetches, feeds) for _ in range(2)]
        return found[-1], str(session.explain(fetches, list(feeds))) if level else ""


def _loop(body: Callable[..., Any], start: Any, turns: int = 60) -> Any:
    return tf.while_loop(lambda i, s: i < turns, lambda i, s: (i + 1, body(i, s)), [0, start])


LOOPS: dict[str, tuple[Any, list[Any], Callable[[Any], Any]]] = {
    "element": (VECTOR, [None], lambda x: _loop(lambda i, s: s * 0.5 + x[i], 0.0)),
    "from the end": (VECTOR, [None], lambda x: _loop(lambda i, s: s * 0.5 + x[-i - 1], 0.0)),
    "gathered": (VECTOR, [None], lambda x: _loop(lambda i, s: s * 0.5 + tf.gather(x, 59 - i), 0.0)),
    "row": (MATRIX, [None, 4], lambda x: _loop(lambda i, s: s * 0.5 + x[i], tf.zeros([4]))),
    "row, the rest written": (MATRIX, [None, 4], lambda x: _loop(lambda i, s: s * 0.5 + x[i, :], tf.zeros([4]))),
    "element of a matrix": (MATRIX, [None, 4], lambda x: _loop(lambda i, s: s * 0.5 + x[i, i % 4 - 4], 0.0)),
    "unknown rows": (MATRIX, [None, None], lambda x: _loop(lambda i, s: s * 0.5 + x[i, i % 4], 0.0)),
    "gathered place": (MATRIX, [None, None], lambda x: _loop(lambda i, s: s + tf.gather_nd(x, [i, i % 4]), 0.0)),
    "column": (CUBE, [3, None, 2], lambda x: _loop(lambda i, s: s * 0.5 + x[:, i], tf.zeros([3, 2]))),
    "gathered column": (CUBE, [3, None, 2], lambda x: _loop(lambda i, s: s + tf.gather(x, i, axis=1), tf.ones([3, 2]))),
    "within": (CUBE, [3, 60, 2], lambda x: _loop(lambda i, s: s * 0.5 + x[i % 3, :, 1][:6], tf.zeros([6]))),
    "twice": (VECTOR, [None], lambda x: _loop(lambda i, s: s + x[i] * x[tf.cast(x[i] * x[i] * 59.0, tf.int32)], 0.0)),
    "in the condition": (VECTOR, [None], lambda x: tf.while_loop(lambda i: x[i] < 0.9, lambda i: i + 1, [0])),
    "in a branch": (
        VECTOR, [None], lambda x: _loop(lambda i, s: tf.cond(i > 0, lambda: s * 0.5 + x[i - 60], lambda: s), 1.0),
    ),
    "outside, in a branch not taken": (
        VECTOR, [None], lambda x: _loop(lambda i, s: tf.cond(i < 9, lambda: s + x[i], lambda: s + x[i * 0]), 1.0, 90),
    ),
    "constants": (VECTOR, [None], lambda x: _loop(lambda i, s: s + tf.gather(tf.constant(VECTOR), i) * x[i], 0.0)),
    "chosen": (VECTOR, [None], lambda x: _loop(lambda i, s: tf.where(x[i] > 0.0, s + x[i], -s), 0.0)),
    "rows chosen": (MATRIX, [None, 4], lambda x: _loop(lambda i, s: tf.where(x[i] > 0.0, s + x[i], -s), tf.ones([4]))),
    "long integers": (VECTOR, [None], lambda x: _loop(lambda i, s: s + x[tf.cast(i, tf.int64)], 0.0)),
    "bool": (VECTOR, [None], lambda x: _loop(lambda i, s: s + tf.cast((x > 0.0)[i], tf.float32), 0.0)),
}  # fmt: skip
NOT_ONE_KERNEL = {"within", "bool"}  # a long row is sliced; `x > 0` is not small, and made in each turn


@pytest.mark.parametrize("name", LOOPS)
def test_what_is_read_is_what_the_interpreter_reads(name: str) -> None:
    value, shape, build = LOOPS[name]
    x = tf.placeholder(tf.float32, shape)
    out = build(x)
    wanted, _ = _by(tf.OptimizerOptions.OFF, out, {x: value})
    found, text = _by(tf.OptimizerOptions.ON_1, out, {x: value})
    for ours, theirs in zip(tf.nest.flatten(found), tf.nest.flatten(wanted)):
        np.testing.assert_allclose(ours, theirs, rtol=2e-6, atol=1e-6)
        assert np.shape(ours) == np.shape(theirs)
    is_one = "while go:" in text
    assert is_one or name in NOT_ONE_KERNEL or not abi.available()


@pytest.mark.parametrize(
    "build",
    [
        lambda x: _loop(lambda i, s: s + x[i], 0.0, 61),
        lambda x: _loop(lambda i, s: s + x[-i - 1], 0.0, 61),
        lambda x: _loop(lambda i, s: s + tf.gather(x, i), 0.0, 61),
        lambda x: _loop(lambda i, s: s + tf.gather_nd(x, [i - 1]), 0.0),
        lambda x: _loop(lambda i, s: tf.cond(i > 3, lambda: s + x[i * 20], lambda: s), 0.0),
        lambda x: tf.while_loop(lambda i: x[i] < 2.0, lambda i: i + 1, [0]),
        lambda x: tf.while_loop(lambda i: x[i] > 2.0, lambda i: i + 1, [60]),
    ],
)
def test_what_is_outside_is_said_as_by_the_interpreter(build: Callable[[Any], Any]) -> None:
    x = tf.placeholder(tf.float32, [None])
    out = build(x)
    messages = []
    for level in (tf.OptimizerOptions.OFF, tf.OptimizerOptions.ON_1):
        with pytest.raises(tf.errors.InvalidArgumentError) as caught:
            _by(level, out, {x: VECTOR})
        messages.append(caught.value.message.partition(" float32[")[0])  # what follows are the arguments
    assert messages[0] == messages[1]
    assert "out of bounds" in messages[0] or "is not in [0, 60)" in messages[0] or "does not index" in messages[0]


SLICES: dict[str, tuple[Any, Callable[[Any, Any], Any]]] = {
    "x[i]": (CUBE, lambda x, i: x[i]),
    "x[i, i]": (CUBE, lambda x, i: x[i, i]),
    "x[:, i]": (CUBE, lambda x, i: x[:, i]),
    "x[i, :, i]": (CUBE, lambda x, i: x[i, :, i - i]),
    "x[:, :, i]": (CUBE, lambda x, i: x[:, :, i % 2]),
    "x[..., i]": (CUBE, lambda x, i: x[..., i - i]),
    "x[i, 1:3]": (CUBE, lambda x, i: x[i, 1:3]),
    "x[i:, 0]": (CUBE, lambda x, i: x[i:, 0]),
    "x[i, tf.newaxis]": (CUBE, lambda x, i: x[i, tf.newaxis]),
    "x[:, i, 1:]": (CUBE, lambda x, i: x[:, i, 1:]),
    "x[i, 1:20:3, tf.newaxis, i]": (CUBE, lambda x, i: x[i, 1:20:3, tf.newaxis, i - i]),
    "x[i, ..., 0]": (CUBE, lambda x, i: x[i, ..., 0]),
    "x[0, -5:, i]": (CUBE, lambda x, i: x[0, -5:, i % 2]),
    "x[::-1, i]": (CUBE, lambda x, i: x[::-1, i]),
    "x[..., i, tf.newaxis, :]": (CUBE, lambda x, i: x[..., i, tf.newaxis, :]),
    "strings": (np.array([b"a", b"b", b"c"]), lambda x, i: x[i]),
    "complex": (CUBE.astype(np.complex64), lambda x, i: x[i]),
}


@pytest.mark.parametrize("place", [0, 1, 2, -1, -3])
@pytest.mark.parametrize("name", SLICES)
def test_places_that_are_fed(name: str, place: int) -> None:
    value, take = SLICES[name]
    i = tf.placeholder(tf.int32, [])
    for shape in (value.shape, [None] * value.ndim):
        x = tf.placeholder(tf.as_dtype(value.dtype if value.dtype.kind != "S" else np.dtype(object)), shape)
        out = take(x, i)
        wanted, _ = _by(tf.OptimizerOptions.OFF, out, {x: value, i: place})
        found, _ = _by(tf.OptimizerOptions.ON_1, out, {x: value, i: place})
        np.testing.assert_array_equal(found, wanted)
        assert np.shape(found) == np.shape(wanted)


@pytest.mark.parametrize(("place", "axis"), [(3, 0), (-4, 0), (60, 1), (-61, 1)])
def test_places_that_are_fed_and_outside(place: int, axis: int) -> None:
    x, i = tf.placeholder(tf.float32, [None, None, 2]), tf.placeholder(tf.int32, [])
    out = (x[i] if axis == 0 else x[:, i]) * 2.0
    messages = []
    for level in (tf.OptimizerOptions.OFF, tf.OptimizerOptions.ON_1):
        with pytest.raises(tf.errors.InvalidArgumentError, match=f"of dimension {axis} out of bounds") as caught:
            _by(level, out, {x: CUBE, i: place})
        messages.append(caught.value.message.partition(" float32[")[0])  # what follows are the arguments
    assert messages[0] == messages[1]
