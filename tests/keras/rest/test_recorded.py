"""What TensorFlow 1.15 answered to the cases of each part is what Keras answers here."""

from __future__ import annotations

import importlib
import json
from pathlib import Path

import pytest

import sessile as tf
from tests.keras.test_recorded import assert_same

HERE = Path(__file__).parent
PARTS = [file.name.removesuffix("_cases.py") for file in sorted(HERE.glob("*_cases.py"))]
CASES = {
    (part, name): case
    for part in PARTS
    for name, case in importlib.import_module(f"{__package__}.{part}_cases").CASES.items()
}
RECORDED = {part: json.loads((HERE / f"recorded_{part}.json").read_text()) for part in PARTS}


@pytest.mark.parametrize(("part", "name"), list(CASES), ids=lambda word: str(word))
def test_answers_are_those_of_tensorflow(part: str, name: str) -> None:
    """Each case."""
    if name == "HDF5Matrix":
        pytest.importorskip("h5py")
    assert_same(CASES[part, name](tf), RECORDED[part][name], name)
