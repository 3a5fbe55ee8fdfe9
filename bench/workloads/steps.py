"""What a step costs when there is next to nothing to compute."""

from __future__ import annotations

from typing import Any

import numpy as np

from .. import drives
from ..workload import Call, Reference, UnsupportedError, Values, Workload
from .data import uniform


def _multiply(values: Values) -> Call:
    ten = uniform((10,), (10,))()
    return Call(np.multiply, ten)


def _multiply_into(values: Values) -> Call:
    x, y = values
    return Call(np.multiply, (x, y, np.empty_like(x)))


def _multiply_often(values: Values) -> Call:
    x, y = values

    def call() -> np.ndarray:
        z = x
        for _ in range(1000):
            z = np.multiply(z, y)
        return z

    return Call(call)


def _multiply_often_into(values: Values) -> Call:
    x, y = values
    out, other = np.empty_like(x), np.empty_like(x)

    def call() -> np.ndarray:
        np.multiply(x, y, out=other)
        for _ in range(49):
            np.multiply(other, y, out=out)
            np.multiply(out, y, out=other)
        return np.multiply(other, y, out=out)

    return Call(call)


def _jax_often(jax: Any, values: Values, threads: int) -> Call:
    x, y = (jax.numpy.asarray(value) for value in values)
    step = jax.jit(lambda x, y: jax.lax.fori_loop(0, 1000, lambda turn, z: z * y, x))
    return Call(lambda: step(x, y).block_until_ready())


NP_MULTIPLY_10 = Reference("np.multiply of 10", _multiply)


def _product(tf: Any, values: Values) -> tuple[Any, list[Any]]:
    x, y = drives.placeholders(tf, values)
    return x * y, [x, y]


def _sum_and_product(tf: Any, values: Values) -> tuple[Any, list[Any]]:
    x, y = drives.placeholders(tf, values)
    return [x + y, x * y], [x, y]


def _nested(tf: Any, values: Values) -> tuple[Any, list[Any]]:
    x, y = drives.placeholders(tf, values)
    return {"product": x * y, "others": [x + y, x - y]}, [x, y]


def _count(tf: Any, values: Values) -> tuple[Any, list[Any]]:
    counter = tf.Variable(np.float32(0), name="counter")
    return tf.assign_add(counter, np.float32(1)), []


def _numpy_counter(values: Values) -> Call:
    counter = np.zeros((), np.float32)
    return drives.in_place(np.add, (counter, np.float32(1), counter), counter)


def _train(tf: Any, values: Values) -> tuple[Any, list[Any]]:
    if not hasattr(tf, "gradients"):
        raise UnsupportedError("tf.gradients is not built yet")
    x, y = drives.placeholders(tf, values)
    weights = tf.Variable(np.zeros((values[0].shape[1], 1), np.float32))
    loss = tf.reduce_mean(tf.square(tf.matmul(x, weights) - y))
    (slope,) = tf.gradients(loss, [weights])
    return [loss, tf.assign_sub(weights, 0.01 * slope)], [x, y]


def _train_by_hand(tf: Any, values: Values) -> tuple[Any, list[Any]]:
    x, y = drives.placeholders(tf, values)
    weights = tf.Variable(np.zeros((values[0].shape[1], 1), np.float32))
    error = tf.matmul(x, weights) - y
    slope = tf.matmul(x, (2.0 / values[1].size) * error, transpose_a=True)
    return [tf.reduce_mean(tf.square(error)), tf.assign_sub(weights, 0.01 * slope)], [x, y]


def _train_formula(xp: Any, x: Any, y: Any) -> list[Any]:
    weights = np.zeros((x.shape[1], 1), np.float32)
    return list(_train_step(weights, x, y))


def _train_step(weights: np.ndarray, x: np.ndarray, y: np.ndarray) -> tuple[Any, np.ndarray]:
    error = x @ weights - y
    weights -= np.float32(0.01) * (x.T @ (np.float32(2.0 / error.size) * error))
    return np.mean(np.square(error)), weights


def _numpy_train(values: Values) -> Call:
    weights = np.zeros((values[0].shape[1], 1), np.float32)
    return Call(_train_step, (weights, *values))


