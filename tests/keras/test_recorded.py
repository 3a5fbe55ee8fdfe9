"""What TensorFlow 1.15 answered to the cases is what Keras answers here: histories, predictions, names, tables."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import sessile as tf
from tests.keras import cases

# Where the number of operations before a layer is another, its first values are others: these begin with ones or zeros
# there, and are compared by names alone.
OTHER_SEEDS = {"SimpleRNN", "LSTM", "GRU", "both ways", "resizing"}


def assert_same(found: Any, wanted: Any, where: str = "") -> None:
    """Numbers are near, all else is equal."""
    if isinstance(wanted, dict):
        assert sorted(found) == sorted(wanted), where
        for key in wanted:
            assert_same(found[key], wanted[key], f"{where}/{key}")
    elif isinstance(wanted, list) and wanted and not isinstance(wanted[0], str):
        np.testing.assert_allclose(np.asarray(found, float), np.asarray(wanted, float), 2e-3, 2e-4, err_msg=where)
    elif isinstance(wanted, float):
        np.testing.assert_allclose(found, wanted, 2e-3, 2e-4, err_msg=where)
    else:
        assert found == wanted, where


@pytest.mark.parametrize("name", list(cases.CASES))
def test_answers_are_those_of_tensorflow(name: str, recorded: Any) -> None:
    """Each case."""
    wanted = recorded[name]
    found = cases.CASES[name](tf)
    if name in OTHER_SEEDS:
        assert found["weights"] == wanted["weights"]
        losses, answers = found["history"]["loss"], wanted["history"]["loss"]
        assert losses[-1] < losses[0]
        np.testing.assert_allclose(losses, answers, 0.25)
        return
    assert_same(found, wanted)
