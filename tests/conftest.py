"""Fixtures of every test: a default graph of its own, and a clean state of the library afterwards."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pytest
from sessile.ops.default_graph import reset_default_graph
from sessile.ops.default_session import get_default_session


@pytest.fixture(autouse=True)
def clean_graph() -> Iterator[None]:
    """Give each test an empty default graph; a scope or a Session left open is an error of the test that left it."""
    reset_default_graph()
    yield
    assert get_default_session() is None, "a Session is still the default one"
    reset_default_graph()


@pytest.fixture(autouse=True)
def unchanged_numpy_state() -> Iterator[None]:
    """NumPy's floating-point error handling belongs to the user: nothing may change it."""
    before = np.geterr()
    yield
    assert np.geterr() == before
