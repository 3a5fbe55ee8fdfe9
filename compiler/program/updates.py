"""Updates of variables as native steps of their own, in plans that have to be interpreted between regions.

A step that draws random numbers, or waits for a queue, is no native step as a whole. Its updates still are: what is
read, computed and written for `ApplyAdam` is a plan of a variable, two slots and one instruction, whose native step is
one loop in place.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

from ...ops.definition.context import KernelContext
from ..executors.interpreter import execute
from ..partition.stateful import Stateful
from ..plan.plan import Instruction, Plan, Value
from ..step.structure import Tupled
from .choice import stateful_code
from .region import RegionProgram

_WORTH: Final = 1 << 14  # elements from which a native step is quicker than one pass of NumPy's


class UpdateRunner:
    """Runs one update.

    Args:
      instruction: the update; roots: the instructions that make its variables.
      constants: of the plan's constants, what makes them; threads: how many may share a loop.
    """

    def __init__(
        self,
        instruction: Instruction,
        roots: Sequence[Instruction],
        constants: Mapping[Value, Instruction],
        threads: int,
    ) -> None:
        self.instruction = instruction
        self._variables = len(roots)
        given = instruction.inputs[self._variables :]
        self._positions = {
            value: self._variables + place for place, value in enumerate(given) if value not in constants
        }
        fixed = [constants[value] for value in dict.fromkeys(given) if value in constants]
        places = [root.outputs[0] for root in roots]
        alone = instruction.with_inputs([*places, *given], [])
        self._stateful = Stateful(Plan(self._positions, [*dict.fromkeys(roots), *fixed, alone], ()))
        self._entries: dict[Any, Any] = {}
        if self._stateful.fits:
            self._stateful.program = RegionProgram(self._stateful.region, threads)
            self._stateful.program.apart = frozenset(self._stateful.writes.values())

    @property
    def op(self) -> Any:
        """The operation, for messages."""
        return self.instruction.op

    def run(self, arguments: Sequence[Any], state: Any, step: Any) -> Sequence[Any]:
        """Run the update on cells and arrays; the outputs of the instruction."""
        if self._is_worth_it(arguments[0]) and (step is None or step.trace is None):
            if step is not None:
                step.check(self.instruction.op)
            if self._run_native(arguments, state):
                return arguments[:1] if self.instruction.outputs else ()
        return execute(self.instruction, arguments, state, step)

    def _is_worth_it(self, cell: Any) -> bool:
        if not self._stateful.fits or cell.value is None:
            return False
        return self._variables > 1 or cell.value.size >= _WORTH

    def _run_native(self, arguments: Sequence[Any], state: Any) -> bool:
        values = [arguments[position] for position in self._positions.values()]
        code = stateful_code(self._stateful, values, Tupled(), state)
        if code is None:
            return False
        entry = self._entries.get(code)
        if entry is None:
            entry = self._entries[code] = _entry(code)
        try:
            return entry(*values) is not None
        except (ValueError, MemoryError):
            return False  # the kernel finds the words for it


def _entry(code: Any) -> Any:
    from ..runtime.trampoline import declined, make_entry

    function, cell = make_entry(declined, "update")
    cell.install(code)
    return function


def has_value(root: Instruction, state: Any) -> bool:
    """Whether the variable that an instruction makes has a value in a session."""
    kernel: Any = root.op_def.kernel
    return kernel(KernelContext(root.op, state)).value is not None


def variables_of(plan: Plan) -> dict[Value, Instruction]:
    """From each reference or handle of a plan to the instruction that makes the variable it is of."""
    found: dict[Value, Instruction] = {}
    for instruction in plan.instructions:
        update = instruction.op_def.update
        if update is None:
            continue
        if not update.variables:
            found[instruction.outputs[0]] = instruction
        elif instruction.inputs[0] in found:
            root = found[instruction.inputs[0]]
            found.update((value, root) for value in instruction.outputs if value.is_reference)
    return found
