"""`Distribution`: what all distributions have in common.

A subclass gives formulas: `_sample_n(n, seed)` with the samples along a new first axis, `_log_prob(value)`, `_mean()`
and so on. What it does not give is derived where that is possible (`prob` from `log_prob`, `stddev` from `variance`),
otherwise asking for it is an error.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from typing import Any, ClassVar

import numpy as np

from ...building.convert import convert_to_tensor
from ...building.default_graph import leave_out, name_scope
from ...families.arrays.reshaping import reshape
from ...families.arrays.shape_ops import shape
from ...families.arrays.stacking import concat
from ...families.elementwise.arithmetic import square
from ...families.elementwise.exponential import exp, log, log1p, sqrt
from ...families.reductions.reductions import reduce_prod
from ...types import dtypes
from ...types.tensor_shape import TensorShape
from .divergence import kl_divergence


class ReparameterizationType:
    """Whether samples are differentiable functions of the parameters."""

    def __init__(self, rep_type: str) -> None:
        self._rep_type = rep_type

    def __repr__(self) -> str:
        return f"<Reparameteriation Type: {self._rep_type}>"

    def __eq__(self, other: object) -> bool:
        return self is other

    def __hash__(self) -> int:
        return id(self)


FULLY_REPARAMETERIZED = ReparameterizationType("FULLY_REPARAMETERIZED")
NOT_REPARAMETERIZED = ReparameterizationType("NOT_REPARAMETERIZED")


class Distribution:
    """The base of distributions.

    Args:
      dtype: the type of samples.
      reparameterization_type: FULLY_REPARAMETERIZED or NOT_REPARAMETERIZED.
      validate_args, allow_nan_stats: kept.
      parameters: the arguments of the subclass.
      graph_parents: kept.
      name: the scope of its operations.
    """

    def __init__(
        self,
        dtype: Any,
        reparameterization_type: ReparameterizationType,
        validate_args: bool,
        allow_nan_stats: bool,
        parameters: dict[str, Any] | None = None,
        graph_parents: Any = None,
        name: str | None = None,
    ) -> None:
        if name and name.endswith("/"):
            self._name = name
        else:
            with name_scope(name or type(self).__name__) as scope:
                self._name = scope
        self._count_more("init")
        self._dtype = dtypes.as_dtype(dtype)
        self._reparameterization_type = reparameterization_type
        self._validate_args = validate_args
        self._allow_nan_stats = allow_nan_stats
        self._parameters = {
            key: value for key, value in (parameters or {}).items() if key not in ("self", "__class__", "scope")
        }
        self._graph_parents = list(graph_parents or ())

    # What it is.

    @property
    def name(self) -> str:
        """The scope of its operations, with a slash at the end."""
        return self._name

    @property
    def dtype(self) -> dtypes.DType:
        """The type of samples."""
        return self._dtype

    @property
    def parameters(self) -> dict[str, Any]:
        """The arguments it was made with."""
        return dict(self._parameters)

    @property
    def reparameterization_type(self) -> ReparameterizationType:
        """Whether samples are differentiable functions of the parameters."""
        return self._reparameterization_type

    @property
    def allow_nan_stats(self) -> bool:
        """Whether a moment that does not exist is NaN; otherwise it is an error."""
        return self._allow_nan_stats

    @property
    def validate_args(self) -> bool:
        """The argument of that name."""
        return self._validate_args

    @property
    def batch_shape(self) -> TensorShape:
        """The shape of the parameters: of independent distributions that are held together."""
        return self._batch_shape()

    @property
    def event_shape(self) -> TensorShape:
        """The shape of one sample of one distribution."""
        return self._event_shape()

    def batch_shape_tensor(self, name: str = "batch_shape_tensor") -> Any:
        """Return `batch_shape` as an int32 vector."""
        with self._scope(name):
            if self.batch_shape.is_fully_defined():
                return convert_to_tensor(np.array(self.batch_shape.as_list(), np.int32), name="batch_shape")
            return self._batch_shape_tensor()

    def event_shape_tensor(self, name: str = "event_shape_tensor") -> Any:
        """Return `event_shape` as an int32 vector."""
        with self._scope(name):
            if self.event_shape.is_fully_defined():
                return convert_to_tensor(np.array(self.event_shape.as_list(), np.int32), name="event_shape")
            return self._event_shape_tensor()

    def is_scalar_event(self, name: str = "is_scalar_event") -> Any:
        """Return whether a sample is a scalar. Raises: ValueError if that is not known."""
        return self._is_scalar(self.event_shape, name)

    def is_scalar_batch(self, name: str = "is_scalar_batch") -> Any:
        """Return whether there is one distribution. Raises: ValueError if that is not known."""
        return self._is_scalar(self.batch_shape, name)

    def _is_scalar(self, known: TensorShape, name: str) -> Any:
        if known.ndims is None:
            raise ValueError(f"{name}: the rank of {self} is not known while the graph is built.")
        with self._scope(name):
            return convert_to_tensor(known.ndims == 0)

    def copy(self, **override_parameters_kwargs: Any) -> Any:
        """Return a distribution with some parameters changed."""
        return type(self)(**{**self.parameters, **override_parameters_kwargs})

    def _scope(self, name: str) -> Any:
        """The scope of one method, within the distribution's."""
        from contextlib import ExitStack

        stack = ExitStack()
        stack.enter_context(name_scope(self._name))
        stack.enter_context(name_scope(name))
        return stack

    def _count_more(self, method: str) -> None:
        """Count what TensorFlow 1.15 builds here besides, as the identities of parameters: seeds depend on it."""
        leave_out(self._more.get(method, 0))

    # What subclasses give.

    _more: ClassVar[dict[str, int]] = {}  # by method; negative: fewer operations than here

    def _batch_shape(self) -> TensorShape:
        return TensorShape(None)

    def _event_shape(self) -> TensorShape:
        return TensorShape([])

    def _batch_shape_tensor(self) -> Any:
        raise NotImplementedError(f"batch_shape_tensor is not implemented: {type(self).__name__}")

    def _event_shape_tensor(self) -> Any:
        raise NotImplementedError(f"event_shape_tensor is not implemented: {type(self).__name__}")

    def _given(self, name: str) -> Callable[..., Any] | None:
        return getattr(self, f"_{name}", None)

    def _required(self, name: str, *args: Any) -> Any:
        formula = self._given(name)
        if formula is None:
            raise NotImplementedError(f"{name} is not implemented: {type(self).__name__}")
        return formula(*args)

    # What users call.

    def sample(self, sample_shape: Any = (), seed: int | None = None, name: str = "sample") -> Any:
        """Return samples.

        Args:
          sample_shape: how many: an int, or a vector of extents.
          seed: of the operation.
          name: of the scope.
        Returns: a tensor of the shape `sample_shape + batch_shape + event_shape`.
        """
        with self._scope(name):
            leave_out(-2 if _is_plain(sample_shape) and np.ndim(sample_shape) else -3)
            wanted = convert_to_tensor(np.asarray(sample_shape, np.int32) if _is_plain(sample_shape) else sample_shape)
            extents = reshape(wanted, [-1]) if wanted.shape.ndims != 1 else wanted
            drawn = self._required("sample_n", reduce_prod(extents), seed)
            result = reshape(drawn, concat([extents, shape(drawn)[1:]], 0))
            if _is_plain(sample_shape):
                known = TensorShape([int(extent) for extent in np.atleast_1d(np.asarray(sample_shape, np.int32))])
                result.set_shape(known.concatenate(self.batch_shape).concatenate(self.event_shape))
            return result

    def _value(self, value: Any) -> Any:
        return convert_to_tensor(value, name="value", preferred_dtype=self._dtype)

    def log_prob(self, value: Any, name: str = "log_prob") -> Any:
        """Return the logarithm of the density, or of the probability, at `value`."""
        with self._scope(name):
            self._count_more("log_prob")
            value = self._value(value)
            return self._required("log_prob", value) if self._given("log_prob") else log(self._required("prob", value))

    def prob(self, value: Any, name: str = "prob") -> Any:
        """Return the density, or the probability, at `value`."""
        with self._scope(name):
            self._count_more("prob")
            value = self._value(value)
            return self._required("prob", value) if self._given("prob") else exp(self._required("log_prob", value))

    def log_cdf(self, value: Any, name: str = "log_cdf") -> Any:
        """Return the logarithm of the probability of samples up to `value`."""
        with self._scope(name):
            return log(self._required("cdf", self._value(value)))

    def cdf(self, value: Any, name: str = "cdf") -> Any:
        """Return the probability of samples up to `value`."""
        with self._scope(name):
            return self._required("cdf", self._value(value))

    def log_survival_function(self, value: Any, name: str = "log_survival_function") -> Any:
        """Return the logarithm of the probability of samples beyond `value`."""
        with self._scope(name):
            return log1p(-self._required("cdf", self._value(value)))

    def survival_function(self, value: Any, name: str = "survival_function") -> Any:
        """Return the probability of samples beyond `value`."""
        with self._scope(name):
            return 1.0 - self._required("cdf", self._value(value))

    def quantile(self, value: Any, name: str = "quantile") -> Any:
        """Return the sample up to which the probability is `value`."""
        with self._scope(name):
            return self._required("quantile", self._value(value))

    def entropy(self, name: str = "entropy") -> Any:
        """Return the entropy, in nats."""
        with self._scope(name):
            self._count_more("entropy")
            return self._required("entropy")

    def mean(self, name: str = "mean") -> Any:
        """Return the mean."""
        with self._scope(name):
            return self._required("mean")

    def variance(self, name: str = "variance") -> Any:
        """Return the variance."""
        with self._scope(name):
            return self._required("variance") if self._given("variance") else square(self._required("stddev"))

    def stddev(self, name: str = "stddev") -> Any:
        """Return the standard deviation."""
        with self._scope(name):
            return self._required("stddev") if self._given("stddev") else sqrt(self._required("variance"))

    def covariance(self, name: str = "covariance") -> Any:
        """Return the covariance matrix."""
        with self._scope(name):
            return self._required("covariance")

    def mode(self, name: str = "mode") -> Any:
        """Return a sample of the largest density or probability."""
        with self._scope(name):
            self._count_more("mode")
            return self._required("mode")

    def kl_divergence(self, other: Any, name: str = "kl_divergence") -> Any:
        """Return the Kullback-Leibler divergence from `other`; see `tf.distributions.kl_divergence`."""
        with self._scope(name):
            return kl_divergence(self, other, allow_nan_stats=self._allow_nan_stats)

    def cross_entropy(self, other: Any, name: str = "cross_entropy") -> Any:
        """Return the cross entropy: the entropy plus the divergence from `other`."""
        with self._scope(name):
            return self._required("entropy") + kl_divergence(self, other, allow_nan_stats=self._allow_nan_stats)

    def __str__(self) -> str:
        return (
            f'tf.distributions.{type(self).__name__}("{self._name}", batch_shape={self.batch_shape}, '
            f"event_shape={self.event_shape}, dtype={self._dtype.name})"
        )

    def __repr__(self) -> str:
        return (
            f"<tf.distributions.{type(self).__name__} '{self._name}' batch_shape={self.batch_shape} "
            f"event_shape={self.event_shape} dtype={self._dtype.name}>"
        )


