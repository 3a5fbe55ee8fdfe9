"""Record what TensorFlow answers to the reference cases. Run from the project's folder with an interpreter that has it:

    python -m tests.reference.record [family ...]

Runs every case of `cases/<family>.py` in a graph of its own and writes `data/<family>.json`, one case a line: the
nodes of the graph and each fetch's type, static shape and value, or the error. `test_reference.py` replays them.
"""

from __future__ import annotations

import importlib
import itertools
import json
import os
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

from tests.reference import encoding, signatures

DATA = Path(__file__).parent / "data"
_FIELDS = {"s": "string", "i": "int", "f": "float", "b": "bool", "type": "type", "shape": "shape", "tensor": "tensor"}


def import_tensorflow() -> Any:
    """Import TensorFlow 1's face, set to compute as its plain kernels do."""
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
    os.environ["TF_ENABLE_ONEDNN_OPTS"] = "0"
    tf = importlib.import_module("tensorflow.compat.v1")
    tf.disable_v2_behavior()
    tf.logging.set_verbosity(tf.logging.FATAL)
    return tf


def plain_config(tf: Any) -> Any:
    """Return a ConfigProto without any rewriting of the graph."""
    config = tf.ConfigProto(intra_op_parallelism_threads=1, inter_op_parallelism_threads=1)
    config.graph_options.rewrite_options.disable_meta_optimizer = True
    config.graph_options.optimizer_options.opt_level = -1
    return config


def nodes_of(tf: Any, graph: Any) -> list[str]:
    """Return the text of every node of a graph, in the order they were made."""
    rows = []
    for node in (op.node_def for op in graph.get_operations()):
        attrs = {key: _attr(tf, value) for key, value in node.attr.items() if not _is_left_out(key, value)}
        rows.append(encoding.node_text(node.name, node.op, node.input, attrs, node.device))
    return rows


def _is_left_out(key: str, value: Any) -> bool:
    """Whether an attribute says nothing new: shapes and control edges, or names of gradients numbered by accident."""
    if key == "_gradient_op_type":
        return bool(value.s.startswith(b"CustomGradient-"))
    return key in ("_output_shapes", "_has_manual_control_dependencies")


def _attr(tf: Any, message: Any) -> str:
    field = message.WhichOneof("value")
    if field == "func":
        return str(message.func.name)
    if field != "list":
        return encoding.attr_text(_FIELDS[field], _python(tf, field, getattr(message, field)))
    for item, kind in _FIELDS.items():
        values = getattr(message.list, item)
        if values:
            return encoding.attr_text(f"list({kind})", [_python(tf, item, value) for value in values])
    return "[]"


def _python(tf: Any, field: str, value: Any) -> Any:
    if field == "type":
        return tf.as_dtype(value).name
    if field == "shape":
        shape = tf.TensorShape(value)
        return None if shape.rank is None else shape.as_list()
    if field == "tensor":
        return tf.as_dtype(value.dtype).name, tf.make_ndarray(value)
    return value


def record_case(tf: Any, case: Callable[[Any], Any]) -> dict[str, Any]:
    """Build and run one case; return its record."""
    with tf.Graph().as_default() as graph:
        try:
            leaves, feeds = encoding.split_case(case(tf))
        except Exception as error:
            return failure("build", error)
        nodes = nodes_of(tf, graph)
        fetches = [leaf for leaf in leaves if encoding.is_tensor(leaf) or encoding.is_operation(leaf)]
        try:
            with tf.Session(config=plain_config(tf)) as session:
                if tf.global_variables():
                    session.run(tf.global_variables_initializer())
                values = iter(session.run(fetches, feeds)) if fetches else iter(())
        except Exception as error:
            return {**failure("run", error), "nodes": nodes}
    records = [
        encoding.describe_leaf(leaf, next(values) if any(leaf is fetch for fetch in fetches) else None)
        for leaf in leaves
    ]
    return {"fetches": records, "nodes": nodes}


def failure(phase: str, error: BaseException) -> dict[str, Any]:
    """Return the record of an error: in which phase, its class, the telling line of its text."""
    lines = str(error).splitlines() or [""]
    telling = [after for line, after in itertools.pairwise(lines) if line.startswith("Node: ")]
    return {"error": [phase, type(error).__name__, (telling or lines)[0][:300]]}


def write(family: str, records: dict[str, Any]) -> Path:
    """Write a family's records, one case a line."""
    path = DATA / f"{family}.json"
    lines = [f"{json.dumps(name)}: {json.dumps(record, ensure_ascii=False)}" for name, record in records.items()]
    path.write_text("{\n" + ",\n".join(lines) + "\n}\n", encoding="utf-8")
    return path


def main(families: list[str]) -> None:
    """Record the named families, or all; forget the data of families that are gone."""
    tf = import_tensorflow()
    DATA.mkdir(exist_ok=True)
    found = set()
    for family in encoding.load_families(families):
        found.add(family.name)
        records = {name: record_case(tf, case) for name, case in family.cases.items()}
        path = write(family.name, records)
        failed = sum("error" in record for record in records.values())
        print(f"{path.name}: {len(records)} cases, {failed} of them errors, {path.stat().st_size} bytes", flush=True)
    if not families:
        signatures.record(tf)
        for path in DATA.glob("*.json"):
            if path.stem not in found and path not in (signatures.PATH, signatures.ALIASES):
                path.unlink()


if __name__ == "__main__":
    main(sys.argv[1:])
