"""Fixtures of the tests of training."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

import sessile as tf


@pytest.fixture(scope="session")
def recorded() -> Any:
    """What TensorFlow 1.15 answered to the cases."""
    return json.loads((Path(__file__).parent / "recorded.json").read_text())


@pytest.fixture(params=["OFF", "ON_1"], ids=["interpreted", "compiled"])
def config(request: pytest.FixtureRequest) -> Any:
    """How a session runs its steps."""
    made = tf.ConfigProto()
    made.graph_options.optimizer_options.global_jit_level = getattr(tf.OptimizerOptions, request.param)
    return made
