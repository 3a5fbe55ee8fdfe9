"""What a Python value becomes: TensorFlow 1's rules from numbers, strings, lists and arrays to an array."""

from __future__ import annotations

from typing import Any

import numpy as np

from . import dtypes
from .dtypes import DType
from .tensor_shape import format_extents


def shaped(array: np.ndarray[Any, Any], extents: Any, verify: bool) -> np.ndarray[Any, Any]:
    """`array` in the shape `extents`: one value fills it, and the last of several is repeated.

    Raises: ValueError if the shape is not fully known or the values are too many, TypeError if `verify` asks for just
      that shape and it is another.
    """
    if extents is None or None in extents:
        raise ValueError(f"A constant needs a fully defined shape, got {format_extents(extents)}.")
    if verify and array.shape != extents:
        raise TypeError(f"Expected Tensor's shape: {format_extents(extents)}, got {format_extents(array.shape)}.")
    count = int(np.prod(extents, dtype=np.int64))
    if array.size == count:
        array = array.reshape(extents)
        return array
    if array.size == 1:
        return np.full(extents, array.reshape(()), array.dtype)
    if array.size > count:
        raise ValueError(
            f"Too many elements provided. Takes at most {count}, but got {array.size}: "
            f"shape {format_extents(extents)}, value of shape {format_extents(array.shape)}."
        )
    if array.size == 0:
        raise ValueError(f"Cannot fill the shape {format_extents(extents)} from an empty value.")
    flat = array.reshape(-1)
    filled: np.ndarray[Any, Any] = np.concatenate([flat, np.full(count - flat.size, flat[-1], flat.dtype)])
    filled = filled.reshape(extents)
    return filled


def repeats_one(array: np.ndarray[Any, Any]) -> bool:
    """Whether the array is one element in memory, seen many times: how large constants of one value are kept."""
    return array.size > 1 and not any(array.strides)


def dense(array: np.ndarray[Any, Any]) -> np.ndarray[Any, Any]:
    """The array with memory for each of its elements; itself if it has it."""
    return np.ascontiguousarray(array) if repeats_one(array) else array


def to_array(value: Any, dtype: DType | None = None) -> np.ndarray[Any, Any]:
    """Return `value` as a new NumPy array (C order) of `dtype`, or of the type TensorFlow 1 infers.

    Raises: TypeError if a value does not fit `dtype`, ValueError for a ragged list.
    """
    kind = type(value)
    if dtype is None:
        if kind is float:
            return np.array(value, np.float32)
        if kind is int and -(2**31) <= value < 2**31:
            return np.array(value, np.int32)
    if value is None:
        raise ValueError("None values not supported.")
    is_symbolic = hasattr(value, "_as_node_def_input")  # a tensor says of `__array__` that it has none
    if isinstance(value, (np.ndarray, np.generic)) or (hasattr(value, "__array__") and not is_symbolic):
        return _from_array(np.asarray(value), dtype)
    if hasattr(value, "__dlpack__") and not is_symbolic:
        return _from_array(np.from_dlpack(value), dtype)
    if dtype is not None:
        _check_python_values(value, dtype.base_dtype)
        if dtype.kind == "s":
            return _strings(np.array(value, object))
        return _numpy(value, dtype.np_dtype)
    return _inferred(value)


def unevenness(value: Any, place: str = "") -> str | None:
    """Tell where nested lists have no common shape (`[0] has 2 elements, [1] has 1`); None if they have one."""
    if not isinstance(value, (list, tuple)) or not value:
        return None
    sizes = [len(item) if isinstance(item, (list, tuple)) else None for item in value]
    for index, size in enumerate(sizes):
        if size != sizes[0]:
            words = ["is a single value" if n is None else f"has {n} element{'s' * (n != 1)}" for n in (sizes[0], size)]
            return f"{place}[0] {words[0]}, {place}[{index}] {words[1]}"
    return next((found for index, item in enumerate(value) if (found := unevenness(item, f"{place}[{index}]"))), None)


def _numpy(value: Any, np_dtype: Any = None) -> np.ndarray[Any, Any]:
    try:
        return np.array(value, np_dtype, order="C")
    except ValueError:
        uneven = unevenness(value)
        if uneven is None:
            raise
        raise ValueError(f"Lists of different lengths are no tensor: {uneven}.") from None
    except OverflowError as error:
        wrapped = _wrapped(value, np.dtype(np_dtype))
        if wrapped is None:
            raise TypeError(f"Value {value!r} does not fit {np.dtype(np_dtype).name}: {error}.") from None
        return wrapped


def _wrapped(value: Any, np_dtype: np.dtype[Any]) -> np.ndarray[Any, Any] | None:
    """Integers of 64 bits in a smaller or unsigned type, the bits above cut off; None if they are larger than that.

    TensorFlow 1 has it so, by the NumPy of its time: a mask of bits is written as `tf.constant(~(1 << 31), tf.int32)`.
    """
    if np_dtype.kind not in "iu":
        return None
    try:
        return np.array(value, np.int64, order="C").astype(np_dtype)
    except OverflowError:
        return None


