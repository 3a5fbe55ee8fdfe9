"""Loops and branches in partial runs: which operations every call runs again.

What stands in a loop has a value for each iteration, and what stands in a branch may have none: neither can be kept for
a later call. So a call that needs such a thing runs the loop, or the branch, again, from what can be kept. Where that
would change something twice, or draw other random numbers, the call is refused.
"""

from __future__ import annotations

from collections.abc import Iterable

from ...ops.graph.operation import Operation

_OWN = ("Stack", "TensorArray")  # types that touch only what their own step has made
_TAKING = ("TensorArrayRead", "TensorArrayGather", "TensorArrayConcat", "TensorArraySize")  # give tensors


def repeated(ops: Iterable[Operation]) -> frozenset[Operation]:
    """The operations whose results no later call can be given.

    Args:
      ops: all operations of a run.
    """
    known = set(ops)
    if not any(op.op_def.flow for op in known):
        return frozenset()
    depths = _depths(known)
    return frozenset(op for op in known if depths[op] > 0 or _belongs_to_a_step(op))


def changes(op: Operation) -> bool:
    """Whether running an operation again would not be the same as running it once."""
    return op.op_def.effects.writes and not op.type.startswith(_OWN)


def _belongs_to_a_step(op: Operation) -> bool:
    """Stacks and arrays of tensors, what writes to these, and what counts or orders the operations on them."""
    if op.type == "StackV2" or (op.type.startswith("TensorArray") and not op.type.startswith(_TAKING)):
        return True
    for tensor in op.outputs:
        for user in tensor.consumers():
            if op.op_def.flow == "exit" and user.op_def.flow == "enter" and tensor.dtype.is_integer:
                return True  # how often a loop ran, for the one that takes from its stacks
            if user.type.startswith("TensorArray") and user.type != "TensorArrayV3" and user.inputs[-1] is tensor:
                return True  # the flow, which stands for what was written
    return False


def _depths(ops: set[Operation]) -> dict[Operation, int]:
    """In how many loops and branches each operation's results stand."""
    depths: dict[Operation, int] = {}
    pending = sorted(ops, key=lambda op: -op._id)
    while pending:
        op = pending[-1]
        before = [] if op in depths else [other for other in _before(op) if other in ops and other not in depths]
        if before:
            pending += before
            continue
        pending.pop()
        if op not in depths:
            around = max((depths[other] for other in _before(op) if other in ops), default=0)
            depths[op] = around + _step(op)
    return depths


def _before(op: Operation) -> list[Operation]:
    """What runs before an operation, but for the edge by which a loop goes back."""
    inputs = [tensor.op for tensor in op.inputs if not (op.op_def.flow == "merge" and tensor.op.op_def.flow == "next")]
    return [*inputs, *op.control_inputs]


def _step(op: Operation) -> int:
    """By how much an operation's results stand deeper than what it takes."""
    flow = op.op_def.flow
    in_loop = any(tensor.op.op_def.flow in ("cond", "next") for tensor in op.inputs)
    if flow == "exit" or (flow == "merge" and not in_loop and not _of_loop(op)):
        return -1
    return 1 if flow == "enter" or (flow == "switch" and not in_loop) else 0


def _of_loop(merge: Operation) -> bool:
    return any(tensor.op.op_def.flow in ("enter", "next") for tensor in merge.inputs)
