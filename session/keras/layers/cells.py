"""Cells of recurrent layers: what is computed at one step."""

from __future__ import annotations

from typing import Any

from ....ops.families.nn.dropout import dropout as nn_dropout
from ....ops.types.tensor_shape import TensorShape
from .. import state
from ..arguments import by_place
from ..functions import activations, constraints, initializers, regularizers
from ..layer import Layer
from ..operations import (
    bias_add,
    concat,
    fill,
    matmul,
    ones_like,
    shape_of,
    smart_cond,
    split,
    stack,
    zeros,
)
from .lookup import of_config

_PARTS = ("kernel", "recurrent", "bias")

# The arguments of cells with gates in TensorFlow's order, so that they may be given by place.
_BEGINNING = "use_bias=True kernel_initializer=glorot_uniform recurrent_initializer=orthogonal bias_initializer=zeros"
_REST = (
    "kernel_regularizer=None recurrent_regularizer=None bias_regularizer=None kernel_constraint=None "
    "recurrent_constraint=None bias_constraint=None dropout=0.0 recurrent_dropout=0.0 implementation=1"
)


class Cell(Layer):
    """The base of cells.

    Args:
      units: how many outputs there are per row.
      activation: of the new state.
      use_bias: whether there is a bias.
      kernel_initializer, recurrent_initializer, bias_initializer, kernel_regularizer, recurrent_regularizer,
        bias_regularizer, kernel_constraint, recurrent_constraint, bias_constraint: functions, or their names.
      dropout, recurrent_dropout: the shares of inputs and states that are dropped while training.
    """

    _gates = 1

    def __init__(
        self, units: int, activation: Any = "tanh", use_bias: bool = True, kernel_initializer: Any = "glorot_uniform",
        recurrent_initializer: Any = "orthogonal", bias_initializer: Any = "zeros", kernel_regularizer: Any = None,
        recurrent_regularizer: Any = None, bias_regularizer: Any = None, kernel_constraint: Any = None,
        recurrent_constraint: Any = None, bias_constraint: Any = None, dropout: float = 0.0,
        recurrent_dropout: float = 0.0, **kwargs: Any,
    ) -> None:  # fmt: skip
        super().__init__(**kwargs)
        self.units, self.use_bias = units, use_bias
        self.activation = activations.get(activation)
        self._of = {
            "kernel": (kernel_initializer, kernel_regularizer, kernel_constraint),
            "recurrent": (recurrent_initializer, recurrent_regularizer, recurrent_constraint),
            "bias": (bias_initializer, bias_regularizer, bias_constraint),
        }
        for name, (initializer, regularizer, constraint) in self._of.items():
            self._of[name] = initializers.get(initializer), regularizers.get(regularizer), constraints.get(constraint)
        self.dropout = min(1.0, max(0.0, dropout))
        self.recurrent_dropout = min(1.0, max(0.0, recurrent_dropout))
        self.state_size: Any = units
        self.output_size = units
        self._masks: dict[str, Any] = {}

    def build(self, input_shape: Any) -> None:
        """Make the variables."""
        width: Any = TensorShape(input_shape).as_list()[-1]
        self.kernel = self._weight("kernel", "kernel", [width, self.units * self._gates])
        self.recurrent_kernel = self._weight("recurrent", "recurrent_kernel", [self.units, self.units * self._gates])
        self.bias = self._weight("bias", "bias", self._bias_shape()) if self.use_bias else None
        self.built = True

    def _bias_shape(self) -> list[int]:
        return [self.units * self._gates]

    def _weight(self, part: str, name: str, shape: list[int]) -> Any:
        initializer, regularizer, constraint = self._of[part]
        return self.add_weight(name, shape, None, initializer, regularizer, True, constraint)

    def get_initial_state(self, inputs: Any = None, batch_size: Any = None, dtype: Any = None) -> Any:
        """Return zeros for the first step."""
        if inputs is not None:
            batch_size, dtype = shape_of(inputs)[0], inputs.dtype
        return zero_states(self.state_size, batch_size, dtype)

    # Dropout: one choice for all steps of a sequence.

    def prepare_dropout(self, inputs: Any, training: Any) -> None:
        """Draw what is dropped of inputs and states, once for a whole sequence, before the loop."""
        self._masks = {}
        if not self.dropout and not self.recurrent_dropout:
            return
        training = state.learning_phase() if training is None else training
        if self.dropout:
            self._masks["inputs"] = _mask(ones_like(inputs[:, 0]), self.dropout, training)
        if self.recurrent_dropout:
            rows = fill(stack([shape_of(inputs)[0], self.units]), 1.0)
            rows.set_shape([None, self.units])
            self._masks["states"] = _mask(rows, self.recurrent_dropout, training)

    def _dropped(self, which: str, tensor: Any) -> Any:
        mask = self._masks.get(which)
        return tensor if mask is None else tensor * mask

    def get_config(self) -> dict[str, Any]:
        """The arguments that make the same cell."""
        config = {
            **super().get_config(), "units": self.units, "activation": activations.serialize(self.activation),
            "use_bias": self.use_bias, "dropout": self.dropout, "recurrent_dropout": self.recurrent_dropout,
        }  # fmt: skip
        for part in _PARTS:
            initializer, regularizer, constraint = self._of[part]
            config[f"{part}_initializer"] = initializers.serialize(initializer)
            config[f"{part}_regularizer"] = regularizers.serialize(regularizer)
            config[f"{part}_constraint"] = constraints.serialize(constraint)
        return config


