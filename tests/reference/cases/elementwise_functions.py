"""Powers, exponentials, logarithms, trigonometric and special functions."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

Case = Callable[[Any], Any]

NAN, INF = float("nan"), float("inf")
REAL = [0.0, -0.0, 1.0, -1.0, 0.5, -0.5, 0.25, 2.0, -2.0, 3.75, 10.0, -10.0, 1e-3, INF, -INF, NAN]
UNIT = [0.0, -0.0, 1.0, -1.0, 0.5, -0.5, 0.25, -0.875, 2.0, NAN]
POSITIVE = [0.5, 1.0, 1.5, 2.0, 3.0, 5.5, 10.0, 20.0]
COMPLEX = [1 + 2j, -0.5 + 0.25j, 2 - 1j, 0.5j]

ON_ALL = ("sqrt", "rsqrt", "exp", "expm1", "log", "log1p", "sin", "cos", "tan", "atan", "sinh", "cosh", "tanh", "asinh")
ON_UNIT = ("asin", "acos", "atanh")
SPECIAL = ("erf", "erfc", "lgamma")
NAMES = (*ON_ALL, *ON_UNIT, "acosh", *SPECIAL, "digamma")


def value(tf: Any, name: str) -> Any:
    """The function of a dotted name."""
    for part in name.split("."):
        tf = getattr(tf, part)
    return tf


def unary(name: str, dtype: str, values: Any) -> Case:
    """A function of one argument, on a vector."""
    return lambda tf: value(tf, name)(tf.constant(values, dtype))


def _tables() -> dict[str, Case]:
    cases: dict[str, Case] = {}
    for dtype in ("float16", "bfloat16", "float32", "float64"):
        for name in ON_ALL:
            cases[f"{name}_{dtype}"] = unary(name, dtype, REAL)
        for name in ON_UNIT:
            cases[f"{name}_{dtype}"] = unary(name, dtype, UNIT)
        cases[f"acosh_{dtype}"] = unary("acosh", dtype, [1.0, 1.5, 2.0, 10.0, 0.5, INF, NAN])
    for dtype in ("float32", "float64"):
        for name in SPECIAL:
            cases[f"{name}_{dtype}"] = unary(name, dtype, [*POSITIVE, 0.0, -0.5, -1.5, NAN])
        cases[f"digamma_{dtype}"] = unary("digamma", dtype, [*POSITIVE, 0.0, -0.5, -1.0, NAN])
        for name in ("math.erfinv", "math.ndtri"):
            cases[f"{name[5:]}_{dtype}"] = unary(name, dtype, [0.25, 0.5, 0.75, 0.9, 1.0, 0.0])
        cases[f"erfcinv_{dtype}"] = unary("math.erfcinv", dtype, [0.25, 0.5, 1.5, 1.75])
        for name in ("bessel_i0", "bessel_i0e", "bessel_i1", "bessel_i1e"):
            cases[f"{name}_{dtype}"] = unary(f"math.{name}", dtype, [0.0, 0.5, -0.5, 2.0, 9.0, -20.0])
        for name in (
            "bessel_j0",
            "bessel_j1",
            "bessel_k0",
            "bessel_k0e",
            "bessel_k1",
            "bessel_k1e",
            "bessel_y0",
            "bessel_y1",
        ):
            cases[f"{name}_{dtype}"] = unary(f"math.special.{name}", dtype, [0.5, 1.0, 1.5, 2.5])
        for name in ("dawsn", "expint", "fresnel_cos", "fresnel_sin", "spence"):
            cases[f"{name}_{dtype}"] = unary(f"math.special.{name}", dtype, [0.25, 0.5, 1.0, 2.0, 4.0])
    for dtype in ("complex64", "complex128"):
        for name in (*ON_ALL, *ON_UNIT, "acosh"):
            cases[f"{name}_{dtype}"] = unary(name, dtype, COMPLEX)
    return cases


def _names() -> dict[str, Case]:
    cases: dict[str, Case] = {}
    for name in NAMES:
        cases[f"{name}_names"] = lambda tf, name=name: [
            value(tf, name)(0.5), value(tf, name)([[0.25], [0.75]], name="mine"), value(tf, name)(tf.zeros([0, 2]))
        ]  # fmt: skip
        cases[f"{name}_of_integers"] = lambda tf, name=name: value(tf, name)(tf.constant([1, 2]))
    for name in ("erfinv", "ndtri", "erfcinv", "bessel_i0", "bessel_i0e", "bessel_i1", "bessel_i1e"):
        cases[f"{name}_names"] = lambda tf, name=name: [
            value(tf.math, name)(tf.constant(0.5)), value(tf.math, name)(tf.constant(0.5), name="mine")
        ]  # fmt: skip
    return cases


def _grid(name: str, dtype: str, x: Any, y: Any) -> Case:
    return lambda tf: value(tf, name)(tf.constant([[item] for item in x], dtype), tf.constant(y, dtype))


def _binary() -> dict[str, Case]:
    cases: dict[str, Case] = {}
    for dtype in ("float32", "float64"):
        cases[f"pow_{dtype}"] = _grid("pow", dtype, REAL, [0.0, 1.0, -1.0, 2.0, 0.5, -0.5, 3.0, INF, -INF, NAN])
        cases[f"atan2_{dtype}"] = _grid("atan2", dtype, REAL, REAL)
        for name in ("igamma", "igammac"):
            cases[f"{name}_{dtype}"] = _grid(name, dtype, [0.5, 1.0, 2.5, 5.0], [0.25, 1.0, 2.0, 6.0])
        cases[f"zeta_{dtype}"] = _grid("zeta", dtype, [1.5, 2.0, 4.0], [0.5, 1.0, 3.0])
        cases[f"polygamma_{dtype}"] = _grid("polygamma", dtype, [0.0, 1.0, 2.0, 3.0], [0.5, 1.0, 3.0])
        cases[f"betainc_{dtype}"] = lambda tf, dtype=dtype: [
            tf.betainc(tf.constant([0.5, 1.0, 3.0], dtype), tf.constant([1.5, 2.0, 0.5], dtype), tf.constant([0.25, 0.5, 0.9], dtype)),
            tf.betainc(tf.constant(2.0, dtype), tf.constant(3.0, dtype), tf.constant([0.0, 0.1, 1.0], dtype)),
        ]  # fmt: skip
        for name in ("xlogy", "xlog1py", "xdivy"):
            cases[f"{name}_{dtype}"] = _grid(f"math.{name}", dtype, [0.0, 1.0, -2.0], [0.0, 0.5, 2.0, NAN, INF])
    for dtype in ("float16", "bfloat16"):
        cases[f"pow_{dtype}"] = _grid("pow", dtype, [0.5, 1.0, 2.0, -3.0], [0.0, 1.0, 2.0, -2.0])
    for dtype in ("int8", "int32", "int64"):
        cases[f"pow_{dtype}"] = _grid("pow", dtype, [0, 1, -1, 2, -3, 7], [0, 1, 2, 3, 5])
    cases["pow_complex64"] = _grid("pow", "complex64", COMPLEX, [1 + 1j, 2 + 0j, -0.5j])
    return cases


CASES: dict[str, Case] = {
    **_tables(),
    **_names(),
    **_binary(),
    "pow_names": lambda tf: [tf.pow(2, 3), tf.pow(tf.constant(2.0), 3, name="cube"), tf.pow([1.0, 2.0], [[2.0], [3.0]])],
    "pow_negative_integer": lambda tf: tf.pow(tf.constant([2, 3]), tf.constant([1, -1])),
    "pow_types_differ": lambda tf: tf.pow(tf.constant(2.0), tf.constant(2)),
    "pow_bools": lambda tf: tf.pow(tf.constant(True), tf.constant(True)),
    "igamma_edges": lambda tf: [
        tf.igamma(tf.constant([0.0, 0.0, -1.0, 2.0]), tf.constant([0.0, 1.0, 1.0, 0.0])),
        tf.igammac(tf.constant([0.0, 0.0, -1.0, 2.0]), tf.constant([0.0, 1.0, 1.0, 0.0])),
    ],
    "zeta_poles": lambda tf: tf.zeta(tf.constant([1.0, 2.0, 3.0, 0.5]), tf.constant([1.0, 0.0, -1.0, 1.0])),
    "betainc_shapes": lambda tf: tf.betainc(tf.ones([2, 3]), tf.ones([2, 3]), tf.ones([2, 2])),
    "special_names": lambda tf: [
        tf.math.xlogy(tf.constant(2.0), 3.0), tf.math.xlogy(1.0, tf.constant(3.0), name="mine"),
        tf.math.xdivy(tf.constant(1.0), 2.0), tf.math.xlog1py(tf.constant(1.0), 2.0, name="mine2"),
        tf.atan2(1.0, tf.constant(2.0)), tf.polygamma(1.0, tf.constant([2.0])), tf.zeta(tf.constant(2.0), 1.0),
        tf.igamma(1.0, tf.constant([2.0])), tf.igammac(tf.constant([2.0]), 1.0, name="upper"),
    ],
}  # fmt: skip
