"""Cases written as expressions, one a line: what the placeholders in them are called, and what they are fed.

Not a family of its own: `expressions` makes the `CASES` of the families `arrays_*`.
"""

from __future__ import annotations

import textwrap
from collections.abc import Callable
from typing import Any

import numpy as np

_MATRIX = [[1.5, -2.0, 3.0], [4.0, 5.25, -6.0]]

# name: (type, static shape, fed value)
_INPUTS: dict[str, tuple[str, Any, Any]] = {
    "f": ("float32", [2, 3], _MATRIX),
    "u": ("float32", [None, 3], _MATRIX),
    "k": ("float32", None, _MATRIX),
    "n": ("int32", [2, None], [[1, 2, 3], [4, 5, 6]]),
    "c": ("float32", [None, 2, None], np.arange(12.0).reshape(3, 2, 2)),
    "i": ("int32", [], 1),
    "j": ("int64", [], 1),
    "b": ("bool", [2], [True, False]),
    "m": ("bool", [None, 3], [[True, False, True], [False, False, True]]),
    "v": ("int32", [None], [1, 0]),
    "w": ("int32", None, [[0, 1], [1, 0]]),
    "s": ("string", [None], ["x", "yy", "x"]),
    "z": ("complex64", [2, None], [[1 + 2j, 3 - 1j], [0.5j, -4]]),
}


class _Names(dict[str, Any]):
    """The names an expression may use; a placeholder is made when it is first asked for."""

    def __init__(self, tf: Any) -> None:
        super().__init__(tf=tf, np=np)
        self.feeds: dict[Any, Any] = {}

    def __missing__(self, name: str) -> Any:
        if name not in _INPUTS:
            raise KeyError(name)
        dtype, shape, value = _INPUTS[name]
        self[name] = tensor = self["tf"].placeholder(dtype, shape, name=name)
        self.feeds[tensor] = value
        return tensor


def expressions(text: str) -> dict[str, Callable[[Any], Any]]:
    """Return one case per line of `text`, named by the line itself; lines that begin with `#` are comments."""
    lines = [line.strip() for line in textwrap.dedent(text).splitlines()]
    return {line: _case(line) for line in lines if line and not line.startswith("#")}


def _case(line: str) -> Callable[[Any], Any]:
    code = compile(line, line, "eval")

    def build(tf: Any) -> Any:
        names = _Names(tf)
        fetches = eval(code, {"__builtins__": __builtins__}, names)
        return (fetches, names.feeds) if names.feeds else fetches

    return build
