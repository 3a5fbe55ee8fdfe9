"""A function of version 1 with the arguments that version 2 gives it."""

from __future__ import annotations

import functools
import inspect
import re
from collections.abc import Callable
from typing import Any

_EMPTY = inspect.Parameter.empty


def respelled(path: str, spelling: str, first_version: Callable[[str], Any]) -> Callable[..., Any]:
    """Return a function with version 2's arguments, that calls version 1's by keywords.

    Args:
      path: the name in `compat.v2`, such as `math.reduce_sum`.
      spelling: its arguments, and what version 1 calls those that it names otherwise: `input>input_tensor, axis=None`;
        a name of version 1 first if it is not the same, as in `nn.moments: x, axes`; `name>-` is not handed on;
        `+name=value` is an argument of version 1 that version 2 does not have.
      first_version: gives what a name is in version 1.

    An argument that is None by default and is not given is not passed on.
    """
    words = spelling.partition(": ")
    inner = words[0] if words[1] else path
    signature, renamed, fixed = _read(words[2] if words[1] else spelling, first_version)

    def call(*args: Any, **kwargs: Any) -> Any:
        bound = signature.bind(*args, **kwargs)
        for name, parameter in signature.parameters.items():
            if parameter.default is not None and parameter.default is not _EMPTY:
                bound.arguments.setdefault(name, parameter.default)
        given = {renamed[name]: value for name, value in bound.arguments.items() if renamed[name] != "-"}
        return first_version(inner)(**given, **fixed)

    functools.update_wrapper(call, first_version(inner), assigned=("__doc__",), updated=())
    del call.__wrapped__  # type: ignore[attr-defined]
    call.__name__ = call.__qualname__ = path.rpartition(".")[2]
    call.__module__ = __package__ or ""
    call.__signature__ = signature  # type: ignore[attr-defined]
    return call


def _read(text: str, first_version: Callable[[str], Any]) -> tuple[inspect.Signature, dict[str, str], dict[str, Any]]:
    """The signature that a spelling states, each argument's name in version 1, and what version 1 gets besides."""
    parameters, renamed, fixed = [], {}, {}
    for word in re.split(r", (?=\+?[a-z])", text):
        named, equals, default = word.partition("=")
        if named.startswith("+"):
            fixed[named[1:]] = _value(default, first_version)
            continue
        name, _, inner = named.partition(">")
        renamed[name] = inner or name
        kind = inspect.Parameter.POSITIONAL_OR_KEYWORD
        parameters.append(inspect.Parameter(name, kind, default=_value(default, first_version) if equals else _EMPTY))
    return inspect.Signature(parameters), renamed, fixed


def _value(text: str, first_version: Callable[[str], Any]) -> Any:
    """A default: a literal, or an element type."""
    from ast import literal_eval

    return first_version(text[3:]) if text.startswith("tf.") else literal_eval(text)
