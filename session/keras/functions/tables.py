"""Metrics that keep more than a number: a table of counts, means of tensors, counts at thresholds."""

from __future__ import annotations

from typing import Any

from ....ops.families.linalg.matrix_parts import diag_part
from ....ops.library.metrics.confusion_matrix import confusion_matrix
from ..operations import (
    absolute,
    argmin,
    cast,
    convert_to_tensor,
    div_no_nan,
    gather,
    greater,
    group,
    identity,
    logical_and,
    logical_not,
    not_equal,
    ones_like,
    reduce_sum,
    reshape,
)
from .metrics import Mean, Metric


class MeanIoU(Metric):
    """The mean over classes of how much of what is, or is found to be, of a class is both.

    Args:
      num_classes: how many there are; name, dtype: as for all metrics.
    """

    def __init__(self, num_classes: int, name: str | None = None, dtype: Any = None) -> None:
        super().__init__(name, dtype)
        self.num_classes = num_classes
        self.total_cm = self.add_weight("total_confusion_matrix", (num_classes, num_classes), dtype="float64")

    def update_state(self, y_true: Any, y_pred: Any, sample_weight: Any = None) -> Any:
        """Return an operation that takes a batch in."""
        flat = [
            None if item is None else reshape(convert_to_tensor(item), [-1]) for item in (y_true, y_pred, sample_weight)
        ]
        table = confusion_matrix(flat[0], flat[1], self.num_classes, weights=flat[2], dtype="float64")
        return self.total_cm.assign_add(table, read_value=False)

    def result(self) -> Any:
        """Return a tensor of the value."""
        table = cast(identity(self.total_cm), self.dtype)
        both = diag_part(table)
        either = reduce_sum(table, axis=0) + reduce_sum(table, axis=1) - both
        seen = reduce_sum(cast(not_equal(either, 0), self.dtype))
        return div_no_nan(reduce_sum(div_no_nan(both, either)), seen)

    def get_config(self) -> dict[str, Any]:
        """The arguments it was made with."""
        return {**super().get_config(), "num_classes": self.num_classes}


class MeanRelativeError(Mean):
    """The mean of absolute differences, each divided by a number.

    Args:
      normalizer: the numbers, of the predictions' shape; name, dtype: as for all metrics.
    """

    def __init__(self, normalizer: Any, name: str | None = None, dtype: Any = None) -> None:
        super().__init__(name, dtype)
        self.normalizer = cast(normalizer, self.dtype)

    def update_state(self, y_true: Any, y_pred: Any, sample_weight: Any = None) -> Any:  # type: ignore[override]
        """Return an operation that takes a batch in."""
        difference = absolute(cast(y_true, self.dtype) - cast(y_pred, self.dtype))
        return super().update_state(div_no_nan(difference, self.normalizer), sample_weight)


class MeanTensor(Metric):
    """The mean of tensors, element by element. Args: name, dtype: as for all metrics."""

    def __init__(self, name: str | None = "mean_tensor", dtype: Any = None) -> None:
        super().__init__(name, dtype)
        self.total: Any = None
        self.count: Any = None

    def update_state(self, values: Any, sample_weight: Any = None) -> Any:
        """Return an operation that takes a tensor in. Raises: ValueError if its shape is another than before."""
        values = cast(values, self.dtype)
        shape = tuple(values.shape.as_list())
        if self.total is None:
            self.total, self.count = self.add_weight("total", shape), self.add_weight("count", shape)
        elif tuple(self.total.shape.as_list()) != shape:
            raise ValueError(
                "MeanTensor input values must always have the same shape. Expected shape (set during the first call): "
                f"{self.total.shape}. Got: {values.shape}"
            )
        counts = ones_like(values)
        if sample_weight is not None:
            weights = cast(sample_weight, self.dtype)
            missing = values.shape.ndims - weights.shape.ndims
            if weights.shape.ndims and missing > 0:
                weights = reshape(weights, [*weights.shape.as_list(), *[1] * missing])
            counts = counts * weights
            values = values * weights
        return group(self.total.assign_add(values, read_value=False), self.count.assign_add(counts, read_value=False))

    def result(self) -> Any:
        """Return a tensor of the value. Raises: ValueError before the first tensor."""
        if self.total is None:
            raise ValueError(
                "MeanTensor does not have any result yet. Please call the MeanTensor instance or use "
                "`.update_state(value)` before retrieving the result."
            )
        return div_no_nan(self.total, self.count)


