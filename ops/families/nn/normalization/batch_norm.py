"""Batch normalisation as functions: `fused_batch_norm`, `batch_norm_with_global_normalization`."""

from __future__ import annotations

from typing import Any

from ....building.build import build
from ....building.constant import constant
from ....building.convert import convert_to_tensor
from ....graph.node import Tensor, TensorLike
from ...linalg.norms import batch_normalization
from ...reductions.reductions import renamed
from .batch_norm_ops import FUSED_BATCH_NORM_V3

_SMALLEST_EPSILON = 1.001e-5  # what cuDNN takes: TensorFlow keeps to it everywhere


def fused_batch_norm(
    x: TensorLike, scale: TensorLike, offset: TensorLike, mean: Any = None, variance: Any = None,
    epsilon: float = 0.001, data_format: str = "NHWC", is_training: bool = True, name: str | None = None,
    exponential_avg_factor: float = 1.0,
) -> tuple[Tensor, Tensor, Tensor]:  # fmt: skip
    """Return `(x - mean) / sqrt(variance + epsilon) * scale + offset`, and the moments, in one operation.

    Args:
      x: images [batch, height, width, channels]: float32, float16 or bfloat16.
      scale, offset: float32 vectors, one number per channel.
      mean, variance: the moments to normalise by, for inference; None in training, where those of `x` are taken.
      epsilon: what is added to the variance; at least 1.001e-5 counts.
      data_format: "NHWC" or "NCHW".
      is_training: whether moments are those of `x`.
      name: a name for the operation.
      exponential_avg_factor: the share of the moments of `x` in those returned; the rest is `mean` and `variance`.
    Returns: the result, the mean, and the variance with Bessel's correction, for running averages.
    Raises: ValueError if shapes do not fit, moments are missing, or given in training where they would not count.
    """
    if (not is_training or exponential_avg_factor != 1.0) and (mean is None or variance is None):
        raise ValueError(
            "Both `mean` and `variance` must be a 1D tensor when `is_training` is False or "
            f"`exponential_avg_factor` != 1.0. Received: `mean` {mean!r} and `variance` {variance!r}"
        )
    if is_training and exponential_avg_factor == 1.0 and (mean is not None or variance is not None):
        raise ValueError(
            "tf.nn.fused_batch_norm takes mean and variance of x itself in training: leave them out, or give "
            "is_training=False."
        )
    values = convert_to_tensor(x, name="input")
    factor, shift = convert_to_tensor(scale, name="scale"), convert_to_tensor(offset, name="offset")
    moments = [constant([]) if moment is None else moment for moment in (mean, variance)]
    results = build(FUSED_BATCH_NORM_V3,
        values, factor, shift, *moments, name=name, epsilon=max(epsilon, _SMALLEST_EPSILON), data_format=data_format,
        is_training=bool(is_training), exponential_avg_factor=float(exponential_avg_factor),
    )  # fmt: skip
    return results[0], results[1], results[2]


def batch_norm_with_global_normalization(
    t: Any = None, m: Any = None, v: Any = None, beta: Any = None, gamma: Any = None, variance_epsilon: Any = None,
    scale_after_normalization: Any = None, name: str | None = None, input: Any = None, mean: Any = None,
    variance: Any = None,
) -> Tensor:  # fmt: skip
    """`batch_normalization` with its arguments in the old order.

    Args:
      t: the values; `input` is its other name.
      m, v: mean and variance; `mean` and `variance` are their other names.
      beta: what is added.
      gamma: what is multiplied by, if `scale_after_normalization`.
      variance_epsilon: what is added to the variance.
      name: a name for the operations.
    """
    values, middle = renamed("input", input, "t", t), renamed("mean", mean, "m", m)
    spread = renamed("variance", variance, "v", v)
    scale = gamma if scale_after_normalization else None
    return batch_normalization(values, middle, spread, beta, scale, variance_epsilon, name)
