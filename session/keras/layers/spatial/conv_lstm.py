"""`ConvLSTM2D`: long short-term memory whose products are convolutions of images."""

from __future__ import annotations

from typing import Any

from .....ops.families.nn.dropout import dropout as nn_dropout
from .....ops.library.layers.windows import padding_of, per_axis, window_count
from .....ops.types.tensor_shape import TensorShape
from ... import state
from ...functions import activations, constraints, initializers, regularizers
from ...functions.convolution import conv2d
from ...functions.images import bias_add
from ...layer import InputSpec
from ...operations import concat, ones_like, reduce_sum, smart_cond, split, zeros
from ..cells import LSTMCell
from ..recurrent import RNN


class ConvLSTM2DCell(LSTMCell):
    """A cell of long short-term memory of images.

    Args:
      filters: how many channels outputs have. kernel_size, strides, padding, data_format, dilation_rate: of the
        convolution of inputs; that of states has strides of 1 and keeps their extents.
      activation, recurrent_activation, kwargs: see `LSTMCell`.
    Source: Shi et al. (2015).
    """

    def __init__(
        self, filters: int, kernel_size: Any, strides: Any = (1, 1), padding: str = "valid",
        data_format: str | None = None, dilation_rate: Any = (1, 1), activation: Any = "tanh",
        recurrent_activation: Any = "hard_sigmoid", **kwargs: Any,
    ) -> None:  # fmt: skip
        super().__init__(filters, activation, recurrent_activation, **kwargs)
        self.filters = filters
        self.kernel_size, self.strides = per_axis(kernel_size, 2, "kernel_size"), per_axis(strides, 2, "strides")
        self.padding, self.data_format = padding_of(padding), data_format or state.image_data_format()
        self.dilation_rate = per_axis(dilation_rate, 2, "dilation_rate")

    @property
    def _axis(self) -> int:
        return 1 if self.data_format == "channels_first" else -1

    def build(self, input_shape: Any) -> None:
        """Make the variables. Raises: ValueError if the number of channels is not known."""
        channels = TensorShape(input_shape).as_list()[self._axis]
        if channels is None:
            raise ValueError("The channel dimension of the inputs should be defined. Found `None`.")
        size = list(self.kernel_size)
        self.kernel = self._weight("kernel", "kernel", [*size, channels, self.filters * 4])
        self.recurrent_kernel = self._weight("recurrent", "recurrent_kernel", [*size, self.filters, self.filters * 4])
        self.bias = self._weight("bias", "bias", [self.filters * 4]) if self.use_bias else None
        self.built = True

    def get_initial_state(self, inputs: Any = None, batch_size: Any = None, dtype: Any = None) -> Any:
        """Return zeros of the shape of outputs.

        Args:
          inputs: all steps.
        """
        summed = reduce_sum(inputs * 0.0, axis=1)
        kernel = zeros([*self.kernel_size, summed.shape.as_list()[self._axis], self.filters], inputs.dtype)
        return [self._convolved(summed, kernel)] * 2

    def _convolved(self, x: Any, kernel: Any) -> Any:
        return conv2d(x, kernel, self.strides, self.padding, self.data_format, self.dilation_rate)

    def prepare_dropout(self, inputs: Any, training: Any) -> None:
        """Draw what is dropped of inputs and states, for each gate, once for a whole sequence."""
        self._masks = {}
        if not self.dropout and not self.recurrent_dropout:
            return
        training = state.learning_phase() if training is None else training
        if self.dropout:
            self._masks["inputs"] = _four(ones_like(inputs[:, 0]), self.dropout, training)
        if self.recurrent_dropout:
            ones = ones_like(self.get_initial_state(inputs)[0])
            self._masks["states"] = _four(ones, self.recurrent_dropout, training)

    def _gates_of(self, which: str, x: Any, kernel: Any, convolved: Any) -> Any:
        """The convolution of each gate, side by side along the channels."""
        masks = self._masks.get(which)
        if masks is None:
            return convolved(x, kernel)
        kernels = split(kernel, num_or_size_splits=4, axis=3)
        return concat([convolved(x * mask, part) for mask, part in zip(masks, kernels)], self._axis % 4)

    def call(self, inputs: Any, states: Any, training: Any = None) -> Any:  # type: ignore[override]
        """Return the output and the new states: output and memory."""
        h, c = states[0], states[1]
        x = self._gates_of("inputs", inputs, self.kernel, self._convolved)
        if self.bias is not None:
            x = bias_add(x, self.bias, self.data_format)

        def kept(x: Any, kernel: Any) -> Any:
            return conv2d(x, kernel, (1, 1), "same", self.data_format)

        z = x + self._gates_of("states", h, self.recurrent_kernel, kept)
        i, f, g, o = split(z, num_or_size_splits=4, axis=self._axis % 4)
        new = self.recurrent_activation(f) * c + self.recurrent_activation(i) * self.activation(g)
        output = self.recurrent_activation(o) * self.activation(new)
        return output, [output, new]


def _four(ones: Any, rate: float, training: Any) -> list[Any]:
    return [
        smart_cond(training, lambda: nn_dropout(ones, rate=rate), lambda: ones * 1.0) for _ in range(4)
    ]  # fmt: skip


