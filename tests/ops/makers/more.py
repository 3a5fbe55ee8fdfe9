"""Argument makers of matrix factorizations, segments, scatters, blocks and searches."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

import numpy as np
from sessile.ops.types import dtypes
from sessile.ops.types.dtypes import DType

from tests.ops.makers.arguments import Array, Call, Maker, data
from tests.ops.makers.old import OLD


def ints(*values: Any) -> Array:
    """Return an int32 array."""
    return np.array(values, np.int32)


def scalar(value: int) -> Array:
    """Return an int32 scalar."""
    return np.array(value, np.int32)


def fixed(*rows: tuple[Any, dict[str, Any]]) -> Maker:
    """Make calls from rows of (function of the type that returns the operands, attributes)."""

    def make(dtype: DType) -> Iterator[Call]:
        for number, (operands, attrs) in enumerate(rows):
            yield Call(f"row {number}", operands(dtype), dict(attrs))

    return make


def regular(dtype: DType, *batch: int) -> Array:
    """Return square matrices that are symmetric, positive and far from singular."""
    matrix = np.array([[4, 1, 0], [1, 5, 2], [0, 2, 6]], dtype.np_dtype)
    return np.array(np.broadcast_to(matrix, (*batch, 3, 3)))


def square(attrs: dict[str, Any] | None = None) -> Maker:
    """One regular matrix, a batch, an empty batch, in Fortran order."""
    return fixed(
        (lambda dtype: (regular(dtype),), attrs or {}),
        (lambda dtype: (regular(dtype, 2),), attrs or {}),
        (lambda dtype: (regular(dtype, 0),), attrs or {}),
        (lambda dtype: (np.asfortranarray(regular(dtype)),), attrs or {}),
    )


def tall(attrs: dict[str, Any]) -> Maker:
    """Matrices of more rows than columns, and the other way round."""
    return fixed(
        (lambda dtype: (regular(dtype)[:, :2],), attrs),
        (lambda dtype: (regular(dtype)[:2],), attrs),
        (lambda dtype: (regular(dtype, 2)[..., :2],), attrs),
    )


def segments(dtype: DType) -> Iterator[Call]:
    """Rows that belong together; an id without rows."""
    for ids in ([0, 0, 1, 3], [0, 1, 2, 2], [2, 2, 2, 2]):
        yield Call(f"ids {ids}", (data(dtype, (4, 2)), np.array(ids, np.int32)), {})
        yield Call(f"ids {ids}, strided", (data(dtype, (4, 4))[:, ::2], np.array(ids, np.int64)), {})
    yield Call("vector", (data(dtype, (4,)), np.array([0, 0, 1, 1], np.int32)), {})


def unsorted_segments(dtype: DType) -> Iterator[Call]:
    """The same with ids in any order, and negative ones that are dropped."""
    for ids in ([1, 0, 1, 3], [0, -1, 2, 2]):
        yield Call(f"ids {ids}", (data(dtype, (4, 2)), np.array(ids, np.int32), scalar(5)), {})
    yield Call("matrix of ids", (data(dtype, (2, 2, 3)), ints([0, 1], [1, 0]), scalar(2)), {})


def tensor_scatter(dtype: DType) -> Iterator[Call]:
    """Rows and single elements, one of them twice."""
    yield Call("rows", (data(dtype, (4, 2)), ints([1], [3]), data(dtype, (2, 2), 1)), {})
    yield Call("elements", (data(dtype, (4, 2)), ints([1, 0], [3, 1]), data(dtype, (2,), 1)), {})
    yield Call("nothing", (data(dtype, (4, 2)), np.zeros((0, 1), np.int32), data(dtype, (0, 2), 1)), {})


def scatter(dtype: DType) -> Iterator[Call]:
    """Into zeros, with indices of the type."""
    indices, shape = np.array([[1], [3]], dtype.np_dtype), np.array([4, 2], dtype.np_dtype)
    for kind in (dtypes.float32, dtypes.int32, dtypes.complex64):
        yield Call(f"rows of {kind.name}", (indices, data(kind, (2, 2)), shape), {})


def cross_entropy(dtype: DType) -> Iterator[Call]:
    """Rows of logits and of probabilities."""
    labels = np.array([[1, 0, 0], [0.25, 0.25, 0.5]]).astype(dtype.np_dtype)
    yield Call("rows", (data(dtype, (2, 3)), labels), {})
    yield Call("empty", (data(dtype, (0, 3)), labels[:0]), {})


def sparse_cross_entropy(dtype: DType) -> Iterator[Call]:
    """Rows of logits and the index of the right class."""
    for kind in (np.int32, np.int64):
        yield Call(kind.__name__, (data(dtype, (2, 3)), np.array([2, 0], kind)), {})


def largest(dtype: DType) -> Iterator[Call]:
    """The largest of each row, sorted."""
    for k in (0, 1, 3):
        yield Call(f"{k}", (data(dtype, (2, 5)), scalar(k)), {"sorted": True})
    yield Call("strided", (data(dtype, (2, 10))[:, ::2], scalar(2)), {"sorted": True})


def searches(dtype: DType) -> Iterator[Call]:
    """Places in sorted rows."""
    rows = np.sort(data(dtype, (2, 5)), axis=-1)
    yield Call("rows", (rows, data(dtype, (2, 3), 1)), {"out_type": dtypes.int32})


def stitches(dtype: DType) -> Iterator[Call]:
    """Pieces put together by index."""
    yield Call("rows", ([ints(0, 2), ints(1, 3)], [data(dtype, (2, 3)), data(dtype, (2, 3), 1)]), {})
    yield Call("scalars", ([scalar(1), scalar(0)], [data(dtype, (3,)), data(dtype, (3,), 1)]), {})


_BLOCKS = {"block_size": 2, "data_format": b"NHWC"}
_PADS = np.zeros((2, 2), np.int32)

_PAIRS: Final = {
    dtypes.float32: {"Tcomplex": dtypes.complex64},
    dtypes.float64: {"Tcomplex": dtypes.complex128},
    dtypes.complex64: {"Treal": dtypes.float32},
    dtypes.complex128: {"Treal": dtypes.float64},
}


def _of_lengths(rank: int) -> Maker:
    """Make calls of Fourier transforms between real and complex numbers."""

    def make(dtype: DType) -> Iterator[Call]:
        yield Call("odd", (data(dtype, (2, 3, 4, 5)[-rank - 1 :]), ints(*(3, 4, 5)[-rank:])), _PAIRS[dtype])
        yield Call("even", (data(dtype, (4, 4, 4)[-rank:]), ints(*(4, 2, 4)[-rank:])), _PAIRS[dtype])

    return make


def _sparse_set(dtype: DType) -> tuple[Array, Array, Array]:
    """Return the parts of a sparse tensor of two rows."""
    return np.array([[0, 0], [0, 1], [1, 2]]), data(dtype, (3,)), np.array([2, 3])


MORE: Final[dict[str, Maker]] = {
    **OLD,
    **dict.fromkeys(("Cholesky", "MatrixDeterminant", "LogMatrixDeterminant", "SelfAdjointEigV2"), square()),
    **dict.fromkeys(("SegmentMax", "SegmentMean", "SegmentMin", "SegmentProd", "SegmentSum"), segments),
    **dict.fromkeys([f"UnsortedSegment{name}" for name in ("Max", "Min", "Prod", "Sum")], unsorted_segments),
    **dict.fromkeys([f"TensorScatter{name}" for name in ("Add", "Max", "Min", "Sub", "Update")], tensor_scatter),
    **dict.fromkeys(("LowerBound", "UpperBound"), searches),
    **dict.fromkeys(("DynamicStitch", "ParallelDynamicStitch"), stitches),
    "MatrixInverse": square({"adjoint": True}),
    "MatrixSolve": fixed(
        (lambda dtype: (regular(dtype), data(dtype, (3, 2))), {}),
        (lambda dtype: (regular(dtype, 2), data(dtype, (2, 3, 2))), {"adjoint": True}),
    ),
    "MatrixTriangularSolve": fixed(
        (lambda dtype: (regular(dtype), data(dtype, (3, 2))), {}),
        (lambda dtype: (regular(dtype, 2), data(dtype, (2, 3, 2))), {"lower": False, "adjoint": True}),
    ),
    "Qr": tall({"full_matrices": False}),
    "Svd": tall({"full_matrices": True}),
    "TopKV2": largest,
    "ListDiff": fixed((lambda dtype: (data(dtype, (5,)), data(dtype, (5,))[1:3]), {"out_idx": dtypes.int32})),
    "ScatterNd": scatter,
    "SoftmaxCrossEntropyWithLogits": cross_entropy,
    "SparseSoftmaxCrossEntropyWithLogits": sparse_cross_entropy,
    "DepthToSpace": fixed((lambda dtype: (data(dtype, (1, 2, 2, 4)),), _BLOCKS)),
    "SpaceToDepth": fixed((lambda dtype: (data(dtype, (1, 4, 2, 3)),), _BLOCKS)),
    "SpaceToBatchND": fixed((lambda dtype: (data(dtype, (1, 4, 2, 3)), ints(2, 2), _PADS), {})),
    "BatchToSpaceND": fixed((lambda dtype: (data(dtype, (4, 2, 1, 3)), ints(2, 2), _PADS), {})),
    "DynamicPartition": fixed((lambda dtype: (data(dtype, (4, 2)), ints(0, 1, 1, 0)), {"num_partitions": 3})),
    "ParallelConcat": fixed((lambda dtype: ([data(dtype, (1, 3)), data(dtype, (1, 3), 1)],), {"shape": (2, 3)})),
    "ReverseSequence": fixed(
        (lambda dtype: (data(dtype, (2, 4)), np.array([1, 3], np.int64)), {"seq_dim": 1, "batch_dim": 0}),
        (lambda dtype: (data(dtype, (4, 2)), ints(0, 4)), {"seq_dim": 0, "batch_dim": 1}),
    ),
    "Bincount": fixed(
        (lambda dtype: (ints([1, 3], [1, 9]), scalar(5), data(dtype, (4,))), {}),
        (lambda dtype: (ints(1, 3, 1), scalar(2), np.zeros(0, dtype.np_dtype)), {}),
    ),
    "DenseBincount": fixed(
        (
            lambda dtype: (
                np.array([1, 3, 1], dtype.np_dtype),
                np.array(5, dtype.np_dtype),
                data(dtypes.float32, (3,)),
            ),
            {},
        ),
        (
            lambda dtype: (np.array([1, 3, 9], dtype.np_dtype), np.array(5, dtype.np_dtype), data(dtypes.int32, (0,))),
            {},
        ),
    ),
    "HistogramFixedWidth": fixed(
        (lambda dtype: (data(dtype, (9,)), np.array([0, 4], dtype.np_dtype), scalar(3)), {"dtype": dtypes.int32})
    ),
    "InTopKV2": fixed(
        (
            lambda dtype: (data(dtypes.float32, (2, 4)), np.array([1, 3], dtype.np_dtype), np.array(2, dtype.np_dtype)),
            {},
        )
    ),
    **{
        name: fixed(
            (lambda dtype: (np.array([2, 3], dtype.np_dtype), np.array([1, 2])), {"dtype": dtypes.float32}),
            (lambda dtype: (np.array([], dtype.np_dtype), np.array([-1, 2**40])), {"dtype": dtypes.float64}),
        )
        for name in ("StatelessRandomUniform", "StatelessRandomNormal", "StatelessTruncatedNormal")
    },
    **{
        name + dimensions: _of_lengths(rank)
        for rank, dimensions in ((1, ""), (2, "2D"), (3, "3D"))
        for name in ("RFFT", "IRFFT")
    },
    **{
        name + dimensions: fixed((lambda dtype: (data(dtype, (2, 3, 4)),), {}))
        for name in ("FFT", "IFFT")
        for dimensions in ("", "2D", "3D")
    },
    **{name: fixed((lambda dtype: (regular(dtype, 2),), {})) for name in ("MatrixLogarithm", "MatrixSquareRoot", "Lu")},
    "MatrixExponential": fixed((lambda dtype: (regular(dtype, 2) * np.asarray(0.1, dtype.np_dtype),), {})),
    "MatrixSolveLs": fixed(
        (lambda dtype: (data(dtype, (2, 4, 3)), data(dtype, (2, 4, 2), 1), np.array(0.5)), {"fast": True}),
        (lambda dtype: (data(dtype, (3, 4)), data(dtype, (3, 2), 1), np.array(0.0)), {"fast": False}),
    ),
    "NthElement": fixed((lambda dtype: (data(dtype, (2, 5)), scalar(1)), {"reverse": True})),
    "Bucketize": fixed((lambda dtype: (data(dtype, (2, 5)),), {"boundaries": [0.0, 1.0, 3.0]})),
    "DenseToDenseSetOperation": fixed(
        (lambda dtype: (data(dtype, (2, 3)), data(dtype, (2, 4), 1)), {"set_operation": b"union"})
    ),
    "DenseToSparseSetOperation": fixed(
        (lambda dtype: (data(dtype, (2, 3)), *_sparse_set(dtype)), {"set_operation": b"intersection"})
    ),
    "SparseToSparseSetOperation": fixed(
        (lambda dtype: (*_sparse_set(dtype), *_sparse_set(dtype)), {"set_operation": b"a-b"})
    ),
    "SetSize": fixed((_sparse_set, {})),
    "StatelessRandomUniformInt": fixed(
        (lambda dtype: (np.array([5], dtype.np_dtype), np.array([1, 2]), scalar(-3), scalar(9)), {}),
    ),
    "StatelessMultinomial": fixed(
        (lambda dtype: (data(dtype, (2, 3)), scalar(4), np.array([1, 2])), {"output_dtype": dtypes.int32}),
    ),
    "GatherTree": fixed(
        (
            lambda dtype: (
                np.arange(12, dtype=dtype.np_dtype).reshape(3, 2, 2),
                np.array([[[0, 0], [0, 0]], [[1, 0], [0, 0]], [[1, 1], [0, 1]]], dtype.np_dtype),
                ints(3, 2),
                np.array(5, dtype.np_dtype),
            ),
            {},
        ),
    ),
    "UnravelIndex": fixed(
        (lambda dtype: (np.array([5, 0], dtype.np_dtype), np.array([2, 3], dtype.np_dtype)), {}),
        (lambda dtype: (np.array(4, dtype.np_dtype), np.array([2, 3], dtype.np_dtype)), {}),
    ),
    "MatrixDiagV3": fixed(
        (lambda dtype: (data(dtype, (2, 3)), scalar(0), scalar(-1), scalar(-1), data(dtype, ())), {}),
        (lambda dtype: (data(dtype, (2, 3)), ints(-1, 0), scalar(3), scalar(3), data(dtype, ())), {}),
    ),
    "MatrixDiagPartV3": fixed(
        (lambda dtype: (data(dtype, (3, 4)), scalar(1), data(dtype, ())), {}),
        (lambda dtype: (data(dtype, (2, 3, 3)), ints(-1, 1), data(dtype, ())), {}),
    ),
    "MatrixSetDiagV3": fixed((lambda dtype: (data(dtype, (2, 3, 4)), data(dtype, (2, 3), 1), scalar(0)), {})),
}
