"""Relaxed classes, whose samples are differentiable: RelaxedBernoulli, RelaxedOneHotCategorical and its logarithm.

Source: Maddison, Mnih, Teh, "The Concrete Distribution" (2017), under TensorFlow 1.15's names.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from ...building.convert import convert_to_tensor
from ...building.default_graph import name_scope
from ...families.arrays.reshaping import expand_dims
from ...families.arrays.shape_ops import broadcast_dynamic_shape, broadcast_static_shape, shape
from ...families.arrays.stacking import concat
from ...families.elementwise.cast import cast
from ...families.elementwise.exponential import log
from ...families.elementwise.like import ones_like, zeros_like
from ...families.nn.softmax import log_softmax
from ...families.random.sampling import random_uniform
from ...families.reductions.reductions import reduce_sum
from ...families.special.functions import lgamma
from ...types.tensor_shape import TensorShape
from .bijectors.scalars import Exp, Sigmoid
from .discrete import _Classes
from .distribution import FULLY_REPARAMETERIZED
from .more_continuous import Logistic
from .transformed import TransformedDistribution


class ExpRelaxedOneHotCategorical(_Classes):
    """The logarithms of a `RelaxedOneHotCategorical`'s samples, which do not underflow.

    Args:
      temperature: a number per distribution: the lower, the nearer to one-hot vectors.
      logits: logarithms of weights, a vector per distribution; or
      probs: probabilities.
      dtype: the type of samples; default: that of the weights.
      validate_args, allow_nan_stats, name: as for all distributions.
    Raises: ValueError unless one of `logits` and `probs` is given.
    """

    def __init__(
        self,
        temperature: Any,
        logits: Any = None,
        probs: Any = None,
        dtype: Any = None,
        validate_args: bool = False,
        allow_nan_stats: bool = True,
        name: str = "ExpRelaxedOneHotCategorical",
    ) -> None:
        given = {key: value for key, value in locals().items() if key not in ("self", "__class__")}
        super().__init__(logits, probs, dtype or np.float32, validate_args, allow_nan_stats, name, given, True)
        if dtype is None:
            self._dtype = self._logits.dtype.base_dtype
        self._reparameterization_type = FULLY_REPARAMETERIZED
        with name_scope(self._name):
            self._temperature = convert_to_tensor(temperature, self._logits.dtype.base_dtype, name="temperature")

    @property
    def temperature(self) -> Any:
        """How far samples are from one-hot vectors."""
        return self._temperature

    @property
    def event_size(self) -> Any:
        """How many classes there are."""
        return shape(self._logits)[-1]

    def _batch_shape(self) -> TensorShape:
        known: TensorShape = broadcast_static_shape(self._temperature.shape, self._logits.shape[:-1])
        return known

    def _event_shape(self) -> TensorShape:
        known: TensorShape = self._logits.shape[-1:]
        return known

    def _batch_shape_tensor(self) -> Any:
        return broadcast_dynamic_shape(shape(self._temperature), shape(self._logits)[:-1])

    def _event_shape_tensor(self) -> Any:
        return shape(self._logits)[-1:]

    def _sample_n(self, n: Any, seed: Any) -> Any:
        """Logits with the noise of Gumbel's distribution, by the temperature."""
        extents = concat([[n], self.batch_shape_tensor(), self.event_shape_tensor()], 0)
        kind = self._logits.dtype.base_dtype
        uniform = random_uniform(extents, np.finfo(kind.as_numpy_dtype).tiny, 1.0, kind, seed=seed)
        noisy = (self._logits - log(-log(uniform))) / expand_dims(self._temperature, -1)
        return cast(log_softmax(noisy), self._dtype)

    def _log_prob(self, value: Any) -> Any:
        temperature = expand_dims(self._temperature, -1)
        classes = cast(self.event_size, temperature.dtype.base_dtype)
        constant = lgamma(classes) + (classes - 1.0) * log(self._temperature)
        logits = self._logits + zeros_like(value)
        return constant + reduce_sum(log_softmax(logits - value * temperature), -1)


class RelaxedOneHotCategorical(TransformedDistribution):
    """Vectors of shares that come near to one-hot vectors; samples are differentiable functions of the parameters.

    Args: as `ExpRelaxedOneHotCategorical`'s.
    Raises: ValueError unless one of `logits` and `probs` is given.

    >>> tf.contrib.distributions.RelaxedOneHotCategorical(0.5, probs=[0.2, 0.8]).sample(3).shape.as_list()
    [3, 2]
    """

    def __init__(
        self,
        temperature: Any,
        logits: Any = None,
        probs: Any = None,
        dtype: Any = None,
        validate_args: bool = False,
        allow_nan_stats: bool = True,
        name: str = "RelaxedOneHotCategorical",
    ) -> None:
        given = {key: value for key, value in locals().items() if key not in ("self", "__class__")}
        base = ExpRelaxedOneHotCategorical(temperature, logits, probs, dtype, validate_args, allow_nan_stats)
        super().__init__(base, Exp(validate_args), validate_args=validate_args, name=name)
        self._parameters, self._of_logarithms = given, base

    @property
    def temperature(self) -> Any:
        """How far samples are from one-hot vectors."""
        return self._of_logarithms.temperature

    @property
    def logits(self) -> Any:
        """The logarithms of the weights."""
        return self._of_logarithms.logits

    @property
    def probs(self) -> Any:
        """The probabilities."""
        return self._of_logarithms.probs

    @property
    def event_size(self) -> Any:
        """How many classes there are."""
        return self._of_logarithms.event_size


class RelaxedBernoulli(TransformedDistribution):
    """Numbers of `(0, 1)` that come near to 0 or 1; samples are differentiable functions of the parameters.

    Args:
      temperature: the lower, the nearer.
      logits, probs: of 1; one of both.
      validate_args, allow_nan_stats, name: as for all distributions.
    Raises: ValueError unless one of `logits` and `probs` is given.
    """

    def __init__(
        self,
        temperature: Any,
        logits: Any = None,
        probs: Any = None,
        validate_args: bool = False,
        allow_nan_stats: bool = True,
        name: str = "RelaxedBernoulli",
    ) -> None:
        given = {key: value for key, value in locals().items() if key not in ("self", "__class__")}
        classes = _Classes(logits, probs, np.float32, validate_args, allow_nan_stats, name, {}, is_vector=False)
        with name_scope(name):
            self._logits, self._probs = classes.logits, classes.probs
            self._temperature = convert_to_tensor(temperature, self._logits.dtype.base_dtype, name="temperature")
            base = Logistic(
                self._logits / self._temperature,
                ones_like(self._logits) / self._temperature,
                validate_args,
                allow_nan_stats,
            )
            function = Sigmoid(validate_args)
        super().__init__(base, function, validate_args=validate_args, name=name)
        self._parameters = given

    @property
    def temperature(self) -> Any:
        """How far samples are from 0 and 1."""
        return self._temperature

    @property
    def logits(self) -> Any:
        """The logarithms of the odds of 1."""
        return self._logits

    @property
    def probs(self) -> Any:
        """The probabilities of 1."""
        return self._probs
