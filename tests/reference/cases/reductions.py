"""Reductions, argmax and running sums."""

from __future__ import annotations

from typing import Any

import numpy as np

NAN = float("nan")
INF = float("inf")
MATRIX = np.array([[3.5, -1.0, 2.0], [0.25, 7.0, -4.0]], np.float32)
CUBE = np.random.RandomState(7).standard_normal((2, 3, 4)).astype(np.float32)
INTEGERS = np.array([[5, -2, 7], [-9, 4, 4]], np.int32)
NUMBERS = ("reduce_sum", "reduce_mean", "reduce_prod")
ORDERED = ("reduce_max", "reduce_min")


def _float_cases(name: str) -> dict[str, Any]:
    """What holds for every reduction of real numbers."""

    def at(tf: Any) -> Any:
        return getattr(tf, name)

    return {
        f"{name}_all": lambda tf: at(tf)(tf.constant(MATRIX)),
        f"{name}_axis": lambda tf: [at(tf)(MATRIX, 0), at(tf)(MATRIX, 1), at(tf)(MATRIX, -1)],
        f"{name}_axes": lambda tf: [at(tf)(CUBE, [0, 2]), at(tf)(CUBE, (1,)), at(tf)(CUBE, [-1, 0, 1])],
        f"{name}_keep": lambda tf: [at(tf)(CUBE, [1], keepdims=True), at(tf)(tf.constant(CUBE), keep_dims=True)],
        f"{name}_old_names": lambda tf: at(tf)(MATRIX, reduction_indices=[0], keep_dims=False),
        f"{name}_name": lambda tf: at(tf)(MATRIX, 1, name="folded"),
        f"{name}_python_list": lambda tf: at(tf)([1.0, 2.5, -3.0]),
        f"{name}_scalar": lambda tf: at(tf)(4.0),
        f"{name}_no_axis": lambda tf: at(tf)(MATRIX, np.array([], np.int32)),
        f"{name}_wide_axis": lambda tf: at(tf)(MATRIX, np.array([1], np.int64)),
        f"{name}_nan": lambda tf: at(tf)([[1.0, NAN, 3.0], [INF, 1.0, 2.0]], 1),
        f"{name}_infinite": lambda tf: at(tf)([[-INF, -INF], [INF, -INF], [INF, 1.0]], 1),
        f"{name}_empty": lambda tf: [at(tf)(np.zeros((0, 2), np.float32), 0), at(tf)(np.zeros((0, 2), np.float32), 1)],
        f"{name}_float64": lambda tf: at(tf)(CUBE.astype(np.float64), [1, 2]),
        f"{name}_half": lambda tf: at(tf)(np.array([1.0, 2.0, 4.0], np.float16), 0),
        f"{name}_bfloat16": lambda tf: tf.cast(at(tf)(tf.cast([1.0, 2.0, 4.0], tf.bfloat16), 0), tf.float32),
        f"{name}_int32": lambda tf: [at(tf)(INTEGERS, 0), at(tf)(INTEGERS, 1)],
        f"{name}_int64": lambda tf: at(tf)(INTEGERS.astype(np.int64), 1),
        f"{name}_int8": lambda tf: at(tf)(np.array([100, 100, -6], np.int8), 0),
        f"{name}_uint8": lambda tf: at(tf)(np.array([200, 100, 6], np.uint8), 0),
        f"{name}_empty_int": lambda tf: at(tf)(np.zeros((0, 2), np.int32), 0),
        f"{name}_unknown_rank": lambda tf: _fed(tf, at(tf), None, {}),
        f"{name}_partial_shape": lambda tf: _fed(tf, at(tf), [None, 3], {"axis": 0}),
        f"{name}_axis_fed": lambda tf: _axis_fed(tf, at(tf), [1]),
        f"{name}_axis_fed_keep": lambda tf: _axis_fed(tf, at(tf), [1], keepdims=True),
        f"{name}_axis_fed_out_of_range": lambda tf: _axis_fed(tf, at(tf), [2]),
        f"{name}_out_of_range": lambda tf: at(tf)(MATRIX, 2),
        f"{name}_out_of_range_below": lambda tf: at(tf)(MATRIX, [-3]),
        f"{name}_twice": lambda tf: at(tf)(tf.constant(MATRIX), [0, 0]),
        f"{name}_twice_negative": lambda tf: at(tf)(tf.constant(MATRIX), [0, -2]),
        f"{name}_matrix_of_axes": lambda tf: at(tf)(MATRIX, [[0]]),
        f"{name}_both_axes": lambda tf: at(tf)(MATRIX, 0, reduction_indices=1),
        f"{name}_both_keeps": lambda tf: at(tf)(MATRIX, 0, keepdims=True, keep_dims=True),
        f"{name}_string": lambda tf: at(tf)(tf.constant(["a"]), 0),
        f"{name}_bool": lambda tf: at(tf)([True], 0),
    }