def zero_states(state_size: Any, batch_size: Any, dtype: Any) -> list[Any]:
    """Zeros for the first step: of each state, which is told by its width or its extents."""
    states = []
    for size in state_size if isinstance(state_size, (list, tuple)) else [state_size]:
        extents = TensorShape(size).as_list() if isinstance(size, (list, tuple, TensorShape)) else [size]
        made = zeros(stack([batch_size, *extents]), dtype)
        made.set_shape([None, *extents])
        states.append(made)
    return states


def _mask(ones: Any, rate: float, training: Any) -> Any:
    return smart_cond(training, lambda: nn_dropout(ones, rate=rate), lambda: ones * 1.0)


class SimpleRNNCell(Cell):
    """A cell `activation(inputs x kernel + state x recurrent_kernel + bias)`."""

    def call(self, inputs: Any, states: Any, training: Any = None) -> Any:  # type: ignore[override]
        """Return the output and the new states."""
        h = matmul(self._dropped("inputs", inputs), self.kernel)
        if self.bias is not None:
            h = bias_add(h, self.bias)
        output = self.activation(h + matmul(self._dropped("states", states[0]), self.recurrent_kernel))
        return output, [output]


class _Gated(Cell):
    """A cell with gates.

    Args:
      recurrent_activation: of the gates; implementation: accepted: all gates are one product.
    """

    def __init__(
        self, units: int, activation: Any = "tanh", recurrent_activation: Any = "hard_sigmoid", **kwargs: Any
    ) -> None:
        self.implementation = kwargs.pop("implementation", 1)
        super().__init__(units, activation, **kwargs)
        self.recurrent_activation = activations.get(recurrent_activation)

    def get_config(self) -> dict[str, Any]:
        """The arguments that make the same cell."""
        return {
            **super().get_config(), "recurrent_activation": activations.serialize(self.recurrent_activation),
            "implementation": self.implementation,
        }  # fmt: skip


