"""WAV files, written and read: sound as 16-bit samples."""

from __future__ import annotations

import struct
from typing import Any

import numpy as np


def encode_wav(audio: np.ndarray[Any, Any], sample_rate: int) -> bytes:
    """Return sound as a WAV file.

    Args:
      audio: floating point, [frames, channels], from -1 to 1; what is beyond is cut.
      sample_rate: in hertz.

    >>> import numpy as np
    >>> len(encode_wav(np.zeros((10, 2), np.float32), 8000))
    84
    """
    channels = audio.shape[1]
    samples: bytes = np.clip(np.rint(audio * np.float32(32768)), -32768, 32767).astype("<i2").tobytes()
    form = struct.pack("<HHIIHH", 1, channels, sample_rate, sample_rate * channels * 2, channels * 2, 16)
    parts = b"WAVE" + b"fmt " + struct.pack("<I", 16) + form + b"data" + struct.pack("<I", len(samples)) + samples
    return b"RIFF" + struct.pack("<I", len(parts)) + parts


def decode_wav(contents: bytes) -> tuple[np.ndarray[Any, Any], int]:
    """Return the sound of a WAV file, float32 [frames, channels] from -1 to 1, and its sample rate in hertz.

    Raises: ValueError for what is no WAV file of 16-bit samples.

    >>> import numpy as np
    >>> decode_wav(encode_wav(np.array([[0.5], [-1.0]], np.float32), 8000))[0].tolist()
    [[0.5], [-1.0]]
    """
    _expect(contents, 0, b"RIFF")
    _expect(contents, 8, b"WAVE")
    _expect(contents, 12, b"fmt ")
    size, kind, channels, rate, _, _, bits = struct.unpack("<IHHIIHH", _piece(contents, 16, 20))
    if size not in (16, 18):
        raise ValueError(f"Bad file size for WAV: Expected 16 or 18, but got {size}")
    if kind != 1:
        raise ValueError(f"Bad audio format for WAV: Expected 1 (PCM), but got {kind}")
    if channels < 1:
        raise ValueError(f"Bad number of channels for WAV: Expected at least 1, but got {channels}")
    if bits != 16:
        raise ValueError(f"Can only read 16-bit WAV files, but received {bits}")
    at = 20 + size
    while at < len(contents):
        name, length = struct.unpack("<4sI", _piece(contents, at, 8))
        if name == b"data":
            frames = length // (2 * channels)
            samples = np.frombuffer(_piece(contents, at + 8, frames * 2 * channels), "<i2")
            return samples.reshape(frames, channels).astype(np.float32) / np.float32(32768), rate
        at += 8 + length
    raise ValueError("No data chunk found in WAV")


def _piece(contents: bytes, at: int, size: int) -> bytes:
    if at + size > len(contents):
        raise ValueError(f"Data too short: a WAV file of {len(contents)} bytes is to have {at + size}")
    return contents[at : at + size]


def _expect(contents: bytes, at: int, word: bytes) -> None:
    found = _piece(contents, at, 4)
    if found != word:
        raise ValueError(f"Header mismatch: Expected {word.decode()} but found {found.decode(errors='replace')}")
