"""Optimizers that look whether gradient and momentum agree (Bello et al., 2017), and how that fades."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any, ClassVar

from ....building.basic_ops import group
from ....building.convert import convert_to_tensor
from ....building.default_graph import control_dependencies
from ....families.elementwise.arithmetic import sign
from ....families.elementwise.cast import cast
from ....families.elementwise.exponential import exp
from ....families.elementwise.rounding import maximum, minimum
from ....families.elementwise.trigonometry import cos
from ....families.indexing.gathering import gather
from ....families.indexing.positions import where
from ....families.state.assignments import assign
from ....families.state.updates.scatter_ops import scatter_sub
from ....types import dtypes
from ...training.formula_updates import like
from ...training.optimizer import Optimizer


class _Agreeing(Optimizer):
    """What both have: a mean of gradients, and a factor by the step."""

    _slot_inputs: ClassVar[dict[str, str]] = {"m": "m"}

    def __init__(self, learning_rate: Any, beta: Any, sign_decay_fn: Any, use_locking: bool, name: str) -> None:
        super().__init__(use_locking, name)
        self._lr, self._beta, self._sign_decay_fn = learning_rate, beta, sign_decay_fn
        self._lr_t: Any = None
        self._beta_t: Any = None
        self._sign_decay_t: Any = None

    def apply_gradients(self, grads_and_vars: Any, global_step: Any = None, name: str | None = None) -> Any:
        """As of any optimizer. Raises: ValueError for a `sign_decay_fn` without a step."""
        if self._sign_decay_fn is not None and global_step is None:
            raise ValueError("sign_decay_fn needs the global_step of minimize or apply_gradients.")
        decay = 1.0 if self._sign_decay_fn is None else self._sign_decay_fn(global_step)
        self._sign_decay_t = convert_to_tensor(decay, name="sign_decay")
        return super().apply_gradients(grads_and_vars, global_step=global_step, name=name)

    def _create_slots(self, var_list: list[Any]) -> None:
        for var in var_list:
            self._zeros_slot(var, "m", self._name)

    def _prepare(self) -> None:
        self._lr_t = self._as_tensor(self._lr, "learning_rate")
        self._beta_t = self._as_tensor(self._beta, "beta")

    def _common(self, var: Any) -> dict[str, Any]:
        return {
            "lr": like(self._lr_t, var),
            "beta": like(self._beta_t, var),
            "sign_decay": like(self._sign_decay_t, var),
        }

    def _scale(self, agreement: Any, var: Any) -> Any:
        raise NotImplementedError

    def _sparse(self, grad: Any, var: Any, indices: Any) -> Any:
        """Rows that have no gradient stay, their means only fade."""
        given = self._common(var)
        m = self.get_slot(var, "m")
        faded = assign(m, m * given["beta"], use_locking=self._use_locking)
        with control_dependencies([faded]):
            m_rows = gather(m, indices) + (1 - given["beta"]) * grad
            kept = scatter_sub(m, indices, gather(m, indices) - m_rows)
        step = given["lr"] * grad * self._scale(given["sign_decay"] * sign(grad) * sign(m_rows), var)
        return group(scatter_sub(var, indices, step, use_locking=self._use_locking), kept)

    def _apply_sparse(self, grad: Any, var: Any) -> Any:
        return self._sparse(grad.values, var, grad.indices)

    def _resource_apply_sparse(self, grad: Any, handle: Any, indices: Any) -> Any:
        return self._sparse(grad, handle, indices)


class AddSignOptimizer(_Agreeing):
    """Steps of `alpha + sign_decay * sign(gradient) * sign(mean)` times the gradient.

    Args:
      learning_rate: of a step.
      alpha: what is added to the agreement.
      beta: how slowly the mean of gradients moves.
      sign_decay_fn: a function of the global step, such as `get_linear_decay_fn` gives; None for 1.
      use_locking, name: as of any optimizer.
    """

    _update = "AddSign"

    def __init__(
        self, learning_rate: Any = 0.1, alpha: Any = 1.0, beta: Any = 0.9, sign_decay_fn: Any = None,
        use_locking: bool = False, name: str = "AddSignOptimizer",
    ) -> None:  # fmt: skip
        super().__init__(learning_rate, beta, sign_decay_fn, use_locking, name)
        self._alpha = alpha
        self._alpha_t: Any = None

    def _prepare(self) -> None:
        super()._prepare()
        self._alpha_t = self._as_tensor(self._alpha, "alpha")

    def _parameters(self, var: Any) -> dict[str, Any]:
        return {**self._common(var), "alpha": like(self._alpha_t, var)}

    def _scale(self, agreement: Any, var: Any) -> Any:
        return like(self._alpha_t, var) + agreement


class PowerSignOptimizer(_Agreeing):
    """Steps of `base ** (sign_decay * sign(gradient) * sign(mean))` times the gradient.

    Args:
      learning_rate: of a step.
      base: of the power.
      beta: how slowly the mean of gradients moves.
      sign_decay_fn: a function of the global step, such as `get_linear_decay_fn` gives; None for 1.
      use_locking, name: as of any optimizer.
    """

    _update = "PowerSign"

    def __init__(
        self, learning_rate: Any = 0.1, base: float = math.e, beta: Any = 0.9, sign_decay_fn: Any = None,
        use_locking: bool = False, name: str = "PowerSignOptimizer",
    ) -> None:  # fmt: skip
        super().__init__(learning_rate, beta, sign_decay_fn, use_locking, name)
        self._logbase = math.log(base)
        self._logbase_t: Any = None

    def _prepare(self) -> None:
        super()._prepare()
        self._logbase_t = self._as_tensor(self._logbase, "logbase")

    def _parameters(self, var: Any) -> dict[str, Any]:
        return {**self._common(var), "logbase": like(self._logbase_t, var)}

    def _scale(self, agreement: Any, var: Any) -> Any:
        return exp(like(self._logbase_t, var) * agreement)


def get_linear_decay_fn(decay_steps: int) -> Callable[[Any], Any]:
    """Return a function of the step that goes from 1 to 0 in `decay_steps`, on a line."""
    steps = float(_positive(decay_steps))
    return lambda global_step: maximum(steps - _number(global_step), 0.0) / steps


def get_cosine_decay_fn(
    decay_steps: int, num_periods: float = 0.5, zero_after: float | None = None
) -> Callable[[Any], Any]:
    """Return a function of the step that goes from 1 along a cosine.

    Args:
      decay_steps: how many steps.
      num_periods: how many periods they are.
      zero_after: the period behind which it is 0; None for never.
    """
    return _curve(decay_steps, lambda share: 2.0 * num_periods * share, zero_after and 2.0 * zero_after)


def get_restart_decay_fn(
    decay_steps: int, num_periods: int = 1, zero_after: float | None = None
) -> Callable[[Any], Any]:
    """Return a function of the step that goes from 1 to 0 along half a cosine, again and again.

    Args:
      decay_steps: how many steps.
      num_periods: how many times within them.
      zero_after: the time behind which it is 0; None for never.
    """
    return _curve(decay_steps, lambda share: (num_periods * share) % 1.0, zero_after, num_periods)


def _curve(
    decay_steps: int, angle: Callable[[Any], Any], zero_after: float | None, periods: float | None = None
) -> Callable[[Any], Any]:
    steps = float(_positive(decay_steps))

    def value(global_step: Any) -> Any:
        share = minimum(_number(global_step), steps) / steps
        found = 0.5 * (1.0 + cos(math.pi * angle(share)))
        if zero_after is None:
            return found
        reached = share * periods if periods is not None else angle(share)
        return where(reached > zero_after, 0.0 * found, found)

    return value


def _number(global_step: Any) -> Any:
    if global_step is None:
        raise ValueError("global_step is required for the decay of signs")
    return cast(global_step, dtypes.float32)


def _positive(decay_steps: int) -> int:
    if decay_steps <= 0:
        raise ValueError(f"decay_steps must be positive, not {decay_steps}")
    return decay_steps
