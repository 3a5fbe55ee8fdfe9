"""Adadelta and RMSProp: steps over a moving mean of the squares of the gradients."""

from __future__ import annotations

from typing import Any, ClassVar

from ...families.random.initializers import Ones
from .formula_updates import like
from .optimizer import Optimizer


class AdadeltaOptimizer(Optimizer):
    """Steps as large, on average, as the steps before, over the mean of the squares of the gradients.

    Args:
      learning_rate: a float or a tensor; 1 is the method as published.
      rho: how slowly means decay.
      epsilon: keeps the roots from zero.
      use_locking: kept in the graph; updates never overlap here.
      name: a name for what is built, and the slots'.
    Source: Zeiler (2012).
    """

    _update = "Adadelta"
    _slot_inputs: ClassVar[dict[str, str]] = {"accum": "accum", "accum_update": "accum_update"}

    def __init__(
        self,
        learning_rate: Any = 0.001,
        rho: Any = 0.95,
        epsilon: Any = 1e-8,
        use_locking: bool = False,
        name: str = "Adadelta",
    ) -> None:
        super().__init__(use_locking, name)
        self._lr = learning_rate
        self._rho = rho
        self._epsilon = epsilon

    def _create_slots(self, var_list: list[Any]) -> None:
        for var in var_list:
            self._zeros_slot(var, "accum", self._name)
            self._zeros_slot(var, "accum_update", self._name)

    def _prepare(self) -> None:
        self._lr_t = self._as_tensor(self._lr, "lr")
        self._rho_t = self._as_tensor(self._rho, "rho")
        self._epsilon_t = self._as_tensor(self._epsilon, "epsilon")

    def _parameters(self, var: Any) -> dict[str, Any]:
        return {"lr": like(self._lr_t, var), "rho": like(self._rho_t, var), "epsilon": like(self._epsilon_t, var)}


class RMSPropOptimizer(Optimizer):
    """The gradient over the root of the mean of its squares, with momentum.

    Args:
      learning_rate: a float or a tensor.
      decay: how slowly the means decay.
      momentum: a float or a tensor.
      epsilon: keeps the root from zero.
      use_locking: kept in the graph; updates never overlap here.
      centered: whether the mean of the gradient is taken off, so that the root is of an estimated variance.
      name: a name for what is built, and the slots'.
    Source: Tieleman, Hinton (2012).
    """

    def __init__(
        self,
        learning_rate: Any,
        decay: Any = 0.9,
        momentum: Any = 0.0,
        epsilon: Any = 1e-10,
        use_locking: bool = False,
        centered: bool = False,
        name: str = "RMSProp",
    ) -> None:
        super().__init__(use_locking, name)
        self._learning_rate = learning_rate
        self._decay = decay
        self._momentum = momentum
        self._epsilon = epsilon
        self._centered = centered
        self._update = "CenteredRMSProp" if centered else "RMSProp"
        slots = {"ms": "rms", "mom": "momentum", **({"mg": "mg"} if centered else {})}
        self._slot_inputs = slots  # type: ignore[misc]

    def _create_slots(self, var_list: list[Any]) -> None:
        for var in var_list:
            dtype = var.dtype.base_dtype
            if var.shape.is_fully_defined():
                first: Any = Ones(dtype=dtype)
            else:
                first = _ones_as(var)
            self._get_or_make_slot_with_initializer(var, first, var.shape, dtype, "rms", self._name)
            if self._centered:
                self._zeros_slot(var, "mg", self._name)
            self._zeros_slot(var, "momentum", self._name)

    def _prepare(self) -> None:
        self._learning_rate_tensor = self._as_tensor(self._learning_rate, "learning_rate")
        self._decay_tensor = self._as_tensor(self._decay, "decay")
        self._momentum_tensor = self._as_tensor(self._momentum, "momentum")
        self._epsilon_tensor = self._as_tensor(self._epsilon, "epsilon")

    def _parameters(self, var: Any) -> dict[str, Any]:
        return {
            "lr": like(self._learning_rate_tensor, var),
            "rho": like(self._decay_tensor, var),
            "momentum": like(self._momentum_tensor, var),
            "epsilon": like(self._epsilon_tensor, var),
        }


def _ones_as(var: Any) -> Any:
    """An initializer for variables whose shape is known only when they have a value."""
    from ...families.elementwise.like import ones_like

    return lambda: ones_like(var)
