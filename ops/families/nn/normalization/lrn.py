"""Normalisation by the squares of neighbouring channels: `lrn`, `local_response_normalization`."""

from __future__ import annotations

from typing import Any, Final

import numpy as np

from ....building.build import build
from ....definition.opdef import OpDef
from ....definition.shapes import merge, with_rank
from ....graph.node import Tensor, TensorLike
from ....types import dtypes
from ....types.dtypes import bfloat16, float32, half
from ....types.tensor_shape import Extents


def _neighbours(values: Any, radius: int) -> Any:
    """For each channel the sum over it and `radius` channels on both sides."""
    depth = values.shape[-1]
    summed = np.zeros((*values.shape[:-1], depth + 1), np.float64)
    np.cumsum(values, axis=-1, dtype=np.float64, out=summed[..., 1:])
    channel = np.arange(depth)
    behind, before = np.minimum(channel + radius + 1, depth), np.maximum(channel - radius, 0)
    return (summed[..., behind] - summed[..., before]).astype(np.float32)


def _lrn_kernel(x: Any, *, depth_radius: int, bias: float, alpha: float, beta: float) -> Any:
    wide = x.astype(np.float32, copy=False)
    norm = np.float32(bias) + np.float32(alpha) * _neighbours(wide * wide, depth_radius)
    return (wide * norm ** np.float32(-beta)).astype(x.dtype, copy=False)


def _lrn_gradient_kernel(
    input_grads: Any, input_image: Any, output_image: Any, *, depth_radius: int, bias: float, alpha: float, beta: float
) -> Any:
    dy, x, y = (value.astype(np.float32, copy=False) for value in (input_grads, input_image, output_image))
    norm = np.float32(bias) + np.float32(alpha) * _neighbours(x * x, depth_radius)
    across = _neighbours(dy * y / norm, depth_radius)
    result = dy * norm ** np.float32(-beta) - np.float32(2 * alpha * beta) * x * across
    return result.astype(x.dtype if input_image.dtype == np.float32 else input_image.dtype, copy=False)


def _lrn_shape(query: Any) -> Extents:
    return with_rank(query.shapes[0], 4)


def _lrn_gradient_shape(query: Any) -> Extents:
    return merge(merge(with_rank(query.shapes[0], 4), query.shapes[1]), query.shapes[2])


_SETTINGS: Final = ("depth_radius", "bias", "alpha", "beta")


def _gradient(g: Any, op: Any, dy: Any) -> Any:
    return g("LRNGrad", dy, op.inputs[0], op.outputs[0], **{name: op.attrs[name] for name in _SETTINGS})


_ATTRS: Final = {
    "depth_radius": ("int", 5),
    "bias": ("float", 1),
    "alpha": ("float", 1),
    "beta": ("float", 0.5),
    "T": ("type", dtypes.float32),
}

LRN = OpDef(
    name="LRN",
    signature="input: T -> output: T",
    where={"T": (half, bfloat16, float32)},
    attrs=_ATTRS,
    shape=_lrn_shape,
    kernel=_lrn_kernel,
    routine=("lrn",),
    gradient=_gradient,
)

LRN_GRAD = OpDef(
    name="LRNGrad",
    signature="input_grads: T, input_image: T, output_image: T -> output: T",
    where={"T": (half, bfloat16, float32)},
    attrs=_ATTRS,
    shape=_lrn_gradient_shape,
    kernel=_lrn_gradient_kernel,
    routine=("lrn gradient",),
)


def local_response_normalization(
    input: TensorLike, depth_radius: int | None = 5, bias: float | None = 1, alpha: float | None = 1,
    beta: float | None = 0.5, name: str | None = None,
) -> Tensor:  # fmt: skip
    """Return `input / (bias + alpha * squares)**beta`, the squares summed over neighbouring channels.

    Args:
      input: images [batch, height, width, channels]: float32, float16 or bfloat16.
      depth_radius: how many channels on each side count; None: 5.
      bias, alpha, beta: numbers of the formula; None: the default.
      name: a name for the operation.
    """
    result: Tensor = build(
        LRN, input, name=name, depth_radius=5 if depth_radius is None else int(depth_radius),
        bias=_number("bias", bias, 1.0), alpha=_number("alpha", alpha, 1.0), beta=_number("beta", beta, 0.5),
    )  # fmt: skip
    return result


def _number(what: str, value: Any, default: float) -> float:
    if value is None:
        return default
    if not isinstance(value, (int, float, np.number)):
        raise TypeError(f"Expected float for argument '{what}' not {value!r}.")
    return float(value)
