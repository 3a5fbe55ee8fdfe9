"""The examples that train: each comes to its stated loss, by the way of TensorFlow's losses, step by step.

TensorFlow 1.15's losses are in `example_losses.json`: `python examples/compare.py --record` writes it.
"""

from __future__ import annotations

import importlib.util
import json
import runpy
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest

EXAMPLES = Path(__file__).parents[2] / "examples"
RECORDED = Path(__file__).parent / "example_losses.json"


def compare() -> Any:
    """The script that runs the examples with both libraries."""
    spec = importlib.util.spec_from_file_location("compare", EXAMPLES / "compare.py")
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


COMPARE = compare()


@pytest.mark.parametrize("name", list(COMPARE.EXPECTED))
def test_an_example_goes_the_way_of_tensorflow(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """It ends with its own assertion of the loss it reaches; the first losses are TensorFlow's but for rounding."""
    monkeypatch.syspath_prepend(str(EXAMPLES))
    theirs = np.array(json.loads(RECORDED.read_text())[name])
    module = runpy.run_path(str(EXAMPLES / f"{name}.py"), run_name="__main__")
    monkeypatch.delitem(sys.modules, "digits", raising=False)
    ours = np.array(module["curve"])
    assert len(theirs) == COMPARE.EXPECTED[name][0]
    assert COMPARE.is_close(name, ours, theirs), COMPARE.table(name, ours, theirs)


def test_the_import_is_the_only_line_about_the_library() -> None:
    for name in COMPARE.EXPECTED:
        text = (EXAMPLES / f"{name}.py").read_text()
        assert text.count("sessile") == text.count(COMPARE.IMPORT) + text.count("`import sessile as tf`") and (
            text.count(COMPARE.IMPORT) == 1
        )
