"""Fixtures of the compiler's tests."""

from __future__ import annotations

import pytest
from sessile.compiler.machine import cache


@pytest.fixture(autouse=True)
def no_kernels_on_disk(monkeypatch: pytest.MonkeyPatch) -> None:
    """Compile what a test runs, whatever earlier processes left on disk."""
    monkeypatch.setattr(cache, "current", lambda: None)
