"""Timelines: the StepStats of traced steps as a picture that Chrome (`chrome://tracing`) and Perfetto open.

The format is the Trace Event Format in JSON: a list of events, each with a phase `ph`; times are microseconds.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from typing import Any, NamedTuple

Event = dict[str, Any]

_LABEL = re.compile(r"(?P<name>.*?) = (?P<work>.*?)(?: <- (?P<sources>.*))?$", re.DOTALL)
_WORK = re.compile(r"([\w>]+)\(([^()]*)\)")


class AllocationMaximum(NamedTuple):
    """The most that one allocator held at once: when (microseconds of the epoch), how many bytes, of which tensors."""

    timestamp: int
    num_bytes: int
    tensors: set[str]


class StepStatsAnalysis(NamedTuple):
    """What `Timeline.analyze_step_stats` found: the trace, and an AllocationMaximum per allocator."""

    chrome_trace: ChromeTrace
    allocator_maximums: dict[str, AllocationMaximum]


class ChromeTrace:
    """The events of a trace.

    Attributes:
      events: in the order they were added; what describes processes and threads comes first in the text.
    """

    def __init__(self) -> None:
        self.metadata: list[Event] = []
        self.events: list[Event] = []

    def name_process(self, pid: int, name: str) -> None:
        """Give a process its name."""
        self.metadata.append({"name": "process_name", "ph": "M", "pid": pid, "args": {"name": name}})

    def name_thread(self, pid: int, tid: int, name: str) -> None:
        """Give a thread its name."""
        self.metadata.append({"name": "thread_name", "ph": "M", "pid": pid, "tid": tid, "args": {"name": name}})

    def add(self, phase: str, category: str, name: str, pid: int, tid: int, ts: int, **more: Any) -> None:
        """Add an event."""
        event = {"ph": phase, "cat": category, "name": name, "pid": pid, "tid": tid, "ts": ts}
        self.events.append({**event, **more})

    def format_to_string(self, pretty: bool = False) -> str:
        """The trace as JSON text."""
        return json.dumps({"traceEvents": self.metadata + self.events}, indent=4 if pretty else None)


class Kernel:
    """One entry of the statistics, read.

    Attributes:
      name, kind: what stands on it: the operation, and its type or the types in the group.
      operations: the names of the operations that ran in it.
      inputs: the names of operations outside whose results it took.
    """

    def __init__(self, stats: Any, pid: int) -> None:
        self.stats = stats
        self.pid = pid
        self.tid = 0
        self.start: int = stats.all_start_micros
        self.end: int = self.start + max(1, stats.all_end_rel_micros)
        found = _LABEL.match(stats.timeline_label)
        self.name: str = stats.node_name
        self.kind, self.operations, self.inputs = _parts(stats.node_name, found)

    @property
    def arguments(self) -> dict[str, str]:
        """What a viewer shows when the kernel is selected."""
        shown = {"name": self.name, "op": self.kind}
        if self.stats.timeline_label:
            shown["label"] = self.stats.timeline_label
        return {**shown, **{f"input{number}": name for number, name in enumerate(self.inputs)}}


def _parts(name: str, found: re.Match[str] | None) -> tuple[str, list[str], list[str]]:
    if found is None:
        return "unknown", [name], []
    work = _WORK.findall(found["work"])
    if found["sources"] is None:  # one operation: `add = AddV2(x, y)`
        kind, _, rest = found["work"].partition("(")
        inputs = [word.strip().lstrip("^") for word in rest.rstrip(")").split(",")]
        return kind, [name], [word for word in inputs if word]
    operations = [word.rpartition(" ")[0] or word for _, names in work for word in names.split(", ")]
    inputs = [word for word in found["sources"].split(", ") if word]
    return ", ".join(kind for kind, _ in work), list(dict.fromkeys(operations)), inputs


class Timeline:
    """The picture of one traced step.

    Args:
      step_stats: the StepStats of a RunMetadata, from `Session.run` with `RunOptions.trace_level`.
      graph: not used; TensorFlow's argument.

    >>> options, metadata = tf.RunOptions(trace_level=tf.RunOptions.FULL_TRACE), tf.RunMetadata()
    >>> tf.Session().run(tf.constant(1.0) + 2.0, options=options, run_metadata=metadata)
    3.0
    >>> '"traceEvents"' in Timeline(metadata.step_stats).generate_chrome_trace_format()
    True
    """

    def __init__(self, step_stats: Any, graph: Any = None) -> None:
        if not hasattr(step_stats, "dev_stats"):
            raise TypeError(
                f"Timeline takes a StepStats, such as run_metadata.step_stats, not {type(step_stats).__name__}"
            )
        self._steps = [step_stats]

    def generate_chrome_trace_format(
        self, show_dataflow: bool = True, show_memory: bool = False, op_time: str = "schedule"
    ) -> str:
        """Return the trace as JSON text.

        Args:
          show_dataflow: draw an arrow from each kernel to those that take its results.
          show_memory: show the arrays, from their making to their last use, and what they take together.
          op_time: "schedule", "gpu" or "all"; there is one clock here, and all show the same.
        Raises: ValueError for another `op_time`.
        """
        return self.analyze_step_stats(show_dataflow, show_memory, op_time).chrome_trace.format_to_string(pretty=True)

    def analyze_step_stats(
        self, show_dataflow: bool = True, show_memory: bool = True, op_time: str = "schedule"
    ) -> StepStatsAnalysis:
        """Return the trace as an object, and what each allocator held at most."""
        if op_time not in ("schedule", "gpu", "all"):
            raise ValueError(f"`op_time` is 'schedule', 'gpu' or 'all', not {op_time!r}")
        trace = ChromeTrace()
        trace.name_process(0, "Allocators")
        maximums: dict[str, AllocationMaximum] = {}
        pids: dict[str, int] = {}
        for step in self._steps:
            kernels = _kernels(step, trace, pids)
            for kernel in kernels:
                taken = kernel.end - kernel.start
                trace.add(
                    "X", "Op", kernel.kind, kernel.pid, kernel.tid, kernel.start, dur=taken, args=kernel.arguments
                )
            if show_dataflow:
                _show_dataflow(trace, kernels)
            memory = Memory(kernels)
            if show_memory:
                memory.show(trace)
            for name, most in memory.maximums().items():
                if name not in maximums or most.num_bytes > maximums[name].num_bytes:
                    maximums[name] = most
        return StepStatsAnalysis(trace, maximums)


class RunTimeline(Timeline):
    """The picture of many traced steps in one: each `add` puts a step behind those before.

    >>> timeline = RunTimeline()
    >>> options, metadata = tf.RunOptions(trace_level=tf.RunOptions.FULL_TRACE), tf.RunMetadata()
    >>> for _ in range(3):
    ...     result = tf.Session().run(tf.constant(1.0) + 2.0, options=options, run_metadata=metadata)
    ...     timeline.add(metadata)
    >>> len(timeline)
    3
    """

    def __init__(self) -> None:
        self._steps = []

    def add(self, metadata: Any) -> None:
        """Take in the RunMetadata or StepStats of a step; it is copied, and may be filled anew."""
        stats = getattr(metadata, "step_stats", metadata)
        if not hasattr(stats, "dev_stats"):
            raise TypeError(f"A RunMetadata or StepStats is wanted, not {type(metadata).__name__}")
        copy = type(stats)()
        copy.CopyFrom(stats)
        self._steps.append(copy)

    def __len__(self) -> int:
        return len(self._steps)

    def save(self, path: Any, show_dataflow: bool = True, show_memory: bool = False) -> None:
        """Write the trace into a file for the viewer."""
        with open(path, "w", encoding="utf-8") as file:
            file.write(self.generate_chrome_trace_format(show_dataflow, show_memory))


def _kernels(step: Any, trace: ChromeTrace, pids: dict[str, int]) -> list[Kernel]:
    """The kernels of a step in the order they began, each on a line where nothing else runs at its time."""
    found: list[Kernel] = []
    for device in step.dev_stats:
        if device.device not in pids:
            pids[device.device] = len(pids) + 1
            trace.name_process(pids[device.device], f"{device.device} Compute")
        own = [Kernel(stats, pids[device.device]) for stats in device.node_stats]
        own.sort(key=lambda kernel: kernel.start)
        _assign_lanes(own)
        found += own
    return found


def _assign_lanes(kernels: Iterable[Kernel]) -> None:
    """Kernels of one thread share a line; those shorter than a microsecond may overlap by that."""
    ends: list[tuple[int, int]] = []  # per lane: when it is free, and its thread
    for kernel in kernels:
        thread = kernel.stats.thread_id
        free = (number for number, (end, owner) in enumerate(ends) if owner == thread and end <= kernel.start)
        lane = next(free, len(ends))
        if lane == len(ends):
            ends.append((0, thread))
        kernel.tid = lane
        ends[lane] = (kernel.start + max(0, kernel.stats.all_end_rel_micros), thread)


def _show_dataflow(trace: ChromeTrace, kernels: list[Kernel]) -> None:
    """An arrow for every result that another kernel takes."""
    makers = {name: kernel for kernel in kernels for name in kernel.operations}
    number = 0
    for kernel in kernels:
        for name in dict.fromkeys(kernel.inputs):
            maker = makers.get(name)
            if maker is None or maker is kernel or maker.start > kernel.start:
                continue
            number += 1
            flow = {"id": number}
            at = min(max(maker.end - 1, maker.start), kernel.start)
            trace.add("s", "DataFlow", name, maker.pid, maker.tid, at, **flow)
            trace.add("f", "DataFlow", name, kernel.pid, kernel.tid, kernel.start, bp="e", **flow)


class Memory:
    """The arrays of a step: made by one kernel, alive until the last one that takes them is over."""

    def __init__(self, kernels: list[Kernel]) -> None:
        self._changes: dict[str, list[tuple[int, int, str]]] = {}  # per allocator: time, bytes more or less, tensor
        last = {name: kernel.end for kernel in kernels for name in kernel.inputs}
        for kernel in kernels:
            users = [last[name] for name in kernel.operations if name in last]
            end = max([kernel.end, *users])
            for output in kernel.stats.output:
                allocation = output.tensor_description.allocation_description
                if not allocation.requested_bytes:
                    continue
                name = f"{kernel.name}:{output.slot}" if output.slot else kernel.name
                changes = self._changes.setdefault(allocation.allocator_name, [])
                changes.append((kernel.start, allocation.requested_bytes, name))
                changes.append((end, -allocation.requested_bytes, name))
        for changes in self._changes.values():
            changes.sort(key=lambda change: (change[0], change[1]))

    def show(self, trace: ChromeTrace) -> None:
        """Add a counter per allocator."""
        for allocator, changes in self._changes.items():
            total = 0
            for time, size, _ in changes:
                total += size
                trace.add("C", "Memory", allocator, 0, 0, time, args={allocator: total})

    def maximums(self) -> dict[str, AllocationMaximum]:
        """The most each allocator held."""
        found = {}
        for allocator, changes in self._changes.items():
            total, best = 0, AllocationMaximum(0, 0, set())
            alive: set[str] = set()
            for time, size, name in changes:
                total += size
                (alive.add if size > 0 else alive.discard)(name)
                if total > best.num_bytes:
                    best = AllocationMaximum(time, total, set(alive))
            found[allocator] = best
        return found
