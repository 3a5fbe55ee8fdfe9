"""What `FUNCTIONS` states is what was asked for, and what the documents say."""

from __future__ import annotations

import math
from pathlib import Path

import pytest
from sessile.compiler import mathlib

DOCUMENT = Path(__file__).parent.parent.parent / "docs" / "mathlib.md"
FORMATS = ("float32", "float64")


def row(function: mathlib.Function) -> str:
    """Return the function's line of the table in the document."""
    theirs = [function.tensorflow[label] if function.tensorflow else None for label in FORMATS]
    shown = ["none" if error is None else "wrong" if math.isnan(error) else f"{error:g}" for error in theirs]
    ours = [f"{function.ulp[label]:g}" for label in FORMATS]
    return f"| {function.name} | {ours[0]} | {shown[0]} | {ours[1]} | {shown[1]} | {function.domain} |"


@pytest.mark.parametrize("name", mathlib.FUNCTIONS)
def test_no_error_is_above_the_limit_or_above_tensorflow(name: str) -> None:
    function = mathlib.FUNCTIONS[name]
    for label in FORMATS:
        assert function.ulp[label] <= (4 if name == "pow" else 2)
        theirs = function.tensorflow[label] if function.tensorflow else math.nan
        assert math.isnan(theirs) or function.ulp[label] <= theirs


def test_the_document_has_the_table() -> None:
    lines = DOCUMENT.read_text().splitlines()
    assert [line for line in lines if line.startswith("| ") and "float32" not in line and "---" not in line] == [
        row(function) for function in mathlib.FUNCTIONS.values()
    ]
