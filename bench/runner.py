"""The order of measurements: workload by workload, round by round, backends taking turns."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from .results import Cell, Results
from .workload import Fresh, Workload

SLOW = 0.5  # seconds; a call that takes longer gets `Pace.slow_rounds`
PAUSE = 0.002  # seconds between turns, in which the last backend's threads go to sleep


class Asks(Protocol):
    """What the runner needs of `bench.processes.Processes`; tests give it a fake."""

    def ask(self, backend: str, request: dict[str, Any]) -> dict[str, Any]:
        """Send a request to a backend's worker and return the answer."""
        ...

    def measure_fresh(self, backend: str, workload: Workload, fresh: Fresh) -> dict[str, Any]:
        """Measure once in a new process."""
        ...


@dataclass(frozen=True)
class Pace:
    """How long to measure.

    Args:
      rounds: turns each backend gets.
      budget: seconds of one turn.
      slow_rounds: turns of what takes long: calls above SLOW, and workloads that start a process each time.
      deadline: `time.monotonic()` after which no workload starts and rounds end early; None for no limit.
    """

    rounds: int
    budget: float
    slow_rounds: int = 3
    deadline: float | None = None

    def over(self) -> bool:
        """Return whether the deadline has passed."""
        return self.deadline is not None and time.monotonic() > self.deadline


Progress = Callable[[str], None]


def find_backends(processes: Asks, names: Sequence[str], results: Results, progress: Progress) -> list[str]:
    """Return the backends that can be imported; the others go to `results.skipped` with the reason."""
    available = []
    for name in names:
        progress(f"starting {name}")
        answer = processes.ask(name, {"do": "facts"})
        if "version" in answer:
            available.append(name)
            results.versions[name] = answer["version"]
        else:
            results.skipped[name] = answer.get("missing") or answer.get("error", "no answer")
    return available


def run(
    processes: Asks,
    workloads: Sequence[Workload],
    backends: Sequence[str],
    pace: Pace,
    results: Results,
    progress: Progress,
) -> None:
    """Measure every workload on every backend that takes part, into `results`.

    A KeyboardInterrupt leaves `results` with everything measured until then, and passes on.
    """
    for index, workload in enumerate(workloads):
        if pace.over():
            left = ", ".join(w.name for w in workloads[index:])
            results.notes.append(f"out of time; not run: {left}")
            return
        taking_part = [name for name in backends if workload.takes_part(name)]
        cells = results.start(workload, taking_part)
        say = _prefixed(progress, f"[{index + 1}/{len(workloads)}] {workload.name}")
        if workload.fresh:
            _run_fresh(processes, workload, workload.fresh, cells, pace, say)
        else:
            _run_workers(processes, workload, cells, pace, say)


def _prefixed(progress: Progress, prefix: str) -> Progress:
    return lambda text: progress(f"{prefix}: {text}")


def _run_workers(processes: Asks, workload: Workload, cells: dict[str, Cell], pace: Pace, say: Progress) -> None:
    """Prepare and check on each backend in turn, then let them take turns for the rounds."""
    for name, cell in cells.items():
        say(f"preparing {name}")
        answer = processes.ask(name, {"do": "prepare", "workload": workload.name})
        _note_error(cell, answer)
        cell.prepared = answer.get("seconds")
    for turn in range(pace.rounds):
        if turn and pace.over():
            break
        for name in _rotated([name for name, cell in cells.items() if not _finished(cell, pace)], turn):
            say(f"round {turn + 1}/{pace.rounds}, {name}")
            time.sleep(PAUSE)
            answer = processes.ask(name, {"do": "time", "round": turn, "budget": pace.budget})
            _note_time(cells[name], answer)
    for name, cell in cells.items():
        if cell.kind not in ("crashed", "timeout"):
            processes.ask(name, {"do": "release"})


def _run_fresh(
    processes: Asks, workload: Workload, fresh: Fresh, cells: dict[str, Cell], pace: Pace, say: Progress
) -> None:
    """Start one process after another, backends taking turns."""
    rounds = min(pace.rounds, pace.slow_rounds)
    for turn in range(rounds):
        if turn and pace.over():
            return
        for name in _rotated([name for name, cell in cells.items() if not cell.error], turn):
            say(f"round {turn + 1}/{rounds}, {name}, a new process")
            _note_time(cells[name], processes.measure_fresh(name, workload, fresh))


def _finished(cell: Cell, pace: Pace) -> bool:
    """Return whether a cell gets no more rounds: it failed, or it is slow and has enough."""
    return cell.error is not None or (len(cell.rounds) >= pace.slow_rounds and min(cell.rounds) > SLOW)


def _rotated(names: list[str], turn: int) -> list[str]:
    """Return the names with another one first each round, so that none always follows the same neighbour.

    >>> _rotated(["a", "b", "c"], 1)
    ['b', 'c', 'a']
    """
    start = turn % len(names) if names else 0
    return names[start:] + names[:start]


def _note_time(cell: Cell, answer: dict[str, Any]) -> None:
    _note_error(cell, answer)
    if "seconds" in answer:
        cell.rounds.append(answer["seconds"])
        cell.number = answer.get("number")
        if "memory" in answer:
            cell.memory = max(cell.memory or 0, answer["memory"])


def _note_error(cell: Cell, answer: dict[str, Any]) -> None:
    if "error" in answer:
        cell.error, cell.kind = answer["error"], answer.get("kind", "failed")
