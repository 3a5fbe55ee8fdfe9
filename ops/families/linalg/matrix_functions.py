"""Functions of square matrices (exponential, logarithm, square root), LU factors and least squares."""

from __future__ import annotations

import warnings
from collections.abc import Callable
from threading import Lock
from typing import Any, Final, NamedTuple

import numpy as np

from ...building.build import build
from ...building.convert import convert_to_tensor
from ...building.default_graph import get_default_graph, name_scope
from ...definition.opdef import NOT_DIFFERENTIABLE, OpDef
from ...definition.registry import lookup
from ...definition.shapes import at_least_rank, merge, merge_extent, with_rank
from ...graph.node import Tensor, TensorLike
from ...types import dtypes
from ...types.tensor_shape import Extents, brackets
from .exponentials import exponentials
from .factorizations import cholesky, cholesky_solve
from .matrix_parts import eye
from .norms import lookup_abs
from .products import matmul

_TYPES: Final = (dtypes.float64, dtypes.float32, dtypes.complex64, dtypes.complex128)
_QUIET: Final = Lock()  # what is done with warnings holds for all threads: one after the other may change that
_COMPLEX: Final = (dtypes.complex64, dtypes.complex128)


def _square_shape(query: Any) -> Extents:
    shape = at_least_rank(query.shapes[0], 2)
    if shape is None:
        return None
    size = merge_extent(shape[-2], shape[-1])
    return (*shape[:-2], size, size)


def _check_square(x: Any) -> None:
    if x.ndim < 2 or x.shape[-1] != x.shape[-2]:
        raise ValueError(f"Input matrices must be square, got shape {brackets(x.shape)}")


def _exponential_kernel(x: Any) -> Any:
    _check_square(x)
    with np.errstate(all="ignore"):
        return exponentials(x.astype(np.promote_types(x.dtype, np.float64))).astype(x.dtype)


def _logarithms(x: Any) -> Any:
    import scipy.linalg

    found = scipy.linalg.logm(x)
    return found if isinstance(found, np.ndarray) else found[0]


def _roots(x: Any) -> Any:
    import scipy.linalg

    return scipy.linalg.sqrtm(x)


_MANY: Final = 4  # matrices from which on their eigenvalues are looked at first


def _each_matrix(function: Callable[[Any], Any], of_numbers: Callable[[Any], Any]) -> Callable[[Any], Any]:
    """A kernel.

    Args:
      function: of one matrix. of_numbers: the same of complex numbers.
    """

    def kernel(x: Any) -> Any:
        _check_square(x)
        result = np.empty_like(x)
        matrices, results = x.reshape(-1, *x.shape[-2:]), result.reshape(-1, *x.shape[-2:])
        if not x.size:
            return result
        left = np.arange(len(matrices))
        if len(matrices) >= _MANY and np.isfinite(x).all():
            left = _by_eigenvalues(of_numbers, matrices, results)
        for index in left:
            with _QUIET, warnings.catch_warnings():
                warnings.simplefilter("ignore")  # TensorFlow says nothing of singular matrices
                found = function(matrices[index].astype(np.promote_types(x.dtype, np.float64)))
            is_lost = x.dtype.kind != "c" and np.iscomplexobj(found)  # a real matrix without a real result
            results[index] = (
                np.where(np.abs(found.imag) > 1e-9 * np.abs(found), np.nan, found.real) if is_lost else found
            )
        return result

    return kernel


def _by_eigenvalues(of_numbers: Callable[[Any], Any], matrices: Any, results: Any) -> Any:
    """Fill in the results of matrices that have a good basis of eigenvectors; return the places of the others.

    Those with eigenvalues near zero or near the negative numbers, where rounding decides, are others too.
    """
    precise = matrices.dtype.itemsize > (8 if matrices.dtype.kind == "c" else 4)
    try:
        values, vectors = np.linalg.eig(matrices.astype(np.complex128))
        back = np.linalg.inv(vectors)
    except np.linalg.LinAlgError:
        return np.arange(len(matrices))
    sizes = np.abs(values)
    condition = np.linalg.norm(vectors, axis=(-2, -1)) * np.linalg.norm(back, axis=(-2, -1))
    is_good = condition < (1e2 if precise else 1e5) * matrices.shape[-1]
    is_good &= (sizes > 1e-6 * sizes.max(axis=-1, keepdims=True)).all(axis=-1)
    is_good &= ((values.real > 0) | (np.abs(values.imag) > 1e-6 * sizes)).all(axis=-1)
    found = (vectors[is_good] * of_numbers(values[is_good])[:, None, :]) @ back[is_good]
    results[is_good] = found if matrices.dtype.kind == "c" else found.real
    return np.flatnonzero(~is_good)


