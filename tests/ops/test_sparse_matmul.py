"""SparseMatMul: where `matmul` builds it, and that zeros take no part; as real TensorFlow answered."""

from __future__ import annotations

from typing import Any

import ml_dtypes
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sessile.ops.families.linalg.products import product

import sessile as tf

F32, BF16, F64 = tf.float32, tf.bfloat16, tf.float64


@pytest.mark.parametrize(
    ("a", "b", "hints", "kind"),
    [
        (F32, F32, {}, "MatMul"),
        (F32, F32, {"a_is_sparse": True}, "SparseMatMul"),
        (F32, F32, {"b_is_sparse": True, "output_type": F32}, "SparseMatMul"),
        (BF16, BF16, {}, "MatMul"),
        (BF16, BF16, {"a_is_sparse": True}, "Cast"),
        (BF16, F32, {}, "SparseMatMul"),
        (F32, BF16, {"a_is_sparse": True}, "SparseMatMul"),
        (F64, F64, {"a_is_sparse": True}, "MatMul"),
        (tf.half, tf.half, {"b_is_sparse": True}, "MatMul"),
        (tf.int32, tf.int32, {"a_is_sparse": True}, "MatMul"),
    ],
)
def test_types(a: Any, b: Any, hints: Any, kind: str) -> None:
    result = tf.matmul(tf.placeholder(a, [2, None]), tf.placeholder(b, [3, 4]), **hints)
    assert result.op.type == kind and result.shape == [2, 4]
    if kind == "SparseMatMul":
        assert result.dtype == F32 and result.op.name == "MatMul"
        assert [result.op.get_attr(name) for name in ("Ta", "Tb")] == [a, b]
        assert result.op.get_attr("a_is_sparse") == hints.get("a_is_sparse", False)
        assert result.op.get_attr("b_is_sparse") == hints.get("b_is_sparse", False)
    if kind == "Cast":
        assert result.op.name == "MatMul/Cast" and result.op.inputs[0].op.type == "SparseMatMul"


def test_what_is_refused() -> None:
    with pytest.raises(ValueError, match="Shape must be rank 2 but is rank 3"):
        tf.matmul(tf.placeholder(F32, [2, 3, 3]), tf.placeholder(F32, [2, 3, 3]), a_is_sparse=True)
    with pytest.raises(TypeError, match="float64 not in list of allowed values: float32, bfloat16"):
        tf.matmul(tf.placeholder(BF16, [2, 3]), tf.placeholder(F64, [3, 3]))
    with pytest.raises(ValueError, match="Dimensions must be equal, but are 2 and 3"):
        tf.sparse_matmul(tf.placeholder(F32, [3, 2]), tf.placeholder(F32, [3, 3]))


def test_zeros_take_no_part() -> None:
    inf, nan = np.inf, np.nan
    a = np.array([[0, 2.5, 0], [1, 0, inf]], np.float32)
    b = np.array([[inf, 0, 1, 2], [3, 4, 0, 6], [7, 8, 9, 0]], np.float32)
    expected = {
        (False, False): [[nan, 10, 0, 15], [inf, inf, inf, nan]],
        (True, False): [[7.5, 10, 0, 15], [inf, inf, inf, nan]],
        (False, True): [[nan, 10, 0, 15], [inf, inf, inf, 2]],
        (True, True): [[7.5, 10, 0, 15], [inf, inf, inf, nan]],
    }
    with tf.Session() as sess:
        for (left, right), values in expected.items():
            flags = {"a_is_sparse": left, "b_is_sparse": right}
            np.testing.assert_array_equal(sess.run(tf.matmul(a, b, **flags)), values)
            turned = tf.sparse_matmul(a.T, b.T, transpose_a=True, transpose_b=True, **flags)
            np.testing.assert_array_equal(sess.run(turned), values)
        vector = tf.linalg.matvec(a, [inf, 1.0, 2.0], a_is_sparse=True)
        assert vector.op.inputs[0].op.type == "SparseMatMul"
        assert sess.run(vector).tolist() == [2.5, inf]


@given(st.integers(0, 4), st.integers(0, 4), st.integers(0, 4), st.booleans(), st.booleans(), st.booleans())
def test_finite_numbers_give_the_product(
    rows: int, inner: int, columns: int, left: bool, right: bool, b16: bool
) -> None:
    random = np.random.RandomState(rows + 7 * inner + 31 * columns)
    dtype = ml_dtypes.bfloat16 if b16 else np.float32
    a = (random.randn(rows, inner) * (random.rand(rows, inner) < 0.5)).astype(dtype)
    b = random.randn(inner, columns).astype(dtype)
    with tf.Graph().as_default(), tf.Session() as sess:
        result = sess.run(tf.sparse_matmul(a, b, a_is_sparse=left, b_is_sparse=right))
    assert result.dtype == np.float32
    np.testing.assert_array_equal(result, a.astype(np.float32) @ b.astype(np.float32))


@pytest.mark.parametrize(
    ("shape", "wanted", "match"),
    [
        ([None, 3], [7], "must be evenly divisible by 3 but is 7"),
        ([None, 3], [2, 2], "must be evenly divisible by 3 but is 4"),
        ([None, 3], [], "must be evenly divisible by 3 but is 1"),
        ([None, 0], [7], "Cannot reshape a tensor with 0 elements to shape \\[7\\] \\(7 elements\\)"),
        ([0, None], [3], "Cannot reshape a tensor with 0 elements"),
    ],
)
def test_reshape_to_a_size_that_no_extent_gives(shape: Any, wanted: Any, match: str) -> None:
    with pytest.raises(ValueError, match=match):
        tf.reshape(tf.placeholder(F32, shape), np.array(wanted, np.int32))


@pytest.mark.parametrize(
    ("shape", "wanted"),
    [([None, 3], [6]), ([None, 3], [0]), ([None, 0], [0]), ([None, 3, None], [7]), ([None], [7]), ([None, 6], [4, -1])],
)
def test_reshape_that_may_fit(shape: Any, wanted: Any) -> None:
    static = tf.reshape(tf.placeholder(F32, shape), np.array(wanted, np.int32)).shape.as_list()
    assert static == [None if size == -1 else size for size in wanted]


@pytest.mark.parametrize("kind", ["int8", "uint8", "int16", "int32", "int64", "uint32", "uint64"])
@pytest.mark.parametrize("is_large", [False, True])
def test_products_of_integers(kind: str, is_large: bool) -> None:
    """By floats where these hold all sums, else by integers, which wrap around: the same numbers."""
    info, random = np.iinfo(kind), np.random.RandomState(0)
    low, high = (info.min, info.max) if is_large else (max(info.min, -10), min(info.max, 10))
    a, b = random.randint(low, high, (20, 30), dtype=kind), random.randint(low, high, (30, 25), dtype=kind)
    found = product(a, b)
    assert found.dtype == a.dtype
    np.testing.assert_array_equal(found, np.matmul(a, b))
