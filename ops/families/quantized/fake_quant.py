"""Quantizing and dequantizing at once, for training: numbers become those that a few bits can tell apart.

A range [min, max] is cut into 2**num_bits - 1 steps (one less with a narrow range) and moved a little so that 0 is
exactly one of its numbers. A value is clipped to the range and rounded to the nearest step. The gradient passes where
the value was not clipped (it is multiplied by 1 or 0); what was clipped flows to the bound that clipped it.

Worked example: [-6, 6] in 8 bits has steps of 12/255; 0 would be step 127.5, so it becomes step 128 and the range
[-6.0235, 5.9765]; 0.06 is step 129.275 of it, which is 129: 0.0471.
Source: TensorFlow 1.15, `tf.quantization`.
"""

from __future__ import annotations

from typing import Any, Final

import numpy as np

from ...base.errors import InvalidArgumentError
from ...building.build import build
from ...building.named import build_named
from ...definition.opdef import OpDef
from ...definition.shapes import at_least_rank, merge, merge_extent, with_rank
from ...graph.node import Tensor, TensorLike
from ...types.tensor_shape import Extents

_STEPS: Final = {"num_bits": ("int", 8), "narrow_range": ("bool", False)}
_RANGE: Final = {"min": ("float", -6.0), "max": ("float", 6.0), **_STEPS}


def _ends(attrs: Any) -> tuple[np.float32, np.float32]:
    """The numbers of the first and the last step."""
    return np.float32(1 if attrs["narrow_range"] else 0), np.float32(2 ** attrs["num_bits"] - 1)


def _check_bits(num_bits: int) -> None:
    if not 2 <= num_bits <= 16:
        raise InvalidArgumentError(None, None, f"num_bits must be between 2 and 16, inclusive, got {num_bits}.")


def _moved_range(low: Any, high: Any, attrs: Any) -> tuple[Any, Any, Any]:
    """Return the range moved so that 0 is one of its steps, and the size of a step, in float32."""
    first, last = _ends(attrs)
    with np.errstate(all="ignore"):
        step = (high - low) / (last - first)
        zero = first - low / step
        nearest = np.floor(zero + np.float32(0.5))
        place = np.where(zero < first, first, np.where(zero > last, last, nearest)).astype(np.float32)
        return (first - place) * step, (last - place) * step, step


def _quantized(inputs: Any, low: Any, high: Any, attrs: Any) -> Any:
    _check_bits(attrs["num_bits"])
    bottom, top, step = _moved_range(low, high, attrs)
    with np.errstate(all="ignore"):
        clipped = np.minimum(np.maximum(inputs, bottom), top)
        rounded = np.floor((clipped - bottom) * (np.float32(1) / step) + np.float32(0.5)) * step + bottom
    return np.where((low == 0) & (high == 0), np.float32(0), rounded)


def _passed(gradients: Any, inputs: Any, low: Any, high: Any, attrs: Any) -> tuple[Any, Any, Any]:
    """What flows to the inputs, and, not summed yet, to both bounds."""
    _check_bits(attrs["num_bits"])
    bottom, top, _ = _moved_range(low, high, attrs)
    nothing = (low == 0) & (high == 0)
    below, above = ~nothing & (inputs < bottom), ~nothing & (inputs > top)
    inside = nothing | ((inputs >= bottom) & (inputs <= top))
    with np.errstate(invalid="ignore"):  # an infinite gradient times 0 is not a number
        return gradients * inside, gradients * below, gradients * above


def _fixed_range(attrs: Any) -> tuple[np.float32, np.float32]:
    low, high = np.float32(attrs["min"]), np.float32(attrs["max"])
    if not low < high:
        raise InvalidArgumentError(None, None, f"min has to be smaller than max, was: {low:g} >= {high:g}")
    return low, high


def _args_kernel(inputs: Any, *, min: float, max: float, num_bits: int, narrow_range: bool) -> Any:
    attrs = {"min": min, "max": max, "num_bits": num_bits, "narrow_range": narrow_range}
    return _quantized(inputs, *_fixed_range(attrs), attrs)


def _args_gradient_kernel(
    gradients: Any, inputs: Any, *, min: float, max: float, num_bits: int, narrow_range: bool
) -> Any:
    attrs = {"min": min, "max": max, "num_bits": num_bits, "narrow_range": narrow_range}
    return _passed(gradients, inputs, *_fixed_range(attrs), attrs)[0]


def _vars_kernel(inputs: Any, min: Any, max: Any, *, num_bits: int, narrow_range: bool) -> Any:
    return _quantized(inputs, min, max, {"num_bits": num_bits, "narrow_range": narrow_range})


