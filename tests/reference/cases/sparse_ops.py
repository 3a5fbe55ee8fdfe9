"""Cases: the functions on sparse tensors."""

from __future__ import annotations

from typing import Any

import numpy as np

from tests.reference.cases.sparse_tensors import empty, fed, four, parts, sparse, three


def _later(tf: Any, shape: Any = (3, 4), rows: Any = ((0, 1),)) -> Any:
    """Return a SparseTensor whose shape is known only when it runs."""
    whole = tf.placeholder_with_default(np.array(shape, np.int64), [len(shape)])
    return tf.SparseTensor(list(rows), [1.0] * len(rows), whole)


def _unsorted(tf: Any) -> Any:
    return sparse(tf, ((2, 2), (0, 1), (2, 1)), (1.0, 2.0, 4.0))


def _cube(tf: Any) -> Any:
    return sparse(tf, ((0, 1, 0), (0, 1, 1), (1, 0, 0)), (1.0, 2.0, 3.0), (2, 2, 2))


def _repeated(tf: Any) -> Any:
    return sparse(tf, ((1, 2), (1, 2)))


def _outside(tf: Any) -> Any:
    return sparse(tf, ((1, 2), (3, 2)))


def _ids(tf: Any) -> Any:
    return sparse(tf, values=(1, 0))


_B = np.arange(8, dtype=np.float32).reshape(4, 2)
_C = np.arange(6, dtype=np.float32).reshape(2, 3)

TO_DENSE = {
    "to_dense": lambda tf: tf.sparse_tensor_to_dense(four(tf)),
    "to_dense_named": lambda tf: tf.sparse_tensor_to_dense(four(tf), name="d"),
    "to_dense_placeholder": lambda tf: fed(tf, tf.sparse_tensor_to_dense),
    "to_dense_placeholder_part": lambda tf: fed(tf, tf.sparse_tensor_to_dense, [None, 4]),
    "to_dense_placeholder_shape": lambda tf: fed(tf, tf.sparse_tensor_to_dense, [3, 4]),
    "to_dense_strings": lambda tf: tf.sparse_tensor_to_dense(sparse(tf, values=("a", "b"))),
    "to_dense_strings_default": lambda tf: tf.sparse_tensor_to_dense(sparse(tf, values=("a", "b")), "z"),
    "to_dense_ints_default": lambda tf: tf.sparse_tensor_to_dense(sparse(tf, values=(1, 2)), default_value=9),
    "to_dense_bools": lambda tf: tf.sparse_tensor_to_dense(sparse(tf, values=(True, True))),
    "to_dense_complex": lambda tf: tf.sparse_tensor_to_dense(sparse(tf, values=(1j, 2))),
    "to_dense_empty": lambda tf: tf.sparse_tensor_to_dense(empty(tf)),
    "to_dense_zero_extent": lambda tf: tf.sparse_tensor_to_dense(empty(tf, (0, 3))),
    "to_dense_unsorted": lambda tf: tf.sparse_tensor_to_dense(_unsorted(tf)),
    "to_dense_unsorted_unchecked": lambda tf: tf.sparse_tensor_to_dense(_unsorted(tf), validate_indices=False),
    "to_dense_repeated": lambda tf: tf.sparse_tensor_to_dense(_repeated(tf)),
    "to_dense_repeated_unchecked": lambda tf: tf.sparse_tensor_to_dense(_repeated(tf), validate_indices=False),
    "to_dense_outside": lambda tf: tf.sparse_tensor_to_dense(_outside(tf)),
    "to_dense_outside_unchecked": lambda tf: tf.sparse_tensor_to_dense(_outside(tf), validate_indices=False),
    "to_dense_negative": lambda tf: tf.sparse_tensor_to_dense(sparse(tf, ((-1, 2), (2, 2)))),
    "to_dense_of_dense": lambda tf: tf.sparse_tensor_to_dense(tf.constant(1.0)),
    "to_dense_value": lambda tf: tf.sparse_tensor_to_dense(tf.SparseTensorValue([[0]], [1.0], [2])),
    "places_vector": lambda tf: tf.sparse_to_dense([1, 3], [5], 1.0),
    "places_default": lambda tf: tf.sparse_to_dense([1, 3], [5], 1.0, 7.0),
    "places_scalar": lambda tf: tf.sparse_to_dense(3, [5], 2),
    "places_matrix": lambda tf: tf.sparse_to_dense([[0, 1], [2, 3]], [3, 4], [5, 6], -1),
    "places_wrong_shape": lambda tf: tf.sparse_to_dense([[0, 1], [2, 3]], [3], [5, 6], -1),
    "places_wrong_count": lambda tf: tf.sparse_to_dense([[0, 1], [2, 3]], [3, 4], [5, 6, 7], -1),
    "places_rank_3": lambda tf: tf.sparse_to_dense([[[0, 1]]], [3, 4], [5], -1),
    "places_negative_shape": lambda tf: tf.sparse_to_dense([[0, 1]], [-3, 4], [5], -1),
    "places_default_vector": lambda tf: tf.sparse_to_dense([[0, 1]], [3, 4], [5], [-1]),
    "places_shape_matrix": lambda tf: tf.sparse_to_dense([[0, 1]], [[3, 4]], [5], -1),
    "places_value_matrix": lambda tf: tf.sparse_to_dense([[0, 1]], [3, 4], [[5]], -1),
    "places_unknown": lambda tf: (
        tf.sparse_to_dense(
            tf.placeholder(tf.int64), tf.placeholder(tf.int64, [2]), tf.placeholder(tf.float32), 0.0, name="x"
        ).shape
    ),
}