def _from_array(array: np.ndarray[Any, Any], dtype: DType | None) -> np.ndarray[Any, Any]:
    if array.dtype.kind in "SUO":
        if dtype is not None and dtype.kind != "s":
            if array.dtype.kind == "O":
                return array.astype(dtype.np_dtype)
            raise TypeError(f"Expected {dtype.name}, got an array of strings.")
        return _strings(array)
    if dtype is not None and dtype.kind == "s":
        raise TypeError(f"Expected string, got an array of {array.dtype.name}.")
    if dtype is None:
        dtypes.as_dtype(array.dtype)  # raises for types that no tensor has
        return np.array(array, array.dtype.newbyteorder("="), order="C")
    return np.array(array, dtype.np_dtype, order="C")


def _inferred(value: Any) -> np.ndarray[Any, Any]:
    array = _numpy(value)
    if array.dtype.kind == "O":
        _raise_mixed(value)
    if array.dtype.kind in "SU":
        for item in _leaves(value):
            if not isinstance(item, (str, bytes, np.str_, np.bytes_)):
                raise TypeError(f"Cannot convert {value!r} to a tensor: it mixes strings with {type(item).__name__}.")
        return _strings(np.array(value, object))
    if array.dtype == np.float64:
        return array.astype(np.float32)
    if array.dtype == np.int64:
        small = array.astype(np.int32)
        return small if np.array_equal(small, array) else array
    dtypes.as_dtype(array.dtype)
    return array


def _leaves(value: Any) -> Any:
    if isinstance(value, (list, tuple)):
        for item in value:
            yield from _leaves(item)
    elif isinstance(value, np.ndarray):
        yield from value.ravel().tolist()
    else:
        yield value


def _raise_mixed(value: Any) -> None:
    for item in _leaves(value):
        if not isinstance(item, (bool, int, float, complex, str, bytes, np.generic)):
            raise TypeError(
                f"Failed to convert object of type {type(value).__name__} to Tensor: {item!r} of type "
                f"{type(item).__name__} is no number or string. Consider casting elements to a supported type."
            )
        if isinstance(item, int) and not -(2**63) <= item < 2**64:
            raise TypeError(f"Failed to convert {item!r} to a Tensor: it is too large for 64 bits. Give tf.float64.")
    raise ValueError(f"Can't convert non-rectangular Python sequence to Tensor: {value!r}")


def _strings(array: np.ndarray[Any, Any]) -> np.ndarray[Any, Any]:
    """An object array of bytes; text is encoded as UTF-8."""
    if holds_bytes(array):
        copied: np.ndarray[Any, Any] = array.copy()
        return copied
    result = np.empty(array.shape, object)
    for position in np.ndindex(array.shape):
        result[position] = as_bytes(array[position])
    return result


def holds_bytes(array: np.ndarray[Any, Any]) -> bool:
    """Whether an object array holds bytes and nothing else. Cost: some 20 ns for each."""
    return array.dtype == object and set(map(type, array.ravel().tolist())) <= _ONLY_BYTES


_ONLY_BYTES = {bytes}


def as_bytes(value: Any) -> bytes:
    """Return text as UTF-8 bytes, bytes as they are. Raises: TypeError for anything else."""
    if isinstance(value, str):
        return value.encode()
    if isinstance(value, bytes):
        return bytes(value)
    raise TypeError(f"Expected string, got {value!r} of type {type(value).__name__}.")


def bytes_of_each(array: np.ndarray[Any, Any]) -> list[bytes]:
    """The elements of an array of texts as bytes. Cost: some 20 ns for each that is bytes already."""
    items: list[Any] = array.ravel().tolist()
    return items if set(map(type, items)) <= _ONLY_BYTES else [as_bytes(item) for item in items]


_ACCEPTED = {
    "f": (int, float, np.integer, np.floating),
    "i": (int, np.integer),
    "u": (int, np.integer),
    "q": (int, np.integer),
    "c": (int, float, complex, np.number),
    "b": (bool, np.bool_),
    "s": (str, bytes, np.str_, np.bytes_),
}


def _check_python_values(value: Any, dtype: DType) -> None:
    accepted = _ACCEPTED.get(dtype.kind)
    if accepted is None:
        raise TypeError(f"A constant cannot be of type {dtype.name}.")
    wants_bool = dtype.kind == "b"
    for item in _leaves(value):
        is_bool = isinstance(item, (bool, np.bool_))
        if is_bool and dtype.kind in "fiuc":
            continue  # True is 1
        if item is None:
            raise ValueError("None values not supported.")
        if is_bool != wants_bool or not (
            isinstance(item, accepted) or (dtype.kind in "iu" and hasattr(item, "__index__"))
        ):
            raise TypeError(f"Expected {dtype.name}, but got {item!r} of type '{type(item).__name__}'.")
