"""What a reduction is: how elements are combined, which axes are folded, and the shape that remains."""

from __future__ import annotations

import enum
from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np

from ..types.dtypes import DType, is_short_float
from ..types.tensor_shape import Extents


class Combine(enum.Enum):
    """How an element joins what was folded before; NaN wins where extremes are looked for."""

    SUM = "add"
    PRODUCT = "multiply"
    LARGEST = "maximum"
    SMALLEST = "minimum"
    ALL = "both"
    ANY = "either"
    FIRST_LARGEST = "first larger"  # the index of the first of the largest elements, NaN passed over
    FIRST_SMALLEST = "first smaller"

    @property
    def is_extreme(self) -> bool:
        """Whether the result is one of the elements."""
        return self in (Combine.LARGEST, Combine.SMALLEST)

    @property
    def finds_index(self) -> bool:
        """Whether the result is the index of an element."""
        return self in (Combine.FIRST_LARGEST, Combine.FIRST_SMALLEST)


class Reduction(NamedTuple):
    """What a compiled loop needs to fold elements: Python source, `T(...)` being a value of the accumulator's type.

    initial: from the output type, the accumulator's start: the result of folding nothing.
    combine: how one more element joins the accumulator.
    map: what is done with an element before it is combined, from `{x}`.
    finish: from the output type, the result from `{acc}` and `{count}`, the number of elements as an integer; the
      result is cast to the output type.
    accumulator: from the output type, the type that accumulates.
    kinds: the kinds of the elements that a loop folds; others are interpreted.
    """

    initial: Callable[[DType], str]
    combine: Combine
    map: str = "{x}"
    finish: Callable[[DType], str] = lambda dtype: "{acc}"
    accumulator: Callable[[DType], DType] = lambda dtype: dtype
    kinds: str = "fiub"


def axes_of(reduction_indices: Any, rank: int) -> tuple[int, ...]:
    """The axes to fold, counted from the front.

    Raises: ValueError if one is out of range or named twice.
    """
    axes: list[int] = []
    for item in np.reshape(reduction_indices, -1):
        axis = int(item)
        if not -rank <= axis < rank:
            raise ValueError(f"Invalid reduction dimension {axis} for input with {rank} dimensions.")
        axis = axis + rank if axis < 0 else axis
        if axis in axes:
            raise ValueError(f"Invalid reduction arguments: Axes contains duplicate dimension: {axis}")
        axes.append(axis)
    return tuple(axes)


def reduction_shape(query: Any) -> Extents:
    """The input's shape without the folded axes, or with 1 in their place."""
    shape, indices_shape = query.shapes
    keep_dims = query.attrs["keep_dims"]
    if indices_shape is not None and len(indices_shape) > 1:
        raise ValueError(f"Shape must be at most rank 1 but is rank {len(indices_shape)}")
    if shape is None:
        return None
    rank = len(shape)
    indices = query.known_integers(1)
    if indices is None:
        return (None,) * rank if keep_dims else None
    folded = set()
    for axis in map(int, indices):
        if not -rank <= axis < rank:
            raise ValueError(f"Invalid reduction dimension {axis} for input with {rank} dimensions.")
        folded.add(axis + rank if axis < 0 else axis)
    if keep_dims:
        return tuple(1 if axis in folded else extent for axis, extent in enumerate(shape))
    return tuple(extent for axis, extent in enumerate(shape) if axis not in folded)


def widened(dtype: np.dtype[Any]) -> Any:
    """The type to accumulate in: float32 for the 16-bit floats, otherwise the type itself."""
    return np.float32 if is_short_float(dtype) else dtype
