"""TensorProto messages: `make_tensor_proto`, and the array that a message holds."""

from __future__ import annotations

from typing import Any, Final

import numpy as np

from ..types import dtypes
from ..types.array_values import dense, repeats_one, to_array
from ..types.dtypes import DType
from ..types.tensor_shape import TensorShape, as_extents

# The field of the values of a type, where they are not the raw bytes of `tensor_content`.
FIELDS: Final = {
    "float32": "float_val", "float64": "double_val", "int32": "int_val", "uint8": "int_val", "int16": "int_val",
    "int8": "int_val", "uint16": "int_val", "int64": "int64_val", "bool": "bool_val", "string": "string_val",
    "complex64": "scomplex_val", "complex128": "dcomplex_val", "float16": "half_val", "bfloat16": "half_val",
    "uint32": "uint32_val", "uint64": "uint64_val", "qint8": "int_val", "quint8": "int_val", "qint16": "int_val",
    "quint16": "int_val", "qint32": "int_val",
}  # fmt: skip
# TensorFlow writes these element by element even when they are many.
_NEVER_RAW: Final = frozenset({"string", "bool", "complex64", "complex128", "uint16"})
_LARGE: Final = 1 << 22  # elements from which one value is not written as often as it is declared


def make_tensor_proto(
    values: Any, dtype: Any = None, shape: Any = None, verify_shape: bool = False, allow_broadcast: bool = False
) -> Any:
    """Return a TensorProto message that holds `values`.

    Args:
      values: a number, string, (nested) list or array of them; a TensorProto is returned as it is.
      dtype: the type; default: inferred as `constant` does.
      shape: the shape. With fewer values than that the last one stands for the rest.
      verify_shape: whether `values` must have just that shape.
      allow_broadcast: accepted for compatibility; a single value always may fill a shape.
    Raises: TypeError if a value does not fit the type or the shape, ValueError for None or too many values.
    """
    if hasattr(values, "tensor_content"):
        return values
    wanted = None if dtype is None else dtypes.as_dtype(dtype).base_dtype
    array = to_array(values, wanted)
    kind = wanted or dtypes.as_dtype(array.dtype)
    if shape is None:
        return array_to_proto(array, kind, array.shape)
    extents = as_extents(shape)
    if extents is None or None in extents:
        raise ValueError(f"A TensorProto needs a fully defined shape, got {shape}.")
    if verify_shape and array.shape != extents:
        raise TypeError(f"Expected Tensor's shape: {tuple(extents)}, but got {array.shape}.")
    count = int(np.prod(extents, dtype=np.int64))
    if array.size > count:
        raise ValueError(f"Too many elements provided. Takes at most {count}, but got {array.size}.")
    return array_to_proto(array, kind, extents)


def make_ndarray(tensor: Any) -> np.ndarray[Any, Any]:
    """Return the array that a TensorProto message holds."""
    return dense(to_ndarray(tensor))


def array_to_proto(array: np.ndarray[Any, Any], dtype: DType, extents: Any = None) -> Any:
    """Return a TensorProto with the elements of `array`, which may be fewer than the shape `extents` has.

    Raises: TypeError for types that no message holds.
    """
    from .. import proto

    extents = array.shape if extents is None else extents
    message = proto.TensorProto(dtype=dtype.as_datatype_enum, tensor_shape=TensorShape._of(tuple(extents)).as_proto())
    whole = array.size == int(np.prod(extents, dtype=np.int64))
    if whole and repeats_one(array):
        array, whole = array[(slice(1),) * array.ndim], False
    if whole and array.size > 1 and dtype.name not in _NEVER_RAW and dtype.kind != "r":
        message.tensor_content = np.ascontiguousarray(array).astype(array.dtype.newbyteorder("<"), copy=False).tobytes()
        return message
    field = FIELDS.get(dtype.name)
    if field is None:
        raise TypeError(f"A TensorProto cannot hold elements of type {dtype.name}.")
    getattr(message, field).extend(_elements(array.reshape(-1), dtype))
    return message


def _elements(flat: np.ndarray[Any, Any], dtype: DType) -> Any:
    if dtype.kind == "c":
        return flat.view(flat.real.dtype).tolist()
    if dtype.name in ("float16", "bfloat16"):
        return flat.view(np.uint16).tolist()
    return flat.tolist()


def to_ndarray(tensor: Any) -> np.ndarray[Any, Any]:
    """Return the array that a TensorProto message holds, in an array of its own.

    A large array of one value is a view that repeats it: a message of few bytes may declare more than there is memory.

    Raises: TypeError for types that no array holds, ValueError if the values do not fit the shape.
    """
    dtype = dtypes.as_dtype(tensor.dtype).base_dtype
    shape = tuple(dim.size for dim in tensor.tensor_shape.dim)
    count = int(np.prod(shape, dtype=np.int64))
    if tensor.tensor_content:
        raw = np.frombuffer(tensor.tensor_content, dtype.np_dtype.newbyteorder("<")).astype(dtype.np_dtype)
        if raw.size != count:
            raise ValueError(f"A TensorProto of shape {list(shape)} has {raw.size} values in its tensor_content.")
        return raw.reshape(shape)
    field = FIELDS.get(dtype.name)
    if field is None:
        raise TypeError(f"Unsupported tensor type: {dtype.name}")
    values = _from_elements(getattr(tensor, field), dtype)
    if count > _LARGE and values.size <= 1:
        return np.broadcast_to(_continued(values, 1, dtype).reshape(()), shape)
    return _continued(values, count, dtype).reshape(shape)


def _from_elements(values: Any, dtype: DType) -> np.ndarray[Any, Any]:
    if dtype.kind == "s":
        return np.array([bytes(value) for value in values] + [None], object)[:-1]  # None keeps it an object array
    if dtype.kind == "c":
        return np.array(values, np.float32 if dtype.size == 8 else np.float64).view(dtype.np_dtype)
    if dtype.name in ("float16", "bfloat16"):
        return np.array(values, np.uint16).view(dtype.np_dtype)
    return np.array(values, np.int64 if dtype.kind in "iq" else None).astype(dtype.np_dtype)


def _continued(values: np.ndarray[Any, Any], count: int, dtype: DType) -> np.ndarray[Any, Any]:
    """The values, the last of them repeated as often as it takes (zeros or empty strings if there is none)."""
    if values.size == count:
        return values
    if values.size > count:
        raise ValueError(f"A TensorProto of {count} elements has {values.size} values.")
    last = values[-1] if values.size else (b"" if dtype.kind == "s" else np.zeros((), dtype.np_dtype)[()])
    result = np.empty(count, dtype.np_dtype)
    result[: values.size] = values
    result[values.size :] = last
    return result
