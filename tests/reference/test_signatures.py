"""Public functions take TensorFlow's arguments: the same names, in the same order, with the same defaults."""

from __future__ import annotations

import json
from typing import Any

import pytest

import sessile as tf
from tests.reference import deviations, signatures

RECORDED: dict[str, list[str]] = json.loads(signatures.PATH.read_text(encoding="utf-8"))
GROUPS: list[list[str]] = json.loads(signatures.ALIASES.read_text(encoding="utf-8"))
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


def resolve(name: str) -> Any:
    """Return what a dotted public name means, or None."""
    module, _, last = name.rpartition(".")
    return getattr(getattr(tf, module, None) if module else tf, last, None)


@pytest.mark.parametrize(
    "names", [names for names in GROUPS if any(resolve(name) for name in names)], ids=lambda n: n[0]
)
def test_aliases(names: list[str]) -> None:
    """What TensorFlow offers under several names (`tf.add`, `tf.math.add`) is there under all of them, one object."""
    found = {name: resolve(name) for name in names}
    missing = [name for name, value in found.items() if value is None]
    assert not missing
    assert len({id(value) for value in found.values()}) == 1, found


def test_deviations_are_of_known_functions() -> None:
    """The list names no function that is gone."""
    assert set(deviations.SIGNATURES) <= set(OURS)
