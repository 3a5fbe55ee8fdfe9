"""Record what TensorFlow 1.15 answers to `recorded_cases.py`. Run from the project's folder by an interpreter of it:

python -m tests.gradients.record
"""

from __future__ import annotations

import importlib
import json
from pathlib import Path

from tests.gradients import recorded_cases

DATA = Path(__file__).parent / "data" / "tensorflow.json"


def main() -> None:
    """Write `data/tensorflow.json`, one answer a line."""
    tf = importlib.import_module("tensorflow")
    rows = []
    for case in recorded_cases.CASES:
        modes = ["value", "nodes"] + (["row"] if case in recorded_cases.BINARY.split("\n") else [])
        for mode in modes:
            rows.append(json.dumps([case, mode, recorded_cases.answer(tf, case, mode)]))
    DATA.write_text("[\n" + ",\n".join(rows) + "\n]\n")


if __name__ == "__main__":
    main()
