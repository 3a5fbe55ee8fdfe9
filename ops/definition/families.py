"""All modules that define operation types, for those who look types up by name: GraphDef import, `raw_ops`."""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Iterator
from functools import cache
from typing import Final

from .opdef import REGISTRY, OpDef

_ROOT: Final = __package__.rpartition(".")[0]  # of the layer: this module knows its families by name only
_ELSEWHERE: Final = ("building.basic_ops", "building.constant")  # types that everything else is built with


def _modules(package: str) -> Iterator[str]:
    """The names of all modules in a package and in those within it."""
    for module in pkgutil.iter_modules(importlib.import_module(package).__path__, f"{package}."):
        if module.ispkg:
            yield from _modules(module.name)
        else:
            yield module.name


@cache
def _places() -> dict[str, str]:
    from .type_places import PLACES

    return {op_type: module for module, types in PLACES.items() for op_type in types.split()}


def load_family_of(op_type: str) -> OpDef | None:
    """Import the one module that defines a type, and return the definition; None if it is not known which that is."""
    module = _places().get(op_type)
    if module is None:
        return None
    importlib.import_module(f"{_ROOT}.families.{module}")
    return REGISTRY.get(op_type)


@cache
def load_all() -> None:
    """Import every operation family, so that the registry is complete. About 60 ms, once."""
    for name in (*(f"{_ROOT}.{name}" for name in _ELSEWHERE), *_modules(f"{_ROOT}.families")):
        importlib.import_module(name)
