"""Operations that put the dimensions of a tensor in another order."""

from __future__ import annotations

from typing import Any

import numpy as np

from ...building.build import build
from ...building.convert import convert_to_tensor
from ...building.default_graph import name_scope
from ...definition.extent_math import vector_length
from ...definition.opdef import OpDef
from ...definition.shapes import with_rank
from ...graph.node import Tensor, TensorLike
from ...types import dtypes
from ...types.tensor_shape import Extents
from . import array_gradients as gradients
from . import index_maps as indexing
from .shape_ops import RANK


def _transpose_shape(query: Any) -> Extents:
    extents = query.shapes[0]
    count = vector_length(query.shapes[1])
    perm = query.known_integers(1)
    if extents is not None and count is not None and len(extents) != count:
        raise ValueError(f"Dimension must be {len(extents)} but is {count}")
    rank = count if extents is None else len(extents)
    if rank is None:
        return None
    if perm is None:
        # Below two dimensions there is only one order.
        return extents if extents is not None and rank < 2 else (None,) * rank
    for axis in perm:
        if not -rank <= axis < rank:
            raise ValueError(f"perm dim {axis} is out of range of input rank {rank}")
    extents = with_rank(extents, rank)
    if not query.is_building and len({axis % rank for axis in perm}) != rank:
        return (None,) * rank  # no permutation: the kernel will say so
    return tuple(extents[axis] for axis in perm)


def _checked_perm(x: Any, perm: Any) -> list[int]:
    order = [int(axis) for axis in perm.reshape(-1).tolist()]
    rank = x.ndim
    if len(order) != rank:
        raise ValueError(f"transpose expects a vector of size {rank}. But input(1) is a vector of size {len(order)}")
    for axis in order:
        if not -rank <= axis < rank:
            raise ValueError(f"{axis} is out of range [0 .. {rank})")
    order = [axis + rank if axis < 0 else axis for axis in order]
    for axis in range(rank):
        if axis not in order:
            raise ValueError(f"{axis} is missing from {{{','.join(map(str, order))}}}.")
    return order


def _transpose_kernel(x: Any, perm: Any) -> Any:
    return x.transpose(_checked_perm(x, perm))


def _conjugate_transpose_kernel(x: Any, perm: Any) -> Any:
    moved = x.transpose(_checked_perm(x, perm))
    return moved.conj() if moved.dtype.kind == "c" else moved


TRANSPOSE = OpDef(
    name="Transpose",
    signature="x: T, perm: Tperm -> y: T",
    where={"Tperm": dtypes.INDEX},
    attrs={"Tperm": ("type", dtypes.int32)},
    shape=_transpose_shape,
    kernel=_transpose_kernel,
    index_map=indexing.TRANSPOSE,
    computes_extents=True,
    gradient=gradients.transpose,
)

CONJUGATE_TRANSPOSE = OpDef(
    name="ConjugateTranspose",
    signature="x: T, perm: Tperm -> y: T",
    where={"Tperm": dtypes.INDEX},
    attrs={"Tperm": ("type", dtypes.int32)},
    shape=_transpose_shape,
    kernel=_conjugate_transpose_kernel,
    gradient=gradients.conjugate_transpose,
)


def transpose(a: TensorLike, perm: Any = None, name: str = "transpose", conjugate: bool = False) -> Tensor:
    """Return `a` with its dimensions in another order: dimension `i` of the result is dimension `perm[i]` of `a`.

    Args:
      a: any tensor.
      perm: a permutation of the dimensions. Default: in reverse, which transposes a matrix.
      name: a name for the operation.
      conjugate: whether complex numbers are also conjugated.
    Raises: ValueError while building, InvalidArgumentError when running, if `perm` is no permutation.

    >>> transpose([[1, 2, 3]]).shape.as_list()
    [3, 1]
    """
    with name_scope(name, "transpose", [a]) as scope:
        tensor = a if isinstance(a, Tensor) else convert_to_tensor(a, name="a")
        op_def = CONJUGATE_TRANSPOSE if conjugate and tensor.dtype.is_complex else TRANSPOSE
        if perm is None:
            perm = _reversed_axes(tensor)
        result: Tensor = build(op_def, tensor, perm, name=scope)
        return result


def _reversed_axes(tensor: Tensor) -> Any:
    if tensor._extents is not None:
        return np.arange(len(tensor._extents) - 1, -1, -1, dtype=np.int32)
    from .filling import RANGE

    return build(RANGE, build(RANK, tensor) - 1, -1, -1)


def matrix_transpose(a: TensorLike, name: str = "matrix_transpose", conjugate: bool = False) -> Tensor:
    """Return `a` with its last two dimensions exchanged.

    Args:
      a: a tensor of rank 2 or more.
      name: a name for the scope of the operations.
      conjugate: whether complex numbers are also conjugated.
    Raises: ValueError if the rank is known and below 2.
    """
    with name_scope(name, None, [a]):
        tensor = convert_to_tensor(a, name="a")
        extents = tensor._extents
        if extents is None:
            return transpose(tensor, _swapped_axes(tensor), conjugate=conjugate)
        rank = len(extents)
        if rank < 2:
            raise ValueError(
                f"Argument `a` should be a (batch) matrix with rank >= 2.  "
                f"Received `a` = {a} with shape: {tensor.shape}"
            )
        return transpose(tensor, [*range(rank - 2), rank - 1, rank - 2], conjugate=conjugate)


def _swapped_axes(tensor: Tensor) -> Tensor:
    from .filling import RANGE
    from .stacking import concat

    rank = build(RANK, tensor)
    front = build(RANGE, 0, rank - 2, 1)
    return concat([front, [rank - 1, rank - 2]], 0)
