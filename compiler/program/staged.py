"""The compiled executor: a plan in stages, compiled regions and interpreted instructions in turn."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from contextlib import nullcontext
from functools import partial
from typing import Any

import numpy as np

from ..executors.flow import LoopRunner, flow_rows, run_rows
from ..executors.interpreter import Interpreter, execute
from ..executors.watched_step import cancelled, closed_flag
from ..machine.garbage import uncollected
from ..partition.cores import cored
from ..partition.schedule import Region, Stage, schedule
from ..passes.expand import expand_composites
from ..passes.inside import in_loops
from ..passes.merge import merge_duplicates
from ..plan.plan import Instruction, Plan, Value
from ..routines.run import HandedOn, keeps_elements, viewed_values
from ..routines.run import execute as run_instruction
from ..specialize.specialize import NeedsCut
from .choice import step_of
from .cored import CoreRunner
from .loops.iterations import NativeIteration
from .region import RegionProgram
from .updates import UpdateRunner, has_value, variables_of


class StagedProgram:
    """Runs a plan by its stages, and learns which instructions cut it because their shapes depend on data."""

    @uncollected
    def __init__(self, plan: Plan, threads: int = 0) -> None:
        self._threads = threads
        self._as_given = plan
        self._read_before: list[Instruction] = []
        if plan.has_flow:
            from ..fusion.selects import choose_elements
            from ..partition.loop_invariants import with_shared_values
            from ..partition.loop_products import with_lighter_loops
            from ..partition.loop_variables import with_variables_inside
            from ..partition.mapped_loops import without_mapped_loops

            plan, self._read_before = with_shared_values(plan)
            plan = in_loops(choose_elements(without_mapped_loops(plan)), choose_elements)
            plan = with_variables_inside(with_lighter_loops(plan))
        expanded = expand_composites(plan)
        self.plan = plan if expanded is plan else merge_duplicates(expanded)
        self._dynamic: frozenset[Instruction] = frozenset()
        self._regions: dict[tuple[tuple[Instruction, ...], tuple[Value, ...]], RegionProgram] = {}
        self._loops: dict[Instruction, Any] = {}
        self._updates: dict[Instruction, UpdateRunner] = {}
        self._variables = variables_of(self.plan)
        self._constants = {i.outputs[0]: i for i in self.plan.instructions if i.is_constant}
        self._viewed = viewed_values(self.plan)
        parts = cored(self.plan)
        self._cored = None if parts is None else CoreRunner(parts, partial(StagedProgram, threads=threads), threads)
        self._arrange()

    def _arrange(self) -> None:
        slots: dict[Value, int] = {value: number for number, value in enumerate(dict.fromkeys(self.plan.inputs))}
        for instruction in self.plan.instructions:
            for value in instruction.outputs:
                slots[value] = len(slots)
        self._iteration: NativeIteration | None = None
        self._handing = self._hand_on()
        self.stages: list[Stage] = schedule(self.plan, self._dynamic | self._handing)
        self._input_slots = [slots[value] for value in self.plan.inputs]
        self._output_slots = [slots[value] for value in self.plan.outputs]
        self._size = len(slots)
        rows: list[tuple[Any, list[int], list[int]]] = []
        for stage in self.stages:
            runner = self._runner(stage)
            rows.append((runner, [slots[v] for v in stage.inputs], [slots[v] for v in stage.outputs]))
        self._rows = [(*row, dying) for row, dying in zip(rows, _dying(rows, set(self._output_slots)))]
        self._flow = flow_rows(self._rows, self.stages, slots) if self.plan.has_flow else None

    def _hand_on(self) -> frozenset[Instruction]:
        """What gives a result whose shape depends on data another shape, for the user: it gets that result's memory."""
        if not self._dynamic:
            return frozenset()
        users = Counter(value for i in self.plan.instructions for value in (*i.inputs, *i.guards))
        users.update(self.plan.outputs)
        # A routine of such a shape makes its results anew: they are nobody else's.
        made = {v for i in self._dynamic if i.op_def.routine for v in i.outputs if users[v] == 1}
        fetched = set(self.plan.outputs)
        return frozenset(
            i
            for i in self.plan.instructions
            if i.inputs and i.inputs[0] in made and i.outputs[0] in fetched and keeps_elements(i, self._constants)
        )

    def _runner(self, stage: Stage) -> Any:
        if isinstance(stage, Region):
            return self._region(stage)
        if stage in self._handing:
            return HandedOn(stage, self._constants)
        if stage.op_def.update is not None:
            return self._update(stage)
        if stage.op_def.flow != "loop":
            return stage
        if stage not in self._loops:
            from ..executors.lifted_loop import lifted_iteration
            from .loops.scalar_loop import loop_runner

            make = partial(StagedProgram, threads=self._threads)
            self._loops[stage] = loop_runner(stage, LoopRunner(stage, make, lifted_iteration), make)
        return self._loops[stage]

    def _update(self, instruction: Instruction) -> Any:
        """A runner for an update that reads what it writes, if it is known of which variables."""
        update = instruction.op_def.update
        roots = [self._variables.get(value) for value in instruction.inputs[: update.variables]]
        if update.new is None or not instruction.effects.reads or not all(roots):
            return instruction
        if instruction not in self._updates:
            known: list[Any] = roots
            self._updates[instruction] = UpdateRunner(instruction, known, self._constants, self._threads)
        return self._updates[instruction]

    def _region(self, region: Region) -> RegionProgram:
        key = tuple(region.instructions), tuple(region.outputs)  # which are those that others read as they stand now
        if key not in self._regions:
            self._regions[key] = RegionProgram(region, self._threads)
        return self._regions[key]

    def run(self, values: Sequence[Any], state: Any, step: Any = None) -> list[Any]:
        """Run one step; arguments and results as those of `Interpreter.run`."""
        if self._read_before and not all(has_value(root, state) for root in self._read_before):
            return Interpreter(self._as_given).run(values, state, step)  # a loop without turns reads no variable
        if self._cored is not None and self._is_plain(state, step):
            if self._cored.is_native:
                return self._cored.run(values, state, step)
            self._cored = None
        slots: list[Any] = [None] * self._size
        for slot, value in zip(self._input_slots, values):
            slots[slot] = value
        learned: set[Instruction] = set()
        budget = getattr(state, "budget", None)
        with np.errstate(all="ignore"), nullcontext() if budget is None else budget.watch(self.plan, slots):
            if self._flow is None:
                self._run_rows(slots, learned, state, step)
            else:
                run = partial(self._run_one, learned=learned, state=state, step=step)
                run_rows(self._flow, slots, state, run, self._is_plain(state, step))
        if learned:
            self.learn(learned)
        return [slots[slot] for slot in self._output_slots]

    @staticmethod
    def _is_plain(state: Any, step: Any) -> bool:
        """Whether nobody looks on: at what each instruction takes, or what memory is held."""
        return (step is None or step.trace is None) and getattr(state, "budget", None) is None

    def _run_rows(self, slots: list[Any], learned: set[Instruction], state: Any, step: Any) -> None:
        closed = closed_flag(state)
        for runner, inputs, outputs, dying in self._rows:
            if closed.value:
                raise cancelled(getattr(runner, "op", None))
            results = self._run_one(runner, [slots[slot] for slot in inputs], learned, state, step)
            for slot, result in zip(outputs, results):
                slots[slot] = result
            for slot in dying:
                slots[slot] = None

    def _run_one(
        self, runner: Any, arguments: Sequence[Any], learned: set[Instruction], state: Any, step: Any
    ) -> Sequence[Any]:
        budget = getattr(state, "budget", None)
        if type(runner) is RegionProgram:
            if budget is not None:
                budget.check(runner.first_op, planned=runner.planned(arguments))
            return self._run_region(runner, arguments, learned, step)
        if type(runner) is Instruction:
            results = run_instruction(runner, arguments, state, step, self._threads, viewed=self._viewed)
        else:
            if step is not None:
                step.taken.clear()  # what was taken is used from here on
            results = runner.run(arguments, state, step)  # of a loop, of an update
        if budget is not None:
            budget.made(getattr(runner, "instruction", runner), results)
        return results

    @property
    def _turn(self) -> NativeIteration:
        """This plan as an iteration of a loop, made when first needed."""
        if self._iteration is None:
            self._iteration = NativeIteration(self.plan, None if self._flow else self.only_region, self._threads)
        return self._iteration

    def run_again(self, values: Sequence[Any], state: Any, step: Any = None) -> Sequence[Any]:
        """`run`, for a loop: of a plan that is one region, the variant that ran last is tried without looking further;
        of one that updates variables or draws random numbers besides, a step of its own.

        Cost: some 3 microseconds less than `run`.
        """
        results = None if step is not None else self._turn.run(values, state)
        return self.run(values, state, step) if results is None else results

    def turns(
        self,
        values: list[Any],
        counts: tuple[int, int, int],
        state: Any,
        popped: Sequence[list[Any]] = (),
        collected: Sequence[list[Any]] = (),
    ) -> tuple[int | None, int]:
        """Run iterations of a loop in machine code, if a native step has run already; see `NativeIteration.turns`."""
        return self._turn.turns(values, counts, state, popped, collected)

    def learn(self, instructions: set[Instruction]) -> None:
        """Take note of instructions whose shapes depend on data: they cut the plan from now on."""
        self._dynamic |= instructions
        self._arrange()

    def _run_region(
        self, program: RegionProgram, arguments: Sequence[Any], learned: set[Instruction], step: Any
    ) -> Sequence[Any]:
        try:
            if step is None and program.latest is not None:
                results = step_of(program.latest)(*arguments)  # looks itself whether they fit
                if results is not None:
                    return results  # type: ignore[no-any-return]
            return program.run(arguments) if step is None else watched_run(program, arguments, step)
        except NeedsCut as cut:
            learned.add(cut.instruction)
        except (ValueError, MemoryError, OverflowError):
            pass  # shapes that contradict each other, or are too large: the interpreter says where
        return _interpret(program.region, arguments, step)

    @property
    def dynamic(self) -> frozenset[Instruction]:
        """The instructions whose shapes were found to depend on data."""
        return self._dynamic

    @property
    def only_region(self) -> RegionProgram | None:
        """The region, if it is all there is to run."""
        runner = self._rows[0][0] if len(self._rows) == 1 else None
        return runner if type(runner) is RegionProgram else None

    @property
    def loops(self) -> list[tuple[Instruction, Any]]:
        """The loops and what runs them, in the order they run."""
        return [(stage, self._loops[stage]) for stage in self.stages if stage in self._loops]

    @property
    def region_programs(self) -> list[RegionProgram]:
        """The compiled regions, in the order they run."""
        return [row[0] for row in self._rows if type(row[0]) is RegionProgram]


