"""`arg_scope`: default arguments of functions within a block.

with arg_scope([conv2d], padding="SAME"), arg_scope([conv2d], stride=2):
    net = conv2d(net, 64, [3, 3])  # padding="SAME", stride=2
"""

from __future__ import annotations

import functools
import inspect
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

Scope = dict[str, dict[str, Any]]  # per function its default arguments


class _Stack(threading.local):
    """The scopes of a thread, the innermost last."""

    def __init__(self) -> None:
        self.scopes: list[Scope] = [{}]


_stack = _Stack()
_decorated: dict[str, set[str]] = {}  # per function that was decorated, the names of its arguments with defaults


def arg_scope_func_key(op: Any) -> str:
    """Return the name under which a scope keeps the arguments of a function."""
    return str(getattr(op, "_key_op", f"{op.__module__}.{getattr(op, '__qualname__', op)}"))


def current_arg_scope() -> Scope:
    """Return the arguments that are in force, by function."""
    return _stack.scopes[-1]


def has_arg_scope(func: Any) -> bool:
    """Whether a function takes arguments of scopes."""
    return arg_scope_func_key(func) in _decorated


def arg_scoped_arguments(func: Any) -> set[str]:
    """Return the names of the arguments that a scope can set. Raises: ValueError if the function is not decorated."""
    _check(func)
    return _decorated[arg_scope_func_key(func)]


def _check(op: Any) -> None:
    if not has_arg_scope(op):
        name = f"{getattr(op, '__module__', '')}::{getattr(op, '__name__', op)}"
        raise ValueError(f"{name} is not decorated with @add_arg_scope")


@contextmanager
def arg_scope(list_ops_or_scope: Any, **kwargs: Any) -> Iterator[Scope]:
    """Give functions default arguments within the block; those of outer blocks hold on.

    Args:
      list_ops_or_scope: a list of functions that `add_arg_scope` decorates; or what an earlier block yielded, to have
        its arguments in force again.
      **kwargs: the arguments.
    Yields: all arguments in force, by function.
    Raises: TypeError for something else, ValueError for a function that is not decorated, or arguments for a scope
      that is used again.
    """
    if isinstance(list_ops_or_scope, dict):
        if kwargs:
            raise ValueError("When attempting to re-use a scope by suppling a dictionary, kwargs must be empty.")
        scope: Scope = {name: dict(arguments) for name, arguments in list_ops_or_scope.items()}
    elif isinstance(list_ops_or_scope, (list, tuple)):
        scope = {name: dict(arguments) for name, arguments in current_arg_scope().items()}
        for op in list_ops_or_scope:
            _check(op)
            scope.setdefault(arg_scope_func_key(op), {}).update(kwargs)
    else:
        raise TypeError("list_ops_or_scope must either be a list/tuple or reused scope (i.e. dict)")
    _stack.scopes.append(scope)
    try:
        yield scope
    finally:
        _stack.scopes.pop()


def add_arg_scope(func: Callable[..., Any]) -> Any:
    """A decorator: the function takes the default arguments of `arg_scope` blocks."""
    key = arg_scope_func_key(func)

    @functools.wraps(func)
    def called(*args: Any, **kwargs: Any) -> Any:
        defaults = current_arg_scope().get(key)
        return func(*args, **({**defaults, **kwargs} if defaults else kwargs))

    parameters = inspect.signature(func).parameters.values()
    _decorated[key] = {each.name for each in parameters if each.default is not inspect.Parameter.empty}
    called._key_op = key  # type: ignore[attr-defined]
    return called
