"""`convert_to_tensor`, `constant` and friends: TensorFlow 1's rules for what a Python value becomes."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import sessile as tf

INFERRED: list[tuple[Any, Any, list[int]]] = [
    (1.0, tf.float32, []),
    (1, tf.int32, []),
    (True, tf.bool, []),
    ("a", tf.string, []),
    (b"a", tf.string, []),
    (1j, tf.complex128, []),
    ([1, 2.5], tf.float32, [2]),
    ([[1, 2], [3, 4]], tf.int32, [2, 2]),
    ([], tf.float32, [0]),
    ([[], []], tf.float32, [2, 0]),
    (2**31 - 1, tf.int32, []),
    (2**40, tf.int64, []),
    ([1, 2**40], tf.int64, [2]),
    (np.float64(1), tf.float64, []),
    (np.int64(1), tf.int64, []),
    (np.array([1, 2]), tf.int64, [2]),
    (np.array([1.0]), tf.float64, [1]),
    (np.array(["a", "b"]), tf.string, [2]),
    (np.zeros([0, 3], np.uint8), tf.uint8, [0, 3]),
    ([np.float32(1), np.float32(2)], tf.float32, [2]),
    ([np.float64(1)], tf.float32, [1]),
    ([np.int64(3), 2], tf.int32, [2]),
    (("a", "b"), tf.string, [2]),
]


@pytest.mark.parametrize(("value", "dtype", "shape"), INFERRED, ids=lambda value: repr(value)[:30])
def test_inference(value: Any, dtype: Any, shape: list[int]) -> None:
    """Type and shape of what a value becomes."""
    for made in (tf.convert_to_tensor(value), tf.constant(value)):
        assert (made.dtype, made.shape.as_list(), made.op.type) == (dtype, shape, "Const")


def test_dtype_is_taken() -> None:
    """Values are converted to a wanted type if they fit."""
    assert tf.constant(1, tf.float64).dtype == tf.float64
    assert tf.constant([1, 2], "int8").dtype == tf.int8
    assert tf.constant([True], tf.bool).dtype == tf.bool
    assert tf.convert_to_tensor(np.array([1.0]), tf.float32).dtype == tf.float32
    assert tf.constant(np.array([1, 2]), tf.float16).dtype == tf.float16


@pytest.mark.parametrize(
    ("value", "dtype"),
    [(1.5, "int32"), ("a", "float32"), ([1, "a"], None), (1, "string"), (1, "bool"), (1j, "float32")],
    ids=str,
)
def test_values_that_do_not_fit(value: Any, dtype: Any) -> None:
    """A TypeError, as TensorFlow raises it."""
    with pytest.raises(TypeError):
        tf.constant(value, dtype)


def test_what_is_no_tensor() -> None:
    """None and ragged lists are refused."""
    for value in (None, [None]):
        with pytest.raises((ValueError, TypeError)):
            tf.convert_to_tensor(value)
    with pytest.raises((ValueError, TypeError)):
        tf.convert_to_tensor([[1, 2], [3]])
    with pytest.raises(TypeError):
        tf.convert_to_tensor(object())


def test_ranges() -> None:
    """Python's range becomes the operation."""
    made = tf.convert_to_tensor(range(3))
    assert (made.op.type, made.dtype, made.shape.as_list()) == ("Range", tf.int32, [3])


def test_booleans_are_numbers() -> None:
    """A wanted numeric type takes True as 1."""
    assert tf.constant(True, tf.float32).dtype == tf.float32
    assert tf.constant([1.5, True]).dtype == tf.float32
    assert (tf.constant(1) + True).dtype == tf.int32
    assert tf.get_static_value(tf.constant([True, False], tf.int32)).tolist() == [1, 0]


def test_tensors_stay_what_they_are() -> None:
    """The same object; another wanted type is an error."""
    x = tf.constant(1.0)
    assert tf.convert_to_tensor(x) is x
    assert tf.convert_to_tensor(x, tf.float32) is x
    with pytest.raises(ValueError, match="Tensor conversion requested dtype int32 for Tensor with dtype float32"):
        tf.convert_to_tensor(x, tf.int32)


def test_preferred_dtype() -> None:
    """Taken where it fits."""
    assert tf.convert_to_tensor(1, preferred_dtype=tf.float64).dtype == tf.float64
    assert tf.convert_to_tensor(1.5, preferred_dtype=tf.int32).dtype == tf.float32
    assert tf.convert_to_tensor(1, dtype_hint=tf.float64).dtype == tf.float64


def test_nested_tensors_are_packed() -> None:
    """Lists with tensors in them become stacks; numbers beside a tensor take its type."""
    x = tf.placeholder(tf.float32, [])
    made = tf.convert_to_tensor([x, 2.0])
    assert (made.op.type, made.shape.as_list(), made.dtype) == ("Pack", [2], tf.float32)
    assert tf.convert_to_tensor([x, 2]).dtype == tf.float32
    assert tf.convert_to_tensor([[x, 1], [2, x]]).shape.as_list() == [2, 2]


def test_shapes_become_tensors() -> None:
    """Fully known ones."""
    made = tf.convert_to_tensor(tf.TensorShape([2, 3]))
    assert (made.dtype, made.shape.as_list()) == (tf.int32, [2])
    assert tf.convert_to_tensor(tf.TensorShape([2]), tf.int64).dtype == tf.int64
    assert tf.convert_to_tensor(tf.TensorShape([2, 3])[1]).dtype == tf.int32
    with pytest.raises(ValueError):
        tf.convert_to_tensor(tf.TensorShape([None, 3]))
    with pytest.raises(TypeError):
        tf.convert_to_tensor(tf.TensorShape([2]), tf.float32)


