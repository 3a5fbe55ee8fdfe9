"""Cells that make their variables when they are called: normalized, convolutional, and some simple ones.

Formulas: of `contrib/rnn/python/ops/rnn_cell.py` of TensorFlow 1.15, and the papers it names.
"""

from __future__ import annotations

from typing import Any

from ....building.convert import convert_to_tensor
from ....families.arrays.splitting import split
from ....families.arrays.stacking import concat
from ....families.elementwise.trigonometry import tanh
from ....families.linalg.products import matmul
from ....families.nn.activations import sigmoid
from ....families.nn.bias import bias_add
from ....families.nn.convolution.convolution import conv1d, conv2d, conv3d
from ....families.nn.dropout import dropout
from ....families.random.initializers import Constant, RandomUniform, Zeros
from ....families.state.variable_scope import get_variable, get_variable_scope, variable_scope
from ....types.tensor_shape import TensorShape
from ...layers.layer import extents_of
from ...recurrent.cell import LayerRNNCell, LSTMStateTuple, RNNCell
from ..layers.normalization import layer_norm
from ..legacy_seq2seq.wrappers import Linear


class LayerNormBasicLSTMCell(RNNCell):
    """An LSTM cell whose gates and memory are normalized, and whose candidates are dropped out.

    Args:
      num_units: the size of state and output.
      forget_bias: added to the forget gates.
      input_size: not used.
      activation: a function.
      layer_norm: whether to normalize.
      norm_gain, norm_shift: what gain and shift begin with.
      dropout_keep_prob, dropout_prob_seed: the share of candidates that is kept, and the seed.
      reuse: see `Layer`.
    """

    def __init__(
        self, num_units: int, forget_bias: float = 1.0, input_size: Any = None, activation: Any = tanh,
        layer_norm: bool = True, norm_gain: float = 1.0, norm_shift: float = 0.0, dropout_keep_prob: Any = 1.0,
        dropout_prob_seed: int | None = None, reuse: Any = None,
    ) -> None:  # fmt: skip
        super().__init__(_reuse=reuse)
        self._num_units, self._forget_bias, self._activation = num_units, forget_bias, activation
        self._layer_norm, self._norm_gain, self._norm_shift = layer_norm, norm_gain, norm_shift
        self._keep_prob, self._seed = dropout_keep_prob, dropout_prob_seed

    @property
    def state_size(self) -> Any:
        """An `LSTMStateTuple` of sizes."""
        return LSTMStateTuple(self._num_units, self._num_units)

    @property
    def output_size(self) -> Any:
        """The size of the outputs."""
        return self._num_units

    def _norm(self, values: Any, scope: str) -> Any:
        if not self._layer_norm:
            return values
        with variable_scope(scope):
            shape = values.shape[-1:]
            get_variable("gamma", shape=shape, initializer=Constant(self._norm_gain), dtype=values.dtype)
            get_variable("beta", shape=shape, initializer=Constant(self._norm_shift), dtype=values.dtype)
        return layer_norm(values, reuse=True, scope=scope)

    def call(self, inputs: Any, state: Any) -> Any:  # type: ignore[override]
        """Return output and state."""
        c, h = state
        args = concat([inputs, h], 1)
        kernel = get_variable("kernel", [extents_of(args.shape)[-1], 4 * self._num_units], dtype=args.dtype)
        gates = matmul(args, kernel)
        if not self._layer_norm:
            gates = bias_add(gates, get_variable("bias", [4 * self._num_units], dtype=args.dtype))
        i, j, f, o = split(gates, 4, 1)
        i, j, f, o = (
            self._norm(gate, scope) for gate, scope in ((i, "input"), (j, "transform"), (f, "forget"), (o, "output"))
        )
        candidate = self._activation(j)
        if not isinstance(self._keep_prob, float) or self._keep_prob < 1:
            candidate = dropout(candidate, self._keep_prob, seed=self._seed)
        new_c = self._norm(c * sigmoid(f + self._forget_bias) + sigmoid(i) * candidate, "state")
        new_h = self._activation(new_c) * sigmoid(o)
        return new_h, LSTMStateTuple(new_c, new_h)


class UGRNNCell(RNNCell):
    """A cell with one gate, which chooses between the old state and a new one (Collins et al., 2016).

    Args:
      num_units: the size of state and output.
      initializer: of the kernel.
      forget_bias: added to the gates.
      activation: a function.
      reuse: see `Layer`.
    """

    def __init__(
        self, num_units: int, initializer: Any = None, forget_bias: float = 1.0, activation: Any = tanh,
        reuse: Any = None,
    ) -> None:  # fmt: skip
        super().__init__(_reuse=reuse)
        self._num_units, self._initializer, self._forget_bias = num_units, initializer, forget_bias
        self._activation = activation
        self._linear: Any = None

    @property
    def state_size(self) -> Any:
        """The size of the state."""
        return self._num_units

    @property
    def output_size(self) -> Any:
        """The size of the outputs."""
        return self._num_units

    def call(self, inputs: Any, state: Any) -> Any:  # type: ignore[override]
        """Return output and state, which are the same."""
        with variable_scope(get_variable_scope(), initializer=self._initializer):
            if self._linear is None:
                self._linear = Linear([inputs, state], 2 * self._num_units, True)
            gate, candidate = split(self._linear([inputs, state]), 2, 1)
        gate = sigmoid(gate + self._forget_bias)
        new = gate * state + (1.0 - gate) * self._activation(candidate)
        return new, new


