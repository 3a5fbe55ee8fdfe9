"""`VariableScope`: what is in force for `get_variable`, and the variables that it made, kept with the graph."""

from __future__ import annotations

from enum import Enum
from typing import Any

from ...building.default_graph import get_default_graph
from ...graph.graph_keys import GraphKeys
from ...types import dtypes

_DEFAULTS = (
    "initializer", "regularizer", "constraint", "caching_device", "partitioner", "custom_getter", "dtype",
    "use_resource",
)  # fmt: skip


class _ReuseMode(Enum):
    """The type of AUTO_REUSE: reuse a variable if it exists, make it if it does not."""

    AUTO_REUSE = 1


AUTO_REUSE = _ReuseMode.AUTO_REUSE


class VariableScope:
    """The settings in force for `get_variable`: a prefix of names, whether to reuse, defaults.

    Attributes:
      name: the prefix, without a final `/`.
      reuse: True, False or AUTO_REUSE.
      initializer, regularizer, constraint, dtype, caching_device, partitioner, custom_getter, use_resource: defaults
        for new variables.
      original_name_scope: the name scope it was opened with, with a final `/`.
    """

    def __init__(
        self,
        reuse: Any,
        name: str = "",
        initializer: Any = None,
        regularizer: Any = None,
        caching_device: Any = None,
        partitioner: Any = None,
        custom_getter: Any = None,
        name_scope: str = "",
        dtype: Any = dtypes.float32,
        use_resource: bool | None = None,
        constraint: Any = None,
    ) -> None:
        self.reuse = reuse
        self.name = name
        self.original_name_scope = name_scope
        self.initializer = initializer
        self.regularizer = regularizer
        self.constraint = constraint
        self.caching_device = caching_device
        self.partitioner = partitioner
        self.custom_getter = custom_getter
        self.dtype = dtypes.as_dtype(dtype)
        self.use_resource = use_resource

    def reuse_variables(self) -> None:
        """Reuse variables from now on: `get_variable` makes no new ones."""
        self.reuse = True

    def set_initializer(self, initializer: Any) -> None:
        """Set the default initializer."""
        self.initializer = initializer

    def set_regularizer(self, regularizer: Any) -> None:
        """Set the default regularizer."""
        self.regularizer = regularizer

    def set_dtype(self, dtype: Any) -> None:
        """Set the default type."""
        self.dtype = dtypes.as_dtype(dtype)

    def set_caching_device(self, caching_device: Any) -> None:
        """Set the default device that variables are read on."""
        self.caching_device = caching_device

    def set_partitioner(self, partitioner: Any) -> None:
        """Set the default partitioner."""
        self.partitioner = partitioner

    def set_custom_getter(self, custom_getter: Any) -> None:
        """Set the function that is called in place of `get_variable`."""
        self.custom_getter = custom_getter

    def set_use_resource(self, use_resource: bool) -> None:
        """Set whether variables are resources."""
        self.use_resource = use_resource

    def get_collection(self, name: Any) -> list[Any]:
        """What a collection of the default graph has of this scope."""
        return get_default_graph().get_collection(name, self.name + "/" if self.name else None)

    def global_variables(self) -> list[Any]:
        """The global variables of this scope."""
        return self.get_collection(GraphKeys.GLOBAL_VARIABLES)

    def local_variables(self) -> list[Any]:
        """The local variables of this scope."""
        return self.get_collection(GraphKeys.LOCAL_VARIABLES)

    def trainable_variables(self) -> list[Any]:
        """The trainable variables of this scope."""
        return self.get_collection(GraphKeys.TRAINABLE_VARIABLES)

    def inner(self, reuse: Any, name: str, name_scope: str, **changes: Any) -> VariableScope:
        """A scope with these settings, but for those changes that are not None."""
        settings = {field: getattr(self, field) for field in _DEFAULTS}
        settings.update({field: value for field, value in changes.items() if value is not None})
        return VariableScope(reuse, name, name_scope=name_scope, **settings)


class VariableStore:
    """The variables of one graph that `get_variable` made, and how often each scope name was opened."""

    def __init__(self) -> None:
        self.variables: dict[str, Any] = {}
        self.partitioned: dict[str, Any] = {}
        self.opened: dict[str, int] = {}
        self.current = VariableScope(False)

    def forget_within(self, name: str) -> None:
        """Default names in a scope begin anew when it is opened again, so that the second `dense` finds the first's."""
        prefix = f"{name}/" if name else ""
        for inner in self.opened:
            if inner.startswith(prefix):
                self.opened[inner] = 0

    @property
    def current_scope(self) -> VariableScope:
        """The scope in force, `current` by TensorFlow's own name; may be set."""
        return self.current

    @current_scope.setter
    def current_scope(self, scope: VariableScope) -> None:
        """Put another scope in force."""
        self.current = scope

    @property
    def variable_scopes_count(self) -> dict[str, int]:
        """How often each scope name was opened, `opened` by TensorFlow's own name."""
        return self.opened

    def variable_scope_count(self, scope_name: str) -> int:
        """How often a scope of that full name was opened since the one around it was."""
        return self.opened.get(scope_name, 0)

    @property
    def _vars(self) -> dict[str, Any]:
        # Programs look here for what `get_variable` made, by names without ":0".
        return self.variables

    @property
    def _partitioned_vars(self) -> dict[str, Any]:
        return self.partitioned


def variable_store() -> VariableStore:
    """The store of the default graph."""
    graph = get_default_graph()
    store: VariableStore | None = getattr(graph, "_variable_store", None)
    if store is None:
        store = VariableStore()
        graph._variable_store = store  # type: ignore[attr-defined]
    return store


def get_variable_scope() -> VariableScope:
    """Return the variable scope in force."""
    return variable_store().current
