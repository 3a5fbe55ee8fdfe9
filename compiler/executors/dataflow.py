"""The executor of plans whose operations wait for each other: queues.

Each instruction runs as soon as what it needs is there. Instructions that may wait run in threads of their own, so that
an `enqueue` and a `dequeue` in one step cannot wait for each other for ever, whatever their order in the graph; all
others run in the caller's thread. Effects that do not wait keep the order of the plan.

For example, of the plan

    %1 = QueueDequeueV2 %q      # in a thread: waits
    QueueEnqueueV2 %q, %x       # in a thread: wakes the first
    %2 = Mul %1, 2.0            # in the caller's thread, when the first thread is done

both queue operations are ready at once, and `%2` runs when `%1` is there. If one instruction fails, those that still
wait are told to stop, and the step raises what the first one raised.
"""

from __future__ import annotations

import queue
import threading
from collections import deque
from collections.abc import Sequence
from itertools import pairwise
from typing import Any

import numpy as np

from ...ops.base.errors import CancelledError
from ...ops.definition.flow import DEAD
from ..plan.plan import Instruction, Plan, Value
from .flow import LoopRunner
from .interpreter import Interpreter, execute
from .watched_step import Step, cancelled, closed_flag


def _waits(instruction: Instruction) -> bool:
    effects = instruction.effects
    return effects.blocking and not effects.ordered


class Dataflow:
    """Runs a plan by what is ready."""

    def __init__(self, plan: Plan) -> None:
        self.plan = plan
        self._needs = dependencies(plan)
        self._loops = {
            number: LoopRunner(instruction, Interpreter)
            for number, instruction in enumerate(plan.instructions)
            if instruction.op_def.flow == "loop"
        }
        self._users: list[list[int]] = [[] for _ in plan.instructions]
        for number, needed in enumerate(self._needs):
            for other in needed:
                self._users[other].append(number)

    def run(self, values: Sequence[Any], state: Any, step: Any = None) -> list[Any]:
        """Run the plan; arguments and errors as of `Interpreter.run`."""
        return _Run(self, values, state, step).run()


class _Run:
    """One step."""

    def __init__(self, program: Dataflow, values: Sequence[Any], state: Any, step: Any) -> None:
        self._program = program
        self._instructions = program.plan.instructions
        self._values: dict[Value, Any] = dict(zip(program.plan.inputs, values))
        self._state = state
        self._step = step
        self._stop = Step()  # tells those who wait in threads that the step is over
        if step is not None:
            self._stop.taken = step.taken
        self._missing = [len(needed) for needed in program._needs]
        self._ready: deque[int] = deque(n for n, count in enumerate(self._missing) if not count)
        self._finished: queue.SimpleQueue[tuple[int, Any, BaseException | None]] = queue.SimpleQueue()
        self._running = 0

    def run(self) -> list[Any]:
        """Run all instructions; returns the values of the plan's outputs."""
        try:
            with np.errstate(all="ignore"):
                while self._ready or self._running:
                    self._go_on()
        except BaseException:
            self._stop.stop(CancelledError(None, None, "The step was cancelled: another operation of it failed."))
            raise
        return [self._values[value] for value in self._program.plan.outputs]

    def _go_on(self) -> None:
        if not self._ready:
            self._take(*self._next_finished())
            return
        number = self._ready.popleft()
        instruction = self._instructions[number]
        if closed_flag(self._state).value:
            raise cancelled(instruction.op)
        if self._is_dead(instruction):
            self._note(number, (DEAD,) * len(instruction.outputs))
        elif number in self._program._loops:
            self._note(number, self._program._loops[number].run(self._inputs(number), self._state, self._step))
        elif _waits(instruction):
            self._running += 1
            threading.Thread(target=self._in_thread, args=(number,), daemon=True, name="sessile step").start()
        else:
            self._note(number, execute(instruction, self._inputs(number), self._state, self._step))

    def _is_dead(self, instruction: Instruction) -> bool:
        """Whether an instruction is in a branch that is not taken."""
        if instruction.op_def.flow == "merge":
            return False
        return any(self._values[value] is DEAD for value in (*instruction.inputs, *instruction.guards))

    def _next_finished(self) -> tuple[int, Any, BaseException | None]:
        """What a thread brings; looks now and then whether the step is to stop."""
        while True:
            try:
                return self._finished.get(timeout=0.05)
            except queue.Empty:
                if self._step is not None:
                    self._step.check(self._step.current)

    def _take(self, number: int, results: Any, error: BaseException | None) -> None:
        self._running -= 1
        if error is not None:
            raise error
        self._note(number, results)

    def _in_thread(self, number: int) -> None:
        try:
            with np.errstate(all="ignore"):
                results = execute(self._instructions[number], self._inputs(number), self._state, self._stop)
        except BaseException as error:
            self._finished.put((number, None, error))
        else:
            self._finished.put((number, results, None))

    def _inputs(self, number: int) -> list[Any]:
        return [self._values[value] for value in self._instructions[number].inputs]

    def _note(self, number: int, results: Sequence[Any]) -> None:
        self._values.update(zip(self._instructions[number].outputs, results))
        for user in self._program._users[number]:
            self._missing[user] -= 1
            if not self._missing[user]:
                self._ready.append(user)


