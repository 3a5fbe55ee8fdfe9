"""Operations and tensors found by their names, by what they are, or by walking a graph from some of them."""

from __future__ import annotations

import re
from typing import Any

from ....graph.graph import Graph
from ....graph.node import Tensor
from .lists import get_consuming_ops, get_generating_ops, make_list_of_op, make_list_of_t, unique


def filter_ops(ops: Any, positive_filter: Any) -> list[Any]:
    """Return the operations for which a function holds; all of them for True."""
    ops = make_list_of_op(ops)
    return ops if positive_filter is True else [op for op in ops if positive_filter(op)]


def filter_ts(ops: Any, positive_filter: Any) -> list[Any]:
    """Return the inputs and outputs of operations for which a function holds; all of them for True."""
    tensors = unique(t for op in make_list_of_op(ops) for t in (*op.inputs, *op.outputs))
    return tensors if positive_filter is True else [t for t in tensors if positive_filter(t)]


def filter_ops_from_regex(ops: Any, regex: Any) -> list[Any]:
    """Return the operations in whose names a regular expression is found."""
    found = re.compile(regex)
    return filter_ops(ops, lambda op: found.search(op.name))


def filter_ts_from_regex(ops: Any, regex: Any) -> list[Any]:
    """Return the inputs and outputs of operations in whose names a regular expression is found."""
    found = re.compile(regex)
    return filter_ts(ops, lambda t: found.search(t.name))


def get_name_scope_ops(ops: Any, scope: str) -> list[Any]:
    """Return the operations within a scope of names."""
    scope = scope.removesuffix("/")
    return filter_ops_from_regex(ops, f"^{re.escape(scope)}(/.*)?$") if scope else make_list_of_op(ops)


def select_ops(*args: Any, **kwargs: Any) -> list[Any]:
    """Return operations: those given, those of lists, those whose names match regular expressions.

    Args:
      args: operations, lists of them, regular expressions; those that begin with `(?#ts)` are for tensors.
      graph: where expressions search.
      restrict_ops_regex: whether only expressions that begin with `(?#ops)` count.
    Raises: ValueError for an expression without a graph, TypeError for unknown keyword arguments.
    """
    return _selected(args, kwargs, "ops", "restrict_ops_regex", Graph.get_operations, make_list_of_op)


def select_ts(*args: Any, **kwargs: Any) -> list[Any]:
    """Return tensors, as `select_ops` operations.

    Args:
      args: tensors, lists of them, regular expressions; those that begin with `(?#ops)` are for operations.
      graph: where expressions search.
      restrict_ts_regex: whether only expressions that begin with `(?#ts)` count.
    Raises: ValueError for an expression without a graph, TypeError for unknown keyword arguments.
    """

    def tensors(graph: Graph) -> list[Any]:
        return [t for op in graph.get_operations() for t in op.outputs]

    return _selected(args, kwargs, "ts", "restrict_ts_regex", tensors, make_list_of_t)


def _selected(args: Any, kwargs: dict[str, Any], what: str, restrict: str, all_of: Any, listed: Any) -> list[Any]:
    graph, only = kwargs.pop("graph", None), kwargs.pop(restrict, False)
    if kwargs:
        raise TypeError(f"unexpected keyword arguments: {[*kwargs]}")
    other = "(?#ts)" if what == "ops" else "(?#ops)"
    found: list[Any] = []
    for arg in args:
        pattern = arg.pattern if isinstance(arg, re.Pattern) else arg
        if not isinstance(pattern, str):
            found += listed(arg, **{"ignore_ts" if what == "ops" else "ignore_ops": True})
            continue
        if graph is None:
            raise ValueError("Use the keyword argument 'graph' to use regex.")
        if pattern.startswith(other) or (only and not pattern.startswith(f"(?#{what})")):
            continue
        matches = re.compile(pattern)
        found += [item for item in all_of(graph) if matches.search(item.name)]
    return unique(found)


def select_ops_and_ts(*args: Any, **kwargs: Any) -> tuple[list[Any], list[Any]]:
    """Return `select_ops` and `select_ts` of the same arguments; expressions say which they are for by `(?#ts)`."""
    return select_ops(*args, **kwargs), select_ts(*args, **kwargs, restrict_ts_regex=True)


