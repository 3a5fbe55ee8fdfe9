"""`tensorflow.python.util.function_utils`: what is known of functions."""

from __future__ import annotations

import functools
import inspect
from typing import Any

from ..extras.utilities import fn_args

__all__ = ["fn_args"]


def has_kwargs(fn: Any) -> bool:
    """Return whether a function, a partial, a method or an object that is called takes `**kwargs`.

    Raises: TypeError for anything else.
    """
    if isinstance(fn, functools.partial):
        return has_kwargs(fn.func)
    if not callable(fn):
        raise TypeError(f"Argument {fn!r} is not a callable.")
    if not inspect.isroutine(fn):
        fn = type(fn).__call__ if not inspect.isclass(fn) else fn.__init__
    try:
        return inspect.getfullargspec(fn).varkw is not None
    except TypeError:  # of a function written in C that tells nothing
        return False


def get_func_name(func: Any) -> str:
    """Return the name of a function, of what a partial calls, or the class of an object that is called.

    Raises: ValueError if it is none of these.
    """
    while isinstance(func, functools.partial):
        func = func.func
    if inspect.isfunction(func) or inspect.ismethod(func):
        return func.__name__
    if callable(func):
        return str(type(func))
    raise ValueError(f"Argument must be a function or an object that is called; got {func!r}.")


def get_func_code(func: Any) -> Any:
    """Return a function's code object; None for those written in C. Raises: ValueError for what is not called."""
    func = inspect.unwrap(func) if callable(func) else func
    if isinstance(func, functools.partial):
        return None
    if callable(func):
        return getattr(func, "__code__", None)
    raise ValueError(f"Argument must be a function or an object that is called; got {func!r}.")
