"""Activations: functions of tensors, by name."""

from __future__ import annotations

from typing import Any

from ....ops.building.constant import constant
from ....ops.building.convert import convert_to_tensor
from ....ops.families.elementwise import trigonometry
from ....ops.families.elementwise.arithmetic import add, multiply
from ....ops.families.elementwise.exponential import exp
from ....ops.families.elementwise.rounding import clip_by_value
from ....ops.families.nn import activations as nn
from ....ops.families.nn import softmax as nn_softmax
from ....ops.families.reductions.reductions import reduce_max, reduce_sum
from . import lookup


def softmax(x: Any, axis: int = -1) -> Any:
    """Return the softmax along an axis. Raises: ValueError for a vector."""
    rank = x.shape.ndims
    if rank == 2:
        return nn_softmax.softmax(x)
    if rank is not None and rank > 2:
        exponentials = exp(x - reduce_max(x, axis=axis, keepdims=True))
        return exponentials / reduce_sum(exponentials, axis=axis, keepdims=True)
    raise ValueError("Cannot apply softmax to a tensor that is 1D")


def elu(x: Any, alpha: float = 1.0) -> Any:
    """Return `x` above 0, `alpha * (exp(x) - 1)` below."""
    from ....ops.families.indexing.positions import where

    result = nn.elu(x)
    return result if alpha == 1 else where(x > 0, result, alpha * result)


def selu(x: Any) -> Any:
    """Return the scaled exponential linear unit of `x`."""
    return nn.selu(x)


def softplus(x: Any) -> Any:
    """Return `log(exp(x) + 1)`."""
    return nn.softplus(x)


def softsign(x: Any) -> Any:
    """Return `x / (abs(x) + 1)`."""
    return nn.softsign(x)


def relu(x: Any, alpha: float = 0.0, max_value: float | None = None, threshold: float = 0) -> Any:
    """Return `x` from the threshold on, at most `max_value`; `alpha * (x - threshold)` below it."""
    from ....ops.families.elementwise.cast import cast

    if alpha == 0 and threshold == 0:
        if max_value is None:
            return nn.relu(x)
        return nn.relu6(x) if max_value == 6 else clip_by_value(nn.relu(x), 0.0, float(max_value))
    negative = None
    if alpha != 0:
        if max_value is None and threshold == 0:
            return nn.leaky_relu(x, alpha=alpha)
        negative = nn.relu(-x + threshold) if threshold != 0 else nn.relu(-x)
    x = x * cast(x > threshold, x.dtype) if threshold != 0 else nn.relu(x)
    if max_value is not None:
        x = clip_by_value(x, 0.0, float(max_value))
    return x if negative is None else x - alpha * negative


def tanh(x: Any) -> Any:
    """Return the hyperbolic tangent."""
    return trigonometry.tanh(x)


def sigmoid(x: Any) -> Any:
    """Return `1 / (1 + exp(-x))`."""
    return nn.sigmoid(x)


def exponential(x: Any) -> Any:
    """Return `exp(x)`."""
    return exp(x)


def hard_sigmoid(x: Any) -> Any:
    """Return `0.2 * x + 0.5`, between 0 and 1."""
    x = convert_to_tensor(x)
    slope, middle = (constant(value, x.dtype.base_dtype) for value in (0.2, 0.5))
    return clip_by_value(add(multiply(x, slope), middle), 0.0, 1.0)


def linear(x: Any) -> Any:
    """Return `x`."""
    return x


_KNOWN: dict[str, Any] = {
    "softmax": softmax, "elu": elu, "selu": selu, "softplus": softplus, "softsign": softsign, "relu": relu,
    "tanh": tanh, "sigmoid": sigmoid, "exponential": exponential, "hard_sigmoid": hard_sigmoid, "linear": linear,
}  # fmt: skip


def get(identifier: Any) -> Any:
    """Return an activation by name, or the function that is given; `linear` for None. Raises: ValueError."""
    return linear if identifier is None else lookup.found(identifier, _KNOWN, "activation function")


def serialize(activation: Any) -> Any:
    """Return the name of an activation."""
    return lookup.serialized(activation)


def deserialize(name: Any, custom_objects: Any = None) -> Any:
    """Return the activation of a name."""
    return lookup.found(name, _KNOWN, "activation function", custom_objects)