def _by_block(op_type: str) -> Callable[..., Any]:
    """The rule of a function of matrices.

    The function of [[A, E], [0, A]] has in its corner the derivative at A in the direction E: taken at the adjoint of A
    in the direction of the output's gradient it is that of the input.
    """

    def rule(g: Any, op: Any, dy: Any) -> Any:
        with g.after(dy):
            a = g.adjoint(op.inputs[0])
            size = g.shape(a)[-1]
            upper = g.concat([a, dy], -1)
            lower = g.concat([g.zeros_like(a), a], -1)
            whole = g(op_type, g.concat([upper, lower], -2))
            return whole[..., :size, size:]

    return rule


def _function_op(name: str, kernel: Callable[[Any], Any], types: Any) -> OpDef:
    return OpDef(
        name=name,
        signature="input: T -> output: T",
        where={"T": types},
        shape=_square_shape,
        kernel=kernel,
        uses_lapack=True,
        gradient=_by_block(name),
    )


MATRIX_EXPONENTIAL = _function_op("MatrixExponential", _exponential_kernel, _TYPES)
MATRIX_LOGARITHM = _function_op("MatrixLogarithm", _each_matrix(_logarithms, np.log), _COMPLEX)
MATRIX_SQUARE_ROOT = _function_op("MatrixSquareRoot", _each_matrix(_roots, np.sqrt), _TYPES)


def _lu_shape(query: Any) -> list[Extents]:
    shape = _square_shape(query)
    return [None, None] if shape is None else [shape, shape[:-1]]


def _lu_kernel(x: Any, *, output_idx_type: Any) -> Any:
    _check_square(x)
    side = x.shape[-1]
    matrices = x.reshape(-1, side, side)
    factors, order = np.empty_like(matrices), np.empty(matrices.shape[:-1], output_idx_type.np_dtype)
    if side and len(matrices) > _ALONE * side and np.isfinite(x).all():
        _factor_at_once(matrices, factors, order)
    elif side:
        _factor_each(matrices, factors, order)
    return factors.reshape(x.shape), order.reshape(x.shape[:-1])


_ALONE: Final = 2  # matrices, for each of their rows, up to which they are factored one by one


def _factor_each(matrices: Any, factors: Any, order: Any) -> None:
    from scipy.linalg import lapack

    getrf = lapack.get_lapack_funcs(("getrf",), (matrices,))[0]
    for index, matrix in enumerate(matrices):
        places = list(range(len(matrix)))
        factors[index], exchanged, failed = getrf(matrix)
        if failed:
            raise ValueError("Input is not invertible.")
        for place, other in enumerate(exchanged.tolist()):
            places[place], places[other] = places[other], places[place]
        order[index] = places


def _factor_at_once(matrices: Any, factors: Any, order: Any) -> None:
    """A column of all matrices at a time."""
    every = np.arange(len(matrices))
    factors[...], order[...] = matrices, np.arange(matrices.shape[-1])
    for place in range(matrices.shape[-1]):
        column = factors[:, place:, place]
        sizes = np.abs(column.real) + np.abs(column.imag) if column.dtype.kind == "c" else np.abs(column)  # as LAPACK
        other = place + sizes.argmax(axis=1)
        for array in (factors, order):
            kept = array[:, place].copy()
            array[:, place] = array[every, other]
            array[every, other] = kept
        pivots = factors[:, place, place]
        if not pivots.all():
            raise ValueError("Input is not invertible.")
        below = factors[:, place + 1 :, place]
        below /= pivots[:, None]
        factors[:, place + 1 :, place + 1 :] -= below[:, :, None] * factors[:, place, None, place + 1 :]