class IndRNNCell(LayerRNNCell):
    """A cell whose units see no state but their own (Li et al., 2018).

    Args:
      num_units: the size of state and output.
      activation: a function; None for tanh.
      reuse, name, dtype: see `Layer`.
    """

    def __init__(
        self, num_units: int, activation: Any = None, reuse: Any = None, name: str | None = None, dtype: Any = None
    ) -> None:
        super().__init__(_reuse=reuse, name=name, dtype=dtype)
        self._num_units, self._activation = num_units, activation or tanh

    @property
    def state_size(self) -> Any:
        """The size of the state."""
        return self._num_units

    @property
    def output_size(self) -> Any:
        """The size of the outputs."""
        return self._num_units

    def build(self, inputs_shape: Any) -> None:  # type: ignore[override]
        """Make the kernels and the bias."""
        depth, units = extents_of(inputs_shape)[1], self._num_units
        if depth is None:
            raise ValueError(f"Expected inputs.shape[-1] to be known, saw shape: {inputs_shape}")
        self._kernel_w = self.add_weight("kernel_w", shape=[depth, units])
        self._kernel_u = self.add_weight("kernel_u", shape=[1, units], initializer=RandomUniform(-1.0, 1.0))
        self._bias = self.add_weight("bias", shape=[units], initializer=Zeros())

    def call(self, inputs: Any, state: Any) -> Any:  # type: ignore[override]
        """Return output and state, which are the same."""
        gates = bias_add(matmul(inputs, self._kernel_w) + state * self._kernel_u, self._bias)
        new = self._activation(gates)
        return new, new


class ConvLSTMCell(RNNCell):
    """An LSTM cell of pictures: its products are convolutions (Shi et al., 2015).

    Args:
      conv_ndims: 1, 2 or 3 dimensions.
      input_shape: of an input, without the batch: extents, then channels.
      output_channels: of state and output.
      kernel_shape: the extents of the windows.
      use_bias: whether a bias is added.
      skip_connection: whether the output has the input's channels too.
      forget_bias: added to the forget gates.
      initializers: of the kernel.
      name: see `Layer`.
    """

    def __init__(
        self, conv_ndims: int, input_shape: Any, output_channels: int, kernel_shape: Any, use_bias: bool = True,
        skip_connection: bool = False, forget_bias: float = 1.0, initializers: Any = None,
        name: str = "conv_lstm_cell",
    ) -> None:  # fmt: skip
        super().__init__(name=name)
        if conv_ndims != len(input_shape) - 1:
            raise ValueError(f"Invalid input_shape {input_shape} for conv_ndims={conv_ndims}.")
        self._extents = list(input_shape[:-1])
        self._channels, self._kernel_shape, self._use_bias = output_channels, list(kernel_shape), use_bias
        self._skip, self._forget_bias, self._initializers = skip_connection, forget_bias, initializers
        self._outputs = output_channels + (input_shape[-1] if skip_connection else 0)

    @property
    def state_size(self) -> Any:
        """An `LSTMStateTuple` of shapes."""
        shape = TensorShape([*self._extents, self._channels])
        return LSTMStateTuple(shape, shape)

    @property
    def output_size(self) -> Any:
        """The shape of the outputs."""
        return TensorShape([*self._extents, self._outputs])

    def call(self, inputs: Any, state: Any, scope: Any = None) -> Any:  # type: ignore[override]
        """Return output and state."""
        inputs = convert_to_tensor(inputs)
        cell, hidden = state
        depth: Any = sum(extents_of(part.shape)[-1] or 0 for part in (inputs, hidden))
        kernel = get_variable(
            "kernel", [*self._kernel_shape, depth, 4 * self._channels], dtype=inputs.dtype,
            initializer=self._initializers,
        )  # fmt: skip
        count = len(self._extents)
        convolve: Any = (conv1d, conv2d, conv3d)[count - 1]
        steps = 1 if count == 1 else [1] * (count + 2)
        gates = convolve(concat([inputs, hidden], axis=-1), kernel, steps, padding="SAME")
        if self._use_bias:
            gates = gates + get_variable(
                "biases", [4 * self._channels], dtype=inputs.dtype, initializer=Constant(0.0, dtype=inputs.dtype)
            )
        i, j, f, o = split(gates, 4, axis=len(self._extents) + 1)
        new_cell = sigmoid(f + self._forget_bias) * cell + sigmoid(i) * tanh(j)
        output = tanh(new_cell) * sigmoid(o)
        new_state = LSTMStateTuple(new_cell, output)
        return (concat([output, inputs], axis=-1) if self._skip else output), new_state


class Conv1DLSTMCell(ConvLSTMCell):
    """`ConvLSTMCell` of one dimension."""

    def __init__(self, name: str = "conv_1d_lstm_cell", **kwargs: Any) -> None:
        super().__init__(conv_ndims=1, name=name, **kwargs)


class Conv2DLSTMCell(ConvLSTMCell):
    """`ConvLSTMCell` of two dimensions."""

    def __init__(self, name: str = "conv_2d_lstm_cell", **kwargs: Any) -> None:
        super().__init__(conv_ndims=2, name=name, **kwargs)


class Conv3DLSTMCell(ConvLSTMCell):
    """`ConvLSTMCell` of three dimensions."""

    def __init__(self, name: str = "conv_3d_lstm_cell", **kwargs: Any) -> None:
        super().__init__(conv_ndims=3, name=name, **kwargs)
