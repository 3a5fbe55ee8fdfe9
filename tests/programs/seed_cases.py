"""Calls behind which a random operation has the seed that TensorFlow 1.15.5 gives it: the number of operations so far.

`seed_counts.json` holds the calls and the seeds of 1.15.5; `python seed_cases.py`, run by a Python that has it, records
them anew. What stands there as null is an error of 1.15.5.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

RECORDED = Path(__file__).parent / "seed_counts.json"
CASES: list[str] = list(json.loads(RECORDED.read_text()))  # a new one is written there with any number, and recorded


def seed_behind(tf: Any, case: str) -> int:
    """The operation's own seed of a random operation behind a case."""
    with tf.Graph().as_default() as graph:
        tf.set_random_seed(1)
        floats = tf.placeholder
        places: dict[str, Any] = {
            "tf": tf,
            "x": floats(tf.float32, [5, 4]),
            "y": floats(tf.float32, [5, 4]),
            "image": floats(tf.float32, [2, 8, 8, 3]),
            "steps": floats(tf.float32, [2, 6, 4]),
            "any": floats(tf.float32, [None, 4]),
            "anysteps": floats(tf.float32, [None, None, 4]),
            "training": tf.placeholder(tf.bool, []),
            "ints": tf.placeholder(tf.int32, [5]),
            "v": tf.get_variable("v", [4, 3], initializer=tf.zeros_initializer()),
            "lens": tf.placeholder(tf.int32, [None]),
        }
        if ";" in case:
            exec(case, places)
        else:
            eval(case, places)
        tf.random_normal([2])
        found = [op for op in graph.get_operations() if op.type == "RandomStandardNormal"]
        seed: int = found[-1].get_attr("seed2")
        return seed


def record() -> None:
    """Write down what this TensorFlow gives."""
    import tensorflow as tf

    seeds: dict[str, int | None] = {}
    for case in CASES:
        try:
            seeds[case] = seed_behind(tf, case)
        except Exception:
            seeds[case] = None
    RECORDED.write_text(json.dumps(seeds, indent=0, sort_keys=True) + "\n")


if __name__ == "__main__":
    record()
