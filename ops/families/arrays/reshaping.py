"""Operations that give the same elements in the same order another shape: reshape, expand_dims, squeeze."""

from __future__ import annotations

import math
from collections.abc import Iterable
from typing import Any

import numpy as np

from ...building.build import build
from ...definition.extent_math import is_number, may_be_zero, vector_length
from ...definition.opdef import OpDef
from ...definition.shapes import element_count
from ...graph.node import Tensor, TensorLike
from ...types import dtypes
from ...types.tensor_shape import Extents, brackets


def reshaped_extents(extents: Extents, sizes: list[Any]) -> Extents:
    """The shape that a reshape to `sizes` gives.

    Args:
      extents: the shape of the tensor.
      sizes: the shape asked for; -1 stands for what is left over, None for a size not known yet.
    Raises: ValueError if the number of elements does not fit.
    """
    for size in sizes:
        if size is not None and not is_number(size, -1) and size < 0:
            raise ValueError(f"Invalid value in tensor used for shape: {size}")
    open_axes = [axis for axis, size in enumerate(sizes) if size is None or is_number(size, -1)]
    result = [None if axis in open_axes else size for axis, size in enumerate(sizes)]
    if extents is not None and None in extents:
        _check_known_part(extents, result)
    if extents is None or None in extents or len(open_axes) > 1:
        return tuple(result)
    wanted = [size for size in result if size is not None]
    have, known = cancel(extents, wanted)
    if not open_axes:
        # Extents of 0 that were taken away on both sides leave factors that do not matter.
        if not (have is known or have == known) and element_count(extents) != element_count(tuple(wanted)):
            raise ValueError(_mismatch(extents, result))
        return tuple(result)
    if sizes[open_axes[0]] is None and any(is_number(size, 0) for size in wanted):
        return tuple(result)  # any size will do
    if any(map(may_be_zero, wanted)) and have == 0 and any(size == 0 for size in wanted):
        # as the kernel: an extent of 0 that is asked for takes the place of all that are there
        result[open_axes[0]] = _count_without_zeros(extents) // _count_without_zeros(wanted)
        return tuple(result)
    if is_number(known, 0):
        if not is_number(have, 0):
            raise ValueError(_mismatch(extents, result))
        return tuple(result)
    if not is_number(known, 1):
        if have % known != 0:
            raise ValueError(f"Dimension size must be evenly divisible by {known} but is {have}")
        have = have // known
    result[open_axes[0]] = have
    return tuple(result)


def _check_known_part(extents: tuple[Any, ...], wanted: list[Any]) -> None:
    """With one extent open and all sizes known, what is known has to go into them."""
    known = tuple(extent for extent in extents if extent is not None)
    if None in wanted or len(known) + 1 < len(extents):
        return
    have, want = element_count(known), element_count(tuple(wanted))
    if have == 0:
        if want != 0:
            raise ValueError(_mismatch(known, wanted))
    elif want % have != 0:
        raise ValueError(f"Dimension size must be evenly divisible by {have} but is {want}")


def cancel(extents: tuple[Any, ...], sizes: list[Any]) -> tuple[Any, Any]:
    """The products of both, without the factors they share.

    So a symbolic extent that is kept needs no guard, and an extent of 0 that is kept leaves the others as they are.
    """
    rest = list(extents)
    left = []
    for size in sizes:
        at = next((i for i, extent in enumerate(rest) if extent is size), None)
        if at is None:
            left.append(size)
        else:
            rest.pop(at)
    return element_count(tuple(rest)), element_count(tuple(left))


def _count_without_zeros(extents: Iterable[Any]) -> Any:
    return element_count(tuple(extent for extent in extents if extent != 0))


def _mismatch(extents: tuple[Any, ...], wanted: list[Any]) -> str:
    known = element_count(tuple(size for size in wanted if size is not None))
    return (
        f"Cannot reshape a tensor with {element_count(extents)} elements to shape {brackets(tuple(wanted))} "
        f"({known} elements)"
    )


