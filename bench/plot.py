"""A picture of the results: for each workload, each backend's time as a multiple of sessile's, on a log scale."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from .backends import BACKENDS
from .results import Results
from .stats import ratio_text, seconds_text

COLORS = {
    "reference": "#b8b8b8",
    "numpy": "#4d77cf",
    "sessile": "#d1495b",
    "tensorflow": "#f0932b",
    "jax": "#8e6bbf",
    "numexpr": "#3f9c6b",
    "torch": "#7a5c43",
}
BAR = 0.30  # inches of height for one bar
GAP = 0.9  # between workloads, in bars
HEADING = 1.5  # above a group, in bars


class NoMatplotlib(Exception):
    """matplotlib is not installed; there is no picture."""


@dataclass(frozen=True)
class Bar:
    """One bar: where it is (in bars from the top), how long, and its colour's backend."""

    position: float
    workload: str
    backend: str
    seconds: float
    ratio: float


def base_backend(results: Results) -> str:
    """Return what times are divided by: sessile, or NumPy while sessile is not measured."""
    measured = any(results.seconds(name, "sessile") for name in results.rows)
    return "sessile" if measured else "numpy"


def bars(results: Results, base: str) -> Iterator[Bar | tuple[float, str, str]]:
    """Yield the bars from top to bottom, and `(position, kind, text)` for each group heading and workload label."""
    position, group = 0.0, None
    for name in results.rows:
        divisor = results.seconds(name, base)
        cells = [(backend, results.seconds(name, backend)) for backend in BACKENDS]
        measured = [(backend, seconds) for backend, seconds in cells if seconds]
        if not divisor or len(measured) < 2:
            continue
        workload = results.workloads[name]
        if workload.group != group:
            group = workload.group
            position += HEADING
            yield position - 0.9, "group", group
        yield position + (len(measured) - 1) / 2, "workload", f"{workload.title}\n{name}"
        for backend, seconds in measured:
            yield Bar(position, name, backend, seconds, seconds / divisor)
            position += 1
        position += GAP


def draw(results: Results, path: Path) -> Path | None:
    """Write the picture as PNG and return its path; None if there is nothing to compare. NoMatplotlib if it is missing."""
    try:
        from matplotlib.backends.backend_agg import FigureCanvasAgg
        from matplotlib.figure import Figure
    except ImportError as problem:
        raise NoMatplotlib("no plot: matplotlib is not installed") from problem
    base = base_backend(results)
    items = list(bars(results, base))
    shown = [item for item in items if isinstance(item, Bar)]
    if not shown:
        return None
    last = max(bar.position for bar in shown)
    figure = Figure(figsize=(11, 1.9 + BAR * (last + 2)), dpi=110)
    FigureCanvasAgg(figure)
    axes = figure.add_subplot()
    _draw_bars(axes, shown, last)
    _draw_labels(axes, [item for item in items if not isinstance(item, Bar)])
    _decorate(figure, axes, shown, base, results)
    path.parent.mkdir(parents=True, exist_ok=True)
    figure.savefig(path, bbox_inches="tight", facecolor="white")
    return path


def _draw_bars(axes: Any, shown: list[Bar], last: float) -> None:
    """Draw each bar from 1 to its ratio: to the right slower than the base, to the left faster."""
    axes.set_xscale("log")
    low, high = min(bar.ratio for bar in shown), max(bar.ratio for bar in shown)
    axes.set_xlim(min(0.5, low / 1.6), max(2.0, high * 4))
    axes.set_ylim(last + 1, -0.4)
    for bar in shown:
        color = COLORS[bar.backend]
        left, width = min(1.0, bar.ratio), abs(bar.ratio - 1.0)
        axes.barh(bar.position, width, left=left, height=0.82, color=color, zorder=2)
        axes.plot([bar.ratio], [bar.position], marker="|", markersize=9, color=color, markeredgewidth=3, zorder=3)
        text = f"{ratio_text(bar.ratio)}  {seconds_text(bar.seconds)}"
        axes.annotate(
            text,
            (max(bar.ratio, 1.0), bar.position),
            xytext=(6, 0),
            textcoords="offset points",
            va="center",
            fontsize=7.5,
            color="#333333",
        )


def _draw_labels(axes: Any, labels: list[tuple[float, str, str]]) -> None:
    ticks, texts = [], []
    for position, kind, text in labels:
        if kind == "group":
            axes.annotate(
                text,
                (0, position),
                xycoords=("axes fraction", "data"),
                xytext=(-6, 0),
                textcoords="offset points",
                ha="right",
                va="center",
                fontsize=11,
                fontweight="bold",
            )
            axes.axhline(position, color="#e4e4e4", linewidth=1, zorder=0)
        else:
            ticks.append(position)
            texts.append(text)
    axes.set_yticks(ticks, texts, fontsize=8.5)


def _decorate(figure: Any, axes: Any, shown: list[Bar], base: str, results: Results) -> None:
    """Add the legend, title, scale and the line at 1."""
    from matplotlib.patches import Patch

    label = BACKENDS[base].label
    present = [name for name in BACKENDS if any(bar.backend == name for bar in shown)]
    handles = [Patch(color=COLORS[name], label=_legend(name, results)) for name in present]
    axes.axvline(1.0, color="#222222", linewidth=1, zorder=4)
    axes.grid(axis="x", which="major", color="#dddddd", linewidth=0.8, zorder=0)
    axes.tick_params(axis="y", length=0)
    axes.tick_params(axis="x", which="both", top=True, labeltop=True)
    axes.xaxis.set_major_formatter(lambda value, _: f"{value:g}x")
    for side in ("left", "right", "top"):
        axes.spines[side].set_visible(False)
    axes.set_xlabel(f"time over {label}'s, log scale (right of the line: slower than {label}); at each bar: ratio, time")
    machine = results.machine
    threads = results.settings.get("threads", "?")
    title = f"Time of one call as a multiple of {label}'s\n"
    subtitle = f"{machine.get('cpu', '')}, {machine.get('cores', '?')} cores, {threads} threads, {machine.get('date', '')[:10]}"
    axes.set_title(title + subtitle, loc="left", fontsize=11, pad=46)
    axes.legend(
        handles=handles, ncols=len(handles), loc="lower left", bbox_to_anchor=(0, 1), borderaxespad=2.2, frameon=False,
        fontsize=8.5, handlelength=1.2, columnspacing=1.3,
    )  # fmt: skip


def _legend(name: str, results: Results) -> str:
    if name == "reference":
        return "reference (one NumPy call)"
    return f"{BACKENDS[name].label} {results.versions.get(name, '')}".strip()
