"""Argument makers of types that few graphs hold."""

from __future__ import annotations

from typing import Any, Final

import numpy as np
from sessile.ops.types.dtypes import DType

from tests.ops.makers.arguments import Array, Maker, data
from tests.ops.makers.old import fixed


def _ints(*values: Any) -> Array:
    return np.array(values, np.int32)


def _repeating(dtype: DType) -> Array:
    rows = data(dtype, (2, 3))
    return np.concatenate([rows, rows[:1]])


def _slices(dtype: DType) -> tuple[Any, ...]:
    return data(dtype, (3, 4)), _ints(0, 1), _ints(2, 4), _ints(1, 2), data(dtype, (2, 2), 1)


def _floats(*values: float) -> Array:
    return np.array(values, np.float32)


def _images(dtype: DType) -> Array:
    return data(dtype, (2, 5, 6, 2))


_MOVED: Final = _floats(0.5, -0.3)


def _bands(dtype: DType, side: int) -> Array:
    """Three diagonals of matrices far from singular."""
    bands = data(dtype, (2, 3, side))
    bands[:, 1] = dtype.np_dtype.type(16) + bands[:, 1]
    return bands


_AXES: Final = tuple(np.array(values, np.int64) for values in ([0], [-1], []))
_UNIQUE: Final = fixed(
    (lambda dtype: (_repeating(dtype), _AXES[0]), {}),
    (lambda dtype: (_repeating(dtype), _AXES[1]), {}),
    (lambda dtype: (_repeating(dtype)[:, 0], _AXES[2]), {}),
)
_BAND: Final = (_ints(-1, 0), np.array(-1, np.int32), np.array(-1, np.int32))

RARE: Final[dict[str, Maker]] = {
    "CompareAndBitpack": fixed((lambda dtype: (data(dtype, (2, 16)), data(dtype, (), 1)), {})),
    "DataFormatDimMap": fixed((lambda dtype: (np.array([0, -1, 3], dtype.np_dtype),), {})),
    "DataFormatVecPermute": fixed(
        (lambda dtype: (np.array([7, 8, 9, 10], dtype.np_dtype),), {"dst_format": b"HWNC"}),
        (lambda dtype: (np.arange(8).reshape(4, 2).astype(dtype.np_dtype),), {}),
    ),
    "Fingerprint": fixed((lambda dtype: (data(dtype, (3, 2)), np.array(b"farmhash64", object)), {})),
    "MatrixDiagPartV2": fixed(
        (lambda dtype: (data(dtype, (2, 3, 4)), _ints(-1, 1), data(dtype, (), 1)), {}),
        (lambda dtype: (data(dtype, (3, 4)), np.array(1, np.int32), data(dtype, (), 1)), {}),
    ),
    "MatrixDiagV2": fixed((lambda dtype: (data(dtype, (2, 2, 3)), *_BAND, data(dtype, (), 1)), {})),
    "MatrixSetDiagV2": fixed((lambda dtype: (data(dtype, (2, 3, 4)), data(dtype, (2, 3, 3), 1), _ints(-1, 1)), {})),
    "ScatterNdNonAliasingAdd": fixed(
        (lambda dtype: (data(dtype, (4, 2)), _ints([1], [3]), data(dtype, (2, 2), 1)), {})
    ),
    "ScaleAndTranslate": fixed(
        *(
            (lambda dtype, sides=sides, by=by: (_images(dtype), sides, by, _MOVED), {"kernel_type": kind})
            for sides, by in ((_ints(7, 9), _floats(1.4, 1.5)), (_ints(2, 3), _floats(0.4, 0.5)))
            for kind in (b"lanczos3", b"gaussian", b"box", b"triangle", b"keyscubic", b"mitchellcubic")
        )
    ),
    "ScaleAndTranslateGrad": fixed(
        (lambda dtype: (data(dtype, (2, 7, 9, 2), 1), _images(dtype), _floats(1.4, 1.5), _MOVED), {"antialias": False})
    ),
    "TensorStridedSliceUpdate": fixed((_slices, {})),
    "TileGrad": fixed((lambda dtype: (data(dtype, (4, 6)), _ints(2, 3)), {})),
    "TridiagonalMatMul": fixed(
        (lambda dtype: (*(data(dtype, (2, 1, 4), seed) for seed in range(3)), data(dtype, (2, 4, 3), 5)), {})
    ),
    "TridiagonalSolve": fixed(
        (lambda dtype: (_bands(dtype, 4), data(dtype, (2, 4, 3), 5)), {}),
        (lambda dtype: (_bands(dtype, 20), data(dtype, (2, 20, 1), 5)), {"partial_pivoting": False}),
    ),
    "UniqueV2": _UNIQUE,
    "UniqueWithCountsV2": _UNIQUE,
}