def _is_plain(value: Any) -> bool:
    """Whether a shape is given as numbers."""
    if isinstance(value, TensorShape):
        return value.is_fully_defined()
    try:
        np.asarray(value, np.int32)
    except (TypeError, ValueError, NotImplementedError):
        return False
    return True


def derived_seed(seed: int | None, salt: str) -> int | None:
    """The seed of a second drawing of a distribution with this seed, that is like no other's: TensorFlow's.

    >>> derived_seed(3, "beta")
    1741508728
    """
    if seed is None:
        return None
    digest = hashlib.md5(f"{seed}{salt}".encode(), usedforsecurity=False).hexdigest()
    return int(digest[:8], 16) & 0x7FFFFFFF


def float_parameters(**given: Any) -> list[Any]:
    """Return parameters as tensors of one floating-point type. Raises: ValueError for another type."""
    from ...graph.node import Tensor

    typed = [value for value in given.values() if isinstance(value, Tensor) or hasattr(value, "dtype")]
    hint = dtypes.as_dtype(typed[0].dtype).base_dtype if typed else None
    tensors = [convert_to_tensor(value, name=name, preferred_dtype=hint) for name, value in given.items()]
    for tensor in tensors:
        if not tensor.dtype.is_floating:
            raise ValueError(f"Expected floating point type, got {tensor.dtype!r}.")
    if len({tensor.dtype.base_dtype for tensor in tensors}) > 1:
        raise ValueError(f"Parameters {', '.join(given)} have different types: {[t.dtype.name for t in tensors]}")
    return tensors