def _lu_gradient(g: Any, op: Any, dy: Any, _: Any) -> Any:
    """By L' dL below the diagonal and dU U' above, between the inverses of both factors, the rows put back."""
    factors, order = op.outputs
    with g.after(dy):
        diagonal = g("MatrixDiagPart", factors)
        lower = g("MatrixSetDiag", g("MatrixBandPart", factors, -1, 0), g.ones_like(diagonal))
        upper = g("MatrixBandPart", factors, 0, -1)
        below = g("MatrixSetDiag", g("MatrixBandPart", dy, -1, 0), g.zeros_like(diagonal))
        above = g("MatrixBandPart", dy, 0, -1)
        of_lower = g("MatrixBandPart", g.matmul(lower, below, adjoint_a=True), -1, 0)
        inner = g("MatrixSetDiag", of_lower, g.zeros_like(diagonal))
        inner = inner + g("MatrixBandPart", g.matmul(above, upper, adjoint_b=True), 0, -1)
        left = g("MatrixTriangularSolve", lower, inner, lower=True, adjoint=True)
        both = g.adjoint(g("MatrixTriangularSolve", upper, g.adjoint(left), lower=False, adjoint=False))
        one = np.ones((), both.dtype.np_dtype)
        rows = g("OneHot", order, g.shape(factors)[-1], one, one - one)
        return g.matmul(rows, both, adjoint_a=True)


LU = OpDef(
    name="Lu",
    signature="input: T -> lu: T, p: output_idx_type",
    where={"T": _TYPES, "output_idx_type": dtypes.INDEX},
    attrs={"output_idx_type": ("type", dtypes.int32)},
    shape=_lu_shape,
    kernel=_lu_kernel,
    uses_lapack=True,
    gradient=_lu_gradient,
)


def _least_squares_shape(query: Any) -> Extents:
    matrix, rhs = at_least_rank(query.shapes[0], 2), at_least_rank(query.shapes[1], 2)
    with_rank(query.shapes[2], 0)
    if matrix is None or rhs is None:
        return None
    batch = merge(matrix[:-2], rhs[:-2])
    merge_extent(matrix[-2], rhs[-2])
    return (*(batch or ()), matrix[-1], rhs[-1])


def _least_squares_kernel(matrix: Any, rhs: Any, l2_regularizer: Any, *, fast: bool) -> Any:
    if l2_regularizer.ndim:
        raise ValueError(f"l2_regularizer must be scalar, got shape {brackets(l2_regularizer.shape)}")
    if l2_regularizer < 0:
        raise ValueError("l2_regularizer must be >= 0.")
    rows, columns = matrix.shape[-2:]
    if not (rows and columns and matrix.size and rhs.size):
        return np.zeros((*matrix.shape[:-2], columns, rhs.shape[-1]), rhs.dtype)
    found = _least_squares(matrix, rhs, float(l2_regularizer)) if fast else _smallest(matrix, rhs)
    return np.asarray(found, rhs.dtype)


def _smallest(a: Any, b: Any) -> Any:
    """The smallest of all solutions whose error is the smallest; what singular values near zero say is not heard."""
    u, sizes, vh = np.linalg.svd(a, full_matrices=False)
    least = np.finfo(a.dtype).eps * max(a.shape[-2:]) * sizes[..., :1]
    shares = np.where(sizes > least, 1 / np.where(sizes > least, sizes, 1), 0).astype(sizes.dtype)
    return np.conj(np.swapaxes(vh, -1, -2)) @ (shares[..., None] * (np.conj(np.swapaxes(u, -1, -2)) @ b))


def _least_squares(a: Any, b: Any, l2: float) -> Any:
    tall = a.shape[-2] >= a.shape[-1]
    left = np.conj(np.swapaxes(a, -1, -2))
    gramian = left @ a if tall else a @ left
    try:
        factor = np.linalg.cholesky(gramian + l2 * np.eye(gramian.shape[-1], dtype=a.dtype))
    except np.linalg.LinAlgError:
        raise ValueError("Input matrix was rank deficient or ill-conditioned. Try setting fast=False.") from None
    right = np.conj(np.swapaxes(factor, -1, -2))
    solved = np.linalg.solve(right, np.linalg.solve(factor, left @ b if tall else b))
    return solved if tall else left @ solved


