"""What metrics are made of: local variables, sums with weights, shapes made alike, collections."""

from __future__ import annotations

from typing import Any

from ...building.basic_ops import identity
from ...building.convert import convert_to_tensor
from ...building.default_graph import add_to_collections, control_dependencies, get_default_graph
from ...families.arrays.filling import zeros
from ...families.arrays.shape_ops import size
from ...families.elementwise.cast import cast
from ...families.elementwise.division import div_no_nan
from ...families.elementwise.rounding import maximum
from ...families.reductions.reductions import reduce_sum
from ...families.state.assignments import assign_add
from ...families.state.variable_scope import get_variable_scope, variable_scope
from ...families.state.variables import Variable
from ...graph.graph_keys import GraphKeys
from ...types import dtypes
from ..losses.reduction import broadcast_weights
from .squeezing import alike

Scope = Any


def metric_scope(name: str | None, default: str, values: Any) -> Scope:
    """The variable scope of a metric."""
    return variable_scope(name, default, values)


def metric_variable(shape: Any, dtype: Any, name: str, validate_shape: bool = True) -> Any:
    """A local variable of zeros in the variable scope in force."""
    prefix = get_variable_scope().name
    with get_default_graph().name_scope(None):
        return Variable(
            lambda: zeros(shape, dtype),
            trainable=False,
            collections=[GraphKeys.LOCAL_VARIABLES, GraphKeys.METRIC_VARIABLES],
            validate_shape=validate_shape,
            name=get_default_graph().unique_name(f"{prefix}/{name}" if prefix else name, mark_as_used=False),
        )


def finish(value: Any, update: Any, metrics_collections: Any, updates_collections: Any) -> tuple[Any, Any]:
    """Collect a metric and its update; returns both."""
    if metrics_collections:
        add_to_collections(metrics_collections, value)
    if updates_collections:
        add_to_collections(updates_collections, update)
    return value, update


def floats(*values: Any) -> list[Any]:
    """Each as a float32 tensor, None as it is."""
    return [None if value is None else cast(convert_to_tensor(value), dtypes.float32) for value in values]


def mean_of(total: Any, count: Any, name: str) -> Any:
    """A sum over a count; 0 where nothing was counted."""
    return div_no_nan(total, maximum(count, 0), name=name)


def weighted_mean(
    values: Any,
    weights: Any,
    metrics_collections: Any,
    updates_collections: Any,
    name: str | None,
    default: str = "mean",
) -> tuple[Any, Any]:
    """A metric that is the mean of all values so far."""
    with metric_scope(name, default, (values, weights)):
        values = cast(convert_to_tensor(values), dtypes.float32)
        total = metric_variable([], dtypes.float32, "total")
        count = metric_variable([], dtypes.float32, "count")
        if weights is None:
            number = cast(size(values), dtypes.float32)
        else:
            values, _, weights = alike(values, None, weights)
            weights = broadcast_weights(cast(weights, dtypes.float32), values)
            values = values * weights
            number = reduce_sum(weights)
        update_total = assign_add(total, reduce_sum(values))
        with control_dependencies([values]):
            update_count = assign_add(count, number)
        value = mean_of(total.value(), count.value(), "value")
        update = mean_of(update_total, update_count, "update_op")
        return finish(value, update, metrics_collections, updates_collections)


def counted(selected: Any, weights: Any, metrics_collections: Any, updates_collections: Any) -> tuple[Any, Any]:
    """A metric that is the weighted count of the places where `selected` holds."""
    count = metric_variable([], dtypes.float32, "count")
    values = cast(selected, dtypes.float32)
    if weights is not None:
        values = values * broadcast_weights(cast(weights, dtypes.float32), values)
    value = identity(count.value())
    update = assign_add(count, reduce_sum(values))
    return finish(value, update, metrics_collections, updates_collections)
