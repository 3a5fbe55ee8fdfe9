"""Diagonals and bands of matrices, and the identity matrix."""

from __future__ import annotations

from typing import Any

import numpy as np

from ...building.build import build
from ...building.convert import convert_to_tensor
from ...building.default_graph import leave_out, name_scope
from ...definition.extent_math import require_rank
from ...definition.opdef import OpDef
from ...definition.shapes import at_least_rank, merge_extent
from ...graph.node import Tensor, TensorLike
from ...types import dtypes
from ...types.tensor_shape import Extents
from ..arrays.filling import ones, zeros
from ..arrays.stacking import concat
from . import linalg_gradients as gradients
from .diagonal_math import checked_band, diagonal_places, k_band
from .main_diagonals import MATRIX_DIAG, MATRIX_DIAG_PART, MATRIX_SET_DIAG, require_diagonal

_ALIGN = {"align": ("string", b"RIGHT_LEFT")}


def _diag_shape(query: Any) -> Extents:
    extents = at_least_rank(query.shapes[0], 1)
    return None if extents is None else (*extents, *extents)


def _diag_kernel(diagonal: Any) -> Any:
    if not diagonal.ndim:
        raise ValueError("Input must be at least rank 1, got 0")
    result = np.zeros((diagonal.size, diagonal.size), diagonal.dtype)
    np.fill_diagonal(result, diagonal.reshape(-1))
    return result.reshape(diagonal.shape * 2)


_DIAGONALS = (
    dtypes.bfloat16, dtypes.half, dtypes.float32, dtypes.float64, dtypes.int32, dtypes.int64, dtypes.complex64,
    dtypes.complex128,
)  # fmt: skip

DIAG = OpDef(
    name="Diag",
    signature="diagonal: T -> output: T",
    where={"T": _DIAGONALS},
    shape=_diag_shape,
    kernel=_diag_kernel,
    gradient=gradients.diag,
)


def diag(diagonal: TensorLike, name: str | None = None) -> Tensor:
    """Return a tensor of twice the rank whose diagonal is `diagonal`, zero elsewhere.

    >>> diag([1, 2, 3]).shape.as_list()
    [3, 3]
    """
    result: Tensor = build(DIAG, diagonal, name=name)
    return result


def _diag_part_shape(query: Any) -> Extents:
    extents = query.shapes[0]
    if extents is None:
        return None
    if len(extents) % 2 or not extents:
        raise ValueError(f"Input must have even and non-zero rank, input rank is {len(extents)}")
    half = len(extents) // 2
    return tuple(merge_extent(x, y) for x, y in zip(extents[:half], extents[half:]))


def _diag_part_kernel(x: Any) -> Any:
    half = x.ndim // 2
    if x.ndim % 2 or not half or x.shape[:half] != x.shape[half:]:
        raise ValueError(f"Invalid shape {list(x.shape)}: dimensions i and i + {half} do not match")
    count = int(np.prod(x.shape[:half], dtype=np.int64))
    return x.reshape(count, count).diagonal().reshape(x.shape[:half]).copy()


DIAG_PART = OpDef(
    name="DiagPart",
    signature="input: T -> diagonal: T",
    where={"T": _DIAGONALS},
    shape=_diag_part_shape,
    kernel=_diag_part_kernel,
    gradient=gradients.diag_part,
)


def diag_part(input: TensorLike, name: str | None = None) -> Tensor:
    """Return the diagonal of a tensor whose second half of dimensions is like the first."""
    result: Tensor = build(DIAG_PART, input, name=name)
    return result


def _at_most_vector(shape: Extents) -> None:
    """Raises: ValueError if what says which diagonals are meant is known to be more than a vector."""
    if shape is not None and len(shape) > 1:
        raise ValueError(f"Shape must be at most rank 1 but is rank {len(shape)}")


def _matrix_diag_shape(query: Any) -> Extents:
    extents = at_least_rank(query.shapes[0], 1)
    _at_most_vector(query.shapes[1])
    for scalar in query.shapes[2:]:
        require_rank(scalar, 0)
    if extents is None:
        return None
    given = query.known_integers(1)
    if given is None:
        return None
    low, high = k_band(given)
    if low != high:
        at_least_rank(extents, 2)
    lead = extents[:-1] if low == high else extents[:-2]
    longest = extents[-1]
    rows, columns = ((query.integers(i) or [None])[0] for i in (2, 3))
    if longest is None or rows is None or columns is None:
        return (*lead, None, None)
    return (*lead, *_matrix_extents(longest, low, high, rows, columns, extents))


