"""Operations on batches of matrices from when those on single ones took no batches; factorizations of that time."""

from __future__ import annotations

from typing import Any, Final

import numpy as np

from ...building.variants import variant
from ...definition.opdef import REGISTRY, OpDef
from ...definition.reduction import widened
from ...definition.shapes import at_least_rank, merge, merge_extent
from ...types.dtypes import complex64, complex128, float16, float32, float64
from ...types.tensor_shape import Extents
from ..linalg import factorizations, main_diagonals, matrix_functions, matrix_parts
from ..signal import fourier

_REAL: Final = (float64, float32)
_ALL: Final = (float32, float64, complex64, complex128)
_LOADED: Final = (
    main_diagonals,
    factorizations,
    matrix_functions,
    matrix_parts,
    fourier,
)  # which define what is named here
_TYPES: Final[dict[str, Any]] = {
    "Cholesky": _REAL, "MatrixInverse": _REAL, "MatrixSolve": _REAL, "MatrixTriangularSolve": _REAL,
    "SelfAdjointEigV2": _REAL, "MatrixDeterminant": _ALL, "Svd": _ALL, "MatrixSolveLs": _REAL,
    "MatrixDiag": None, "MatrixDiagPart": None, "MatrixSetDiag": None,
}  # fmt: skip

for _name, _types in _TYPES.items():
    variant(REGISTRY[_name], f"Batch{_name}", where={} if _types is None else {"T": _types})
for _name in ("FFT", "FFT2D", "FFT3D", "IFFT", "IFFT2D", "IFFT3D"):
    variant(REGISTRY[_name], f"Batch{_name}", signature="input: complex64 -> output: complex64", where={}, attrs={})
BATCH_MATRIX_BAND_PART = variant(
    matrix_parts.MATRIX_BAND_PART,
    "BatchMatrixBandPart",
    signature="input: T, num_lower: int64, num_upper: int64 -> band: T",
    where={},
    attrs={},
)


def _square(shape: Extents) -> Extents:
    shape = at_least_rank(shape, 2)
    if shape is None:
        return None
    side = merge_extent(shape[-2], shape[-1])
    return (*shape[:-2], side, side)


def _eigen_shape(query: Any) -> Extents:
    shape = _square(query.shapes[0])
    if shape is None:
        return None
    return (*shape[:-2], None if shape[-1] is None else shape[-1] + 1, shape[-1])


def _eigen_kernel(x: Any) -> Any:
    """The eigenvalues are the first row, the eigenvectors the others."""
    both: Any = factorizations.SELF_ADJOINT_EIG_V2.kernel
    values, vectors = both(x, compute_v=True)
    return np.concatenate([values[..., None, :], vectors], axis=-2)


def _cholesky_gradient_kernel(factor: Any, gradient: Any) -> Any:
    """What a gradient of the factor is of the matrix; symmetric."""
    wide = widened(factor.dtype)
    lower, gradient = np.tril(factor.astype(wide)), gradient.astype(wide)
    middle = np.tril(np.swapaxes(lower, -1, -2) @ np.tril(gradient))
    side = range(lower.shape[-1])
    middle[..., side, side] /= 2
    inverse = np.linalg.inv(lower)
    result = np.swapaxes(inverse, -1, -2) @ middle @ inverse
    return ((result + np.swapaxes(result, -1, -2)) / 2).astype(factor.dtype, copy=False)


for _prefix, _types in (("", (float64, float32, float16)), ("Batch", _REAL)):
    OpDef(
        name=f"{_prefix}SelfAdjointEig",
        signature="input: T -> output: T",
        where={"T": _types},
        shape=_eigen_shape,
        kernel=_eigen_kernel,
        uses_lapack=True,
    )
    OpDef(
        name=f"{_prefix}CholeskyGrad",
        signature="l: T, grad: T -> output: T",
        where={"T": _types},
        shape=lambda query: merge(_square(query.shapes[0]), query.shapes[1]),
        kernel=_cholesky_gradient_kernel,
        uses_lapack=True,
    )
