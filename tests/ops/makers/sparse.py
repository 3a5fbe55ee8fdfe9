"""Argument makers of the operations on sparse tensors."""

from __future__ import annotations

from typing import Any, Final

import numpy as np
from sessile.ops.types import dtypes

from tests.ops.makers.arguments import Array, Maker, data
from tests.ops.makers.more import fixed


def wide(*values: Any) -> Array:
    """Return an int64 array."""
    return np.array(values, np.int64)


ROWS: Final = wide([0, 1], [1, 0], [1, 2], [2, 3])
SHAPE: Final = wide(3, 4)
NONE: Final = np.zeros((0, 2), np.int64)


def four(dtype: Any) -> tuple[Any, ...]:
    """Return the arrays of a sparse matrix that lists four elements."""
    return ROWS, data(dtype, (4,)), SHAPE


def three(dtype: Any) -> tuple[Any, ...]:
    """Return those of one that lists three."""
    return wide([0, 1], [1, 1], [2, 3]), data(dtype, (3,), 5), SHAPE


def nothing(dtype: Any) -> tuple[Any, ...]:
    """Return those of one that lists nothing."""
    return NONE, data(dtype, (0,)), SHAPE


def _real(dtype: Any) -> Any:
    return dtype.real_dtype if dtype.is_complex else dtype


def _zero(dtype: Any) -> Array:
    return np.zeros((), _real(dtype).np_dtype)


def _words(count: int) -> Array:
    return np.array([b"word %d" % number for number in range(count)], object)


def _cross(hashed: bool, num_buckets: int) -> dict[str, Any]:
    out_type = dtypes.int64 if hashed else dtypes.string
    return {
        "hashed_output": hashed, "num_buckets": num_buckets, "hash_key": 3, "out_type": out_type,
        "internal_type": dtypes.int64 if hashed else dtypes.string,
    }  # fmt: skip


def _axes(*values: int) -> Array:
    return np.array(values, np.int32)


def _divisor(dtype: Any) -> Array:
    return np.ones((1, 4), dtype.np_dtype)


def _cast(dtype: Any, arrays: tuple[Any, ...]) -> tuple[Any, ...]:
    """Take the int64 arrays as `dtype`."""
    return tuple(array.astype(dtype.np_dtype) if array.dtype == np.int64 else array for array in arrays)


def _indexed(dtype: Any, arrays: tuple[Any, ...]) -> tuple[Any, ...]:
    """Take the indices, the first array, as `dtype`."""
    return (arrays[0].astype(dtype.np_dtype), *arrays[1:])


_CWISE: Final = fixed(
    (lambda dtype: (*four(dtype), data(dtype, (3, 4), 1)), {}),
    (lambda dtype: (*four(dtype), data(dtype, (3, 1), 1)), {}),
    (lambda dtype: (*four(dtype), data(dtype, (), 1)), {}),
    (lambda dtype: (*nothing(dtype), data(dtype, (4,), 1)), {}),
)
_EXTREMUM: Final = fixed(
    (lambda dtype: (*four(dtype), *three(dtype)), {}),
    (lambda dtype: (*nothing(dtype), *three(dtype)), {}),
    (lambda dtype: (*nothing(dtype), *nothing(dtype)), {}),
)
_REDUCTION: Final = fixed(
    (lambda dtype: (*four(dtype), _axes(1)), {}),
    (lambda dtype: (*four(dtype), _axes(-2)), {"keep_dims": True}),
    (lambda dtype: (*four(dtype), _axes(0, 1)), {}),
    (lambda dtype: (*nothing(dtype), _axes(0)), {}),
)

