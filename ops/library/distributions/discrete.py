"""Distributions of classes: Bernoulli, Categorical, OneHotCategorical."""

from __future__ import annotations

from typing import Any, ClassVar

from ...building.default_graph import leave_out, name_scope
from ...families.arrays.filling import range as range_of
from ...families.arrays.reshaping import expand_dims, reshape
from ...families.arrays.shape_ops import broadcast_dynamic_shape, shape
from ...families.arrays.stacking import concat
from ...families.arrays.transposing import transpose
from ...families.elementwise.cast import cast
from ...families.elementwise.exponential import exp, log, log1p
from ...families.elementwise.like import ones_like, zeros_like
from ...families.indexing.positions import one_hot
from ...families.linalg.matrix_parts import matrix_set_diag
from ...families.nn.activations import sigmoid, softplus
from ...families.nn.cross_entropy import (
    sigmoid_cross_entropy_with_logits,
    softmax_cross_entropy_with_logits_v2,
    sparse_softmax_cross_entropy_with_logits,
)
from ...families.nn.softmax import log_softmax, softmax
from ...families.random.drawing import multinomial
from ...families.random.sampling import random_uniform
from ...families.reductions.argmax import argmax
from ...families.reductions.reductions import reduce_sum
from ...types import dtypes
from ...types.tensor_shape import TensorShape
from .distribution import NOT_REPARAMETERIZED, Distribution, float_parameters
from .divergence import RegisterKL


class _Classes(Distribution):
    """What is given by logits or by probabilities."""

    def __init__(
        self, logits: Any, probs: Any, dtype: Any, validate_args: bool, allow_nan_stats: bool, name: str,
        given: dict[str, Any], is_vector: bool,
    ) -> None:  # fmt: skip
        if (probs is None) == (logits is None):
            raise ValueError("Must pass probs or logits, but not both.")
        with name_scope(name, values=[logits, probs]) as scope:
            if logits is not None:
                (self._logits,) = float_parameters(logits=logits)
                self._probs = softmax(self._logits) if is_vector else sigmoid(self._logits)
            else:
                (self._probs,) = float_parameters(probs=probs)
                odds = log(self._probs)
                self._logits = odds if is_vector else odds - log1p(-self._probs)
                leave_out(not is_vector)
        parents = [self._logits, self._probs]
        super().__init__(dtype, NOT_REPARAMETERIZED, validate_args, allow_nan_stats, given, parents, scope)

    @property
    def logits(self) -> Any:
        """Logarithms of the odds, or of the weights."""
        return self._logits

    @property
    def probs(self) -> Any:
        """Probabilities."""
        return self._probs


class Bernoulli(_Classes):
    """The distribution of 0 and 1.

    Args:
      logits: the logarithms of the odds of 1; or
      probs: the probabilities of 1.
      dtype: the type of samples.
    Raises: ValueError unless one of both is given.
    """

    _more: ClassVar[dict[str, int]] = {"log_prob": -4, "prob": -4}

    def __init__(
        self,
        logits: Any = None,
        probs: Any = None,
        dtype: Any = dtypes.int32,
        validate_args: bool = False,
        allow_nan_stats: bool = True,
        name: str = "Bernoulli",
    ) -> None:
        given = {key: value for key, value in locals().items() if key not in ("self", "__class__")}
        super().__init__(logits, probs, dtype, validate_args, allow_nan_stats, name, given, is_vector=False)

    def _batch_shape(self) -> TensorShape:
        known: TensorShape = self._logits.shape
        return known

    def _batch_shape_tensor(self) -> Any:
        return shape(self._logits)

    def _sample_n(self, n: Any, seed: Any) -> Any:
        extents = concat([[n], self.batch_shape_tensor()], 0)
        drawn = random_uniform(extents, seed=seed, dtype=self._probs.dtype.base_dtype)
        return cast(drawn < self._probs, self._dtype)

    def _log_prob(self, value: Any) -> Any:
        event = cast(value, self._logits.dtype.base_dtype)
        logits = self._logits + zeros_like(event)
        return -sigmoid_cross_entropy_with_logits(labels=event + zeros_like(self._logits), logits=logits)

    def _entropy(self) -> Any:
        return -self._logits * (sigmoid(self._logits) - 1.0) + softplus(-self._logits)

    def _mean(self) -> Any:
        from ...building.basic_ops import identity

        return identity(self._probs)

    def _variance(self) -> Any:
        return self._probs * (1.0 - self._probs)

    def _mode(self) -> Any:
        return cast(self._probs > 0.5, self._dtype)


