"""Less of products in each turn of a loop: what is needed of them alone, and the sums of them behind the loop.

A slice of the columns of a product with an invariant is a product with some of its columns, sliced before the loop:

    body: %p = MatMul %g, %w {transpose_b};  %s = Slice %p, [0, 128], [32, 128]
    before: %w1 = Slice %w, [128, 0], [128, 512]          body: %s = MatMul %g, %w1 {transpose_b}

A sum of products over the turns, the gradient of a weight, is one product of all their rows, behind the loop:

    body: %p = MatMul %a, %g {transpose_a};  %sum1 = Add %sum, %p
    body: pushes %a and %g on stacks          behind: %p = MatMul rows(%a), rows(%g);  %sum1 = Add %sum0, %p

Where the turns pop `%a` of a stack it stays there. Only loops that pop do so: those of gradients, for whose turns as
much is kept anyway. The sums' rounding differs, for better: BLAS adds all rows in one go.
"""

from __future__ import annotations

from collections import Counter
from typing import Any, Final, NamedTuple

import numpy as np

from ...ops.building.constant import CONST
from ...ops.definition.opdef import Effects, OpDef
from ...ops.definition.registry import lookup
from ...ops.families.control_flow.stack_ops import STACK, STACK_POP, STACK_PUSH
from ...ops.types import dtypes
from ..passes.dead import drop_dead
from ..plan.blocks import LOOP, Loop
from ..plan.plan import Instruction, Plan, Value
from ..runtime import recycle

_ROWS: Final = 256  # from so many rows a turn on BLAS gains nothing from more
_FEWEST: Final = 8  # rows that are worth a slice of the other factor


def _rows_of_stack(context: Any, handle: Any, like: Any, *, T: Any, backwards: bool, columns: int) -> Any:
    """The kernel: the last items of a stack, as many as `like` has, one below the other; they go from the stack."""
    first = max(len(handle.items) - len(like.items), 0)
    items = handle.items[first:]
    del handle.items[first:]
    if backwards:
        items.reverse()
    result = recycle.empty((sum(map(len, items)), columns), T.np_dtype)
    if items:
        np.concatenate(items, out=result)
    return result


ROWS_OF_STACK = OpDef(
    name="_RowsOfStack",
    signature="handle: resource, like: resource -> rows: T",
    attrs={"T": ("type",), "backwards": ("bool", False), "columns": ("int", 0)},
    kernel=_rows_of_stack,
    effects=Effects("stack", reads=True, writes=True),
)


def with_lighter_loops(plan: Plan) -> Plan:
    """Take work with products out of the turns of a plan's loops; see above.

    Requires: topological order.  Ensures: same outputs but for the rounding of sums.
    """
    made: list[Instruction] = []
    for instruction in plan.instructions:
        if instruction.op_def is LOOP and not instruction.guards and _multiplies(instruction.attrs["block"].body):
            made += _Lighter(instruction).run()
        else:
            made.append(instruction)
    return plan if len(made) == len(plan.instructions) else plan.replaced(made)


def _multiplies(body: Plan) -> bool:
    matmul = lookup("MatMul")
    return any(i.op_def is matmul for i in body.instructions) and any(i.op_def is STACK_POP for i in body.instructions)


class _Sum(NamedTuple):
    """A sum of products: its variable, the sum and the product in the body."""

    variable: int
    add: Instruction
    product: Instruction


