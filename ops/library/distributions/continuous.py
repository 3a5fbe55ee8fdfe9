"""Distributions of numbers with a location: Normal, Laplace, Uniform, Exponential, StudentT."""

from __future__ import annotations

import math
from typing import Any, ClassVar

import numpy as np

from ...building.default_graph import leave_out, name_scope
from ...families.arrays.shape_ops import broadcast_dynamic_shape, broadcast_static_shape, shape
from ...families.arrays.stacking import concat
from ...families.elementwise.arithmetic import abs as absolute
from ...families.elementwise.arithmetic import sign, square
from ...families.elementwise.compare import greater_equal, logical_and
from ...families.elementwise.exponential import exp, log, log1p, sqrt
from ...families.elementwise.like import ones_like, zeros_like
from ...families.elementwise.rounding import clip_by_value
from ...families.elementwise.select import select_v2
from ...families.random.sampling import random_normal, random_uniform
from ...families.special.functions import betainc, digamma, erf, erfinv, lgamma
from ...types.tensor_shape import TensorShape
from .distribution import FULLY_REPARAMETERIZED, Distribution, derived_seed, float_parameters
from .divergence import RegisterKL

LOG_2_PI = math.log(2.0 * math.pi)


class ParameterDistribution(Distribution):
    """A distribution of scalars whose batch is the common shape of its parameters."""

    _batch_of: tuple[Any, ...]

    def _keep(self, given: dict[str, Any], kind: Any, **parameters: Any) -> list[Any]:
        """Keep the constructor's arguments; returns the parameters as tensors of one type.

        Args:
          given: all arguments, by name.
          kind: FULLY_REPARAMETERIZED or NOT_REPARAMETERIZED.
          parameters: those that are numbers.
        """
        with name_scope(given["name"], values=list(parameters.values())) as scope:
            made = float_parameters(**parameters)
        self._batch_of = tuple(made)
        Distribution.__init__(
            self, made[0].dtype, kind, given["validate_args"], given["allow_nan_stats"], given, made, scope
        )
        return made

    def _batch_shape(self) -> TensorShape:
        result: TensorShape = self._batch_of[0].shape
        for parameter in self._batch_of[1:]:
            result = broadcast_static_shape(result, parameter.shape)
        return result

    def _batch_shape_tensor(self) -> Any:
        result = shape(self._batch_of[0])
        for parameter in self._batch_of[1:]:
            result = broadcast_dynamic_shape(result, shape(parameter))
        return result

    def _full_shape(self, n: Any) -> Any:
        """The shape of `n` samples."""
        return concat([[n], self.batch_shape_tensor()], 0)

    def _full(self, value: Any) -> Any:
        """A value in the shape of the batch."""
        for parameter in self._batch_of:
            value = value + zeros_like(parameter)
        return value


class _Located(ParameterDistribution):
    """A distribution with a location and a scale."""

    def __init__(
        self, loc: Any, scale: Any, validate_args: bool, allow_nan_stats: bool, name: str, given: dict[str, Any]
    ) -> None:
        with name_scope(name, values=[loc, scale]) as scope:
            self._loc, self._scale = self._batch_of = tuple(float_parameters(loc=loc, scale=scale))
        super().__init__(
            self._loc.dtype, FULLY_REPARAMETERIZED, validate_args, allow_nan_stats, given, self._batch_of, scope
        )

    @property
    def loc(self) -> Any:
        """The location."""
        return self._loc

    @property
    def scale(self) -> Any:
        """The scale."""
        return self._scale

    def _z(self, value: Any) -> Any:
        return (value - self._loc) / self._scale

    def _mean(self) -> Any:
        return self._loc * ones_like(self._scale)

    _mode = _mean


class Normal(_Located):
    """The normal distribution.

    Args:
      loc: the mean.
      scale: the standard deviation.

    >>> tf.distributions.Normal(0.0, [1.0, 2.0]).batch_shape.as_list()
    [2]
    """

    _more: ClassVar[dict[str, int]] = {"init": 2}

    def __init__(
        self, loc: Any, scale: Any, validate_args: bool = False, allow_nan_stats: bool = True, name: str = "Normal"
    ) -> None:
        given = {key: value for key, value in locals().items() if key not in ("self", "__class__")}
        super().__init__(loc, scale, validate_args, allow_nan_stats, name, given)

    def _sample_n(self, n: Any, seed: Any) -> Any:
        return random_normal(self._full_shape(n), 0.0, 1.0, self._dtype, seed=seed) * self._scale + self._loc

    def _log_prob(self, value: Any) -> Any:
        return -0.5 * square(self._z(value)) - (0.5 * LOG_2_PI + log(self._scale))

    def _cdf(self, value: Any) -> Any:
        return 0.5 * (1.0 + erf(self._z(value) * math.sqrt(0.5)))

    def _quantile(self, value: Any) -> Any:
        return self._loc + self._scale * math.sqrt(2.0) * erfinv(2.0 * value - 1.0)

    def _entropy(self) -> Any:
        return 0.5 * (1.0 + LOG_2_PI) + log(self._scale * ones_like(self._loc))

    def _stddev(self) -> Any:
        return self._scale * ones_like(self._loc)