def _vars_gradient_kernel(gradients: Any, inputs: Any, min: Any, max: Any, *, num_bits: int, narrow_range: bool) -> Any:
    attrs = {"num_bits": num_bits, "narrow_range": narrow_range}
    passed, below, above = _passed(gradients, inputs, min, max, attrs)
    others = tuple(np.arange(inputs.ndim - min.ndim))
    return passed, below.sum(others, dtype=np.float32), above.sum(others, dtype=np.float32)


def _args_expansion(build: Any, attrs: Any, inputs: Any) -> Any:
    """All but the inputs is constant: one loop. A range that is refused is left to the kernel, which says so."""
    low, high = np.float32(attrs["min"]), np.float32(attrs["max"])
    if not (low < high and 2 <= attrs["num_bits"] <= 16):
        return None
    bottom, top, step = _moved_range(low, high, attrs)
    numbers = (bottom, top, step, np.float32(1) / step, np.float32(0.5))
    start, stop, size, inverse, half = (build.constant(np.array(number, np.float32)) for number in numbers)
    clipped = build("Minimum", build("Maximum", inputs, start), stop)
    steps = build("Floor", build("Add", build("Mul", build("Sub", clipped, start), inverse), half))
    return build("Add", build("Mul", steps, size), start)


def _moved(build: Any, attrs: Any, low: Any, high: Any) -> tuple[Any, Any, Any]:
    """What `_moved_range` works out, of instructions."""
    first, last, half = (build.constant(np.array(n, np.float32)) for n in (*_ends(attrs), 0.5))
    steps = build.constant(np.array(_ends(attrs)[1] - _ends(attrs)[0], np.float32))
    step = build("RealDiv", build("Sub", high, low), steps)
    zero = build("Sub", first, build("RealDiv", low, step))
    place = build("SelectV2", build("Greater", zero, last), last, build("Floor", build("Add", zero, half)))
    place = build("SelectV2", build("Less", zero, first), first, place)
    ends = [build("Mul", build("Sub", end, place), step) for end in (first, last)]
    return ends[0], ends[1], step


def _is_nothing(build: Any, low: Any, high: Any) -> Any:
    zero = build.constant(np.zeros((), np.float32))
    return build("LogicalAnd", build("Equal", low, zero), build("Equal", high, zero))


def _vars_expansion(build: Any, attrs: Any, inputs: Any, low: Any, high: Any) -> Any:
    """One loop, whose range is worked out before. Bits that are refused are left to the kernel, which says so."""
    if not 2 <= attrs["num_bits"] <= 16:
        return None
    bottom, top, step = _moved(build, attrs, low, high)
    one, half = (build.constant(np.array(n, np.float32)) for n in (1, 0.5))
    clipped = build("Sub", build("Minimum", build("Maximum", inputs, bottom), top), bottom)
    steps = build("Floor", build("Add", build("Mul", clipped, build("RealDiv", one, step)), half))
    rounded = build("Add", build("Mul", steps, step), bottom)
    zero = build.constant(np.zeros((), np.float32))
    return build("SelectV2", _is_nothing(build, low, high), zero, rounded)


def _vars_gradient_expansion(build: Any, attrs: Any, gradients: Any, inputs: Any, low: Any, high: Any) -> Any:
    if not 2 <= attrs["num_bits"] <= 16 or inputs.extents is None:
        return None
    bottom, top, _ = _moved(build, attrs, low, high)
    nothing = _is_nothing(build, low, high)
    is_inside = build("LogicalAnd", build("GreaterEqual", inputs, bottom), build("LessEqual", inputs, top))
    something = build("LogicalNot", nothing)
    masks = [build("LogicalOr", nothing, is_inside)]
    masks += [
        build("LogicalAnd", something, build(name, inputs, end)) for name, end in (("Less", bottom), ("Greater", top))
    ]
    passed, *parts = (build("Mul", gradients, build("Cast", mask, DstT=gradients.dtype)) for mask in masks)
    axes = build.constant(np.arange(len(inputs.extents) - (1 if low.extents else 0), dtype=np.int32))
    return passed, *(build("Sum", part, axes, keep_dims=False) for part in parts)


def _args_gradient_scalar(attrs: Any, types: Any) -> str | None:
    low, high = np.float32(attrs["min"]), np.float32(attrs["max"])
    if not (low < high and 2 <= attrs["num_bits"] <= 16):
        return None
    bottom, top, _ = (float(value) for value in _moved_range(low, high, attrs))
    return f"({{gradients}} * (T(1) if ({{inputs}} >= T({bottom!r})) and ({{inputs}} <= T({top!r})) else T(0)))"


