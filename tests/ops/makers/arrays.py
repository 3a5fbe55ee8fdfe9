"""Argument makers of the operations that are not elementwise: reductions, arrays, matrices."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

import numpy as np
from sessile.ops.types import dtypes
from sessile.ops.types.dtypes import DType

from tests.ops.makers.arguments import Array, Call, Maker, data, specials

I32: Final = np.int32


def ints(*values: Any) -> Array:
    """Return an int32 array."""
    return np.array(values, I32)


def scalar(value: int) -> Array:
    """Return an int32 scalar."""
    return np.array(value, I32)


def layouts(dtype: DType, shape: tuple[int, ...], seed: int = 0) -> Iterator[tuple[str, Array]]:
    """Yield one shape in several memory layouts."""
    plain = data(dtype, shape, seed)
    yield "contiguous", plain
    wide = np.repeat(plain, 2, axis=-1)
    yield "strided", wide[..., ::2]
    yield "Fortran order", np.asfortranarray(plain)


def with_shapes(*shapes: tuple[int, ...], **attrs: Any) -> Maker:
    """Make calls of one data input in these shapes, in every layout."""

    def make(dtype: DType) -> Iterator[Call]:
        for shape in shapes:
            for note, array in layouts(dtype, shape) if shape else [("scalar", data(dtype, ()))]:
                yield Call(f"{note} {shape}", (array,), dict(attrs))

    return make


def with_operands(*rows: tuple[Any, ...]) -> Maker:
    """Make calls of one data input, followed by fixed operands: rows of (shape, operands, attrs)."""

    def make(dtype: DType) -> Iterator[Call]:
        for shape, operands, attrs in rows:
            for note, array in layouts(dtype, shape) if shape else [("scalar", data(dtype, ()))]:
                yield Call(f"{note} {shape} {operands}", (array, *operands), dict(attrs))

    return make


def reduction(dtype: DType) -> Iterator[Call]:
    """Every kind of axes, kept or not, over ordinary, special and empty data."""
    for axes in (ints(), ints(0), ints(1), ints(-1), ints(0, 2), ints(2, 0), ints(0, 1, 2), scalar(1)):
        for keep in (False, True):
            for note, array in layouts(dtype, (2, 3, 4)):
                yield Call(f"{note} over {axes} keep {keep}", (array, axes), {"keep_dims": keep})
    yield Call("int64 axes", (data(dtype, (2, 3)), np.array([1], np.int64)), {})
    yield Call("scalar", (data(dtype, ()), ints()), {})
    yield Call("special values", (specials(dtype), scalar(0)), {})
    yield Call("nothing left", (data(dtype, (0, 3)), ints(1)), {})
    if dtype.kind not in "s":
        yield Call("of nothing", (data(dtype, (0, 3)), ints(0)), {})


def extremum(dtype: DType) -> Iterator[Call]:
    """argmax and argmin."""
    for axis in (0, 1, -1):
        for note, array in layouts(dtype, (3, 4)):
            yield Call(f"{note} over {axis}", (array, scalar(axis)), {"output_type": dtypes.int32})
    yield Call("special values", (specials(dtype), scalar(0)), {"output_type": dtypes.int64})


def scan(dtype: DType) -> Iterator[Call]:
    """cumsum and cumprod."""
    for axis in (0, -1):
        for exclusive in (False, True):
            for reverse in (False, True):
                for note, array in layouts(dtype, (3, 4)):
                    attrs = {"exclusive": exclusive, "reverse": reverse}
                    yield Call(f"{note} {axis} {attrs}", (array, scalar(axis)), attrs)
    yield Call("empty", (data(dtype, (0, 3)), scalar(0)), {})


def matrices(first: str, second: str, batch: bool) -> Maker:
    """Matrix products, with every combination of the two flags."""

    def make(dtype: DType) -> Iterator[Call]:
        left = [(2, 3), (0, 3), (2, 0)] if not batch else [(2, 3), (5, 2, 3), (0, 2, 3), (4, 2, 0)]
        for shape in left:
            for flags in ((False, False), (True, False), (False, True), (True, True)):
                turned = (*shape[:-2], shape[-1], shape[-2])
                right = (*shape[:-2], shape[-1], 4)
                x = data(dtype, turned if flags[0] else shape)
                y = data(dtype, (*right[:-2], 4, right[-2]) if flags[1] else right, 1)
                yield Call(f"{shape} {flags}", (x, y), {first: flags[0], second: flags[1]})
        yield Call("strided", (data(dtype, (4, 6))[::2, ::2], data(dtype, (6, 4), 1)[::2]), {})

    return make


def broadcasting_matrices(dtype: DType) -> Iterator[Call]:
    """Batches that broadcast."""
    yield from matrices("adj_x", "adj_y", True)(dtype)
    yield Call("batch of one", (data(dtype, (1, 2, 3)), data(dtype, (5, 3, 4))), {})
    yield Call("no batch right", (data(dtype, (5, 2, 3)), data(dtype, (3, 4))), {})


def two_typed_matrices(dtype: DType) -> Iterator[Call]:
    """The product whose operands and result name their types."""
    for call in broadcasting_matrices(dtype):
        yield call._replace(attrs={**call.attrs, "Tout": dtype})


def many(axes: tuple[int, ...], order: str, attr: str | None = None) -> Maker:
    """Concatenations and stacks: a list of arrays, with an axis before, after, or as an attribute."""

    def make(dtype: DType) -> Iterator[Call]:
        for axis in axes:
            arrays = [data(dtype, (2, 3), seed) for seed in range(3)]
            operands: tuple[Any, ...] = (arrays,)
            if order == "before":
                operands = (scalar(axis), arrays)
            elif order == "after":
                operands = (arrays, scalar(axis))
            yield Call(f"axis {axis}", operands, {attr: axis} if attr else {})
        arrays = [data(dtype, (0, 3)), data(dtype, (0, 3))]
        last: tuple[Any, ...] = {"before": (scalar(0), arrays), "after": (arrays, scalar(0))}.get(order, (arrays,))
        yield Call("empty", last, {})

    return make


def casts(dtype: DType) -> Iterator[Call]:
    """To every other type, of ordinary values; of special ones where the result is defined."""
    if dtype.kind == "s":
        return
    for wanted in dtypes.ALL:
        if wanted.kind not in "srq":
            yield Call(f"to {wanted.name}", (np.abs(data(dtype, (2, 3))),), {"DstT": wanted})
            if wanted.kind in "fcb":
                yield Call(f"special to {wanted.name}", (specials(dtype),), {"DstT": wanted})


def bitcasts(dtype: DType) -> Iterator[Call]:
    """To types of the same, half and twice the size."""
    size = dtype.np_dtype.itemsize
    for wanted in (dtypes.uint8, dtypes.int16, dtypes.int32, dtypes.float32, dtypes.int64, dtypes.float64):
        if dtype.kind in "sb" or wanted.size > 2 * size:
            continue
        shape = (3, wanted.size // size) if wanted.size > size else (3, 2)
        yield Call(f"to {wanted.name}", (data(dtype, shape),), {"type": wanted})


def comparison_select(dtype: DType) -> Iterator[Call]:
    """The old select: a condition of the whole shape, of rows, or one."""
    x, y = data(dtype, (2, 3)), data(dtype, (2, 3), 1)
    for condition in (np.array([[True, False, True], [False, True, False]]), np.array([True, False]), np.array(True)):
        yield Call(f"condition {condition.shape}", (condition, x, y), {})
    yield Call("empty", (np.zeros((0,), np.bool_), x[:0], y[:0]), {})


def clips(dtype: DType) -> Iterator[Call]:
    """Bounds as scalars and as arrays."""
    low, high = np.array(1, dtype.np_dtype), np.array(3, dtype.np_dtype)
    for note, array in layouts(dtype, (2, 3)):
        yield Call(note, (array, low, high), {})
    yield Call("arrays", (data(dtype, (2, 3)), np.full((2, 3), low), np.full((2, 3), high)), {})
    yield Call("special values", (specials(dtype), low, high), {})


def ranges(dtype: DType) -> Iterator[Call]:
    """Up, down, with steps, empty."""
    for start, stop, step in ((0, 5, 1), (1, 8, 3), (3, 3, 1), (0, 1, 2)):
        yield Call(f"{start} {stop} {step}", tuple(np.array(v, dtype.np_dtype) for v in (start, stop, step)), {})
    if dtype.kind != "u":
        yield Call("down", tuple(np.array(v, dtype.np_dtype) for v in (5, 0, -2)), {})


def same_shaped_triples(dtype: DType) -> Iterator[Call]:
    """Cross products of vectors of three."""
    yield Call("vectors", (data(dtype, (3,)), data(dtype, (3,), 1)), {})
    yield Call("rows", (data(dtype, (2, 3)), data(dtype, (2, 3), 1)), {})


def splits(dtype: DType) -> Iterator[Call]:
    """Equal parts along each axis."""
    for axis, number in ((0, 2), (1, 3), (-1, 2), (0, 1)):
        yield Call(f"axis {axis}", (scalar(axis), data(dtype, (4, 6))), {"num_split": number})


def uneven_splits(dtype: DType) -> Iterator[Call]:
    """Parts of given sizes, one of them left to be worked out."""
    for sizes in ([1, 3], [4], [0, -1, 1]):
        operands = (data(dtype, (4, 6)), np.array(sizes, np.int64), scalar(0))
        yield Call(f"sizes {sizes}", operands, {"num_split": len(sizes)})


def unpacks(dtype: DType) -> Iterator[Call]:
    """Along each axis."""
    for axis, number in ((0, 2), (1, 3), (-1, 3)):
        yield Call(f"axis {axis}", (data(dtype, (2, 3)),), {"num": number, "axis": axis})


def one_hots(dtype: DType) -> Iterator[Call]:
    """Indices inside and outside of the depth, new axis at either end."""
    on, off = np.array(1).astype(dtype.np_dtype), np.array(0).astype(dtype.np_dtype)
    if dtype.kind == "s":
        on, off = np.array(b"on", object), np.array(b"off", object)
    for axis in (-1, 0, 1):
        yield Call(f"axis {axis}", (np.array([0, 2, -1, 5]), scalar(3), on, off), {"axis": axis})


def gathers(dtype: DType) -> Iterator[Call]:
    """Rows, columns, single elements, batches, nothing."""
    for note, array in layouts(dtype, (3, 4)):
        for indices in (scalar(2), ints(0, 2, 2), ints([0, 1], [2, 0]), ints()):
            for axis in (0, 1, -1):
                yield Call(f"{note} {indices.shape} {axis}", (array, indices, scalar(axis)), {"batch_dims": 0})
    yield Call("batch", (data(dtype, (2, 3, 4)), ints([0, 2], [1, 1]), scalar(1)), {"batch_dims": 1})


def wheres(dtype: DType) -> Iterator[Call]:
    """Places of what is not zero."""
    yield from with_shapes((2, 3), (4,), (0, 3))(dtype)


def values_of_complex(dtype: DType) -> Iterator[Call]:
    """Parts of complex numbers."""
    part = dtype.real_dtype
    for note, array in layouts(dtype, (2, 3)):
        yield Call(note, (array,), {"Tout": part})
    yield Call("special values", (specials(dtype),), {"Tout": part})
    yield Call("scalar", (data(dtype, ()),), {"Tout": part})


def complexes(dtype: DType) -> Iterator[Call]:
    """Complex numbers of parts."""
    whole = dtypes.complex64 if dtype is dtypes.float32 else dtypes.complex128
    values = specials(dtype)
    yield Call("special values", (values[:, None], values[None, :]), {"Tout": whole})
    yield Call("scalar", (data(dtype, ()), data(dtype, (3,))), {"Tout": whole})
    yield Call("empty", (data(dtype, (0, 2)), data(dtype, (1, 2))), {"Tout": whole})


def probabilities(dtype: DType) -> Iterator[Call]:
    """Positive parameters and a number between 0 and 1."""
    a, b, x = (np.abs(data(dtype, (2, 3), seed)) + np.array(0.5, dtype.np_dtype) for seed in range(3))
    yield Call("ordinary", (a, b, x / np.array(10, dtype.np_dtype)), {})
    yield Call("scalar", (a, b[0, 0, ...], x[0, 0, ...] / np.array(10, dtype.np_dtype)), {})


def biases(dtype: DType) -> Iterator[Call]:
    """One number per channel, channels last and second."""
    yield Call("last", (data(dtype, (2, 3, 4)), data(dtype, (4,))), {"data_format": b"NHWC"})
    yield Call("second", (data(dtype, (2, 3, 4, 1)), data(dtype, (3,))), {"data_format": b"NCHW"})
    yield Call("strided", (data(dtype, (2, 8))[:, ::2], data(dtype, (4,))), {})


def paddings(*extra: Any) -> Maker:
    """Before and after each axis."""
    pads = ([[1, 2], [0, 1]], [[0, 0], [0, 0]])

    def make(dtype: DType) -> Iterator[Call]:
        for pad in pads:
            for note, array in layouts(dtype, (3, 4)):
                yield Call(f"{note} {pad}", (array, np.array(pad, I32), *(data(dtype, ()) for _ in extra)), {})

    return make


def mirrors(dtype: DType) -> Iterator[Call]:
    """Both mirrored modes."""
    for mode in (b"REFLECT", b"SYMMETRIC"):
        yield Call(str(mode), (data(dtype, (3, 4)), np.array([[1, 2], [0, 1]], I32)), {"mode": mode})


def einsums(dtype: DType) -> Iterator[Call]:
    """Products, traces and sums."""
    x, y = data(dtype, (2, 3)), data(dtype, (3, 4), 1)
    yield Call("matrix product", ([x, y],), {"equation": b"ij,jk->ik"})
    yield Call("sum", ([x],), {"equation": b"ij->j"})
    yield Call("transposed", ([x],), {"equation": b"ij->ji"})


def spaced(dtype: DType) -> Iterator[Call]:
    """Evenly spaced numbers."""
    for count in (1, 2, 5):
        yield Call(f"{count}", (np.array(-1, dtype.np_dtype), np.array(3, dtype.np_dtype), scalar(count)), {})


def mixed_list(dtype: DType) -> Iterator[Call]:
    """Tensors of several types."""
    yield Call("three", ([data(dtypes.float32), data(dtypes.int32, ()), data(dtypes.string, (2,))],), {})


def operands_only(*rows: tuple[tuple[Any, ...], dict[str, Any]]) -> Maker:
    """Fixed calls, whatever the type."""

    def make(dtype: DType) -> Iterator[Call]:
        for number, (operands, attrs) in enumerate(rows):
            cast = tuple(np.asarray(v).astype(dtype.np_dtype) if isinstance(v, list) else v for v in operands)
            yield Call(f"row {number}", cast, dict(attrs))

    return make


_REDUCTIONS = ("All", "Any", "EuclideanNorm", "Max", "Mean", "Min", "Prod", "Sum")
_ANY_SHAPES = with_shapes((), (2, 3), (0, 3), (2, 3, 4))
_SLICES = (
    ((3, 4), (ints(0, 1), ints(2, 4), ints(1, 1)), {}),
    ((3, 4), (ints(-1), ints(0), ints(-1)), {"end_mask": 1}),
    ((3, 4), (ints(1, 0), ints(2, 0), ints(1, 1)), {"shrink_axis_mask": 1, "begin_mask": 2, "end_mask": 2}),
    ((3, 4), (ints(0, 1), ints(0, 3), ints(1, 2)), {"ellipsis_mask": 1}),
    ((3, 4), (ints(0, 0), ints(0, 2), ints(1, 1)), {"new_axis_mask": 1}),
    ((3, 4), (ints(2), ints(1), ints(1)), {}),
)

MAKERS: Final[dict[str, Maker]] = {
    **dict.fromkeys(_REDUCTIONS, reduction),
    **dict.fromkeys(("ArgMax", "ArgMin"), extremum),
    **dict.fromkeys(("Cumsum", "Cumprod", "CumulativeLogsumexp"), scan),
    **dict.fromkeys(("Shape", "Size", "Rank", "GuaranteeConst", "ZerosLike", "OnesLike", "L2Loss"), _ANY_SHAPES),
    **dict.fromkeys(("Softmax", "LogSoftmax"), with_shapes((4,), (2, 3), (0, 3), (2, 3, 4))),
    **dict.fromkeys(("Real", "Imag", "Angle", "ComplexAbs"), values_of_complex),
    **dict.fromkeys(("Unique", "UniqueWithCounts"), with_shapes((7,), (0,))),
    **dict.fromkeys(("Diag", "MatrixDiag"), with_shapes((3,), (2, 3))),
    "MatMul": matrices("transpose_a", "transpose_b", False),
    "BatchMatMul": matrices("adj_x", "adj_y", True),
    "BatchMatMulV2": broadcasting_matrices,
    "BatchMatMulV3": two_typed_matrices,
    "Cast": casts,
    "Bitcast": bitcasts,
    "Select": comparison_select,
    "ClipByValue": clips,
    "Range": ranges,
    "LinSpace": spaced,
    "Cross": same_shaped_triples,
    "Complex": complexes,
    "Betainc": probabilities,
    "BiasAdd": biases,
    "Concat": many((0, 1), "before"),
    "ConcatV2": many((0, 1, -1), "after"),
    "Pack": many((0, 1, 2, -1), "only", "axis"),
    "ShapeN": many((0,), "only"),
    "Split": splits,
    "SplitV": uneven_splits,
    "Unpack": unpacks,
    "OneHot": one_hots,
    "GatherV2": gathers,
    "Where": wheres,
    "Pad": paddings(),
    "PadV2": paddings("value"),
    "MirrorPad": mirrors,
    "Einsum": einsums,
    "IdentityN": mixed_list,
    "StringFormat": lambda dtype: (call._replace(attrs={"template": b"%s %s %s"}) for call in mixed_list(dtype)),
    "BroadcastArgs": operands_only((([2, 1, 3], [4, 1]), {}), (([], [5]), {})),
    "BroadcastGradientArgs": operands_only((([2, 1, 3], [4, 1]), {}), (([], [5]), {})),
    "InvertPermutation": operands_only((([2, 0, 1],), {}), (([],), {})),
    "EnsureShape": with_shapes((2, 3), shape=(2, None)),
    "PlaceholderWithDefault": with_shapes((2, 3), shape=(2, None)),
    "ExpandDims": with_operands(*[((2, 3), (scalar(axis),), {}) for axis in (0, 1, 2, -1, -3)]),
    "Squeeze": with_shapes((1, 3, 1), (2, 3)),
    "Reshape": with_operands(
        ((2, 6), (ints(3, 4),), {}), ((2, 6), (ints(-1, 3),), {}), ((1, 1), (ints(),), {}), ((0, 3), (ints(3, 0),), {})
    ),
    "Transpose": with_operands(((2, 3), (ints(1, 0),), {}), ((2, 3, 4), (ints(2, 0, 1),), {}), ((), (ints(),), {})),
    "ConjugateTranspose": with_operands(((2, 3), (ints(1, 0),), {}), ((2, 3, 4), (ints(1, 2, 0),), {})),
    "Slice": with_operands(((3, 4), (ints(1, 0), ints(2, -1)), {}), ((3, 4), (ints(0, 4), ints(0, 0)), {})),
    "StridedSlice": with_operands(*_SLICES),
    "Fill": lambda dtype: iter(
        [Call("filled", (ints(2, 3), data(dtype, ())), {}), Call("empty", (ints(0, 3), data(dtype, ())), {})]
    ),
    "Tile": with_operands(((2, 3), (ints(2, 1),), {}), ((2, 3), (ints(0, 3),), {})),
    "BroadcastTo": with_operands(((1, 3), (ints(2, 3),), {}), ((3,), (ints(4, 2, 3),), {}), ((), (ints(2),), {})),
    "ReverseV2": with_operands(((2, 3), (ints(0),), {}), ((2, 3), (ints(-1, 0),), {}), ((2, 3), (ints(),), {})),
    "Reverse": with_operands(((2, 3), (np.array([True, False]),), {})),
    "Roll": with_operands(((3, 4), (scalar(1), scalar(0)), {}), ((3, 4), (ints(1, -2), ints(0, 1)), {})),
    "Gather": with_operands(((3, 4), (ints(0, 2),), {}), ((3, 4), (scalar(1),), {})),
    "GatherNd": with_operands(((3, 4), (ints([0, 1], [2, 3]),), {}), ((3, 4), (ints([1], [0]),), {})),
    "UniqueV2": with_operands(((7,), (ints(),), {}), ((4, 2), (ints(0),), {})),
    "UniqueWithCountsV2": with_operands(((7,), (ints(),), {}), ((4, 2), (ints(0),), {})),
    "DiagPart": with_shapes((3, 3), (2, 3, 2, 3)),
    "MatrixDiagPart": with_shapes((3, 3), (2, 3, 4)),
    "MatrixBandPart": with_operands(
        ((3, 4), (scalar(1), scalar(0)), {}),
        ((2, 3, 3), (scalar(-1), scalar(1)), {}),
        ((3, 4), (scalar(0), scalar(-1)), {}),
    ),
}  # fmt: skip
