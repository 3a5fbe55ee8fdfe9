"""Cases: SparseTensor and IndexedSlices themselves, placeholders, operators, what other functions make of them."""

from __future__ import annotations

from typing import Any

import numpy as np


def sparse(tf: Any, rows: Any = ((0, 1), (1, 2)), values: Any = (1.0, 2.0), shape: Any = (3, 4)) -> Any:
    """Return a SparseTensor, by default of two elements in a 3 by 4 matrix."""
    return tf.SparseTensor(list(rows), list(values), list(shape))


def four(tf: Any) -> Any:
    """Return a SparseTensor of four elements."""
    return sparse(tf, ((0, 1), (1, 0), (1, 2), (2, 3)), (1.0, 2.0, 3.0, 4.0))


def three(tf: Any) -> Any:
    """Return one of three elements, two of them where `four` has some."""
    return sparse(tf, ((0, 1), (1, 1), (2, 3)), (-1.0, 5.0, 0.5))


def empty(tf: Any, shape: Any = (3, 4)) -> Any:
    """Return a SparseTensor that lists nothing."""
    return tf.SparseTensor(np.zeros((0, len(shape)), np.int64), np.zeros(0, np.float32), list(shape))


def parts(*found: Any) -> list[Any]:
    """Return the tensors and the static shape of SparseTensors."""
    return [part for item in found for part in (item.indices, item.values, item.dense_shape, item.shape)]


def fed(tf: Any, build: Any, shape: Any = None) -> Any:
    """Build from a placeholder, and feed it the elements of `four`."""
    place = tf.sparse_placeholder(tf.float32, shape)
    value = tf.SparseTensorValue([[0, 1], [1, 0], [1, 2], [2, 3]], [1.0, 2.0, 3.0, 4.0], [3, 4])
    result = build(place)
    feeds = dict(zip((place.indices, place.values, place.dense_shape), value))
    return (parts(result) if hasattr(result, "dense_shape") else result), feeds


def slices(tf: Any, whole: Any = (10, 1)) -> Any:
    """Return IndexedSlices with one place that occurs twice."""
    shape = None if whole is None else tf.constant(list(whole))
    return tf.IndexedSlices(tf.constant([[1.0], [2.0], [3.0]]), tf.constant([4, 5, 4]), shape)


def _set_shape(tf: Any, shape: Any, first: Any = None) -> Any:
    place = tf.sparse_placeholder(tf.float32, first)
    place.set_shape(shape)
    return [place.shape, place.dtype]


_UNARY = ["abs", "square", "sqrt", "tanh", "negative", "sign", "asin", "erf", "sin", "atan", "tan", "asinh"]
_NO_SPARSE = ["log1p", "exp", "floor", "ceil", "sigmoid", "cos", "is_nan"]

