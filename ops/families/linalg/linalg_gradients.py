"""Gradient rules of factorizations, solutions, determinants and of parts of matrices.

Source: Giles, "Collected matrix derivative results for forward and reverse mode algorithmic differentiation", 2008;
Townsend, "Differentiating the singular value decomposition", 2016; Murray, "Differentiation of the Cholesky
decomposition", 2016.
"""

from __future__ import annotations

from typing import Any


def matrix_inverse(g: Any, op: Any, dy: Any) -> Any:
    """dA = -C' dC C', with C the inverse; of the adjoint inverse -C dC' C."""
    inverse = op.outputs[0]
    if op.attrs["adjoint"]:
        return g("Neg", g.matmul(inverse, g.matmul(dy, inverse, adjoint_a=True)))
    return g("Neg", g.matmul(inverse, g.matmul(dy, inverse, adjoint_b=True), adjoint_a=True))


def matrix_determinant(g: Any, op: Any, dy: Any) -> Any:
    """dA = dc c inverse(A)'."""
    determinant = op.outputs[0]
    inverse = g("MatrixInverse", op.inputs[0], adjoint=True)
    return _per_matrix(g, dy * determinant, determinant) * inverse


def log_matrix_determinant(g: Any, op: Any, _: Any, dy: Any) -> Any:
    """dA = dc inverse(A)'; the sign has no gradient."""
    inverse = g("MatrixInverse", op.inputs[0], adjoint=True)
    return _per_matrix(g, dy, op.outputs[1]) * inverse


def _per_matrix(g: Any, factors: Any, like: Any) -> Any:
    return g.reshape(factors, g.concat([g.shape(like), [1, 1]], 0))


def cholesky(g: Any, op: Any, dy: Any) -> Any:
    """dA by the factor's inverse and the lower half of L' dL."""
    factor = op.outputs[0]
    rows = g.shape(factor)[-1]
    inverse = g("MatrixTriangularSolve", factor, g.eye(rows, g.shape(factor)[:-2], factor.dtype))
    middle = g.matmul(factor, dy, adjoint_a=True)
    middle = g.set_diag(middle, 0.5 * g.diag_part(middle))
    middle = g("MatrixBandPart", middle, -1, 0)
    result = g.matmul(g.matmul(inverse, middle, adjoint_a=True), inverse)
    return (result + g.adjoint(result)) * 0.5


def matrix_solve(g: Any, op: Any, dy: Any) -> list[Any]:
    """dB by the adjoint equation; dA = -dB X'."""
    adjoint = op.attrs["adjoint"]
    by_right = g("MatrixSolve", op.inputs[0], dy, adjoint=not adjoint)
    return [_by_matrix(g, op, by_right, adjoint), by_right]


def matrix_triangular_solve(g: Any, op: Any, dy: Any) -> list[Any]:
    """As of `MatrixSolve`, in the triangle."""
    adjoint, lower = op.attrs["adjoint"], op.attrs["lower"]
    by_right = g("MatrixTriangularSolve", op.inputs[0], dy, lower=lower, adjoint=not adjoint)
    by_matrix = _by_matrix(g, op, by_right, adjoint)
    return [g("MatrixBandPart", by_matrix, -1 if lower else 0, 0 if lower else -1), by_right]


def _by_matrix(g: Any, op: Any, by_right: Any, adjoint: bool) -> Any:
    solution = op.outputs[0]
    if adjoint:
        return g("Neg", g.matmul(solution, by_right, adjoint_b=True))
    return g("Neg", g.matmul(by_right, solution, adjoint_b=True))


def self_adjoint_eig(g: Any, op: Any, de: Any, dv: Any) -> Any:
    """dA by the eigenvalues and by the eigenvectors; the lower half alone is read, so it has all of the gradient."""
    values, vectors = op.outputs
    with g.after(de, dv):
        if op.attrs["compute_v"]:
            gaps = g("ExpandDims", values, -2) - g("ExpandDims", values, -1)
            factors = g.set_diag(g("Reciprocal", gaps), g.zeros_like(values))
            inner = g.diag(de) + factors * g.matmul(vectors, dv, adjoint_a=True)
        else:
            _, vectors = g("SelfAdjointEigV2", op.inputs[0])
            inner = g.diag(de)
        result = g.matmul(vectors, g.matmul(inner, vectors, adjoint_b=True))
        lower = g("MatrixBandPart", result + g.adjoint(result), -1, 0)
        return g.set_diag(lower, 0.5 * g.diag_part(lower))