def get_backward_walk_ops(
    seed_ops: Any, inclusive: bool = True, within_ops: Any = None, within_ops_fn: Any = None, stop_at_ts: Any = (),
    control_inputs: bool = False,
) -> list[Any]:  # fmt: skip
    """Return the operations that some depend on.

    Args:
      seed_ops: operations, or tensors for those that give them.
      inclusive: whether the seeds are returned too.
      within_ops: operations that the walk does not leave; default: all.
      within_ops_fn: a function that holds for operations that the walk may enter.
      stop_at_ts: tensors that the walk does not pass.
      control_inputs: whether control edges are walked too.
    """
    stop = {id(t) for t in make_list_of_t(stop_at_ts)}

    def before(op: Any) -> list[Any]:
        by_data = [t.op for t in op.inputs if id(t) not in stop]
        return by_data + (list(op.control_inputs) if control_inputs else [])

    seeds = _seeds(seed_ops, get_generating_ops)
    return _walk(seeds, before, inclusive, _within(within_ops, within_ops_fn))


def get_forward_walk_ops(
    seed_ops: Any, inclusive: bool = True, within_ops: Any = None, within_ops_fn: Any = None, stop_at_ts: Any = (),
    control_outputs: Any = None,
) -> list[Any]:  # fmt: skip
    """Return the operations that depend on some.

    Args:
      seed_ops: operations, or tensors for those that take them.
      control_outputs: something but None or False to walk control edges too.
      inclusive, within_ops, within_ops_fn, stop_at_ts: as in `get_backward_walk_ops`.
    """
    stop = {id(t) for t in make_list_of_t(stop_at_ts)}

    def after(op: Any) -> list[Any]:
        by_data = [user for t in op.outputs if id(t) not in stop for user in t.consumers()]
        return by_data + (list(op._control_outputs or ()) if control_outputs else [])

    seeds = _seeds(seed_ops, get_consuming_ops)
    return _walk(seeds, after, inclusive, _within(within_ops, within_ops_fn))


def _seeds(given: Any, of_tensors: Any) -> list[Any]:
    items = [given] if isinstance(given, Tensor) or not hasattr(given, "__iter__") else list(given)
    if items and isinstance(items[0], Tensor):
        ops: list[Any] = of_tensors(items)
        return ops
    return make_list_of_op(items, allow_graph=False)


def _within(ops: Any, function: Any) -> Any:
    known = None if ops is None else {id(op) for op in make_list_of_op(ops, allow_graph=False)}
    return lambda op: (known is None or id(op) in known) and (function is None or function(op))


def _walk(seeds: list[Any], neighbours: Any, inclusive: bool, within: Any) -> list[Any]:
    """A walk in waves: first the seeds, then what is beside them."""
    seen: dict[int, Any] = {id(op): op for op in seeds if within(op)}
    wave = list(seen.values())
    while wave:
        following = []
        for op in wave:
            for near in neighbours(op):
                if id(near) not in seen and within(near):
                    seen[id(near)] = near
                    following.append(near)
        wave = following
    kept = {id(op) for op in seeds} if not inclusive else set()
    return [op for op in seen.values() if id(op) not in kept]


def _walks(
    forward_seeds: Any, backward_seeds: Any, forward_inclusive: bool, backward_inclusive: bool, within_ops: Any,
    within_ops_fn: Any, control_inputs: bool, control_outputs: Any,
) -> tuple[list[Any], list[Any]]:  # fmt: skip
    """The operations that a walk forward meets, and those of a walk backward."""
    forward = get_forward_walk_ops(
        forward_seeds, forward_inclusive, within_ops, within_ops_fn, control_outputs=control_outputs
    )
    backward = get_backward_walk_ops(
        backward_seeds, backward_inclusive, within_ops, within_ops_fn, control_inputs=control_inputs
    )
    return forward, backward


def get_walks_intersection_ops(
    forward_seed_ops: Any, backward_seed_ops: Any, forward_inclusive: bool = True, backward_inclusive: bool = True,
    within_ops: Any = None, within_ops_fn: Any = None, control_inputs: bool = False, control_outputs: Any = None,
) -> list[Any]:  # fmt: skip
    """Return the operations between some and others: those that both walks meet. See `get_backward_walk_ops`."""
    forward, backward = _walks(
        forward_seed_ops, backward_seed_ops, forward_inclusive, backward_inclusive, within_ops, within_ops_fn,
        control_inputs, control_outputs,
    )  # fmt: skip
    met = {id(op) for op in backward}
    return [op for op in forward if id(op) in met]


def get_walks_union_ops(
    forward_seed_ops: Any, backward_seed_ops: Any, forward_inclusive: bool = True, backward_inclusive: bool = True,
    within_ops: Any = None, within_ops_fn: Any = None, control_inputs: bool = False, control_outputs: Any = None,
) -> list[Any]:  # fmt: skip
    """Return the operations that either walk meets. See `get_backward_walk_ops`."""
    forward, backward = _walks(
        forward_seed_ops, backward_seed_ops, forward_inclusive, backward_inclusive, within_ops, within_ops_fn,
        control_inputs, control_outputs,
    )  # fmt: skip
    return unique([*forward, *backward])
