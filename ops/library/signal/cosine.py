"""Discrete cosine transforms, by Fourier transforms of twice the length."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from ...building.convert import convert_to_tensor
from ...building.default_graph import name_scope
from ...families.arrays.filling import range as range_of
from ...families.arrays.padding import pad
from ...families.arrays.shape_ops import shape
from ...families.arrays.stacking import concat
from ...families.elementwise.cast import cast
from ...families.elementwise.complex import complex as complex_of
from ...families.elementwise.complex import real
from ...families.elementwise.exponential import exp, rsqrt, sqrt
from ...families.signal.fourier import irfft, rfft
from ...graph.node import Tensor, TensorLike
from ...types import dtypes

_INVERSE = {1: 1, 2: 3, 3: 2}


def _check(x: Tensor, type: Any, n: Any, axis: Any, norm: Any) -> None:
    if axis != -1:
        raise NotImplementedError(f"axis must be -1. Got: {axis}")
    if n is not None and n < 1:
        raise ValueError(f"n should be a positive integer or None, got {n}")
    if type not in _INVERSE:
        raise ValueError(f"Types I, II, III (I)DCT are supported, got type {type}")
    if norm not in (None, "ortho"):
        raise ValueError(f"Unknown normalization. Expected None or 'ortho', got: {norm}")
    if type == 1:
        if norm == "ortho":
            raise ValueError("Normalization is not supported for the Type-I DCT.")
        last = None if x.shape.ndims is None else x.shape.as_list()[-1]
        if last is not None and last < 2:
            raise ValueError("Type-I DCT requires the dimension to be greater than one.")


def dct(
    input: TensorLike, type: int = 2, n: int | None = None, axis: int = -1, norm: str | None = None,
    name: str | None = None,
) -> Tensor:  # fmt: skip
    """Return the cosine transform along the last dimension.

    Args:
      input: float32 or float64.
      type: 1, 2 or 3.
      n: the length of the transform: the input is cut, or zeros are put behind it.
      axis: -1.
      norm: None, or "ortho" for a transform that is orthogonal.
      name: a name for the scope of the operations.
    Raises: ValueError for another type or norm, NotImplementedError for another axis.
    """
    with name_scope(name, "dct", [input]):
        x = convert_to_tensor(input, dtype_hint=dtypes.float32)
        _check(x, type, n, axis, norm)
        if n is not None:
            x = _of_length(x, n)
        return (_first, _second, _third)[type - 1](x, norm)


def idct(
    input: TensorLike, type: int = 2, n: int | None = None, axis: int = -1, norm: str | None = None,
    name: str | None = None,
) -> Tensor:  # fmt: skip
    """Return the inverse of `dct`, but for a factor unless `norm` is "ortho". Arguments as there."""
    x = convert_to_tensor(input, dtype_hint=dtypes.float32)
    _check(x, type, n, axis, norm)
    return dct(x, _INVERSE[type], n, axis, norm, name)


def _of_length(x: Tensor, n: int) -> Tensor:
    extent = None if x.shape.ndims is None else x.shape.as_list()[-1]
    if extent == n:
        return x
    if extent is not None and extent > n:
        return x[..., :n]  # type: ignore[no-any-return]
    if extent is None:
        x = x[..., :n]
    ndims = x.shape.ndims
    if ndims is None:
        raise ValueError("dct with n needs a tensor of known rank")
    return pad(x, [[0, 0]] * (ndims - 1) + [[0, n - shape(x)[-1]]])


def _length(x: Tensor) -> tuple[Any, Tensor]:
    """The extent of the last dimension, as an int if it is known, and as a number of the type of `x`."""
    known = None if x.shape.ndims is None else x.shape.as_list()[-1]
    extent: Any = shape(x)[-1] if known is None else known
    return extent, cast(convert_to_tensor(extent), x.dtype.base_dtype)


def _turned(places: Tensor, count: Tensor, direction: float) -> Tensor:
    """`2 * exp(direction * i * pi * k / (2 * n))` for each k."""
    angle = places * (direction * math.pi * 0.5) / count
    result: Tensor = exp(complex_of(np.zeros((), angle.dtype.np_dtype), angle)) * 2.0
    return result


def _weights(first: Tensor, others: Tensor, extent: Any) -> Tensor:
    """A vector of one number and then of another."""
    from ...families.arrays.filling import fill

    return concat([first[None], fill([extent - 1], others)], axis=0)


def _first(x: Tensor, norm: Any) -> Tensor:
    return real(rfft(concat([x, x[..., -2:0:-1]], axis=-1)))


def _second(x: Tensor, norm: Any) -> Tensor:
    extent, count = _length(x)
    waves = rfft(x, [2 * extent])[..., :extent]
    result = real(waves * _turned(range_of(count), count, -1.0))
    if norm == "ortho":
        first = rsqrt(count) * 0.5
        result = result * _weights(first, first * math.sqrt(2.0), extent)
    return result


def _third(x: Tensor, norm: Any) -> Tensor:
    extent, count = _length(x)
    if norm == "ortho":
        first = sqrt(count)
        x = x * _weights(first, first * math.sqrt(0.5), extent)
    else:
        x = x * count
    turned = _turned(range_of(count), count, 1.0) * complex_of(x, np.zeros((), x.dtype.np_dtype))
    return irfft(turned, [2 * extent])[..., :extent]  # type: ignore[no-any-return]