def _args_shape(query: Any) -> Extents:
    return query.shapes[0]  # type: ignore[no-any-return]


def _args_gradient_shape(query: Any) -> Extents:
    return merge(query.shapes[0], query.shapes[1])


def _vars_shape(query: Any) -> Extents:
    for bound in query.shapes[1:]:
        with_rank(bound, 0)
    return query.shapes[0]  # type: ignore[no-any-return]


def _vars_gradient_shape(query: Any) -> list[Extents]:
    for bound in query.shapes[2:]:
        with_rank(bound, 0)
    return [merge(query.shapes[0], query.shapes[1]), (), ()]


def _channels(inputs: Extents, low: Extents, high: Extents) -> tuple[Extents, Any]:
    """The shape of the inputs, and how many channels they have: the last axis, as long as both bounds."""
    shape = at_least_rank(inputs, 1)
    extent = merge_extent(with_rank(low, 1)[0], with_rank(high, 1)[0])
    if shape is None:
        return None, extent
    extent = merge_extent(shape[-1], extent)
    return (*shape[:-1], extent), extent


def _channel_shape(query: Any) -> Extents:
    return _channels(*query.shapes)[0]


def _channel_gradient_shape(query: Any) -> list[Extents]:
    shape, extent = _channels(merge(query.shapes[0], query.shapes[1]), *query.shapes[2:])
    return [shape, (extent,), (extent,)]


FAKE_QUANT_ARGS = OpDef(
    name="FakeQuantWithMinMaxArgs",
    signature="inputs: float32 -> outputs: float32",
    attrs=_RANGE,
    shape=_args_shape,
    kernel=_args_kernel,
    expansion=_args_expansion,
    gradient=lambda g, op, dy: g("FakeQuantWithMinMaxArgsGradient", dy, op.inputs[0], **_attrs_of(op, _RANGE)),
)

FAKE_QUANT_ARGS_GRADIENT = OpDef(
    name="FakeQuantWithMinMaxArgsGradient",
    signature="gradients: float32, inputs: float32 -> backprops: float32",
    attrs=_RANGE,
    shape=_args_gradient_shape,
    kernel=_args_gradient_kernel,
    scalar=_args_gradient_scalar,
    ulp=0,
)


def _attrs_of(op: Any, names: Any) -> dict[str, Any]:
    return {name: op.attrs[name] for name in names}


def _bounds_gradient(kind: str) -> Any:
    return lambda g, op, dy: g(kind, dy, *op.inputs, **_attrs_of(op, _STEPS))


FAKE_QUANT_VARS = OpDef(
    name="FakeQuantWithMinMaxVars",
    signature="inputs: float32, min: float32, max: float32 -> outputs: float32",
    attrs=_STEPS,
    shape=_vars_shape,
    kernel=_vars_kernel,
    expansion=_vars_expansion,
    gradient=_bounds_gradient("FakeQuantWithMinMaxVarsGradient"),
)

FAKE_QUANT_VARS_GRADIENT = OpDef(
    name="FakeQuantWithMinMaxVarsGradient",
    signature=(
        "gradients: float32, inputs: float32, min: float32, max: float32 "
        "-> backprops_wrt_input: float32, backprop_wrt_min: float32, backprop_wrt_max: float32"
    ),
    attrs=_STEPS,
    shape=_vars_gradient_shape,
    kernel=_vars_gradient_kernel,
    expansion=_vars_gradient_expansion,
)

FAKE_QUANT_CHANNELS = OpDef(
    name="FakeQuantWithMinMaxVarsPerChannel",
    signature="inputs: float32, min: float32, max: float32 -> outputs: float32",
    attrs=_STEPS,
    shape=_channel_shape,
    kernel=_vars_kernel,
    expansion=_vars_expansion,
    gradient=_bounds_gradient("FakeQuantWithMinMaxVarsPerChannelGradient"),
)

FAKE_QUANT_CHANNELS_GRADIENT = OpDef(
    name="FakeQuantWithMinMaxVarsPerChannelGradient",
    signature=FAKE_QUANT_VARS_GRADIENT.signature,
    attrs=_STEPS,
    shape=_channel_gradient_shape,
    kernel=_vars_gradient_kernel,
    expansion=_vars_gradient_expansion,
)


