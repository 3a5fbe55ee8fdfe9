"""`Bijector`: a differentiable function that has an inverse, by which a distribution is transformed.

A bijector gives `_forward`, `_inverse` and the logarithm of its Jacobian's determinant, one way or the other. Those of
scalars give it for each element; `event_ndims` says over how many of the last axes it is summed.
Source: TensorFlow 1.15, `tf.contrib.distributions.bijectors`, for what callers see.
"""

from __future__ import annotations

from typing import Any

from ....building.convert import convert_to_tensor
from ....building.default_graph import name_scope
from ....families.elementwise.cast import cast
from ....families.reductions.reductions import reduce_prod, reduce_sum
from ....types.tensor_shape import TensorShape


class Bijector:
    """The base of bijectors.

    A subclass gives `_forward(x)`, `_inverse(y)` and one of `_forward_log_det_jacobian(x)` and
    `_inverse_log_det_jacobian(y)`; where shapes change also `_forward_event_shape(shape)` and
    `_inverse_event_shape(shape)`.

    Args:
      graph_parents: kept.
      is_constant_jacobian: whether the Jacobian is the same everywhere.
      validate_args: kept.
      dtype: the type of values, if it is known.
      forward_min_event_ndims: how many of the last axes a place has at least: 0 for functions of scalars, 1 of vectors.
      inverse_min_event_ndims: how many a value has; default: as many. One of both has to be given.
      name: the scope of its operations.
    Raises: ValueError if neither rank is given, or one is negative.
    """

    def __init__(
        self,
        graph_parents: Any = None,
        is_constant_jacobian: bool = False,
        validate_args: bool = False,
        dtype: Any = None,
        forward_min_event_ndims: int | None = None,
        inverse_min_event_ndims: int | None = None,
        name: str | None = None,
    ) -> None:
        if forward_min_event_ndims is None and inverse_min_event_ndims is None:
            raise ValueError("Must specify at least one of `forward_min_event_ndims` and `inverse_min_event_ndims`.")
        given = (forward_min_event_ndims, inverse_min_event_ndims)
        places, values = (next(n for n in order if n is not None) for order in (given, given[::-1]))
        if places < 0 or values < 0:
            raise ValueError(f"forward_min_event_ndims and inverse_min_event_ndims must not be negative: {given}")
        self._min_ndims, self._min_ndims_of_values = places, values
        self._graph_parents = list(graph_parents or [])
        self._is_constant_jacobian = is_constant_jacobian
        self._validate_args = validate_args
        self._name = name or type(self).__name__.lower()
        self._dtype = dtype

    @property
    def graph_parents(self) -> list[Any]:
        """The tensors it was made with, if it says so."""
        return self._graph_parents

    @property
    def name(self) -> str:
        """The scope of its operations."""
        return self._name

    @property
    def dtype(self) -> Any:
        """The type of values, or None."""
        return self._dtype

    @property
    def forward_min_event_ndims(self) -> int:
        """How many of the last axes a place has at least."""
        return self._min_ndims

    @property
    def inverse_min_event_ndims(self) -> int:
        """How many of the last axes a result has at least."""
        return self._min_ndims_of_values

    @property
    def is_constant_jacobian(self) -> bool:
        """Whether the Jacobian is the same everywhere."""
        return self._is_constant_jacobian

    @property
    def validate_args(self) -> bool:
        """The argument of that name."""
        return self._validate_args

    def _forward(self, x: Any) -> Any:
        raise NotImplementedError(f"forward is not implemented: {type(self).__name__}")

    def _inverse(self, y: Any) -> Any:
        raise NotImplementedError(f"inverse is not implemented: {type(self).__name__}")

    def _gives(self, method: str) -> bool:
        """Whether a subclass, or an instance, has a formula of its own."""
        return method in vars(self) or getattr(type(self), method) is not getattr(Bijector, method)

    def _forward_log_det_jacobian(self, x: Any) -> Any:
        if not self._gives("_inverse_log_det_jacobian"):
            raise NotImplementedError(f"forward_log_det_jacobian is not implemented: {type(self).__name__}")
        return -self._inverse_log_det_jacobian(self._forward(x))

    def _inverse_log_det_jacobian(self, y: Any) -> Any:
        if not self._gives("_forward_log_det_jacobian"):
            raise NotImplementedError(f"inverse_log_det_jacobian is not implemented: {type(self).__name__}")
        return -self._forward_log_det_jacobian(self._inverse(y))

    def forward(self, x: Any, name: str = "forward") -> Any:
        """Return the function's value at `x`."""
        with name_scope(f"{self._name}/{name}"):
            return self._forward(convert_to_tensor(x, name="x"))

    def inverse(self, y: Any, name: str = "inverse") -> Any:
        """Return the place at which the function's value is `y`."""
        with name_scope(f"{self._name}/{name}"):
            return self._inverse(convert_to_tensor(y, name="y"))

    def forward_log_det_jacobian(self, x: Any, event_ndims: int, name: str = "forward_log_det_jacobian") -> Any:
        """Return the logarithm of the size of the Jacobian's determinant at `x`.

        Args:
          x: the place.
          event_ndims: how many of its last axes are one value.
          name: of the scope.
        """
        with name_scope(f"{self._name}/{name}"):
            x = convert_to_tensor(x, name="x")
            return self._summed(self._forward_log_det_jacobian(x), event_ndims, x, self._min_ndims)

    def inverse_log_det_jacobian(self, y: Any, event_ndims: int, name: str = "inverse_log_det_jacobian") -> Any:
        """Return the logarithm of the size of the inverse's Jacobian's determinant at `y`."""
        with name_scope(f"{self._name}/{name}"):
            y = convert_to_tensor(y, name="y")
            return self._summed(self._inverse_log_det_jacobian(y), event_ndims, y, self._min_ndims_of_values)

    def _summed(self, determinants: Any, event_ndims: int, value: Any, least: int) -> Any:
        more = int(event_ndims) - least
        if more < 0:
            raise ValueError(f"event_ndims ({event_ndims}) must be at least {least}: a value of {self._name}.")
        if not more:
            return determinants
        if determinants.shape.ndims == 0:  # a constant one, the same for each element of an event
            extents = value.shape[value.shape.ndims - int(event_ndims) : value.shape.ndims - least]
            return determinants * cast(reduce_prod(extents.as_list()), determinants.dtype)
        return reduce_sum(determinants, list(range(-more, 0)))

    def forward_event_shape(self, input_shape: Any) -> TensorShape:
        """Return the shape of values of the function, of places of a shape."""
        return self._forward_event_shape(TensorShape(input_shape))

    def inverse_event_shape(self, output_shape: Any) -> TensorShape:
        """Return the shape of places, of values of a shape."""
        return self._inverse_event_shape(TensorShape(output_shape))

    def _forward_event_shape(self, input_shape: TensorShape) -> TensorShape:
        return input_shape

    def _inverse_event_shape(self, output_shape: TensorShape) -> TensorShape:
        return output_shape

    def __repr__(self) -> str:
        return f"<tf.contrib.distributions.bijectors.{type(self).__name__} '{self._name}'>"
