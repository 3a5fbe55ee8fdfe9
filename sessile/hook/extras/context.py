"""`tensorflow.python.eager.context`: there is no eager execution."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator


def executing_eagerly() -> bool:
    """Return False: operations build a graph."""
    return False


def in_eager_mode() -> bool:
    """Return False."""
    return False


def in_graph_mode() -> bool:
    """Return True."""
    return True


@contextlib.contextmanager
def eager_mode() -> Iterator[None]:
    """Raises: RuntimeError: there is no eager execution."""
    raise RuntimeError("eager_mode: operations build a graph here; there is no eager execution. Run them in a Session.")
    yield


graph_mode = contextlib.nullcontext