MATRIX_SOLVE_LS = OpDef(
    name="MatrixSolveLs",
    signature="matrix: T, rhs: T, l2_regularizer: double -> output: T",
    where={"T": _TYPES},
    attrs={"fast": ("bool", True)},
    shape=_least_squares_shape,
    kernel=_least_squares_kernel,
    uses_lapack=True,
    gradient=NOT_DIFFERENTIABLE,
)


class Lu(NamedTuple):
    """The result of `lu`."""

    lu: Tensor
    p: Tensor


def lu(input: TensorLike, output_idx_type: Any = dtypes.int32, name: str | None = None) -> Lu:
    """Return the triangular factors of square matrices with their rows in another order: `input[p] = L @ U`.

    Args:
      input: the matrices.
      output_idx_type: the type of `p`, int32 or int64.
      name: a name for the operation.
    Returns: `lu`, with U in its upper half and L, whose diagonal is 1, below; `p`, the order of the rows.
    Raises: InvalidArgumentError when it runs, for a singular matrix.
    """
    return Lu(*build(LU, input, name=name, output_idx_type=dtypes.as_dtype(output_idx_type)))


def expm(input: TensorLike, name: str | None = None) -> Tensor:
    """Return the exponentials of square matrices."""
    result: Tensor = build(MATRIX_EXPONENTIAL, input, name=name)
    return result


def logm(input: TensorLike, name: str | None = None) -> Tensor:
    """Return the principal logarithms of square matrices of complex numbers."""
    result: Tensor = build(MATRIX_LOGARITHM, input, name=name)
    return result


def sqrtm(input: TensorLike, name: str | None = None) -> Tensor:
    """Return the principal square roots of square matrices; NaN where a real matrix has no real one."""
    result: Tensor = build(MATRIX_SQUARE_ROOT, input, name=name)
    return result


def matrix_solve_ls(
    matrix: TensorLike, rhs: TensorLike, l2_regularizer: float = 0.0, fast: bool = True, name: str | None = None
) -> Tensor:
    """Return what solves `matrix @ x = rhs` in the sense of least squares.

    Args:
      matrix: of shape [..., m, n]; more rows than columns: the error is smallest; fewer: the solution is.
      rhs: of shape [..., m, k].
      l2_regularizer: how much the size of the solution counts; not used if not `fast`.
      fast: whether the normal equations are solved, which needs full rank.
      name: a name for the scope of the operations.
    Returns: a tensor of shape [..., n, k].
    """
    if not fast:
        result: Tensor = build(MATRIX_SOLVE_LS, matrix, rhs, l2_regularizer, name=name, fast=False)
        return result
    with name_scope(name, "matrix_solve_ls", [matrix, rhs, l2_regularizer]):
        a = convert_to_tensor(matrix, name="matrix")
        known = (None, None) if a._extents is None else a._extents[-2:]
        if None not in known:
            return _solved(a, rhs, l2_regularizer, int(known[0] or 0) >= int(known[1] or 0))
        from ..control_flow.cond import cond

        b = convert_to_tensor(rhs, name="rhs")
        extents = build(lookup("Shape"), a)[-2:]
        chosen: Tensor = cond(
            build(lookup("GreaterEqual"), extents[0], extents[1]),
            lambda: _solved(a, b, l2_regularizer, True),
            lambda: _solved(a, b, l2_regularizer, False),
        )
        return chosen


def _solved(a: Tensor, rhs: Any, l2_regularizer: Any, tall: bool) -> Tensor:
    gramian = matmul(a, a, adjoint_a=tall, adjoint_b=not tall)
    if l2_regularizer != 0:
        shape = build(lookup("Shape"), a)
        unit = eye(shape[-1] if tall else shape[-2], batch_shape=shape[:-2], dtype=a.dtype.base_dtype)
        gramian = gramian + l2_regularizer * unit
    factor = cholesky(gramian)
    if tall:
        return cholesky_solve(factor, matmul(a, rhs, adjoint_a=True))
    return matmul(a, cholesky_solve(factor, rhs), adjoint_a=True)


