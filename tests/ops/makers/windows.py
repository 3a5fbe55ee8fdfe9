"""Argument makers of convolutions, pooling, morphology, patches and batch normalisation."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

import numpy as np
from sessile.ops.building.build import build_operation
from sessile.ops.types import dtypes
from sessile.ops.types.dtypes import DType

from tests.ops.makers.arguments import Array, Call, Maker, data

_PLAIN: Final = {"strides": [1, 1, 1, 1], "padding": b"SAME"}
_STEPS: Final = {"strides": [1, 2, 1, 1], "padding": b"VALID", "dilations": [1, 1, 2, 1]}
_AROUND: Final = {"strides": [1, 1, 2, 1], "padding": b"EXPLICIT", "explicit_paddings": [0, 0, 1, 0, 2, 1, 0, 0]}
_FIRST: Final = {"strides": [1, 1, 1, 2], "padding": b"SAME", "data_format": b"NCHW"}
_SETTINGS: Final = (_PLAIN, _STEPS, _AROUND)
_VOLUME: Final = ({"strides": [1, 1, 2, 1, 1], "padding": b"SAME"}, {"strides": [1] * 5, "padding": b"VALID"})
_POOLS: Final = (
    {"ksize": [1, 2, 3, 1], "strides": [1, 2, 2, 1], "padding": b"SAME"},
    {"ksize": [1, 2, 1, 1], "strides": [1, 1, 1, 1], "padding": b"VALID"},
)
_FIRST_POOL: Final = {"ksize": [1, 1, 2, 2], "strides": [1, 1, 2, 1], "padding": b"SAME", "data_format": b"NCHW"}
_VOLUME_POOLS: Final = (
    {"ksize": [1, 2, 2, 1, 1], "strides": [1, 1, 2, 1, 1], "padding": b"SAME"},
    {"ksize": [1, 2, 1, 2, 1], "strides": [1, 1, 1, 1, 1], "padding": b"VALID"},
)
_GREY: Final = (
    {"strides": [1, 1, 1, 1], "rates": [1, 1, 2, 1], "padding": b"SAME"},
    {"strides": [1, 2, 1, 1], "rates": [1, 1, 1, 1], "padding": b"VALID"},
)


def _sizes(*values: int) -> Array:
    return np.array(values, np.int32)


def _shape_of(op_type: str, inputs: tuple[Array, ...], attrs: dict[str, Any]) -> tuple[int, ...]:
    """The shape of the output of an operation of these inputs, by its shape rule."""
    from sessile.ops.definition.registry import lookup

    import sessile as tf

    with tf.Graph().as_default():
        built = build_operation(lookup(op_type), *[tf.constant(value) for value in inputs], **attrs)
        return tuple(built.outputs[0].shape.as_list())


def _forward(x: tuple[int, ...], w: tuple[int, ...], *settings: dict[str, Any]) -> Maker:
    def make(dtype: DType) -> Iterator[Call]:
        for attrs in settings:
            yield Call(str(attrs["padding"]), (data(dtype, x), data(dtype, w, 1)), dict(attrs))

    return make


def _backward(op_type: str, part: str, x: tuple[int, ...], w: tuple[int, ...], *settings: dict[str, Any]) -> Maker:
    def make(dtype: DType) -> Iterator[Call]:
        for attrs in settings:
            kind = dtypes.float32 if len(x) == 5 and dtype.kind == "i" else dtype  # asked for is that of the shape
            image, weights = data(kind, x), data(kind, w, 1)
            dy = data(kind, _shape_of(op_type, (image, weights), attrs), 2)
            inputs = (_sizes(*x), weights, dy) if part == "input" else (image, _sizes(*w), dy)
            yield Call(f"{part}, {attrs['padding']}", inputs, dict(attrs))

    return make


def _pools(shape: tuple[int, ...], *settings: dict[str, Any]) -> Maker:
    def make(dtype: DType) -> Iterator[Call]:
        for attrs in settings:
            yield Call(str(attrs["padding"]), (data(dtype, shape),), dict(attrs))

    return make


def _as_inputs(maker: Maker) -> Maker:
    """Sizes and strides as inputs behind the others, not as attributes."""

    def make(dtype: DType) -> Iterator[Call]:
        for call in maker(dtype):
            attrs = dict(call.attrs)
            inputs = (*call.inputs, _sizes(*attrs.pop("ksize")), _sizes(*attrs.pop("strides")))
            yield Call(call.note, inputs, attrs)

    return make


def _pool_gradient(op_type: str, second: bool, shape: tuple[int, ...], *settings: dict[str, Any]) -> Maker:
    from sessile.ops.definition.registry import lookup

    def make(dtype: DType) -> Iterator[Call]:
        for attrs in settings:
            x = data(dtype, shape)
            given = {"data_format": lookup(op_type).attrs["data_format"].default, "explicit_paddings": (), **attrs}
            kernel = lookup(op_type).kernel
            y = np.ascontiguousarray(kernel(x, **{key: given[key] for key in lookup(op_type).kernel_attrs}))
            yield Call(str(attrs["padding"]), (x, y, data(dtype, shape if second else y.shape, 1)), dict(attrs))

    return make


def _mean_gradient(op_type: str, shape: tuple[int, ...], *settings: dict[str, Any]) -> Maker:
    def make(dtype: DType) -> Iterator[Call]:
        for attrs in settings:
            x = np.zeros(shape, np.float32)  # the type that is asked for is that of the shape
            dy = data(dtypes.float32, _shape_of(op_type, (x,), attrs), 1)
            yield Call(str(attrs["padding"]), (_sizes(*shape), dy), dict(attrs))

    return make


def _argmax_gradient(second: bool) -> Maker:
    def make(dtype: DType) -> Iterator[Call]:
        for batch in (False, True):
            attrs = {"ksize": [1, 2, 2, 1], "strides": [1, 2, 2, 1], "padding": b"VALID"}
            places = np.array([0, 5], np.int64).reshape(1, 1, 1, 2)
            dy = data(dtype, (1, 2, 2, 2) if second else places.shape, 1)
            yield Call(
                f"batch {batch}", (data(dtype, (1, 2, 2, 2)), dy, places), {**attrs, "include_batch_in_index": batch}
            )

    return make


def _fractional(gradient: str = "") -> Maker:
    """Fractional pooling, or the gradient of the largest or the mean."""

    def make(dtype: DType) -> Iterator[Call]:
        x, rows, columns = data(dtype, (2, 5, 4, 3)), np.array([0, 2, 3, 5]), np.array([0, 2, 4])
        drawn = {"pooling_ratio": [1.0, 1.6, 1.9, 1.0], "deterministic": True, "seed": 1, "seed2": 2}
        for overlapping in (False, True):
            attrs = {"overlapping": overlapping}
            if not gradient:
                yield Call(f"overlapping {overlapping}", (x,), {**drawn, **attrs})
                continue
            dy = data(dtype, (2, 3, 2, 3), 1)
            first = (x, dy) if gradient == "max" else (np.array(x.shape),)
            yield Call(f"overlapping {overlapping}", (*first, dy, rows, columns), attrs)

    return make


def _grey_gradient(dtype: DType) -> Iterator[Call]:
    for attrs in _GREY:
        x, weights = data(dtype, (2, 4, 5, 3)), data(dtype, (2, 2, 3), 1)
        yield Call(
            str(attrs["padding"]), (x, weights, data(dtype, _shape_of("Dilation2D", (x, weights), attrs), 2)), attrs
        )


def _normal(is_training: bool, gradient: int = 0) -> Maker:
    """Batch normalisation, or its gradient with so many saved vectors."""

    def make(dtype: DType) -> Iterator[Call]:
        vectors = [data(dtypes.float32, (3,), seed) for seed in range(4)]
        vectors[3] = np.abs(vectors[3]) + 1
        x = data(dtype, (2, 4, 3, 3))
        if gradient:
            extra = [np.zeros((), np.float32)] * (gradient - 2)
            inputs = (data(dtype, x.shape, 1), x, vectors[0], vectors[2], vectors[3], *extra)
        else:
            inputs = (x, *vectors)
        yield Call(f"training {is_training}", inputs, {"is_training": is_training})

    return make


def _both(*makers: Maker) -> Maker:
    def make(dtype: DType) -> Iterator[Call]:
        for maker in makers:
            yield from maker(dtype)

    return make


def _global(dtype: DType) -> Iterator[Call]:
    vectors = [np.abs(data(dtype, (3,), seed)) + dtype.np_dtype.type(1) for seed in range(4)]
    for scaled in (False, True):
        attrs = {"variance_epsilon": 0.001, "scale_after_normalization": scaled}
        yield Call(f"scaled {scaled}", (data(dtype, (2, 4, 3, 3)), *vectors), attrs)


def _neighbours(dtype: DType) -> Iterator[Call]:
    yield Call("all", (data(dtype, (1, 2, 3, 4)),), {})
    yield Call("near", (data(dtype, (1, 2, 3, 4)),), {"depth_radius": 1, "alpha": 0.5, "beta": 0.75})


def _neighbours_gradient(dtype: DType) -> Iterator[Call]:
    yield Call("near", tuple(data(dtype, (1, 2, 3, 4), seed) for seed in range(3)), {"depth_radius": 1})


def _segments(*extra: int) -> Maker:
    """Chosen rows, in segments; with a number behind them."""

    def make(dtype: DType) -> Iterator[Call]:
        more = tuple(np.array(number, np.int32) for number in extra)
        yield Call("three", (data(dtype, (4, 3)), _sizes(0, 2, 3), _sizes(0, 0, 2), *more), {})
        yield Call("none", (data(dtype, (4, 3)), _sizes(), _sizes(), *more), {})

    return make


def _logits(dtype: DType) -> Iterator[Call]:
    indices, values = np.array([[0, 0], [0, 1], [1, 0]], np.int64), _sizes(1, 0, 2)
    yield Call("two", (data(dtype, (5, 2, 4)), indices, values, _sizes(5, 4)), {})


def _decoded(**attrs: Any) -> Maker:
    def make(dtype: DType) -> Iterator[Call]:
        yield Call("two", (data(dtype, (5, 2, 4)), _sizes(5, 4)), dict(attrs))

    return make


def _hits(dtype: DType) -> Iterator[Call]:
    yield Call("hit", (np.array([[1, 5], [2, 3]]), np.array([2, 7, 5])), {"num_true": 2})


_IMAGE: Final = (2, 5, 4, 3)
_SPACE: Final = (1, 3, 4, 3, 2)
_DEEP: Final = "DepthwiseConv2dNative"

WINDOWS: Final[dict[str, Maker]] = {
    **{f"FusedBatchNorm{version}": _both(_normal(True), _normal(False)) for version in ("", "V2", "V3")},
    **{f"FusedBatchNormGrad{version}": _both(_normal(True, 2), _normal(False, 2)) for version in ("", "V2")},
    "FusedBatchNormGradV3": _both(_normal(True, 3), _normal(False, 3)),
    "BatchNormWithGlobalNormalization": _global,
    "LRN": _neighbours,
    "LRNGrad": _neighbours_gradient,
    **{f"SparseSegment{how}": _segments() for how in ("Sum", "Mean", "SqrtN")},
    **{f"SparseSegment{how}WithNumSegments": _segments(4) for how in ("Sum", "Mean", "SqrtN")},
    **{f"SparseSegment{how}Grad": _segments(5) for how in ("Mean", "SqrtN")},
    "CTCLoss": _logits,
    "CTCGreedyDecoder": _decoded(),
    "CTCBeamSearchDecoder": _decoded(beam_width=5, top_paths=2),
    "ComputeAccidentalHits": _hits,
    "Conv2D": _forward(_IMAGE, (3, 2, 3, 4), *_SETTINGS),
    "Conv2DBackpropInput": _backward("Conv2D", "input", _IMAGE, (3, 2, 3, 4), *_SETTINGS),
    "Conv2DBackpropFilter": _backward("Conv2D", "filter", _IMAGE, (3, 2, 3, 4), *_SETTINGS),
    "Conv3D": _forward(_SPACE, (2, 2, 1, 2, 3), *_VOLUME),
    "Conv3DBackpropInputV2": _backward("Conv3D", "input", _SPACE, (2, 2, 1, 2, 3), *_VOLUME),
    "Conv3DBackpropFilterV2": _backward("Conv3D", "filter", _SPACE, (2, 2, 1, 2, 3), *_VOLUME),
    _DEEP: _forward(_IMAGE, (3, 2, 3, 2), *_SETTINGS),
    f"{_DEEP}BackpropInput": _backward(_DEEP, "input", _IMAGE, (3, 2, 3, 2), *_SETTINGS),
    f"{_DEEP}BackpropFilter": _backward(_DEEP, "filter", _IMAGE, (3, 2, 3, 2), *_SETTINGS),
    "MaxPool": _pools(_IMAGE, *_POOLS, _FIRST_POOL),
    "MaxPoolV2": _as_inputs(_pools(_IMAGE, *_POOLS)),
    "AvgPool": _pools(_IMAGE, *_POOLS, _FIRST_POOL),
    "MaxPool3D": _pools(_SPACE, *_VOLUME_POOLS),
    "AvgPool3D": _pools(_SPACE, *_VOLUME_POOLS),
    "MaxPoolGrad": _pool_gradient("MaxPool", False, _IMAGE, *_POOLS),
    "MaxPoolGradGrad": _pool_gradient("MaxPool", True, _IMAGE, *_POOLS),
    "MaxPoolGradV2": _as_inputs(_pool_gradient("MaxPool", False, _IMAGE, *_POOLS)),
    "MaxPoolGradGradV2": _as_inputs(_pool_gradient("MaxPool", True, _IMAGE, *_POOLS)),
    "MaxPool3DGrad": _pool_gradient("MaxPool3D", False, _SPACE, *_VOLUME_POOLS),
    "MaxPool3DGradGrad": _pool_gradient("MaxPool3D", True, _SPACE, *_VOLUME_POOLS),
    "AvgPoolGrad": _mean_gradient("AvgPool", _IMAGE, *_POOLS),
    "AvgPool3DGrad": _mean_gradient("AvgPool3D", _SPACE, *_VOLUME_POOLS),
    "MaxPoolWithArgmax": _pools(_IMAGE, *_POOLS),
    "MaxPoolGradWithArgmax": _argmax_gradient(False),
    "MaxPoolGradGradWithArgmax": _argmax_gradient(True),
    "FractionalMaxPool": _fractional(),
    "FractionalAvgPool": _fractional(),
    "FractionalMaxPoolGrad": _fractional("max"),
    "FractionalAvgPoolGrad": _fractional("mean"),
    "Dilation2D": _forward(_IMAGE, (2, 2, 3), *_GREY),
    "Dilation2DBackpropInput": _grey_gradient,
    "Dilation2DBackpropFilter": _grey_gradient,
    "ExtractImagePatches": _pools(
        _IMAGE, {"ksizes": [1, 2, 2, 1], "strides": [1, 1, 2, 1], "rates": [1, 2, 1, 1], "padding": b"SAME"}
    ),
    "ExtractVolumePatches": _pools(
        _SPACE, {"ksizes": [1, 2, 2, 1, 1], "strides": [1, 1, 2, 1, 1], "padding": b"VALID"}
    ),
}
