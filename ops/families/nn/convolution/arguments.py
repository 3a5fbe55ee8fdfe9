"""What the public functions are given, in the form that operations want it: strides, padding, names of formats."""

from __future__ import annotations

from typing import Any


def sequence_of(value: Any, count: int, channel: int, name: str) -> list[int]:
    """One entry per axis from one number, one for each axis of space, or all.

    Args:
      value: an int, or a sequence of 1, `count` or `count + 2` of them; None for ones.
      count: the axes of space.
      channel: the axis of the channels.
      name: how the argument is called.
    Raises: ValueError for another length.
    """
    if value is None:
        value = [1]
    given = list(value) if isinstance(value, (list, tuple)) or hasattr(value, "__len__") else [value]
    if len(given) == 1:
        space = given * count
    elif len(given) == count:
        space = given
    elif len(given) == count + 2:
        return given
    else:
        raise ValueError(
            f"{name} should be of length 1, {count} or {count + 2}. Received: {name}={value} of length {len(given)}"
        )
    return [1, 1, *space] if channel == 1 else [1, *space, 1]


def padding_of(padding: Any, expected: int = 4) -> tuple[Any, list[int]]:
    """The name of a padding and its explicit amounts, flat. Raises: ValueError for lists of other lengths."""
    if padding is None:
        raise TypeError("Expected string for argument 'padding' not None.")
    if not isinstance(padding, (list, tuple)):
        return padding, []
    for number, pair in enumerate(padding):
        if not isinstance(pair, (list, tuple)) or len(pair) != 2:
            raise ValueError(
                "When padding is a list, each element of padding must be a list/tuple of size 2. "
                f"Received: padding={padding} with element at index {number} of type {type(pair)}"
            )
    if len(padding) != expected:
        raise ValueError(
            f"When padding is a list, it must be of size {expected}. Received: padding={padding} of size {len(padding)}"
        )
    return "EXPLICIT", [amount for pair in padding for amount in pair]


def channel_axis(data_format: Any, rank: int) -> int:
    """The axis of the channels of a format that is given by name, or is None."""
    return 1 if data_format is not None and str(data_format).startswith("NC") else rank - 1


def line_format(data_format: Any) -> tuple[str, int]:
    """The format of images that stands for one of lines, and the axis to add. Raises: ValueError."""
    if data_format is None or data_format in ("NHWC", "NWC"):
        return "NHWC", 1
    if data_format in ("NCHW", "NCW"):
        return "NCHW", 2
    raise ValueError(f"`data_format` must be 'NWC' or 'NCW'. Received: data_format={data_format}")