def svd(g: Any, op: Any, ds: Any, du: Any, dv: Any) -> Any:
    """dA by the singular values and by the singular vectors.

    Raises: NotImplementedError for full bases of matrices that are not square.
    """
    if not op.attrs["compute_uv"]:
        _, u, v = g("Svd", op.inputs[0], compute_uv=True)
        return g.matmul(u, g.matmul(g.diag(ds), v, adjoint_b=True))
    extents = g.extents(op.inputs[0])
    square = extents is not None and extents[-1] is not None and extents[-1] == extents[-2]
    if op.attrs["full_matrices"] and not square:
        raise NotImplementedError("The gradient of svd with full_matrices=True is known for square matrices only.")
    return _svd(g, op, ds, du, dv, square)


def _svd(g: Any, op: Any, ds: Any, du: Any, dv: Any, square: bool) -> Any:
    s, u, v = op.outputs
    with g.after(ds, du, dv):
        squares = g("Square", s)
        gaps = g("ExpandDims", squares, -2) - g("ExpandDims", squares, -1)
        eye = g.diag(g.ones_like(s))
        factors = g.set_diag(g("Reciprocal", gaps + eye), g.zeros_like(s))
        scale, inverse = g.diag(s), g.diag(g("Reciprocal", s))

        def turned(vectors: Any, gradient: Any) -> Any:
            product = factors * g.matmul(vectors, gradient, adjoint_a=True)
            return product + g.adjoint(product)

        inner = g.diag(ds) + g.matmul(turned(u, du), scale) + g.matmul(scale, turned(v, dv))
        result = g.matmul(g.matmul(u, inner), v, adjoint_b=True)
        if square:
            return result
        left = du - g.matmul(u, g.matmul(u, du, adjoint_a=True))
        right = dv - g.matmul(v, g.matmul(v, dv, adjoint_a=True))
        result += g.matmul(g.matmul(left, inverse), v, adjoint_b=True)
        return result + g.matmul(u, g.matmul(inverse, right, adjoint_b=True))


def qr(g: Any, op: Any, dq: Any, dr: Any) -> Any:
    """dA of matrices with as many rows as columns or more.

    Raises: NotImplementedError for others, or for full bases.
    """
    q, r = op.outputs
    extents = g.extents(op.inputs[0])
    if extents is None or None in extents[-2:]:
        raise NotImplementedError("The gradient of qr needs to know rows and columns while the graph is built.")
    if extents[-2] < extents[-1] or (op.attrs["full_matrices"] and extents[-2] != extents[-1]):
        raise NotImplementedError("The gradient of qr needs as many rows as columns or more, and no full bases.")

    def solved(x: Any) -> Any:
        """x R^-1'."""
        return g.adjoint(g("MatrixTriangularSolve", r, g.adjoint(x), lower=False, adjoint=False))

    qdq = g.matmul(q, dq, adjoint_a=True)
    skew_q = qdq - g.adjoint(qdq)
    rdr = g.matmul(r, dr, adjoint_b=True)
    lower = g("MatrixBandPart", skew_q + (rdr - g.adjoint(rdr)), -1, 0)
    first = g.matmul(q, dr + solved(lower))
    return first + solved(dq - g.matmul(q, qdq))


def diag(g: Any, op: Any, dy: Any) -> Any:
    """The diagonal of the gradient."""
    return g("DiagPart", dy)


def diag_part(g: Any, op: Any, dy: Any) -> Any:
    """A diagonal of gradients."""
    return g("Diag", dy)


def matrix_diag(g: Any, op: Any, dy: Any) -> Any:
    """The diagonal of the gradient."""
    return g("MatrixDiagPart", dy, name="diag_part")


