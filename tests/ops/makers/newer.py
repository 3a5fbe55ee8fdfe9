"""Argument makers of the operation types that TensorFlow 2 added, and of convolutions that pad by themselves."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

import numpy as np
from sessile.ops.types import dtypes
from sessile.ops.types.dtypes import DType

from tests.ops.makers.arguments import Array, Call, Maker, data
from tests.ops.makers.old import fixed

_KEY: Final = np.array([7], np.uint64)
_COUNTER: Final = np.array([3, 9], np.uint64)
_SHAPE: Final = np.array([3, 2], np.int32)
_PHILOX: Final = np.array(1, np.int32)


def _drawing(*kinds: DType) -> Maker:
    return fixed(*((lambda dtype: (_SHAPE, _KEY, _COUNTER, _PHILOX), {"dtype": kind}) for kind in kinds))


def _weights(count: int) -> Array:
    return np.arange(1.0, count + 1.0, dtype=np.float32)


def _counts(*first: Any) -> Maker:
    """Counting in bins, weighted and not, what there is at all."""

    def make(dtype: DType) -> Iterator[Call]:
        kind = dtype.np_dtype
        values = np.array([1, 2, 0, 1, 5], kind)
        for weights, is_binary in ((_weights(5), False), (_weights(0), False), (_weights(0), True)):
            given = [values if part is None else part for part in first]
            attrs = {"binary_output": is_binary}
            yield Call(f"{weights.size} weights", (*given, np.array(4, kind), weights), attrs)

    return make


def _segments(dtype: DType) -> Iterator[Call]:
    yield Call("rows", (data(dtype, (3, 2)), np.array([0, 0, 1], np.int32), np.array(2, np.int32)), {})


def _padding(dtype: DType) -> Iterator[Call]:
    pads = np.array([[0, 0], [1, 2], [2, 1], [0, 0]], np.int32)
    for mode, padding in ((b"REFLECT", b"SAME"), (b"SYMMETRIC", b"VALID")):
        attrs = {"mode": mode, "padding": padding, "strides": (1, 2, 1, 1)}
        yield Call(f"{mode!r}", (data(dtype, (2, 4, 5, 2)), pads, data(dtype, (2, 2, 2, 3), 1)), attrs)


def _resizing(dtype: DType) -> Iterator[Call]:
    for call in _padding(dtype):
        images, pads, filters = call.inputs
        attrs = {**call.attrs, "resize_align_corners": True}
        yield Call(call.note, (images, np.array([6, 3], np.int32), pads, filters), attrs)


def _transforms(dtype: DType) -> Iterator[Call]:
    turned = np.array([[0.7, 0.5, -2.0, -0.4, 1.3, 4.0, 0.01, 0.0]], np.float32)
    for mode in (b"CONSTANT", b"REFLECT", b"WRAP", b"NEAREST"):
        for way in (b"NEAREST", b"BILINEAR"):
            inputs = (data(dtype, (2, 4, 5, 1)), turned, np.array([3, 6], np.int32), np.array(0.5, np.float32))
            yield Call(f"{mode!r} {way!r}", inputs, {"fill_mode": mode, "interpolation": way})


def _examples(dtype: DType) -> Iterator[Call]:
    from sessile.ops.proto import Example

    messages = []
    for values in ([1, 2], [], [3]):
        example: Any = Example()
        for key in ("sparse", "ragged"):
            example.features.feature[key].int64_list.value.extend(values)
        example.features.feature["dense"].float_list.value.extend([float(len(values)), 0.5])
        messages.append(example.SerializeToString())
    texts = [np.array(values, object) for values in (messages, [], [b"sparse"], [b"dense"], [b"ragged"])]
    attrs: dict[str, Any] = {
        "num_sparse": 1, "sparse_types": (dtypes.int64,), "ragged_value_types": (dtypes.int64,),
        "ragged_split_types": (dtypes.int32,), "dense_shapes": ((2,),),
    }  # fmt: skip
    yield Call("several", (*texts, [np.zeros(0, np.float32)]), attrs)
    one = (np.array(messages[0], object), *texts[1:4], np.array([], object))
    yield Call("one", (*one, [np.zeros(0, np.float32)]), {**attrs, "ragged_value_types": (), "ragged_split_types": ()})


def _ctc(dtype: DType) -> Iterator[Call]:
    places = np.array([[0, 0], [0, 1], [1, 0]], np.int64)
    labels, lengths = np.array([1, 2, 1], np.int32), np.array([5, 4], np.int32)
    yield Call("two", (data(dtypes.float32, (5, 2, 4)), places, labels, lengths), {})


_WHOLE: Final = (dtypes.int32, dtypes.int64, dtypes.uint32, dtypes.uint64)
_SEED: Final = np.array([5, -3], np.int64)
_SPARSE: Final = (np.array([[0, 0], [0, 2], [2, 0], [2, 1], [2, 2]], np.int64), None, np.array([3, 4], np.int64))

NEWER: Final[dict[str, Maker]] = {
    "CTCLossV2": _ctc,
    "FusedPadConv2D": _padding,
    "FusedResizeAndPadConv2D": _resizing,
    "ImageProjectiveTransformV3": _transforms,
    "ParseExampleV2": _examples,
    "RaggedBincount": _counts(np.array([0, 2, 2, 5], np.int64), None),
    **{f"Segment{name}V2": _segments for name in ("Sum", "Prod", "Max", "Min")},
    "SparseBincount": _counts(*_SPARSE),
    "StatelessRandomGetAlg": fixed((lambda dtype: (), {})),
    "StatelessRandomGetKeyCounter": fixed((lambda dtype: (_SEED,), {})),
    "StatelessRandomGetKeyCounterAlg": fixed((lambda dtype: (_SEED,), {})),
    "StatelessRandomNormalV2": _drawing(*dtypes.FLOATS),
    "StatelessRandomUniformFullInt": fixed(*((lambda dtype: (_SHAPE, _SEED), {"dtype": kind}) for kind in _WHOLE)),
    "StatelessRandomUniformFullIntV2": _drawing(*_WHOLE),
    "StatelessRandomUniformIntV2": fixed(
        *(
            (lambda dtype, kind=kind: (_SHAPE, _KEY, _COUNTER, _PHILOX, *np.array([2, 9], kind.np_dtype)), {})
            for kind in _WHOLE
        )
    ),
    "StatelessRandomUniformV2": _drawing(*dtypes.FLOATS),
    "StatelessTruncatedNormalV2": _drawing(*dtypes.FLOATS),
}  # fmt: skip
