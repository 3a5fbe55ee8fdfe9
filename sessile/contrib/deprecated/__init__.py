"""`sessile.contrib.deprecated`: TensorFlow 0.x's summaries; see `names/` for what is in it."""

from __future__ import annotations

from ...lazy import lazy_names

__getattr__, __dir__ = lazy_names("contrib.deprecated", globals())
