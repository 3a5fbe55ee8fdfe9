"""What TensorFlow 1.15 answered to the cases is what estimators give here."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import sessile as tf
from tests.estimator import cases

RECORDED = json.loads((Path(__file__).parent / "recorded.json").read_text())


def assert_same(found: Any, wanted: Any, where: str = "") -> None:
    """Numbers are near, all else is equal."""
    if isinstance(wanted, dict):
        assert sorted(found) == sorted(wanted), where
        for key in wanted:
            assert_same(found[key], wanted[key], f"{where}/{key}")
    elif isinstance(wanted, float) or (isinstance(wanted, list) and wanted and _is_numeric(wanted)):
        np.testing.assert_allclose(found, wanted, 1e-4, 1e-5, err_msg=where)
    else:
        assert found == wanted, where


def _is_numeric(value: Any) -> bool:
    return all(_is_numeric(item) if isinstance(item, list) else isinstance(item, float) for item in value)


@pytest.mark.parametrize("name", list(cases.CASES))
def test_answers_are_those_of_tensorflow(name: str) -> None:
    """Losses of each step, what is evaluated and predicted, names of variables, files."""
    assert_same(cases.CASES[name](tf), RECORDED[name], name)
