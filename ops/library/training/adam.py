"""Adam: moving means of the gradient and of its squares."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, ClassVar

from ...building.basic_ops import group
from ...building.build import build_operation
from ...building.default_graph import colocate_with, control_dependencies, get_default_graph
from ...definition.registry import lookup
from ...families.elementwise.exponential import sqrt
from ...families.state.assignments import assign, assign_sub
from ...families.state.updates.scatter_ops import scatter_add
from .formula_updates import like
from .optimizer import Optimizer


class AdamOptimizer(Optimizer):
    """The mean of the gradient over the root of the mean of its squares, both freed of the bias of their start.

    Args:
      learning_rate: a float, a tensor, or a function that returns one.
      beta1, beta2: how slowly the mean of the gradient, and that of its squares, decay.
      epsilon: keeps the root from zero ("epsilon hat" of the paper).
      use_locking: kept in the graph; updates never overlap here.
      name: a name for what is built, and the slots'.
    Source: Kingma, Ba (2014).
    """

    _update = "Adam"
    _slot_inputs: ClassVar[dict[str, str]] = {"m": "m", "v": "v"}

    def __init__(
        self,
        learning_rate: Any = 0.001,
        beta1: Any = 0.9,
        beta2: Any = 0.999,
        epsilon: Any = 1e-8,
        use_locking: bool = False,
        name: str = "Adam",
    ) -> None:
        super().__init__(use_locking, name)
        self._lr = learning_rate
        self._beta1 = beta1
        self._beta2 = beta2
        self._epsilon = epsilon
        self._lr_t: Any = None
        self._beta1_t: Any = None
        self._beta2_t: Any = None
        self._epsilon_t: Any = None

    def _get_beta_accumulators(self) -> tuple[Any, Any]:
        graph = get_default_graph()
        return (
            self._get_non_slot_variable("beta1_power", graph),
            self._get_non_slot_variable("beta2_power", graph),
        )

    def _create_slots(self, var_list: list[Any]) -> None:
        first = min(var_list, key=lambda var: var.name)
        self._create_non_slot_variable(self._call_if_callable(self._beta1), "beta1_power", first)
        self._create_non_slot_variable(self._call_if_callable(self._beta2), "beta2_power", first)
        for var in var_list:
            self._zeros_slot(var, "m", self._name)
            self._zeros_slot(var, "v", self._name)

    def _prepare(self) -> None:
        self._lr_t = self._as_tensor(self._lr, "learning_rate")
        self._beta1_t = self._as_tensor(self._beta1, "beta1")
        self._beta2_t = self._as_tensor(self._beta2, "beta2")
        self._epsilon_t = self._as_tensor(self._epsilon, "epsilon")

    def _parameters(self, var: Any) -> dict[str, Any]:
        beta1_power, beta2_power = (_power_like(power, var) for power in self._get_beta_accumulators())
        return {
            "beta1_power": beta1_power,
            "beta2_power": beta2_power,
            "lr": like(self._lr_t, var),
            "beta1": like(self._beta1_t, var),
            "beta2": like(self._beta2_t, var),
            "epsilon": like(self._epsilon_t, var),
        }

    def _apply_sparse_shared(self, grad: Any, var: Any, indices: Any, scatter_add: Callable[..., Any]) -> Any:
        """The whole means decay; rows that have no gradient move on with theirs."""
        given = self._parameters(var)
        lr = given["lr"] * sqrt(1 - given["beta2_power"]) / (1 - given["beta1_power"])
        m, v = self.get_slot(var, "m"), self.get_slot(var, "v")
        scaled = grad * (1 - given["beta1"])
        m_t = assign(m, m * given["beta1"], use_locking=self._use_locking)
        with control_dependencies([m_t]):
            m_t = scatter_add(m, indices, scaled)
        scaled = (grad * grad) * (1 - given["beta2"])
        v_t = assign(v, v * given["beta2"], use_locking=self._use_locking)
        with control_dependencies([v_t]):
            v_t = scatter_add(v, indices, scaled)
        root = sqrt(v_t)
        update = assign_sub(var, lr * m_t / (root + given["epsilon"]), use_locking=self._use_locking)
        return group(update, m_t, v_t)

    def _apply_sparse(self, grad: Any, var: Any) -> Any:
        return self._apply_sparse_shared(
            grad.values,
            var,
            grad.indices,
            lambda slot, rows, change: scatter_add(slot, rows, change, use_locking=self._use_locking),
        )

    def _resource_scatter_add(self, x: Any, i: Any, v: Any) -> Any:
        added = build_operation(lookup("ResourceScatterAdd"), x.handle, i, v, dtype=x.dtype)
        with control_dependencies([added]):
            return x.value()

    def _resource_apply_sparse(self, grad: Any, handle: Any, indices: Any) -> Any:
        return self._apply_sparse_shared(grad, handle, indices, self._resource_scatter_add)

    def _finish(self, update_ops: list[Any], name_scope: str) -> Any:
        with control_dependencies(update_ops):
            powers = self._get_beta_accumulators()
            with colocate_with(powers[0]):
                decayed = [
                    power.assign(power * beta, use_locking=self._use_locking)
                    for power, beta in zip(powers, (self._beta1_t, self._beta2_t))
                ]
        return group(*update_ops, *decayed, name=name_scope)


def _power_like(power: Any, var: Any) -> Any:
    """A power in a variable's type; of that type it stays the variable, read by what takes it."""
    return power if power.dtype.base_dtype is var.dtype.base_dtype else like(power, var)