def _fed(tf: Any, function: Any, shape: Any, arguments: dict[str, Any]) -> Any:
    x = tf.placeholder(tf.float32, shape, name="x")
    return function(x, **arguments), {x: MATRIX}


def _axis_fed(tf: Any, function: Any, value: Any, **arguments: Any) -> Any:
    axis = tf.placeholder(tf.int32, [None], name="axis")
    return function(tf.constant(MATRIX), axis, **arguments), {axis: value}


CASES: dict[str, Any] = {}
for _name in NUMBERS + ORDERED:
    CASES.update(_float_cases(_name))

for _name in NUMBERS:
    CASES[f"{_name}_complex"] = lambda tf, n=_name: getattr(tf, n)(np.array([1 + 2j, 3 - 1j, 5], np.complex64), 0)
    CASES[f"{_name}_empty_complex"] = lambda tf, n=_name: getattr(tf, n)(np.zeros((0, 2), np.complex64), 0)
for _name in ORDERED:
    CASES[f"{_name}_complex"] = lambda tf, n=_name: getattr(tf, n)(np.array([1 + 2j], np.complex64), 0)

CASES |= {
    "sum_of_negative_zeros": lambda tf: 1.0 / tf.reduce_sum([-0.0, -0.0], 0),
    "mean_of_negative_integers": lambda tf: tf.reduce_mean(np.array([-7, 2], np.int32), 0),
    "mean_of_small_integers": lambda tf: tf.reduce_mean(np.array([200, 201], np.uint8), 0),
    "mean_of_huge_integers": lambda tf: tf.reduce_mean(np.array([2**31 - 1, 2**31 - 1], np.int32), 0),
    "mean_of_no_halves": lambda tf: tf.reduce_mean(np.zeros((0, 2), np.float16), 0),
    "reduce_all": lambda tf: [tf.reduce_all([[True, False], [True, True]], axis) for axis in (0, 1, None)],
    "reduce_any": lambda tf: [tf.reduce_any([[True, False], [False, False]], axis) for axis in (0, 1, None)],
    "reduce_all_empty": lambda tf: tf.reduce_all(np.zeros((0, 2), bool), 0),
    "reduce_any_empty": lambda tf: tf.reduce_any(np.zeros((0, 2), bool), 0, keepdims=True),
    "reduce_all_of_floats": lambda tf: tf.reduce_all(tf.constant([1.0]), 0),
    "euclidean_norm": lambda tf: [tf.math.reduce_euclidean_norm(MATRIX, axis) for axis in (0, [1], [0, 1])],
    "euclidean_norm_all": lambda tf: tf.math.reduce_euclidean_norm(tf.constant(MATRIX), keepdims=True),
    "euclidean_norm_int": lambda tf: tf.math.reduce_euclidean_norm([[1, -2], [-4, 7]], 1),
    "euclidean_norm_complex": lambda tf: tf.math.reduce_euclidean_norm(np.array([1 + 2j, 3 - 1j, 5], np.complex64), 0),
    "euclidean_norm_wraps": lambda tf: tf.math.reduce_euclidean_norm(np.array([100, 100, -6], np.int8), 0),
    "logsumexp": lambda tf: tf.reduce_logsumexp(tf.constant(MATRIX), 1),
    "logsumexp_all": lambda tf: tf.reduce_logsumexp(tf.constant(MATRIX)),
    "logsumexp_keep": lambda tf: tf.reduce_logsumexp(tf.constant(MATRIX), keepdims=True),
    "logsumexp_large": lambda tf: tf.reduce_logsumexp(tf.constant([1000.0, 1000.0]), 0),
    "logsumexp_infinite": lambda tf: tf.reduce_logsumexp(tf.constant([[-INF, -INF], [INF, 1.0], [NAN, 1.0]]), 1),
    "logsumexp_of_integers": lambda tf: tf.reduce_logsumexp(tf.constant([1, 2]), 0),
    "logsumexp_unknown": lambda tf: _fed(tf, tf.reduce_logsumexp, None, {}),
    "logsumexp_partial": lambda tf: _fed(tf, tf.reduce_logsumexp, [None, 3], {"axis": 1}),
    "variance": lambda tf: [tf.math.reduce_variance(tf.constant(MATRIX), 1), tf.math.reduce_std(tf.constant(MATRIX))],
    "variance_keep": lambda tf: tf.math.reduce_variance(tf.constant(MATRIX), [0], keepdims=True),
    "variance_of_integers": lambda tf: tf.math.reduce_variance(tf.constant([1, 2])),
    "variance_of_complex": lambda tf: tf.math.reduce_variance(tf.constant(np.array([1 + 2j, 3 - 1j], np.complex64))),
    "count_nonzero": lambda tf: [
        tf.count_nonzero(tf.constant(INTEGERS) * 0),
        tf.count_nonzero([0.0, NAN, -0.0, 2.0], 0),
    ],
    "count_nonzero_int32": lambda tf: tf.count_nonzero([[1, 0, 2]], 1, dtype=tf.int32, keepdims=True),
    "count_nonzero_strings": lambda tf: tf.count_nonzero(tf.constant(["a", ""])),
    "count_nonzero_bools": lambda tf: tf.count_nonzero([True, False, True]),
    "count_nonzero_input": lambda tf: tf.count_nonzero(input=[0, 1], axis=0),
    "count_nonzero_both": lambda tf: tf.count_nonzero([1], input=[2]),
    "count_nonzero_nothing": lambda tf: tf.count_nonzero(),
}

