"""The public names: per namespace, per module that defines them; `new=old` gives a name to another definition.

`NAMES` has all tables; most programs use names of the top level alone, whose table is `TOP`.
"""

from __future__ import annotations

import importlib
from typing import Any

from .top import NAMES as TOP

_TABLES = (
    "contrib",
    "data",
    "estimator",
    "files",
    "image",
    "keras",
    "layers",
    "linalg",
    "math",
    "nn",
    "random",
    "sparse",
    "strings",
    "tools",
    "top",
    "train",
)


def __getattr__(name: str) -> Any:
    """`NAMES`, put together when it is first asked for."""
    if name != "NAMES":
        raise AttributeError(f"module '{__name__}' has no attribute '{name}'.")
    tables = (importlib.import_module(f"{__name__}.{table}").NAMES for table in _TABLES)
    names = globals()["NAMES"] = {namespace: words for table in tables for namespace, words in table.items()}
    return names


__all__ = ["NAMES", "TOP"]
