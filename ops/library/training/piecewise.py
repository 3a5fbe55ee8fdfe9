"""`piecewise_constant`: a value for each interval of the number of steps."""

from __future__ import annotations

from typing import Any

from ...building.convert import convert_n_to_tensor, convert_to_tensor
from ...building.default_graph import name_scope
from ...families.elementwise.cast import cast
from ...families.elementwise.compare import less_equal
from ...families.indexing.positions import where_v2
from ...graph.node import Tensor
from ...types import dtypes


def piecewise_constant(x: Any, boundaries: Any, values: Any, name: str | None = None) -> Tensor:
    """Return `values[0]` for `x <= boundaries[0]`, `values[1]` for `boundaries[0] < x <= boundaries[1]`, and so on.

    Args:
      x: a scalar, such as the number of steps; int32, int64, float32 or float64, as the boundaries.
      boundaries: a list of numbers, rising; integers may stand for an `x` of another type.
      values: one more, of one type.
      name: a name for the scope.
    Raises: ValueError if there are not as many values, or for types that do not fit.

    >>> tf.Session().run(tf.train.piecewise_constant(7, [5, 10], [1.0, 0.5, 0.1]))
    np.float32(0.5)
    """
    if len(boundaries) != len(values) - 1:
        raise ValueError("The length of boundaries should be 1 less than the length of values")
    with name_scope(name, "PiecewiseConstant", [x, boundaries, values]):
        at = convert_to_tensor(x)
        limits = convert_n_to_tensor(boundaries)
        for position, limit in enumerate(limits):
            if limit.dtype.base_dtype is not at.dtype.base_dtype:
                if limit.dtype.base_dtype is dtypes.int32 and at.dtype.base_dtype is dtypes.int64:
                    limits[position] = cast(limit, dtypes.int64)
                else:
                    raise ValueError(
                        f"Boundaries ({limit.dtype.base_dtype!r}) must have the same dtype as x "
                        f"({at.dtype.base_dtype!r})."
                    )
        choices = convert_n_to_tensor(values)
        for choice in choices[1:]:
            if choice.dtype.base_dtype is not choices[0].dtype.base_dtype:
                raise ValueError(
                    f"Values must have elements all with the same dtype ({choices[0].dtype.base_dtype!r} vs "
                    f"{choice.dtype.base_dtype!r})."
                )
        result = choices[-1]
        for limit, choice in zip(reversed(limits), reversed(choices[:-1])):
            result = where_v2(less_equal(at, limit), choice, result)
        return result


piecewise_constant_decay = piecewise_constant
