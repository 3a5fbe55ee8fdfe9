"""WAV files, written: sound as 16-bit samples."""

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
