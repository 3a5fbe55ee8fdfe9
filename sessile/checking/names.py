"""Whether this library has a name of TensorFlow's, such as `nn.conv2d` or `python.framework.ops.name_scope`."""

from __future__ import annotations

import importlib
from functools import cache
from types import ModuleType
from typing import Any

from ..hook.places import is_module, place_of


@cache
def is_here(name: str) -> bool:
    """Whether a name can be used: what follows a class or a function belongs to those, and counts as there if they are.

    >>> is_here("nn.relu"), is_here("nn.relu_of_tomorrow"), is_here("Session.run")
    (True, False, True)
    """
    if not name or name.startswith("__"):
        return True
    parts = name.split(".")
    depth = len(parts)
    while depth and not is_module(".".join(parts[:depth])):
        depth -= 1
    place = place_of(".".join(parts[:depth]))
    if place is None:
        return False
    if depth == len(parts):
        return bool(place.sources) or parts[0] in ("python", "core", "examples") and len(parts) <= 2
    if parts[depth].startswith("__"):
        return True
    try:
        found, value = place.find(parts[depth])
    except Exception:
        return False
    return found and _has(value, parts[depth + 1 :])


def _has(value: Any, parts: list[str]) -> bool:
    """Whether attributes can be reached; those of instances are not known, and count as there."""
    for part in parts:
        if isinstance(value, ModuleType):
            try:
                value = getattr(importlib.import_module(value.__name__), part)
            except (AttributeError, ImportError):
                return False
        elif isinstance(value, type):
            if not hasattr(value, part):
                return False
            value = getattr(value, part)
        else:
            return True
    return True
