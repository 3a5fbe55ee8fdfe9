"""Initial values made of other variables: what they read is the variable's value, or its own initial value before that.

`Variable(v * 2.0)` has an initializer that may run in one step with that of `v`, in no order. So the initializer of
the variable is given a copy of the product that reads `v` behind `cond(is_initialized(v), v.read_value, v's initial
value)`, as TensorFlow 1 does:

    mul = Mul(v/read, y)                   # what the user built
    Variable/cond/Merge                    # the value, or what it begins with
    v/read_Variable = Identity(...Merge)   # copies of all that lies between, named after the new variable
    mul_Variable = Mul(v/read_Variable, y)
"""

from __future__ import annotations

from typing import Any

from ...building.default_graph import name_scope
from ...graph.graph_keys import GraphKeys
from ...graph.node import Tensor
from ...graph.operation import Operation

_READS = frozenset({"IsVariableInitialized", "VarIsInitializedOp", "ReadVariableOp", "If"})  # not looked behind
_VARIABLES = frozenset({"Variable", "VariableV2", "VarHandleOp"})


def check_outside_of_flow(name: str, value: Tensor) -> None:
    """Raises: ValueError if the initial value of a variable is computed inside of a loop or a branch."""
    if value.op._get_control_flow_context() is not None:
        raise ValueError(
            f"Initializer for variable {name} is from inside a control-flow construct, such as a loop or conditional. "
            "When creating a variable inside a loop or conditional, use a lambda as the initializer."
        )


def with_initialized(name: str, value: Tensor) -> Tensor:
    """Return an initial value that needs no other variable to be initialized first.

    Args:
      name: the operation of the variable that it is for; copies are named after it.
      value: the initial value.
    Returns: `value` itself if it reads no variable, or lies behind a cycle.
    """
    found = _operations(value.op)
    if found is None:
        return value
    copies: dict[Operation, Operation] = {}
    for op in found:
        copies[op] = _copied(op, copies, name)
    return copies[value.op].outputs[value.value_index]


def _operations(op: Operation) -> list[Operation] | None:
    """What an operation is computed from, inputs first; None if no variable is among it, or it has a cycle."""
    order: list[Operation] = []
    state = {op: False}  # False: being looked at
    reads_any = False
    stack = [(op, iter(_inputs(op)))]
    while stack:
        current, inputs = stack[-1]
        for tensor in inputs:
            if tensor.op not in state:
                state[tensor.op] = False
                stack.append((tensor.op, iter(_inputs(tensor.op))))
                break
            if not state[tensor.op]:
                return None
        else:
            stack.pop()
            state[current] = True
            order.append(current)
            reads_any = reads_any or current.type in _VARIABLES
    return order if reads_any else None


def _inputs(op: Operation) -> Any:
    return () if op.type in _READS else op.inputs


def _copied(op: Operation, copies: dict[Operation, Operation], name: str) -> Operation:
    if op.type in _READS:
        return op
    if op.type in _VARIABLES:
        variable = _variable_of(op)
        return op if variable is None else variable.initialized_value().op
    inputs = [copies[tensor.op].outputs[tensor.value_index] for tensor in op.inputs]
    changed = [old is not new for old, new in zip(op.inputs, inputs)]
    kind = "Switch" if op.type == "RefSwitch" else op.type
    if not any(changed) or (kind == op.type and op.op_def.inputs[0].is_ref):
        return op  # an assignment assigns to the variable itself
    with name_scope(None):
        return op.graph.create_op(kind, inputs, name=f"{op.name}_{name}", attrs=dict(op.node_def.attr))


def _variable_of(op: Operation) -> Any:
    for key in (GraphKeys.GLOBAL_VARIABLES, GraphKeys.LOCAL_VARIABLES):
        for variable in op.graph.get_collection_ref(key):
            if getattr(variable, "op", None) is op:
                return variable
    return None
