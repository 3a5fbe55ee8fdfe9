"""Arithmetic on quantized integers, as graphs have it whose weights were made small integers.

Each value comes with the range that its integers stand for. A product of integers has 32 bits and the range that all
products of two steps have; it is then brought down to 8 bits in the range that is used (`RequantizationRange`,
`Requantize`).
"""

from __future__ import annotations

from typing import Any, Final

import numpy as np

from ...base.errors import InvalidArgumentError
from ...building.composed import ARRAYS
from ...definition.extent_math import require_rank
from ...definition.opdef import NOT_DIFFERENTIABLE, OpDef
from ...definition.shape_query import ShapeQuery
from ...types.dtypes import INDEX, QUANTIZED, DType, int32, qint32, quint8
from ..arrays.reshaping import RESHAPE
from ..arrays.stacking import CONCAT_V2
from ..linalg.products import MAT_MUL
from ..quantized.quantize import F, limits, to_floats, to_integers
from .bias import BIAS_ADD
from .convolution.convolution_ops import CONV2D
from .convolution.pooling_ops import AVG_POOL, MAX_POOL

_WINDOWS: Final[dict[str, Any]] = {"ksize": ("list(int)",), "strides": ("list(int)",), "padding": ("string",)}
_PADDING: Final = (b"SAME", b"VALID")


def _scalars(*values: Any) -> tuple[Any, ...]:
    return tuple(np.array(value, np.float32) for value in values)


def _with_range(rule: Any, first_bound: int, count: int = 2, **more: Any) -> Any:
    """The shape of a rule, and two scalars; the inputs from `first_bound` on are scalars too."""

    def shape(query: Any) -> Any:
        for bound in query.shapes[first_bound:]:
            require_rank(bound, 0)
        inner = ShapeQuery(
            list(query.shapes[:first_bound]), {**more, **query.attrs}, query.dtypes, query.value, query.makers
        )
        return [rule(inner), *[()] * count]

    return shape


def _first(query: Any) -> Any:
    return query.shapes[0]


def _zero_point(low: Any, high: Any, dtype: DType) -> int:
    """The integer of 0, which may lie outside."""
    if low == high:
        return 0
    steps = 2.0 ** (8 * dtype.size)
    scale = F(steps / (float(F(high) - F(low)) * (steps / (steps - 1))))
    shift = F(low) * scale
    return int(np.iinfo(dtype.np_dtype).min) - int(np.trunc(shift + np.copysign(F(0.5), shift)))


def _level(low: Any, high: Any, dtype: DType) -> Any:
    least, most = limits(dtype)
    return (F(high) - F(low)) / (most - least)


def _product_range(a: tuple[Any, Any, DType], b: tuple[Any, Any, DType]) -> tuple[Any, Any]:
    """The range of 32 bits in which a step is the product of two steps."""
    level = _level(*a) * _level(*b)
    least, most = limits(qint32)
    return _scalars(level * least, level * most)


def _moved(x: Any, low: Any, high: Any, dtype: DType) -> Any:
    return x.astype(np.float64) - _zero_point(low, high, dtype)


def _matmul_kernel(
    a: Any, b: Any, min_a: Any, max_a: Any, min_b: Any, max_b: Any, *, T1: DType, T2: DType,
    transpose_a: bool, transpose_b: bool,
) -> Any:  # fmt: skip
    attrs = {"transpose_a": transpose_a, "transpose_b": transpose_b}
    product = ARRAYS("MatMul", _moved(a, min_a, max_a, T1), _moved(b, min_b, max_b, T2), **attrs)
    return product.astype(np.int32), *_product_range((min_a, max_a, T1), (min_b, max_b, T2))


