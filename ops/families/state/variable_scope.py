"""`get_variable` and `variable_scope`: variables found again by their names."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from functools import partial
from typing import Any

from ...building.default_graph import get_default_graph, graph_of, name_scope
from ...graph.defaults import default_graph
from ...graph.graph_keys import GraphKeys
from ...types import dtypes
from .scope_settings import AUTO_REUSE, VariableScope, VariableStore, get_variable_scope, variable_store
from .variable_getter import get_or_make

__all__ = ["AUTO_REUSE", "VariableScope", "get_variable_scope"]


class variable_scope:  # noqa: N801 - TensorFlow's spelling
    """A variable scope: names of variables made by `get_variable` inside begin with its name.

    Args:
      name_or_scope: a name, put behind the outer scope's, or a VariableScope to open again.
      default_name: used, and made unique, when `name_or_scope` is None.
      values: tensors used inside, whose graph becomes the default one.
      initializer, regularizer, caching_device, partitioner, dtype, use_resource, constraint: defaults for variables
        made inside.
      custom_getter: a function called in place of `get_variable`, with what would be called as its first argument.
      reuse: True: variables must exist; AUTO_REUSE: they may; None: as outside.
      auxiliary_name_scope: False leaves the name scope as it is.
    Entering yields the VariableScope. The same object may be entered again, one time after the other, and keeps a
    default name that was made unique, as in TensorFlow 1.15.
    Raises: TypeError if neither name is given, or for a scope of another type; ValueError for another `reuse`;
      RuntimeError on leaving if another scope is in force than the one that was entered.
    """

    def __init__(
        self,
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
    ) -> None:
        if name_or_scope is None and default_name is None:
            raise TypeError("If default_name is None then name_or_scope is required")
        if reuse not in (None, True, False) and reuse is not AUTO_REUSE:
            raise ValueError("The reuse parameter must be True or False or None.")
        self._asked, self._default_name, self._reuse = name_or_scope, default_name, reuse
        self._is_auxiliary, self._custom_getter = auxiliary_name_scope, custom_getter
        self._defaults = {
            "initializer": initializer, "regularizer": regularizer, "caching_device": caching_device,
            "partitioner": partitioner, "dtype": dtype, "use_resource": use_resource, "constraint": constraint,
        }  # fmt: skip
        graph = get_default_graph()
        self._graph = graph if graph.building_function or values is None else graph_of(values)
        self._own: str | None = None  # the name behind the outer scope's
        self._around: str | None = None  # the name scope it was entered in
        self._first: VariableScope | None = None
        self._last: VariableScope | None = None
        self._entered: list[Any] = []

    def __enter__(self) -> VariableScope:
        manager = self._opened()
        scope = manager.__enter__()
        self._entered.append(manager)
        return scope

    def __exit__(self, *error: Any) -> None:
        self._entered.pop().__exit__(*error)

    @contextmanager
    def _opened(self) -> Iterator[VariableScope]:
        graph = get_default_graph()
        is_there = graph is self._graph or graph.building_function  # what is outside of a function is taken in
        with nullcontext() if is_there else default_graph(self._graph):
            _check_scope(self._asked, self._reuse)
            store = variable_store()
            outer, opened = store.current, None
            given = isinstance(self._asked, VariableScope)
            name = self._asked.name if given else self._name_behind(store)
            with self._name_scope(name) as names:
                store.current = self._first = self._last = self._inner(outer, name, names)
                if given:
                    store.opened[name] = store.opened.get(name, 0) + 1
                    opened = dict(store.opened)
                try:
                    yield store.current
                    if store.current is not self._last:
                        raise RuntimeError("Improper nesting of variable_scope.")
                finally:
                    store.current = outer
                    if opened is not None:
                        store.opened = opened
                    else:
                        store.forget_within(name)

    def _name_behind(self, store: VariableStore) -> str:
        """The whole name of a scope that is asked for by a name; a default one is made unique the first time."""
        prefix = f"{store.current.name}/" if store.current.name else ""
        if self._own is None:
            self._own = _unique(store, prefix, self._default_name) if self._asked is None else self._asked
        full = prefix + self._own
        store.opened[full] = store.opened.get(full, 0) + 1
        return full

    def _name_scope(self, name: str) -> Any:
        """The name scope that goes with it, or the one around: without one, that of the first time."""
        own = name.rpartition("/")[2] if isinstance(self._asked, VariableScope) else self._asked or self._default_name
        if self._is_auxiliary and own:
            return name_scope(own)
        if self._is_auxiliary:
            return nullcontext("")
        if self._around is None:
            around = get_default_graph().get_name_scope()
            self._around = f"{around}/" if around else ""
        return name_scope(self._around)

    def _inner(self, outer: VariableScope, name: str, names: str) -> VariableScope:
        """What is in force inside: a scope that is opened again stays one object, with what was set in it."""
        given = isinstance(self._asked, VariableScope)
        if given and self._first is not None:
            return self._first
        base = self._asked if given else outer
        original = base.original_name_scope if given else names
        return base.inner(
            self._reuse or base.reuse,  # of a scope that is opened again, what it was made with, wherever that is
            name,
            original if self._first is None else self._first.original_name_scope,
            custom_getter=_inside(self._custom_getter, base.custom_getter),
            **self._defaults,
        )


def _inside(custom_getter: Any, outer: Any) -> Any:
    """A getter whose first argument calls the getter of the scope around."""
    if custom_getter is None or outer is None:
        return custom_getter

    def both(getter: Any, *args: Any, **kwargs: Any) -> Any:
        return custom_getter(partial(outer, getter), *args, **kwargs)

    return both


def _check_scope(name_or_scope: Any, reuse: Any) -> None:
    """Raises: TypeError, ValueError for arguments of `variable_scope` that TensorFlow refuses on entering only."""
    if name_or_scope is None and reuse:
        raise ValueError("reuse=True cannot be used without a name_or_scope")
    if not isinstance(name_or_scope, (str, VariableScope, type(None))):
        raise TypeError("VariableScope: name_or_scope must be a string or VariableScope.")


def _unique(store: VariableStore, prefix: str, default_name: str | None) -> str:
    """A default name, with a number behind it if there is a scope of that name."""
    name, number = str(default_name), 0
    while store.opened.get(prefix + name):
        number += 1
        name = f"{default_name}_{number}"
    return name


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
    Raises: ValueError if it exists and may not be reused, or does not and must, or has another shape or type; for an
      empty name, and for a `custom_getter` or `partitioner` that cannot be called.
    """
    scope = variable_store().current
    full = f"{scope.name}/{name}" if scope.name else name
    _check(full, name, custom_getter=custom_getter, partitioner=partitioner)
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


def _check(full: str, name: str, **functions: Any) -> None:
    if not full:
        raise ValueError("tf.get_variable: '' is no name of a variable. Give it one of letters and digits.")
    for what, given in functions.items():
        if given is not None and not callable(given):
            raise ValueError(f"tf.get_variable({name!r}): {what} must be a function, not {given!r}.")


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
