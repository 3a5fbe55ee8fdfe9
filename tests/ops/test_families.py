"""Every module that defines operation types is known to `families`, so that types can be looked up by name."""

from __future__ import annotations

import re
from pathlib import Path

import sessile.ops
from sessile.ops.families import FAMILIES
from sessile.ops.opdef import lookup


def test_families_are_complete() -> None:
    folder = Path(sessile.ops.__file__).parent
    defining = {
        path.stem
        for path in folder.glob("*.py")
        if re.search(r"(?<!\w)OpDef\(", path.read_text()) and path.stem not in ("opdef", "families")
    }
    assert set(FAMILIES.split()) == defining


def test_types_are_found_by_name() -> None:
    assert lookup("Cumsum").name == "Cumsum"
