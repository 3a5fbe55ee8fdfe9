"""`sessile.contrib.tensorboard.plugins`: `projector`."""

from __future__ import annotations

from . import projector

__all__ = ["projector"]
