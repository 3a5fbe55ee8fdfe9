"""Loops: over numbers, rows and matrices, with branches, and a recurrent network forward and backward."""

from __future__ import annotations

from typing import Any

import numpy as np

from .. import drives
from ..workload import Call, Fresh, Reference, Values, Workload
from .data import uniform

TURNS, ROWS, STEPS, BATCH, UNITS = 100_000, 100_000, 50, 32, 128


def _numbers(tf: Any, values: Values) -> tuple[Any, list[Any]]:
    x = tf.placeholder(tf.float32, [])
    return tf.while_loop(lambda i, v: i < TURNS, lambda i, v: (i + 1, v * 0.999 + 1.0), [0, x])[1], [x]


def _map(tf: Any, values: Values) -> tuple[Any, list[Any]]:
    x = tf.placeholder(tf.float32, [None, 8])
    return tf.map_fn(lambda row: tf.reduce_sum(row * row) + 1.0, x), [x]


def _scan(tf: Any, values: Values) -> tuple[Any, list[Any]]:
    x = tf.placeholder(tf.float32, [None, 8])
    return tf.scan(lambda before, row: before * 0.5 + row, x), [x]


def _scan_formula(xp: Any, x: Any) -> Any:
    return xp.scan_rows(lambda before, row: before * np.float32(0.5) + row, x)


def _products(tf: Any, values: Values) -> tuple[Any, list[Any]]:
    x, m = (tf.placeholder(tf.float32, [64, 64]) for _ in range(2))
    return tf.while_loop(lambda i, v: i < 1000, lambda i, v: (i + 1, tf.matmul(v, m)), [0, x])[1], [x, m]


def _numpy_products(values: Values) -> Call:
    x, m = values
    halves = np.empty_like(x), np.empty_like(x)

    def multiply() -> Any:
        before = x
        for turn in range(1000):
            np.matmul(before, m, out=halves[turn % 2])
            before = halves[turn % 2]
        return before

    return Call(multiply)


def _small_matrices() -> Values:
    x, m = uniform((64, 64), (64, 64))()
    return x, (m / 5).astype(np.float32)


def _branch(tf: Any, values: Values) -> tuple[Any, list[Any]]:
    x = tf.placeholder(tf.float32, [None])

    def body(i: Any, v: Any) -> Any:
        return i + 1, tf.cond(v[0] > 0.5, lambda: v * 0.9, lambda: v + 0.3)

    return tf.while_loop(lambda i, v: i < 1000, body, [0, x])[1], [x]


def _no_branch(tf: Any, values: Values) -> tuple[Any, list[Any]]:
    x = tf.placeholder(tf.float32, [None])
    return tf.while_loop(lambda i, v: i < 1000, lambda i, v: (i + 1, v * 0.9 + 0.3), [0, x])[1], [x]


def _branch_formula(xp: Any, x: Any) -> Any:
    return xp.repeat(1000, lambda i, v: xp.where(v[0] > 0.5, v * np.float32(0.9), v + np.float32(0.3)), x)


def _multiplies(values: Values) -> Call:
    (x,) = values
    out = np.empty_like(x)

    def multiply() -> None:
        for _ in range(1000):
            np.multiply(x, np.float32(0.9), out=out)

    return Call(multiply)


def _updates(tf: Any, values: Values) -> tuple[Any, list[Any]]:
    """Gradient descent within the graph: each turn updates a variable."""
    x, y = tf.placeholder(tf.float32, [32, 8]), tf.placeholder(tf.float32, [32, 1])
    w = tf.get_variable("w", [8, 1], initializer=tf.zeros_initializer(), use_resource=True)

    def body(i: Any) -> Any:
        loss = tf.reduce_mean(tf.square(tf.matmul(x, w) - y))
        with tf.control_dependencies([w.assign_sub(0.1 * tf.gradients(loss, [w])[0])]):
            return i + 1

    with tf.control_dependencies([w.assign(tf.zeros([8, 1]))]):
        start = tf.constant(0)
    with tf.control_dependencies([tf.while_loop(lambda i: i < 1000, body, [start], parallel_iterations=1)]):
        return w.read_value(), [x, y]


