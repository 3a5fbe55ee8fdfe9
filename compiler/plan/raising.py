"""Raising: the operations of a frame become one `Loop` instruction with plans inside.

Branches need no block of their own: a plan is in order, and what hangs on the dead output of a `Switch` is dead.

For example, `while_loop(lambda i, a: i < 10, lambda i, a: (i + 1, a * x), [0, 1.0])` is in the graph

    Enter -> Merge -> Switch -> Exit             a chain for each variable, and `Enter` alone for the invariant x
               ^  \\-> Less -> LoopCond -> the Switches
               \\-- NextIteration <- AddV2, Mul <- Switch:1

and becomes, the Merges being the parameters, one instruction with two plans:

    %13 = _PureLoop %2, %1, %x {Tin=types(i32 f32 f32), Tout=types(f32)}
      condition(%3, %4, %7) -> %6:   %6 = Less %3, 10
      body(%3, %4, %7) -> %10, %12:  %10 = AddV2 %3, 1;  %12 = Mul %4, %7
"""

from __future__ import annotations

from collections.abc import Collection, Iterable

from ...ops.base import errors
from ...ops.graph.node import Tensor
from ...ops.graph.operation import Operation
from .blocks import LOOP, PURE_LOOP, Loop
from .builder import Builder
from .changing import changing_values
from .frames import Frame, Item, before, items_in_order
from .plan import Instruction, Plan, Value


def add_items(builder: Builder, frame: Frame, home: dict[Operation, Frame], fed: Collection[Tensor]) -> None:
    """Add the operations of a frame and the loops in it."""
    for item in items_in_order(frame, home, fed):
        if isinstance(item, Frame):
            add_loop(builder, item, home)
        else:
            builder.add(item)


def add_loop(outer: Builder, frame: Frame, home: dict[Operation, Frame]) -> None:
    """Add a loop as one instruction. Raises: UnimplementedError if it has not the form of one."""
    raised = _Raised(outer, frame, home)
    instruction = raised.instruction()
    outer.add_made(instruction, [op._outputs[0] for op in raised.exits])


