"""Layers by their names: what configurations say."""

from __future__ import annotations

import importlib
from functools import cache
from typing import Any

from ..between.op_layer import TensorFlowOpLayer
from ..functions import lookup

_MODULES = (
    "activating", "cells", "convolution", "core", "embedding", "inputs", "merging", "normalization", "pooling",
    "recurrent", "resizing", "spatial.conv_lstm", "spatial.local", "wrappers",
)  # fmt: skip


@cache
def known() -> dict[str, Any]:
    """All layers by name."""
    from ..layer import Layer

    found: dict[str, Any] = {"TensorFlowOpLayer": TensorFlowOpLayer}
    for module in _MODULES:
        space = vars(importlib.import_module(f"{__package__}.{module}"))
        for name, value in space.items():
            if isinstance(value, type) and issubclass(value, Layer) and not name.startswith("_"):
                found[name] = value
    models = __package__.replace("layers", "models")  # computed, for models import this module
    for module, name in (("model", "Model"), ("sequential", "Sequential")):
        found[name] = getattr(importlib.import_module(f"{models}.{module}"), name)
    return found


def serialize(layer: Any) -> dict[str, Any]:
    """Return the configuration of a layer."""
    return {"class_name": type(layer).__name__, "config": layer.get_config()}


def deserialize(config: Any, custom_objects: Any = None) -> Any:
    """Return the layer of a configuration. Raises: ValueError for a class that is not known."""
    kind = lookup.by_name(config["class_name"], known(), "layer", custom_objects)
    with lookup.custom_object_scope(custom_objects or {}):
        return kind.from_config(config["config"])
