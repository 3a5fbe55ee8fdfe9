"""`sessile.keras.wrappers.scikit_learn`: models with scikit-learn's interface; see `names/` for what is in it."""

from __future__ import annotations

from ...lazy import lazy_names

__getattr__, __dir__ = lazy_names("keras.wrappers.scikit_learn", globals())
