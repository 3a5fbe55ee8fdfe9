"""`tensorflow.python.feature_column`: what libraries derive columns of their own from."""

from __future__ import annotations

from ...ops.library.feature_column.base import CategoricalColumn, DenseColumn, FeatureColumn, Features

__all__ = ["CategoricalColumn", "DenseColumn", "FeatureColumn"]

_FeatureColumn = FeatureColumn
_DenseColumn = DenseColumn
_CategoricalColumn = CategoricalColumn
_LazyBuilder = Features
