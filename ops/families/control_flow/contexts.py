"""What the branches and loops being built share: which operations stand in them, and what they take from outside.

The context in force is `graph._get_control_flow_context()`; a new operation is added to it with `AddOp`, which puts
the values from outside through a `Switch` (of a branch) or an `Enter` (of a loop). Names are TensorFlow's, which
programs use: `op._get_control_flow_context().outer_context`.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from ...base import nest
from ...building.build import build
from ...building.convert import convert_to_tensor
from ...building.default_graph import control_dependencies, get_default_graph, name_scope
from ...graph.node import Tensor
from ...graph.operation import Operation
from .flow_ops import MERGE, REF_MERGE, REF_SWITCH, SWITCH


class ControlFlowContext:
    """A branch (`CondContext`) or a loop (`WhileContext`)."""

    def __init__(self) -> None:
        self._values: set[str] = set()  # names of the tensors known inside
        self._external_values: dict[str, Any] = {}  # from a name outside to the tensor that stands for it inside
        self._outer_context: Any = get_default_graph()._get_control_flow_context()
        self._context_stack: list[Any] = []
        self._nested_contexts: list[Any] = []
        self._name = ""
        if self._outer_context is not None:
            self._outer_context._nested_contexts.append(self)

    @property
    def name(self) -> str:
        """A name that is unique in the graph."""
        return self._name

    @property
    def outer_context(self) -> Any:
        """The context around this one, or None."""
        return self._outer_context

    @property
    def grad_state(self) -> Any:
        """Of the loop of a gradient, what it knows of the loop it belongs to."""
        return None

    @property
    def back_prop(self) -> bool:
        """Whether gradients are wanted."""
        return False

    def Enter(self) -> None:
        """Add new operations to this context from now on."""
        graph = get_default_graph()
        self._context_stack.append(graph._get_control_flow_context())
        graph._set_control_flow_context(self)

    def Exit(self) -> None:
        """Go back to the context before."""
        get_default_graph()._set_control_flow_context(self._context_stack.pop())

    @contextmanager
    def entered(self) -> Iterator[None]:
        """Add the operations of the block to this context."""
        self.Enter()
        try:
            yield
        finally:
            self.Exit()

    def ExitResult(self, result: Any) -> None:
        """Make the results known to the context around."""
        if self._outer_context is not None:
            for item in nest.flatten(result, expand_composites=True):
                self._outer_context.AddName(item.name)

    def AddName(self, name: str) -> None:
        """Make a tensor known inside, by its name."""
        self._values.add(name)

    def AddOp(self, op: Operation) -> None:
        """Take in a new operation."""
        raise NotImplementedError

    def AddValue(self, val: Tensor) -> Any:
        """The tensor that stands for `val` inside."""
        raise NotImplementedError

    def GetWhileContext(self) -> Any:
        """The innermost loop around, or None."""
        return None if self._outer_context is None else self._outer_context.GetWhileContext()

    def GetControlPivot(self) -> Any:
        """The tensor that is alive when operations of this context may run."""
        return None

    def to_proto(self, export_scope: str | None = None) -> Any:
        """The context as a message, without the name scope `export_scope`; None if it is not in that scope."""
        raise NotImplementedError

    def IsWhileContext(self) -> bool:
        """Whether this is a loop."""
        return False

    def IsCondContext(self) -> bool:
        """Whether this is a branch."""
        return False

    def _split_control_inputs(self, op: Operation) -> tuple[list[Operation], list[Operation]]:
        """Keep the control inputs from inside the same loop. Returns: these, and those that were taken away."""
        loop = self.GetWhileContext()
        if loop is None:
            return op.control_inputs, []
        internal: list[Operation] = []
        external: list[Operation] = []
        for other in op.control_inputs:
            context = output_context(other)
            inside = context is not None and context.GetWhileContext() is loop
            (internal if inside else external).append(other)
        if external:
            op._remove_all_control_inputs()
            op._add_control_inputs(internal)
        return internal, external

    def _guard_outputs(self, op: Operation) -> None:
        """Refuse feeds and fetches of what may not run, or runs several times."""
        if self._outer_context is None and op.op_def.flow == "exit":
            return
        graph = op.graph
        graph._unfetchable.add(op)
        graph._unfeedable.update(op._outputs)


def output_context(op: Operation) -> Any:
    """The context of the outputs of an operation: of an exit, the one around its loop."""
    context = op._get_control_flow_context()
    if op.op_def.flow == "exit" and context is not None:
        context = context.outer_context
    return context


def while_context_of(op: Operation) -> Any:
    """The innermost loop an operation is in, or None."""
    context = op._get_control_flow_context()
    return None if context is None else context.GetWhileContext()


def is_invariant(op: Operation) -> bool:
    """Whether an operation brings a value into a loop that is the same in all iterations."""
    return op.op_def.flow == "enter" and bool(op.attrs["is_constant"])


def loop_constant_source(op: Operation) -> Any:
    """The operation outside of all loops whose value an invariant is; None if it is made inside of one."""
    while is_invariant(op):
        op = op._inputs[0]._op
    return op


def switch(data: Any, pred: Any, dtype: Any = None, name: str | None = None) -> Any:
    """Return `(output_false, output_true)`: `data` goes to one of them, the other is dead."""
    with name_scope(name, "Switch", [data, pred]) as scope:
        if not hasattr(data, "_nest_components"):
            data = convert_to_tensor(data, dtype=dtype, name="data")
        pred = convert_to_tensor(pred, name="pred")
        if isinstance(data, Tensor):
            return tuple(build(SWITCH, data, pred, name=scope))
        pairs = [build(SWITCH, part, pred, name=scope) for part in data._nest_components()]
        return tuple(data._nest_rebuild([pair[side] for pair in pairs]) for side in (0, 1))


def ref_switch(data: Any, pred: Any, name: str | None = None) -> Any:
    """`switch` of a variable's reference."""
    return tuple(build(REF_SWITCH, data, pred, name=name))


def switch_ref_or_tensor(data: Any, pred: Any, name: str = "Switch") -> Any:
    """`switch`, placed where `data` is."""
    if not hasattr(data, "_nest_components"):
        data = convert_to_tensor(data, as_ref=True)
    with get_default_graph().colocate_with(data, ignore_existing=True):
        if isinstance(data, Tensor) and data._dtype._is_ref_dtype:
            return ref_switch(data, pred, name=name)
        return switch(data, pred, name=name)


def merge(inputs: Any, name: str | None = None) -> Any:
    """Return `(output, value_index)`: the one of `inputs` that is alive, and which it is."""
    if any(item is None for item in inputs):
        raise ValueError(f"At least one of the merge inputs is None: {inputs}")
    with name_scope(name, "Merge", inputs) as scope:
        if any(hasattr(item, "_nest_components") for item in inputs):
            return _merge_composites(inputs, scope)
        tensors = [convert_to_tensor(item, as_ref=True) for item in inputs]
        op_def = REF_MERGE if all(tensor._dtype._is_ref_dtype for tensor in tensors) else MERGE
        return tuple(build(op_def, tensors, name=scope))


def _merge_composites(inputs: Any, scope: str) -> Any:
    first = inputs[0]
    parts = [
        build(MERGE, list(group), name=scope)
        for group in zip(*(item._nest_components() for item in inputs), strict=True)
    ]
    return first._nest_rebuild([part[0] for part in parts]), parts[0][1]


@contextmanager
def no_control_dependencies() -> Iterator[None]:
    """Build outside of all contexts and control dependencies."""
    with control_dependencies(None):
        yield
