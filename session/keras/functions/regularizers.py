"""Regularizers: losses of variables."""

from __future__ import annotations

from typing import Any

from ....ops.families.elementwise.arithmetic import abs as absolute
from ....ops.families.elementwise.arithmetic import square
from ....ops.families.reductions.reductions import reduce_sum
from . import lookup


class Regularizer:
    """The base of regularizers: functions of a variable to a loss."""

    def __call__(self, x: Any) -> Any:
        """The loss."""
        return 0.0

    @classmethod
    def from_config(cls, config: dict[str, Any]) -> Any:
        """Make one of what `get_config` returned."""
        return cls(**config)


class L1L2(Regularizer):
    """The sum of absolute values, and of squares.

    Args:
      l1: the factor of absolute values; l2: that of squares.
    """

    def __init__(self, l1: float = 0.0, l2: float = 0.0) -> None:
        self.l1, self.l2 = float(l1), float(l2)

    def __call__(self, x: Any) -> Any:
        """The loss."""
        if not self.l1 and not self.l2:
            from ....ops.building.constant import constant

            return constant(0.0)
        loss: Any = 0.0
        if self.l1:
            loss += reduce_sum(self.l1 * absolute(x))
        if self.l2:
            loss += reduce_sum(self.l2 * square(x))
        return loss

    def get_config(self) -> dict[str, float]:
        """The factors."""
        return {"l1": self.l1, "l2": self.l2}


def l1(l: float = 0.01) -> L1L2:  # noqa: E741  # Keras's name
    """Return the regularizer by absolute values."""
    return L1L2(l1=l)


def l2(l: float = 0.01) -> L1L2:  # noqa: E741  # Keras's name
    """Return the regularizer by squares."""
    return L1L2(l2=l)


def l1_l2(l1: float = 0.01, l2: float = 0.01) -> L1L2:
    """Return the regularizer by both."""
    return L1L2(l1=l1, l2=l2)


_KNOWN = {"L1L2": L1L2, "l1": l1, "l2": l2, "l1_l2": l1_l2}


def get(identifier: Any) -> Any:
    """Return a regularizer by name or configuration, or the function that is given; None for None."""
    if identifier is None:
        return None
    if isinstance(identifier, str):
        return lookup.by_name(identifier, _KNOWN, "regularizer")()
    return lookup.found(identifier, _KNOWN, "regularizer")


def serialize(regularizer: Any) -> Any:
    """Return a configuration that `get` understands."""
    return lookup.serialized(regularizer)


def deserialize(config: Any, custom_objects: Any = None) -> Any:
    """Return the regularizer of a configuration."""
    return lookup.found(config, _KNOWN, "regularizer", custom_objects)