def _updates_formula(xp: Any, x: Any, y: Any) -> Any:
    rate = np.float32(0.1 * 2 / 32)
    return xp.repeat(1000, lambda i, w: w - rate * (x.T @ (x @ w - y)), np.zeros((8, 1), np.float32))


def _lstm(tf: Any, values: Values) -> tuple[Any, list[Any]]:
    """An LSTM written as a loop, its loss, and a step of gradient descent."""
    x = tf.placeholder(tf.float32, [BATCH, STEPS, UNITS])
    kernel = tf.Variable(_weights())
    rows = tf.TensorArray(tf.float32, STEPS, element_shape=[BATCH, UNITS]).unstack(tf.transpose(x, [1, 0, 2]))

    def moment(time: Any, c: Any, h: Any, total: Any) -> Any:
        both = tf.matmul(tf.concat([rows.read(time), h], 1), kernel)
        i, j, f, o = tf.split(both, 4, 1)
        c = c * tf.sigmoid(f + 1.0) + tf.sigmoid(i) * tf.tanh(j)
        h = tf.tanh(c) * tf.sigmoid(o)
        return time + 1, c, h, total + tf.reduce_mean(tf.square(h))

    zero = tf.zeros([BATCH, UNITS])
    loss = tf.while_loop(lambda time, *_: time < STEPS, moment, [0, zero, zero, 0.0])[3]
    (slope,) = tf.gradients(loss, [kernel])
    return [loss, tf.assign_sub(kernel, 0.1 * slope)], [x]


def _weights() -> Any:
    return np.random.default_rng(2).uniform(-0.1, 0.1, (2 * UNITS, 4 * UNITS)).astype(np.float32)


def _lstm_loss(xp: Any, kernel: Any, x: Any) -> Any:
    def moment(state: Any, given: Any) -> Any:
        c, h, total = state
        i, j, f, o = xp.split(xp.concatenate([given, h], 1) @ kernel, 4, 1)
        c = c * _sigmoid(xp, f + 1) + _sigmoid(xp, i) * xp.tanh(j)
        h = xp.tanh(c) * _sigmoid(xp, o)
        return c, h, total + xp.mean(xp.square(h))

    zero = xp.zeros((BATCH, UNITS), np.float32)
    return xp.fold_rows(moment, (zero, zero, np.float32(0)), xp.swapaxes(x, 0, 1))[2]


def _sigmoid(xp: Any, x: Any) -> Any:
    return 1 / (1 + xp.exp(-x))


def _lstm_formula(xp: Any, x: Any) -> Any:
    kernel = _weights()
    if hasattr(xp, "with_slope"):
        loss, slope = xp.with_slope(lambda weights: _lstm_loss(xp, weights, x), kernel)
    else:
        loss, slope = _lstm_by_hand(kernel, x)
    return [loss, kernel - np.float32(0.1) * slope]


def _lstm_by_hand(kernel: Any, x: Any) -> tuple[Any, Any]:
    """The loss and its slope, forward and backward in NumPy."""
    c = h = np.zeros((BATCH, UNITS), np.float32)
    kept, loss = [], np.float32(0)
    for given in np.swapaxes(x, 0, 1):
        both = np.concatenate([given, h], 1)
        i, j, f, o = np.split(both @ kernel, 4, 1)
        i, f, o, j = _sigmoid(np, i), _sigmoid(np, f + 1), _sigmoid(np, o), np.tanh(j)
        before, c = c, c * f + i * j
        h = np.tanh(c) * o
        loss += np.mean(np.square(h))
        kept.append((both, i, j, f, o, before, np.tanh(c), h))
    slope, dc, dh = np.zeros_like(kernel), np.zeros_like(c), np.zeros_like(h)
    for both, i, j, f, o, before, tanh_c, h in reversed(kept):
        dh = dh + 2 * h / h.size
        dc = dc + dh * o * (1 - tanh_c**2)
        parts = [dc * j * i * (1 - i), dc * i * (1 - j**2), dc * before * f * (1 - f), dh * tanh_c * o * (1 - o)]
        gates = np.concatenate(parts, 1)
        slope += both.T @ gates
        dc, dh = dc * f, (gates @ kernel.T)[:, UNITS:]
    return loss, slope


