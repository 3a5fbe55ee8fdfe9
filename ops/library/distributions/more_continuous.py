"""More distributions of numbers: Cauchy, HalfNormal, Logistic, InverseGamma, Chi2."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from ...building.default_graph import name_scope
from ...families.elementwise.arithmetic import abs as absolute
from ...families.elementwise.arithmetic import square
from ...families.elementwise.exponential import log, log1p
from ...families.elementwise.like import ones_like, zeros_like
from ...families.elementwise.select import select_v2
from ...families.elementwise.trigonometry import atan, tan
from ...families.nn.activations import sigmoid, softplus
from ...families.random.drawing import random_gamma
from ...families.random.sampling import random_normal, random_uniform
from ...families.special.functions import digamma, erf, erfinv, igammac, lgamma
from .continuous import ParameterDistribution, _Located
from .distribution import FULLY_REPARAMETERIZED, NOT_REPARAMETERIZED
from .divergence import RegisterKL
from .positive import Gamma


class Cauchy(_Located):
    """The Cauchy distribution: the ratio of two normal numbers, scaled and moved. It has no mean.

    Args:
      loc: the median.
      scale: half of the width between the quartiles.
      validate_args, allow_nan_stats, name: as for all distributions.
    """

    def __init__(
        self, loc: Any, scale: Any, validate_args: bool = False, allow_nan_stats: bool = True, name: str = "Cauchy"
    ) -> None:
        given = {key: value for key, value in locals().items() if key not in ("self", "__class__")}
        super().__init__(loc, scale, validate_args, allow_nan_stats, name, given)

    def _sample_n(self, n: Any, seed: Any) -> Any:
        return self._quantile(random_uniform(self._full_shape(n), 0.0, 1.0, self._dtype, seed=seed))

    def _log_prob(self, value: Any) -> Any:
        return -log1p(square(self._z(value))) - (math.log(math.pi) + log(self._scale))

    def _cdf(self, value: Any) -> Any:
        return atan(self._z(value)) / math.pi + 0.5

    def _quantile(self, value: Any) -> Any:
        return self._loc + self._scale * tan(math.pi * (value - 0.5))

    def _entropy(self) -> Any:
        return math.log(4.0 * math.pi) + log(self._scale + zeros_like(self._loc))

    def _mode(self) -> Any:
        return self._loc * ones_like(self._scale)

    def _undefined(self, what: str) -> Any:
        if not self._allow_nan_stats:
            raise ValueError(f"`{what}` is undefined for Cauchy distribution.")
        return float("nan") * ones_like(self._full(zeros_like(self._loc)))

    def _mean(self) -> Any:
        return self._undefined("mean")

    def _stddev(self) -> Any:
        return self._undefined("stddev")


class HalfNormal(ParameterDistribution):
    """The sizes of normal numbers whose mean is 0.

    Args:
      scale: their standard deviation.
      validate_args, allow_nan_stats, name: as for all distributions.
    """

    def __init__(
        self, scale: Any, validate_args: bool = False, allow_nan_stats: bool = True, name: str = "HalfNormal"
    ) -> None:
        (self._scale,) = self._keep(dict(locals()), FULLY_REPARAMETERIZED, scale=scale)

    @property
    def scale(self) -> Any:
        """The standard deviation of the normal numbers."""
        return self._scale

    def _sample_n(self, n: Any, seed: Any) -> Any:
        return absolute(random_normal(self._full_shape(n), 0.0, 1.0, self._dtype, seed=seed) * self._scale)

    def _prob(self, value: Any) -> Any:
        from ...families.elementwise.exponential import exp

        density = math.sqrt(2.0 / math.pi) / self._scale * exp(-0.5 * square(value / self._scale))
        return select_v2(value < zeros_like(density), zeros_like(density), density)

    def _cdf(self, value: Any) -> Any:
        reached = erf(value / self._scale / math.sqrt(2.0))
        return select_v2(value < zeros_like(reached), zeros_like(reached), reached)

    def _quantile(self, value: Any) -> Any:
        return math.sqrt(2.0) * self._scale * erfinv(value)

    def _entropy(self) -> Any:
        return 0.5 * log(math.pi * square(self._scale) / 2.0) + 0.5

    def _mean(self) -> Any:
        return self._scale * math.sqrt(2.0 / math.pi)

    def _variance(self) -> Any:
        return square(self._scale) * (1.0 - 2.0 / math.pi)

    def _mode(self) -> Any:
        return zeros_like(self._scale)


class Logistic(_Located):
    """The logistic distribution: `sigmoid((x - loc) / scale)` is the probability of what is below.

    Args:
      loc: the mean.
      scale: how wide it is.
      validate_args, allow_nan_stats, name: as for all distributions.
    """

    def __init__(
        self, loc: Any, scale: Any, validate_args: bool = False, allow_nan_stats: bool = True, name: str = "Logistic"
    ) -> None:
        given = {key: value for key, value in locals().items() if key not in ("self", "__class__")}
        super().__init__(loc, scale, validate_args, allow_nan_stats, name, given)

    def _sample_n(self, n: Any, seed: Any) -> Any:
        smallest = np.finfo(self._dtype.as_numpy_dtype).tiny
        drawn = random_uniform(self._full_shape(n), smallest, 1.0, self._dtype, seed=seed)
        return self._quantile(drawn)

    def _log_prob(self, value: Any) -> Any:
        z = self._z(value)
        return -z - 2.0 * softplus(-z) - log(self._scale)

    def _cdf(self, value: Any) -> Any:
        return sigmoid(self._z(value))

    def _quantile(self, value: Any) -> Any:
        return self._loc + self._scale * (log(value) - log1p(-value))

    def _entropy(self) -> Any:
        return 2.0 + log(self._scale * ones_like(self._loc))

    def _stddev(self) -> Any:
        return self._scale * ones_like(self._loc) * math.pi / math.sqrt(3.0)


class InverseGamma(ParameterDistribution):
    """The inverses of gamma-distributed numbers.

    Args:
      concentration, rate: of those.
      validate_args, allow_nan_stats, name: as for all distributions.
    """

    def __init__(
        self,
        concentration: Any,
        rate: Any,
        validate_args: bool = False,
        allow_nan_stats: bool = True,
        name: str = "InverseGamma",
    ) -> None:
        self._concentration, self._rate = self._keep(
            dict(locals()), NOT_REPARAMETERIZED, concentration=concentration, rate=rate
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
        return 1.0 / random_gamma([n], self._concentration, beta=self._rate, dtype=self._dtype, seed=seed)

    def _log_prob(self, value: Any) -> Any:
        a, b = self._concentration, self._rate
        return -(1.0 + a) * log(value) - b / value - (lgamma(a) - a * log(b))

    def _cdf(self, value: Any) -> Any:
        scaled = self._rate / value
        return igammac(self._concentration + zeros_like(scaled), scaled + zeros_like(self._concentration))

    def _entropy(self) -> Any:
        a = self._concentration
        return a + log(self._rate) + lgamma(a) - (1.0 + a) * digamma(a)

    def _where(self, least: float, moment: Any) -> Any:
        """A moment where there is one: for concentrations above `least`."""
        if not self._allow_nan_stats:
            return moment
        return select_v2(self._full(self._concentration) > least, moment, float("nan") * ones_like(moment))

    def _mean(self) -> Any:
        return self._where(1.0, self._rate / (self._concentration - 1.0))

    def _variance(self) -> Any:
        a = self._concentration
        return self._where(2.0, square(self._rate) / square(a - 1.0) / (a - 2.0))

    def _mode(self) -> Any:
        return self._rate / (1.0 + self._concentration)


class Chi2(Gamma):
    """The sum of `df` squares of normal numbers.

    Args:
      df: degrees of freedom.
      validate_args, allow_nan_stats, name: as for all distributions.
    """

    def __init__(self, df: Any, validate_args: bool = False, allow_nan_stats: bool = True, name: str = "Chi2") -> None:
        given = {key: value for key, value in locals().items() if key not in ("self", "__class__")}
        from .distribution import float_parameters

        with name_scope(name, values=[df]) as scope:
            (self._df,) = float_parameters(df=df)
            half = np.asarray(0.5, self._df.dtype.as_numpy_dtype)
            super().__init__(0.5 * self._df, half, validate_args, allow_nan_stats, scope)
        self._parameters = given

    @property
    def df(self) -> Any:
        """Degrees of freedom."""
        return self._df


@RegisterKL(HalfNormal, HalfNormal)
def _half_normal(a: Any, b: Any, name: str | None = None) -> Any:
    with name_scope(name, "kl_half_normal_half_normal"):
        return log(b.scale) - log(a.scale) + (square(a.scale) - square(b.scale)) / (2.0 * square(b.scale))


@RegisterKL(InverseGamma, InverseGamma)
def _inverse_gamma(a: Any, b: Any, name: str | None = None) -> Any:
    with name_scope(name, "kl_inverse_gamma_inverse_gamma"):
        return (
            (a.concentration - b.concentration) * digamma(a.concentration)
            + lgamma(b.concentration) - lgamma(a.concentration)
            + b.concentration * log(a.rate) - b.concentration * log(b.rate)
            + a.concentration * (b.rate / a.rate - 1.0)
        )  # fmt: skip
