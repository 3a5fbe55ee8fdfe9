"""The operations that Keras is made of, from the families they are in."""

from __future__ import annotations

__all__ = [name for name in dir() if not name.startswith("_") and name != "annotations"]
