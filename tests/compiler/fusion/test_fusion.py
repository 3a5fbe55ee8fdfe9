"""Which instructions become one kernel."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from sessile.compiler.fusion.groups import LARGEST_GROUP

import sessile as tf
from tests.compiler.programs import groups, numbered, plain, program, same

X, Y, B = numbered(3, 4), numbered(3, 4) + 1, numbered(4)


def matrix() -> Any:
    """Return a placeholder of two axes of any size."""
    return tf.placeholder(tf.float32, [None, None])


def vector() -> Any:
    """Return a placeholder of one axis of any size."""
    return tf.placeholder(tf.float32, [None])


def grouped(feeds: Any, fetches: Any, *arrays: Any) -> list[list[str]]:
    """Return the groups of a program whose kernels, as plain Python, give what the interpreter gives."""
    made = program(feeds, fetches)
    same(plain(made, *arrays), made.interpret(list(arrays), None), ulp=4)
    return groups(made, *arrays)


def softmax(x: Any) -> Any:
    """Return the exponentials of each row divided by their sum."""
    e = tf.exp(x - tf.reduce_max(x, -1, keepdims=True))
    return e / tf.reduce_sum(e, -1, keepdims=True)


def test_a_chain_is_one_group() -> None:
    x = matrix()
    assert grouped([x], [tf.tanh(tf.exp(x) * 2.0 + 1.0)], X) == [["Exp", "Mul", "AddV2", "Tanh"]]


def test_a_bias_is_broadcast_inside() -> None:
    x, b = matrix(), vector()
    assert grouped([x, b], [tf.maximum(x + b, 0.0)], X, B) == [["AddV2", "Maximum"]]
    column = tf.placeholder(tf.float32, [None, 1])
    assert grouped([x, column], [tf.maximum(x + column, 0.0)], X, X[:, :1]) == [["AddV2", "Maximum"]]


def test_several_results_leave_one_group() -> None:
    x, y = matrix(), matrix()
    total = x + y
    assert grouped([x, y], [total, x * y, tf.exp(total)], X, Y) == [["AddV2", "Mul", "Exp"]]


def test_softmax_is_one_group() -> None:
    x = matrix()
    assert grouped([x], [softmax(x)], X) == [["Max", "Sub", "Exp", "Sum", "RealDiv"]]


def test_layer_norm_is_one_group() -> None:
    x, scale, shift = matrix(), vector(), vector()
    centered = x - tf.reduce_mean(x, -1, keepdims=True)
    variance = tf.reduce_mean(centered * centered, -1, keepdims=True)
    result = centered * tf.rsqrt(variance + 1e-3) * scale + shift
    assert grouped([x, scale, shift], [result], X, B, B) == [
        ["Mean", "Sub", "Mul", "Mean", "AddV2", "Rsqrt", "Mul", "Mul", "AddV2"]
    ]


def test_full_reductions_join_what_they_fold() -> None:
    x, y = matrix(), matrix()
    assert grouped([x, y], [tf.reduce_sum(x * y) / 2.0, tf.reduce_max(x)], X, Y) == [["Mul", "Sum", "RealDiv", "Max"]]
    assert grouped([x], [x / tf.reduce_sum(x)], X + 1) == [["Sum", "RealDiv"]]


def test_several_trailing_axes_fold_together() -> None:
    x = tf.placeholder(tf.float32, [None, None, None])
    fetches = [tf.reduce_sum(x, [1, 2]) + 1.0, tf.reduce_max(x, [2, 1], keepdims=True)]
    assert grouped([x], fetches, numbered(2, 3, 4)) == [["Sum", "AddV2", "Max"]]
    twice = tf.reduce_sum(tf.reduce_sum(x, 2), 1)
    assert grouped([x], [twice], numbered(2, 3, 4)) == [["Sum"], ["Sum"]]


def test_rows_with_and_without_the_folded_axis_share_a_group() -> None:
    x, y = matrix(), matrix()
    assert grouped([x], [tf.reduce_max(x, 1, keepdims=True), tf.reduce_sum(x, 1)], X) == [["Max", "Sum"]]
    mean = tf.reduce_mean(x, 1, keepdims=True)
    fetches = [tf.reduce_sum(x * y + mean, 1), tf.reduce_sum(x * y * (x - mean), 1, keepdims=True)]
    assert len(grouped([x, y], fetches, X, Y)) == 1


def test_a_row_that_does_not_stand_for_its_row_is_not_mistaken_for_it() -> None:
    """In a square matrix, sums of rows broadcast along columns."""
    x = matrix()
    square = numbered(3, 3)
    fetches = [x + tf.reduce_sum(x, 1), x + tf.reduce_sum(x, 1, keepdims=True)]
    assert grouped([x], fetches, square)[0] == ["Sum"]


def test_operands_read_in_several_passes_over_a_row_stay_apart() -> None:
    """They once shared a name: x * y was computed as y * y."""
    x, y = matrix(), matrix()
    top = tf.reduce_max(x, 1, keepdims=True)
    grouped([x, y], [(x - top) * y + x * y, x * y + tf.exp(x - top)], X, Y)


def test_an_operand_read_for_rows_and_for_elements() -> None:
    x, column = matrix(), tf.placeholder(tf.float32, [None, 1])
    row = tf.reduce_sum(x * column, 1, keepdims=True) * column
    assert len(grouped([x, column], [x * column + row * column, row], X, X[:, :1])) == 1


def test_a_matrix_product_stands_between_groups() -> None:
    x, y = matrix(), matrix()
    product = tf.tanh(tf.matmul(tf.exp(x), y, transpose_b=True) * 1e-3)
    assert grouped([x, y], [product], X, Y) == [["Exp"], ["MatMul()"], ["Mul", "Tanh"]]


def test_the_size_of_a_group_is_limited() -> None:
    x = matrix()
    value = x
    for number in range(LARGEST_GROUP):
        value = tf.maximum(value * 1.5, x) if number % 2 else value - 1.0
    sizes = [len(group) for group in groups(program([x], [value]), X)]
    assert len(sizes) == 2 and max(sizes) == LARGEST_GROUP


def test_what_shares_nothing_stays_apart() -> None:
    x, y = matrix(), matrix()
    assert grouped([x, y], [tf.exp(x), tf.tanh(y)], X, Y) == [["Exp"], ["Tanh"]]


def test_types_without_a_place_in_loops_run_their_kernels() -> None:
    x, z = matrix(), tf.placeholder(tf.complex64, [None])
    made = program([x, z], [tf.exp(x), z + z])
    assert groups(made, X, B.astype(np.complex64)) == [["Exp"], ["AddV2()"]]


def test_extents_are_not_computed_by_kernels() -> None:
    x = matrix()
    shape = tf.shape(x)
    rows, columns = tf.strided_slice(shape, [0], [1], shrink_axis_mask=1), shape[1] * 2
    flat = tf.reshape(tf.exp(x), [rows * columns // 2])
    assert groups(program([x], [flat]), X) == [["Exp"]]
    assert grouped([x], [shape, flat], X) == [["Exp"]]


@pytest.mark.parametrize("shape", [(1, 4), (4, 1), (1, 1), (0, 4), (4, 0)])
def test_softmax_of_extents_zero_and_one(shape: tuple[int, int]) -> None:
    x = matrix()
    assert len(grouped([x], [softmax(x)], numbered(*shape))) == 1


def test_cross_entropy_is_one_group() -> None:
    x, labels = matrix(), matrix()
    loss = tf.nn.softmax_cross_entropy_with_logits_v2(labels=labels, logits=x / 8.0)
    (names,) = grouped([x, labels], [loss], X, Y)
    assert names.count("Sum") == 2 and names[-1] == "Reshape"
    both = tf.raw_ops.SoftmaxCrossEntropyWithLogits(features=x / 8.0, labels=labels)
    for features in (X, X[:, :1], X[:1]):
        for given in (Y * 0.0, Y, Y[:, :1], Y[:1]):
            grouped([x, labels], list(both), features, given)


def test_moments_and_logsumexp_leave_axes_out_within_their_group() -> None:
    x = matrix()
    expected = [["Mean", "SquaredDifference", "Mean", "Squeeze", "Squeeze"]]
    assert grouped([x], list(tf.nn.moments(x, [1])), X) == expected
    assert grouped([x], list(tf.nn.moments(x, [0])), X) == expected
    assert len(grouped([x], [tf.reduce_logsumexp(x, 1)], X)) == 1


def test_l2_loss_is_one_group() -> None:
    x = matrix()
    assert grouped([x], [tf.nn.l2_loss(x + 1.0)], X) == [["AddV2", "Square", "Sum", "RealDiv"]]
    scalar = tf.placeholder(tf.float32, [])
    grouped([scalar], [tf.nn.l2_loss(scalar)], np.float32(3))


def test_scalars_known_from_extents_have_no_kernel() -> None:
    x = matrix()
    count = tf.cast(tf.shape(x)[0], tf.float32)
    assert grouped([x], [tf.reduce_sum(x, 1) / count], X) == [["Sum", "RealDiv"]]
    assert grouped([x], [x * tf.cast(tf.shape(x)[0] * 2 - 100, tf.float32)], X) == [["Mul"]]


def test_scalars_of_arguments_are_computed_where_they_are_used() -> None:
    x, rate = matrix(), tf.placeholder(tf.float32, [])
    scale = tf.exp(rate) * 2.0
    assert grouped([x, rate], [x * scale], X, np.float32(0.5)) == [["Mul"]]
    assert grouped([x, rate], [x * scale, scale], X, np.float32(0.5)) == [["Mul"], ["Mul"]]


def test_moves_read_through_what_makes_their_elements() -> None:
    x, y = matrix(), matrix()
    assert grouped([x], [tf.transpose(x * 2.0) + 1.0], X) == [["Transpose", "AddV2"]]
    assert grouped([x], [tf.transpose(tf.tanh(x) * x + x[:1])], X) == [["Transpose"]]
    assert grouped([x, y], [tf.concat([x * 2.0, y + 1.0, x * y], 1) * 3.0], X, Y) == [["ConcatV2", "Mul"]]
    assert grouped([x], [tf.pad(tf.transpose(x * 2.0), [[1, 2], [0, 1]])[1:] + 1.0], X) == [["StridedSlice", "AddV2"]]
    assert grouped([x, y], [tf.stack([x * y, x + y], 1)], X, Y) == [["Pack"]]


def test_elements_are_not_computed_twice_where_that_costs() -> None:
    x = matrix()
    assert grouped([x], [tf.tile(tf.exp(x), [2, 2])], X / 8) == [["Exp"], ["Tile"]]
    assert grouped([x], [tf.tile(x * 2.0, [2, 2])], X) == [["Tile"]]
    assert grouped([x], [softmax(tf.transpose(tf.exp(x / 8.0)))], X)[0] == ["RealDiv", "Exp"]
    doubled = x * 2.0
    assert grouped([x], [tf.transpose(doubled), doubled], X) == [["Mul"], ["Transpose"]]


def test_a_reshape_to_the_same_shape_stays_in_its_group() -> None:
    x = matrix()
    flat = tf.reshape(tf.exp(x), [-1, tf.shape(x)[1]])
    assert grouped([x], [flat * 2.0], X / 8) == [["Exp", "Reshape", "Mul"]]
