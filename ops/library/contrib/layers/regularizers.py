"""Regularizers: functions from a tensor of weights to a loss."""

from __future__ import annotations

import numbers
from collections.abc import Iterable
from typing import Any

from ....building.convert import convert_to_tensor
from ....building.default_graph import add_to_collection, get_collection, name_scope
from ....families.elementwise.arithmetic import abs as absolute
from ....families.elementwise.arithmetic import add_n, multiply
from ....families.linalg.norms import l2_loss
from ....families.reductions.reductions import reduce_sum
from ....graph.graph_keys import GraphKeys


def _checked(scale: Any, name: str = "scale") -> None:
    if isinstance(scale, numbers.Integral):
        raise ValueError(f"{name} cannot be an integer: {scale}")
    if isinstance(scale, numbers.Real) and scale < 0.0:
        raise ValueError(f"Setting a scale less than 0 on a regularizer: {scale:g}")


def _nothing(_: Any) -> None:
    return None


def _regularizer(scale: Any, scope: str | None, name: str, norm: Any) -> Any:
    _checked(scale)
    if isinstance(scale, numbers.Real) and scale == 0.0:
        return _nothing

    def regularize(weights: Any, name: str | None = None) -> Any:
        with name_scope(scope, name or own, [weights]) as inner:
            factor = convert_to_tensor(scale, dtype=weights.dtype.base_dtype, name="scale")
            return multiply(factor, norm(weights), name=inner)

    own = name
    return regularize


def l1_regularizer(scale: Any, scope: str | None = None) -> Any:
    """Return a function `scale * sum(|weights|)`; one that gives None if `scale` is 0.

    Raises: ValueError if `scale` is negative or an integer.
    """
    return _regularizer(scale, scope, "l1_regularizer", lambda weights: reduce_sum(absolute(weights)))


def l2_regularizer(scale: Any, scope: str | None = None) -> Any:
    """Return a function `scale * sum(weights ** 2) / 2`; one that gives None if `scale` is 0.

    Raises: ValueError if `scale` is negative or an integer.
    """
    return _regularizer(scale, scope, "l2_regularizer", l2_loss)


def l1_l2_regularizer(scale_l1: Any = 1.0, scale_l2: Any = 1.0, scope: str | None = None) -> Any:
    """Return a function that adds an L1 and an L2 penalty."""
    _checked(scale_l1, "scale_l1")
    _checked(scale_l2, "scale_l2")
    scope = scope or "l1_l2_regularizer"
    if scale_l1 == 0.0:
        return l2_regularizer(scale_l2, scope)
    if scale_l2 == 0.0:
        return l1_regularizer(scale_l1, scope)
    return sum_regularizer([l1_regularizer(scale_l1), l2_regularizer(scale_l2)], scope=scope)


def sum_regularizer(regularizer_list: Iterable[Any], scope: str | None = None) -> Any:
    """Return a function that adds what several regularizers give; None if there are none."""
    wanted = [regularizer for regularizer in regularizer_list if regularizer is not None]
    if not wanted:
        return None

    def regularize(weights: Any) -> Any:
        with name_scope(scope, "sum_regularizer", [weights]) as inner:
            losses = [loss for loss in (regularizer(weights) for regularizer in wanted) if loss is not None]
            return add_n(losses, name=inner) if losses else None

    return regularize


def apply_regularization(regularizer: Any, weights_list: Any = None) -> Any:
    """Return the sum of the penalties of some weights; it is put into REGULARIZATION_LOSSES.

    Args:
      regularizer: a function of weights.
      weights_list: tensors or variables; default: the collection WEIGHTS.
    Raises: ValueError if there are no weights, or a penalty is no scalar.
    """
    weights_list = list(weights_list) if weights_list else get_collection(GraphKeys.WEIGHTS)
    if not weights_list:
        raise ValueError("No weights to regularize.")
    with name_scope("get_regularization_penalty", values=weights_list) as scope:
        penalties = [regularizer(weights) for weights in weights_list]
        penalties = [each if each is not None else convert_to_tensor(0.0) for each in penalties]
        for each in penalties:
            if each.shape.ndims != 0:
                raise ValueError(
                    f"regularizer must return a scalar Tensor instead of a Tensor with rank {each.shape.ndims}."
                )
        total = add_n(penalties, name=scope)
    add_to_collection(GraphKeys.REGULARIZATION_LOSSES, total)
    return total
