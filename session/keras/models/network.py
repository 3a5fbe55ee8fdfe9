"""`Network`: layers between inputs and outputs, found by walking back from tensor to tensor."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from ....ops.base import nest
from ....ops.graph.node import Tensor
from ....ops.types.tensor_shape import TensorShape
from .. import state
from ..between.histories import add_history
from ..layer import Layer, Node
from ..layers.inputs import InputLayer


class Network(Layer):
    """A layer of layers: of given inputs and outputs, or with a `call` of its own.

    Args:
      inputs, outputs: tensors, or lists and dictionaries of them; none of both for a subclass with `call`.
      name: default: `model`, `model_1`, ...
    """

    def __init__(self, inputs: Any = None, outputs: Any = None, name: str | None = None, **kwargs: Any) -> None:
        super().__init__(name=name, **kwargs)
        self._is_graph = False
        self.inputs: Any = None
        self.outputs: Any = None
        self._given_structure: Any = None
        if outputs is not None:
            self._init_graph(inputs, outputs)

    def _init_graph(self, inputs: Any, outputs: Any) -> None:
        self._is_graph = True
        self._given_structure = inputs, outputs
        self.inputs = nest.flatten(inputs)
        self.outputs = nest.flatten(outputs)
        for tensor in self.inputs:
            if not hasattr(tensor, "_keras_history"):
                raise ValueError(
                    f"Input tensors to a {type(self).__name__} must come from `tf.keras.Input`. Received: {tensor} "
                    "(missing previous layer metadata)."
                )
        self._ordered, self._graph_nodes = ordered_layers(self.inputs, self.outputs)
        self._input_layers = [tensor._keras_history.layer for tensor in self.inputs]
        self.input_names = [layer.name for layer in self._input_layers]
        self.output_names = _output_names(self.outputs)
        self._sublayers = [list(self._ordered)]
        names = [layer.name for layer in self._ordered]
        repeated = {name for name in names if names.count(name) > 1}
        if repeated:
            raise ValueError(
                f'The name "{sorted(repeated)[0]}" is used {names.count(sorted(repeated)[0])} times in the model. All '
                "layer names should be unique."
            )
        self.built = True
        if not self._nodes:
            structure = inputs, outputs
            self._nodes.append(Node(self, *structure, {}))
            self._inbound.append(structure)

    _build_chain: Any = None  # how a Sequential is built, by calling it

    @property
    def layers(self) -> list[Any]:
        """The layers of the model."""
        return self._inner_layers()

    @property
    def weights(self) -> list[Any]:
        """The variables, layer by layer, then those of the model itself."""
        found = [variable for layer in self.layers for variable in layer.weights]
        return list({id(variable): variable for variable in [*found, *self._own_variables()]}.values())

    @property
    def input(self) -> Any:
        """The inputs: one, or a list."""
        return self._one_or_all(self.inputs, "input")

    @property
    def output(self) -> Any:
        """The outputs: one, or a list."""
        return self._one_or_all(self.outputs, "output")

    def _one_or_all(self, tensors: Any, what: str) -> Any:
        if not tensors:
            raise AttributeError(f"Layer {self.name} is not connected: it has no {what} yet.")
        return tensors[0] if len(tensors) == 1 else tensors

    @property
    def input_shape(self) -> Any:
        """The shape of the inputs."""
        shapes = [tuple(tensor.shape.as_list()) for tensor in self.inputs]
        return shapes[0] if len(shapes) == 1 else shapes

    @property
    def output_shape(self) -> Any:
        """The shape of the outputs."""
        shapes = [tuple(tensor.shape.as_list()) for tensor in self.outputs]
        return shapes[0] if len(shapes) == 1 else shapes

    @property
    def input_spec(self) -> Any:
        """None: a model checks nothing before its layers do."""
        return None

    @input_spec.setter
    def input_spec(self, value: Any) -> None:
        """Nothing is kept: the layers inside have their own."""

    def add_metric(self, value: Any, aggregation: str | None = None, name: str | None = None) -> None:
        """Have the model report the mean of a tensor; see `Layer.add_metric`.

        Raises: ValueError for what a Metric returned, if the model is made of inputs and outputs.
        """
        if self._is_graph and getattr(value, "_metric_obj", None) is not None:
            raise ValueError(
                "Using the result of calling a `Metric` object when calling `add_metric` on a Functional Model is not "
                "supported. Please pass the Tensor to monitor directly."
            )
        super().add_metric(value, aggregation, name)

    def get_layer(self, name: str | None = None, index: int | None = None) -> Any:
        """Return a layer by name or number. Raises: ValueError if it is not there."""
        if index is not None:
            if len(self.layers) <= index:
                raise ValueError(
                    f"Was asked to retrieve layer at index {index} but model only has {len(self.layers)} layers."
                )
            return self.layers[index]
        if not name:
            raise ValueError("Provide either a layer name or layer index.")
        for layer in self.layers:
            if layer.name == name:
                return layer
        raise ValueError(f"No such layer: {name}")

    @property
    def stateful(self) -> bool:
        """Whether a layer keeps states."""
        return any(getattr(layer, "stateful", False) for layer in self._inner_layers())

    @stateful.setter
    def stateful(self, value: bool) -> None:
        """Nothing is kept: the layers inside decide."""

    @property
    def state_updates(self) -> list[Any]:
        """The updates of the layers that keep states."""
        return [update for layer in self.layers if getattr(layer, "stateful", False) for update in layer.updates]

    def reset_states(self) -> None:
        """Make the states of all layers that keep some zero."""
        for layer in self.layers:
            if getattr(layer, "stateful", False) and hasattr(layer, "reset_states"):
                layer.reset_states()

    def build(self, input_shape: Any = None) -> None:
        """Build a subclass by calling it with placeholders of a shape."""
        if not self._is_graph and input_shape is not None and not self._nodes:
            from ..layers.inputs import Input

            shapes = input_shape if isinstance(input_shape, list) else [input_shape]
            made = [Input(batch_shape=tuple(TensorShape(shape).as_list())) for shape in shapes]
            self.built = True
            self(made if isinstance(input_shape, list) else made[0])
        self.built = True

    def _build_once(self, inputs: Any, tensors: list[Tensor]) -> None:
        """Build a subclass that has a `build` of its own; the layers inside are built when they are called."""
        if not self.built and type(self).build not in (Network.build, type(self)._build_chain):
            super()._build_once(inputs, tensors)
        self.built = True

    def call(self, inputs: Any, training: Any = None, mask: Any = None) -> Any:  # type: ignore[override]
        """Return the outputs for other inputs: the layers are called again. Raises: NotImplementedError."""
        if not self._is_graph:
            raise NotImplementedError("When subclassing the `Model` class, you should implement a `call` method.")
        made = {id(old): new for old, new in zip(self.inputs, nest.flatten(inputs))}

        def mapped(tensor: Any) -> Any:
            if not isinstance(tensor, Tensor):
                return tensor
            if id(tensor) not in made:
                raise NotImplementedError(
                    f"{self.name} is called with other inputs, and {tensor.name} is made outside of layers by control "
                    "flow, or of values that are not known: put its operations into a Lambda layer."
                )
            return made[id(tensor)]

        for node in self._graph_nodes:
            if isinstance(node.layer, InputLayer):
                continue
            arguments = nest.map_structure(mapped, node.arguments)
            if training is not None and _takes_training(node.layer):
                arguments.setdefault("training", training)
            outputs = node.layer(nest.map_structure(mapped, node.inputs), **arguments)
            for old, new in zip(nest.flatten(node.outputs), nest.flatten(outputs)):
                made[id(old)] = new
        return nest.map_structure(mapped, self._given_structure[1])

    def compute_mask(self, inputs: Any, mask: Any = None) -> Any:
        """The masks of the outputs."""
        return [getattr(tensor, "_keras_mask", None) for tensor in self.outputs] if self._is_graph else None

    # Configurations.

    def get_config(self) -> dict[str, Any]:
        """The layers and how they are joined. Raises: NotImplementedError for a subclass."""
        if not self._is_graph:
            raise NotImplementedError("Models with a `call` of their own have no configuration.")
        from .configs import network_config

        return network_config(self)

    @classmethod
    def from_config(cls, config: dict[str, Any], custom_objects: Any = None) -> Any:
        """Make a model of what `get_config` returned."""
        from .configs import network_of

        return network_of(cls, config, custom_objects)


def _takes_training(layer: Any) -> bool:
    import inspect

    return "training" in inspect.signature(layer.call).parameters


def _output_names(outputs: list[Any]) -> list[str]:
    names: list[str] = []
    for tensor in outputs:
        history = getattr(tensor, "_keras_history", None)
        name = history.layer.name if history is not None else state.snake_case(tensor.op.name.split("/")[-1])
        count = sum(1 for known in names if known == name or known.startswith(f"{name}_"))
        names.append(name if not count else f"{name}_{count}")
    return names


def sources_of(tensor: Any) -> list[Any]:
    """The tensors that layers gave which a tensor is computed from by operations outside of layers."""
    if hasattr(tensor, "_keras_history"):
        return [tensor]
    found: dict[int, Any] = {}
    seen: set[int] = set()
    waiting = [tensor]
    while waiting:
        item = waiting.pop()
        for source in item.op.inputs:
            if id(source) in seen:
                continue
            seen.add(id(source))
            if hasattr(source, "_keras_history"):
                found[id(source)] = source
            else:
                waiting.append(source)
    return list(found.values())


def _sources(tensors: Iterable[Any]) -> Iterator[Any]:
    """The tensors of layers that tensors are from; operations between layers become layers before."""
    for tensor in tensors:
        if not hasattr(tensor, "_keras_history"):
            add_history(tensor)
        yield from sources_of(tensor)


def ordered_layers(inputs: list[Any], outputs: list[Any]) -> tuple[list[Any], list[Node]]:
    """The layers between inputs and outputs, those farthest from the outputs first, and their calls in such an order.

    Raises: ValueError if outputs depend on placeholders of layers that are not among the inputs.
    """
    finished: list[Node] = []
    states: dict[int, int] = {}
    layer_numbers: dict[int, int] = {}
    known = {id(tensor) for tensor in inputs}

    def begin(source: Any, node: Node) -> Iterator[Any]:
        """Note a call that is met, and give the tensors to visit before it is finished."""
        layer = node.layer
        if isinstance(layer, InputLayer) and id(source) not in known:
            raise ValueError(
                f'Graph disconnected: cannot obtain value for tensor {source} at layer "{layer.name}". It '
                "is no input of the model."
            )
        states[id(node)] = 1
        layer_numbers.setdefault(id(layer), len(layer_numbers))
        if id(source) in known:
            return iter(())
        return _sources(item for item in nest.flatten([node.inputs, node.arguments]) if isinstance(item, Tensor))

    def visit(tensor: Any) -> None:
        waiting: list[tuple[Any, Iterator[Any]]] = [(None, _sources([tensor]))]  # no recursion: chains are long
        while waiting:
            current, before = waiting[-1]
            source = next(before, None)
            if source is None:
                waiting.pop()
                if current is not None:
                    states[id(current)] = 2
                    finished.append(current)
                continue
            history = source._keras_history
            node = history.layer._nodes[history.node_index]
            if states.get(id(node)) == 1:
                raise ValueError(f'The tensor {source} at layer "{history.layer.name}" is part of a cycle.')
            if id(node) not in states:
                waiting.append((node, begin(source, node)))

    for tensor in outputs:
        visit(tensor)
    depths = _depths(finished)
    layers: dict[int, Any] = {}
    layer_depths: dict[int, int] = {}
    for node in finished:
        layers[id(node.layer)] = node.layer
        layer_depths[id(node.layer)] = max(layer_depths.get(id(node.layer), 0), depths[id(node)])
    for tensor in inputs:
        layer = tensor._keras_history.layer
        if id(layer) not in layers:
            layers[id(layer)], layer_depths[id(layer)] = layer, 0
            layer_numbers.setdefault(id(layer), -1)
    order = sorted(layers, key=lambda key: (-layer_depths[key], layer_numbers[key]))
    nodes = sorted(finished, key=lambda node: -depths[id(node)])
    return [layers[key] for key in order], nodes


def _depths(finished: list[Node]) -> dict[int, int]:
    """How far each call is from the outputs; calls of one layer are as far as the farthest."""
    depths: dict[int, int] = {}
    of_layer: dict[int, int] = {}
    for node in reversed(finished):
        depth = max(depths.get(id(node), 0), of_layer.get(id(node.layer), 0))
        depths[id(node)] = of_layer[id(node.layer)] = depth
        for tensor in nest.flatten([node.inputs, node.arguments]):
            if not isinstance(tensor, Tensor):
                continue
            for source in sources_of(tensor):
                history = source._keras_history
                before = history.layer._nodes[history.node_index]
                depths[id(before)] = max(depth + 1, depths.get(id(before), 0))
    return depths
