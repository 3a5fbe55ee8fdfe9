"""Sums, products, quotients, remainders, bounds and rounding."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

Case = Callable[[Any], Any]

NAN, INF = float("nan"), float("inf")
FLOATS = [0.0, -0.0, 1.0, -1.5, 2.5, -0.5, 0.5, 7.0, -3.0, 1e4, INF, -INF, NAN]
SIGNED = [0, 1, -1, 2, -2, 7, -7, 100, 127, -128]
UNSIGNED = [0, 1, 2, 3, 7, 100, 127, 128, 255]
DIVISORS = [1, -1, 2, -2, 3, -3, 7, 10, 127, -100]
NUMBERS = {
    "float16": FLOATS, "bfloat16": FLOATS, "float32": FLOATS, "float64": FLOATS,
    "int8": SIGNED, "int16": SIGNED, "int32": SIGNED, "int64": SIGNED,
    "uint8": UNSIGNED, "uint16": UNSIGNED, "uint32": UNSIGNED, "uint64": UNSIGNED,
    "complex64": [0j, 1 + 0j, 2j, -1.5 + 0.5j, 3 - 4j], "complex128": [0j, 1 + 0j, 2j, -1.5 + 0.5j, 3 - 4j],
}  # fmt: skip
MANY = ("float16", "bfloat16", "float32", "float64", "int8", "int32", "int64", "uint8", "uint64", "complex64")
REAL = ("float16", "bfloat16", "float32", "float64", "int8", "int16", "int32", "int64", "uint8", "uint32")


def value(tf: Any, name: str) -> Any:
    """The function of a dotted name."""
    for part in name.split("."):
        tf = getattr(tf, part)
    return tf


def unary(name: str, dtype: str, values: Any) -> Case:
    """A function of one argument, on a vector."""
    return lambda tf: value(tf, name)(tf.constant(values, dtype))


def binary(name: str, dtype: str, x: Any, y: Any) -> Case:
    """A function of two arguments, on a column and a row."""
    return lambda tf: value(tf, name)(tf.constant([[item] for item in x], dtype), tf.constant(y, dtype))


def _pairs() -> dict[str, Case]:
    cases: dict[str, Case] = {}
    for name in ("add", "subtract", "multiply"):
        for dtype in MANY:
            cases[f"{name}_{dtype}"] = binary(name, dtype, NUMBERS[dtype], NUMBERS[dtype])
    for name in ("maximum", "minimum"):
        for dtype in REAL:
            cases[f"{name}_{dtype}"] = binary(name, dtype, NUMBERS[dtype][2:], NUMBERS[dtype][2:])
    for name in ("truediv", "divide", "div", "floordiv", "mod", "floormod", "truncatediv", "truncatemod"):
        for dtype in ("float32", "float64", "int32", "int64"):
            y = NUMBERS[dtype] if dtype.startswith("f") else DIVISORS
            cases[f"{name}_{dtype}"] = binary(name, dtype, NUMBERS[dtype], y)
    for name in ("truediv", "floordiv", "mod"):
        for dtype in ("int8", "int16", "uint8", "uint16", "uint64"):
            y = [item for item in NUMBERS[dtype] if item]
            cases[f"{name}_{dtype}"] = binary(name, dtype, NUMBERS[dtype][:8], y)
    for dtype in ("float16", "bfloat16"):
        cases[f"realdiv_{dtype}"] = binary("realdiv", dtype, NUMBERS[dtype], NUMBERS[dtype])
        cases[f"floordiv_{dtype}"] = binary("floordiv", dtype, NUMBERS[dtype], [1.0, -2.0, 0.5, 7.0])
        cases[f"floormod_{dtype}"] = binary("floormod", dtype, NUMBERS[dtype][2:8], [1.0, -2.0, 0.5, 7.0])
    for dtype in ("float32", "int32", "int64", "float16"):
        cases[f"squared_difference_{dtype}"] = binary("squared_difference", dtype, [1, 5, -3], [2, 7])
    for dtype in ("float32", "float64", "complex64"):
        for name in ("div_no_nan", "math.multiply_no_nan"):
            cases[f"{name.replace('math.', '')}_{dtype}"] = binary(name, dtype, [0, 1, 4, -6], [0, 2, -4])
    return cases


def _single() -> dict[str, Case]:
    cases: dict[str, Case] = {}
    for name in ("negative", "abs", "sign", "square"):
        for dtype in ("float16", "bfloat16", "float32", "float64", "int8", "int16", "int32", "int64"):
            cases[f"{name}_{dtype}"] = unary(name, dtype, NUMBERS[dtype][2:])
    for name in ("negative", "abs", "square"):
        cases[f"{name}_complex64"] = unary(name, "complex64", NUMBERS["complex64"])
    cases["sign_complex128"] = unary("sign", "complex128", [0j, 3 - 4j, -2j])
    for dtype in ("float16", "float32", "float64"):
        cases[f"reciprocal_{dtype}"] = unary("reciprocal", dtype, NUMBERS[dtype])
        for name in ("floor", "ceil", "round"):
            cases[f"{name}_{dtype}"] = unary(name, dtype, [*FLOATS, 3.5, -2.5, 4.5, 0.49, 1.5, -0.49])
    for dtype in ("float32", "float64"):
        cases[f"rint_{dtype}"] = unary("rint", dtype, [*FLOATS, 3.5, -2.5, 4.5])
        cases[f"nextafter_{dtype}"] = binary("math.nextafter", dtype, [0.0, 1.0, -1.0], [0.5, 2.0, -INF])
    return cases


CASES: dict[str, Case] = {
    **_pairs(),
    **_single(),
    "add_strings": lambda tf: tf.add(["a", "b"], [["x"], [""]]),
    "add_two_strings": lambda tf: tf.add("left", "right"),
    "add_names": lambda tf: [tf.add(1.0, 2), tf.add([1, 2], 3, name="sum"), tf.add(tf.constant(1.0), 2)],
    "add_empty": lambda tf: tf.add(tf.zeros([0, 3]), tf.ones([1, 3])),
    "add_scalar_to_empty": lambda tf: tf.add(tf.zeros([0]), 1.0),
    "add_broadcast_both": lambda tf: tf.add(tf.ones([4, 1, 3]), tf.ones([2, 1])),
    "add_shapes_differ": lambda tf: tf.add(tf.ones([2, 3]), tf.ones([3, 2])),
    "add_shapes_differ_at_run": lambda tf: (
        lambda x, y: (tf.add(x, y), {x: np.ones([2, 3]), y: np.ones([2, 2])})
    )(tf.placeholder("float32"), tf.placeholder("float32")),
    "add_static_unknown": lambda tf: [
        tf.add(tf.placeholder_with_default(np.ones([2, 3], "f"), shape), np.ones([1, 3], "f"))
        for shape in ([None, 3], [2, None], None)
    ],
    "add_types_differ": lambda tf: tf.add(tf.constant(1.0), tf.constant(1)),
    "add_float_to_int": lambda tf: tf.add([1, 2], 3.5),
    "add_bools": lambda tf: tf.add(True, False),
    "add_none": lambda tf: tf.add(tf.constant(1.0), None),
    "int_overflow_wraps": lambda tf: [
        tf.add(tf.constant(2147483647), 1), tf.multiply(tf.constant(65536), 65537), tf.subtract(tf.constant(0, "uint8"), 1),
        tf.abs(tf.constant(-128, "int8")), tf.negative(tf.constant(-128, "int8")),
    ],
    "floor_division_by_zero": lambda tf: tf.floordiv(tf.constant([1, 2]), tf.constant([1, 0])),
    "truncating_division_by_zero": lambda tf: tf.truncatediv(tf.constant([1, 2]), tf.constant([1, 0])),
    "mod_by_zero": lambda tf: tf.mod(tf.constant([1, 2]), tf.constant([0, 1])),
    "truncatemod_by_zero": lambda tf: tf.truncatemod(tf.constant([1, 2]), tf.constant([0, 1])),
    "div_types_differ": lambda tf: tf.truediv(tf.constant(1.0), tf.constant(1)),
    "truediv_bools": lambda tf: tf.truediv(tf.constant(True), tf.constant(True)),
    "division_names": lambda tf: [
        tf.truediv(3, 2), tf.divide(4, 2), tf.divide(tf.constant(4), 2, name="half"), tf.div(3, 2), tf.floordiv(5.0, 2),
        tf.floor_div(tf.constant(5), 2), tf.div_no_nan(1, 2), tf.div_no_nan(1, tf.constant(2.0)),
        tf.divide(1, tf.constant(2.0)), tf.math.divide_no_nan(tf.constant(1.0), 0.0), tf.realdiv(tf.constant(1.0), 3.0),
    ],
    "squared_difference_complex": lambda tf: tf.squared_difference(
        tf.constant([1 + 2j, 0.5j], "complex64"), tf.constant([2j, 1 + 1j], "complex64")
    ),
    "add_n": lambda tf: [
        tf.add_n([tf.constant([1.0, 2.0]), tf.constant([3.0, 4.0]), tf.constant([5.0, 6.0])]), tf.add_n([1, 2], name="n"),
        tf.add_n([tf.constant(1.0)]), tf.add_n([tf.constant(1.0)], name="same"),
    ],
    "add_n_types": lambda tf: [
        tf.add_n([tf.constant([1, 2], dtype)] * 3) for dtype in ("float16", "bfloat16", "int8", "uint64", "complex128")
    ],
    "add_n_empty_list": lambda tf: tf.add_n([]),
    "add_n_shapes": lambda tf: tf.add_n([tf.ones([2, 3]), tf.ones([3, 2])]),
    "add_n_no_broadcast": lambda tf: tf.add_n([tf.ones([2, 3]), tf.ones([])]),
    "add_n_types_differ": lambda tf: tf.add_n([tf.ones([2]), tf.constant([1, 2])]),
    "add_n_static": lambda tf: tf.add_n(
        [tf.ones([2, 3]), tf.placeholder_with_default(np.ones([2, 3], "f"), [None, 3])]
    ),
    "add_n_shapes_at_run": lambda tf: tf.add_n(
        [tf.placeholder_with_default(np.ones([2], "f"), None), tf.placeholder_with_default(np.ones([3], "f"), None)]
    ),
    "accumulate_n": lambda tf: [
        tf.accumulate_n([tf.ones([2]), tf.ones([2])]), tf.accumulate_n([tf.ones([2])]),
        tf.accumulate_n([tf.ones([2])], name="one"), tf.accumulate_n([tf.ones([2])] * 3, shape=[2], tensor_dtype=tf.float32),
    ],
    "accumulate_n_empty": lambda tf: tf.accumulate_n([]),
    "accumulate_n_types": lambda tf: tf.accumulate_n([tf.ones([2]), tf.constant([1, 2])]),
    "accumulate_n_shape": lambda tf: tf.accumulate_n([tf.ones([2])] * 2, shape=[3]),
    "accumulate_n_dtype": lambda tf: tf.accumulate_n([tf.ones([2])] * 2, tensor_dtype=tf.int32),
    "scalar_mul": lambda tf: [tf.scalar_mul(2, tf.constant([1.0, 2.0])), tf.scalar_mul(tf.constant(3), tf.constant([1]))],
    "scalar_mul_name": lambda tf: tf.scalar_mul(2, tf.constant([1.0, 2.0]), name="twice"),
    "scalar_mul_of_vector": lambda tf: tf.scalar_mul(tf.constant([1.0]), tf.constant([1.0])),
    "maximum_nan": lambda tf: [tf.maximum([1.0, NAN], 2.0), tf.minimum(tf.constant([NAN, 1.0]), [0.0, NAN])],
    "maximum_names": lambda tf: [tf.maximum(tf.constant([1.0]), 0), tf.minimum(tf.constant([1]), [2], name="least")],
    "maximum_float_for_int": lambda tf: tf.maximum(1, 2.0),
    "clip": lambda tf: [
        tf.clip_by_value(tf.constant(FLOATS), -1, 2), tf.clip_by_value(tf.constant([1, 5, 9]), 2, 7, name="clipped"),
        tf.clip_by_value([1.0, 2.0, 3.0], 2.5, 1.5), tf.clip_by_value(tf.ones([2, 2]), [0.0, 2.0], [[3.0], [0.5]]),
    ],
    "clip_empty": lambda tf: tf.clip_by_value(tf.zeros([0]), 0.0, 1.0),
    "clip_widens": lambda tf: tf.clip_by_value(1.0, 0, [1.0, 2.0]),
    "clip_shapes_differ": lambda tf: tf.clip_by_value(tf.ones([2, 3]), 0, [1.0, 2.0]),
    "round_integers": lambda tf: [tf.round(tf.constant([1, -2])), tf.round([1, 2], name="same"), tf.round([1.5, 2.5])],
    "floor_of_integers": lambda tf: tf.floor(tf.constant([1])),
    "names_of_single": lambda tf: [
        tf.abs(-1), tf.abs([-1.0], name="size"), tf.negative(1), tf.sign(-2.0), tf.square(3), tf.reciprocal(2.0),
        tf.floor(1.5), tf.ceil(1.5), tf.rint(2.5), tf.round(2.5, name="even"),
    ],
    "abs_of_unsigned": lambda tf: tf.abs(tf.constant([1], "uint8")),
    "polyval": lambda tf: [
        tf.math.polyval([1.0, -2.0, 3.0], tf.constant([0.0, 1.0, 2.0])), tf.math.polyval([], tf.constant([1.0, 2.0])),
        tf.math.polyval([5.0], tf.constant([1.0]), name="flat"),
    ],
    "polyval_of_tuple": lambda tf: tf.math.polyval((1.0, 2.0), tf.constant([1.0])),
}  # fmt: skip
