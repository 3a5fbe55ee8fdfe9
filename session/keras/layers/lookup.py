"""The layer of a configuration, for layers that have another one inside."""

from __future__ import annotations

import importlib
from typing import Any


def of_config(config: Any) -> Any:
    """Return the layer of a configuration."""
    serialization = importlib.import_module(f"{__package__}.serialization")  # which imports all layers
    return serialization.deserialize(config)
