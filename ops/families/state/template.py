"""`make_template`: a function whose variables are made at its first call and reused by all others."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from ...building.default_graph import get_default_graph
from ...graph.graph_keys import GraphKeys
from .scope_settings import VariableScope
from .variable_scope import variable_scope


def make_template(
    name_: str,
    func_: Callable[..., Any],
    create_scope_now_: bool = False,
    unique_name_: str | None = None,
    custom_getter_: Any = None,
    **kwargs: Any,
) -> Any:
    """Return a function that calls `func_` in a variable scope of its own.

    Args:
      name_: the scope's name, made unique at the first call.
      func_: the function; its variables come from `get_variable`.
      create_scope_now_: whether the name is made unique now.
      unique_name_: a name that is taken as it is, and shared by templates that have it.
      custom_getter_: see `variable_scope`.
      kwargs: arguments for `func_` besides those of a call.
    Raises: ValueError if `name_` is None, and when a later call makes a trainable variable.

    >>> scaled = tf.make_template("scaled", lambda x: x * tf.get_variable("w", []))
    >>> _, _ = scaled(1.0), scaled(2.0)
    >>> [variable.name for variable in scaled.variables]
    ['scaled/w:0']
    """
    if name_ is None:
        raise ValueError("tf.make_template: name_ is None. Give the variables' scope a name.")
    if kwargs:
        inner = func_

        def func_(*args: Any, **more: Any) -> Any:
            return inner(*args, **kwargs, **more)

    return Template(name_, func_, create_scope_now_, unique_name_, custom_getter_)


class Template:
    """What `make_template` returns."""

    def __init__(
        self,
        name: str,
        func: Callable[..., Any],
        create_scope_now: bool = False,
        unique_name: str | None = None,
        custom_getter: Any = None,
    ) -> None:
        self._func = func
        self._name = name
        self._unique_name = unique_name
        self._custom_getter = custom_getter
        self._called = False
        self._scope: VariableScope | None = None
        if create_scope_now:
            with variable_scope(
                self._unique_name, self._name, custom_getter=custom_getter, auxiliary_name_scope=False
            ) as scope:  # the first call has the name scope
                self._scope = scope

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        if self._scope is not None:
            with variable_scope(self._scope, reuse=self._called or None):
                return self._call(args, kwargs)
        with variable_scope(self._unique_name, self._name, custom_getter=self._custom_getter) as scope:
            self._scope = scope
            return self._call(args, kwargs)

    def _call(self, args: Any, kwargs: Any) -> Any:
        graph = get_default_graph()
        before = len(graph.get_collection_ref(GraphKeys.TRAINABLE_VARIABLES))
        result = self._func(*args, **kwargs)
        made = graph.get_collection_ref(GraphKeys.TRAINABLE_VARIABLES)[before:]
        if self._called and made:
            raise ValueError(
                "New trainable variable(s) created when calling a template after the first time, perhaps you used "
                "tf.Variable when you meant tf.get_variable: " + str(made)
            )
        self._called = True
        return result

    @property
    def name(self) -> str:
        """The name given."""
        return self._name

    @property
    def func(self) -> Callable[..., Any]:
        """The function given."""
        return self._func

    @property
    def variable_scope(self) -> VariableScope | None:
        """The scope of the variables; None before the first call."""
        return self._scope

    var_scope = variable_scope

    @property
    def variable_scope_name(self) -> str | None:
        """The name of that scope with a final `/`; None before the first call."""
        return self._scope.name + "/" if self._scope is not None and self._scope.name else None

    def _of(self, key: Any) -> list[Any]:
        return [] if self._scope is None else get_default_graph().get_collection(key, self.variable_scope_name)

    @property
    def variables(self) -> list[Any]:
        """The global and local variables of the scope."""
        return self.global_variables + self.local_variables

    @property
    def global_variables(self) -> list[Any]:
        """The global variables of the scope."""
        return self._of(GraphKeys.GLOBAL_VARIABLES)

    @property
    def local_variables(self) -> list[Any]:
        """The local variables of the scope."""
        return self._of(GraphKeys.LOCAL_VARIABLES)

    @property
    def trainable_variables(self) -> list[Any]:
        """The trainable variables of the scope."""
        return self._of(GraphKeys.TRAINABLE_VARIABLES)
