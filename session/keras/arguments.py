"""Arguments that a layer hands on by name, and that programs may give by place, as to TensorFlow's layers."""

from __future__ import annotations

import ast
import functools
import inspect
from collections.abc import Callable
from typing import Any


def by_place(names: str) -> Callable[[Callable[..., None]], Callable[..., None]]:
    """A decorator of `__init__(self, a, b, **kwargs)`: these of its keyword arguments follow `a` and `b` by place too.

    Args:
      names: the arguments with their defaults, such as `activation=None bias_initializer=zeros`.
    """
    defaults = dict(item.split("=") for item in names.split())

    def decorate(init: Callable[..., None]) -> Callable[..., None]:
        own = [*inspect.signature(init).parameters.values()][:-1]

        @functools.wraps(init)
        def taking(self: Any, *args: Any, **kwargs: Any) -> None:
            here, more = args[: len(own) - 1], args[len(own) - 1 :]
            if len(more) > len(defaults):
                raise TypeError(f"{type(self).__name__} takes {len(own) + len(defaults) - 1} arguments at the most.")
            for name, value in zip(defaults, more):
                if name in kwargs:
                    raise TypeError(f"{type(self).__name__} got multiple values for argument {name!r}.")
                kwargs[name] = value
            init(self, *here, **kwargs)

        shown: Any = taking
        shown.__signature__ = inspect.Signature([*own, *_parameters(defaults), _REST])
        del shown.__wrapped__
        return taking

    return decorate


def shown(defaults: dict[str, Any]) -> inspect.Signature:
    """The signature of an `__init__(self, *args, **kwargs)` that takes these arguments.

    Args:
      defaults: the arguments, in order, with their defaults.
    """
    kind = inspect.Parameter.POSITIONAL_OR_KEYWORD
    own = [inspect.Parameter(name, kind, default=value) for name, value in defaults.items()]
    return inspect.Signature([inspect.Parameter("self", kind), *own])


_REST = inspect.Parameter("kwargs", inspect.Parameter.VAR_KEYWORD)


def _parameters(defaults: dict[str, str]) -> list[inspect.Parameter]:
    kind = inspect.Parameter.POSITIONAL_OR_KEYWORD
    return [inspect.Parameter(name, kind, default=_value(text)) for name, text in defaults.items()]


def _value(text: str) -> Any:
    try:
        return ast.literal_eval(text)
    except ValueError:
        return text
