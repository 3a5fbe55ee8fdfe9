"""How often each class comes in several trials: Multinomial, DirichletMultinomial."""

from __future__ import annotations

from typing import Any

from ...building.convert import convert_to_tensor
from ...building.default_graph import name_scope
from ...families.arrays.reshaping import expand_dims, reshape
from ...families.arrays.shape_ops import broadcast_dynamic_shape, broadcast_static_shape, shape
from ...families.arrays.stacking import concat
from ...families.elementwise.cast import cast
from ...families.elementwise.like import zeros_like
from ...families.indexing.positions import one_hot
from ...families.linalg.matrix_parts import matrix_set_diag
from ...families.nn.softmax import log_softmax
from ...families.random.drawing import multinomial, random_gamma
from ...families.reductions.reductions import reduce_max, reduce_sum
from ...families.special.functions import lgamma
from ...types.tensor_shape import TensorShape
from .discrete import _Classes
from .distribution import NOT_REPARAMETERIZED, Distribution, derived_seed, float_parameters


def _log_combinations(total: Any, counts: Any) -> Any:
    """The logarithm of how many orders of the trials have these counts."""
    return lgamma(total + 1.0) - reduce_sum(lgamma(counts + 1.0), -1)


class _Counts(Distribution):
    """Vectors of counts, of a total and something per class."""

    _total: Any
    _per_class: Any

    @property
    def total_count(self) -> Any:
        """How many trials there are."""
        return self._total

    def _batch_shape(self) -> TensorShape:
        known: TensorShape = broadcast_static_shape(self._per_class.shape[:-1], self._total.shape)
        return known

    def _event_shape(self) -> TensorShape:
        known: TensorShape = self._per_class.shape[-1:]
        return known

    def _batch_shape_tensor(self) -> Any:
        return broadcast_dynamic_shape(shape(self._per_class)[:-1], shape(self._total))

    def _event_shape_tensor(self) -> Any:
        return shape(self._per_class)[-1:]

    def _drawn(self, logits: Any, seed: Any) -> Any:
        """Counts of the trials' classes; `logits` hold a vector per result, and totals may differ."""
        from ...families.arrays.filling import range as range_of

        classes = shape(logits)[-1]
        rows = reshape(logits, [-1, classes])
        total = reshape(zeros_like(logits[..., 0]) + self._total, [-1])
        most = cast(reduce_max(total), "int32")
        drawn = one_hot(multinomial(rows, most, seed=seed), classes, dtype=self._dtype)
        is_trial = cast(range_of(most), self._dtype)[None, :] < expand_dims(total, -1)
        counted = reduce_sum(drawn * expand_dims(cast(is_trial, self._dtype), -1), 1)
        return reshape(counted, shape(logits))


class Multinomial(_Counts):
    """How often each class comes in `total_count` trials.

    Args:
      total_count: a number of trials per distribution.
      logits: logarithms of weights, a vector per distribution; or
      probs: probabilities.
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
        name: str = "Multinomial",
    ) -> None:
        given = {key: value for key, value in locals().items() if key not in ("self", "__class__")}
        with name_scope(name, values=[total_count, logits, probs]) as scope:
            classes = _Classes(logits, probs, "float32", validate_args, allow_nan_stats, scope, {}, is_vector=True)
            self._logits, self._probs = classes.logits, classes.probs
            kind = self._logits.dtype.base_dtype
            self._total = convert_to_tensor(total_count, dtype=kind, name="total_count")
            self._per_class = self._logits
        parents = [self._total, self._logits]
        super().__init__(kind, NOT_REPARAMETERIZED, validate_args, allow_nan_stats, given, parents, scope)

    @property
    def logits(self) -> Any:
        """The logarithms of the weights."""
        return self._logits

    @property
    def probs(self) -> Any:
        """The probabilities."""
        return self._probs

    def _sample_n(self, n: Any, seed: Any) -> Any:
        wide = zeros_like(self._total)[..., None] + self._logits
        from ...families.arrays.rearranging import broadcast_to

        return self._drawn(broadcast_to(wide, concat([[n], shape(wide)], 0)), seed)

    def _log_prob(self, value: Any) -> Any:
        kernel = reduce_sum(value * log_softmax(self._logits + zeros_like(value)), -1)
        return kernel + _log_combinations(self._total, value)

    def _means(self) -> Any:
        return self._probs * self._total[..., None]

    def _mean(self) -> Any:
        return self._means()

    def _variance(self) -> Any:
        return self._means() * (1.0 - self._probs)

    def _covariance(self) -> Any:
        products = expand_dims(self._means(), -1) * expand_dims(self._probs + zeros_like(self._means()), -2)
        return matrix_set_diag(-products, self._variance())


class DirichletMultinomial(_Counts):
    """How often each class comes in `total_count` trials, where a Dirichlet distribution gives the probabilities.

    Args:
      total_count: a number of trials per distribution.
      concentration: a weight per class, a vector per distribution.
      validate_args, allow_nan_stats, name: as for all distributions.
    """

    def __init__(
        self,
        total_count: Any,
        concentration: Any,
        validate_args: bool = False,
        allow_nan_stats: bool = True,
        name: str = "DirichletMultinomial",
    ) -> None:
        given = {key: value for key, value in locals().items() if key not in ("self", "__class__")}
        with name_scope(name, values=[total_count, concentration]) as scope:
            (self._concentration,) = float_parameters(concentration=concentration)
            kind = self._concentration.dtype.base_dtype
            self._total = convert_to_tensor(total_count, dtype=kind, name="total_count")
            self._whole = reduce_sum(self._concentration, -1)
            self._per_class = self._concentration
        parents = [self._total, self._concentration]
        super().__init__(kind, NOT_REPARAMETERIZED, validate_args, allow_nan_stats, given, parents, scope)

    @property
    def concentration(self) -> Any:
        """The weights."""
        return self._concentration

    @property
    def total_concentration(self) -> Any:
        """Their sum."""
        return self._whole

    def _sample_n(self, n: Any, seed: Any) -> Any:
        from ...families.elementwise.exponential import log

        wide = zeros_like(self._total)[..., None] + self._concentration
        weights = random_gamma([n], wide, dtype=self._dtype, seed=seed)
        return self._drawn(log(weights), derived_seed(seed, "dirichlet_multinomial"))

    def _log_prob(self, value: Any) -> Any:
        def log_beta(weights: Any) -> Any:
            return reduce_sum(lgamma(weights), -1) - lgamma(reduce_sum(weights, -1))

        ordered = log_beta(self._concentration + value) - log_beta(self._concentration)
        return ordered + _log_combinations(self._total, value)

    def _shares(self) -> Any:
        return self._concentration / self._whole[..., None]

    def _mean(self) -> Any:
        return self._total[..., None] * self._shares()

    def _spread(self) -> Any:
        """By how much variances are larger than those of the mean weights."""
        return ((self._total + self._whole) / (1.0 + self._whole))[..., None]

    def _variance(self) -> Any:
        return self._spread() * self._mean() * (1.0 - self._shares())

    def _covariance(self) -> Any:
        scaled = self._spread() * self._mean()
        products = expand_dims(scaled, -1) * expand_dims(self._shares() + zeros_like(scaled), -2)
        return matrix_set_diag(-products, self._variance())
