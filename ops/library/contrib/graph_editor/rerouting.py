"""Edges of a graph that are laid anew: what operations take, and what they wait for."""

from __future__ import annotations

from typing import Any

from .lists import make_list_of_op, make_list_of_t


def reroute_ts(ts0: Any, ts1: Any, can_modify: Any = None, cannot_modify: Any = None) -> int:
    """Have the operations that take the tensors `ts1` take those of `ts0` instead.

    Args:
      ts0, ts1: tensors, or lists of as many.
      can_modify: the operations that may change; default: all.
      cannot_modify: operations that may not.
    Returns: how many inputs were changed.
    Raises: ValueError for lists of two lengths or tensors of other types.
    """
    return _rerouted(*_pairs(ts0, ts1), can_modify, cannot_modify, swap=False)


def swap_ts(ts0: Any, ts1: Any, can_modify: Any = None, cannot_modify: Any = None) -> int:
    """Have what takes each tensor of `ts0` take that of `ts1`, and the other way round. See `reroute_ts`."""
    return _rerouted(*_pairs(ts0, ts1), can_modify, cannot_modify, swap=True)


def _pairs(ts0: Any, ts1: Any) -> tuple[list[Any], list[Any]]:
    first, second = make_list_of_t(ts0), make_list_of_t(ts1)
    if len(first) != len(second):
        raise ValueError(f"ts0 and ts1 do not have the same length: {len(first)} != {len(second)}")
    for a, b in zip(first, second):
        if a.dtype.base_dtype is not b.dtype.base_dtype:
            raise ValueError(f"{a!r} and {b!r} have not one type.")
    return first, second


def _rerouted(ts0: list[Any], ts1: list[Any], can_modify: Any, cannot_modify: Any, swap: bool) -> int:
    may = None if can_modify is None else {id(op) for op in make_list_of_op(can_modify)}
    may_not = {id(op) for op in make_list_of_op(cannot_modify)} if cannot_modify is not None else set()
    changes: dict[tuple[Any, int], Any] = {}
    for new, old in zip(ts0, ts1):
        for source, target in ((old, new), (new, old)) if swap else ((old, new),):
            for op in source.consumers():
                if id(op) in may_not or (may is not None and id(op) not in may):
                    continue
                changes |= {(op, index): target for index, t in enumerate(op.inputs) if t is source}
    for (op, index), target in changes.items():
        op._update_input(index, target)
    return len(changes)


def add_control_inputs(op: Any, cops: Any) -> None:
    """Have an operation wait for others. Raises: ValueError if it does for one of them already."""
    cops = make_list_of_op(cops, allow_graph=False)
    for other in cops:
        if other in op.control_inputs:
            raise ValueError(f"{other.name} is already a control_input of {op.name}")
    op._add_control_inputs(cops)


def remove_control_inputs(op: Any, cops: Any) -> None:
    """Have an operation no longer wait for others. Raises: ValueError if it does not for one of them."""
    cops = make_list_of_op(cops, allow_graph=False)
    for other in cops:
        if other not in op.control_inputs:
            raise ValueError(f"{other.name} is not a control_input of {op.name}")
    kept = [other for other in op.control_inputs if other not in cops]
    op._remove_all_control_inputs()
    op._add_control_inputs(kept)
