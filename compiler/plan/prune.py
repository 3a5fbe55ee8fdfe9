"""Pruning: from a graph and a signature to the plan of what the fetches and targets need, cut at the feeds."""

from __future__ import annotations

import heapq
from collections.abc import Collection, Sequence
from typing import Any

from ...ops.base import errors
from ...ops.building.basic_ops import PLACEHOLDERS
from ...ops.definition.opdef import Effects, OpDef
from ...ops.definition.update import Update, own_value
from ...ops.graph.node import Tensor
from ...ops.graph.operation import Operation
from ...ops.types.tensor_shape import brackets
from .plan import Instruction, Plan, Value


def _read_kernel(context: Any, cell: Any) -> Any:
    return cell.read(context.op.name)


READ = OpDef(
    name="_ReadReference",
    signature="ref: Ref(T) -> value: T",
    kernel=_read_kernel,
    effects=Effects("variable", reads=True),
    update=Update(1, result=own_value),
)


def prune(
    feeds: Sequence[Tensor],
    fetches: Sequence[Tensor],
    targets: Sequence[Operation],
    done: Collection[Operation] = (),
) -> Plan:
    """Return the plan of a signature.

    Args:
      done: operations that have run already and do not run again: control edges from them ask for nothing, and their
        references stand for the variables they came from. What else is needed of their outputs must be fed.
    Cost: linear in the number of operations that are kept.
    Raises: InvalidArgumentError for a placeholder that is needed and not fed.
    """
    builder = _Builder(feeds, done)
    for op in needed_operations(feeds, fetches, targets, done):
        builder.add(op)
    outputs = [builder.fetch(tensor) for tensor in fetches]
    return Plan(builder.inputs, builder.instructions, outputs)


def needed_operations(
    feeds: Collection[Tensor],
    fetches: Sequence[Tensor],
    targets: Sequence[Operation],
    done: Collection[Operation] = (),
) -> list[Operation]:
    """The operations that a step runs, in order. Raises: as `prune`."""
    return _ordered(_needed(feeds, fetches, targets, done), set(feeds))


def _needed(
    feeds: Collection[Tensor],
    fetches: Sequence[Tensor],
    targets: Sequence[Operation],
    done: Collection[Operation],
) -> set[Operation]:
    fed = set(feeds)
    needed: set[Operation] = set()
    roots: list[Any] = [*fetches, *targets]
    for root in roots:
        if root in fed:
            continue
        pending: list[Operation] = [_source(root, done)._op if isinstance(root, Tensor) else root]
        while pending:
            op = pending.pop()
            if op in needed:
                continue
            needed.add(op)
            if op.op_def.name in PLACEHOLDERS:
                raise _missing_feed(op, root)
            for tensor in op._inputs:
                source = _source(tensor, done)
                if tensor not in fed and source._op not in needed:
                    pending.append(source._op)
            pending += [
                other
                for other in op._control_inputs
                if other not in needed and other not in done and not _only_fed(other, fed)
            ]
    return needed


def _source(tensor: Tensor, done: Collection[Operation]) -> Tensor:
    """The reference that an operation passed on which does not run again."""
    while tensor._op in done and tensor._dtype._is_ref_dtype:
        tensor = next(source for source in tensor._op._inputs if source._dtype._is_ref_dtype)
    return tensor


def _only_fed(op: Operation, fed: set[Tensor]) -> bool:
    """A control edge from a placeholder that is fed asks for nothing."""
    return op.op_def.name in PLACEHOLDERS and all(tensor in fed for tensor in op._outputs)


def _missing_feed(op: Operation, root: Any) -> errors.OpError:
    tensor = op._outputs[0]
    error = errors.InvalidArgumentError(
        None,
        op,
        f"You must feed a value for placeholder tensor '{op.name}' with dtype {_tf_name(tensor.dtype.name)}"
        f"{'' if tensor._extents is None else f' and shape {brackets(tensor._extents)}'}\n"
        f"  created at {op.created_at}\n"
        f"  needed for fetch '{root.name}'; pass feed_dict={{'{tensor.name}': value}}",
    )
    error.fetch = root.name
    return error


def _tf_name(name: str) -> str:
    return {"float32": "float", "float64": "double", "float16": "half"}.get(name, name)


