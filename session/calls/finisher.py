"""From a program's results to what the user gets."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from ..resources.handles import TensorHandle
from ..resources.state import SessionState


class Finisher:
    """Turns a program's results into what the user gets: handles, fed values, the structure of the fetches.

    Results are the user's own already: the program gives none that shares memory with a feed or the state.
    """

    __slots__ = ("_handles", "_rebuild", "_slots", "_state")

    def __init__(self, state: SessionState, rebuild: Any, slots: list[int | None], handles: dict[int, Any]) -> None:
        self._state = state
        self._rebuild = rebuild
        self._slots = slots
        self._handles = handles

    def __call__(self, results: Any, arrays: Sequence[Any]) -> Any:
        for index, dtype in self._handles.items():
            results[index] = TensorHandle(results[index], dtype, self._state)
        values = [
            None if source is None else results[source] if source >= 0 else np.array(arrays[~source])
            for source in self._slots
        ]
        return self._rebuild(values)
