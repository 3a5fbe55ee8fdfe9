"""Plans that touch no more than variables, handles and random streams, as one region of a native step.

`v.assign_add(x)` reads the variable, adds, and writes: the addition joins the arithmetic around it. What an operation
does to its variables stands in its definition (`OpDef.update`), so `ApplyAdam` is three values computed from others.
All reads come first and all writes last, which says the same as the plan's order because what was written is known
within the step. For example

    %4 = AssignAdd w, %x       read w -> %a      (reads: w is %a)
    %5 = _ReadReference %4     %b = AddV2 %a, %x (the region: %a, %x -> %b, %c)
    %6 = Mul %5, %x            %c = Mul %b, %x   (%5 is %b, which nobody reads again)
    fetched: %6                write w <- %b     (writes: w is %b)
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from ...ops.definition.context import KernelContext
from ...ops.definition.update import Update
from ...ops.types.array_values import dense
from ..machine.garbage import uncollected
from ..passes.dead import drop_dead
from ..passes.expand import Expander, expand_composites
from ..passes.merge import merge_duplicates
from ..plan.element_types import draws_numbers, is_compiled_type
from ..plan.plan import Instruction, Plan, Value
from .schedule import Region, is_interpreted


class Stateful:
    """A plan taken apart.

    Attributes:
      program: the region, whose inputs are the feeds in use and the values read.
      reads: per variable operation whose value is needed, that value.
      writes: per variable operation that is written, its last value.
      found: per instruction that reads what a handle names, an argument of the step, that value.
      kept: per handle that is made, the instruction that does it, and the value that is kept.
      outputs: the fetched values.
      updates: whether a new value depends on an old one by an update: such a step must not be interrupted.
    """

    program: Any  # runs the region; `Program.stateful` sets it

    @uncollected
    def __init__(self, plan: Plan) -> None:
        self.plan = plan
        self.reads: dict[Instruction, Value] = {}
        self.writes: dict[Instruction, Value] = {}
        self.found: dict[Instruction, Value] = {}
        self.kept: dict[Value, tuple[Instruction, Value]] = {}
        self.updates = False
        self._draws = False
        self._current: dict[Instruction, Value] = {}
        self._roots: dict[Value, Instruction] = {}
        self._same: dict[Value, Value] = {}
        self._body: list[Instruction] = []
        self._names: set[tuple[Any, Any]] = set()
        self._constants: dict[Value, Any] = {}
        self._makers: dict[Value, Instruction] = {}
        self._count = 0
        self.fits = all(map(self._add, plan.instructions)) and self._keeps_well()
        self.fits = self.fits and bool(self.reads or self.writes or self.has_handles or self._draws)
        self.outputs = [self._same.get(value, value) for value in plan.outputs]
        if self.fits:
            self.region = self._region()

    @property
    def has_handles(self) -> bool:
        """Whether handles are read or made."""
        return bool(self.found or self.kept)

    def _keeps_well(self) -> bool:
        """Whether what is kept is each array once, by a step that can fail to the last."""
        values = [value for _, value in self.kept.values()]
        return not values or (not self.writes and len(set(values)) == len(values) and self._gives_all_handles())

    def _gives_all_handles(self) -> bool:
        return all(handle in self.plan.outputs for handle in self.kept)

    def _add(self, instruction: Instruction) -> bool:
        """Take in one instruction; False if the plan is of another kind."""
        update: Update | None = instruction.op_def.update
        if instruction.guards:
            return False  # it may not run at all
        if instruction.effects.resource == "handle":
            return self._add_handle(instruction)
        if update is None:
            is_compiled = instruction.is_constant or not is_interpreted(instruction, frozenset())
            draws = not is_compiled and draws_numbers(instruction)
            if not is_compiled and not draws:
                return False
            self._draws = self._draws or draws
            if instruction.is_constant:
                self._constants[instruction.outputs[0]] = dense(instruction.attrs["value"])
            self._body.append(self._with_current(instruction))
            self._makers.update(dict.fromkeys(instruction.outputs, self._body[-1]))
            return True
        if not update.variables:
            self._roots[instruction.outputs[0]] = instruction
            return self._is_new(instruction) and is_compiled_type(instruction.attrs["dtype"])
        return self._apply(instruction, update)

    def _add_handle(self, instruction: Instruction) -> bool:
        """Take in the reading of what a handle names, or the making of one."""
        if len(instruction.outputs) != 1:
            return False  # a deletion
        (given,), (made,) = instruction.inputs, instruction.outputs
        if instruction.effects.reads:
            self.found[instruction] = made
            return given in self.plan.inputs and is_compiled_type(made.dtype)
        self.kept[made] = instruction, self._same.get(given, given)
        return not given.is_reference and is_compiled_type(given.dtype)

    def _is_new(self, instruction: Instruction) -> bool:
        """Whether no other operation of the plan means the same variable (by `shared_name`): its order is lost here."""
        op = instruction.op
        key = op.attrs.get("container", b""), op.attrs.get("shared_name", b"") or op.name.encode()
        known = key in self._names
        self._names.add(key)
        return not known

    def _with_current(self, instruction: Instruction) -> Instruction:
        return instruction.with_inputs([self._same.get(value, value) for value in instruction.inputs])

    def _value_of(self, root: Instruction) -> Value:
        """What the variable holds at this place: what was written, or what is read before everything."""
        if root not in self._current:
            value = Value(f"{root.outputs[0].name}_read", root.attrs["dtype"], self._extents_of(root))
            self._current[root] = self.reads[root] = value
        return self._current[root]

    @staticmethod
    def _extents_of(root: Instruction) -> Any:
        """What is known of a variable's shape."""
        place = root.outputs[0]
        return place.extents if place.is_reference else root.attrs["shape"]

    def _apply(self, instruction: Instruction, update: Update) -> bool:
        """Take in what an operation does to variables: the values it makes, in ordinary instructions."""
        given = instruction.inputs[: update.variables]
        if not all(value in self._roots and _has_type(self._roots[value], instruction) for value in given):
            return False  # a variable from elsewhere, or of another type
        roots = [self._roots[value] for value in given]
        reads = instruction.effects.reads
        values = [self._value_of(root) if reads else None for root in roots]
        values += [self._same.get(value, value) for value in instruction.inputs[update.variables :]]
        self._count += 1
        prefix = f"{roots[0].outputs[0].name}_{self._count}"
        expander = Expander(instruction, prefix, self._constants, self._makers)
        new = None if update.new is None else expander.evaluate(update.new, values)
        if update.new is not None and new is None:
            return False
        made: Any = () if update.result is None else expander.evaluate(update.result, values)
        self._body += expander.made
        if new is not None:
            fresh = {value for each in expander.made for value in each.outputs}
            for root, value in zip(roots, new):
                if value in fresh and value.extents is None:
                    value.extents = self._extents_of(root)
            self._write(roots, values, new)
        outputs = [value for value in instruction.outputs if not value.is_reference]
        self._same.update(zip(outputs, made or (), strict=True))
        self._roots.update((value, roots[0]) for value in instruction.outputs if value.is_reference)
        return True

    def _write(self, roots: list[Instruction], before: Sequence[Value | None], new: Sequence[Value | None]) -> None:
        for root, old, value in zip(roots, before, new):
            if value is not None and value is not old:
                self._current[root] = self.writes[root] = value
                self.updates = self.updates or old is not None

    def _region(self) -> Region:
        made = {value for instruction in self._body for value in instruction.outputs}
        kept_values = [value for _, value in self.kept.values()]
        fetched = [value for value in self.outputs if value not in self.kept]
        wanted = list(dict.fromkeys([*fetched, *self.writes.values(), *kept_values]))
        kept = expand_composites(drop_dead(Plan((), self._body, wanted)))
        kept = merge_duplicates(kept)
        replaced = dict(zip(wanted, kept.outputs))
        self.outputs = [replaced.get(value, value) for value in self.outputs]
        self.kept = {handle: (root, replaced[value]) for handle, (root, value) in self.kept.items()}
        self.writes = {root: replaced[value] for root, value in self.writes.items()}
        taken = dict.fromkeys(v for i in kept.instructions for v in i.inputs if v not in made)
        outside = [v for v in taken if not any(v in i.outputs for i in kept.instructions)]
        passed = [value for value in kept.outputs if value not in made and value not in outside]
        made_now = {value for instruction in kept.instructions for value in instruction.outputs}
        inputs = list(dict.fromkeys([*outside, *(v for v in passed if v not in made_now)]))
        outputs = list(dict.fromkeys(value for value in kept.outputs if value in made_now))
        self.reads = {root: value for root, value in self.reads.items() if value in inputs}  # others nothing needs
        return Region(inputs, list(kept.instructions), outputs)

    def cells(self, state: Any) -> dict[Instruction, Any]:
        """The variables' cells in a session."""
        found = {}
        for root in {**self.reads, **self.writes}:
            kernel: Any = root.op_def.kernel
            found[root] = kernel(KernelContext(root.op, state))
        return found


def _has_type(root: Instruction, instruction: Instruction) -> bool:
    """Whether an operation takes a variable for what it is; a resource does not say that while the graph is built."""
    said = instruction.attrs.get("T", instruction.attrs.get("dtype"))
    return said is None or said.base_dtype is root.attrs["dtype"].base_dtype
