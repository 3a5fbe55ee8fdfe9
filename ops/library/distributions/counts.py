"""Distributions of counts: Poisson, Geometric, NegativeBinomial, Binomial."""

from __future__ import annotations

from typing import Any

from ...families.elementwise.exponential import exp, log, log1p
from ...families.elementwise.like import ones_like, zeros_like
from ...families.elementwise.rounding import floor
from ...families.elementwise.select import select_v2
from ...families.nn.activations import sigmoid, softplus
from ...families.random.drawing import random_gamma, random_poisson_v2
from ...families.random.sampling import random_uniform
from ...families.special.functions import betainc, igammac, lgamma
from .continuous import ParameterDistribution
from .distribution import NOT_REPARAMETERIZED, derived_seed
from .divergence import RegisterKL


class _Odds(ParameterDistribution):
    """What is given by logits or by probabilities, and perhaps a number of trials."""

    _logits: Any
    _probs: Any

    def _keep_odds(self, given: dict[str, Any], **more: Any) -> list[Any]:
        """Keep the arguments; returns those besides the odds. Raises: ValueError unless one form is given."""
        logits, probs = given["logits"], given["probs"]
        if (probs is None) == (logits is None):
            raise ValueError("Must pass probs or logits, but not both.")
        if logits is not None:
            self._logits, *rest = self._keep(given, NOT_REPARAMETERIZED, logits=logits, **more)
            self._probs = sigmoid(self._logits)
        else:
            self._probs, *rest = self._keep(given, NOT_REPARAMETERIZED, probs=probs, **more)
            self._logits = log(self._probs) - log1p(-self._probs)
        return rest

    @property
    def logits(self) -> Any:
        """The logarithms of the odds."""
        return self._logits

    @property
    def probs(self) -> Any:
        """The probabilities."""
        return self._probs


class Poisson(ParameterDistribution):
    """How many events there are, if there are `rate` on average.

    Args:
      rate: the mean; or
      log_rate: its logarithm.
      validate_args, allow_nan_stats, name: as for all distributions.
    Raises: ValueError unless one of `rate` and `log_rate` is given.

    >>> tf.contrib.distributions.Poisson([1.0, 2.0]).batch_shape.as_list()
    [2]
    """

    def __init__(
        self,
        rate: Any = None,
        log_rate: Any = None,
        validate_args: bool = False,
        allow_nan_stats: bool = True,
        name: str = "Poisson",
    ) -> None:
        given = dict(locals())
        if (rate is None) == (log_rate is None):
            raise ValueError("Must specify exactly one of `rate` and `log_rate`.")
        if rate is not None:
            (self._rate,) = self._keep(given, NOT_REPARAMETERIZED, rate=rate)
            self._log_rate = log(self._rate)
        else:
            (self._log_rate,) = self._keep(given, NOT_REPARAMETERIZED, log_rate=log_rate)
            self._rate = exp(self._log_rate)

    @property
    def rate(self) -> Any:
        """The mean."""
        return self._rate

    @property
    def log_rate(self) -> Any:
        """The mean's logarithm."""
        return self._log_rate

    def _sample_n(self, n: Any, seed: Any) -> Any:
        return random_poisson_v2([n], self._rate, dtype=self._dtype, seed=seed)

    def _log_prob(self, value: Any) -> Any:
        return value * self._log_rate - lgamma(1.0 + value) - self._rate

    def _cdf(self, value: Any) -> Any:
        count = zeros_like(self._rate) + value
        return igammac(1.0 + count, self._rate + zeros_like(count))

    def _mean(self) -> Any:
        return self._full(self._rate)

    _variance = _mean

    def _mode(self) -> Any:
        return floor(self._rate)


class Geometric(_Odds):
    """How often something fails before it succeeds.

    Args:
      logits, probs: of success; one of both.
      validate_args, allow_nan_stats, name: as for all distributions.
    Raises: ValueError unless one of both is given.
    """

    def __init__(
        self,
        logits: Any = None,
        probs: Any = None,
        validate_args: bool = False,
        allow_nan_stats: bool = True,
        name: str = "Geometric",
    ) -> None:
        self._keep_odds(dict(locals()))

    def _sample_n(self, n: Any, seed: Any) -> Any:
        import numpy as np

        smallest = np.finfo(self._dtype.as_numpy_dtype).tiny
        drawn = random_uniform(self._full_shape(n), smallest, 1.0, self._dtype, seed=seed)
        return floor(log(drawn) / log1p(-self._probs))

    def _log_prob(self, value: Any) -> Any:
        counts = value + zeros_like(self._probs)
        # A success that is certain has no failures: 0 times infinity is none.
        safe = select_v2(counts > 0.0, self._probs + zeros_like(counts), zeros_like(counts))
        return counts * log1p(-safe) + log(self._probs)

    def _cdf(self, value: Any) -> Any:
        counts = value + zeros_like(self._probs)
        reached = 1.0 - exp((1.0 + floor(counts)) * log1p(-self._probs))
        return select_v2(counts < 0.0, zeros_like(counts), reached)

    def _entropy(self) -> Any:
        return (softplus(-self._logits) * self._probs + softplus(self._logits) * (1.0 - self._probs)) / self._probs

    def _mean(self) -> Any:
        return exp(-self._logits)

    def _variance(self) -> Any:
        return self._mean() / self._probs

    def _mode(self) -> Any:
        return zeros_like(self._probs)