class Laplace(_Located):
    """The Laplace distribution: `exp(-|x - loc| / scale) / (2 scale)`."""

    _more: ClassVar[dict[str, int]] = {"init": 2}

    def __init__(
        self, loc: Any, scale: Any, validate_args: bool = False, allow_nan_stats: bool = True, name: str = "Laplace"
    ) -> None:
        given = {key: value for key, value in locals().items() if key not in ("self", "__class__")}
        super().__init__(loc, scale, validate_args, allow_nan_stats, name, given)

    def _sample_n(self, n: Any, seed: Any) -> Any:
        low = np.nextafter(-1.0, 0.0, dtype=self._dtype.as_numpy_dtype)
        drawn = random_uniform(self._full_shape(n), low, 1.0, self._dtype, seed=seed)
        return self._loc - self._scale * sign(drawn) * log1p(-absolute(drawn))

    def _log_prob(self, value: Any) -> Any:
        return -absolute(self._z(value)) - (math.log(2.0) + log(self._scale))

    def _cdf(self, value: Any) -> Any:
        z = self._z(value)
        return 0.5 + 0.5 * sign(z) * (1.0 - exp(-absolute(z)))

    def _entropy(self) -> Any:
        return math.log(2.0) + 1.0 + log(self._scale + zeros_like(self._loc))

    def _stddev(self) -> Any:
        return math.sqrt(2.0) * self._scale + zeros_like(self._loc)


class Uniform(ParameterDistribution):
    """The uniform distribution of `[low, high)`."""

    _more: ClassVar[dict[str, int]] = {"init": 2, "log_prob": 4, "prob": 4}

    def __init__(
        self,
        low: Any = 0.0,
        high: Any = 1.0,
        validate_args: bool = False,
        allow_nan_stats: bool = True,
        name: str = "Uniform",
    ) -> None:
        given = {key: value for key, value in locals().items() if key not in ("self", "__class__")}
        with name_scope(name, values=[low, high]) as scope:
            self._low, self._high = self._batch_of = tuple(float_parameters(low=low, high=high))
        super().__init__(
            self._low.dtype, FULLY_REPARAMETERIZED, validate_args, allow_nan_stats, given, self._batch_of, scope
        )

    @property
    def low(self) -> Any:
        """The lower end."""
        return self._low

    @property
    def high(self) -> Any:
        """The upper end."""
        return self._high

    def range(self, name: str = "range") -> Any:
        """Return `high - low`."""
        with self._scope(name):
            return self._high - self._low

    def _sample_n(self, n: Any, seed: Any) -> Any:
        return self._low + (self._high - self._low) * random_uniform(self._full_shape(n), dtype=self._dtype, seed=seed)

    def _prob(self, value: Any) -> Any:
        width = (self._high - self._low) + zeros_like(value)
        inside = logical_and(greater_equal(value, self._low), value < self._high)
        return select_v2(inside, ones_like(width) / width, zeros_like(width))

    def _cdf(self, value: Any) -> Any:
        return clip_by_value((value - self._low) / (self._high - self._low), 0.0, 1.0)

    def _quantile(self, value: Any) -> Any:
        return self._low + value * (self._high - self._low)

    def _entropy(self) -> Any:
        return log(self._high - self._low)

    def _mean(self) -> Any:
        return (self._low + self._high) / 2.0

    def _variance(self) -> Any:
        return square(self._high - self._low) / 12.0


