"""The modules of `compat.v2`: what each name is, found when it is asked for."""

from __future__ import annotations

import importlib
import sys
from functools import cache
from importlib.machinery import ModuleSpec
from types import ModuleType
from typing import Any

from .respelled import respelled
from .spellings import ELSEWHERE, SPELLINGS

_PACKAGE = __package__ or ""
_ROOT = _PACKAGE.split(".")[0]


@cache
def _recorded() -> dict[str, frozenset[str]]:
    """From each module of `compat.v2` to its names, as TensorFlow 1.15 has them."""
    absent = importlib.import_module(f"{_ROOT}.absent")
    return dict(absent.recorded_names("tensorflow_1_15_v2.txt"))


def namespaces() -> list[str]:
    """The modules within, such as `math` or `keras.layers`, outer ones first."""
    return sorted(path for path in _recorded() if path)


class Namespace(ModuleType):
    """A module of `compat.v2`.

    Args:
      name: its full name.
      path: the same within `compat.v2`; empty for the root.
    """

    def __init__(self, name: str, path: str) -> None:
        super().__init__(name, f"TensorFlow 2's names of `{path or 'tf'}`, as TensorFlow 1.15's compat.v2 has them.")
        self.__dict__.update(_path=path, __path__=[], __spec__=ModuleSpec(name, None, is_package=True))

    def __getattr__(self, name: str) -> Any:
        if name == "__all__":
            return dir(self)
        if name not in _recorded()[self._path]:
            raise AttributeError(f"module {self.__name__!r} has no attribute {name!r}.")
        value = self.__dict__[name] = self._found(f"{self._path}.{name}" if self._path else name)
        return value

    def _found(self, path: str) -> Any:
        """What a name is: a module within, one of ours with other arguments, or what it is in version 1."""
        if path in _recorded():
            return sys.modules[f"{_PACKAGE}.{path}"]
        place = ELSEWHERE.get(path)
        if place is not None:
            module, _, attribute = place.partition(":")
            value: Any = importlib.import_module(f"{_ROOT}.{module}".rstrip("."))
            for part in attribute.split("."):
                value = getattr(value, part)
            return value
        spelling = SPELLINGS.get(path)
        if spelling is None:
            return first_version(path)
        return respelled(path, spelling, first_version)

    def __dir__(self) -> list[str]:
        return sorted(_recorded()[self._path])


_KERAS = frozenset(("initializers", "losses", "metrics", "optimizers"))  # these modules are Keras's in version 2


def first_version(path: str) -> Any:
    """What a name is in version 1. Raises: AttributeError, which says why, if it is not built."""
    value: Any = importlib.import_module(_ROOT)
    parts = path.split(".")
    for part in ["keras", *parts] if parts[0] in _KERAS else parts:
        value = getattr(value, part)
    return value
