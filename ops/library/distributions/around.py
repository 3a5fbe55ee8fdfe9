"""Distributions made of another one: Independent, QuantizedDistribution."""

from __future__ import annotations

from typing import Any

from ...building.convert import convert_to_tensor
from ...building.default_graph import name_scope
from ...families.arrays.stacking import concat
from ...families.elementwise.like import ones_like, zeros_like
from ...families.elementwise.rounding import ceil, floor
from ...families.elementwise.select import select_v2
from ...families.reductions.reductions import reduce_sum
from ...types.tensor_shape import TensorShape
from .distribution import NOT_REPARAMETERIZED, Distribution
from .divergence import RegisterKL, kl_divergence


class Independent(Distribution):
    """Distributions of a batch as one of more dimensions.

    Args:
      distribution: the batch.
      reinterpreted_batch_ndims: how many of the batch's last axes become an event's; default: all but the first.
      validate_args, name: as for all distributions.
    Raises: ValueError if there are not as many, or the batch's rank is not known and no number is given.

    >>> ds = tf.contrib.distributions
    >>> ds.Independent(ds.Normal([0.0, 1.0], 1.0), 1).event_shape.as_list()
    [2]
    """

    def __init__(
        self,
        distribution: Distribution,
        reinterpreted_batch_ndims: int | None = None,
        validate_args: bool = False,
        name: str | None = None,
    ) -> None:
        given = {key: value for key, value in locals().items() if key not in ("self", "__class__")}
        ndims = distribution.batch_shape.ndims
        if reinterpreted_batch_ndims is None:
            if ndims is None:
                raise ValueError("Independent: give `reinterpreted_batch_ndims`: the batch's rank is not known.")
            reinterpreted_batch_ndims = max(0, ndims - 1)
        self._moved = int(reinterpreted_batch_ndims)
        if ndims is not None and self._moved > ndims:
            raise ValueError(
                f"reinterpreted_batch_ndims({self._moved}) cannot exceed distribution.batch_ndims({ndims})"
            )
        self._inner = distribution
        short = distribution.name.rstrip("/").rpartition("/")[2]
        with name_scope(name or f"Independent{short}") as scope:
            super().__init__(
                distribution.dtype,
                distribution.reparameterization_type,
                validate_args,
                distribution.allow_nan_stats,
                given,
                [],
                scope,
            )

    @property
    def distribution(self) -> Distribution:
        """The batch."""
        return self._inner

    @property
    def reinterpreted_batch_ndims(self) -> int:
        """How many of the batch's last axes are an event's."""
        return self._moved

    def _split(self) -> int:
        return len(self._inner.batch_shape) - self._moved

    def _batch_shape(self) -> TensorShape:
        known = self._inner.batch_shape
        outer: TensorShape = TensorShape(None) if known.ndims is None else known[: self._split()]
        return outer

    def _event_shape(self) -> TensorShape:
        known = self._inner.batch_shape
        if known.ndims is None:
            return TensorShape(None)
        inner: TensorShape = known[self._split() :].concatenate(self._inner.event_shape)
        return inner

    def _batch_shape_tensor(self) -> Any:
        return self._inner.batch_shape_tensor()[: -self._moved or None]

    def _event_shape_tensor(self) -> Any:
        outer = self._inner.batch_shape_tensor()
        moved = outer[-self._moved :] if self._moved else outer[:0]
        return concat([moved, self._inner.event_shape_tensor()], 0)

    def _summed(self, value: Any) -> Any:
        return reduce_sum(value, list(range(-self._moved, 0))) if self._moved else value

    def _sample_n(self, n: Any, seed: Any) -> Any:
        return self._inner.sample(n, seed=seed)

    def _log_prob(self, value: Any) -> Any:
        return self._summed(self._inner.log_prob(value))

    def _entropy(self) -> Any:
        return self._summed(self._inner.entropy())

    def _mean(self) -> Any:
        return self._inner.mean()

    def _variance(self) -> Any:
        return self._inner.variance()

    def _stddev(self) -> Any:
        return self._inner.stddev()

    def _mode(self) -> Any:
        return self._inner.mode()


