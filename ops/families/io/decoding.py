"""Bytes and texts as numbers and tensors: `decode_raw`, `serialize_tensor`, `decode_compressed` and the like, JSON."""

from __future__ import annotations

import zlib
from typing import Any

import numpy as np

from ...base.errors import DataLossError, InvalidArgumentError
from ...building.build import build
from ...definition.opdef import OpDef
from ...definition.shapes import same_shape, scalar_shape, unknown_shape
from ...encoding.tensor_proto import to_ndarray
from ...graph.node import Tensor, TensorLike
from ...types import dtypes
from ...types.array_values import as_bytes, bytes_of_each
from ...types.dtypes import DType

Array = np.ndarray[Any, Any]

_RAW = (
    dtypes.half, dtypes.float32, dtypes.float64, dtypes.int32, dtypes.uint16, dtypes.uint8, dtypes.int16, dtypes.int8,
    dtypes.int64, dtypes.complex64, dtypes.complex128, dtypes.bool_,
)  # fmt: skip
_C_NAMES = {"float32": "float", "float64": "double", "float16": "half"}


def _c_name(dtype: DType) -> str:
    return _C_NAMES.get(dtype.name, dtype.name)


def _raw_kernel(bytes: Array, *, out_type: DType, little_endian: bool) -> Array:
    items = bytes_of_each(bytes)
    size = len(items[0]) if items else 0
    sizes = {*map(len, items)}
    for index, item in enumerate(items if len(sizes) > 1 else ()):
        if len(item) != size:
            raise InvalidArgumentError(
                None, None,
                f"DecodeRaw requires input strings to all be the same size, but element {index} has size {size} != "
                f"{len(item)}",
            )  # fmt: skip
    kind = np.dtype(out_type.np_dtype)
    if size % kind.itemsize:
        raise InvalidArgumentError(
            None, None,
            f"Input to DecodeRaw has length {size} that is not a multiple of {kind.itemsize}, the size of "
            f"{_c_name(out_type)}",
        )  # fmt: skip
    flat = np.frombuffer(bytearray().join(items), kind)  # may be written to, so that it needs no copy
    flat = flat if little_endian else flat.byteswap()
    result: Array = flat.reshape(*bytes.shape, size // kind.itemsize)
    return result


DECODE_RAW = OpDef(
    name="DecodeRaw",
    signature="bytes: string -> output: out_type",
    where={"out_type": _RAW},
    attrs={"little_endian": ("bool", True)},
    routine=("strings", "raw"),
    shape=lambda q: None if q.shapes[0] is None else (*q.shapes[0], None),
    kernel=_raw_kernel,
)


def decode_raw(
    input_bytes: Any = None,
    out_type: Any = None,
    little_endian: bool = True,
    name: str | None = None,
    bytes: Any = None,
) -> Tensor:
    """Return the bytes of strings as numbers, along a new last axis.

    Args:
      input_bytes: strings, all of one length.
      out_type: the type of the numbers.
      little_endian: whether the lowest byte comes first.
      name: a name for the operation.
      bytes: an older name of `input_bytes`.
    Raises: ValueError if both are given or none. When run: InvalidArgumentError for other lengths.

    >>> from sessile.session.session import Session
    >>> Session().run(decode_raw(b"\\1\\0\\2\\0", dtypes.int16))
    array([1, 2], dtype=int16)
    """
    if (input_bytes is None) == (bytes is None):
        raise ValueError("decode_raw takes `input_bytes`, or its older name `bytes`.")
    value = bytes if input_bytes is None else input_bytes
    result: Tensor = build(
        DECODE_RAW, value, name=name, out_type=dtypes.as_dtype(out_type), little_endian=little_endian
    )
    return result


def _string(value: bytes) -> Array:
    result = np.empty((), object)
    result[()] = value
    return result


def tensor_message(tensor: Array, T: DType) -> bytes:
    """The bytes of a tensor's TensorProto."""
    from ... import proto

    message = proto.TensorProto(dtype=T.as_datatype_enum)
    message.tensor_shape.SetInParent()
    for extent in tensor.shape:
        message.tensor_shape.dim.add(size=extent)
    if T is dtypes.string:
        message.string_val.extend(as_bytes(item) for item in tensor.reshape(-1))
    else:
        message.tensor_content = tensor.tobytes()
    result: bytes = message.SerializeToString(deterministic=True)
    return result


SERIALIZE_TENSOR = OpDef(
    name="SerializeTensor",
    signature="tensor: T -> serialized: string",
    shape=scalar_shape,
    kernel=lambda tensor, *, T: _string(tensor_message(tensor, T)),
)


def serialize_tensor(tensor: TensorLike, name: str | None = None) -> Tensor:
    """Return a tensor as a TensorProto message, a string scalar.

    Args:
      tensor: the tensor.
      name: a name for the operation.
    """
    result: Tensor = build(SERIALIZE_TENSOR, tensor, name=name)
    return result


def tensor_from_message(serialized: Any, out_type: DType) -> Array:
    """The tensor of a TensorProto's bytes. Raises: InvalidArgumentError."""
    from google.protobuf.message import DecodeError

    from ... import proto

    try:
        message = proto.TensorProto.FromString(as_bytes(serialized))
        value = to_ndarray(message)
    except (DecodeError, ValueError, TypeError, KeyError) as error:
        raise InvalidArgumentError(None, None, f"Cannot parse tensor from proto: {error}") from None
    found = dtypes.as_dtype(message.dtype)
    if found is not out_type:
        raise InvalidArgumentError(
            None, None, f"Type mismatch between parsed tensor ({_c_name(found)}) and dtype ({_c_name(out_type)})"
        )
    return np.array(value)


PARSE_TENSOR = OpDef(
    name="ParseTensor",
    signature="serialized: string -> output: out_type",
    shape=unknown_shape,
    kernel=lambda serialized, *, out_type: tensor_from_message(serialized[()], out_type),
)


def parse_tensor(serialized: TensorLike, out_type: Any, name: str | None = None) -> Tensor:
    """Return the tensor of a TensorProto message.

    Args:
      serialized: the message, a string scalar.
      out_type: the type of the tensor.
      name: a name for the operation.
    Raises when run: InvalidArgumentError if it is no such message, or of another type.
    """
    result: Tensor = build(PARSE_TENSOR, serialized, name=name, out_type=dtypes.as_dtype(out_type))
    return result


def _decompress_kernel(bytes: Array, *, compression_type: bytes) -> Array:
    if compression_type not in (b"", b"ZLIB", b"GZIP"):
        raise InvalidArgumentError(
            None, None, f"Only ZLIB, GZIP or NONE are supported compressions, not {compression_type.decode()}"
        )
    result = np.empty(bytes.shape, object)
    flat = result.reshape(-1)
    for index, item in enumerate(bytes.reshape(-1)):
        data = as_bytes(item)
        try:
            if compression_type:  # of what is cut off, the beginning
                data = zlib.decompressobj(31 if compression_type == b"GZIP" else 15).decompress(data)
            flat[index] = data
        except zlib.error as error:
            raise DataLossError(None, None, f"cannot decompress element {index}: {error}") from None
    return result


DECODE_COMPRESSED = OpDef(
    name="DecodeCompressed",
    signature="bytes: string -> output: string",
    attrs={"compression_type": ("string", b"")},
    shape=lambda q: q.shapes[0],
    kernel=_decompress_kernel,
)


def decode_compressed(bytes: TensorLike, compression_type: str = "", name: str | None = None) -> Tensor:
    """Return strings decompressed.

    Args:
      bytes: strings.
      compression_type: "ZLIB", "GZIP", or empty: they are as they are.
      name: a name for the operation.
    """
    result: Tensor = build(DECODE_COMPRESSED, bytes, name=name, compression_type=compression_type)
    return result


def _json_kernel(json_examples: Array) -> Array:
    """Example messages of their JSON form."""
    from google.protobuf import json_format

    from ... import proto

    result = np.empty(json_examples.size, object)
    for index, text in enumerate(json_examples.reshape(-1).tolist()):
        try:
            message = json_format.Parse(as_bytes(text), proto.Example())
        except (json_format.ParseError, UnicodeDecodeError) as error:
            raise InvalidArgumentError(
                None, None, f"Error while parsing JSON: {as_bytes(text).decode(errors='replace')}"
            ) from error
        result[index] = message.SerializeToString(deterministic=True)
    shaped: np.ndarray[Any, Any] = result.reshape(json_examples.shape)
    return shaped


DECODE_JSON_EXAMPLE = OpDef(
    name="DecodeJSONExample",
    signature="json_examples: string -> binary_examples: string",
    shape=same_shape,
    kernel=_json_kernel,
)


def decode_json_example(json_examples: TensorLike, name: str | None = None) -> Tensor:
    """Return Example messages of their JSON form, as protobuf maps messages to JSON.

    Args:
      json_examples: strings, a message each.
      name: a name for the operation.
    Returns: serialized messages, of the same shape.
    Raises: InvalidArgumentError when run for what is no such message.
    """
    result: Tensor = build(DECODE_JSON_EXAMPLE, json_examples, name=name)
    return result
