"""Rows of arrays by their places: what only puts rows in another order moves numbers, and a batch takes all its rows at
once.

    from_tensor_slices((x, y)).shuffle(1000).repeat().batch(32)      32 places, then x[places], y[places]

The places are drawn, repeated and left out by the very functions that do so with elements.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import numpy as np

from .dataset import DatasetBase, Opener
from .runtime import Element, Runtime


class Moves:
    """An opener of a dataset whose elements are some of those of its only input, as they are.

    Args:
      open: opens it.
    """

    __slots__ = ("_open",)

    def __init__(self, open: Opener) -> None:
        self._open = open

    def __call__(self, runtime: Runtime) -> Iterator[Element]:
        return self._open(runtime)


class Rows:
    """An opener of a dataset of the rows of arrays; of their places, in a runtime for these.

    Args:
      open: opens it.
      arrays: the arrays, of one length. Raises: InvalidArgumentError for several lengths.
    """

    __slots__ = ("_open", "arrays")

    def __init__(self, open: Opener, arrays: Callable[[Runtime], Element]) -> None:
        self._open = open
        self.arrays = arrays

    def __call__(self, runtime: Runtime) -> Iterator[Element]:
        if runtime.counts_places:
            places: Any = range(len(self.arrays(runtime)[0]))
            return iter(places)
        return self._open(runtime)


def rows_of(dataset: DatasetBase) -> Rows | None:
    """The arrays whose rows the elements of a dataset are; None if they are others."""
    while type(dataset._opener) is Moves:
        dataset = dataset._inputs[0]
    return dataset._opener if type(dataset._opener) is Rows else None


def gathered(arrays: Element, places: list[Any]) -> Element:
    """Rows of arrays, together."""
    return tuple(np.take(array, places, 0) for array in arrays)
