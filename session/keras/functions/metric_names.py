"""Metrics by name or configuration: those of all modules that define some."""

from __future__ import annotations

from typing import Any, Final

from . import lookup
from .curves import AUC
from .metrics import KNOWN, Metric
from .tables import CLASSES

_KNOWN: Final[dict[str, Any]] = {**KNOWN, **CLASSES, "AUC": AUC}


def get(identifier: Any) -> Any:
    """Return a metric by name or configuration, or the one that is given."""
    if isinstance(identifier, Metric):
        return identifier
    if isinstance(identifier, str):
        metric = lookup.by_name(identifier, _KNOWN, "metric function")
        return metric() if isinstance(metric, type) else metric
    return lookup.found(identifier, _KNOWN, "metric function")


def serialize(metric: Any) -> Any:
    """Return a configuration that `get` understands."""
    return lookup.serialized(metric)


def deserialize(config: Any, custom_objects: Any = None) -> Any:
    """Return the metric of a configuration."""
    return lookup.found(config, _KNOWN, "metric function", custom_objects)
