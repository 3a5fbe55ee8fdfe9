"""`tensorflow.python.ops.linalg.linear_operator_util`: products and solutions whose batches broadcast."""

from __future__ import annotations

from typing import Any

from ...ops.building.convert import convert_to_tensor
from ...ops.families.arrays.rearranging import broadcast_to
from ...ops.families.arrays.shape_ops import broadcast_dynamic_shape, shape
from ...ops.families.arrays.stacking import concat
from ...ops.families.linalg.factorizations import matrix_solve, matrix_triangular_solve
from ...ops.families.linalg.products import matmul

__all__ = ["matmul_with_broadcast", "matrix_solve_with_broadcast", "matrix_triangular_solve_with_broadcast"]

matmul_with_broadcast = matmul  # these two operations broadcast themselves


def matrix_solve_with_broadcast(matrix: Any, rhs: Any, adjoint: bool = False, name: str | None = None) -> Any:
    """Return the solutions `x` of `matrix @ x = rhs`; batches broadcast."""
    matrix, rhs = convert_to_tensor(matrix), convert_to_tensor(rhs)
    batch = broadcast_dynamic_shape(shape(matrix)[:-2], shape(rhs)[:-2])
    matrix, rhs = (broadcast_to(each, concat([batch, shape(each)[-2:]], 0)) for each in (matrix, rhs))
    return matrix_solve(matrix, rhs, adjoint=adjoint, name=name or "MatrixSolveWithBroadcast")


def matrix_triangular_solve_with_broadcast(
    matrix: Any, rhs: Any, lower: bool = True, adjoint: bool = False, name: str | None = None
) -> Any:
    """Return the solutions `x` of `matrix @ x = rhs`, reading only one triangle of `matrix`; batches broadcast."""
    return matrix_triangular_solve(
        matrix, rhs, lower=lower, adjoint=adjoint, name=name or "MatrixTriangularSolveWithBroadcast"
    )
