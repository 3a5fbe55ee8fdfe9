"""Every test begins with a fresh default graph, and leaves no default session behind."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

import sessile as tf


@pytest.fixture(autouse=True)
def fresh_graph() -> Iterator[None]:
    tf.reset_default_graph()
    yield
    assert tf.get_default_session() is None