PRODUCTS = {
    "matmul": lambda tf: tf.sparse_tensor_dense_matmul(four(tf), _B),
    "matmul_adjoints": lambda tf: tf.sparse_tensor_dense_matmul(four(tf), _C, True, True, name="m"),
    "matmul_adjoint_a": lambda tf: tf.sparse_tensor_dense_matmul(four(tf), _C.T, adjoint_a=True),
    "matmul_adjoint_b": lambda tf: tf.sparse_tensor_dense_matmul(four(tf), _B.T, adjoint_b=True),
    "matmul_complex": lambda tf: tf.sparse_tensor_dense_matmul(
        sparse(tf, values=(1 + 2j, 3 - 1j)), np.array([[1, 2j, 3], [4, 5, 6j]]), True, True
    ),
    "matmul_int": lambda tf: tf.sparse_tensor_dense_matmul(sparse(tf, values=(1, 2)), _B.astype(np.int32)),
    "matmul_double": lambda tf: tf.sparse_tensor_dense_matmul(
        sparse(tf, values=np.array([1.0, 2.0])), _B.astype(np.float64)
    ),
    "matmul_half": lambda tf: tf.sparse_tensor_dense_matmul(tf.cast(four(tf), tf.float16), _B.astype(np.float16)),
    "matmul_types": lambda tf: tf.sparse_tensor_dense_matmul(four(tf), _B.astype(np.float64)),
    "matmul_wrong": lambda tf: tf.sparse_tensor_dense_matmul(four(tf), _C),
    "matmul_wrong_later": lambda tf: tf.sparse_tensor_dense_matmul(
        four(tf), tf.placeholder_with_default(_C, [None, None])
    ),
    "matmul_row_outside": lambda tf: tf.sparse_tensor_dense_matmul(_outside(tf), _B),
    "matmul_column_outside": lambda tf: tf.sparse_tensor_dense_matmul(sparse(tf, ((0, 1), (1, 4))), _B),
    "matmul_negative": lambda tf: tf.sparse_tensor_dense_matmul(sparse(tf, ((0, 1), (-1, 0))), _B),
    "matmul_unsorted": lambda tf: tf.sparse_tensor_dense_matmul(_unsorted(tf), _B),
    "matmul_repeated": lambda tf: tf.sparse_tensor_dense_matmul(_repeated(tf), _B),
    "matmul_rank_3": lambda tf: tf.sparse_tensor_dense_matmul(_cube(tf), _B),
    "matmul_vector": lambda tf: tf.sparse_tensor_dense_matmul(four(tf), _B[:, 0]),
    "matmul_empty": lambda tf: tf.sparse_tensor_dense_matmul(empty(tf), _B),
    "matmul_nan": lambda tf: tf.sparse_tensor_dense_matmul(sparse(tf, values=(0.0, 1.0)), np.full_like(_B, np.nan)),
    "matmul_placeholder": lambda tf: fed(tf, lambda x: tf.sparse_tensor_dense_matmul(x, _B)),
    "matmul_dense_first": lambda tf: tf.sparse_tensor_dense_matmul(_B.T[:, :3], four(tf)),
    "matmul_names": lambda tf: [tf.sparse.matmul(four(tf), _B), tf.sparse.sparse_dense_matmul(four(tf), _B)],
}

