"""`optimize_loss`: a training step in one call."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any, Final

from ....building.basic_ops import identity
from ....building.constant import constant
from ....building.convert import convert_to_tensor
from ....building.default_graph import control_dependencies, get_collection
from ....families.linalg.clip_norms import clip_by_global_norm, global_norm
from ....families.random.initializers import constant_initializer
from ....families.random.sampling import truncated_normal
from ....families.sparse.indexed_slices import IndexedSlices
from ....families.state.variable_lists import trainable_variables
from ....families.state.variable_scope import get_variable, variable_scope
from ....graph.graph_keys import GraphKeys
from ....graph.node import Tensor
from ...training.adagrad import AdagradOptimizer
from ...training.adam import AdamOptimizer
from ...training.adaptive import RMSPropOptimizer
from ...training.ftrl import FtrlOptimizer
from ...training.gradient_descent import GradientDescentOptimizer, MomentumOptimizer
from ...training.optimizer import Optimizer
from ..framework.variables import assert_or_get_global_step

OPTIMIZER_CLS_NAMES: Final[dict[str, Callable[..., Any]]] = {
    "Adagrad": AdagradOptimizer,
    "Adam": AdamOptimizer,
    "Ftrl": FtrlOptimizer,
    "Momentum": lambda learning_rate: MomentumOptimizer(learning_rate, momentum=0.9),
    "RMSProp": RMSPropOptimizer,
    "SGD": GradientDescentOptimizer,
}
OPTIMIZER_SUMMARIES: Final = ["learning_rate", "loss", "gradients", "gradient_norm", "global_gradient_norm"]
_BY_DEFAULT: Final = ["learning_rate", "loss", "global_gradient_norm"]


def optimize_loss(
    loss: Any,
    global_step: Any,
    learning_rate: Any,
    optimizer: Any,
    gradient_noise_scale: Any = None,
    gradient_multipliers: Any = None,
    clip_gradients: Any = None,
    learning_rate_decay_fn: Any = None,
    update_ops: Any = None,
    variables: Any = None,
    name: str | None = None,
    summaries: Any = None,
    colocate_gradients_with_ops: bool = False,
    increment_global_step: bool = True,
) -> Any:
    """Return a tensor of the loss; computing it runs a training step first.

    Args:
      loss: a scalar.
      global_step: the variable that counts steps; None for the graph's, if there is one.
      learning_rate: a number or a scalar tensor; None if the optimizer has its own.
      optimizer: a name ("SGD", "Adam", "Adagrad", "Momentum", "RMSProp", "Ftrl"), a class of optimizers, a function of
        the learning rate, or an optimizer.
      gradient_noise_scale: the standard deviation of noise added to gradients.
      gradient_multipliers: factors of gradients by variable or its name.
      clip_gradients: a bound of their global norm; or a function of the list of gradients and variables.
      learning_rate_decay_fn: a function of the learning rate and the global step.
      update_ops: what runs before; default: the collection UPDATE_OPS.
      variables: those to train; default: all trainable ones.
      name: of the scope.
      summaries: which of `OPTIMIZER_SUMMARIES` to write.
      colocate_gradients_with_ops, increment_global_step: as of `Optimizer`.
    Raises: ValueError for arguments that do not fit together, an unknown name, or a loss that no variable changes.
    """
    loss = convert_to_tensor(loss)
    if loss.shape.ndims not in (0, None):
        raise ValueError(f"loss must be a scalar, but has shape {loss.shape}")
    global_step = assert_or_get_global_step(global_step_tensor=global_step)
    with variable_scope(name, "OptimizeLoss", [loss, global_step]):
        loss = _after(loss, get_collection(GraphKeys.UPDATE_OPS) if update_ops is None else update_ops)
        wanted = _BY_DEFAULT if summaries is None else _checked(summaries)
        rate = _decayed(_learning_rate(learning_rate), learning_rate_decay_fn, global_step, "learning_rate" in wanted)
        chosen = _optimizer(optimizer, rate)
        pairs = chosen.compute_gradients(
            loss, trainable_variables() if variables is None else variables,
            colocate_gradients_with_ops=colocate_gradients_with_ops,
        )  # fmt: skip
        pairs = _changed(pairs, gradient_noise_scale, gradient_multipliers, clip_gradients, wanted)
        if "loss" in wanted:
            _scalar("loss", loss)
        if clip_gradients is not None and {"global_gradient_norm", "gradient_norm"} & set(wanted):
            _scalar("global_norm/clipped_gradient_norm", global_norm([g for g, _ in pairs]))
        step = global_step if increment_global_step else None
        training = chosen.apply_gradients(pairs, global_step=step, name="train")
        with control_dependencies([training]):
            return identity(loss, name="control_dependency")


def _decayed(rate: Any, decay: Any, global_step: Any, is_summarized: bool) -> Any:
    """The learning rate at this step. Raises: ValueError if it decays and nothing counts steps."""
    if rate is None or decay is None:
        return rate
    if global_step is None:
        raise ValueError("global_step is required for learning_rate_decay_fn.")
    rate = decay(rate, global_step)
    if is_summarized:
        _scalar("learning_rate", rate)
    return rate


def _after(loss: Any, updates: Iterable[Any]) -> Any:
    """The loss, computed after the updates."""
    first = list(set(updates))
    if not first:
        return loss
    with control_dependencies(first):
        return identity(loss)


def _checked(summaries: Iterable[str]) -> list[str]:
    names = list(summaries)
    for each in names:
        if each not in OPTIMIZER_SUMMARIES:
            raise ValueError(f"Summaries should be one of [{', '.join(OPTIMIZER_SUMMARIES)}], you provided {each}.")
    return names


def _learning_rate(given: Any) -> Any:
    """A number becomes a variable, which a user may change; a scalar tensor stays. Raises: ValueError."""
    if given is None:
        return None
    if isinstance(given, Tensor):
        if given.shape.ndims == 0:
            return given
    elif isinstance(given, float):
        if given < 0.0:
            raise ValueError(f"Invalid learning_rate {given}.")
        return get_variable("learning_rate", [], trainable=False, initializer=constant_initializer(given))
    raise ValueError(f"Learning rate should be 0d Tensor or float. Got {given} of type {type(given)}")


def _optimizer(given: Any, rate: Any) -> Any:
    if isinstance(given, str):
        if rate is None:
            raise ValueError(f"Learning rate is None, but should be specified if optimizer is string ({given}).")
        if given not in OPTIMIZER_CLS_NAMES:
            raise ValueError(
                f"Optimizer name should be one of [{', '.join(OPTIMIZER_CLS_NAMES)}], you provided {given}."
            )
        return OPTIMIZER_CLS_NAMES[given](learning_rate=rate)
    if isinstance(given, type) and issubclass(given, Optimizer):
        if rate is None:
            raise ValueError(f"Learning rate is None, but should be specified if optimizer is class ({given}).")
        return given(learning_rate=rate)  # type: ignore[call-arg]
    if isinstance(given, Optimizer):
        return given
    if callable(given):
        made = given() if rate is None else given(rate)
        if isinstance(made, Optimizer):
            return made
        raise ValueError(f"Unrecognized optimizer: function should return subclass of Optimizer. Got {made}.")
    raise ValueError(f"Unrecognized optimizer: should be string, subclass of Optimizer, instance or function: {given}.")


def _changed(pairs: Any, noise: Any, multipliers: Any, clip: Any, wanted: list[str]) -> Any:
    """Gradients with noise, multiplied, clipped; their norms are written where they are asked for."""
    if noise is not None:
        pairs = [(None if g is None else _noisy(g, noise), v) for g, v in pairs]
    if multipliers is not None:
        pairs = _multiplied(pairs, multipliers)
        if not pairs:
            raise ValueError(
                "Empty list of (gradient, var) pairs encountered. This is most likely to be caused by "
                "an improper value of gradient_multipliers."
            )
    if "global_gradient_norm" in wanted or "gradient_norm" in wanted:
        _scalar("global_norm/gradient_norm", global_norm([g for g, _ in pairs]))
    if isinstance(clip, (int, float)):
        clipped, _ = clip_by_global_norm([g for g, _ in pairs], float(clip))
        pairs = list(zip(clipped, [v for _, v in pairs]))
    elif callable(clip):
        pairs = clip(pairs)
    elif clip is not None:
        raise ValueError(f"Unknown type {type(clip)} for clip_gradients")
    return pairs


def _noisy(gradient: Any, scale: Any) -> Any:
    shape = gradient.dense_shape if isinstance(gradient, IndexedSlices) else gradient.shape
    return gradient + truncated_normal(shape) * scale


def _multiplied(pairs: Any, multipliers: Any) -> Any:
    found = []
    for gradient, variable in pairs:
        factor = multipliers.get(variable, multipliers.get(getattr(variable, "name", None)))
        if gradient is not None and factor is not None:
            factor = constant(factor, dtype=gradient.dtype)
            if isinstance(gradient, IndexedSlices):
                gradient = IndexedSlices(gradient.values * factor, gradient.indices, gradient.dense_shape)
            else:
                gradient = gradient * factor
        found.append((gradient, variable))
    return found


def _scalar(name: str, value: Any) -> None:
    from ....families.debugging.summaries import scalar

    scalar(name, value)
