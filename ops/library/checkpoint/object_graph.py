"""The objects that a `Checkpoint` holds: what each is made of, and under which keys its variables are saved.

An object is found by the names of the attributes that lead to it. For example the kernel of `Checkpoint(model=dense)`
is saved as `model/kernel/.ATTRIBUTES/VARIABLE_VALUE`, whatever the variable is called in the graph.

Source: TensorFlow 1.15's object-based checkpoints, whose keys and message these are.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator, Mapping
from typing import Any, Final, NamedTuple

from ...families.data.iterators import Iterator as DatasetIterator
from ...families.state.variable_base import Variable
from ..layers.layer import Layer
from ..modules import Module
from ..training.optimizer import Optimizer

_VALUE: Final = "VARIABLE_VALUE"
PYTHON_STATE: Final = "py_state"  # of objects that Python keeps as bytes: they have `_python_state`


class Saved(NamedTuple):
    """A value in a checkpoint.

    Attributes:
      item: the variable or iterator.
      name: of the attribute.
      key: in the checkpoint.
    """

    item: Any
    name: str
    key: str


def is_trackable(value: Any) -> bool:
    """Whether a value can be a part of a checkpoint."""
    return isinstance(value, (Variable, Layer, Module, Optimizer, DatasetIterator)) or hasattr(
        value, "_checkpoint_children"
    )


def children(value: Any) -> list[tuple[str, Any]]:
    """The parts of an object, with the names that lead to them."""
    if hasattr(value, "_checkpoint_children"):
        found: list[tuple[str, Any]] = value._checkpoint_children()
        return found
    if isinstance(value, (Variable, DatasetIterator)):
        return []
    if isinstance(value, Optimizer):
        return sorted((name, part) for (name, _), part in value._non_slot_dict.items())
    if isinstance(value, Mapping):
        return [(str(key), part) for key, part in value.items() if _counts(part)]
    if isinstance(value, (list, tuple)):
        return [(str(number), part) for number, part in enumerate(value) if _counts(part)]
    found = [*_numbered_layers(value), *_named_weights(value)]
    ours, known = isinstance(value, Layer), {id(part) for _, part in found}
    for name, part in vars(value).items():
        if ours and name.startswith("_") and (not is_trackable(part) or id(part) in known):
            continue  # lists of weights and layers, which are there by their own names
        if _counts(part) and (name, part) not in found:
            found.append((name, part))
    return found


def _named_weights(value: Any) -> Iterator[tuple[str, Any]]:
    """The weights of a layer by the names it gave them: those within its scope."""
    if not isinstance(value, Layer):
        return
    for weight in [*value._trainable_weights, *value._non_trainable_weights]:
        if isinstance(weight, Variable):
            _, inside, name = weight.op.name.partition(f"{value.name}/")
            yield (name if inside else weight.op.name.rpartition("/")[2]), weight


def _counts(part: Any) -> bool:
    """Whether a part is tracked: objects, and lists and dictionaries that have some."""
    if isinstance(part, Mapping):
        return all(isinstance(key, str) for key in part) and any(_counts(item) for item in part.values())
    if isinstance(part, (list, tuple)):
        return any(_counts(item) for item in part)
    return is_trackable(part)


def _numbered_layers(value: Any) -> Iterator[tuple[str, Any]]:
    """The layers of a network, numbered; those of a subclass have the names of attributes alone."""
    known = getattr(value, "_is_graph", False)
    if not isinstance(value, Layer) or not (known or hasattr(value, "_chain")):
        return
    layers = list(value.layers)  # type: ignore[attr-defined]
    first = [layer for layer in getattr(value, "_input_layers", ()) if layer not in layers]
    weighted = 0
    for number, layer in enumerate([*first, *layers]):
        if layer.weights and known:
            yield f"layer_with_weights-{weighted}", layer
            weighted += 1
        yield f"layer-{number}", layer


def slots(value: Any) -> list[tuple[Any, str, Any]]:
    """What an optimizer keeps beside variables: key of the variable, name of the slot, the slot's variable."""
    if isinstance(value, Optimizer):
        return [(key, name, slot) for name in sorted(value._slots) for key, slot in value._slots[name].items()]
    if hasattr(value, "_checkpoint_slots"):
        return [(_slot_key(variable), name, slot) for variable, name, slot in value._checkpoint_slots()]
    return []


