"""Small functions made of others; the numbers are those of TensorFlow 1.15."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import sessile as tf


def values(*tensors: Any) -> list[Any]:
    with tf.Session() as sess:
        sess.run(tf.global_variables_initializer())
        return [np.asarray(value).tolist() for value in sess.run(list(tensors))]


@pytest.mark.parametrize(
    ("order", "lengths"),
    [("euclidean", [[5.0], [5.0]]), (1, [[7.0], [5.0]]), (2, [[5.0], [5.0]]), (np.inf, [[4.0], [5.0]])],
)
def test_normalize_divides_by_the_norm(order: Any, lengths: list[list[float]]) -> None:
    rows = np.float32([[3, 4], [0, 5]])
    divided, length = values(*tf.linalg.normalize(rows, order, axis=1))
    assert length == lengths
    np.testing.assert_array_equal(np.float32(divided), rows / np.float32(lengths))


def test_ranks_of_matrices() -> None:
    batch = np.float64([[[1, 2], [2, 4]], [[1, 0], [0, 1]]])
    fed = tf.placeholder(tf.float64)
    with tf.Session() as sess:
        assert sess.run(tf.linalg.matrix_rank(batch)).tolist() == [1, 2]
        assert sess.run(tf.linalg.matrix_rank(fed), {fed: batch}).tolist() == [1, 2]
        assert sess.run(tf.linalg.matrix_rank(np.float32([[1, 0], [0, 0.01]]), tol=0.1)) == 1
    with pytest.raises(ValueError, match="at least 2 dimensions"):
        tf.linalg.matrix_rank([1.0, 2.0])
    with pytest.raises(TypeError, match="float"):
        tf.linalg.matrix_rank(tf.constant([[1, 2]]))


def test_reciprocals_of_zero_are_zero() -> None:
    assert values(tf.math.reciprocal_no_nan(np.float32([2, 0, 0.5, -0.0]))) == [[0.5, 0.0, 2.0, 0.0]]


def test_conditions_of_constants_choose_while_building() -> None:
    fed = tf.placeholder(tf.bool, [])
    chosen = tf.contrib.framework.smart_cond(
        tf.logical_and(tf.constant(2) > 1, tf.reduce_any([False, True])), lambda: "yes", lambda: "no"
    )
    assert chosen == "yes"
    assert tf.contrib.framework.smart_constant_value(tf.logical_not(tf.logical_not(False))) is False
    assert tf.contrib.framework.smart_constant_value(tf.logical_and(fed, True)) is None
    default = tf.placeholder_with_default(False, [])  # it may be fed
    assert tf.contrib.framework.smart_constant_value(default) is None
    assert tf.contrib.framework.smart_constant_value(tf.logical_not(default)) is None


def test_labels_without_repetitions() -> None:
    labels = np.int32([[1, 1, 2, 2, 1], [3, 4, 5, 6, 7], [1, 1, 1, 1, 1], [9, 9, 9, 9, 9]])
    collapsed = tf.nn.collapse_repeated(labels, np.int32([5, 5, 3, 0]))
    assert collapsed[0].shape.as_list() == [4, 5]
    assert values(*collapsed) == [
        [[1, 2, 1, 0, 0], [3, 4, 5, 6, 7], [1, 0, 0, 0, 0], [0, 0, 0, 0, 0]],
        [3, 5, 1, 0],
    ]


def test_distinct_labels_and_their_numbers() -> None:
    distinct, numbers = tf.nn.ctc_unique_labels(np.int32([[3, 4, 4, 3], [1, 0, 0, 0]]))
    assert values(distinct, numbers) == [[[3, 4, 0, 0], [1, 0, 0, 0]], [[0, 1, 1, 0], [0, 1, 1, 1]]]


def test_partitioned_variables_in_their_old_form() -> None:
    parts = tf.create_partitioned_variables([4, 3], [1, 3], tf.ones_initializer(), name="w")
    assert [part.name for part in parts] == ["w/part_0:0", "w/part_1:0", "w/part_2:0"]
    assert values(*parts) == [[[1.0]] * 4] * 3
    for slicing, words in (([2, 3], "one dimension"), ([2], "must have the length"), ([5, 1], "offset=4")):
        with pytest.raises(ValueError, match=words):
            tf.create_partitioned_variables(
                [4, 3], slicing, tf.zeros_initializer(), name=f"v{len(slicing)}{slicing[0]}"
            )


def test_shapes_that_fit_each_other() -> None:
    tensors = tf.zeros([3, 2]), tf.zeros([3, 4]), tf.zeros([2]), tf.zeros([])
    check = tf.debugging.assert_shapes(list(zip(tensors, [("N", "Q"), ("N", None), "Q", ()])))
    assert check.type == "NoOp"
    with pytest.raises(ValueError, match="Specified by tensor zeros:0 dimension 0.* must have size 3.*Received size 4"):
        tf.debugging.assert_shapes([(tensors[0], ("N", 2)), (tf.zeros([4, 2]), ("N", "D"))])
    with pytest.raises(ValueError, match="must have rank 1"):
        tf.debugging.assert_shapes({tensors[0]: ("N",)})


@pytest.mark.parametrize(
    ("shape", "fed", "words"),
    [
        (("N", 2), (3, 2), None),
        (("N", "N"), (3, 3), None),
        (("N", 2), (3, 3), "must have size. .2. .Received shape"),
        (("N", "N"), (3, 2), "Specified by tensor Placeholder:0 dimension 0"),
        (("N", 2), (3,), "must have rank"),
    ],
)
def test_shapes_that_only_the_run_tells(shape: Any, fed: tuple[int, ...], words: str | None) -> None:
    x = tf.placeholder(tf.float32)
    check = tf.debugging.assert_shapes([(x, shape)], message="hello")
    with tf.Session() as sess:
        if words is None:
            sess.run(check, {x: np.zeros(fed)})
        else:
            with pytest.raises(tf.errors.InvalidArgumentError, match=words):
                sess.run(check, {x: np.zeros(fed)})
