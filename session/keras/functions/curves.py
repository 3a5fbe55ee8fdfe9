"""`AUC`: the area under the curve that the thresholds of a classifier describe."""

from __future__ import annotations

from typing import Any

from ....ops.families.debugging.assertions import assert_greater_equal, assert_less_equal
from ....ops.families.elementwise.exponential import log
from ....ops.families.elementwise.like import ones_like
from ....ops.families.elementwise.rounding import maximum, minimum
from ....ops.families.elementwise.select import select
from ..operations import (
    cast,
    control_dependencies,
    convert_to_tensor,
    div_no_nan,
    greater,
    group,
    identity,
    logical_and,
    logical_not,
    reduce_sum,
    reshape,
)
from .metrics import Metric

_EPSILON = 1e-7
_METHODS = {"interpolation": "interpolation", "minoring": "minoring", "majoring": "majoring"}


class AUC(Metric):
    """The area under a curve, by counts at thresholds.

    Args:
      num_thresholds: how many thresholds there are, evenly from 0 to 1.
      curve: "ROC" (recall over false positives) or "PR" (precision over recall).
      summation_method: "interpolation", "minoring" or "majoring": how what is between thresholds counts.
      name, dtype: as for all metrics.
      thresholds: those between 0 and 1, in place of a number.
    Raises: ValueError for another curve or method, or fewer than two thresholds; InvalidArgumentError when the graph
      runs, for predictions outside of [0, 1].
    Source: TensorFlow 1.15; the interpolation of "PR" is that of Davis and Goadrich (2006).
    """

    def __init__(
        self, num_thresholds: int = 200, curve: str = "ROC", summation_method: str = "interpolation",
        name: str | None = None, dtype: Any = None, thresholds: Any = None,
    ) -> None:  # fmt: skip
        if curve not in ("ROC", "PR"):
            raise ValueError(f'Invalid AUC curve value "{curve}".')
        if summation_method not in _METHODS:
            raise ValueError(f'Invalid AUC summation method value "{summation_method}".')
        super().__init__(name, dtype)
        if thresholds is not None:
            inner = sorted(thresholds)
            num_thresholds = len(inner) + 2
        else:
            if num_thresholds <= 1:
                raise ValueError("`num_thresholds` must be > 1.")
            inner = [(i + 1) / (num_thresholds - 1) for i in range(num_thresholds - 2)]
        self.num_thresholds, self.curve, self.summation_method = num_thresholds, curve, summation_method
        self.thresholds = [0.0 - _EPSILON, *inner, 1.0 + _EPSILON]
        self.true_positives, self.true_negatives, self.false_positives, self.false_negatives = (
            self.add_weight(kind, shape=(num_thresholds,))
            for kind in ("true_positives", "true_negatives", "false_positives", "false_negatives")
        )

    def update_state(self, y_true: Any, y_pred: Any, sample_weight: Any = None) -> Any:
        """Return an operation that takes a batch in."""
        y_pred = cast(convert_to_tensor(y_pred), self.dtype)
        checks = [
            assert_greater_equal(y_pred, cast(0.0, self.dtype), message="predictions must be >= 0"),
            assert_less_equal(y_pred, cast(1.0, self.dtype), message="predictions must be <= 1"),
        ]
        with control_dependencies(checks):
            flat = reshape(y_pred, [1, -1])
        positive = cast(reshape(convert_to_tensor(y_true), [1, -1]), "bool")
        above = greater(flat, reshape(cast(self.thresholds, self.dtype), [-1, 1]))
        places = (
            (self.true_positives, logical_and(positive, above)),
            (self.true_negatives, logical_and(logical_not(positive), logical_not(above))),
            (self.false_positives, logical_and(logical_not(positive), above)),
            (self.false_negatives, logical_and(positive, logical_not(above))),
        )
        updates = []
        for variable, found in places:
            counted = cast(found, self.dtype)
            if sample_weight is not None:
                weights = cast(convert_to_tensor(sample_weight), self.dtype)
                missing = (y_pred.shape.ndims or 0) - (weights.shape.ndims or 0)
                wide = reshape(weights, [-1] + [1] * missing) if missing > 0 and weights.shape.ndims else weights
                counted = counted * reshape(wide * ones_like(y_pred), [1, -1])
            updates.append(variable.assign_add(reduce_sum(counted, 1), read_value=False))
        return group(*updates)

    def result(self) -> Any:
        """Return a tensor of the value."""
        tp, fp = identity(self.true_positives), identity(self.false_positives)
        fn, tn = identity(self.false_negatives), identity(self.true_negatives)
        if self.curve == "PR" and self.summation_method == "interpolation":
            return identity(self._interpolated(tp, fp, fn))
        recall = div_no_nan(tp, tp + fn)
        x, y = (div_no_nan(fp, fp + tn), recall) if self.curve == "ROC" else (recall, div_no_nan(tp, tp + fp))
        before, after = y[: self.num_thresholds - 1], y[1:]
        if self.summation_method == "interpolation":
            heights = (before + after) / 2.0
        else:
            heights = (minimum if self.summation_method == "minoring" else maximum)(before, after)
        return identity(reduce_sum((x[: self.num_thresholds - 1] - x[1:]) * heights))

    def _interpolated(self, tp: Any, fp: Any, fn: Any) -> Any:
        """The area where true positives grow evenly with all that are found, between two thresholds."""
        found = tp + fp
        more_true = tp[: self.num_thresholds - 1] - tp[1:]
        slope = div_no_nan(more_true, maximum(found[: self.num_thresholds - 1] - found[1:], 0))
        intercept = tp[1:] - slope * found[1:]
        both = logical_and(greater(found[: self.num_thresholds - 1], 0), greater(found[1:], 0))
        ratio = div_no_nan(found[: self.num_thresholds - 1], maximum(found[1:], 0))
        safe = select(both, ratio, ones_like(ratio))
        area = slope * (more_true + intercept * log(safe))
        return reduce_sum(div_no_nan(area, maximum(tp[1:] + fn[1:], 0)))

    def get_config(self) -> dict[str, Any]:
        """The arguments it was made with."""
        return {
            **super().get_config(),
            "num_thresholds": self.num_thresholds,
            "curve": self.curve,
            "summation_method": self.summation_method,
            "thresholds": self.thresholds[1:-1],
        }
