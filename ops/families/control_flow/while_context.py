"""`WhileContext`: a loop while it is built."""

from __future__ import annotations

from typing import Any

from ... import proto
from ...base import nest
from ...building.basic_ops import identity
from ...building.build import build
from ...building.convert import convert_to_tensor
from ...building.default_graph import control_dependencies, get_default_graph
from ...definition.registry import lookup
from ...graph.node import Tensor
from ...graph.operation import Operation
from ...graph.scopes import control_inputs_for
from .cond_context import flow_of
from .context_messages import add_nested, in_scope, restore_values, tensor_of, values_message, without
from .contexts import (
    ControlFlowContext,
    is_invariant,
    merge,
    output_context,
    switch_ref_or_tensor,
    while_context_of,
)
from .flow_ops import ENTER, EXIT, LOOP_COND, NEXT_ITERATION, REF_ENTER, REF_EXIT, REF_NEXT_ITERATION
from .shape_invariants import check_shape_invariant, set_shape_invariants

_ABOUT_SHAPES = frozenset({"Shape", "Size", "Rank"})


class WhileContext(ControlFlowContext):
    """A loop.

    Args:
      maximum_iterations: how many iterations there are at the most, a scalar tensor; None: no limit is known.
      parallel_iterations, back_prop, swap_memory: as in `while_loop`.
      name: the name of the frame, made unique.
      grad_state: of the loop of a gradient, the state of the walk backwards through the loop it belongs to.
    """

    def __init__(
        self,
        maximum_iterations: Any = None,
        parallel_iterations: int = 10,
        back_prop: bool = True,
        swap_memory: bool = False,
        name: str = "while_context",
        grad_state: Any = None,
    ) -> None:
        super().__init__()
        self._name = get_default_graph().unique_name(name)
        self._maximum_iterations = maximum_iterations
        self._parallel_iterations = parallel_iterations
        self._back_prop = back_prop
        self._swap_memory = swap_memory
        self._grad_state = grad_state
        self._pivot_for_pred: Any = None
        self._pivot_for_body: Any = None
        self._pivot: Any = None
        self._loop_exits: list[Any] = []
        self._loop_enters: list[Any] = []

    def to_proto(self, export_scope: str | None = None) -> Any:
        """The context as a message, without a name scope; None if it is not in that scope."""
        if not in_scope(self._name, export_scope):
            return None
        maximum = self._maximum_iterations
        message = proto.WhileContextDef(
            context_name=without(self._name, export_scope),
            parallel_iterations=self._parallel_iterations,
            back_prop=self._back_prop,
            swap_memory=self._swap_memory,
            pivot_for_pred_name=without(self._pivot_for_pred.name, export_scope),
            pivot_for_body_name=without(self._pivot_for_body.name, export_scope),
            pivot_name=without(self._pivot.name, export_scope),
            maximum_iterations_name="" if maximum is None else without(maximum.name, export_scope),
            loop_exit_names=[without(item.name, export_scope) for item in self._loop_exits],
            loop_enter_names=[without(item.name, export_scope) for item in self._loop_enters],
            values_def=values_message(self, export_scope),
        )
        add_nested(message, self, export_scope)
        return message

    @classmethod
    def of_message(cls, message: Any, import_scope: str | None) -> WhileContext:
        """The context that a message describes, of operations that were imported."""
        result = cls.__new__(cls)
        ControlFlowContext.__init__(result)
        result._name = f"{import_scope.rstrip('/')}/{message.context_name}" if import_scope else message.context_name
        result._maximum_iterations = tensor_of(message.maximum_iterations_name, import_scope)
        result._parallel_iterations = message.parallel_iterations
        result._back_prop = message.back_prop
        result._swap_memory = message.swap_memory
        result._grad_state = None
        result._pivot_for_pred = tensor_of(message.pivot_for_pred_name, import_scope)
        result._pivot_for_body = tensor_of(message.pivot_for_body_name, import_scope)
        result._pivot = tensor_of(message.pivot_name, import_scope)
        result._loop_exits = [tensor_of(name, import_scope) for name in message.loop_exit_names]
        result._loop_enters = [tensor_of(name, import_scope) for name in message.loop_enter_names]
        restore_values(result, message.values_def, import_scope)
        for tensor in result._loop_enters:
            tensor.op._set_control_flow_context(result)
        return result

    @property
    def maximum_iterations(self) -> Any:
        """How many iterations there are at the most, or None."""
        return self._maximum_iterations

    @property
    def parallel_iterations(self) -> int:
        """How many iterations may run at once."""
        return self._parallel_iterations

    @property
    def back_prop(self) -> bool:
        """Whether gradients are wanted."""
        return self._back_prop

    @property
    def swap_memory(self) -> bool:
        """Whether what gradients need may be moved elsewhere."""
        return self._swap_memory

    @property
    def pivot(self) -> Any:
        """The loop's condition."""
        return self._pivot

    @property
    def grad_state(self) -> Any:
        """Of the loop of a gradient, what that knows of the loop it belongs to."""
        return self._grad_state

    @property
    def loop_enters(self) -> list[Any]:
        """The loop variables where they enter."""
        return self._loop_enters

    @property
    def loop_exits(self) -> list[Any]:
        """The loop variables where they leave."""
        return self._loop_exits

    def IsWhileContext(self) -> bool:
        """Whether this is a loop: yes."""
        return True

    def GetWhileContext(self) -> Any:
        """The innermost loop: this one."""
        return self

    def GetControlPivot(self) -> Any:
        """The tensor that is alive when operations of this context may run."""
        return self._pivot_for_body if self._pivot_for_body is not None else self._pivot_for_pred

    # Values from outside.

    def AddValue(self, val: Tensor) -> Any:
        """The tensor that stands for `val` inside."""
        if val.name in self._values or val.op._get_control_flow_context() is self:
            return self._external_values.get(val.name, val)
        self._values.add(val.name)
        saved = self._saved_by_forward_loop(val)
        if saved is not None:
            self._external_values[val.name] = saved
            return saved
        result = val if self._outer_context is None else self._outer_context.AddValue(val)
        with control_dependencies(None):
            entered = self.enter(result, True)
        self._fix_enters([entered])
        self._values.add(entered.name)
        self._external_values[val.name] = entered
        return entered

    def _saved_by_forward_loop(self, val: Tensor) -> Any:
        """In the loop of a gradient, a value of the loop it belongs to, as that loop left it; else None."""
        context = get_default_graph()._get_control_flow_context()
        context = None if context is None else context.GetWhileContext()
        if context is None or context.grad_state is None:
            return None
        forward = while_context_of(val.op)
        if val.op.op_def.flow == "exit" and forward is not None:
            forward = forward.outer_context
            forward = None if forward is None else forward.GetWhileContext()
        if forward is None or forward is not context.grad_state.forward_context:
            return None
        return context.grad_state.GetRealValue(val)

    def enter(self, data: Any, is_constant: bool, name: str | None = None) -> Any:
        """Bring a value into the loop, as a loop variable or as an invariant."""
        if hasattr(data, "_nest_components"):
            return data._nest_rebuild([self.enter(part, is_constant, name) for part in data._nest_components()])
        op_def = REF_ENTER if data._dtype._is_ref_dtype else ENTER
        result = build(
            op_def,
            data,
            name=name,
            frame_name=self._name,
            is_constant=is_constant,
            parallel_iterations=self._parallel_iterations,
        )
        result.graph._unfeedable.add(result)
        return result

    def _fix_enters(self, enters: list[Any], wait: bool = False) -> None:
        """Enters stand in this context; loop variables that are invariants around wait for the context around."""
        pivot = None
        outer = self._outer_context if wait else None
        while outer is not None and pivot is None:
            pivot = outer.GetControlPivot()
            outer = outer.outer_context
        for entered in enters:
            if pivot is not None and is_invariant(entered.op._inputs[0]._op):
                entered.op._add_control_input(pivot.op)
            entered.op._set_control_flow_context(self)
            self._wait_outside(entered.op)
            self._guard_outputs(entered.op)

    def _wait_outside(self, entered: Operation) -> None:
        """What the blocks around say of control dependencies holds of an enter, and by it of all that is behind."""
        groups = entered.graph._scopes.control
        if not groups:
            return
        entered._add_control_inputs([op for op in control_inputs_for(entered, groups) if self._is_around(op)])
        for group in groups:
            group.seen.add(entered)

    def _is_around(self, op: Operation) -> bool:
        """Whether an operation is in a context around this one, no further out than the loop around."""
        wanted = output_context(op)
        context = self._outer_context
        loop = None if context is None else context.GetWhileContext()
        while context is not wanted:
            if context is None or context is loop:
                return False
            context = context.outer_context
        return True

    # Operations.

    def AddOp(self, op: Operation) -> None:
        """Take in a new operation: what it takes from outside comes in."""
        if op.op_def.name in _ABOUT_SHAPES and self.grad_state is not None and self._add_to_forward(op):
            return
        external = self._bring_in_inputs(op)
        names = [output.name for output in op._outputs]
        context: Any = self
        while context is not None:
            context._values.update(names)
            context = context._outer_context
        outputs = [other._outputs[0] for other in external if other._outputs]
        if outputs:
            with control_dependencies(None), self.entered():
                op._add_control_inputs([identity(output).op for output in outputs])
        self._guard_outputs(op)

    def _add_to_forward(self, op: Operation) -> bool:
        """A shape that a gradient asks of a value of its forward loop is taken there: it is smaller than the value."""
        context = get_default_graph()._get_control_flow_context()
        context = None if context is None else context.GetWhileContext()
        if context is None or context.grad_state is None:
            return False
        source = op._inputs[0]._op
        if while_context_of(source) is not context.grad_state.forward_context:
            return False
        home = source._get_control_flow_context()
        op._set_control_flow_context(home)
        home.AddOp(op)
        return True

    def _bring_in_inputs(self, op: Operation) -> list[Operation]:
        """Let the inputs of an operation come from inside. Returns: control inputs from outside, taken away."""
        if not op._inputs:
            internal, external = self._split_control_inputs(op)
            if not internal:
                op._add_control_input(self.GetControlPivot().op)
            return external
        for index, tensor in enumerate(op._inputs):
            real = self.AddValue(tensor)
            if real is not tensor:
                op._update_input(index, real)
        _, external = self._split_control_inputs(op)
        if not op._control_inputs and all(is_invariant(tensor._op) for tensor in op._inputs):
            op._add_control_input(self.GetControlPivot().op)  # it would run although no iteration begins
        return external

    # The loop.

    def BuildLoop(
        self, pred: Any, body: Any, loop_vars: Any, shape_invariants: Any, return_same_structure: bool
    ) -> Any:
        """Build the loop. Returns: the structure of its results."""
        originals = nest.map_structure(flow_of, loop_vars)
        flat = [
            item if isinstance(item, Tensor) else convert_to_tensor(item)
            for item in nest.flatten(originals, expand_composites=True)
        ]
        with self.entered():
            body_result, exits = self._build(pred, body, loop_vars, flat, shape_invariants)
        return self._packed(body_result, exits, return_same_structure)

    def _build(
        self, pred: Any, body: Any, loop_vars: Any, flat: list[Any], shape_invariants: Any
    ) -> tuple[Any, list[Any]]:
        real = flat if self._outer_context is None else [self._outer_context.AddValue(item) for item in flat]
        with control_dependencies(None):
            enters = [self.enter(item, False) for item in real]
            if shape_invariants is None:
                for item, entered in zip(real, enters):
                    entered._extents = item._extents
        invariants = set_shape_invariants(loop_vars, real, enters, shape_invariants)
        self._fix_enters(enters, wait=True)
        self._values = {item.name for item in enters}
        self._loop_enters = enters
        merges = [merge([item, item])[0] for item in enters]
        self._pivot_for_pred = merges[0]
        condition = convert_to_tensor(pred(*_arguments(loop_vars, merges)))
        self._pivot = build(LOOP_COND, condition, name="LoopCond")
        switches = [switch_ref_or_tensor(item, self._pivot) for item in merges]
        inside = [_same(pair[1]) for pair in switches]
        self._pivot_for_body = inside[0]
        body_result = body(*_arguments(loop_vars, inside))
        if not nest.is_nested_or_composite(body_result):
            body_result = [body_result]
        results = _flat_results(body_result, loop_vars)
        for merged, after, invariant in zip(merges, results, invariants):
            self._add_back_edge(merged, after, invariant, shape_invariants is not None)
        exits = [_exit(pair[0]) for pair in switches]
        self._loop_exits = exits
        self.ExitResult(exits)
        return body_result, exits

    def _add_back_edge(self, merged: Tensor, after: Any, invariant: Any, enforce: bool) -> None:
        op_def = REF_NEXT_ITERATION if merged._dtype._is_ref_dtype and after._dtype._is_ref_dtype else NEXT_ITERATION
        after = build(op_def, after)
        check_shape_invariant(merged, after, invariant)
        merged.op._update_input(1, after)

    def _packed(self, body_result: Any, exits: list[Any], same_structure: bool) -> Any:
        """The results in the structure that the body returned."""
        packed = _with_arrays(body_result, exits)
        if same_structure or not isinstance(packed, (list, tuple)) or hasattr(packed, "_fields"):
            return packed
        return packed[0] if len(packed) == 1 else packed


