"""Bijectors of numbers, element by element."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

from ....building.convert import convert_to_tensor
from ....families.arrays.filling import zeros
from ....families.elementwise.arithmetic import abs as absolute
from ....families.elementwise.arithmetic import square
from ....families.elementwise.exponential import exp, expm1, log, log1p, sqrt
from ....families.elementwise.trigonometry import asinh, cosh, sinh
from ....families.nn.activations import sigmoid, softplus
from .base import Bijector


class Identity(Bijector):
    """y = x."""

    def __init__(self, validate_args: bool = False, name: str = "identity") -> None:
        super().__init__(is_constant_jacobian=True, validate_args=validate_args, forward_min_event_ndims=0, name=name)

    def _forward(self, x: Any) -> Any:
        return x

    def _inverse(self, y: Any) -> Any:
        return y

    def _forward_log_det_jacobian(self, x: Any) -> Any:
        return zeros([], x.dtype)


class Exp(Bijector):
    """y = exp(x)."""

    def __init__(self, validate_args: bool = False, name: str = "exp") -> None:
        super().__init__(is_constant_jacobian=False, validate_args=validate_args, forward_min_event_ndims=0, name=name)

    def _forward(self, x: Any) -> Any:
        return exp(x)

    def _inverse(self, y: Any) -> Any:
        return log(y)

    def _forward_log_det_jacobian(self, x: Any) -> Any:
        return x

    def _inverse_log_det_jacobian(self, y: Any) -> Any:
        return -log(y)


class Sigmoid(Bijector):
    """y = 1 / (1 + exp(-x))."""

    def __init__(self, validate_args: bool = False, name: str = "sigmoid") -> None:
        super().__init__(is_constant_jacobian=False, validate_args=validate_args, forward_min_event_ndims=0, name=name)

    def _forward(self, x: Any) -> Any:
        return sigmoid(x)

    def _inverse(self, y: Any) -> Any:
        return log(y) - log1p(-y)

    def _forward_log_det_jacobian(self, x: Any) -> Any:
        return -softplus(-x) - softplus(x)

    def _inverse_log_det_jacobian(self, y: Any) -> Any:
        return -log1p(-y) - log(y)


class Softplus(Bijector):
    """y = c log(1 + exp(x / c)); c is `hinge_softness`, by default 1."""

    def __init__(self, hinge_softness: Any = None, validate_args: bool = False, name: str = "softplus") -> None:
        self._softness = None if hinge_softness is None else convert_to_tensor(hinge_softness, name="hinge_softness")
        super().__init__(is_constant_jacobian=False, validate_args=validate_args, forward_min_event_ndims=0, name=name)

    def _scaled(self, x: Any, function: Callable[[Any], Any]) -> Any:
        return function(x) if self._softness is None else self._softness * function(x / self._softness)

    def _forward(self, x: Any) -> Any:
        return self._scaled(x, softplus)

    def _inverse(self, y: Any) -> Any:
        return self._scaled(y, lambda value: value + log(-expm1(-value)))

    def _forward_log_det_jacobian(self, x: Any) -> Any:
        return -softplus(-(x if self._softness is None else x / self._softness))


class AffineScalar(Bijector):
    """y = scale x + shift, for each element.

    Args:
      shift, scale: numbers or tensors; None for 0 and 1.
    """

    def __init__(
        self, shift: Any = None, scale: Any = None, validate_args: bool = False, name: str = "affine_scalar"
    ) -> None:
        self.shift = None if shift is None else convert_to_tensor(shift, name="shift")
        self.scale = None if scale is None else convert_to_tensor(scale, name="scale")
        super().__init__(is_constant_jacobian=True, validate_args=validate_args, forward_min_event_ndims=0, name=name)

    def _forward(self, x: Any) -> Any:
        y = x if self.scale is None else x * self.scale
        return y if self.shift is None else y + self.shift

    def _inverse(self, y: Any) -> Any:
        x = y if self.shift is None else y - self.shift
        return x if self.scale is None else x / self.scale

    def _forward_log_det_jacobian(self, x: Any) -> Any:
        return zeros([], x.dtype) if self.scale is None else log(absolute(self.scale))


class PowerTransform(Bijector):
    """y = (1 + x power) ** (1 / power); exp for the power 0, which is the default.

    Args:
      power: not negative.
      validate_args, name: as for all bijectors.
    Raises: ValueError for a negative power.
    """

    def __init__(self, power: float = 0.0, validate_args: bool = False, name: str = "power_transform") -> None:
        if power is None or power < 0:
            raise ValueError("`power` must be a non-negative TF constant.")
        self.power = power
        super().__init__(validate_args=validate_args, forward_min_event_ndims=0, name=name)

    def _forward(self, x: Any) -> Any:
        return exp(x) if self.power == 0.0 else exp(log1p(x * self.power) / self.power)

    def _inverse(self, y: Any) -> Any:
        return log(y) if self.power == 0.0 else expm1(log(y) * self.power) / self.power

    def _inverse_log_det_jacobian(self, y: Any) -> Any:
        return (self.power - 1.0) * log(y)

    def _forward_log_det_jacobian(self, x: Any) -> Any:
        return x if self.power == 0.0 else (1.0 / self.power - 1.0) * log1p(x * self.power)


class Square(Bijector):
    """y = x ** 2, for positive x."""

    def __init__(self, validate_args: bool = False, name: str = "square") -> None:
        super().__init__(validate_args=validate_args, forward_min_event_ndims=0, name=name)

    def _forward(self, x: Any) -> Any:
        return square(x)

    def _inverse(self, y: Any) -> Any:
        return sqrt(y)

    def _forward_log_det_jacobian(self, x: Any) -> Any:
        return math.log(2.0) + log(x)


class AbsoluteValue(Bijector):
    """y = |x|, which two places have: `inverse` gives both, `(-y, y)`, and so does the logarithm of its Jacobian."""

    def __init__(self, validate_args: bool = False, name: str = "absolute_value") -> None:
        super().__init__(is_constant_jacobian=True, validate_args=validate_args, forward_min_event_ndims=0, name=name)

    def _forward(self, x: Any) -> Any:
        return absolute(x)

    def _inverse(self, y: Any) -> Any:
        return -y, y

    def inverse_log_det_jacobian(self, y: Any, event_ndims: int, name: str = "inverse_log_det_jacobian") -> Any:
        """Return zeros, one for each of both places."""
        zero = zeros([], convert_to_tensor(y).dtype)
        return zero, zero


class Softsign(Bijector):
    """y = x / (1 + |x|)."""

    def __init__(self, validate_args: bool = False, name: str = "softsign") -> None:
        super().__init__(validate_args=validate_args, forward_min_event_ndims=0, name=name)

    def _forward(self, x: Any) -> Any:
        return x / (1.0 + absolute(x))

    def _inverse(self, y: Any) -> Any:
        return y / (1.0 - absolute(y))

    def _forward_log_det_jacobian(self, x: Any) -> Any:
        return -2.0 * log1p(absolute(x))

    def _inverse_log_det_jacobian(self, y: Any) -> Any:
        return -2.0 * log1p(-absolute(y))


class Gumbel(Bijector):
    """y = exp(-exp(-(x - loc) / scale)): what has Gumbel's distribution becomes uniform.

    Args:
      loc, scale: of that distribution.
      validate_args, name: as for all bijectors.
    """

    def __init__(self, loc: Any = 0.0, scale: Any = 1.0, validate_args: bool = False, name: str = "gumbel") -> None:
        self.loc = convert_to_tensor(loc, name="loc")
        self.scale = convert_to_tensor(scale, name="scale")
        super().__init__(validate_args=validate_args, forward_min_event_ndims=0, name=name)

    def _forward(self, x: Any) -> Any:
        return exp(-exp(-(x - self.loc) / self.scale))

    def _inverse(self, y: Any) -> Any:
        return self.loc - self.scale * log(-log(y))

    def _inverse_log_det_jacobian(self, y: Any) -> Any:
        return log(self.scale / (-log(y) * y))

    def _forward_log_det_jacobian(self, x: Any) -> Any:
        z = (x - self.loc) / self.scale
        return -z - exp(-z) - log(self.scale)


class Kumaraswamy(Bijector):
    """y = (1 - (1 - x) ** (1 / b)) ** (1 / a), of `(0, 1)`: uniform numbers get Kumaraswamy's distribution.

    Args:
      concentration1: a.
      concentration0: b.
      validate_args, name: as for all bijectors.
    """

    def __init__(
        self, concentration1: Any = None, concentration0: Any = None, validate_args: bool = False,
        name: str = "kumaraswamy",
    ) -> None:  # fmt: skip
        self.concentration1 = convert_to_tensor(concentration1, name="concentration1")
        self.concentration0 = convert_to_tensor(concentration0, name="concentration0")
        super().__init__(validate_args=validate_args, forward_min_event_ndims=0, name=name)

    def _forward(self, x: Any) -> Any:
        return exp(log1p(-exp(log1p(-x) / self.concentration0)) / self.concentration1)

    def _inverse(self, y: Any) -> Any:
        return -expm1(self.concentration0 * log1p(-(y**self.concentration1)))

    def _inverse_log_det_jacobian(self, y: Any) -> Any:
        a, b = self.concentration1, self.concentration0
        return log(a) + log(b) + (a - 1.0) * log(y) + (b - 1.0) * log1p(-(y**a))


class SinhArcsinh(Bijector):
    """y = sinh((arcsinh(x) + skewness) tailweight).

    Args:
      skewness: 0 for none, the default.
      tailweight: 1 for that of x, the default; it is positive.
      validate_args, name: as for all bijectors.
    """

    def __init__(
        self, skewness: Any = None, tailweight: Any = None, validate_args: bool = False, name: str = "SinhArcsinh"
    ) -> None:
        self.skewness = convert_to_tensor(0.0 if skewness is None else skewness, name="skewness")
        self.tailweight = convert_to_tensor(1.0 if tailweight is None else tailweight, name="tailweight")
        super().__init__(validate_args=validate_args, forward_min_event_ndims=0, name=name)

    def _forward(self, x: Any) -> Any:
        return sinh((asinh(x) + self.skewness) * self.tailweight)

    def _inverse(self, y: Any) -> Any:
        return sinh(asinh(y) / self.tailweight - self.skewness)

    def _forward_log_det_jacobian(self, x: Any) -> Any:
        moved = (asinh(x) + self.skewness) * self.tailweight
        return log(cosh(moved)) + log(self.tailweight) - 0.5 * log1p(square(x))
