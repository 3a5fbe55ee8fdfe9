"""`sessile.autograph.experimental`: what programs tell a converter of Python's control flow; see `names/`."""

from __future__ import annotations

from ..lazy import lazy_names

__getattr__, __dir__ = lazy_names("autograph.experimental", globals())
