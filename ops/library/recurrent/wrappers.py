"""Cells around cells: with dropout, with a sum of input and output, on a device."""

from __future__ import annotations

import hashlib
from typing import Any

from ...base import nest
from ...building.constant import constant
from ...building.convert import convert_to_tensor
from ...building.default_graph import device as device_scope
from ...building.default_graph import name_scope
from ...families.elementwise.division import div
from ...families.elementwise.rounding import floor
from ...families.nn.dropout import dropout
from ...families.random.sampling import random_uniform
from ...types.tensor_shape import TensorShape
from .cell import LSTMStateTuple, RNNCell, packed_like, sizes_of


class _Wrapper(RNNCell):
    """A cell around another one, which makes its variables where it would without."""

    def __init__(self, cell: Any) -> None:
        super().__init__()
        if not hasattr(cell, "output_size") or not callable(cell):
            raise TypeError(f"The parameter cell is not a RNNCell: {cell!r}")
        self._cell = cell

    @property
    def wrapped_cell(self) -> Any:
        """The cell inside."""
        return self._cell

    @property
    def state_size(self) -> Any:
        """The size of the state."""
        return self._cell.state_size

    @property
    def output_size(self) -> Any:
        """The size of the outputs."""
        return self._cell.output_size

    @property
    def trainable_variables(self) -> list[Any]:
        """Those of the cell inside."""
        return list(self._cell.trainable_variables)

    @property
    def variables(self) -> list[Any]:
        """Those of the cell inside."""
        return list(self._cell.variables)

    weights = variables
    trainable_weights = trainable_variables

    def zero_state(self, batch_size: Any, dtype: Any) -> Any:
        """A state of zeros."""
        with name_scope(type(self).__name__ + "ZeroState", values=[batch_size]):
            return self._cell.zero_state(batch_size, dtype)

    def __call__(self, inputs: Any, state: Any, scope: Any = None) -> Any:
        """Run the cell for one moment. See `RNNCell`."""
        raise NotImplementedError


def _visitor(state: Any) -> Any:
    """Which parts of a state are dropped out: not the memory of an LSTM cell, and no TensorArray."""
    if isinstance(state, LSTMStateTuple):
        return LSTMStateTuple(c=False, h=True)
    return not hasattr(state, "_is_tensor_array")


class DropoutWrapper(_Wrapper):
    """A cell with dropout of what goes in, what comes out, and of the state.

    Args:
      cell: the cell.
      input_keep_prob, output_keep_prob, state_keep_prob: how much is kept, numbers or scalar tensors.
      variational_recurrent: whether the same is dropped at all moments.
      input_size: of the inputs, if the same is dropped of them at all moments.
      dtype: of inputs, states and outputs, if the same is dropped at all moments.
      seed: of the random numbers.
      dropout_state_filter_visitor: a function that says which parts of a state are dropped out.
    Raises: TypeError for a cell that is none; ValueError for numbers that are no probabilities.
    """

    def __init__(
        self, cell: Any, input_keep_prob: Any = 1.0, output_keep_prob: Any = 1.0, state_keep_prob: Any = 1.0,
        variational_recurrent: bool = False, input_size: Any = None, dtype: Any = None, seed: int | None = None,
        dropout_state_filter_visitor: Any = None,
    ) -> None:  # fmt: skip
        super().__init__(cell)
        if dropout_state_filter_visitor is not None and not callable(dropout_state_filter_visitor):
            raise TypeError("dropout_state_filter_visitor must be callable")
        self._filter = dropout_state_filter_visitor or _visitor
        with name_scope("DropoutWrapperInit"):
            self._input_keep_prob = _probability("input_keep_prob", input_keep_prob)
            self._state_keep_prob = _probability("state_keep_prob", state_keep_prob)
            self._output_keep_prob = _probability("output_keep_prob", output_keep_prob)
        self._variational_recurrent = variational_recurrent
        self._seed = seed
        if variational_recurrent:
            self._draw_noises(cell, input_size, dtype)

    def _draw_noises(self, cell: Any, input_size: Any, dtype: Any) -> None:
        if dtype is None:
            raise ValueError("When variational_recurrent=True, dtype must be provided")

        def noise(size: Any, salt: str) -> Any:
            extents = TensorShape(size).as_list() if not isinstance(size, int) else [size]
            return random_uniform([1, *extents], seed=self._seed_of(salt), dtype=dtype)

        def noises(structure: Any, salt: str) -> Any:
            flat = [noise(size, f"{salt}_{i}") for i, size in enumerate(sizes_of(structure))]
            return packed_like(structure, flat)

        if _drops(self._input_keep_prob):
            if input_size is None:
                raise ValueError(
                    "When variational_recurrent=True and input_keep_prob < 1.0 or is unknown, input_size must be "
                    "provided"
                )
            self._input_noise = noises(input_size, "input")
        self._state_noise = noises(cell.state_size, "state")
        self._output_noise = noises(cell.output_size, "output")

    def _seed_of(self, salt: str) -> int | None:
        if self._seed is None:
            return None
        text = f"{self._seed}_{salt}".encode()
        return int(hashlib.md5(text, usedforsecurity=False).hexdigest()[:8], 16) & 0x7FFFFFFF

    def __call__(self, inputs: Any, state: Any, scope: Any = None) -> Any:
        """Run the cell for one moment. See `RNNCell`."""
        if _drops(self._input_keep_prob):
            noise = getattr(self, "_input_noise", None)
            inputs = self._dropped(inputs, "input", noise, self._input_keep_prob)
        output, new_state = self._cell(inputs, state) if scope is None else self._cell(inputs, state, scope=scope)
        if _drops(self._state_keep_prob):
            noise = getattr(self, "_state_noise", None)
            new_state = self._dropped(new_state, "state", noise, self._state_keep_prob, self._filter(new_state))
        if _drops(self._output_keep_prob):
            noise = getattr(self, "_output_noise", None)
            output = self._dropped(output, "output", noise, self._output_keep_prob)
        return output, new_state

    def _dropped(self, values: Any, salt: str, noises: Any, keep_prob: Any, mask: Any = True) -> Any:
        flat = nest.flatten(values)
        masks = nest.flatten(mask) if nest.is_nested(mask) else [mask] * len(flat)
        drawn = nest.flatten(noises) if self._variational_recurrent else [None] * len(flat)
        results = []
        for number, (value, wanted, noise) in enumerate(zip(flat, masks, drawn)):
            if not wanted or hasattr(value, "_is_tensor_array"):
                results.append(value)
            elif noise is not None:
                results.append(_same_dropout(value, noise, keep_prob))
            else:
                results.append(dropout(value, keep_prob=keep_prob, seed=self._seed_of(f"{salt}_{number}")))
        return nest.pack_sequence_as(values, results)


