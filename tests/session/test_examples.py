"""Every file of `examples/` about sessions runs."""

from __future__ import annotations

import runpy
from pathlib import Path

import pytest

EXAMPLES = Path(__file__).parents[2] / "examples"
NAMES = ("session_basics", "session_handles_0x", "session_handles_1x", "partial_run", "own_function")


@pytest.mark.parametrize("name", NAMES)
def test_example_runs(name: str) -> None:
    runpy.run_path(str(EXAMPLES / f"{name}.py"), run_name="__main__")
