"""Which step runs a plan: decided here, and nowhere else.

| What is run | Native | Where that cannot be |
| --- | --- | --- |
| a region among interpreted instructions | `step_of`: a function, None where it does not fit | the same in Python |
| such a region, traced | `traced_step`: with looks at the clock | the same in Python |
| a plan that is one region | `region_code`: machine code for the callable's trampoline | the stages of the plan |
| a plan that reads and writes variables | `stateful_code`: the same | the stages of the plan |
| an iteration that does | `inner_stateful_step`: a function, None where it does not fit | the stages of the plan |
| one of these two, traced | `message_step`: fills the times into a message | traced by stages |

Each is a list of actions (`../step/builder.py`) of one variant; `refusal` says why such a list cannot be native.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

from ..executors.watched_step import closed_flag
from ..fusion.groups import Call, Check
from ..machine import abi
from ..machine.lock import LOCK, one_at_a_time
from ..native.step import assemble
from ..plan.element_types import draws_numbers
from ..plan.plan import Instruction, Value
from ..runtime.trampoline import declined, make_entry
from ..step.builder import Builder, Clock, NoPlaceError, Wanted
from ..step.structure import Kept, Structure
from ..step.variant import Variant

if TYPE_CHECKING:
    from ..machine.code import Code
    from ..partition.stateful import Stateful
    from ..plan.plan import Plan


class Variables(NamedTuple):
    """The variables of a step: what is done to them, their cells in a session, and its state."""

    stateful: Stateful
    cells: dict[Instruction, Any]
    state: Any


def refusal(
    variant: Variant, results: Sequence[Value], stateful: Stateful | None = None, structure: Structure | None = None
) -> str | None:
    """Why a variant has no native step that returns these results; None if it has one.

    Every group has to be compiled, and every result made by a kernel or a call, or known, none of them given twice.
    What a step with variables writes has to be made as well; what it returns of them is copied.
    """
    if not abi.available():
        return abi.refusal() or abi.SWITCHED_OFF
    if stateful is not None and stateful.kept and not isinstance(structure, Kept):
        return "the names of handles are wanted, not handles"
    made = {*variant.fused.shaped.values(), *variant.told}
    for item in variant.fused.items:
        if isinstance(item, Call):
            made.update(item.instruction.outputs)
            if stateful is not None and stateful.updates and _may_interrupt(item, variant):
                return f"{item.instruction.op_def.name} runs Python code in the middle of an update"
        elif item in variant.compiled:
            made.update(variant.kernels[item].results)
        else:
            return "a group could not be compiled"
    writes, read = [], set()
    if stateful is not None:
        writes = [*stateful.writes.values(), *(value for _, value in stateful.kept.values())]
        read = {*stateful.reads.values(), *stateful.found.values()}
        results = [value for value in results if value not in stateful.kept]
    if not results and stateful is None:
        return "nothing is returned"
    if len(set(results)) != len(results) or len(set(writes)) != len(writes):
        return "a value is wanted twice"
    if not all(value in made or value in read for value in results) or not all(value in made for value in writes):
        return "an argument or a constant is returned as it is"
    return None


def _may_interrupt(item: Call, variant: Variant) -> bool:
    is_native = isinstance(item, Check) or item.instruction in variant.fused.written
    return not is_native and not draws_numbers(item.instruction)


def _native(wanted: Wanted, variables: Variables | None = None) -> Code | None:
    """The machine code of a step; None if it cannot be, or LLVM refuses it."""
    stateful = None if variables is None else variables.stateful
    if refusal(wanted.variant, wanted.results, stateful, wanted.structure) is not None:
        return None
    try:
        if variables is None:
            return assemble(Builder(wanted).build())
        from ..step.state import StatefulBuilder

        return assemble(StatefulBuilder(wanted, *variables).build())
    except NoPlaceError:
        return None


def _function(code: Code, name: str) -> Any:
    """Machine code as a builtin function that returns None where it does not fit."""
    function, cell = make_entry(declined, name)
    cell.install(code)
    return function


# Regions between interpreted instructions.


def step_of(variant: Variant) -> Any:
    """The entry of a variant, made when first needed."""
    if variant.step is None:
        with LOCK:
            if variant.step is None:
                variant.step = _region_step(variant, "region")
    return variant.step


def traced_step(variant: Variant) -> Any:
    """The step of a region's variant whose last argument takes the times."""
    return _region_step(variant, "traced", clock="array")


