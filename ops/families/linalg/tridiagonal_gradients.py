"""Gradient rules of matrices of three diagonals."""

from __future__ import annotations

from typing import Any


def _ends(g: Any, x: Any, before: int, behind: int, axis: int) -> Any:
    """Zeros before and behind, along the last axis or the last but one."""
    rank = len(g.extents(x))
    pads = [[0, 0]] * rank
    pads[rank + axis] = [before, behind]
    return g("Pad", x, pads)


def _products(g: Any, x: Any, y: Any) -> list[Any]:
    """Above, on and below the main diagonal of `x` times the transpose of `y`."""
    main = g("Sum", g("Mul", x, y), [-1])
    above = g("Sum", g("Mul", x[..., :-1, :], y[..., 1:, :]), [-1])
    below = g("Sum", g("Mul", x[..., 1:, :], y[..., :-1, :]), [-1])
    return [_ends(g, above, 0, 1, -1), main, _ends(g, below, 1, 0, -1)]


def solve(g: Any, op: Any, dy: Any) -> list[Any]:
    """The right-hand side by the transposed system; the diagonals by the solution."""
    diagonals = op.inputs[0]
    above = _ends(g, diagonals[..., 2, 1:], 0, 1, -1)
    below = _ends(g, diagonals[..., 0, :-1], 1, 0, -1)
    rank = len(g.extents(diagonals))
    turned = g.pack([above, diagonals[..., 1, :], below], axis=rank - 2)
    d_rhs = g("TridiagonalSolve", g.conj(turned), dy, partial_pivoting=op.attrs["partial_pivoting"])
    parts = _products(g, d_rhs, g.conj(op.outputs[0]))
    return [g("Neg", g.pack(parts, axis=rank - 2)), d_rhs]


def product(g: Any, op: Any, dy: Any) -> list[Any]:
    """Diagonals by the right-hand side, that by the transposed matrix."""
    above, main, below, rhs = (g.conj(part) for part in op.inputs)
    d_parts = [g("ExpandDims", part, -2) for part in _products(g, dy, rhs)]
    columns = [g.adjoint(g.conj(part)) for part in (above, main, below)]
    up = g("Mul", columns[0][..., :-1, :], dy[..., :-1, :])
    down = g("Mul", columns[2][..., 1:, :], dy[..., 1:, :])
    d_rhs = g("AddV2", g("Mul", columns[1], dy), _ends(g, up, 1, 0, -2))
    return [*d_parts, g("AddV2", d_rhs, _ends(g, down, 0, 1, -2))]