class ConvLSTM2D(RNN):
    """A layer of long short-term memory of images: batch, steps, rows, columns, channels.

    Args:
      filters, kernel_size, strides, padding, data_format, dilation_rate and what `LSTMCell` takes: see
        `ConvLSTM2DCell`.
      return_sequences, return_state, go_backwards, stateful: see `RNN`.
    """

    def __init__(
        self, filters: int, kernel_size: Any, strides: Any = (1, 1), padding: str = "valid",
        data_format: str | None = None, dilation_rate: Any = (1, 1), activation: Any = "tanh",
        recurrent_activation: Any = "hard_sigmoid", use_bias: bool = True, kernel_initializer: Any = "glorot_uniform",
        recurrent_initializer: Any = "orthogonal", bias_initializer: Any = "zeros", unit_forget_bias: bool = True,
        kernel_regularizer: Any = None, recurrent_regularizer: Any = None, bias_regularizer: Any = None,
        activity_regularizer: Any = None, kernel_constraint: Any = None, recurrent_constraint: Any = None,
        bias_constraint: Any = None, return_sequences: bool = False, go_backwards: bool = False,
        stateful: bool = False, dropout: float = 0.0, recurrent_dropout: float = 0.0, **kwargs: Any,
    ) -> None:  # fmt: skip
        cell = ConvLSTM2DCell(
            filters, kernel_size, strides, padding, data_format, dilation_rate, activation, recurrent_activation,
            use_bias=use_bias, kernel_initializer=kernel_initializer, recurrent_initializer=recurrent_initializer,
            bias_initializer=bias_initializer, unit_forget_bias=unit_forget_bias, kernel_regularizer=kernel_regularizer,
            recurrent_regularizer=recurrent_regularizer, bias_regularizer=bias_regularizer,
            kernel_constraint=kernel_constraint, recurrent_constraint=recurrent_constraint,
            bias_constraint=bias_constraint, dropout=dropout, recurrent_dropout=recurrent_dropout,
            dtype=kwargs.get("dtype"),
        )  # fmt: skip
        if kwargs.pop("unroll", False):
            raise TypeError("Unrolling isn't possible with convolutional RNNs.")
        super().__init__(
            cell, return_sequences, kwargs.pop("return_state", False), go_backwards, stateful,
            activity_regularizer=regularizers.get(activity_regularizer), **kwargs,
        )  # fmt: skip
        self.input_spec = InputSpec(ndim=5)

    def __getattr__(self, name: str) -> Any:
        """What the cell has: `filters`, `kernel_size`, `kernel` and its like."""
        if name.startswith("_") or name == "cell":
            raise AttributeError(name)
        return getattr(self.cell, name)

    def _state_extents(self, extents: list[Any]) -> list[Any]:
        """The extents of outputs without the batch, from those of one step's inputs."""
        cell = self.cell
        first = cell.data_format == "channels_first"
        space = extents[1:3] if first else extents[:2]
        counts = [
            window_count(extent, size, cell.padding, stride, rate)
            for extent, size, stride, rate in zip(space, cell.kernel_size, cell.strides, cell.dilation_rate)
        ]
        return [cell.filters, *counts] if first else [*counts, cell.filters]

    def _make_states(self, batch: Any) -> None:
        extents = self._state_extents(self._step_extents)
        if batch is None or None in extents:
            raise ValueError(
                "If a RNN is stateful, it needs to know its batch size. Specify the batch size of your input tensors."
            )
        units, self.cell.state_size = self.cell.state_size, [extents, extents]
        try:
            super()._make_states(batch)
        finally:
            self.cell.state_size = units

    def build(self, input_shape: Any) -> None:
        """Build the cell."""
        shape = TensorShape(input_shape[0] if isinstance(input_shape, list) else input_shape).as_list()
        object.__setattr__(self, "_step_extents", shape[2:])
        super().build(input_shape)

    def compute_output_shape(self, input_shape: Any) -> Any:
        """The shape of the outputs."""
        extents = TensorShape(input_shape[0] if isinstance(input_shape, list) else input_shape).as_list()
        inner = self._state_extents(extents[2:])
        shape = TensorShape([extents[0], *([extents[1]] if self.return_sequences else []), *inner])
        return [shape, *[TensorShape([extents[0], *inner])] * 2] if self.return_state else shape

    def get_config(self) -> dict[str, Any]:
        """The arguments that make the same layer."""
        cell = self.cell
        config = super().get_config()
        del config["cell"]
        config.update(
            filters=cell.filters, kernel_size=cell.kernel_size, strides=cell.strides, padding=cell.padding,
            data_format=cell.data_format, dilation_rate=cell.dilation_rate,
            activation=activations.serialize(cell.activation),
            recurrent_activation=activations.serialize(cell.recurrent_activation), use_bias=cell.use_bias,
            unit_forget_bias=cell.unit_forget_bias, dropout=cell.dropout, recurrent_dropout=cell.recurrent_dropout,
            activity_regularizer=regularizers.serialize(self._activity_regularizer),
        )  # fmt: skip
        for part, (initializer, regularizer, constraint) in cell._of.items():
            config[f"{part}_initializer"] = initializers.serialize(initializer)
            config[f"{part}_regularizer"] = regularizers.serialize(regularizer)
            config[f"{part}_constraint"] = constraints.serialize(constraint)
        return config