SUMS = {
    "add": lambda tf: parts(tf.sparse_add(four(tf), three(tf))),
    "add_threshold": lambda tf: parts(tf.sparse_add(four(tf), three(tf), threshold=2.0)),
    "add_thresh": lambda tf: parts(tf.sparse_add(four(tf), three(tf), thresh=2.5)),
    "add_complex": lambda tf: parts(tf.sparse_add(sparse(tf, values=(1j, 2)), sparse(tf, values=(1, 1j)))),
    "add_ints": lambda tf: parts(tf.sparse_add(sparse(tf, values=(1, 2)), sparse(tf, values=(-1, 2)), 1)),
    "add_cancel": lambda tf: parts(tf.sparse_add(sparse(tf), sparse(tf, values=(-1.0, 3.0)))),
    "add_empty": lambda tf: parts(tf.sparse_add(empty(tf), four(tf)), tf.sparse_add(empty(tf), empty(tf))),
    "add_unsorted": lambda tf: parts(tf.sparse_add(_unsorted(tf), _unsorted(tf))),
    "add_unsorted_other": lambda tf: parts(tf.sparse_add(_unsorted(tf), four(tf))),
    "add_repeated": lambda tf: parts(tf.sparse_add(_repeated(tf), _repeated(tf))),
    "add_outside": lambda tf: parts(tf.sparse_add(_outside(tf), four(tf))),
    "add_nan": lambda tf: parts(tf.sparse_add(sparse(tf, values=(float("nan"), 1.0)), four(tf))),
    "add_shapes": lambda tf: tf.sparse_add(four(tf), sparse(tf, shape=(3, 5))),
    "add_ranks": lambda tf: tf.sparse_add(four(tf), sparse(tf, ((1,), (2,)), shape=(3,))),
    "add_shapes_later": lambda tf: parts(tf.sparse_add(_later(tf), _later(tf, (4, 4)))),
    "add_later": lambda tf: parts(tf.sparse_add(_later(tf), four(tf))),
    "add_strings": lambda tf: tf.sparse_add(sparse(tf, values=("a", "b")), sparse(tf, values=("a", "b"))),
    "add_placeholder": lambda tf: fed(tf, lambda x: tf.sparse_add(x, three(tf))),
    "add_dense": lambda tf: tf.sparse_add(four(tf), np.ones((3, 4), np.float32)),
    "add_to_dense": lambda tf: tf.sparse_add(np.ones((3, 4), np.float32), four(tf)),
    "add_dense_repeated": lambda tf: tf.sparse_add(_repeated(tf), tf.ones([3, 4])),
    "add_dense_shape": lambda tf: tf.sparse_add(four(tf), np.ones((3, 3), np.float32)),
    "add_dense_scalar": lambda tf: tf.sparse_add(four(tf), tf.constant(1.0)),
    "add_dense_outside": lambda tf: tf.sparse_add(_outside(tf), tf.ones([3, 4])),
    "add_dense_twice": lambda tf: tf.sparse_add(tf.ones([2]), tf.ones([2])),
    "maximum": lambda tf: parts(tf.sparse_maximum(four(tf), three(tf))),
    "minimum": lambda tf: parts(tf.sparse_minimum(four(tf), three(tf), name="q")),
    "maximum_nan": lambda tf: parts(
        tf.sparse_maximum(sparse(tf, values=(float("nan"), 1.0)), sparse(tf, values=(2.0, float("nan"))))
    ),
    "maximum_shapes": lambda tf: parts(tf.sparse_maximum(four(tf), sparse(tf, shape=(4, 4)))),
    "maximum_ranks": lambda tf: parts(tf.sparse_maximum(four(tf), sparse(tf, ((1,), (2,)), shape=(4,)))),
    "maximum_outside": lambda tf: parts(tf.sparse_maximum(_outside(tf), four(tf))),
    "maximum_placeholder": lambda tf: fed(tf, lambda x: tf.sparse_maximum(x, three(tf))),
    "softmax": lambda tf: parts(tf.sparse_softmax(four(tf))),
    "softmax_cube": lambda tf: parts(tf.sparse_softmax(_cube(tf), name="q")),
    "softmax_vector": lambda tf: parts(tf.sparse_softmax(sparse(tf, ((0,), (1,)), shape=(2,)))),
    "softmax_unsorted": lambda tf: parts(tf.sparse_softmax(_unsorted(tf))),
    "softmax_ints": lambda tf: tf.sparse_softmax(sparse(tf, values=(1, 2))),
    "softmax_large": lambda tf: parts(tf.sparse_softmax(sparse(tf, ((0, 0), (0, 1)), (1000.0, 1001.0)))),
    "softmax_empty": lambda tf: parts(tf.sparse_softmax(empty(tf))),
}

