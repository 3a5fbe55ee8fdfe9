"""The structure of what a step returns, as data: a step puts its results together by it, and so does Python.

`{"a": x, "b": [y, None]}` is `Keyed.of(("a", "b"), (Result(0), Listed((Result(1), Nothing()))))`. Structures that say
the same are equal, so steps of one variant that return the same share their code.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from ...ops.types.records import record

Rebuild = Callable[[Sequence[Any]], Any]
_COMPARED = (str, bytes, int)  # keys that are the same if they are equal and of one type


class Structure:
    """A tree of results."""

    @property
    def parts(self) -> tuple[Structure, ...]:
        """What it is made of."""
        return ()

    def rebuilding(self) -> Rebuild:
        """Return a function from the results to what is made of them."""
        raise NotImplementedError

    def over(self, places: Sequence[int | None]) -> Structure:
        """The same with each result taken from another place; None for nothing."""
        raise NotImplementedError

    def results(self) -> list[int]:
        """The places of the results, in order."""
        return [place for part in self.parts for place in part.results()]


@record
class Result(Structure):
    """One result."""

    place: int

    def rebuilding(self) -> Rebuild:
        """See `Structure`."""
        place = self.place
        return lambda values: values[place]

    def over(self, places: Sequence[int | None]) -> Structure:
        """See `Structure`."""
        place = places[self.place]
        return Nothing() if place is None else Result(place)

    def results(self) -> list[int]:
        """See `Structure`."""
        return [self.place]


@record
class Nothing(Structure):
    """None."""

    def rebuilding(self) -> Rebuild:
        """See `Structure`."""
        return lambda values: None

    def over(self, places: Sequence[int | None]) -> Structure:
        """See `Structure`."""
        return self


@record
class Listed(Structure):
    """A list."""

    parts: tuple[Structure, ...] = ()

    def rebuilding(self) -> Rebuild:
        """See `Structure`."""
        parts = [part.rebuilding() for part in self.parts]
        return lambda values: [part(values) for part in parts]

    def over(self, places: Sequence[int | None]) -> Structure:
        """See `Structure`."""
        return Listed(tuple(part.over(places) for part in self.parts))


@record
class Tupled(Structure):
    """A tuple."""

    parts: tuple[Structure, ...] = ()

    def rebuilding(self) -> Rebuild:
        """See `Structure`."""
        parts = [part.rebuilding() for part in self.parts]
        return lambda values: tuple([part(values) for part in parts])

    def over(self, places: Sequence[int | None]) -> Structure:
        """See `Structure`."""
        return Tupled(tuple(part.over(places) for part in self.parts))


@record
class Keyed(Structure):
    """A dict."""

    _uncompared = ("keys",)

    keys: tuple[Any, ...]
    parts: tuple[Structure, ...] = ()
    told: tuple[Any, ...] = ()  # what tells keys apart: 1, 1.0 and True are equal

    @staticmethod
    def of(keys: Sequence[Any], parts: Sequence[Structure]) -> Keyed:
        """A dict with these keys."""
        told = tuple((type(key), key) if type(key) in _COMPARED else id(key) for key in keys)
        return Keyed(tuple(keys), tuple(parts), told)

    def rebuilding(self) -> Rebuild:
        """See `Structure`."""
        items = [(key, part.rebuilding()) for key, part in zip(self.keys, self.parts)]
        return lambda values: {key: part(values) for key, part in items}

    def over(self, places: Sequence[int | None]) -> Structure:
        """See `Structure`."""
        return Keyed(self.keys, tuple(part.over(places) for part in self.parts), self.told)


@record
class Made(Structure):
    """What a function makes of its one argument, such as a named tuple of a tuple."""

    _uncompared = ("function",)

    function: Callable[[Any], Any]
    part: Structure
    told: Any  # what tells functions apart: two bound methods may be the same

    @staticmethod
    def of(function: Callable[[Any], Any], part: Structure, owner: Any = None) -> Made:
        """What a function makes; of methods made anew each time their owner tells which they are."""
        return Made(function, part, id(function if owner is None else owner))

    @property
    def parts(self) -> tuple[Structure, ...]:
        """See `Structure`."""
        return (self.part,)

    def rebuilding(self) -> Rebuild:
        """See `Structure`."""
        function, part = self.function, self.part.rebuilding()
        return lambda values: function(part(values))

    def over(self, places: Sequence[int | None]) -> Structure:
        """See `Structure`."""
        return Made(self.function, self.part.over(places), self.told)


@record
class InArrays(Structure):
    """A structure in which results without axes stay arrays: what is given to the step again."""

    part: Structure

    @property
    def parts(self) -> tuple[Structure, ...]:
        """See `Structure`."""
        return (self.part,)

    def rebuilding(self) -> Rebuild:
        """See `Structure`."""
        return self.part.rebuilding()

    def over(self, places: Sequence[int | None]) -> Structure:
        """See `Structure`."""
        return InArrays(self.part.over(places))


@record
class Kept(Structure):
    """A structure in which some results are handles: Python is given their names, and makes them.

    A native step makes the handles itself; see `KeepArray` in `actions.py`.
    """

    _uncompared = ("makers",)

    part: Structure
    makers: tuple[tuple[int, Callable[[Any], Any]], ...]  # the place of a result, and what makes a handle of its name
    told: tuple[Any, ...]  # what tells makers apart

    @property
    def parts(self) -> tuple[Structure, ...]:
        """See `Structure`."""
        return (self.part,)

    def rebuilding(self) -> Rebuild:
        """See `Structure`."""
        makers, part = self.makers, self.part.rebuilding()

        def rebuild(values: Sequence[Any]) -> Any:
            results = list(values)
            for place, make in makers:
                results[place] = make(results[place])
            return part(results)

        return rebuild


def flat(kind: str, count: int) -> Structure:
    """The structure "single", "list" or "tuple" of so many results."""
    if kind == "single":
        return Result(0)
    return {"list": Listed, "tuple": Tupled}[kind](tuple(map(Result, range(count))))
