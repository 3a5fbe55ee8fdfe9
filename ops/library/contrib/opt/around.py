"""Optimizers around others, and of other means: moving averages, clipped variables, rates by layer."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, ClassVar

from ....building.basic_ops import group, no_op
from ....building.default_graph import colocate_with, control_dependencies, name_scope
from ....families.control_flow.cond import cond
from ....families.elementwise.cast import cast
from ....families.elementwise.exponential import sqrt
from ....families.indexing.gathering import gather
from ....families.indexing.positions import where
from ....families.linalg.clip_norms import clip_by_global_norm, clip_by_norm
from ....families.reductions.reductions import count_nonzero, reduce_sum
from ....families.sparse.indexed_slices import IndexedSlices
from ....families.state.assignments import assign
from ....families.state.updates.scatter_ops import scatter_update
from ....families.state.variable_lists import global_variables
from ...checkpoint.saver import Saver
from ...training.adagrad import AdagradOptimizer
from ...training.adam import AdamOptimizer
from ...training.formula_updates import like
from ...training.moving_averages import ExponentialMovingAverage
from ...training.optimizer import Optimizer
from .adams import LazyAdamOptimizer


class MovingAverageOptimizer(Optimizer):
    """An optimizer beside which the moving averages of variables are kept.

    Args:
      opt: the optimizer.
      average_decay: how slowly averages move.
      num_updates: a count, by which early averages move faster.
      sequential_update: whether averages are of variables after the step.
    """

    def __init__(
        self, opt: Any, average_decay: float = 0.9999, num_updates: Any = None, sequential_update: bool = True
    ) -> None:
        super().__init__(False, "MovingAverage")
        self._optimizer, self._sequential_update = opt, sequential_update
        self._ema = ExponentialMovingAverage(average_decay, num_updates=num_updates)
        self._swapped: dict[str, Any] = {}

    def compute_gradients(self, *args: Any, **kwargs: Any) -> Any:
        """As of the optimizer."""
        return self._optimizer.compute_gradients(*args, **kwargs)

    def apply_gradients(self, grads_and_vars: Any, global_step: Any = None, name: str | None = None) -> Any:
        """As of the optimizer; then the averages move."""
        pairs = list(grads_and_vars)
        train_op = self._optimizer.apply_gradients(pairs, global_step=global_step, name=name)
        variables = [variable for gradient, variable in pairs if gradient is not None]
        with control_dependencies([train_op] if self._sequential_update else []):
            moved = self._ema.apply(variables)
        for variable in variables:
            average = self._ema.average(variable)
            self._swapped[variable.op.name], self._swapped[average.op.name] = average, variable
        return group(train_op, moved, name="train_with_avg")

    def swapping_saver(self, var_list: Any = None, name: str = "swapping_saver", **kwargs: Any) -> Saver:
        """Return a Saver in whose files averages have the names of their variables, and the other way round.

        Args:
          var_list: a list of variables, or by name; default: all.
          name, kwargs: of `tf.train.Saver`.
        Raises: RuntimeError before `apply_gradients`.
        """
        if not self._swapped:
            raise RuntimeError("Must call apply_gradients or minimize before creating the swapping_saver")
        if not isinstance(var_list, dict):
            var_list = {each.op.name: each for each in (global_variables() if var_list is None else var_list)}
        swapped = {key: self._swapped.get(each.op.name, each) for key, each in var_list.items()}
        return Saver(swapped, name=name, **kwargs)


class VariableClippingOptimizer(Optimizer):
    """An optimizer behind whose steps variables are clipped.

    Args:
      opt: the optimizer.
      vars_to_clip_dims: from a variable to the axes its norms are along.
      max_norm: the largest norm.
      use_locking, colocate_clip_ops_with_vars: accepted. name: of what is built.
    """

    def __init__(
        self, opt: Any, vars_to_clip_dims: Any, max_norm: Any, use_locking: bool = False,
        colocate_clip_ops_with_vars: bool = False, name: str = "VariableClipping",
    ) -> None:  # fmt: skip
        super().__init__(use_locking, name)
        self._opt, self._max_norm = opt, max_norm
        self._dims = [(variable, list(axes)) for variable, axes in vars_to_clip_dims.items()]

    def compute_gradients(self, *args: Any, **kwargs: Any) -> Any:
        """As of the optimizer."""
        return self._opt.compute_gradients(*args, **kwargs)

    def get_slot(self, *args: Any, **kwargs: Any) -> Any:
        """As of the optimizer."""
        return self._opt.get_slot(*args, **kwargs)

    def get_slot_names(self, *args: Any, **kwargs: Any) -> Any:
        """As of the optimizer."""
        return self._opt.get_slot_names(*args, **kwargs)

    def apply_gradients(self, grads_and_vars: Any, global_step: Any = None, name: str | None = None) -> Any:
        """As of the optimizer; then variables are clipped, of those with sparse gradients the rows that changed."""
        pairs = list(grads_and_vars)
        with name_scope(name, self._name) as scope:
            update = self._opt.apply_gradients(pairs, global_step=global_step)
            clipped = []
            with control_dependencies([update]):
                for gradient, variable in pairs:
                    axes = next((axes for each, axes in self._dims if each is variable), None)
                    if gradient is not None and axes:
                        with name_scope("clip_" + variable.op.name), colocate_with(variable):
                            clipped.append(self._clipped(gradient, variable, axes))
            return group(*(clipped or [update]), name=scope)

    def _clipped(self, gradient: Any, variable: Any, axes: list[int]) -> Any:
        if not isinstance(gradient, IndexedSlices):
            return assign(variable, clip_by_norm(variable, self._max_norm, axes), use_locking=self._use_locking)
        if 0 in axes:
            raise ValueError("Cannot clip a variable with sparse gradients along its first axis: rows are apart.")
        rows = clip_by_norm(gather(variable, gradient.indices), self._max_norm, axes)
        return scatter_update(variable, gradient.indices, rows, use_locking=self._use_locking)


class LARSOptimizer(Optimizer):
    """Momentum whose rate is each variable's own: by its norm and its gradient's (You et al., 2017).

    Args:
      learning_rate, momentum, use_nesterov: as of `MomentumOptimizer`.
      weight_decay: the share of the weights that is added to their gradients.
      eeta: the factor of the rates. epsilon: keeps the quotient from zero.
      name: of what is built.
      skip_list: parts of names of variables that have the common rate.
    """

    _update = "Momentum"
    _slot_inputs: ClassVar[dict[str, str]] = {"accum": "momentum"}

    def __init__(
        self, learning_rate: Any, momentum: Any = 0.9, weight_decay: float = 0.0001, eeta: float = 0.001,
        epsilon: float = 0.0, name: str = "LARSOptimizer", skip_list: Any = None, use_nesterov: bool = False,
    ) -> None:  # fmt: skip
        if momentum < 0.0:
            raise ValueError(f"momentum should be positive: {momentum}")
        if weight_decay < 0.0:
            raise ValueError(f"weight_decay should be positive: {weight_decay}")
        super().__init__(False, name)
        self._learning_rate, self._momentum, self._weight_decay = learning_rate, momentum, weight_decay
        self._eeta, self._epsilon, self._skip_list = eeta, epsilon, skip_list
        self._use_nesterov = use_nesterov

    def _create_slots(self, var_list: list[Any]) -> None:
        for var in var_list:
            self._zeros_slot(var, "momentum", self._name)

    def _prepare(self) -> None:
        self._lr_t = self._as_tensor(self._learning_rate, "learning_rate")
        self._momentum_t = self._as_tensor(self._momentum, "momentum")

    def compute_lr(self, grad: Any, var: Any) -> tuple[Any, Any]:
        """Return a variable's rate, and its gradient with the weights' share."""
        rate = like(self._lr_t, var)
        if self._skip_list is not None and any(part in var.name for part in self._skip_list):
            return rate, grad
        weights, slope = sqrt(reduce_sum(var * var)), sqrt(reduce_sum(grad * grad))
        quotient = self._eeta * weights / (slope + self._weight_decay * weights + self._epsilon)
        one = 0.0 * weights + 1.0
        trust = where(weights > 0.0, where(slope > 0.0, quotient, one), one)
        return rate * trust, grad + self._weight_decay * var

    def _parameters(self, var: Any) -> dict[str, Any]:
        return {"lr": like(1.0, var), "momentum": like(self._momentum_t, var)}

    def _update_attrs(self) -> dict[str, Any]:
        return {"use_nesterov": self._use_nesterov}

    def _scaled(self, grad: Any, var: Any) -> Any:
        """A gradient by its rate, which momentum then gathers: rates of earlier steps stay as they were."""
        rate, grad = self.compute_lr(grad, var)
        return rate * grad

    def _apply_dense(self, grad: Any, var: Any) -> Any:
        return super()._apply_dense(self._scaled(grad, var), var)

    def _resource_apply_dense(self, grad: Any, handle: Any) -> Any:
        return super()._resource_apply_dense(self._scaled(grad, handle), handle)

    def _apply_sparse(self, grad: Any, var: Any) -> Any:
        scaled = IndexedSlices(grad.values * like(self._lr_t, var), grad.indices, grad.dense_shape)
        return super()._apply_sparse(scaled, var)

    def _resource_apply_sparse(self, grad: Any, handle: Any, indices: Any) -> Any:
        return super()._resource_apply_sparse(grad * like(self._lr_t, handle), handle, indices)


class RegAdagradOptimizer(AdagradOptimizer):
    """Adagrad that can leave its sums alone, for gradients of regularization (see `avoid_updating_slots`).

    Args: as of `AdagradOptimizer`.
    """

    def __init__(
        self, learning_rate: Any, initial_accumulator_value: float = 0.1, use_locking: bool = False,
        name: str = "RegAdagrad",
    ) -> None:  # fmt: skip
        super().__init__(learning_rate, initial_accumulator_value, use_locking, name)
        self._should_update_slots = True

    @contextmanager
    def avoid_updating_slots(self) -> Iterator[None]:
        """Within it, gradients that are applied are not added to the sums."""
        before, self._should_update_slots = self._should_update_slots, False
        try:
            yield
        finally:
            self._should_update_slots = before

    def _update_attrs(self) -> dict[str, Any]:
        return {"update_slots": self._should_update_slots}


class _StepPowers:
    """Powers of Adam's betas by the global step, in place of variables."""

    def __init__(
        self, global_step: Any = 0, learning_rate: Any = 0.001, beta1: Any = 0.9, beta2: Any = 0.999,
        epsilon: Any = 1e-8, use_locking: bool = False, name: str = "Adam",
    ) -> None:  # fmt: skip
        super().__init__(learning_rate, beta1, beta2, epsilon, use_locking, name)  # type: ignore[call-arg]
        self._global_step = global_step
        self._powers: Any = None

    def _create_slots(self, var_list: list[Any]) -> None:
        for var in var_list:
            self._zeros_slot(var, "m", self._name)  # type: ignore[attr-defined]
            self._zeros_slot(var, "v", self._name)  # type: ignore[attr-defined]

    def _prepare(self) -> None:
        super()._prepare()  # type: ignore[misc]
        betas = (self._beta1_t, self._beta2_t)  # type: ignore[attr-defined]
        self._powers = tuple(beta ** (cast(self._global_step, beta.dtype) + 1) for beta in betas)

    def _get_beta_accumulators(self) -> Any:
        return self._powers

    def _finish(self, update_ops: list[Any], name_scope: str) -> Any:
        return group(*update_ops, name=name_scope)


