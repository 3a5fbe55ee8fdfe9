"""`get_variable` and `variable_scope`: variables found again by their names."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from typing import Any

from ...base.origin import describe
from ...building.default_graph import get_default_graph, name_scope
from ...graph.node import Tensor
from ...types import dtypes
from ...types.tensor_shape import TensorShape
from ..random.initializers import GlorotUniform, Zeros
from .variables import Variable


class _AutoReuse:
    """The type of AUTO_REUSE: reuse a variable if it exists, make it if it does not."""

    def __bool__(self) -> bool:
        return True

    def __repr__(self) -> str:
        return "_ReuseMode.AUTO_REUSE"


AUTO_REUSE = _AutoReuse()


class VariableScope:
    """The settings in force for `get_variable`: a prefix of names, whether to reuse, defaults.

    Attributes:
      name: the prefix, without a final `/`.
      reuse: True, False or AUTO_REUSE.
      initializer, regularizer, constraint, dtype, caching_device, custom_getter: defaults for new variables.
      original_name_scope: the name scope it was opened with, with a final `/`.
    """

    def __init__(self, reuse: Any, name: str = "", name_scope: str = "", **defaults: Any) -> None:
        self.reuse = reuse
        self.name = name
        self.original_name_scope = name_scope
        self.initializer = defaults.get("initializer")
        self.regularizer = defaults.get("regularizer")
        self.constraint = defaults.get("constraint")
        self.caching_device = defaults.get("caching_device")
        self.custom_getter = defaults.get("custom_getter")
        self.dtype = dtypes.as_dtype(defaults.get("dtype") or dtypes.float32)

    def reuse_variables(self) -> None:
        """Reuse variables from now on: `get_variable` makes no new ones."""
        self.reuse = True

    def set_initializer(self, initializer: Any) -> None:
        """Set the default initializer."""
        self.initializer = initializer

    def global_variables(self) -> list[Any]:
        """The global variables of this scope."""
        return self._of("variables")

    def trainable_variables(self) -> list[Any]:
        """The trainable variables of this scope."""
        return self._of("trainable_variables")

    def _of(self, key: str) -> list[Any]:
        return get_default_graph().get_collection(key, self.name + "/" if self.name else None)

    def _inner(self, **changes: Any) -> VariableScope:
        fields = ("initializer", "regularizer", "constraint", "caching_device", "custom_getter", "dtype")
        defaults = {field: getattr(self, field) for field in fields}
        defaults.update({field: value for field, value in changes.items() if field in fields and value is not None})
        return VariableScope(changes["reuse"], changes["name"], changes["name_scope"], **defaults)


class _Store:
    """The variables of one graph that `get_variable` made, and how often each scope name was opened."""

    def __init__(self) -> None:
        self.variables: dict[str, Variable] = {}
        self.opened: dict[str, int] = {}
        self.current = VariableScope(False)


def _store() -> _Store:
    graph = get_default_graph()
    store: _Store | None = getattr(graph, "_variable_store", None)
    if store is None:
        store = _Store()
        graph._variable_store = store  # type: ignore[attr-defined]
    return store


def get_variable_scope() -> VariableScope:
    """Return the variable scope in force."""
    return _store().current


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
      initializer, regularizer, caching_device, custom_getter, dtype, constraint: defaults for variables made inside.
      reuse: True: variables must exist; AUTO_REUSE: they may; None: as outside.
      partitioner, use_resource: not supported, ignored.
      auxiliary_name_scope: False leaves the name scope as it is.
    Yields: the VariableScope.
    Raises: ValueError if neither name is given, or for another `reuse`; TypeError for a scope of another type.
    """
    _check_scope(name_or_scope, default_name, reuse)
    defaults = {
        "initializer": initializer, "regularizer": regularizer, "caching_device": caching_device,
        "custom_getter": custom_getter, "dtype": dtype, "constraint": constraint,
    }  # fmt: skip
    scope: Any = name_or_scope
    store = _store()
    outer = store.current
    with ExitStack() as stack:
        given = not isinstance(scope, str) and scope is not None
        name = scope.name if given else _full_name(store, outer, scope, default_name)
        names = ""
        if auxiliary_name_scope:
            names = stack.enter_context(name_scope(name.rpartition("/")[2] or None, None, values)) if name else ""
        original = scope.original_name_scope if given else names
        base = scope if given else outer
        store.current = base._inner(
            name=name,
            name_scope=original,
            reuse=outer.reuse or base.reuse if reuse is None else reuse or outer.reuse,
            **defaults,
        )
        opened = dict(store.opened)
        try:
            yield store.current
        finally:
            store.current = outer
            if given:
                store.opened = opened


def _check_scope(name_or_scope: Any, default_name: str | None, reuse: Any) -> None:
    """Raises: TypeError, ValueError for arguments of `variable_scope` that are none."""
    if name_or_scope is None and default_name is None:
        raise TypeError("If default_name is None then name_or_scope is required")
    if reuse not in (None, True, False) and reuse is not AUTO_REUSE:
        raise ValueError("The reuse parameter must be True or False or None.")
    if not isinstance(name_or_scope, (str, VariableScope, type(None))):
        raise TypeError(f"VariableScope: name_or_scope must be a string or VariableScope, got {name_or_scope!r}.")


