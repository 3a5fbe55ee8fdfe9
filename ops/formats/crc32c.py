"""CRC-32C, the checksum of TensorFlow's files, and the masked form in which the files hold it.

The sums come from `google-crc32c`, which uses the processor's instruction for it (13 GB/s on one core where it was
measured); it takes bytes and arrays without a copy.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from typing import Any

_MASK_DELTA = 0xA282EAD8


@cache
def extender() -> Callable[[int, Any], int]:
    """The function of a sum and the data that follow, for loops over many pieces; `crc32c` is the one to call."""
    import google_crc32c  # when it is used: few programs read and write files

    found: Callable[[int, Any], int] = google_crc32c.extend
    return found


def crc32c(data: Any, before: int = 0) -> int:
    """Return the CRC-32C of `data`, going on from the sum `before`.

    Args:
      data: bytes, or a contiguous array of bytes.
      before: the sum of what comes before.

    >>> hex(crc32c(b"123456789")), crc32c(b"6789", crc32c(b"12345")) == crc32c(b"123456789")
    ('0xe3069283', True)
    """
    value: int = extender()(before, data)
    return value


def mask(crc: int) -> int:
    """Return a sum in the form that is stored: sums of data that holds sums are poor ones."""
    return ((crc >> 15 | crc << 17) + _MASK_DELTA) & 0xFFFFFFFF


def unmask(stored: int) -> int:
    """Return the sum of which `stored` is the stored form.

    >>> unmask(mask(0xE3069283)) == 0xE3069283
    True
    """
    rotated = (stored - _MASK_DELTA) & 0xFFFFFFFF
    return (rotated >> 17 | rotated << 15) & 0xFFFFFFFF


def masked_crc32c(data: Any) -> int:
    """Return the CRC-32C of `data` as it is stored."""
    return mask(crc32c(data))
