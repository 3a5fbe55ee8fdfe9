"""RunMetadata: what a traced step tells the user. `compiler/tracing.py` measures, this writes the messages."""

from __future__ import annotations

import threading
import weakref
from typing import Any, Final

from ..compiler.tracing import KernelEntry, Trace, entries_of, entry_of
from ..ops import proto
from ..ops.operation import Operation
from ..ops.tensor import Tensor
from .devices import LOCAL_CPU
from .options import message_of

_ALLOCATOR: Final = "cpu"
_MOST_SHAPES: Final = 64  # of one variant whose messages are kept
_drafts: weakref.WeakKeyDictionary[Any, dict[Any, Any]] = weakref.WeakKeyDictionary()


class Metadata:
    """Fills the RunMetadata that the user gave with what the options ask for.

    Raises: TypeError if it is none.

    Attributes:
      trace: for the step; None if nothing asks for one.
    """

    def __init__(self, run_metadata: Any, options: Any, config: Any) -> None:
        self._users = run_metadata
        self.trace: Trace | None = None
        self._stats = self._costs = self._partitions = False
        if run_metadata is None:
            return
        message_of(run_metadata, "run_metadata", "RunMetadata")
        run_metadata.Clear()
        self._stats = options is not None and options.trace_level > 0
        self._partitions = options is not None and options.output_partition_graphs
        self._costs = config is not None and config.graph_options.build_cost_model > 0
        if self._stats or self._costs:
            self.trace = Trace()

    def finish(self, signature: Any) -> None:
        """Write down the step that has ended."""
        if not (self._stats or self._costs or self._partitions):
            return
        ours = isinstance(self._users, proto.RunMetadata)
        target = self._users if ours else proto.RunMetadata()
        timed = [] if self.trace is None else _timed(self.trace)
        if self._stats and self.trace is not None:
            _fill_stats(target.step_stats, timed, self.trace.thread)
        if self._partitions or self._costs:
            operations, fed = signature.operations()
            if self._partitions:
                _fill_partition(target.partition_graphs.add(), operations, fed, signature.graph)
            if self._costs:
                _fill_costs(target.cost_graph, operations, fed, timed, signature.fetched)
        if not ours:  # of TensorFlow's own class
            self._users.ParseFromString(target.SerializeToString())


class _Timed:
    """A kernel's entry with its times in nanoseconds, and the message that is its draft."""

    __slots__ = ("draft", "end", "entry", "start")

    def __init__(self, entry: KernelEntry, draft: Any, start: int, end: int) -> None:
        self.entry = entry
        self.draft = draft
        self.start = start
        self.end = end


def _timed(trace: Trace) -> list[_Timed]:
    found = []
    for event in trace.events:
        if len(event) == 4:
            entry = entry_of(event[0], event[3])
            found.append(_Timed(entry, _draft(entry), event[1], event[2]))
            continue
        variant, shapes, stamps = event
        times = [seconds * 1_000_000_000 + nanos for seconds, nanos in stamps.tolist()]
        for number, (entry, draft) in enumerate(_region_drafts(variant, shapes)):
            found.append(_Timed(entry, draft, times[2 * number], times[2 * number + 1]))
    return found


def _region_drafts(variant: Any, shapes: Any) -> list[tuple[KernelEntry, Any]]:
    """The entries of a region and their messages without times, made once for each kind of arguments."""
    known = _drafts.setdefault(variant, {})
    found: list[tuple[KernelEntry, Any]] | None = known.get(shapes)
    if found is None:
        if len(known) >= _MOST_SHAPES:
            known.clear()
        found = known[shapes] = [(entry, _draft(entry)) for entry in entries_of(variant, shapes)]
    return found


