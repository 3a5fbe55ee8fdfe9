"""How the losses of a batch become one: weights, sums and means, and the collection of losses."""

from __future__ import annotations

from typing import Any, Final

from ...building.basic_ops import no_op
from ...building.convert import convert_to_tensor
from ...building.default_graph import add_to_collection, control_dependencies, get_collection, name_scope
from ...families.arrays.shape_ops import rank, size
from ...families.arrays.shape_ops import shape as shape_of
from ...families.elementwise.arithmetic import add_n, multiply
from ...families.elementwise.cast import cast
from ...families.elementwise.compare import equal
from ...families.elementwise.division import div_no_nan
from ...families.elementwise.like import ones_like, zeros_like
from ...families.elementwise.select import select
from ...families.reductions.reductions import reduce_sum
from ...graph.graph_keys import GraphKeys
from ...graph.node import Tensor
from ...types import dtypes


class Reduction:
    """The ways to make one loss of many."""

    NONE: Final = "none"
    SUM: Final = "weighted_sum"
    SUM_OVER_BATCH_SIZE: Final = "weighted_sum_over_batch_size"
    MEAN: Final = "weighted_mean"
    SUM_BY_NONZERO_WEIGHTS: Final = "weighted_sum_by_nonzero_weights"
    SUM_OVER_NONZERO_WEIGHTS: Final = SUM_BY_NONZERO_WEIGHTS

    @classmethod
    def all(cls) -> tuple[str, ...]:
        """All of them."""
        return (
            cls.NONE, cls.SUM, cls.MEAN, cls.SUM_OVER_BATCH_SIZE, cls.SUM_OVER_NONZERO_WEIGHTS,
            cls.SUM_BY_NONZERO_WEIGHTS,
        )  # fmt: skip

    @classmethod
    def validate(cls, key: str) -> None:
        """Raises: ValueError for what is none of them."""
        if key not in cls.all():
            raise ValueError(f"Invalid Reduction Key {key}.")


def assert_broadcastable(weights: Any, values: Tensor) -> Any:
    """Check that weights are a scalar, or have the rank of the values and per axis their extent or 1.

    Raises: ValueError where the static shapes say that they have not.
    """
    with name_scope(None, "assert_broadcastable", [weights, values]):
        weights = convert_to_tensor(weights, name="weights")
        small, large = weights._extents, values._extents
        for tensor, role in ((weights, "weights"), (values, "values")):  # what TensorFlow's check leaves in a graph
            shape_of(tensor, name=f"{role}/shape")
            rank(tensor, name=f"{role}/rank")
        if small is not None and large is not None and len(small) > 0:
            if len(small) != len(large):
                raise ValueError(
                    f"weights can not be broadcast to values. values.rank={len(large)}. weights.rank={len(small)}. "
                    f"values.shape={values.shape}. weights.shape={weights.shape}."
                )
            for axis, (a, b) in enumerate(zip(small, large)):
                if a is not None and b is not None and a not in (1, b):
                    raise ValueError(
                        f"weights can not be broadcast to values. Mismatch at dim {axis}. values.shape={values.shape}. "
                        f"weights.shape={weights.shape}."
                    )
        name = "static_scalar_check_success" if small == () else "static_dims_check_success"
        return no_op(name=name)


def broadcast_weights(weights: Any, values: Any) -> Any:
    """Weights in the shape of the values; see `assert_broadcastable`."""
    with name_scope(None, "broadcast_weights", [weights, values]) as scope:
        weights, values = convert_to_tensor(weights, name="weights"), convert_to_tensor(values, name="values")
        if weights.shape.is_fully_defined() and weights._extents == values._extents:
            return weights
        with control_dependencies([assert_broadcastable(weights, values)]):
            return multiply(weights, ones_like(values, weights.dtype.base_dtype), name=scope)


def _num_present(losses: Tensor, weights: Tensor, per_batch: bool = False) -> Tensor:
    """How many losses have a weight that is not 0."""
    with name_scope(None, "num_present", [losses, weights]) as scope:
        present = select(equal(weights, 0.0), zeros_like(weights), ones_like(weights))
        present = broadcast_weights(present, losses)
        if per_batch:
            return reduce_sum(present, axis=list(range(1, present.shape.ndims or 0)), keepdims=True, name=scope)
        return reduce_sum(present, name=scope)


def safe_mean(losses: Tensor, count: Tensor) -> Tensor:
    """Their sum by `count`; 0 where that is 0."""
    return div_no_nan(reduce_sum(losses), count, name="value")


def compute_weighted_loss(
    losses: Any,
    weights: Any = 1.0,
    scope: str | None = None,
    loss_collection: Any = GraphKeys.LOSSES,
    reduction: str = Reduction.SUM_BY_NONZERO_WEIGHTS,
) -> Tensor:
    """Return the weighted losses as one, and collect it.

    Args:
      losses: of the elements of a batch.
      weights: a scalar, or of the rank of the losses with their extents or 1.
      scope: the name scope of the operations.
      loss_collection: the collection the loss is added to, or None.
      reduction: one of `Reduction`; `NONE` gives the weighted losses themselves.
    Raises: ValueError if weights do not fit, or for an unknown reduction.
    """
    Reduction.validate(reduction)
    with name_scope(scope, "weighted_loss", (losses, weights)):
        losses = convert_to_tensor(losses)
        own = losses.dtype.base_dtype
        with control_dependencies([assert_broadcastable(weights, losses)]):
            losses = cast(losses, dtypes.float32)
            weights = cast(weights, dtypes.float32)
            loss = multiply(losses, weights)
            if reduction != Reduction.NONE:
                loss = _reduced(reduce_sum(loss), losses, weights, reduction)
            total: Tensor = cast(loss, own)
            add_loss(total, loss_collection)
            return total


def _reduced(total: Tensor, losses: Tensor, weights: Tensor, reduction: str) -> Tensor:
    if reduction == Reduction.MEAN:
        return safe_mean(total, reduce_sum(ones_like(losses) * weights))
    if reduction == Reduction.SUM_BY_NONZERO_WEIGHTS:
        return safe_mean(total, _num_present(losses, weights))
    if reduction == Reduction.SUM_OVER_BATCH_SIZE:
        return safe_mean(total, cast(size(losses, name="num_elements"), losses.dtype))
    return total


# The collection.


def add_loss(loss: Any, loss_collection: Any = GraphKeys.LOSSES) -> None:
    """Add a loss to the collection, if there is one."""
    if loss_collection:
        add_to_collection(loss_collection, loss)


def get_losses(scope: str | None = None, loss_collection: Any = GraphKeys.LOSSES) -> list[Any]:
    """The collected losses whose names begin with `scope`."""
    return get_collection(loss_collection, scope)


def get_regularization_losses(scope: str | None = None) -> list[Any]:
    """The collected losses of regularizers."""
    return get_collection(GraphKeys.REGULARIZATION_LOSSES, scope)


def get_regularization_loss(scope: str | None = None, name: str = "total_regularization_loss") -> Tensor:
    """The sum of the losses of regularizers; 0 if there are none."""
    losses = get_regularization_losses(scope)
    if losses:
        return add_n(losses, name=name)
    return convert_to_tensor(0.0, name=name)


def get_total_loss(
    add_regularization_losses: bool = True, name: str = "total_loss", scope: str | None = None
) -> Tensor:
    """The sum of all collected losses. Raises: ValueError if there are none."""
    losses = get_losses(scope)
    if add_regularization_losses:
        losses = losses + get_regularization_losses(scope)
    return add_n(losses, name=name)
