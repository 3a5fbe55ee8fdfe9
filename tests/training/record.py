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
    answers = {
        "optimizers": {
            f"{name} {'resource' if resource else 'reference'} {dtype}": cases.run_optimizer(tf, name, resource, dtype)
            for name in cases.OPTIMIZERS
            for resource in (False, True)
            for dtype in ("float32", "float64")
            if dtype == "float32" or not name.startswith("Proximal")  # which take no double parameters there
        },
        "raw": {name: cases.run_raw(tf, name) for name in cases.RAW},
        "decays": {name: cases.run_decay(tf, name) for name in cases.DECAYS},
        "averages": {
            f"{name} {'resource' if resource else 'reference'}": cases.run_averages(tf, name, resource)
            for name in cases.AVERAGES
            for resource in (False, True)
        },
    }
    with open(os.path.join(HERE, "recorded.json"), "w") as file:
        json.dump(answers, file, indent=0, sort_keys=True)
        file.write("\n")


if __name__ == "__main__":
    main()
