"""What convolution and pooling layers share: numbers per axis of space, formats, and extents behind windows."""

from __future__ import annotations

from typing import Any, Final

_FORMATS: Final = {1: ("NWC", "NCW"), 2: ("NHWC", "NCHW"), 3: ("NDHWC", "NCDHW")}


def per_axis(value: Any, rank: int, name: str) -> tuple[int, ...]:
    """One number for each axis of space, from one for all or a sequence. Raises: ValueError."""
    if isinstance(value, int):
        return (value,) * rank
    try:
        numbers = tuple(int(item) for item in value)
    except (TypeError, ValueError):
        raise ValueError(f"The `{name}` argument must be a tuple of {rank} integers. Received: {value}") from None
    if len(numbers) != rank:
        raise ValueError(f"The `{name}` argument must be a tuple of {rank} integers. Received: {value}")
    return numbers


def format_of(data_format: Any, rank: int) -> str:
    """The operations' name of `channels_last` or `channels_first`. Raises: ValueError."""
    if data_format not in ("channels_last", "channels_first"):
        raise ValueError(
            f'The `data_format` argument must be one of "channels_first", "channels_last". Received: {data_format}'
        )
    return _FORMATS[rank][data_format == "channels_first"]


def padding_of(padding: Any, allowed: tuple[str, ...] = ("valid", "same")) -> str:
    """The padding in lower case. Raises: ValueError."""
    text = str(padding).lower()
    if text not in allowed:
        raise ValueError(f"The `padding` argument must be one of {', '.join(map(repr, allowed))}. Received: {padding}")
    return text


def space_axes(data_format: str, rank: int) -> list[int]:
    """The axes of space of an array of `rank` such axes."""
    return list(range(1, rank + 1)) if data_format == "channels_last" else list(range(2, rank + 2))


def channel_axis(data_format: str) -> int:
    """The axis of the channels."""
    return -1 if data_format == "channels_last" else 1


def window_count(extent: int | None, size: int, padding: str, stride: int, rate: int = 1) -> int | None:
    """How many windows there are along an axis."""
    if extent is None:
        return None
    reach = 0 if padding in ("same", "causal") else (size - 1) * rate
    return (extent - reach + stride - 1) // stride


def widened_extent(extent: Any, size: int, padding: str, stride: int) -> Any:
    """The extent of which transposed convolution says that windows over it number `extent`; numbers or tensors."""
    if extent is None:
        return None
    if padding == "same" or size <= stride:
        return extent * stride
    return extent * stride + (size - stride)
