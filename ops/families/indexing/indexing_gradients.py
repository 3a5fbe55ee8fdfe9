"""Gradient rules of what picks and places by index. Gathered rows have IndexedSlices as their gradients."""

from __future__ import annotations

from typing import Any

import numpy as np


def gather(g: Any, op: Any, dy: Any) -> list[Any]:
    """The gradients of rows as IndexedSlices: nothing is added up here."""
    return [_row_slices(g, op, dy), None]


def gather_v2(g: Any, op: Any, dy: Any) -> list[Any]:
    """As of `Gather` along the first axis; along others the rows are added up where they came from."""
    axis = op.inputs[2]
    known = g.static(axis)
    if op.attrs["batch_dims"]:
        return [_batched(g, op, dy, known), None, None]
    if known is not None and int(known) == 0:
        return [_row_slices(g, op, dy), None, None]
    return [_along_axis(g, op, dy), None, None]


def _params_shape(g: Any, params: Any) -> Any:
    """The shape of what was gathered from, told where it lies."""
    with g.beside(params):
        return g.cast(g.shape(params, g.int64), g.int32)


def _row_slices(g: Any, op: Any, dy: Any) -> Any:
    params, indices = op.inputs[:2]
    shape = _params_shape(g, params)
    count = g("ExpandDims", g.size(indices), 0)
    values = g.reshape(dy, g.concat([count, shape[1:]], 0))
    return g.slices(values, g.reshape(indices, count), shape)


def _along_axis(g: Any, op: Any, dy: Any) -> Any:
    params, indices, axis = op.inputs
    shape = _params_shape(g, params)
    count = g("ExpandDims", g.size(indices), 0)
    outer = shape[:axis]
    inner = shape[axis:][1:]
    values_shape = g.concat([outer, count, inner], 0)
    outer_count, inner_count = g.size(outer), g.size(inner)
    outer_axes = g.range(0, outer_count)
    inner_axes = g.range(outer_count + 1, outer_count + 1 + inner_count)
    values = g.reshape(dy, values_shape)
    rows = g.transpose(values, g.concat([g("ExpandDims", outer_count, 0), outer_axes, inner_axes], 0))
    total = g("UnsortedSegmentSum", rows, g.reshape(indices, count), shape[axis])
    return g.transpose(total, g.concat([outer_axes + 1, [0], inner_axes], 0))


def _batched(g: Any, op: Any, dy: Any, axis: Any) -> Any:
    """Positions within each batch become coordinates, which are added up at once."""
    params, indices = op.inputs[:2]
    extents, positions = g.extents(params), g.extents(indices)
    if extents is None or positions is None or axis is None:
        raise ValueError(f"The gradient of '{op.name}' needs the ranks of params and indices, and the axis.")
    batch = op.attrs["batch_dims"] % max(len(positions), 1) if op.attrs["batch_dims"] < 0 else op.attrs["batch_dims"]
    axis = int(axis) % len(extents)
    shape, index_shape = g.cast(g.shape(params), indices.dtype), g.cast(g.shape(indices), indices.dtype)
    taken = len(positions) - batch
    rank = len(extents) - 1 + taken
    dy_shape = g.cast(g.shape(dy), indices.dtype)
    coordinates = []
    for number in range(len(extents)):
        if number == axis:
            ones = [1] * (axis - batch)
            after = [1] * (len(extents) - axis - 1)
            arranged = g.concat(
                [
                    index_shape[:batch],
                    g.constant(ones, indices.dtype, [len(ones)]),
                    index_shape[batch:],
                    g.constant(after, indices.dtype, [len(after)]),
                ],
                0,
            )
            place = g.reshape(indices, arranged)
        else:
            target = number if number < axis else number - 1 + taken
            form = np.ones(rank, np.int32)
            form[target] = -1
            place = g.reshape(g.range(g.constant(0, indices.dtype), shape[number], g.constant(1, indices.dtype)), form)
        coordinates.append(g("BroadcastTo", place, dy_shape))
    return g("ScatterNd", g.pack(coordinates, axis=-1), dy, shape)


def gather_nd(g: Any, op: Any, dy: Any) -> list[Any]:
    """The gradients added up at their coordinates; of coordinates in a list, as IndexedSlices."""
    params, indices = op.inputs
    shape = g.shape(params, indices.dtype)
    extents = g.extents(indices)
    if extents is not None and len(extents) == 2 and extents[-1] == 1:
        return [g.slices(dy, g("Squeeze", indices, squeeze_dims=[-1]), shape), None]
    return [g("ScatterNd", indices, dy, shape), None]


def scatter_nd(g: Any, op: Any, dy: Any) -> list[Any]:
    """What was placed has the gradient of its place."""
    return [None, g("GatherNd", dy, op.inputs[0]), None]


def tensor_scatter_add(g: Any, op: Any, dy: Any) -> list[Any]:
    """The tensor keeps its gradient, what was added has that of its place."""
    updates = g("GatherNd", dy, op.inputs[1])
    return [g("Identity", dy), None, updates]


def tensor_scatter_sub(g: Any, op: Any, dy: Any) -> list[Any]:
    """As of an addition, with the sign turned."""
    updates = g("GatherNd", dy, op.inputs[1])
    tensor = g("Identity", dy)
    return [tensor, None, g("Neg", updates)]


def tensor_scatter_update(g: Any, op: Any, dy: Any) -> list[Any]:
    """What was replaced has no gradient."""
    _, indices, updates = op.inputs
    by_updates = g("GatherNd", dy, indices)
    whole = g("Identity", dy)
    return [g("TensorScatterUpdate", whole, indices, g.zeros_like(updates)), None, by_updates]


def tensor_scatter_extremum(g: Any, op: Any, dy: Any) -> list[Any]:
    """Each of the tensor and of what was placed has the gradient where it is the result, in equal parts."""
    tensor, indices, updates = op.inputs
    result = op.outputs[0]
    placed = g("GatherNd", result, indices)
    kept = g.cast(g("Equal", tensor, result), dy.dtype)
    hits = g.cast(g("Equal", updates, placed), dy.dtype)
    count = g("TensorScatterAdd", kept, indices, hits)
    share = g("DivNoNan", dy, count)
    return [kept * share, None, hits * g("GatherNd", share, indices)]


def dynamic_partition(g: Any, op: Any, *gradients: Any) -> list[Any]:
    """The gradients of the parts stitched together in the order of the data."""
    data, partitions = op.inputs
    shape = g.shape(partitions)
    numbers = g.range(0, g("Prod", shape, g.constant([0])))
    places = g("DynamicPartition", g.reshape(numbers, shape), partitions, num_partitions=op.attrs["num_partitions"])
    whole = g("DynamicStitch", places, list(gradients))
    return [g.reshape(whole, g.shape(data)), None]


def dynamic_stitch(g: Any, op: Any, dy: Any) -> list[Any]:
    """Each row has the gradient of its place."""
    count = len(op.inputs) // 2
    indices = [g.cast(index, g.int32) for index in op.inputs[:count]]
    dy = g.dense(dy)
    return [*[None] * count, *[g("GatherV2", dy, index, 0) for index in indices]]
