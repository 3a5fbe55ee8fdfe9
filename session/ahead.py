"""Compiling before the first step: what fills the disk cache of a container image."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from ..ops.graph import defaults as default_session
from ..ops.types.tensor_shape import as_extents, format_extents


def compile_ahead(fetches: Any, feed_list: Any = None, shapes: Sequence[Any] | None = None, session: Any = None) -> int:
    """Compile the kernels of a step without running it, into memory and the disk cache.

    Kernels are compiled for types and ranks, not for extents: one call serves all batch sizes. Nothing is computed and
    no variable has to have a value; instructions whose inputs only a step knows (after `boolean_mask` for instance) are
    compiled by the first step as ever.

    Args:
      fetches, feed_list: as in `Session.make_callable`.
      shapes: a shape per entry of `feed_list`, for placeholders whose rank is unknown, or where extents relate in a
        way that the graph does not say (an extent of 1 that broadcasts); None, or a None in it, takes the
        placeholder's own, with one number for all extents that it leaves open.
      session: the session; default: the default session, or a new one that is closed again.
    Returns: the number of kernels that are ready.
    Raises: ValueError for a shape that a placeholder cannot have, or if there is no shape for an unknown rank.
    """
    from .session import Session

    session = session or default_session.get_default_session()
    if session is None:
        with Session() as session:
            return compile_ahead(fetches, feed_list, shapes, session)
    program, tensors = session._signature_program(fetches, feed_list)
    return int(program.compile_ahead(_feed_shapes(tensors, shapes)))


def _feed_shapes(tensors: Sequence[Any], shapes: Sequence[Any] | None) -> list[Any]:
    if shapes is not None and len(shapes) != len(tensors):
        raise ValueError(f"`shapes` has {len(shapes)} entries for {len(tensors)} feeds.")
    found = []
    for position, tensor in enumerate(tensors):
        given = None if shapes is None else as_extents(shapes[position])
        if given is not None and not tensor.shape.is_compatible_with(given):
            raise ValueError(f"'{tensor.name}' of shape {tensor.shape} cannot have the shape {format_extents(given)}.")
        extents = tensor._extents if given is None else given
        if extents is None:
            raise ValueError(f"The rank of '{tensor.name}' is unknown: give its shape in `shapes`.")
        found.append(extents)
    return found