class LSTMCell(_Gated):
    """A cell of long short-term memory.

    Args:
      unit_forget_bias: whether the bias of the forget gate begins at 1.
    Source: Hochreiter, Schmidhuber (1997).
    """

    _gates = 4

    @by_place(f"{_BEGINNING} unit_forget_bias=True {_REST}")
    def __init__(
        self, units: int, activation: Any = "tanh", recurrent_activation: Any = "hard_sigmoid", **kwargs: Any
    ) -> None:
        unit_forget_bias = kwargs.pop("unit_forget_bias", True)
        super().__init__(units, activation, recurrent_activation, **kwargs)
        self.unit_forget_bias = unit_forget_bias
        self.state_size = [units, units]

    def _weight(self, part: str, name: str, shape: list[int]) -> Any:
        initializer, regularizer, constraint = self._of[part]
        if part == "bias" and self.unit_forget_bias:
            own = initializer

            def initializer(extents: Any, dtype: Any = None, **kwargs: Any) -> Any:
                ones = initializers.Ones()([self.units], dtype=dtype)
                return concat([own([self.units], dtype=dtype), ones, own([self.units * 2], dtype=dtype)], 0)

        return self.add_weight(name, shape, None, initializer, regularizer, True, constraint)

    def call(self, inputs: Any, states: Any, training: Any = None) -> Any:  # type: ignore[override]
        """Return the output and the new states: output and memory."""
        h, c = states[0], states[1]
        z = matmul(self._dropped("inputs", inputs), self.kernel)
        z = z + matmul(self._dropped("states", h), self.recurrent_kernel)
        if self.bias is not None:
            z = bias_add(z, self.bias)
        i, f, g, o = split(z, num_or_size_splits=4, axis=1)
        new = self.recurrent_activation(self._peeped(f, "forget", c)) * c
        new = new + self.recurrent_activation(self._peeped(i, "input", c)) * self.activation(g)
        output = self.recurrent_activation(self._peeped(o, "output", new)) * self.activation(new)
        return output, [output, new]

    def _peeped(self, gate: Any, name: str, memory: Any) -> Any:
        """What a gate's activation is applied to."""
        return gate

    def get_config(self) -> dict[str, Any]:
        """The arguments that make the same cell."""
        return {**super().get_config(), "unit_forget_bias": self.unit_forget_bias}


class PeepholeLSTMCell(LSTMCell):
    """A cell of long short-term memory whose gates see the memory, each element by a weight of its own.

    Source: Gers, Schmidhuber, Schraudolph (2002). Arguments: those of `LSTMCell`.
    """

    def build(self, input_shape: Any) -> None:
        """Make the variables."""
        super().build(input_shape)
        initializer = self._of["kernel"][0]
        self._peepholes = {
            gate: self.add_weight(f"{gate}_gate_peephole_weights", [self.units], None, initializer)
            for gate in ("input", "forget", "output")
        }
        self.built = True

    def _peeped(self, gate: Any, name: str, memory: Any) -> Any:
        return gate + self._peepholes[name] * memory


class AbstractRNNCell(Layer):
    """The base of a program's own cells: a subclass has `call(inputs, states)`, `state_size` and `output_size`."""

    def call(self, inputs: Any, states: Any) -> Any:  # type: ignore[override]
        """Return the output and the new states."""
        raise NotImplementedError("Abstract method")

    @property
    def state_size(self) -> Any:
        """The width of the state, or a list of those of several."""
        raise NotImplementedError("Abstract method")

    @property
    def output_size(self) -> Any:
        """The width of the output."""
        raise NotImplementedError("Abstract method")

    def get_initial_state(self, inputs: Any = None, batch_size: Any = None, dtype: Any = None) -> Any:
        """Return zeros for the first step."""
        if inputs is not None:
            batch_size, dtype = shape_of(inputs)[0], inputs.dtype
        return zero_states(self.state_size, batch_size, dtype)