def watched_run(program: RegionProgram, arguments: Sequence[Any], step: Any) -> Sequence[Any]:
    """Run a region in a step that is watched: the time its compilation takes is not the step's."""
    step.check(program.first_op)
    if step.trace is not None:
        results = step.trace.run_region(program, arguments)
        if results is not None:
            return results  # type: ignore[no-any-return]
    with step.paused():
        variant = program.variant_for(arguments)
    step.check(program.first_op)
    if variant is not None and step.trace is not None:
        program.latest = variant
        results = step.trace.run_region(program, arguments)
        if results is not None:
            return results  # type: ignore[no-any-return]
    return program.run(arguments)


def _interpret(region: Region, arguments: Sequence[Any], step: Any) -> Sequence[Any]:
    """Run a region instruction by instruction; its instructions are pure."""
    known: dict[Value, Any] = dict(zip(region.inputs, arguments))
    for instruction in region.instructions:
        results = execute(instruction, [known[value] for value in instruction.inputs], None, step)
        known.update(zip(instruction.outputs, results))
    return [known[value] for value in region.outputs]


def _dying(rows: list[tuple[Any, list[int], list[int]]], kept: set[int]) -> list[tuple[int, ...]]:
    """Per row, the slots that nothing takes after it."""
    last: dict[int, int] = {}
    for position, (_, inputs, outputs) in enumerate(rows):
        for slot in (*inputs, *outputs):
            last[slot] = position
    dying: list[list[int]] = [[] for _ in rows]
    for slot, position in last.items():
        if slot not in kept:
            dying[position].append(slot)
    return [tuple(row) for row in dying]
