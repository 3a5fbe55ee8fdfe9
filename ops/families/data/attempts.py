"""Elements that cannot be made: a step that asks for one fails, and the next step gets the next element.

What opens a dataset is a generator, and a generator that raises is over. So it yields a `Failure` in place of an
element; what a dataset gives to others (`Attempts`) raises the error, and can be asked again.

For example `from_tensor_slices([1, 0, 2]).map(lambda x: 6 // x)` gives 6, an InvalidArgumentError, and 3.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any, Final

NUMBERS: Final[Any] = type(iter(range(0)))  # elements that are places of rows, see `places.py`: none of them fails


class Failure:
    """An error where an element ought to be."""

    __slots__ = ("error",)

    def __init__(self, error: Exception) -> None:
        self.error = error


class Attempts(Iterator[Any]):
    """The elements that a generator yields, its failures raised."""

    __slots__ = ("_elements",)

    def __init__(self, elements: Iterator[Any]) -> None:
        self._elements = elements

    def __next__(self) -> Any:
        element = next(self._elements)
        if type(element) is Failure:
            raise element.error
        return element


def attempts(elements: Iterator[Any]) -> Iterator[Any]:
    """The elements, and a Failure for each that cannot be made."""
    while True:
        try:
            element = next(elements)
        except StopIteration:
            return
        except Exception as error:
            element = Failure(error)
        yield element


def each(elements: Iterator[Any], function: Callable[[Any], Any]) -> Iterator[Any]:
    """What a function makes of each element, and a Failure for each that it, or the element, fails for."""
    while True:
        try:
            element = next(elements)
        except StopIteration:
            return
        except Exception as error:
            yield Failure(error)
            continue
        try:
            result = function(element)
        except Exception as error:
            result = Failure(error)
        yield result
