"""Compare two result files, and keep a history, so that a loss of speed shows.

Times of two runs are compared as ratios to what ran beside them: the machine was not equally fast both times. In each
row, times are divided by those of the backends that both runs have beside sessile (the median of their ratios).
A change counts if it is larger than the limit and the rounds of both runs hardly overlap (Mann and Whitney).
"""

from __future__ import annotations

import argparse
import fnmatch
import json
import math
import subprocess
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timezone
from pathlib import Path
from statistics import median
from typing import Any

from .processes import ROOT
from .report import align
from .stats import ratio_text, seconds_text

HISTORY = ROOT / "bench" / "results" / "history.jsonl"
LIMIT = 1.05
_CERTAIN = 0.9  # of all pairs of rounds, how many have to agree about the direction


@dataclass(frozen=True)
class Change:
    """A row in two runs: sessile's medians in seconds, how the others' times changed, and how far rounds agree.

    `agree` is the share of pairs of rounds (one of each run, others' change taken out) in which the new one is slower.
    """

    workload: str
    old: float
    new: float
    others: float | None
    agree: float

    @property
    def ratio(self) -> float:
        """New over old, with what changed for the others taken out."""
        return self.new / self.old / (self.others or 1.0)

    def verdict(self, limit: float) -> str:
        """Return "slower", "faster" or "same"."""
        if self.ratio > limit and self.agree >= _CERTAIN:
            return "slower"
        return "faster" if self.ratio < 1 / limit and self.agree <= 1 - _CERTAIN else "same"


def changes(old: dict[str, Any], new: dict[str, Any], backend: str = "sessile") -> list[Change]:
    """Return what changed in the rows that both results have."""
    found = []
    for name, row in new["rows"].items():
        before = old["rows"].get(name, {}).get("backends", {})
        now = row["backends"]
        if "median" not in before.get(backend, {}) or "median" not in now.get(backend, {}):
            continue
        shared = [who for who in now if who != backend and "median" in now[who] and "median" in before.get(who, {})]
        others = median(now[who]["median"] / before[who]["median"] for who in shared) if shared else None
        rounds = [time / (others or 1.0) for time in now[backend]["rounds"]]
        agree = _agreement(before[backend]["rounds"], rounds)
        found.append(Change(name, before[backend]["median"], now[backend]["median"], others, agree))
    return found


def _agreement(old: Sequence[float], new: Sequence[float]) -> float:
    pairs = [(a, b) for a in old for b in new]
    return sum((b > a) + 0.5 * (b == a) for a, b in pairs) / len(pairs)


def table(found: Sequence[Change], limit: float) -> str:
    """Return the table of changes, the largest loss first, and the geometric mean."""
    rows = [["workload", "old", "new", "others", "ratio", ""]]
    for change in sorted(found, key=lambda item: -item.ratio):
        others = "-" if change.others is None else ratio_text(change.others)
        verdict = change.verdict(limit)
        rows.append(
            [
                change.workload,
                seconds_text(change.old),
                seconds_text(change.new),
                others,
                ratio_text(change.ratio),
                "" if verdict == "same" else verdict,
            ]
        )
    mean = math.exp(sum(math.log(change.ratio) for change in found) / len(found)) if found else 1.0
    return f"{align(rows)}\n\n{len(found)} rows, geometric mean {ratio_text(mean)} (below 1: faster)"


def entry(results: dict[str, Any], commit: str) -> dict[str, Any]:
    """Return the line of the history for a result file: per row, sessile's time over the reference's."""
    ratios = {}
    for name, row in results["rows"].items():
        cells = row["backends"]
        if "median" in cells.get("sessile", {}) and "median" in cells.get("reference", {}):
            ratios[name] = round(cells["sessile"]["median"] / cells["reference"]["median"], 5)
    when = datetime.now(timezone.utc).isoformat(timespec="seconds")
    return {"when": when, "commit": commit, "machine": results.get("machine", {}), "ratios": ratios}


def history_table(lines: Sequence[dict[str, Any]], globs: Sequence[str], count: int = 8) -> str:
    """Return the last entries as columns, a row per workload: sessile's time over the reference's."""
    shown = lines[-count:]
    names = list(dict.fromkeys(name for line in shown for name in line["ratios"]))
    names = [name for name in names if not globs or any(fnmatch.fnmatch(name, glob) for glob in globs)]
    rows = [["sessile / reference", *(f"{line['when'][:10]} {line['commit'][:7]}" for line in shown)]]
    for name in names:
        rows.append([name, *(ratio_text(line["ratios"][name]) if name in line["ratios"] else "-" for line in shown)])
    return align(rows)


def current_commit() -> str:
    """Return the checkout's commit, with a + if files are changed; "" outside of one."""
    try:
        command = ["git", "-C", str(ROOT), "describe", "--always", "--dirty=+", "--abbrev=9"]
        return subprocess.run(command, capture_output=True, text=True, check=True).stdout.strip()
    except (OSError, subprocess.CalledProcessError):
        return ""


def main(arguments: Sequence[str]) -> int:
    """`compare OLD NEW`, `keep [FILE]` and `history`; returns 1 if a row is slower."""
    parser = argparse.ArgumentParser(prog="python -m bench", description="Compare result files of the bench.")
    commands = parser.add_subparsers(dest="command", required=True)
    comparing = commands.add_parser("compare", help="two result files, row by row")
    comparing.add_argument("old", type=Path)
    comparing.add_argument("new", type=Path)
    comparing.add_argument("--limit", type=float, default=LIMIT, help=f"how much slower counts (default {LIMIT})")
    comparing.add_argument("--backend", default="sessile", help="whose times (default: sessile)")
    keeping = commands.add_parser("keep", help="add a result file to the history")
    keeping.add_argument("results", type=Path, nargs="?", default=ROOT / "bench" / "results" / "main.json")
    keeping.add_argument("--history", type=Path, default=HISTORY)
    telling = commands.add_parser("history", help="rows over the kept runs")
    telling.add_argument("--only", action="append", default=[], metavar="GLOB")
    telling.add_argument("--history", type=Path, default=HISTORY)
    given = parser.parse_args(arguments)
    try:
        return _COMMANDS[given.command](given)
    except (OSError, ValueError, KeyError) as problem:
        parser.error(f"{given.command}: {problem!r}")


def _compare(given: argparse.Namespace) -> int:
    old, new = (json.loads(path.read_text()) for path in (given.old, given.new))
    found = changes(old, new, given.backend)
    if not found:
        raise ValueError("the files have no row in common that both measured")
    print(table(found, given.limit))
    slower = [change.workload for change in found if change.verdict(given.limit) == "slower"]
    print(f"slower: {', '.join(slower)}" if slower else "no row is slower")
    return 1 if slower else 0


def _keep(given: argparse.Namespace) -> int:
    line = entry(json.loads(given.results.read_text()), current_commit())
    given.history.parent.mkdir(parents=True, exist_ok=True)
    with given.history.open("a") as file:
        file.write(json.dumps(line) + "\n")
    print(f"{len(line['ratios'])} rows kept in {given.history}")
    return 0


def _history(given: argparse.Namespace) -> int:
    lines = [json.loads(line) for line in given.history.read_text().splitlines() if line.strip()]
    print(history_table(lines, given.only))
    return 0


_COMMANDS = {"compare": _compare, "keep": _keep, "history": _history}
NAMES = frozenset(_COMMANDS)
