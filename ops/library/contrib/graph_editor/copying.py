"""Copies of parts of graphs, some of whose inputs are others: `copy_with_input_replacements`, `graph_replace`."""

from __future__ import annotations

from itertools import count
from typing import Any

from ....base import nest
from ....building.default_graph import get_default_graph
from ....graph.make_node import finish
from ....graph.node import Tensor
from ....graph.operation import Operation
from .lists import make_list_of_t
from .placeholders import make_placeholder_from_tensor
from .select import get_walks_intersection_ops
from .view import SubGraphView, make_view


class TransformerInfo:
    """What a copy was made of.

    Args:
      ops: the copies, by the operations they are of; ts: the same for tensors.
    """

    def __init__(self, ops: dict[Any, Any], ts: dict[Any, Any], scope: str, new_scope: str) -> None:
        self._transformed_ops, self._transformed_ts = ops, ts
        self.scope, self.scope_ = scope, new_scope

    def transformed(self, original: Any, missing_fn: Any = None) -> Any:
        """Return the copy of an operation, tensor or structure; for others what `missing_fn` gives, or None."""
        return self._mapped(original, self._transformed_ops, self._transformed_ts, missing_fn)

    def original(self, transformed: Any, missing_fn: Any = None) -> Any:
        """Return what an operation, a tensor or each of a structure is a copy of."""
        ops = {copy: op for op, copy in self._transformed_ops.items()}
        ts = {copy: t for t, copy in self._transformed_ts.items()}
        return self._mapped(transformed, ops, ts, missing_fn)

    def _mapped(self, structure: Any, ops: dict[Any, Any], ts: dict[Any, Any], missing_fn: Any) -> Any:
        def one(item: Any) -> Any:
            known = ts if isinstance(item, Tensor) else ops
            return known[item] if item in known else None if missing_fn is None else missing_fn(item)

        if isinstance(structure, SubGraphView):
            return SubGraphView([copy for op in structure.ops if (copy := one(op)) is not None])
        return nest.map_structure(one, structure)


def copy_with_input_replacements(
    sgv: Any, replacement_ts: Any, dst_graph: Any = None, dst_scope: str = "", src_scope: str = "",
    reuse_dst_scope: bool = False,
) -> tuple[SubGraphView, TransformerInfo]:  # fmt: skip
    """Copy operations; what they take from outside is another tensor where one is given.

    Args:
      sgv: a view, or what makes one.
      replacement_ts: tensors, by those that they stand for.
      dst_graph: the graph of the copies; default: that of the operations.
      dst_scope: a scope of names for the copies; src_scope: the scope that is taken off their names.
      reuse_dst_scope: whether the scope may be there already.
    Returns: a view of the copies, and what tells of which operation each is.
    Raises: TypeError for other arguments, ValueError if another graph lacks an input.
    """
    sgv = make_view(sgv)
    graph = dst_graph or sgv.graph or get_default_graph()
    replaced = {_tensor(old): _tensor(new) for old, new in dict(replacement_ts).items()}
    scope = _new_scope(graph, dst_scope, reuse_dst_scope)
    old_scope = f"{src_scope.removesuffix('/')}/" if src_scope else ""
    made = _Copies(graph, replaced, old_scope, scope)
    for op in _in_order(sgv.ops):
        made.add(op)
    made.close_loops()
    info = TransformerInfo(made.ops, made.ts, old_scope, scope)
    copies = SubGraphView(made.ops.values())
    within = [made.ts[t] for t in sgv.inputs if t in made.ts]
    return copies._with(inputs=within), info


def _in_order(ops: list[Operation]) -> list[Operation]:
    """Operations as they were made, but each after those it needs; loops are cut at their ways back."""
    inside, done = set(ops), dict[Operation, None]()
    for op in sorted(ops, key=lambda op: op._id):
        stack = {} if op in done else {op: None}
        while stack:
            top = next(reversed(stack))
            needed = [*(t.op for t in top.inputs if t.op.type != "NextIteration"), *top.control_inputs]
            first = next((o for o in needed if o in inside and o not in done and o not in stack), None)
            if first is not None:
                stack[first] = None
            else:
                done[top] = stack.pop(top)
    return [*done]


def _new_scope(graph: Any, scope: str, reuse: bool) -> str:
    scope = scope.removesuffix("/")
    if not scope:
        return ""
    return f"{scope if reuse else graph.unique_name(scope)}/"


def _tensor(value: Any) -> Tensor:
    found: Tensor = value._as_graph_element() if hasattr(value, "_as_graph_element") else make_list_of_t(value)[0]
    return found


