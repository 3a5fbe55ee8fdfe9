"""A program that tasks of a cluster run: the stages of a signature, and the way of values between them."""

from __future__ import annotations

import itertools
import time
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from ....compiler.program.program import Program
from ....compiler.program.services import Structure, caller_task, flat, stages_of
from ....ops.base.errors import CancelledError, UnimplementedError
from ....ops.families.state.handle_ops import takes_handle
from ....ops.graph.node import Tensor
from .fabric import TaskLostError
from .failures import TaskError, unpacked, unreachable
from .task import Call, StageSpec, as_array

if TYPE_CHECKING:
    from .link import Link

_LARGE: Final = 100_000  # bytes of a value that travels once for all stages that take it
_LOOK: Final = 0.05  # seconds between looks whether a step was told to stop
_steps = itertools.count()


class _Placed:
    """A stage with what a step has to know of it.

    key: its name on its task.
    sources: per input a feed's position, or `~position` among the results of all stages.
    waits_for: stages whose end it waits for, though it takes nothing of them.
    tells: whether another stage, or the caller, waits for its end alone.
    place: where its results begin among those of all stages.
    local: the program of a stage that runs in this process, or None.
    """

    __slots__ = ("key", "local", "place", "sources", "stage", "tells", "waits_for")

    def __init__(self, key: int, stage: Any, place: int) -> None:
        self.key, self.stage, self.place = key, stage, place
        self.sources: list[int] = []
        self.waits_for: tuple[int, ...] = stage.after
        self.tells = False
        self.local: Any = None


