"""Public names of `linalg`."""

from __future__ import annotations

NAMES: dict[str, dict[str, str]] = {
    "linalg": {
        "ops.families.arrays.transposing": "matrix_transpose transpose=matrix_transpose",
        "ops.families.linalg.clip_norms": "global_norm",
        "ops.families.linalg.einsum": "einsum",
        "ops.families.linalg.factorizations": (
            "adjoint cholesky cholesky_solve det=matrix_determinant eigh=self_adjoint_eig "
            "eigvalsh=self_adjoint_eigvals inv=matrix_inverse logdet qr slogdet solve=matrix_solve svd trace "
            "triangular_solve=matrix_triangular_solve"
        ),
        "ops.families.linalg.matrix_functions": "expm logm lstsq=matrix_solve_ls lu matrix_rank pinv sqrtm",
        "ops.families.linalg.matrix_parts": (
            "band_part=matrix_band_part diag=matrix_diag diag_part=matrix_diag_part eye set_diag=matrix_set_diag "
            "tensor_diag=diag tensor_diag_part=diag_part"
        ),
        "ops.families.linalg.norms": "l2_normalize norm normalize",
        "ops.families.linalg.products": "cross matmul matvec",
        "ops.families.linalg.tensordot": "tensordot",
        "ops.families.linalg.tridiagonal": "tridiagonal_matmul tridiagonal_solve",
        "ops.library.composed_operators": (
            "LinearOperatorAdjoint LinearOperatorBlockDiag LinearOperatorComposition LinearOperatorHouseholder "
            "LinearOperatorInversion LinearOperatorKronecker LinearOperatorLowRankUpdate LinearOperatorScaledIdentity "
            "LinearOperatorToeplitz LinearOperatorZeros"
        ),
        "ops.library.linear_operators": (
            "LinearOperator LinearOperatorDiag LinearOperatorFullMatrix LinearOperatorIdentity "
            "LinearOperatorLowerTriangular"
        ),
    },
}
