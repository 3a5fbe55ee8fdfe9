"""Activation functions of neural networks."""

from __future__ import annotations

from typing import Any

import numpy as np

from ...building.apply import apply
from ...building.convert import convert_to_tensor
from ...building.default_graph import name_scope
from ...definition.element_kinds import on_floats, widened
from ...definition.opdef import OpDef
from ...definition.registry import lookup
from ...definition.shapes import same_shape
from ...graph.node import Tensor, TensorLike
from ...types import dtypes
from ..elementwise.rounding import larger, smaller
from . import activation_rules as rules

_SELU_SCALE = 1.0507009873554804934193349852946
_SELU_SCALE_ALPHA = 1.7580993408473768599402175208123
_LEAK = float(np.float32(0.2))


def _sigmoid(x: Any) -> Any:
    # 1 / (1 + exp(-x)) overflows to inf for large negative x, and the quotient is then the right 0.
    one = x.dtype.type(1)
    if x.dtype.kind == "c":
        return one / (one + np.exp(-x))
    small = np.exp(-np.abs(x))
    return np.where(x >= 0, one, small) / (one + small)


SIGMOID = OpDef(
    name="Sigmoid",
    signature="x: T -> y: T",
    where={"T": dtypes.INEXACT},
    shape=same_shape,
    kernel=widened(_sigmoid),
    scalar=on_floats("sigmoid({x})"),
    ulp=4,
    gradient=rules.of_output("SigmoidGrad"),
)


def _relu_kernel(features: Any) -> Any:
    return larger(features, np.zeros((), features.dtype))


RELU = OpDef(
    name="Relu",
    signature="features: T -> activations: T",
    where={"T": (*dtypes.REAL, dtypes.qint8)},
    shape=same_shape,
    kernel=_relu_kernel,
    scalar="maximum({features}, T(0))",
    gradient=rules.relu,
)


def _relu6_kernel(features: Any) -> Any:
    return smaller(larger(features, np.zeros((), features.dtype)), np.asarray(6, features.dtype))


RELU6 = OpDef(
    name="Relu6",
    signature="features: T -> activations: T",
    where={"T": dtypes.REAL},
    shape=same_shape,
    kernel=_relu6_kernel,
    scalar="minimum(maximum({features}, T(0)), T(6))",
    gradient=rules.relu6,
)


def _elu(x: Any) -> Any:
    return np.where(x < 0, np.expm1(np.minimum(x, x.dtype.type(0))), x)


ELU = OpDef(
    name="Elu",
    signature="features: T -> activations: T",
    where={"T": dtypes.FLOATS},
    shape=same_shape,
    kernel=widened(_elu),
    scalar="(expm1({features}) if {features} < T(0) else {features})",
    ulp=4,
    gradient=rules.elu,
)


def _selu(x: Any) -> Any:
    scale, scale_alpha = x.dtype.type(_SELU_SCALE), x.dtype.type(_SELU_SCALE_ALPHA)
    return np.where(x < 0, scale_alpha * np.expm1(np.minimum(x, x.dtype.type(0))), scale * x)


SELU = OpDef(
    name="Selu",
    signature="features: T -> activations: T",
    where={"T": dtypes.FLOATS},
    shape=same_shape,
    kernel=widened(_selu),
    scalar=(
        f"(T({_SELU_SCALE_ALPHA!r}) * expm1({{features}}) if {{features}} < T(0) "
        f"else T({_SELU_SCALE!r}) * {{features}})"
    ),
    ulp=4,
    gradient=rules.selu,
)


def _leaky_relu_kernel(features: Any, *, alpha: Any) -> Any:
    leak = np.asarray(alpha, features.dtype)
    if alpha <= 1:
        return larger(features, features * leak)
    return np.where(features > 0, features, features * leak)


def _leaky_relu_scalar(attrs: Any, types: Any) -> str:
    alpha = float(np.asarray(attrs["alpha"], types[0].np_dtype))
    if attrs["alpha"] <= 1:
        return f"maximum({{features}}, {{features}} * T({alpha!r}))"
    return f"({{features}} if {{features}} > T(0) else {{features}} * T({alpha!r}))"


LEAKY_RELU = OpDef(
    name="LeakyRelu",
    signature="features: T -> activations: T",
    where={"T": dtypes.FLOATS},
    attrs={"alpha": ("float", _LEAK), "T": ("type", dtypes.float32)},
    shape=same_shape,
    kernel=_leaky_relu_kernel,
    scalar=_leaky_relu_scalar,
    gradient=rules.leaky_relu,
)


