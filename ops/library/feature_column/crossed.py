"""Columns of crosses: each choice of a category from several features is a category."""

from __future__ import annotations

from typing import Any, NamedTuple

from ...families.io.parsing import VarLenFeature
from ...families.sparse.sparse_tensor import SparseTensor
from ...families.strings.crossing import sparse_cross_hashed
from ...types import dtypes
from .base import CategoricalColumn, FeatureColumn, Features
from .categorical import HashedCategoricalColumn


class _Crossed(NamedTuple):
    keys: tuple[Any, ...]
    hash_bucket_size: int
    hash_key: int | None


class CrossedColumn(_Crossed, CategoricalColumn):
    """See `crossed_column`."""

    __slots__ = ()

    @property
    def name(self) -> str:
        """The features' names."""
        return "_X_".join(sorted(key if isinstance(key, str) else key.name for key in _leaves(self)))

    @property
    def parse_example_spec(self) -> dict[str, Any]:
        """All features of any length, and those of the columns."""
        spec: dict[str, Any] = {}
        for key in self.keys:
            spec.update(
                key.parse_example_spec if isinstance(key, FeatureColumn) else {key: VarLenFeature(dtypes.string)}
            )
        return spec

    def transform_feature(self, features: Features) -> SparseTensor:
        """The hashes of the crosses."""
        inputs = []
        for key in _leaves(self):
            if isinstance(key, str):
                inputs.append(features.get(key))
                continue
            ids, weights = key.get_sparse_tensors(features)
            if weights is not None:
                raise ValueError(
                    f"crossed_column does not support weight_tensor, but the given column populates it: {key.name}"
                )
            inputs.append(ids)
        return sparse_cross_hashed(inputs, self.hash_bucket_size, self.hash_key)

    @property
    def num_buckets(self) -> int:
        """The buckets given."""
        return self.hash_bucket_size


def _leaves(column: CrossedColumn) -> list[Any]:
    found: list[Any] = []
    for key in column.keys:
        found += _leaves(key) if isinstance(key, CrossedColumn) else [key]
    return found


def crossed_column(keys: Any, hash_bucket_size: int, hash_key: int | None = None) -> CrossedColumn:
    """Return a column of the crosses of features, hashed into buckets.

    Args:
      keys: at least two: names of features, or categorical columns, but hashed ones.
      hash_bucket_size: how many buckets there are.
      hash_key: another one gives other hashes.
    Raises: ValueError for what cannot be.
    """
    if not hash_bucket_size or hash_bucket_size < 1:
        raise ValueError(f"hash_bucket_size must be > 1. hash_bucket_size: {hash_bucket_size}")
    if not keys or len(keys) < 2:
        raise ValueError(f"keys must be a list with length > 1. Given: {keys}")
    for key in keys:
        if not isinstance(key, (str, CategoricalColumn)):
            raise ValueError(f"Unsupported key type. All keys must be either string, or categorical column: {key}")
        if isinstance(key, HashedCategoricalColumn):
            raise ValueError(
                "categorical_column_with_hash_bucket is not supported for crossing. Hashing before crossing will "
                f"increase probability of collision. Instead, use the feature name as a string. Given: {key}"
            )
    return CrossedColumn(tuple(keys), hash_bucket_size, hash_key)
