"""Record what TensorFlow 1 builds and answers for programs: `python tests/control_flow/record.py` in a checkout.

Run by hand with TensorFlow 1.15's Python; the tests read `recorded.json` beside each list of programs.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]


def plain(value: Any) -> Any:
    """A fetched structure as JSON: arrays as lists of numbers with their shape."""
    if isinstance(value, dict):
        return {key: plain(item) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [plain(item) for item in value]
    return {"shape": list(value.shape), "dtype": value.dtype.name, "values": value.ravel().tolist()}


def nodes(graph: Any) -> list[Any]:
    """Per node, sorted by name: name, type, inputs, control inputs, static shapes."""
    return [
        [
            op.name,
            op.type,
            [tensor.name for tensor in op.inputs],
            sorted(other.name for other in op.control_inputs),
            [str(tensor.shape) for tensor in op.outputs],
        ]
        for op in sorted(graph.get_operations(), key=lambda op: op.name)
    ]


def answers(tf: Any, session: Any, feeds: Any, fetches: Any) -> list[Any]:
    """What the steps fetch."""
    steps = max(len(values) for _, values in feeds)
    return [plain(session.run(fetches, {feed: values[step] for feed, values in feeds})) for step in range(steps)]


def record(programs: Any, target: Path, with_nodes: bool) -> None:
    """Build and run the programs with TensorFlow, and write what is found."""
    import numpy as np
    import tensorflow as tf

    found = {}
    for name, build in programs.items():
        graph = tf.Graph()
        with graph.as_default(), tf.Session() as session:
            feeds, fetches = build(tf)
            listed = nodes(graph)
            session.run(tf.global_variables_initializer())
            random = np.random.RandomState(0)
            for variable in tf.trainable_variables():
                if variable.shape.ndims:
                    variable.load(random.uniform(-1, 1, variable.shape.as_list()).astype("float32"), session)
            found[name] = {
                "nodes": listed if with_nodes else [[v.name, v.shape.as_list()] for v in tf.global_variables()],
                "answers": answers(tf, session, feeds, fetches),
            }
    target.write_text(json.dumps(found, separators=(",", ":")) + "\n")


if __name__ == "__main__":
    sys.path.insert(0, str(ROOT))
    from tests.control_flow.programs import PROGRAMS
    from tests.recurrent.decoders import PROGRAMS as DECODERS
    from tests.recurrent.programs import PROGRAMS as RECURRENT

    record(PROGRAMS, ROOT / "tests/control_flow/recorded.json", True)
    record(RECURRENT, ROOT / "tests/recurrent/recorded.json", False)
    record(DECODERS, ROOT / "tests/recurrent/decoded.json", False)
