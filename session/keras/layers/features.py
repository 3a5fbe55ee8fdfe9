"""`DenseFeatures` and `SequenceFeatures`: feature columns as layers."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from ....ops.families.state.variable_scope import variable_scope
from ....ops.graph.graph_keys import GraphKeys
from ....ops.library.feature_column.base import DenseColumn, Features
from ....ops.library.feature_column.sequences import lengths_of_all, sequence_tensors
from ..layer import Layer
from ..operations import concat, get_default_graph, name_scope, reshape, shape_of


class _ColumnFeatures(Layer):
    """What has to do with feature columns in both layers."""

    def __init__(self, feature_columns: Any, trainable: bool = True, name: str | None = None, **kwargs: Any) -> None:
        super().__init__(trainable=trainable, name=name, **kwargs)
        columns = list(feature_columns) if isinstance(feature_columns, (list, set)) else [feature_columns]
        for column in columns:
            if not isinstance(column, DenseColumn):
                raise ValueError(
                    "Items of feature_columns must be a dense column. You can wrap a categorical column with an "
                    f"embedding_column or indicator_column. Given: {column}"
                )
        self._columns = sorted(columns, key=lambda column: str(column.name))

    def _column_tensors(self, features: Any, tensor_of: Callable[[Any, Features], Any]) -> list[Any]:
        """What columns give, in the order of their names. Raises: ValueError unless features are a dictionary."""
        if not isinstance(features, Mapping):
            raise ValueError(f"We expected a dictionary here. Instead we got: {features}")
        source, outputs = Features(features), []
        known = set(get_default_graph().get_collection(GraphKeys.GLOBAL_VARIABLES))
        with variable_scope(
            self.name, reuse=bool(self._own_variables()), use_resource=True, auxiliary_name_scope=False
        ):
            for column in self._columns:
                with variable_scope(column._var_scope_name, auxiliary_name_scope=False), name_scope(column.name):
                    outputs.append(tensor_of(column, source))
        for variable in get_default_graph().get_collection(GraphKeys.GLOBAL_VARIABLES):
            if variable not in known:
                self._note_variable(variable, variable.trainable)
        return outputs


class DenseFeatures(_ColumnFeatures):
    """What dense feature columns give for a batch, side by side in the order of their names.

    Args:
      feature_columns: dense columns.
    Raises: ValueError for a column that is not dense.
    """

    def call(self, features: Any) -> Any:  # type: ignore[override]
        """Return the columns' tensors. Raises: ValueError unless features are a dictionary."""

        def tensor_of(column: Any, source: Features) -> Any:
            tensor = column._get_dense_tensor(source, [GraphKeys.GLOBAL_VARIABLES], self.trainable)
            return reshape(tensor, (shape_of(tensor)[0], column._variable_shape.num_elements()))

        return concat(self._column_tensors(features, tensor_of), -1)


class SequenceFeatures(_ColumnFeatures):
    """What columns of sequences give for a batch, side by side in the order of their names.

    Args:
      feature_columns: columns of numbers, or embeddings and indicators of categories, all of sequences.
    Raises: ValueError for a column that is not dense.

    Called with features it returns a tensor (batch, steps, width), and how many steps each example has.
    """

    def call(self, features: Any) -> Any:  # type: ignore[override]
        """Return the columns' tensors and lengths. Raises: ValueError for features that are no dictionary, and columns
        that are none of sequences."""

        def tensors_of(column: Any, source: Features) -> Any:
            return sequence_tensors(column, source, self.trainable, [GraphKeys.GLOBAL_VARIABLES], "SequenceFeatures")

        outputs = self._column_tensors(features, tensors_of)
        return concat([numbers for numbers, _ in outputs], -1), lengths_of_all([length for _, length in outputs])
