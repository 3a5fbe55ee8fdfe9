"""Optimizers whose weights decay beside the gradient's step and not within it (Loshchilov, Hutter, 2017)."""

from __future__ import annotations

from typing import Any

from ....building.basic_ops import no_op
from ....building.default_graph import control_dependencies
from ....families.indexing.gathering import gather
from ....families.state.updates.scatter_ops import scatter_sub
from ...training.adam import AdamOptimizer
from ...training.gradient_descent import MomentumOptimizer


class DecoupledWeightDecayExtension:
    """What is mixed into an optimizer, before it among the bases.

    Args:
      weight_decay: the share of a weight that goes in each step; a number, a tensor, or a function.
      Others: of the optimizer.
    """

    def __init__(self, weight_decay: Any, *args: Any, **kwargs: Any) -> None:
        self._decay_var_list: Any = None
        self._weight_decay = weight_decay
        super().__init__(*args, **kwargs)

    def minimize(self, loss: Any, *args: Any, **kwargs: Any) -> Any:
        """As of the optimizer; `decay_var_list` has the variables that decay, by default all."""
        self._decay_var_list = _listed(kwargs.pop("decay_var_list", None))
        return super().minimize(loss, *args, **kwargs)  # type: ignore[misc]

    def apply_gradients(
        self, grads_and_vars: Any, global_step: Any = None, name: str | None = None, decay_var_list: Any = None
    ) -> Any:
        """As of the optimizer; `decay_var_list` has the variables that decay, by default all."""
        if decay_var_list is not None:
            self._decay_var_list = _listed(decay_var_list)
        return super().apply_gradients(grads_and_vars, global_step=global_step, name=name)  # type: ignore[misc]

    def _decay(self, var: Any) -> Any:
        rate = self._weight_decay() if callable(self._weight_decay) else self._weight_decay
        return rate * var

    def _decays(self, var: Any) -> bool:
        return self._decay_var_list is None or any(var is each for each in self._decay_var_list)

    def _decayed(self, var: Any) -> Any:
        return var.assign_sub(self._decay(var)) if self._decays(var) else no_op()

    def _decayed_rows(self, var: Any, indices: Any) -> Any:
        return scatter_sub(var, indices, self._decay(gather(var, indices))) if self._decays(var) else no_op()

    def _apply_dense(self, grad: Any, var: Any) -> Any:
        with control_dependencies([self._decayed(var)]):
            return super()._apply_dense(grad, var)  # type: ignore[misc]

    def _resource_apply_dense(self, grad: Any, var: Any) -> Any:
        with control_dependencies([self._decayed(var)]):
            return super()._resource_apply_dense(grad, var)  # type: ignore[misc]

    def _apply_sparse(self, grad: Any, var: Any) -> Any:
        with control_dependencies([self._decayed_rows(var, grad.indices)]):
            return super()._apply_sparse(grad, var)  # type: ignore[misc]

    def _resource_apply_sparse(self, grad: Any, var: Any, indices: Any) -> Any:
        with control_dependencies([self._decayed_rows(var, indices)]):
            return super()._resource_apply_sparse(grad, var, indices)  # type: ignore[misc]


def _listed(variables: Any) -> list[Any] | None:
    return None if variables is None else list(variables)


def extend_with_decoupled_weight_decay(base_optimizer: Any) -> Any:
    """Return a class: the optimizer with weights that decay, `weight_decay` its first argument."""

    class OptimizerWithDecoupledWeightDecay(DecoupledWeightDecayExtension, base_optimizer):  # type: ignore[misc]
        """The optimizer, whose weights decay."""

    return OptimizerWithDecoupledWeightDecay


class AdamWOptimizer(DecoupledWeightDecayExtension, AdamOptimizer):
    """Adam with weights that decay.

    Args:
      weight_decay: the share of a weight that goes in each step.
      Others: of `AdamOptimizer`.
    """

    def __init__(
        self, weight_decay: Any, learning_rate: Any = 0.001, beta1: Any = 0.9, beta2: Any = 0.999,
        epsilon: Any = 1e-8, use_locking: bool = False, name: str = "AdamW",
    ) -> None:  # fmt: skip
        super().__init__(weight_decay, learning_rate, beta1, beta2, epsilon, use_locking, name)


class MomentumWOptimizer(DecoupledWeightDecayExtension, MomentumOptimizer):
    """Momentum with weights that decay.

    Args:
      weight_decay: the share of a weight that goes in each step.
      Others: of `MomentumOptimizer`.
    """

    def __init__(
        self, weight_decay: Any, learning_rate: Any, momentum: Any, use_locking: bool = False,
        name: str = "MomentumW", use_nesterov: bool = False,
    ) -> None:  # fmt: skip
        super().__init__(weight_decay, learning_rate, momentum, use_locking, name, use_nesterov)
