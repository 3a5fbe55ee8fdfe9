"""What TensorFlow 1.15 answered for gradients: values, types, static shapes, and the operations they are made of."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any, Final

import numpy as np
import pytest

import sessile as tf
from tests.gradients.recorded_cases import answer

DATA: Final = Path(__file__).parent / "data" / "tensorflow.json"
ANSWERS: Final[dict[tuple[str, str], Any]] = {
    (case, mode): answer for case, mode, answer in json.loads(DATA.read_text(encoding="utf-8"))
}


@pytest.mark.parametrize("case", [case for case, mode in ANSWERS if mode == "value"])
def test_values(case: str) -> None:
    """Gradients in float64 are those of TensorFlow."""
    for ours, theirs in zip(answer(tf, case, "value")["value"], ANSWERS[case, "value"]["value"], strict=True):
        assert (ours is None) == (theirs is None)
        if theirs is not None:
            np.testing.assert_allclose(np.array(ours), np.array(theirs), rtol=1e-9, atol=1e-12)


@pytest.mark.parametrize(("case", "mode"), [(case, mode) for case, mode in ANSWERS if mode != "value"])
def test_operations(case: str, mode: str) -> None:
    """Names, types, inputs and places of the operations, and what is known of the gradients' shapes."""
    ours, theirs = json.loads(json.dumps(answer(tf, case, mode))), ANSWERS[case, mode]
    assert ours["gradients"] == theirs["gradients"]
    assert sorted(ours["nodes"]) == sorted(theirs["nodes"])