LOOPS = (
    Workload(
        name="loop_numbers",
        title="while_loop of 100,000 turns over a number",
        group="loops",
        values=lambda: (np.array(0.5, np.float32),),
        build=_numbers,
        formula=lambda xp, x: xp.repeat(TURNS, lambda i, v: v * np.float32(0.999) + np.float32(1), x),
        backends=("sessile", "numpy", "tensorflow", "jax"),
        rtol=1e-3,
    ),
    Workload(
        name="loop_map",
        title="map_fn: sums of squares of 100,000 rows of 8",
        group="loops",
        values=uniform((ROWS, 8)),
        build=_map,
        formula=lambda xp, x: xp.map_rows(lambda row: xp.sum(row * row) + np.float32(1), x),
        backends=("sessile", "numpy", "tensorflow", "jax"),
    ),
    Workload(
        name="loop_scan",
        title="scan: smoothed rows, 100,000 of 8",
        group="loops",
        values=uniform((ROWS, 8)),
        build=_scan,
        formula=_scan_formula,
        backends=("sessile", "numpy", "tensorflow", "jax"),
    ),
    Workload(
        name="loop_products",
        title="1000 products of 64 x 64 one after the other",
        group="loops",
        values=_small_matrices,
        build=_products,
        formula=lambda xp, x, m: xp.repeat(1000, lambda i, v: v @ m, x),
        numpy=_numpy_products,
        backends=("sessile", "numpy", "tensorflow", "jax"),
        rtol=1e-2,
    ),
    Workload(
        name="loop_branch",
        title="1000 turns over 1000 float32 with a cond",
        group="loops",
        values=uniform((1000,)),
        build=_branch,
        formula=_branch_formula,
        backends=("sessile", "numpy", "tensorflow", "jax"),
        reference=Reference("1000 times np.multiply of 1000", _multiplies),
    ),
    Workload(
        name="loop_no_branch",
        title="1000 turns over 1000 float32 without one",
        group="loops",
        values=uniform((1000,)),
        build=_no_branch,
        formula=lambda xp, x: xp.repeat(1000, lambda i, v: v * np.float32(0.9) + np.float32(0.3), x),
        backends=("sessile", "numpy", "tensorflow", "jax"),
    ),
    Workload(
        name="loop_updates",
        title="while_loop of 1000 turns, each a step of gradient descent on a variable: 32 x 8",
        group="loops",
        values=uniform((32, 8), (32, 1)),
        build=_updates,
        formula=_updates_formula,
        variables=True,
        backends=("sessile", "numpy", "tensorflow", "jax"),
        rtol=1e-3,
        atol=1e-4,
    ),
    Workload(
        name="lstm",
        title="LSTM of 50 steps, batch 32, 128 units: forward, backward, update",
        group="loops",
        values=uniform((BATCH, STEPS, UNITS)),
        build=_lstm,
        formula=_lstm_formula,
        drive=drives.fresh_variables,
        variables=True,
        backends=("sessile", "tensorflow", "jax"),
        rtol=1e-3,
        atol=1e-4,
    ),
    Workload(
        name="lstm_first",
        title="first call of the LSTM's step, empty cache",
        group="compilation",
        values=uniform((BATCH, STEPS, UNITS)),
        build=_lstm,
        formula=_lstm_formula,
        drive=drives.first_step,
        variables=True,
        fresh=Fresh("first", cache="cold"),
        backends=("sessile", "tensorflow", "jax"),
        rtol=1e-3,
        atol=1e-4,
    ),
)
