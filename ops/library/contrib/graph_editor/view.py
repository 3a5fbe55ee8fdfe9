"""`SubGraphView`: some operations of a graph, with the tensors that come into them and go out."""

from __future__ import annotations

from typing import Any

from .lists import make_list_of_op, make_list_of_t, unique
from .select import get_name_scope_ops, select_ops_and_ts


def compute_boundary_ts(ops: Any) -> tuple[list[Any], list[Any], list[Any]]:
    """Return the tensors that come from outside into operations, those that go out or nowhere, those used within."""
    ops = make_list_of_op(ops)
    inside = {id(op) for op in ops}
    inputs = unique(t for op in ops for t in op.inputs if id(t.op) not in inside)
    results = [(t, [id(user) in inside for user in t.consumers()]) for op in ops for t in op.outputs]
    outputs = [t for t, within in results if not all(within) or not within]
    return inputs, outputs, [t for t, within in results if any(within)]


class SubGraphView:
    """Operations of a graph, seen as one that has inputs and outputs.

    Args:
      inside_ops: the operations.
      passthrough_ts: tensors that are inputs and outputs at once.
    """

    def __init__(self, inside_ops: Any = (), passthrough_ts: Any = ()) -> None:
        self._ops = unique(make_list_of_op(inside_ops))
        inputs, outputs, self._within = compute_boundary_ts(self._ops)
        passing = make_list_of_t(passthrough_ts)
        self._inputs, self._outputs = unique([*inputs, *passing]), unique([*outputs, *passing])

    ops = property(lambda self: list(self._ops), doc="The operations.")
    inputs = property(lambda self: list(self._inputs), doc="The tensors that come from outside.")
    outputs = property(lambda self: list(self._outputs), doc="The tensors that go out, or that nothing takes.")

    @property
    def graph(self) -> Any:
        """The graph, or None of an empty view."""
        return next((item.graph for item in (*self._ops, *self._inputs)), None)

    def op(self, op_id: int) -> Any:
        """Return one of the operations."""
        return self._ops[op_id]

    def consumers(self) -> list[Any]:
        """Return the operations outside that take the outputs."""
        inside = {id(op) for op in self._ops}
        return unique(user for t in self._outputs for user in t.consumers() if id(user) not in inside)

    def remap_inputs(self, new_input_indices: Any) -> SubGraphView:
        """Return a view with these of the inputs, by index or tensor, in this order."""
        return self._with(inputs=_picked(self._inputs, new_input_indices))

    def remap_outputs(self, new_output_indices: Any) -> SubGraphView:
        """Return a view with these of the outputs, by index or tensor, in this order."""
        return self._with(outputs=_picked(self._outputs, new_output_indices))

    def _with(self, inputs: Any = None, outputs: Any = None) -> SubGraphView:
        made = SubGraphView(self._ops)
        made._inputs = list(self._inputs if inputs is None else inputs)
        made._outputs = list(self._outputs if outputs is None else outputs)
        return made

    def __len__(self) -> int:
        return len(self._ops)

    def __iter__(self) -> Any:
        return iter(self._ops)

    def __bool__(self) -> bool:
        return self.graph is not None


def _picked(tensors: list[Any], which: Any) -> list[Any]:
    return [tensors[item] if isinstance(item, int) else item for item in which]


def make_view(*args: Any, **kwargs: Any) -> SubGraphView:
    """Return a view of operations and tensors, given as to `select_ops_and_ts`, or the view that is given."""
    if len(args) == 1 and isinstance(args[0], SubGraphView):
        return args[0]
    if any(isinstance(arg, str) for arg in args):
        return SubGraphView(*select_ops_and_ts(*args, **kwargs))
    items = [item for arg in args for item in (arg if hasattr(arg, "__iter__") and not _is_node(arg) else [arg])]
    ops = make_list_of_op([item for item in items if not _is_tensor(item)])
    return SubGraphView(ops, [item for item in items if _is_tensor(item)])


def _is_tensor(item: Any) -> bool:
    return hasattr(item, "consumers") and hasattr(item, "op")


def _is_node(item: Any) -> bool:
    return _is_tensor(item) or hasattr(item, "control_inputs")


def make_view_from_scope(scope: str, graph: Any) -> SubGraphView:
    """Return a view of the operations in a scope of names."""
    return SubGraphView(get_name_scope_ops(graph, scope))


sgv, sgv_scope = make_view, make_view_from_scope
