"""Record checkpoints of TensorFlow. Run with an interpreter that has TensorFlow 1.15:

    python tests/checkpoint/record.py

Writes into `fixtures/`: `mixed-7`, variables of many types with the graph beside; `parts`, a variable in three parts;
`old`, TensorFlow's first format.
"""

from __future__ import annotations

import importlib
import os
import shutil
from typing import Any

FIXTURES = os.path.join(os.path.dirname(os.path.abspath(__file__)), "fixtures")
VALUES: dict[str, tuple[str, Any]] = {
    "bfloat": ("bfloat16", [0.5, -2.0]),
    "bytes/deep": ("uint8", [[1, 2], [3, 255]]),
    "complex": ("complex64", [1 + 2j, -0.5j]),
    "double": ("float64", 0.1),
    "flags": ("bool", [True, False, True]),
    "half": ("float16", [1.5]),
    "long": ("int64", [1 << 40, -1]),
    "none": ("float32", []),
    "scope/weights": ("float32", [[0.0, 1.0, 2.0], [3.0, 4.0, 5.5]]),
    "words": ("string", [b"x", b"", b"yy" * 100]),
}


def make_variables(tf: Any) -> None:
    """Add the variables of `VALUES` to the default graph."""
    for name, (dtype, value) in VALUES.items():
        if dtype == "bfloat16":
            tf.Variable(tf.cast(tf.constant(value), tf.bfloat16), name=name)
        else:
            tf.Variable(tf.constant(value, dtype=dtype), name=name)


def main() -> None:
    """Write the fixtures."""
    tf = importlib.import_module("tensorflow")
    shutil.rmtree(FIXTURES, ignore_errors=True)
    os.makedirs(FIXTURES)
    os.chdir(FIXTURES)
    with tf.Graph().as_default(), tf.Session() as session:
        make_variables(tf)
        session.run(tf.global_variables_initializer())
        tf.train.Saver().save(session, "./mixed", global_step=7)
        kept = [v for v in tf.global_variables() if v.op.name not in ("bfloat", "none")]
        tf.train.Saver(kept, write_version=1).save(session, "./old", write_meta_graph=False, write_state=False)
    with tf.Graph().as_default(), tf.Session() as session:
        whole = tf.reshape(tf.range(40, dtype=tf.float32), [10, 4])
        tf.get_variable("whole", initializer=whole, partitioner=tf.fixed_size_partitioner(3))
        session.run(tf.global_variables_initializer())
        tf.train.Saver().save(session, "./parts", write_meta_graph=False, write_state=False)


if __name__ == "__main__":
    main()
