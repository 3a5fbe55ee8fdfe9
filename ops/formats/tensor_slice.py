"""Slices of tensors: what part of a larger tensor an entry of a checkpoint is, as text and as the key of a table.

A slice is a tuple with `(start, length)` per axis; a length of -1 is the whole axis.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Any

import numpy as np

from ..base.errors import InvalidArgumentError
from ..types.dtypes import DType

Array = np.ndarray[Any, Any]
Bounds = tuple[tuple[int, int], ...]
Slice = tuple[tuple[int, int], ...]
FULL = (0, -1)


def parse_slice(text: str) -> Slice:
    """Read the text of a slice, as `"-:2,3"`: all of the first axis, elements 2 to 4 of the second.

    Raises: ValueError for other text.
    """
    axes = []
    for part in text.split(":") if text else ():
        if part == "-":
            axes.append(FULL)
            continue
        start, comma, length = part.partition(",")
        if not (comma and start.isdigit() and length.isdigit() and int(length) > 0):
            raise ValueError(f"Expected a pair of numbers or '-' but got '{part}': string = {text}")
        axes.append((int(start), int(length)))
    return tuple(axes)


def format_slice(slice_: Slice) -> str:
    """The text of a slice, which `parse_slice` reads."""
    return ":".join("-" if length < 0 else f"{start},{length}" for start, length in slice_)


def parse_shape_and_slice(text: str) -> tuple[tuple[int, ...], Slice, tuple[int, ...]]:
    """Read the extents of a tensor and a slice of it, as `"4 10 -:2,3"`; returns them and the extents of the slice.

    Raises: ValueError for other text, or a slice that is not within the tensor.

    >>> parse_shape_and_slice("4 10 -:2,3")
    ((4, 10), ((0, -1), (2, 3)), (4, 3))
    """
    *extents, last = text.split(" ")
    shape = tuple(int(word) for word in extents)
    slice_ = parse_slice(last)
    if len(shape) != len(slice_):
        raise ValueError(f"Expected a slice of {len(shape)} axes but got {len(slice_)}: shape_and_slice = {text}")
    bounds = bounds_of(slice_, shape)
    if any(stop > extent for (_, stop), extent in zip(bounds, shape)):
        raise ValueError(f"a slice reaches out of its tensor: shape_and_slice = {text}")
    return shape, slice_, tuple(stop - start for start, stop in bounds)


def bounds_of(slice_: Slice, extents: Sequence[int]) -> Bounds:
    """Per axis the first element of a slice and the one behind its last.

    Raises: ValueError if the slice has another number of axes.
    """
    if len(slice_) != len(extents):
        raise ValueError(f"a slice {format_slice(slice_)} of a tensor of shape {list(extents)}")
    return tuple(
        (0, extent) if length < 0 else (start, start + length) for (start, length), extent in zip(slice_, extents)
    )


def assemble(name: str, bounds: Bounds, dtype: DType, parts: Iterable[tuple[Bounds, Callable[[], Array]]]) -> Array:
    """Return a part of a tensor as a new array, put together from the parts that there are.

    Args:
      name: the tensor's name, for messages.
      bounds: the elements wanted.
      dtype: their type.
      parts: per part that there is its place, and a function that returns it; called if elements of it are wanted.
    Raises: InvalidArgumentError if an element is in no part.
    """
    result = np.empty([stop - start for start, stop in bounds], dtype.np_dtype)
    missing = result.size
    for inside, load in parts:
        both = [(max(a, c), min(b, d)) for (a, b), (c, d) in zip(bounds, inside)]
        if any(start >= stop for start, stop in both):
            continue
        to = tuple(slice(start - first, stop - first) for (start, stop), (first, _) in zip(both, bounds))
        of = tuple(slice(start - first, stop - first) for (start, stop), (first, _) in zip(both, inside))
        result[to] = load()[of]
        missing -= result[to].size
    if missing > 0:
        raise InvalidArgumentError(None, None, f"'{name}': {missing} of the elements wanted are in no slice saved")
    return result


def slice_of_message(message: Any) -> Slice:
    """The slice of a TensorSliceProto."""
    return tuple((part.start, part.length if part.HasField("length") else -1) for part in message.extent)


def fill_message(message: Any, slice_: Slice) -> None:
    """Add the axes of a slice to a TensorSliceProto."""
    for start, length in slice_:
        part = message.extent.add()
        if length >= 0:
            part.start, part.length = start, length


def key_of_slice(name: str, slice_: Slice) -> bytes:
    """The key of a slice's entry in a table: keys sort as names, then as slices.

    Integers are written so that they compare as bytes do, strings so that none begins another.
    """
    text = name.encode().replace(b"\0", b"\0\xff")  # UTF-8 has no byte 0xff, which would be marked too
    parts = [_unsigned(0), text, b"\0\1", _unsigned(len(slice_))]
    for start, length in slice_:
        parts += [_signed(start), _signed(length)]
    return b"".join(parts)


def _unsigned(value: int) -> bytes:
    digits = value.to_bytes((value.bit_length() + 7) // 8, "big")
    return bytes((len(digits),)) + digits


def _signed(value: int) -> bytes:
    """As many ones as there are bytes, a zero, the number; all of it inverted for a negative one."""
    magnitude = ~value if value < 0 else value
    count = magnitude.bit_length() // 7 + 1
    digits = bytearray(value.to_bytes(max(count, 10), "big", signed=True)[-count:])
    header = (0xFFFF << (16 - count)) & 0xFFFF
    digits[0] ^= header >> 8
    if count > 1:
        digits[1] ^= header & 0xFF
    return bytes(digits)