REDUCTIONS = {
    "sum": lambda tf: tf.sparse_reduce_sum(four(tf)),
    "sum_axis": lambda tf: tf.sparse_reduce_sum(four(tf), 1),
    "sum_keepdims": lambda tf: tf.sparse_reduce_sum(four(tf), -1, keepdims=True),
    "sum_axes": lambda tf: tf.sparse_reduce_sum(four(tf), [0, 1]),
    "sum_old_names": lambda tf: tf.sparse_reduce_sum(four(tf), reduction_axes=[0], keep_dims=True),
    "sum_both_names": lambda tf: tf.sparse_reduce_sum(four(tf), axis=0, reduction_axes=[0]),
    "sum_no_axes": lambda tf: tf.sparse_reduce_sum(four(tf), []),
    "sum_same_axes": lambda tf: tf.sparse_reduce_sum(four(tf), [0, 0]),
    "sum_axis_too_large": lambda tf: tf.sparse_reduce_sum(four(tf), 2),
    "sum_axis_too_small": lambda tf: tf.sparse_reduce_sum(four(tf), [-3]),
    "sum_placeholder": lambda tf: fed(tf, lambda x: tf.sparse_reduce_sum(x, 1)),
    "sum_placeholder_all": lambda tf: fed(tf, tf.sparse_reduce_sum),
    "sum_placeholder_part": lambda tf: fed(tf, lambda x: tf.sparse_reduce_sum(x, 1), [None, 4]),
    "sum_placeholder_shape": lambda tf: fed(tf, lambda x: tf.sparse_reduce_sum(x, 1), [3, 4]),
    "sum_unknown_axes": lambda tf: tf.sparse_reduce_sum(four(tf), tf.placeholder(tf.int32)).shape,
    "sum_ints": lambda tf: tf.sparse_reduce_sum(sparse(tf, values=(3, 4)), 0),
    "sum_unsorted": lambda tf: [tf.sparse_reduce_sum(_unsorted(tf), 0), tf.sparse_reduce_sum(_unsorted(tf), 1)],
    "sum_cube": lambda tf: tf.sparse_reduce_sum(_cube(tf), [0, 2]),
    "sum_empty": lambda tf: tf.sparse_reduce_sum(empty(tf), 1),
    "sum_outside": lambda tf: tf.sparse_reduce_sum(sparse(tf, ((0, 1), (5, 2))), 1),
    "sum_outside_reduced": lambda tf: tf.sparse_reduce_sum(sparse(tf, ((0, 1), (1, 9))), 1),
    "sum_value": lambda tf: tf.sparse_reduce_sum(tf.SparseTensorValue([[0]], [1.0], [2])),
    "sum_of_dense": lambda tf: tf.sparse_reduce_sum(tf.ones([2])),
    "max": lambda tf: tf.sparse_reduce_max(three(tf), 1),
    "max_empty_rows": lambda tf: tf.sparse_reduce_max(sparse(tf, ((0, 1), (2, 1)), (-1.0, -2.0)), 1),
    "max_all": lambda tf: tf.sparse_reduce_max(sparse(tf, values=(-1.0, -2.0))),
    "max_ints": lambda tf: tf.sparse_reduce_max(sparse(tf, values=(-1, -2)), 0, keepdims=True),
    "max_nothing": lambda tf: tf.sparse_reduce_max(empty(tf)),
    "sum_sparse": lambda tf: parts(tf.sparse_reduce_sum_sparse(four(tf), 1)),
    "sum_sparse_keep": lambda tf: parts(tf.sparse_reduce_sum_sparse(four(tf), 0, keepdims=True)),
    "sum_sparse_all": lambda tf: parts(tf.sparse_reduce_sum_sparse(four(tf))),
    "sum_sparse_all_keep": lambda tf: parts(tf.sparse_reduce_sum_sparse(four(tf), keepdims=True)),
    "sum_sparse_unsorted": lambda tf: parts(tf.sparse_reduce_sum_sparse(_unsorted(tf), 1)),
    "sum_sparse_outside": lambda tf: parts(tf.sparse_reduce_sum_sparse(sparse(tf, ((0, 1), (9, 9))), 1)),
    "sum_sparse_empty": lambda tf: parts(tf.sparse_reduce_sum_sparse(empty(tf), 1)),
    "max_sparse": lambda tf: parts(tf.sparse_reduce_max_sparse(four(tf), [1])),
    "max_sparse_cube": lambda tf: parts(tf.sparse_reduce_max_sparse(_cube(tf), [0])),
}

