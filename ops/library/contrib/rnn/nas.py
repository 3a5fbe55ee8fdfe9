"""`NASCell`: the recurrent cell that a search over architectures found."""

from __future__ import annotations

from typing import Any

from ....families.arrays.splitting import split
from ....families.elementwise.trigonometry import tanh
from ....families.linalg.products import matmul
from ....families.nn.activations import relu, sigmoid
from ....families.nn.bias import bias_add
from ...layers.layer import extents_of
from ...recurrent.cell import LayerRNNCell, LSTMStateTuple


class NASCell(LayerRNNCell):
    """A cell whose formula was searched for (Zoph and Le, 2016): eight gates, combined by pairs in three layers.

    Args:
      num_units: the size of the memory.
      num_proj: the size of the output, projected; None: that of the memory.
      use_bias: whether the gates have a bias.
      reuse, name, **kwargs: see `Layer`.
    """

    def __init__(
        self, num_units: int, num_proj: int | None = None, use_bias: bool = False, reuse: Any = None,
        name: str | None = None, **kwargs: Any,
    ) -> None:  # fmt: skip
        super().__init__(_reuse=reuse, name=name, **kwargs)
        self._num_units, self._num_proj, self._use_bias = num_units, num_proj, use_bias

    @property
    def state_size(self) -> Any:
        """The sizes of memory and output."""
        return LSTMStateTuple(self._num_units, self.output_size)

    @property
    def output_size(self) -> Any:
        """The size of the outputs."""
        return self._num_proj or self._num_units

    def build(self, inputs_shape: Any) -> None:  # type: ignore[override]
        """Make the kernels. Raises: ValueError if the size of the inputs is not known."""
        depth = extents_of(inputs_shape)[-1]
        if depth is None:
            raise ValueError("Could not infer input size from inputs.get_shape()[-1]")
        wide = 8 * self._num_units
        self._recurrent = self.add_weight("recurrent_kernel", [self.output_size, wide])
        self._kernel = self.add_weight("kernel", [depth, wide])
        if self._use_bias:
            self._bias = self.add_weight("bias", [wide])
        if self._num_proj is not None:
            self._projection = self.add_weight("projection_weights", [self._num_units, self._num_proj])
        self.built = True

    def call(self, inputs: Any, state: Any) -> Any:  # type: ignore[override]
        """Return output and state."""
        memory, output = state
        of_state, of_inputs = matmul(output, self._recurrent), matmul(inputs, self._kernel)
        if self._use_bias:
            of_state = bias_add(of_state, self._bias)
        m, x = split(of_state, 8, 1), split(of_inputs, 8, 1)
        first = [
            sigmoid(x[0] + m[0]), relu(x[1] + m[1]), sigmoid(x[2] + m[2]), relu(x[3] * m[3]),
            tanh(x[4] + m[4]), sigmoid(x[5] + m[5]), tanh(x[6] + m[6]), sigmoid(x[7] + m[7]),
        ]  # fmt: skip
        kept = tanh(tanh(first[0] * first[1]) + memory)
        new_memory = kept * tanh(first[2] + first[3])
        new = tanh(new_memory * tanh(tanh(first[4] * first[5]) + sigmoid(first[6] + first[7])))
        if self._num_proj is not None:
            new = matmul(new, self._projection)
        return new, LSTMStateTuple(new_memory, new)
