"""`TransformedDistribution`: a distribution whose samples go through a bijector."""

from __future__ import annotations

from typing import Any

from ...building.default_graph import name_scope
from ...families.reductions.reductions import reduce_logsumexp, reduce_sum
from ...types.tensor_shape import TensorShape
from .bijectors.base import Bijector
from .bijectors.scalars import Identity
from .distribution import Distribution


class TransformedDistribution(Distribution):
    """The distribution of `bijector.forward(x)` for samples x of another one.

    Args:
      distribution: of x.
      bijector: the function; None for the identity.
      batch_shape, event_shape: not built: give the distribution the shape it is to have.
      validate_args: kept.
      name: the scope of its operations; default: of both names.
    Raises: NotImplementedError for a batch or event shape.
    """

    def __init__(
        self,
        distribution: Distribution,
        bijector: Bijector | None = None,
        batch_shape: Any = None,
        event_shape: Any = None,
        validate_args: bool = False,
        name: str | None = None,
    ) -> None:
        if batch_shape is not None or event_shape is not None:
            raise NotImplementedError("Give the base distribution its shape: none is added by TransformedDistribution.")
        self._base = distribution
        self._function = Identity() if bijector is None else bijector
        name = name or f"{self._function.name}{distribution.name.rstrip('/').rpartition('/')[2]}"
        with name_scope(name) as scope:
            super().__init__(
                distribution.dtype,
                distribution.reparameterization_type,
                validate_args,
                distribution.allow_nan_stats,
                {"distribution": distribution, "bijector": bijector, "validate_args": validate_args, "name": name},
                [],
                scope,
            )

    @property
    def distribution(self) -> Distribution:
        """The distribution of what goes through the bijector."""
        return self._base

    @property
    def bijector(self) -> Bijector:
        """The function."""
        return self._function

    def _event_ndims(self) -> int:
        ndims = self._base.event_shape.ndims
        if ndims is None:
            raise ValueError(f"{self}: the rank of an event of the base distribution is not known.")
        return max(int(ndims), self._function.forward_min_event_ndims)

    def _batch_shape(self) -> TensorShape:
        known = self._base.batch_shape
        more = self._event_ndims() - int(self._base.event_shape.ndims or 0)
        return known[: len(known) - more] if more and known.ndims is not None else known

    def _event_shape(self) -> TensorShape:
        more = self._event_ndims() - int(self._base.event_shape.ndims or 0)
        whole = self._base.batch_shape.concatenate(self._base.event_shape)
        own: TensorShape = whole[len(whole) - self._event_ndims() :] if more else self._base.event_shape
        return self._function.forward_event_shape(own)

    def _batch_shape_tensor(self) -> Any:
        return self._base.batch_shape_tensor()

    def _event_shape_tensor(self) -> Any:
        return self._base.event_shape_tensor()

    def _sample_n(self, n: Any, seed: Any) -> Any:
        return self._function.forward(self._base.sample(n, seed))

    def _log_prob(self, value: Any) -> Any:
        function = self._function
        ndims = self._event_ndims() - function.forward_min_event_ndims + function.inverse_min_event_ndims
        places, determinants = function.inverse(value), function.inverse_log_det_jacobian(value, ndims)
        if not isinstance(places, tuple):
            return self._at(places) + determinants
        each = [self._at(place) + determinant for place, determinant in zip(places, determinants, strict=True)]
        return reduce_logsumexp(each, 0)  # of a function that several places have the value of

    def _at(self, place: Any) -> Any:
        """The logarithm of the base's density."""
        more = self._event_ndims() - int(self._base.event_shape.ndims or 0)
        density = self._base.log_prob(place)
        return reduce_sum(density, list(range(-more, 0))) if more else density

    def _cdf(self, value: Any) -> Any:
        # Holds for functions that grow, as in TensorFlow.
        return self._base.cdf(self._function.inverse(value))

    def _quantile(self, value: Any) -> Any:
        return self._function.forward(self._base.quantile(value))

    def _entropy(self) -> Any:
        if not self._function.is_constant_jacobian:
            raise NotImplementedError("entropy is not implemented: the bijector's Jacobian is not constant")
        from ...families.arrays.filling import zeros

        place = zeros(self._base.batch_shape.concatenate(self._base.event_shape), self.dtype)
        return self._base.entropy() + self._function.forward_log_det_jacobian(place, self._event_ndims())

    def _mean(self) -> Any:
        if not self._function.is_constant_jacobian:
            raise NotImplementedError("mean is not implemented for non-affine bijectors")
        return self._function.forward(self._base.mean())
