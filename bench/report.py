"""The results as text: one table of times, one of targets, and what went wrong."""

from __future__ import annotations

from collections.abc import Sequence

from .backends import BACKENDS
from .machine import busy
from .results import Cell, Results
from .stats import ratio_text, seconds_text
from .targets import TARGETS, Verdict, describe, found, judge, wanted

MARKS = {"unsupported": "-", "mismatch": "WRONG", "crashed": "CRASHED", "timeout": "TIMEOUT", "failed": "FAILED"}
NOISY = 0.10  # a spread above this is marked with ~


def cell_text(cell: Cell | None) -> str:
    """Return a cell's median time, with ~ where the rounds disagree, or a mark for why there is none."""
    if cell is None:
        return ""
    if cell.error:
        return MARKS.get(cell.kind or "failed", "FAILED")
    if cell.summary is None:
        return ""
    return ("~" if cell.summary.spread > NOISY else "") + seconds_text(cell.summary.median)


def columns(results: Results) -> list[str]:
    """Return the backends that have a cell in any row, in the order of BACKENDS."""
    used = {backend for row in results.rows.values() for backend in row}
    return [name for name in BACKENDS if name in used]


def times_table(results: Results) -> str:
    """Return the table of medians; the last two columns say how much faster sessile is than NumPy and the best peer."""
    names = columns(results)
    header = ["", *(BACKENDS[name].label for name in names), "vs NumPy", "vs best peer"]
    lines: list[list[str]] = []
    group = None
    for workload, row in results.rows.items():
        if results.workloads[workload].group != group:
            group = results.workloads[workload].group
            lines.append([f"{group}"])
        cells = [cell_text(row.get(name)) for name in names]
        lines.append([f"  {workload}", *cells, *_gains(results, workload)])
    return align([header, *lines])


def memory_table(results: Results) -> str:
    """Return the table of peak memory, in MB: rows of which a backend took at least one."""
    names = [name for name in columns(results) if name != "reference"]
    lines = [["peak memory, MB", *(BACKENDS[name].label for name in names)]]
    for workload, row in results.rows.items():
        found = {name: row[name].memory for name in names if name in row}
        if max((size or 0 for size in found.values()), default=0) >= 1e6:
            cells = ["" if found.get(name) is None else f"{(found[name] or 0) / 1e6:.3g}" for name in names]
            lines.append([f"  {workload}", *cells])
    return align(lines) if len(lines) > 1 else ""


def _gains(results: Results, workload: str) -> list[str]:
    mine = results.seconds(workload, "sessile")
    numpy, peer = results.seconds(workload, "numpy"), results.best_peer(workload)
    if not mine:
        return ["", ""]
    return [ratio_text(numpy / mine) if numpy else "", ratio_text(peer[1] / mine) if peer else ""]


def align(lines: Sequence[Sequence[str]], left: int = 1) -> str:
    """Return rows of cells as text: the first `left` columns to the left, the others to the right."""
    width = max(len(line) for line in lines)
    sizes = [max((len(line[i]) for line in lines if i < len(line)), default=0) for i in range(width)]
    rows = []
    for line in lines:
        cells = [text.ljust(sizes[i]) if i < left else text.rjust(sizes[i]) for i, text in enumerate(line)]
        rows.append("  ".join(cells).rstrip())
    return "\n".join(rows)


def targets_table(results: Results) -> str:
    """Return one line for each target whose row was run: what is wanted, what was found, reached or not."""
    verdicts = [judge(target, results) for target in TARGETS if target.workload in results.rows]
    if not verdicts:
        return ""
    lines = [["target", "held against", "wanted", "found", ""]]
    for verdict in verdicts:
        target = verdict.target
        lines.append([target.workload, verdict.against, wanted(target), found(verdict), mark(verdict)])
    reached = sum(1 for verdict in verdicts if verdict.reached)
    unknown = sum(1 for verdict in verdicts if verdict.reached is None)
    missed = len(verdicts) - reached - unknown
    return f"{align(lines, left=5)}\n{reached} reached, {missed} not reached, {unknown} not measured"


def mark(verdict: Verdict) -> str:
    """Return the verdict in a word or two."""
    return {True: "reached", False: "NOT REACHED", None: "-"}[verdict.reached]


def summary_text(results: Results) -> str:
    """Return everything a run prints when it is over."""
    machine = results.machine
    threads = results.settings.get("threads")
    head = [f"{machine.get('cpu', 'unknown CPU')}, {machine.get('cores', '?')} cores, {threads} threads"]
    head.append(", ".join(f"{BACKENDS[name].label} {v}" for name, v in results.versions.items() if name != "reference"))
    parts = ["\n".join(line for line in head if line)]
    if results.rows:
        parts.append(
            times_table(results) + "\ntime of one call, median of rounds; ~ the rounds differ by more than 10%"
        )
        memory = memory_table(results)
        if memory:
            parts.append(f"{memory}\nbeyond what the process held before, its feeds among it; compiled code included")
        parts.append(targets_table(results))
    parts.append("\n".join(_remarks(results)))
    return "\n\n".join(part for part in parts if part)


def _remarks(results: Results) -> list[str]:
    lines = [f"skipped {name}: {reason}" for name, reason in results.skipped.items()]
    lines += [f"{backend}: {name}: not measured: {cell.error}" for name, backend, cell in results.unsupported]
    lines += _failure_lines(results)
    if results.machine and busy(results.machine):
        load = results.machine["load_at_start"]
        lines.append(f"the machine was busy (load {load:.1f}) when this began: the numbers are less than certain")
    return lines + results.notes


def _failure_lines(results: Results) -> list[str]:
    """Return one line for each problem, with all the workloads that had it."""
    problems: dict[tuple[str, str, str], list[str]] = {}
    for workload, backend, cell in results.failures:
        problems.setdefault((backend, cell.kind or "failed", cell.error or ""), []).append(workload)
    return [f"{backend}: {', '.join(names)}: {kind}: {error}" for (backend, kind, error), names in problems.items()]


def listing() -> str:
    """Return every workload with its title and targets, for `--list`."""
    from .registry import WORKLOADS

    lines: list[str] = []
    group = None
    for workload in WORKLOADS:
        if workload.group != group:
            group = workload.group
            lines.append(group)
        where = "" if workload.main else "  (peers only)"
        lines.append(f"  {workload.name:<22}{workload.title}{where}")
        for target in TARGETS:
            if target.workload == workload.name:
                lines.append(f"  {'':<22}  target: {wanted(target)}, against {describe(target)}")
    return "\n".join(lines)
