"""Variables of models: made into the collections of `tf.contrib`, found by scope and suffix."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from typing import Any

from ....building.default_graph import add_to_collection, device, get_collection
from ....families.state import global_step as steps
from ....families.state.assignments import assign
from ....families.state.variable_scope import get_variable
from ....families.state.variables import Variable
from ....graph.graph_keys import GraphKeys
from ....types import dtypes
from .arg_scope import add_arg_scope


@add_arg_scope
def variable(
    name: str,
    shape: Any = None,
    dtype: Any = None,
    initializer: Any = None,
    regularizer: Any = None,
    trainable: bool = True,
    collections: Any = None,
    caching_device: Any = None,
    device: Any = None,
    partitioner: Any = None,
    custom_getter: Any = None,
    use_resource: bool | None = None,
    synchronization: Any = 0,
    aggregation: Any = 0,
) -> Any:
    """Return a variable of this name, as `get_variable` does; `custom_getter` is called in its place, `device` is
    where it is."""
    keys = list(collections) if collections is not None else [GraphKeys.GLOBAL_VARIABLES]
    if GraphKeys.GLOBAL_VARIABLES not in keys and GraphKeys.LOCAL_VARIABLES not in keys:
        keys.append(GraphKeys.GLOBAL_VARIABLES)
    getter = get_variable if custom_getter is None else custom_getter
    with _on(device):
        return getter(
            name,
            shape=shape,
            dtype=dtype,
            initializer=initializer,
            regularizer=regularizer,
            trainable=trainable,
            collections=list(dict.fromkeys(keys)),
            caching_device=caching_device,
            partitioner=partitioner,
            use_resource=use_resource,
        )


def _on(place: Any) -> Any:
    return device("" if place is None else place)


@add_arg_scope
def model_variable(
    name: str,
    shape: Any = None,
    dtype: Any = dtypes.float32,
    initializer: Any = None,
    regularizer: Any = None,
    trainable: bool = True,
    collections: Any = None,
    caching_device: Any = None,
    device: Any = None,
    partitioner: Any = None,
    custom_getter: Any = None,
    use_resource: bool | None = None,
    synchronization: Any = 0,
    aggregation: Any = 0,
) -> Any:
    """Return a variable that is a part of a model: one that is in the collection MODEL_VARIABLES too."""
    keys = [*(collections or ()), GraphKeys.GLOBAL_VARIABLES, GraphKeys.MODEL_VARIABLES]
    return variable(
        name, shape, dtype, initializer, regularizer, trainable, keys, caching_device, device, partitioner,
        custom_getter, use_resource,
    )  # fmt: skip


def local_variable(
    initial_value: Any, validate_shape: bool = True, name: str | None = None, use_resource: bool | None = None
) -> Any:
    """Return a new variable in the collection LOCAL_VARIABLES that training does not change."""
    return Variable(
        initial_value,
        trainable=False,
        collections=[GraphKeys.LOCAL_VARIABLES],
        validate_shape=validate_shape,
        name=name,
        use_resource=use_resource,
    )


def global_variable(
    initial_value: Any, validate_shape: bool = True, name: str | None = None, use_resource: bool | None = None
) -> Any:
    """Return a new variable in the collection GLOBAL_VARIABLES that training does not change."""
    return Variable(
        initial_value,
        trainable=False,
        collections=[GraphKeys.GLOBAL_VARIABLES],
        validate_shape=validate_shape,
        name=name,
        use_resource=use_resource,
    )


def add_model_variable(var: Any) -> None:
    """Put a variable into the collection MODEL_VARIABLES, once."""
    if not any(var is known for known in get_collection(GraphKeys.MODEL_VARIABLES)):
        add_to_collection(GraphKeys.MODEL_VARIABLES, var)


def get_variables(scope: Any = None, suffix: str | None = None, collection: str = GraphKeys.GLOBAL_VARIABLES) -> Any:
    """Return the variables of a collection.

    Args:
      scope: a prefix of their names, or a variable scope; None for all.
      suffix: the last part of their names; None for all.
      collection: the key of the collection.
    """
    prefix = getattr(scope, "name", scope)
    if suffix is not None:
        if ":" not in suffix:
            suffix += ":"
        prefix = f"{prefix or ''}.*{suffix}"
    return get_collection(collection, prefix)


def get_model_variables(scope: Any = None, suffix: str | None = None) -> Any:
    """Return the variables in MODEL_VARIABLES; see `get_variables`."""
    return get_variables(scope, suffix, GraphKeys.MODEL_VARIABLES)


def get_local_variables(scope: Any = None, suffix: str | None = None) -> Any:
    """Return the variables in LOCAL_VARIABLES; see `get_variables`."""
    return get_variables(scope, suffix, GraphKeys.LOCAL_VARIABLES)


def get_trainable_variables(scope: Any = None, suffix: str | None = None) -> Any:
    """Return the variables in TRAINABLE_VARIABLES; see `get_variables`."""
    return get_variables(scope, suffix, GraphKeys.TRAINABLE_VARIABLES)


def get_variables_by_suffix(suffix: str, scope: Any = None) -> Any:
    """Return the variables whose names end so."""
    return get_variables(scope=scope, suffix=suffix)


def get_variables_by_name(given_name: str, scope: Any = None) -> Any:
    """Return the variables whose name within their scope is this one."""
    return get_variables(scope=scope, suffix=f"/{given_name}:|^{given_name}:")


def get_unique_variable(var_op_name: str) -> Any:
    """Return the variable of this name. Raises: ValueError if there is none, or several begin so and none is it."""
    candidates = get_variables(scope=var_op_name)
    if not candidates:
        raise ValueError(f"Couldn't find variable {var_op_name}")
    for candidate in candidates:
        if candidate.op.name == var_op_name:
            return candidate
    raise ValueError(f"Variable {var_op_name} does not uniquely identify a variable")


def get_variable_full_name(var: Any) -> str:
    """Return the name of a variable, of a part of one that of the whole."""
    info = getattr(var, "_save_slice_info", None)
    return str(info.full_name if info is not None else var.op.name)


def get_variables_to_restore(include: Any = None, exclude: Any = None) -> Any:
    """Return the variables of some scopes, without those of others.

    Args:
      include: a list of scopes; None for all.
      exclude: a list of scopes; None for none.
    Raises: TypeError if one is no list.
    """
    for name, value in (("include", include), ("exclude", exclude)):
        if value is not None and not isinstance(value, (list, tuple)):
            raise TypeError(f"{name} is provided but is not a list or a tuple.")
    wanted = [var for scope in (include if include is not None else [None]) for var in get_variables(scope)]
    without = {id(var) for scope in exclude or () for var in get_variables(scope)}
    return [var for var in dict.fromkeys(wanted) if id(var) not in without]


def filter_variables(
    var_list: Iterable[Any], include_patterns: Any = None, exclude_patterns: Any = None, reg_search: bool = True
) -> list[Any]:
    """Return the variables whose names match one of the patterns to include, and none of those to exclude.

    Args:
      include_patterns, exclude_patterns: lists of regular expressions; None to include all, to exclude none.
      reg_search: whether a pattern may match anywhere in a name; otherwise at its beginning.
    """
    match = re.search if reg_search else re.match

    def fits(var: Any, patterns: Sequence[str]) -> bool:
        return any(match(pattern, var.op.name) for pattern in patterns)

    found = list(var_list)
    if include_patterns is not None:
        found = [var for var in found if fits(var, include_patterns)]
    return [var for var in found if exclude_patterns is None or not fits(var, exclude_patterns)]


def get_global_step(graph: Any = None) -> Any:
    """Return the global step variable, or None."""
    return steps.get_global_step(graph)


def create_global_step(graph: Any = None) -> Any:
    """Make the global step variable. Raises: ValueError if there is one."""
    return steps.create_global_step(graph)


def get_or_create_global_step(graph: Any = None) -> Any:
    """Return the global step variable, made if there is none."""
    return steps.get_or_create_global_step(graph)


def assert_or_get_global_step(graph: Any = None, global_step_tensor: Any = None) -> Any:
    """Return `global_step_tensor`, or the graph's; checks that it is an integer scalar."""
    found = global_step_tensor if global_step_tensor is not None else steps.get_global_step(graph)
    if found is not None:
        assert_global_step(found)
    return found


def assert_global_step(global_step_tensor: Any) -> None:
    """Raises: TypeError unless it is a variable or tensor of one integer."""
    if not global_step_tensor.dtype.base_dtype.is_integer:
        raise TypeError(f'Existing "global_step" does not have integer type: {global_step_tensor.dtype}')
    if global_step_tensor.get_shape().ndims not in (0, None):
        raise TypeError(f'Existing "global_step" is not scalar: {global_step_tensor.get_shape()}')


def zero_initializer(ref: Any, use_locking: bool = True, name: str = "zero_initializer") -> Any:
    """Return an operation that sets a variable to zeros."""
    from ....families.elementwise.like import zeros_like

    return assign(ref, zeros_like(ref), use_locking=use_locking, name=name)
