"""Products, convolutions and normalizations with what follows them in one node, as TensorFlow's optimizer leaves them.

`_FusedConv2D` with fused_ops of ["BiasAdd", "Relu"] is Conv2D, then BiasAdd of its first argument, then Relu. Compiled
steps take them apart again, so that each part runs as if it had been built alone.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

import numpy as np

from ...base.errors import UnimplementedError
from ...building.composed import ARRAYS
from ...definition.opdef import OpDef
from ...types.dtypes import FLOATS, bfloat16, float16, float32
from ..linalg.products import MAT_MUL
from ..nn.convolution.convolution_ops import CONV2D
from ..nn.convolution.depthwise.kernels import DEPTHWISE_CONV2D_NATIVE
from ..nn.normalization.batch_norm_ops import FUSED_BATCH_NORM_V3

_SIMPLE: Final = (b"Relu", b"Relu6", b"Elu", b"Tanh", b"Sigmoid")
_FUSED: Final[dict[str, Any]] = {
    "fused_ops": ("list(string)", ()),
    "epsilon": ("float", 0.0001),
    "leakyrelu_alpha": ("float", 0.2),
}
_CONVOLUTION: Final = ("strides", "padding", "explicit_paddings", "data_format", "dilations")


def _normalized(build: Any, attrs: Any, value: Any, statistics: list[Any]) -> Any:
    """By a mean and a variance that are given, as of inference."""
    if attrs.get("data_format") == b"NCHW":
        shape = build.constant(np.array([1, -1, 1, 1], np.int32))
        statistics = [build("Reshape", part, shape) for part in statistics]
    scale, offset, mean, variance = statistics
    least = build.constant(np.array(attrs["epsilon"], np.float32))
    factor = build("Mul", build("Rsqrt", build("AddV2", variance, least)), scale)
    return build("AddV2", build("Mul", build("Sub", value, mean), factor), offset)


def _with_followers(build: Any, attrs: Any, value: Any, args: Any) -> Any:
    """What follows, in its order; each takes its own of the further arguments."""
    left = list(args)
    for name in attrs["fused_ops"]:
        if name == b"BiasAdd":
            value = build("BiasAdd", value, left.pop(0), data_format=attrs.get("data_format", b"NHWC"))
        elif name == b"Add":
            value = build("AddV2", value, left.pop(0))
        elif name == b"FusedBatchNorm":
            value, left = _normalized(build, attrs, value, left[:4]), left[4:]
        elif name == b"LeakyRelu":
            value = build("LeakyRelu", value, alpha=attrs["leakyrelu_alpha"])
        elif name in _SIMPLE:
            value = build(name.decode(), value)
        else:
            raise UnimplementedError(None, None, f"Fusion is not implemented: {name.decode(errors='replace')}")
    return value


def _attrs_of(names: tuple[str, ...], attrs: Any) -> dict[str, Any]:
    return {name: attrs[name] for name in names if name in attrs}


def _convolved(op_type: str) -> Callable[..., Any]:
    def expansion(build: Any, attrs: Any, x: Any, filters: Any, args: Any) -> Any:
        own = _attrs_of(_CONVOLUTION, attrs)
        return _with_followers(build, attrs, build(op_type, x, filters, **own), args)

    return expansion


def _fused_convolution(name: str, plain: OpDef) -> OpDef:
    expansion = _convolved(plain.name)

    def kernel(
        input: Any, filter: Any, args: Any, *, strides: Any, padding: Any, explicit_paddings: Any, data_format: Any,
        dilations: Any, fused_ops: Any, epsilon: float, leakyrelu_alpha: float,
    ) -> Any:  # fmt: skip
        attrs = {
            "strides": strides, "padding": padding, "explicit_paddings": explicit_paddings, "dilations": dilations,
            "data_format": data_format, "fused_ops": fused_ops, "epsilon": epsilon, "leakyrelu_alpha": leakyrelu_alpha,
        }  # fmt: skip
        return expansion(ARRAYS, attrs, input, filter, args)

    return OpDef(
        name=name,
        signature="input: T, filter: T, args: num_args*T -> output: T",
        where={**plain.where, "T": FLOATS},
        attrs={**plain.attr_spec, **_FUSED},
        shape=plain.shape,
        kernel=kernel,
        expansion=expansion,
        ulp=64,
    )


FUSED_CONV2D = _fused_convolution("_FusedConv2D", CONV2D)
FUSED_DEPTHWISE_CONV2D = _fused_convolution("_FusedDepthwiseConv2dNative", DEPTHWISE_CONV2D_NATIVE)


def _product(build: Any, attrs: Any, a: Any, b: Any, args: Any) -> Any:
    own = _attrs_of(("transpose_a", "transpose_b"), attrs)
    return _with_followers(build, attrs, build("MatMul", a, b, **own), args)


def _product_kernel(
    a: Any, b: Any, args: Any, *, transpose_a: bool, transpose_b: bool, fused_ops: Any, leakyrelu_alpha: float
) -> Any:
    attrs = {
        "transpose_a": transpose_a, "transpose_b": transpose_b, "fused_ops": fused_ops,
        "leakyrelu_alpha": leakyrelu_alpha,
    }  # fmt: skip
    return _product(ARRAYS, attrs, a, b, args)


FUSED_MATMUL = OpDef(
    name="_FusedMatMul",
    signature="a: T, b: T, args: num_args*T -> product: T",
    where={"T": (bfloat16, float16, float32)},
    attrs={"transpose_a": ("bool", False), "transpose_b": ("bool", False), **_FUSED},
    shape=MAT_MUL.shape,
    kernel=_product_kernel,
    expansion=_product,
    ulp=64,
)


def _activated(build: Any, attrs: Any, value: Any, side: Any) -> Any:
    for other in side:
        value = build("AddV2", value, other)
    mode = attrs["activation_mode"]
    if mode == b"Relu":
        return build("Relu", value)
    if mode != b"Identity":
        raise UnimplementedError(None, None, f"Unsupported activation mode: {mode.decode(errors='replace')}")
    return value


def _batch_norm(
    build: Any, attrs: Any, x: Any, scale: Any, offset: Any, mean: Any, variance: Any, side_input: Any
) -> Any:
    plain: Any = FUSED_BATCH_NORM_V3.expansion
    results = plain(build, attrs, x, scale, offset, mean, variance)
    return None if results is None else (_activated(build, attrs, results[0], side_input), *results[1:])


def _batch_norm_kernel(
    x: Any, scale: Any, offset: Any, mean: Any, variance: Any, side_input: Any, *, epsilon: float,
    exponential_avg_factor: float, data_format: bytes, is_training: bool, activation_mode: bytes,
) -> Any:  # fmt: skip
    given = {
        "epsilon": epsilon, "exponential_avg_factor": exponential_avg_factor, "data_format": data_format,
        "is_training": is_training,
    }  # fmt: skip
    results = ARRAYS("FusedBatchNormV3", x, scale, offset, mean, variance, **given)
    return (_activated(ARRAYS, {"activation_mode": activation_mode}, results[0], side_input), *results[1:])


FUSED_BATCH_NORM_EX = OpDef(
    name="_FusedBatchNormEx",
    signature=FUSED_BATCH_NORM_V3.signature.replace("variance: U ->", "variance: U, side_input: num_side_inputs*T ->"),
    where=FUSED_BATCH_NORM_V3.where,
    attrs={
        **FUSED_BATCH_NORM_V3.attr_spec,
        "num_side_inputs": ("int", 0),
        "activation_mode": ("string", b"Identity"),
    },
    shape=FUSED_BATCH_NORM_V3.shape,
    kernel=_batch_norm_kernel,
    expansion=_batch_norm,
    ulp=64,
)
