"""Training operations of slim: `create_train_op` and what changes gradients."""

from __future__ import annotations

from typing import Any, Final

from ....building.basic_ops import identity
from ....building.constant import constant
from ....building.default_graph import add_to_collection, control_dependencies, get_collection, name_scope
from ....families.debugging import summaries
from ....families.debugging.numerics import check_numerics
from ....families.linalg.clip_norms import clip_by_norm, global_norm
from ....families.sparse.indexed_slices import IndexedSlices
from ....families.state.global_step import get_or_create_global_step
from ....families.state.variable_lists import trainable_variables
from ....graph.graph_keys import GraphKeys

_USE_GLOBAL_STEP: Final = 0


def clip_gradient_norms(gradients_to_variables: Any, max_norm: float) -> Any:
    """Return gradients with a norm of `max_norm` at the most, each by itself, with their variables."""
    return [
        (g if g is None else _mapped(g, lambda values: clip_by_norm(values, max_norm)), v)
        for g, v in gradients_to_variables
    ]


def clip_gradient_norms_fn(max_norm: float) -> Any:
    """Return `clip_gradient_norms` as a function of the gradients alone."""
    return lambda gradients_to_variables: clip_gradient_norms(gradients_to_variables, max_norm)


def multiply_gradients(grads_and_vars: Any, gradient_multipliers: Any) -> Any:
    """Return gradients times the factors given by variable, or by its name.

    Raises: ValueError if no gradients or factors are given, or a variable to be multiplied has no gradient.
    """
    if not isinstance(grads_and_vars, list):
        raise ValueError("`grads_and_vars` must be a list.")
    if not gradient_multipliers:
        raise ValueError("`gradient_multipliers` is empty.")
    if not isinstance(gradient_multipliers, dict):
        raise ValueError("`gradient_multipliers` must be a dict.")
    found = []
    for gradient, variable in grads_and_vars:
        key = variable if variable in gradient_multipliers else variable.op.name
        if key in gradient_multipliers:
            if gradient is None:
                raise ValueError("Requested multiple of `None` gradient.")
            factor = constant(gradient_multipliers[key], dtype=gradient.dtype)
            gradient = _mapped(gradient, lambda values, factor=factor: values * factor)
        found.append((gradient, variable))
    return found


def add_gradients_summaries(grads_and_vars: Any) -> list[Any]:
    """Return a histogram of each gradient, and a scalar of its norm."""
    made = []
    for gradient, variable in grads_and_vars:
        if gradient is not None:
            values = gradient.values if isinstance(gradient, IndexedSlices) else gradient
            made.append(summaries.histogram(f"{variable.op.name}/gradient", values))
            made.append(summaries.scalar(f"{variable.op.name}/gradient_norm", global_norm([values])))
    return made


def _mapped(gradient: Any, function: Any) -> Any:
    if isinstance(gradient, IndexedSlices):
        return IndexedSlices(function(gradient.values), gradient.indices, gradient.dense_shape)
    return function(gradient)


def create_train_op(
    total_loss: Any,
    optimizer: Any,
    global_step: Any = _USE_GLOBAL_STEP,
    update_ops: Any = None,
    variables_to_train: Any = None,
    transform_grads_fn: Any = None,
    summarize_gradients: bool = False,
    gate_gradients: int = 1,
    aggregation_method: Any = None,
    colocate_gradients_with_ops: bool = False,
    check_numerics: bool = True,
    clip_gradient_norm: float = 0,
    gradient_multipliers: Any = None,
) -> Any:
    """Return a tensor of the loss; computing it runs a training step first.

    Args:
      total_loss: a scalar.
      optimizer: an `Optimizer`.
      global_step: the variable that counts steps; default: the graph's; None for none.
      update_ops: what runs before; default: the collection UPDATE_OPS.
      variables_to_train: default: all trainable ones.
      transform_grads_fn: a function of the list of gradients and variables.
      summarize_gradients: whether each gradient gets a histogram and its norm a scalar.
      gate_gradients, aggregation_method, colocate_gradients_with_ops: as of `Optimizer.compute_gradients`.
      check_numerics: whether a loss that is not finite is an error.
      clip_gradient_norm, gradient_multipliers: of slim's form of this function.
    """
    step = get_or_create_global_step() if global_step is _USE_GLOBAL_STEP else global_step
    updates = list(dict.fromkeys(get_collection(GraphKeys.UPDATE_OPS) if update_ops is None else update_ops))
    if updates:
        with control_dependencies(updates):
            total_loss = identity(total_loss, name="update_barrier")
    pairs = optimizer.compute_gradients(
        total_loss,
        trainable_variables() if variables_to_train is None else variables_to_train,
        gate_gradients=gate_gradients,
        aggregation_method=aggregation_method,
        colocate_gradients_with_ops=colocate_gradients_with_ops,
    )
    if gradient_multipliers:
        with name_scope("multiply_grads"):
            pairs = multiply_gradients(pairs, gradient_multipliers)
    if clip_gradient_norm > 0:
        with name_scope("clip_grads"):
            pairs = clip_gradient_norms(pairs, clip_gradient_norm)
    if transform_grads_fn is not None:
        pairs = transform_grads_fn(pairs)
    if summarize_gradients:
        with name_scope("summarize_grads"):
            add_gradients_summaries(pairs)
    updated = optimizer.apply_gradients(pairs, global_step=step)
    with name_scope("train_op"):
        loss = _checked(total_loss) if check_numerics else total_loss
        with control_dependencies([updated]):
            train_op = identity(loss, name="control_dependency")
    if train_op not in get_collection(GraphKeys.TRAIN_OP):
        add_to_collection(GraphKeys.TRAIN_OP, train_op)
    return train_op


def _checked(loss: Any) -> Any:
    return check_numerics(loss, "LossTensor is inf or nan")
