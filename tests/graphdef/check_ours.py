"""Check that TensorFlow reads the graphs that sessile writes, and computes equal values. From the project's folder:

    python -m tests.graphdef.check_ours write FOLDER   with an interpreter that has sessile
    python -m tests.graphdef.check_ours check FOLDER   with an interpreter that has TensorFlow

`write` builds the graphs of `graphs.py`, runs their steps and writes both; `check` imports and runs them. Frozen graphs
and meta graphs are among them.
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

from tests.graphdef.graphs import Step, floats
from tests.graphdef.playing import BUILDERS, differences, play, read_steps, write_steps


def write(folder: Path) -> None:
    """Build every graph with sessile, run it, and write graph and values."""
    import sessile as tf

    folder.mkdir(parents=True, exist_ok=True)
    for name, builder in BUILDERS.items():
        with tf.Graph().as_default() as graph:
            steps = builder(tf)
            with tf.Session() as session:
                results = list(play(session, steps))
        tf.io.write_graph(graph, str(folder), f"{name}.pb", as_text=False)
        tf.io.write_graph(graph, str(folder), f"{name}.pbtxt")
        write_steps(folder / f"{name}.json", steps, results)
    _write_trained(tf, folder)


def _write_trained(tf: Any, folder: Path) -> None:
    """A small model with variables: frozen, and as a meta graph."""
    with tf.Graph().as_default():
        x = tf.placeholder(tf.float32, [None, 2], name="x")
        weights = tf.Variable(floats(1, 2, 3), name="weights")
        tf.nn.softmax(tf.matmul(x, weights), name="output")
        tf.add_to_collection("inputs", x)
        tf.global_variables_initializer()
        steps = [Step(["output:0"], {"x:0": floats(2, 4, 2)})]
        with tf.Session() as session:
            session.run("init")
            results = list(play(session, steps))
            frozen = tf.graph_util.convert_variables_to_constants(session, session.graph_def, ["output"])
        tf.train.export_meta_graph(str(folder / "meta.meta"))
    tf.io.write_graph(frozen, str(folder), "frozen.pb", as_text=False)
    write_steps(folder / "frozen.json", steps, results)
    write_steps(folder / "meta.json", [Step(["init"], {}), *steps], [{"init": None}, *results])


def check(folder: Path) -> int:
    """Import and run every graph with TensorFlow; returns the number of graphs with differences."""
    from tests.reference.record import import_tensorflow, plain_config

    tf = import_tensorflow()
    wrong = 0
    for path in sorted(folder.glob("*.json")):
        for kind in ("pb", "pbtxt", "meta"):
            source = path.with_suffix(f".{kind}")
            if source.exists():
                found = _check_one(tf, source, path, plain_config(tf))
                print(f"{source.name}: {'; '.join(found) or 'equal'}")
                wrong += bool(found)
    return wrong


def _check_one(tf: Any, source: Path, record: Path, config: Any) -> list[str]:
    steps, expected = read_steps(record)
    with tf.Graph().as_default():
        if source.suffix == ".meta":
            tf.train.import_meta_graph(str(source))
            assert len(tf.trainable_variables()) == len(tf.get_collection("inputs")) == 1
        else:
            tf.import_graph_def(_read(tf, source), name="")
        with tf.Session(config=config) as session:
            return [
                line for values, wanted in zip(play(session, steps), expected) for line in differences(values, wanted)
            ]


def _read(tf: Any, source: Path) -> Any:
    if source.suffix == ".pb":
        return tf.GraphDef.FromString(source.read_bytes())
    from google.protobuf import text_format

    return text_format.Parse(source.read_text(encoding="utf-8"), tf.GraphDef())


def main(arguments: list[str]) -> int:
    """Write or check, as the arguments say."""
    if len(arguments) != 2 or arguments[0] not in ("write", "check"):
        print(__doc__)
        return 2
    folder = Path(arguments[1])
    if arguments[0] == "check":
        return check(folder)
    write(folder)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
