"""The callable of a program: native where it can be, with a Python function behind it for everything else.

The first call, if it is light, is interpreted, and its native step is made in the background; so nothing of the
compiler is loaded here before something compiles. Of a callable of `x * 2`:

    call(3 floats)     interpreted; another thread begins to compile the step of [s0]
    call(4 floats)     waits until that is over, if it is not yet; native, as all that follow
"""

from __future__ import annotations

import weakref
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from ...ops.base.pickling import ProcessBound
from ...ops.base.tracebacks import trimmed
from ..machine import abi as layout
from ..runtime.trampoline import DECLINED, Cell, entry_of, make_entry, refuse_keywords, run_once
from ..step.structure import Structure

if TYPE_CHECKING:
    from ..step.outs import Outs
    from ..step.variant import Variant
    from .program import Program
    from .staged import StagedProgram


class SlowPath(ProcessBound):
    """What runs when a native step does not fit: converts, checks, finds or compiles the variant, installs its code."""

    __slots__ = (
        "__dict__",  # its name, signature and docstring, where no builtin function has them
        "__weakref__",
        "_cell",
        "_check",
        "_convert",
        "_interprets_first",
        "_out",
        "_program",
        "_rebuild",
        "_state",
        "_stateful",
        "_structure",
    )

    def __init__(
        self,
        program: Program,
        state: Any,
        convert: Callable[[int, Any], Any],
        check: Callable[[Sequence[Any]], None],
        structure: Structure,
        interprets_first: bool,
    ) -> None:
        self._program = program
        self._state = state
        self._convert = convert
        self._check = check
        self._structure = structure
        self._rebuild = structure.rebuilding()
        self._interprets_first = interprets_first
        self._cell: Callable[[], Cell | None] | None = None
        self._out: Callable[[], OutPath | None] | None = None
        self._stateful: dict[Program, Any] = {}  # the code that was right last, and an entry that only declines

    def serve(self, cell: Cell) -> None:
        """Install native code into `cell` from now on."""
        self._cell = weakref.ref(cell)

    def take_out(self, path: OutPath) -> None:
        """Hand calls with `out=` to this as long as it lives."""
        self._out = weakref.ref(path)

    def __call__(self, *arguments: Any, **keywords: Any) -> Any:
        try:
            if "out" in keywords and len(keywords) == 1:
                path = None if self._out is None else self._out()
                return (path or OutPath(self)).run(arguments, keywords["out"])
            return self._run(arguments, keywords)
        except Exception as error:
            raise trimmed(error)  # noqa: B904  # it is the same error

    def _run(self, arguments: Sequence[Any], keywords: Any) -> Any:
        refuse_keywords(keywords)
        self._check(arguments)
        values = [self._convert(index, value) for index, value in enumerate(arguments)]
        program = self._program.decided.find(values) or self._program
        if program.jit == "off":
            return self._rebuild(program.interpret(values, self._state))
        if self.interprets(program, values):
            return self._rebuild(self.interpret_first(program, values))
        program.wait()
        cell = self._installs_into(program)
        if cell is None:
            return self._rebuild(program.run_compiled(values, self._state))
        results = self._run_native(program.staged, values, cell)
        if results is DECLINED and (program.has_handles or program.was_interpreted):
            self._install_stateful(program, values, cell)
        if results is DECLINED:
            results = self._run_stateful(program, values, cell)
        if results is DECLINED:
            results = self._rebuild(program.run_compiled(values, self._state))
            self._install_stateful(program, values, cell)
        return results

    def _installs_into(self, program: Program) -> Cell | None:
        return None if self._cell is None or program.has_hidden_fetches else self._cell()

    # The first call.

    def interprets(self, program: Program, values: Sequence[Any]) -> bool:
        """Whether this call is the one that is interpreted."""
        return self._interprets_first and program.begins(values)

    def interpret_first(self, program: Program, values: Sequence[Any]) -> list[Any]:
        """Run a step through the interpreter, then compile in the background what the next one is going to need."""
        results = program.interpret(values, self._state, is_light=True)
        alike = list(map(_like, values))
        own = weakref.ref(self)  # a callable that nobody holds needs no kernels

        def compile_next() -> None:
            path = own()
            if path is not None:
                path._prepare(program, alike)

        program.compile_behind(compile_next, self._state)
        return results

    def _prepare(self, program: Program, values: Sequence[Any]) -> None:
        """Compile what a call with arguments like these needs, and install it."""
        from .ahead import compile_for
        from .choice import region_code, step_of

        cell = self._installs_into(program)
        region = program.staged.only_region
        if region is None:
            compile_for(program, values)
            if cell is not None:
                self._install_stateful(program, values, cell)
            return
        known = dict(zip(program.staged.plan.inputs, values))
        arrays, layouts = region.readable([known[value] for value in region.region.inputs])
        variant = region.variant_of([array.shape for array in arrays], layouts)
        if variant is None:
            return
        code = None if cell is None else region_code(variant, program.staged.plan, self._structure, self._state)
        if code is None:
            step_of(variant)
        elif cell is not None:
            region.latest = variant
            cell.install(code)

    # What is compiled.

    def _run_native(self, staged: StagedProgram, values: Sequence[Any], cell: Cell) -> Any:
        """Run the native step that fits, made if there is none, and install it; DECLINED if there can be none."""
        program = staged.only_region
        if program is None:
            return DECLINED
        known = dict(zip(staged.plan.inputs, values))
        try:
            arrays, layouts = program.readable([known[value] for value in program.region.inputs])
        except (ValueError, MemoryError):
            return DECLINED  # a view that takes no memory, and is too large for it
        known.update(zip(program.region.inputs, arrays))
        arguments = [known[value] for value in staged.plan.inputs]
        shapes = [known[value].shape for value in program.region.inputs]
        for variant in program.made(shapes, layouts):
            results = self._run_variant(variant, staged, arguments, cell)
            if results is not DECLINED:
                return results
        made = program.variant_of(shapes, layouts)
        return DECLINED if made is None else self._run_variant(made, staged, arguments, cell)

    def _run_variant(self, variant: Variant, staged: StagedProgram, arguments: Sequence[Any], cell: Cell) -> Any:
        """Run a variant's native step and install it; DECLINED if it has none, declines the arguments, or fails."""
        from .choice import region_code

        code = region_code(variant, staged.plan, self._structure, self._state)
        if code is None:
            return DECLINED
        try:
            results = run_once(code, arguments)
        except (ValueError, MemoryError):
            return DECLINED  # the way through the regions finds the words for it
        if results is not DECLINED and staged.only_region is not None:
            staged.only_region.latest = variant
            cell.install(code)
        return results

    def _install_stateful(self, program: Program, values: Sequence[Any], cell: Cell) -> None:
        if program.stateful is not None:
            from .choice import stateful_code

            code = stateful_code(program.stateful, values, self._structure, self._state)
            if code is not None:
                cell.install(code)
                self._stateful[program] = code, entry_of(code)

    def _run_stateful(self, program: Program, values: Sequence[Any], cell: Cell) -> Any:
        """Run the native step of a plan with variables or handles on feeds that had to be made arrays."""
        known = self._stateful.get(program)
        if known is None:
            return DECLINED
        code, entry = known
        try:
            results = entry(*(_with_names(program.stateful, values) if program.has_handles else values))
        except (ValueError, MemoryError):
            return DECLINED  # the way through the regions finds the words for it
        if results is not DECLINED:
            cell.install(code)
        return results


