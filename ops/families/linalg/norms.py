"""Norms and moments: `norm`, `l2_loss`, `l2_normalize`, `moments`, `batch_normalization`."""

from __future__ import annotations

from typing import Any, Final

import numpy as np

from ...building.build import build
from ...building.convert import convert_to_tensor
from ...building.default_graph import name_scope
from ...definition.opdef import OpDef
from ...definition.reduction import widened
from ...definition.registry import lookup
from ...definition.shapes import scalar_shape
from ...graph.node import Tensor, TensorLike
from ...types import dtypes
from ...types.dtypes import FLOATS
from ..reductions.reduction_gradients import l2_loss as l2_loss_gradient
from ..reductions.reductions import reduce_max, reduce_mean, reduce_sum, renamed


def _l2_loss_kernel(t: Any) -> Any:
    wide = t.astype(widened(t.dtype), copy=False)
    return np.asarray(np.sum(wide * wide) / 2, t.dtype)


def _l2_loss_expansion(build: Any, attrs: Any, t: Any) -> Any:
    if t.extents is None:
        return None
    axes = build.constant(np.arange(len(t.extents), dtype=np.int32))
    total = build("Sum", build("Square", t), axes, keep_dims=False)
    return build("RealDiv", total, build.constant(np.array(2, t.dtype.np_dtype)))


L2_LOSS = OpDef(
    name="L2Loss",
    signature="t: T -> output: T",
    where={"T": FLOATS},
    shape=scalar_shape,
    kernel=_l2_loss_kernel,
    expansion=_l2_loss_expansion,
    ulp=16,
    gradient=l2_loss_gradient,
)


def l2_loss(t: TensorLike, name: str | None = None) -> Tensor:
    """Return half the sum of the squares of all elements."""
    result: Tensor = build(L2_LOSS, t, name=name)
    return result


def l2_normalize(
    x: TensorLike, axis: Any = None, epsilon: float = 1e-12, name: str | None = None, dim: Any = None
) -> Tensor:
    """Return `x / sqrt(max(sum(x**2), epsilon))`, the sum along `axis`.

    Args:
      x: floating-point or complex numbers.
      axis: the axis or axes along which the result has length 1; None for all.
      epsilon: the least the sum of squares counts as.
      name: a name for the operation.
      dim: old name of `axis`.
    """
    axis = renamed("axis", axis, "dim", dim)
    with name_scope(name, "l2_normalize", [x]) as scope:
        value = convert_to_tensor(x, name="x")
        if value.dtype.is_complex:
            return _normalize_complex(value, axis, epsilon, scope)
        inverse = _inverse_norm(build(lookup("Square"), value), axis, epsilon)
        result: Tensor = build(lookup("Mul"), value, inverse, name=scope)
        return result


def _inverse_norm(squares: Tensor, axis: Any, epsilon: float) -> Tensor:
    total = reduce_sum(squares, axis, keepdims=True)
    result: Tensor = build(lookup("Rsqrt"), build(lookup("Maximum"), total, epsilon))
    return result


def _normalize_complex(x: Tensor, axis: Any, epsilon: float, scope: str) -> Tensor:
    real, square, times = lookup("Real"), lookup("Square"), lookup("Mul")
    part = x.dtype.real_dtype
    squares = build(square, build(real, x, Tout=part)) + build(square, build(lookup("Imag"), x, Tout=part))
    inverse = _inverse_norm(squares, axis, epsilon)
    scaled = build(times, build(real, x, Tout=part), inverse)
    imaginary = build(times, build(lookup("Imag"), x, Tout=part), inverse)
    result: Tensor = build(lookup("Complex"), scaled, imaginary, name=scope, Tout=x.dtype.base_dtype)
    return result


