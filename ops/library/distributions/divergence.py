"""`kl_divergence`: Kullback-Leibler divergences, by the classes of both distributions."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

from ...building.default_graph import name_scope
from ...families.debugging.numerics import check_numerics

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
        return check_numerics(result, "KL calculation is NaN")