class _Copies:
    """The copies made so far."""

    def __init__(self, graph: Any, replaced: dict[Tensor, Tensor], scope: str, new_scope: str) -> None:
        self.graph, self.replaced, self.scope, self.new_scope = graph, replaced, scope, new_scope
        self.ops: dict[Operation, Operation] = {}
        self.ts: dict[Tensor, Tensor] = {}
        self.late: list[tuple[Operation, int, Tensor]] = []
        self.names: dict[int, list[Any]] | None = None
        self.frames: dict[Any, Any] = {}

    def add(self, op: Operation) -> None:
        """Copy one operation, with attributes, device, control edges and collections."""
        self.graph._check_not_finalized()
        name = op.name.removeprefix(self.scope)
        unique = self.graph.unique_name(f"{self.new_scope}{name}")
        inputs = [self._input(t) for t in op.inputs]
        early = [t for t in inputs if t is not None]
        filled = tuple(early[0] if t is None else t for t in inputs)  # a loop's way back: `close_loops`
        copy = finish(self.graph, op.op_def, filled, self._attrs(op), unique)
        copy._device = op._device
        copy._add_control_inputs([c for edge in op.control_inputs if (c := self._control(edge)) is not None])
        self.late += [(copy, index, t) for index, t in enumerate(op.inputs) if inputs[index] is None]
        self.ops[op] = copy
        self._collect(op, copy)
        for old, new in zip(op.outputs, copy.outputs):
            self.ts[old] = new
            new.set_shape(old.shape)
            self._collect(old, new)

    def _attrs(self, op: Operation) -> dict[str, Any]:
        """The attributes; a copied loop is another one, which TensorFlow 1.15 refuses to run for sharing the name."""
        attrs = dict(op.attrs)
        if "frame_name" in attrs:
            old = attrs["frame_name"]
            attrs["frame_name"] = self.frames.setdefault(old, self._frame(old))
        return attrs

    def _frame(self, old: Any) -> Any:
        taken = {op.attrs["frame_name"] for op in self.graph.get_operations() if "frame_name" in op.attrs}
        following = ((b"%b_%d" % (old, n)) if isinstance(old, bytes) else f"{old}_{n}" for n in count(1))
        return next(name for name in following if name not in taken)

    def _input(self, t: Tensor) -> Tensor | None:
        if t in self.replaced:
            return self.replaced[t]
        if t in self.ts:
            return self.ts[t]
        if t.op.type == "NextIteration":
            return None
        if t.graph is not self.graph:
            raise ValueError(f"{t!r} is of another graph than the copy: give a replacement for it.")
        return t

    def _control(self, op: Operation) -> Operation | None:
        return self.ops.get(op, op if op.graph is self.graph else None)

    def close_loops(self) -> None:
        """Give operations what was copied after them."""
        for op, index, t in self.late:
            op._update_input(index, self.ts.get(t, t))

    def _collect(self, old: Any, new: Any) -> None:
        """Add a copy to the collections of what it is a copy of."""
        if self.names is None:
            self.names = {}
            for name in old.graph.collections:
                for item in old.graph.get_collection_ref(name):
                    self.names.setdefault(id(item), []).append(name)
        for name in self.names.get(id(old), ()):
            self.graph.add_to_collection(name, new)


def copy(
    sgv: Any, dst_graph: Any = None, dst_scope: str = "", src_scope: str = "", reuse_dst_scope: bool = False
) -> tuple[SubGraphView, TransformerInfo]:
    """Copy operations; placeholders stand for what they take from outside. See `copy_with_input_replacements`."""
    sgv = make_view(sgv)
    graph = dst_graph or sgv.graph or get_default_graph()
    with graph.as_default():
        fed = {t: make_placeholder_from_tensor(t) for t in sgv.inputs}
    return copy_with_input_replacements(sgv, fed, graph, dst_scope, src_scope, reuse_dst_scope)


def graph_replace(
    target_ts: Any, replacement_ts: Any, dst_scope: str = "", src_scope: str = "", reuse_dst_scope: bool = False
) -> Any:
    """Return tensors as they would be if others stood for some they are computed from.

    Args:
      target_ts: a tensor, or a structure of them.
      replacement_ts: tensors, by those that they stand for.
      dst_scope, src_scope, reuse_dst_scope: see `copy_with_input_replacements`.
    Raises: ValueError if nothing that is computed from the replaced ones is needed.
    """
    flat = nest.flatten(target_ts)
    replaced = {_tensor(old): _tensor(new) for old, new in dict(replacement_ts).items()}
    between = get_walks_intersection_ops([*replaced], flat, control_inputs=True, control_outputs=True)
    if not between:
        raise ValueError("Targets and replacements are not connected!")
    _, info = copy_with_input_replacements(between, replaced, None, dst_scope, src_scope, reuse_dst_scope)
    return nest.map_structure(lambda t: info.transformed(t, lambda kept: replaced.get(kept, kept)), target_ts)