class _Lighter:
    """A loop while work is taken out of its turns."""

    def __init__(self, loop: Instruction) -> None:
        self._loop = loop
        self._block: Loop = loop.attrs["block"]
        body = self._block.body
        self._outer = len(loop.inputs)  # how many inputs of the body come from outside
        self._inputs = list(loop.inputs)
        self._parameters = list(body.inputs[: self._outer])
        self._body = list(body.instructions)
        self._results = list(body.outputs)
        self._makers = body.producers()
        self._uses = Counter(v for i in body.instructions for v in (*i.inputs, *i.guards))
        self._uses.update(body.outputs)
        self._constants = {i.outputs[0]: i.attrs["value"] for i in body.instructions if i.is_constant}
        self._before: list[Instruction] = []
        self._behind: list[Instruction] = []
        self._outputs = list(loop.outputs)

    def run(self) -> list[Instruction]:
        """The instructions in place of the loop."""
        for instruction in self._block.body.instructions:
            if instruction.op_def is lookup("Slice"):
                self._narrow(instruction)
        for found in [found for place in range(self._block.count) if (found := self._sum(place))]:
            self._put_off(found)
        if self._inputs == list(self._loop.inputs):
            return [self._loop]
        return [*self._before, self._rebuilt(), *self._behind]

    def _rebuilt(self) -> Instruction:
        block, loop = self._block, self._loop
        new = self._parameters[self._outer :]
        condition = Plan((*block.condition.inputs, *new), block.condition.instructions, block.condition.outputs)
        crossing = block.body.inputs[self._outer :]
        body = drop_dead(Plan((*self._parameters, *crossing), self._body, self._results))
        changed = Loop(block.name, block.count, condition, body, block.results)
        attrs = {**loop.attrs, "block": changed, "Tin": tuple(value.dtype for value in self._inputs)}
        return Instruction(loop.op_def, attrs, self._inputs, self._outputs, loop.op)

    def _take_in(self, outside: Value) -> Value:
        """A new invariant."""
        inside = Value(f"{outside.name}_in", outside.dtype, outside.extents)
        self._inputs.append(outside)
        self._parameters.append(inside)
        return inside

    def _constant(self, name: str, number: Any, op: Any) -> Value:
        array = np.asarray(number, np.int32)
        array.flags.writeable = False
        value = Value(name, dtypes.int32, array.shape)
        self._before.append(Instruction(CONST, {"value": array, "dtype": dtypes.int32}, (), [value], op))
        return value

    # Slices of products.

    def _narrow(self, cut: Instruction) -> None:
        """Multiply with a slice made before the loop, where that is all that is needed of a product."""
        product = self._makers.get(cut.inputs[0])
        begin, size = (self._constants.get(value) for value in cut.inputs[1:])
        if product is None or product.op_def is not lookup("MatMul") or begin is None or size is None:
            return
        rows, columns = product.outputs[0].extents or (None, None)
        place = self._place(product.inputs[1])
        if place is None or self._uses[product.outputs[0]] != 1 or columns is None or begin[0] or cut.guards:
            return
        extents = product.inputs[1].extents
        if size[0] not in (-1, rows) or extents is None or None in extents or product.guards:
            return
        first, count = int(begin[1]), int(size[1] if size[1] >= 0 else columns - begin[1])
        if rows is not None and rows < _FEWEST or not 0 <= first <= first + count <= columns or count == columns:
            return
        axis = 0 if product.attrs["transpose_b"] else 1
        known = tuple(count if k == axis else extent for k, extent in enumerate(extents))
        name = cut.outputs[0].name
        start = self._constant(f"{name}_start", [first if k == axis else 0 for k in range(2)], cut.op)
        length = self._constant(f"{name}_length", known, cut.op)
        part = Value(f"{name}_part", product.inputs[1].dtype, known)
        inputs = [self._loop.inputs[place], start, length]
        self._before.append(Instruction(cut.op_def, {**cut.attrs, "Index": dtypes.int32}, inputs, [part], cut.op))
        attrs, factors = product.attrs, [product.inputs[0], self._take_in(part)]
        self._body[self._body.index(cut)] = Instruction(product.op_def, attrs, factors, cut.outputs, product.op)
        self._body.remove(product)

    def _place(self, value: Value) -> int | None:
        """Where an invariant stands among the loop's inputs."""
        places = range(self._block.count, self._outer)
        return next((place for place in places if self._block.body.inputs[place] is value), None)

    # Sums of products.

    def _sum(self, place: int) -> _Sum | None:
        """The sum of products that a variable is; None if it is another."""
        variable, result = self._block.body.inputs[place], self._block.body.outputs[place]
        add = self._makers.get(result)
        if add is None or add.op_def not in (lookup("Add"), lookup("AddV2"), lookup("AddN")) or len(add.inputs) != 2:
            return None
        if self._uses[result] != 1 or self._uses[variable] != 1 or variable not in add.inputs or add.guards:
            return None
        (term,) = (value for value in add.inputs if value is not variable)
        product = self._makers.get(term)
        if product is None or product.op_def is not lookup("MatMul") or self._uses[term] != 1 or product.guards:
            return None
        used = {value for i in self._block.condition.instructions for value in i.inputs}
        if self._block.condition.inputs[place] in {*used, *self._block.condition.outputs}:
            return None
        if not product.attrs["transpose_a"] or product.attrs["transpose_b"] or not self._are_few(product):
            return None
        return _Sum(place, add, product) if self._block.results.count(place) == 1 else None

    def _are_few(self, product: Instruction) -> bool:
        """Whether factors are such that their rows may be put off: of few rows, and not both of a stack."""
        for factor in product.inputs:
            if not factor.extents or factor.extents[1] is None or factor.dtype.kind != "f":
                return False
            if (factor.extents[0] or 0) >= _ROWS or (self._is_popped(factor) and self._uses[factor] != 1):
                return False
        return not all(map(self._is_popped, product.inputs))

    def _is_popped(self, value: Value) -> bool:
        maker = self._makers.get(value)
        return maker is not None and maker.op_def is STACK_POP and self._place(maker.inputs[0]) is not None

    def _put_off(self, found: _Sum) -> None:
        """Multiply behind the loop."""
        place, add, product = found
        handles = [None if self._is_popped(factor) else self._pushed(factor, product.op) for factor in product.inputs]
        like = handles[0] or handles[1]
        assert like is not None
        rows = []
        for factor, handle in sorted(zip(product.inputs, handles), key=lambda pair: pair[1] is like):
            attrs = {"T": factor.dtype, "backwards": handle is None, "columns": factor.extents[1]}
            whole = Value(f"{factor.name}_rows", factor.dtype, (None, factor.extents[1]))
            source = self._popped_from(factor) if handle is None else handle
            self._behind.append(Instruction(ROWS_OF_STACK, attrs, [source, like], [whole], product.op))
            rows.append((factor, whole))
        wholes = dict(rows)
        for gone in (add, product):
            self._body.remove(gone)
        self._results[place] = self._parameters[place]
        term, number = product.outputs[0], self._block.results.index(place)
        before = Value(f"{self._outputs[number].name}_before", term.dtype, term.extents)
        factors = [wholes[factor] for factor in product.inputs]
        self._behind.append(Instruction(product.op_def, product.attrs, factors, [term], product.op))
        after = self._outputs[number]
        self._outputs[number] = before
        self._behind.append(Instruction(add.op_def, add.attrs, [before, term], [after], add.op))

    def _pushed(self, value: Value, op: Any) -> Value:
        """The handle of a new stack of what a value is in each turn."""
        most = self._constant(f"{value.name}_most", -1, op)
        handle = Value(f"{value.name}_stack", dtypes.resource, (2,))
        attrs = {"elem_type": value.dtype, "stack_name": b""}
        self._before.append(Instruction(STACK, attrs, [most], [handle], op))
        result = Value(f"{value.name}_pushed", value.dtype, value.extents)
        attrs = {"T": value.dtype, "swap_memory": False}
        self._body.append(Instruction(STACK_PUSH, attrs, [self._take_in(handle), value], [result], op))
        return handle

    def _popped_from(self, value: Value) -> Value:
        """The stack that a value is popped of, outside; it is no longer popped."""
        pop = self._makers[value]
        self._body.remove(pop)
        place = self._place(pop.inputs[0])
        assert place is not None
        return self._loop.inputs[place]