def _draft(entry: KernelEntry) -> Any:
    """A NodeExecStats without times."""
    stats = proto.NodeExecStats(node_name=entry.name, timeline_label=entry.label)
    total = 0
    for slot, (dtype, shape, size) in enumerate(entry.outputs):
        total += size
        description = stats.output.add(slot=slot).tensor_description
        description.dtype = dtype.base_dtype.as_datatype_enum
        description.shape.SetInParent()
        for extent in shape:
            description.shape.dim.add(size=extent)
        allocation = description.allocation_description
        allocation.requested_bytes = allocation.allocated_bytes = size
        allocation.allocator_name = _ALLOCATOR
    if entry.keeps:
        stats.memory_stats.persistent_memory_size = total
    elif total:
        stats.memory.add(allocator_name=_ALLOCATOR, total_bytes=total, peak_bytes=total, live_bytes=total)
    return stats


def _fill_stats(target: Any, timed: list[_Timed], thread: int) -> None:
    device = target.dev_stats.add(device=LOCAL_CPU)
    for kernel in timed:
        stats = device.node_stats.add()
        stats.CopyFrom(kernel.draft)
        start, taken = kernel.start, kernel.end - kernel.start
        micros = (kernel.end // 1000) - (start // 1000)
        stats.all_start_micros = stats.scheduled_micros = start // 1000
        stats.op_end_rel_micros = stats.all_end_rel_micros = micros
        stats.all_start_nanos = stats.scheduled_nanos = start
        stats.op_end_rel_nanos = stats.all_end_rel_nanos = taken
        stats.thread_id = thread
    if timed:
        device.thread_names[thread] = _thread_name(thread)


def _thread_name(native: int) -> str:
    for thread in threading.enumerate():
        if thread.native_id == native:
            return thread.name
    return f"thread {native}"


def _fill_partition(target: Any, operations: list[Operation], fed: set[Tensor], graph: Any) -> None:
    """The operations of the step as a graph; what was fed stands there as placeholders."""
    for op in operations:
        node = target.node.add()
        node.CopyFrom(op.node_def)
        node.device = node.device or LOCAL_CPU
    inside = {op.name for op in operations}
    for tensor in sorted(fed, key=lambda tensor: tensor.name):
        if tensor.op.name not in inside:
            node = target.node.add(name=tensor.op.name, op="Placeholder", device=LOCAL_CPU)
            node.attr["dtype"].type = tensor.dtype.base_dtype.as_datatype_enum
            inside.add(tensor.op.name)
    target.versions.CopyFrom(graph.graph_def_versions)


def _fill_costs(
    target: Any, operations: list[Operation], fed: set[Tensor], timed: list[_Timed], fetched: set[Any]
) -> None:
    """The measured cost of each operation; kernels share their time among the operations in them."""
    micros: dict[Operation, float] = {}
    outputs: dict[Operation, list[Any]] = {}
    for kernel in timed:
        for op, share in kernel.entry.operations:
            micros[op] = micros.get(op, 0.0) + share * (kernel.end - kernel.start) / 1000
        if len(kernel.entry.operations) == 1:
            outputs[kernel.entry.operations[0][0]] = kernel.entry.outputs
    numbers = {op: number for number, op in enumerate([*operations, *dict.fromkeys(t.op for t in fed)])}
    for op, number in numbers.items():
        node = target.node.add(name=op.name, id=number, device=op.device or LOCAL_CPU)
        for tensor in op.inputs:
            if tensor.op in numbers:
                node.input_info.add(preceding_node=numbers[tensor.op], preceding_port=tensor.value_index)
        node.control_input.extend(numbers[other] for other in op.control_inputs if other in numbers)
        _fill_outputs(node, op, outputs.get(op))
        node.compute_cost = node.compute_time = round(micros.get(op, 0.0))
        node.inaccurate = op not in micros
        node.is_final = op in fetched


def _fill_outputs(node: Any, op: Operation, measured: list[Any] | None) -> None:
    for slot, tensor in enumerate(op.outputs):
        info = node.output_info.add(alias_input_port=-1, dtype=tensor.dtype.as_datatype_enum)
        if measured is not None and slot < len(measured):
            _, shape, info.size = measured[slot]
            for extent in shape:
                info.shape.dim.add(size=extent)
        else:
            info.shape.CopyFrom(tensor.shape.as_proto())