class GRUCell(_Gated):
    """A cell of gated recurrent units.

    Args:
      reset_after: whether the reset gate is applied after the product.
    Source: Cho et al. (2014).
    """

    _gates = 3

    @by_place(f"{_BEGINNING} {_REST} reset_after=False")
    def __init__(
        self, units: int, activation: Any = "tanh", recurrent_activation: Any = "hard_sigmoid", **kwargs: Any
    ) -> None:
        reset_after = kwargs.pop("reset_after", False)
        super().__init__(units, activation, recurrent_activation, **kwargs)
        self.reset_after = reset_after

    def _bias_shape(self) -> list[int]:
        return [2, 3 * self.units] if self.reset_after else [3 * self.units]

    def call(self, inputs: Any, states: Any, training: Any = None) -> Any:  # type: ignore[override]
        """Return the output and the new states."""
        h = states[0]
        x = matmul(self._dropped("inputs", inputs), self.kernel)
        kept = self._dropped("states", h)
        bias = self.bias
        if bias is not None:
            x = bias_add(x, bias[0] if self.reset_after else bias)
        x_z, x_r, x_h = split(x, num_or_size_splits=3, axis=1)
        if self.reset_after:
            inner = matmul(kept, self.recurrent_kernel)
            if bias is not None:
                inner = bias_add(inner, bias[1])
            h_z, h_r, h_h = split(inner, num_or_size_splits=3, axis=1)
            z, r = self.recurrent_activation(x_z + h_z), self.recurrent_activation(x_r + h_r)
            candidate = self.activation(x_h + r * h_h)
        else:
            gates = matmul(kept, self.recurrent_kernel[:, : 2 * self.units])
            h_z, h_r = split(gates, num_or_size_splits=2, axis=1)
            z, r = self.recurrent_activation(x_z + h_z), self.recurrent_activation(x_r + h_r)
            candidate = self.activation(x_h + matmul(r * kept, self.recurrent_kernel[:, 2 * self.units :]))
        output = z * h + (1 - z) * candidate
        return output, [output]

    def get_config(self) -> dict[str, Any]:
        """The arguments that make the same cell."""
        return {**super().get_config(), "reset_after": self.reset_after}


class StackedRNNCells(Layer):
    """Cells one after the other.

    Args:
      cells: the cells.
    """

    def __init__(self, cells: Any, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.cells = list(cells)

    @property
    def state_size(self) -> list[Any]:
        """The states of all cells."""
        found: list[Any] = []
        for cell in self.cells:
            size = cell.state_size
            found += list(size) if isinstance(size, (list, tuple)) else [size]
        return found

    @property
    def output_size(self) -> Any:
        """The outputs of the last one."""
        return self.cells[-1].output_size

    def get_config(self) -> dict[str, Any]:
        """The arguments that make the same cells."""
        cells = [{"class_name": type(cell).__name__, "config": cell.get_config()} for cell in self.cells]
        return {**super().get_config(), "cells": cells}

    @classmethod
    def from_config(cls, config: dict[str, Any]) -> Any:
        """Make the cells of what `get_config` returned."""
        return cls(**{**config, "cells": [of_config(cell) for cell in config["cells"]]})

    def build(self, input_shape: Any) -> None:
        """Build the cells."""
        extents = TensorShape(input_shape).as_list()
        for cell in self.cells:
            if not cell.built:
                cell.build(TensorShape(extents))
                cell.built = True
            extents = [extents[0], cell.output_size]
        self.built = True

    def get_initial_state(self, inputs: Any = None, batch_size: Any = None, dtype: Any = None) -> Any:
        """Return zeros for the first step: the states of each cell, in a tuple."""
        if inputs is not None:
            batch_size, dtype = shape_of(inputs)[0], inputs.dtype
        found = []
        for cell in self.cells:
            if hasattr(cell, "get_initial_state"):
                found.append(cell.get_initial_state(inputs=None, batch_size=batch_size, dtype=dtype))
            else:
                found.append(zero_states(cell.state_size, batch_size, dtype))
            if not isinstance(cell.state_size, (list, tuple)) and isinstance(found[-1], list):
                found[-1] = found[-1][0]
        return tuple(found)

    def prepare_dropout(self, inputs: Any, training: Any) -> None:
        """Draw what the first cell drops; the others' inputs are drawn at each step."""
        if hasattr(self.cells[0], "prepare_dropout"):
            self.cells[0].prepare_dropout(inputs, training)

    def call(self, inputs: Any, states: Any, training: Any = None) -> Any:  # type: ignore[override]
        """Return the last output and all new states."""
        new: list[Any] = []
        states = list(states)
        for cell in self.cells:
            count = len(cell.state_size) if isinstance(cell.state_size, (list, tuple)) else 1
            inputs, found = cell.call(inputs, states[:count])
            states = states[count:]
            new += found
        return inputs, new