class ObjectGraph:
    """The objects that can be reached from one, each once, by the shortest way.

    Args:
      root: where it begins.

    Attributes:
      objects: the nearest first; slots of optimizers at the end.
      paths: the names that lead to each.
      slots: per optimizer's number, its slots as (number of the variable, name, number of the slot's variable).
    """

    def __init__(self, root: Any) -> None:
        self.objects: list[Any] = [root]
        self.paths: list[str] = [""]
        self.edges: list[list[tuple[str, int]]] = [[]]
        self.slots: dict[int, list[tuple[int, str, int]]] = {}
        self._numbers = {id(root): 0}
        pending = deque([0])
        while pending:
            at = pending.popleft()
            for name, part in children(self.objects[at]):
                number = self._numbers.get(id(part))
                if number is None:
                    number = self._add(part, "/".join(filter(None, (self.paths[at], escaped(name)))))
                    pending.append(number)
                self.edges[at].append((name, number))
        for at in range(len(self.objects)):
            self._add_slots(at)

    def _add(self, part: Any, path: str) -> int:
        number = self._numbers[id(part)] = len(self.objects)
        self.objects.append(part)
        self.paths.append(path)
        self.edges.append([])
        return number

    def _add_slots(self, at: int) -> None:
        by_key = {_slot_key(self.objects[number]): number for number in range(len(self.objects))}
        for key, name, slot in slots(self.objects[at]):
            of = by_key.get(key)
            if of is None:
                continue  # of a variable that is not saved
            path = f"{self.paths[of]}/.OPTIMIZER_SLOT/{self.paths[at]}/{escaped(name)}"
            number = self._numbers.get(id(slot))
            number = self._add(slot, path) if number is None else number
            self.slots.setdefault(at, []).append((of, name, number))

    def values(self) -> list[Saved]:
        """What is saved, under which keys."""
        found = []
        for item, path in zip(self.objects, self.paths):
            if isinstance(item, Variable):
                found.append(Saved(item, _VALUE, f"{path}/.ATTRIBUTES/{_VALUE}"))
            elif isinstance(item, DatasetIterator):
                found.append(Saved(item, "ITERATOR", f"{path}/.ATTRIBUTES/ITERATOR"))
            elif hasattr(item, "_python_state"):
                found.append(Saved(item, PYTHON_STATE, f"{path}/.ATTRIBUTES/{PYTHON_STATE}"))
        return found

    def message(self) -> Any:
        """The TrackableObjectGraph message."""
        from ... import proto

        saved = {id(value.item): value for value in self.values()}
        message = proto.TrackableObjectGraph()
        for number, item in enumerate(self.objects):
            node = message.nodes.add()
            for name, child in self.edges[number]:
                node.children.add(node_id=child, local_name=name)
            if id(item) in saved:
                value = saved[id(item)]
                full = getattr(item, "_shared_name", None) or getattr(item, "op", None)
                full_name = full if isinstance(full, str) else full.name if full is not None else ""
                node.attributes.add(name=value.name, full_name=full_name, checkpoint_key=value.key)
            for of, name, slot in self.slots.get(number, ()):
                node.slot_variables.add(original_variable_node_id=of, slot_name=name, slot_variable_node_id=slot)
        return message


def _slot_key(item: Any) -> Any:
    """By what an optimizer knows a variable."""
    return (item.op.graph, item.op.name) if isinstance(item, Variable) else id(item)


def escaped(name: str) -> str:
    """A name as a part of a key."""
    return name.replace(".", "..").replace("/", ".S")


def matched(message: Any, root: Any) -> tuple[dict[int, Any], ObjectGraph]:
    """Which objects the nodes of a checkpoint are, by the names that lead to them, and the graph of all objects."""
    graph = ObjectGraph(root)
    found: dict[int, Any] = {0: root}
    pending = deque([0])
    while pending:
        at = pending.popleft()
        own = dict(children(found[at]))
        for child in message.nodes[at].children:
            part = own.get(child.local_name)
            if part is None and hasattr(found[at], "_checkpoint_child"):
                part = found[at]._checkpoint_child(child.local_name)
            if part is not None and child.node_id not in found:
                found[child.node_id] = part
                pending.append(child.node_id)
    for at, node in enumerate(message.nodes):
        if at not in found:
            continue
        known = {(key, name): slot for key, name, slot in slots(found[at])}
        for reference in node.slot_variables:
            original = found.get(reference.original_variable_node_id)
            slot = None if original is None else known.get((_slot_key(original), reference.slot_name))
            if slot is not None:
                found[reference.slot_variable_node_id] = slot
    return found, graph
