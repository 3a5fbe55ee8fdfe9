"""Small parts of a graph that run often and are interpreted in part: one Python function, made for their plan.

The function of a dataset's `map` runs once for each element. Where it parses, decodes or splits, it is no native step,
and what lies around its kernels costs more than they do. So the way through them is written down as Python:

    def run(a0):
        v1 = k1(a0, c0)                 # StringSplitV2's kernel; c0 is a constant
        v2, v3 = q2((v1,))              # several results: its `KernelCall`
        v4, = r3((v2,))                 # a compiled region

Values are those of `StagedProgram`: the same kernels, routines from as many elements on, and compiled regions. A kernel
that fails is found by the line it was called from.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Sequence
from functools import partial
from typing import Any, Final, NamedTuple

import numpy as np

from ...ops.base.errors import InvalidArgumentError, OpError
from ...ops.base.own_words import INSIDES
from ...ops.base.tracebacks import trimmed
from ...ops.definition.context import KernelContext
from ...ops.definition.flow import DEAD
from ..executors.interpreter import Interpreter, described
from ..executors.kernels import KernelCall
from ..executors.watched_step import cancelled
from ..partition.schedule import Region
from ..plan.plan import Instruction, Plan, Value
from ..routines.run import execute, least_size, viewed_values
from ..specialize.specialize import NeedsCut
from .choice import step_of
from .program import Program
from .region import RegionProgram
from .staged import StagedProgram

_NUMBERS: Final = itertools.count()


def straight_step(program: Any, state: Any) -> Callable[..., Any] | None:
    """A function from the arrays of a program's feeds to a tuple of arrays; None if it runs another way.

    Args:
      program: a `Program` that has run compiled, and is not one native step.
      state: the session's.
    """
    if not isinstance(program, Program) or program.jit == "off" or getattr(state, "budget", None) is not None:
        return None
    staged = program.staged  # whose branches may have become choices
    if not fits(staged.plan):
        return None
    return StraightStep(staged, len(program.names)).for_session(state)


def straight_turn(executor: Any) -> StraightStep | None:
    """The same of a `StagedProgram` that runs inside of a step, such as the turn of a loop."""
    if not isinstance(executor, StagedProgram) or executor.only_region is not None or executor.plan.has_flow:
        return None
    if not fits(executor.plan, True):
        return None
    return None if executor._turn.may_run else StraightStep(executor, None)


def fits(plan: Plan, may_wait: bool = False) -> bool:
    """Whether a plan has neither loops, updates of variables, large products nor, unless it may, waits."""
    if not may_wait and any(i.effects.blocking for i in plan.instructions):
        return False
    return all(map(_is_plain, plan.instructions))


def _is_plain(instruction: Instruction) -> bool:
    op_def = instruction.op_def
    if op_def.uses_blas or op_def.uses_lapack or op_def.update is not None:
        return False
    if op_def.flow and (op_def.flow not in ("switch", "merge") or any(v.is_reference for v in instruction.outputs)):
        return False
    return op_def.effects.resource != "handle"


class StraightStep:
    """Runs a plan as a Python function that is made when first needed, and again where a region falls apart.

    Args:
      count: how many of the plan's outputs are given to the user; None: all are, and to what runs the step.
    """

    def __init__(self, staged: StagedProgram, count: int | None) -> None:
        self._staged = staged
        self._count = count
        self._written: _Written | None = None

    def for_session(self, state: Any) -> Callable[..., Any]:
        """A function of the arrays alone, whose errors show the user's lines."""

        def run(*arrays: Any) -> tuple[Any, ...]:
            try:
                return self.run(arrays, state)
            except Exception as error:
                raise trimmed(error)  # noqa: B904  # it is the same error

        return run

    def run(self, arrays: Sequence[Any], state: Any, step: Any = None) -> tuple[Any, ...]:
        """The values of the outputs. Raises: OpError if a kernel fails or the session is closed.

        Args:
          step: the running step, which nobody traces; None if nobody watches it.
        """
        written = self._written
        if written is None:
            written = self._written = _Writer(self._staged, self._count, self._learn).write()
        try:
            with np.errstate(all="ignore"):
                results: tuple[Any, ...] = written.function(state, step, *arrays)
        except (OpError, *INSIDES, MemoryError) as error:
            found = _located(error, written)
            if found is error:
                raise
            raise found from error
        return results

    def _learn(self, cut: Instruction) -> None:
        self._staged.learn({cut})
        self._written = None


class _Written(NamedTuple):
    """A function, per line of it what it runs, and the names of the values."""

    function: Any
    stages: list[Any]
    names: dict[Value, str]


def _located(error: Exception, written: _Written) -> Exception:
    """The error with the operation, by the line of the function that called its kernel."""
    trace = error.__traceback__
    while trace is not None and trace.tb_frame.f_code is not written.function.__code__:
        trace = trace.tb_next
    stage = None if trace is None else written.stages[trace.tb_lineno]
    if trace is None or not isinstance(stage, Instruction):
        return error
    frame = trace.tb_frame
    names = [written.names[value] for value in stage.inputs]
    return described(error, stage, [frame.f_locals.get(name, frame.f_globals.get(name)) for name in names])


