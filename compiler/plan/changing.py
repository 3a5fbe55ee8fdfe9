"""Which of the values that a loop takes in are of variables that it writes.

TensorFlow 1 lets the value of a reference variable share the variable's memory, so that a loop that takes `v` in and
assigns to it sees the new value in each iteration:

    def body(i, total):
        with tf.control_dependencies([v.assign_add(1.0)]):
            return i + 1, total + v

Such a loop is given the variable itself, and reads it where its value is used.
"""

from __future__ import annotations

from collections.abc import Iterable

from ...ops.graph.node import Tensor
from ...ops.graph.operation import Operation
from .builder import Builder, takes_reference
from .frames import Frame
from .plan import Value


def changing_values(outer: Builder, frame: Frame, invariants: Iterable[Operation]) -> dict[Operation, Value]:
    """From the `Enter`s of values of variables that the loop writes to the variables, as values of the plan around.

    Args:
      outer: the builder of that plan.
      frame: the loop.
      invariants: its `Enter`s of what stays the same from one iteration to the next.
    """
    written = {
        _variable_of(tensor)
        for op in frame.all_ops()
        if op.op_def.effects.writes and op.op_def.effects.resource == "variable"
        for tensor, is_written in zip(op._inputs, takes_reference(op))
        if is_written
    }
    if not written:
        return {}
    found = {}
    for op in invariants:
        if not takes_reference(op)[0] and _variable_of(op._inputs[0]) in written:
            value = outer.value_of(op._inputs[0])
            if value.is_reference:  # it is not fed, and read where it is used
                found[op] = value
    return found


def _variable_of(tensor: Tensor) -> Operation:
    """The operation where the way of a value or reference begins."""
    op = tensor._op
    while op._inputs and (op.op_def.passes_on or op.op_def.flow == "enter"):
        op = op._inputs[0]._op
    return op
