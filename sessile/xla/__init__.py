"""`sessile.xla`: what asks for another compiler; see `names/` for what is in it."""

from __future__ import annotations

from ..lazy import lazy_names

__getattr__, __dir__ = lazy_names("xla", globals())