for _name in ("argmax", "argmin"):
    CASES |= {
        f"{_name}": lambda tf, n=_name: [getattr(tf, n)(MATRIX), getattr(tf, n)(MATRIX, 1), getattr(tf, n)(CUBE, -2)],
        f"{_name}_ties": lambda tf, n=_name: getattr(tf, n)([[1, 3, 3], [3, 1, 1]], 1),
        f"{_name}_nan": lambda tf, n=_name: getattr(tf, n)([[2.0, NAN, 5.0, 1.0], [NAN, 2.0, 3.0, 4.0]], 1),
        f"{_name}_nan_only": lambda tf, n=_name: getattr(tf, n)([NAN, NAN]),
        f"{_name}_nan_and_infinite": lambda tf, n=_name: getattr(tf, n)([[NAN, -INF, INF], [-INF, -INF, NAN]], 1),
        f"{_name}_dimension": lambda tf, n=_name: getattr(tf, n)(MATRIX, dimension=1),
        f"{_name}_both": lambda tf, n=_name: getattr(tf, n)(MATRIX, 0, dimension=1),
        f"{_name}_int32": lambda tf, n=_name: getattr(tf, n)(MATRIX, 1, output_type=tf.int32),
        f"{_name}_uint16": lambda tf, n=_name: getattr(tf, n)(MATRIX, 1, output_type=tf.uint16),
        f"{_name}_bool": lambda tf, n=_name: getattr(tf, n)([False, True]),
        f"{_name}_half": lambda tf, n=_name: getattr(tf, n)(np.array([1, 3, 2], np.float16)),
        f"{_name}_empty": lambda tf, n=_name: getattr(tf, n)(np.zeros((0, 2), np.float32), 0),
        f"{_name}_empty_rows": lambda tf, n=_name: getattr(tf, n)(np.zeros((0, 2), np.float32), 1),
        f"{_name}_scalar": lambda tf, n=_name: getattr(tf, n)(3.0, 0),
        f"{_name}_out_of_range": lambda tf, n=_name: getattr(tf, n)(MATRIX, 2),
        f"{_name}_axis_list": lambda tf, n=_name: getattr(tf, n)(MATRIX, [0]),
        f"{_name}_complex": lambda tf, n=_name: getattr(tf, n)(np.array([1j], np.complex64)),
        f"{_name}_unknown": lambda tf, n=_name: _fed(tf, getattr(tf, n), None, {"axis": 1}),
    }
