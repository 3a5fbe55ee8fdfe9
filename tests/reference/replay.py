"""Build and run the reference cases with `sessile`, and say where they differ from what TensorFlow answered."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import sessile as tf
from tests.reference import compare, deviations, encoding

DATA = Path(__file__).parent / "data"
ASPECTS = ("nodes", "static", "error", "values")


def recorded() -> dict[str, tuple[Any, dict[str, Any]]]:
    """Return per `family/case` the function and its record; cases not recorded yet are left out."""
    found = {}
    for family in encoding.load_families():
        path = DATA / f"{family.name}.json"
        records = json.loads(path.read_text(encoding="utf-8")) if path.exists() else {}
        for name, case in family.cases.items():
            if name in records:
                found[f"{family.name}/{name}"] = (case, records[name])
    return found


class Replay:
    """One case built with `sessile`: its leaves, feeds and graph, or the error."""

    def __init__(self, case: Any) -> None:
        self.error: Exception | None = None
        self.leaves: list[Any] = []
        self.feeds: Any = None
        self.graph = tf.Graph()
        with self.graph.as_default():
            try:
                self.leaves, self.feeds = encoding.split_case(case(tf))
            except Exception as error:
                self.error = error
            self.nodes = nodes_of(self.graph)

    def run(self, jit: Any) -> list[dict[str, Any]]:
        """Run the fetches and return their records; `jit` is a `global_jit_level`."""
        config = tf.ConfigProto()
        config.graph_options.optimizer_options.global_jit_level = jit
        fetches = [leaf for leaf in self.leaves if encoding.is_tensor(leaf) or encoding.is_operation(leaf)]
        with self.graph.as_default(), tf.Session(config=config) as session:
            if tf.global_variables():
                session.run(tf.global_variables_initializer())
            values = session.run(fetches, self.feeds) if fetches else []
        by_leaf = {id(leaf): value for leaf, value in zip(fetches, values, strict=True)}
        return [encoding.describe_leaf(leaf, by_leaf.get(id(leaf))) for leaf in self.leaves]


def nodes_of(graph: Any) -> list[str]:
    """Return the text of every node, read from the Operations themselves."""
    rows = []
    for op in graph.get_operations():
        inputs = [tensor._as_node_def_input() for tensor in op.inputs]
        inputs += [f"^{control.name}" for control in op.control_inputs]
        attrs = {key: _attr(op, key, value) for key, value in op.attrs.items()}
        rows.append(encoding.node_text(op.name, op.type, inputs, attrs, op.device))
    return rows


def _attr(op: Any, key: str, value: Any) -> str:
    spec = op.op_def.attrs.get(key)
    kind = spec.kind if spec else "list(string)"
    if kind == "type":
        return str(value.name)
    if kind == "list(type)":
        return encoding.attr_text(kind, [item.name for item in value])
    if kind == "tensor":
        dtype = op.attrs["dtype"] if "dtype" in op.attrs else tf.as_dtype(value.dtype)
        return encoding.attr_text(kind, (dtype.name, value))
    return encoding.attr_text(kind, value)


def of_tensorflow_1(nodes: list[str]) -> list[str]:
    """Recorded nodes with the name that 1.15 gives a constant shape, where TensorFlow 2 has it within a scope."""
    return [re.sub(r"(Shape(?:_\d+)?)/shape_as_tensor", r"\1", node) for node in nodes]


def build_differences(replay: Replay, record: dict[str, Any]) -> Iterator[tuple[str, str]]:
    """Yield (aspect, text) for everything about the graph that is not as recorded."""
    phase, name, text = record.get("error", (None, None, ""))
    if phase == "build":
        if not is_error(replay.error, name):
            yield "error", f"building should raise {name}: {text}\nnot {replay.error!r}"
        return
    if replay.error is not None:
        yield "error", f"building raises {type(replay.error).__name__}: {replay.error}"
        return
    theirs = of_tensorflow_1(record["nodes"])
    if replay.nodes != theirs:
        yield "nodes", _lines_that_differ(theirs, replay.nodes)
    for index, expected in enumerate(record.get("fetches", ())):
        yield from _static_differences(index, replay.leaves[index], expected)


def _static_differences(index: int, leaf: Any, expected: dict[str, Any]) -> Iterator[tuple[str, str]]:
    if "operation" in expected or "python" in expected:
        actual = encoding.describe_leaf(leaf, None)
        if actual != expected:
            yield "static", f"fetch {index}: {actual} instead of {expected}"
        return
    if not encoding.is_tensor(leaf):
        yield "static", f"fetch {index}: {leaf!r} is no tensor"
        return
    static = expected.get("static", expected.get("shape"))
    if (leaf.dtype.name, encoding.static_extents(leaf)) != (expected["dtype"], static):
        yield "static", f"fetch {index}: {leaf!r} should be {expected['dtype']} of shape {static}"


def run_differences(replay: Replay, record: dict[str, Any], name: str, jit: Any) -> Iterator[tuple[str, str]]:
    """Yield (aspect, text) for every fetched value, or error of the run, that is not as recorded."""
    if replay.error is not None:
        return
    phase, error_name, text = record.get("error", (None, None, ""))
    try:
        actual = replay.run(jit)
    except Exception as error:
        if phase == "run" and is_error(error, error_name):
            return
        yield "error", f"running raises {type(error).__name__}: {error}"
        return
    if phase is not None:
        yield "error", f"running should raise {error_name}: {text}"
        return
    ulp = tolerance(record, name)
    for index, (mine, expected) in enumerate(zip(actual, record["fetches"], strict=True)):
        if "shape" in expected:
            dtype = expected["dtype"]
            wrong = compare.difference(encoding.decode_array(mine, dtype), encoding.decode_array(expected, dtype), ulp)
            if wrong:
                yield "values", f"fetch {index}: {wrong}"


def tolerance(record: dict[str, Any], name: str) -> float:
    """Return the tolerance of a case in ulp: the largest of its operations', or its own."""
    if name in deviations.CASE_ULPS:
        return deviations.CASE_ULPS[name]
    types = {node.split(" = ", 1)[1].split("(", 1)[0] for node in record["nodes"]}
    return max([deviations.DEFAULT_ULP, *(deviations.ULPS.get(kind, 0) for kind in types)])


def is_error(error: BaseException | None, name: str) -> bool:
    """Whether `error` is of the class `name`, or of one derived from it."""
    return error is not None and any(cls.__name__ == name for cls in type(error).__mro__)


def _lines_that_differ(expected: list[str], actual: list[str]) -> str:
    import difflib

    return "\n".join(difflib.unified_diff(expected, actual, "TensorFlow", "sessile", lineterm="", n=1))