class _Writer:
    """Writes the function of a plan: a line for each stage, and under it what its first result has to be."""

    def __init__(self, staged: StagedProgram, count: int | None, learn: Callable[[Instruction], None]) -> None:
        plan = staged.plan
        self._stages = staged.stages
        self._plan = plan
        self._outputs = plan.outputs[:count]
        self._is_inner = count is None
        self._learn = learn
        self._regions = iter(staged.region_programs)
        self._viewed = viewed_values(plan)
        self._names: dict[Value, str] = {}
        self._known: dict[str, Any] = {
            "array": np.ndarray,
            "cancelled": cancelled,
            "Context": KernelContext,
            "DEAD": DEAD,
            "merged": _merged,
        }
        self._indent = ""
        self._mortal: set[Value] = set()  # what may be dead, because it hangs on a branch
        self._lines: list[str] = []
        self._places: list[Any] = [None]  # per line, counted from 1, its stage

    def write(self) -> _Written:
        """The function."""
        feeds = [f"a{number}" for number in range(len(self._plan.inputs))]
        self._names.update(zip(self._plan.inputs, feeds))
        self._line(f"def run({', '.join(['state', 'step', *feeds])}):")
        if not self._is_inner and any(not _draws(i) for i in self._plan.instructions if not i.is_pure):
            for name in feeds:  # what is kept in the session is copied if it is a view
                self._line(f"    {name} = {name}.view() if type({name}) is array else {name}")
        for stage in self._stages:
            self._stage(stage)
        returned = "".join(
            f"{self._result(value, value in self._outputs[:place])}, " for place, value in enumerate(self._outputs)
        )
        self._line(f"    return ({returned})")
        code = compile("\n".join(self._lines), f"<sessile elements {next(_NUMBERS)}>", "exec")
        exec(code, self._known)
        return _Written(self._known["run"], self._places, self._names)

    def _stage(self, stage: Any) -> None:
        flow = "" if isinstance(stage, Region) else stage.op_def.flow
        mortal = [] if flow == "merge" else [v for v in (*stage.inputs, *stage.guards) if v in self._mortal]
        if mortal or flow:
            self._mortal.update(stage.outputs)
        if flow == "merge" and not all(value in self._mortal for value in stage.inputs):
            self._mortal.difference_update(stage.outputs)
        if not mortal:
            self._living(stage, flow)
            return
        before = len(self._lines)
        self._line(f"    if {' or '.join(f'{self._names[value]} is DEAD' for value in dict.fromkeys(mortal))}:")
        self._line("        pass")
        self._line("    else:")
        self._indent = "    "
        self._living(stage, flow)
        self._indent = ""
        self._lines[before + 1] = f"        {''.join(f'{self._names[value]} = ' for value in stage.outputs)}DEAD"

    def _living(self, stage: Any, flow: str) -> None:
        if isinstance(stage, Region):
            self._region(stage)
        elif flow == "merge":
            given = self._tuple(stage.inputs)
            self._line(f"    {_targets(self._results(stage.outputs))}merged({given})", stage)
        elif flow == "switch":
            value, truth = (self._names[value] for value in stage.inputs)
            quick = f"((DEAD, {value}) if {truth} else ({value}, DEAD))"
            slow = f"{self._name('q', KernelCall(stage))}(({value}, {truth}))"
            test = f"type({truth}) is array and not {truth}.ndim"
            self._line(f"    {_targets(self._results(stage.outputs))}{quick} if {test} else {slow}", stage)
        else:
            self._instruction(stage)

    def _line(self, text: str, stage: Any = None) -> None:
        self._lines.append(self._indent + text)
        self._places.append(stage)

    def _name(self, kind: str, item: Any) -> str:
        """A new name for something the function uses."""
        name = f"{kind}{len(self._known)}"
        self._known[name] = item
        return name

    def _results(self, values: Sequence[Value]) -> list[str]:
        names = [f"v{len(self._names) + number}" for number in range(len(values))]
        self._names.update(zip(values, names))
        return names

    def _tuple(self, values: Sequence[Value]) -> str:
        return f"({''.join(f'{self._names[value]}, ' for value in values)})"

    def _region(self, region: Region) -> None:
        run = self._name("r", partial(_run_region, next(self._regions), self._learn))
        arguments = self._tuple(region.inputs)
        self._line(f"    {_targets(self._results(region.outputs))}{run}({arguments})", region)

    def _instruction(self, instruction: Instruction) -> None:
        op_def = instruction.op_def
        call = KernelCall(instruction)
        if op_def.is_constant:
            name = self._name("c", call(())[0])
            if not self._indent:
                self._names[instruction.outputs[0]] = name
            else:  # it is dead where its branch is not taken
                self._line(f"    {_targets(self._results(instruction.outputs))}({name},)")
            return
        context = ""
        if not instruction.is_pure:
            self._line("    if state.closed.value:")
            op = self._name("o", instruction.op)
            self._line(f"        raise cancelled({op})")
            self._line("    if step is not None:")
            self._line(f"        step.check({op})", "step")
            if instruction.effects.writes and not instruction.effects.blocking:
                self._line("        step.taken.clear()")  # what was taken is used from here on
            context = f"Context({op}, state, step), "
        given = self._tuple(instruction.inputs)
        if len(instruction.outputs) != 1 or instruction.outputs[0].is_reference:
            quick = f"{self._name('q', call)}({given}{', ' + context[:-2] if context else ''})"
        else:
            quick = f"{self._name('k', call.bound())}({context}{self._arguments(instruction)})"
        slow = self._by_routine(instruction, given)
        results = self._results(instruction.outputs)
        if len(results) == 1 and slow is None and not instruction.outputs[0].is_reference:
            (result,) = results
            self._line(f"    {result} = {quick}", instruction)
            kind = self._name("d", instruction.outputs[0].dtype.np_dtype)
            self._line(f"    if type({result}) is not array or {result}.dtype is not {kind}:")
            self._line(f"        {result}, = {self._name('f', call.arrays)}({result})", instruction)
            return
        if slow is not None:
            test, routine = slow
            many = quick if len(results) != 1 else f"{self._name('f', call.arrays)}({quick})"
            quick = f"{routine} if {test} else {many}"
        self._line(f"    {_targets(results)}{quick}", instruction)

    def _arguments(self, instruction: Instruction) -> str:
        """The inputs as the kernel takes them: those of a list in one."""
        names = [self._names[value] for value in instruction.inputs]
        groups = instruction.arguments(names) if instruction.op_def.takes_lists else names
        return ", ".join(group if isinstance(group, str) else f"[{', '.join(group)}]" for group in groups)

    def _by_routine(self, instruction: Instruction, given: str) -> tuple[str, str] | None:
        """When a routine is asked, and how; None if never."""
        viewed = [value for value in instruction.inputs if value in self._viewed]
        if not instruction.op_def.routine and not viewed:
            return None
        least = least_size(instruction)
        names = [self._names[value] for value in instruction.inputs]
        open_ones = [name for name in names if name not in self._known or self._known[name].size >= least]
        tests = [f"type({self._names[value]}) is not array" for value in viewed]
        if instruction.op_def.routine:
            tests += [f"{name}.size >= {least}" for name in open_ones]
        if not tests:
            return None
        routine = self._name("r", _by_routine(instruction, self._viewed))
        return " or ".join(tests), f"{routine}({given}, state)"

    def _result(self, value: Value, is_repeated: bool) -> str:
        name = self._names[value]
        if self._is_inner:
            return name
        if value in self._mortal:
            return f"{self._name('g', _living)}({name})"
        if is_repeated or name in self._known:
            return f"{name}.copy()"
        if value in self._plan.inputs:
            return name
        return f"{self._name('g', _given_out)}({name})"


