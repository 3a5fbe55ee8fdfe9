"""`sessile.contrib.tensorboard`: the plugins' files."""

from __future__ import annotations

from typing import Any


def __getattr__(name: str) -> Any:
    if name != "plugins":
        raise AttributeError(f"module '{__name__}' has no attribute '{name}'.")
    from . import plugins

    return plugins
