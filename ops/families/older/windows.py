"""Gradients of convolutions in space that take arrays for their shapes, and of normalization by given moments."""

from __future__ import annotations

from typing import Any, Final

import numpy as np

from ...building.composed import ARRAYS
from ...definition.opdef import OpDef
from ...definition.shapes import with_rank
from ...types.dtypes import float16, float32, float64
from ..nn.convolution import convolution_ops
from ..nn.normalization.batch_norm_ops import BATCH_NORM_WITH_GLOBAL_NORMALIZATION

_WHERE: Final[dict[str, Any]] = {"T": (float16, float32, float64), "padding": (b"SAME", b"VALID")}
_ATTRS: Final[dict[str, Any]] = {
    "strides": ("list(int)",), "padding": ("string",), "dilations": ("list(int)", (1, 1, 1, 1, 1)),
}  # fmt: skip


def _define(name: str, newer: OpDef, at: int) -> OpDef:
    """A gradient in the shape of its input `at`, of which only the shape matters."""

    def kernel(input: Any, filter: Any, out_backprop: Any, *, strides: Any, padding: bytes, dilations: Any) -> Any:
        given = [input, filter, out_backprop]
        given[at] = np.array(given[at].shape, np.int32)
        return ARRAYS(newer.name, *given, strides=strides, padding=padding, dilations=dilations)

    return OpDef(
        name=name,
        signature="input: T, filter: T, out_backprop: T -> output: T",
        where=_WHERE,
        attrs=_ATTRS,
        shape=lambda query: with_rank(query.shapes[at], 5),
        kernel=kernel,
        uses_blas=True,
    )


CONV3D_BACKPROP_INPUT = _define("Conv3DBackpropInput", convolution_ops.CONV3D_BACKPROP_INPUT_V2, 0)
CONV3D_BACKPROP_FILTER = _define("Conv3DBackpropFilter", convolution_ops.CONV3D_BACKPROP_FILTER_V2, 1)


def _moments_gradient_kernel(
    t: Any, m: Any, v: Any, gamma: Any, backprop: Any, *, variance_epsilon: float, scale_after_normalization: bool
) -> Any:
    axes = (0, 1, 2)
    inverse = 1 / np.sqrt(v + v.dtype.type(variance_epsilon))
    scale = gamma if scale_after_normalization else np.ones_like(gamma)
    distance = t - m
    total = backprop.sum(axes)
    projected = (backprop * distance).sum(axes)
    d_gamma = projected * inverse if scale_after_normalization else np.zeros_like(gamma)
    d_variance = projected * scale * inverse**3 * v.dtype.type(-0.5)
    return backprop * (inverse * scale), -total * inverse * scale, d_variance, total, d_gamma


def _moments_gradient_shape(query: Any) -> Any:
    images = with_rank(query.shapes[0], 4)
    depth = (images[-1],)
    return [images, depth, depth, depth, depth]


BATCH_NORM_WITH_GLOBAL_NORMALIZATION_GRAD = OpDef(
    name="BatchNormWithGlobalNormalizationGrad",
    signature="t: T, m: T, v: T, gamma: T, backprop: T -> dx: T, dm: T, dv: T, db: T, dg: T",
    where=BATCH_NORM_WITH_GLOBAL_NORMALIZATION.where,
    attrs=BATCH_NORM_WITH_GLOBAL_NORMALIZATION.attr_spec,
    shape=_moments_gradient_shape,
    kernel=_moments_gradient_kernel,
)