class NegativeBinomial(_Odds):
    """How often something succeeds before it has failed `total_count` times.

    Args:
      total_count: of failures.
      logits, probs: of success; one of both.
      validate_args, allow_nan_stats, name: as for all distributions.
    Raises: ValueError unless one of `logits` and `probs` is given.
    """

    def __init__(
        self,
        total_count: Any,
        logits: Any = None,
        probs: Any = None,
        validate_args: bool = False,
        allow_nan_stats: bool = True,
        name: str = "NegativeBinomial",
    ) -> None:
        (self._total_count,) = self._keep_odds(dict(locals()), total_count=total_count)

    @property
    def total_count(self) -> Any:
        """How often it fails."""
        return self._total_count

    def _sample_n(self, n: Any, seed: Any) -> Any:
        """A Poisson distribution whose rate is drawn from a gamma distribution."""
        total = self._full(self._total_count)
        rate = random_gamma([n], total, beta=exp(-self._logits), dtype=self._dtype, seed=seed)
        return random_poisson_v2([], rate, dtype=self._dtype, seed=derived_seed(seed, "negative_binom"))

    def _log_prob(self, value: Any) -> Any:
        total = self._total_count
        kernel = -total * softplus(self._logits) - value * softplus(-self._logits)
        return kernel + lgamma(total + value) - lgamma(1.0 + value) - lgamma(total)

    def _cdf(self, value: Any) -> Any:
        none = self._full(zeros_like(value))
        counts = select_v2(value >= none, value + none, none)
        reached = betainc(self._total_count + none, 1.0 + counts, sigmoid(-self._logits) + none)
        return select_v2(value >= none, reached, none)

    def _mean(self) -> Any:
        return self._total_count * exp(self._logits)

    def _variance(self) -> Any:
        return self._mean() / sigmoid(-self._logits)

    def _mode(self) -> Any:
        most = floor((self._total_count - 1.0) * exp(self._logits))
        return select_v2(self._total_count + zeros_like(most) > 1.0, most, zeros_like(most))


class Binomial(_Odds):
    """How often something succeeds in `total_count` trials.

    Args:
      total_count: of trials.
      logits, probs: of success; one of both.
      validate_args, allow_nan_stats, name: as for all distributions.
    Raises: ValueError unless one of `logits` and `probs` is given.
    """

    def __init__(
        self,
        total_count: Any,
        logits: Any = None,
        probs: Any = None,
        validate_args: bool = False,
        allow_nan_stats: bool = True,
        name: str = "Binomial",
    ) -> None:
        (self._total_count,) = self._keep_odds(dict(locals()), total_count=total_count)

    @property
    def total_count(self) -> Any:
        """How many trials there are."""
        return self._total_count

    def _log_prob(self, value: Any) -> Any:
        rest = self._total_count - value
        kernel = value * log(self._probs) + rest * log1p(-self._probs)
        return kernel - lgamma(1.0 + value) - lgamma(1.0 + rest) + lgamma(1.0 + self._total_count)

    def _cdf(self, value: Any) -> Any:
        none = self._full(zeros_like(value))
        total, counts = self._total_count + none, floor(value + none)
        is_inside = (counts >= none) & (counts < total)
        least, most = select_v2(is_inside, counts, none), select_v2(is_inside, total, none + 1.0)
        reached = betainc(most - least, least + 1.0, 1.0 - self._probs + none)
        return select_v2(is_inside, reached, select_v2(counts < none, none, ones_like(none)))

    def _mean(self) -> Any:
        return self._total_count * self._probs

    def _variance(self) -> Any:
        return self._mean() * (1.0 - self._probs)

    def _mode(self) -> Any:
        return floor((1.0 + self._total_count) * self._probs)


@RegisterKL(Poisson, Poisson)
def _poisson(a: Any, b: Any, name: str | None = None) -> Any:
    return a.rate * (a.log_rate - b.log_rate) - a.rate + b.rate
