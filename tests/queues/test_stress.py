"""Stress of what steps wait for: seconds of it here, minutes in `make test-stress` (SESSILE_STRESS_SECONDS)."""

from __future__ import annotations

import os

import pytest

from tests.queues.stress import KINDS, stress

SECONDS = float(os.environ.get("SESSILE_STRESS_SECONDS", "1"))


@pytest.mark.parametrize("kind", KINDS)
def test_every_element_is_accounted_for(kind: str) -> None:
    """Limits, closed sessions and many threads: nothing is lost and nothing comes twice."""
    account = stress(kind, SECONDS, seed=len(kind))
    assert account.taken
    assert account.given_up