def test_registered_conversions() -> None:
    """Values of the user's own types, through functions in order of priority."""

    class Celsius:
        def __init__(self, degrees: float) -> None:
            self.degrees = degrees

    def convert(value: Any, dtype: Any = None, name: Any = None, as_ref: bool = False) -> Any:
        return tf.constant(value.degrees + 273.15, dtype, name=name or "kelvin")

    tf.register_tensor_conversion_function(Celsius, convert)
    assert tf.convert_to_tensor(Celsius(1.0)).dtype == tf.float32
    assert tf.add(Celsius(1.0), 1.0).dtype == tf.float32
    tf.register_tensor_conversion_function(Celsius, lambda *args, **kwargs: NotImplemented, priority=0)
    assert tf.convert_to_tensor(Celsius(1.0)).dtype == tf.float32
    with pytest.raises(TypeError):
        tf.register_tensor_conversion_function("Celsius", convert)
    with pytest.raises(TypeError):
        tf.register_tensor_conversion_function(Celsius, 1)


def test_constants_with_a_shape() -> None:
    """One value fills the shape; `verify_shape` wants it exact."""
    assert tf.constant(7, shape=[2, 3]).shape.as_list() == [2, 3]
    assert tf.constant([1, 2, 3, 4], shape=[2, 2]).shape.as_list() == [2, 2]
    assert tf.constant([1, 2], shape=[4]).shape.as_list() == [4]
    with pytest.raises((TypeError, ValueError)):
        tf.constant([1, 2, 3], shape=[2])
    with pytest.raises(TypeError):
        tf.constant([1, 2, 3], shape=[3, 1], verify_shape=True)


def test_constants_are_copies() -> None:
    """Changing the array afterwards does not change the graph."""
    array = np.array([1, 2])
    made = tf.constant(array)
    array[0] = 9
    assert tf.get_static_value(made).tolist() == [1, 2]


def test_static_values() -> None:
    """`get_static_value` knows what the graph alone determines."""
    x = tf.placeholder(tf.float32, [2, None])
    assert tf.get_static_value(tf.constant([1, 2])).tolist() == [1, 2]
    assert tf.get_static_value(tf.shape(tf.zeros([2, 3]))).tolist() == [2, 3]
    assert tf.get_static_value(x) is None
    assert tf.get_static_value(tf.shape(x)) is None
    assert tf.get_static_value(tf.rank(x)) == 2


def test_placeholders() -> None:
    """Type and shape as given."""
    assert tf.placeholder(tf.float32).shape.ndims is None
    assert tf.placeholder("int32", [None, 2]).shape.as_list() == [None, 2]
    default = tf.placeholder_with_default([1.0, 2.0], [None])
    assert (default.op.type, default.shape.as_list()) == ("PlaceholderWithDefault", [None])
    with pytest.raises(ValueError):
        tf.placeholder_with_default([1.0, 2.0], [3])


def test_ensure_shape() -> None:
    """What is known is merged; a contradiction is an error at once."""
    x = tf.placeholder(tf.float32, [None, 3])
    assert tf.ensure_shape(x, [2, None]).shape.as_list() == [2, 3]
    with pytest.raises(ValueError):
        tf.ensure_shape(x, [2, 4])


def test_identity_n() -> None:
    """Several tensors through one operation."""
    first, second = tf.identity_n([tf.constant(1), tf.constant("a")])
    assert first.op is second.op and first.op.type == "IdentityN"
    assert (first.dtype, second.dtype) == (tf.int32, tf.string)


def test_tensor_spec() -> None:
    """Shape, type and name of a tensor to come."""
    spec = tf.TensorSpec([2, None], tf.float32, "x")
    assert (spec.shape.as_list(), spec.dtype, spec.name) == ([2, None], tf.float32, "x")
    assert spec == tf.TensorSpec([2, None], tf.float32, "x") != tf.TensorSpec([2, 3], tf.float32, "x")
    assert tf.TensorSpec.from_tensor(tf.placeholder(tf.int32, [3], name="y")).dtype == tf.int32


def test_make_ndarray() -> None:
    """A TensorProto is an array again."""
    message = tf.constant([[1, 2], [3, 4]]).op.get_attr("value")
    assert tf.make_ndarray(message).tolist() == [[1, 2], [3, 4]]


def test_is_tensor() -> None:
    """Tensors and variables are; arrays are not."""
    assert tf.is_tensor(tf.constant(1)) and not tf.is_tensor(np.array(1)) and not tf.is_tensor(1)


def test_sizes_in_a_list_become_of_the_type_of_lists_before_it() -> None:
    """`[n, 5, 1]` with an int64 `n` beside a list of Python numbers; types as in TensorFlow 1.15 and 2.21."""
    x, n, m = tf.placeholder(tf.float32, [None, 5, 3]), tf.placeholder(tf.int64, []), tf.placeholder(tf.int32, [])
    made = [
        tf.strided_slice(x, [0, 0, 0], [n, 5, 1]),
        tf.strided_slice(x, [m, 0, 0], [n, 5, 1], [1, 1, 1]),
        tf.slice(x, [0, 0, 0], [n, 5, 1]),
        tf.slice(x, [m, 0, 0], [n, 5, 1]),
    ]
    for tensor in made:
        assert {given.dtype for given in tensor.op.inputs[1:]} == {tf.int32}
    with tf.Session() as session:
        for found in session.run(made, {x: np.ones((4, 5, 3)), n: 2, m: 0}):
            assert found.shape == (2, 5, 1)
    assert tf.maximum(0, x).dtype == tf.float32, "a tensor that follows still says what a number before it is"
