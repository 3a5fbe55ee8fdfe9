"""Fixtures of the tests of Keras."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

import sessile as tf


@pytest.fixture(scope="session")
def recorded() -> Any:
    """What TensorFlow 1.15 answered to the cases."""
    return json.loads((Path(__file__).parent / "recorded.json").read_text())


@pytest.fixture(autouse=True)
def fresh() -> Iterator[None]:
    """A new graph and session, before and after."""
    tf.keras.backend.clear_session()
    yield
    tf.keras.backend.clear_session()
