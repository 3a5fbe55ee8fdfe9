"""Reductions and what is made of them row by row; layouts."""

from __future__ import annotations

import timeit
from typing import Any

import numpy as np

from .. import drives
from ..workload import Call, Reference, Values, Workload
from .data import uniform


def _softmax(tf: Any, values: Values) -> tuple[Any, list[Any]]:
    (x,) = drives.placeholders(tf, values)
    return tf.nn.softmax(x), [x]


def _softmax_formula(xp: Any, x: Any) -> Any:
    raised = xp.exp(x - xp.amax(x, axis=-1, keepdims=True))
    return raised / xp.sum(raised, axis=-1, keepdims=True)


def _layer_norm(tf: Any, values: Values) -> tuple[Any, list[Any]]:
    x, scale, offset = drives.placeholders(tf, values)
    mean = tf.reduce_mean(x, axis=-1, keepdims=True)
    variance = tf.reduce_mean(tf.square(x - mean), axis=-1, keepdims=True)
    return (x - mean) * tf.rsqrt(variance + 1e-5) * scale + offset, [x, scale, offset]


def _layer_norm_formula(xp: Any, x: Any, scale: Any, offset: Any) -> Any:
    mean = xp.mean(x, axis=-1, keepdims=True)
    variance = xp.mean(xp.square(x - mean), axis=-1, keepdims=True)
    return (x - mean) / xp.sqrt(variance + 1e-5) * scale + offset


def _sum_of_squares(tf: Any, values: Values) -> tuple[Any, list[Any]]:
    (x,) = drives.placeholders(tf, values)
    return tf.reduce_sum(x * x), [x]


def _fastest_read(values: Values) -> Call:
    """A loop that only reads: `np.max` waits for no sum before it adds, where `np.sum` does."""
    return Call(min((np.sum, np.max), key=lambda read: min(timeit.repeat(lambda: read(*values), number=1))), values)


def _mean_rows(tf: Any, values: Values) -> tuple[Any, list[Any]]:
    (x,) = drives.placeholders(tf, values)
    return [tf.reduce_mean(x, axis=0), tf.reduce_mean(x, axis=1), tf.reduce_max(x, axis=1)], [x]


def _mean_rows_formula(xp: Any, x: Any) -> list[Any]:
    return [xp.mean(x, axis=0), xp.mean(x, axis=1), xp.amax(x, axis=1)]


def _bias_relu_scale(tf: Any, values: Values) -> tuple[Any, list[Any]]:
    x, bias, scale = drives.placeholders(tf, values)
    return tf.nn.relu(x + bias) * scale, [x, bias, scale]


def _transposed(tf: Any, values: Values) -> tuple[Any, list[Any]]:
    (x,) = drives.placeholders(tf, values)
    return tf.transpose(x) * 2.5 + 1.0, [x]


def _copy_transposed(values: Values) -> Call:
    (x,) = values
    return Call(np.copyto, (np.zeros_like(x.T, order="C"), x.T))


def _dense(tf: Any, values: Values) -> tuple[Any, list[Any]]:
    x, weights, bias = drives.placeholders(tf, values)
    return tf.nn.relu(tf.matmul(x, weights) + bias), [x, weights, bias]


ROWS = (
    Workload(
        name="softmax",
        title="softmax of 1024 x 1024 float32",
        group="rows",
        values=uniform((1024, 1024), low=-4, high=4),
        build=_softmax,
        formula=_softmax_formula,
    ),
    Workload(
        name="layer_norm",
        title="layer norm of 1024 x 1024 float32",
        group="rows",
        values=uniform((1024, 1024), (1024,), (1024,)),
        build=_layer_norm,
        formula=_layer_norm_formula,
        rtol=1e-3,
        atol=1e-4,
    ),
    Workload(
        name="sum_squares_1e7",
        title="sum of squares, 1e7 float32",
        group="rows",
        values=uniform((10**7,)),
        build=_sum_of_squares,
        formula=lambda xp, x: xp.sum(x * x),  # not in numexpr: it adds float32 one by one, and is 1% off at 1e7
        reference=Reference("np.sum or np.max of 1e7", _fastest_read, bytes_moved=4 * 10**7),
        bytes_moved=4 * 10**7,
        rtol=2e-3,
    ),
    Workload(
        name="reductions",
        title="mean by row and column, max, 1024 x 2048",
        group="rows",
        values=uniform((1024, 2048)),
        build=_mean_rows,
        formula=_mean_rows_formula,
        atol=1e-4,
    ),
    Workload(
        name="bias_relu_scale",
        title="relu(x + bias) * scale, 2048 x 512 float32",
        group="rows",
        values=uniform((2048, 512), (512,), (512,)),
        build=_bias_relu_scale,
        formula=lambda xp, x, bias, scale: xp.relu(x + bias) * scale,
        numexpr="maximum(a + b, 0.0) * c",
    ),
    Workload(
        name="dense",
        title="relu(x @ w + b), 256 x 512 x 512 float32",
        group="rows",
        values=uniform((256, 512), (512, 512), (512,)),
        build=_dense,
        formula=lambda xp, x, w, b: xp.relu(x @ w + b),
        rtol=1e-3,
        atol=1e-3,
    ),
    Workload(
        name="transpose",
        title="transpose(x) * 2.5 + 1, 4096 x 4096 float32",
        group="rows",
        values=uniform((4096, 4096)),
        build=_transposed,
        formula=lambda xp, x: xp.contiguous(x.T) * 2.5 + 1.0,
        reference=Reference("np.copyto of the transposed view", _copy_transposed),
        main=False,
    ),
)
