"""Record TensorFlow 1's answers to the cases: `python record.py [part ...]` with a Python that has TensorFlow 1.15."""

from __future__ import annotations

import importlib
import json
import os
import sys

os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"
HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, HERE)

import tensorflow as tf  # noqa: E402


def main() -> None:
    """Write `recorded_<part>.json` of each `<part>_cases.py`."""
    tf.logging.set_verbosity(tf.logging.ERROR)
    parts = sys.argv[1:] or [file[:-9] for file in os.listdir(HERE) if file.endswith("_cases.py")]
    for part in parts:
        answers = {name: case(tf) for name, case in importlib.import_module(part + "_cases").CASES.items()}
        with open(os.path.join(HERE, "recorded_" + part + ".json"), "w") as file:
            json.dump(answers, file, sort_keys=True)
            file.write("\n")


if __name__ == "__main__":
    main()
