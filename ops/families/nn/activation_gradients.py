"""The operation types that gradients of elementwise functions are made of. They have no public functions."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from ...definition.element_kinds import on_floats, widened
from ...definition.opdef import OpDef
from ...definition.shapes import same_as_all
from ...types import dtypes
from ...types.tensor_shape import brackets
from . import activation_rules as rules
from .activations import _LEAK, _SELU_SCALE, _SELU_SCALE_ALPHA


def _of_one_shape(function: Callable[..., Any]) -> Callable[..., Any]:
    """The kernel that refuses arguments of different shapes, which NumPy would broadcast."""

    def kernel(*inputs: Any) -> Any:
        _check_shapes(*inputs)
        return function(*inputs)

    return kernel


def _check_shapes(x: Any, y: Any) -> None:
    if x.shape != y.shape:
        raise ValueError(f"Shapes of gradients and inputs must be equal: {brackets(x.shape)} and {brackets(y.shape)}")


def _shape_of_output(query: Any) -> Any:
    """The shape of `y`, as TensorFlow has it, even where only that of `dy` is known; they must not differ."""
    same_as_all(query)
    return query.shapes[0]


def _conjugate(x: Any) -> Any:
    return np.conjugate(x) if x.dtype.kind == "c" else x


def _tanh_gradient(y: Any, dy: Any) -> Any:
    # Not 1 - y * y: a compiled loop may contract that, and where y is near 1 all digits would differ.
    one = y.dtype.type(1)
    return dy * ((one - y) * (one + y))


def _sigmoid_gradient(y: Any, dy: Any) -> Any:
    return dy * (y * (y.dtype.type(1) - y))


def _reciprocal_gradient(y: Any, dy: Any) -> Any:
    y = _conjugate(y)
    return np.where(dy == 0, dy.dtype.type(0), -dy * (y * y))


def _sqrt_gradient(y: Any, dy: Any) -> Any:
    return np.where(dy == 0, dy.dtype.type(0), dy * y.dtype.type(0.5) / _conjugate(y))


def _rsqrt_gradient(y: Any, dy: Any) -> Any:
    y = _conjugate(y)
    return np.where(dy == 0, dy.dtype.type(0), y.dtype.type(-0.5) * dy * (y * y * y))


TANH_GRAD = OpDef(
    name="TanhGrad",
    signature="y: T, dy: T -> z: T",
    where={"T": dtypes.INEXACT},
    shape=_shape_of_output,
    kernel=_of_one_shape(widened(_tanh_gradient)),
    scalar=on_floats("{dy} * ((T(1) - {y}) * (T(1) + {y}))"),
    ulp=1,
    gradient=rules.tanh_grad,
)

SIGMOID_GRAD = OpDef(
    name="SigmoidGrad",
    signature="y: T, dy: T -> z: T",
    where={"T": dtypes.INEXACT},
    shape=_shape_of_output,
    kernel=_of_one_shape(widened(_sigmoid_gradient)),
    scalar=on_floats("{dy} * ({y} * (T(1) - {y}))"),
    ulp=1,
    gradient=rules.sigmoid_grad,
)

RECIPROCAL_GRAD = OpDef(
    name="ReciprocalGrad",
    signature="y: T, dy: T -> z: T",
    where={"T": dtypes.INEXACT},
    shape=_shape_of_output,
    kernel=_of_one_shape(widened(_reciprocal_gradient)),
    scalar=on_floats("(-{dy} * ({y} * {y}) if {dy} != T(0) else T(0))"),
    ulp=1,
    gradient=rules.reciprocal_grad,
)

INV_GRAD = OpDef(
    name="InvGrad",
    signature="y: T, dy: T -> z: T",
    where={"T": dtypes.INEXACT},
    shape=_shape_of_output,
    kernel=_of_one_shape(widened(_reciprocal_gradient)),
    scalar=on_floats("(-{dy} * ({y} * {y}) if {dy} != T(0) else T(0))"),
    ulp=1,
    gradient=rules.reciprocal_grad,
)

SQRT_GRAD = OpDef(
    name="SqrtGrad",
    signature="y: T, dy: T -> z: T",
    where={"T": dtypes.INEXACT},
    shape=_shape_of_output,
    kernel=_of_one_shape(widened(_sqrt_gradient)),
    scalar=on_floats("({dy} * T(0.5) / {y} if {dy} != T(0) else T(0))"),
    ulp=1,
    gradient=rules.sqrt_grad,
)

RSQRT_GRAD = OpDef(
    name="RsqrtGrad",
    signature="y: T, dy: T -> z: T",
    where={"T": dtypes.INEXACT},
    shape=_shape_of_output,
    kernel=_of_one_shape(widened(_rsqrt_gradient)),
    scalar=on_floats("(T(-0.5) * {dy} * ({y} * {y} * {y}) if {dy} != T(0) else T(0))"),
    ulp=1,
    gradient=rules.rsqrt_grad,
)


def _where_positive(gradients: Any, features: Any) -> Any:
    return np.where(features > 0, gradients, np.zeros((), gradients.dtype))


RELU_GRAD = OpDef(
    name="ReluGrad",
    signature="gradients: T, features: T -> backprops: T",
    where={"T": dtypes.REAL},
    shape=same_as_all,
    kernel=_of_one_shape(_where_positive),
    scalar="({gradients} if {features} > T(0) else T(0))",
    gradient=rules.piecewise("ReluGrad"),
)


def _relu6_gradient(gradients: Any, features: Any) -> Any:
    inside = (features > 0) & (features < np.asarray(6, features.dtype))
    return np.where(inside, gradients, np.zeros((), gradients.dtype))


RELU6_GRAD = OpDef(
    name="Relu6Grad",
    signature="gradients: T, features: T -> backprops: T",
    where={"T": dtypes.REAL},
    shape=same_as_all,
    kernel=_of_one_shape(_relu6_gradient),
    scalar="({gradients} if T(0) < {features} < T(6) else T(0))",
    gradient=rules.piecewise("Relu6Grad"),
)


def _elu_gradient(gradients: Any, outputs: Any) -> Any:
    return np.where(outputs < 0, (outputs + outputs.dtype.type(1)) * gradients, gradients)


ELU_GRAD = OpDef(
    name="EluGrad",
    signature="gradients: T, outputs: T -> backprops: T",
    where={"T": dtypes.FLOATS},
    shape=same_as_all,
    kernel=_of_one_shape(widened(_elu_gradient)),
    scalar="(({outputs} + T(1)) * {gradients} if {outputs} < T(0) else {gradients})",
    ulp=1,
    gradient=rules.elu_grad,
)


def _selu_gradient(gradients: Any, outputs: Any) -> Any:
    scale, scale_alpha = outputs.dtype.type(_SELU_SCALE), outputs.dtype.type(_SELU_SCALE_ALPHA)
    return np.where(outputs < 0, gradients * (outputs + scale_alpha), gradients * scale)


SELU_GRAD = OpDef(
    name="SeluGrad",
    signature="gradients: T, outputs: T -> backprops: T",
    where={"T": dtypes.FLOATS},
    shape=same_as_all,
    kernel=_of_one_shape(widened(_selu_gradient)),
    scalar=(
        f"({{gradients}} * ({{outputs}} + T({_SELU_SCALE_ALPHA!r})) if {{outputs}} < T(0) "
        f"else {{gradients}} * T({_SELU_SCALE!r}))"
    ),
    ulp=1,
    gradient=rules.selu_grad,
)


def _leaky_relu_gradient(gradients: Any, features: Any, *, alpha: Any) -> Any:
    _check_shapes(gradients, features)
    return np.where(features > 0, gradients, gradients * np.asarray(alpha, gradients.dtype))


def _leaky_relu_gradient_scalar(attrs: Any, types: Any) -> str:
    alpha = float(np.asarray(attrs["alpha"], types[0].np_dtype))
    return f"({{gradients}} if {{features}} > T(0) else {{gradients}} * T({alpha!r}))"


LEAKY_RELU_GRAD = OpDef(
    name="LeakyReluGrad",
    signature="gradients: T, features: T -> backprops: T",
    where={"T": dtypes.FLOATS},
    attrs={"alpha": ("float", _LEAK), "T": ("type", dtypes.float32)},
    shape=same_as_all,
    kernel=_leaky_relu_gradient,
    scalar=_leaky_relu_gradient_scalar,
    gradient=rules.piecewise("LeakyReluGrad"),
)


def _softplus_gradient(gradients: Any, features: Any) -> Any:
    return gradients / (np.exp(-features) + features.dtype.type(1))


SOFTPLUS_GRAD = OpDef(
    name="SoftplusGrad",
    signature="gradients: T, features: T -> backprops: T",
    where={"T": dtypes.FLOATS},
    shape=same_as_all,
    kernel=_of_one_shape(widened(_softplus_gradient)),
    scalar="{gradients} / (exp(-{features}) + T(1))",
    ulp=4,
    gradient=rules.softplus_grad,
)


def _softsign_gradient(gradients: Any, features: Any) -> Any:
    size = features.dtype.type(1) + np.abs(features)
    return gradients / (size * size)


SOFTSIGN_GRAD = OpDef(
    name="SoftsignGrad",
    signature="gradients: T, features: T -> backprops: T",
    where={"T": dtypes.FLOATS},
    shape=same_as_all,
    kernel=_of_one_shape(widened(_softsign_gradient)),
    scalar="{gradients} / ((T(1) + fabs({features})) * (T(1) + fabs({features})))",
    ulp=1,
    gradient=rules.softsign_grad,
)
