"""Models as configurations: layers, and which tensors they are called with."""

from __future__ import annotations

from typing import Any

from ....ops.base import nest
from ....ops.graph.node import Tensor
from ..layers import serialization
from ..layers.inputs import InputLayer


def network_config(network: Any) -> dict[str, Any]:
    """Return the configuration of a model of inputs and outputs.

    Raises: NotImplementedError if tensors are made outside of layers.
    """
    numbers: dict[int, int] = {}
    inside = {id(node) for node in network._graph_nodes}
    for layer in network._ordered:
        for number, node in enumerate([node for node in layer._nodes if id(node) in inside], _own_nodes(layer)):
            numbers[id(node)] = number
    layers = []
    for layer in network._ordered:
        calls = [
            [_place(tensor, numbers, node.arguments) for tensor in nest.flatten(node.inputs)]
            for node in layer._nodes
            if id(node) in inside and not isinstance(layer, InputLayer)
        ]
        layers.append({**serialization.serialize(layer), "name": layer.name, "inbound_nodes": calls})
    return {
        "name": network.name,
        "layers": layers,
        "input_layers": [_place(tensor, numbers)[:3] for tensor in network.inputs],
        "output_layers": [_place(tensor, numbers)[:3] for tensor in network.outputs],
    }


def _own_nodes(layer: Any) -> int:
    """How many nodes come before the calls of a layer: a model's first node is its own graph."""
    return 1 if getattr(layer, "_is_graph", False) else 0


def _place(tensor: Any, numbers: dict[int, int], arguments: Any = None) -> list[Any]:
    if not hasattr(tensor, "_keras_history"):
        raise NotImplementedError(f"{tensor.name} is made outside of layers: put its operations into a Lambda layer.")
    history = tensor._keras_history
    node = history.layer._nodes[history.node_index]
    plain = {} if not arguments else {k: v for k, v in arguments.items() if not isinstance(v, Tensor)}
    return [history.layer.name, numbers[id(node)], history.tensor_index, plain]


def network_of(kind: Any, config: dict[str, Any], custom_objects: Any = None) -> Any:
    """Make the model of a configuration.

    Raises: ValueError if a layer's inputs are not in it.
    """
    made = {item["name"]: serialization.deserialize(item, custom_objects) for item in config["layers"]}
    waiting = {item["name"]: list(item["inbound_nodes"]) for item in config["layers"]}
    done = dict.fromkeys(made, 0)
    while any(waiting.values()):
        progress = False
        for name, calls in waiting.items():
            while calls and all(_is_there(made[place[0]], place[1], done[place[0]]) for place in calls[0]):
                call = calls.pop(0)
                tensors = [_tensor(made[place[0]], place) for place in call]
                arguments = call[0][3] if len(call[0]) > 3 else {}
                made[name](tensors[0] if len(tensors) == 1 else tensors, **arguments)
                done[name] += 1
                progress = True
        if not progress:
            raise ValueError(f"The configuration of {config.get('name')} is no graph: some inputs are never made.")
    inputs = [_tensor(made[place[0]], place) for place in config["input_layers"]]
    outputs = [_tensor(made[place[0]], place) for place in config["output_layers"]]
    return kind(
        inputs=inputs[0] if len(inputs) == 1 else inputs, outputs=outputs[0] if len(outputs) == 1 else outputs,
        name=config.get("name"),
    )  # fmt: skip


def _is_there(layer: Any, number: int, done: int) -> bool:
    return isinstance(layer, InputLayer) or number - _own_nodes(layer) < done


def _tensor(layer: Any, place: list[Any]) -> Any:
    node = layer._nodes[-1] if not hasattr(layer, "_is_graph") and len(layer._nodes) <= place[1] else None
    node = node or layer._nodes[place[1]]
    return nest.flatten(node.outputs)[place[2]]
