"""Matrices of three diagonals: products with them, and systems of equations.

The three diagonals are the rows of a matrix: above, on and below the main one; the last element of the upper one and
the first of the lower one are not looked at.
"""

from __future__ import annotations

from typing import Any, Final

import numpy as np

from ...base.errors import InvalidArgumentError
from ...building.build import build
from ...building.convert import convert_to_tensor
from ...building.default_graph import name_scope
from ...definition.opdef import OpDef
from ...definition.registry import lookup
from ...definition.shapes import at_least_rank, merge, merge_extent
from ...graph.node import Tensor, TensorLike
from ...types import dtypes
from ...types.tensor_shape import Extents
from ..arrays.padding import pad
from ..arrays.stacking import stack
from ..arrays.transposing import matrix_transpose
from ..elementwise.complex import conj
from ..elementwise.like import zeros_like
from . import tridiagonal_gradients as gradients
from .matrix_parts import matrix_diag_part

_TYPES: Final = {"T": (dtypes.float64, dtypes.float32, dtypes.complex64, dtypes.complex128)}


def _solve_shape(query: Any) -> Extents:
    diagonals, rhs = at_least_rank(query.shapes[0], 2), at_least_rank(query.shapes[1], 2)
    if diagonals is None or rhs is None:
        return rhs
    merge_extent(diagonals[-2], 3)
    lead = merge(diagonals[:-2], rhs[:-2])
    return (*lead, merge_extent(diagonals[-1], rhs[-2]), rhs[-1])  # type: ignore[misc]


def _full(diagonals: Any) -> Any:
    """The matrices."""
    above, main, below = diagonals[..., 0, :-1], diagonals[..., 1, :], diagonals[..., 2, 1:]
    side = main.shape[-1]
    result = np.zeros((*main.shape, side), diagonals.dtype)
    place = np.arange(side)
    result[..., place, place] = main
    result[..., place[:-1], place[1:]] = above
    result[..., place[1:], place[:-1]] = below
    return result


def _solve_kernel(diagonals: Any, rhs: Any, *, partial_pivoting: bool) -> Any:
    if diagonals.shape[-2] != 3 or diagonals.shape[-1] != rhs.shape[-2] or diagonals.shape[:-2] != rhs.shape[:-2]:
        raise InvalidArgumentError(
            None, None, f"diagonals {list(diagonals.shape)} and rhs {list(rhs.shape)} do not fit each other"
        )
    if not rhs.size:
        return np.zeros(rhs.shape, rhs.dtype)
    try:
        if diagonals.shape[-1] <= _SMALL:
            return np.linalg.solve(_full(diagonals), rhs)
        return _by_bands(diagonals, rhs)
    except np.linalg.LinAlgError as error:
        raise InvalidArgumentError(None, None, "The matrix is not invertible.") from error


_SMALL: Final = 16  # sides of matrices that are solved as full ones


def _by_bands(diagonals: Any, rhs: Any) -> Any:
    from scipy.linalg import solve_banded

    side, columns = rhs.shape[-2:]
    bands = np.zeros((int(np.prod(rhs.shape[:-2])), 3, side), diagonals.dtype)
    given = diagonals.reshape(bands.shape)
    bands[:, 0, 1:], bands[:, 1], bands[:, 2, :-1] = given[:, 0, :-1], given[:, 1], given[:, 2, 1:]
    flat = rhs.reshape(-1, side, columns)
    parts = [solve_banded((1, 1), band, right) for band, right in zip(bands, flat)]
    return np.stack(parts).reshape(rhs.shape).astype(rhs.dtype, copy=False)


TRIDIAGONAL_SOLVE = OpDef(
    name="TridiagonalSolve",
    signature="diagonals: T, rhs: T -> output: T",
    where=_TYPES,
    attrs={"partial_pivoting": ("bool", True)},
    shape=_solve_shape,
    kernel=_solve_kernel,
    routine=("three diagonals",),
    uses_lapack=True,
    gradient=gradients.solve,
)


def _product_shape(query: Any) -> Extents:
    rhs = at_least_rank(query.shapes[3], 2)
    lead: Extents = None if rhs is None else rhs[:-2]
    side = None if rhs is None else rhs[-2]
    for shape in query.shapes[:3]:
        if at_least_rank(shape, 2) is not None:
            merge_extent(shape[-2], 1)
            side, lead = merge_extent(side, shape[-1]), merge(lead, shape[:-2])
    return None if rhs is None or lead is None else (*lead, side, rhs[-1])