class _AtThresholds(Metric):
    """The base: counts at thresholds spread evenly over [0, 1], one rate where another is next to a value."""

    _argument = ""

    def __init__(self, value: float, num_thresholds: int, name: str | None, dtype: Any) -> None:
        if num_thresholds <= 0:
            raise ValueError("`num_thresholds` must be > 0.")
        if not 0 <= value <= 1:
            raise ValueError(f"`{self._argument}` must be in the range [0, 1].")
        super().__init__(name, dtype)
        self.value, self.num_thresholds = value, num_thresholds
        inner = [(place + 1) / (num_thresholds - 1) for place in range(num_thresholds - 2)]
        self.thresholds = [0.5] if num_thresholds == 1 else [0.0, *inner, 1.0]
        self.true_positives, self.true_negatives, self.false_positives, self.false_negatives = (
            self.add_weight(kind, (num_thresholds,))
            for kind in ("true_positives", "true_negatives", "false_positives", "false_negatives")
        )

    def update_state(self, y_true: Any, y_pred: Any, sample_weight: Any = None) -> Any:
        """Return an operation that takes a batch in."""
        y_pred = cast(y_pred, self.dtype)
        above = greater(reshape(y_pred, [1, -1]), reshape(cast(self.thresholds, self.dtype), [-1, 1]))
        true = reshape(cast(y_true, "bool"), [1, -1])
        weights = ones_like(y_pred)
        if sample_weight is not None:
            given = cast(sample_weight, self.dtype)
            missing = y_pred.shape.ndims - given.shape.ndims
            weights = weights * (reshape(given, [-1] + [1] * missing) if given.shape.ndims and missing else given)
        weights = reshape(weights, [1, -1])
        places = (
            (self.true_positives, true, above),
            (self.true_negatives, logical_not(true), logical_not(above)),
            (self.false_positives, logical_not(true), above),
            (self.false_negatives, true, logical_not(above)),
        )
        return group(
            *(
                variable.assign_add(
                    reduce_sum(cast(logical_and(one, other), self.dtype) * weights, 1), read_value=False
                )
                for variable, one, other in places
            )
        )

    def _best(self, given: tuple[Any, Any], wanted: tuple[Any, Any]) -> Any:
        rates = div_no_nan(given[0], given[0] + given[1])
        place = argmin(absolute(rates - self.value), 0)
        right, wrong = (gather(counts, place) for counts in wanted)
        return div_no_nan(right, right + wrong)

    def get_config(self) -> dict[str, Any]:
        """The arguments it was made with."""
        return {**super().get_config(), "num_thresholds": self.num_thresholds, self._argument: self.value}


class SensitivityAtSpecificity(_AtThresholds):
    """The share of right ones that are found, at the threshold whose specificity is next to a value.

    Args:
      specificity: the value, in [0, 1]; num_thresholds: how many there are; name, dtype: as for all metrics.
    """

    _argument = "specificity"

    def __init__(
        self, specificity: float, num_thresholds: int = 200, name: str | None = None, dtype: Any = None
    ) -> None:
        super().__init__(specificity, num_thresholds, name, dtype)
        self.specificity = specificity

    def result(self) -> Any:
        """Return a tensor of the value."""
        negatives, positives = (
            (identity(self.true_negatives), identity(self.false_positives)),
            (identity(self.true_positives), identity(self.false_negatives)),
        )
        return self._best(negatives, positives)


class SpecificityAtSensitivity(_AtThresholds):
    """The share of wrong ones that are left out, at the threshold whose sensitivity is next to a value.

    Args:
      sensitivity: the value, in [0, 1]; num_thresholds: how many there are; name, dtype: as for all metrics.
    """

    _argument = "sensitivity"

    def __init__(
        self, sensitivity: float, num_thresholds: int = 200, name: str | None = None, dtype: Any = None
    ) -> None:
        super().__init__(sensitivity, num_thresholds, name, dtype)
        self.sensitivity = sensitivity

    def result(self) -> Any:
        """Return a tensor of the value."""
        negatives, positives = (
            (identity(self.true_negatives), identity(self.false_positives)),
            (identity(self.true_positives), identity(self.false_negatives)),
        )
        return self._best(positives, negatives)


CLASSES = {
    kind.__name__: kind
    for kind in (MeanIoU, MeanRelativeError, MeanTensor, SensitivityAtSpecificity, SpecificityAtSensitivity)
}
