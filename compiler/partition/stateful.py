"""Plans whose only effects are on variables, as one region between reads and writes, for the native step.

`v.assign_add(x)` reads the variable, adds, and writes: the addition joins the arithmetic around it. All reads come
first and all writes last, which says the same as the plan's order because what was written is known within the step.
"""

from __future__ import annotations

from typing import Any

from ...ops.definition.context import KernelContext
from ...ops.definition.registry import lookup
from ..passes.expand import expand_composites
from ..passes.merge import merge_duplicates
from ..plan.element_types import is_compiled_type
from ..plan.plan import Instruction, Plan, Value
from .schedule import Region, is_interpreted

_UPDATES = {"AssignAdd": "AddV2", "AssignSub": "Sub"}


class Stateful:
    """A plan taken apart.

    Attributes:
      program: the region, whose inputs are the feeds in use and the values read.
      reads: per variable operation whose value is needed, that value.
      writes: per variable operation that is written, its last value.
      outputs: the fetched values.
      updates: whether a new value depends on an old one by an update: such a step must not be interrupted.
    """

    program: Any  # runs the region; `Program.stateful` sets it

    def __init__(self, plan: Plan) -> None:
        self.plan = plan
        self.reads: dict[Instruction, Value] = {}
        self.writes: dict[Instruction, Value] = {}
        self.updates = False
        self._current: dict[Instruction, Value] = {}
        self._roots: dict[Value, Instruction] = {}
        self._same: dict[Value, Value] = {}
        self._body: list[Instruction] = []
        self._names: set[tuple[Any, Any]] = set()
        self.fits = all(map(self._add, plan.instructions)) and bool(self.reads or self.writes)
        self.outputs = [self._same.get(value, value) for value in plan.outputs]
        if self.fits:
            self.region = self._region()

    def _add(self, instruction: Instruction) -> bool:
        """Take in one instruction; False if the plan is of another kind."""
        name = instruction.op_def.name
        if name == "VariableV2":
            self._roots[instruction.outputs[0]] = instruction
            return self._is_new(instruction) and is_compiled_type(instruction.outputs[0].dtype.base_dtype)
        if name == "_ReadReference":
            self._same[instruction.outputs[0]] = self._value_of(self._roots[instruction.inputs[0]], instruction)
            return True
        if name == "Assign":
            return bool(instruction.attrs["validate_shape"]) and self._write(instruction, None)
        if name in _UPDATES:
            return self._write(instruction, _UPDATES[name])
        if instruction.is_constant or not is_interpreted(instruction, frozenset()):
            self._body.append(self._with_current(instruction))
            return True
        return False

    def _is_new(self, instruction: Instruction) -> bool:
        """Whether no other operation of the plan means the same variable (by `shared_name`): its order is lost here."""
        op = instruction.op
        key = op.attrs.get("container", b""), op.attrs.get("shared_name", b"") or op.name.encode()
        known = key in self._names
        self._names.add(key)
        return not known

    def _with_current(self, instruction: Instruction) -> Instruction:
        return instruction.with_inputs([self._same.get(value, value) for value in instruction.inputs])

    def _value_of(self, root: Instruction, instruction: Instruction) -> Value:
        """What the variable holds at this place: what was written, or what is read before everything."""
        if root not in self._current:
            dtype = root.outputs[0].dtype.base_dtype
            value = Value(f"{root.outputs[0].name}_read", dtype, root.outputs[0].extents)
            self._current[root] = self.reads[root] = value
        return self._current[root]

    def _write(self, instruction: Instruction, update: str | None) -> bool:
        reference, value = instruction.inputs
        root = self._roots[reference]
        value = self._same.get(value, value)
        if update is not None:
            self.updates = True
            old = self._value_of(root, instruction)
            new = Value(f"{instruction.outputs[0].name}_new", old.dtype, old.extents)
            attrs = {"T": old.dtype}
            self._body.append(Instruction(lookup(update), attrs, [old, value], [new], instruction.op))
            value = new
        self._current[root] = self.writes[root] = value
        self._roots[instruction.outputs[0]] = root
        return True

    def _region(self) -> Region:
        made = {value for instruction in self._body for value in instruction.outputs}
        wanted = list(dict.fromkeys([*self.outputs, *self.writes.values()]))
        kept = expand_composites(Plan((), self._body, wanted))
        kept = merge_duplicates(kept)
        replaced = dict(zip(wanted, kept.outputs))
        self.outputs = [replaced[value] for value in self.outputs]
        self.writes = {root: replaced[value] for root, value in self.writes.items()}
        taken = dict.fromkeys(v for i in kept.instructions for v in i.inputs if v not in made)
        outside = [v for v in taken if not any(v in i.outputs for i in kept.instructions)]
        passed = [value for value in kept.outputs if value not in made and value not in outside]
        made_now = {value for instruction in kept.instructions for value in instruction.outputs}
        inputs = list(dict.fromkeys([*outside, *(v for v in passed if v not in made_now)]))
        outputs = list(dict.fromkeys(value for value in kept.outputs if value in made_now))
        return Region(inputs, list(kept.instructions), outputs)

    def cells(self, state: Any) -> dict[Instruction, Any]:
        """The variables' cells in a session."""
        found = {}
        for root in {**self.reads, **self.writes}:
            kernel: Any = root.op_def.kernel
            found[root] = kernel(KernelContext(root.op, state))
        return found
