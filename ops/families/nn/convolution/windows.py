"""The arithmetic of windows: where they lie on an axis, how many there are, what a format of data says.

Kernels, shape rules and gradients all ask here. A window of `size` elements, `rate` apart, moves by `stride` over an
axis of `extent` elements with `before` and `behind` elements of padding; it has `count` places.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final, NamedTuple

from ....definition.extent_math import ceil_divide

SAME: Final = b"SAME"
VALID: Final = b"VALID"
EXPLICIT: Final = b"EXPLICIT"
FORMATS: Final = (b"NHWC", b"NCHW", b"NDHWC", b"NCDHW")


class Axis(NamedTuple):
    """One axis of space and the windows on it. All are plain integers."""

    extent: int
    size: int
    stride: int
    rate: int
    before: int
    behind: int
    count: int  # type: ignore[assignment]  # nobody counts in it

    @property
    def padded(self) -> int:
        """The elements that windows can reach, padding included."""
        return self.before + self.extent + self.behind

    @property
    def is_plain(self) -> bool:
        """Whether there is a window for each element, and it is that element."""
        return self.size == 1 and self.stride == 1 and not self.before and not self.behind

    def slice(self, offset: int) -> slice:
        """The elements, on the padded axis, that are at `offset` in their windows."""
        start = offset * self.rate
        return slice(start, start + (self.count - 1) * self.stride + 1 if self.count else start, self.stride)


def check_per_axis(name: str, values: Sequence[Any], rank: int) -> None:
    """Raises: ValueError for an attribute that has not one entry for the batch, each axis of space, the channels."""
    if len(values) != rank or not 4 <= rank <= 5:
        wanted = rank if 4 <= rank <= 5 else "4 or 5"
        raise ValueError(f"{name} must contain {wanted} values, one per axis, but got {list(values)}")


def is_channels_first(data_format: bytes) -> bool:
    """Whether the channels stand behind the batch, before space: `NCHW`, `NCDHW`."""
    return data_format[1:2] == b"C"


def space_of(values: Sequence[Any], channels_first: bool) -> tuple[Any, ...]:
    """The entries of space among one per axis."""
    return tuple(values[2:]) if channels_first else tuple(values[1:-1])


def with_space(batch: Any, space: Sequence[Any], channels: Any, channels_first: bool) -> tuple[Any, ...]:
    """One entry per axis in the order of the format."""
    return (batch, channels, *space) if channels_first else (batch, *space, channels)


def parts_of(shape: Sequence[Any], channels_first: bool) -> tuple[Any, tuple[Any, ...], Any]:
    """Batch, space and channels of a shape."""
    return shape[0], space_of(shape, channels_first), shape[1] if channels_first else shape[-1]


def window_reach(size: Any, rate: int) -> Any:
    """The elements from the first to the last one of a window."""
    return size if rate == 1 else (size - 1) * rate + 1


def window_count(extent: Any, size: Any, stride: int, rate: int, padding: bytes, around: int = 0) -> Any:
    """How many windows there are on an axis, None if that is not known. Extents may be symbolic.

    Args:
      extent, size: of the axis and the window, or None.
      around: the sum of explicit padding.
    Raises: ValueError if the axis is too short.
    """
    if padding == SAME:
        return None if extent is None else ceil_divide(extent, stride)
    if extent is None or size is None:
        return None
    reach = window_reach(size, rate)
    total = extent + around if around else extent
    if total < reach - (stride - 1 if stride > 1 else 0):
        raise ValueError(f"Negative dimension size caused by subtracting {reach} from {total}")
    return (total - reach) // stride + 1 if stride > 1 else total - reach + 1


def check_names(attrs: Any, paddings: tuple[bytes, ...]) -> None:
    """Raise TypeError or ValueError unless the padding and the format of the data are among those there are."""
    for name, allowed in (("padding", paddings), ("data_format", FORMATS)):
        value = attrs.get(name, FORMATS[0])
        if not isinstance(value, bytes):
            raise TypeError(f"Expected string for argument '{name}' not {value}.")
        if value not in allowed:
            listed = ", ".join(f'"{word.decode()}"' for word in allowed)
            raise ValueError(f"Attr '{name}' passed string '{value.decode()}' not in: {listed}.")


def check_strides(strides: Sequence[int], rates: Sequence[int]) -> None:
    """Raise ValueError unless all are positive."""
    for word, values in (("Stride", strides), ("Dilation rate", rates)):
        for value in values:
            if value <= 0:
                raise ValueError(f"{word} must be > 0, but got {value}")


def check_no_other_steps(strides: Sequence[int], rates: Sequence[int], channels_first: bool) -> None:
    """Raise ValueError if windows are to move along batch or channels."""
    channel = 1 if channels_first else len(strides) - 1
    if strides[0] != 1 or strides[channel] != 1:
        raise ValueError("Current implementation does not yet support strides in the batch and depth dimensions.")
    if rates[0] != 1 or rates[channel] != 1:
        raise ValueError("Current implementation does not yet support dilations in the batch and depth dimensions.")


def explicit_pairs(paddings: Sequence[int], padding: bytes, rank: int, channels_first: bool) -> list[tuple[int, int]]:
    """The explicit padding of each axis of space; zeros unless `padding` is EXPLICIT. Raises: ValueError."""
    if padding != EXPLICIT:
        if paddings:
            raise ValueError(f"explicit_paddings must be empty if padding is {padding.decode()}")
        return [(0, 0)] * (rank - 2)
    if len(paddings) != 2 * rank:
        raise ValueError(f"explicit_paddings attribute must contain {2 * rank} values, but got: {len(paddings)}")
    if any(amount < 0 for amount in paddings):
        raise ValueError("All elements of explicit_paddings must be nonnegative")
    pairs = list(zip(paddings[::2], paddings[1::2]))
    channel = 1 if channels_first else rank - 1
    if any(pairs[0]) or any(pairs[channel]):
        raise ValueError("Nonzero explicit padding in the batch or depth dimensions is not supported")
    return list(space_of(pairs, channels_first))


def place(extent: int, size: int, stride: int, rate: int, padding: bytes, pair: tuple[int, int] = (0, 0)) -> Axis:
    """The windows on an axis whose extents are known. Raises: ValueError if it is too short."""
    reach = window_reach(size, rate)
    if padding == SAME:
        count = -(-extent // stride)
        missing = max((count - 1) * stride + reach - extent, 0)
        return Axis(extent, size, stride, rate, missing // 2, missing - missing // 2, count)
    count = (extent + pair[0] + pair[1] - reach + stride) // stride
    if count < 0:
        raise ValueError(
            f"Computed output size would be negative: {count} "
            f"[input_size: {extent}, effective_filter_size: {reach}, stride: {stride}]"
        )
    return Axis(extent, size, stride, rate, *pair, count)