STEPS = (
    Workload(
        name="callable_10",
        title="make_callable: x * y, 10 float32",
        group="step cost",
        values=uniform((10,), (10,)),
        build=_product,
        formula=lambda xp, x, y: x * y,
        reference=NP_MULTIPLY_10,
    ),
    Workload(
        name="into_array_10",
        title="make_callable: x * y, 10 float32, into an array that is given",
        group="step cost",
        values=uniform((10,), (10,)),
        build=_product,
        formula=lambda xp, x, y: x * y,
        drive=drives.into_array,
        numpy=_multiply_into,
        backends=("sessile", "numpy"),
        reference=Reference("np.multiply of 10 into an array", _multiply_into),
        main=False,
    ),
    Workload(
        name="repeat_1000",
        title="make_callable(repeat=1000, carry={x: z}): z = x * y, 10 float32",
        group="step cost",
        values=uniform((10,), (10,)),
        build=_product,
        formula=lambda xp, x, y: x * y**1000,
        drive=drives.repeated,
        numpy=_multiply_often,
        own={"jax": _jax_often},
        backends=("sessile", "numpy", "jax"),
        reference=Reference("1000 np.multiply of 10", _multiply_often),
        main=False,
    ),
    Workload(
        name="repeat_into_1e6",
        title="repeat=100, carry={x: z}, into an array: z = x * y, 1e6 float32",
        group="step cost",
        values=uniform((10**6,), (10**6,)),
        build=_product,
        formula=lambda xp, x, y: x * y**100,
        drive=drives.repeated_into_array,
        numpy=_multiply_often_into,
        backends=("sessile", "numpy"),
        reference=Reference("100 np.multiply into two arrays in turns", _multiply_often_into),
        main=False,
    ),
    Workload(
        name="two_fetches_10",
        title="make_callable: [x + y, x * y], 10 float32",
        group="step cost",
        values=uniform((10,), (10,)),
        build=_sum_and_product,
        formula=lambda xp, x, y: [x + y, x * y],
        reference=NP_MULTIPLY_10,
    ),
    Workload(
        name="nested_fetches_10",
        title="make_callable: {'product': x * y, 'others': [x + y, x - y]}, 10 float32",
        group="step cost",
        values=uniform((10,), (10,)),
        build=_nested,
        formula=lambda xp, x, y: {"product": x * y, "others": [x + y, x - y]},
        reference=NP_MULTIPLY_10,
    ),
    Workload(
        name="run_nested_10",
        title="run of the same with a feed_dict",
        group="step cost",
        values=uniform((10,), (10,)),
        build=_nested,
        formula=lambda xp, x, y: {"product": x * y, "others": [x + y, x - y]},
        drive=drives.through_run,
        reference=NP_MULTIPLY_10,
    ),
    Workload(
        name="run_10",
        title="run with a feed_dict: x * y, 10 float32",
        group="step cost",
        values=uniform((10,), (10,)),
        build=_product,
        formula=lambda xp, x, y: x * y,
        drive=drives.through_run,
        reference=NP_MULTIPLY_10,
    ),
    Workload(
        name="counter",
        title="assign_add(counter, 1) through a callable",
        group="step cost",
        values=lambda: (),
        build=_count,
        formula=lambda xp: np.float32(1),
        drive=drives.fresh_variables,
        variables=True,
        numpy=_numpy_counter,
        backends=("sessile", "numpy", "tensorflow"),
        reference=NP_MULTIPLY_10,
    ),
    Workload(
        name="train_step",
        title="gradient step of a linear model, batch 32 x 64",
        group="step cost",
        values=uniform((32, 64), (32, 1)),
        build=_train,
        formula=_train_formula,
        drive=drives.fresh_variables,
        variables=True,
        numpy=_numpy_train,
        backends=("sessile", "numpy", "tensorflow"),
    ),
    Workload(
        name="train_by_hand",
        title="the same, the gradient written by hand",
        group="step cost",
        values=uniform((32, 64), (32, 1)),
        build=_train_by_hand,
        formula=_train_formula,
        drive=drives.fresh_variables,
        variables=True,
        numpy=_numpy_train,
        backends=("sessile", "numpy", "tensorflow"),
        main=False,
    ),
)
