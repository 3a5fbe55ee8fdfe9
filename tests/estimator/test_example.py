"""The example of `examples/` runs and reaches what it states."""

from __future__ import annotations

import runpy
import sys
from pathlib import Path

import pytest

EXAMPLES = Path(__file__).parents[2] / "examples"


def test_the_example_reaches_its_accuracy(monkeypatch: pytest.MonkeyPatch) -> None:
    """It asserts it itself."""
    monkeypatch.syspath_prepend(str(EXAMPLES))
    runpy.run_path(str(EXAMPLES / "estimator_digits.py"), run_name="__main__")
    monkeypatch.delitem(sys.modules, "digits", raising=False)