def _matrix_extents(longest: Any, low: int, high: int, rows: Any, columns: Any, extents: Any) -> tuple[Any, Any]:
    """The extents of the smallest matrix with these diagonals, or those asked for (-1: not asked for)."""
    if low != high and extents[-2] is not None and extents[-2] != high - low + 1:
        raise ValueError(
            "The number of rows of `diagonal` doesn't match the number of diagonals implied from `d_lower` and "
            f"`d_upper`.\nnum_diags = {high - low + 1}, d_lower = {low}, d_upper = {high} {extents[-2]} {longest}"
        )
    least_rows, least_columns = longest - min(high, 0), longest + max(low, 0)
    if rows == -1 and columns == -1:
        square = least_rows if least_rows >= least_columns else least_columns
        return square, square
    rows = least_rows if rows == -1 else rows
    columns = least_columns if columns == -1 else columns
    if rows < least_rows:
        raise ValueError(f"num_rows {rows} is too small; it must be at least {least_rows}")
    if columns < least_columns:
        raise ValueError(f"num_cols {columns} is too small; it must be at least {least_columns}")
    if rows != least_rows and columns != least_columns:
        raise ValueError(
            "num_rows and num_cols are not consistent with lower_diag_index, upper_diag_index, and the length of the "
            f"given diagonals.\nnum_rows = {rows} != min_num_rows = {least_rows}, "
            f"num_cols = {columns} != min_num_cols = {least_columns}"
        )
    return rows, columns


def _matrix_diag_kernel(
    diagonal: Any, k: Any, num_rows: Any, num_cols: Any, padding_value: Any, *, align: bytes
) -> Any:
    _at_most_vector(k.shape)
    low, high = k_band(k.reshape(-1).tolist())
    at_least_rank(diagonal.shape, 1 if low == high else 2)
    rows, columns = _matrix_extents(
        diagonal.shape[-1], low, high, int(num_rows.item()), int(num_cols.item()), diagonal.shape
    )
    lead = diagonal.shape[:-1] if low == high else diagonal.shape[:-2]
    bands = diagonal.reshape(*lead, high - low + 1, diagonal.shape[-1])
    result = np.empty((*lead, rows, columns), diagonal.dtype)
    result.fill(padding_value[()])
    row, column, band, place = diagonal_places(rows, columns, low, high, align)
    result[..., row, column] = bands[..., band, place]
    return result


MATRIX_DIAG_V3 = OpDef(
    name="MatrixDiagV3",
    signature="diagonal: T, k: int32, num_rows: int32, num_cols: int32, padding_value: T -> output: T",
    attrs=_ALIGN,
    shape=_matrix_diag_shape,
    kernel=_matrix_diag_kernel,
    gradient=gradients.matrix_diag_v3,
)


def matrix_diag(
    diagonal: TensorLike,
    name: str = "diag",
    k: TensorLike = 0,
    num_rows: TensorLike = -1,
    num_cols: TensorLike = -1,
    padding_value: TensorLike = 0,
    align: str = "RIGHT_LEFT",
) -> Tensor:
    """Return matrices with the given diagonals.

    Args:
      diagonal: the last dimension is a diagonal; with a band of them, the last but one runs over the band from above.
      name: a name for the operation.
      k: which diagonal (0 is the main one, positive ones lie above it), or the lowest and highest of a band.
      num_rows, num_cols: the extents of the matrices. Default: as small as possible.
      padding_value: what stands elsewhere.
      align: on which side diagonals shorter than the longest are, above and below: "LEFT_RIGHT", ...
    Raises: ValueError for extents that the diagonals do not fit.

    Of the main diagonal alone it is TensorFlow 1.15's `MatrixDiag`, which that release can load; else `MatrixDiagV3`.
    """
    if _is(k, 0) and _is(num_rows, -1) and _is(num_cols, -1) and _is(padding_value, 0):
        main: Tensor = build(MATRIX_DIAG, diagonal, name=name)
        return main
    padding = _padding(padding_value, diagonal)
    leave_out(-4)  # MatrixDiag of 1.15 takes the diagonal alone
    result: Tensor = build(MATRIX_DIAG_V3, diagonal, k, num_rows, num_cols, padding, name=name, align=align)
    return result


def _is(given: Any, number: int) -> bool:
    """Whether an argument is this very number, as its default is."""
    return isinstance(given, int) and given == number