def _product_kernel(superdiag: Any, maindiag: Any, subdiag: Any, rhs: Any) -> Any:
    above, main, below = (np.swapaxes(part, -1, -2) for part in (superdiag, maindiag, subdiag))
    result = main * rhs
    result[..., :-1, :] += above[..., :-1, :] * rhs[..., 1:, :]
    result[..., 1:, :] += below[..., 1:, :] * rhs[..., :-1, :]
    return result


TRIDIAGONAL_MAT_MUL = OpDef(
    name="TridiagonalMatMul",
    signature="superdiag: T, maindiag: T, subdiag: T, rhs: T -> output: T",
    where=_TYPES,
    shape=_product_shape,
    kernel=_product_kernel,
    gradient=gradients.product,
)


def _of_matrix(matrix: Any) -> list[Tensor]:
    """The three diagonals of a full matrix, all as long as its side."""
    whole = convert_to_tensor(matrix)
    rank = whole.shape.ndims
    if rank is None or whole.shape[-1].value is None:
        raise ValueError("The shape of the matrix must be known")
    if whole.shape[-1].value == 1:
        none = zeros_like(whole[..., 0])
        return [none, whole[..., 0], none]
    front = [[0, 0]] * (rank - 2)
    above, below = (matrix_diag_part(whole, k=k) for k in (1, -1))
    return [pad(above, [*front, [0, 1]]), matrix_diag_part(whole), pad(below, [*front, [1, 0]])]


def _diagonals(diagonals: Any, form: str) -> list[Any]:
    """The three diagonals, whichever way they are given."""
    if form == "matrix":
        return _of_matrix(diagonals)
    if form == "sequence":
        return [convert_to_tensor(part) for part in diagonals]
    if form != "compact":
        raise ValueError(f"Unrecognized diagonals_format: {form}")
    whole = convert_to_tensor(diagonals)
    return [whole[..., row, :] for row in range(3)]


def tridiagonal_solve(
    diagonals: Any, rhs: TensorLike, diagonals_format: str = "compact", transpose_rhs: bool = False,
    conjugate_rhs: bool = False, name: str | None = None, partial_pivoting: bool = True,
) -> Tensor:  # fmt: skip
    """Return the solution of equations whose matrices have three diagonals.

    Args:
      diagonals: of shape `[..., 3, M]`: above, on and below the main diagonal; or as `diagonals_format` says.
      rhs: the right-hand sides, `[..., M]` or `[..., M, K]`.
      diagonals_format: "compact", "sequence" (three tensors `[..., M]`) or "matrix" (`[..., M, M]`).
      transpose_rhs, conjugate_rhs: what is done with `rhs` first.
      name: a name for the operation.
      partial_pivoting: whether rows may be exchanged; they are here in any case.
    Returns: of the shape of `rhs`.
    Raises: ValueError for another format. InvalidArgumentError when run, for a matrix that has no inverse.
    """
    with name_scope(name, "tridiagonal_solve"):
        if diagonals_format == "compact":
            compact = convert_to_tensor(diagonals, name="diagonals")
        else:
            compact = stack(_diagonals(diagonals, diagonals_format), axis=-2)
        right = convert_to_tensor(rhs, compact.dtype, name="rhs")
        is_vector = right.shape.ndims is not None and right.shape.ndims == (compact.shape.ndims or 0) - 1
        if conjugate_rhs:
            right = conj(right)
        if is_vector:
            right = build(lookup("ExpandDims"), right, -1)
        elif transpose_rhs:
            right = matrix_transpose(right)
        result: Tensor = build(TRIDIAGONAL_SOLVE, compact, right, partial_pivoting=partial_pivoting)
        return build(lookup("Squeeze"), result, squeeze_dims=[-1]) if is_vector else result


def tridiagonal_matmul(
    diagonals: Any, rhs: TensorLike, diagonals_format: str = "compact", name: str | None = None
) -> Tensor:
    """Return the product of matrices of three diagonals with others.

    Args:
      diagonals, diagonals_format: see `tridiagonal_solve`.
      rhs: of shape `[..., M, N]`.
      name: a name for the operation.
    """
    parts = [build(lookup("ExpandDims"), part, -2) for part in _diagonals(diagonals, diagonals_format)]
    result: Tensor = build(TRIDIAGONAL_MAT_MUL, *parts, convert_to_tensor(rhs, parts[0].dtype, name="rhs"), name=name)
    return result
