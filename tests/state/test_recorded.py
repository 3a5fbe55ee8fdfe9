"""Variables build and do what TensorFlow 1.15 recorded."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

import sessile as tf
from tests.state import cases

RECORDED = json.loads((Path(__file__).parent / "recorded.json").read_text())


@pytest.mark.parametrize("name", cases.CASES)
def test_a_case_is_as_recorded(name: str) -> None:
    found = cases.run(tf, name)
    assert json.loads(json.dumps(found["answer"])) == RECORDED[name]["answer"]
    assert found["nodes"] == RECORDED[name]["nodes"]
