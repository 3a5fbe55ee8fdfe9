"""`tensorflow.python.eager.context`: there is no eager execution."""

from __future__ import annotations

import contextlib


def executing_eagerly() -> bool:
    """Return False: operations build a graph."""
    return False


def in_eager_mode() -> bool:
    """Return False."""
    return False


def in_graph_mode() -> bool:
    """Return True."""
    return True


graph_mode = contextlib.nullcontext
