"""Layers around a layer."""

from __future__ import annotations

from typing import Any

from ....ops.types.tensor_shape import TensorShape
from ..layer import Layer
from ..operations import concat, reshape, reverse, shape_of
from .lookup import of_config


class Wrapper(Layer):
    """The base: a layer around another one.

    Args:
      layer: the other one.
    """

    def __init__(self, layer: Any, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.layer = layer

    def build(self, input_shape: Any = None) -> None:
        """Build the inner layer."""
        if not self.layer.built:
            self.layer.build(input_shape)
            self.layer.built = True
        self.built = True

    @property
    def activity_regularizer(self) -> Any:
        """That of the inner layer."""
        return getattr(self.layer, "activity_regularizer", None)

    def get_config(self) -> dict[str, Any]:
        """The arguments that make the same layer."""
        inner = {"class_name": type(self.layer).__name__, "config": self.layer.get_config()}
        return {**super().get_config(), "layer": inner}

    @classmethod
    def from_config(cls, config: dict[str, Any]) -> Any:
        """Make a layer of what `get_config` returned."""
        config = dict(config)
        for name in ("layer", "backward_layer"):
            if name in config:
                config[name] = of_config(config[name])
        return cls(**config)


class TimeDistributed(Wrapper):
    """A layer applied to each step of sequences: to all steps of all examples at once."""

    def __init__(self, layer: Any, **kwargs: Any) -> None:
        if not isinstance(layer, Layer):
            raise ValueError(f"Please initialize `TimeDistributed` layer with a `Layer` instance. You passed: {layer}")
        super().__init__(layer, **kwargs)
        self.supports_masking = True

    def build(self, input_shape: Any = None) -> None:
        """Build the inner layer for one step."""
        extents = TensorShape(input_shape).as_list()
        if len(extents) < 3:
            raise ValueError(
                f"`TimeDistributed` Layer should be passed an `input_shape ` with at least 3 dimensions: {extents}"
            )
        if self.layer._dtype is None:
            self.layer._dtype = self._dtype
        super().build(TensorShape([extents[0], *extents[2:]]))

    def call(self, inputs: Any, training: Any = None, mask: Any = None) -> Any:  # type: ignore[override]
        """Return the outputs of all steps."""
        import inspect

        extents = inputs.shape.as_list()
        dynamic = shape_of(inputs)
        steps = extents[1] if extents[1] is not None else dynamic[1]
        inner = [n if n is not None else dynamic[2 + axis] for axis, n in enumerate(extents[2:])]
        given = {}
        if training is not None and "training" in inspect.signature(self.layer.call).parameters:
            given["training"] = training
        flat = reshape(inputs, [-1, *inner])
        flat.set_shape([None, *extents[2:]])
        outputs = self.layer.call(flat, **given)
        found = outputs.shape.as_list()[1:]
        after = shape_of(outputs)
        result = reshape(
            outputs, [-1, steps, *(n if n is not None else after[1 + axis] for axis, n in enumerate(found))]
        )
        result.set_shape([extents[0], extents[1], *found])
        return result

    def compute_output_shape(self, input_shape: Any) -> TensorShape:
        """The inner layer's, for each step."""
        extents = TensorShape(input_shape).as_list()
        inner = TensorShape(self.layer.compute_output_shape(TensorShape([extents[0], *extents[2:]]))).as_list()
        return TensorShape([inner[0], extents[1], *inner[1:]])


class Bidirectional(Wrapper):
    """A recurrent layer in both directions.

    Args:
      layer: the recurrent layer, which becomes the forward one.
      merge_mode: how outputs are joined: `sum`, `mul`, `concat`, `ave`, or None: both are returned.
      weights: arrays to begin with.
      backward_layer: the one for the other direction, with `go_backwards`; default: one like the first.
    Raises: ValueError for what is no layer, an unknown mode, and layers of one direction or unlike in their outputs.
    """

    def __init__(
        self, layer: Any, merge_mode: str | None = "concat", weights: Any = None, backward_layer: Any = None,
        **kwargs: Any,
    ) -> None:  # fmt: skip
        if not isinstance(layer, Layer):
            raise ValueError(f"Please initialize `Bidirectional` layer with a `Layer` instance. You passed: {layer}")
        if backward_layer is not None and not isinstance(backward_layer, Layer):
            raise ValueError(f"`backward_layer` need to be a `Layer` instance. You passed: {backward_layer}")
        if merge_mode not in ("sum", "mul", "ave", "concat", None):
            raise ValueError('Invalid merge mode. Merge mode should be one of {"sum", "mul", "ave", "concat", None}')
        for key in ("input_shape", "batch_input_shape"):
            if key not in kwargs and getattr(layer, "_batch_input_shape", None) is not None:
                kwargs["batch_input_shape"] = layer._batch_input_shape
        kwargs.pop("input_shape", None) if "batch_input_shape" in kwargs else None
        super().__init__(layer, **kwargs)
        forward = {**layer.get_config(), "name": f"forward_{layer.name}"}
        self.forward_layer = type(layer).from_config(forward)
        self._given_backward = None
        if backward_layer is None:
            backward = {
                **layer.get_config(), "name": f"backward_{layer.name}", "go_backwards": not forward["go_backwards"]
            }  # fmt: skip
            backward_layer = type(layer).from_config(backward)
        else:
            self._given_backward = {"class_name": type(backward_layer).__name__, "config": backward_layer.get_config()}
            backward_layer._name = f"backward_{backward_layer.name}"
        self.backward_layer = backward_layer
        self._check_directions()
        self._sublayers = [self.forward_layer, self.backward_layer]
        self.merge_mode = merge_mode
        inner: Any = layer
        self.return_sequences, self.return_state = inner.return_sequences, inner.return_state
        self.stateful = layer.stateful
        self.supports_masking = True
        self._given = weights

    def _check_directions(self) -> None:
        """Raises: ValueError for two layers of one direction, or unlike in what they return."""
        forward, backward = self.forward_layer, self.backward_layer
        if forward.go_backwards == backward.go_backwards:
            raise ValueError("Forward layer and backward layer should have different `go_backwards` value.")
        for name in ("stateful", "return_sequences", "return_state"):
            both = getattr(forward, name), getattr(backward, name)
            if both[0] != both[1]:
                raise ValueError(
                    "Forward layer and backward layer are expected to have the same value for attribute "
                    f"{name}, got {both[0]} and {both[1]}"
                )

    def build(self, input_shape: Any = None) -> None:
        """Build both layers."""
        from ..operations import name_scope

        for layer in (self.forward_layer, self.backward_layer):
            if not layer.built:
                layer._dtype = layer._dtype or self._dtype
                with name_scope(layer.name):
                    layer.build(input_shape)
                layer.built = True
        self.built = True
        if self._given is not None:
            self.set_weights(self._given)

    def call(self, inputs: Any, training: Any = None, mask: Any = None) -> Any:  # type: ignore[override]
        """Return the outputs of both directions, joined."""
        forward = self.forward_layer.call(inputs, mask=mask, training=training)
        backward = self.backward_layer.call(inputs, mask=mask, training=training)
        states = []
        if self.return_state:
            states = [*forward[1:], *backward[1:]]
            forward, backward = forward[0], backward[0]
        if self.return_sequences:
            backward = reverse(backward, [1])
        output = self._joined(forward, backward)
        if not self.return_state:
            return output
        return [*output, *states] if isinstance(output, list) else [output, *states]

    def _joined(self, forward: Any, backward: Any) -> Any:
        if self.merge_mode == "concat":
            return concat([forward, backward], -1)
        if self.merge_mode == "sum":
            return forward + backward
        if self.merge_mode == "ave":
            return (forward + backward) / 2
        if self.merge_mode == "mul":
            return forward * backward
        return [forward, backward]

    def compute_mask(self, inputs: Any, mask: Any = None) -> Any:
        """The mask of the outputs of all steps; none of the last."""
        mask = mask[0] if isinstance(mask, (list, tuple)) else mask
        found = mask if self.return_sequences else None
        outputs = [found, found] if self.merge_mode is None else [found]
        states = 2 * len(self.forward_layer._sizes) if self.return_state else 0
        return [*outputs, *(None for _ in range(states))]

    def compute_output_shape(self, input_shape: Any) -> Any:
        """The shape of the outputs."""
        found = self.forward_layer.compute_output_shape(input_shape)
        extents: list[Any] = TensorShape(found[0] if self.return_state else found).as_list()
        if self.merge_mode == "concat":
            extents[-1] *= 2
        return TensorShape(extents)

    def reset_states(self) -> None:
        """Make the states of stateful layers zero."""
        self.forward_layer.reset_states()
        self.backward_layer.reset_states()

    def get_config(self) -> dict[str, Any]:
        """The arguments that make the same layer."""
        config = {**super().get_config(), "merge_mode": self.merge_mode}
        return config if self._given_backward is None else {**config, "backward_layer": self._given_backward}
