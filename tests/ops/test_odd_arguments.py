"""Arguments of wrong ranks and shapes are refused in our own words, while building where that can be seen then."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

import sessile as tf

ROWS = np.float32([[1, 2], [3, 4]])
SCALAR = "Shape must be rank 0 but is rank 1"
VECTOR = "Shape must be rank 1 but is rank 2"

WRONG: dict[str, tuple[Callable[..., Any], list[Any], str]] = {
    "ids that are a matrix": (tf.segment_sum, [ROWS, np.int32([[0, 1], [0, 1]])], VECTOR),
    "data that is a scalar": (tf.segment_mean, [np.float32(1), np.int32([0])], "at least rank 1"),
    "a vector of counts of segments": (tf.unsorted_segment_sum, [ROWS, np.int32([0, 1]), np.int32([2])], SCALAR),
    "bins that are a vector": (tf.histogram_fixed_width, [ROWS, np.float32([0, 1]), np.int32([3])], SCALAR),
    "a range of three ends": (tf.histogram_fixed_width, [ROWS, np.float32([0, 1, 2])], "Dimensions? .*must be equal"),
    "k that is a vector": (lambda p, t, k: tf.nn.in_top_k(p, t, k), [ROWS, np.int32([0, 1]), np.int32([1])], SCALAR),
    "a band of vectors": (tf.matrix_band_part, [ROWS, np.int64([0]), np.int64(0)], SCALAR),
    "padding that is a vector": (
        lambda x, p: tf.linalg.diag_part(x, padding_value=p), [ROWS, np.float32([0])], SCALAR,
    ),
    "gradients of another shape": (
        lambda y, dy: tf.raw_ops.SigmoidGrad(y=y, dy=dy), [np.float32([1]), np.float32([1, 2])], "must be equal",
    ),
    "axis that is a vector": (lambda x, axis: tf.argmax(x, axis), [ROWS, np.int32([0, 1])], SCALAR),
    "matrices that do not fit": (tf.matmul, [ROWS, np.float32([[1, 2, 3]])], "2 and 1|[Mm]atrix size"),
    "a matrix that is a vector": (tf.matrix_inverse, [np.float32([1, 2])], "at least rank 2"),
    "biases that are a matrix": (tf.nn.bias_add, [ROWS, np.float32([[1, 2]])], VECTOR + "|as many biases"),
    "diagonals that are a matrix": (tf.matrix_set_diag, [ROWS, ROWS], "Shape must be rank 1|match input.shape"),
    "arguments of a beta function": (
        lambda a, b: tf.betainc(a, a, b), [np.float32([1, 2]), np.float32([1])], "must be equal|inconsistent",
    ),
}  # fmt: skip


REFUSED_WHEN_RUN = ("k that is a vector", "a band of vectors")  # TensorFlow builds these


@pytest.mark.parametrize("case", WRONG)
def test_wrong_shapes_are_refused_in_our_words_while_building(case: str) -> None:
    function, arguments, words = WRONG[case]
    if case in REFUSED_WHEN_RUN:
        result = function(*map(tf.constant, arguments))
        with tf.Session() as sess, pytest.raises(tf.errors.InvalidArgumentError, match=words):
            sess.run(result)
        return
    with pytest.raises(ValueError, match=words):
        function(*map(tf.constant, arguments))


@pytest.mark.parametrize("case", WRONG)
def test_wrong_shapes_are_refused_in_our_words_when_fed(case: str) -> None:
    function, arguments, words = WRONG[case]
    inputs = [tf.placeholder(np.asarray(argument).dtype) for argument in arguments]
    result = function(*inputs)
    with tf.Session() as sess, pytest.raises(tf.errors.InvalidArgumentError, match=words):
        sess.run(result, dict(zip(inputs, arguments)))


def test_a_printed_vector_of_strings_is_refused() -> None:
    with pytest.raises(ValueError, match=SCALAR):
        tf.raw_ops.PrintV2(input=tf.constant(["a"]))
    words = tf.placeholder(tf.string)
    with tf.Session() as sess, pytest.raises(tf.errors.InvalidArgumentError, match=SCALAR):
        sess.run(tf.raw_ops.PrintV2(input=words), {words: ["a", "b"]})


def test_diagonals_of_bools_need_no_padding_value() -> None:
    with tf.Session() as sess:
        assert sess.run(tf.matrix_diag([[True, False]])).tolist() == [[[True, False], [False, False]]]
        assert sess.run(tf.matrix_diag_part(tf.constant([[True, False]]))).tolist() == [True]


def test_scalars_have_no_softmax_and_no_diagonal_when_fed() -> None:
    x = tf.placeholder(tf.float32)
    with tf.Session() as sess:
        for result in (tf.nn.softmax(x), tf.nn.log_softmax(x), tf.diag(x)):
            with pytest.raises(tf.errors.InvalidArgumentError, match="dimension|at least rank 1"):
                sess.run(result, {x: 1.0})


def test_checks_of_arguments_while_building_are_tensorflows() -> None:
    with pytest.raises(ValueError, match="must have rank 0"):
        tf.nn.dropout(tf.constant(ROWS), rate=tf.constant([0.5]))
    with pytest.raises(ValueError, match="Requires nbins > 0: 0"):
        tf.histogram_fixed_width(ROWS, [0.0, 1.0], nbins=0)
    with pytest.raises(IndexError, match="names axis 7 of a tensor of rank 2"):
        tf.tensordot(ROWS, ROWS, [[7], [0]])
    with pytest.raises(TypeError, match="must be of an integer type"):
        tf.assert_rank(ROWS, 2.5)
    with pytest.raises(ValueError, match=SCALAR):
        tf.Assert(tf.constant([True, False]), ["never"])
    pair = tf.SparseTensor([[0]], [1.0], [3])
    with pytest.raises(IndexError, match="axis 5 is none of those"):
        tf.sparse_concat(5, [pair, pair])
    with pytest.raises(IndexError, match="names dimensions"):
        tf.sparse_transpose(pair, [1])


def test_a_condition_that_is_a_vector_is_refused_when_fed() -> None:
    condition = tf.placeholder(tf.bool)
    with tf.Session() as sess, pytest.raises(tf.errors.InvalidArgumentError, match="rank 1"):
        sess.run(tf.Assert(condition, ["never"]), {condition: [True, False]})


def test_nearly_equal_tensors_pass_and_others_fail() -> None:
    with tf.Session() as sess:
        sess.run(tf.assert_near([1.0, 2.0], [1.0, 2.0 + 1e-6]))
        sess.run(tf.assert_near(1.0, 1.5, rtol=0.4, atol=0.0))
        with pytest.raises(tf.errors.InvalidArgumentError, match="not equal to tolerance"):
            sess.run(tf.assert_near([1.0, 2.0], [1.0, 2.1]))


def test_ranks_among_several() -> None:
    x = tf.placeholder(tf.float32)
    tf.assert_rank_in(tf.constant(ROWS), (1, 2))
    with pytest.raises(ValueError, match=r"must have rank in \(1, 3\)\.  Received rank 2"):
        tf.assert_rank_in(tf.constant(ROWS), (1, 3))
    with pytest.raises(TypeError, match="must be of an integer type"):
        tf.assert_rank_in(x, (1.5,))
    with tf.Session() as sess:
        sess.run(tf.assert_rank_in(x, (1, 2)), {x: ROWS})
        with pytest.raises(tf.errors.InvalidArgumentError, match="must have rank in"):
            sess.run(tf.assert_rank_in(x, (1, 3)), {x: ROWS})


def test_order_of_elements() -> None:
    with tf.Session() as sess:
        for values, never_down, always_up in (
            ([1, 2, 3], True, True), ([1, 2, 2], True, False), ([2, 1], False, False),
            ([1], True, True), ([], True, True),
        ):  # fmt: skip
            x = tf.constant(values, tf.int32)
            assert sess.run([tf.is_non_decreasing(x), tf.is_strictly_increasing(x)]) == [never_down, always_up]
    with pytest.raises(TypeError, match="to be numeric"):
        tf.is_non_decreasing(["a"])
