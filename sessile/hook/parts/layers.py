"""`tensorflow.python.layers.*`: layers under the names of TensorFlow 1.0, extents of windows; Keras's InputSpec."""

from __future__ import annotations

import re
from typing import Any

from ... import layers as _layers
from ...keras.backend import image_data_format
from ...ops.library.layers.layer import InputSpec

__all__ = ["InputSpec", "conv_input_length", "conv_output_length", "deconv_output_length"]


def __getattr__(name: str) -> Any:
    """`Convolution2D` is `Conv2D`, `Deconv2D` and `Deconvolution2D` its transpose; the functions too."""
    found = re.fullmatch(r"([sS]eparable_?)?([cC]onv|[dD]econv)(?:olution)?(\dd|\dD)(_transpose|Transpose)?", name)
    if found is None:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    before, kind, dimensions, after = (part or "" for part in found.groups())
    if kind.lower() == "deconv":
        kind, after = ("Conv", "Transpose") if kind[0] == "D" else ("conv", "_transpose")
    return getattr(_layers, f"{before}{kind}{dimensions}{after}")


def conv_output_length(input_length: Any, filter_size: int, padding: str, stride: int, dilation: int = 1) -> Any:
    """Return how many windows there are along an axis: None if its extent is None.

    Args:
      input_length: the extent.
      filter_size, stride, dilation: of the windows.
      padding: "same", "valid" or "full".
    """
    if input_length is None:
        return None
    assert padding in {"same", "valid", "full"}
    reach = filter_size + (filter_size - 1) * (dilation - 1)
    places = {"valid": input_length - reach + 1, "full": input_length + reach - 1}.get(padding, input_length)
    return (places + stride - 1) // stride


def conv_input_length(output_length: Any, filter_size: int, padding: str, stride: int) -> Any:
    """Return the extent that so many windows come from: None for None."""
    if output_length is None:
        return None
    assert padding in {"same", "valid", "full"}
    pad = {"same": filter_size // 2, "valid": 0, "full": filter_size - 1}[padding]
    return (output_length - 1) * stride - 2 * pad + filter_size


def deconv_output_length(input_length: Any, filter_size: int, padding: str, stride: int) -> Any:
    """Return the extent of a transposed convolution: None for None."""
    if input_length is None:
        return None
    more = {"valid": max(filter_size - stride, 0), "full": 2 - stride - filter_size}.get(padding, 0)
    return input_length * stride + more


def normalize_tuple(value: Any, n: int, name: str) -> tuple[Any, ...]:
    """Return a tuple of `n` numbers: one that is given as often, or those of a tuple.

    Args:
      value: a number, or a list or tuple of `n`; name: what the error calls it.
    Raises: ValueError for anything else.
    """
    if isinstance(value, int):
        return (value,) * n
    wrong = f"The `{name}` argument must be a tuple of {n} integers. Received: {value}"
    items = tuple(value) if hasattr(value, "__iter__") else ()
    if len(items) != n:
        raise ValueError(wrong)
    for item in items:
        try:
            int(item)
        except (TypeError, ValueError):
            raise ValueError(f"{wrong} including element {item} of type {type(item)}") from None
    return items


def normalize_data_format(value: str | None) -> str:
    """Return `channels_first` or `channels_last`, the default of Keras for None. Raises: ValueError for others."""
    found = (image_data_format() if value is None else value).lower()
    if found not in {"channels_first", "channels_last"}:
        told = f'The `data_format` argument must be one of "channels_first", "channels_last". Received: {value}'
        raise ValueError(told)
    return found


def normalize_padding(value: Any) -> Any:
    """Return `valid`, `same` or `causal` in small letters, a list or tuple as it is. Raises: ValueError for others."""
    if isinstance(value, (list, tuple)):
        return value
    found = value.lower()
    if found not in {"valid", "same", "causal"}:
        raise ValueError(
            'The `padding` argument must be a list/tuple or one of "valid", "same" (or "causal", only for `Conv1D). '
            f"Received: {found}"
        )
    return found


def convert_data_format(data_format: str, ndim: int) -> str:
    """Return TensorFlow's word for Keras's: `NHWC` for `channels_last` and 4 dimensions. Raises: ValueError."""
    if data_format not in {"channels_first", "channels_last"}:
        raise ValueError("Invalid data_format:", data_format)
    if not 3 <= ndim <= 5:
        raise ValueError("Input rank not supported:", ndim)
    extents = "DHW"[5 - ndim :]
    return f"N{extents}C" if data_format == "channels_last" else f"NC{extents}"
