"""The callable of a program: native where it can be, with a Python function behind it for everything else."""

from __future__ import annotations

import weakref
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

from ...ops.base.pickling import ProcessBound
from ...ops.base.tracebacks import trimmed
from ..machine import abi as layout
from ..runtime.trampoline import DECLINED, Cell, entry_of, make_entry, refuse_keywords, run_once
from ..step.outs import Outs, packed
from ..step.structure import Structure
from ..step.variant import Variant
from .choice import region_code, stateful_code, stateful_variant
from .staged import StagedProgram

if TYPE_CHECKING:
    from .program import Program


class SlowPath(ProcessBound):
    """What runs when a native step does not fit: converts, checks, finds or compiles the variant, installs its code."""

    __slots__ = (
        "__weakref__",
        "_cell",
        "_check",
        "_convert",
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
    ) -> None:
        self._program = program
        self._state = state
        self._convert = convert
        self._check = check
        self._structure = structure
        self._rebuild = structure.rebuilding()
        self._cell: Callable[[], Cell | None] | None = None
        self._stateful: dict[Program, Any] = {}  # the code that was right last, and an entry that only declines

    def serve(self, cell: Cell) -> None:
        """Install native code into `cell` from now on."""
        self._cell = weakref.ref(cell)

    def __call__(self, *arguments: Any, **keywords: Any) -> Any:
        try:
            if "out" in keywords and len(keywords) == 1:
                return OutPath(self).run(arguments, keywords["out"])
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
        cell = None if self._cell is None or program.has_hidden_fetches else self._cell()
        if cell is None:
            return self._rebuild(program.run_compiled(values, self._state))
        results = self._run_native(program.staged, values, cell)
        if results is DECLINED:
            results = self._run_stateful(program, values, cell)
        if results is DECLINED and program.has_handles:
            self._install_stateful(program, values, cell)
            results = self._run_stateful(program, values, cell)
        if results is DECLINED:
            results = self._rebuild(program.run_compiled(values, self._state))
            self._install_stateful(program, values, cell)
        return results

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
        path = self._path
        path._check(arguments)
        values = [path._convert(index, value) for index, value in enumerate(arguments)]
        program = path._program.decided.find(values) or path._program
        fetched = program.plan.outputs[: len(program.names)]
        outs = Outs(path._structure, out, program.names, [v.dtype.base_dtype.np_dtype for v in fetched], values)
        for place in outs.arrays:
            if fetched[place].extents is not None:
                outs.check_shape(place, fetched[place].extents)
        cell = None if self._cell is None or program.has_hidden_fetches else self._cell()
        results = DECLINED if cell is None else self._run_native(program, values, outs, cell)
        if results is not DECLINED:
            return results
        found = (program.interpret if program.jit == "off" else program.run_compiled)(values, path._state)
        outs.fill(found)
        return path._rebuild([outs.arrays.get(place) for place in range(len(found))])

    def _run_native(self, program: Program, values: Sequence[Any], outs: Outs, cell: Cell) -> Any:
        """Run the native step that fits, and install it; DECLINED if there is none. Raises: ValueError for shapes."""
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
        return found


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
) -> Callable[..., Any]:
    """Return the callable of a program; see `Program.make_step`."""
    slow = SlowPath(program, state, convert, check, structure)
    if program.jit == "off" or not layout.available() or getattr(state, "budget", None) is not None:
        return slow
    function, cell = make_entry(slow, "step")
    slow.serve(cell)
    path = OutPath(slow)
    taker, other = make_entry(path, "step")
    path.serve(other)
    cell.take_out(taker)
    return function  # type: ignore[no-any-return]
