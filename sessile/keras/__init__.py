"""`sessile.keras`: Keras on graphs and Sessions; see `names/` for what is in it."""

from __future__ import annotations

from typing import Final

from ..lazy import lazy_names

__version__: Final = "2.2.4-tf"  # the version that TensorFlow 1.15 has

__getattr__, __dir__ = lazy_names("keras", globals())
