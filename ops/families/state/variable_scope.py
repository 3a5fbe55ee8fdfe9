"""`get_variable` and `variable_scope`: variables found again by their names."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from functools import partial
from typing import Any

from ...building.default_graph import get_default_graph, name_scope
from ...graph.graph_keys import GraphKeys
from ...types import dtypes
from .scope_settings import AUTO_REUSE, VariableScope, VariableStore, get_variable_scope, variable_store
from .variable_getter import get_or_make

__all__ = ["AUTO_REUSE", "VariableScope", "get_variable_scope"]


@contextmanager
def variable_scope(
    name_or_scope: Any,
    default_name: str | None = None,
    values: Any = None,
    initializer: Any = None,
    regularizer: Any = None,
    caching_device: Any = None,
    partitioner: Any = None,
    custom_getter: Any = None,
    reuse: Any = None,
    dtype: Any = None,
    use_resource: bool | None = None,
    constraint: Any = None,
    auxiliary_name_scope: bool = True,
) -> Iterator[VariableScope]:
    """Open a variable scope: names of variables made by `get_variable` inside begin with its name.

    Args:
      name_or_scope: a name, put behind the outer scope's, or a VariableScope to open again.
      default_name: used, and made unique, when `name_or_scope` is None.
      values: tensors used inside, whose graph becomes the default one.
      initializer, regularizer, caching_device, partitioner, dtype, use_resource, constraint: defaults for variables
        made inside.
      custom_getter: a function called in place of `get_variable`, with what would be called as its first argument.
      reuse: True: variables must exist; AUTO_REUSE: they may; None: as outside.
      auxiliary_name_scope: False leaves the name scope as it is.
    Yields: the VariableScope.
    Raises: ValueError if neither name is given, or for another `reuse`; TypeError for a scope of another type.
    """
    _check_scope(name_or_scope, default_name, reuse)
    defaults = {
        "initializer": initializer, "regularizer": regularizer, "caching_device": caching_device,
        "partitioner": partitioner, "dtype": dtype, "use_resource": use_resource, "constraint": constraint,
    }  # fmt: skip
    scope: Any = name_or_scope
    outer = (store := variable_store()).current
    given = not isinstance(scope, str) and scope is not None
    name = scope.name if given else _full_name(store, outer, scope, default_name)
    own = name.rpartition("/")[2] if given else default_name if scope is None else scope
    with _name_scope(own, values, auxiliary_name_scope) as names:
        original = scope.original_name_scope if given else names
        base = scope if given else outer
        store.current = base.inner(
            reuse or base.reuse,  # of a scope that is opened again, what it was made with, wherever that is
            name,
            original,
            custom_getter=_inside(custom_getter, base.custom_getter),
            **defaults,
        )
        if given:
            store.opened[name] = store.opened.get(name, 0) + 1
        opened = dict(store.opened)
        try:
            yield store.current
        finally:
            store.current = outer
            if given:
                store.opened = opened
            else:
                store.forget_within(name)


def _name_scope(own: str | None, values: Any, is_auxiliary: bool) -> Any:
    """The name scope that goes with a variable scope; without one, or without a name, the scope around as it is."""
    if is_auxiliary and own:
        return name_scope(own, None, values)
    around = "" if is_auxiliary else get_default_graph().get_name_scope()
    return nullcontext(f"{around}/" if around else "")


def _inside(custom_getter: Any, outer: Any) -> Any:
    """A getter whose first argument calls the getter of the scope around."""
    if custom_getter is None or outer is None:
        return custom_getter

    def both(getter: Any, *args: Any, **kwargs: Any) -> Any:
        return custom_getter(partial(outer, getter), *args, **kwargs)

    return both


def _check_scope(name_or_scope: Any, default_name: str | None, reuse: Any) -> None:
    """Raises: TypeError, ValueError for arguments of `variable_scope` that are none."""
    if name_or_scope is None and default_name is None:
        raise TypeError("If default_name is None then name_or_scope is required")
    if reuse not in (None, True, False) and reuse is not AUTO_REUSE:
        raise ValueError("The reuse parameter must be True or False or None.")
    if name_or_scope is None and reuse:
        raise ValueError("reuse=True cannot be used without a name_or_scope")
    if not isinstance(name_or_scope, (str, VariableScope, type(None))):
        raise TypeError(f"VariableScope: name_or_scope must be a string or VariableScope, got {name_or_scope!r}.")


def _full_name(store: VariableStore, outer: VariableScope, name: str | None, default_name: str | None) -> str:
    """The name of a new scope behind the outer one's; a default name is made unique."""
    prefix = outer.name + "/" if outer.name else ""
    if name is not None:
        full = prefix + name
    else:
        full = prefix + str(default_name)
        if store.opened.get(full):
            number = 1
            while store.opened.get(f"{full}_{number}"):
                number += 1
            full = f"{full}_{number}"
    store.opened[full] = store.opened.get(full, 0) + 1
    return full