def _padding(value: Any, beside: Any) -> Any:
    """The padding value; a number becomes a bool beside bools, so that the default does for them too."""
    dtype = getattr(beside, "dtype", None) or np.asarray(beside).dtype
    return bool(value) if isinstance(value, int) and dtype in (np.dtype(bool), dtypes.bool_) else value


def _matrix_diag_part_shape(query: Any) -> Extents:
    extents = at_least_rank(query.shapes[0], 2)
    _at_most_vector(query.shapes[1])
    require_rank(query.shapes[2], 0)
    given = query.known_integers(1)
    if extents is None or given is None:
        return None
    low, high = k_band(given)
    rows, columns = extents[-2:]
    longest: Any = None
    if rows is not None and columns is not None:
        checked_band(low, high, rows, columns)
        down, across = rows + min(high, 0), columns - max(low, 0)
        longest = down if down <= across else across
    return (*extents[:-2], longest) if low == high else (*extents[:-2], high - low + 1, longest)


def _matrix_diag_part_kernel(x: Any, k: Any, padding_value: Any, *, align: bytes) -> Any:
    _at_most_vector(k.shape)
    low, high = k_band(k.reshape(-1).tolist())
    rows, columns = x.shape[-2:]
    checked_band(low, high, rows, columns)
    longest = min(rows + min(high, 0), columns - max(low, 0))
    result = np.empty((*x.shape[:-2], high - low + 1, longest), x.dtype)
    result.fill(padding_value[()])
    row, column, band, place = diagonal_places(rows, columns, low, high, align)
    result[..., band, place] = x[..., row, column]
    return result[..., 0, :] if low == high else result


MATRIX_DIAG_PART_V3 = OpDef(
    name="MatrixDiagPartV3",
    signature="input: T, k: int32, padding_value: T -> diagonal: T",
    attrs=_ALIGN,
    shape=_matrix_diag_part_shape,
    kernel=_matrix_diag_part_kernel,
    gradient=gradients.matrix_diag_part_v3,
)


def matrix_diag_part(
    input: TensorLike,
    name: str = "diag_part",
    k: TensorLike = 0,
    padding_value: TensorLike = 0,
    align: str = "RIGHT_LEFT",
) -> Tensor:
    """Return the diagonals of matrices (the last two dimensions of `input`); see `matrix_diag` for the arguments."""
    if _is(k, 0) and _is(padding_value, 0):
        main: Tensor = build(MATRIX_DIAG_PART, input, name=name)
        return main
    leave_out(-2)  # MatrixDiagPart of 1.15 takes the matrices alone
    result: Tensor = build(MATRIX_DIAG_PART_V3, input, k, _padding(padding_value, input), name=name, align=align)
    return result


def _matrix_set_diag_shape(query: Any) -> Extents:
    extents = at_least_rank(query.shapes[0], 2)
    diagonal = at_least_rank(query.shapes[1], 1)
    given = query.known_integers(2)
    if given is not None:
        low, high = k_band(given)
        if extents is not None and diagonal is not None:
            require_rank(diagonal, len(extents) - (low == high))
        if extents is None and diagonal is not None:
            return (*(diagonal[:-1] if low == high else diagonal[:-2]), None, None)
        if extents is not None and extents[-2] is not None and extents[-1] is not None:
            checked_band(low, high, extents[-2], extents[-1])
    return extents


def _matrix_set_diag_kernel(x: Any, diagonal: Any, k: Any, *, align: bytes) -> Any:
    _at_most_vector(k.shape)
    low, high = k_band(k.reshape(-1).tolist())
    rows, columns = x.shape[-2:]
    checked_band(low, high, rows, columns)
    longest = min(rows + min(high, 0), columns - max(low, 0))
    wanted = (*x.shape[:-2], longest) if low == high else (*x.shape[:-2], high - low + 1, longest)
    require_diagonal(x.shape, diagonal.shape, wanted)
    result = x.copy()
    row, column, band, place = diagonal_places(rows, columns, low, high, align)
    bands = diagonal.reshape(*x.shape[:-2], high - low + 1, longest)
    result[..., row, column] = bands[..., band, place]
    return result


MATRIX_SET_DIAG_V3 = OpDef(
    name="MatrixSetDiagV3",
    signature="input: T, diagonal: T, k: int32 -> output: T",
    attrs=_ALIGN,
    shape=_matrix_set_diag_shape,
    kernel=_matrix_set_diag_kernel,
    gradient=gradients.matrix_set_diag_v3,
)


