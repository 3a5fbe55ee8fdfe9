"""Shape rules: extents in, extents out. Used while building and, with symbolic extents, while specialising a plan.

An extent is an int, None (unknown, only while building), or a symbolic integer of the compiler, whose comparisons are
decided for the arguments at hand and recorded as guards. So rules compare and compute with extents, and never ask for
their type.
"""

from __future__ import annotations

from typing import Any, Final

from ..base.errors import InternalError
from ..types.tensor_shape import Extents, brackets

UnknownRank = None
MOST_DIMENSIONS: Final = 33_554_432  # of a static shape


def scalar_shape(query: Any) -> Extents:
    """The output is a scalar."""
    return ()


def unknown_shape(query: Any) -> Extents:
    """Nothing is known of the output."""
    return None


def same_shape(query: Any) -> Extents:
    """The output has the shape of the first input."""
    shape: Extents = query.shapes[0]
    return shape


def same_as_all(query: Any) -> Extents:
    """All inputs have one shape, and the output too."""
    shape: Extents = None
    for other in query.shapes:
        shape = merge(shape, other)
    return shape


def broadcast_shape(query: Any) -> Extents:
    """The inputs broadcast as in NumPy."""
    shapes = query.shapes
    result: Extents = shapes[0]
    for shape in shapes[1:]:
        result = broadcast(result, shape)
    return result


def broadcast(a: Extents, b: Extents) -> Extents:
    """The shape two shapes broadcast to. Raises: ValueError that names the extents that differ."""
    if a is None or b is None:
        return None
    if len(a) < len(b):
        a, b = b, a
    offset = len(a) - len(b)
    if not offset and a == b and None not in a:
        return a
    result = list(a[:offset])
    for axis, y in enumerate(b):
        x = a[offset + axis]
        if x is None or y is None:
            result.append(_broadcast_unknown(x, y))
        elif x is y or x == y or y == 1:
            result.append(x)
        elif x == 1:
            result.append(y)
        else:
            raise ValueError(f"Dimensions must be equal, but are {x} and {y}")
    return tuple(result)


def _broadcast_unknown(x: Any, y: Any) -> Any:
    known = y if x is None else x
    if known is None or known == 1:
        return None
    return known  # the unknown one is 1 or the same


def merge(a: Extents, b: Extents) -> Extents:
    """What is known from two descriptions of one shape. Raises: ValueError if they contradict each other."""
    if a is None or b is None:
        return b if a is None else a
    if len(a) != len(b):
        raise ValueError(f"Shapes must be equal rank, but are {len(a)} and {len(b)}")
    return tuple(merge_extent(x, y, axis) for axis, (x, y) in enumerate(zip(a, b)))


def merge_extent(x: Any, y: Any, axis: int | None = None) -> Any:
    """What is known from two descriptions of one extent. Raises: ValueError if they contradict each other."""
    if x is None or y is None:
        return y if x is None else x
    if x is y or x == y:
        return x
    prefix = "Dimensions must be equal" if axis is None else f"Dimension {axis} in both shapes must be equal"
    raise ValueError(f"{prefix}, but are {x} and {y}")


def with_rank(shape: Extents, rank: int) -> tuple[Any, ...]:
    """`shape`, known to have `rank`. Raises: ValueError if it has another."""
    if shape is None:
        return (None,) * rank
    if len(shape) != rank:
        raise ValueError(f"Shape must be rank {rank} but is rank {len(shape)}")
    return shape


def at_least_rank(shape: Extents, rank: int) -> Extents:
    """`shape`. Raises: ValueError if its rank is known and below `rank`."""
    if shape is not None and len(shape) < rank:
        raise ValueError(f"Shape must be at least rank {rank} but is rank {len(shape)}")
    return shape


def normalize_axis(axis: Any, rank: int, what: str = "dimension") -> int:
    """Return an axis counted from the front. Raises: ValueError if it is outside of `[-rank, rank)`."""
    index = int(axis)
    if not -rank <= index < rank:
        raise ValueError(
            f"Invalid {what} {index}: it must be in the range [{-rank}, {rank}) for a tensor of rank {rank}"
        )
    return index + rank if index < 0 else index


def element_count(shape: Extents) -> Any:
    """The product of the extents, or None if it is not known."""
    if shape is None:
        return None
    product: Any = 1
    for extent in shape:
        if extent is None:
            return None
        product = product * extent
    return product


def shape_from_value(query: Any, index: int) -> Extents:
    """The shape that an integer-vector input spells, as far as its value is known.

    Raises: ValueError for what is no vector, or an extent below -1, which stands for any; InternalError, as
      TensorFlow does, for more dimensions than it makes a shape of.
    """
    shape = query.shapes[index]
    if shape is not None and len(shape) != 1:
        raise ValueError(f"Shape must be rank 1 but is rank {len(shape)}")
    if shape is not None and len(shape) == 1 and type(shape[0]) is int and shape[0] > MOST_DIMENSIONS:
        raise InternalError(
            None,
            None,
            f"Cannot create a tensor with {shape[0]} dimensions, as these would be more than maximum of "
            f"{MOST_DIMENSIONS}",
        )
    values = query.integers(index)
    if values is not None:
        wrong = next((value for value in values if type(value) is int and value < -1), None)
        if wrong is not None:
            raise ValueError(f"Invalid value in tensor used for shape: {wrong}")
        return tuple(None if value is None or _is_negative(value) else value for value in values)
    if shape is None or len(shape) != 1 or shape[0] is None:
        return None
    return (None,) * int(shape[0])


def _is_negative(value: Any) -> bool:
    return type(value) is int and value < 0


def describe(*shapes: Extents) -> str:
    """`[2,3] and [4,3]`."""
    return " and ".join(brackets(shape) for shape in shapes)
