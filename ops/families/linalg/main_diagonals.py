"""Matrices and their main diagonals: the types that TensorFlow 1.15 makes; bands of diagonals are `matrix_parts`."""

from __future__ import annotations

from typing import Any

import numpy as np

from ...definition.opdef import OpDef
from ...definition.shapes import at_least_rank, merge, merge_extent, with_rank
from ...types.tensor_shape import Extents, brackets
from . import linalg_gradients as gradients


def _shorter(rows: Any, columns: Any) -> Any:
    return None if rows is None or columns is None else rows if rows <= columns else columns


def _least_dimensions(name: str, x: Any, least: int) -> None:
    """Raises: ValueError, in TensorFlow's words, for a value of fewer dimensions."""
    if x.ndim < least:
        raise ValueError(f"{name} must be at least {least}-dim, received shape: {brackets(x.shape)}")


def require_diagonal(shape: tuple[int, ...], diagonal: tuple[int, ...], wanted: tuple[int, ...]) -> None:
    """Raises: ValueError, in TensorFlow's words, for diagonals of another shape than matrices of `shape` take."""
    if diagonal != wanted:
        raise ValueError(
            "Either first dimensions of diagonal don't match input.shape[:-2], or diagonal.shape[:-1] is not equal to "
            "the longests diagonal in range [lower_diag_index:upper_diag_index].\n"
            f"Input shape: {brackets(shape)}\nDiagonal shape: {brackets(diagonal)}\n"
            f"Expected diagonal shape: {brackets(wanted)}"
        )


def _matrix_diag_shape(query: Any) -> Extents:
    shape = at_least_rank(query.shapes[0], 1)
    return None if shape is None else (*shape, shape[-1])


def _matrix_diag_kernel(diagonal: Any) -> Any:
    _least_dimensions("diagonal", diagonal, 1)
    extent = diagonal.shape[-1]
    result = np.zeros((*diagonal.shape, extent), diagonal.dtype)
    if diagonal.dtype == object:
        result.fill(b"")
    result[..., np.arange(extent), np.arange(extent)] = diagonal
    return result


MATRIX_DIAG = OpDef(
    name="MatrixDiag",
    signature="diagonal: T -> output: T",
    shape=_matrix_diag_shape,
    kernel=_matrix_diag_kernel,
    gradient=gradients.matrix_diag,
)


def _matrix_diag_part_shape(query: Any) -> Extents:
    shape = at_least_rank(query.shapes[0], 2)
    return None if shape is None else (*shape[:-2], _shorter(*shape[-2:]))


def _matrix_diag_part_kernel(x: Any) -> Any:
    _least_dimensions("input", x, 2)
    return x.diagonal(axis1=-2, axis2=-1).copy()


MATRIX_DIAG_PART = OpDef(
    name="MatrixDiagPart",
    signature="input: T -> diagonal: T",
    shape=_matrix_diag_part_shape,
    kernel=_matrix_diag_part_kernel,
    gradient=gradients.matrix_diag_part,
)


def _matrix_set_diag_shape(query: Any) -> Extents:
    shape, diagonal = at_least_rank(query.shapes[0], 2), at_least_rank(query.shapes[1], 1)
    if shape is None:
        return None if diagonal is None else (*diagonal[:-1], None, None)
    if diagonal is not None:
        with_rank(diagonal, len(shape) - 1)
        if not query.is_building:
            merge(shape[:-2], diagonal[:-1])
        merge_extent(_shorter(*shape[-2:]), diagonal[-1])
    return shape


def _matrix_set_diag_kernel(x: Any, diagonal: Any) -> Any:
    _least_dimensions("input", x, 2)
    wanted = (*x.shape[:-2], min(x.shape[-2:]))
    require_diagonal(x.shape, diagonal.shape, wanted)
    result = x.copy()
    places = np.arange(wanted[-1])
    result[..., places, places] = diagonal
    return result


MATRIX_SET_DIAG = OpDef(
    name="MatrixSetDiag",
    signature="input: T, diagonal: T -> output: T",
    shape=_matrix_set_diag_shape,
    kernel=_matrix_set_diag_kernel,
    gradient=gradients.matrix_set_diag,
)
