"""Constraints: what variables are after each update."""

from __future__ import annotations

from typing import Any

from ....ops.families.elementwise.arithmetic import square
from ....ops.families.elementwise.cast import cast
from ....ops.families.elementwise.compare import greater_equal
from ....ops.families.elementwise.exponential import sqrt
from ....ops.families.elementwise.rounding import clip_by_value
from ....ops.families.reductions.reductions import reduce_sum
from .. import state
from ..operations import stack
from . import lookup


class Constraint:
    """The base of constraints: functions of a variable's value to another one."""

    def __call__(self, w: Any) -> Any:
        """The value that keeps the constraint."""
        return w

    def get_config(self) -> dict[str, Any]:
        """The arguments it was made with."""
        return dict(vars(self))


class MaxNorm(Constraint):
    """Vectors along an axis have a Euclidean length of at most `max_value`."""

    def __init__(self, max_value: float = 2, axis: Any = 0) -> None:
        self.max_value, self.axis = max_value, axis

    def __call__(self, w: Any) -> Any:
        """The value that keeps the constraint."""
        norms = sqrt(reduce_sum(square(w), axis=self.axis, keepdims=True))
        return w * (clip_by_value(norms, 0, self.max_value) / (state.epsilon() + norms))


class NonNeg(Constraint):
    """No value is below 0."""

    def __call__(self, w: Any) -> Any:
        """The value that keeps the constraint."""
        return w * cast(greater_equal(w, 0.0), state.floatx())


class UnitNorm(Constraint):
    """Vectors along an axis have the Euclidean length 1."""

    def __init__(self, axis: Any = 0) -> None:
        self.axis = axis

    def __call__(self, w: Any) -> Any:
        """The value that keeps the constraint."""
        return w / (state.epsilon() + sqrt(reduce_sum(square(w), axis=self.axis, keepdims=True)))


class MinMaxNorm(Constraint):
    """Vectors along an axis have a Euclidean length between two; `rate` tells how much they are moved to it."""

    def __init__(self, min_value: float = 0.0, max_value: float = 1.0, rate: float = 1.0, axis: Any = 0) -> None:
        self.min_value, self.max_value, self.rate, self.axis = min_value, max_value, rate, axis

    def __call__(self, w: Any) -> Any:
        """The value that keeps the constraint."""
        norms = sqrt(reduce_sum(square(w), axis=self.axis, keepdims=True))
        wanted = self.rate * clip_by_value(norms, self.min_value, self.max_value) + (1 - self.rate) * norms
        return w * (wanted / (state.epsilon() + norms))


class RadialConstraint(Constraint):
    """Square kernels of convolutions are the same on each square ring around their middle."""

    def __call__(self, w: Any) -> Any:
        """The value that keeps the constraint. Raises: ValueError for a shape that is not [n, n, inputs, outputs]."""
        rows, columns = w.shape.as_list()[:2] if w.shape.ndims == 4 else (0, 1)
        if rows is None or rows != columns:
            raise ValueError(f"The weight tensor must be of rank 4 with two equal extents first, but is {w.shape}")
        half = rows // 2  # TensorFlow's choice: each ring has the value of a place of the diagonal
        rings = [half - 1 - min(place, rows - 1 - place) + rows % 2 for place in range(rows)]

        def value(ring: int) -> Any:
            place = half - 1 if ring == 0 else half + ring - rows % 2
            return w[place, place]

        grid = [stack([value(max(one, other)) for other in rings]) for one in rings]
        return stack(grid)


max_norm = MaxNorm
radial_constraint = RadialConstraint
non_neg = NonNeg
unit_norm = UnitNorm
min_max_norm = MinMaxNorm
_KNOWN = {
    "MaxNorm": MaxNorm, "NonNeg": NonNeg, "UnitNorm": UnitNorm, "MinMaxNorm": MinMaxNorm, "max_norm": MaxNorm,
    "RadialConstraint": RadialConstraint, "radial_constraint": RadialConstraint,
    "non_neg": NonNeg, "unit_norm": UnitNorm, "min_max_norm": MinMaxNorm,
}  # fmt: skip


def get(identifier: Any) -> Any:
    """Return a constraint by name or configuration, or the function that is given; None for None."""
    return None if identifier is None else lookup.found(identifier, _KNOWN, "constraint")


def serialize(constraint: Any) -> Any:
    """Return a configuration that `get` understands."""
    return lookup.serialized(constraint)


def deserialize(config: Any, custom_objects: Any = None) -> Any:
    """Return the constraint of a configuration."""
    return lookup.found(config, _KNOWN, "constraint", custom_objects)
