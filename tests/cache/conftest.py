"""Fixtures of the disk cache's tests: a folder of their own, and no kernels in memory."""

from __future__ import annotations

from pathlib import Path

import pytest
from sessile.compiler.jit import compile as jit
from sessile.compiler.machine.cache import KernelCache


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder that `SESSILE_CACHE_DIR` names during the test; it is not there yet."""
    root = tmp_path / "kernels"
    monkeypatch.setenv("SESSILE_CACHE_DIR", str(root))
    monkeypatch.delenv("SESSILE_CACHE", raising=False)
    monkeypatch.delenv("SESSILE_CACHE_SIZE", raising=False)
    return root


@pytest.fixture
def kernels(folder: Path) -> KernelCache:
    """The cache in that folder."""
    return KernelCache(str(folder))


@pytest.fixture
def empty_memory(monkeypatch: pytest.MonkeyPatch) -> None:
    """Forget the kernels that this process has, until the test is over."""
    monkeypatch.setattr(jit, "_kernels", {})
