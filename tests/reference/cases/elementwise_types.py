"""Casts, complex numbers, zeros and ones like another tensor."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

Case = Callable[[Any], Any]

NAN, INF = float("nan"), float("inf")
WHOLE = ("int8", "int16", "int32", "int64", "uint8", "uint16", "uint32", "uint64")
FLOATS = ("float16", "bfloat16", "float32", "float64")
TYPES = (*FLOATS, *WHOLE, "bool", "complex64", "complex128")
IN_RANGE = {
    "f": [0.0, -0.0, 0.5, 1.5, 2.5, 100.0],
    "i": [0, 1, 2, 100],
    "u": [0, 1, 2, 100],
    "b": [False, True],
    "c": [0j, 1 + 2j, 2.5, 2j],
}
LARGE = [3e9, -3e9, 2147483648.0, -2147483648.0, 1e10, 9.3e18, 1e30, -1e30, INF, -INF, NAN]


def _array(values: list[Any], dtype: str) -> Any:
    with np.errstate(over="ignore"):  # float16 holds no large values
        return np.array(values, np.float64).astype(dtype)


def _casts() -> dict[str, Case]:
    cases: dict[str, Case] = {}
    for source in TYPES:
        values = IN_RANGE["f" if source == "bfloat16" else np.dtype(source).kind]
        cases[f"cast_{source}"] = lambda tf, source=source, values=values: [
            tf.cast(tf.constant(values, source), target) for target in TYPES
        ]
    for source in ("float32", "float64"):
        for target in ("int32", "int64", "uint64"):
            cases[f"cast_large_{source}_{target}"] = lambda tf, source=source, target=target: tf.cast(
                tf.constant(LARGE, source), target
            )
    for source in ("int8", "int32", "int64", "uint8", "uint32", "uint64"):
        extremes = [np.iinfo(source).min, np.iinfo(source).max, np.iinfo(source).max // 2 + 1]
        cases[f"cast_extremes_{source}"] = lambda tf, source=source, extremes=extremes: [
            tf.cast(tf.constant(np.array(extremes, source)), target) for target in TYPES
        ]
    # TensorFlow's limits are wrong for 64-bit integers, which saturate here: see test_operators.
    for source in ("float32", "float64", "int32", "uint8", "float16"):
        for target in ("int8", "uint8", "int16", "int32", "float16", "float32", "float64", "bfloat16"):
            values = [0, 1, 200, 255] if source.startswith("u") else [0, 1, -1, 300, -40000, 2**31 - 200]
            cases[f"saturate_{source}_{target}"] = lambda tf, source=source, target=target, values=values: (
                tf.saturate_cast(tf.constant(_array(values, source)), target)
            )
    return cases


def _bitcasts() -> dict[str, Case]:
    return {
        "bitcast_same": lambda tf: [
            tf.bitcast(tf.constant([1.0, -2.5]), tf.int32), tf.bitcast(tf.constant([1], "int64"), tf.float64),
            tf.bitcast(1.0, tf.uint32), tf.bitcast(tf.constant([1.5], "bfloat16"), tf.uint16, name="bits"),
        ],
        "bitcast_smaller": lambda tf: [
            tf.bitcast(tf.constant([[1, 258]]), tf.uint8), tf.bitcast(tf.constant(1 + 2j, "complex64"), tf.float32),
        ],
        "bitcast_larger": lambda tf: [
            tf.bitcast(tf.constant([[1, 2, 0, 0], [0, 0, 128, 63]], "uint8"), tf.int32),
            tf.bitcast(tf.constant([1.0, 2.0]), tf.complex64), tf.bitcast(tf.zeros([0, 4], "uint8"), tf.float32),
        ],
        "bitcast_static": lambda tf: [
            tf.bitcast(tf.placeholder_with_default(np.zeros([2, 4], "u1"), shape), tf.float32)
            for shape in ([2, None], [None, 4], None)
        ],
        "bitcast_does_not_fit": lambda tf: tf.bitcast(tf.constant([1, 2, 3], "uint8"), tf.float32),
        "bitcast_scalar_to_larger": lambda tf: tf.bitcast(tf.constant(1, "uint8"), tf.float32),
        "bitcast_does_not_fit_at_run": lambda tf: tf.bitcast(
            tf.placeholder_with_default(np.zeros([2, 3], "u1"), None), tf.float32
        ),
        "bitcast_bool": lambda tf: tf.bitcast(tf.constant(True), tf.int8),
    }  # fmt: skip


def _complex() -> dict[str, Case]:
    values = [1 + 2j, -3j, 0j, -1.5, complex(INF, 1), complex(NAN, 0)]
    cases: dict[str, Case] = {}
    for dtype in ("complex64", "complex128"):
        for name in ("real", "imag", "conj", "angle", "abs"):
            cases[f"{name}_{dtype}"] = lambda tf, name=name, dtype=dtype: getattr(tf, name)(tf.constant(values, dtype))
    return {
        **cases,
        "complex": lambda tf: [
            tf.complex(1.0, 2.0), tf.complex(tf.constant([1.0, 2.0], "float64"), tf.constant([[3.0], [4.0]], "float64")),
            tf.complex(tf.constant([NAN, INF]), tf.constant([-0.0, -INF]), name="z"),
        ],
        "complex_of_integers": lambda tf: tf.complex(tf.constant(1), tf.constant(2)),
        "complex_of_two_types": lambda tf: tf.complex(tf.constant(1.0), tf.constant(1.0, "float64")),
        "parts_of_real": lambda tf: [
            tf.real(tf.constant([1.5])), tf.imag(tf.constant([1.5])), tf.conj(tf.constant([1.5])),
            tf.angle(tf.constant([1.5, -1.5, 0.0, -0.0])), tf.real(tf.constant([2])), tf.imag(tf.constant([2])),
        ],
        "parts_of_python_numbers": lambda tf: [tf.real(1.5), tf.imag(1.5), tf.conj(1.5), tf.angle(-1.5), tf.real(1j)],
        "parts_names": lambda tf: [
            function(tf.constant([1 + 2j]), name="mine") for function in (tf.real, tf.imag, tf.conj, tf.angle)
        ],
        "angle_of_integers": lambda tf: tf.angle(tf.constant([1])),
        "conj_of_strings": lambda tf: tf.conj(tf.constant("a")),
    }  # fmt: skip


CASES: dict[str, Case] = {
    **_casts(),
    **_bitcasts(),
    **_complex(),
    "cast_names": lambda tf: [
        tf.cast(1.5, tf.int32), tf.cast([1, 2], tf.float32, name="mine"), tf.cast(tf.constant(1), "bool"),
        tf.cast(tf.constant(1.5), tf.float32), tf.cast(tf.constant(1.5), tf.float32, name="unused"), tf.cast(2, tf.int32),
    ],
    "cast_functions": lambda tf: [
        function(tf.constant([1, 2], "int8"))
        for function in (tf.to_float, tf.to_double, tf.to_int32, tf.to_int64, tf.to_bfloat16, tf.to_complex64, tf.to_complex128)
    ],
    "cast_function_names": lambda tf: [tf.to_float(1), tf.to_float(1.0), tf.to_int32(tf.constant([1.7]), name="mine")],
    "cast_empty": lambda tf: tf.cast(tf.zeros([0, 2]), tf.int8),
    "cast_static": lambda tf: [
        tf.cast(tf.placeholder_with_default(np.ones([2], "f"), shape), tf.int32) for shape in ([None], None)
    ],
    "cast_truncating": lambda tf: [
        tf.raw_ops.Cast(x=tf.constant([1.01, 65520.0, 1e-8, -3.3], source), DstT=target, Truncate=True)
        for source in ("float32", "float64") for target in (tf.float16, tf.bfloat16, tf.float32)
    ],
    "cast_quantized": lambda tf: tf.cast(tf.cast(tf.constant([1, 2, -3]), tf.qint8), tf.float32),
    "cast_string_at_run": lambda tf: tf.cast(tf.constant("1"), tf.float32),
    "cast_to_string_at_run": lambda tf: tf.cast(tf.constant(1.0), tf.string),
    "cast_none": lambda tf: tf.cast(None, tf.float32),
    "cast_to_nothing": lambda tf: tf.cast(tf.constant(1.0), None),
    "cast_to_unknown_type": lambda tf: tf.cast(tf.constant(1.0), "nope"),
    "saturate_complex": lambda tf: tf.saturate_cast(tf.constant([1e300 + 1j], "complex128"), tf.float32),
    "saturate_python": lambda tf: [tf.saturate_cast(300, tf.uint8), tf.saturate_cast(-1.5, tf.uint8, name="mine")],
    "saturate_extremes": lambda tf: [
        tf.saturate_cast(tf.constant([3e38, -3e38, INF, -INF], "float32"), target)
        for target in ("int8", "uint8", "int32", "uint32")
    ],
    "saturate_bool": lambda tf: tf.saturate_cast(tf.constant(True), tf.float32),
    "zeros_like": lambda tf: [
        tf.zeros_like(tf.ones([2, 3])), tf.zeros_like([1, 2]), tf.zeros_like(3.0), tf.zeros_like(tf.constant(["a", "b"])),
        tf.zeros_like(tf.ones([2]), dtype=tf.int64), tf.zeros_like(tf.ones([2]), tf.bool), tf.zeros_like([True], name="z"),
        tf.zeros_like(tf.ones([2]), optimize=False), tf.zeros_like(tf.zeros([0, 2])), tf.zeros_like([1.0], dtype=tf.string),
    ],
    "ones_like": lambda tf: [
        tf.ones_like(tf.zeros([2, 3])), tf.ones_like([1, 2]), tf.ones_like(3.0), tf.ones_like(tf.constant([True])),
        tf.ones_like(tf.zeros([2]), dtype=tf.int64), tf.ones_like(tf.zeros([2]), tf.bool), tf.ones_like([2], name="o"),
        tf.ones_like(tf.zeros([2]), optimize=False), tf.ones_like(tf.zeros([0, 2])), tf.ones_like([1j]),
    ],
    "like_unknown_shapes": lambda tf: [
        function(tf.placeholder_with_default(np.full([2, 3], 7, "f"), shape), dtype=dtype)
        for function in (tf.zeros_like, tf.ones_like) for shape in ([None, 3], None) for dtype in (None, tf.int32)
    ],
    "like_raw": lambda tf: [
        tf.raw_ops.ZerosLike(x=tf.constant(["a"])), tf.raw_ops.ZerosLike(x=tf.constant([1, 2], "uint16")),
        tf.raw_ops.OnesLike(x=tf.constant([1.5, NAN], "float16")), tf.raw_ops.OnesLike(x=tf.constant([False])),
    ],
    "ones_like_strings": lambda tf: tf.ones_like(tf.constant("a")),
}  # fmt: skip
