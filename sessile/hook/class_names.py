"""Classes of models say that they are TensorFlow's, under its name.

Programs ask `"<class 'tensorflow" in str(type(model))` (the Adversarial Robustness Toolbox) or compare the whole text
with `<class 'tensorflow.python.keras.engine.sequential.Sequential'>` (SHAP) to tell a model of `tf.keras` from another.
"""

from __future__ import annotations

import importlib
from typing import Any, Final

# Per class of `sessile.session.keras.models` where it is in this library, and TensorFlow's module of it.
_MODELS: Final = {
    "Model": ("model", "tensorflow.python.keras.engine.training"),
    "Sequential": ("sequential", "tensorflow.python.keras.engine.sequential"),
    "Network": ("network", "tensorflow.python.keras.engine.network"),
}
_own: Final[dict[Any, str]] = {}  # what they say of themselves


def show() -> None:
    """From now on they print, and are pickled, as TensorFlow's."""
    for name, (module, shown) in _MODELS.items():
        found = getattr(importlib.import_module(f"sessile.session.keras.models.{module}"), name)
        _own.setdefault(found, found.__module__)
        found.__module__ = shown


def hide() -> None:
    """End what `show` began."""
    for found, module in _own.items():
        found.__module__ = module
    _own.clear()
