"""Masks of weights: a weight is multiplied by a variable of zeros and ones beside it."""

from __future__ import annotations

from typing import Any, Final

from ....building.default_graph import add_to_collection, get_collection
from ....families.elementwise.arithmetic import multiply
from ....families.nn.normalization.moments import zero_fraction
from ....families.random.initializers import Ones, Zeros
from ....families.state.variable_scope import get_variable, variable_scope
from ....graph.node import Tensor

MASKS: Final = "masks"
THRESHOLDS: Final = "thresholds"
MASKED_WEIGHTS: Final = "masked_weights"
WEIGHTS: Final = "kernel"
MASKED_NAME: Final = "weights/masked_weight"


def apply_mask(x: Any, scope: Any = "") -> Tensor:
    """Return weights times a mask, which is a variable of ones at first; `Pruning` changes it.

    Args:
      x: the weights.
      scope: the variable scope of the mask and its threshold.
    """
    with variable_scope(scope):
        mask = get_variable("mask", x.shape, x.dtype.base_dtype, Ones(), trainable=False)
    with variable_scope(scope):
        threshold = get_variable("threshold", [], x.dtype.base_dtype, Zeros(), trainable=False)
    return masked(x, mask, threshold)


def masked(weights: Any, mask: Any, threshold: Any) -> Tensor:
    """Weights times their mask; all are put where `Pruning` finds them, once."""
    product: Tensor = multiply(mask, weights, name=MASKED_NAME)
    if not any(mask is known for known in get_masks()):
        for key, value in ((THRESHOLDS, threshold), (MASKS, mask), (MASKED_WEIGHTS, product), (WEIGHTS, weights)):
            add_to_collection(key, value)
    return product


def get_masked_weights() -> list[Any]:
    """Return the weights times their masks."""
    found: list[Any] = get_collection(MASKED_WEIGHTS)
    return found


def get_masks() -> list[Any]:
    """Return the masks."""
    found: list[Any] = get_collection(MASKS)
    return found


def get_thresholds() -> list[Any]:
    """Return the thresholds: weights whose magnitude is smaller are masked."""
    found: list[Any] = get_collection(THRESHOLDS)
    return found


def get_weights() -> list[Any]:
    """Return the weights that have masks."""
    found: list[Any] = get_collection(WEIGHTS)
    return found


def get_weight_sparsity() -> list[Tensor]:
    """Return for each mask which part of it is zero."""
    return [zero_fraction(mask) for mask in get_masks()]