QUANTIZED_MATMUL = OpDef(
    name="QuantizedMatMul",
    signature="a: T1, b: T2, min_a: float32, max_a: float32, min_b: float32, max_b: float32 -> out: Toutput, "
    "min_out: float32, max_out: float32",
    where={"T1": QUANTIZED, "T2": QUANTIZED, "Toutput": (qint32,), "Tactivation": QUANTIZED},
    attrs={
        "Toutput": ("type", qint32),
        "transpose_a": ("bool", False),
        "transpose_b": ("bool", False),
        "Tactivation": ("type", quint8),
    },
    shape=_with_range(MAT_MUL.shape, 2),
    kernel=_matmul_kernel,
    gradient=NOT_DIFFERENTIABLE,
)


def _conv_kernel(
    input: Any, filter: Any, min_input: Any, max_input: Any, min_filter: Any, max_filter: Any, *,
    Tinput: DType, Tfilter: DType, strides: Any, padding: bytes, dilations: Any,
) -> Any:  # fmt: skip
    images, filters = _moved(input, min_input, max_input, Tinput), _moved(filter, min_filter, max_filter, Tfilter)
    sums = ARRAYS("Conv2D", images, filters, strides=strides, padding=padding, dilations=dilations)
    return sums.astype(np.int32), *_product_range((min_input, max_input, Tinput), (min_filter, max_filter, Tfilter))


QUANTIZED_CONV2D = OpDef(
    name="QuantizedConv2D",
    signature="input: Tinput, filter: Tfilter, min_input: float32, max_input: float32, min_filter: float32, "
    "max_filter: float32 -> output: out_type, min_output: float32, max_output: float32",
    where={"Tinput": QUANTIZED, "Tfilter": QUANTIZED, "out_type": (qint32,), "padding": _PADDING},
    attrs={
        "out_type": ("type", qint32),
        "strides": ("list(int)",),
        "padding": ("string",),
        "dilations": ("list(int)", (1, 1, 1, 1)),
    },
    shape=_with_range(CONV2D.shape, 2, data_format=b"NHWC", explicit_paddings=()),
    kernel=_conv_kernel,
    gradient=NOT_DIFFERENTIABLE,
)


def _bias_kernel(
    input: Any, bias: Any, min_input: Any, max_input: Any, min_bias: Any, max_bias: Any, *, T1: DType,
    T2: DType,
) -> Any:  # fmt: skip
    top = max(max_input, -min_input, max_bias, -min_bias) * F(2**17)
    parts = [(input, min_input, max_input, T1), (bias, min_bias, max_bias, T2)]
    total: Any = sum(
        to_integers(to_floats(x, F(low), F(high), dtype), -top, top, qint32).astype(np.int64)
        for x, low, high, dtype in parts
    )
    return total.astype(np.int32), *_scalars(-top, top)


QUANTIZED_BIAS_ADD = OpDef(
    name="QuantizedBiasAdd",
    signature="input: T1, bias: T2, min_input: float32, max_input: float32, min_bias: float32, max_bias: float32 -> "
    "output: out_type, min_out: float32, max_out: float32",
    where={"T1": QUANTIZED, "T2": QUANTIZED, "out_type": (qint32,)},
    attrs={"out_type": ("type",)},
    shape=_with_range(BIAS_ADD.shape, 2, data_format=b"NHWC"),
    kernel=_bias_kernel,
    gradient=NOT_DIFFERENTIABLE,
)


def _between(least: float | None, most: float | None) -> Any:
    """Values cut off at the integers of two numbers, or of one."""

    def kernel(features: Any, min_features: Any, max_features: Any, *, Tinput: DType) -> Any:
        result = features
        for bound, cut in ((least, np.maximum), (most, np.minimum)):
            if bound is not None:
                number = to_integers(np.array(bound, np.float32), F(min_features), F(max_features), Tinput)
                result = cut(result, number)
        return result.astype(features.dtype), min_features, max_features

    return kernel


def _activation(name: str, most: float | None) -> OpDef:
    return OpDef(
        name=name,
        signature="features: Tinput, min_features: float32, max_features: float32 -> activations: out_type, "
        "min_activations: float32, max_activations: float32",
        where={"Tinput": QUANTIZED, "out_type": QUANTIZED},
        attrs={"out_type": ("type", quint8)},
        shape=_with_range(_first, 1),
        kernel=_between(0.0, most),
        gradient=NOT_DIFFERENTIABLE,
    )