class ClusterProgram:
    """What a remote session has in the place of the compiler's `Program`.

    A step sends each stage to its task at once, with references to what other stages will make: values go from task
    to task, and the caller waits for what it fetches.

    Args:
      link: the session's connection to the tasks.
      session: for its graph, the place of each operation, and its options.
    """

    has_hidden_fetches = False
    compiles = False
    takes_out = False

    def __init__(
        self, link: Link, graph: Any, task_of: Callable[[Any], Any], feeds: Sequence[Tensor],
        fetches: Sequence[Tensor], targets: Sequence[Any], done: Any, jit: str, threads: int,
    ) -> None:  # fmt: skip
        self._link, self._graph = link, graph
        self._count = len(fetches)
        self.stages = stages_of(feeds, fetches, targets, done, task_of)
        here = caller_task()
        remote = [stage for stage in self.stages if stage.task != here]
        version = link.extend(graph, [stage.task for stage in remote])
        specs = [_spec(stage, version, jit, threads) for stage in remote]
        keys = iter(link.define([stage.task for stage in remote], specs, graph))
        self._placed = self._connect([-1 if s.task == here else next(keys) for s in self.stages], feeds, fetches)
        for item in self._placed:
            if item.stage.task == here:
                s = item.stage
                item.local = Program(graph, s.inputs, s.outputs, s.targets, jit, threads, s.done)
        self._tasks = {stage.task for stage in remote}
        self._waits = any(stage.waits for stage in self.stages)
        self._uses = _uses(self._placed, len(feeds))
        self._named = [
            (source, item.stage.task)
            for item in self._placed if item.local is None
            for source in item.sources if source >= 0 and takes_handle(feeds[source])
        ]  # fmt: skip

    def _connect(self, keys: list[int], feeds: Sequence[Tensor], fetches: Sequence[Tensor]) -> list[_Placed]:
        where: dict[Tensor, int] = {tensor: position for position, tensor in enumerate(feeds)}
        placed: list[_Placed] = []
        place = 0
        for key, stage in zip(keys, self.stages):
            placed.append(_Placed(key, stage, place))
            for tensor in stage.outputs:
                where.setdefault(tensor, ~place)
                place += 1
        self._fetched = [~where[tensor] for tensor in fetches]
        seen = {number for item in placed for number in item.waits_for}
        taken = {~source for item in placed for source in map(where.__getitem__, item.stage.inputs) if source < 0}
        taken |= set(self._fetched)
        self._ends: list[int] = []
        for number, item in enumerate(placed):
            item.sources = [where[tensor] for tensor in item.stage.inputs]
            is_awaited = any(item.place + i in taken for i in range(len(item.stage.outputs)))
            if not is_awaited and number not in seen:
                self._ends.append(number)
            item.tells = number in seen or not item.stage.outputs
        return placed

    def trace_step(self, signature: Any, values: Sequence[Any], step: Any, metadata: Any, graphs: bool) -> Any:
        """Run one step of a signature and tell in a RunMetadata what ran where; `graphs`: the operations too."""
        from .tracing import StageTimes, fill

        watched = StageTimes(step)
        results = signature.run_watched(values, watched)
        fill(metadata, self, self._link.fabric.get(watched.times), graphs)
        return results

    def run(self, values: Sequence[Any], state: Any, step: Any = None) -> list[Any]:
        """Run one step; see `Program.run`."""
        link = self._link
        times = getattr(step, "times", None)
        name = str(next(_steps)) if self._waits or step is not None else ""
        results: list[Any] = []
        ends: list[Any] = []
        watched = getattr(step, "step", step)
        if watched is not None:  # what tasks took goes back before the caller goes on
            watched.on_stop = lambda: link.cancel(self._tasks, name, waits=True)
        try:
            given = self._given(values)
            for item in self._placed:
                tells = item.tells or times is not None
                arguments = [given[s] if s >= 0 else results[~s] for s in item.sources]
                awaited = [ends[number] for number in item.waits_for]
                if item.local is not None:
                    arguments = [values[s] if s >= 0 else results[~s] for s in item.sources]
                    made = self._here(item, arguments, awaited, state, getattr(step, "step", step))
                else:
                    how = Call(link.session, item.key, name, 0, len(awaited), tells)
                    count = tells + len(item.stage.outputs)
                    made = link.submit(item.stage.task, "run", [tuple(how), *awaited, *arguments], count)
                ends.append(made[0] if tells or item.local is not None else None)
                results += made[1:] if tells or item.local is not None else made
            if times is not None:
                times += ends
            wanted = [results[place] for place in self._fetched]
            awaited = [ends[number] for number in self._ends]
            return self._taken(wanted, awaited, step)
        except (TaskError, TaskLostError) as error:
            if name:
                link.cancel(self._tasks, name)
            raise self._explained(error) from None
        except BaseException:
            if name:
                link.cancel(self._tasks, name)
            raise

    def _here(self, item: _Placed, arguments: list[Any], awaited: list[Any], state: Any, step: Any) -> list[Any]:
        """Run a stage of this process; returns references to the times it took and to its results."""
        fabric = self._link.fabric
        fabric.get(awaited)
        wanted = [position for position, source in enumerate(item.sources) if source < 0]
        for position, value in zip(wanted, fabric.get([arguments[position] for position in wanted])):
            arguments[position] = value
        began = time.time()
        results = item.local.run([as_array(value) for value in arguments], state, step)
        return [fabric.put(value) for value in ((began, time.time()), *results)]

    def _given(self, values: Sequence[Any]) -> list[Any]:
        """The feeds as arguments: large ones that go to several stages, or to another process twice, once."""
        put = self._link.fabric.put
        handles = self._link.handles
        handles.flush()
        for position, task in self._named:
            handles.bring(values[position].item().decode(errors="replace"), task)
        return [
            put(value) if uses > 1 and isinstance(value, np.ndarray) and value.nbytes > _LARGE else value
            for value, uses in zip(values, self._uses)
        ]

    def _taken(self, wanted: list[Any], ends: list[Any], step: Any) -> list[Any]:
        """The values of what is fetched, once all has ended. Raises: the first error there is."""
        fabric = self._link.fabric
        if step is not None or (self._waits and len(wanted) + len(ends) > 1):
            pending = list(dict.fromkeys([*wanted, *ends]))
            while pending:
                if step is not None:
                    step.check()
                if self._link.is_closed:
                    raise CancelledError(None, None, "The step was cancelled: its session was closed.")
                ready = fabric.wait(pending, _LOOK)
                if ready:
                    fabric.get(ready)
                    pending = [reference for reference in pending if reference not in ready]
        values = fabric.get([*wanted, *ends])
        return [_owned(value) for value in values[: len(wanted)]]

    def _explained(self, error: Exception) -> Exception:
        if self._link.is_closed:  # the tasks know the session no more
            return CancelledError(None, None, "The step was cancelled: its session was closed.")
        if isinstance(error, TaskError):
            return unpacked(error, self._graph)
        gone = self._link.missing()
        return unreachable(", ".join(gone) or "that a stage of the step ran on", str(error))

    def make_step(
        self,
        state: Any,
        convert: Callable[[int, Any], Any],
        check: Any = None,
        shape: str | Structure = "list",
        interprets_first: bool = False,
        name: str = "step",
        doc: str | None = None,
    ) -> Callable[..., Any]:
        """Return a callable that runs a step; see `Program.make_step`. The tasks interpret the first one always."""
        rebuild = (flat(shape, self._count) if isinstance(shape, str) else shape).rebuilding()
        check = check or (lambda arguments: None)
        run = self.run

        def step(*values: Any) -> Any:
            check(values)
            return rebuild(run([convert(index, value) for index, value in enumerate(values)], state))

        return step

    def compile_ahead(self, shapes: Any) -> int:
        """Raises: UnimplementedError: tasks compile at the second step."""
        raise UnimplementedError(None, None, "Compiling ahead is not built for sessions on a cluster.")

    def explain(self) -> str:
        """The stages as text."""
        lines = []
        for number, stage in enumerate(self.stages):
            job, index = stage.task
            where = f"/job:{job}/task:{index}" if job else "this process"
            after = f", after {', '.join(map(str, stage.after))}" if stage.after else ""
            lines.append(f"stage {number} on {where}{after}{', may wait' if stage.waits else ''}:")
            lines += [f"  given {tensor.name}" for tensor in stage.inputs]
            lines += [f"  runs {op.name}" for op in stage.targets]
            lines += [f"  gives {tensor.name}" for tensor in stage.outputs]
        return "\n".join(lines)


def _spec(stage: Any, version: int, jit: str, threads: int) -> StageSpec:
    inputs, outputs, targets, done = (
        tuple(item.name for item in part) for part in (stage.inputs, stage.outputs, stage.targets, stage.done)
    )
    return StageSpec(version, inputs, outputs, targets, done, stage.waits, jit, threads)


def _uses(placed: list[_Placed], count: int) -> list[int]:
    uses = [0] * count
    for item in placed:
        for source in item.sources:
            if source >= 0:
                uses[source] += 1
    return uses


def _owned(value: Any) -> Any:
    """A value as the user's own: arrays come as views of memory that tasks share."""
    if isinstance(value, np.ndarray) and not (value.flags.writeable and value.base is None):
        return np.array(value, order="C")
    return value
