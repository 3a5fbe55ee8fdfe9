"""`tensorflow.python.layers.*`: layers under the names of TensorFlow 1.0, extents of windows; Keras's InputSpec."""

from __future__ import annotations

import re
from typing import Any

from ... import layers as _layers
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
