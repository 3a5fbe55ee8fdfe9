"""Gradient rules of running sums, of segments and of the largest elements."""

from __future__ import annotations

from typing import Any

import numpy as np


def cumsum(g: Any, op: Any, dy: Any) -> list[Any]:
    """The running sum from the other end."""
    attrs = op.attrs
    return [g("Cumsum", dy, op.inputs[1], exclusive=attrs["exclusive"], reverse=not attrs["reverse"]), None]


def cumprod(g: Any, op: Any, dy: Any) -> list[Any]:
    """The running sum from the other end of products and gradients, divided by each factor."""
    x, axis = op.inputs
    exclusive, reverse = op.attrs["exclusive"], op.attrs["reverse"]
    products = g("Cumprod", x, axis, exclusive=exclusive, reverse=reverse)
    return [g("Cumsum", products * dy, axis, exclusive=exclusive, reverse=not reverse) / x, None]


def cumulative_logsumexp(g: Any, op: Any, dy: Any) -> list[Any]:
    """In logarithms, of positive and of negative gradients apart, so that nothing overflows."""
    x, axis = op.inputs
    y = op.outputs[0]
    exclusive, reverse = op.attrs["exclusive"], op.attrs["reverse"]
    lowest = float(np.finfo(dy.dtype.np_dtype).min)
    positive = g("SelectV2", g("Greater", dy, 0), g("Log", dy), lowest)
    negative = g("SelectV2", g("Less", dy, 0), g("Log", g("Neg", dy)), lowest)

    def part(logarithm: Any) -> Any:
        total = g("CumulativeLogsumexp", logarithm - y, axis, exclusive=exclusive, reverse=not reverse)
        return g("Exp", total + x)

    first = part(positive)
    return [first - part(negative), None]


def segment_sum(g: Any, op: Any, dy: Any) -> list[Any]:
    """Each row has the gradient of its segment."""
    return [g("GatherV2", dy, op.inputs[1], 0), None]


def segment_mean(g: Any, op: Any, dy: Any) -> list[Any]:
    """As of the sum, divided by how many rows there were."""
    data, ids = op.inputs
    rank = g.rank(data)
    count = g.shape(ids)
    ones_shape = g.concat([count, g.fill(g("ExpandDims", rank - 1, 0), 1)], 0)
    ones = g.fill(ones_shape, g.constant(1, dy.dtype))
    scaled = dy / g("SegmentSum", ones, ids)
    return [g("GatherV2", scaled, ids, 0), None]


def segment_extremum(g: Any, op: Any, dy: Any) -> list[Any]:
    """The gradient goes to the extreme rows, in equal parts."""
    data, ids = op.inputs
    zeros = g.zeros_like(data)
    spread = g("GatherV2", op.outputs[0], ids, 0)
    hits = g("Equal", data, spread)
    count = g("SegmentSum", g.cast(hits, dy.dtype), ids)
    shares = g("GatherV2", dy / count, ids, 0)
    return [g("Select", hits, shares, zeros), None]


def segment_prod(g: Any, op: Any, dy: Any) -> list[Any]:
    """The product of the other rows, zeros counted apart."""
    data, ids = op.inputs
    is_zero = g("Equal", data, 0)
    zeros = g("SegmentSum", g.cast(is_zero, g.int32), ids)
    dy = g("SelectV2", g("Greater", zeros, 1), g.zeros_like(dy), dy)
    nonzero = g("SegmentProd", g("SelectV2", is_zero, g.ones_like(data), data), ids)
    others = g("SelectV2", is_zero, g("GatherV2", nonzero, ids, 0), g("GatherV2", op.outputs[0], ids, 0) / data)
    return [g("GatherV2", dy, ids, 0) * others, None]


