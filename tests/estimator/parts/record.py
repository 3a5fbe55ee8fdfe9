"""Record TensorFlow 1's answers to the cases: `python record.py` with a Python that has TensorFlow 1.15."""

from __future__ import annotations

import json
import os
import sys

os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"
HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, HERE)

import cases  # noqa: E402
import tensorflow as tf  # noqa: E402


def main() -> None:
    """Write `recorded.json`."""
    tf.logging.set_verbosity(tf.logging.ERROR)
    answers = {name: case(tf) for name, case in cases.CASES.items()}
    with open(os.path.join(HERE, "recorded.json"), "w") as file:
        json.dump(answers, file, sort_keys=True)
        file.write("\n")


if __name__ == "__main__":
    main()
