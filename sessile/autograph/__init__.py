"""`sessile.autograph`: Python's `if` and `while` on tensors are not converted here; see `experimental`."""

from __future__ import annotations

from ..lazy import lazy_names

__getattr__, __dir__ = lazy_names("autograph", globals())
