"""What TensorFlow 1.15 gave for layers, metrics, constraints and schedules is what they give here."""

from __future__ import annotations

import json
import os

import pytest

import sessile as tf
from tests.keras import more_cases
from tests.keras.test_recorded import assert_same

with open(os.path.join(os.path.dirname(__file__), "more_recorded.json")) as _file:
    RECORDED = json.load(_file)


@pytest.mark.parametrize("name", list(more_cases.CASES))
def test_values_are_those_of_tensorflow(name: str) -> None:
    """Each case."""
    assert_same(more_cases.CASES[name](tf), RECORDED[name])
