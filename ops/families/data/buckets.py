"""Batches of elements of about one length."""

from __future__ import annotations

from typing import Any, Final

from ...building.constant import constant
from ...building.default_graph import control_dependencies, leave_out
from ...types import dtypes
from ...types.tensor_shape import TensorShape
from ..arrays.stacking import stack
from ..debugging.assertions import assert_less
from ..elementwise.cast import cast
from ..elementwise.compare import less_equal
from ..indexing.gathering import gather
from ..reductions.reductions import reduce_sum
from .dataset import flat
from .runtime import Spec

_TOO_LONG: Final = "When pad_to_bucket_boundary=True, elements must have length < max(bucket_boundaries)."


def bucketed(
    length_func: Any, boundaries: list[int], sizes: list[int], padded_shapes: Any, padding_values: Any,
    to_boundary: bool, no_padding: bool, drop_remainder: bool, group_by_window: Any,
) -> Any:  # fmt: skip
    """From a dataset to its batches; see `bucket_by_sequence_length`.

    Raises: ValueError for a wrong number of sizes.
    """
    if len(sizes) != len(boundaries) + 1:
        raise ValueError("len(bucket_batch_sizes) must equal len(bucket_boundaries) + 1")

    leave_out(1)  # the sizes

    def bucket_of(*element: Any) -> Any:
        """How many boundaries an element reaches."""
        length = cast(length_func(*element), dtypes.int32)
        return reduce_sum(cast(less_equal(constant(boundaries, dtypes.int32), length), dtypes.int64))

    def size_of(bucket: Any) -> Any:
        return gather(constant(sizes, dtypes.int64), bucket)

    def batch_of(bucket: Any, window: Any) -> Any:
        size = size_of(bucket)
        if no_padding:
            return window.batch(size, drop_remainder=drop_remainder)
        shapes = _shapes(window._spec, padded_shapes)
        if to_boundary:
            within = assert_less(bucket, constant(len(boundaries), dtypes.int64), message=_TOO_LONG)
            with control_dependencies([within]):
                last = gather(constant([bound - 1 for bound in boundaries], dtypes.int64), bucket)
            shapes = [_filled(shape, last) for shape in shapes]
        packed = window._spec.pack(shapes)
        return window.padded_batch(size, packed, padding_values, drop_remainder=drop_remainder)

    return lambda dataset: dataset.apply(group_by_window(bucket_of, batch_of, window_size_func=size_of))


def _shapes(spec: Spec, padded_shapes: Any) -> list[Any]:
    if padded_shapes is None:
        return [TensorShape(shape) for shape in spec.shapes]
    return [TensorShape(shape) for shape in flat(padded_shapes)]


def _filled(shape: TensorShape, last: Any) -> Any:
    """A shape whose open extents are the last length of a bucket."""
    extents = shape.as_list() if shape.ndims is not None else [None]
    return stack([last if n is None else constant(n, dtypes.int64) for n in extents]) if extents else shape
