"""Small parts of `contrib.metrics` and `contrib.learn`."""

from __future__ import annotations

from typing import Any, Final

from ...building.convert import convert_to_tensor
from ...building.default_graph import name_scope
from ...families.elementwise.arithmetic import multiply
from ...families.elementwise.cast import cast
from ...families.elementwise.compare import equal
from ...families.reductions.reductions import reduce_mean, reduce_sum
from ...types import dtypes


class ModeKeys:
    """The modes of a model in `contrib.learn`."""

    TRAIN: Final = "train"
    EVAL: Final = "eval"
    INFER: Final = "infer"

    @classmethod
    def validate(cls, key: str) -> None:
        """Raises: ValueError for another mode."""
        if key not in (cls.TRAIN, cls.EVAL, cls.INFER):
            raise ValueError(f"Invalid mode {key}.")


def accuracy(predictions: Any, labels: Any, weights: Any = None, name: str | None = None) -> Any:
    """Return the share of predictions that equal their labels, each by its weight.

    Args:
      predictions, labels: of one type (integers, bools or strings) and shape.
      weights: numbers of a shape that broadcasts; None for ones.
      name: of the scope.
    Raises: ValueError for floats, or if types or shapes differ.
    """
    predictions, labels = convert_to_tensor(predictions), convert_to_tensor(labels)
    allowed = labels.dtype.is_integer or labels.dtype.base_dtype in (dtypes.bool_, dtypes.string)
    if not allowed:
        raise ValueError(f"Labels should have bool, integer, or string dtype, not {labels.dtype!r}")
    if labels.dtype.base_dtype != predictions.dtype.base_dtype:
        raise ValueError(
            f"Dtypes of predictions and labels should match. Given: predictions ({predictions.dtype!r}) and labels "
            f"({labels.dtype!r})"
        )
    labels.shape.assert_is_compatible_with(predictions.shape)
    with name_scope(name, "accuracy", [predictions, labels]):
        correct = cast(equal(predictions, labels), dtypes.float32)
        if weights is None:
            return reduce_mean(correct)
        correct = multiply(correct, weights)
        count = multiply(convert_to_tensor(weights), cast(equal(labels, labels), dtypes.float32))
        return reduce_sum(correct) / reduce_sum(count)