def matrix_set_diag(
    input: TensorLike, diagonal: TensorLike, name: str = "set_diag", k: TensorLike = 0, align: str = "RIGHT_LEFT"
) -> Tensor:
    """Return matrices like `input` with other diagonals; see `matrix_diag` for the arguments."""
    if _is(k, 0):
        main: Tensor = build(MATRIX_SET_DIAG, input, diagonal, name=name)
        return main
    leave_out(-1)  # the types of 1.15 take no k
    result: Tensor = build(MATRIX_SET_DIAG_V3, input, diagonal, k, name=name, align=align)
    return result


def _matrix_band_part_shape(query: Any) -> Extents:
    extents: Extents
    extents, lower, upper = query.shapes
    if query.is_building:
        return extents
    require_rank(lower, 0)
    require_rank(upper, 0)
    return at_least_rank(extents, 2)


def _matrix_band_part_kernel(x: Any, num_lower: Any, num_upper: Any) -> Any:
    rows, columns = x.shape[-2:]
    lower, upper = int(num_lower), int(num_upper)
    if lower > rows:
        raise ValueError(f"num_lower must be negative or less or equal to number of rows ({rows}) got: {lower}")
    if upper > columns:
        raise ValueError(f"num_upper must be negative or less or equal to number of columns ({columns}) got: {upper}")
    row, column = np.arange(rows)[:, None], np.arange(columns)
    if lower >= 0 and upper >= 0:
        keep = (column >= row - lower) & (column <= row + upper)
    elif lower >= 0 or upper >= 0:
        keep = column >= row - lower if lower >= 0 else column <= row + upper
    else:
        return x.copy()
    return np.where(keep, x, np.zeros((), x.dtype))


MATRIX_BAND_PART = OpDef(
    name="MatrixBandPart",
    signature="input: T, num_lower: Tindex, num_upper: Tindex -> band: T",
    where={"Tindex": dtypes.INDEX},
    attrs={"Tindex": ("type", dtypes.int64)},
    shape=_matrix_band_part_shape,
    kernel=_matrix_band_part_kernel,
    routine=("band",),
    gradient=gradients.matrix_band_part,
)


def matrix_band_part(
    input: TensorLike, num_lower: TensorLike, num_upper: TensorLike, name: str | None = None
) -> Tensor:
    """Return matrices with everything outside of a band around the main diagonal set to zero.

    Args:
      input: matrices, in the last two dimensions.
      num_lower, num_upper: how many diagonals to keep below and above the main one; negative: all.
      name: a name for the operation.
    Raises: InvalidArgumentError when it runs, for more diagonals than there are.
    """
    result: Tensor = build(MATRIX_BAND_PART, input, num_lower, num_upper, name=name)
    return result


def _whole(given: Any) -> bool:
    return isinstance(given, (int, np.integer))


def eye(
    num_rows: Any,
    num_columns: TensorLike | None = None,
    batch_shape: Any = None,
    dtype: Any = dtypes.float32,
    name: str | None = None,
) -> Tensor:
    """Return an identity matrix, or a batch of them.

    Args:
      num_rows: how many rows.
      num_columns: how many columns. Default: as many as rows.
      batch_shape: further dimensions in front.
      dtype: the type of the elements.
      name: a name for the scope of the operations.
    """
    with name_scope(name, "eye", [num_rows, num_columns, batch_shape]):
        square = num_columns is None or (_whole(num_rows) and _whole(num_columns) and num_rows == num_columns)
        batch = [] if batch_shape is None else batch_shape
        columns: Any = num_rows if num_columns is None else num_columns
        if isinstance(num_rows, Tensor) or isinstance(columns, Tensor):
            from ..elementwise.rounding import minimum

            shorter: Any = minimum(num_rows, columns)
        else:
            shorter = min(int(num_rows), int(columns))
        written = not any(isinstance(part, Tensor) for part in (batch, shorter, num_rows, columns))
        if written:
            batch = [extent if isinstance(extent, Tensor) else int(extent) for extent in batch]
            diagonal_shape: Any = [*batch, shorter]
            shape: Any = None if square else [*batch, int(num_rows), int(columns)]
        else:
            batch = convert_to_tensor(batch, dtypes.int32, name="shape")
            diagonal_shape = concat((batch, [shorter]), axis=0)
            shape = None if square else concat((batch, [num_rows, columns]), axis=0)
        diagonal = ones(diagonal_shape, dtype=dtype)
        return matrix_diag(diagonal) if square else matrix_set_diag(zeros(shape, dtype=dtype), diagonal)