def moments(
    x: TensorLike,
    axes: Any,
    shift: Any = None,
    name: str | None = None,
    keep_dims: bool | None = None,
    keepdims: bool | None = None,
) -> tuple[Tensor, Tensor]:
    """Return the mean and the variance along `axes`.

    Args:
      x: floating-point numbers; float16 ones are computed with in float32.
      axes: the axes to fold.
      shift: ignored; TensorFlow accepts it too.
      name: a name for the operations.
      keep_dims, keepdims: whether folded axes stay, with extent 1.
    """
    from ..arrays.reshaping import squeeze
    from ..elementwise.cast import cast

    keep = bool(renamed("keepdims", keepdims, "keep_dims", keep_dims))
    with name_scope(name, "moments", [x]):
        value = convert_to_tensor(x, name="x")
        is_half = value.dtype.base_dtype is dtypes.half
        wide = cast(value, dtypes.float32) if is_half else value
        mean = reduce_mean(wide, axes, keepdims=True, name="mean")
        distance = build(lookup("SquaredDifference"), wide, build(lookup("StopGradient"), mean))
        variance = reduce_mean(distance, axes, keepdims=True, name="variance")
        if not keep:
            mean, variance = squeeze(mean, axes), squeeze(variance, axes)
        if is_half:
            return cast(mean, value.dtype), cast(variance, value.dtype)
        return mean, variance


def batch_normalization(
    x: TensorLike,
    mean: TensorLike,
    variance: TensorLike,
    offset: Any,
    scale: Any,
    variance_epsilon: float,
    name: str | None = None,
) -> Tensor:
    """Return `(x - mean) / sqrt(variance + variance_epsilon) * scale + offset`.

    Args:
      x: floating-point numbers.
      mean, variance: moments, broadcast to `x`.
      offset, scale: broadcast to `x`, or None for 0 and 1.
      variance_epsilon: a small number, so that nothing is divided by 0.
      name: a name for the operations.
    """
    with name_scope(name, "batchnorm", [x, mean, variance, scale, offset]):
        values, middle = convert_to_tensor(x, name="x"), convert_to_tensor(mean, name="mean")
        factor = build(lookup("Rsqrt"), convert_to_tensor(variance, name="variance") + variance_epsilon)
        if scale is not None:
            factor = factor * scale
        scaled = values * factor
        result: Tensor = scaled + (-middle * factor if offset is None else offset - middle * factor)
        return result


_MATRIX_ORDERS: Final = ("euclidean", "fro", 1, 2, np.inf)


def norm(
    tensor: TensorLike,
    ord: Any = "euclidean",
    axis: Any = None,
    keepdims: bool | None = None,
    name: str | None = None,
    keep_dims: bool | None = None,
) -> Tensor:
    """Return a norm of vectors, or of matrices if `axis` is a pair.

    Args:
      tensor: floating-point or complex numbers.
      ord: of vectors `"euclidean"`, infinity, or a positive number p for the p-norm; of matrices `"euclidean"`,
        `"fro"`, 1, 2 (the largest singular value) or infinity.
      axis: None for one vector of all elements, an axis of vectors, or the two axes of matrices.
      keepdims: whether folded axes stay, with extent 1.
      name: a name for the operations.
      keep_dims: old name of `keepdims`.
    Raises: ValueError for another `ord` or `axis`.
    """
    from ..arrays.reshaping import squeeze

    keep = bool(renamed("keepdims", keepdims, "keep_dims", keep_dims))
    is_matrix = isinstance(axis, (list, tuple)) and len(axis) == 2
    axis = _checked_axis(axis, is_matrix)
    _check_order(ord, is_matrix)
    with name_scope(name, "norm", [tensor]):
        x = convert_to_tensor(tensor)
        if ord in ("euclidean", "fro") or (ord == 2 and not is_matrix):
            axes = axis if is_matrix or axis is None else [axis]
            result = build(lookup("Sqrt"), reduce_sum(x * _conjugate(x), axes, keepdims=True))
        elif is_matrix and ord == 2:
            result = _spectral_norm(x, axis)
        else:
            result = _ordered_norm(lookup_abs(x), ord, axis, is_matrix)
        if keep:
            return result  # type: ignore[no-any-return]
        return squeeze(result, axis)


