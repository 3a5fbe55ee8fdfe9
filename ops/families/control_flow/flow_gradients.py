"""Gradients of the operations of branches and loops.

Each part's gradient is its mirror image: of an `Exit`, an `Enter`; of a `Switch`, a `Merge`; of a `Merge`, a `Switch`;
of an `Enter`, an `Exit`. The loop of gradients is built by the walk (`library/gradients/loops.py`), which enters its
context before it calls these; `grad_state` of that context is the walk's side of it.
"""

from __future__ import annotations

from typing import Any

from ...building.build import build
from ...definition.registry import lookup


def _context() -> Any:
    from ...building.default_graph import get_default_graph

    return get_default_graph()._get_control_flow_context()


def _merge(g: Any, tensors: list[Any], name: str | None = None) -> Any:
    return g("Merge", tensors, name=name)[0]


def _switch(g: Any, data: Any, pred: Any, name: str = "Switch") -> Any:
    with data.graph.colocate_with(data.op, ignore_existing=True):
        return g("Switch", data, pred, name=name)


def switch_gradient(g: Any, op: Any, dy_false: Any, dy_true: Any) -> Any:
    """Of a branch, a merge of both sides' gradients; of a loop, the merge that begins an iteration of gradients."""
    own = op._get_control_flow_context()
    if own is not None and own.IsWhileContext():
        return _loop_switch_gradient(g, op, dy_false, dy_true)
    gradients = [dy_false, dy_true]
    if own is not None and own.IsCondContext():
        if gradients[1 - own.branch] is None:
            return [None, None]
        return [_merge(g, gradients, "cond_grad"), None]
    pred = op.inputs[1]
    sides = [g("Switch", dy, pred)[side] for side, dy in enumerate(gradients)]
    return [_merge(g, sides), None]


def _loop_switch_gradient(g: Any, op: Any, dy_false: Any, dy_true: Any) -> Any:
    """Called twice: when the gradient of the exit is there, and when that of an iteration is."""
    merges = _context().grad_state.switch_map
    merged = merges.get(op)
    if merged is not None:
        if dy_true is not None:
            merged.op._update_input(1, g("NextIteration", dy_true))
        return [None, None]
    if dy_false is None:
        return [None, None]
    merges[op] = merged = _merge(g, [dy_false, dy_false], "b_switch")
    return [merged, None]


def merge_gradient(g: Any, op: Any, dy: Any, _: Any = None) -> Any:
    """A switch: the gradient goes to the input that was alive."""
    source = op.inputs[0].op
    own = source._get_control_flow_context()
    if source.op_def.flow == "exit":
        own = own.outer_context
    context = _context()
    if own is not None and own.IsWhileContext():
        return list(_switch(g, dy, context.pivot))
    if own is not None and own.IsCondContext():
        pred = own.pred
        if context is not None and context.grad_state is not None:
            pred = context.grad_state.pred_of(pred)
        return list(_switch(g, dy, pred, "cond_grad"))
    count = len(op.inputs)
    return [g("Switch", dy, g("Equal", op.outputs[1], index))[1] for index in range(count)]


def exit_gradient(g: Any, op: Any, dy: Any) -> Any:
    """The gradient enters the loop of gradients."""
    context = _context()
    if context is None or not context.back_prop:
        return [None]
    if op._get_control_flow_context().grad_state is not None:
        raise TypeError("Second-order gradient for while loops not supported.")
    parts = dy._nest_components() if hasattr(dy, "_nest_components") else [dy]
    for part in parts:
        context.AddName(part.name)
    with context.entered():
        entered = context.enter(dy, False, "b_exit")
        entered_parts = entered._nest_components() if hasattr(entered, "_nest_components") else [entered]
        for part, inner in zip(parts, entered_parts):
            inner._extents = part._extents
        context.loop_enters.extend(entered_parts)
    return [entered]


def next_gradient(g: Any, op: Any, dy: Any) -> Any:
    """The gradient itself."""
    return [dy]


def enter_gradient(g: Any, op: Any, dy: Any) -> Any:
    """The gradient leaves the loop of gradients; of an invariant, the sum over all iterations does."""
    context = _context()
    if context is None or not context.back_prop or context.grad_state is None:
        return [dy]
    if op.attrs["is_constant"]:
        return [context.grad_state.accumulated(op, dy)]
    left = build(lookup("Exit"), dy)
    context.loop_exits.append(left)
    context.ExitResult([left])
    return [left]
