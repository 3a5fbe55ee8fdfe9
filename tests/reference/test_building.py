"""Graph building refuses what TensorFlow refuses, with the same class, and knows as much of the static shapes.

The wrong calls of `tests/ops/makers/hostile.py` against what TensorFlow 1.15.5 made of them (see `building.py`).
"""

from __future__ import annotations

import json
from typing import Any, Final

import pytest

from tests.reference import building, deviations

RECORDED: Final[dict[str, Any]] = json.loads(building.PATH.read_text(encoding="utf-8"))


@pytest.mark.filterwarnings("ignore")  # of values that overflow, for instance
@pytest.mark.parametrize("name", RECORDED)
def test_wrong_calls_are_built_or_refused_as_in_tensorflow(name: str) -> None:
    entry, calls = RECORDED[name], building.calls(name)
    assert building.checksum(calls) == entry["checksum"], f"the wrong calls of {name} are others now: record them again"
    found: dict[str, str] = {}
    for call, index in zip(calls, entry["order"], strict=True):
        theirs = entry["outcomes"][index]
        if theirs is None:
            continue
        mine = building.outcome(name, call)
        kind = building.difference(mine, theirs)
        if kind is not None:
            found.setdefault(kind, f"{name}, {call.note}: {mine} instead of {theirs}")
    expected, reason = deviations.BUILDING.get(name, ("", "none is listed"))
    assert set(found) == set(expected.split()), f"{found}; deviations: {expected or reason}"
