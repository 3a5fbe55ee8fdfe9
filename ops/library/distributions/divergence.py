"""`kl_divergence`: Kullback-Leibler divergences, by the classes of both distributions."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

from ...building.default_graph import name_scope
from ...families.elementwise.arithmetic import square
from ...families.elementwise.exponential import log
from ...families.elementwise.special import digamma, lgamma
from ...families.nn.activations import sigmoid, softplus
from ...families.nn.softmax import log_softmax, softmax
from ...families.reductions.reductions import reduce_sum
from .continuous import Exponential, MultivariateNormalDiag, Normal
from .discrete import Bernoulli, Categorical, OneHotCategorical
from .positive import Beta, Dirichlet, Gamma

_FORMULAS: Final[dict[tuple[type, type], Callable[..., Any]]] = {}


class RegisterKL:
    """A decorator: the function gives the divergence of distributions of two classes.

        @tf.distributions.RegisterKL(Mine, Mine)
        def divergence(a, b, name=None): ...

    Raises: TypeError for what is no function, ValueError if there is one for these classes.
    """

    def __init__(self, dist_cls_a: type, dist_cls_b: type) -> None:
        self._key = dist_cls_a, dist_cls_b

    def __call__(self, kl_fn: Callable[..., Any]) -> Callable[..., Any]:
        if not callable(kl_fn):
            raise TypeError(f"kl_fn must be callable, received: {kl_fn}")
        if self._key in _FORMULAS:
            raise ValueError(
                f"KL({self._key[0].__name__} || {self._key[1].__name__}) has already been registered to: "
                f"{_FORMULAS[self._key]}"
            )
        _FORMULAS[self._key] = kl_fn
        return kl_fn


def _find(a: type, b: type) -> Callable[..., Any] | None:
    """The formula of the nearest base classes."""
    for first in a.__mro__:
        for second in b.__mro__:
            if (first, second) in _FORMULAS:
                return _FORMULAS[first, second]
    return None


def kl_divergence(
    distribution_a: Any, distribution_b: Any, allow_nan_stats: bool = True, name: str | None = None
) -> Any:
    """Return the Kullback-Leibler divergence of `a` from `b`: the mean of `log(a / b)` over samples of `a`, in nats.

    Args:
      distribution_a, distribution_b: distributions.
      allow_nan_stats: whether NaN is a result; otherwise it is an error when the graph runs.
      name: of the scope.
    Raises: NotImplementedError for classes without a formula.
    """
    formula = _find(type(distribution_a), type(distribution_b))
    if formula is None:
        raise NotImplementedError(
            f"No KL(distribution_a || distribution_b) registered for distribution_a type "
            f"{type(distribution_a).__name__} and distribution_b type {type(distribution_b).__name__}"
        )
    with name_scope("KullbackLeibler"):
        result = formula(distribution_a, distribution_b, name=name)
        if allow_nan_stats:
            return result
        from ...families.debugging.numerics import check_numerics

        return check_numerics(result, "KL calculation is NaN")


@RegisterKL(Normal, Normal)
def _normal(a: Any, b: Any, name: str | None = None) -> Any:
    with name_scope(name, "kl_normal_normal"):
        ratio = square(a.scale) / square(b.scale)
        return square(a.loc - b.loc) / (2.0 * square(b.scale)) + 0.5 * (ratio - 1.0 - log(ratio))


@RegisterKL(MultivariateNormalDiag, MultivariateNormalDiag)
def _vectors(a: Any, b: Any, name: str | None = None) -> Any:
    with name_scope(name, "kl_mvn"):
        ratio = square(a.scale_diag) / square(b.scale_diag)
        return reduce_sum(square(a.loc - b.loc) / (2.0 * square(b.scale_diag)) + 0.5 * (ratio - 1.0 - log(ratio)), -1)


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


@RegisterKL(Gamma, Gamma)
def _gamma(a: Any, b: Any, name: str | None = None) -> Any:
    with name_scope(name, "kl_gamma_gamma"):
        return (
            (a.concentration - b.concentration) * digamma(a.concentration)
            + lgamma(b.concentration) - lgamma(a.concentration)
            + b.concentration * log(a.rate) - b.concentration * log(b.rate)
            + a.concentration * (b.rate / a.rate - 1.0)
        )  # fmt: skip


@RegisterKL(Exponential, Exponential)
def _exponential(a: Any, b: Any, name: str | None = None) -> Any:
    with name_scope(name, "kl_exponential_exponential"):
        return log(a.rate) - log(b.rate) + b.rate / a.rate - 1.0


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
