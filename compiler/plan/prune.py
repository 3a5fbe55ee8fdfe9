"""Pruning: from a graph and a signature to the plan of what the fetches and targets need, cut at the feeds."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from ...ops.graph.node import Tensor
from ...ops.graph.operation import Operation
from .builder import Builder
from .frames import frames_of, has_loops
from .needed import needed_operations
from .plan import Plan


def prune(
    feeds: Sequence[Tensor],
    fetches: Sequence[Tensor],
    targets: Sequence[Operation],
    done: Collection[Operation] = (),
) -> Plan:
    """Return the plan of a signature.

    Args:
      done: operations that have run already and do not run again: control edges from them ask for nothing, and their
        references stand for the variables they came from. What else is needed of their outputs must be fed.
    Cost: linear in the number of operations that are kept.
    Raises: InvalidArgumentError for a placeholder that is needed and not fed.
    """
    builder = Builder(feeds, done, _add_call)
    ops = needed_operations(feeds, fetches, targets, done)
    if has_loops(ops):
        from .raising import add_items

        fed = set(feeds)
        add_items(builder, *frames_of(ops, fed), fed)
    else:
        for op in ops:
            builder.add(op)
    outputs = [builder.fetch(tensor) for tensor in fetches]
    return Plan(builder.inputs, builder.instructions, outputs)


def _add_call(builder: Builder, op: Operation) -> None:
    """What an operation that calls functions runs: plans without such do not load what these take."""
    from .calls import add_call

    add_call(builder, op)
