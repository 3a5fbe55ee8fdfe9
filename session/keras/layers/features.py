"""`DenseFeatures`: feature columns as a layer."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ....ops.families.state.variable_scope import variable_scope
from ....ops.graph.graph_keys import GraphKeys
from ....ops.library.feature_column.base import DenseColumn, Features
from ..layer import Layer
from ..operations import concat, get_default_graph, name_scope, reshape, shape_of


class DenseFeatures(Layer):
    """What dense feature columns give for a batch, side by side in the order of their names.

    Args:
      feature_columns: dense columns.
    Raises: ValueError for a column that is not dense.
    """

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

    def call(self, features: Any) -> Any:  # type: ignore[override]
        """Return the columns' tensors. Raises: ValueError unless features are a dictionary."""
        if not isinstance(features, Mapping):
            raise ValueError(f"We expected a dictionary here. Instead we got: {features}")
        source, outputs = Features(features), []
        known = set(get_default_graph().get_collection(GraphKeys.GLOBAL_VARIABLES))
        with variable_scope(
            self.name, reuse=bool(self._own_variables()), use_resource=True, auxiliary_name_scope=False
        ):
            for column in self._columns:
                with variable_scope(column._var_scope_name, auxiliary_name_scope=False), name_scope(column.name):
                    tensor = column._get_dense_tensor(source, [GraphKeys.GLOBAL_VARIABLES], self.trainable)
                    outputs.append(reshape(tensor, (shape_of(tensor)[0], column._variable_shape.num_elements())))
        for variable in get_default_graph().get_collection(GraphKeys.GLOBAL_VARIABLES):
            if variable not in known:
                self._note_variable(variable, variable.trainable)
        return concat(outputs, -1)
