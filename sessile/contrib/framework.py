"""`sessile.contrib.framework`; see `names/` for what is in it."""

from __future__ import annotations

from .. import nest as nest
from ..lazy import lazy_names

__getattr__, __dir__ = lazy_names("contrib.framework", globals())
