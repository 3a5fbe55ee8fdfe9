"""Python's operators on tensors."""

from __future__ import annotations

import operator
from collections.abc import Callable
from typing import Any

import numpy as np

Case = Callable[[Any], Any]

ARITHMETIC = {
    "add": operator.add, "sub": operator.sub, "mul": operator.mul, "truediv": operator.truediv,
    "floordiv": operator.floordiv, "mod": operator.mod, "pow": operator.pow,
}  # fmt: skip
ORDER = {"lt": operator.lt, "le": operator.le, "gt": operator.gt, "ge": operator.ge}
LOGIC = {"and": operator.and_, "or": operator.or_, "xor": operator.xor}


def _tables() -> dict[str, Case]:
    cases: dict[str, Case] = {}
    for name, function in {**ARITHMETIC, **ORDER}.items():
        for dtype in ("float32", "int32", "int8", "float64"):
            cases[f"{name}_{dtype}"] = lambda tf, f=function, dtype=dtype: [
                f(tf.constant([1, 2], dtype), tf.constant([3, 4], dtype)), f(tf.constant([5, 6], dtype), 2),
                f(7, tf.constant([1, 2], dtype)), f(tf.constant([1, 2], dtype), [3, 1]), f([3, 2], tf.constant([1, 2], dtype)),
            ]  # fmt: skip
        cases[f"{name}_array_right"] = lambda tf, f=function: f(tf.constant([1.0, 2.0]), np.array([3.0, 4.0]))
        cases[f"{name}_array_left"] = lambda tf, f=function: f(
            np.array([3.0, 4.0], np.float32), tf.constant([1.0, 2.0])
        )
        cases[f"{name}_array_left_wider"] = lambda tf, f=function: f(np.array([3.0, 4.0]), tf.constant([1.0, 2.0]))
        cases[f"{name}_numpy_number"] = lambda tf, f=function: [
            f(np.float32(3), tf.constant([1.0])), f(tf.constant([1.0]), np.float64(2)), f(np.int32(3), tf.constant([2])),
        ]  # fmt: skip
        cases[f"{name}_float_for_int"] = lambda tf, f=function: f(tf.constant([1, 2]), 1.5)
        cases[f"{name}_types_differ"] = lambda tf, f=function: f(tf.constant([1, 2]), tf.constant([1.5, 2.5]))
        cases[f"{name}_none"] = lambda tf, f=function: f(tf.constant([1.0]), None)
        cases[f"{name}_variable"] = lambda tf, f=function: [
            f(tf.Variable([1.0, 2.0], use_resource=False), 2.0), f(3.0, tf.Variable([1.0, 2.0], use_resource=False)),
            f(tf.constant([1.0, 2.0]), tf.Variable([1.0, 2.0], use_resource=False)),
        ]  # fmt: skip
    for name, function in LOGIC.items():
        cases[f"{name}_bool"] = lambda tf, f=function: [
            f(tf.constant([[True], [False]]), tf.constant([True, False])), f(tf.constant([True, False]), True),
            f(True, tf.constant([True, False])), f(np.array([True]), tf.constant([True, False])),
        ]  # fmt: skip
        cases[f"{name}_int"] = lambda tf, f=function: [
            f(tf.constant([6, 3]), tf.constant([5, 1])), f(tf.constant([6, 3], "uint8"), 4), f(3, tf.constant([6, 5])),
        ]  # fmt: skip
        cases[f"{name}_float"] = lambda tf, f=function: f(tf.constant([1.0]), tf.constant([1.0]))
    return cases


CASES: dict[str, Case] = {
    **_tables(),
    "single": lambda tf: [
        -tf.constant([1.0, -2.0]), abs(tf.constant([1, -2])), abs(tf.constant([3 + 4j])), ~tf.constant([True, False]),
        ~tf.constant([1, -2]), -tf.constant([1j]), abs(tf.constant([3 + 4j], "complex64")),
    ],
    "invert_float": lambda tf: ~tf.constant([1.0]),
    "reflected_float_for_int": lambda tf: 1.5 + tf.constant([1, 2]),
    "strings": lambda tf: [
        tf.constant(["a", "b"]) + "c", "c" + tf.constant(["a", "b"]), tf.constant(["a"]) + tf.constant(["x", "y"]),
    ],
    "string_and_number": lambda tf: tf.constant([1.0]) + "a",
    "list_of_tensors": lambda tf: operator.add(tf.constant([1.0, 2.0]), [tf.constant(3.0), 4.0]),
    "equality_is_identity": lambda tf: (lambda x: [x == x, x != x, x == 1.0])(tf.constant([1.0])),
    "shapes_differ": lambda tf: tf.ones([2, 3]) * tf.ones([3, 2]),
    "in_name_scope": lambda tf: _scoped(tf),
    "divide_bool": lambda tf: tf.constant(True) / tf.constant(True),
    "unsigned": lambda tf: [
        tf.constant([3], "uint8") - 4, tf.constant([7], "uint64") // 2, tf.constant([7], "uint16") / 2,
        tf.constant([200], "uint8") + 100,
    ],
    "complex": lambda tf: [
        tf.constant([1 + 2j]) * 2, 2 / tf.constant([1 + 1j]), tf.constant([1 + 2j], "complex64") - 1j,
        tf.constant([1 + 2j]) ** 2,
    ],
    "matmul": lambda tf: [
        tf.ones([2, 3]) @ tf.ones([3, 2]), tf.ones([2, 3]) @ np.ones([3, 1]), np.ones([1, 2], "f") @ tf.ones([2, 3]),
    ],
}  # fmt: skip


def _scoped(tf: Any) -> Any:
    x = tf.constant([1.0, 2.0])
    with tf.name_scope("outer"):
        y = x + 1
        with tf.name_scope("inner"):
            z = 2 / y
    return [y, z, y * z]
