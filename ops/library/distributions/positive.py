"""Distributions of positive numbers and of shares: Gamma, Beta, Dirichlet."""

from __future__ import annotations

from typing import Any

from ...building.default_graph import name_scope
from ...families.arrays.reshaping import expand_dims
from ...families.arrays.shape_ops import shape
from ...families.elementwise.arithmetic import square
from ...families.elementwise.exponential import log, log1p
from ...families.elementwise.like import ones_like, zeros_like
from ...families.elementwise.select import select_v2
from ...families.linalg.matrix_parts import matrix_set_diag
from ...families.random.drawing import random_gamma
from ...families.reductions.reductions import reduce_all, reduce_sum
from ...families.special.functions import betainc, digamma, igamma, lgamma
from ...types import dtypes
from ...types.tensor_shape import TensorShape
from .continuous import ParameterDistribution
from .distribution import NOT_REPARAMETERIZED, Distribution, derived_seed, float_parameters
from .divergence import RegisterKL


class Gamma(ParameterDistribution):
    """The gamma distribution, `b ** a * x ** (a - 1) * exp(-b * x) / gamma(a)`: `a` is `concentration`, `b` `rate`."""

    def __init__(
        self,
        concentration: Any,
        rate: Any,
        validate_args: bool = False,
        allow_nan_stats: bool = True,
        name: str = "Gamma",
    ) -> None:
        given = {key: value for key, value in locals().items() if key not in ("self", "__class__")}
        with name_scope(name, values=[concentration, rate]) as scope:
            made = float_parameters(concentration=concentration, rate=rate)
            self._concentration, self._rate = self._batch_of = tuple(made)
        super().__init__(
            self._rate.dtype, NOT_REPARAMETERIZED, validate_args, allow_nan_stats, given, self._batch_of, scope
        )

    @property
    def concentration(self) -> Any:
        """The form."""
        return self._concentration

    @property
    def rate(self) -> Any:
        """The rate."""
        return self._rate

    def _sample_n(self, n: Any, seed: Any) -> Any:
        return random_gamma([n], self._concentration, beta=self._rate, dtype=self._dtype, seed=seed)

    def _log_prob(self, value: Any) -> Any:
        a, b = self._concentration, self._rate
        return (a - 1.0) * log(value) - b * value - (lgamma(a) - a * log(b))

    def _cdf(self, value: Any) -> Any:
        scaled = self._rate * value
        return igamma(self._concentration + zeros_like(scaled), scaled)

    def _entropy(self) -> Any:
        a = self._concentration
        return a - log(self._rate) + lgamma(a) + (1.0 - a) * digamma(a)

    def _mean(self) -> Any:
        return self._concentration / self._rate

    def _variance(self) -> Any:
        return self._concentration / square(self._rate)

    def _mode(self) -> Any:
        mode = (self._concentration - 1.0) / self._rate
        return select_v2(self._concentration > 1.0, mode, float("nan") * ones_like(mode))


class Beta(ParameterDistribution):
    """The beta distribution: `x ** (concentration1 - 1) * (1 - x) ** (concentration0 - 1) / B`."""

    def __init__(
        self,
        concentration1: Any = None,
        concentration0: Any = None,
        validate_args: bool = False,
        allow_nan_stats: bool = True,
        name: str = "Beta",
    ) -> None:
        given = {key: value for key, value in locals().items() if key not in ("self", "__class__")}
        with name_scope(name, values=[concentration1, concentration0]) as scope:
            made = float_parameters(concentration1=concentration1, concentration0=concentration0)
            self._one, self._zero = self._batch_of = tuple(made)
        super().__init__(
            self._one.dtype, NOT_REPARAMETERIZED, validate_args, allow_nan_stats, given, self._batch_of, scope
        )

    @property
    def concentration1(self) -> Any:
        """The weight of 1."""
        return self._one

    @property
    def concentration0(self) -> Any:
        """The weight of 0."""
        return self._zero

    @property
    def total_concentration(self) -> Any:
        """The sum of both."""
        return self._one + self._zero

    def _normalization(self) -> Any:
        return lgamma(self._one) + lgamma(self._zero) - lgamma(self._one + self._zero)

    def _sample_n(self, n: Any, seed: Any) -> Any:
        ones, zeros = self._one + zeros_like(self._zero), self._zero + zeros_like(self._one)
        first = random_gamma([n], ones, dtype=self._dtype, seed=seed)
        second = random_gamma([n], zeros, dtype=self._dtype, seed=derived_seed(seed, "beta"))
        return first / (first + second)

    def _log_prob(self, value: Any) -> Any:
        return (self._one - 1.0) * log(value) + (self._zero - 1.0) * log1p(-value) - self._normalization()

    def _cdf(self, value: Any) -> Any:
        whole = self._one + self._zero + value
        return betainc(self._one + zeros_like(whole), self._zero + zeros_like(whole), value + zeros_like(whole))

    def _entropy(self) -> Any:
        total = self._one + self._zero
        return (
            self._normalization() - (self._one - 1.0) * digamma(self._one)
            - (self._zero - 1.0) * digamma(self._zero) + (total - 2.0) * digamma(total)
        )  # fmt: skip

    def _mean(self) -> Any:
        return self._one / (self._one + self._zero)

    def _variance(self) -> Any:
        mean, total = self._mean(), self._one + self._zero
        return mean * (1.0 - mean) / (1.0 + total)

    def _mode(self) -> Any:
        mode = (self._one - 1.0) / (self._one + self._zero - 2.0)
        is_inside = reduce_all([self._one + zeros_like(mode) > 1.0, self._zero + zeros_like(mode) > 1.0], 0)
        return select_v2(is_inside, mode, float("nan") * ones_like(mode))


