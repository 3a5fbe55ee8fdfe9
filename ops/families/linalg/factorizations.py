"""Inverses, determinants, linear systems, and factorizations of (batches of) matrices: the last two axes."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final, NamedTuple

import numpy as np

from ...building.build import build
from ...building.convert import convert_to_tensor
from ...building.default_graph import name_scope
from ...definition.opdef import OpDef
from ...definition.reduction import widened
from ...definition.registry import lookup
from ...definition.shapes import at_least_rank, broadcast, merge, merge_extent
from ...graph.node import Tensor, TensorLike
from ...types.dtypes import bfloat16, complex64, complex128, float32, float64, half
from ...types.tensor_shape import Extents
from ..reductions.reductions import reduce_sum
from . import linalg_gradients as gradients

_TYPES: Final = (float64, float32, half, complex64, complex128)


def _square(shape: Extents) -> Extents:
    """The shape of square matrices. Raises: ValueError if they are not square."""
    shape = at_least_rank(shape, 2)
    if shape is None:
        return None
    size = merge_extent(shape[-2], shape[-1])
    return (*shape[:-2], size, size)


def _square_shape(query: Any) -> Extents:
    return _square(query.shapes[0])


def _determinant_shape(query: Any) -> Extents:
    shape = _square(query.shapes[0])
    return None if shape is None else shape[:-2]


def _solve_shape(query: Any) -> Extents:
    matrix, rhs = _square(query.shapes[0]), at_least_rank(query.shapes[1], 2)
    if matrix is None or rhs is None:
        return None
    batch = merge(matrix[:-2], rhs[:-2])
    assert batch is not None
    return (*batch, merge_extent(matrix[-2], rhs[-2]), rhs[-1])


def _triangular_shape(query: Any) -> Extents:
    matrix, rhs = _square(query.shapes[0]), at_least_rank(query.shapes[1], 2)
    if matrix is None or rhs is None:
        return None
    batch = broadcast(matrix[:-2], rhs[:-2])
    assert batch is not None
    return (*batch, merge_extent(matrix[-2], rhs[-2]), rhs[-1])


def _least(m: Any, n: Any) -> Any:
    if m is None or n is None:
        return None
    return m if m <= n else n


def _eigen_shape(query: Any) -> list[Extents]:
    shape = _square(query.shapes[0])
    values = None if shape is None else shape[:-1]
    return [values, shape if query.attrs["compute_v"] else (0,)]


def _svd_shape(query: Any) -> list[Extents]:
    shape = at_least_rank(query.shapes[0], 2)
    if shape is None:
        return [None, None, None] if query.attrs["compute_uv"] else [None, (0,), (0,)]
    batch, m, n = shape[:-2], shape[-2], shape[-1]
    p = _least(m, n)
    if not query.attrs["compute_uv"]:
        return [(*batch, p), (0,), (0,)]
    full = query.attrs["full_matrices"]
    return [(*batch, p), (*batch, m, m if full else p), (*batch, n, n if full else p)]


def _qr_shape(query: Any) -> list[Extents]:
    shape = at_least_rank(query.shapes[0], 2)
    if shape is None:
        return [None, None]
    batch, m, n = shape[:-2], shape[-2], shape[-1]
    inner = m if query.attrs["full_matrices"] else _least(m, n)
    return [(*batch, m, inner), (*batch, inner, n)]


def _wide(x: Any) -> Any:
    return x.astype(widened(x.dtype), copy=False)


def _adjoint(x: Any) -> Any:
    swapped = np.swapaxes(x, -1, -2)
    return np.conj(swapped) if x.dtype.kind == "c" else swapped


def _invertible(compute: Callable[[], Any], message: str, *inputs: Any) -> Any:
    """What `compute` gives. Raises: ValueError if a matrix is singular, not square or not a number."""
    for x in inputs:
        _square(x.shape)
    if any(np.isnan(x).any() for x in inputs):
        raise ValueError(message)
    try:
        return compute()
    except np.linalg.LinAlgError:
        raise ValueError(message) from None


def _inverse_kernel(x: Any, *, adjoint: bool) -> Any:
    matrix = _wide(_adjoint(x) if adjoint else x)
    return _invertible(lambda: np.linalg.inv(matrix), "Input is not invertible.", matrix).astype(x.dtype, copy=False)


def _solve_kernel(matrix: Any, rhs: Any, *, adjoint: bool) -> Any:
    a, b = _wide(_adjoint(matrix) if adjoint else matrix), _wide(rhs)
    found = _invertible(lambda: np.linalg.solve(a, b), "Input matrix is not invertible.", a)
    return found.astype(rhs.dtype, copy=False)


NO_CHOLESKY: Final = "Cholesky decomposition was not successful. The input might not be valid."


def _cholesky_kernel(x: Any) -> Any:
    try:
        return np.linalg.cholesky(_wide(x)).astype(x.dtype, copy=False)
    except np.linalg.LinAlgError:
        _square(x.shape)
        raise ValueError(NO_CHOLESKY) from None


def _triangular_kernel(matrix: Any, rhs: Any, *, lower: bool, adjoint: bool) -> Any:
    from scipy.linalg.blas import get_blas_funcs

    a, b = _wide(matrix), _wide(rhs)
    if a.shape[-1] != a.shape[-2] or a.shape[-1] != b.shape[-2]:
        raise ValueError(f"Matrix and rhs must have the same number of rows: {list(a.shape)} vs. {list(b.shape)}")
    batch = np.broadcast_shapes(a.shape[:-2], b.shape[:-2])
    a, b = np.broadcast_to(a, batch + a.shape[-2:]), np.broadcast_to(b, batch + b.shape[-2:])
    result = np.empty(b.shape, rhs.dtype)
    if not result.size:
        return result
    pivots = np.diagonal(a, axis1=-2, axis2=-1)
    if not (np.abs(pivots) > 0).all():  # zero, or not a number
        raise ValueError("Input matrix is not invertible.")
    trsm = get_blas_funcs("trsm", (a, b))
    for index in np.ndindex(batch):
        result[index] = trsm(1.0, a[index], b[index], lower=int(lower), trans_a=2 if adjoint else 0)
    return result


def _eigen_kernel(x: Any, *, compute_v: bool) -> Any:
    try:
        if np.isnan(np.tril(x)).any():
            raise np.linalg.LinAlgError  # LAPACK gives anything for it
        if not compute_v:
            values = np.linalg.eigvalsh(_wide(x), "L")
            return values.astype(x.dtype, copy=False), np.empty((0,), x.dtype)
        values, vectors = np.linalg.eigh(_wide(x), "L")
    except np.linalg.LinAlgError:
        text = "Self-adjoint eigen decomposition was not successful. The input might not be valid."
        raise ValueError(text) from None
    return values.astype(x.dtype, copy=False), vectors.astype(x.dtype, copy=False)


def _svd_kernel(x: Any, *, compute_uv: bool, full_matrices: bool) -> Any:
    known = np.isfinite(x).all((-2, -1), keepdims=True)
    if not known.all():  # NumPy raises, TensorFlow gives NaN
        parts = _svd_kernel(np.where(known, x, 0), compute_uv=compute_uv, full_matrices=full_matrices)
        unknown = ~known.reshape(known.shape[:-2])
        for part in parts if compute_uv else parts[:1]:
            part[unknown] = np.nan
        return parts
    if not compute_uv:
        singular = np.linalg.svd(_wide(x), compute_uv=False)
        return singular.astype(x.dtype, copy=False), np.empty((0,), x.dtype), np.empty((0,), x.dtype)
    u, singular, vh = np.linalg.svd(_wide(x), full_matrices=full_matrices)
    return tuple(part.astype(x.dtype, copy=False) for part in (singular, u, _adjoint(vh)))


def _qr_kernel(x: Any, *, full_matrices: bool) -> Any:
    q, r = np.linalg.qr(_wide(x), "complete" if full_matrices else "reduced")
    return q.astype(x.dtype, copy=False), r.astype(x.dtype, copy=False)


def _determinant_kernel(x: Any) -> Any:
    return np.asarray(np.linalg.det(_wide(x)), x.dtype)


def _log_determinant_kernel(x: Any) -> Any:
    sign, logarithm = np.linalg.slogdet(_wide(x))
    return np.asarray(sign, x.dtype), np.asarray(logarithm, x.dtype)


MATRIX_INVERSE = OpDef(
    name="MatrixInverse",
    signature="input: T -> output: T",
    where={"T": _TYPES},
    attrs={"adjoint": ("bool", False)},
    shape=_square_shape,
    kernel=_inverse_kernel,
    uses_lapack=True,
    gradient=gradients.matrix_inverse,
)

MATRIX_DETERMINANT = OpDef(
    name="MatrixDeterminant",
    signature="input: T -> output: T",
    where={"T": _TYPES},
    shape=_determinant_shape,
    kernel=_determinant_kernel,
    uses_lapack=True,
    gradient=gradients.matrix_determinant,
)

LOG_MATRIX_DETERMINANT = OpDef(
    name="LogMatrixDeterminant",
    signature="input: T -> sign: T, log_abs_determinant: T",
    where={"T": _TYPES},
    shape=lambda query: [_determinant_shape(query)] * 2,
    kernel=_log_determinant_kernel,
    uses_lapack=True,
    gradient=gradients.log_matrix_determinant,
)

CHOLESKY = OpDef(
    name="Cholesky",
    signature="input: T -> output: T",
    where={"T": _TYPES},
    shape=_square_shape,
    kernel=_cholesky_kernel,
    uses_lapack=True,
    gradient=gradients.cholesky,
)

MATRIX_SOLVE = OpDef(
    name="MatrixSolve",
    signature="matrix: T, rhs: T -> output: T",
    where={"T": _TYPES},
    attrs={"adjoint": ("bool", False)},
    shape=_solve_shape,
    kernel=_solve_kernel,
    uses_lapack=True,
    gradient=gradients.matrix_solve,
)

MATRIX_TRIANGULAR_SOLVE = OpDef(
    name="MatrixTriangularSolve",
    signature="matrix: T, rhs: T -> output: T",
    where={"T": (bfloat16, *_TYPES)},
    attrs={"lower": ("bool", True), "adjoint": ("bool", False)},
    shape=_triangular_shape,
    kernel=_triangular_kernel,
    routine=("triangles",),
    uses_lapack=True,
    gradient=gradients.matrix_triangular_solve,
)

SELF_ADJOINT_EIG_V2 = OpDef(
    name="SelfAdjointEigV2",
    signature="input: T -> e: T, v: T",
    where={"T": _TYPES},
    attrs={"compute_v": ("bool", True)},
    shape=_eigen_shape,
    kernel=_eigen_kernel,
    uses_lapack=True,
    gradient=gradients.self_adjoint_eig,
)

SVD = OpDef(
    name="Svd",
    signature="input: T -> s: T, u: T, v: T",
    where={"T": _TYPES},
    attrs={"compute_uv": ("bool", True), "full_matrices": ("bool", False)},
    shape=_svd_shape,
    kernel=_svd_kernel,
    uses_lapack=True,
    gradient=gradients.svd,
)

QR = OpDef(
    name="Qr",
    signature="input: T -> q: T, r: T",
    where={"T": _TYPES},
    attrs={"full_matrices": ("bool", False)},
    shape=_qr_shape,
    kernel=_qr_kernel,
    uses_lapack=True,
    gradient=gradients.qr,
)


class Qr(NamedTuple):
    """The result of `qr`: `q` with orthonormal columns, `r` upper triangular, `q @ r` the matrix."""

    q: Tensor
    r: Tensor


class LogMatrixDeterminant(NamedTuple):
    """The result of `slogdet`: the determinant is `sign * exp(log_abs_determinant)`."""

    sign: Tensor
    log_abs_determinant: Tensor


def matrix_inverse(input: TensorLike, adjoint: bool = False, name: str | None = None) -> Tensor:
    """Return the inverses of matrices, or of their adjoints.

    Raises: ValueError if they are not square; InvalidArgumentError when running if one is singular.
    """
    result: Tensor = build(MATRIX_INVERSE, input, name=name, adjoint=bool(adjoint))
    return result


def matrix_determinant(input: TensorLike, name: str | None = None) -> Tensor:
    """Return the determinants of square matrices."""
    result: Tensor = build(MATRIX_DETERMINANT, input, name=name)
    return result


def slogdet(input: TensorLike, name: str | None = None) -> LogMatrixDeterminant:
    """Return the sign and the logarithm of the magnitude of the determinants of square matrices."""
    return LogMatrixDeterminant(*build(LOG_MATRIX_DETERMINANT, input, name=name))


def cholesky(input: TensorLike, name: str | None = None) -> Tensor:
    """Return lower triangular `l` with `l @ adjoint(l)` the matrix, of which only the lower half is read.

    A matrix that is not positive definite gives NaN.
    """
    result: Tensor = build(CHOLESKY, input, name=name)
    return result


def cholesky_solve(chol: TensorLike, rhs: TensorLike, name: str | None = None) -> Tensor:
    """Return the solutions `x` of `a @ x = rhs` from the Cholesky factor of `a`."""
    with name_scope(name, "cholesky_solve", [chol, rhs]):
        y = build(MATRIX_TRIANGULAR_SOLVE, chol, rhs, adjoint=False, lower=True)
        result: Tensor = build(MATRIX_TRIANGULAR_SOLVE, chol, y, adjoint=True, lower=True)
        return result


def matrix_solve(matrix: TensorLike, rhs: TensorLike, adjoint: bool = False, name: str | None = None) -> Tensor:
    """Return the solutions `x` of `matrix @ x = rhs`.

    Args:
      matrix: square matrices.
      rhs: as many matrices, whose columns are the right-hand sides.
      adjoint: whether to take the adjoint of `matrix`.
      name: a name for the operation.
    Raises: ValueError if sizes do not fit; InvalidArgumentError when running if a matrix is singular.
    """
    result: Tensor = build(MATRIX_SOLVE, matrix, rhs, name=name, adjoint=bool(adjoint))
    return result


def matrix_triangular_solve(
    matrix: TensorLike, rhs: TensorLike, lower: bool = True, adjoint: bool = False, name: str | None = None
) -> Tensor:
    """Return the solutions `x` of `matrix @ x = rhs`, reading only one triangle of `matrix`.

    Args:
      matrix: square matrices.
      rhs: matrices whose columns are the right-hand sides; batches broadcast.
      lower: whether the lower triangle is read, or the upper one.
      adjoint: whether to take the adjoint of `matrix`.
      name: a name for the operation.
    """
    attrs = {"lower": bool(lower), "adjoint": bool(adjoint)}
    result: Tensor = build(MATRIX_TRIANGULAR_SOLVE, matrix, rhs, name=name, **attrs)
    return result


def self_adjoint_eig(tensor: TensorLike, name: str | None = None) -> tuple[Tensor, Tensor]:
    """Return the eigenvalues, smallest first, and eigenvectors (columns) of self-adjoint matrices."""
    values, vectors = build(SELF_ADJOINT_EIG_V2, tensor, name=name, compute_v=True)
    return values, vectors


def self_adjoint_eigvals(tensor: TensorLike, name: str | None = None) -> Tensor:
    """Return the eigenvalues of self-adjoint matrices, smallest first."""
    result: Tensor = build(SELF_ADJOINT_EIG_V2, tensor, name=name, compute_v=False)[0]
    return result


def svd(tensor: TensorLike, full_matrices: bool = False, compute_uv: bool = True, name: str | None = None) -> Any:
    """Return singular values, largest first, and with `compute_uv` the singular vectors: `(s, u, v)`.

    Args:
      tensor: matrices; each is `u @ diag(s) @ adjoint(v)`.
      full_matrices: whether `u` and `v` are square.
      compute_uv: whether the vectors are wanted; if not, only `s` is returned.
      name: a name for the operation.
    """
    s, u, v = build(SVD, tensor, name=name, compute_uv=bool(compute_uv), full_matrices=bool(full_matrices))
    if s.dtype.is_complex:
        s = build(lookup("Real"), s, Tout=s.dtype.real_dtype)
    return (s, u, v) if compute_uv else s


def qr(input: TensorLike, full_matrices: bool = False, name: str | None = None) -> Qr:
    """Return the QR decomposition of matrices.

    Args:
      input: matrices.
      full_matrices: whether `q` is square.
      name: a name for the operation.
    """
    return Qr(*build(QR, input, name=name, full_matrices=bool(full_matrices)))


def adjoint(matrix: TensorLike, name: str | None = None) -> Tensor:
    """Return the matrices transposed and conjugated."""
    from ..arrays.transposing import matrix_transpose

    with name_scope(name, "adjoint", [matrix]):
        return matrix_transpose(convert_to_tensor(matrix, name="matrix"), conjugate=True)


def _diagonal(x: Tensor) -> Any:
    return build(lookup("MatrixDiagPart"), x, name="diag_part")


def trace(x: TensorLike, name: str | None = None) -> Tensor:
    """Return the sums of the main diagonals of matrices."""
    with name_scope(name, "Trace", [x]) as scope:
        return reduce_sum(_diagonal(convert_to_tensor(x, name="x")), [-1], name=scope)


def logdet(matrix: TensorLike, name: str | None = None) -> Tensor:
    """Return the logarithms of the determinants of positive definite matrices."""
    with name_scope(name, "logdet", [matrix]):
        logarithms = build(lookup("Log"), _diagonal(cholesky(matrix)))
        result: Tensor = 2.0 * reduce_sum(logarithms, [-1])
        return result