class _Raised:
    """A loop being raised."""

    def __init__(self, outer: Builder, frame: Frame, home: dict[Operation, Frame]) -> None:
        self.outer = outer
        self.frame = frame
        self.home = home
        self.inner = outer.nested()
        self.exits: list[Operation] = []
        self.merges = [op for op in frame.ops if _is_loop_merge(op)]
        conditions = [op for op in frame.ops if op.op_def.flow == "cond"]
        if len(conditions) != 1 or not self.merges:
            raise self._no_loop("one condition and at least one variable")
        self.condition = conditions[0]
        self.initial: list[Tensor] = []
        self.next: list[Tensor] = []
        for op in self.merges:
            self._take_in(op)
        self.invariants = [op for op in frame.ops if op.op_def.flow == "enter" and op._outputs[0] not in self._entering]
        self.changing = changing_values(outer, frame, self.invariants)
        self.parameters = [
            self.inner.parameter(op._outputs[0], self.changing.get(op)) for op in (*self.merges, *self.invariants)
        ]

    @property
    def _entering(self) -> set[Tensor]:
        return set(self.initial)

    def _take_in(self, merge: Operation) -> None:
        entering, following = merge._inputs
        if entering._op.op_def.flow == "next":
            entering, following = following, entering
        if entering._op.op_def.flow != "enter" or following._op.op_def.flow != "next":
            raise self._no_loop("variables that enter it")
        self.initial.append(entering)
        self.next.append(following._op._inputs[0])

    def _no_loop(self, what: str) -> errors.OpError:
        error: errors.OpError = errors.UnimplementedError(
            None, self.frame.ops[0], f"The frame '{self.frame.name.decode()}' is no loop: it should have {what}."
        )
        return error

    def instruction(self) -> Instruction:
        """The loop as an instruction of the plan around."""
        skipped = {*self.merges, *self.invariants, self.condition, *(t._op for t in self.initial)}
        skipped.update(op._inputs[index]._op for op in self.merges for index in (0, 1))
        first, second = self._split([i for i in items_in_order(self.frame, self.home, ()) if i not in skipped])
        self._add(first)
        pred = self.inner.wanted(self.condition._inputs[0])
        cut = len(self.inner.instructions)
        self._alias_switches(second)
        self._add(item for item in second if not self._passes_a_variable(item))
        after = [self._after(tensor, merge) for tensor, merge in zip(self.next, self.merges)]
        condition, body = self._plans(cut, pred, after)
        results = tuple(self._variable_of(op) for op in self.exits)
        block = Loop(self.frame.name.decode(), len(self.merges), condition, body, results)
        return self._made(block)

    def _after(self, tensor: Tensor, merge: Operation) -> Value:
        """A variable after a turn: a value, or where the loop carries a reference, that."""
        return self.inner.value_of(tensor) if merge._outputs[0]._dtype._is_ref_dtype else self.inner.wanted(tensor)

    def _made(self, block: Loop) -> Instruction:
        sources = [t._op for t in self.initial] + self.invariants
        inputs = [self.changing.get(op) or self.outer.input_of(op, 0) for op in sources]
        outputs = [self.outer.fresh(op._outputs[0]) for op in self.exits]
        pure = not any(plan.has_effects for plan in block.plans)
        attrs = {"block": block, "Tin": [v.dtype for v in inputs], "Tout": [v.dtype for v in outputs]}
        result = Instruction(PURE_LOOP if pure else LOOP, attrs, inputs, outputs, self.condition)
        result.guards = tuple(dict.fromkeys(v for op in sources for v in self.outer.guards_of(op)))
        return result

    def _is_switch(self, item: Item) -> bool:
        return isinstance(item, Operation) and item.op_def.flow == "switch" and self._tells(item._inputs[1])

    def _tells(self, tensor: Tensor) -> bool:
        return tensor._op is self.condition

    def _split(self, items: list[Item]) -> tuple[list[Item], list[Item]]:
        """What runs before the loop decides to go on, and what runs if it does; exits are taken out."""
        first: list[Item] = []
        second: list[Item] = []
        late: set[Operation] = set()
        for item in items:
            ops = list(item.all_ops()) if isinstance(item, Frame) else [item]
            if isinstance(item, Operation) and item.op_def.flow == "exit":
                self.exits.append(item)
                continue
            if self._leaves(item):
                continue
            if self._is_switch(item) or any(other in late for op in ops for other in before(op, ())):
                late.update(ops)
                second.append(item)
            elif not (isinstance(item, Operation) and item.op_def.flow == "next"):
                first.append(item)
        return first, second

    def _add(self, items: Iterable[Item]) -> None:
        for item in items:
            if isinstance(item, Frame):
                add_loop(self.inner, item, self.home)
            elif self._is_switch(item):  # of a gradient's gradient: as derivatives of a branch's choice, both are it
                for tensor in item._outputs:
                    self.inner.same(tensor, item._inputs[0])
            elif item.op_def.flow != "next":
                self.inner.add(item)

    def _alias_switches(self, items: list[Item]) -> None:
        """Where the loop goes on, the output of its variables' switches is their input."""
        for item in items:
            if self._passes_a_variable(item):
                assert isinstance(item, Operation)
                self.inner.same(item._outputs[1], item._inputs[0])

    def _passes_a_variable(self, item: Item) -> bool:
        return self._is_switch(item) and isinstance(item, Operation) and item._inputs[0]._op in self.merges

    def _leaves(self, item: Item) -> bool:
        """Whether an operation only passes on, to an exit, what a variable is when the loop ends.

        Gradients of what enters a loop are such: they go through an identity that waits for their fellows.
        """
        if not isinstance(item, Operation) or not item.op_def.passes_on or not item._inputs:
            return False
        source = item._inputs[0]
        return self._leaves(source._op) or self._is_switch(source._op) and source._value_index == 0

    def _variable_of(self, op: Operation) -> int:
        source = op._inputs[0]
        while self._leaves(source._op):
            source = source._op._inputs[0]
        if self._is_switch(source._op) and source._value_index == 0 and source._op._inputs[0]._op in self.merges:
            return self.merges.index(source._op._inputs[0]._op)
        raise self._no_loop("exits right behind its switches")

    def _plans(self, cut: int, pred: Value, after: list[Value]) -> tuple[Plan, Plan]:
        first, second = self.inner.instructions[:cut], self.inner.instructions[cut:]
        made = {value for i in first for value in i.outputs}
        used = [value for i in second for value in (*i.inputs, *i.guards)] + after
        crossing = list(dict.fromkeys(value for value in used if value in made))
        condition = Plan(self.parameters, first, [pred, *crossing])
        return condition, Plan([*self.parameters, *crossing], second, after)


def _is_loop_merge(op: Operation) -> bool:
    return op.op_def.flow == "merge" and any(tensor._op.op_def.flow == "next" for tensor in op._inputs)
