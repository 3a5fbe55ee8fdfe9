"""Calls whose errors TensorFlow 1's documentation promises: the class, as TensorFlow 1.15 was seen to raise it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

import numpy as np
import pytest

import sessile as tf

ROWS: Final = np.ones((2, 2), np.float32)


def variable(resource: bool = False) -> Any:
    return tf.get_variable("rows", initializer=ROWS, use_resource=resource)


def looped_numbers() -> Any:
    tf.while_loop(lambda i: i < 3.0, lambda i: i + 1.0, [0.0])
    return tf.add_check_numerics_ops()


CASES: Final[dict[str, tuple[Callable[[], Any], type[Exception], str]]] = {
    "rows added to a variable": (lambda: variable().scatter_add(3), TypeError, "IndexedSlices"),
    "rows added to a resource": (lambda: variable(True).scatter_sub(tf.ones([2])), TypeError, "IndexedSlices"),
    "an axis to sort that is fed": (
        lambda: tf.argsort([1.0, 2.0], axis=tf.placeholder(tf.int32)), ValueError, "one constant number",
    ),
    "two axes to sort": (lambda: tf.sort([1.0, 2.0], axis=[0, 1]), ValueError, "one constant number"),
    "checks inside a loop": (looped_numbers, ValueError, "inside tf.cond or tf.while_loop"),
    "nearness of whole numbers": (lambda: tf.debugging.assert_near(1, 1), ValueError, "give rtol and atol"),
    "an initializer of a tensor": (lambda: tf.constant_initializer(tf.ones([2])), TypeError, "initializer=tensor"),
    "an initializer of a dict": (lambda: tf.constant_initializer({}), TypeError, "dict"),
    "a number past 64 bits": (lambda: tf.constant(2**70), TypeError, "too large for 64 bits"),
    "a handle that is a number": (lambda: tf.TensorArray(tf.float32, handle=3), TypeError, "handle is a tensor"),
    "a variable without a name": (lambda: tf.get_variable("", [2]), ValueError, "no name of a variable"),
    "a partitioner that is a number": (
        lambda: tf.get_variable("a", [2], partitioner=3), ValueError, "partitioner must be a function",
    ),
    "a getter that is a number": (
        lambda: tf.get_variable("a", [2], custom_getter=3), ValueError, "custom_getter must be a function",
    ),
    "a template without a name": (lambda: tf.make_template(None, lambda: 1), ValueError, "name_ is None"),
    "a norm along half an axis": (lambda: tf.norm(ROWS, axis=1.5), ValueError, "'axis' must be None"),
    "conversion of numbers": (
        lambda: tf.register_tensor_conversion_function(int, lambda *a: 1), TypeError, "a number or an array",
    ),
    "blocks of more axes": (
        lambda: tf.required_space_to_batch_paddings([2], [2, 2]), ValueError, "incompatible|not compatible",
    ),
    "paddings of more axes": (
        lambda: tf.required_space_to_batch_paddings([3], [2], [[1, 1], [1, 1]]), ValueError,
        "incompatible|not compatible",
    ),
}  # fmt: skip


@pytest.mark.parametrize("case", CASES)
def test_the_error_has_the_promised_class(case: str) -> None:
    call, expected, words = CASES[case]
    with pytest.raises(expected, match=words):
        call()


NUMBERS: Final = tf.data.Dataset.range
IMAGES: Final = np.ones((1, 4, 4, 2), np.float32)
MORE: Final[dict[str, tuple[Callable[[], Any], type[Exception], str]]] = {
    "functions of numbers with gaps": (
        lambda: tf.switch_case(tf.constant(0), {0: lambda: 1, 2: lambda: 2}), ValueError, "from 0 to 1",
    ),
    "no functions": (lambda: tf.switch_case(tf.constant(0), []), ValueError, "one function at least"),
    "two names of a mark": (lambda: tf.string_split(["a"], sep="a", delimiter="b"), ValueError, "delimiter"),
    "two names of axes": (
        lambda: tf.reduce_join([["a"]], 0, reduction_indices=0), ValueError, "reduction_indices",
    ),
    "a window without a size": (
        lambda: tf.data.experimental.group_by_window(lambda x: x, lambda k, d: d), ValueError, "exactly one",
    ),
    "a window of two sizes": (
        lambda: tf.data.experimental.group_by_window(lambda x: x, lambda k, d: d, 1, lambda k: 1),
        ValueError, "exactly one",
    ),
    "a number to choose from": (
        lambda: tf.data.experimental.choose_from_datasets([3], NUMBERS(3)), TypeError, "tf.data.Dataset,",
    ),
    "a number behind a dataset": (lambda: NUMBERS(3).concatenate(3), TypeError, "takes a tf.data.Dataset"),
    "a range of four numbers": (lambda: NUMBERS(1, 2, 3, 4), ValueError, "start, stop, step"),
    "types of a number": (lambda: tf.data.get_output_types(3), TypeError, "Dataset or Iterator"),
    "moments given in training": (
        lambda: tf.nn.fused_batch_norm(IMAGES, [1.0, 1.0], [0.0, 0.0], [0.0, 0.0], [1.0, 1.0]),
        ValueError, "leave them out",
    ),
    "the batch as an axis of space": (
        lambda: tf.nn.with_space_to_batch(IMAGES, [2, 2], "SAME", lambda x, n, p: x, [2, 2], spatial_dims=[0, 1]),
        ValueError, "0 is the batch",
    ),
    "filters for other channels": (
        lambda: tf.nn.atrous_conv2d_transpose(IMAGES, np.ones((2, 2, 1, 3), np.float32), [1, 4, 4, 1], 2, "SAME"),
        ValueError, "filters are for 3",
    ),
    "filters that make other channels": (
        lambda: tf.nn.atrous_conv2d_transpose(IMAGES, np.ones((2, 2, 1, 2), np.float32), [1, 4, 4, 3], 2, "SAME"),
        ValueError, "filters make 1",
    ),
    "a shape of three numbers": (
        lambda: tf.nn.atrous_conv2d_transpose(IMAGES, np.ones((2, 2, 1, 2), np.float32), [1, 4, 4], 2, "SAME"),
        ValueError, "4 numbers",
    ),
    "an image of strings": (lambda: tf.image.convert_image_dtype(IMAGES, tf.string), AttributeError, "not string"),
    "an image of two channels": (lambda: tf.image.decode_image(b"", channels=2), ValueError, "channels must be"),
    "channels in the middle": (
        lambda: tf.layers.flatten(IMAGES, data_format="middle"), ValueError, "data_format must be",
    ),
    "a sample rate that is fed": (
        lambda: tf.signal.linear_to_mel_weight_matrix(3, 4, tf.placeholder(tf.float32, [])), ValueError, "sample_rate",
    ),
    "two names of an axis": (
        lambda: tf.losses.cosine_distance([1.0], [1.0], axis=0, dim=0), ValueError, "Cannot specify both",
    ),
    "the best 0 predictions": (
        lambda: tf.metrics.average_precision_at_k([[1]], [[0.5, 0.5]], 0), ValueError, "k must be 1 at least",
    ),
    "whole normal numbers": (lambda: tf.truncated_normal_initializer(dtype=tf.int32), ValueError, "not int32"),
}  # fmt: skip


@pytest.mark.parametrize("case", MORE)
def test_what_is_refused_has_the_promised_class(case: str) -> None:
    call, expected, words = MORE[case]
    with pytest.raises(expected, match=words):
        call()