class OutPath(ProcessBound):
    """The same for calls with `out=`, which is the last argument here; see `../step/outs.py`.

    A result that no native step can write where it is wanted is copied.
    """

    __slots__ = ("__weakref__", "_cell", "_path")

    def __init__(self, path: SlowPath) -> None:
        self._path = path
        self._cell: Callable[[], Cell | None] | None = None

    def serve(self, cell: Cell) -> None:
        """Install native code into `cell` from now on."""
        self._cell = weakref.ref(cell)

    def __call__(self, *arguments: Any) -> Any:
        try:
            return self.run(arguments[:-1], arguments[-1])
        except Exception as error:
            raise trimmed(error)  # noqa: B904  # it is the same error

    def run(self, arguments: Sequence[Any], out: Any) -> Any:
        """Run a step whose results go to `out`, and return these arrays in the structure of the fetches."""
        from ..step.outs import Outs

        path = self._path
        path._check(arguments)
        values = [path._convert(index, value) for index, value in enumerate(arguments)]
        program = path._program.decided.find(values) or path._program
        fetched = program.plan.outputs[: len(program.names)]
        outs = Outs(path._structure, out, program.names, [v.dtype.base_dtype.np_dtype for v in fetched], values)
        for place in outs.arrays:
            if fetched[place].extents is not None:
                outs.check_shape(place, fetched[place].extents)
        if program.jit != "off" and path.interprets(program, values):
            return self._filled(path.interpret_first(program, values), outs)
        program.wait()
        cell = None if self._cell is None or program.has_hidden_fetches else self._cell()
        results = DECLINED if cell is None else self._run_native(program, values, outs, cell)
        if results is not DECLINED:
            return results
        run = program.interpret if program.jit == "off" else program.run_compiled
        return self._filled(run(values, path._state), outs)

    def _filled(self, found: Sequence[Any], outs: Outs) -> Any:
        """The results copied to their arrays."""
        outs.fill(found)
        return self._path._rebuild([outs.arrays.get(place) for place in range(len(found))])

    def _run_native(self, program: Program, values: Sequence[Any], outs: Outs, cell: Cell) -> Any:
        """Run the native step that fits, and install it; DECLINED if there is none. Raises: ValueError for shapes."""
        from ..step.outs import packed
        from .choice import region_code, stateful_code, stateful_variant

        path = self._path
        region, stateful = program.staged.only_region, None
        if region is not None:
            plan, results = program.staged.plan, list(program.staged.plan.outputs)
            known = dict(zip(plan.inputs, values))
            variant = region.variant_for([known[value] for value in region.region.inputs])
            code = None if variant is None else region_code(variant, plan, path._structure, path._state, True)
        else:
            stateful = program.stateful
            variant = None if stateful is None else stateful_variant(stateful, values, path._state)
            if variant is None or stateful is None:
                return DECLINED
            plan, results = stateful.plan, stateful.outputs
            known = dict(zip(plan.inputs, values))
            code = stateful_code(stateful, values, path._structure, path._state, True)
        if variant is None:
            return DECLINED
        if stateful is None:
            shapes = [known[value].shape for value in variant.region.inputs]
            for place in outs.arrays:
                outs.check_shape(place, variant.shape_of(results[place], shapes))
        if code is None:
            return DECLINED
        try:
            found = run_once(code, [*values, packed(path._structure, outs.arrays)])
        except (ValueError, MemoryError):
            return DECLINED  # the way through the regions finds the words for it
        if found is not DECLINED:
            cell.install(code)
            main = None if path._cell is None else path._cell()
            if main is not None:
                main.begin()  # its trampoline finds this one's
        return found


