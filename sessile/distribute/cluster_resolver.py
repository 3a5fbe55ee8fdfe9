"""`sessile.distribute.cluster_resolver`: who belongs to a cluster; see `names/` for what is in it."""

from __future__ import annotations

from ..lazy import lazy_names

__getattr__, __dir__ = lazy_names("distribute.cluster_resolver", globals())
