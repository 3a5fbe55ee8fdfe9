"""`sessile.contrib.tensorboard`: the plugins' files."""

from __future__ import annotations

import importlib
from typing import Any


def __getattr__(name: str) -> Any:
    if name != "plugins":
        raise AttributeError(f"module '{__name__}' has no attribute '{name}'.")
    return importlib.import_module(f"{__name__}.plugins")
