"""Gradient rules of reductions: the gradient is spread over the axes that were folded."""

from __future__ import annotations

from typing import Any

import numpy as np


def sum_(g: Any, op: Any, dy: Any) -> list[Any]:
    """Each element counts once."""
    return [_spread(g, op, dy), None]


def mean(g: Any, op: Any, dy: Any) -> list[Any]:
    """As of the sum, divided by how many elements there were."""
    spread = _spread(g, op, dy)
    before, after = (t.shape.num_elements() for t in (op.inputs[0], op.outputs[0]))
    if before is not None and after is not None:
        count = g.constant(np.array(before // max(after, 1)).astype(dy.dtype.np_dtype), dy.dtype)
    else:
        count = g.cast(_quotient_of_sizes(g, op), dy.dtype)
    return [spread / count, None]


def _quotient_of_sizes(g: Any, op: Any) -> Any:
    """How many elements were folded into one."""
    before, after = g.shape(op.inputs[0]), g.shape(op.outputs[0])
    first = g("Prod", before, g.constant([0]))
    return g.floor_quotient(first, g("Prod", after, g.constant([0])))


def _spread(g: Any, op: Any, dy: Any) -> Any:
    """`dy` repeated along the axes that were folded."""
    x, axes = op.inputs
    known, extents = g.static(axes), g.extents(x)
    if known is not None and extents is not None:
        rank = len(extents)
        folded = {int(axis) % max(rank, 1) for axis in np.ravel(known)}
        in_order = np.array_equal(known, np.arange(rank))  # not so of axis 0 of a vector as a number: TensorFlow's test
        if len(folded) == rank and (in_order or None in extents):
            g.leave_out(0 if in_order else 12)  # TensorFlow computes both shapes when the step runs
            kept = g("Reshape", dy, np.ones(rank, np.int32))
            return g("Tile", kept, _multiples(g, x))
        if None not in extents:
            if g.is_first_of_graph(("spread", extents, tuple(map(int, np.ravel(known))))):
                g.leave_out(17 if np.size(known) else 18)  # TensorFlow computes the shapes in the graph, and keeps them
            kept_extents = [1 if axis in folded else extent for axis, extent in enumerate(extents)]
            kept = g("Reshape", dy, kept_extents)
            return g("Tile", kept, [extent // max(one, 1) for extent, one in zip(extents, kept_extents, strict=True)])
    shape = g.shape(x)
    with g.beside(shape):
        kept_shape = reduced_shape(g, shape, axes)
        multiples = g.floor_quotient(shape, kept_shape)
    return g("Tile", g("Reshape", dy, kept_shape), multiples)


def _multiples(g: Any, x: Any) -> Any:
    extents = g.extents(x)
    return g.shape(x) if None in extents else g.constant(np.array(extents, np.int32))


def reduced_shape(g: Any, shape: Any, axes: Any) -> Any:
    """The shape of a reduction that keeps its axes: 1 where it folded."""
    shape = g.cast(shape, g.int32)
    axes = g.cast(axes, g.int32)
    rank = g.size(shape)
    axes = (axes + rank) % rank
    count = g.shape(axes)
    return g("DynamicStitch", [g.range(0, rank), axes], [shape, g.fill(count, 1)])


def extremum(g: Any, op: Any, dy: Any) -> list[Any]:
    """The gradient goes to the extreme elements; where there are several, in equal parts."""
    x, axes = op.inputs
    kept_shape = reduced_shape(g, g.shape(x), axes)
    largest = g("Reshape", op.outputs[0], kept_shape)
    spread = g("Reshape", dy, kept_shape)
    hits = g.cast(g("Equal", largest, x), dy.dtype)
    count = g("Reshape", g("Sum", hits, axes), kept_shape)
    return [hits / count * spread, None]


def prod(g: Any, op: Any, dy: Any) -> list[Any]:
    """The product of the other elements: of those before and of those after, so that zeros do no harm."""
    x, axes = op.inputs
    shape = g.shape(x)
    axes = g.cast(g("Reshape", axes, [-1]), g.int32)
    kept_shape = reduced_shape(g, shape, op.inputs[1])
    multiples = g.floor_quotient(shape, kept_shape)
    spread = g("Tile", g("Reshape", dy, kept_shape), multiples)
    rank = g.rank(x)
    folded = (axes + rank) % rank
    others, _ = g("ListDiff", g.range(0, rank), folded)
    order = g("ConcatV2", [folded, others], 0, name="concat")
    rows = g("Prod", g("GatherV2", shape, folded, 0), g.constant([0]))
    columns = g("Prod", g("GatherV2", shape, others, 0), g.constant([0]))
    moved = g("Transpose", x, order, name="transpose")
    moved_shape = g.shape(moved)
    matrix = g("Reshape", moved, g.pack([rows, columns], "Reshape_2/shape"))
    before = g("Cumprod", matrix, 0, exclusive=True)
    after = g("Cumprod", matrix, 0, exclusive=True, reverse=True)
    rest = g("Reshape", g.conj(before) * g.conj(after), moved_shape)
    back = g("Transpose", rest, g("InvertPermutation", order), name="transpose")
    return [g("Reshape", spread * back, shape), None]


def euclidean_norm(g: Any, op: Any, dy: Any) -> list[Any]:
    """d sqrt(sum x^2) = x / norm dx."""
    x, axes = op.inputs
    kept_shape = reduced_shape(g, g.shape(x), axes)
    norm = g("Reshape", op.outputs[0], kept_shape)
    spread = g("Reshape", dy, kept_shape)
    return [spread * g("DivNoNan", x, norm), None]


def l2_loss(g: Any, op: Any, dy: Any) -> Any:
    """d(sum x^2 / 2) = x dx."""
    return op.inputs[0] * dy
