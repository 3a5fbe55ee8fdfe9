"""`Sequential`: one layer after the other."""

from __future__ import annotations

from typing import Any

from ....ops.base import nest
from ....ops.types.tensor_shape import TensorShape
from .. import state
from ..layer import Layer
from ..layers import serialization
from ..layers.inputs import Input, InputLayer
from .model import Model


class Sequential(Model):
    """A model of layers, each of which is called with the output of the one before.

    Args:
      layers: the layers; name: default: `sequential`, `sequential_1`, ...
    """

    def __init__(self, layers: Any = None, name: str | None = None) -> None:
        self._chain: list[Any] = []
        super().__init__(name=name)
        for layer in layers or []:
            self.add(layer)

    @property
    def layers(self) -> list[Any]:
        """The layers, without that of the input."""
        return [layer for layer in self._chain if not isinstance(layer, InputLayer)]

    def _inner_layers(self) -> list[Any]:
        return self.layers

    def add(self, layer: Any) -> None:
        """Add a layer at the end.

        Raises: TypeError for what is no layer, ValueError for one with several outputs.
        """
        if not isinstance(layer, Layer):
            raise TypeError(f"The added layer must be an instance of class Layer. Found: {layer}")
        if any(layer is known for known in self._chain):
            raise ValueError(f"All layers added to a Sequential model should have unique names: {layer.name} is there.")
        if isinstance(layer, InputLayer):
            self._chain.append(layer)
            self.outputs = [layer._nodes[0].outputs]
            self.inputs = list(self.outputs)
            return
        if not self._chain and not self.outputs:
            shape, kind = _first_shape(layer)
            if shape is not None:
                tensor = Input(batch_shape=shape, dtype=kind, name=f"{layer.name}_input")
                self._chain.append(tensor._keras_history.layer)
                self.inputs = self.outputs = [tensor]
        self._chain.append(layer)
        if self.outputs:
            output = layer(self.outputs[0])
            if len(nest.flatten(output)) != 1:
                raise ValueError(
                    "All layers in a Sequential model should have a single output tensor. For multi-output layers, use "
                    "the functional API."
                )
            self._connected([output])

    def _connected(self, outputs: list[Any]) -> None:
        self._compiled = None
        self._predicting = None
        if getattr(self, "inputs", None):
            self._nodes.clear()
            self._inbound.clear()
            inputs = self.inputs
            chain = list(self._chain)
            self._init_graph(inputs[0], outputs[0])
            self._chain = chain

    def pop(self) -> None:
        """Take the last layer away. Raises: TypeError if there is none."""
        if not self.layers:
            raise TypeError("There are no layers in the model.")
        self._chain.pop()
        if not self.layers:
            self.outputs = self.inputs = None
            self._chain.clear()
        elif self.outputs:
            self._connected([nest.flatten(self._chain[-1]._nodes[-1].outputs)[0]])

    def build(self, input_shape: Any = None) -> None:
        """Call the layers for inputs of a shape, the batch first."""
        if not self.outputs and input_shape is not None and not self.built:
            self._connect_to(Input(batch_shape=tuple(TensorShape(input_shape).as_list()), name=self._input_name()))
        self.built = True

    _build_chain = build

    def _input_name(self) -> str | None:
        return f"{self._chain[0].name}_input" if self._chain else None

    def _connect_to(self, tensor: Any) -> None:
        layers = self.layers
        self.inputs = [tensor]
        self._chain = [tensor._keras_history.layer, *layers]
        output = tensor
        for layer in layers:
            output = layer(output)
        self._connected([output])

    def _set_inputs(self, inputs: Any) -> None:
        self._connect_to(nest.flatten(inputs)[0])

    def call(self, inputs: Any, training: Any = None, mask: Any = None) -> Any:  # type: ignore[override]
        """Return the output of the last layer."""
        if self._is_graph:
            return super().call(inputs, training, mask)
        output = inputs
        for layer in self.layers:
            output = layer(output)
        return output

    def predict_classes(self, x: Any, batch_size: int = 32, verbose: int = 0) -> Any:
        """Return the numbers of the classes that are most likely."""
        probabilities = self.predict(x, batch_size=batch_size, verbose=verbose)
        if probabilities.shape[-1] > 1:
            return probabilities.argmax(axis=-1)
        return (probabilities > 0.5).astype("int32")

    def predict_proba(self, x: Any, batch_size: int = 32, verbose: int = 0) -> Any:
        """The same as `predict`."""
        return self.predict(x, batch_size=batch_size, verbose=verbose)

    def get_config(self) -> dict[str, Any]:
        """The layers and their arguments."""
        config: dict[str, Any] = {
            "name": self.name, "layers": [serialization.serialize(layer) for layer in self.layers]
        }  # fmt: skip
        if self.inputs:
            config["build_input_shape"] = tuple(self.inputs[0].shape.as_list())
        return config

    @classmethod
    def from_config(cls, config: Any, custom_objects: Any = None) -> Any:
        """Make a model of what `get_config` returned."""
        if isinstance(config, list):
            config = {"name": None, "layers": config}
        model = cls(name=config.get("name"))
        for item in config["layers"]:
            model.add(serialization.deserialize(item, custom_objects))
        shape = config.get("build_input_shape")
        if not model.inputs and shape:
            model.build(tuple(shape))
        return model


def _first_shape(layer: Any) -> tuple[Any, Any]:
    """The shape of the input that a layer, or the first layer of a model, names, and its type."""
    while isinstance(layer, Model) and layer.layers:
        if layer.inputs:
            tensor = layer.inputs[0]
            return tuple(tensor.shape.as_list()), tensor.dtype.base_dtype.name
        layer = layer.layers[0]
    shape = getattr(layer, "_batch_input_shape", None)
    return shape, layer._dtype or state.floatx()
