"""`CondContext`: one branch of a `cond` while it is built."""

from __future__ import annotations

from typing import Any

from ... import proto
from ...base import nest
from ...building.basic_ops import identity
from ...building.convert import convert_to_tensor
from ...building.default_graph import control_dependencies
from ...graph.node import Tensor
from ...graph.operation import Operation
from .context_messages import add_nested, in_scope, restore_values, tensor_of, values_message, without
from .contexts import ControlFlowContext, output_context, switch_ref_or_tensor


class CondContext(ControlFlowContext):
    """One branch.

    Args:
      pred: the condition, a boolean scalar.
      pivot: a tensor that is alive when the branch runs.
      branch: 1 for the branch of a true condition, 0 for the other.
      name: made unique.
    """

    def __init__(self, pred: Any, pivot: Any, branch: int, name: str = "cond_text") -> None:
        super().__init__()
        self._pred = pred
        self._pivot = pivot
        self._branch = branch
        self._name = pred.graph.unique_name(name)
        for tensor in (pred, pivot):
            self._values.add(tensor.name)
        self._external_values[pred.name] = pred
        pivot.op._set_control_flow_context(self)

    def to_proto(self, export_scope: str | None = None) -> Any:
        """The context as a message, without a name scope; None if it is not in that scope."""
        if not in_scope(self._name, export_scope):
            return None
        message = proto.CondContextDef(
            context_name=without(self._name, export_scope),
            pred_name=without(self._pred.name, export_scope),
            pivot_name=without(self._pivot.name, export_scope),
            branch=self._branch,
            values_def=values_message(self, export_scope),
        )
        add_nested(message, self, export_scope)
        return message

    @classmethod
    def of_message(cls, message: Any, import_scope: str | None) -> CondContext:
        """The context that a message describes, of operations that were imported."""
        result = cls.__new__(cls)
        ControlFlowContext.__init__(result)
        result._name = _scoped_name(message.context_name, import_scope)
        result._pred = tensor_of(message.pred_name, import_scope)
        result._pivot = tensor_of(message.pivot_name, import_scope)
        result._branch = message.branch
        restore_values(result, message.values_def, import_scope)
        return result

    @property
    def pred(self) -> Any:
        """The condition."""
        return self._pred

    @property
    def pivot(self) -> Any:
        """The tensor that is alive when the branch runs."""
        return self._pivot

    @property
    def branch(self) -> int:
        """1 for the branch of a true condition, 0 for the other."""
        return self._branch

    @property
    def grad_state(self) -> Any:
        """Of a branch in the loop of a gradient, what that knows of the loop it belongs to."""
        loop = self.GetWhileContext()
        return None if loop is None else loop.grad_state

    @property
    def back_prop(self) -> bool:
        """Whether gradients are wanted."""
        loop = self.GetWhileContext()
        return False if loop is None else loop.back_prop

    def GetControlPivot(self) -> Any:
        """The tensor that is alive when operations of this context may run."""
        return self._pivot

    def IsCondContext(self) -> bool:
        """Whether this is a branch: yes."""
        return True

    def AddValue(self, val: Tensor) -> Any:
        """The tensor that stands for `val` inside."""
        if val.name in self._values:
            known = self._external_values.get(val.name)
            return val if known is None else known
        result = val
        self._values.add(val.name)
        if self._outer_context is not None:
            result = self._outer_context.AddValue(val)
            self._values.add(result.name)
            self._external_values[result.name] = result
        with control_dependencies(None):
            result = switch_ref_or_tensor(result, self._pred)[self._branch]
        result.op._set_control_flow_context(self)
        self._guard_outputs(result.op)
        context = self
        while context is not None:  # it is no value from outside for any of them
            context._values.add(result.name)
            context = context._outer_context
        self._external_values[val.name] = result
        return result

    def AddOp(self, op: Operation) -> None:
        """Take in a new operation: what it takes from outside comes in."""
        if not op._inputs:
            internal, _ = self._split_control_inputs(op)
            if not any(_is_inside(other, self) for other in internal):
                op._add_control_input(self._pivot.op)
        else:
            for index, tensor in enumerate(op._inputs):
                if op.op_def.flow == "merge" and tensor._op.op_def.flow == "next":
                    continue
                real = self.AddValue(tensor)
                if real is not tensor:
                    op._update_input(index, real)
            self._split_control_inputs(op)
        for output in op._outputs:
            self._values.add(output.name)
        self._guard_outputs(op)
        context = self._outer_context
        while context is not None:
            for output in op._outputs:
                context._values.add(output.name)
            context = context._outer_context

    def BuildCondBranch(self, fn: Any) -> tuple[Any, Any]:
        """Call the function of a branch. Returns: what it returned, and that as tensors of the branch."""
        original = fn()
        if original is None:
            return None, None
        if isinstance(original, Operation):
            return original, [self._after(original)]
        original = nest.map_structure(flow_of, original)
        result = nest.map_structure(self._inner, original, expand_composites=True)
        if not isinstance(result, (list, tuple)):
            result = [result]
        return original, result

    def _after(self, op: Operation) -> Any:
        """The pivot, given on after an operation: what stands for its having run."""
        with control_dependencies([op]):
            return identity(self._pivot, name="control_dependency")

    def _inner(self, value: Any) -> Any:
        if isinstance(value, Operation):
            return self._after(value)
        return self._output(convert_to_tensor(value))

    def _output(self, val: Any) -> Any:
        """The tensor of the branch for one that its function returned: it may come from outside, `lambda: x`."""
        if val.name in self._values:
            known = self._external_values.get(val.name)
            return val if known is None else known
        real = val
        self._values.add(val.name)
        if self._outer_context is not None:
            real = self._outer_context.AddValue(val)
            self._values.add(real.name)
            self._external_values[real.name] = real
        real = switch_ref_or_tensor(real, self._pred)[self._branch]
        self._external_values[val.name] = real
        return real


def _scoped_name(name: str, scope: str | None) -> str:
    return f"{scope.rstrip('/')}/{name}" if scope else name


def flow_of(value: Any) -> Any:
    """The flow of a TensorArray, through which it passes branches and loops; anything else as it is."""
    return value.flow if hasattr(value, "_is_tensor_array") else value


def _is_inside(op: Operation, context: Any) -> bool:
    inner = output_context(op)
    while inner is not None:
        if inner is context:
            return True
        inner = inner.outer_context
    return False
