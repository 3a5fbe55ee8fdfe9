"""What feature columns have in common, and the features they are computed from, each once."""

from __future__ import annotations

from typing import Any, NamedTuple

from ...building.basic_ops import identity
from ...building.build import build
from ...building.convert import convert_to_tensor
from ...building.default_graph import name_scope
from ...families.arrays.reshaping import expand_dims
from ...families.arrays.shape_ops import SHAPE
from ...families.elementwise.cast import cast
from ...families.elementwise.compare import not_equal
from ...families.elementwise.rounding import maximum
from ...families.indexing.batch_gathering import gather_nd
from ...families.indexing.positions import where
from ...families.reductions.segments import unsorted_segment_max
from ...families.sparse.sparse_tensor import SparseTensor, convert_to_tensor_or_sparse_tensor, is_sparse
from ...graph.node import Tensor
from ...types import dtypes


class IdWeightPair(NamedTuple):
    """What a categorical column gives: numbers of categories, and their weights or None."""

    id_tensor: SparseTensor
    weight_tensor: SparseTensor | None


class Features:
    """The features of a batch, and what columns made of them.

    Args:
      features: from names to tensors and sparse tensors.
    """

    def __init__(self, features: Any) -> None:
        self._features = dict(features)
        self._made: dict[Any, Any] = {}

    def get(self, key: Any) -> Any:
        """A feature by name, of at least two dimensions, or what a column makes of it.

        Raises: ValueError for a feature that is not there, or has no batch; TypeError for what is no column.
        """
        if key in self._made:
            return self._made[key]
        if isinstance(key, str):
            if key not in self._features:
                raise ValueError(f"Feature {key} is not in features dictionary.")
            self._made[key] = _with_columns(self._features[key], key)
        elif isinstance(key, FeatureColumn):
            self._made[key] = key._transform_feature(self)
        else:
            raise TypeError(f'"key" must be either a "str" or "FeatureColumn". Provided: {key}')
        return self._made[key]


def _with_columns(value: Any, key: str) -> Any:
    tensor = convert_to_tensor_or_sparse_tensor(value)
    if is_sparse(tensor):
        return tensor
    rank = tensor.shape.ndims
    if rank == 0:
        raise ValueError(f"Feature (key: {key}) cannot have rank 0. Given: {tensor}")
    return expand_dims(tensor, -1) if rank == 1 else tensor


class FeatureColumn:
    """The base of feature columns. They are immutable, and equal if they say the same.

    What is computed from columns asks them by TensorFlow 1's names, which begin with an underscore: a column of a
    program's own defines those.
    """

    __slots__ = ()

    @property
    def name(self) -> str:
        """The name, by which columns are ordered and variables called."""
        raise NotImplementedError

    @property
    def parse_example_spec(self) -> dict[str, Any]:
        """What `tf.parse_example` has to read for it."""
        raise NotImplementedError

    def transform_feature(self, features: Features) -> Any:
        """Compute what `Features.get` keeps."""
        raise NotImplementedError

    @property
    def _parse_example_spec(self) -> dict[str, Any]:
        return self.parse_example_spec

    def _transform_feature(self, inputs: Features) -> Any:
        return self.transform_feature(inputs)

    @property
    def _var_scope_name(self) -> str:
        return self.name


class DenseColumn(FeatureColumn):
    """A column whose batch is a dense tensor."""

    __slots__ = ()

    @property
    def variable_shape(self) -> Any:
        """The shape of one example."""
        raise NotImplementedError

    def get_dense_tensor(self, features: Features, trainable: bool, collections: list[str]) -> Tensor:
        """Return the tensor of a batch; variables are made in the current variable scope."""
        raise NotImplementedError

    @property
    def _variable_shape(self) -> Any:
        return self.variable_shape

    def _get_dense_tensor(self, inputs: Features, weight_collections: Any = None, trainable: Any = None) -> Tensor:
        return self.get_dense_tensor(inputs, trainable is not False, weight_collections or [])


class CategoricalColumn(FeatureColumn):
    """A column of categories, numbered from 0."""

    __slots__ = ()

    @property
    def num_buckets(self) -> int:
        """How many categories there are."""
        raise NotImplementedError

    def get_sparse_tensors(self, features: Features) -> IdWeightPair:
        """Return the numbers of the categories of each example, and weights."""
        return IdWeightPair(features.get(self), None)

    @property
    def _num_buckets(self) -> int:
        return self.num_buckets

    def _get_sparse_tensors(
        self, inputs: Features, weight_collections: Any = None, trainable: Any = None
    ) -> IdWeightPair:
        return self.get_sparse_tensors(inputs)


CategoricalColumn.IdWeightPair = IdWeightPair  # type: ignore[attr-defined]  # as TensorFlow has it


def to_sparse(tensor: Any, ignore_value: Any = None) -> SparseTensor:
    """A tensor as a sparse one, without one value: by default -1, and empty strings."""
    if is_sparse(tensor):
        sparse: SparseTensor = tensor
        return sparse
    with name_scope("to_sparse_input"):
        if ignore_value is None:
            if tensor.dtype.base_dtype is dtypes.string:
                ignore_value = ""
            elif tensor.dtype.is_integer:
                ignore_value = -1
            else:
                ignore_value = tensor.dtype.as_numpy_dtype()
        ignored = convert_to_tensor(ignore_value, name="ignore_value/x")
        if ignored.dtype is not tensor.dtype.base_dtype:
            ignored = cast(ignored, tensor.dtype, name="ignore_value")
        indices = where(not_equal(tensor, ignored), name="indices")
        values = gather_nd(tensor, indices, name="values")
        extents = build(SHAPE, tensor, out_type=dtypes.int64, name="dense_shape")
        return SparseTensor(indices, values, extents)


def checked_key(key: Any) -> str:
    """Raises: ValueError unless a feature's name is a string."""
    if not isinstance(key, str):
        raise ValueError(f"key must be a string. Got: type {type(key)}. Given key: {key}.")
    return key


def is_sequence(column: Any) -> bool:
    """Whether a column is of sequences, or a dense column of such."""
    return bool(getattr(getattr(column, "categorical_column", column), "is_sequence", False))


def sequence_length_from_sparse_tensor(sp_tensor: SparseTensor, num_elements: int = 1) -> Tensor:
    """Return how many steps each example of a sparse tensor (batch, steps, ...) has, int64.

    Args:
      sp_tensor: the sparse tensor.
      num_elements: how many of its elements are one step.
    """
    with name_scope(None, "sequence_length") as scope:
        rows, steps = sp_tensor.indices[:, 0], sp_tensor.indices[:, 1] + 1
        batch = sp_tensor.dense_shape[0]
        elements = maximum(unsorted_segment_max(steps, rows, batch), cast(0, dtypes.int64))
        lengths: Tensor = identity((elements + (num_elements - 1)) // num_elements, name=scope)
        return lengths