def _reshape_shape(query: Any) -> Extents:
    count = vector_length(query.shapes[1])
    sizes = query.integers(1)
    if sizes is None:
        return None if count is None else (None,) * count
    return reshaped_extents(query.shapes[0], sizes)


def _reshape_kernel(tensor: Any, shape: Any) -> Any:
    sizes = [int(size) for size in shape.tolist()]
    holes = [axis for axis, size in enumerate(sizes) if size == -1]
    if len(holes) > 1:
        raise ValueError(f"Only one input size may be -1, not both {holes[0]} and {holes[1]}")
    if any(size < -1 for size in sizes):
        axis = next(axis for axis, size in enumerate(sizes) if size < -1)
        raise ValueError(f"Size {axis} must be non-negative, not {sizes[axis]}")
    if not holes:
        wanted = math.prod(sizes)
        if tensor.size != wanted:
            raise ValueError(
                f"Input to reshape is a tensor with {tensor.size} values, but the requested shape has {wanted}"
            )
        return tensor.reshape(sizes)
    # An extent of 0 that is asked for takes the place of one that is there; the others share out the rest.
    keep_zeros = 0 not in sizes
    have = math.prod(n for n in tensor.shape if n or keep_zeros)
    known = math.prod(size for size in sizes if size > 0)
    if (have % known and (keep_zeros or 0 not in tensor.shape)) or (not keep_zeros and tensor.size):
        raise ValueError(
            f"Input to reshape is a tensor with {tensor.size} values, but the requested shape requires a multiple of "
            f"{known if keep_zeros else 0}"
        )
    sizes[holes[0]] = have // known
    return tensor.reshape(sizes)


RESHAPE = OpDef(
    name="Reshape",
    signature="tensor: T, shape: Tshape -> output: T",
    where={"Tshape": dtypes.INDEX},
    attrs={"Tshape": ("type", dtypes.int32)},
    shape=_reshape_shape,
    kernel=_reshape_kernel,
    computes_extents=True,
    reshapes=True,
    gradient=lambda g, op, dy: [g.reshape(dy, g.shape(op.inputs[0])), None],
)


def reshape(tensor: TensorLike, shape: TensorLike, name: str | None = None) -> Tensor:
    """Return the elements of `tensor` in the same order with another shape.

    Args:
      tensor: any tensor.
      shape: a vector of integers; one of them may be -1: it takes what is left over.
      name: a name for the operation.
    Raises: ValueError while building, InvalidArgumentError when running, if the number of elements does not fit.

    >>> reshape([[1, 2, 3], [4, 5, 6]], [3, -1]).shape.as_list()
    [3, 2]
    """
    result: Tensor = build(RESHAPE, tensor, shape, name=name)
    return result


def _expand_dims_axis(dim: Any, rank: int) -> int:
    axis = int(dim)
    if not -rank - 1 <= axis <= rank:
        raise ValueError(f"dim {axis} not in the interval [{-rank - 1}, {rank}].")
    return axis + rank + 1 if axis < 0 else axis


def _expand_dims_shape(query: Any) -> Extents:
    extents = query.shapes[0]
    dims = query.known_integers(1)
    if dims is not None and len(dims) != 1:
        raise ValueError(f"'dim' input must be a tensor with a single value, but has {len(dims)} values")
    if extents is None or dims is None:
        return None
    axis = _expand_dims_axis(dims[0], len(extents))
    return (*extents[:axis], 1, *extents[axis:])


def _expand_dims_kernel(x: Any, dim: Any) -> Any:
    if dim.size != 1:
        raise ValueError(f"'dim' must be a tensor with a single value, but has {dim.size} values")
    return np.expand_dims(x, _expand_dims_axis(dim.reshape(()).item(), x.ndim))


