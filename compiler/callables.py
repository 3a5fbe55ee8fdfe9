"""The callable of a program: native where it can be, with a Python function behind it for everything else."""

from __future__ import annotations

import ctypes
import weakref
from collections.abc import Callable, Iterable, Sequence
from typing import TYPE_CHECKING, Any

from . import layout
from .plan import Value
from .staged import StagedProgram

if TYPE_CHECKING:
    from .entry import Cell
    from .program import Program
    from .stateful import Stateful

_OPEN = ctypes.c_byte(0)


class SlowPath:
    """What runs when a native step does not fit: converts, checks, finds or compiles the variant, installs its code."""

    __slots__ = ("__weakref__", "_cell", "_check", "_convert", "_program", "_shape", "_state")

    def __init__(
        self,
        program: Program,
        state: Any,
        convert: Callable[[int, Any], Any],
        check: Callable[[Sequence[Any]], None],
        shape: str,
    ) -> None:
        self._program = program
        self._state = state
        self._convert = convert
        self._check = check
        self._shape = shape
        self._cell: Callable[[], Cell | None] | None = None

    def serve(self, cell: Cell) -> None:
        """Install native code into `cell` from now on."""
        self._cell = weakref.ref(cell)

    def __call__(self, *arguments: Any, **keywords: Any) -> Any:
        refuse_keywords(keywords)
        self._check(arguments)
        program = self._program
        values = [self._convert(index, value) for index, value in enumerate(arguments)]
        if program.jit == "off":
            return self._shaped(program.interpret(values, self._state))
        results = self._shaped(program.run_compiled(values, self._state))
        if self._cell is not None:
            self._install(program, values)
        return results

    def _shaped(self, results: list[Any]) -> Any:
        if self._shape == "single":
            return results[0]
        return results if self._shape == "list" else tuple(results)

    def _install(self, program: Program, values: Sequence[Any]) -> None:
        cell = self._cell() if self._cell is not None else None
        if cell is None or program.has_hidden_fetches:
            return
        code = native_code(program.staged, self._shape, self._state)
        if code is None and program.stateful is not None:
            code = stateful_code(program.stateful, values, self._shape, self._state)
        if code is not None:
            cell.install(code)


def refuse_keywords(keywords: Iterable[str]) -> None:
    """Raises: TypeError if a callable that takes no options is given keyword arguments."""
    if keywords:
        raise TypeError(
            f"This callable takes no keyword arguments (got {', '.join(keywords)}): feeds are passed in the order "
            "of feed_list; `options` and `run_metadata` need make_callable(..., accept_options=True)."
        )


def native_code(staged: StagedProgram, shape: str, state: Any) -> Any:
    """The machine code of the variant that ran last, if the whole program is one region; otherwise None."""
    from .native import NativeStep, assemble, can_be_native

    program = staged.only_region
    if program is None or program.latest is None:
        return None
    variant = program.latest
    outputs: Sequence[Value] = staged.plan.outputs
    flag = getattr(state, "closed", _OPEN)
    key = shape, id(flag)  # the code keeps the flag alive
    known = variant.codes.get(key)
    if key not in variant.codes and can_be_native(variant, outputs):
        inputs = {value: position for position, value in enumerate(program.region.inputs)}
        feeds = [inputs.get(value) for value in staged.plan.inputs]
        known = variant.codes[key] = assemble(NativeStep(variant, feeds, outputs, shape, flag, staged.plan.inputs))
    return known


def stateful_code(stateful: Stateful, values: Sequence[Any], shape: str, state: Any) -> Any:
    """The machine code of a plan with variables for feeds of these shapes; None if it has to be interpreted."""
    from .native import assemble
    from .native_state import StatefulStep, stateful_can_be_native

    if shape == "single" and len(stateful.outputs) != 1:
        return None
    cells = stateful.cells(state)
    known: dict[Value, Any] = dict(zip(stateful.plan.inputs, values))
    known.update({value: cells[root].value for root, value in stateful.reads.items()})
    region = stateful.program.region
    arrays = [known.get(value) for value in region.inputs]
    if any(array is None for array in arrays):
        return None
    variant = stateful.program.variant_for(arrays)
    flag = getattr(state, "closed", _OPEN)
    key = shape, id(flag)
    code = variant.codes.get(key) if variant is not None else None
    if variant is not None and key not in variant.codes and stateful_can_be_native(stateful, variant):
        positions = {value: position for position, value in enumerate(region.inputs)}
        feeds = [positions.get(value) for value in stateful.plan.inputs]
        code = variant.codes[key] = assemble(StatefulStep(stateful, cells, variant, feeds, shape, flag))
    return code


def make_callable(
    program: Program, state: Any, convert: Callable[[int, Any], Any], check: Callable[[Sequence[Any]], None], shape: str
) -> Callable[..., Any]:
    """Return the callable of a program; see `Program.make_step`."""
    slow = SlowPath(program, state, convert, check, shape)
    if program.jit == "off" or not layout.available():
        return slow
    from .entry import make_entry

    function, cell = make_entry(slow, "step")
    slow.serve(cell)
    return function  # type: ignore[no-any-return]