def _same(tensor: Tensor) -> Any:
    """The identity of a loop variable at the beginning of the body; a reference stays one."""
    return build(lookup("RefIdentity" if tensor._dtype._is_ref_dtype else "Identity"), tensor)


def _exit(tensor: Tensor) -> Any:
    return build((REF_EXIT if tensor._dtype._is_ref_dtype else EXIT), tensor)


def _arguments(loop_vars: Any, tensors: list[Any]) -> Any:
    """The arguments of the condition and the body: tensors in the structure of the loop variables."""
    return _with_arrays(loop_vars, tensors)


def _with_arrays(structure: Any, tensors: list[Any]) -> Any:
    """Tensors in a structure, with a TensorArray where it has one."""
    flat = nest.flatten(structure, expand_composites=False)
    left = list(tensors)
    built: list[Any] = []
    for item in flat:
        if hasattr(item, "_nest_components"):
            count = len(nest.flatten(item, expand_composites=True))
            built.append(nest.pack_sequence_as(item, left[:count], expand_composites=True))
            del left[:count]
            continue
        tensor = left.pop(0)
        built.append(item._with_flow(tensor) if hasattr(item, "_is_tensor_array") else tensor)
    return nest.pack_sequence_as(structure, built)


def _flat_results(body_result: Any, loop_vars: Any) -> list[Any]:
    """What the body returned as tensors, checked to have the structure of the loop variables."""
    results = body_result if nest.is_nested(body_result) else [body_result]
    wanted = loop_vars
    if not isinstance(results, (list, tuple)) or (len(wanted) == 1 and isinstance(results, dict)):
        results = [results]
    nest.assert_same_structure(list(wanted), list(results), check_types=False)
    flat = nest.flatten(nest.map_structure(flow_of, list(results)), expand_composites=True)
    return [item if isinstance(item, Tensor) else convert_to_tensor(item) for item in flat]
