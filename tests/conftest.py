"""Fixtures of every test: a default graph of its own, and a clean state of the library afterwards."""

from __future__ import annotations

import os
import shutil
import signal
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from sessile.ops.building.default_graph import reset_default_graph
from sessile.ops.graph.defaults import get_default_session


@pytest.fixture(scope="session", autouse=True)
def private_cache(request: pytest.FixtureRequest) -> Iterator[None]:
    """Kernels go to a folder of the tests, which the next run finds again: the user's cache is left alone."""
    store = getattr(request.config, "cache", None)  # not there with `-p no:cacheprovider`
    folder = store.mkdir("kernels") if store else Path(tempfile.mkdtemp(prefix="sessile-tests-"))
    folder.chmod(0o700)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("SESSILE_CACHE_DIR", str(folder))
        yield
    if not store:
        shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture(scope="session", autouse=True)
def first_calls() -> Iterator[None]:
    """What `make_callable` returns compiles at its first call, so that one call tests kernels.

    `SESSILE_FIRST_CALL=interpret pytest` runs all tests as programs run; `interpreted_first` gives one test that.
    """
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("SESSILE_FIRST_CALL", os.environ.get("SESSILE_FIRST_CALL", "compile"))
        yield


@pytest.fixture
def interpreted_first(monkeypatch: pytest.MonkeyPatch) -> None:
    """First calls are interpreted while kernels compile in the background, as they are for users."""
    monkeypatch.setenv("SESSILE_FIRST_CALL", "interpret")


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


@pytest.fixture(autouse=True)
def unchanged_signals() -> Iterator[None]:
    """A test that leaves a handler behind decides how processes forked by later tests end, or whether they do."""
    signals = (signal.SIGINT, signal.SIGTERM)
    before = [signal.getsignal(number) for number in signals]
    yield
    assert [signal.getsignal(number) for number in signals] == before


@pytest.fixture
def slow(monkeypatch: pytest.MonkeyPatch) -> Any:
    """Counts the calls that native steps hand to Python; see tests/slow_path.py."""
    from tests.slow_path import counted

    return counted(monkeypatch)
