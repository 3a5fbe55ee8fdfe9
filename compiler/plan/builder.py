"""`Builder`: turns operations of a graph, given in order, into instructions."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from typing import Any, Final

from ...ops.base import errors
from ...ops.definition.opdef import Effects, OpDef
from ...ops.definition.update import Update, own_value
from ...ops.graph.node import Tensor
from ...ops.graph.operation import Operation
from .plan import Instruction, Value


def _read_kernel(context: Any, cell: Any) -> Any:
    return cell.read(context.op.name)


READ = OpDef(
    name="_ReadReference",
    signature="ref: Ref(T) -> value: T",
    kernel=_read_kernel,
    effects=Effects("variable", reads=True),
    update=Update(1, result=own_value),
)


CALLS: Final = frozenset({"call", "case", "gradient call", "if", "while"})  # flows of operations that call functions


def source_of(tensor: Tensor, done: Collection[Operation]) -> Tensor:
    """The reference that an operation passed on which does not run again."""
    while tensor._op in done and tensor._dtype._is_ref_dtype:
        tensor = next(source for source in tensor._op._inputs if source._dtype._is_ref_dtype)
    return tensor


class Builder:
    """Turns operations into instructions, and references into reads where a value is wanted.

    A variable's `read` operation, an Identity of the reference without control edges, is no read by itself: what
    takes it reads the variable at its own place, so a step that runs after an assignment sees the assigned value. An
    Identity of what an assignment returns is a read: of the value that was assigned.
    """

    def __init__(
        self,
        feeds: Sequence[Tensor],
        done: Collection[Operation] = (),
        add_call: Callable[[Builder, Operation], None] | None = None,
        outer: Builder | None = None,
    ) -> None:
        self._done = done
        self._add_call = add_call
        self.values: dict[Tensor, Value] = {}
        self.instructions: list[Instruction] = []
        self._aliases: dict[Tensor, Tensor] = {}
        self._reads: dict[Value, tuple[int, Value]] = {}
        self._writes = 0
        self._count = 0
        self._outer = outer
        self._guards: dict[Operation, tuple[Value, ...]] = {}
        self._conditional: set[Value] = set()
        self.inputs = [self._input(tensor) for tensor in feeds]
        self._taken = {value.name for value in self.inputs}  # a placeholder may be called `1`

    def _input(self, tensor: Tensor) -> Value:
        name = tensor._op.name if tensor._value_index == 0 else f"{tensor._op.name}.{tensor._value_index}"
        value = Value(name, tensor._dtype.base_dtype, tensor._extents)
        self.values[tensor] = value
        return value

    def nested(self) -> Builder:
        """A builder for the body of a loop in this plan; names are unique in all of it."""
        return Builder((), self._done, self._add_call, self)

    def within(self) -> Builder:
        """A builder for a function that stands at this place of this plan."""
        inner = Builder((), (), self._add_call, self)
        inner.instructions, inner._conditional, inner._writes = self.instructions, self._conditional, self._writes
        return inner

    def came_back(self, inner: Builder, start: int, guards: Sequence[Value]) -> None:
        """Go on behind a function whose instructions begin at `start`; none of them runs without the guards."""
        self._writes = inner._writes
        for instruction in self.instructions[start:] if guards else ():
            if self._conditional.isdisjoint((*instruction.inputs, *instruction.guards)):
                instruction.guards = (*instruction.guards, *guards)
            self._conditional.update(instruction.outputs)

    def is_conditional(self, value: Value) -> bool:
        """Whether a value may be dead."""
        return value in self._conditional

    def note_guards(self, op: Operation, guards: tuple[Value, ...]) -> None:
        """Note by which values those that come after an operation without outputs know whether it ran."""
        if not op._outputs:
            self._guards[op] = guards

    def made(self, dtype: Any, extents: Any) -> Value:
        """A new value of no tensor."""
        return self._fresh(dtype, extents)

    def append(self, instruction: Instruction) -> None:
        """Append an instruction that was made elsewhere."""
        self.add_made(instruction, ())

    def parameter(self, tensor: Tensor, like: Value | None = None) -> Value:
        """An input of a loop's body, of the tensor's type or that of a value."""
        value = self.values[tensor] = self.fresh(tensor) if like is None else self._fresh(like.dtype, like.extents)
        self.inputs.append(value)
        return value

    def fresh(self, tensor: Tensor) -> Value:
        """A new value for a tensor."""
        return self._fresh(tensor._dtype, tensor._extents)

    def same(self, tensor: Tensor, source: Tensor) -> None:
        """Let a tensor be another one."""
        self.values[tensor] = self._value(source)

    def wanted(self, tensor: Tensor) -> Value:
        """The value of a tensor, read if it is a reference."""
        return self.fetch(tensor)

    def input_of(self, op: Operation, index: int) -> Value:
        """The value of one input of an operation: what stands before the loop that it enters."""
        return self._inputs_of(op)[index]

    def add_made(self, instruction: Instruction, outputs: Sequence[Tensor]) -> None:
        """Append an instruction that was made elsewhere, for these tensors."""
        self.values.update(zip(outputs, instruction.outputs))
        self.instructions.append(instruction)
        self._note_conditional(instruction)
        if not instruction.is_pure:
            self._writes += 1

    def guards_of(self, op: Operation) -> tuple[Value, ...]:
        """The values by which an operation knows, through control edges, that it is in a branch that is not taken."""
        found: dict[Value, None] = {}
        for other in op._control_inputs:
            value = self._witness(other)
            if value is not None:
                found[value] = None
            elif other in self._guards:
                found.update(dict.fromkeys(self._guards[other]))
        return tuple(found)

    def _witness(self, op: Operation) -> Value | None:
        """A value that is dead if an operation did not run; None if it has none, or always runs."""
        if not op._outputs or op.op_def.flow == "switch":
            return None
        tensor = op._outputs[0]
        value = self.values.get(tensor)
        return value if value in self._conditional else None

    def _note_conditional(self, instruction: Instruction) -> None:
        """Note what may be dead."""
        if instruction.op_def.flow in ("switch", "merge") or not self._conditional.isdisjoint(
            (*instruction.inputs, *instruction.guards)
        ):
            self._conditional.update(instruction.outputs)

    def _fresh(self, dtype: Any, extents: Any) -> Value:
        if self._outer is not None:
            return self._outer._fresh(dtype, extents)
        self._count += 1
        while str(self._count) in self._taken:
            self._count += 1
        return Value(str(self._count), dtype, extents)

    def add(self, op: Operation) -> None:
        """Append the instruction of one operation, with the reads it needs."""
        if op.op_def.passes_on and self._is_alias(op):
            self._aliases[op._outputs[0]] = self._aliases.get(op._inputs[0], op._inputs[0])
            return
        if op.op_def.kernel is None:
            if self._add_call is not None and op.op_def.flow in CALLS:
                self._add_call(self, op)
                return
            raise _no_kernel(op)
        inputs = self._inputs_of(op)
        outputs = [self._fresh(tensor._dtype, tensor._extents) for tensor in op._outputs]
        for tensor, value in zip(op._outputs, outputs):
            self.values.setdefault(tensor, value)  # a fed output keeps the fed value
        instruction = Instruction(op.op_def, op.attrs, inputs, outputs, op)
        if op._control_inputs:
            instruction.guards = self.guards_of(op)
        self.instructions.append(instruction)
        self._note_conditional(instruction)
        if not op._outputs and not op.op_def.flow:
            self._guards[op] = (*instruction.guards, *(v for v in inputs if v in self._conditional))
        effects = op.op_def.effects
        if effects.writes and effects.resource == "variable":
            self._writes += 1

    def _is_alias(self, op: Operation) -> bool:
        source = op._inputs[0]
        if source in self.values and not self.values[source].is_reference:
            return False  # fed
        is_reference = source._dtype._is_ref_dtype and not source._op.op_def.effects.writes or source in self._aliases
        return is_reference and not op._control_inputs and not op._control_outputs and op._outputs[0] not in self.values

    def _inputs_of(self, op: Operation) -> list[Value]:
        grouped = takes_reference(op)
        inputs = []
        for tensor, wants_reference in zip(op._inputs, grouped):
            value = self._value(tensor)
            if value.is_reference and not wants_reference:
                value = self._read(value, tensor, op)
            elif wants_reference and not value.is_reference:
                raise errors.InvalidArgumentError(
                    None, op, f"{op.type} '{op.name}' needs the variable '{tensor.name}' itself; its value was fed."
                )
            inputs.append(value)
        return inputs

    def value_of(self, tensor: Tensor) -> Value:
        """The value of a tensor; a reference is not read."""
        return self._value(tensor)

    def _value(self, tensor: Tensor) -> Value:
        if tensor not in self.values:
            tensor = source_of(tensor, self._done)
        if tensor in self.values:
            return self.values[tensor]
        return self.values[source_of(self._aliases[tensor], self._done)]

    def _read(self, reference: Value, tensor: Tensor, op: Operation | None) -> Value:
        known = self._reads.get(reference)
        if known is not None and known[0] == self._writes:
            return known[1]
        value = self._fresh(reference.dtype.base_dtype, reference.extents)
        attrs = {"T": reference.dtype.base_dtype}
        self.instructions.append(Instruction(READ, attrs, [reference], [value], tensor._op))
        self._note_conditional(self.instructions[-1])
        self._reads[reference] = (self._writes, value)
        return value

    def fetch(self, tensor: Tensor) -> Value:
        """The value of a fetch: references are read at the end of the step."""
        value = self._value(tensor)
        return self._read(value, tensor, None) if value.is_reference else value


def takes_reference(op: Operation) -> list[bool]:
    """Per flat input whether the operation takes the reference itself."""
    flags: list[bool] = []
    for arg in op.op_def.inputs:
        if not arg.is_list:
            flags.append(arg.is_ref)
            continue
        count = op.attrs[arg.number_attr] if arg.number_attr else len(op.attrs[arg.list_attr or ""])
        flags += [arg.is_ref] * count
    return flags


def _no_kernel(op: Operation) -> errors.OpError:
    return errors.UnimplementedError(
        None, op, f"No kernel: operations of type {op.type} ('{op.name}') can be imported but not run here."
    )