def matrix_diag_v3(g: Any, op: Any, dy: Any) -> list[Any]:
    """The diagonals of the gradient, aligned as they were."""
    k = op.inputs[1]
    return [g("MatrixDiagPartV3", dy, k, g.zero(dy), align=op.attrs["align"]), None, None, None, None]


def matrix_diag_part(g: Any, op: Any, dy: Any) -> Any:
    """A matrix of zeros with the gradients on its diagonal."""
    rows, columns = op.inputs[0].shape.as_list()[-2:] if op.inputs[0].shape.ndims else (None, None)
    if rows == columns and rows is not None:
        return g("MatrixDiag", dy, name="diag")
    zeros = g.zeros_like(op.inputs[0])
    return g("MatrixSetDiag", zeros, dy, name="set_diag")


def matrix_diag_part_v3(g: Any, op: Any, dy: Any) -> list[Any]:
    """A matrix of zeros with the gradients on its diagonals."""
    x, k, _ = op.inputs
    zeros = g.zeros_like(x)
    return [g("MatrixSetDiagV3", zeros, dy, k, align=op.attrs["align"]), None, None]


def matrix_set_diag(g: Any, op: Any, dy: Any) -> list[Any]:
    """The matrix has no gradient where the diagonal was put."""
    zeros = g.zeros_like(op.inputs[1])
    by_matrix = g("MatrixSetDiag", dy, zeros, name="set_diag")
    return [by_matrix, g("MatrixDiagPart", dy, name="diag_part")]


def matrix_set_diag_v3(g: Any, op: Any, dy: Any) -> list[Any]:
    """As of `MatrixSetDiag`, for several diagonals."""
    _, diagonal, k = op.inputs
    by_diagonal = g("MatrixDiagPartV3", dy, k, g.zero(dy), align=op.attrs["align"])
    zeros = g.zeros_like(diagonal)
    return [g("MatrixSetDiagV3", dy, zeros, k, align=op.attrs["align"]), by_diagonal, None]


def matrix_band_part(g: Any, op: Any, dy: Any) -> list[Any]:
    """The band of the gradient."""
    return [g("MatrixBandPart", dy, op.inputs[1], op.inputs[2]), None, None]


def einsum(g: Any, op: Any, dy: Any) -> list[Any]:
    """For each input: the gradient times the other inputs, spelled the other way round."""
    left, _, output = op.attrs["equation"].decode().replace(" ", "").partition("->")
    labels = left.split(",")
    return [_einsum_part(g, op, dy, labels, output, number) for number in range(len(labels))]


def _einsum_part(g: Any, op: Any, dy: Any, labels: list[str], output: str, number: int) -> Any:
    x, own = op.inputs[number], labels[number]
    others = [(labels[i], g.conj(op.inputs[i])) for i in range(len(labels)) if i != number]
    plain = "".join(dict.fromkeys(own.replace("...", "")))
    dots = "..." if any("..." in text for text in (*labels, output)) else ""
    seen = "".join([output, *(text for text, _ in others)])
    known = "".join(label for label in plain if label in seen)
    left = ",".join([output, *(text for text, _ in others)])
    result = g("Einsum", [dy, *(tensor for _, tensor in others)], equation=f"{left}->{dots}{known}")
    whole = g("Einsum", [x], equation=f"{own}->{dots}{plain}") if dots or own != plain else x
    if known != plain:  # what was summed over alone comes back to all its elements
        for place, label in enumerate(plain):
            if label not in known:
                result = g("ExpandDims", result, place - len(plain))
        if not dots:
            result = g("BroadcastTo", result, g.shape(whole))
    if dots:
        shape = g.shape(whole)
        axes, _ = g("BroadcastGradientArgs", shape, g.shape(result))
        result = g.summed(result, axes, _without_repeats(g, shape, result, known != plain))
        if known != plain:
            result = g("BroadcastTo", result, shape)
    return g("Einsum", [result], equation=f"{dots}{plain}->{own}") if dots or own != plain else result


def _without_repeats(g: Any, shape: Any, result: Any, is_partial: bool) -> Any:
    """The shape to sum to: of axes that are still to be repeated, 1."""
    if not is_partial:
        return shape
    rank = len(g.extents(result))
    return g("Minimum", g.shape(result)[-g.size(shape) :] if rank else shape, shape)
