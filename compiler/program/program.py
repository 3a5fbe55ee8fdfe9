"""`Program`: a signature of a graph, planned once, run many times, interpreted or compiled."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Sequence
from contextlib import contextmanager, nullcontext
from typing import TYPE_CHECKING, Any

import numpy as np

from ...ops.base.errors import CancelledError, InvalidArgumentError, ResourceExhaustedError
from ...ops.base.ownership import is_owned
from ...ops.base.provided import provide
from ...ops.definition.flow import DEAD
from ...ops.graph.node import Tensor
from ...ops.graph.operation import Operation
from ...ops.types.tensor_shape import brackets
from ..executors.interpreter import Interpreter
from ..executors.watched_step import Step, closed_flag
from ..machine.cpus import usable_cpus
from ..machine.garbage import uncollected
from ..machine.lock import LOCK
from ..passes.pipeline import optimize
from ..plan.plan import Plan
from ..plan.prune import prune
from ..step.structure import Structure, flat
from .decided import Decided

if TYPE_CHECKING:
    from ..partition.stateful import Stateful
    from .staged import StagedProgram


def _random_numbers(kind: str) -> Any:
    """Machine code for the kernels of random operations, which lie below the compiler and cannot import it."""
    from ..runtime import random_code

    return random_code.function(kind)


@contextmanager
def _one_blas_thread() -> Iterator[None]:
    """BLAS with one thread, for kernels that run below the compiler."""
    from ..runtime import blas

    with blas.all_alone():
        yield


provide("philox", _random_numbers)
provide("one BLAS thread", _one_blas_thread)


class Program:
    """The program of one signature.

    Args:
      graph: the graph.
      feeds, fetches: tensors; targets: operations that are run for their effects.
      jit: "off" interprets; "default" compiles in `run` from the second step on, and in `make_step` as is said there;
        "on" compiles at once.
      threads: how many may share a loop; 0: those this process may use.
      done: operations that have run already and do not run again; see `prune`.
    Raises: InvalidArgumentError for a placeholder that is needed and not fed.
    """

    takes_out = True  # whether callables take `out`

    @uncollected
    def __init__(
        self,
        graph: Any,
        feeds: Sequence[Tensor],
        fetches: Sequence[Tensor],
        targets: Sequence[Operation],
        jit: str,
        threads: int = 0,
        done: Collection[Operation] = (),
    ) -> None:
        hidden = [op._outputs[0] for op in targets if op.op_def.is_pure and op._outputs and op._outputs[0] not in feeds]
        plan = optimize(prune(feeds, [*fetches, *hidden], targets, done))
        self.names = tuple(tensor.name for tensor in fetches)
        self._prepare(graph, plan, jit, threads, len(fetches), bool(hidden))

    def of_plan(self, plan: Plan) -> Program:
        """A program of another plan with the same inputs and outputs."""
        made = Program.__new__(Program)
        made.names = self.names
        made._prepare(self.graph, plan, self.jit, self._threads, self._fetched, self.has_hidden_fetches)
        return made

    def _prepare(self, graph: Any, plan: Plan, jit: str, threads: int, fetched: int, hides: bool) -> None:
        self.graph = graph
        self.plan = plan
        self.jit = jit
        self._threads = threads
        self._fetched = fetched
        self.has_hidden_fetches = hides  # pure targets: nobody gets their value, but they run, and may fail
        self._runs = 0
        self._unrun = [True]  # taken by the first step, of whatever thread
        self._work: Any = None  # what compiles in the background
        self.was_interpreted = False  # the first step of a callable
        self._interpreter: Any = Interpreter(self.plan)
        may_wait = any(i.effects.blocking for i in self.plan.everything())
        self._waits = False
        if may_wait:
            from ..executors.dataflow import Dataflow, needs_dataflow

            self._waits = needs_dataflow(self.plan)
            if self._waits:
                self._interpreter = Dataflow(self.plan)
        self._takes_out = len(self.plan.instructions) > 2 and may_wait
        self._staged: StagedProgram | None = None
        self._stateful: Stateful | None = None
        self._protects_feeds = self.plan.has_effects
        self._multiplies = any(i.op_def.uses_blas for i in self.plan.everything())
        self._names = any(i.effects.resource == "handle" for i in self.plan.instructions)
        self._keeps = any(i.effects.resource == "handle" and i.effects.writes for i in self.plan.everything())
        self._copied = _aliases_of_inputs(self.plan)
        self._has_flow = self.plan.has_flow
        self.decided = Decided(self)

    def run(self, values: Sequence[Any], state: Any, step: Any = None) -> list[Any]:
        """Run one step.

        Args:
          values: arrays for the feeds, of their types and with shapes that fit.
          state: the session's state.
        Returns: the fetched values; scalars as NumPy scalars, strings as bytes. None of them shares memory with a
        feed or with the session's state.
        """
        self._runs += 1
        self._unrun.clear()
        decided = self.decided.find(values)
        if decided is not None:
            return decided.run(values, state, step)
        if self.jit == "off" or (self.jit == "default" and self._runs < 2):
            return self.interpret(values, state, step)
        return self.run_compiled(values, state, step)

    def interpret(self, values: Sequence[Any], state: Any, step: Any = None, is_light: bool = False) -> list[Any]:
        """Run one step through the interpreter; a light one, and the first one of a loop, with BLAS on one thread."""
        alone = is_light or (self._has_flow and self.jit != "off")
        return self._execute(self._interpreter, values, state, step, alone)

    def run_compiled(self, values: Sequence[Any], state: Any, step: Any = None) -> list[Any]:
        """Run one step through compiled kernels, compiling what is not yet."""
        self.wait(step)
        return self._execute(self._interpreter if self._waits else self.staged, values, state, step)

    def begins(self, values: Sequence[Any]) -> bool:
        """Whether a step of a callable on these arrays is interpreted, its kernels to compile meanwhile.

        It is the first one, it is light, and nothing of the program is compiled yet. Only one caller is told so.
        """
        if not self._unrun or self.jit != "default" or self._staged is not None:
            return False
        try:
            self._unrun.pop()
        except IndexError:  # another thread's step is the first one
            return False
        from ..executors.first_step import is_asked_for, is_light, may_be_interpreted

        self._runs += 1
        self.was_interpreted = is_asked_for() and may_be_interpreted(self.plan) and is_light(self.plan, values)
        return self.was_interpreted

    def compile_behind(self, what: Callable[[], Any], state: Any) -> None:
        """Compile in the background; `wait` waits for it.

        Args:
          what: does it.
          state: the session's; when it is closed, nobody wants the kernels any more.
        """
        from ..machine import background

        work = background.Work(what, closed_flag(state))
        if background.start(work):
            self._work = work

    def wait(self, step: Any = None) -> None:
        """Wait for what compiles in the background; the clock of a step that is watched stands still."""
        work = self._work
        if work is not None:
            with nullcontext() if step is None else step.paused():
                work.wait()
            self._work = None

    @property
    def compiles(self) -> bool:
        """Whether the steps that ran last were compiled."""
        return self.jit == "on" or (self.jit == "default" and self._runs >= 2)

    @property
    def staged(self) -> StagedProgram:
        """The compiled executor, made when first needed."""
        if self._staged is None:
            from .staged import StagedProgram  # the compiler: a program that runs once loads none of it

            with LOCK:
                if self._staged is None:
                    self._staged = StagedProgram(self.plan, self._threads)
        return self._staged

    @property
    def stateful(self) -> Stateful | None:
        """The plan as one region between reads and writes of variables, if it is of that kind."""
        if self._stateful is None and self.plan.has_effects:
            from ..partition.stateful import Stateful
            from .region import RegionProgram

            with LOCK:
                if self._stateful is None:
                    stateful = Stateful(self.plan)
                    if stateful.fits:
                        stateful.program = RegionProgram(stateful.region, self._threads)
                        kept = [value for _, value in stateful.kept.values()]
                        stateful.program.apart = frozenset([*stateful.writes.values(), *kept])
                    self._stateful = stateful
        found = self._stateful
        return found if found is not None and found.fits and found.program.cut is None else None

    @property
    def has_handles(self) -> bool:
        """Whether it is one region between the reading and keeping of what handles name."""
        return self._names and self.stateful is not None and self.stateful.has_handles

    def _limited_blas(self, alone: bool) -> Any:
        """BLAS with as many threads as may share a product, or with one alone: its threads wait for each other while
        they spin, beside other processes for tens of milliseconds each time."""
        from ..runtime import blas

        return blas.alone() if alone else blas.limited(self._threads or usable_cpus())

    def _execute(self, executor: Any, values: Sequence[Any], state: Any, step: Any, alone: bool = False) -> list[Any]:
        if self._protects_feeds:
            values = [_view(value) for value in values]
        threads = self._limited_blas(alone) if self._multiplies else nullcontext()
        if step is None and self._takes_out:
            step = Step()  # what it takes out goes back if the session is closed before the step is over
        with threads, state.handles.step() if self._keeps else nullcontext():
            try:
                results = executor.run(values, state, step)[: self._fetched]
            except CancelledError:
                if step is not None:
                    step.give_back()
                raise
        if self._has_flow and any(result is DEAD for result in results):
            raise _not_run(results, self.names)
        copies = _repeated(results, self._copied) if self._has_flow else self._copied
        return [
            finished(result, copied or any(result is value for value in values))
            for result, copied in zip(results, copies)
        ]

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
        """Return a callable of one argument a feed that runs a step.

        Args:
          state: the session's state; its `closed` is a byte that is not zero when the session is closed.
          convert: `(index, value) -> array`: the checked value of a feed.
          check: raises if the step may not run, or not with that many arguments.
          shape: what is returned: "list" or "tuple" of the results, the "single" one, or a structure of them.
          interprets_first: whether a light first step of the program is interpreted, and compiled in the background;
            otherwise it is compiled.
          name, doc: what it is called, and its docstring behind its signature as builtin functions have it.
        """
        from .callables import make_callable

        structure = flat(shape, self._fetched) if isinstance(shape, str) else shape
        check = check or (lambda arguments: None)
        return make_callable(self, state, convert, check, structure, interprets_first, name, doc)

    def compile_ahead(self, shapes: Sequence[tuple[int | None, ...]]) -> int:
        """Compile what can be without running; `shapes` are the feeds', None for an extent that is open.

        Returns: the number of kernels that are ready.
        """
        from .ahead import compile_program

        return compile_program(self, shapes)

    def explain(self) -> str:
        """The plan as text: its stages, fusion groups, and the source generated for each group."""
        from .explain import explain

        return self.decided.explained(lambda program: explain(program.staged)) or explain(self.staged)


def _view(value: Any) -> Any:
    """A feed as a view: what is stored in the session's state is copied if it is one."""
    return value.view() if isinstance(value, np.ndarray) else value


