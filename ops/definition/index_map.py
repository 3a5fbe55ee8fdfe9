"""Index maps as data: which element of which input an element of the output is."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

Indices = list[Any]  # expressions; see `families/arrays/index_maps.py`


class IndexMap(NamedTuple):
    """How an operation's output elements are found.

    read: `(reader, indices, output) -> expression`; `output` is the number of the output, for operations with several.
    structure: positions of the inputs that are no data but say how to move; negative ones count from the end.
    stays: whether, for an input of this rank, these values of the structure say to move nothing: the output is the
      first input then.
    """

    read: Callable[[Any, Indices, int], Any]
    structure: tuple[int, ...] = ()
    stays: Callable[..., bool] | None = None

    def data_positions(self, count: int) -> list[int]:
        """The positions of the data among `count` inputs."""
        skipped = {position % count for position in self.structure}
        return [position for position in range(count) if position not in skipped]
