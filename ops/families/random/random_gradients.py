"""Gradient rules of random numbers that are drawn by a parameter."""

from __future__ import annotations

from typing import Any


def gamma(g: Any, op: Any, dy: Any) -> list[Any]:
    """How each number moves with its shape parameter, were it drawn at the same place of the distribution."""
    shape, alpha = op.inputs
    sample = op.outputs[0]
    lead = g.size(shape)
    with g.after(dy):
        ones = g.fill(g("ExpandDims", lead, 0), 1)
        wide = g.reshape(alpha, g.concat([ones, g.shape(alpha)], 0))
        partial = g("RandomGammaGrad", wide, sample)
        return [None, g("Sum", dy * partial, g.range(0, lead))]


def shuffle(g: Any, op: Any, dy: Any) -> Any:
    """Refused, as in TensorFlow: which row went where is not kept.

    Raises: LookupError always.
    """
    raise LookupError(f"No gradient is known of operations of type {op.type}: '{op.name}'.")
