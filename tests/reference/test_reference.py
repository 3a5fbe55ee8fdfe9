"""Every reference case answers as TensorFlow did: the graph it builds, static types and shapes, values, errors."""

from __future__ import annotations

from collections.abc import Iterable

import pytest

import sessile as tf
from tests.reference import deviations, replay

CASES = replay.recorded()


def check(name: str, differences: Iterable[tuple[str, str]]) -> None:
    """Fail on differences, unless of the aspect that is listed as a deviation."""
    listed, _ = deviations.DEVIATIONS.get(name, (None, ""))
    aspects = {listed, deviations.ALSO.get(name)}
    unexpected = [f"{aspect}: {text}" for aspect, text in differences if aspect not in aspects]
    assert not unexpected, "\n".join(unexpected)


@pytest.mark.parametrize("name", CASES)
def test_graph(name: str) -> None:
    """Nodes, attributes, static types and shapes are TensorFlow's, or the same error is raised."""
    case, record = CASES[name]
    check(name, replay.build_differences(replay.Replay(case), record))


@pytest.mark.parametrize("jit", ["interpreted", "compiled"])
@pytest.mark.parametrize("name", [name for name, (_, record) in CASES.items() if "nodes" in record])
def test_values(name: str, jit: str) -> None:
    """Fetched values, and the errors of a run, are TensorFlow's; interpreted and compiled."""
    case, record = CASES[name]
    level = tf.OptimizerOptions.OFF if jit == "interpreted" else tf.OptimizerOptions.ON_1
    check(name, replay.run_differences(replay.Replay(case), record, name, level))


@pytest.mark.parametrize("name", deviations.DEVIATIONS)
def test_deviations_are_real(name: str) -> None:
    """A listed deviation that is none any more has to leave the list."""
    case, record = CASES[name]
    listed, reason = deviations.DEVIATIONS[name]
    built = replay.Replay(case)
    found = [*replay.build_differences(built, record)]
    found += replay.run_differences(built, record, name, tf.OptimizerOptions.OFF)
    assert listed in {aspect for aspect, _ in found}, f"no deviation any more: {reason}"


def test_deviations_are_of_known_cases() -> None:
    """The lists name no case that is gone."""
    assert set(deviations.DEVIATIONS) | set(deviations.CASE_ULPS) <= set(CASES)
    assert all(aspect in replay.ASPECTS and reason for aspect, reason in deviations.DEVIATIONS.values())