CASES = {
    "construct": lambda tf: parts(sparse(tf)),
    "construct_from_tensors": lambda tf: parts(
        tf.SparseTensor(tf.constant([[0, 1]], tf.int64), tf.constant([1]), tf.constant([3, 4], tf.int64))
    ),
    "construct_int32_indices": lambda tf: tf.SparseTensor(tf.constant([[0, 1]]), [1.0], [3, 4]),
    "construct_int32_arrays": lambda tf: parts(
        tf.SparseTensor(np.array([[0, 1]], np.int32), np.array([1.0]), np.array([3, 4], np.int32))
    ),
    "construct_strings": lambda tf: parts(sparse(tf, values=("a", "b"))),
    "construct_unknown": lambda tf: [
        tf.SparseTensor(tf.placeholder(tf.int64, [None, 2]), tf.placeholder(tf.float32), tf.placeholder(tf.int64)).shape
    ],
    "construct_vector_indices": lambda tf: tf.SparseTensor([0, 1], [1.0], [3, 4]),
    "construct_wrong_count": lambda tf: tf.SparseTensor([[0, 1]], [1.0, 2.0], [3, 4]),
    "construct_wrong_rank": lambda tf: tf.SparseTensor([[0, 1]], [1.0], [3, 4, 5]),
    "construct_matrix_values": lambda tf: tf.SparseTensor([[0, 1]], [[1.0]], [3, 4]),
    "construct_empty": lambda tf: parts(empty(tf)),
    "from_value": lambda tf: parts(tf.SparseTensor.from_value(tf.SparseTensorValue([[0, 1]], [1.0], [3, 4]))),
    "from_value_of_sparse": lambda tf: parts(tf.SparseTensor.from_value(sparse(tf))),
    "from_value_of_number": lambda tf: tf.SparseTensor.from_value(3),
    "with_values": lambda tf: parts(sparse(tf).with_values(tf.constant([5, 6]))),
    "set_shape": lambda tf: _set_shape(tf, [None, 3]),
    "set_shape_more": lambda tf: _set_shape(tf, [4, None], [None, 3]),
    "set_shape_contradiction": lambda tf: _set_shape(tf, [4, 4], [None, 3]),
    "placeholder": lambda tf: fed(tf, lambda x: x),
    "placeholder_shape": lambda tf: fed(tf, lambda x: x, [3, 4]),
    "placeholder_part_of_shape": lambda tf: fed(tf, lambda x: x, [None, 4]),
    "placeholder_rank": lambda tf: fed(tf, lambda x: x, [None, None]),
    "placeholder_named": lambda tf: parts(tf.sparse_placeholder(tf.int32, [2, 3], name="foo"))[3:],
    "placeholder_named_no_shape": lambda tf: parts(tf.sparse_placeholder(tf.int32, name="foo"))[3:],
    "placeholder_tensor_shape": lambda tf: fed(tf, lambda x: x, tf.constant([2, 3], tf.int64)),
    "placeholder_string": lambda tf: parts(tf.sparse_placeholder(tf.string, tf.TensorShape([2, 3])))[3:],
    "placeholder_default_shape": lambda tf: tf.sparse_placeholder(tf.string, [2, 3]).dense_shape,
    "convert_value": lambda tf: parts(
        tf.convert_to_tensor_or_sparse_tensor(tf.SparseTensorValue([[0, 1]], [1.0], [3, 4]))
    ),
    "convert_wrong_type": lambda tf: tf.convert_to_tensor_or_sparse_tensor(sparse(tf), tf.int32),
    "convert_type": lambda tf: parts(tf.convert_to_tensor_or_sparse_tensor(sparse(tf), tf.float32)),
    "convert_list": lambda tf: tf.convert_to_tensor_or_sparse_tensor([1, 2], name="q"),
    "convert_to_tensor": lambda tf: tf.convert_to_tensor(sparse(tf)),
    "times_number": lambda tf: parts(sparse(tf) * 2.0),
    "times_tensor": lambda tf: parts(four(tf) * tf.reshape(tf.range(12.0), [3, 4])),
    "times_row": lambda tf: parts(four(tf) * [1.0, 2.0, 3.0, 4.0]),
    "times_column": lambda tf: parts(four(tf) * [[1.0], [2.0], [3.0]]),
    "tensor_times": lambda tf: parts(tf.constant(2.0) * four(tf)),
    "number_times": lambda tf: 2.0 * four(tf),
    "times_int": lambda tf: parts(sparse(tf, values=(3, 4)) * 2),
    "times_float_for_int": lambda tf: sparse(tf, values=(3, 4)) * 2.5,
    "times_complex": lambda tf: parts(sparse(tf, values=(1j, 2 + 1j)) * 1j),
    "times_half": lambda tf: parts(
        tf.SparseTensor([[0, 1]], tf.constant([1.5], tf.float16), [3, 4]) * tf.constant(2.0, tf.float16)
    ),
    "times_too_narrow": lambda tf: parts(sparse(tf) * [[1.0, 2.0, 3.0]]),
    "times_too_many_dimensions": lambda tf: parts(sparse(tf, ((1,),), (1.0,), (4,)) * np.ones((3, 4), np.float32)),
    "times_dense_wider_than_one": lambda tf: parts(sparse(tf, ((1, 0),), (1.0,), (3, 1)) * np.ones((3, 4), np.float32)),
    "times_out_of_bounds": lambda tf: parts(sparse(tf, ((1, 7),), (1.0,)) * np.ones((3, 4), np.float32)),
    "times_empty": lambda tf: parts(empty(tf) * 2.0),
    "times_nan": lambda tf: parts(sparse(tf) * float("nan")),
    "times_sparse": lambda tf: sparse(tf) * sparse(tf),
    "times_placeholder": lambda tf: fed(tf, lambda x: x * 2.0),
    "over_number": lambda tf: parts(four(tf) / 2.0),
    "over_zero": lambda tf: parts(four(tf) / 0.0),
    "over_int": lambda tf: parts(sparse(tf, values=(7, -7)) / 2),
    "over_column": lambda tf: parts(four(tf) / [[1.0], [2.0], [4.0]]),
    "cwise_div_int": lambda tf: tf.raw_ops.SparseDenseCwiseDiv(
        sp_indices=np.array([[0, 1], [1, 0]]), sp_values=[7, -7], sp_shape=np.array([2, 2]), dense=2
    ),
    "cwise_div_int_zero": lambda tf: tf.raw_ops.SparseDenseCwiseDiv(
        sp_indices=np.array([[0, 1], [1, 0]]), sp_values=[7, -7], sp_shape=np.array([2, 2]), dense=[0, 1]
    ),
    "cwise_add": lambda tf: tf.raw_ops.SparseDenseCwiseAdd(
        sp_indices=np.array([[0, 1], [1, 0]]), sp_values=[7.0, -7.0], sp_shape=np.array([2, 2]), dense=[2.0, 3.0]
    ),
    "plus_dense": lambda tf: sparse(tf) + tf.ones([3, 4]),
    "dense_plus": lambda tf: tf.ones([3, 4]) + sparse(tf),
    "plus_sparse": lambda tf: sparse(tf) + sparse(tf),
    "minus": lambda tf: sparse(tf) - 2.0,
    "negated": lambda tf: -sparse(tf),
    "indexed": lambda tf: sparse(tf)[0],
    "multiply_function": lambda tf: tf.multiply(sparse(tf), 2.0),
    **{
        f"unary_{name}": lambda tf, name=name: parts(getattr(tf, name)(sparse(tf, values=(0.5, 0.25))))
        for name in _UNARY
    },
    **{f"unary_refused_{name}": lambda tf, name=name: getattr(tf, name)(sparse(tf)) for name in _NO_SPARSE},
    "unary_named": lambda tf: parts(tf.abs(sparse(tf), name="q")),
    "unary_sign_named": lambda tf: parts(tf.sign(sparse(tf), name="q")),
    "cast": lambda tf: parts(tf.cast(four(tf), tf.int32)),
    "cast_named": lambda tf: parts(tf.cast(four(tf), tf.int32, name="q")),
    "to_int32": lambda tf: parts(tf.to_int32(four(tf))),
    "shape": lambda tf: tf.shape(sparse(tf)),
    "shape_int64": lambda tf: tf.shape(sparse(tf), out_type=tf.int64),
    "size": lambda tf: tf.size(sparse(tf)),
    "rank": lambda tf: tf.rank(sparse(tf)),
    "shape_placeholder": lambda tf: fed(tf, tf.shape),
    "zeros_like": lambda tf: tf.zeros_like(sparse(tf)),
    "zeros_like_placeholder": lambda tf: fed(tf, tf.zeros_like),
    "identity": lambda tf: parts(tf.identity(sparse(tf))),
    "stop_gradient": lambda tf: parts(tf.stop_gradient(sparse(tf))),
    "tuple": lambda tf: parts(tf.tuple([sparse(tf)])[0]),
    "tuple_of_tensors": lambda tf: tf.tuple([tf.constant(1.0), tf.constant(2.0) + 1.0])[0],
    "tuple_with_slices": lambda tf: tf.tuple([tf.constant(1.0), slices(tf)])[1].values,
    "default_shape_is_not_known": lambda tf: tf.zeros(tf.placeholder_with_default([2, 3], [2])).shape,
    "reduce_sum_refused": lambda tf: tf.reduce_sum(sparse(tf)),
    "matmul_refused": lambda tf: tf.matmul(sparse(tf), tf.ones([4, 2])),
    "slices_shape": lambda tf: [slices(tf).shape, slices(tf, None).shape, slices(tf).dtype, slices(tf).name],
    "slices_to_tensor": lambda tf: tf.convert_to_tensor(slices(tf)),
    "slices_to_tensor_named": lambda tf: tf.convert_to_tensor(slices(tf), name="q"),
    "slices_to_tensor_no_shape": lambda tf: tf.convert_to_tensor(slices(tf, None)),
    "slices_to_tensor_type": lambda tf: tf.convert_to_tensor(slices(tf), tf.int32),
    "slices_negated": lambda tf: (-slices(tf)).values,
    "slices_plus_number": lambda tf: slices(tf) + 1.0,
    "number_plus_slices": lambda tf: tf.constant(1.0) + slices(tf),
    "slices_multiply": lambda tf: tf.multiply(slices(tf), 2.0),
    "slices_scalar_mul": lambda tf: tf.scalar_mul(2.0, slices(tf)).values,
    "slices_cast": lambda tf: tf.cast(slices(tf), tf.int32).values,
    "slices_identity": lambda tf: [tf.identity(slices(tf)).values, tf.identity(slices(tf)).indices],
    "slices_text": lambda tf: [str(slices(tf)), str(slices(tf, None)), str(sparse(tf))],
    "mask": lambda tf: [tf.sparse_mask(slices(tf), [4, 6]).indices, tf.sparse_mask(slices(tf), [4, 6]).values],
    "mask_named": lambda tf: tf.sparse_mask(slices(tf), [5], name="m").values,
}