def _like(value: Any) -> Any:
    """An array like a feed, whose memory nobody touches: the feed may go. One that is not dense is kept as it is."""
    if isinstance(value, np.ndarray) and value.flags.c_contiguous and value.dtype.kind != "O":
        return np.empty(value.shape, value.dtype)
    return value


def _with_names(stateful: Any, values: Sequence[Any]) -> list[Any]:
    """The values of the feeds of a `Stateful`, of which those that are handles' strings become such again."""
    names = {root.inputs[0] for root in stateful.found}
    found = zip(stateful.plan.inputs, values)
    return [value.item().decode() if feed in names and not value.shape else value for feed, value in found]


def make_callable(
    program: Program,
    state: Any,
    convert: Callable[[int, Any], Any],
    check: Callable[[Sequence[Any]], None],
    structure: Structure,
    interprets_first: bool = False,
    name: str = "step",
    doc: str | None = None,
) -> Callable[..., Any]:
    """Return the callable of a program; see `Program.make_step`."""
    interprets_first = interprets_first and getattr(state, "budget", None) is None  # it takes more memory
    slow = SlowPath(program, state, convert, check, structure, interprets_first)
    if program.jit == "off" or not layout.available() or getattr(state, "budget", None) is not None:
        return slow
    function, cell = make_entry(slow, name, doc)
    slow.serve(cell)
    path = OutPath(slow)
    taker, other = make_entry(path, "step")
    path.serve(other)
    slow.take_out(path)
    cell.take_out(taker)
    return function  # type: ignore[no-any-return]
