"""Who hears of reads of variables: tapes that record in this thread, and the function that is being traced."""

from __future__ import annotations

import threading
from typing import Any, Protocol


class Listener(Protocol):
    """A tape."""

    def accessed(self, variable: Any) -> None:
        """Hear that a resource variable was read."""


class _Recording(threading.local):
    tapes: tuple[Listener, ...] = ()


_RECORDING = _Recording()


def start(tape: Listener) -> None:
    """From now on `tape` hears of reads in this thread."""
    _RECORDING.tapes += (tape,)


def stop(tape: Listener) -> None:
    """End what `start` began."""
    _RECORDING.tapes = tuple(other for other in _RECORDING.tapes if other is not tape)


def note_read(graph: Any, variable: Any) -> None:
    """Say that a variable was read in a graph; a function's graph keeps which, for tapes around later calls."""
    if graph.building_function:
        graph.read_variables[variable.handle] = variable
    for tape in _RECORDING.tapes:
        tape.accessed(variable)


def note_call(variables: Any) -> None:
    """Say that a function was called which reads variables."""
    for tape in _RECORDING.tapes:
        for variable in variables:
            tape.accessed(variable)