SPARSE: Final[dict[str, Maker]] = {
    "SparseAdd": fixed(
        (lambda dtype: (*four(dtype), *three(dtype), _zero(dtype)), {}),
        (lambda dtype: (*nothing(dtype), *three(dtype), _zero(dtype)), {}),
    ),
    "SparseConcat": fixed(
        (lambda dtype: ([ROWS, NONE], [data(dtype, (4,)), data(dtype, (0,))], [SHAPE, SHAPE]), {"concat_dim": 1}),
        (lambda dtype: ([ROWS, ROWS], [data(dtype, (4,)), data(dtype, (4,), 1)], [SHAPE, SHAPE]), {"concat_dim": -2}),
    ),
    "SparseCross": fixed(
        (lambda dtype: ([ROWS], [data(dtypes.int64, (4,))], [SHAPE], [data(dtypes.int64, (3, 2), 2)]), _cross(True, 7)),
        (lambda dtype: ([ROWS, ROWS], [_words(4), data(dtypes.int64, (4,))], [SHAPE, SHAPE], []), _cross(False, 0)),
    ),
    "SparseDenseCwiseAdd": _CWISE,
    "SparseDenseCwiseDiv": fixed((lambda dtype: (*four(dtype), _divisor(dtype)), {})),
    "SparseDenseCwiseMul": _CWISE,
    "SparseFillEmptyRows": fixed(
        (lambda dtype: (wide([2, 1], [0, 2], [2, 0]), data(dtype, (3,)), wide(4, 3), data(dtype, ())), {}),
        (lambda dtype: (*nothing(dtype), data(dtype, ())), {}),
    ),
    "SparseReduceMax": _REDUCTION,
    "SparseReduceMaxSparse": _REDUCTION,
    "SparseReduceSum": _REDUCTION,
    "SparseReduceSumSparse": _REDUCTION,
    "SparseReorder": fixed(
        (lambda dtype: (ROWS[::-1].copy(), data(dtype, (4,)), SHAPE), {}),
        (lambda dtype: nothing(dtype), {}),
    ),
    "SparseReshape": fixed(
        (lambda dtype: (ROWS, SHAPE, wide(2, -1)), {}),
        (lambda dtype: (NONE, SHAPE, wide(12)), {}),
    ),
    "SparseSlice": fixed(
        (lambda dtype: (*four(dtype), wide(1, 0), wide(9, 3)), {}),
        (lambda dtype: (*nothing(dtype), wide(0, 1), wide(2, 2)), {}),
    ),
    "SparseSoftmax": fixed((lambda dtype: four(dtype), {}), (lambda dtype: nothing(dtype), {})),
    "SparseSparseMaximum": _EXTREMUM,
    "SparseSparseMinimum": _EXTREMUM,
    "SparseSplit": fixed(
        (lambda dtype: (np.array(1), *four(dtype)), {"num_split": 3}),
        (lambda dtype: (np.array(-2), *nothing(dtype)), {"num_split": 1}),
    ),
    "SparseTensorDenseAdd": fixed(
        (lambda dtype: (*_cast(dtype, four(dtypes.float32)), data(dtypes.float32, (3, 4), 1)), {}),
        (lambda dtype: (*nothing(dtype), data(dtype, (3, 4), 1)), {}),
    ),
    "SparseTensorDenseMatMul": fixed(
        (lambda dtype: (*_indexed(dtype, four(dtypes.float32)), data(dtypes.float32, (4, 2), 1)), {}),
        (
            lambda dtype: (*_indexed(dtype, four(dtypes.complex64)), data(dtypes.complex64, (2, 3), 1)),
            {"adjoint_a": True, "adjoint_b": True},
        ),
        (lambda dtype: (*nothing(dtype), data(dtype, (4, 2), 1)), {}),
    ),
    "SparseToDense": fixed(
        (lambda dtype: (*_cast(dtype, (ROWS, SHAPE)), data(dtypes.string, (4,)), data(dtypes.string, ())), {}),
        (lambda dtype: (*_cast(dtype, (wide(1, 3), wide(5))), data(dtypes.float32, ()), data(dtypes.float32, ())), {}),
    ),
}