def _probability(name: str, value: Any) -> Any:
    if hasattr(value, "graph"):
        return convert_to_tensor(value)
    if not 0.0 <= float(value) <= 1.0:
        raise ValueError(f"Parameter {name} must be between 0 and 1: {value}")
    constant(float(value))  # not used, but TensorFlow makes it, and seeds depend on how many operations there are
    return float(value)


def _drops(keep_prob: Any) -> bool:
    return not isinstance(keep_prob, float) or keep_prob < 1.0


def _same_dropout(value: Any, noise: Any, keep_prob: Any) -> Any:
    """Dropout with noise that was drawn before, of shape `[1, size]`."""
    kept = convert_to_tensor(keep_prob, dtype=value.dtype, name="keep_prob")
    result = div(value, kept) * floor(kept + noise)
    result.set_shape(value.shape)
    return result


class ResidualWrapper(_Wrapper):
    """A cell whose output is added to its input.

    Args:
      cell: the cell.
      residual_fn: a function of inputs and outputs that returns the outputs, in place of the sum.
    """

    def __init__(self, cell: Any, residual_fn: Any = None) -> None:
        super().__init__(cell)
        self._residual_fn = residual_fn

    def __call__(self, inputs: Any, state: Any, scope: Any = None) -> Any:
        """Run the cell for one moment. See `RNNCell`."""
        outputs, new_state = self._cell(inputs, state) if scope is None else self._cell(inputs, state, scope=scope)
        if self._residual_fn is not None:
            return self._residual_fn(inputs, outputs), new_state
        nest.assert_same_structure(inputs, outputs)
        for inp, out in zip(nest.flatten(inputs), nest.flatten(outputs)):
            inp.shape.assert_is_compatible_with(out.shape)
        return nest.map_structure(lambda inp, out: inp + out, inputs, outputs), new_state


class DeviceWrapper(_Wrapper):
    """A cell on a device.

    Args:
      cell: the cell.
      device: the device.
    """

    def __init__(self, cell: Any, device: Any) -> None:
        super().__init__(cell)
        self._device = device

    def zero_state(self, batch_size: Any, dtype: Any) -> Any:
        """A state of zeros, on the device."""
        with name_scope(type(self).__name__ + "ZeroState", values=[batch_size]), device_scope(self._device):
            return self._cell.zero_state(batch_size, dtype)

    def __call__(self, inputs: Any, state: Any, scope: Any = None) -> Any:
        """Run the cell for one moment. See `RNNCell`."""
        with device_scope(self._device):
            return self._cell(inputs, state) if scope is None else self._cell(inputs, state, scope=scope)
