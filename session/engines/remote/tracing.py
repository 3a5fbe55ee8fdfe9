"""RunMetadata of a step on a cluster: when each stage began and ended, a lane a task."""

from __future__ import annotations

from typing import Any

from ....ops import proto


class StageTimes:
    """A watched step that collects when its stages ran.

    Attributes:
      step: the step, or None if it has no limit.
      times: per stage a reference to the seconds at which it began and ended.
    """

    def __init__(self, step: Any) -> None:
        self.step = step
        self.times: list[Any] = []

    def check(self) -> None:
        """See `Step.check`."""
        if self.step is not None:
            self.step.check()


def fill(run_metadata: Any, program: Any, times: list[Any], with_graphs: bool) -> None:
    """Write down a step.

    Args:
      run_metadata: the user's message, which is empty.
      times: per stage the seconds of the epoch at which it began and ended.
      with_graphs: whether the operations of each stage are told too.
    """
    target = run_metadata if isinstance(run_metadata, proto.RunMetadata) else proto.RunMetadata()
    lanes: dict[Any, Any] = {}
    for number, (stage, (began, ended)) in enumerate(zip(program.stages, times)):
        lane = lanes.get(stage.task)
        if lane is None:
            job, index = stage.task
            name = f"/job:{job}/replica:0/task:{index}" if job else "/job:localhost/replica:0/task:0"
            lane = lanes[stage.task] = target.step_stats.dev_stats.add(device=f"{name}/device:CPU:0")
        start, end = int(began * 1e9), int(ended * 1e9)
        given, made = ", ".join(t.name for t in stage.inputs), ", ".join(t.name for t in stage.outputs)
        runs = ", ".join(op.name for op in stage.targets)
        lane.node_stats.add(
            node_name=f"stage {number}", timeline_label=f"stage {number} = Stage({given}) -> {made} {runs}".rstrip(),
            all_start_micros=start // 1000, op_end_rel_micros=end // 1000 - start // 1000,
            all_end_rel_micros=end // 1000 - start // 1000, scheduled_micros=start // 1000,
            all_start_nanos=start, op_end_rel_nanos=end - start, all_end_rel_nanos=end - start, scheduled_nanos=start,
        )  # fmt: skip
        if with_graphs:
            graph = target.partition_graphs.add()
            for op in dict.fromkeys([*(tensor.op for tensor in stage.outputs), *stage.targets]):
                graph.node.add().CopyFrom(op.node_def)
    if target is not run_metadata:
        run_metadata.ParseFromString(target.SerializeToString())
