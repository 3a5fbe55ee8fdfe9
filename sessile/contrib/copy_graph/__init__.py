"""`sessile.contrib.copy_graph`: operations of one graph in another; see `names/` for what is in it."""

from __future__ import annotations

from ...lazy import lazy_names

__getattr__, __dir__ = lazy_names("contrib.copy_graph", globals())
