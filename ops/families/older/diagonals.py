"""Diagonals whose shorter ones all begin at the left, as TensorFlow 1.15 first had bands of them."""

from __future__ import annotations

from typing import Any

import numpy as np

from ...building.variants import variant
from ..linalg import matrix_parts

_LEFT = b"LEFT_LEFT"


def _zero(g: Any, dtype: Any) -> Any:
    return g.constant(np.zeros((), dtype.np_dtype), dtype)


def _diag_gradient(g: Any, op: Any, dy: Any) -> list[Any]:
    return [g("MatrixDiagPartV2", dy, op.inputs[1], _zero(g, dy.dtype)), None, None, None, None]


def _part_gradient(g: Any, op: Any, dy: Any) -> list[Any]:
    return [g("MatrixSetDiagV2", g.zeros_like(op.inputs[0]), dy, op.inputs[1]), None, None]


def _set_gradient(g: Any, op: Any, dy: Any) -> list[Any]:
    k = op.inputs[2]
    by_diagonal = g("MatrixDiagPartV2", dy, k, _zero(g, dy.dtype))
    return [g("MatrixSetDiagV2", dy, g.zeros_like(op.inputs[1]), k), by_diagonal, None]


def _diag_kernel(diagonal: Any, k: Any, num_rows: Any, num_cols: Any, padding_value: Any) -> Any:
    newer: Any = matrix_parts.MATRIX_DIAG_V3.kernel
    return newer(diagonal, k, num_rows, num_cols, padding_value, align=_LEFT)


def _part_kernel(x: Any, k: Any, padding_value: Any) -> Any:
    newer: Any = matrix_parts.MATRIX_DIAG_PART_V3.kernel
    return newer(x, k, padding_value, align=_LEFT)


def _set_kernel(x: Any, diagonal: Any, k: Any) -> Any:
    newer: Any = matrix_parts.MATRIX_SET_DIAG_V3.kernel
    return newer(x, diagonal, k, align=_LEFT)


MATRIX_DIAG_V2 = variant(
    matrix_parts.MATRIX_DIAG_V3, "MatrixDiagV2", attrs={}, kernel=_diag_kernel, gradient=_diag_gradient
)
MATRIX_DIAG_PART_V2 = variant(
    matrix_parts.MATRIX_DIAG_PART_V3, "MatrixDiagPartV2", attrs={}, kernel=_part_kernel, gradient=_part_gradient
)
MATRIX_SET_DIAG_V2 = variant(
    matrix_parts.MATRIX_SET_DIAG_V3, "MatrixSetDiagV2", attrs={}, kernel=_set_kernel, gradient=_set_gradient
)