def _full_name(store: _Store, outer: VariableScope, name: str | None, default_name: str | None) -> str:
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
      trainable, collections, caching_device, validate_shape, constraint, synchronization, aggregation: see `Variable`.
      custom_getter: a function called in place of this one, with this one as its first argument.
      partitioner, use_resource: not supported, ignored.
    Raises: ValueError if it exists and may not be reused, or does not and must, or has another shape or type.
    """
    store = _store()
    scope = store.current
    full = f"{scope.name}/{name}" if scope.name else name
    getter = custom_getter or scope.custom_getter
    arguments: dict[str, Any] = {
        "shape": shape,
        "dtype": scope.dtype if dtype is None else dtypes.as_dtype(dtype),
        "initializer": scope.initializer if initializer is None else initializer,
        "regularizer": regularizer or scope.regularizer,
        "trainable": trainable,
        "collections": collections,
        "caching_device": caching_device or scope.caching_device,
        "validate_shape": validate_shape,
        "constraint": constraint or scope.constraint,
        "synchronization": synchronization,
        "aggregation": aggregation,
    }
    if initializer is not None and dtype is None and not callable(initializer):
        arguments["dtype"] = None  # given values keep their type
    if getter is not None:
        return getter(_get_or_make, full, **arguments)
    return _get_or_make(full, **arguments)


def _get_or_make(name: str, shape: Any = None, dtype: Any = None, **arguments: Any) -> Variable:
    store = _store()
    found = store.variables.get(name)
    if found is not None:
        return _reused(found, name, shape, dtype, store.current.reuse)
    if store.current.reuse and store.current.reuse is not AUTO_REUSE:
        raise ValueError(
            f"Variable {name} does not exist, or was not created with tf.get_variable(). Did you mean to set "
            "reuse=tf.AUTO_REUSE in VarScope?"
        )
    regularizer = arguments.pop("regularizer", None)
    initial = _initial_value(name, shape, dtype, arguments.pop("initializer", None))
    with get_default_graph().name_scope(None):
        variable = Variable(initial, name=name, dtype=dtype, **arguments)
    store.variables[name] = variable
    if regularizer is not None:
        with name_scope(name + "/Regularizer/"):
            loss = regularizer(variable)
        if loss is not None:
            get_default_graph().add_to_collection("regularization_losses", loss)
    return variable


def _reused(found: Variable, name: str, shape: Any, dtype: Any, reuse: Any) -> Variable:
    if not reuse:
        raise ValueError(
            f"Variable {name} already exists, disallowed. Did you mean to set reuse=True or reuse=tf.AUTO_REUSE in "
            f"VarScope? Originally defined at: {describe(found.op._frames)}"
        )
    if shape is not None and not found.shape.is_compatible_with(shape):
        raise ValueError(
            f"Trying to share variable {name}, but specified shape {TensorShape(shape)} and found shape {found.shape}."
        )
    if dtype is not None and not dtype.is_compatible_with(found.dtype):
        raise ValueError(
            f"Trying to share variable {name}, but specified dtype {dtype.name} and found dtype "
            f"{found.dtype.base_dtype.name}."
        )
    return found


def _initial_value(name: str, shape: Any, dtype: Any, initializer: Any) -> Any:
    extents = None if shape is None else TensorShape(shape)
    if initializer is None:
        if extents is None:
            raise ValueError(f"Variable {name} did not get an initializer, so its `shape` argument must be specified.")
        initializer = GlorotUniform() if dtype.is_floating or dtype.is_complex else Zeros()
    if isinstance(initializer, type):
        initializer = initializer()
    if not callable(initializer) or isinstance(initializer, (Tensor, Variable)):
        if extents is not None:
            raise ValueError("If initializer is a constant, do not specify shape.")
        return initializer
    if extents is None:
        return initializer
    if not extents.is_fully_defined():
        raise ValueError(
            "The initializer passed is not valid. It should be a callable with no arguments and the shape should not "
            "be provided or an instance of `tf.initializers.*' and `shape` should be fully defined."
        )
    return lambda: initializer(extents.as_list(), dtype=dtype)


def get_local_variable(name: str, *args: Any, **kwargs: Any) -> Any:
    """`get_variable` for a variable of the collection `LOCAL_VARIABLES` that is not trainable."""
    return get_variable(name, *args, **{**kwargs, "trainable": False, "collections": ["local_variables"]})


@contextmanager
def variable_op_scope(
    values: Any, name_or_scope: Any, default_name: str | None = None, **options: Any
) -> Iterator[VariableScope]:
    """The old name of `variable_scope`, with its arguments in another order."""
    with variable_scope(name_or_scope, default_name, values, **options) as scope:
        yield scope
