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
