"""What a shape rule may ask, and integers of which nothing is known."""

from __future__ import annotations

from typing import Any, Final

import numpy as np

from ..types.tensor_shape import Extents


class Unknown:
    """An integer of which nothing is known. Arithmetic gives itself; it has no truth value."""

    __slots__ = ()

    def _same(self, *_: Any) -> Unknown:
        return self

    __add__ = __radd__ = __sub__ = __rsub__ = __mul__ = __rmul__ = __floordiv__ = __rfloordiv__ = _same
    __mod__ = __rmod__ = __neg__ = __abs__ = __truediv__ = __rtruediv__ = _same

    def __eq__(self, other: object) -> Any:
        raise UnknownValueError

    __lt__ = __le__ = __gt__ = __ge__ = __ne__ = __eq__

    def __bool__(self) -> bool:
        raise UnknownValueError

    def __index__(self) -> int:
        raise UnknownValueError

    __int__ = __index__

    def __hash__(self) -> int:
        return 0

    def __repr__(self) -> str:
        return "?"


class UnknownValueError(ValueError):
    """Something depends on a value that is not known yet."""


UNKNOWN: Final = Unknown()


class ShapeQuery:
    """What a shape rule may ask.

    Attributes:
      shapes: the extents of each input, flat; None where the rank is unknown, None for unknown extents.
      attrs: the operation's attributes.
      dtypes: the types of the inputs.
      makers: the operations that make the inputs, while a graph is built; else empty.
      source: from an input's index to its partial value, asked when the rule asks.
    """

    __slots__ = ("_source", "attrs", "dtypes", "makers", "shapes")

    def __init__(
        self, shapes: list[Extents], attrs: dict[str, Any], dtypes: Any, source: Any, makers: Any = ()
    ) -> None:
        self.makers = makers
        self.shapes = shapes
        self.attrs = attrs
        self.dtypes = dtypes
        self._source = source

    @property
    def is_building(self) -> bool:
        """Whether a graph is being built: then TensorFlow leaves some contradictions to the run, and so do rules."""
        return bool(self.makers)

    def value(self, index: int) -> np.ndarray[Any, Any] | None:
        """The partial value of an input (an integer or object array, entries maybe UNKNOWN), or None."""
        result: np.ndarray[Any, Any] | None = self._source(index)
        return result

    def integers(self, index: int) -> list[Any] | None:
        """The input's value as a flat list of ints (None where unknown), or None if it is not known at all."""
        value = self.value(index)
        if value is None:
            return None
        return [None if item is UNKNOWN else item for item in value.reshape(-1).tolist()]

    def known_integers(self, index: int) -> list[Any] | None:
        """Like `integers`, but None as a whole if one of them is unknown."""
        found = self.integers(index)
        return None if found is None or any(item is None for item in found) else found