def pinv(a: TensorLike, rcond: Any = None, validate_args: bool = False, name: str | None = None) -> Tensor:
    """Return the Moore-Penrose inverses of matrices.

    Args:
      a: the matrices, of shape [..., m, n].
      rcond: singular values below this share of the largest count as 0. Default: `10 * max(m, n)` steps of the type.
      validate_args: accepted for compatibility.
      name: a name for the scope of the operations.
    Returns: a tensor of shape [..., n, m].
    """
    del validate_args
    with name_scope(name, "pinv", [a, rcond]):
        x = convert_to_tensor(a, name="a")
        if x.dtype.kind not in "fc":
            raise TypeError(f"Input `a` must have `float`-like `dtype` (saw {x.dtype.name}).")
        x.shape.with_rank_at_least(2)
        real = x.dtype.real_dtype.np_dtype
        if rcond is None:
            extents = build(lookup("Shape"), x)
            longest = build(lookup("Cast"), build(lookup("Maximum"), extents[-2], extents[-1]), DstT=x.dtype.real_dtype)
            rcond = 10.0 * float(np.finfo(real).eps) * longest
        s, u, v = build(lookup("Svd"), x, compute_uv=True, full_matrices=False)
        s = lookup_abs(s)
        least = convert_to_tensor(rcond, dtype=x.dtype.real_dtype) * build(lookup("Max"), s, [-1], keep_dims=True)
        kept = build(lookup("SelectV2"), build(lookup("Greater"), s, least), s, np.asarray(np.inf, real))
        inverse = build(lookup("ExpandDims"), build(lookup("Reciprocal"), kept), -2)
        if x.dtype.is_complex:
            inverse = build(lookup("Cast"), inverse, DstT=x.dtype.base_dtype)
        return matmul(v * inverse, u, adjoint_b=True)


def matrix_rank(a: TensorLike, tol: Any = None, validate_args: bool = False, name: str | None = None) -> Tensor:
    """Return the rank of matrices: how many of their singular values are not next to zero.

    Args:
      a: floating-point matrices.
      tol: what a singular value must exceed, per matrix; default: the step of the type at 1, times the larger extent of
        a matrix, times its largest singular value.
      validate_args: whether what only the run tells of the shape is checked then.
      name: a name for the operations.
    Returns: int32, the shape of `a` without its last two axes.
    Raises: ValueError for vectors. TypeError for what is not floating-point.
    """
    from ..arrays.shape_ops import shape
    from ..debugging.assertions import assert_rank_at_least
    from ..elementwise.cast import cast
    from ..reductions.reductions import reduce_max, reduce_sum
    from .factorizations import svd

    with name_scope(name, "matrix_rank", [a, tol]):
        matrices = convert_to_tensor(a, preferred_dtype=dtypes.float32, name="a")
        if not matrices.dtype.is_floating:
            raise TypeError(f"Input `a` must have `float`-like `dtype` (saw {matrices.dtype.name}).")
        if matrices.shape.ndims is not None and matrices.shape.ndims < 2:
            raise ValueError(f"Input `a` must have at least 2 dimensions (saw: {matrices.shape.ndims}).")
        if validate_args and matrices.shape.ndims is None:
            words = "Input `a` must have at least 2 dimensions."
            with get_default_graph().control_dependencies([assert_rank_at_least(matrices, 2, message=words)]):
                matrices = build(lookup("Identity"), matrices)
        values = svd(matrices, compute_uv=False)
        if tol is None:
            last = matrices.shape[-2:] if matrices.shape.ndims is not None else None
            if last is not None and last.is_fully_defined():
                longest: Any = float(max(last.as_list()))
            else:
                longest = cast(reduce_max(shape(matrices)[-2:]), matrices.dtype)
            step = float(np.finfo(matrices.dtype.as_numpy_dtype).eps)
            tol = step * longest * reduce_max(values, axis=-1, keepdims=True)
        return reduce_sum(cast(values > tol, dtypes.int32), axis=-1)
