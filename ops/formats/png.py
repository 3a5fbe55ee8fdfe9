"""PNG files, written: images as TensorBoard shows them."""

from __future__ import annotations

import struct
import zlib
from typing import Any, Final

import numpy as np

_SIGNATURE: Final = b"\x89PNG\r\n\x1a\n"
_COLOR_TYPES: Final = {1: 0, 2: 4, 3: 2, 4: 6}  # by channels: gray, gray and alpha, RGB, RGB and alpha


def encode_png(image: np.ndarray[Any, Any], level: int = -1) -> bytes:
    """Return an image as a PNG file.

    Args:
      image: uint8 or uint16, [height, width, channels], 1 to 4 channels.
      level: how much to compress, 0 to 9; -1: zlib's default.
    Raises: ValueError for another shape or type.

    >>> import numpy as np
    >>> encode_png(np.zeros((2, 3, 1), np.uint8))[:8]
    b'\\x89PNG\\r\\n\\x1a\\n'
    """
    if image.ndim != 3 or image.shape[2] not in _COLOR_TYPES or image.dtype not in (np.uint8, np.uint16):
        raise ValueError(f"a PNG is uint8 or uint16 of [height, width, 1 to 4], not {image.dtype} {list(image.shape)}")
    height, width, channels = image.shape
    if not (height and width):
        raise ValueError(f"a PNG has at least one pixel, got shape {list(image.shape)}")
    size = image.dtype.itemsize
    rows = np.ascontiguousarray(image.astype(image.dtype.newbyteorder(">"), copy=False)).view(np.uint8)
    rows = rows.reshape(height, width * channels * size)
    step = channels * size
    # Each row as differences from the pixel before (filter 1): that compresses photographs and plots alike.
    filtered = np.empty((height, rows.shape[1] + 1), np.uint8)
    filtered[:, 0] = 1
    filtered[:, 1 : step + 1] = rows[:, :step]
    filtered[:, step + 1 :] = rows[:, step:] - rows[:, :-step]
    header = struct.pack(">IIBBBBB", width, height, 8 * size, _COLOR_TYPES[channels], 0, 0, 0)
    body = zlib.compress(filtered.tobytes(), level)
    return _SIGNATURE + _chunk(b"IHDR", header) + _chunk(b"IDAT", body) + _chunk(b"IEND", b"")


def _chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
