"""`tensorflow.python.util`: decorators of library code, and `inspect` under TensorFlow's name."""

from __future__ import annotations

import functools
import importlib
import inspect
import re
import sys
import types
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, NamedTuple

__all__ = ["contextmanager"]  # of tf_contextlib: the standard library's


def deprecated(date: Any, instructions: str, warn_once: bool = True) -> Callable[..., Any]:
    """A decorator of functions that will go: calling one warns with `instructions`."""

    def decorate(function: Callable[..., Any]) -> Callable[..., Any]:
        told: list[bool] = []

        @functools.wraps(function)
        def called(*args: Any, **kwargs: Any) -> Any:
            if not (told and warn_once):
                told.append(True)
                when = "in a future version" if date is None else f"after {date}"
                text = f"{function.__qualname__} is deprecated and will be removed {when}: {instructions}"
                warnings.warn(text, DeprecationWarning, stacklevel=2)
            return function(*args, **kwargs)

        return called

    return decorate


def _unchanged(*args: Any, **kwargs: Any) -> Callable[..., Any]:
    """A decorator that leaves functions as they are."""
    return lambda function: function


tf_export = keras_export = estimator_export = deprecated_args = deprecated_arg_values = _unchanged


def deprecated_argument_lookup(new_name: str, new_value: Any, old_name: str, old_value: Any) -> Any:
    """Return the value of an argument that has an old name too. Raises: ValueError if both are given."""
    if old_value is None:
        return new_value
    if new_value is not None:
        raise ValueError(f"Cannot specify both '{old_name}' and '{new_name}'")
    return old_value


def make_decorator(target: Callable[..., Any], decorator_func: Callable[..., Any], *args: Any, **kwargs: Any) -> Any:
    """Return a function with name and documentation of the one that it decorates."""
    return functools.wraps(target)(decorator_func)


def should_use_result(function: Callable[..., Any]) -> Callable[..., Any]:
    """A decorator that leaves functions as they are."""
    return function


must_use_result_or_fatal = should_use_result


@contextmanager
def silence() -> Iterator[None]:
    """A scope in which what `deprecated` decorates does not warn."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)
        yield


def remove_undocumented(module_name: str, allowed_exception_list: Any = None, doc_string_modules: Any = None) -> None:
    """Delete from a module the names that are not shown by its documentation, as TensorFlow's packages end with.

    Args:
      module_name: the module's full name.
      allowed_exception_list: names that stay though no documentation tells of them.
      doc_string_modules: modules whose documentation tells of names by `@@name`; default: the module itself.
    """
    module = sys.modules[module_name]
    told = {
        name
        for source in doc_string_modules or [module]
        for name in re.findall(r"@@(\w+)", inspect.getdoc(source) or "")
    }
    for name in set(dir(module)) - told - set(allowed_exception_list or ()):
        if not (name.startswith("__") and name.endswith("__")) and name in vars(module):
            delattr(module, name)


class ArgSpec(NamedTuple):
    """What Python 2 told of a function's arguments."""

    args: list[str]
    varargs: str | None
    keywords: str | None
    defaults: tuple[Any, ...] | None


def getargspec(function: Callable[..., Any]) -> ArgSpec:
    """Return names and defaults of a function's arguments, as Python 2 gave them."""
    full = getfullargspec(function)
    return ArgSpec(full.args, full.varargs, full.varkw, full.defaults)


def getfullargspec(function: Callable[..., Any]) -> Any:
    """Return names and defaults of arguments, of the decorated function if it is one; TensorFlow's have no types."""
    full = inspect.getfullargspec(inspect.unwrap(function))
    return full._replace(annotations={})


def fn_args(function: Callable[..., Any]) -> tuple[str, ...]:
    """Return the names of a function's arguments, without those that `functools.partial` or a bound method has given.

    Args:
      function: a function, a method, a partial, or an object that is called.

    >>> fn_args(functools.partial(lambda features, labels, mode: None, mode="train"))
    ('features', 'labels')
    """
    if isinstance(function, functools.partial):
        names = fn_args(function.func)[len(function.args) :]
        return tuple(name for name in names if name not in (function.keywords or {}))
    called = function if inspect.isroutine(function) else type(function).__call__
    names = tuple(getfullargspec(called).args)
    bound = inspect.ismethod(function) or called is not function
    return names[1:] if bound else names


class LazyLoader(types.ModuleType):
    """A module that is imported when something of it is asked for.

    Args:
      local_name: the name under which `parent_module_globals` has it; the module itself comes to stand there.
      parent_module_globals: the names of the module that uses it.
      name: its full name.
    """

    def __init__(self, local_name: str, parent_module_globals: dict[str, Any], name: str) -> None:
        super().__init__(name)
        self._place = (local_name, parent_module_globals)

    def _load(self) -> types.ModuleType:
        local_name, names = self._place
        module = names[local_name] = importlib.import_module(self.__name__)
        self.__dict__.update(module.__dict__)
        return module

    def __getattr__(self, item: str) -> Any:
        return getattr(self._load(), item)

    def __dir__(self) -> list[str]:
        return dir(self._load())


def __getattr__(name: str) -> Any:
    if name.startswith("__"):
        raise AttributeError(name)
    return getattr(inspect, name)
