"""BMP files, read as TensorFlow reads them: the bytes of the pixels as they are, without palettes and compressions."""

from __future__ import annotations

import struct
from typing import Any

import numpy as np

from ..base.errors import InvalidArgumentError

_HEAD = 32  # bytes up to the bits per pixel


def decode_bmp(data: bytes, channels: int = 0) -> np.ndarray[Any, Any]:
    """Return the pixels of a BMP file.

    Args:
      data: the file.
      channels: 1, 3 or 4, as many as it has; 0: as many as it has.
    Returns: uint8 [height, width, channels], red first; of 8 bits per pixel the indices of the palette.
    Raises: InvalidArgumentError for a file of other channels, and for one that is too short.
    """
    if len(data) < _HEAD:
        raise _error(
            f"Incomplete bmp content, requires at least {_HEAD} bytes to find the header size, width, height, and bpp, "
            f"got {len(data)} bytes"
        )
    (begin,), (width, height) = struct.unpack_from("<i", data, 10), struct.unpack_from("<ii", data, 18)
    there = struct.unpack_from("<H", data, 28)[0] // 8
    if channels and channels != there:
        raise _error(f"channels attribute {channels} does not match bits per pixel from file {there}")
    if there not in (1, 3, 4):
        raise _error(f"Number of channels must be 1, 3 or 4, was {there}")
    if width <= 0 or height == 0 or begin < 0:
        raise _error(f"Invalid bmp content: {width} by {height} pixels from byte {begin} on")
    rows, row = abs(height), (width * there + 3) // 4 * 4  # rows begin at multiples of 4 bytes
    if len(data) < begin + rows * row:
        raise _error(f"Incomplete bmp content, requires at least {begin + rows * row} bytes, got {len(data)} bytes")
    lines = np.frombuffer(data, np.uint8, rows * row, begin).reshape(rows, row)[:, : width * there]
    pixels = lines.reshape(rows, width, there)
    if height > 0:
        pixels = pixels[::-1]  # a positive height: the lowest row is first
    if there == 1:
        return pixels.copy()
    return pixels[..., [2, 1, 0, 3][:there]]  # blue is first


def _error(message: str) -> InvalidArgumentError:
    return InvalidArgumentError(None, None, message)
