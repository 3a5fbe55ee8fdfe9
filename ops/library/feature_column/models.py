"""What is computed from feature columns: the input of a network, a linear model, what is to be parsed."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ...building.default_graph import name_scope
from ...families.arrays.reshaping import reshape
from ...families.arrays.shape_ops import shape as shape_of
from ...families.arrays.stacking import concat
from ...families.elementwise.arithmetic import add_n
from ...families.elementwise.cast import cast
from ...families.linalg.products import matmul
from ...families.nn.bias import bias_add
from ...families.nn.sampled.sparse_embedding import safe_embedding_lookup_sparse
from ...families.random.initializers import Zeros
from ...families.sparse.sparse_tensor import SparseTensor
from ...families.sparse.structure import sparse_reshape
from ...families.state.variable_scope import get_variable, variable_scope
from ...graph.graph_keys import GraphKeys
from ...graph.node import Tensor
from ...types import dtypes
from .base import CategoricalColumn, DenseColumn, FeatureColumn, Features


def sorted_columns(columns: Any) -> list[Any]:
    """The columns by name. Raises: ValueError for none, for what is no column, or two of one name."""
    if isinstance(columns, FeatureColumn):
        columns = [columns]
    if isinstance(columns, Mapping):
        raise ValueError("Expected feature_columns to be iterable, found dict.")
    found = list(columns)
    for column in found:
        if not isinstance(column, FeatureColumn):
            raise ValueError(
                f"Items of feature_columns must be a feature column. Given (type {type(column)}): {column}."
            )
    if not found:
        raise ValueError("feature_columns must not be empty.")
    names: dict[str, Any] = {}
    for column in found:
        if column.name in names:
            raise ValueError(
                f"Duplicate feature column name found for columns: {column} and {names[column.name]}. This usually "
                "means that these columns refer to same base feature."
            )
        names[column.name] = column
    return [names[name] for name in sorted(names)]


def collections_of(more: Any) -> list[str]:
    """The collections that columns' variables are added to: those given, and the usual."""
    found = list(more or [])
    for key in (GraphKeys.GLOBAL_VARIABLES, GraphKeys.MODEL_VARIABLES):
        if key not in found:
            found.append(key)
    return found


def input_layer(
    features: Mapping[str, Any], feature_columns: Any, weight_collections: Any = None, trainable: bool = True,
    cols_to_vars: Any = None, cols_to_output_tensors: Any = None,
) -> Tensor:  # fmt: skip
    """Return what dense columns give for a batch, side by side in the order of their names.

    Args:
      features: from names to tensors.
      feature_columns: dense columns.
      weight_collections: where variables are added, besides the usual.
      trainable: whether they are trainable.
      cols_to_vars, cols_to_output_tensors: dictionaries that are told the variables and tensors of each column.
    Raises: ValueError for columns that are not dense.
    """
    columns = sorted_columns(feature_columns)
    for column in columns:
        if not isinstance(column, DenseColumn):
            raise ValueError(
                "Items of feature_columns must be a dense column. You can wrap a categorical column with an "
                f"embedding_column or indicator_column. Given: {column}"
            )
    collections = collections_of(weight_collections)
    source = Features(features)
    outputs = []
    with variable_scope(None, default_name="input_layer", values=list(features.values())):
        for column in columns:
            with variable_scope(None, default_name=column._var_scope_name) as scope:
                tensor = column._get_dense_tensor(source, collections, trainable)
                width = column._variable_shape.num_elements()
                output = reshape(tensor, (shape_of(tensor)[0], width))
                outputs.append(output)
                if cols_to_vars is not None:
                    from ...building.default_graph import get_collection

                    cols_to_vars[column] = get_collection(GraphKeys.GLOBAL_VARIABLES, scope=scope.name)
                if cols_to_output_tensors is not None:
                    cols_to_output_tensors[column] = output
        result: Tensor = concat(outputs, 1)
        return result


def linear_model(
    features: Mapping[str, Any], feature_columns: Any, units: int = 1, sparse_combiner: str = "sum",
    weight_collections: Any = None, trainable: bool = True, cols_to_vars: Any = None,
) -> Tensor:  # fmt: skip
    """Return a weighted sum of what columns give, and a bias.

    Args:
      features: from names to tensors.
      feature_columns: columns, numeric or categorical.
      units: how many sums there are.
      sparse_combiner: how several categories of an example are joined: `sum`, `mean` or `sqrtn`.
      weight_collections, trainable, cols_to_vars: as for `input_layer`.
    Returns: a tensor of a row for each example.
    Raises: ValueError for what is no column.
    """
    columns = sorted_columns(feature_columns)
    collections = list(weight_collections or [])
    if GraphKeys.GLOBAL_VARIABLES not in collections:
        collections.append(GraphKeys.GLOBAL_VARIABLES)
    source = Features(features)
    with variable_scope(None, default_name="linear_model") as scope, name_scope(None):
        outer = scope.original_name_scope.rstrip("/")
        with name_scope(f"{outer}_1") as again, name_scope("linear_model"):
            del again
            sums = []
            for column in columns:
                variable = _weights(column, units, trainable, collections)
                if cols_to_vars is not None:
                    cols_to_vars[column] = [variable]
                with name_scope(column.name):
                    sums.append(_weighted_sum(column, source, variable, units, sparse_combiner))
            total = sums[0] if len(sums) == 1 else add_n(sums, name="weighted_sum_no_bias")
            bias = get_variable(
                "bias_weights", [units], dtypes.float32, Zeros(), trainable=trainable, collections=collections,
                use_resource=True,
            )  # fmt: skip
            if cols_to_vars is not None:
                cols_to_vars["bias"] = [bias]
            result: Tensor = bias_add(total, bias, name="weighted_sum")
            return result


def _weights(column: Any, units: int, trainable: bool, collections: list[str]) -> Any:
    rows = column._num_buckets if isinstance(column, CategoricalColumn) else column._variable_shape.num_elements()
    with variable_scope(column.name, auxiliary_name_scope=False):
        return get_variable(
            "weights", [rows, units], dtypes.float32, Zeros(), trainable=trainable, collections=collections,
            use_resource=True,
        )  # fmt: skip


def _weighted_sum(column: Any, source: Features, weights: Any, units: int, combiner: str) -> Tensor:
    if not isinstance(column, CategoricalColumn):
        tensor = column._get_dense_tensor(source, [], True)
        rows = reshape(tensor, (shape_of(tensor)[0], column._variable_shape.num_elements()))
        product: Tensor = matmul(rows, weights, name="weighted_sum")
        return product
    ids, values = column._get_sparse_tensors(source)
    flat = [cast(shape_of(ids)[0] if not isinstance(ids, SparseTensor) else ids.dense_shape[0], dtypes.int64), -1]
    ids = sparse_reshape(ids, flat)
    values = None if values is None else sparse_reshape(values, flat)
    return safe_embedding_lookup_sparse(weights, ids, values, combiner=combiner, name="weighted_sum")


def make_parse_example_spec(feature_columns: Any) -> dict[str, Any]:
    """Return what `tf.parse_example` has to read for the columns: from names to features.

    Raises: ValueError for what is no column, or columns that disagree.
    """
    spec: dict[str, Any] = {}
    for column in feature_columns:
        if not isinstance(column, FeatureColumn):
            raise ValueError(f"All feature_columns must be feature columns, given: {column}")
        for key, value in column._parse_example_spec.items():
            if key in spec and spec[key] != value:
                raise ValueError(f"feature_columns contain different parse_spec for key {key}: {value} and {spec[key]}")
            spec[key] = value
    return spec
