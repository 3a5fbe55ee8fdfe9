"""Comparisons, logic, choosing by a condition, operations on bits."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

Case = Callable[[Any], Any]

NAN, INF = float("nan"), float("inf")
FLOATS = [0.0, -0.0, 1.0, -1.5, INF, -INF, NAN]
INTEGERS = {
    "int8": [0, 1, -1, 5, 127, -128], "int16": [0, 1, -1, 300, -32768], "int32": [0, 1, -1, 7, 2147483647, -2147483648],
    "int64": [0, 1, -1, 7, 2**62, -(2**63)], "uint8": [0, 1, 7, 128, 255], "uint16": [0, 1, 7, 65535],
    "uint32": [0, 1, 7, 2**31, 2**32 - 1], "uint64": [0, 1, 7, 2**63, 2**64 - 1],
}  # fmt: skip
ORDER = ("less", "less_equal", "greater", "greater_equal")
SHIFTS = {"int8": [0, 1, 3, 7, 8, 9, -1], "int32": [0, 1, 5, 31, 32, 100, -1], "uint8": [0, 1, 7, 8, 200]}


def _constant(tf: Any, values: Any, dtype: str) -> Any:
    """TensorFlow mistakes a list's 2**64 - 1 for 0, but not an array's."""
    return tf.constant(np.array(values, np.uint64) if dtype == "uint64" else values, dtype)


def _grid(function: Callable[[Any], Any], dtype: str, x: Any, y: Any) -> Case:
    return lambda tf: function(tf)(_constant(tf, [[item] for item in x], dtype), _constant(tf, y, dtype))


def _attribute(name: str) -> Callable[[Any], Any]:
    return lambda tf: getattr(tf, name)


def _bitwise(name: str) -> Callable[[Any], Any]:
    return lambda tf: getattr(tf.bitwise, name)


def _comparisons() -> dict[str, Case]:
    cases: dict[str, Case] = {}
    for name in (*ORDER, "equal", "not_equal"):
        for dtype in ("float16", "bfloat16", "float32", "float64"):
            cases[f"{name}_{dtype}"] = _grid(_attribute(name), dtype, FLOATS, FLOATS)
        for dtype, values in INTEGERS.items():
            cases[f"{name}_{dtype}"] = _grid(_attribute(name), dtype, values, values)
        cases[f"{name}_strings"] = lambda tf, name=name: getattr(tf, name)(tf.constant(["a", "b"]), "a")
        cases[f"{name}_bools"] = lambda tf, name=name: getattr(tf, name)(tf.constant([True, False]), True)
        cases[f"{name}_names"] = lambda tf, name=name: [
            getattr(tf, name)(tf.constant(1.0), 2), getattr(tf, name)([1, 2], [2], name="mine")
        ]  # fmt: skip
        cases[f"{name}_shapes"] = lambda tf, name=name: getattr(tf, name)(tf.ones([2, 3]), tf.ones([3, 2]))
    for name in ("equal", "not_equal"):
        cases[f"{name}_complex64"] = _grid(_attribute(name), "complex64", [0j, 1 + 1j], [1 + 1j, 1 - 1j])
    for name in ("is_nan", "is_inf", "is_finite"):
        for dtype in ("float16", "bfloat16", "float32", "float64"):
            cases[f"{name}_{dtype}"] = lambda tf, name=name, dtype=dtype: getattr(tf, name)(tf.constant(FLOATS, dtype))
        cases[f"{name}_integers"] = lambda tf, name=name: getattr(tf, name)(tf.constant([1]))
    return cases


def _bits() -> dict[str, Case]:
    cases: dict[str, Case] = {}
    for dtype, values in INTEGERS.items():
        for name in ("bitwise_and", "bitwise_or", "bitwise_xor"):
            cases[f"{name}_{dtype}"] = _grid(_bitwise(name), dtype, values, values)
        cases[f"invert_{dtype}"] = lambda tf, dtype=dtype, values=values: tf.bitwise.invert(
            _constant(tf, values, dtype)
        )
        cases[f"population_count_{dtype}"] = lambda tf, dtype=dtype, values=values: tf.raw_ops.PopulationCount(
            x=_constant(tf, values, dtype)
        )
    for dtype, shifts in SHIFTS.items():
        for name in ("left_shift", "right_shift"):
            cases[f"{name}_{dtype}"] = _grid(_bitwise(name), dtype, INTEGERS[dtype], shifts)
    return cases


def _fed(tf: Any, dtype: str, value: Any) -> Any:
    return tf.placeholder_with_default(np.array(value, dtype), None)


CASES: dict[str, Case] = {
    **_comparisons(),
    **_bits(),
    "bitwise_names": lambda tf: [
        tf.bitwise.bitwise_and(tf.constant([6]), 3), tf.bitwise.bitwise_or(1, tf.constant([6])),
        tf.bitwise.bitwise_xor([1], [3], name="mine"), tf.bitwise.left_shift(tf.constant(1), 4), tf.bitwise.invert(5),
    ],
    "bitwise_of_floats": lambda tf: tf.bitwise.bitwise_and(tf.constant(1.0), tf.constant(1.0)),
    "equal_types_differ": lambda tf: tf.equal(1, 2.5),
    "equal_none": lambda tf: tf.equal(tf.constant(1.0), None),
    "equal_empty": lambda tf: [tf.equal(tf.zeros([0, 2]), 1.0), tf.less(tf.zeros([0]), tf.zeros([1]))],
    "equal_incompatible_is_no_error": lambda tf: [
        tf.raw_ops.Equal(x=tf.ones([2, 3]), y=tf.ones([3, 2]), incompatible_shape_error=False),
        tf.raw_ops.NotEqual(x=tf.ones([2, 3]), y=tf.ones([3, 2]), incompatible_shape_error=False),
        tf.raw_ops.Equal(x=tf.ones([2, 3]), y=tf.ones([1, 3]), incompatible_shape_error=False),
    ],
    "logic": lambda tf: [
        function(tf.constant([[True], [False]]), tf.constant([True, False]))
        for function in (tf.logical_and, tf.logical_or, tf.logical_xor)
    ],
    "logic_names": lambda tf: [
        tf.logical_and(tf.constant(True), False), tf.logical_or(True, [True, False]), tf.logical_not([True, False]),
        tf.logical_xor(tf.constant([True]), True), tf.logical_xor(True, False, name="mine"),
        tf.logical_xor(True, True, name=None),
    ],
    "logic_of_integers": lambda tf: tf.logical_and(tf.constant(1), True),
    "logic_of_python_integer": lambda tf: tf.logical_not(1),
    "where_same_shape": lambda tf: tf.where([[True, False], [False, True]], [[1, 2], [3, 4]], [[5, 6], [7, 8]]),
    "where_rows": lambda tf: tf.where([True, False], [[1.0, 2.0], [3.0, 4.0]], tf.zeros([2, 2]), name="rows"),
    "where_scalar": lambda tf: [
        tf.where(tf.constant(condition), tf.constant([1.0, NAN]), tf.constant([2.0, 3.0])) for condition in (True, False)
    ],
    "where_all_scalars": lambda tf: tf.where(True, 1.0, 2.0),
    "where_empty": lambda tf: [tf.where(tf.zeros([0], "bool"), tf.ones([0]), tf.ones([0])), tf.where(True, tf.ones([0, 2]), tf.ones([0, 2]))],
    "where_types": lambda tf: [
        tf.where([True, False], tf.constant(x, dtype), tf.constant(y, dtype))
        for dtype, x, y in (
            ("float16", [1, 2], [3, 4]), ("bfloat16", [1, 2], [3, 4]), ("int8", [1, 2], [3, 4]), ("uint64", [1, 2], [3, 4]),
            ("bool", [True, False], [False, True]), ("string", ["a", "b"], ["c", "d"]), ("complex64", [1, 2], [3j, 4]),
        )
    ],
    "where_no_broadcast": lambda tf: tf.where([[True, False]], tf.ones([1, 2]), 1.0),
    "where_scalars_for_matrix": lambda tf: tf.where([[True, False]], 1.0, 2.0),
    "where_branches_differ": lambda tf: tf.where([True], tf.ones([2, 3]), tf.ones([3, 2])),
    "where_rows_differ": lambda tf: tf.where([True, False, True], tf.ones([2, 3]), tf.ones([2, 3])),
    "where_condition_shape": lambda tf: tf.where([[True, False]], tf.ones([2, 3]), tf.ones([2, 3])),
    "where_condition_type": lambda tf: tf.where(tf.constant([1.0]), tf.constant([1.0]), tf.constant([1.0])),
    "where_half_given": lambda tf: tf.where([True], tf.constant([1.0])),
    "where_static": lambda tf: [
        tf.where(_fed(tf, "bool", [True, False]), tf.ones([2, 3]), tf.zeros([2, 3])),
        tf.where(_fed(tf, "bool", [True, False]), _fed(tf, "float32", np.ones([2, 3])), tf.zeros([2, 3])),
        tf.where(tf.constant([True, False]), tf.placeholder_with_default(np.ones([2, 3], "f"), [None, 3]),
                 _fed(tf, "float32", np.zeros([2, 3]))),
        tf.where(tf.constant([[True] * 3] * 2), tf.placeholder_with_default(np.ones([2, 3], "f"), [None, 3]),
                 _fed(tf, "float32", np.zeros([2, 3]))),
    ],
    "where_rows_differ_at_run": lambda tf: tf.where(_fed(tf, "bool", [True] * 3), tf.ones([2, 3]), tf.ones([2, 3])),
    "where_v2": lambda tf: [
        tf.where_v2([[True], [False]], [1.0, 2.0], 0), tf.where_v2(True, tf.ones([2, 1]), tf.zeros([1, 3]), name="mine"),
        tf.where_v2(tf.constant([True, False]), tf.constant(["a", "b"]), "c"),
    ],
    "where_v2_shapes": lambda tf: tf.where_v2(tf.constant([[True, False]]), tf.ones([2, 3]), 1.0),
    "where_v2_types": lambda tf: tf.where_v2([True], 1, 2.0),
    "where_v2_half_given": lambda tf: tf.where_v2([True], None, tf.constant([1.0])),
}  # fmt: skip
