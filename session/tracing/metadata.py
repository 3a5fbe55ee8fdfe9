"""RunMetadata: what a traced step tells the user. `compiler/program/tracing.py` measures, this writes the messages."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

from ...compiler.program.traced_calls import times_block
from ...compiler.program.tracing import KernelEntry, Trace
from ...ops import proto
from ...ops.graph.node import Tensor
from ...ops.graph.operation import Operation
from ..devices.devices import LOCAL_CPU

_ALLOCATOR: Final = "cpu"
_MOST_DRAFTS: Final = 16  # of one signature


class Metadata:
    """Fills the RunMetadata that the user gave with what the options ask for.

    Attributes:
      trace: for the step; None if nothing asks for one.
    """

    def __init__(self, run_metadata: Any, options: Any, builds_costs: bool) -> None:
        self._users = run_metadata
        self._stats = options is not None and options.trace_level > 0
        self._partitions = options is not None and options.output_partition_graphs
        self._costs = builds_costs
        self.trace: Trace | None = Trace() if self._stats or self._costs else None

    def finish(self, signature: Any) -> None:
        """Write down the step that has ended."""
        ours = isinstance(self._users, proto.RunMetadata)
        target = self._users if ours else proto.RunMetadata()
        if self._stats:
            _fill_stats(target, self.trace, signature.drafts)
        if self._partitions or self._costs:
            operations, fed = signature.operations()
            if self._partitions:
                _fill_partition(target.partition_graphs.add(), operations, fed, signature.graph)
            if self._costs:
                _fill_costs(target.cost_graph, operations, fed, _measured(self.trace), signature.fetched)
        if not ours:  # of TensorFlow's own class
            self._users.ParseFromString(target.SerializeToString())


def _fill_stats(target: Any, trace: Any, drafts: dict[Any, Any]) -> None:
    key = (trace.thread, *trace.keys)
    draft = drafts.get(key)
    if draft is None:
        if len(drafts) >= _MOST_DRAFTS:
            drafts.clear()
        draft = drafts[key] = draft_of_step(trace.entries(), trace.thread)[0]
    target.MergeFromString(draft)
    times = iter(trace.times)
    for stats, start, end in zip(target.step_stats.dev_stats[0].node_stats, times, times):
        stats.all_start_micros = stats.scheduled_micros = micros = start // 1000
        stats.op_end_rel_micros = stats.all_end_rel_micros = end // 1000 - micros
        stats.all_start_nanos = stats.scheduled_nanos = start
        stats.op_end_rel_nanos = stats.all_end_rel_nanos = end - start


def draft_of_step(entries: Sequence[KernelEntry], thread: Any) -> tuple[bytes, list[int]]:
    """The message of a step with times of zero, serialised, and where each kernel's `times_block` begins in it.

    It is made once for all steps that run the same kernels on the same shapes.
    """
    times = times_block()[0]
    native_id = 0 if thread is None else thread.native_id
    text = proto.DeviceStepStats(device=LOCAL_CPU).SerializeToString()
    ends = []
    for entry in entries:
        stats = _draft(entry)
        stats.thread_id = native_id
        text += _field(proto.DeviceStepStats, "node_stats", stats.SerializeToString() + times)
        ends.append(len(text))
    if thread is not None:
        text += proto.DeviceStepStats(thread_names={native_id: thread.name}).SerializeToString()
    size = len(text)
    text = _field(proto.RunMetadata, "step_stats", _field(proto.StepStats, "dev_stats", text))
    return text, [len(text) - size + end - len(times) for end in ends]


def _field(message: Any, name: str, content: bytes) -> bytes:
    """A message in a field of another, in protobuf's wire format."""
    head = bytearray([message.DESCRIPTOR.fields_by_name[name].number << 3 | 2])
    size = len(content)
    while size > 127:
        head.append(size & 127 | 128)
        size >>= 7
    head.append(size)
    return bytes(head) + content


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
    if entry.kept:
        stats.memory_stats.persistent_memory_size = entry.kept
    if total > entry.kept:
        total -= entry.kept
        stats.memory.add(allocator_name=_ALLOCATOR, total_bytes=total, peak_bytes=total, live_bytes=total)
    return stats


def _measured(trace: Any) -> list[tuple[KernelEntry, float]]:
    """The kernels of a step and the microseconds each took."""
    times = iter(trace.times)
    return [(entry, (end - start) / 1000) for entry, start, end in zip(trace.entries(), times, times)]


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
    target: Any,
    operations: list[Operation],
    fed: set[Tensor],
    measured: list[tuple[KernelEntry, float]],
    fetched: set[Any],
) -> None:
    """The measured cost of each operation; kernels share their time among the operations in them."""
    micros: dict[Operation, float] = {}
    outputs: dict[Operation, list[Any]] = {}
    for entry, taken in measured:
        for op, share in entry.operations:
            micros[op] = micros.get(op, 0.0) + share * taken
        if len(entry.operations) == 1:
            outputs[entry.operations[0][0]] = entry.outputs
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