def dependencies(plan: Plan) -> list[set[int]]:
    """Per instruction the numbers of those that have to run before: makers of inputs, control inputs, order."""
    makers = {value: number for number, i in enumerate(plan.instructions) for value in i.outputs}
    numbers: dict[Any, list[int]] = {}
    for number, instruction in enumerate(plan.instructions):
        if instruction.op is not None:
            numbers.setdefault(instruction.op, []).append(number)
    waited = _Waited(numbers)
    needs: list[set[int]] = []
    last: int | None = None
    for number, instruction in enumerate(plan.instructions):
        needed = {makers[value] for value in (*instruction.inputs, *instruction.guards) if value in makers}
        if instruction.op is not None:
            for control in instruction.op.control_inputs:
                needed |= waited.by(control)
        if not instruction.is_pure and not _waits(instruction):
            if last is not None:
                needed.add(last)
            last = number
        needed.discard(number)
        needs.append({other for other in needed if other < number})  # a plan is in an order that keeps to all edges
    return needs


class _Waited:
    """Which instructions an operation of the graph stands for; of one that is none in the plan, those before it."""

    def __init__(self, numbers: dict[Any, list[int]]) -> None:
        self._numbers = numbers
        self._known: dict[Any, set[int]] = {}

    def by(self, op: Any) -> set[int]:
        """The numbers of the instructions.

        The operations of a loop that one instruction runs as a whole wait for one another in a circle, so what is
        behind an operation is searched for rather than put together from what is behind each of its inputs.
        """
        if op not in self._known:
            found: set[int] = set()
            seen = {op}
            pending = [op]
            while pending:
                top = pending.pop()
                if top in self._numbers:
                    found.update(self._numbers[top])
                elif top in self._known:
                    found |= self._known[top]
                else:
                    before = {*(tensor.op for tensor in top.inputs), *top.control_inputs} - seen
                    seen |= before
                    pending += before
            self._known[op] = found
        return self._known[op]


def needs_dataflow(plan: Plan) -> bool:
    """Whether operations that wait are there besides others on such resources, none of them bound to come first."""
    waiting = [n for n, i in enumerate(plan.instructions) if _waits(i)]
    if not waiting:
        return False
    kinds = {plan.instructions[number].effects.resource for number in waiting}
    others = [n for n, i in enumerate(plan.instructions) if i.effects.resource in kinds and _touches(i)]
    if len(others) < 2:
        return False
    needs = dependencies(plan)
    before: list[set[int]] = []
    for needed in needs:
        before.append(needed.union(*(before[number] for number in needed)))
    return any(first not in before[second] for first, second in pairwise(others))


def _touches(instruction: Instruction) -> bool:
    return instruction.effects.reads or instruction.effects.writes
