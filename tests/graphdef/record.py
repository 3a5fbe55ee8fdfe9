"""Record the graphs of `graphs.py` as TensorFlow writes and computes them. Run from the project's folder with it:

    python -m tests.graphdef.record [name ...]

Writes `fixtures/<name>.pb`, the GraphDef, and `fixtures/<name>.json`, the feeds and values of its steps; and
`fixtures/unsupported.pb`, a graph with control flow. `test_fixtures.py` imports and runs them without TensorFlow.
"""

from __future__ import annotations

import sys
from typing import Any

from tests.graphdef.playing import BUILDERS, FIXTURES, play, write_steps
from tests.reference.record import import_tensorflow, plain_config


def record(tf: Any, name: str) -> None:
    """Build one graph, run its steps, write both."""
    with tf.Graph().as_default() as graph:
        steps = BUILDERS[name](tf)
        with tf.Session(config=plain_config(tf)) as session:
            results = list(play(session, steps))
    _write(graph, name)
    write_steps(FIXTURES / f"{name}.json", steps, results)


def record_unsupported(tf: Any) -> None:
    """Write a graph with both kinds of loops and conditions; it is only to be refused."""
    with tf.Graph().as_default() as graph:
        x = tf.placeholder(tf.float32, name="x")
        tf.cond(x > 0.0, lambda: x * 2.0, lambda: -x, name="choice")
        tf.while_loop(lambda i: i < 10.0, lambda i: i + 1.0, [x], name="loop")
        tf.enable_control_flow_v2()
        tf.cond(x > 1.0, lambda: x * 3.0, lambda: -x, name="new_choice")
        tf.while_loop(lambda i: i < 5.0, lambda i: i + 1.0, [x], name="new_loop")
        tf.disable_control_flow_v2()
    _write(graph, "unsupported")


def _write(graph: Any, name: str) -> None:
    (FIXTURES / f"{name}.pb").write_bytes(graph.as_graph_def().SerializeToString(deterministic=True))


def main(names: list[str]) -> None:
    """Record the graphs named, or all."""
    tf = import_tensorflow()
    FIXTURES.mkdir(exist_ok=True)
    for name in names or BUILDERS:
        record(tf, name)
        print(name)
    if not names:
        record_unsupported(tf)


if __name__ == "__main__":
    main(sys.argv[1:])
