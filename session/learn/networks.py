"""The networks of `tf.contrib.learn`'s models, and how they learn."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from typing import Any

from ...ops.building.basic_ops import group
from ...ops.building.default_graph import control_dependencies
from ...ops.families.linalg.clip_norms import clip_by_global_norm
from ...ops.families.linalg.products import matmul
from ...ops.families.random.initializers import Zeros
from ...ops.families.state.assignments import assign_add
from ...ops.families.state.global_step import get_or_create_global_step
from ...ops.families.state.variable_lists import trainable_variables
from ...ops.families.state.variable_scope import get_variable, variable_scope
from ...ops.library.contrib.layers.dense import fully_connected
from ...ops.library.contrib.layers.optimize import OPTIMIZER_CLS_NAMES
from ...ops.library.contrib.layers.pooling import dropout as dropped
from ...ops.library.feature_column.dense import indicator_column
from ...ops.library.feature_column.models import input_layer
from ...ops.library.training.adagrad import AdagradOptimizer
from ...ops.library.training.ftrl import FtrlOptimizer


def deep_logits(
    features: Any, columns: Any, hidden_units: Any, activation: Any, dropout: float | None, count: int, training: bool
) -> Any:
    """Return the logits of a deep network, under the scope `dnn`.

    Args:
      features: tensors by name, or one. columns: their columns.
      hidden_units: how many units each layer has. activation: of them. dropout: the share that is dropped.
      count: how many logits. training: whether it drops.
    """
    with variable_scope("dnn"):
        with variable_scope("input_from_feature_columns"):
            net = input_layer(named(features), list(columns))
        for number, units in enumerate(hidden_units):
            with variable_scope(f"hiddenlayer_{number}") as scope:
                net = fully_connected(net, units, activation_fn=activation, scope=scope)
                if dropout is not None and training:
                    net = dropped(net, keep_prob=1.0 - dropout)
        with variable_scope("logits") as scope:
            return fully_connected(net, count, activation_fn=None, scope=scope)


def linear_logits(features: Any, columns: Any, count: int) -> Any:
    """Return the logits of a linear model, under the scope `linear`: `linear/NAME/weight` and `linear/bias_weight`."""
    total: Any = None
    with variable_scope("linear"):
        for column in sorted(columns, key=lambda each: str(each.name)):
            is_dense = hasattr(column, "_variable_shape") or hasattr(column, "variable_shape")
            net = input_layer(named(features), [column if is_dense else indicator_column(column)])
            with variable_scope(f"{column.name}"):
                weight = get_variable("weight", [net.get_shape().as_list()[-1], count], initializer=Zeros())
            part = matmul(net, weight)
            total = part if total is None else total + part
        return total + get_variable("bias_weight", [count], initializer=Zeros())


def named(features: Any) -> Any:
    """Features by name: one tensor has the name ""."""
    return features if isinstance(features, Mapping) else {"": features}


def minimized(loss: Any, parts: Any, clip_norm: float | None) -> Any:
    """Return the operation of a step.

    Args:
      loss: the loss.
      parts: pairs of the scope of some variables and their optimizer.
      clip_norm: the largest common norm of a part's gradients.
    """
    steps = []
    for scope, optimizer in parts:
        pairs = optimizer.compute_gradients(loss, [v for v in trainable_variables() if v.op.name.startswith(scope)])
        if clip_norm is not None:
            gradients, variables = zip(*pairs)
            pairs = list(zip(clip_by_global_norm(list(gradients), clip_norm)[0], variables))
        steps.append(optimizer.apply_gradients(pairs))
    with control_dependencies(steps):
        return group(assign_add(get_or_create_global_step(), 1))


def chosen(optimizer: Any, default: Callable[[], Any]) -> Any:
    """An optimizer: the one given, made by a function, by its name, or the default. Raises: ValueError for a name."""
    if optimizer is None:
        return default()
    if isinstance(optimizer, str):
        if optimizer not in OPTIMIZER_CLS_NAMES:
            raise ValueError(f"optimizer is one of {sorted(OPTIMIZER_CLS_NAMES)}, not {optimizer!r}")
        return OPTIMIZER_CLS_NAMES[optimizer](learning_rate=0.05)
    return optimizer() if callable(optimizer) else optimizer


def default_deep() -> Any:
    """The optimizer of deep networks."""
    return AdagradOptimizer(learning_rate=0.05)


def default_linear(columns: Any) -> Any:
    """The optimizer of linear models: the more columns, the slower."""
    return FtrlOptimizer(learning_rate=min(0.2, 1.0 / math.sqrt(len(columns))))