QUANTIZED_RELU = _activation("QuantizedRelu", None)
QUANTIZED_RELU6 = _activation("QuantizedRelu6", 6.0)


def _relu_x_kernel(features: Any, max_value: Any, min_features: Any, max_features: Any, *, Tinput: DType) -> Any:
    return _between(0.0, float(max_value))(features, min_features, max_features, Tinput=Tinput)


QUANTIZED_RELU_X = OpDef(
    name="QuantizedReluX",
    signature="features: Tinput, max_value: float32, min_features: float32, max_features: float32 -> "
    "activations: out_type, min_activations: float32, max_activations: float32",
    where=QUANTIZED_RELU.where,
    attrs=QUANTIZED_RELU.attr_spec,
    shape=_with_range(_first, 1),
    kernel=_relu_x_kernel,
    gradient=NOT_DIFFERENTIABLE,
)


def _pooling(name: str, plain: OpDef) -> OpDef:
    def kernel(
        input: Any, min_input: Any, max_input: Any, *, T: DType, ksize: Any, strides: Any, padding: bytes
    ) -> Any:  # fmt: skip
        found = ARRAYS(plain.name, input.astype(np.float64), ksize=ksize, strides=strides, padding=padding)
        least, most = limits(T)
        return np.clip(np.floor(found), least, most).astype(input.dtype), min_input, max_input

    return OpDef(
        name=name,
        signature="input: T, min_input: float32, max_input: float32 -> output: T, min_output: float32, "
        "max_output: float32",
        where={"T": QUANTIZED, "padding": _PADDING},
        attrs=_WINDOWS,
        shape=_with_range(plain.shape, 1, data_format=b"NHWC"),
        kernel=kernel,
        gradient=NOT_DIFFERENTIABLE,
    )


QUANTIZED_MAX_POOL = _pooling("QuantizedMaxPool", MAX_POOL)
QUANTIZED_AVG_POOL = _pooling("QuantizedAvgPool", AVG_POOL)

QUANTIZED_RESHAPE = OpDef(
    name="QuantizedReshape",
    signature="tensor: T, shape: Tshape, input_min: float32, input_max: float32 -> output: T, output_min: float32, "
    "output_max: float32",
    where={"Tshape": INDEX},
    attrs={"Tshape": ("type", int32)},
    shape=_with_range(RESHAPE.shape, 2),
    kernel=lambda tensor, shape, input_min, input_max: (ARRAYS("Reshape", tensor, shape), input_min, input_max),
    gradient=NOT_DIFFERENTIABLE,
)


def _used_range(x: Any, low: Any, high: Any, dtype: DType) -> tuple[Any, Any]:
    """The range that is used, with 0 in it."""
    if not x.size:
        raise InvalidArgumentError(None, None, "The input must have an element")
    ends = to_floats(np.array([x.min(), x.max()]), F(low), F(high), dtype)
    return min(F(0), ends[0]), ends[1]


_BOUNDS: Final = "input_min: float32, input_max: float32"
REQUANTIZATION_RANGE = OpDef(
    name="RequantizationRange",
    signature=f"input: Tinput, {_BOUNDS} -> output_min: float32, output_max: float32",
    where={"Tinput": QUANTIZED},
    shape=lambda query: _with_range(_first, 1)(query)[1:],
    kernel=lambda x, low, high, *, Tinput: _scalars(*_used_range(x, low, high, Tinput)),
    gradient=NOT_DIFFERENTIABLE,
)


def _requantized(x: Any, old: tuple[Any, Any, DType], low: Any, high: Any, out_type: DType) -> Any:
    if low > 0:
        raise InvalidArgumentError(None, None, f"requested_output_min must be <= 0, but got {low}")
    if low >= high:
        raise InvalidArgumentError(None, None, "requested_output_max must be >= requested_output_min, but got "
                                   f"{high} and {low}")  # fmt: skip
    if (old[2], out_type) == (qint32, quint8):
        return _brought_down(x, F(old[0]), F(old[1]), F(low), F(high)), *_scalars(low, high)
    return to_integers(to_floats(x, F(old[0]), F(old[1]), old[2]), F(low), F(high), out_type), *_scalars(low, high)


