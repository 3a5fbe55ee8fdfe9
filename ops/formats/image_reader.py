"""PNG files of 16 bits, BMP files, colours of JPEG files: where Pillow gives other pixels than TensorFlow.

Of PNG images of more than one channel Pillow gives 8 bits; of BMP files TensorFlow takes the bytes of the pixels as
they are, without palettes and compressions.

A row of a PNG file is a byte that names its filter, and the row itself as differences to what is left of it, above it,
or both. Pixels of one diagonal of an image depend on earlier diagonals only, so each diagonal is one NumPy call:

    0 1 2 3
    1 2 3 4      (the number of the diagonal of each pixel)
"""

from __future__ import annotations

import struct
import zlib
from typing import Any, Final

import numpy as np

from ..base.errors import InvalidArgumentError
from ..base.provided import provided

_LINES: Final = 32  # of an image that are converted at once: what they take stays in the cache
_BMP_HEAD: Final = 32  # bytes up to the bits per pixel
_CHANNELS: Final = {0: 1, 2: 3, 4: 2, 6: 4}  # by colour types
# First column and row, and steps, of the seven images an interlaced one is stored as.
_PASSES: Final = ((0, 0, 8, 8), (4, 0, 8, 8), (0, 4, 4, 8), (2, 0, 4, 4), (0, 2, 2, 4), (1, 0, 2, 2), (0, 1, 1, 2))


def is_deep(data: bytes) -> bool:
    """Whether a file is a PNG image of 16 bits per channel."""
    return data[:8] == b"\x89PNG\r\n\x1a\n" and data[12:16] == b"IHDR" and data[24:25] == b"\x10"


def decode_deep(data: bytes) -> np.ndarray[Any, Any]:
    """Return the pixels of a PNG file for which `is_deep` holds.

    Returns: uint16 [height, width, channels], 1 to 4 channels.
    Raises: ValueError if the file is not whole, or not what a PNG file is.
    """
    try:
        width, height, _, colours, _, _, interlaced = struct.unpack_from(">IIBBBBB", data, 16)
        channels = _CHANNELS[colours]
        packed, at = [], 8
        while at < len(data):
            (length,) = struct.unpack_from(">I", data, at)
            if data[at + 4 : at + 8] == b"IDAT":
                packed.append(data[at + 8 : at + 8 + length])
            at += length + 12
        raw = np.frombuffer(zlib.decompress(b"".join(packed)), np.uint8)
        image = np.zeros((height, width, channels), np.uint16)
        at = 0
        for left, top, step, drop in _PASSES if interlaced else ((0, 0, 1, 1),):
            part = image[top::drop, left::step]
            if part.size:
                row = 1 + part.shape[1] * channels * 2
                lines = raw[at : at + part.shape[0] * row].reshape(part.shape[0], row)
                part[:] = _unfiltered(lines, channels * 2).view(">u2").reshape(part.shape)
                at += lines.size
    except (struct.error, zlib.error, KeyError) as error:
        raise ValueError("no whole PNG image") from error
    return image


def _unfiltered(lines: np.ndarray[Any, Any], size: int) -> np.ndarray[Any, Any]:
    """The bytes of rows, each behind the byte of its filter; `size` bytes are a pixel."""
    rows, columns = lines.shape[0], (lines.shape[1] - 1) // size
    filters = lines[:, 0]
    if filters.max(initial=0) > 4:
        raise ValueError("no filter of a PNG image")
    pixels = lines[:, 1:].reshape(rows, columns, size)
    done = np.zeros((rows + 1, columns + 1, size), np.int16)  # with a row above and a column to the left of zeros
    for diagonal in range(rows + columns - 1):
        row = np.arange(max(0, diagonal - columns + 1), min(rows, diagonal + 1))
        column = diagonal - row
        left, above, corner = done[row + 1, column], done[row, column + 1], done[row, column]
        far_left, far_above, far_corner = abs(above - corner), abs(left - corner), abs(left + above - 2 * corner)
        nearest = np.where(far_above <= far_corner, above, corner)
        paeth = np.where((far_left <= far_above) & (far_left <= far_corner), left, nearest)
        kind = filters[row][:, None]
        guess = np.choose(kind, [np.int16(0), left, above, (left + above) >> 1, paeth])
        done[row + 1, column + 1] = (pixels[row, column] + guess) & 255
    return np.ascontiguousarray(done[1:, 1:].astype(np.uint8))


