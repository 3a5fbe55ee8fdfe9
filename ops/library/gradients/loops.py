"""The walk backwards through loops and branches: which loop of gradients an operation's gradient belongs to."""

from __future__ import annotations

from typing import Any, Final

from ...building.basic_ops import identity
from ...building.build import build
from ...building.constant import constant
from ...building.default_graph import colocate_with, control_dependencies
from ...definition.registry import lookup
from ...families.arrays.filling import zeros
from ...families.control_flow.contexts import switch, switch_ref_or_tensor, while_context_of
from ...families.elementwise.like import zeros_like
from ...types import dtypes
from .control_flow import ControlFlowGradients
from .loop_state import LoopGradient, _Around


def _shape(value: Any) -> Any:
    return build(lookup("Shape"), value)


def _is_loop_switch(op: Any) -> bool:
    context = op._get_control_flow_context()
    return op.op_def.flow == "switch" and context is not None and context.IsWhileContext()


class FlowGradients(ControlFlowGradients):
    """The state of a walk through loops and branches."""

    def __init__(self, between: list[Any], pending: dict[Any, int], colocate: bool) -> None:
        self._loops: dict[Any, LoopGradient] = {}
        for op in list(between):
            if op.op_def.flow == "exit" and op._get_control_flow_context() is not None:
                with colocate_with(op) if colocate else _Around(None):
                    self._add_loop(op, pending)

    def _add_loop(self, op: Any, pending: dict[Any, int]) -> None:
        forward = while_context_of(op)
        if forward in self._loops:
            return
        outer = None if forward.outer_context is None else forward.outer_context.GetWhileContext()
        state = self._loops[forward] = LoopGradient(forward, self._loops.get(outer))
        for left in state.forward_loop_exits:  # all exits of a loop take part
            if left.op not in pending:
                pending[left.op] = 0
                source = left.op._inputs[0]._op
                if source in pending:
                    pending[source] += 1

    def _state(self, op: Any, before: bool) -> LoopGradient | None:
        if before and op.op_def.flow == "exit":
            context = op._get_control_flow_context()
            outer = None if context is None else context.outer_context
            return self._loops.get(None if outer is None else outer.GetWhileContext())
        return self._loops.get(while_context_of(op))

    def enter(self, op: Any, before: bool) -> None:
        """Enter the loop of gradients that an operation belongs to."""
        state = self._state(op, before)
        if state is not None:
            state.grad_context.Enter()

    def leave(self, op: Any, before: bool) -> None:
        """Leave it."""
        state = self._state(op, before)
        if state is not None:
            state.grad_context.Exit()

    def unused_exits(self, pending: dict[Any, int], ys: set[Any]) -> list[Any]:
        """The exits of loops of which no exit is still to be seen, that nobody uses."""
        ready: list[Any] = []
        for state in self._loops.values():
            for left in state.forward_loop_exits:
                if pending.get(left.op, 0) == 0:
                    state.pending_exits_count -= 1
                    if left.op not in ys:
                        state.unused_exits.append(left)
            if state.pending_exits_count == 0:
                ready += state.unused_exits
            for entered in state.forward_context.loop_enters:
                if pending.get(entered.op, 0) == 0:
                    pending[entered.op] = 1
        return ready

    def made_ready(self, op: Any, left: int, has_gradient: Any) -> tuple[list[Any], list[Any]]:
        """What is ready now that the gradient of one more consumer of `op` is known.

        Args:
          left: how many consumers are not seen yet.
          has_gradient: whether an operation got a gradient.
        Returns: operations, and exits that nobody uses: ready too, with zeros.
        """
        if left and not _is_loop_switch(op):
            return [], []
        if op.op_def.flow != "exit":
            return [op], []
        state = self._state(op, False)
        if state is None:
            return [op], []
        state.deferred_exits.append(op._outputs[0])
        state.pending_exits_count -= 1
        if state.pending_exits_count:
            return [], []
        used = [exit_ for exit_ in state.deferred_exits if has_gradient(exit_)]
        unused = [exit_ for exit_ in state.deferred_exits if exit_ not in used]
        state.unused_exits += unused
        if used:
            return [exit_.op for exit_ in used], state.unused_exits
        return [exit_.op for exit_ in state.unused_exits], []

    # Zeros.

    def zeros_for_exit(self, value: Any) -> Any:
        """The gradient of an exit that nobody uses."""
        forward = value.op._get_control_flow_context()
        outer = None if forward.outer_context is None else forward.outer_context.GetWhileContext()
        state = self._loops.get(outer)
        known = value.shape.is_fully_defined()
        if state is None:
            return zeros(value.shape.as_list(), value.dtype) if known else zeros_like(value, optimize=False)
        if known:
            with state.grad_context.entered():
                return zeros(value.shape.as_list(), value.dtype)
        with forward.outer_context.entered():
            shape = _shape(value)
        history = state.add_forward_accumulator(shape)
        with state.grad_context.entered():
            return zeros(state.add_backprop_value(history, shape), value.dtype)

    def zeros(self, op: Any, index: int) -> Any:
        """The gradient of an output that nothing reaches."""
        if _is_loop_switch(op):
            return None
        state = self._loops.get(while_context_of(op))
        if state is None:
            return _zeros_outside(op, index)
        value = op._outputs[index]
        dead = op.op_def.flow == "switch"
        own = op._get_control_flow_context()
        if value.shape.is_fully_defined():
            result = constant(0, value.dtype, shape=value.shape)
            return switch_ref_or_tensor(result, state.pred_of(own.pred))[1 - own.branch] if dead else result
        if dead:
            with own.outer_context.entered():
                value = switch_ref_or_tensor(op._inputs[0], own.pred)[1 - own.branch]
                shape = _shape(value)
            value.op._set_control_flow_context(own)
            shape.op._set_control_flow_context(own)
        else:
            with own.entered():
                shape = _shape(value)
        state.grad_context.Exit()
        try:
            history = state.add_forward_accumulator(shape, dead)
        finally:
            state.grad_context.Enter()
        return zeros(state.add_backprop_value(history, shape, dead), value.dtype)

    # The end.

    def finish(self) -> None:
        """Variables whose next value does not depend on the one before have zeros for gradients from then on."""
        for state in self._loops.values():
            for merged in state.switch_map.values():
                first, second = merged.op._inputs
                if first is second:
                    merged.op._update_input(1, _zeros_from_then_on(state, first))