EXPAND_DIMS = OpDef(
    name="ExpandDims",
    signature="input: T, dim: Tdim -> output: T",
    where={"Tdim": dtypes.INDEX},
    attrs={"Tdim": ("type", dtypes.int32)},
    shape=_expand_dims_shape,
    kernel=_expand_dims_kernel,
    computes_extents=True,
    reshapes=True,
    gradient=lambda g, op, dy: [g.reshape(dy, g.shape(op.inputs[0])), None],
)


def expand_dims(
    input: TensorLike,
    axis: TensorLike | None = None,
    name: str | None = None,
    dim: TensorLike | None = None,
) -> Tensor:
    """Return `input` with a further dimension of extent 1.

    Args:
      input: any tensor.
      axis: where the new dimension goes, between `-rank - 1` and `rank`.
      name: a name for the operation.
      dim: the old name of `axis`.
    Raises: ValueError for an axis out of range, or none or two of them.
    """
    axis = either("axis", axis, "dim", dim)
    if axis is None:
        raise ValueError("Must specify an axis argument to tf.expand_dims()")
    result: Tensor = build(EXPAND_DIMS, input, axis, name=name)
    return result


def either(name: str, value: Any, old_name: str, old_value: Any) -> Any:
    """The value of an argument that also has an old name. Raises: ValueError if both are given."""
    if old_value is None:
        return value
    if value is not None:
        raise ValueError(f"Cannot specify both '{old_name}' and '{name}'.")
    return old_value


def _squeeze_axes(extents: tuple[Any, ...], squeeze_dims: Any) -> list[int]:
    rank = len(extents)
    axes = []
    for position, axis in enumerate(squeeze_dims):
        if not -rank <= axis < rank:
            raise ValueError(f"squeeze_dims[{position}] not in [{-rank},{rank}).")
        axis = axis + rank if axis < 0 else axis
        if extents[axis] is not None and extents[axis] != 1:
            raise ValueError(f"Can not squeeze dim[{axis}], expected a dimension of 1, got {extents[axis]}")
        axes.append(axis)
    return axes


def _squeeze_shape(query: Any) -> Extents:
    extents: Extents = query.shapes[0]
    wanted = query.attrs["squeeze_dims"]
    if extents is None or (not wanted and None in extents):
        return None
    if wanted:
        axes = _squeeze_axes(extents, wanted)
        return tuple(extent for axis, extent in enumerate(extents) if axis not in axes)
    return tuple(extent for extent in extents if extent != 1)


def _squeeze_kernel(x: Any, *, squeeze_dims: Any) -> Any:
    return x.squeeze(tuple(dict.fromkeys(_squeeze_axes(x.shape, squeeze_dims)))) if squeeze_dims else x.squeeze()


SQUEEZE = OpDef(
    name="Squeeze",
    signature="input: T -> output: T",
    attrs={"squeeze_dims": ("list(int)", ())},
    shape=_squeeze_shape,
    kernel=_squeeze_kernel,
    computes_extents=True,
    reshapes=True,
    gradient=lambda g, op, dy: g.reshape(dy, g.shape(op.inputs[0])),
)


def squeeze(
    input: TensorLike,
    axis: Any = None,
    name: str | None = None,
    squeeze_dims: Any = None,
) -> Tensor:
    """Return `input` without dimensions of extent 1.

    Args:
      input: any tensor.
      axis: an int or a list of them: the dimensions to drop. Default: all of extent 1; the rank of the result is
        known while building only if the extents are.
      name: a name for the operation.
      squeeze_dims: the old name of `axis`.
    Raises: ValueError if an axis is out of range, or its extent is not 1.
    """
    axis = either("axis", axis, "squeeze_dims", squeeze_dims)
    axes = [] if axis is None else [int(item) for item in (axis if np.iterable(axis) else [axis])]
    result: Tensor = build(SQUEEZE, input, name=name, squeeze_dims=axes)
    return result
