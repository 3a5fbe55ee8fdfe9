"""Relatives of Adam: its sparse form that leaves other rows alone, with Nesterov's momentum, with the largest gradient.

Formulas: of `contrib/opt` of TensorFlow 1.15, and the papers it names.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from ....building.basic_ops import group
from ....building.default_graph import control_dependencies
from ....families.elementwise.arithmetic import abs as absolute
from ....families.elementwise.exponential import sqrt
from ....families.elementwise.rounding import maximum
from ....families.indexing.gathering import gather
from ....families.state.assignments import assign, assign_sub
from ....families.state.updates.scatter_ops import scatter_sub, scatter_update
from ...training.adam import AdamOptimizer


class LazyAdamOptimizer(AdamOptimizer):
    """Adam whose sparse updates touch no rows but those that have a gradient, means included.

    Args: as of `AdamOptimizer`.
    """

    def _apply_sparse_shared(self, grad: Any, var: Any, indices: Any, scatter_add: Callable[..., Any]) -> Any:
        given = self._parameters(var)
        lr = given["lr"] * sqrt(1 - given["beta2_power"]) / (1 - given["beta1_power"])
        m, v = self.get_slot(var, "m"), self.get_slot(var, "v")
        m_rows = given["beta1"] * gather(m, indices) + (1 - given["beta1"]) * grad
        v_rows = given["beta2"] * gather(v, indices) + (1 - given["beta2"]) * grad * grad
        step = lr * m_rows / (sqrt(v_rows) + given["epsilon"])
        kept = [scatter_update(m, indices, m_rows), scatter_update(v, indices, v_rows)]
        return group(scatter_sub(var, indices, step, use_locking=self._use_locking), *kept)


class NadamOptimizer(AdamOptimizer):
    """Adam that takes the gradient as if it were where the momentum leads (Dozat, 2015).

    Args: as of `AdamOptimizer`.
    """

    def _update_attrs(self) -> dict[str, Any]:
        return {"use_nesterov": True}

    def _apply_sparse_shared(self, grad: Any, var: Any, indices: Any, scatter_add: Callable[..., Any]) -> Any:
        given = self._parameters(var)
        lr = given["lr"] * sqrt(1 - given["beta2_power"]) / (1 - given["beta1_power"])
        m, v = self.get_slot(var, "m"), self.get_slot(var, "v")
        scaled = grad * (1 - given["beta1"])
        m_t = assign(m, m * given["beta1"], use_locking=self._use_locking)
        with control_dependencies([m_t]):
            m_t = scatter_add(m, indices, scaled)
            m_bar = scaled + given["beta1"] * gather(m_t, indices)
        v_t = assign(v, v * given["beta2"], use_locking=self._use_locking)
        with control_dependencies([v_t]):
            v_t = scatter_add(v, indices, (grad * grad) * (1 - given["beta2"]))
        root = sqrt(gather(v_t, indices))
        update = scatter_sub(var, indices, lr * m_bar / (root + given["epsilon"]), use_locking=self._use_locking)
        return group(update, m_bar, v_t)


class AdaMaxOptimizer(AdamOptimizer):
    """Adam that divides by the largest gradient, which decays, in place of the root of the mean square.

    Args:
      learning_rate, beta1, beta2, epsilon, use_locking, name: as of `AdamOptimizer`.
    """

    def __init__(
        self, learning_rate: Any = 0.001, beta1: Any = 0.9, beta2: Any = 0.999, epsilon: Any = 1e-8,
        use_locking: bool = False, name: str = "AdaMax",
    ) -> None:  # fmt: skip
        super().__init__(learning_rate, beta1, beta2, epsilon, use_locking, name)

    def _apply_dense(self, grad: Any, var: Any) -> Any:
        given = self._parameters(var)
        m, v = self.get_slot(var, "m"), self.get_slot(var, "v")
        m_t = assign(m, given["beta1"] * m + (1 - given["beta1"]) * grad, use_locking=self._use_locking)
        v_t = assign(v, maximum(given["beta2"] * v, absolute(grad)), use_locking=self._use_locking)
        step = given["lr"] / (1 - given["beta1_power"]) * m_t / (v_t + given["epsilon"])
        return group(assign_sub(var, step, use_locking=self._use_locking), m_t, v_t)

    def _resource_apply_dense(self, grad: Any, handle: Any) -> Any:
        return self._apply_dense(grad, handle)

    def _apply_sparse_shared(self, grad: Any, var: Any, indices: Any, scatter_add: Callable[..., Any]) -> Any:
        given = self._parameters(var)
        m, v = self.get_slot(var, "m"), self.get_slot(var, "v")
        m_rows = given["beta1"] * gather(m, indices) + (1 - given["beta1"]) * grad
        v_rows = maximum(given["beta2"] * gather(v, indices), absolute(grad))
        step = given["lr"] / (1 - given["beta1_power"]) * m_rows / (v_rows + given["epsilon"])
        kept = [scatter_update(m, indices, m_rows), scatter_update(v, indices, v_rows)]
        return group(scatter_sub(var, indices, step, use_locking=self._use_locking), *kept)
