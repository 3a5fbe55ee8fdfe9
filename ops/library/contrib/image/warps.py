"""Images bent: by a flow of every element, or of a few points with a smooth surface through them.

Source: TensorFlow 1.15, `tf.contrib.image`; the surfaces are polyharmonic splines.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from ....building.constant import constant
from ....building.convert import convert_to_tensor
from ....building.default_graph import name_scope
from ....families.arrays.filling import range as range_of
from ....families.arrays.filling import zeros
from ....families.arrays.reshaping import reshape
from ....families.arrays.shape_ops import shape as shape_of
from ....families.arrays.stacking import concat
from ....families.elementwise.cast import cast
from ....families.elementwise.exponential import log, pow, sqrt
from ....families.elementwise.like import ones_like
from ....families.elementwise.rounding import floor, maximum, minimum
from ....families.indexing.gathering import gather
from ....families.linalg.factorizations import matrix_solve
from ....families.linalg.products import matmul
from ....families.reductions.reductions import reduce_sum
from ....graph.node import Tensor
from ....types import dtypes

_EPSILON = 1e-10


def dense_image_warp(image: Any, flow: Any, name: str | None = "dense_image_warp") -> Tensor:
    """Return an image read at `(y - flow[..., 0], x - flow[..., 1])`, between elements by their four neighbours.

    Args:
      image: float `[batch, height, width, channels]`, at least 2 x 2.
      flow: float `[batch, height, width, 2]`.
      name: for a scope.
    Returns: the shape and type of the image. Outside of it its border goes on.
    Raises: ValueError for smaller images.
    """
    with name_scope(name):
        image, flow = convert_to_tensor(image), convert_to_tensor(flow)
        batch, height, width, channels = (_extent(image, axis) for axis in range(4))
        y = cast(range_of(height), flow.dtype)[None, :, None] - flow[..., 0]
        x = cast(range_of(width), flow.dtype)[None, None, :] - flow[..., 1]
        places = [reshape(place, [batch, height * width]) for place in (y, x)]
        found = _bilinear(image, places, [height, width])
        result: Tensor = reshape(found, [batch, height, width, channels])
        return result


def _bilinear(image: Tensor, places: Sequence[Tensor], extents: Sequence[Any]) -> Tensor:
    """Elements of images at rows and columns, `[batch, points]` each. Raises: ValueError for small images."""
    if any(isinstance(extent, int) and extent < 2 for extent in extents):
        raise ValueError("Grid height and width must be at least 2.")
    lows, parts = [], []
    for place, extent in zip(places, extents):
        low = minimum(maximum(floor(place), constant(0.0, place.dtype)), cast(extent - 2, place.dtype))
        part = minimum(maximum(place - low, constant(0.0, place.dtype)), constant(1.0, place.dtype))
        lows.append(cast(low, dtypes.int32))
        parts.append(cast(part, image.dtype)[:, :, None])
    height, width = extents
    flat = reshape(image, [-1, _extent(image, 3)])
    first = reshape(range_of(_extent(image, 0)) * (height * width), [-1, 1])

    def at(rows: Any, columns: Any) -> Any:
        return gather(flat, first + rows * width + columns)

    (y, x), (by_row, by_column) = lows, parts
    upper = by_column * (at(y, x + 1) - at(y, x)) + at(y, x)
    lower = by_column * (at(y + 1, x + 1) - at(y + 1, x)) + at(y + 1, x)
    result: Tensor = by_row * (lower - upper) + upper
    return result


def interpolate_spline(
    train_points: Any, train_values: Any, query_points: Any, order: int, regularization_weight: float = 0.0,
    name: str | None = "interpolate_spline",
) -> Tensor:  # fmt: skip
    """Return the values at points of a smooth function that has given values at others.

    Args:
      train_points: float `[batch, n, d]`, where values are given.
      train_values: float `[batch, n, k]`.
      query_points: float `[batch, m, d]`, where they are wanted.
      order: of the spline: 1 for `r`, 2 for `r^2 log r` (a thin plate), 3 for `r^3`, and so on.
      regularization_weight: how much smoothness counts beside the values; 0 to have them exactly.
      name: for a scope.
    Returns: `[batch, m, k]`.
    """
    with name_scope(name):
        points, values = convert_to_tensor(train_points), convert_to_tensor(train_values)
        wanted = convert_to_tensor(query_points)
        batch, count, size = (_extent(points, axis) for axis in range(3))
        surface = _radial(_distances(points, points), order)
        if regularization_weight > 0:
            surface = surface + regularization_weight * constant(np.eye(count)[None], points.dtype)
        flat = concat([points, ones_like(points[:, :, :1])], 2)
        above = concat([surface, flat], 2)
        below = concat([_turned(flat), zeros([batch, size + 1, size + 1], points.dtype)], 2)
        right = concat([values, zeros([batch, size + 1, _extent(values, 2)], points.dtype)], 1)
        weights = matrix_solve(concat([above, below], 1), right)
        bent = matmul(_radial(_distances(wanted, points), order), weights[:, :count])
        line = matmul(concat([wanted, ones_like(wanted[:, :, :1])], 2), weights[:, count:])
        result: Tensor = bent + line
        return result


def _extent(tensor: Tensor, axis: int) -> Any:
    known = tensor.shape[axis].value
    return shape_of(tensor)[axis] if known is None else known


def _turned(matrices: Any) -> Any:
    from ....families.arrays.transposing import transpose

    return transpose(matrices, [0, 2, 1])


def _distances(some: Any, others: Any) -> Any:
    """The squares of distances, `[batch, some, others]`."""
    difference = some[:, :, None, :] - others[:, None, :, :]
    return reduce_sum(difference * difference, 3)


def _radial(squares: Any, order: int) -> Any:
    """The basis function of squares of distances."""
    squares = maximum(squares, constant(_EPSILON, squares.dtype))
    if order == 1:
        return sqrt(squares)
    if order == 2:
        return 0.5 * squares * log(squares)
    if order == 4:
        return 0.5 * squares * squares * log(squares)
    raised = pow(squares, constant(0.5 * order, squares.dtype))
    return 0.5 * raised * log(squares) if order % 2 == 0 else raised


def sparse_image_warp(
    image: Any, source_control_point_locations: Any, dest_control_point_locations: Any, interpolation_order: int = 2,
    regularization_weight: float = 0.0, num_boundary_points: int = 0, name: str | None = "sparse_image_warp",
) -> tuple[Tensor, Tensor]:  # fmt: skip
    """Return an image bent so that points come to lie where they are wanted, and the flow that does so.

    Args:
      image: float `[batch, height, width, channels]`, its size known.
      source_control_point_locations, dest_control_point_locations: `[batch, points, 2]` of rows and columns.
      interpolation_order, regularization_weight: of the flow between the points; see `interpolate_spline`.
      num_boundary_points: how many points of each side stay where they are: 1 for the corners.
      name: for a scope.
    """
    with name_scope(name):
        image = convert_to_tensor(image)
        source = convert_to_tensor(source_control_point_locations)
        target = convert_to_tensor(dest_control_point_locations)
        batch, height, width, _ = image.shape.as_list()
        flow = target - source
        if num_boundary_points > 0:
            border = constant(_border(height, width, num_boundary_points), target.dtype)
            fixed = zeros([_extent(target, 0), 1, 1], target.dtype) + border[None]
            target = concat([target, fixed], 1)
            flow = concat([flow, fixed * 0], 1)
        rows, columns = np.meshgrid(np.arange(height), np.arange(width), indexing="ij")
        grid = np.stack([rows.ravel(), columns.ravel()], axis=1)
        queries = constant(np.broadcast_to(grid, (batch, *grid.shape)), flow.dtype)
        flows = interpolate_spline(target, flow, queries, interpolation_order, regularization_weight)
        dense = reshape(flows, [batch, height, width, 2])
        return dense_image_warp(image, dense), dense


def _border(height: int, width: int, count: int) -> Any:
    """Points on the border of an image, each once."""
    rows, columns = np.linspace(0, height - 1, count + 1), np.linspace(0, width - 1, count + 1)
    sides = [(row, column) for row in rows for column in (0, width - 1)]
    sides += [(row, column) for column in columns[1:-1] for row in (0, height - 1)]
    return np.array(sides)