CASES |= {
    "arg_max": lambda tf: [tf.arg_max(MATRIX, 1), tf.arg_min(MATRIX, 0, tf.int32)],
}

for _name in ("cumsum", "cumprod"):
    for _exclusive in (False, True):
        for _reverse in (False, True):
            CASES[f"{_name}_{_exclusive}_{_reverse}"] = lambda tf, n=_name, e=_exclusive, r=_reverse: [
                getattr(tf, n)(MATRIX, 1, e, r),
                getattr(tf, n)([1, 2, 3, 4], 0, exclusive=e, reverse=r),
            ]
            CASES[f"cumulative_logsumexp_{_exclusive}_{_reverse}"] = lambda tf, e=_exclusive, r=_reverse: (
                tf.math.cumulative_logsumexp(MATRIX, 1, e, r)
            )
    CASES |= {
        f"{_name}_negative_axis": lambda tf, n=_name: getattr(tf, n)(CUBE, -2),
        f"{_name}_empty": lambda tf, n=_name: getattr(tf, n)(np.zeros((0, 2), np.float32)),
        f"{_name}_empty_exclusive": lambda tf, n=_name: getattr(tf, n)(np.zeros((0, 2), np.float32), 0, exclusive=True),
        f"{_name}_nan": lambda tf, n=_name: getattr(tf, n)([1.0, NAN, 2.0]),
        f"{_name}_int8": lambda tf, n=_name: getattr(tf, n)(np.array([100, 100], np.int8)),
        f"{_name}_half": lambda tf, n=_name: getattr(tf, n)(np.full(10, 0.1, np.float16)),
        f"{_name}_complex": lambda tf, n=_name: getattr(tf, n)(np.array([1j, 2, 3], np.complex64)),
        f"{_name}_scalar": lambda tf, n=_name: getattr(tf, n)(1.0),
        f"{_name}_axis_vector": lambda tf, n=_name: getattr(tf, n)([1.0, 2.0], [0]),
        f"{_name}_out_of_range": lambda tf, n=_name: getattr(tf, n)([1.0, 2.0], 1),
        f"{_name}_flag": lambda tf, n=_name: getattr(tf, n)([1.0, 2.0], 0, 1),
        f"{_name}_name": lambda tf, n=_name: getattr(tf, n)([1.0, 2.0], name="running"),
    }
CASES |= {
    "cumulative_logsumexp_infinite": lambda tf: tf.math.cumulative_logsumexp([-INF, 1.0, INF, NAN]),
    "cumulative_logsumexp_nothing": lambda tf: tf.math.cumulative_logsumexp([-INF, -INF, 1.0]),
    "cumulative_logsumexp_int": lambda tf: tf.math.cumulative_logsumexp([1, 2]),
}