STRUCTURE = {
    "reorder": lambda tf: parts(tf.sparse_reorder(_unsorted(tf))),
    "reorder_strings": lambda tf: parts(tf.sparse_reorder(sparse(tf, ((1, 2), (0, 1)), ("a", "b")))),
    "reorder_placeholder": lambda tf: fed(tf, lambda x: tf.sparse_reorder(x, name="q")),
    "reorder_outside": lambda tf: parts(tf.sparse_reorder(sparse(tf, ((5, 2), (2, 9))))),
    "reorder_cube": lambda tf: parts(tf.sparse_reorder(_cube(tf))),
    "reshape": lambda tf: parts(tf.sparse_reshape(four(tf), [4, 3])),
    "reshape_rest": lambda tf: parts(tf.sparse_reshape(four(tf), [2, -1], name="r")),
    "reshape_vector": lambda tf: parts(tf.sparse_reshape(four(tf), [-1])),
    "reshape_tensor": lambda tf: parts(tf.sparse_reshape(four(tf), tf.constant([6, 2]))),
    "reshape_empty": lambda tf: parts(tf.sparse_reshape(empty(tf), [2, 6])),
    "reshape_no_fit": lambda tf: tf.sparse_reshape(four(tf), [5, -1]),
    "reshape_other_count": lambda tf: tf.sparse_reshape(four(tf), [5, 3]),
    "reshape_two_rests": lambda tf: tf.sparse_reshape(four(tf), [-1, -1]),
    "reshape_negative": lambda tf: parts(tf.sparse_reshape(four(tf), [-2, -6])),
    "reshape_no_fit_later": lambda tf: parts(tf.sparse_reshape(_later(tf), [5, -1])),
    "reshape_other_count_later": lambda tf: parts(tf.sparse_reshape(_later(tf), [5, 3])),
    "reshape_two_rests_later": lambda tf: parts(tf.sparse_reshape(_later(tf), [-1, -1])),
    "reshape_placeholder": lambda tf: fed(tf, lambda x: tf.sparse_reshape(x, [6, 2])),
    "reshape_placeholder_part": lambda tf: fed(tf, lambda x: tf.sparse_reshape(x, [-1, 2]), [None, 4]),
    "reshape_unknown": lambda tf: parts(tf.sparse_reshape(four(tf), tf.placeholder(tf.int32)))[3:],
    "slice": lambda tf: parts(tf.sparse_slice(four(tf), [1, 0], [2, 3])),
    "slice_large": lambda tf: parts(tf.sparse_slice(four(tf), [1, 0], [20, 30], name="q")),
    "slice_outside": lambda tf: parts(tf.sparse_slice(four(tf), [5, 0], [2, 3])),
    "slice_negative_start": lambda tf: parts(tf.sparse_slice(four(tf), [-1, 0], [2, 3])),
    "slice_negative_size": lambda tf: parts(tf.sparse_slice(four(tf), [1, 0], [-1, 3])),
    "slice_rank": lambda tf: parts(tf.sparse_slice(four(tf), [1], [1])),
    "slice_placeholder": lambda tf: fed(tf, lambda x: tf.sparse_slice(x, [1, 0], [2, 2])),
    "concat": lambda tf: parts(tf.sparse_concat(1, [four(tf), three(tf)])),
    "concat_first": lambda tf: parts(tf.sparse_concat(0, [four(tf), three(tf)])),
    "concat_last": lambda tf: parts(tf.sparse_concat(-1, [four(tf), three(tf)], name="q")),
    "concat_one": lambda tf: parts(tf.sparse_concat(1, [four(tf)])),
    "concat_axis": lambda tf: tf.sparse_concat(2, [four(tf), three(tf)]),
    "concat_shapes": lambda tf: parts(tf.sparse_concat(1, [four(tf), sparse(tf, shape=(2, 3))])),
    "concat_ranks": lambda tf: tf.sparse_concat(0, [four(tf), sparse(tf, ((1,), (2,)), shape=(4,))]),
    "concat_expand": lambda tf: parts(
        tf.sparse_concat(1, [four(tf), sparse(tf, shape=(2, 3))], expand_nonconcat_dim=True)
    ),
    "concat_expand_last": lambda tf: parts(
        tf.sparse_concat(-1, [four(tf), sparse(tf, shape=(2, 3))], expand_nonconcat_dim=True)
    ),
    "concat_expand_old": lambda tf: tf.sparse_concat(1, [four(tf), three(tf)], expand_nonconcat_dims=True),
    "concat_old": lambda tf: parts(tf.sparse_concat(concat_dim=0, sp_inputs=[four(tf), three(tf)], axis=None)),
    "concat_no_list": lambda tf: tf.sparse_concat(0, 3),
    "concat_of_dense": lambda tf: tf.sparse_concat(0, [four(tf), tf.ones([3, 4])]),
    "concat_later": lambda tf: parts(tf.sparse_concat(1, [four(tf), _later(tf)])),
    "concat_shapes_later": lambda tf: parts(tf.sparse_concat(1, [four(tf), _later(tf, (2, 4))])),
    "concat_unsorted": lambda tf: parts(
        tf.sparse_concat(0, [_unsorted(tf), three(tf)]), tf.sparse_concat(1, [_unsorted(tf), three(tf)])
    ),
    "concat_placeholder": lambda tf: fed(tf, lambda x: tf.sparse_concat(0, [x, three(tf)])),
    "concat_strings": lambda tf: parts(
        tf.sparse_concat(0, [sparse(tf, values=("a", "b")), sparse(tf, values=("c", "d"))])
    ),
    "split": lambda tf: parts(*tf.sparse_split(sp_input=four(tf), num_split=2, axis=1)),
    "split_uneven": lambda tf: parts(*tf.sparse_split(sp_input=four(tf), num_split=3, axis=1, name="q")),
    "split_negative": lambda tf: parts(*tf.sparse_split(sp_input=four(tf), num_split=2, axis=-1)),
    "split_one": lambda tf: parts(*tf.sparse_split(sp_input=_unsorted(tf), num_split=1, axis=0)),
    "split_old": lambda tf: parts(*tf.sparse_split(sp_input=four(tf), num_split=2, split_dim=0)),
    "split_positional": lambda tf: tf.sparse_split(four(tf), 2, 1),
    "split_no_count": lambda tf: tf.sparse_split(sp_input=four(tf), axis=1),
    "split_no_axis": lambda tf: tf.sparse_split(sp_input=four(tf), num_split=2),
    "mask_of_no_slices": lambda tf: tf.sparse_mask(four(tf), [1]),
    "split_zero": lambda tf: parts(*tf.sparse_split(sp_input=four(tf), num_split=0, axis=1)),
    "split_too_many": lambda tf: parts(*tf.sparse_split(sp_input=four(tf), num_split=5, axis=1)),
    "split_axis": lambda tf: parts(*tf.sparse_split(sp_input=four(tf), num_split=2, axis=2)),
    "split_outside": lambda tf: parts(*tf.sparse_split(sp_input=_outside(tf), num_split=3, axis=0)),
    "retain": lambda tf: parts(tf.sparse_retain(four(tf), [True, False, False, True])),
    "retain_wrong": lambda tf: tf.sparse_retain(four(tf), [True, False, False]),
    "retain_placeholder": lambda tf: fed(tf, lambda x: tf.sparse_retain(x, x.values > 2.0)),
    "fill_rows": lambda tf: parts(tf.sparse_fill_empty_rows(sparse(tf, ((0, 1), (2, 1))), 9.0)[0]),
    "fill_rows_indicator": lambda tf: tf.sparse_fill_empty_rows(sparse(tf, ((0, 1), (2, 1))), 9.0, name="q")[1],
    "fill_rows_placeholder": lambda tf: fed(tf, lambda x: tf.sparse_fill_empty_rows(x, 9.0)[0]),
    "fill_rows_empty": lambda tf: parts(tf.sparse_fill_empty_rows(empty(tf), 2.0)[0]),
    "fill_rows_no_rows": lambda tf: parts(tf.sparse_fill_empty_rows(empty(tf, (0, 4)), 2.0)[0]),
    "fill_rows_strings": lambda tf: parts(tf.sparse_fill_empty_rows(sparse(tf, values=("a", "b")), "x")[0]),
    "fill_rows_unsorted": lambda tf: parts(
        tf.sparse_fill_empty_rows(sparse(tf, ((2, 1), (0, 2), (2, 0), (0, 1)), (1.0, 2.0, 3.0, 4.0), (4, 4)), 2.0)[0]
    ),
    "fill_rows_outside": lambda tf: parts(tf.sparse_fill_empty_rows(_outside(tf), 2.0)[0]),
    "fill_rows_zero_rows": lambda tf: parts(tf.sparse_fill_empty_rows(sparse(tf, shape=(0, 4)), 2.0)[0]),
    "fill_rows_vector": lambda tf: tf.sparse_fill_empty_rows(four(tf), [9.0]),
    "fill_rows_raw": lambda tf: list(
        tf.raw_ops.SparseFillEmptyRows(
            indices=np.array([[2, 1], [0, 2], [2, 0]]), values=[1, 2, 3], dense_shape=np.array([4, 3]), default_value=0
        )
    ),
}

