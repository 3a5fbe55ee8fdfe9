"""Which kind of variable `Variable(...)` makes: creators, the scope's and the program's choice."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from typing import Any

from ...building.default_graph import get_default_graph
from .ref_variable import RefVariable
from .resource_variable import ResourceVariable
from .scope_settings import get_variable_scope
from .variable_base import Variable, VariableAggregation, VariableMetaclass, VariableSynchronization
from .variable_defs import adopted

__all__ = ["RefVariable", "ResourceVariable", "Variable", "VariableAggregation", "VariableSynchronization"]

_makes_resources = [False]
_ARGUMENTS = Variable.__init__.__code__.co_varnames[1 : Variable.__init__.__code__.co_argcount]


def default_variable_creator(next_creator: Any = None, **kwargs: Any) -> Any:
    """Make a variable: what creators call last.

    Args:
      next_creator: None.
      kwargs: the arguments of `Variable`.
    """
    use_resource = kwargs.get("use_resource")
    if use_resource is None:
        use_resource = get_variable_scope().use_resource
    if use_resource is None:
        use_resource = _makes_resources[0]
    if kwargs.get("variable_def") is not None:
        use_resource = adopted(kwargs["variable_def"]).is_resource
    return (ResourceVariable if use_resource else RefVariable)(**kwargs)


def _create(*args: Any, **kwargs: Any) -> Any:
    """Call the creators of the default graph, the innermost first, with all arguments by name."""
    if len(args) > len(_ARGUMENTS):
        raise TypeError(f"Variable takes at most {len(_ARGUMENTS)} arguments, got {len(args)}.")
    given = dict(zip(_ARGUMENTS, args))
    for name in kwargs:
        if name not in _ARGUMENTS:
            raise TypeError(f"Variable got an unexpected argument '{name}'.")
        if name in given:
            raise TypeError(f"Variable got two values for the argument '{name}'.")
    defaults = dict(zip(_ARGUMENTS, Variable.__init__.__defaults__ or ()))
    creator: Callable[..., Any] = default_variable_creator
    for function in _creators():
        creator = partial(function, creator)
    return creator(**{**defaults, **given, **kwargs})


VariableMetaclass.create = _create


def _creators() -> list[Callable[..., Any]]:
    graph = get_default_graph()
    found: list[Callable[..., Any]] = graph.__dict__.setdefault("_variable_creators", [])
    return found


@contextmanager
def variable_creator_scope(variable_creator: Callable[..., Any]) -> Iterator[None]:
    """Have a function make the variables inside the block.

    Args:
      variable_creator: `(next_creator, **kwargs) -> variable`, with the arguments of `Variable`; it may call
        `next_creator(**kwargs)`, which is the creator of the block around this one.
    """
    creators = _creators()
    creators.append(variable_creator)
    try:
        yield
    finally:
        creators.remove(variable_creator)


def enable_resource_variables() -> None:
    """Make resource variables from now on, where nothing else is said."""
    _makes_resources[0] = True


def disable_resource_variables() -> None:
    """Make reference variables from now on, where nothing else is said: the default."""
    _makes_resources[0] = False


def resource_variables_enabled() -> bool:
    """Whether variables are resources where nothing else is said."""
    return _makes_resources[0]