class Exponential(ParameterDistribution):
    """The exponential distribution: `rate * exp(-rate * x)`."""

    def __init__(
        self, rate: Any, validate_args: bool = False, allow_nan_stats: bool = True, name: str = "Exponential"
    ) -> None:
        given = {key: value for key, value in locals().items() if key not in ("self", "__class__")}
        with name_scope(name, values=[rate]) as scope:
            (self._rate,) = self._batch_of = tuple(float_parameters(rate=rate))
        super().__init__(
            self._rate.dtype, FULLY_REPARAMETERIZED, validate_args, allow_nan_stats, given, self._batch_of, scope
        )

    @property
    def rate(self) -> Any:
        """The rate."""
        return self._rate

    def _sample_n(self, n: Any, seed: Any) -> Any:
        smallest = np.finfo(self._dtype.as_numpy_dtype).tiny
        drawn = random_uniform(self._full_shape(n), smallest, 1.0, self._dtype, seed=seed)
        return -log(drawn) / self._rate

    def _log_prob(self, value: Any) -> Any:
        return log(self._rate) - self._rate * value

    def _cdf(self, value: Any) -> Any:
        return 1.0 - exp(-self._rate * value)

    def _quantile(self, value: Any) -> Any:
        return -log1p(-value) / self._rate

    def _entropy(self) -> Any:
        return 1.0 - log(self._rate)

    def _mean(self) -> Any:
        return 1.0 / self._rate

    _stddev = _mean

    def _mode(self) -> Any:
        return float("nan") * ones_like(self._rate)  # TensorFlow's: that of a gamma distribution of the form 1


class StudentT(ParameterDistribution):
    """Student's t-distribution.

    Args:
      df: degrees of freedom.
      loc, scale: where it is, and how wide.
    """

    def __init__(
        self,
        df: Any,
        loc: Any,
        scale: Any,
        validate_args: bool = False,
        allow_nan_stats: bool = True,
        name: str = "StudentT",
    ) -> None:
        given = {key: value for key, value in locals().items() if key not in ("self", "__class__")}
        with name_scope(name, values=[df, loc, scale]) as scope:
            self._df, self._loc, self._scale = self._batch_of = tuple(float_parameters(df=df, loc=loc, scale=scale))
        super().__init__(
            self._loc.dtype, FULLY_REPARAMETERIZED, validate_args, allow_nan_stats, given, self._batch_of, scope
        )

    @property
    def df(self) -> Any:
        """Degrees of freedom."""
        return self._df

    @property
    def loc(self) -> Any:
        """The location."""
        return self._loc

    @property
    def scale(self) -> Any:
        """The scale."""
        return self._scale

    def _sample_n(self, n: Any, seed: Any) -> Any:
        from ...families.random.drawing import random_gamma

        extents = self._full_shape(n)
        normal = random_normal(extents, dtype=self._dtype, seed=seed)
        half = 0.5 * self._full(self._df)
        chi = random_gamma([n], half, beta=0.5, dtype=self._dtype, seed=derived_seed(seed, "student_t"))
        return self._loc + self._scale * normal / sqrt(chi / self._df)

    def _log_prob(self, value: Any) -> Any:
        z = (value - self._loc) / self._scale
        normalization = (
            log(absolute(self._scale)) + 0.5 * log(self._df) + 0.5 * math.log(math.pi)
            + lgamma(0.5 * self._df) - lgamma(0.5 * (self._df + 1.0))
        )  # fmt: skip
        return -0.5 * (self._df + 1.0) * log1p(square(z) / self._df) - normalization

    def _cdf(self, value: Any) -> Any:
        z = (value - self._loc) / absolute(self._scale)
        whole = zeros_like(z) + self._df
        tail = 0.5 * betainc(0.5 * whole, 0.5 * ones_like(whole), whole / (square(z) + whole))
        return select_v2(z < 0.0, tail, 1.0 - tail)

    def _entropy(self) -> Any:
        half, more = 0.5 * self._df, 0.5 * (self._df + 1.0)
        log_beta = lgamma(half) + math.lgamma(0.5) - lgamma(more)
        return self._full(
            log(absolute(self._scale)) + 0.5 * log(self._df) + log_beta + more * (digamma(more) - digamma(half))
        )

    def _mean(self) -> Any:
        mean = self._full(self._loc)
        return select_v2(self._df > 1.0 + zeros_like(mean), mean, float("nan") * ones_like(mean))

    def _variance(self) -> Any:
        df = self._df + zeros_like(self._full(self._loc))
        finite = square(self._scale) * df / select_v2(df > 2.0, df - 2.0, ones_like(df))
        infinite = select_v2(df > 1.0, float("inf") * ones_like(df), float("nan") * ones_like(df))
        return select_v2(df > 2.0, finite, infinite)

    def _mode(self) -> Any:
        return self._full(self._loc)


@RegisterKL(Normal, Normal)
def _normal(a: Any, b: Any, name: str | None = None) -> Any:
    with name_scope(name, "kl_normal_normal"):
        leave_out(-2)
        ratio = square(a.scale) / square(b.scale)
        return square(a.loc - b.loc) / (2.0 * square(b.scale)) + 0.5 * (ratio - 1.0 - log(ratio))


@RegisterKL(Exponential, Exponential)
def _exponential(a: Any, b: Any, name: str | None = None) -> Any:
    with name_scope(name, "kl_exponential_exponential"):
        return log(a.rate) - log(b.rate) + b.rate / a.rate - 1.0
