"""What a step runs: the operations that fetches and targets need, cut at the feeds, in their order."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Any

from ...ops.base import errors
from ...ops.building.basic_ops import PLACEHOLDERS
from ...ops.graph.node import Tensor
from ...ops.graph.operation import Operation
from ...ops.types.tensor_shape import brackets
from .builder import source_of
from .frames import before, topological


def needed_operations(
    feeds: Collection[Tensor],
    fetches: Sequence[Tensor],
    targets: Sequence[Operation],
    done: Collection[Operation] = (),
) -> list[Operation]:
    """The operations that a step runs, in order. Raises: as `prune`."""
    return _ordered(_needed(feeds, fetches, targets, done), set(feeds))


def _needed(
    feeds: Collection[Tensor],
    fetches: Sequence[Tensor],
    targets: Sequence[Operation],
    done: Collection[Operation],
) -> set[Operation]:
    fed = set(feeds)
    needed: set[Operation] = set()
    roots: list[Any] = [*fetches, *targets]
    for root in roots:
        if root in fed:
            continue
        pending: list[Operation] = [source_of(root, done)._op if isinstance(root, Tensor) else root]
        while pending:
            op = pending.pop()
            if op in needed:
                continue
            needed.add(op)
            if op.op_def.name in PLACEHOLDERS:
                raise _missing_feed(op, root)
            for tensor in op._inputs:
                source = source_of(tensor, done)
                if tensor not in fed and source._op not in needed:
                    pending.append(source._op)
            pending += [
                other
                for other in op._control_inputs
                if other not in needed and other not in done and not _only_fed(other, fed)
            ]
    return needed


def _only_fed(op: Operation, fed: set[Tensor]) -> bool:
    """A control edge from a placeholder that is fed asks for nothing."""
    return op.op_def.name in PLACEHOLDERS and all(tensor in fed for tensor in op._outputs)


def _missing_feed(op: Operation, root: Any) -> errors.OpError:
    tensor = op._outputs[0]
    error = errors.InvalidArgumentError(
        None,
        op,
        f"You must feed a value for placeholder tensor '{op.name}' with dtype {_tf_name(tensor.dtype.name)}"
        f"{'' if tensor._extents is None else f' and shape {brackets(tensor._extents)}'}\n"
        f"  created at {op.created_at}\n"
        f"  needed for fetch '{root.name}'; pass feed_dict={{'{tensor.name}': value}}",
    )
    error.fetch = root.name
    return error


def _tf_name(name: str) -> str:
    return {"float32": "float", "float64": "double", "float16": "half"}.get(name, name)


def _ordered(needed: set[Operation], fed: set[Tensor]) -> list[Operation]:
    """The operations in the order they were made, unless later edits of the graph ask for another."""
    order = sorted(needed, key=lambda op: op._id)
    for op in order:
        others = before(op, fed)
        if others and max([other._id for other in others]) >= op._id:
            return topological(order, lambda op: before(op, fed), lambda op: op._id)
    return order