def _brought_down(x: Any, old_low: Any, old_high: Any, low: Any, high: Any) -> Any:
    """32 bits to 8 by integers alone, which have 16 bits behind the point."""
    width = high - low
    scale = int(255.0 * 2**16 * float(old_high - old_low) / float(width))
    middle = int(float((old_low + old_high) / F(2) * (F(255) / width)) * 2**16)
    offset = round(2**16 * float(low) * 255.0 / float(width))
    moved = ((x.astype(np.int64) * scale) >> 32) + (middle - offset + 2**15)
    return np.clip(moved >> 16, 0, 255).astype(np.uint8)


def _requantize_kernel(
    input: Any, input_min: Any, input_max: Any, requested_output_min: Any, requested_output_max: Any, *,
    Tinput: DType, out_type: DType,
) -> Any:  # fmt: skip
    old = (input_min, input_max, Tinput)
    return _requantized(input, old, requested_output_min, requested_output_max, out_type)


REQUANTIZE = OpDef(
    name="Requantize",
    signature=f"input: Tinput, {_BOUNDS}, requested_output_min: float32, requested_output_max: float32 -> "
    "output: out_type, output_min: float32, output_max: float32",
    where={"Tinput": QUANTIZED, "out_type": QUANTIZED},
    attrs={"out_type": ("type",)},
    shape=_with_range(_first, 1),
    kernel=_requantize_kernel,
    gradient=NOT_DIFFERENTIABLE,
)


def _shrink_kernel(input: Any, input_min: Any, input_max: Any, *, Tinput: DType, out_type: DType) -> Any:
    low, high = _used_range(input, input_min, input_max, Tinput)
    return _requantized(input, (input_min, input_max, Tinput), low, high, out_type)


QUANTIZE_DOWN_AND_SHRINK_RANGE = OpDef(
    name="QuantizeDownAndShrinkRange",
    signature=f"input: Tinput, {_BOUNDS} -> output: out_type, output_min: float32, output_max: float32",
    where={"Tinput": QUANTIZED, "out_type": QUANTIZED},
    attrs={"out_type": ("type",)},
    shape=_with_range(_first, 1),
    kernel=_shrink_kernel,
    gradient=NOT_DIFFERENTIABLE,
)


def _concat_shape(query: Any) -> Any:
    count = query.attrs["N"]
    axis, values = query.shapes[0], query.shapes[1 : count + 1]
    for bound in query.shapes[count + 1 :]:
        require_rank(bound, 0)
    rule: Any = CONCAT_V2.shape
    inner = ShapeQuery(
        [*values, axis], query.attrs, (), lambda at: query.value(0) if at == count else None, query.makers
    )
    return [rule(inner), (), ()]


def _concat_kernel(
    concat_dim: Any, values: Any, input_mins: Any, input_maxes: Any, *, T: DType
) -> Any:  # fmt: skip
    low, high = min(F(0), *map(F, input_mins)), max(map(F, input_maxes))
    parts = [
        x if (F(a), F(b)) == (low, high) else to_integers(to_floats(x, F(a), F(b), T), low, high, T)
        for x, a, b in zip(values, input_mins, input_maxes)
    ]
    return ARRAYS("ConcatV2", parts, concat_dim), *_scalars(low, high)


QUANTIZED_CONCAT = OpDef(
    name="QuantizedConcat",
    signature="concat_dim: int32, values: N*T, input_mins: N*float32, input_maxes: N*float32 -> output: T, "
    "output_min: float32, output_max: float32",
    shape=_concat_shape,
    kernel=_concat_kernel,
    gradient=NOT_DIFFERENTIABLE,
)