class AdamGSOptimizer(_StepPowers, AdamOptimizer):
    """Adam that knows how far it is by the global step.

    Args:
      global_step: the step.
      Others: of `AdamOptimizer`.
    """


class LazyAdamGSOptimizer(_StepPowers, LazyAdamOptimizer):
    """`LazyAdamOptimizer` that knows how far it is by the global step. Arguments as for `AdamGSOptimizer`."""


def MultitaskOptimizerWrapper(opt: Any) -> Any:
    """Return an optimizer that leaves variables and slots alone where a gradient is all zeros.

    Args:
      opt: the optimizer.
    Raises: TypeError for what is none.
    """
    if not isinstance(opt, Optimizer):
        raise TypeError(f"Supplied optimizer must be an instance of Optimizer, not {type(opt).__name__}")

    def conditional(method: Any) -> Any:
        def apply(grad: Any, *rest: Any) -> Any:
            values = grad.values if isinstance(grad, IndexedSlices) else grad
            return cond(count_nonzero(values) > 0, lambda: group(method(grad, *rest)), no_op)

        return apply

    for name in ("_apply_dense", "_resource_apply_dense", "_apply_sparse_duplicate_indices"):
        setattr(opt, name, conditional(getattr(opt, name)))
    name = "_resource_apply_sparse_duplicate_indices"
    setattr(opt, name, conditional(getattr(opt, name)))
    return opt


def clip_gradients_by_global_norm(gradients_variables: Any, clip_norm: Any = 20.0) -> list[Any]:
    """Return pairs of gradient and variable, the gradients scaled down to a common norm, and the norm before.

    Args:
      gradients_variables: pairs of gradient (or None) and variable.
      clip_norm: the largest norm.
    """
    gradients, variables = zip(*gradients_variables)
    clipped, norm = clip_by_global_norm(list(gradients), clip_norm)
    return [list(zip(clipped, variables)), norm]