def _softplus(x: Any) -> Any:
    return np.logaddexp(x, x.dtype.type(0))


SOFTPLUS = OpDef(
    name="Softplus",
    signature="features: T -> activations: T",
    where={"T": dtypes.FLOATS},
    shape=same_shape,
    kernel=widened(_softplus),
    scalar="softplus({features})",
    ulp=4,
    gradient=rules.softplus,
)


def _softsign(x: Any) -> Any:
    return x / (x.dtype.type(1) + np.abs(x))


SOFTSIGN = OpDef(
    name="Softsign",
    signature="features: T -> activations: T",
    where={"T": dtypes.FLOATS},
    shape=same_shape,
    kernel=widened(_softsign),
    scalar="{features} / (T(1) + fabs({features}))",
    gradient=rules.softsign,
)


def sigmoid(x: TensorLike, name: str | None = None) -> Tensor:
    """Return `1 / (1 + exp(-x))`.

    Args:
      x: floating-point or complex.
      name: a name for the operation.

    >>> sigmoid([0.0, 1.0]).dtype
    tf.float32
    """
    return apply(SIGMOID, x, name=name)


def log_sigmoid(x: TensorLike, name: str | None = None) -> Tensor:
    """Return `log(sigmoid(x))`, computed as `-softplus(-x)` so that nothing underflows."""
    from ..elementwise.arithmetic import negative

    with name_scope(name, "LogSigmoid", [x]) as scope:
        value = convert_to_tensor(x, name="x")
        result: Tensor = negative(apply(SOFTPLUS, negative(value)), name=scope)
        return result


def relu(features: TensorLike, name: str | None = None) -> Tensor:
    """Return `max(features, 0)`; NaN stays."""
    return apply(RELU, features, name=name)


def relu6(features: TensorLike, name: str | None = None) -> Tensor:
    """Return `min(max(features, 0), 6)`; NaN stays."""
    return apply(RELU6, features, name=name)


def elu(features: TensorLike, name: str | None = None) -> Tensor:
    """Return `exp(features) - 1` where negative, `features` elsewhere."""
    return apply(ELU, features, name=name)


def selu(features: TensorLike, name: str | None = None) -> Tensor:
    """Return the scaled `elu` that keeps mean 0 and variance 1 through layers.

    Source: Klambauer et al., "Self-Normalizing Neural Networks", 2017, for the two constants.
    """
    return apply(SELU, features, name=name)


def leaky_relu(features: TensorLike, alpha: float | None = 0.2, name: str | None = None) -> Tensor:
    """Return `features` where positive, `alpha * features` elsewhere.

    Args:
      features: floating-point, or integers, which are cast to float32.
      alpha: the slope below 0, a Python number; None: 0.2.
      name: a name for the operation.
    Raises: TypeError if `alpha` is a tensor.
    """
    from ..elementwise.cast import cast

    if alpha is None:
        alpha = 0.2
    if not isinstance(alpha, (int, float, np.number, np.ndarray)):
        raise TypeError(f"Expected float for argument 'alpha' not {alpha!r}.")
    with name_scope(name, "LeakyRelu", [features, alpha]) as scope:
        value = convert_to_tensor(features, name="features")
        if value.dtype.is_integer:
            value = cast(value, dtypes.float32)
        return apply(LEAKY_RELU, value, alpha=float(np.float32(alpha)), name=scope)


def softplus(features: TensorLike, name: str | None = None) -> Tensor:
    """Return `log(1 + exp(features))`."""
    return apply(SOFTPLUS, features, name=name)


def softsign(features: TensorLike, name: str | None = None) -> Tensor:
    """Return `features / (1 + |features|)`."""
    return apply(SOFTSIGN, features, name=name)


def crelu(features: TensorLike, name: str | None = None, axis: int = -1) -> Tensor:
    """Return `relu` of `features` and of `-features`, concatenated along `axis`.

    Source: Shang et al., "Understanding and Improving Convolutional Neural Networks via Concatenated Rectified
    Linear Units", 2016.
    """
    from ..elementwise.arithmetic import negative

    with name_scope(name, "CRelu", [features]) as scope:
        value = convert_to_tensor(features, name="features")
        both = apply(lookup("ConcatV2"), [value, negative(value)], axis, name=scope)
        return relu(both)
