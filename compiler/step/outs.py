"""Arrays that a caller gives for results, as `out=` of NumPy's functions: where they stand, and what they have to be.

`out` has the form of the fetches: an array for one tensor, a list of arrays for a list, None for an operation. A step
takes one array, or a list or tuple of which each item is one; nested ones are made flat in Python first (`packed`).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from ...ops.types.tensor_shape import brackets
from .structure import InArrays, Kept, Keyed, Listed, Made, Nothing, Result, Structure, Tupled


def places(structure: Structure) -> dict[int, int | None]:
    """Per result, which item of the flat `out` is its array; None if `out` is the array."""
    structure = _bare(structure)
    if isinstance(structure, Result):
        return {structure.place: None}
    if _is_flat(structure):
        return {part.place: position for position, part in enumerate(structure.parts) if isinstance(part, Result)}
    return {place: position for position, place in enumerate(dict.fromkeys(structure.results()))}


def count_of(structure: Structure) -> int:
    """How many items the flat `out` has."""
    structure = _bare(structure)
    return len(structure.parts) if _is_flat(structure) else len(places(structure))


def packed(structure: Structure, arrays: Mapping[int, Any]) -> Any:
    """The flat `out` with an array for each result."""
    structure = _bare(structure)
    if isinstance(structure, Result):
        return arrays[structure.place]
    items: list[Any] = [None] * count_of(structure)
    for place, position in places(structure).items():
        assert position is not None
        items[position] = arrays[place]
    return tuple(items)


def _bare(structure: Structure) -> Structure:
    """A structure without the word that its numbers stay arrays: what is written to is one."""
    return structure.part if isinstance(structure, InArrays) else structure


def _is_flat(structure: Structure) -> bool:
    plain = isinstance(structure, Listed | Tupled) and all(isinstance(p, Result | Nothing) for p in structure.parts)
    return plain and len(set(structure.results())) == len(structure.results())


class Outs:
    """The arrays of one call, per result.

    Args:
      structure: of the fetches. given: what the caller gives. names: of the fetched tensors; dtypes: NumPy's of them.
      fed: the arrays of the feeds.
    Raises: TypeError for what is no array, of another form than the fetches or of another type; ValueError for an
      array that cannot be written, or that shares memory with a feed or another one of them.
    """

    def __init__(
        self, structure: Structure, given: Any, names: Sequence[str], dtypes: Sequence[Any], fed: Sequence[Any]
    ) -> None:
        self.arrays: dict[int, Any] = {}
        self._names = names
        self._dtypes = dtypes
        self._find(structure, given)
        self._check_apart(fed)

    def _find(self, structure: Structure, given: Any) -> None:
        if isinstance(structure, Result):
            self._take(structure.place, given)
        elif isinstance(structure, Kept):
            raise TypeError("`out` takes arrays, and a fetch is a handle: its array stays in the session.")
        elif isinstance(structure, Nothing):
            if given is not None:
                raise TypeError(f"`out` has None where an operation is fetched, not {type(given).__name__}.")
        elif isinstance(structure, Keyed):
            if not isinstance(given, Mapping) or set(given) != set(structure.keys):
                raise TypeError(f"`out` must be a dict with the keys of the fetches, {list(structure.keys)}.")
            for key, part in zip(structure.keys, structure.parts):
                self._find(part, given[key])
        elif isinstance(structure, InArrays):
            self._find(structure.part, given)
        elif isinstance(structure, Made):
            self._find(structure.part, list(given.values()) if isinstance(given, Mapping) else given)
        else:
            if not isinstance(given, list | tuple) or len(given) != len(structure.parts):
                shown = f"{len(given)} items" if isinstance(given, list | tuple) else type(given).__name__
                raise TypeError(f"`out` must be a list of {len(structure.parts)}, as the fetches are; got {shown}.")
            for part, item in zip(structure.parts, given):
                self._find(part, item)

    def _take(self, place: int, given: Any) -> None:
        name, dtype = self._names[place], self._dtypes[place]
        if not isinstance(given, np.ndarray):
            raise TypeError(f"`out` for '{name}' must be a NumPy array, got {type(given).__name__}.")
        if given.dtype != dtype:
            raise TypeError(f"`out` for '{name}' has type {given.dtype}, the tensor has {dtype}: nothing is converted.")
        if not given.flags.writeable:
            raise ValueError(f"`out` for '{name}' is read-only.")
        if self.arrays.setdefault(place, given) is not given:
            raise ValueError(f"'{name}' is fetched twice: give `out` the same array at both places.")

    def _check_apart(self, fed: Sequence[Any]) -> None:
        read = "a feed of this call, which the step reads while it writes: use two arrays in turns"
        others = [(array, read) for array in fed if isinstance(array, np.ndarray)]
        for place, array in self.arrays.items():
            for other, what in others:
                if np.may_share_memory(array, other):
                    raise ValueError(f"`out` for '{self._names[place]}' shares memory with {what}.")
            others.append((array, f"`out` for '{self._names[place]}'"))

    def check_shape(self, place: int, shape: Sequence[int | None]) -> None:
        """Raises: ValueError unless the array of a result has its shape; None is any extent."""
        found = self.arrays[place].shape
        if len(found) != len(shape) or any(known not in (None, extent) for known, extent in zip(shape, found)):
            raise ValueError(
                f"`out` for '{self._names[place]}' has shape {brackets(found)},"
                f" the result has {brackets(tuple(shape))}."
            )

    def fill(self, results: Sequence[Any]) -> None:
        """Copy results to their arrays. Raises: ValueError for another shape."""
        for place in self.arrays:
            self.check_shape(place, np.shape(results[place]))
        for place, array in self.arrays.items():
            if array.ndim:
                np.copyto(array, results[place])
            else:
                array[()] = results[place]
