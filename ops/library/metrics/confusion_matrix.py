"""`confusion_matrix`: how often which class was taken for which."""

from __future__ import annotations

from typing import Any

from ...building.basic_ops import identity
from ...building.convert import convert_to_tensor
from ...building.default_graph import control_dependencies, get_default_graph
from ...families.arrays.filling import zeros
from ...families.arrays.stacking import stack
from ...families.debugging.assertions import assert_less, assert_non_negative
from ...families.elementwise.cast import cast
from ...families.elementwise.like import ones_like
from ...families.elementwise.rounding import maximum
from ...families.reductions.reductions import reduce_max
from ...families.sparse.arithmetic import sparse_add
from ...families.sparse.sparse_tensor import SparseTensor
from ...graph.node import Tensor
from ...types import dtypes
from .squeezing import alike


def confusion_matrix(
    labels: Any, predictions: Any, num_classes: Any = None, dtype: Any = dtypes.int32, name: str | None = None,
    weights: Any = None,
) -> Tensor:  # fmt: skip
    """Return a matrix whose element [i, j] counts the examples of class i that were taken for class j.

    Args:
      labels, predictions: vectors of integers from 0 on, of one length.
      num_classes: how many classes there are; by default one more than the largest number.
      dtype: of the result.
      name: a name for the operations.
      weights: a number for each example, of the type of the result; each counts as 1 without them.
    Returns: [num_classes, num_classes].
    Raises: ValueError for shapes that contradict each other; InvalidArgumentError when it runs, for a number below 0 or
      of no class.
    Source: TensorFlow 1.
    """
    with get_default_graph().name_scope("confusion_matrix" if name is None else name):
        labels, predictions = (
            convert_to_tensor(labels, name="labels"),
            convert_to_tensor(predictions, name="predictions"),
        )
        predictions, labels, _ = alike(predictions, labels)
        predictions, labels = cast(predictions, dtypes.int64), cast(labels, dtypes.int64)
        labels = _after(assert_non_negative(labels, message="`labels` contains negative values"), labels)
        check = assert_non_negative(predictions, message="`predictions` contains negative values")
        predictions = _after(check, predictions)
        if num_classes is None:
            num_classes = maximum(reduce_max(predictions), reduce_max(labels)) + 1
        else:
            num_classes = cast(num_classes, dtypes.int64)
            labels = _after(assert_less(labels, num_classes, message="`labels` out of bound"), labels)
            check = assert_less(predictions, num_classes, message="`predictions` out of bound")
            predictions = _after(check, predictions)
        if weights is not None:
            weights = cast(alike(predictions, None, convert_to_tensor(weights, name="weights"))[2], dtype)
        shape = stack([num_classes, num_classes])
        places = stack([labels, predictions], axis=1)
        counts = ones_like(predictions, dtype) if weights is None else weights
        return sparse_add(SparseTensor(places, counts, shape), zeros(cast(shape, dtypes.int32), dtype))  # type: ignore[no-any-return]


def _after(check: Any, value: Any) -> Any:
    with control_dependencies([check]):
        return identity(value, name="control_dependency")
