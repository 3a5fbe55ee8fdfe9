"""Numbers in text as TensorFlow reads them, where Python reads them in another way."""

from __future__ import annotations

from typing import Any, Final

# What may be in text that Python reads in another way than TensorFlow: of integers, and of floating-point numbers.
READ_OTHERWISE: Final = ((b"_", b"+"), (b"_", b"x", b"X", b"y", b"Y"))


def number_of(text: bytes, parse: Any) -> Any:
    """The number that text spells.

    Args:
      parse: int or float.
    Raises: ValueError for what is no number, OverflowError for one that is too large.
    """
    said = text.strip().lower()
    if not said and text and parse is float:
        return 0.0  # as C's `strtod` takes white space
    if b"_" in said or said.endswith(b"infinity") or (parse is int and said.startswith(b"+")):
        raise ValueError(text)
    if parse is float and said.lstrip(b"+-").startswith(b"0x"):
        return float.fromhex(said.decode())
    return parse(text)