class Dirichlet(Distribution):
    """Shares of a whole: vectors of positive numbers whose sum is 1.

    Args:
      concentration: a weight per share, a vector per distribution.
    """

    def __init__(
        self, concentration: Any, validate_args: bool = False, allow_nan_stats: bool = True, name: str = "Dirichlet"
    ) -> None:
        given = {key: value for key, value in locals().items() if key not in ("self", "__class__")}
        with name_scope(name, values=[concentration]) as scope:
            (self._concentration,) = float_parameters(concentration=concentration)
            self._total = reduce_sum(self._concentration, -1)
        super().__init__(
            self._concentration.dtype, NOT_REPARAMETERIZED, validate_args, allow_nan_stats, given,
            [self._concentration], scope,
        )  # fmt: skip

    @property
    def concentration(self) -> Any:
        """The weights."""
        return self._concentration

    @property
    def total_concentration(self) -> Any:
        """Their sum."""
        return self._total

    def _batch_shape(self) -> TensorShape:
        known: TensorShape = self._total.shape
        return known

    def _event_shape(self) -> TensorShape:
        known: TensorShape = self._concentration.shape[-1:]
        return known

    def _batch_shape_tensor(self) -> Any:
        return shape(self._total)

    def _event_shape_tensor(self) -> Any:
        return shape(self._concentration)[-1:]

    def log_beta(self) -> Any:
        """The logarithm of what the density is divided by."""
        return reduce_sum(lgamma(self._concentration), -1) - lgamma(self._total)

    def _sample_n(self, n: Any, seed: Any) -> Any:
        drawn = random_gamma([n], self._concentration, dtype=self._dtype, seed=seed)
        return drawn / reduce_sum(drawn, -1, keepdims=True)

    def _log_prob(self, value: Any) -> Any:
        return reduce_sum((self._concentration - 1.0) * log(value), -1) - self.log_beta()

    def _classes(self) -> Any:
        from ...families.elementwise.cast import cast

        return cast(self.event_shape_tensor()[0], dtypes.as_dtype(self._dtype))

    def _entropy(self) -> Any:
        k = self._classes()
        inner = reduce_sum((self._concentration - 1.0) * digamma(self._concentration), -1)
        return self.log_beta() + (self._total - k) * digamma(self._total) - inner

    def _mean(self) -> Any:
        return self._concentration / expand_dims(self._total, -1)

    def _variance(self) -> Any:
        mean = self._mean()
        return mean * (1.0 - mean) / (1.0 + expand_dims(self._total, -1))

    def _covariance(self) -> Any:
        mean = self._mean()
        products = expand_dims(mean, -1) * expand_dims(mean, -2) / (1.0 + expand_dims(expand_dims(self._total, -1), -1))
        return matrix_set_diag(-products, self._variance())

    def _mode(self) -> Any:
        mode = (self._concentration - 1.0) / (expand_dims(self._total, -1) - self._classes())
        is_inside = reduce_all(self._concentration > 1.0, -1, keepdims=True)
        return select_v2(is_inside, mode, float("nan") * ones_like(mode))


@RegisterKL(Gamma, Gamma)
def _gamma(a: Any, b: Any, name: str | None = None) -> Any:
    with name_scope(name, "kl_gamma_gamma"):
        return (
            (a.concentration - b.concentration) * digamma(a.concentration)
            + lgamma(b.concentration) - lgamma(a.concentration)
            + b.concentration * log(a.rate) - b.concentration * log(b.rate)
            + a.concentration * (b.rate / a.rate - 1.0)
        )  # fmt: skip


@RegisterKL(Beta, Beta)
def _beta(a: Any, b: Any, name: str | None = None) -> Any:
    with name_scope(name, "kl_beta_beta"):
        one, zero = a.concentration1 - b.concentration1, a.concentration0 - b.concentration0
        total = a.total_concentration
        return (
            b._normalization() - a._normalization()
            + digamma(a.concentration1) * one + digamma(a.concentration0) * zero - digamma(total) * (one + zero)
        )  # fmt: skip


@RegisterKL(Dirichlet, Dirichlet)
def _dirichlet(a: Any, b: Any, name: str | None = None) -> Any:
    with name_scope(name, "kl_dirichlet_dirichlet"):
        change = a.concentration - b.concentration
        mean_logs = digamma(a.concentration) - digamma(a.total_concentration)[..., None]
        return reduce_sum(change * mean_logs, -1) - a.log_beta() + b.log_beta()