def portable_step(variant: Variant, clock: Clock = "") -> Any:
    """The step of a region's variant as Python."""
    from ..step.portable import PortablePrinter

    region = variant.region
    wanted = Wanted(variant, region.inputs, region.outputs, is_inner=True, clock=clock, is_portable=True)
    return PortablePrinter(Builder(wanted).build()).function()


def _region_step(variant: Variant, name: str, clock: Clock = "") -> Any:
    region = variant.region
    wanted = Wanted(variant, region.inputs, region.outputs, is_inner=True, clock=clock)
    code = None if clock and not _has_clock() else _native(wanted)
    return portable_step(variant, clock) if code is None else _function(code, name)


def _has_clock() -> bool:
    from ..native.clock import clock_address

    return bool(clock_address())


# Whole plans.


def region_code(variant: Variant, plan: Plan, structure: Structure, state: Any, has_out: bool = False) -> Code | None:
    """The machine code of a variant of the region that is the whole plan; None if it cannot be native.

    Args:
      has_out: whether one more argument has arrays for the results.
    """
    flag = closed_flag(state)
    key = structure, id(flag), has_out  # the code keeps the flag alive
    if key not in variant.codes:
        with LOCK:
            if key not in variant.codes:
                wanted = Wanted(variant, plan.inputs, plan.outputs, structure, plan.given, flag=flag, has_out=has_out)
                variant.codes[key] = _native(wanted)
    code: Code | None = variant.codes[key]
    return code


def stateful_variant(stateful: Stateful, values: Sequence[Any], state: Any) -> Variant | None:
    """The variant of a plan with variables for feeds of these shapes; None if it has to be interpreted."""
    cells = stateful.cells(state)
    known: dict[Value, Any] = dict(zip(stateful.plan.inputs, values))
    known.update({value: cells[root].value for root, value in stateful.reads.items()})
    known.update({value: state.handles.named(known[root.inputs[0]]) for root, value in stateful.found.items()})
    arrays = [known.get(value) for value in stateful.program.region.inputs]
    if any(array is None for array in arrays):
        return None
    variant: Variant | None = stateful.program.variant_for(arrays)
    return variant


@one_at_a_time
def stateful_code(
    stateful: Stateful, values: Sequence[Any], structure: Structure, state: Any, has_out: bool = False
) -> Code | None:
    """The machine code of a plan with variables for feeds of these shapes; None if it has to be interpreted.

    Args:
      has_out: as in `region_code`.
    """
    variant = stateful_variant(stateful, values, state)
    if variant is None:
        return None
    flag = closed_flag(state)
    key = structure, id(flag), has_out
    if key not in variant.codes:
        plan, variables = stateful.plan, Variables(stateful, stateful.cells(state), state)
        wanted = Wanted(variant, plan.inputs, stateful.outputs, structure, plan.given, flag=flag, has_out=has_out)
        variant.codes[key] = _native(wanted, variables)
    code: Code | None = variant.codes[key]
    return code


@one_at_a_time
def inner_stateful_step(
    stateful: Stateful, variant: Variant, wires: tuple[Sequence[Value], Sequence[Value]], state: Any
) -> Any:
    """The step of an iteration with variables; None if it cannot be native.

    Args:
      wires: the values that are passed, and those that are returned.
    """
    taken, results = wires
    wanted = Wanted(variant, taken, results, is_inner=True, flag=closed_flag(state))
    code = _native(wanted, Variables(stateful, stateful.cells(state), state))
    return None if code is None else _function(code, "iteration")


def message_step(variant: Variant, program: Any, structure: Structure, state: Any) -> Any:
    """The step of a whole program that fills the times into a message; None if it has none.

    Args:
      program: a `Program`.
    """
    if getattr(state, "budget", None) is not None:
        return None  # what is held is counted between stages
    staged, stateful = program.staged, program.stateful
    variables = None
    if staged.only_region is not None and staged.only_region.region is variant.region:
        plan, outputs = staged.plan, staged.plan.outputs
    elif stateful is not None and not stateful.has_handles:
        plan, outputs = stateful.plan, stateful.outputs
        variables = Variables(stateful, stateful.cells(state), state)
    else:
        return None
    flag = closed_flag(state)
    wanted = Wanted(variant, plan.inputs, outputs, structure, plan.given, flag=flag, clock="message")
    code = _native(wanted, variables)
    return None if code is None else _function(code, "traced")