class QuantizedDistribution(Distribution):
    """The next whole number above samples of a distribution of numbers, held between `low` and `high`.

    Args:
      distribution: of numbers.
      low, high: the least and the greatest whole number; None for no such end.
      validate_args, name: as for all distributions.
    Raises: TypeError for what is no distribution.
    """

    def __init__(
        self,
        distribution: Distribution,
        low: Any = None,
        high: Any = None,
        validate_args: bool = False,
        name: str = "QuantizedDistribution",
    ) -> None:
        given = {key: value for key, value in locals().items() if key not in ("self", "__class__")}
        self._inner = distribution
        with name_scope(name, values=[low, high]) as scope:
            kind = distribution.dtype
            self._low = None if low is None else convert_to_tensor(low, dtype=kind, name="low")
            self._high = None if high is None else convert_to_tensor(high, dtype=kind, name="high")
            super().__init__(kind, NOT_REPARAMETERIZED, validate_args, distribution.allow_nan_stats, given, [], scope)

    @property
    def distribution(self) -> Distribution:
        """The distribution whose samples are rounded."""
        return self._inner

    @property
    def low(self) -> Any:
        """The least whole number, or None."""
        return self._low

    @property
    def high(self) -> Any:
        """The greatest whole number, or None."""
        return self._high

    def _batch_shape(self) -> TensorShape:
        return self._inner.batch_shape

    def _event_shape(self) -> TensorShape:
        return self._inner.event_shape

    def _batch_shape_tensor(self) -> Any:
        return self._inner.batch_shape_tensor()

    def _event_shape_tensor(self) -> Any:
        return self._inner.event_shape_tensor()

    def _sample_n(self, n: Any, seed: Any) -> Any:
        drawn = ceil(self._inner.sample(n, seed=seed))
        if self._low is not None:
            drawn = select_v2(drawn < self._low, self._low * ones_like(drawn), drawn)
        if self._high is not None:
            drawn = select_v2(drawn > self._high, self._high * ones_like(drawn), drawn)
        return drawn

    def _reached(self, value: Any) -> Any:
        """The probability of what is up to `value`; 0 below the least number, 1 from the greatest on."""
        whole = floor(value)
        result = self._inner.cdf(whole)
        if self._low is not None:
            result = select_v2(whole < self._low + zeros_like(result), zeros_like(result), result)
        if self._high is not None:
            result = select_v2(whole >= self._high + zeros_like(result), ones_like(result), result)
        return result

    def _beyond(self, value: Any) -> Any:
        """The probability of what is above `value`."""
        whole = ceil(value)
        result = self._inner.survival_function(whole)
        if self._low is not None:
            result = select_v2(whole < self._low + zeros_like(result), ones_like(result), result)
        if self._high is not None:
            result = select_v2(whole >= self._high + zeros_like(result), zeros_like(result), result)
        return result

    _cdf = _reached

    def _prob(self, value: Any) -> Any:
        """A difference of the smaller of both tails, which does not cancel."""
        above, below = self._beyond(value), self._reached(value)
        by_tail = self._beyond(value - 1.0) - above
        return select_v2(above < below, by_tail, below - self._reached(value - 1.0))


@RegisterKL(Independent, Independent)
def _independent(a: Any, b: Any, name: str | None = None) -> Any:
    inner = a.distribution.event_shape.ndims, b.distribution.event_shape.ndims
    if a.reinterpreted_batch_ndims != b.reinterpreted_batch_ndims or inner[0] != inner[1]:
        raise NotImplementedError(f"KL between {a.name} and {b.name} not implemented: their events are other ones.")
    return a._summed(kl_divergence(a.distribution, b.distribution, name=name))
