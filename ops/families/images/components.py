"""Parts of images that hang together, and pairs of what is nearest."""

from __future__ import annotations

from typing import Any

import numpy as np

from ...building.build import build
from ...building.convert import convert_to_tensor
from ...building.default_graph import name_scope
from ...definition.opdef import NOT_DIFFERENTIABLE, OpDef
from ...definition.shapes import same_shape, with_rank
from ...graph.node import Tensor
from ...types import dtypes
from ..elementwise.cast import cast

_TYPES = (
    dtypes.int64, dtypes.int32, dtypes.uint16, dtypes.int16, dtypes.uint8, dtypes.int8, dtypes.float16,
    dtypes.float32, dtypes.float64, dtypes.bool_, dtypes.string,
)  # fmt: skip


def _components_kernel(image: Any) -> Any:
    from scipy import ndimage

    result, count = np.zeros(image.shape, np.int64), 0
    zero = b"" if image.dtype == object else image.dtype.type(0)
    for number, one in enumerate(image):
        labels, least = np.zeros(one.shape, np.int64), 0
        for value in {item for item in one.ravel().tolist() if item != zero}:
            found, parts = ndimage.label(one == value)
            labels[found > 0] = found[found > 0] + least
            least += parts
        # numbered by their first elements, over all values
        ids, firsts = np.unique(labels, return_index=True)
        order = [ident for _, ident in sorted(zip(firsts.tolist(), ids.tolist())) if ident]
        renamed = np.zeros(least + 1, np.int64)
        renamed[order] = np.arange(count + 1, count + len(order) + 1)
        result[number] = renamed[labels]
        count += len(order)
    return result


IMAGE_CONNECTED_COMPONENTS = OpDef(
    name="ImageConnectedComponents",
    signature="image: dtype -> components: int64",
    where={"dtype": _TYPES},
    shape=same_shape,
    kernel=_components_kernel,
    gradient=NOT_DIFFERENTIABLE,
)


def connected_components(images: Any) -> Tensor:
    """Return the number of the part that each element belongs to: neighbours with one value, 0 for zeros.

    Args:
      images: `[height, width]` or `[images, height, width]`, of numbers or bool.
    Returns: int32 of the same shape: parts are numbered from 1 on in the order of their first elements.
    Raises: TypeError for other ranks.

    >>> tf.Session().run(connected_components([[1, 1, 0], [0, 0, 1]]))
    array([[1, 1, 0],
           [0, 0, 2]], dtype=int32)
    """
    with name_scope("connected_components"):
        image = convert_to_tensor(images, name="images")
        rank = image.shape.ndims
        if rank is None:
            raise TypeError("images rank must be statically known")
        if rank not in (2, 3):
            raise TypeError(f"images should have rank 2 (HW) or 3 (NHW). Static shape is {image.shape}")
        batch = image if rank == 3 else image[None]
        components: Tensor = cast(build(IMAGE_CONNECTED_COMPONENTS, batch), dtypes.int32)
        return components if rank == 3 else components[0]


def _match_kernel(distance_mat: Any, num_valid_rows: Any, *, top_k: int) -> Any:
    rows, columns = distance_mat.shape
    valid = int(np.ravel(num_valid_rows)[0])
    valid = rows if valid < 0 else min(valid, rows)
    row_matches, column_matches = np.full(rows, -1, np.int32), np.full(columns, -1, np.int32)
    most = min(columns, valid) if top_k < 0 else min(top_k, columns, valid)
    found = 0
    for place in np.argsort(distance_mat[:valid], axis=None, kind="stable").tolist():
        if found >= most:
            break
        row, column = divmod(place, columns)
        if row_matches[row] < 0 and column_matches[column] < 0:
            row_matches[row], column_matches[column] = column, row
            found += 1
    return row_matches, column_matches


def _match_shape(query: Any) -> Any:
    shape = query.shapes[0]
    rows, columns = with_rank(shape, 2)
    return [(rows,), (columns,)]


BIPARTITE_MATCH = OpDef(
    name="BipartiteMatch",
    signature=(
        "distance_mat: float32, num_valid_rows: float32 -> row_to_col_match_indices: int32, "
        "col_to_row_match_indices: int32"
    ),
    attrs={"top_k": ("int", -1)},
    shape=_match_shape,
    kernel=_match_kernel,
    gradient=NOT_DIFFERENTIABLE,
)


def bipartite_match(
    distance_mat: Any, num_valid_rows: Any, top_k: int = -1, name: str | None = "bipartite_match"
) -> tuple[Tensor, Tensor]:
    """Return for each row the column that is matched to it, and for each column the row; -1 for none.

    Args:
      distance_mat: float32 matrix: how far each column is from each row; the nearest pairs are matched first.
      num_valid_rows: how many rows count; all if negative.
      top_k: how many pairs are matched at the most; as many as can be if negative.
      name: of the operation.

    >>> tf.Session().run(bipartite_match([[0.5, 0.1], [0.2, 0.3]], -1.0))
    (array([1, 0], dtype=int32), array([1, 0], dtype=int32))
    """
    rows, columns = build(BIPARTITE_MATCH, distance_mat, num_valid_rows, top_k=top_k, name=name)
    return rows, columns
