"""Tables of the layers of models."""

from __future__ import annotations

from typing import Any


def print_summary(model: Any, line_length: int | None = None, positions: Any = None, print_fn: Any = None) -> None:
    """Print a table: for each layer its name and class, the shape of its output, how many numbers it has.

    Args:
      model: the model; line_length: default: 65, or 98 for a model that is no chain.
      positions: where columns end, in characters or as shares of the line.
      print_fn: takes each line; default: `print`.
    Raises: ValueError for a model that is not built.
    """
    if not model.outputs and not model.built:
        raise ValueError(
            "This model has not yet been built. Build the model first by calling `build()` or calling `fit()` with "
            "some data, or specify an `input_shape` argument in the first layer(s) for automatic build."
        )
    write = print_fn or print
    is_chain = _is_chain(model)
    is_network = getattr(model, "_is_graph", False) or hasattr(model, "_chain")  # no subclass, which hides its calls
    line_length = line_length or (65 if is_chain else 98)
    positions = list(positions or ([0.45, 0.85, 1.0] if is_chain else [0.33, 0.55, 0.67, 1.0]))
    if positions[-1] <= 1:
        positions = [int(line_length * position) for position in positions]
    heads = ["Layer (type)", "Output Shape", "Param #"] + ([] if is_chain else ["Connected to"])

    def row(fields: list[str]) -> None:
        line = ""
        for index, field in enumerate(fields):
            line = f"{line[:-1]} " if index else line
            line = (line + field)[: positions[index]].ljust(positions[index])
        write(line)

    write(f'Model: "{model.name}"')
    write("_" * line_length)
    row(heads)
    write("=" * line_length)
    for number, layer in enumerate(model.layers):
        shape = _shape(layer) if is_network else "multiple"
        fields = [f"{layer.name} ({type(layer).__name__})", shape, str(_count(layer))]
        connections = [] if is_chain else _connections(layer, model)
        row(fields if is_chain else [*fields, connections[0] if connections else ""])
        for more in connections[1:]:
            row(["", "", "", more])
        write(("=" if number == len(model.layers) - 1 else "_") * line_length)
    trainable = sum(int(variable.shape.num_elements()) for variable in model.trainable_weights)
    others = sum(int(variable.shape.num_elements()) for variable in model.non_trainable_weights)
    write(f"Total params: {trainable + others:,}")
    write(f"Trainable params: {trainable:,}")
    write(f"Non-trainable params: {others:,}")
    write("_" * line_length)


def _is_chain(model: Any) -> bool:
    if type(model).__name__ == "Sequential" or not getattr(model, "_is_graph", False):
        return True
    nodes = [node for node in model._graph_nodes if node.inputs is not None and node.inputs != []]
    return (
        all(not isinstance(node.inputs, (list, tuple)) or len(node.inputs) == 1 for node in nodes)
        and len({id(node.layer) for node in nodes}) == len(nodes) == len(model.layers) - 1
    )


def _shape(layer: Any) -> str:
    try:
        shape = layer.output_shape
    except AttributeError:
        return "multiple"
    if type(layer).__name__ == "InputLayer":
        shape = [shape] if isinstance(shape, tuple) else shape
    return str(shape)


def _count(layer: Any) -> int:
    return sum(int(variable.shape.num_elements()) for variable in layer.weights)


def _connections(layer: Any, model: Any) -> list[str]:
    from ....ops.base import nest

    inside = {id(node) for node in getattr(model, "_graph_nodes", [])}
    found = []
    for node in layer._nodes:
        if id(node) not in inside:
            continue
        for tensor in nest.flatten(node.inputs):
            history = getattr(tensor, "_keras_history", None)
            if history is not None:
                found.append(f"{history.layer.name}[{history.node_index}][{history.tensor_index}]")
    return found
