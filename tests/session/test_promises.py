"""`docs/session.md` names a test for every promise, and every test that it names exists."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
TEXT = (ROOT / "docs" / "session.md").read_text(encoding="utf-8")
PROMISES = TEXT.partition("## Promises and tests")[2]
NAMED = sorted(set(re.findall(r"`((?:tests/\w+/)?test_\w+\.py)::(test_\w+)`", PROMISES)))


@pytest.mark.parametrize("file", sorted({file for file, _ in NAMED}))
def test_named_tests_exist(file: str) -> None:
    path = ROOT / file if "/" in file else next((ROOT / "tests" / "session").rglob(file))
    functions = {node.name for node in ast.parse(path.read_text(encoding="utf-8")).body if hasattr(node, "name")}
    assert {name for other, name in NAMED if other == file} <= functions


def test_every_promise_has_a_test() -> None:
    """Each row of the tables ends with at least one test."""
    rows = [line for line in PROMISES.splitlines() if line.startswith("| ") and line != "| Promise | Test |"]
    assert len(rows) > 50 and len(NAMED) > 50
    assert [row for row in rows if "::test_" not in row.split(" | ")[-1]] == []
