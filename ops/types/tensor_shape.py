"""`TensorShape` and `Dimension`: the public face of shapes, some of whose extents may be unknown.

Inside the library a shape is a plain tuple of ints and Nones, or None where even the rank is unknown: `Extents`.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

import numpy as np

Extents = tuple[Any, ...] | None  # each entry an int, or None where unknown


class Dimension:
    """One extent: an int or, when `value` is None, unknown. Arithmetic with an unknown extent is unknown."""

    __slots__ = ("_value",)

    def __init__(self, value: Any) -> None:
        if isinstance(value, Dimension):
            self._value: int | None = value._value
        elif value is None:
            self._value = None
        else:
            self._value = _extent(value)

    @property
    def value(self) -> int | None:
        """The extent, or None."""
        return self._value

    def is_compatible_with(self, other: Any) -> bool:
        """Whether both could be one extent."""
        other = as_dimension(other)
        return self._value is None or other._value is None or self._value == other._value

    def assert_is_compatible_with(self, other: Any) -> None:
        """Raises: ValueError unless both could be one extent."""
        if not self.is_compatible_with(other):
            raise ValueError(f"Dimensions {self} and {as_dimension(other)} are not compatible")

    def merge_with(self, other: Any) -> Dimension:
        """The known one of the two. Raises: ValueError if both are known and differ."""
        other = as_dimension(other)
        self.assert_is_compatible_with(other)
        return Dimension(other._value if self._value is None else self._value)

    def _with(self, other: Any, operation: Any) -> Any:
        try:
            other = as_dimension(other)
        except (TypeError, ValueError):
            return NotImplemented
        if self._value is None or other._value is None:
            return Dimension(None)
        return Dimension(operation(self._value, other._value))

    def _compare(self, other: Any, operation: Any) -> Any:
        other = as_dimension(other)
        if self._value is None or other._value is None:
            return None
        return operation(self._value, other._value)

    def __add__(self, other: Any) -> Dimension:
        return self._with(other, lambda a, b: a + b)  # type: ignore[no-any-return]

    __radd__ = __add__

    def __sub__(self, other: Any) -> Dimension:
        return self._with(other, lambda a, b: a - b)  # type: ignore[no-any-return]

    def __rsub__(self, other: Any) -> Dimension:
        return self._with(other, lambda a, b: b - a)  # type: ignore[no-any-return]

    def __mul__(self, other: Any) -> Dimension:
        return self._with(other, lambda a, b: a * b)  # type: ignore[no-any-return]

    __rmul__ = __mul__

    def __floordiv__(self, other: Any) -> Dimension:
        return self._with(other, lambda a, b: a // b)  # type: ignore[no-any-return]

    def __rfloordiv__(self, other: Any) -> Dimension:
        return self._with(other, lambda a, b: b // a)  # type: ignore[no-any-return]

    __div__ = __floordiv__

    def __truediv__(self, other: Any) -> Dimension:
        raise TypeError(
            f"unsupported operand type(s) for /: 'Dimension' and {type(other).__name__!r}, please use // instead"
        )

    __rtruediv__ = __truediv__

    def __mod__(self, other: Any) -> Dimension:
        return self._with(other, lambda a, b: a % b)  # type: ignore[no-any-return]

    def __rmod__(self, other: Any) -> Dimension:
        return self._with(other, lambda a, b: b % a)  # type: ignore[no-any-return]

    def __lt__(self, other: Any) -> Any:
        return self._compare(other, lambda a, b: a < b)

    def __le__(self, other: Any) -> Any:
        return self._compare(other, lambda a, b: a <= b)

    def __gt__(self, other: Any) -> Any:
        return self._compare(other, lambda a, b: a > b)

    def __ge__(self, other: Any) -> Any:
        return self._compare(other, lambda a, b: a >= b)

    def __eq__(self, other: object) -> Any:
        try:
            return self._compare(other, lambda a, b: a == b)
        except (TypeError, ValueError):
            return NotImplemented

    def __ne__(self, other: object) -> Any:
        try:
            return self._compare(other, lambda a, b: a != b)
        except (TypeError, ValueError):
            return NotImplemented

    def __hash__(self) -> int:
        return hash(self._value)

    def __int__(self) -> int:
        return self._value  # type: ignore[return-value]  # an unknown extent makes int() raise TypeError

    __index__ = __int__

    def __repr__(self) -> str:
        return f"Dimension({self._value})"

    def __str__(self) -> str:
        return "?" if self._value is None else str(self._value)

    def __reduce__(self) -> tuple[Any, ...]:
        return Dimension, (self._value,)


def _extent(value: Any) -> int:
    if isinstance(value, (str, bytes)):
        raise TypeError(f"Dimension value must be integer or None or have an __index__ method, got value {value!r}")
    if isinstance(value, (np.ndarray, np.floating)) and value.size == 1:
        value = value.item()  # programs give arrays of one element, and what they divided, as extents
    try:
        extent: int = value.__index__()
    except AttributeError:
        if not isinstance(value, float) or int(value) != value:
            raise TypeError(
                f"Dimension value must be integer or None or have an __index__ method, got value {value!r} "
                f"with type {type(value)!r}"
            ) from None
        extent = int(value)
    if extent < 0:
        raise ValueError(f"Dimension {extent} must be >= 0")
    return extent


def as_dimension(value: Any) -> Dimension:
    """Return `value` as a Dimension. Raises: TypeError, ValueError if it is not an extent."""
    return value if isinstance(value, Dimension) else Dimension(value)


def as_extents(shape: Any) -> Extents:
    """Return any way to write a shape (TensorShape, list, int, None, TensorShapeProto) in the inner form."""
    if shape is None or type(shape) is TensorShape:
        return None if shape is None else shape._extents
    if isinstance(shape, TensorShape):
        return shape._extents
    if hasattr(shape, "unknown_rank") and hasattr(shape, "dim"):
        return None if shape.unknown_rank else tuple(None if d.size < 0 else d.size for d in shape.dim)
    if isinstance(shape, Iterable) and not isinstance(shape, (str, bytes)):
        return tuple(as_dimension(extent).value for extent in shape)
    return (as_dimension(shape).value,)


def format_extents(extents: Extents) -> str:
    """`(?, 3)`, `(2,)`, `()` or `<unknown>`."""
    if extents is None:
        return "<unknown>"
    words = ["?" if extent is None else str(extent) for extent in extents]
    return f"({words[0]},)" if len(words) == 1 else f"({', '.join(words)})"


def brackets(extents: Extents) -> str:
    """`[?,3]`, `[]` or `<unknown>`: the form in error messages and plans."""
    if extents is None:
        return "<unknown>"
    return "[" + ",".join("?" if extent is None else str(extent) for extent in extents) + "]"


class TensorShape:
    """The shape of a tensor: fully known, with unknown extents, or of unknown rank (`TensorShape(None)`)."""

    __slots__ = ("_extents",)

    def __init__(self, dims: Any) -> None:
        self._extents: Extents = as_extents(dims)

    @classmethod
    def _of(cls, extents: Extents) -> TensorShape:
        shape = cls.__new__(cls)
        shape._extents = extents
        return shape

    @property
    def dims(self) -> list[Dimension] | None:
        """The dimensions as a list, or None where the rank is unknown."""
        return None if self._extents is None else [Dimension(extent) for extent in self._extents]

    _dims = dims  # TensorFlow 1's own name of them, which libraries read (Keras 2.2's `ndim`)

    @property
    def ndims(self) -> int | None:
        """The rank, or None."""
        return None if self._extents is None else len(self._extents)

    rank = ndims

    def _known(self) -> tuple[Any, ...]:
        if self._extents is None:
            raise ValueError("Cannot take the length of shape with unknown rank.")
        return self._extents

    def __len__(self) -> int:
        return len(self._known())

    def __bool__(self) -> bool:
        return self._extents is not None

    def __iter__(self) -> Iterator[Dimension]:
        if self._extents is None:
            raise ValueError("Cannot iterate over a shape with unknown rank.")
        return iter([Dimension(extent) for extent in self._extents])

    def __getitem__(self, key: Any) -> Any:
        if self._extents is not None:
            part = self._extents[key]
            return TensorShape._of(part) if isinstance(key, slice) else Dimension(part)
        if not isinstance(key, slice):
            return Dimension(None)
        start, stop = key.start or 0, key.stop
        if stop is None or start < 0 or stop < 0 or key.step not in (None, 1):
            return TensorShape(None)
        return TensorShape._of((None,) * max(stop - start, 0))

    def num_elements(self) -> int | None:
        """The product of the extents, or None where one is unknown."""
        if not self.is_fully_defined():
            return None
        product = 1
        for extent in self._extents or ():
            product *= extent
        return product

    def is_fully_defined(self) -> bool:
        """Whether the rank and every extent are known."""
        return self._extents is not None and None not in self._extents

    def assert_is_fully_defined(self) -> None:
        """Raises: ValueError if something is unknown."""
        if not self.is_fully_defined():
            raise ValueError(f"Shape {self} is not fully defined")

    def as_list(self) -> list[int | None]:
        """The extents as a list. Raises: ValueError if the rank is unknown."""
        if self._extents is None:
            raise ValueError("as_list() is not defined on an unknown TensorShape.")
        return list(self._extents)

    def as_proto(self) -> Any:
        """This shape as a TensorShapeProto message."""
        from .. import proto

        if self._extents is None:
            return proto.TensorShapeProto(unknown_rank=True)
        dim = proto.TensorShapeProto.Dim
        return proto.TensorShapeProto(dim=[dim(size=-1 if e is None else e) for e in self._extents])

    def is_compatible_with(self, other: Any) -> bool:
        """Whether one concrete shape could be both."""
        theirs = as_extents(other)
        if self._extents is None or theirs is None:
            return True
        if len(self._extents) != len(theirs):
            return False
        return all(a is None or b is None or a == b for a, b in zip(self._extents, theirs))

    def assert_is_compatible_with(self, other: Any) -> None:
        """Raises: ValueError unless one concrete shape could be both."""
        if not self.is_compatible_with(other):
            raise ValueError(f"Shapes {self} and {TensorShape(other)} are incompatible")

    def merge_with(self, other: Any) -> TensorShape:
        """What is known from both. Raises: ValueError if they contradict each other."""
        return TensorShape._of(merge_extents(self._extents, as_extents(other)))

    def most_specific_compatible_shape(self, other: Any) -> TensorShape:
        """The most specific shape that holds both: extents that differ become unknown."""
        theirs = as_extents(other)
        if self._extents is None or theirs is None or len(self._extents) != len(theirs):
            return TensorShape(None)
        return TensorShape._of(tuple(a if a == b else None for a, b in zip(self._extents, theirs)))

    def concatenate(self, other: Any) -> TensorShape:
        """The extents of both, one after the other; unknown if either rank is."""
        theirs = as_extents(other)
        if self._extents is None or theirs is None:
            return TensorShape(None)
        return TensorShape._of(self._extents + theirs)

    def assert_same_rank(self, other: Any) -> None:
        """Raises: ValueError if both ranks are known and differ."""
        theirs = as_extents(other)
        if self._extents is not None and theirs is not None and len(self._extents) != len(theirs):
            raise ValueError(f"Shapes {self} and {TensorShape._of(theirs)} must have the same rank")

    def assert_has_rank(self, rank: int) -> None:
        """Raises: ValueError if the rank is known and another."""
        if self.ndims not in (None, rank):
            raise ValueError(f"Shape {self} must have rank {rank}")

    def with_rank(self, rank: int) -> TensorShape:
        """This shape, known to have `rank`. Raises: ValueError if it has another."""
        self.assert_has_rank(rank)
        return TensorShape._of((None,) * rank) if self._extents is None else self

    def with_rank_at_least(self, rank: int) -> TensorShape:
        """This shape. Raises: ValueError if its rank is known and below `rank`."""
        if self.ndims is not None and self.ndims < rank:
            raise ValueError(f"Shape {self} must have rank at least {rank}")
        return self

    def with_rank_at_most(self, rank: int) -> TensorShape:
        """This shape. Raises: ValueError if its rank is known and above `rank`."""
        if self.ndims is not None and self.ndims > rank:
            raise ValueError(f"Shape {self} must have rank at most {rank}")
        return self

    def __eq__(self, other: object) -> bool:
        try:
            return self._extents == as_extents(other)
        except (TypeError, ValueError):
            return NotImplemented

    def __ne__(self, other: object) -> bool:
        try:
            theirs = as_extents(other)
        except (TypeError, ValueError):
            return NotImplemented
        if self._extents is None or theirs is None:
            raise ValueError("The inequality of unknown TensorShapes is undefined.")
        return self._extents != theirs

    def __hash__(self) -> int:
        return hash(self._extents)

    def __add__(self, other: Any) -> TensorShape:
        return self.concatenate(other)

    def __radd__(self, other: Any) -> TensorShape:
        return TensorShape(other).concatenate(self)

    def __repr__(self) -> str:
        if self._extents is None:
            return "TensorShape(None)"
        return f"TensorShape([{', '.join(repr(d) for d in self.dims or ())}])"

    def __str__(self) -> str:
        return format_extents(self._extents)

    def __reduce__(self) -> tuple[Any, ...]:
        return TensorShape, (None if self._extents is None else list(self._extents),)


def merge_extents(a: Extents, b: Extents) -> Extents:
    """What is known from both. Raises: ValueError if they contradict each other."""
    if a is None or b is None:
        return b if a is None else a
    if len(a) != len(b):
        raise ValueError(f"Shapes {format_extents(a)} and {format_extents(b)} must have the same rank")
    for x, y in zip(a, b):
        if x is not None and y is not None and x != y:
            raise ValueError(f"Shapes {format_extents(a)} and {format_extents(b)} are not compatible")
    return tuple(y if x is None else x for x, y in zip(a, b))


def unknown_shape(rank: int | None = None) -> TensorShape:
    """A shape of unknown extents, and of unknown rank when `rank` is None."""
    return TensorShape._of(None if rank is None else (None,) * rank)


def as_shape(shape: Any) -> TensorShape:
    """Return `shape` as a TensorShape."""
    return shape if isinstance(shape, TensorShape) else TensorShape(shape)


def dimension_value(dimension: Any) -> Any:
    """Return a Dimension as an int (None if unknown); anything else as it is.

    >>> dimension_value(Dimension(3))
    3
    """
    return dimension.value if isinstance(dimension, Dimension) else dimension


def dimension_at_index(shape: TensorShape, index: int) -> Dimension:
    """Return one Dimension of a shape; of unknown extent if the rank is not known.

    Raises: IndexError if there is none at that index.
    """
    assert isinstance(shape, TensorShape)
    return Dimension(None) if shape.dims is None else shape.dims[index]
