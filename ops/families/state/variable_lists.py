"""Functions on all variables of a graph: lists of them, their initializers, which have no value."""

from __future__ import annotations

from typing import Any, NamedTuple

from ...building.basic_ops import group
from ...building.build import build
from ...building.default_graph import get_default_graph, name_scope
from ...graph.graph_keys import GraphKeys
from ...graph.node import Tensor
from ...graph.operation import Operation
from ...types import dtypes
from . import assignments as state


def global_variables(scope: str | None = None) -> list[Any]:
    """The variables of the default graph that are shared by all of a model: what `Variable` makes.

    Args:
      scope: keep those whose names match this regular expression at their start.
    """
    return get_default_graph().get_collection(GraphKeys.GLOBAL_VARIABLES, scope)


all_variables = global_variables


def local_variables(scope: str | None = None) -> list[Any]:
    """The variables of the collection `LOCAL_VARIABLES`."""
    return get_default_graph().get_collection(GraphKeys.LOCAL_VARIABLES, scope)


def model_variables(scope: str | None = None) -> list[Any]:
    """The variables of the collection `MODEL_VARIABLES`."""
    return get_default_graph().get_collection(GraphKeys.MODEL_VARIABLES, scope)


def moving_average_variables(scope: str | None = None) -> list[Any]:
    """The variables that keep moving averages: those of the collection `MOVING_AVERAGE_VARIABLES`."""
    return get_default_graph().get_collection(GraphKeys.MOVING_AVERAGE_VARIABLES, scope)


def trainable_variables(scope: str | None = None) -> list[Any]:
    """The variables made with `trainable=True`."""
    return get_default_graph().get_collection(GraphKeys.TRAINABLE_VARIABLES, scope)


def variables_initializer(var_list: Any, name: str = "init") -> Operation:
    """Return an operation that gives every variable of the list its initial value."""
    return group(*[variable.initializer for variable in var_list], name=name)


initialize_variables = variables_initializer


def global_variables_initializer() -> Operation:
    """Return an operation that gives all global variables made so far their initial values."""
    return variables_initializer(global_variables())


initialize_all_variables = global_variables_initializer


def local_variables_initializer() -> Operation:
    """Return an operation that gives all local variables made so far their initial values."""
    return variables_initializer(local_variables())


initialize_local_variables = local_variables_initializer


def tables_initializer(name: str = "init_all_tables") -> Operation:
    """Return an operation that runs what stands in the collection `TABLE_INITIALIZERS`; nothing, in most programs."""
    return group(*get_default_graph().get_collection(GraphKeys.TABLE_INITIALIZERS), name=name)


initialize_all_tables = tables_initializer


def is_variable_initialized(variable: Any) -> Tensor:
    """Return a bool tensor: whether the variable has a value in the session."""
    return state.is_variable_initialized(variable)


def report_uninitialized_variables(var_list: Any = None, name: str = "report_uninitialized_variables") -> Tensor:
    """Return a string vector: the names of the variables without a value.

    Args:
      var_list: the variables; default: all global and local ones.
      name: a name for the scope.
    """
    from ...building.constant import constant
    from ..arrays.stacking import stack
    from ..elementwise.compare import logical_not
    from ..indexing.masking import boolean_mask

    variables = global_variables() + local_variables() if var_list is None else list(var_list)
    with name_scope(name):
        if not variables:
            return constant([], dtypes.string, [0])
        missing = logical_not(stack([is_variable_initialized(variable) for variable in variables]))
        names = constant([variable.op.name for variable in variables], dtypes.string)
        result: Tensor = boolean_mask(names, missing)
        return result


def assert_variables_initialized(var_list: Any = None) -> Any:
    """Return a tensor that is computed only where all variables have values; None without variables.

    Args:
      var_list: the variables; default: all global and local ones.
    Returns: what TensorFlow returns: the rank of the variable, or a vector of their ranks.
    Raises: FailedPreconditionError, when it is run and a variable has no value.
    """
    from ..arrays.shape_ops import RANK
    from ..arrays.stacking import stack

    variables = global_variables() + local_variables() if var_list is None else list(var_list)
    ranks = []
    for variable in variables:
        with get_default_graph().colocate_with(variable.op):
            ranks.append(build(RANK, variable, name="Rank"))
    return stack(ranks) if len(ranks) > 1 else ranks[0] if ranks else None


# Resources other than variables, which programs with operations of their own register.


class _Resource(NamedTuple):
    handle: Any
    create: Any
    is_initialized: Any


def register_resource(handle: Any, create_op: Any, is_initialized_op: Any, is_shared: bool = True) -> None:
    """Tell the graph of a resource, so that a `Scaffold` makes it and waits for it.

    Args:
      handle: its tensor; create_op: the operation that makes it; is_initialized_op: a bool scalar.
      is_shared: whether it is one for all sessions; else each session makes its own.
    """
    key = GraphKeys.RESOURCES if is_shared else GraphKeys.LOCAL_RESOURCES
    get_default_graph().add_to_collection(key, _Resource(handle, create_op, is_initialized_op))


def shared_resources() -> list[Any]:
    """The registered resources that are one for all sessions."""
    found: list[Any] = get_default_graph().get_collection(GraphKeys.RESOURCES)
    return found


def local_resources() -> list[Any]:
    """The registered resources that each session makes."""
    found: list[Any] = get_default_graph().get_collection(GraphKeys.LOCAL_RESOURCES)
    return found


def initialize_resources(resource_list: Any, name: str = "init") -> Any:
    """Return the operation that makes resources."""
    return group(*(resource.create for resource in resource_list), name=name)


def report_uninitialized_resources(resource_list: Any = None, name: str = "report_uninitialized_resources") -> Tensor:
    """Return a string vector: the names of the handles of resources that are not made.

    Args:
      resource_list: the resources; default: all that are registered.
      name: a name for the scope.
    """
    from ...building.constant import constant
    from ..arrays.stacking import stack
    from ..elementwise.compare import logical_not
    from ..indexing.masking import boolean_mask

    resources = shared_resources() + local_resources() if resource_list is None else list(resource_list)
    with name_scope(name):
        if not resources:
            return constant([], dtypes.string, [0])
        missing = logical_not(stack([resource.is_initialized for resource in resources]))
        names = constant([resource.handle.name for resource in resources], dtypes.string)
        result: Tensor = boolean_mask(names, missing)
        return result
