"""`sessile.estimator.export`: what exported models take and give; see `names/` for what is in it."""

from __future__ import annotations

from ..lazy import lazy_names

__getattr__, __dir__ = lazy_names("estimator.export", globals())
