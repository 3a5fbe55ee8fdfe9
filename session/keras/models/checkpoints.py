"""Variables of models in checkpoints, by the places of layers in models: as TensorFlow's `save_weights` has them.

A variable's key is the way to it: `layer_with_weights-0/kernel`, of a subclass the names of attributes. Beside the
values there is a graph of objects, by which TensorFlow finds them.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np

from ....ops.families.state.variables import Variable
from ....ops.library.layers.layer import Layer as PlainLayer

SUFFIX = "/.ATTRIBUTES/VARIABLE_VALUE"
GRAPH_KEY = "_CHECKPOINTABLE_OBJECT_GRAPH"


def children(item: Any) -> Iterator[tuple[str, Any]]:
    """The layers and variables inside a layer, list or dictionary, by name."""
    if isinstance(item, (list, tuple)):
        for number, part in enumerate(item):
            if _is_part(part):
                yield str(number), part
        return
    if isinstance(item, dict):
        for name, part in item.items():
            if _is_part(part):
                yield str(name), part
        return
    if getattr(item, "_is_graph", False) or hasattr(item, "_chain"):
        weighted = 0
        for number, layer in enumerate(getattr(item, "_chain", None) or item.layers):
            if layer.weights:
                yield f"layer_with_weights-{weighted}", layer
                weighted += 1
            yield f"layer-{number}", layer
        return
    for name, part in vars(item).items():
        if not name.startswith("_") and _is_part(part):
            yield name, part


def _is_part(item: Any) -> bool:
    if isinstance(item, (list, tuple)):
        return any(_is_part(part) for part in item)
    if isinstance(item, dict):
        return any(_is_part(part) for part in item.values())
    return isinstance(item, (PlainLayer, Variable))


def keyed(model: Any) -> tuple[dict[str, Any], list[Any]]:
    """The variables by key, the nearest way first, and the objects: pairs of a kind and its children's numbers."""
    found: dict[str, Any] = {}
    objects: list[Any] = []
    numbers: dict[int, int] = {id(model): 0}
    waiting: list[tuple[Any, str]] = [(model, "")]
    queue = 0
    while queue < len(waiting):
        item, prefix = waiting[queue]
        queue += 1
        if isinstance(item, Variable):
            found[f"{prefix}{SUFFIX}"] = item
            objects.append((item, f"{prefix}{SUFFIX}", []))
            continue
        names = []
        for name, part in children(item):
            if id(part) not in numbers:
                numbers[id(part)] = len(waiting)
                waiting.append((part, f"{prefix}/{name}" if prefix else name))
            names.append((name, numbers[id(part)]))
        objects.append((None, "", names))
    return found, objects


def object_graph(objects: list[Any]) -> bytes:
    """The objects as TensorFlow's message of them."""
    return b"".join(_field(1, _object(*item)) for item in objects)


def _object(variable: Any, key: str, names: list[tuple[str, int]]) -> bytes:
    parts = [_field(1, _number(1, node) + _field(2, name.encode())) for name, node in names]
    if variable is not None:
        attribute = _field(1, b"VARIABLE_VALUE") + _field(2, variable.op.name.encode()) + _field(3, key.encode())
        parts.append(_field(2, attribute))
    return b"".join(parts)


def _varint(value: int) -> bytes:
    out = bytearray()
    while value > 127:
        out.append(value & 127 | 128)
        value >>= 7
    out.append(value)
    return bytes(out)


def _field(number: int, data: bytes) -> bytes:
    return _varint(number << 3 | 2) + _varint(len(data)) + data


def _number(number: int, value: int) -> bytes:
    return (_varint(number << 3) + _varint(value)) if value else b""


def as_text(data: bytes) -> Any:
    """Bytes as an array of one string."""
    return np.array(data, object)