def _gather_or_zero(g: Any, params: Any, ids: Any, places: Any = None, mask: Any = None) -> tuple[Any, Any, Any]:
    """The rows of `params` at `ids`, zeros where an id is negative; with what was needed for it."""
    places = g("Maximum", ids, g.zeros_like(ids)) if places is None else places
    rows = g("GatherV2", params, places, 0)
    if mask is None:
        mask = g("GreaterEqual", ids, 0)
        id_extents, extents = g.extents(ids), g.extents(rows)
        if id_extents is None or extents is None:
            shape = g.concat([g.shape(mask), g("Fill", g("ExpandDims", g.rank(rows) - g.rank(mask), 0), 1)], 0)
            mask = g.reshape(mask, shape)
        else:
            for _ in range(len(extents) - len(id_extents)):
                mask = g("ExpandDims", mask, -1)
        mask = g("LogicalAnd", mask, g.ones_like(rows, dtype=g.bool_), name="and")
    return g("Select", mask, rows, g.zeros_like(rows)), places, mask


def unsorted_segment_sum(g: Any, op: Any, dy: Any) -> list[Any]:
    """Each row has the gradient of its segment; those of negative segments have none."""
    return [_gather_or_zero(g, dy, op.inputs[1])[0], None, None]


def unsorted_segment_extremum(g: Any, op: Any, dy: Any) -> list[Any]:
    """The gradient goes to the extreme rows, in equal parts."""
    data, ids, count = op.inputs
    spread, places, mask = _gather_or_zero(g, op.outputs[0], ids)
    hits = g("LogicalAnd", g("Equal", data, spread), mask)
    totals = g("UnsortedSegmentSum", g.cast(hits, dy.dtype), ids, count)
    shares, _, _ = _gather_or_zero(g, dy / totals, ids, places, mask)
    return [g("Select", hits, shares, g.zeros_like(shares)), None, None]


def unsorted_segment_prod(g: Any, op: Any, dy: Any) -> list[Any]:
    """The product of the other rows, zeros counted apart."""
    data, ids, count = op.inputs
    is_zero = g("Equal", data, 0)
    zeros = g("UnsortedSegmentSum", g.cast(is_zero, g.int32), ids, count)
    dy = g("Select", g("Greater", zeros, 1), g.zeros_like(dy), dy)
    nonzero = g("Select", is_zero, g.ones_like(data), data)
    nonzero = g("UnsortedSegmentProd", nonzero, ids, count)
    places = g("Maximum", ids, g.zeros_like(ids))
    products = g("GatherV2", op.outputs[0], places, 0)
    without_zeros = g("GatherV2", nonzero, places, 0)
    others = g("Select", is_zero, without_zeros, products / data)
    return [_gather_or_zero(g, dy, ids, places)[0] * others, None, None]


def top_k(g: Any, op: Any, dy: Any, _: Any) -> list[Any]:
    """Each of the largest elements has its gradient, the others none."""
    x = op.inputs[0]
    shape, index_shape = g.shape(x), g.shape(op.outputs[1])
    index_shape = g.cast(index_shape, g.int64)
    last = g("GatherV2", index_shape, g.size(index_shape) - 1, 0)
    rows = g.reshape(op.outputs[1], g.pack([-1, last]))
    wide = g.cast(shape, g.int64)
    width = g("GatherV2", wide, g.size(wide) - 1, 0)
    count = g.shape(rows)[0]
    starts = g.range(g.constant(0, g.int64), g.cast(count, g.int64) * width, width)
    places = g.reshape(rows + g.cast(g("ExpandDims", starts, -1), rows.dtype), [-1])
    column = g("ExpandDims", places, -1)
    values = g.reshape(dy, [-1])
    total = g("Prod", shape, g.constant([0]))
    placed = g("ScatterNd", column, values, g.pack([total], "ScatterNd/shape"))
    g.leave_out(2)  # of the range, a Cast; and the zero that is the gradient of `k`
    return [g.reshape(placed, shape), *[None] * (len(op.inputs) - 1)]
