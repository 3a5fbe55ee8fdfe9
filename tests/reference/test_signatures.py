"""Public functions take TensorFlow's arguments: the same names, in the same order, with the same defaults."""

from __future__ import annotations

import json
from typing import Any

import pytest

import sessile as tf
from tests.reference import deviations, signatures

RECORDED: dict[str, list[str]] = json.loads(signatures.PATH.read_text(encoding="utf-8"))
OURS: dict[str, Any] = {name: function for name, function in signatures.public(tf) if name in RECORDED}


@pytest.mark.parametrize("name", OURS)
def test_parameters(name: str) -> None:
    """As recorded; further parameters after them are ours to add."""
    mine, theirs = signatures.parameters(OURS[name]), RECORDED[name]
    if name.startswith("raw_ops."):  # by keyword only: their order is free
        mine, theirs = sorted(mine or ()), sorted(theirs)
    same = mine is not None and mine[: len(theirs)] == theirs and all("=" in word for word in mine[len(theirs) :])
    reason = deviations.SIGNATURES.get(name)
    assert same or reason is not None, f"{name}({', '.join(mine or ())}) should be {name}({', '.join(theirs)})"
    assert not (same and reason), f"no deviation any more: {reason}"


def test_deviations_are_of_known_functions() -> None:
    """The list names no function that is gone."""
    assert set(deviations.SIGNATURES) <= set(OURS)
