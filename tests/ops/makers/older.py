"""Argument makers of the operation types of graphs from TensorFlow 0.x."""

from __future__ import annotations

from typing import Any, Final

import numpy as np
from sessile.ops.types.dtypes import DType

from tests.ops.makers.arguments import Array, Maker, data
from tests.ops.makers.old import fixed

# Types that are another one under the name `Batch...`.
BATCHED: Final = (
    "Cholesky", "FFT", "FFT2D", "FFT3D", "IFFT", "IFFT2D", "IFFT3D", "MatrixDeterminant",
    "MatrixDiag", "MatrixDiagPart", "MatrixInverse", "MatrixSetDiag", "MatrixSolve", "MatrixSolveLs",
    "MatrixTriangularSolve", "SelfAdjointEigV2", "Svd",
)  # fmt: skip


def _symmetric(dtype: DType) -> Array:
    matrix = np.array([[4, 1, 0], [1, 5, 2], [0, 2, 6]], dtype.np_dtype)
    return np.stack([matrix, matrix + np.eye(3, dtype=dtype.np_dtype)])


def _factor(dtype: DType) -> tuple[Any, ...]:
    wide = np.linalg.cholesky(_symmetric(dtype).astype(np.float64))
    return wide.astype(dtype.np_dtype), data(dtype, (2, 3, 3))


def _floats(*shapes: tuple[int, ...]) -> Any:
    return lambda dtype: tuple(data(dtype, shape, seed) for seed, shape in enumerate(shapes))


_LIMITS: Final = tuple(np.array(value, np.float32) for value in (1.5, -2.0, 3.0))
_EIGEN: Final = fixed((lambda dtype: (_symmetric(dtype),), {}))
_CHOLESKY: Final = fixed((_factor, {}))
_WINDOWS: Final[dict[str, Any]] = {"strides": (1, 1, 1, 1, 1), "padding": b"SAME"}
_SPACES: Final = _floats((1, 3, 3, 2, 2), (2, 2, 2, 2, 1), (1, 3, 3, 2, 1))


def _moments(dtype: DType) -> tuple[Any, ...]:
    t, m, v, gamma, dy = _floats((2, 2, 2, 3), (3,), (3,), (3,), (2, 2, 2, 3))(dtype)
    return t, m, np.abs(v), gamma, dy


OLDER: Final[dict[str, Maker]] = {
    "AdjustContrast": fixed((lambda dtype: (data(dtype, (2, 3, 4, 1)), *_LIMITS), {})),
    "BatchCholeskyGrad": _CHOLESKY,
    "BatchMatrixBandPart": fixed(
        (lambda dtype: (data(dtype, (2, 3, 4)), np.array(1), np.array(-1)), {}),
    ),
    "BatchNormWithGlobalNormalizationGrad": fixed(
        *((_moments, {"variance_epsilon": 0.1, "scale_after_normalization": scale}) for scale in (True, False))
    ),
    "BatchSelfAdjointEig": _EIGEN,
    "BatchToSpace": fixed(
        (lambda dtype: (data(dtype, (4, 2, 2, 1)), np.array([[0, 1], [1, 0]], np.int32)), {"block_size": 2})
    ),
    "CholeskyGrad": _CHOLESKY,
    "Conv3DBackpropFilter": fixed((_SPACES, _WINDOWS)),
    "Conv3DBackpropInput": fixed((_SPACES, _WINDOWS)),
    "NonMaxSuppressionV2": fixed(
        (
            lambda dtype: (
                np.abs(data(dtype, (5, 4))), data(dtype, (5,), 1), np.array(3, np.int32), np.array(0.5, dtype.np_dtype),
            ),
            {},
        )
    ),
    "SelfAdjointEig": _EIGEN,
    "SpaceToBatch": fixed(
        (lambda dtype: (data(dtype, (1, 3, 4, 2)), np.array([[0, 1], [1, 1]], np.int32)), {"block_size": 2})
    ),
}  # fmt: skip
