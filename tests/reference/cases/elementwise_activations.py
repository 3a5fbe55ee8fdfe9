"""Activation functions and the operation types of their gradients."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

Case = Callable[[Any], Any]

NAN, INF = float("nan"), float("inf")
VALUES = [0.0, 1.0, -1.0, 0.5, -0.5, 3.0, -3.0, 6.0, 6.5, 20.0, -20.0, 0.01, INF, -INF, NAN]
FLOATS = ("float16", "bfloat16", "float32", "float64")
INTEGERS = ("int8", "int16", "int32", "int64", "uint8", "uint16", "uint32", "uint64")
GRADIENTS = {
    "ReluGrad": ("gradients", "features"), "Relu6Grad": ("gradients", "features"), "EluGrad": ("gradients", "outputs"),
    "SeluGrad": ("gradients", "outputs"), "SoftplusGrad": ("gradients", "features"), "SoftsignGrad": ("gradients", "features"),
    "LeakyReluGrad": ("gradients", "features"), "TanhGrad": ("dy", "y"), "SigmoidGrad": ("dy", "y"), "SqrtGrad": ("dy", "y"),
    "RsqrtGrad": ("dy", "y"), "ReciprocalGrad": ("dy", "y"), "InvGrad": ("dy", "y"),
}  # fmt: skip


def _tables() -> dict[str, Case]:
    cases: dict[str, Case] = {}
    for name in ("relu", "relu6", "elu", "selu", "leaky_relu", "softplus", "softsign", "sigmoid", "swish"):
        for dtype in FLOATS:
            cases[f"{name}_{dtype}"] = lambda tf, name=name, dtype=dtype: getattr(tf.nn, name)(
                tf.constant(VALUES, dtype)
            )
        cases[f"{name}_names"] = lambda tf, name=name: [
            getattr(tf.nn, name)([0.5, -0.5]), getattr(tf.nn, name)(tf.zeros([0, 2])), getattr(tf.nn, name)(tf.constant(1.0)),
        ]  # fmt: skip
        cases[f"{name}_strings"] = lambda tf, name=name: getattr(tf.nn, name)(tf.constant("a"))
    for name in ("relu", "relu6"):
        for dtype in INTEGERS:
            values = [0, 1, 5, 7, 100] if dtype.startswith("u") else [0, 1, -1, 7, -100]
            cases[f"{name}_{dtype}"] = lambda tf, name=name, dtype=dtype, values=values: getattr(tf.nn, name)(
                tf.constant(values, dtype)
            )
    return cases


def _gradient(tf: Any, kind: str, dtype: str) -> Any:
    slope, at = GRADIENTS[kind]
    points = [1.0, 0.25, 0.5, 4.0] if "qrt" in kind else [0.25, -0.5, 2.0, 7.0, -3.0]
    values = {slope: tf.constant([[1.0], [0.5], [2.0]], dtype) + tf.zeros([3, len(points)], dtype)}
    values[at] = tf.constant([points] * 3, dtype)
    return getattr(tf.raw_ops, kind)(**values)


def _gradients() -> dict[str, Case]:
    return {
        f"{kind}_{dtype}": lambda tf, kind=kind, dtype=dtype: _gradient(tf, kind, dtype)
        for kind in GRADIENTS
        for dtype in ("float32", "float64")
    }


CASES: dict[str, Case] = {
    **_tables(),
    **_gradients(),
    "sigmoid_complex": lambda tf: tf.sigmoid(tf.constant([1 + 2j, -0.5j], "complex64")),
    "sigmoid_of_integers": lambda tf: tf.sigmoid(tf.constant([1])),
    "sigmoid_name": lambda tf: tf.sigmoid([1.0], name="mine"),
    "log_sigmoid": lambda tf: [tf.log_sigmoid(tf.constant([-30.0, 0.0, 2.0])), tf.log_sigmoid([1.0], name="mine")],
    "relu_name": lambda tf: [tf.nn.relu([1.0], name="mine"), tf.nn.relu6(tf.constant([7]), name="six")],
    "leaky_relu_slopes": lambda tf: [
        tf.nn.leaky_relu(tf.constant([-2.0, 3.0]), alpha=0.3), tf.nn.leaky_relu(tf.constant([-2.0, 3.0]), alpha=1.5),
        tf.nn.leaky_relu([-2.0, 3.0], 0, name="mine"), tf.nn.leaky_relu(tf.constant([-2, 3])),
    ],
    "leaky_relu_tensor_slope": lambda tf: tf.nn.leaky_relu(tf.constant([1.0]), alpha=tf.constant(0.5)),
    "swish_slopes": lambda tf: [
        tf.nn.swish(tf.constant([1.0, -1.0]), 2.0), tf.nn.swish(tf.constant([1.0, -1.0]), beta=2), tf.nn.silu(1.5),
        tf.nn.swish(tf.constant([1.0, -1.0]), tf.constant(0.5)),
    ],
    "crelu": lambda tf: [tf.nn.crelu(tf.constant([[1.0, -2.0]])), tf.nn.crelu([[1.0, -2.0]], axis=0, name="mine")],
    "gradient_shapes": lambda tf: tf.raw_ops.ReluGrad(gradients=tf.ones([2, 3]), features=tf.ones([2, 1])),
    "gradient_static": lambda tf: [
        tf.raw_ops.ReluGrad(
            gradients=tf.placeholder_with_default(np.ones([2, 3], "f"), [None, 3]),
            features=tf.placeholder_with_default(np.ones([2, 3], "f"), None),
        ),
        tf.raw_ops.TanhGrad(y=tf.placeholder_with_default(np.ones([2], "f"), None), dy=tf.ones([2])),
    ],
}  # fmt: skip
