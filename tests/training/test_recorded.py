"""Optimizers, decays and averages answer as TensorFlow 1.15 did: nodes, slots, names, values."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import sessile as tf
from tests.training import cases

KINDS = ("reference", "resource")
TOLERANCE = {"float32": {"rtol": 3e-6, "atol": 3e-7}, "float64": {"rtol": 1e-12, "atol": 1e-14}}


def near(actual: Any, expected: Any, dtype: str = "float32") -> None:
    for step, (ours, theirs) in enumerate(zip(actual, expected, strict=True)):
        for mine, their in zip(ours, theirs, strict=True):
            np.testing.assert_allclose(mine, their, err_msg=f"step {step}", **TOLERANCE[dtype])


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("dtype", TOLERANCE)
@pytest.mark.parametrize("name", cases.OPTIMIZERS)
def test_an_optimizer_builds_and_computes_the_same(
    recorded: Any, config: Any, name: str, dtype: str, kind: str
) -> None:
    key = f"{name} {kind} {dtype}"
    if key not in recorded["optimizers"]:
        pytest.skip("TensorFlow cannot build it")
    expected = recorded["optimizers"][key]
    with np.errstate(all="ignore"):
        answer = cases.run_optimizer(tf, name, kind == "resource", dtype, config)
    assert answer["nodes"] == expected["nodes"]
    assert answer["slots"] == expected["slots"]
    assert answer["variables"] == expected["variables"]
    near(answer["values"], expected["values"], dtype)


@pytest.mark.parametrize("name", cases.RAW)
def test_a_raw_update_computes_the_same(recorded: Any, config: Any, name: str) -> None:
    near(cases.run_raw(tf, name, config), recorded["raw"][name])


@pytest.mark.parametrize("name", cases.DECAYS)
def test_a_rate_decays_the_same(recorded: Any, name: str) -> None:
    np.testing.assert_allclose(cases.run_decay(tf, name), recorded["decays"][name], rtol=2e-6, atol=1e-8)


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("name", cases.AVERAGES)
def test_averages_move_the_same(recorded: Any, name: str, kind: str) -> None:
    expected = recorded["averages"][f"{name} {kind}"]
    answer = cases.run_averages(tf, name, kind == "resource")
    assert answer["names"] == expected["names"]
    assert answer["restored"] == expected["restored"]
    near(answer["values"], expected["values"])