def _targets(names: Sequence[str]) -> str:
    """The beginning of a line that takes several results, or none."""
    return f"{''.join(f'{name}, ' for name in names)}= " if names else ""


def _draws(instruction: Instruction) -> bool:
    return instruction.op_def.effects.resource == "random"


def _by_routine(instruction: Instruction, viewed: frozenset[Value]) -> Callable[..., Any]:
    return lambda values, state: execute(
        instruction, values, state, None, getattr(state, "loop_threads", 0), viewed=viewed
    )


def _run_region(program: RegionProgram, learn: Callable[[Instruction], None], arguments: Sequence[Any]) -> Any:
    """A region's results; interpreted where it cannot be compiled for such arguments."""
    if program.latest is not None:
        results = step_of(program.latest)(*arguments)  # looks itself whether they fit
        if results is not None:
            return results
    try:
        return program.run(arguments)
    except NeedsCut as cut:
        learn(cut.instruction)
    except (ValueError, MemoryError, OverflowError):
        pass  # shapes that contradict each other, or are too large: the interpreter says where
    region = program.region
    return Interpreter(Plan(region.inputs, region.instructions, region.outputs)).run(arguments, None)


def _merged(values: Sequence[Any]) -> tuple[Any, Any]:
    """What a merge gives: the value that lives, and which one that is."""
    for index, value in enumerate(values):
        if value is not DEAD:
            return value, np.array(index, np.int32)
    return DEAD, DEAD


def _living(value: Any) -> Any:
    """A result that hangs on a branch, an array of its own. Raises: InvalidArgumentError if it does not live."""
    if value is DEAD:
        raise InvalidArgumentError(None, None, "Retval does not have value: it stands in a branch that was not taken")
    return value.copy()


def _given_out(array: Any) -> Any:
    """A result: contiguous, and not the small part of something large that it would keep."""
    base = array.base
    if base is None:
        return array if array.flags.c_contiguous else array.copy()
    if not array.flags.c_contiguous or getattr(base, "nbytes", 0) > 2 * array.nbytes:
        return array.copy()
    return array
