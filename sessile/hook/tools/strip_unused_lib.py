"""`tensorflow.python.tools.strip_unused_lib`: the part of a graph between inputs and outputs."""

from __future__ import annotations

from ...ops.library.graphdef.optimizing import strip_unused

__all__ = ["strip_unused"]
