"""Integers of variable length, as protocol buffers and string tables write them: seven bits a byte, lowest first."""

from __future__ import annotations

from typing import Any


def put_varint(value: int) -> bytes:
    """Return `value`, not negative, in as few bytes as it needs.

    >>> put_varint(1), put_varint(300)
    (b'\\x01', b'\\xac\\x02')
    """
    if value < 128:
        return bytes((value,))
    result = bytearray()
    while value >= 128:
        result.append(value & 127 | 128)
        value >>= 7
    result.append(value)
    return bytes(result)


def get_varint(data: Any, place: int) -> tuple[int, int]:
    """Return the integer at `place` of `data`, and the place behind it.

    Raises: IndexError if the data end before, ValueError if there are more than ten bytes.
    """
    value = shift = 0
    while shift < 70:
        byte = data[place]
        place += 1
        value |= (byte & 127) << shift
        if byte < 128:
            return value, place
        shift += 7
    raise ValueError("an integer of more than ten bytes")
