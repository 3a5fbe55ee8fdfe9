"""A picture of the results: for each workload, each backend's time as a multiple of sessile's, on a log scale."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
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
BAR = 0.19  # inches of height for one bar
GAP = 0.8  # between workloads, in bars
HEADING = 1.9  # above a group, in bars
PANEL = 8.2  # inches of width; two panels stand side by side


class NoMatplotlibError(Exception):
    """matplotlib is not installed; there is no picture."""


@dataclass(frozen=True)
class Bar:
    """One bar: its place in bars from the top of the panel, its backend's time, and that over the base's."""

    position: float
    backend: str
    seconds: float
    ratio: float


@dataclass(frozen=True)
class Label:
    """The text beside a workload's bars, or over a group's."""

    position: float
    text: str
    heading: bool


@dataclass
class Panel:
    """One column of the picture, filled from the top."""

    bars: list[Bar] = field(default_factory=list)
    labels: list[Label] = field(default_factory=list)
    height: float = 0.0  # in bars


def base_backend(results: Results) -> str:
    """Return what times are divided by: sessile, or NumPy while sessile is not measured."""
    measured = any(results.seconds(name, "sessile") for name in results.rows)
    return "sessile" if measured else "numpy"


def arrange(results: Results, base: str) -> list[Panel]:
    """Return one or two panels of about equal height, groups kept whole, without rows that have nothing to compare."""
    groups: dict[str, list[str]] = {}
    for name in results.rows:
        if results.seconds(name, base) and len(_measured(results, name)) > 1:
            groups.setdefault(results.workloads[name].group, []).append(name)
    heights = {group: _height(results, names) for group, names in groups.items()}
    first, second = Panel(), Panel()
    for group, names in groups.items():
        fits = first.height + heights[group] / 2 <= sum(heights.values()) / 2
        _fill(first if fits and not second.bars else second, group, names, results, base)
    return [panel for panel in (first, second) if panel.bars]


def _measured(results: Results, name: str) -> list[tuple[str, float]]:
    times = [(backend, results.seconds(name, backend)) for backend in BACKENDS]
    return [(backend, seconds) for backend, seconds in times if seconds]


def _height(results: Results, names: list[str]) -> float:
    return HEADING + sum(len(_measured(results, name)) + GAP for name in names)


def _fill(panel: Panel, group: str, names: list[str], results: Results, base: str) -> None:
    """Put a group under what the panel holds already."""
    panel.height += HEADING
    panel.labels.append(Label(panel.height - 1.1, group, heading=True))
    for name in names:
        times, divisor = _measured(results, name), results.seconds(name, base)
        assert divisor is not None
        panel.labels.append(Label(panel.height + (len(times) - 1) / 2, results.workloads[name].title, heading=False))
        for backend, seconds in times:
            panel.bars.append(Bar(panel.height, backend, seconds, seconds / divisor))
            panel.height += 1
        panel.height += GAP


def draw(results: Results, path: Path) -> Path | None:
    """Write the picture as PNG and return its path; None if there is nothing to compare.

    Raises NoMatplotlibError where matplotlib is not installed.
    """
    try:
        from matplotlib.backends.backend_agg import FigureCanvasAgg
        from matplotlib.figure import Figure
    except ImportError as problem:
        raise NoMatplotlibError("no plot: matplotlib is not installed") from problem
    base = base_backend(results)
    panels = arrange(results, base)
    if not panels:
        return None
    height = max(panel.height for panel in panels)
    figure = Figure(figsize=(PANEL * len(panels), 2.2 + BAR * height), dpi=110, layout="constrained")
    FigureCanvasAgg(figure)
    axes = figure.subplots(1, len(panels), squeeze=False, sharex=True)[0]
    limits = _limits([bar for panel in panels for bar in panel.bars])
    for axis, panel in zip(axes, panels, strict=True):
        _style(axis, limits, height, BACKENDS[base].label)
        _draw_bars(axis, panel.bars)
        _draw_labels(axis, panel.labels)
    _caption(figure, panels, base, results)
    path.parent.mkdir(parents=True, exist_ok=True)
    figure.savefig(path, facecolor="white")
    return path


def _limits(bars: Sequence[Bar]) -> tuple[float, float]:
    """Return the ends of the scale, with room for the text to the right of the longest bar."""
    low, high = min(bar.ratio for bar in bars), max(bar.ratio for bar in bars)
    low, high = min(0.5, low / 1.6), max(2.0, high)
    return low, high * (high / low) ** 0.28


def _style(axes: Any, limits: tuple[float, float], height: float, label: str) -> None:
    """Set up one panel: log scale, the line at 1, as little ink as possible."""
    axes.set_xscale("log")
    axes.set_xlim(*limits)
    axes.set_ylim(height, -0.6)
    axes.axvline(1.0, color="#222222", linewidth=1.2, zorder=4)
    axes.grid(axis="x", which="major", color="#e2e2e2", linewidth=0.8, zorder=0)
    axes.tick_params(axis="y", length=0)
    axes.tick_params(axis="x", which="major", labelsize=8.5, labelbottom=True)
    axes.tick_params(axis="x", which="minor", length=2, color="#aaaaaa")
    axes.xaxis.set_major_formatter(lambda value, _: f"{value:g}x")
    for side in ("left", "right", "top"):
        axes.spines[side].set_visible(False)
    axes.set_xlabel(f"time over {label}'s (log scale)", fontsize=9.5)


def _draw_bars(axes: Any, bars: Sequence[Bar]) -> None:
    """Draw each bar from 1 to its ratio: to the right slower than the base, to the left faster."""
    for bar in bars:
        color = COLORS[bar.backend]
        left, width = min(1.0, bar.ratio), abs(bar.ratio - 1.0)
        axes.barh(bar.position, width, left=left, height=0.84, color=color, zorder=2)
        if bar.ratio == 1.0:  # the base: a mark, where a bar would have no length
            axes.plot([1.0], [bar.position], marker="D", markersize=6, color=color, zorder=5)
        axes.annotate(
            f"{ratio_text(bar.ratio)}  ({seconds_text(bar.seconds)})",
            (max(bar.ratio, 1.0), bar.position),
            xytext=(7, -0.5),
            textcoords="offset points",
            va="center",
            fontsize=7.5,
            color="#333333",
        )


def _draw_labels(axes: Any, labels: Sequence[Label]) -> None:
    """Write the workloads beside their bars and the groups over theirs."""
    rows = [label for label in labels if not label.heading]
    axes.set_yticks([label.position for label in rows], [label.text for label in rows], fontsize=8.5)
    for label in labels:
        if label.heading:
            axes.axhline(label.position, color="#c8c8c8", linewidth=0.8, zorder=1)
            axes.annotate(
                label.text,
                (0, label.position),
                xycoords=("axes fraction", "data"),
                xytext=(-6, 0),
                textcoords="offset points",
                ha="right",
                va="center",
                fontsize=10.5,
                fontweight="bold",
            )


def _caption(figure: Any, panels: Sequence[Panel], base: str, results: Results) -> None:
    """Add the title, where this was measured, and the legend."""
    from matplotlib.patches import Patch

    label, machine = BACKENDS[base].label, results.machine
    drawn = {bar.backend for panel in panels for bar in panel.bars}
    handles = [Patch(color=COLORS[name], label=_legend(name, results)) for name in BACKENDS if name in drawn]
    where = (
        f"{machine.get('cpu', '')}, {machine.get('cores', '?')} cores, {results.settings.get('threads', '?')} threads"
    )
    title = f"Time of one call as a multiple of {label}'s: left of the line is faster than {label}, right is slower"
    figure.suptitle(f"{title}\n{where}, {machine.get('date', '')[:10]}", fontsize=11.5)
    figure.legend(handles=handles, ncols=len(handles), loc="outside lower center", frameon=False, fontsize=9)


def _legend(name: str, results: Results) -> str:
    if name == "reference":
        return "reference (one NumPy call)"
    return f"{BACKENDS[name].label} {results.versions.get(name, '')}".strip()