def _ordered(needed: set[Operation], fed: set[Tensor]) -> list[Operation]:
    """The operations in the order they were made, unless later edits of the graph ask for another."""
    order = sorted(needed, key=lambda op: op._id)
    for op in order:
        before = [t._op for t in op._inputs if t not in fed] + list(op._control_inputs)
        if before and max([other._id for other in before]) >= op._id:
            return _topological(needed, fed)
    return order


def _topological(needed: set[Operation], fed: set[Tensor]) -> list[Operation]:
    waiting: dict[Operation, int] = {}
    followers: dict[Operation, list[Operation]] = {}
    for op in needed:
        before = {t._op for t in op._inputs if t not in fed} | set(op._control_inputs)
        before &= needed
        waiting[op] = len(before)
        for other in before:
            followers.setdefault(other, []).append(op)
    ready = [(op._id, op) for op, count in waiting.items() if not count]
    heapq.heapify(ready)
    order: list[Operation] = []
    while ready:
        _, op = heapq.heappop(ready)
        order.append(op)
        for follower in followers.get(op, ()):
            waiting[follower] -= 1
            if not waiting[follower]:
                heapq.heappush(ready, (follower._id, follower))
    if len(order) < len(needed):
        stuck = sorted(op.name for op, count in waiting.items() if count)[:5]
        raise errors.InvalidArgumentError(None, None, f"The graph has a cycle through {', '.join(stuck)}.")
    return order


class _Builder:
    """Turns operations into instructions, and references into reads where a value is wanted.

    A variable's `read` operation, an Identity of the reference without control edges, is no read by itself: what
    takes it reads the variable at its own place, so a step that runs after an assignment sees the assigned value. An
    Identity of what an assignment returns is a read: of the value that was assigned.
    """

    def __init__(self, feeds: Sequence[Tensor], done: Collection[Operation] = ()) -> None:
        self._done = done
        self.values: dict[Tensor, Value] = {}
        self.instructions: list[Instruction] = []
        self._aliases: dict[Tensor, Tensor] = {}
        self._reads: dict[Value, tuple[int, Value]] = {}
        self._writes = 0
        self._count = 0
        self.inputs = [self._input(tensor) for tensor in feeds]
        self._taken = {value.name for value in self.inputs}  # a placeholder may be called `1`

    def _input(self, tensor: Tensor) -> Value:
        name = tensor._op.name if tensor._value_index == 0 else f"{tensor._op.name}.{tensor._value_index}"
        value = Value(name, tensor._dtype.base_dtype, tensor._extents)
        self.values[tensor] = value
        return value

    def _fresh(self, dtype: Any, extents: Any) -> Value:
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
            raise _no_kernel(op)
        inputs = self._inputs_of(op)
        outputs = [self._fresh(tensor._dtype, tensor._extents) for tensor in op._outputs]
        for tensor, value in zip(op._outputs, outputs):
            self.values.setdefault(tensor, value)  # a fed output keeps the fed value
        self.instructions.append(Instruction(op.op_def, op.attrs, inputs, outputs, op))
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
        grouped = _flat_args(op)
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

    def _value(self, tensor: Tensor) -> Value:
        if tensor not in self.values:
            tensor = _source(tensor, self._done)
        if tensor in self.values:
            return self.values[tensor]
        return self.values[_source(self._aliases[tensor], self._done)]

    def _read(self, reference: Value, tensor: Tensor, op: Operation | None) -> Value:
        known = self._reads.get(reference)
        if known is not None and known[0] == self._writes:
            return known[1]
        value = self._fresh(reference.dtype.base_dtype, reference.extents)
        attrs = {"T": reference.dtype.base_dtype}
        self.instructions.append(Instruction(READ, attrs, [reference], [value], tensor._op))
        self._reads[reference] = (self._writes, value)
        return value

    def fetch(self, tensor: Tensor) -> Value:
        """The value of a fetch: references are read at the end of the step."""
        value = self._value(tensor)
        return self._read(value, tensor, None) if value.is_reference else value


def _flat_args(op: Operation) -> list[bool]:
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
        None, op, f"No kernel: operations of type {op.type} ('{op.name}') can be built but not run here."
    )