def fake_quant_with_min_max_args(
    inputs: TensorLike,
    min: float = -6,
    max: float = 6,
    num_bits: int = 8,
    narrow_range: bool = False,
    name: str | None = None,
) -> Tensor:
    """Return `inputs` as they are after quantizing to a fixed range and back.

    Args:
      inputs: float32, of any shape.
      min, max: the range; moved so that 0 is one of its steps.
      num_bits: 2 to 16.
      narrow_range: whether the steps are numbered from 1 instead of from 0.
      name: a name for the operation.
    Returns: float32 of the shape of `inputs`.
    Raises: InvalidArgumentError, when running, if `min` is not below `max` or `num_bits` is out of range.
    Source: `tf.quantization.fake_quant_with_min_max_args`.

    >>> with Session() as sess:
    ...     print(sess.run(fake_quant_with_min_max_args([-7.0, 0.06, 1.0])))
    [-6.0235295   0.04705906  0.9882355 ]
    """
    attrs = {"min": min, "max": max, "num_bits": num_bits, "narrow_range": narrow_range}
    return build(FAKE_QUANT_ARGS, inputs, name=name, **attrs)  # type: ignore[no-any-return]


def fake_quant_with_min_max_args_gradient(
    gradients: TensorLike,
    inputs: TensorLike,
    min: float = -6,
    max: float = 6,
    num_bits: int = 8,
    narrow_range: bool = False,
    name: str | None = None,
) -> Tensor:
    """Return the gradient of `fake_quant_with_min_max_args`: `gradients` where `inputs` were not clipped, else 0."""
    attrs = {"min": min, "max": max, "num_bits": num_bits, "narrow_range": narrow_range}
    return build(FAKE_QUANT_ARGS_GRADIENT, gradients, inputs, name=name, **attrs)  # type: ignore[no-any-return]


def fake_quant_with_min_max_vars(
    inputs: TensorLike,
    min: TensorLike,
    max: TensorLike,
    num_bits: int = 8,
    narrow_range: bool = False,
    name: str | None = None,
) -> Tensor:
    """Return `inputs` as they are after quantizing to a range that is computed, and back.

    Args:
      inputs: float32, of any shape.
      min, max: float32 scalars, the range. Where both are 0, the result is 0.
      num_bits: 2 to 16.
      narrow_range: whether the steps are numbered from 1 instead of from 0.
      name: a name for the operation.
    Returns: float32 of the shape of `inputs`; differentiable by all three.
    Raises: ValueError if a bound is no scalar; InvalidArgumentError, when running, if `num_bits` is out of range.
    Source: `tf.quantization.fake_quant_with_min_max_vars`.
    """
    steps = {"num_bits": num_bits, "narrow_range": narrow_range}
    return build(FAKE_QUANT_VARS, inputs, min, max, name=name, **steps)  # type: ignore[no-any-return]


def fake_quant_with_min_max_vars_gradient(
    gradients: TensorLike,
    inputs: TensorLike,
    min: TensorLike,
    max: TensorLike,
    num_bits: int = 8,
    narrow_range: bool = False,
    name: str | None = None,
) -> Any:
    """Return the named gradients of `fake_quant_with_min_max_vars` by its inputs, `min` and `max`."""
    steps = {"num_bits": num_bits, "narrow_range": narrow_range}
    return build_named(FAKE_QUANT_VARS_GRADIENT, gradients, inputs, min, max, name=name, **steps)


def fake_quant_with_min_max_vars_per_channel(
    inputs: TensorLike,
    min: TensorLike,
    max: TensorLike,
    num_bits: int = 8,
    narrow_range: bool = False,
    name: str | None = None,
) -> Tensor:
    """Return `fake_quant_with_min_max_vars` with a range of its own for each channel.

    Args:
      inputs: float32 of shape [..., channels].
      min, max: float32 of shape [channels].
      num_bits, narrow_range, name: as there.
    Raises: ValueError if the numbers of channels differ.
    Source: `tf.quantization.fake_quant_with_min_max_vars_per_channel`.
    """
    steps = {"num_bits": num_bits, "narrow_range": narrow_range}
    return build(FAKE_QUANT_CHANNELS, inputs, min, max, name=name, **steps)  # type: ignore[no-any-return]


def fake_quant_with_min_max_vars_per_channel_gradient(
    gradients: TensorLike,
    inputs: TensorLike,
    min: TensorLike,
    max: TensorLike,
    num_bits: int = 8,
    narrow_range: bool = False,
    name: str | None = None,
) -> Any:
    """Return the named gradients of `fake_quant_with_min_max_vars_per_channel` by its inputs, `min` and `max`."""
    steps = {"num_bits": num_bits, "narrow_range": narrow_range}
    return build_named(FAKE_QUANT_CHANNELS_GRADIENT, gradients, inputs, min, max, name=name, **steps)
