"""`parse_example`, `parse_single_example`, and how features are described."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

import numpy as np

from ...building.build import build_operation
from ...building.constant import constant
from ...building.convert import convert_to_tensor
from ...building.default_graph import name_scope
from ...graph.node import Tensor, TensorLike
from ...types import dtypes
from ...types.dtypes import DType
from ...types.tensor_shape import TensorShape
from ..arrays.reshaping import reshape
from ..sparse.composed import sparse_merge
from ..sparse.sparse_tensor import SparseTensor
from .example_ops import PARSE_EXAMPLE, PARSE_SINGLE_EXAMPLE


class VarLenFeature(NamedTuple):
    """A feature with any number of values: a SparseTensor. Args: dtype: float32, int64 or string."""

    dtype: Any


class FixedLenFeature(NamedTuple):
    """A feature with always as many values: a tensor of the shape, behind the batch.

    Args:
      shape: the shape of one example.
      dtype: float32, int64 or string.
      default_value: what an example without it has; default: it must be there.
    """

    shape: Any
    dtype: Any
    default_value: Any = None


class FixedLenSequenceFeature(NamedTuple):
    """A feature with any number of rows: a tensor `[batch, longest, *shape]`, filled up.

    Args:
      shape: the shape of one row.
      dtype: float32, int64 or string.
      allow_missing: True: an example without it has no rows; it must be True for `parse_example`.
      default_value: what shorter ones are filled up with; default: zero, or an empty string.
    """

    shape: Any
    dtype: Any
    allow_missing: bool = False
    default_value: Any = None


class SparseFeature(NamedTuple):
    """Two features, or more, that are the coordinates and the values of a SparseTensor.

    Args:
      index_key: the feature of the coordinates; a list of them for more than one axis.
      value_key: the feature of the values.
      dtype: float32, int64 or string.
      size: the extent, or a list of them.
      already_sorted: whether coordinates ascend already.
    """

    index_key: Any
    value_key: str
    dtype: Any
    size: Any
    already_sorted: bool = False


class _Wanted:
    """Features in the order in which the operations take and give them."""

    def __init__(self, features: Mapping[str, Any]) -> None:
        if not features:
            raise ValueError(f"Missing: features was {features}.")
        self.sparse: dict[str, Any] = {}
        self.dense: dict[str, FixedLenFeature | FixedLenSequenceFeature] = {}
        for key in sorted(features):
            self._add(key, features[key])
        both = self.sparse.keys() & self.dense.keys()
        if both:
            raise ValueError(f"Dense and sparse keys must not intersect; intersection: {both}")
        self.sparse = {key: _checked(dtype, "sparse_types") for key, dtype in self.sparse.items()}

    def _add(self, key: str, feature: Any) -> None:
        if isinstance(feature, VarLenFeature):
            self._add_sparse(key, feature.dtype)
        elif isinstance(feature, SparseFeature):
            for part in ("index_key", "value_key"):
                if not getattr(feature, part):
                    raise ValueError(f"Missing {part} for SparseFeature {feature}.")
            if not feature.dtype:
                raise ValueError(f"Missing type for feature {key}.")
            keys = feature.index_key if isinstance(feature.index_key, (list, tuple)) else [feature.index_key]
            for index_key in sorted(keys):
                self._add_sparse(index_key, dtypes.int64)
            self._add_sparse(feature.value_key, feature.dtype)
        elif isinstance(feature, FixedLenFeature):
            _check_parts(key, feature)
            extents = TensorShape(feature.shape).as_list()
            if extents and extents[0] is None:
                raise ValueError(
                    f"First dimension of shape for feature {key} unknown. Consider using FixedLenSequenceFeature."
                )
            if any(extent is None for extent in extents):
                raise ValueError(
                    f"All dimensions of shape for feature {key} need to be known but received {feature.shape}."
                )
            self.dense[key] = feature
        elif isinstance(feature, FixedLenSequenceFeature):
            _check_parts(key, feature)
            extents = TensorShape(feature.shape).as_list()
            if None in extents:
                shown = ",".join("?" if extent is None else str(extent) for extent in [None, *extents])
                raise ValueError(
                    f"dense_shapes[{len(self.dense)}] has unknown rank or unknown inner dimensions: [{shown}]"
                )
            if not feature.allow_missing:
                raise ValueError("Unsupported: FixedLenSequenceFeature requires allow_missing to be True.")
            self.dense[key] = feature
        else:
            raise ValueError(f"Invalid feature {key}:{feature}.")

    def _add_sparse(self, key: str, dtype: Any) -> None:
        if dtype is None:
            raise ValueError(f"Missing type for feature {key}.")
        dtype = dtypes.as_dtype(dtype)
        if self.sparse.setdefault(key, dtype) is not dtype:
            raise ValueError(f"Conflicting type {self.sparse[key]!r} vs {dtype.name} for feature {key}.")

    def defaults(self) -> list[Tensor]:
        """The defaults as tensors, named as TensorFlow names them."""
        return [_default(key, feature) for key, feature in self.dense.items()]

    def shapes(self) -> list[list[int | None]]:
        """The shapes of the dense features, behind the batch."""
        shapes = []
        for feature in self.dense.values():
            extents = TensorShape(feature.shape).as_list()
            shapes.append([None, *extents] if isinstance(feature, FixedLenSequenceFeature) else extents)
        return shapes

    def results(self, outputs: Any, features: Mapping[str, Any]) -> dict[str, Any]:
        """Sort the outputs of an operation to the features."""
        count = len(self.sparse)
        indices, values, shapes = (outputs[place * count : (place + 1) * count] for place in range(3))
        tensors: dict[str, Any] = {
            key: SparseTensor(*parts) for key, *parts in zip(self.sparse, indices, values, shapes)
        }
        dense = dict(zip(self.dense, outputs[3 * count :]))
        result: dict[str, Any] = {}
        result.update((key, tensors[key]) for key in self.sparse if isinstance(features.get(key), VarLenFeature))
        result.update(dense)
        for key in sorted(features):
            feature = features[key]
            if isinstance(feature, SparseFeature):
                ids = feature.index_key
                parts = [tensors[name] for name in ids] if isinstance(ids, (list, tuple)) else tensors[ids]
                result[key] = sparse_merge(
                    parts, tensors[feature.value_key], feature.size, already_sorted=feature.already_sorted
                )
        return result


def _check_parts(key: str, feature: FixedLenFeature | FixedLenSequenceFeature) -> None:
    """Raises: ValueError without a type or a shape."""
    for part, value in (("type", feature.dtype), ("shape", feature.shape)):
        if value is None:
            raise ValueError(f"Missing {part} for feature {key}.")


def _default(key: str, feature: FixedLenFeature | FixedLenSequenceFeature) -> Tensor:
    dtype = _checked(feature.dtype, "dense_defaults")
    extents = TensorShape(feature.shape).as_list()
    if isinstance(feature, FixedLenFeature):
        if feature.default_value is None:
            return constant([], dtype)
        value = convert_to_tensor(feature.default_value, dtype, name=f"key_{_as_name(key)}")
        return reshape(value, np.array(extents, np.int32))
    if feature.default_value is None:
        return constant(b"" if dtype is dtypes.string else 0, dtype)
    return reshape(
        convert_to_tensor(feature.default_value, dtype, name=f"padding_{_as_name(key)}"), np.zeros(0, np.int32)
    )


def _checked(dtype: Any, parameter: str) -> DType:
    """A type as a feature may have. Raises: TypeError for others."""
    found: DType = dtypes.as_dtype(dtype)
    if found not in (dtypes.float32, dtypes.int64, dtypes.string):
        raise TypeError(
            f"Value passed to parameter '{parameter}' has DataType {found.name} not in list of allowed values: "
            "float32, int64, string"
        )
    return found


def _as_name(key: str) -> str:
    return "".join(letter if letter.isalnum() and letter.isascii() or letter in "_.\\-/" else "_" for letter in key)


def parse_example(
    serialized: TensorLike, features: Mapping[str, Any], name: str | None = None, example_names: Any = None
) -> dict[str, Any]:
    """Parse a batch of Example messages.

    Args:
      serialized: string vector, a message each.
      features: from keys to FixedLenFeature, VarLenFeature, SparseFeature or FixedLenSequenceFeature.
      name: a name for the scope.
      example_names: string vector: names of the messages, for errors.
    Returns: from each key to a tensor, or a SparseTensor for VarLenFeature and SparseFeature.
    Raises: ValueError without features, or for one that is none. When run: InvalidArgumentError for what is no Example,
      missing features, and other types and numbers of values than described.
    """
    wanted = _Wanted(features)
    with name_scope(name, "ParseExample", [serialized]):
        names = [] if example_names is None else example_names
        op = build_operation(
            PARSE_EXAMPLE,
            serialized,
            convert_to_tensor(names, dtypes.string, name="ParseExample/names") if example_names is not None else names,
            list(wanted.sparse),
            list(wanted.dense),
            wanted.defaults(),
            name=name or "ParseExample",
            sparse_types=list(wanted.sparse.values()),
            dense_shapes=wanted.shapes(),
        )
    return wanted.results(op.outputs, features)


def parse_single_example(
    serialized: TensorLike, features: Mapping[str, Any], name: str | None = None, example_names: Any = None
) -> dict[str, Any]:
    """Parse one Example message; results have no axis of the batch.

    Args:
      serialized: string scalar, the message.
      features, name, example_names: as in `parse_example`.
    Returns, Raises: as `parse_example`.
    """
    wanted = _Wanted(features)
    with name_scope(name, "ParseSingleExample", [serialized]):
        serialized = convert_to_tensor(serialized, name="serialized")
        op = build_operation(
            PARSE_SINGLE_EXAMPLE,
            serialized,
            wanted.defaults(),
            name=name or "ParseSingleExample",
            num_sparse=len(wanted.sparse),
            sparse_keys=list(wanted.sparse),
            dense_keys=list(wanted.dense),
            sparse_types=list(wanted.sparse.values()),
            dense_shapes=wanted.shapes(),
        )
    return wanted.results(op.outputs, features)
