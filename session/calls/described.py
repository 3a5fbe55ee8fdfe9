"""What a callable of `Session.make_callable` says of itself: a name, a signature and a docstring.

Of `session.make_callable(loss, [x, y])`, where the operation of `loss` is named "train/loss":

    >>> help(step)
    loss(x, y, /, *, out=None)
        One step of a session: fetches train/loss:0 (float32, shape ()).
    ...
"""

from __future__ import annotations

import keyword
import re
from collections.abc import Sequence
from types import BuiltinFunctionType
from typing import Any, Final, NamedTuple

_SHOWN: Final = 8  # fetches that the docstring names


class Description(NamedTuple):
    """What a callable is: its name, parameters by position, parameters by keyword, and docstring."""

    name: str
    parameters: tuple[str, ...]
    keywords: tuple[str, ...]
    doc: str

    @property
    def text(self) -> str:
        """All of it as a builtin function has it: the signature is a line in front of the docstring."""
        parts = [*self.parameters, *(["/"] if self.parameters else []), *(["*"] if self.keywords else [])]
        return f"{self.name}({', '.join([*parts, *(f'{word}=None' for word in self.keywords)])})\n--\n\n{self.doc}"


def describe(elements: Sequence[Any], keys: Sequence[Any], keywords: tuple[str, ...] = ("out",)) -> Description:
    """The description of a callable.

    Args:
      elements: the tensors and operations it fetches.
      keys: what it is fed, one for each argument.
      keywords: what it takes by keyword.
    """
    name = _identifier(elements[0].name.partition(":")[0].rpartition("/")[2]) if len(elements) == 1 else "step"
    parameters: list[str] = []
    for number, key in enumerate(keys):
        word = _identifier(_name_of(key).partition(":")[0].replace("/", "_")) or f"feed_{number}"
        parameters.append(f"{word}_{number}" if word in parameters or word in keywords else word)
    fetched = ", ".join(map(_told, elements[:_SHOWN])) or "nothing"
    more = f" and {len(elements) - _SHOWN} more" if len(elements) > _SHOWN else ""
    lines = [f"One step of a session: fetches {fetched}{more}."]
    if keys or keywords:
        lines += ["", "Args:", *(f"  {word}: the value of {_told(key)}." for word, key in zip(parameters, keys))]
        lines += [f"  {word}: {_KEYWORDS[word]}" for word in keywords]
    return Description(name or "step", tuple(parameters), keywords, "\n".join([*lines, _RETURNS]))


_RETURNS: Final = "Returns: what Session.run returns for these fetches and feeds."
_KEYWORDS: Final = {
    "out": "arrays in the structure of the fetches, which the results are written to.",
    "options": "a RunOptions message for this step.",
    "run_metadata": "a RunMetadata message, which the step fills.",
}


def told_of(function: Any, description: Description) -> Any:
    """Give a function written in Python its description; a builtin one was made with it."""
    if not isinstance(function, BuiltinFunctionType):
        import inspect

        positional, named = inspect.Parameter.POSITIONAL_ONLY, inspect.Parameter.KEYWORD_ONLY
        parameters = [inspect.Parameter(word, positional) for word in description.parameters]
        parameters += [inspect.Parameter(word, named, default=None) for word in description.keywords]
        function.__name__ = function.__qualname__ = description.name
        function.__doc__ = description.doc
        function.__signature__ = inspect.Signature(parameters)
    return function


def _told(element: Any) -> str:
    dtype, shape = getattr(element, "dtype", None), getattr(element, "shape", None)
    if dtype is None:
        return _name_of(element) or repr(element)
    extents = "unknown shape" if shape is None or shape.ndims is None else f"shape {shape}"
    return f"{_name_of(element)} ({dtype.base_dtype.name}, {extents})"


def _name_of(element: Any) -> str:
    name = element if isinstance(element, str) else getattr(element, "name", None)
    return name if isinstance(name, str) else ""


def _identifier(name: str) -> str:
    """A name as Python takes it for a variable; empty for none."""
    word = re.sub(r"\W", "_", name, flags=re.ASCII)
    return f"_{word}" if word[:1].isdigit() or keyword.iskeyword(word) else word