def normalize(
    tensor: TensorLike, ord: Any = "euclidean", axis: Any = None, name: str | None = None
) -> tuple[Tensor, Tensor]:
    """Return tensors divided by their norm, and the norm.

    Args:
      tensor, ord, axis: as those of `norm`.
      name: a name for the operations.
    Returns: the quotient, in the shape of `tensor`, and the norm, whose folded axes have extent 1.
    Raises: as `norm`.
    """
    with name_scope(name, "normalize", [tensor]):
        x = convert_to_tensor(tensor)
        length = norm(x, ord, axis, keepdims=True)
        if x.dtype.is_complex and not length.dtype.is_complex:
            length = build(lookup("Cast"), length, DstT=x.dtype.base_dtype)
        return build(lookup("RealDiv"), x, length), length


def lookup_abs(x: Tensor) -> Tensor:
    """The magnitudes of `x`."""
    if x.dtype.is_complex:
        result: Tensor = build(lookup("ComplexAbs"), x, Tout=x.dtype.real_dtype)
    else:
        result = build(lookup("Abs"), x)
    return result


def _conjugate(x: Tensor) -> Tensor:
    result: Tensor = build(lookup("Conj"), x) if x.dtype.is_complex else x
    return result


def _checked_axis(axis: Any, is_matrix: bool) -> Any:
    if isinstance(axis, (list, tuple)):
        axis = tuple(axis)
        if not is_matrix or not all(isinstance(item, (int, np.integer)) for item in axis) or axis[0] == axis[1]:
            shown = axis if is_matrix else list(axis)
            raise ValueError(f"'axis' must be None, an integer, or a tuple of 2 unique integers, got {shown}")
    elif isinstance(axis, (str, float)):
        raise ValueError(f"'axis' must be None, an integer, or a tuple of 2 unique integers, got {axis!r}")
    return axis


def _check_order(ord: Any, is_matrix: bool) -> None:
    if is_matrix:
        if ord not in _MATRIX_ORDERS:
            raise ValueError(f"'ord' must be a supported matrix norm in ['euclidean', 'fro', 1, 2, inf], got {ord}")
    elif ord != "euclidean" and (isinstance(ord, str) or ord <= 0):
        raise ValueError(f"'ord' must be a supported vector norm, got {ord}")


def _ordered_norm(magnitudes: Tensor, ord: Any, axis: Any, is_matrix: bool) -> Any:
    if ord == 1:
        sums = reduce_sum(magnitudes, axis[0] if is_matrix else axis, keepdims=True)
        return reduce_max(sums, axis[-1], keepdims=True) if is_matrix else sums
    if ord == np.inf:
        if is_matrix:
            return reduce_max(reduce_sum(magnitudes, axis[1], keepdims=True), axis[0], keepdims=True)
        return reduce_max(magnitudes, axis, keepdims=True)
    power = lookup("Pow")
    total = reduce_sum(build(power, magnitudes, ord), axis if axis is None else [axis], keepdims=True)
    return build(power, total, 1.0 / ord)


def _spectral_norm(x: Tensor, axis: tuple[int, int]) -> Any:
    """The largest singular value, with 1 in place of both axes."""
    from ..arrays.reshaping import expand_dims
    from ..arrays.transposing import transpose

    if x._extents is None:
        raise ValueError("The rank of a tensor must be known for its spectral norm.")
    rank = len(x._extents)
    last = [item % rank for item in axis]
    order = [item for item in range(rank) if item not in last] + last
    singular = build(lookup("Svd"), transpose(x, order), compute_uv=False, full_matrices=False)[0]
    largest = expand_dims(reduce_max(lookup_abs(singular), -1, keepdims=True), -1)
    return transpose(largest, [order.index(item) for item in range(rank)])
