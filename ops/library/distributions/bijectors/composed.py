"""Bijectors made of others or of functions: Invert, Chain, Inline."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from ....families.arrays.filling import zeros
from ....types.tensor_shape import TensorShape
from .base import Bijector


class Invert(Bijector):
    """The inverse of a bijector."""

    def __init__(self, bijector: Bijector, validate_args: bool = False, name: str | None = None) -> None:
        self.bijector = bijector
        super().__init__(
            is_constant_jacobian=bijector.is_constant_jacobian,
            validate_args=validate_args,
            forward_min_event_ndims=bijector.inverse_min_event_ndims,
            inverse_min_event_ndims=bijector.forward_min_event_ndims,
            name=name or f"invert_{bijector.name}",
        )

    def _forward(self, x: Any) -> Any:
        return self.bijector._inverse(x)

    def _inverse(self, y: Any) -> Any:
        return self.bijector._forward(y)

    def _forward_log_det_jacobian(self, x: Any) -> Any:
        return self.bijector._inverse_log_det_jacobian(x)

    def _inverse_log_det_jacobian(self, y: Any) -> Any:
        return self.bijector._forward_log_det_jacobian(y)

    def _forward_event_shape(self, input_shape: TensorShape) -> TensorShape:
        return self.bijector.inverse_event_shape(input_shape)

    def _inverse_event_shape(self, output_shape: TensorShape) -> TensorShape:
        return self.bijector.forward_event_shape(output_shape)


class Chain(Bijector):
    """Bijectors one after the other; the last of the list is applied first."""

    def __init__(
        self, bijectors: Sequence[Bijector] | None = None, validate_args: bool = False, name: str | None = None
    ) -> None:
        self.bijectors = list(bijectors or ())
        least, change = 0, 0  # how many axes an event has at least, and how many more after those so far
        for item in reversed(self.bijectors):
            least = max(least, item.forward_min_event_ndims - change)
            change += item.inverse_min_event_ndims - item.forward_min_event_ndims
        constant = all(item.is_constant_jacobian for item in self.bijectors)
        name = name or ("identity" if not self.bijectors else "_of_".join(["chain", *(b.name for b in self.bijectors)]))
        super().__init__(
            is_constant_jacobian=constant,
            validate_args=validate_args,
            forward_min_event_ndims=least,
            inverse_min_event_ndims=least + change,
            name=name,
        )

    def _forward(self, x: Any) -> Any:
        for bijector in reversed(self.bijectors):
            x = bijector._forward(x)
        return x

    def _inverse(self, y: Any) -> Any:
        for bijector in self.bijectors:
            y = bijector._inverse(y)
        return y

    def _forward_log_det_jacobian(self, x: Any) -> Any:
        total, ndims = zeros([], x.dtype), self.forward_min_event_ndims
        for bijector in reversed(self.bijectors):
            least = bijector.forward_min_event_ndims
            total = total + bijector._summed(bijector._forward_log_det_jacobian(x), ndims, x, least)
            ndims += bijector.inverse_min_event_ndims - least
            x = bijector._forward(x)
        return total

    def _inverse_log_det_jacobian(self, y: Any) -> Any:
        total, ndims = zeros([], y.dtype), self.inverse_min_event_ndims
        for bijector in self.bijectors:
            least = bijector.inverse_min_event_ndims
            total = total + bijector._summed(bijector._inverse_log_det_jacobian(y), ndims, y, least)
            ndims += bijector.forward_min_event_ndims - least
            y = bijector._inverse(y)
        return total

    def _forward_event_shape(self, input_shape: TensorShape) -> TensorShape:
        for bijector in reversed(self.bijectors):
            input_shape = bijector.forward_event_shape(input_shape)
        return input_shape

    def _inverse_event_shape(self, output_shape: TensorShape) -> TensorShape:
        for bijector in self.bijectors:
            output_shape = bijector.inverse_event_shape(output_shape)
        return output_shape


class Inline(Bijector):
    """A bijector of functions that are given.

    Args:
      forward_fn, inverse_fn: the function and its inverse.
      inverse_log_det_jacobian_fn, forward_log_det_jacobian_fn: of one of them, the logarithm of the determinant.
      forward_event_shape_fn, inverse_event_shape_fn: shapes from shapes, where the function changes them.
      forward_event_shape_tensor_fn, inverse_event_shape_tensor_fn: kept.
      is_constant_jacobian, validate_args, name: as for all.
      forward_min_event_ndims, inverse_min_event_ndims: how many of the last axes are one value at least; one is given.
    Raises: ValueError if neither is.
    """

    def __init__(
        self,
        forward_fn: Callable[[Any], Any] | None = None,
        inverse_fn: Callable[[Any], Any] | None = None,
        inverse_log_det_jacobian_fn: Callable[[Any], Any] | None = None,
        forward_log_det_jacobian_fn: Callable[[Any], Any] | None = None,
        forward_event_shape_fn: Callable[[Any], Any] | None = None,
        forward_event_shape_tensor_fn: Callable[[Any], Any] | None = None,
        inverse_event_shape_fn: Callable[[Any], Any] | None = None,
        inverse_event_shape_tensor_fn: Callable[[Any], Any] | None = None,
        is_constant_jacobian: bool = False,
        validate_args: bool = False,
        forward_min_event_ndims: int | None = None,
        inverse_min_event_ndims: int | None = None,
        name: str = "inline",
    ) -> None:
        super().__init__(
            is_constant_jacobian=is_constant_jacobian,
            validate_args=validate_args,
            forward_min_event_ndims=forward_min_event_ndims,
            inverse_min_event_ndims=inverse_min_event_ndims,
            name=name,
        )
        given = {
            "_forward": forward_fn,
            "_inverse": inverse_fn,
            "_inverse_log_det_jacobian": inverse_log_det_jacobian_fn,
            "_forward_log_det_jacobian": forward_log_det_jacobian_fn,
            "_forward_event_shape": forward_event_shape_fn,
            "_inverse_event_shape": inverse_event_shape_fn,
        }
        for method, function in given.items():
            if function is not None:
                setattr(self, method, function)
