"""The machine code of the variants of a program."""

from __future__ import annotations

import ctypes
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from ..machine.lock import one_at_a_time
from ..plan.plan import Value
from ..step.variant import Variant

if TYPE_CHECKING:
    from ..machine.code import Code
    from ..partition.stateful import Stateful
    from ..plan.plan import Plan

_OPEN = ctypes.c_byte(0)


@one_at_a_time
def native_code(variant: Variant, plan: Plan, shape: str, state: Any) -> Code | None:
    """The machine code of a variant of the region that is the whole program; None if it cannot be native."""
    from ..native.step import NativeStep, assemble, can_be_native

    outputs: Sequence[Value] = plan.outputs
    flag = getattr(state, "closed", _OPEN)
    key = shape, id(flag)  # the code keeps the flag alive
    known = variant.codes.get(key)
    if key not in variant.codes and can_be_native(variant, outputs):
        inputs = {value: position for position, value in enumerate(variant.region.inputs)}
        feeds = [inputs.get(value) for value in plan.inputs]
        known = variant.codes[key] = assemble(NativeStep(variant, feeds, outputs, shape, flag, plan.inputs))
    return known


@one_at_a_time
def stateful_code(stateful: Stateful, values: Sequence[Any], shape: str, state: Any) -> Any:
    """The machine code of a plan with variables for feeds of these shapes; None if it has to be interpreted."""
    from ..native.step import assemble
    from ..native.variables import StatefulStep, stateful_can_be_native

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
        code = variant.codes[key] = assemble(StatefulStep(stateful, cells, variant, feeds, shape, flag, state))
    return code
