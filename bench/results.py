"""What was measured: rows of cells, and the JSON file they are kept in."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from .backends import BACKENDS
from .stats import Summary, summarize
from .workload import Workload

FORMAT = 1  # of the JSON file


@dataclass
class Cell:
    """One backend's times for one workload, or why there are none."""

    rounds: list[float] = field(default_factory=list)
    prepared: float | None = None  # seconds to the first checked result
    number: int | None = None  # calls in the inner loop
    memory: int | None = None  # bytes at the peak of the rounds, beyond those before it was prepared
    error: str | None = None
    kind: str | None = None

    @property
    def summary(self) -> Summary | None:
        """The Summary of the rounds, or None if nothing was measured."""
        return summarize(self.rounds) if self.rounds else None

    def to_json(self) -> dict[str, Any]:
        """Return plain data for the results file; times are seconds per call."""
        data: dict[str, Any] = self.summary.to_json() if self.summary else {}
        extra = {
            "prepared": self.prepared,
            "number": self.number,
            "memory": self.memory,
            "error": self.error,
            "kind": self.kind,
        }
        return data | {name: value for name, value in extra.items() if value is not None}


@dataclass
class Results:
    """Everything one run of the bench found out."""

    machine: dict[str, Any] = field(default_factory=dict)
    settings: dict[str, Any] = field(default_factory=dict)
    versions: dict[str, str] = field(default_factory=dict)
    skipped: dict[str, str] = field(default_factory=dict)
    rows: dict[str, dict[str, Cell]] = field(default_factory=dict)
    workloads: dict[str, Workload] = field(default_factory=dict)
    notes: list[str] = field(default_factory=list)

    def start(self, workload: Workload, backends: Iterable[str]) -> dict[str, Cell]:
        """Make and return the empty cells of a row."""
        self.workloads[workload.name] = workload
        return self.rows.setdefault(workload.name, {name: Cell() for name in backends})

    def seconds(self, workload: str, backend: str, statistic: str = "median") -> float | None:
        """Return a cell's time by `statistic` ("median" or "best"), or None if it was not measured."""
        cell = self.rows.get(workload, {}).get(backend)
        if cell is None or cell.summary is None:
            return None
        return float(getattr(cell.summary, statistic))

    def best_peer(self, workload: str, statistic: str = "median") -> tuple[str, float] | None:
        """Return the fastest peer's name and time, or None if no peer was measured."""
        times = [
            (seconds, name)
            for name in self.rows.get(workload, {})
            if BACKENDS[name].peer and (seconds := self.seconds(workload, name, statistic)) is not None
        ]
        return (min(times)[1], min(times)[0]) if times else None

    @property
    def failures(self) -> list[tuple[str, str, Cell]]:
        """Workload, backend and cell of everything that went wrong ("unsupported" is not wrong)."""
        return [found for found in self._with_error() if found[2].kind != "unsupported"]

    @property
    def unsupported(self) -> list[tuple[str, str, Cell]]:
        """Workload, backend and cell of what a backend has no form of, though the workload asks it."""
        return [found for found in self._with_error() if found[2].kind == "unsupported"]

    def _with_error(self) -> list[tuple[str, str, Cell]]:
        return [(name, who, cell) for name, row in self.rows.items() for who, cell in row.items() if cell.error]

    def to_json(self) -> dict[str, Any]:
        """Return plain data: machine, settings, versions, rows and the verdicts on the targets."""
        from .targets import TARGETS, judge

        rows = {
            name: {
                "title": self.workloads[name].title,
                "group": self.workloads[name].group,
                "backends": {backend: cell.to_json() for backend, cell in row.items()},
            }
            for name, row in self.rows.items()
        }
        verdicts = [judge(target, self).to_json() for target in TARGETS if target.workload in self.rows]
        facts = {"machine": self.machine, "settings": self.settings, "versions": self.versions}
        return {
            "format": FORMAT,
            **facts,
            "skipped": self.skipped,
            "notes": self.notes,
            "rows": rows,
            "targets": verdicts,
        }

    def save(self, path: Path) -> None:
        """Write the JSON file, folders included."""
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(json.dumps(self.to_json(), indent=1) + "\n")
