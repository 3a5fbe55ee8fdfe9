"""`constant_value_as_shape`: what is known of a shape that a tensor holds."""

from __future__ import annotations

from typing import Any

from ..definition.shape_query import UNKNOWN
from ..graph.partial import partial_value
from ..types.tensor_shape import TensorShape
from .static_value import get_static_value


def constant_value_as_shape(tensor: Any) -> TensorShape:
    """Return the shape whose extents an integer tensor holds, as far as the graph alone determines them.

    Args:
      tensor: an integer vector; or the scalar -1, which stands for an unknown shape. A negative extent is unknown.
    Raises: ValueError for another scalar, and for matrices.

    >>> from sessile.ops.building.static_shape import constant_value_as_shape
    >>> x = tf.placeholder(tf.float32, [None, 5])
    >>> constant_value_as_shape(tf.concat([tf.shape(x), [7]], 0)).as_list()
    [None, 5, 7]
    """
    rank = tensor.shape.ndims
    if rank == 0:
        value = get_static_value(tensor)
        if value is None or value != -1:
            found = "with unknown value" if value is None else f"value '{value}'"
            raise ValueError(
                f"Received a scalar {found} as shape; require a statically known scalar with value '-1' to describe "
                "an unknown shape."
            )
        return TensorShape(None)
    if rank is not None:
        tensor.shape.assert_has_rank(1)
    known = partial_value(tensor)
    if known is not None and known.ndim == 1:
        return TensorShape([None if item is UNKNOWN or item < 0 else int(item) for item in known])
    count = None if rank is None else tensor.shape.as_list()[0]
    return TensorShape(None) if count is None else TensorShape([None] * count)
