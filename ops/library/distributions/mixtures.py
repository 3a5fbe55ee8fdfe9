"""Mixtures: a class is drawn, and then a sample of the distribution of that class."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from ...building.default_graph import name_scope
from ...families.arrays.reshaping import expand_dims
from ...families.arrays.shape_ops import broadcast_static_shape
from ...families.arrays.stacking import stack
from ...families.elementwise.arithmetic import square
from ...families.elementwise.cast import cast
from ...families.elementwise.like import zeros_like
from ...families.elementwise.select import select_v2
from ...families.indexing.positions import one_hot
from ...families.nn.softmax import log_softmax, softmax
from ...families.reductions.reductions import reduce_logsumexp, reduce_sum
from ...types.tensor_shape import TensorShape
from .discrete import Categorical
from .distribution import FULLY_REPARAMETERIZED, NOT_REPARAMETERIZED, Distribution


class _Mixed(Distribution):
    """What both kinds of mixtures have in common: what each class gives stands along the axis before an event."""

    _classes: Any

    def _each(self, method: Callable[[Any], Any], is_event: bool = True) -> Any:
        """What `method` gives for all classes, stacked before an event's axes, or last."""
        raise NotImplementedError

    def _event_ndims(self) -> int:
        ndims = self.event_shape.ndims
        if ndims is None:
            raise ValueError(f"{self}: the rank of an event is not known.")
        return int(ndims)

    def _axis(self) -> int:
        return -1 - self._event_ndims()

    def _weights(self) -> Any:
        """The classes' probabilities, with an axis for each of an event's."""
        weights = softmax(self._classes.logits)
        for _ in range(self._event_ndims()):
            weights = expand_dims(weights, -1)
        return cast(weights, self._dtype)

    def _mean(self) -> Any:
        return reduce_sum(self._weights() * self._each(lambda made: made.mean()), self._axis())

    def _variance(self) -> Any:
        """The mean of the variances, and the variance of the means."""
        means = self._each(lambda made: made.mean())
        weights, axis = self._weights(), self._axis()
        within = reduce_sum(weights * self._each(lambda made: made.variance()), axis)
        mean = reduce_sum(weights * means, axis)
        return within + reduce_sum(weights * square(means - expand_dims(mean, axis)), axis)

    def _log_weights(self) -> Any:
        return log_softmax(self._classes.logits)

    def _log_prob(self, value: Any) -> Any:
        return reduce_logsumexp(self._log_weights() + self._of_value("log_prob", value), -1)

    def _cdf(self, value: Any) -> Any:
        return reduce_sum(softmax(self._classes.logits) * self._of_value("cdf", value), -1)

    def _of_value(self, method: str, value: Any) -> Any:
        raise NotImplementedError

    def _chosen(self, samples: Any, n: Any, seed: Any) -> Any:
        """Of samples of all classes, along an axis before an event's, those of a class that is drawn."""
        drawn = self._classes.sample(n, seed=seed)
        mask = one_hot(drawn, self._count(), on_value=True, off_value=False, dtype="bool")
        for _ in range(self._event_ndims()):
            mask = expand_dims(mask, -1)
        return reduce_sum(select_v2(mask, samples, zeros_like(samples)), self._axis())

    def _count(self) -> int:
        known = self._classes.logits.shape[-1].value
        if known is None:
            raise ValueError(f"{type(self).__name__}: the number of classes has to be known while the graph is built.")
        return int(known)


class Mixture(_Mixed):
    """A mixture of distributions that may be of several kinds.

    Args:
      cat: a `Categorical` of the classes.
      components: a distribution per class, of one type and event shape.
      validate_args, allow_nan_stats: as for all distributions.
      use_static_graph: kept; samples of all components are always drawn, and one is taken.
      name: the scope of its operations.
    Raises: TypeError if `cat` or a component is of another kind; ValueError if there is no component, their number is
      not that of the classes, or their types differ.
    """

    def __init__(
        self,
        cat: Categorical,
        components: Sequence[Distribution],
        validate_args: bool = False,
        allow_nan_stats: bool = True,
        use_static_graph: bool = False,
        name: str = "Mixture",
    ) -> None:
        given = {key: value for key, value in locals().items() if key not in ("self", "__class__")}
        if not isinstance(cat, Categorical):
            raise TypeError(f"cat must be a Categorical distribution, but saw: {cat}")
        if not components:
            raise ValueError("components must be a non-empty list or tuple")
        if not all(isinstance(each, Distribution) for each in components):
            raise TypeError(f"all entries in components must be Distribution instances but saw: {components}")
        if any(each.dtype != components[0].dtype for each in components):
            raise TypeError(f"All components must have the same dtype, but saw dtypes: {[c.dtype for c in components]}")
        self._classes, self._components = cat, list(components)
        if self._count() != len(self._components):
            raise ValueError(
                f"cat.num_classes != len(components): {self._count()} vs {len(self._components)}: "
                "a component belongs to each class."
            )
        with name_scope(name) as scope:
            super().__init__(components[0].dtype, NOT_REPARAMETERIZED, validate_args, allow_nan_stats, given, [], scope)

    @property
    def cat(self) -> Categorical:
        """The distribution of classes."""
        made: Categorical = self._classes
        return made

    @property
    def components(self) -> list[Distribution]:
        """The distributions, one per class."""
        return self._components

    @property
    def num_components(self) -> int:
        """How many there are."""
        return len(self._components)

    def _batch_shape(self) -> TensorShape:
        known: TensorShape = self._classes.batch_shape
        for each in self._components:
            known = broadcast_static_shape(known, each.batch_shape)
        return known

    def _event_shape(self) -> TensorShape:
        return self._components[0].event_shape

    def _batch_shape_tensor(self) -> Any:
        return self._classes.batch_shape_tensor()

    def _event_shape_tensor(self) -> Any:
        return self._components[0].event_shape_tensor()

    def _each(self, method: Callable[[Any], Any], is_event: bool = True) -> Any:
        return stack([method(each) for each in self._components], self._axis() if is_event else -1)

    def _of_value(self, method: str, value: Any) -> Any:
        return self._each(lambda made: getattr(made, method)(value), False)

    def _sample_n(self, n: Any, seed: Any) -> Any:
        each = [
            made.sample(n, seed=None if seed is None else seed + 1 + index)
            for index, made in enumerate(self._components)
        ]
        return self._chosen(stack(each, self._axis()), n, seed)

    def entropy_lower_bound(self, name: str = "entropy_lower_bound") -> Any:
        """Return a number that the entropy is not below: the mean of the components' entropies."""
        with self._scope(name):
            return reduce_sum(softmax(self._classes.logits) * self._each(lambda made: made.entropy(), False), -1)


