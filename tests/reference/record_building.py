"""Record what TensorFlow 1.15.5 makes of wrong calls while a graph is built; see `building.py`, which prints them.

Runs with Python 3.7 and nothing of this library: reads a line for each operation type from standard input, writes
`data/building.json`, a line for each again: a checksum of the calls, the outcomes that there are, and which one each
call has. Types given in part replace their lines. What TensorFlow does not know (newer types and attributes), or what
ends its process, has the outcome null.
"""

from __future__ import annotations

import base64
import importlib
import json
import os
import sys
from pathlib import Path
from typing import Any

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
PATH = Path(__file__).parent / "data" / "building.json"


class Builder:
    """Builds calls by the definitions of operations that TensorFlow has registered."""

    def __init__(self) -> None:
        import numpy

        self.np: Any = numpy
        self.tf: Any = importlib.import_module("tensorflow")
        registry: Any = importlib.import_module("tensorflow.python.framework.op_def_registry")
        library: Any = importlib.import_module("tensorflow.python.framework.op_def_library")
        self.ops = registry.get_registered_ops()
        self.library = library.OpDefLibrary()
        for op_def in self.ops.values():
            self.library.add_op(op_def)

    def outcome(self, name: str, note: str, inputs: Any, attrs: Any) -> Any:
        """Return the static shapes of a call, the name of the class it is refused with, or None."""
        op_def = self.ops[name]
        changed = note.split(", ", 1)[1].split("=")[0]
        if len(op_def.input_arg) != len(inputs) or changed in set(attrs) - {attr.name for attr in op_def.attr}:
            return None
        with self.tf.Graph().as_default() as graph:
            try:
                self.library.apply_op(name, **self._arguments(op_def, inputs, attrs))
            except Exception as error:  # which one is the question
                return type(error).__name__
            made = [op for op in graph.get_operations() if op.type == name][-1]
            try:
                return [None if out.shape.dims is None else out.shape.as_list() for out in made.outputs]
            except ValueError:  # a shape that TensorFlow cannot read itself
                return None

    def _arguments(self, op_def: Any, inputs: Any, attrs: Any) -> Any:
        implied = {
            key for arg in op_def.input_arg for key in (arg.number_attr, arg.type_attr, arg.type_list_attr) if key
        }
        found = {
            attr.name: self._attr(attrs[attr.name]) if attr.name in attrs else None
            for attr in op_def.attr
            if attr.name not in implied and (attr.name in attrs or attr.HasField("default_value"))
        }
        for arg, value in zip(op_def.input_arg, inputs):
            is_list = bool(arg.number_attr or arg.type_list_attr)
            found[arg.name] = [self._constant(item) for item in value] if is_list else self._constant(value)
        return found

    def _constant(self, value: Any) -> Any:
        dtype = self.tf.as_dtype(value["dtype"])
        if dtype == self.tf.string:
            array = self.np.empty(len(value["data"]), object)
            array[:] = [base64.b64decode(item) for item in value["data"]]
        else:
            array = self.np.frombuffer(base64.b64decode(value["data"]), dtype.as_numpy_dtype)
        return self.tf.constant(array.reshape(value["shape"]), dtype)

    def _attr(self, value: Any) -> Any:
        if isinstance(value, dict):
            return self.tf.as_dtype(value["type"]) if "type" in value else value["bytes"].encode("latin1")
        return [self._attr(item) for item in value] if isinstance(value, list) else value


def outcomes(builder: Builder, name: str, calls: Any) -> Any:
    """Return what becomes of each call; a process of its own builds them, since some end it."""
    found = []  # type: list[Any]
    while len(found) < len(calls):
        reader, writer = os.pipe()
        child = os.fork()
        if child == 0:
            os.close(reader)
            with os.fdopen(writer, "w") as file:
                for call in calls[len(found) :]:
                    file.write(json.dumps(builder.outcome(name, *call)) + "\n")
                    file.flush()
            os._exit(0)
        os.close(writer)
        with os.fdopen(reader) as file:
            found += [json.loads(line) for line in file]
        os.waitpid(child, 0)
        if len(found) < len(calls):
            found.append(None)
    return found


def line(checksum: int, found: Any) -> str:
    """Return the outcomes of a type as they are kept."""
    kinds = []  # type: list[Any]
    order = []
    for item in found:
        if item not in kinds:
            kinds.append(item)
        order.append(kinds.index(item))
    return json.dumps({"checksum": checksum, "outcomes": kinds, "order": order}, separators=(",", ":"))


def main() -> None:
    """Record the types that are read from standard input."""
    builder = Builder()
    recorded = json.loads(PATH.read_text()) if PATH.exists() else {}
    lines = {name: json.dumps(entry, separators=(",", ":")) for name, entry in recorded.items()}
    for text in sys.stdin:
        entry = json.loads(text)
        name = entry["type"]
        if name in builder.ops:
            lines[name] = line(entry["checksum"], outcomes(builder, name, entry["calls"]))
            print(name, flush=True)
    rows = ",\n".join('"%s":%s' % (name, lines[name]) for name in sorted(lines))  # noqa: UP031
    PATH.write_text("{\n" + rows + "\n}\n")


if __name__ == "__main__":
    main()
