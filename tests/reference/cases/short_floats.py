"""float16 and bfloat16: what TensorFlow rounds, and where, fed and computed with.

TensorFlow takes denormal bfloat16 for zero, and sums float16 partly in float16; neither is looked at here.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

Case = Callable[[Any], Any]

NAN, INF = float("nan"), float("inf")
TYPES = ("float16", "bfloat16")
X = [0.0, -0.0, 0.1, 1 / 3, -1.7, 2.5, 7.77, -30.1, 1000.3, 2047.5, -60000.0, 60000.0, INF, -INF, NAN, 1.0, -0.75]
Y = [1.0, 2.0, 0.7, 3.3, 1.3, -0.6, 11.1, 30.1, 999.9, 0.013, -60000.0, 7.0, 2.0, -INF, 1.0, NAN, 1e-4]
TIES = [1 + k * 2.0**-12 for k in range(-4, 9)] + [2 + k * 2.0**-8 for k in range(-2, 5)]
EDGES = [65504.0, 65519.0, 65520.0, 1e5, -65520.0, 3.3e38, 3.4e38, -3.4e38, 6e-8, 2.9e-8, 3e-8, 6.1e-5, 6.09e-5]
POSITIVE = (np.random.RandomState(0).rand(5, 7) + 0.5).tolist()

BINARY = (
    "AddV2", "Sub", "Mul", "RealDiv", "Maximum", "Minimum", "SquaredDifference", "FloorDiv", "DivNoNan", "MulNoNan",
    "Less", "LessEqual", "Equal", "NotEqual",
)  # fmt: skip
EXACT = ("Sqrt", "Square", "Reciprocal", "Floor", "Ceil", "Round", "Neg", "Abs", "Sign", "IsNan", "IsInf", "IsFinite")
FUNCTIONS = ("Exp", "Expm1", "Log", "Log1p", "Tanh", "Sigmoid", "Rsqrt", "Sin", "Erf", "Atan")


def _fed(tf: Any, dtype: str, build: Callable[..., Any], *arrays: Any) -> Any:
    """Feed arrays of a type, so that nothing is folded."""
    with np.errstate(over="ignore"):
        values = [np.asarray(array, np.float64).astype(getattr(tf, dtype).as_numpy_dtype) for array in arrays]
    places = [tf.placeholder(dtype, [None] * value.ndim) for value in values]
    return build(*places), dict(zip(places, values))


def _operations(dtype: str) -> dict[str, Case]:
    cases: dict[str, Case] = {
        f"exact_of_two_{dtype}": lambda tf: _fed(
            tf, dtype, lambda x, y: [getattr(tf.raw_ops, name)(x=x, y=y) for name in BINARY], X, Y
        ),
        f"exact_{dtype}": lambda tf: _fed(tf, dtype, lambda x: [getattr(tf.raw_ops, name)(x=x) for name in EXACT], X),
        f"relu_{dtype}": lambda tf: _fed(tf, dtype, lambda x: [tf.nn.relu(x), tf.nn.relu6(x)], X[2:]),
        f"leaks_{dtype}": lambda tf: _fed(tf, dtype, lambda x: [tf.nn.leaky_relu(x), tf.nn.leaky_relu(x, 0.3)], X),
        f"chain_{dtype}": lambda tf: _fed(tf, dtype, lambda x, y: (x * y + 0.1) / (y - 0.3) - tf.abs(x), X, Y),
    }
    for name in FUNCTIONS:
        cases[f"{name.lower()}_{dtype}"] = lambda tf, name=name: _fed(
            tf, dtype, lambda x: getattr(tf.raw_ops, name)(x=x), X
        )
    return cases


def _casts(dtype: str) -> dict[str, Case]:
    cases: dict[str, Case] = {
        f"cast_{dtype}": lambda tf: _fed(
            tf, dtype, lambda x: [tf.cast(x, to) for to in ("float32", "float64", "int32", "int64", "bool")], X[:12]
        ),
        f"cast_to_other_{dtype}": lambda tf: _fed(tf, dtype, lambda x: [tf.cast(x, other) for other in TYPES], X),
    }
    for source in ("float32", "float64"):
        cases[f"cast_{source}_{dtype}"] = lambda tf, source=source: _fed(
            tf, source, lambda x: tf.cast(x, dtype), X + TIES + [np.nextafter(tie, 9) for tie in TIES] + EDGES[:8]
        )
    for source in ("int32", "int64", "uint8"):
        cases[f"cast_{source}_{dtype}"] = lambda tf, source=source: _fed(
            tf, source, lambda x: tf.cast(x, dtype), [0, 1, 77, 255] if source == "uint8" else [2049, 2051, -70001, 257]
        )
    return cases


def _reductions(dtype: str) -> dict[str, Case]:
    names = ("sum", "mean", "prod", "max", "min")
    return {
        f"reduce_{dtype}": lambda tf: _fed(
            tf, dtype, lambda x: [getattr(tf, f"reduce_{n}")(x, a) for n in names for a in (0, 1, None)], POSITIVE
        ),
        f"reduce_nan_{dtype}": lambda tf: _fed(
            tf, dtype, lambda x: [tf.reduce_max(x), tf.reduce_min(x), tf.argmax(x[:12]), tf.argmin(x[:12])], X
        ),
        f"softmax_{dtype}": lambda tf: _fed(tf, dtype, lambda x: [tf.nn.softmax(x), tf.nn.log_softmax(x)], POSITIVE),
        f"moments_{dtype}": lambda tf: _fed(tf, dtype, lambda x: tf.nn.moments(x, [1]), POSITIVE),
        f"loss_{dtype}": lambda tf: _fed(
            tf,
            dtype,
            lambda x: tf.nn.softmax_cross_entropy_with_logits_v2(labels=x, logits=x),
            POSITIVE,
        ),
    }


CASES: dict[str, Case] = {}
for _dtype in TYPES:
    CASES |= _operations(_dtype) | _casts(_dtype) | _reductions(_dtype)
CASES["cast_denormal_float16"] = lambda tf: _fed(tf, "float32", lambda x: tf.cast(x, tf.float16), EDGES)
