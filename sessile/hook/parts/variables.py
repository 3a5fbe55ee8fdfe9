"""`tensorflow.python.ops.variables`, `variable_scope`, `resource_variable_ops`: the classes of variables."""

from __future__ import annotations

from contextlib import AbstractContextManager
from typing import Any

from ...ops.building.default_graph import get_default_graph
from ...ops.families.state.partitioned import PartitionedVariable
from ...ops.families.state.ref_variable import RefVariable
from ...ops.families.state.resource_variable import ResourceVariable
from ...ops.families.state.scope_settings import VariableStore, variable_store
from ...ops.families.state.variable_scope import variable_scope
from ...ops.families.state.variables import Variable, default_variable_creator
from ...ops.graph.graph_keys import GraphKeys

VariableV1 = variable = Variable
__all__ = [
    "PartitionedVariable",
    "RefVariable",
    "ResourceVariable",
    "VariableV1",
    "default_variable_creator",
    "get_variable_scope_store",
    "is_resource_variable",
    "variable",
]


def _pure_variable_scope(name_or_scope: Any, **options: Any) -> AbstractContextManager[Any]:
    """`tf.variable_scope` that leaves the name scope as it is.

    Args:
      name_or_scope: a name or a VariableScope.
      **options: `reuse`, `initializer` and its other options; `old_name_scope` is accepted.
    """
    options.pop("old_name_scope", None)
    return variable_scope(name_or_scope, auxiliary_name_scope=False, **options)


def get_variable_scope_store() -> VariableStore:
    """The default graph's store: `current_scope`, which may be set, and `variable_scope_count(name)`."""
    return variable_store()


def _get_default_variable_store() -> VariableStore:
    """The default graph's store: `_vars` and `_partitioned_vars`, what `get_variable` made by their names."""
    return variable_store()


def _all_saveable_objects(scope: str | None = None) -> list[Any]:
    """What a `Saver` of everything saves: global variables, and tables and iterators that can be saved.

    Args:
      scope: a pattern; only those whose names begin with it, if given.
    """
    graph = get_default_graph()
    keys = (GraphKeys.GLOBAL_VARIABLES, GraphKeys.SAVEABLE_OBJECTS)
    return [item for key in keys for item in graph.get_collection(key, scope)]


def is_resource_variable(var: Any) -> bool:
    """Whether this is a variable whose reads are ordered by control edges alone."""
    return isinstance(var, ResourceVariable)