def decode_bmp(data: bytes, channels: int = 0) -> np.ndarray[Any, Any]:
    """Return the pixels of a BMP file.

    Args:
      data: the file.
      channels: 1, 3 or 4, as many as it has; 0: as many as it has.
    Returns: uint8 [height, width, channels], red first; of 8 bits per pixel the indices of the palette.
    Raises: InvalidArgumentError for a file of other channels, and for one that is too short.
    """
    if len(data) < _BMP_HEAD:
        raise _error(
            f"Incomplete bmp content, requires at least {_BMP_HEAD} bytes to find the header size, width, height, and "
            f"bpp, got {len(data)} bytes"
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
    pixels: np.ndarray[Any, Any] = lines.reshape(rows, width, there)
    if height > 0:
        pixels = pixels[::-1]  # a positive height: the lowest row is first
    if there == 1:
        return np.array(pixels)
    result: np.ndarray[Any, Any] = pixels[..., [2, 1, 0, 3][:there]]  # blue is first
    return result


def jpeg_colours(pixels: np.ndarray[Any, Any], is_halved: bool) -> np.ndarray[Any, Any]:
    """The pixels of a JPEG file whose colours have half the resolution, interpolated and converted as libjpeg does it.

    Args:
      pixels: brightness, blue and red, uint8 [height, width, 3]: each pixel of the colours twice in each row and, if
        `is_halved`, each row of them twice.
    """
    compiled = provided("jpeg colours")
    found: np.ndarray[Any, Any] | None = None if compiled is None else compiled(pixels, is_halved)
    if found is not None:
        return found
    height, width, _ = pixels.shape
    planes = [pixels[..., channel] for channel in range(3)]
    step = 2 if is_halved else 1
    smooth = [_interpolated(plane[::step, ::2], is_halved)[:height, :width] for plane in planes[1:]]
    result = np.empty((height, width, 3), np.uint8)
    for first in range(0, height, _LINES):
        part = slice(first, first + _LINES)
        bright, blue, red = (plane[part].astype(np.int32) for plane in (planes[0], *smooth))
        blue -= 128
        red -= 128
        for channel, colour in enumerate((91881 * red, -22554 * blue - 46802 * red, 116130 * blue)):  # of 65536
            colour += 1 << 15
            colour >>= 16
            colour += bright
            np.clip(colour, 0, 255, out=colour)
            result[part, :, channel] = colour
    return result


def _interpolated(plane: np.ndarray[Any, Any], is_halved: bool) -> np.ndarray[Any, Any]:
    """Twice the columns, and rows if `is_halved`: three quarters of the nearest pixel and a quarter of the next one.

    What is exactly between two integers is rounded up in one column and down in the other.
    """
    sums = plane.astype(np.uint16)
    low, high, shift = 1, 2, 2
    if is_halved:
        low, high, shift = 8, 7, 4
        around = np.pad(sums, ((1, 1), (0, 0)), "edge")
        sums = np.stack([3 * sums + around[:-2], 3 * sums + around[2:]], axis=1).reshape(-1, sums.shape[1])
    around = np.pad(sums, ((0, 0), (1, 1)), "edge")
    before, behind = (3 * sums + around[:, :-2] + low) >> shift, (3 * sums + around[:, 2:] + high) >> shift
    pairs: np.ndarray[Any, Any] = before | behind << 8
    return pairs.astype("<u2").view(np.uint8)


def _error(message: str) -> Exception:
    return InvalidArgumentError(None, None, message)