class MixtureSameFamily(_Mixed):
    """A mixture of distributions of one kind, held together: the last axis of their batch is that of the classes.

    Args:
      mixture_distribution: a `Categorical` of the classes.
      components_distribution: the distributions.
      validate_args, allow_nan_stats, name: as for all distributions.
    Raises: ValueError if the numbers of classes differ, or classes are no integers.

    >>> ds = tf.contrib.distributions
    >>> mixture = ds.MixtureSameFamily(ds.Categorical(probs=[0.3, 0.7]), ds.Normal([-1.0, 1.0], [0.1, 0.5]))
    >>> mixture.batch_shape.as_list()
    []
    """

    def __init__(
        self,
        mixture_distribution: Any,
        components_distribution: Distribution,
        validate_args: bool = False,
        allow_nan_stats: bool = True,
        name: str = "MixtureSameFamily",
    ) -> None:
        given = {key: value for key, value in locals().items() if key not in ("self", "__class__")}
        if not mixture_distribution.dtype.is_integer:
            raise ValueError(f"`mixture_distribution.dtype` ({mixture_distribution.dtype.name}) is not over integers")
        self._classes, self._components = mixture_distribution, components_distribution
        last = components_distribution.batch_shape[-1:].as_list()
        if last and last[0] is not None and last[0] != self._count():
            raise ValueError(
                f"`mixture_distribution components` ({self._count()}) does not equal "
                f"`components_distribution.batch_shape[-1]` ({last[0]})"
            )
        kind = components_distribution.reparameterization_type
        with name_scope(name) as scope:
            super().__init__(
                components_distribution.dtype,
                NOT_REPARAMETERIZED if kind is FULLY_REPARAMETERIZED else kind,
                validate_args,
                allow_nan_stats,
                given,
                [],
                scope,
            )

    @property
    def mixture_distribution(self) -> Any:
        """The distribution of classes."""
        return self._classes

    @property
    def components_distribution(self) -> Distribution:
        """The distributions of the classes."""
        return self._components

    def _batch_shape(self) -> TensorShape:
        known: TensorShape = self._components.batch_shape[:-1]
        return known

    def _event_shape(self) -> TensorShape:
        return self._components.event_shape

    def _batch_shape_tensor(self) -> Any:
        return self._components.batch_shape_tensor()[:-1]

    def _event_shape_tensor(self) -> Any:
        return self._components.event_shape_tensor()

    def _each(self, method: Callable[[Any], Any], is_event: bool = True) -> Any:
        return method(self._components)

    def _of_value(self, method: str, value: Any) -> Any:
        return getattr(self._components, method)(expand_dims(value, self._axis()))

    def _sample_n(self, n: Any, seed: Any) -> Any:
        samples = self._components.sample(n, seed=None if seed is None else seed + 1)
        if self._classes.batch_shape.ndims == 0 and self.batch_shape.ndims:
            return self._of_one_class(samples, n, seed)
        return self._chosen(samples, n, seed)

    def _of_one_class(self, samples: Any, n: Any, seed: Any) -> Any:
        """A class for each distribution of the batch, where there is one distribution of classes for all."""
        from ...families.arrays.stacking import concat

        drawn = self._classes.sample(concat([[n], self.batch_shape_tensor()], 0), seed=seed)
        mask = one_hot(drawn, self._count(), on_value=True, off_value=False, dtype="bool")
        for _ in range(self._event_ndims()):
            mask = expand_dims(mask, -1)
        return reduce_sum(select_v2(mask, samples, zeros_like(samples)), self._axis())

    def _covariance(self) -> Any:
        """The mean of the covariances, and the covariance of the means."""
        if self._event_ndims() != 1:
            raise NotImplementedError("covariance is not implemented: events are no vectors")
        weights = softmax(self._classes.logits)
        means = self._components.mean()
        mean = reduce_sum(expand_dims(weights, -1) * means, -2)
        away = means - expand_dims(mean, -2)
        wide = expand_dims(expand_dims(weights, -1), -1)
        within = reduce_sum(wide * self._components.covariance(), -3)
        return within + reduce_sum(wide * expand_dims(away, -1) * expand_dims(away, -2), -3)
