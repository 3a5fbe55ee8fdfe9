"""`GatherTree`: the paths that lead to the last beams of a search, from ids and parents of each moment."""

from __future__ import annotations

from typing import Any

import numpy as np

from ...building.build import build
from ...definition.opdef import NOT_DIFFERENTIABLE, OpDef
from ...definition.shape_query import ShapeQuery
from ...graph.node import Tensor, TensorLike
from ...types import dtypes


def _kernel(step_ids: Any, parent_ids: Any, max_sequence_lengths: Any, end_token: Any) -> Any:
    """Walk from the last moment of each sequence to its first."""
    moments, batch, width = step_ids.shape
    if parent_ids.shape != step_ids.shape:
        raise ValueError("step_ids.shape must match parent_ids.shape")
    if max_sequence_lengths.shape != (batch,):
        raise ValueError(f"max_sequence_lengths must have the shape [{batch}]")
    if end_token.shape:
        raise ValueError(f"end_token must be a scalar, but has the shape {list(end_token.shape)}")
    beams = np.full(step_ids.shape, end_token, step_ids.dtype)
    lengths = np.minimum(max_sequence_lengths, moments)
    rows = np.arange(batch)[:, None]
    parents = np.broadcast_to(np.arange(width, dtype=parent_ids.dtype), (batch, width)).copy()
    for moment in reversed(range(moments)):
        live = lengths > moment
        if not live.any():
            continue
        wrong = live[:, None] & ((parents < 0) | (parents >= width))
        if wrong.any():
            sequence, beam = np.argwhere(wrong)[0]
            raise ValueError(
                f"Saw invalid parent id {parents[sequence, beam]} at (batch, time, beam) == "
                f"({sequence}, {moment}, {beam})"
            )
        chosen = np.where(live[:, None], parents, 0)
        beams[moment][live] = step_ids[moment][rows, chosen][live]
        parents[live] = parent_ids[moment][rows, chosen][live]
    ended = np.zeros((batch, width), bool)
    for moment in range(moments):
        beams[moment][ended] = end_token
        ended |= (beams[moment] == end_token) & (lengths > moment)[:, None]
    return beams


def _shape(query: ShapeQuery) -> Any:
    steps, parents, lengths, end = query.shapes
    for shape, rank in ((steps, 3), (parents, 3), (lengths, 1), (end, 0)):
        if shape is not None and len(shape) != rank:
            raise ValueError(f"Shape must be rank {rank} but is rank {len(shape)}")
    return (None, None, None) if steps is None else steps


GATHER_TREE = OpDef(
    name="GatherTree",
    signature="step_ids: T, parent_ids: T, max_sequence_lengths: int32, end_token: T -> beams: T",
    where={"T": (dtypes.int32,)},
    shape=_shape,
    kernel=_kernel,
    gradient=NOT_DIFFERENTIABLE,
)


def gather_tree(
    step_ids: TensorLike,
    parent_ids: TensorLike,
    max_sequence_lengths: TensorLike,
    end_token: TensorLike,
    name: str | None = None,
) -> Tensor:
    """Return the ids along the path to each beam at the end of a search.

    Args:
      step_ids: the id that each beam took, int32 `[time, batch, width]`.
      parent_ids: which beam of the moment before it took it from.
      max_sequence_lengths: int32 `[batch]`; behind it all is `end_token`.
      end_token: an int32 scalar; behind the first one of a path all is it.
      name: of the operation.
    Raises: InvalidArgumentError for a parent that is no beam.
    """
    return build(GATHER_TREE, step_ids, parent_ids, max_sequence_lengths, end_token, name=name)  # type: ignore[no-any-return]
