"""`sessile.contrib.model_pruning`: weights with masks; see `names/` for what is in it."""

from __future__ import annotations

from ...lazy import lazy_names

__getattr__, __dir__ = lazy_names("contrib.model_pruning", globals())