class Categorical(_Classes):
    """The distribution of classes `0`, `1`, ...

    Args:
      logits: logarithms of weights, a vector per distribution; or
      probs: probabilities.
      dtype: the type of samples.
    Raises: ValueError unless one of both is given.
    """

    _more: ClassVar[dict[str, int]] = {"init": 4, "log_prob": -9, "prob": -9, "entropy": -1, "mode": -1}

    def __init__(
        self,
        logits: Any = None,
        probs: Any = None,
        dtype: Any = dtypes.int32,
        validate_args: bool = False,
        allow_nan_stats: bool = True,
        name: str = "Categorical",
    ) -> None:
        given = {key: value for key, value in locals().items() if key not in ("self", "__class__")}
        super().__init__(logits, probs, dtype, validate_args, allow_nan_stats, name, given, is_vector=True)

    @property
    def event_size(self) -> Any:
        """How many classes there are."""
        return shape(self._logits)[-1]

    def _batch_shape(self) -> TensorShape:
        known: TensorShape = self._logits.shape[:-1]
        return known

    def _batch_shape_tensor(self) -> Any:
        return shape(self._logits)[:-1]

    def _sample_n(self, n: Any, seed: Any) -> Any:
        """Samples stand in the columns of `multinomial`; here they are along the first axis."""
        rows = reshape(self._logits, [-1, self.event_size])
        leave_out(-7)  # the extents of the rows, and their reshaping
        drawn = transpose(cast(multinomial(rows, n, seed=seed), self._dtype))
        leave_out(-1)
        return reshape(drawn, concat([[n], self.batch_shape_tensor()], 0))

    def _log_prob(self, value: Any) -> Any:
        labels = cast(value, dtypes.int32)
        batch = broadcast_dynamic_shape(shape(labels), self.batch_shape_tensor())
        logits = self._logits + zeros_like(expand_dims(cast(labels, self._logits.dtype.base_dtype), -1))
        from ...families.arrays.rearranging import broadcast_to

        labels = broadcast_to(labels, batch)
        return -sparse_softmax_cross_entropy_with_logits(labels=labels, logits=logits)

    def _cdf(self, value: Any) -> Any:
        """TensorFlow's: the probability of the classes below `value`."""
        below = range_of(self.event_size) < expand_dims(cast(value, dtypes.int32), -1)
        return reduce_sum(self._probs * cast(below, self._probs.dtype.base_dtype), -1)

    def _entropy(self) -> Any:
        logits = log_softmax(self._logits)
        return -reduce_sum(exp(logits) * logits, -1)

    def _mode(self) -> Any:
        return cast(argmax(self._logits, axis=-1), self._dtype)


class OneHotCategorical(_Classes):
    """The distribution of rows with a one at the place of a class.

    Args: as `Categorical`'s.
    """

    def __init__(
        self,
        logits: Any = None,
        probs: Any = None,
        dtype: Any = dtypes.int32,
        validate_args: bool = False,
        allow_nan_stats: bool = True,
        name: str = "OneHotCategorical",
    ) -> None:
        given = {key: value for key, value in locals().items() if key not in ("self", "__class__")}
        super().__init__(logits, probs, dtype, validate_args, allow_nan_stats, name, given, is_vector=True)

    def _batch_shape(self) -> TensorShape:
        known: TensorShape = self._logits.shape[:-1]
        return known

    def _event_shape(self) -> TensorShape:
        known: TensorShape = self._logits.shape[-1:]
        return known

    def _batch_shape_tensor(self) -> Any:
        return shape(self._logits)[:-1]

    def _event_shape_tensor(self) -> Any:
        return shape(self._logits)[-1:]

    def _sample_n(self, n: Any, seed: Any) -> Any:
        count = shape(self._logits)[-1]
        drawn = transpose(multinomial(reshape(self._logits, [-1, count]), n, seed=seed))
        rows = one_hot(drawn, count, dtype=self._dtype)
        return reshape(rows, concat([[n], shape(self._logits)], 0))

    def _log_prob(self, value: Any) -> Any:
        wanted = cast(value, self._logits.dtype.base_dtype)
        labels, logits = wanted + zeros_like(self._logits), self._logits + zeros_like(wanted)
        return -softmax_cross_entropy_with_logits_v2(labels=labels, logits=logits)

    def _entropy(self) -> Any:
        logits = log_softmax(self._logits)
        return -reduce_sum(exp(logits) * logits, -1)

    def _mean(self) -> Any:
        return self._probs * ones_like(self._probs)

    def _variance(self) -> Any:
        return self._probs * (1.0 - self._probs)

    def _covariance(self) -> Any:
        products = expand_dims(self._probs, -1) * expand_dims(self._probs, -2)
        return matrix_set_diag(-products, self._variance())

    def _mode(self) -> Any:
        return one_hot(argmax(self._logits, axis=-1), shape(self._logits)[-1], dtype=self._dtype)


@RegisterKL(Bernoulli, Bernoulli)
def _bernoulli(a: Any, b: Any, name: str | None = None) -> Any:
    with name_scope(name, "kl_bernoulli_bernoulli"):
        one = softplus(-b.logits) - softplus(-a.logits)
        zero = softplus(b.logits) - softplus(a.logits)
        return sigmoid(a.logits) * one + sigmoid(-a.logits) * zero


@RegisterKL(Categorical, Categorical)
@RegisterKL(OneHotCategorical, OneHotCategorical)
def _categorical(a: Any, b: Any, name: str | None = None) -> Any:
    with name_scope(name, "kl_categorical_categorical"):
        return reduce_sum(softmax(a.logits) * (log_softmax(a.logits) - log_softmax(b.logits)), -1)
