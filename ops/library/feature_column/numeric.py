"""Columns of numbers: as they are, and in buckets."""

from __future__ import annotations

import itertools
from typing import Any, NamedTuple

import numpy as np

from ...building.build import build
from ...families.arrays.filling import range as range_of
from ...families.arrays.rearranging import tile
from ...families.arrays.reshaping import expand_dims, reshape
from ...families.arrays.shape_ops import shape as shape_of
from ...families.arrays.stacking import stack
from ...families.arrays.transposing import transpose
from ...families.elementwise.cast import cast
from ...families.indexing.positions import one_hot
from ...families.io.parsing import FixedLenFeature
from ...families.reductions.order import BUCKETIZE
from ...families.sparse.sparse_tensor import SparseTensor, is_sparse
from ...graph.node import Tensor
from ...types import dtypes
from ...types.tensor_shape import TensorShape
from .base import CategoricalColumn, DenseColumn, Features, IdWeightPair, checked_key


class _Numeric(NamedTuple):
    key: str
    shape: tuple[int, ...]
    default_value: Any
    dtype: Any
    normalizer_fn: Any


class NumericColumn(_Numeric, DenseColumn):
    """See `numeric_column`."""

    __slots__ = ()

    @property
    def name(self) -> str:
        """The feature's name."""
        return self.key

    @property
    def parse_example_spec(self) -> dict[str, Any]:
        """A feature of fixed length."""
        return {self.key: FixedLenFeature(self.shape, self.dtype, self.default_value)}

    def transform_feature(self, features: Features) -> Any:
        """The feature as floats, normalized."""
        tensor = features.get(self.key)
        if is_sparse(tensor):
            raise ValueError(
                "The corresponding Tensor of numerical column must be a Tensor. SparseTensor is not supported. key: "
                f"{self.key}"
            )
        if self.normalizer_fn is not None:
            tensor = self.normalizer_fn(tensor)
        return cast(tensor, dtypes.float32)

    @property
    def variable_shape(self) -> TensorShape:
        """The shape given."""
        return TensorShape(self.shape)

    def get_dense_tensor(self, features: Features, trainable: bool, collections: list[str]) -> Tensor:
        """The feature."""
        tensor: Tensor = features.get(self)
        return tensor


def numeric_column(
    key: str, shape: Any = (1,), default_value: Any = None, dtype: Any = dtypes.float32, normalizer_fn: Any = None
) -> NumericColumn:
    """Return a column of numbers.

    Args:
      key: the feature's name.
      shape: of one example.
      default_value: where examples have none: a number, or numbers of that shape.
      dtype: of the feature: floating-point or integers.
      normalizer_fn: a function of the tensor.
    Raises: ValueError for a type or shape that cannot be, TypeError for what is none.

    >>> column = tf.feature_column.numeric_column("age")
    >>> with tf.Session() as sess:
    ...     sess.run(tf.feature_column.input_layer({"age": [[30.0], [50.0]]}, [column])).tolist()
    [[30.0], [50.0]]
    """
    checked_key(key)
    extents = tuple(int(extent) for extent in (shape if isinstance(shape, (list, tuple, TensorShape)) else (shape,)))
    if any(extent <= 0 for extent in extents):
        raise ValueError(f"shape dimensions must be greater than 0. Given: {extents}")
    kind = dtypes.as_dtype(dtype)
    if not (kind.is_integer or kind.is_floating):
        raise ValueError(f"dtype must be convertible to float. dtype: {dtype}, key: {key}")
    if normalizer_fn is not None and not callable(normalizer_fn):
        raise TypeError(f"normalizer_fn must be a callable. Given: {normalizer_fn}")
    return NumericColumn(key, extents, _defaults(default_value, extents, kind, key), kind, normalizer_fn)


def _defaults(value: Any, shape: tuple[int, ...], dtype: Any, key: str) -> Any:
    if value is None:
        return None
    try:
        array = np.broadcast_to(np.asarray(value, dtype.as_numpy_dtype), shape) if np.ndim(value) == 0 else value
        array = np.asarray(array, dtype.as_numpy_dtype)
    except (TypeError, ValueError):
        raise TypeError(f"default_value must be compatible with dtype. default_value: {value}, key: {key}") from None
    if array.shape != shape:
        raise ValueError(f"The shape of default_value must be equal to given shape {shape}. Got {value} for {key}.")

    def as_tuple(part: Any) -> Any:
        return tuple(as_tuple(item) for item in part) if isinstance(part, list) else part

    return as_tuple(array.tolist())


class _Bucketized(NamedTuple):
    source_column: NumericColumn
    boundaries: tuple[float, ...]


class BucketizedColumn(_Bucketized, DenseColumn, CategoricalColumn):
    """See `bucketized_column`."""

    __slots__ = ()

    @property
    def name(self) -> str:
        """The name."""
        return f"{self.source_column.name}_bucketized"

    @property
    def parse_example_spec(self) -> dict[str, Any]:
        """That of the numbers."""
        return self.source_column._parse_example_spec

    def transform_feature(self, features: Features) -> Any:
        """The number of the bucket."""
        source = features.get(self.source_column)
        return build(BUCKETIZE, source, boundaries=list(self.boundaries))

    @property
    def num_buckets(self) -> int:
        """The buckets of each number."""
        return (len(self.boundaries) + 1) * self.source_column.shape[0]

    @property
    def variable_shape(self) -> TensorShape:
        """A one-hot row for each number."""
        return TensorShape([*self.source_column.shape, len(self.boundaries) + 1])

    def get_dense_tensor(self, features: Features, trainable: bool, collections: list[str]) -> Tensor:
        """One-hot rows."""
        numbers = cast(features.get(self), dtypes.int64)
        result: Tensor = one_hot(numbers, len(self.boundaries) + 1, 1.0, 0.0)
        return result

    def get_sparse_tensors(self, features: Features) -> IdWeightPair:
        """The buckets as categories, those of each number after those of the one before."""
        tensor = features.get(self)
        batch = shape_of(tensor)[0]
        width = self.source_column.shape[0]
        rows = reshape(tile(expand_dims(range_of(0, batch), 1), [1, width]), (-1,))
        columns = tile(range_of(0, width), [batch])
        ids = reshape(tensor, (-1,)) + (len(self.boundaries) + 1) * columns
        indices = cast(transpose(stack((rows, columns))), dtypes.int64)
        extents = cast(stack([batch, width]), dtypes.int64)
        return IdWeightPair(SparseTensor(indices, ids, extents), None)


def bucketized_column(source_column: Any, boundaries: Any) -> BucketizedColumn:
    """Return a column of the buckets that numbers fall into: below the first boundary, up to the next, ...

    Args:
      source_column: a numeric column of one dimension.
      boundaries: ascending numbers; a bucket has its lower one in it.
    Raises: ValueError for other columns and boundaries.
    """
    if not isinstance(source_column, NumericColumn):
        raise ValueError(f"source_column must be a column generated with numeric_column(). Given: {source_column}")
    if len(source_column.shape) > 1:
        raise ValueError(f"source_column must be one-dimensional column. Given: {source_column}")
    if not isinstance(boundaries, (list, tuple)) or not boundaries:
        raise ValueError("boundaries must not be empty." if not boundaries else "boundaries must be a sorted list.")
    if any(after <= before for before, after in itertools.pairwise(boundaries)):
        raise ValueError("boundaries must be a sorted list.")
    return BucketizedColumn(source_column, tuple(boundaries))