def _zeros_from_then_on(state: LoopGradient, first: Any) -> Any:
    loop = state.grad_context
    following = lookup("NextIteration")
    if first.shape.is_fully_defined():
        with loop.entered():
            return build(following, constant(0, first.dtype, shape=first.shape))
    with _Around(loop.outer_context):
        value = zeros(_shape(first.op._inputs[0]), first.dtype)
    with loop.entered():
        return build(following, value)


def _zeros_outside(op: Any, index: int) -> Any:
    """Zeros for an output nothing reaches, outside of loops; of a branch, made only when it is not taken."""
    value = op._outputs[index]
    own = op._get_control_flow_context()
    if op.op_def.flow != "switch" or own is None:
        return zeros_like(value, optimize=False)
    taken = switch(op._inputs[0], own.pred)[1 - own.branch]
    if value.dtype.base_dtype is dtypes.resource:  # of a variable: zeros like its value
        shape = build(lookup("VariableShape"), taken)
        with control_dependencies([shape]):
            return zeros(shape, _variable_dtype(value))
    pivot = identity(taken)
    shape = _shape(taken)
    with control_dependencies([pivot]):
        return zeros(shape, value.dtype)


def _variable_dtype(handle: Any) -> Any:
    """The type of the variable whose handle this is, through branches and loops."""
    while "dtype" not in handle.op.attrs:
        handle = handle.op._inputs[0]
    return handle.op.attrs["dtype"]


_PLAIN: Final = ControlFlowGradients()


def state_for(between: list[Any], pending: dict[Any, int], colocate: bool) -> ControlFlowGradients:
    """What the walk asks about loops and branches among the operations `between`."""
    if not any(op.op_def.flow for op in between):
        return _PLAIN
    return FlowGradients(between, pending, colocate)