def _aliases_of_inputs(plan: Plan) -> list[bool]:
    inputs = set(plan.inputs)
    seen: set[Any] = set()
    flags = []
    for value in plan.outputs:
        flags.append(value in inputs or value in seen)
        seen.add(value)
    return flags


def _not_run(results: Sequence[Any], names: Sequence[str]) -> Exception:
    """The error for a fetched tensor that did not come to be."""
    number = next(number for number, result in enumerate(results) if result is DEAD)
    return InvalidArgumentError(
        None,
        None,
        f"Retval[{number}] does not have value: '{names[number]}' stands in a branch that was not taken, or waits for "
        "one; fetch what tf.cond or tf.case returns instead",
    )


def _repeated(results: Sequence[Any], copied: Sequence[bool]) -> list[bool]:
    """Which results have to be copied; branches and loops may give one array for several."""
    seen: set[int] = set()
    flags = []
    for result, known in zip(results, copied):
        flags.append(known or id(result) in seen)
        seen.add(id(result))
    return flags


def finished(result: Any, copied: bool) -> Any:
    """A result as the user gets it: no view, not read-only, scalars as scalars.

    Raises: ResourceExhaustedError for a view that is small, but its copy too large (of `broadcast_to`).
    """
    if type(result) is not np.ndarray:
        return result
    if not result.shape:
        return result[()]
    if copied or not is_owned(result) or not result.flags.writeable or not result.flags.c_contiguous:
        try:
            return np.array(result, order="C", copy=True)
        except MemoryError as error:
            text = f"OOM when allocating tensor with shape{brackets(result.shape)} for a fetch"
            raise ResourceExhaustedError(None, None, text) from error
    return result
