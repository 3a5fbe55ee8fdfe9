"""`LoopGradient`: the loop that computes the gradients of a loop.

It runs as many iterations as the forward loop did, counted by a counter added to that. What its iterations need of
the forward ones is pushed on stacks there and popped here.
"""

from __future__ import annotations

from typing import Any

from ...building.build import build
from ...building.constant import constant
from ...building.convert import convert_to_tensor
from ...building.default_graph import colocate_with, control_dependencies, get_default_graph
from ...building.static_value import get_static_value
from ...definition.registry import lookup
from ...families.arrays.filling import zeros
from ...families.control_flow.contexts import is_invariant, output_context, switch_ref_or_tensor
from ...families.control_flow.while_context import WhileContext
from ...types import dtypes


def _build(op_type: str, *inputs: Any, name: str | None = None, **attrs: Any) -> Any:
    return build(lookup(op_type), *inputs, name=name, **attrs)


class _Around:
    """A block in a context, or in none."""

    def __init__(self, context: Any) -> None:
        self._context = context

    def __enter__(self) -> None:
        if self._context is not None:
            self._context.Enter()

    def __exit__(self, *_: Any) -> None:
        if self._context is not None:
            self._context.Exit()


class LoopGradient:
    """The loop of gradients of one loop.

    Attributes:
      forward_context, grad_context: both loops.
      outer_grad_state: of a loop in a loop, that of the one around.
      switch_map: per `Switch` of the forward loop, the `Merge` of its gradients.
      history_map: per name of a forward value, that value in the loop of gradients.
      pending_exits_count, unused_exits, deferred_exits: which of the forward exits the walk has seen.
    """

    def __init__(self, forward: Any, outer: LoopGradient | None) -> None:
        self.forward_context = forward
        self.outer_grad_state = outer
        self.switch_map: dict[Any, Any] = {}
        self.history_map: dict[str, Any] = {}
        self.forward_loop_exits = list(forward.loop_exits)
        self.pending_exits_count = len(self.forward_loop_exits)
        self.unused_exits: list[Any] = []
        self.deferred_exits: list[Any] = []
        self._syncs: dict[str, Any] = {}
        around = outer.forward_context if outer is not None else forward.outer_context
        with _Around(around):
            count, self.forward_index = self._count_forward()
        if outer is None:
            with _Around(around):
                self.grad_context = self._new_context()
                self.grad_index = self._count_backward(count)
            return
        outer.forward_context.AddName(count.name)
        history = outer.add_forward_accumulator(count)
        with outer.grad_context.entered():
            self.grad_context = self._new_context()
            real_count = outer.add_backprop_value(history, count)
            self.grad_index = self._count_backward(real_count)

    def _new_context(self) -> WhileContext:
        forward = self.forward_context
        return WhileContext(
            forward.maximum_iterations,
            forward.parallel_iterations,
            forward.back_prop,
            forward.swap_memory,
            forward.name,
            grad_state=self,
        )

    def _count_forward(self) -> tuple[Any, Any]:
        """Add a counter to the forward loop. Returns: the number of iterations, and the counter's step."""
        loop = self.forward_context
        start = constant(0, name="f_count")
        if self.outer_grad_state is not None:  # pushes of an execution of the inner loop come before those of the next
            start.op._add_control_input(self.outer_grad_state.forward_index.op.inputs[0].op)
        with loop.entered():
            loop.AddName(start.name)
            merged, switched = self._variable(loop, start, "f_count", None, loop.pivot)
            following = _build("NextIteration", _build("Add", switched[1], 1))
            merged.op._update_input(1, following)
            total = self._left(loop, switched[0], "f_count")
        return total, following

    def _count_backward(self, count: Any) -> Any:
        loop = self.grad_context
        one = constant(1, name="b_count")
        with loop.entered():
            loop.AddName(count.name)
            entered = self._entered(loop, count, "b_count")
            merged = _build("Merge", [entered, entered])[0]
            loop._pivot_for_pred = merged
            loop._pivot = _build("LoopCond", _build("GreaterEqual", merged, one), name="b_count")
            switched = switch_ref_or_tensor(merged, loop._pivot)
            index = _build("Sub", switched[1], one)
            loop._pivot_for_body = index
            following = _build("NextIteration", index)
            merged.op._update_input(1, following)
            last = self._left(loop, switched[0], "b_count")
        if self.outer_grad_state is not None:  # pops of an execution of the inner loop come before those of the next
            self.outer_grad_state.grad_sync._add_control_input(last.op)
        return following

    @staticmethod
    def _entered(loop: Any, value: Any, name: str) -> Any:
        entered = loop.enter(value, False, name)
        entered._extents = value._extents
        loop.loop_enters.append(entered)
        return entered

    def _variable(self, loop: Any, start: Any, name: str, merge_name: str | None, pred: Any) -> tuple[Any, Any]:
        entered = self._entered(loop, start, name)
        merged = _build("Merge", [entered, entered], name=merge_name)[0]
        return merged, _build("Switch", merged, pred)

    @staticmethod
    def _left(loop: Any, value: Any, name: str) -> Any:
        left = _build("Exit", value, name=name)
        loop.loop_exits.append(left)
        loop.ExitResult([left])
        return left

    # What orders pushes and pops.

    def _sync(self, name: str, context: Any, index: Any) -> Any:
        if name not in self._syncs:
            with control_dependencies(None):
                sync = _build("ControlTrigger", name=name)
            sync._set_control_flow_context(context)
            index.op._add_control_input(sync)
            self._syncs[name] = sync
        return self._syncs[name]

    @property
    def grad_sync(self) -> Any:
        """What an iteration of gradients waits for before the next one begins."""
        return self._sync("b_sync", self.grad_context, self.grad_index)

    @property
    def forward_sync(self) -> Any:
        """What an iteration of the forward loop waits for before the next one begins."""
        return self._sync("f_sync", self.forward_context, self.forward_index)

    # Values of the forward loop.

    def GetRealValue(self, value: Any) -> Any:
        """A value of the forward loop in the loop of gradients."""
        known = self.history_map.get(value.name)
        if known is None:
            known = self.history_map[value.name] = self._real_value(value)
        return known

    def _real_value(self, value: Any) -> Any:
        state: LoopGradient = self
        while True:
            entered = _invariant_behind(value)
            if entered is None:
                break
            value = entered._inputs[0]
            if state.outer_grad_state is None:
                return self.grad_context.AddValue(value)
            state = state.outer_grad_state
        if value.op.op_def.is_constant:
            return constant(get_static_value(value), dtype=value.dtype)
        self.grad_context.Exit()
        try:
            history = state.add_forward_accumulator(value)
        finally:
            self.grad_context.Enter()
        result = state.add_backprop_value(history, value)
        return result if state is self else self.grad_context.AddValue(result)

    def pred_of(self, pred: Any) -> Any:
        """The condition of a branch of the forward loop in each iteration of gradients."""
        known = self.history_map.get(pred.name)
        if known is None:
            self.grad_context.Exit()
            try:
                history = self.add_forward_accumulator(pred)
            finally:
                self.grad_context.Enter()
            known = self.history_map[pred.name] = self.add_backprop_value(history, pred)
        return known

    def add_forward_accumulator(self, value: Any, dead_branch: bool = False) -> Any:
        """Push a value of the forward loop on a stack in every iteration. Returns: the stack."""
        around = get_default_graph()._get_control_flow_context()
        with control_dependencies(None):
            with _Around(around), colocate_with(value):
                most = constant(-1, dtypes.int32)
                stack = _build("StackV2", most, elem_type=value.dtype.base_dtype, name="f_acc")
            entered = self.forward_context.AddValue(stack)
            push = self._push(entered, value, dead_branch)
            push.op._add_control_input(self.forward_index.op.inputs[0].op)
        return stack

    def _push(self, stack: Any, value: Any, dead_branch: bool) -> Any:
        home = output_context(value.op)
        swap = self.forward_context.swap_memory
        if home is self.forward_context:
            with home.entered():
                push = _build("StackPushV2", stack, value, swap_memory=swap)
            self.forward_index.op._add_control_input(push.op)
            return push
        if not home.IsCondContext():
            raise TypeError(f"value_ctxt is not a CondContext: {home}")
        with home.outer_context.entered() if dead_branch else home.entered():
            push = _build("StackPushV2", stack, value, swap_memory=swap)
        if dead_branch:
            push.op._set_control_flow_context(home)
        self.forward_sync._add_control_input(push.op)
        return push

    def add_backprop_value(self, history: Any, value: Any, dead_branch: bool = False) -> Any:
        """Pop a value from the stack `history` in every iteration of gradients."""
        branch = _branch_between(value, history.op._get_control_flow_context())
        with control_dependencies(None), self.grad_context.entered():
            if branch is not None:
                side = 1 - branch.branch if dead_branch else branch.branch
                history = switch_ref_or_tensor(history, self._known_pred(branch))[side]
            popped = _build("StackPopV2", history, elem_type=value.dtype.base_dtype)
            popped.set_shape(value.shape)
        if self.grad_context.parallel_iterations > 1:
            self.grad_sync._add_control_input(popped.op)
        return popped

    def _known_pred(self, branch: Any) -> Any:
        state: LoopGradient | None = self
        while state is not None:
            known = state.history_map.get(branch.pred.name)
            if known is not None:
                return known
            state = state.outer_grad_state
        return branch.pred

    # Gradients of invariants.

    def accumulated(self, op: Any, gradient: Any) -> Any:
        """The sum over all iterations of the gradient of an invariant, as it leaves the loop."""
        gradient = convert_to_tensor(gradient)
        loop = self.grad_context
        loop.Exit()
        try:
            start = self._zeros_for(op.inputs[0], gradient)
        finally:
            loop.Enter()
        loop.AddName(start.name)
        merged, switched = self._variable(loop, start, "b_acc", "b_acc", loop.pivot)
        merged.op._update_input(1, _build("NextIteration", _build("Add", switched[1], gradient)))
        return self._left(loop, switched[0], "b_acc")

    def _zeros_for(self, value: Any, gradient: Any) -> Any:
        outer = self.grad_context.outer_context
        if gradient.shape.is_fully_defined():
            with _Around(outer):
                return constant(0, gradient.dtype, shape=gradient.shape, name="b_acc")
        if self.outer_grad_state is None:
            with _Around(outer):
                return zeros(_build("Shape", value), gradient.dtype)
        with self.forward_context.outer_context.entered():
            shape = _build("Shape", value)
        history = self.outer_grad_state.add_forward_accumulator(shape)
        with outer.entered():
            return zeros(self.outer_grad_state.add_backprop_value(history, shape), gradient.dtype)


def _invariant_behind(value: Any) -> Any:
    """The `Enter` of an invariant whose value this is, or None."""
    op = value.op
    while op.op_def.flow == "switch" or op.type in ("Identity", "RefIdentity"):
        op = op._inputs[0]._op
    return op if is_invariant(op) else None


def _branch_between(value: Any, outside: Any) -> Any:
    """The innermost branch that a value is in, up to a context around; None if there is none."""
    context = value.op._get_control_flow_context()
    while context is not None and context is not outside:
        if context.IsCondContext():
            return context
        context = context.outer_context
    return None