def get_variable(
    name: str,
    shape: Any = None,
    dtype: Any = None,
    initializer: Any = None,
    regularizer: Any = None,
    trainable: bool | None = None,
    collections: Any = None,
    caching_device: Any = None,
    partitioner: Any = None,
    validate_shape: bool = True,
    use_resource: bool | None = None,
    custom_getter: Any = None,
    constraint: Any = None,
    synchronization: Any = 0,
    aggregation: Any = 0,
) -> Any:
    """Return the variable of that name in the scope in force, made if the scope allows it.

    Args:
      name: the name inside the scope.
      shape: the shape; left out if the initializer has one.
      dtype: the type; default: the scope's, float32.
      initializer: an initializer object, a function without arguments, a tensor or values; default: the scope's,
        else uniform random values of Glorot's range for floats, zeros for other types.
      regularizer: a function from the variable to a loss, added to `REGULARIZATION_LOSSES`.
      trainable, collections, caching_device, validate_shape, use_resource, constraint, synchronization, aggregation:
        see `Variable`.
      partitioner: a function from shape and type to the number of parts in each dimension.
      custom_getter: a function called in place of this one, with this one as its first argument.
    Returns: a Variable; with a partitioner a PartitionedVariable, unless it is a scalar.
    Raises: ValueError if it exists and may not be reused, or does not and must, or has another shape or type.
    """
    scope = variable_store().current
    full = f"{scope.name}/{name}" if scope.name else name
    getter = custom_getter or scope.custom_getter
    arguments: dict[str, Any] = {
        "shape": shape,
        "dtype": scope.dtype if dtype is None else dtypes.as_dtype(dtype),
        "initializer": scope.initializer if initializer is None else initializer,
        "regularizer": regularizer or scope.regularizer,
        "reuse": scope.reuse,
        "trainable": True if trainable is None else trainable,
        "collections": collections,
        "caching_device": caching_device or scope.caching_device,
        "partitioner": partitioner or scope.partitioner,
        "validate_shape": validate_shape,
        "use_resource": scope.use_resource if use_resource is None else use_resource,
        "constraint": constraint or scope.constraint,
        "synchronization": synchronization,
        "aggregation": aggregation,
    }
    if initializer is not None and dtype is None and not callable(initializer):
        arguments["dtype"] = None  # given values keep their type
    if getter is not None:
        return getter(getter=get_or_make, name=full, **arguments)
    return get_or_make(full, **arguments)


def get_local_variable(
    name: str,
    shape: Any = None,
    dtype: Any = None,
    initializer: Any = None,
    regularizer: Any = None,
    trainable: bool = False,
    collections: Any = None,
    caching_device: Any = None,
    partitioner: Any = None,
    validate_shape: bool = True,
    use_resource: bool | None = None,
    custom_getter: Any = None,
    constraint: Any = None,
    synchronization: Any = 0,
    aggregation: Any = 0,
) -> Any:
    """`get_variable` for a variable that is not trainable and joins the collection `LOCAL_VARIABLES` as well."""
    collections = [*(collections or ()), GraphKeys.LOCAL_VARIABLES]
    return get_variable(
        name, shape, dtype, initializer, regularizer, False, collections, caching_device, partitioner,
        validate_shape, use_resource, custom_getter, constraint, synchronization, aggregation,
    )  # fmt: skip


def no_regularizer(_: Any) -> None:
    """Return None: a regularizer for variables that are to have none, whatever the scope says."""


@contextmanager
def variable_op_scope(
    values: Any, name_or_scope: Any, default_name: str | None = None, **options: Any
) -> Iterator[VariableScope]:
    """The old name of `variable_scope`, with its arguments in another order."""
    with variable_scope(name_or_scope, default_name, values, **options) as scope:
        yield scope


def create_partitioned_variables(
    shape: Any,
    slicing: Any,
    initializer: Any,
    dtype: Any = dtypes.float32,
    trainable: bool = True,
    collections: Any = None,
    name: str | None = None,
    reuse: Any = None,
) -> list[Any]:
    """Return the parts of a variable that is cut along one dimension.

    Args:
      shape: of the whole.
      slicing: per dimension, in how many parts it is cut; more than one in one dimension only.
      initializer: as of `get_variable`.
      dtype: the type.
      trainable: whether training changes it.
      collections: those that the parts are added to.
      name: of the scope that the parts are in; default: `PartitionedVariable`.
      reuse: as of `variable_scope`.
    Raises: ValueError for a slicing that does not fit the shape.

    It is the old form of `get_variable` with a partitioner.
    """
    if len(shape) != len(slicing):
        raise ValueError(
            "The 'shape' and 'slicing' of a partitioned Variable must have the length: shape: "
            f"{list(shape)}, slicing: {list(slicing)}"
        )
    if any(parts < 1 for parts in slicing):
        raise ValueError(f"Partition sizes must be positive, but saw: {list(slicing)}")
    with variable_scope(name, "PartitionedVariable", reuse=reuse) as scope:
        whole = get_or_make(
            scope.name, shape, dtypes.as_dtype(dtype), lambda **_: list(slicing), scope.reuse, initializer=initializer,
            trainable=trainable, collections=collections,
        )  # fmt: skip
    return list(whole)
