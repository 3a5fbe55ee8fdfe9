"""The example of `examples/` runs and reaches what it states."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

EXAMPLES = Path(__file__).parents[2] / "examples"


def test_the_example_reaches_its_accuracy() -> None:
    """It asserts it itself; in a process of its own, as its seeds count operations."""
    command = [sys.executable, str(EXAMPLES / "keras_digits.py")]
    ran = subprocess.run(command, capture_output=True, text=True, timeout=600)
    assert ran.returncode == 0, ran.stderr
