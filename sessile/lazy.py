"""Public names that are imported when they are first used, so that `import sessile` costs little."""

from __future__ import annotations

import importlib
from collections.abc import Callable
from typing import Any

from .ragged_calls import takes_ragged, wrapped

_ROOT = __package__
# Public modules with code of their own.
_MODULES = (
    "app",
    "compat",
    "contrib.tensorboard",
    "flags",
    "logging",
    "raw_ops",
    "version",
)
_OURS = ("Final", "annotations", "lazy_names", "os")  # what the public modules use themselves


def lazy_names(namespace: str, module_globals: dict[str, Any]) -> tuple[Callable[[str], Any], Callable[[], list[str]]]:
    """Return `__getattr__` and `__dir__` of a public module.

    Args:
      namespace: the key of its names in `names.NAMES`: "" for the top level, "nn", "math", ...
      module_globals: where a name is kept once it is found.
    """
    table: dict[str, str] = {}

    def known() -> dict[str, str]:
        if not table:
            table.update(expanded(namespace))
        return table

    def find(name: str) -> Any:
        if name == "__all__":  # asked for by `import *` and `help`
            return [public for public in names() if not public.startswith("_")]
        place = known().get(name)
        if place is None:
            raise AttributeError(_unknown(namespace, name, table))
        module, _, attribute = place.partition(":")
        found = importlib.import_module(f"{_ROOT}.{module}")
        value = getattr(found, attribute) if attribute else found
        if takes_ragged(module, attribute):
            value = wrapped(value)
        module_globals[name] = value
        return value

    def names() -> list[str]:
        return sorted({*known(), *(name for name in module_globals if not name.startswith("_") and name not in _OURS)})

    return find, names


def expanded(namespace: str) -> dict[str, str]:
    """From each public name of a namespace to `module:attribute`, or to a module."""
    from .names import WHERE, within

    names = within(namespace)
    table = _places(names[namespace])
    inside = f"{namespace}." if namespace else ""
    for module in (*names, *_MODULES, *(() if inside else WHERE)):
        name = module.removeprefix(inside)
        if module.startswith(inside) and name and "." not in name:
            table[name] = module
    return table


def _places(modules: dict[str, str]) -> dict[str, str]:
    """From `{"module": "a b=c d=."}` to the places of a, of b, which is c there, and of d, which is the module."""
    table = {}
    for module, words in modules.items():
        for word in words.split():
            name, _, attribute = word.partition("=")
            table[name] = module if attribute == "." else f"{module}:{attribute or name}"
    return table


def _unknown(namespace: str, name: str, table: dict[str, str]) -> str:
    from .absent import subject_of
    from .ops.base.suggest import nearest

    where = f"sessile.{namespace}" if namespace else "sessile"
    subject = subject_of(f"{namespace}.{name}" if namespace else name)
    hint = nearest(name, table) if subject is None else f" Of TensorFlow 1, this is not built here: {subject}."
    return f"module '{where}' has no attribute '{name}'.{hint}"