COMPOSED = {
    "transpose": lambda tf: parts(tf.sparse_transpose(four(tf))),
    "transpose_permutation": lambda tf: parts(tf.sparse_transpose(_cube(tf), [2, 0, 1], name="q")),
    "transpose_placeholder": lambda tf: fed(tf, tf.sparse_transpose),
    "transpose_placeholder_part": lambda tf: fed(tf, tf.sparse_transpose, [None, 4]),
    "transpose_wrong": lambda tf: tf.sparse_transpose(four(tf), [0]),
    "reset_shape": lambda tf: parts(tf.sparse_reset_shape(four(tf))),
    "reset_shape_new": lambda tf: parts(tf.sparse_reset_shape(four(tf), [5, 6])),
    "reset_shape_small": lambda tf: tf.sparse_reset_shape(four(tf), [2, 6]),
    "reset_shape_rank": lambda tf: tf.sparse_reset_shape(four(tf), [2, 6, 7]),
    "reset_shape_empty": lambda tf: parts(tf.sparse_reset_shape(empty(tf))),
    "reset_shape_placeholder": lambda tf: fed(tf, tf.sparse_reset_shape),
    "reset_shape_placeholder_new": lambda tf: fed(tf, lambda x: tf.sparse_reset_shape(x, [5, 6])),
    "reset_shape_placeholder_small": lambda tf: fed(tf, lambda x: tf.sparse_reset_shape(x, [2, 6])),
    "merge": lambda tf: parts(tf.sparse_merge(_ids(tf), sparse(tf), 5)),
    "merge_several": lambda tf: parts(
        tf.sparse_merge([_ids(tf), sparse(tf, values=(2, 2))], sparse(tf), [5, 6], name="q")
    ),
    "merge_sorted": lambda tf: parts(tf.sparse_merge(_ids(tf), sparse(tf), 5, already_sorted=True)),
    "merge_int64": lambda tf: parts(
        tf.sparse_merge(tf.SparseTensor([[0, 0], [0, 1]], np.array([1, 0]), [2, 2]), sparse(tf), tf.constant(7))
    ),
    "merge_lengths": lambda tf: tf.sparse_merge([_ids(tf)], sparse(tf), [5, 6]),
    "merge_one_size": lambda tf: tf.sparse_merge([_ids(tf)], sparse(tf), 5),
    "indicator": lambda tf: tf.sparse_to_indicator(_ids(tf), 5),
    "indicator_named": lambda tf: tf.sparse_to_indicator(_ids(tf), 5, name="n"),
    "indicator_placeholder": lambda tf: fed(tf, lambda x: tf.sparse_to_indicator(tf.cast(x, tf.int64), 5)),
    "expand_dims": lambda tf: parts(tf.sparse.expand_dims(four(tf))),
    "expand_dims_first": lambda tf: parts(tf.sparse.expand_dims(four(tf), 0)),
    "expand_dims_negative": lambda tf: parts(tf.sparse.expand_dims(four(tf), -2, name="q")),
    "expand_dims_wrong": lambda tf: tf.sparse.expand_dims(four(tf), 5),
    "expand_dims_placeholder": lambda tf: fed(tf, lambda x: tf.sparse.expand_dims(x, 1), [None, 4]),
    "expand_dims_unknown_rank": lambda tf: fed(tf, lambda x: tf.sparse.expand_dims(x, 1)),
    "eye": lambda tf: parts(tf.sparse.eye(3)),
    "eye_wide": lambda tf: parts(tf.sparse.eye(3, 4, dtype=tf.int32, name="q")),
    "eye_tensor": lambda tf: parts(tf.sparse.eye(tf.constant(2), 4)),
    "from_dense": lambda tf: parts(tf.sparse.from_dense([[0.0, 1.0], [2.0, 0.0]])),
    "from_dense_strings": lambda tf: parts(tf.sparse.from_dense(["", "a"], name="q")),
    "from_dense_zeros": lambda tf: parts(tf.sparse.from_dense(np.zeros((2, 3)))),
    "from_dense_placeholder": lambda tf: parts(
        tf.sparse.from_dense(tf.placeholder_with_default([[0, 3], [1, 0]], [None, 2]))
    ),
}

CASES = {**TO_DENSE, **PRODUCTS, **SUMS, **REDUCTIONS, **STRUCTURE, **COMPOSED}
