"""Recurrent layers: a cell over the steps of sequences."""

from __future__ import annotations

from typing import Any, Final

import numpy as np

from ....ops.base import nest
from ....ops.types.tensor_shape import TensorShape
from .. import state
from ..arguments import by_place
from ..layer import InputSpec, Layer
from ..operations import get_default_graph, leave_out, shape_of, stack, zeros
from .cells import GRUCell, LSTMCell, SimpleRNNCell, StackedRNNCells
from .lookup import of_config
from .looping import rnn

# How many more operations TensorFlow 1.15 makes for a layer: it multiplies gate by gate. Seeds count them. By the
# cell's class, whether it has a bias, and its `implementation`; what is not listed is not counted.
_MORE: Final[dict[tuple[str, Any, Any], int]] = {
    ("LSTMCell", True, 1): 76, ("LSTMCell", False, 1): 64, ("LSTMCell", True, 2): 8, ("GRUCell", True, 1): 68,
    ("GRUCell", False, 1): 36, ("GRUCell", True, 2): 32, ("SimpleRNNCell", True, 1): 4, ("SimpleRNNCell", False, 1): 4,
}  # fmt: skip


def _count_steps(layer: RNN, is_masked: bool) -> None:
    cell = layer.cell
    drops = [getattr(cell, name, 0) for name in ("dropout", "recurrent_dropout")]
    if layer.unroll or any(drops):
        return
    key = (type(cell).__name__, getattr(cell, "use_bias", None), getattr(cell, "implementation", 1))
    if key in _MORE:
        leave_out(_MORE[key] - (2 if is_masked and len(layer._sizes) == 1 else 0))


class RNN(Layer):
    """A cell over the steps of sequences.

    Args:
      cell: a layer whose `call(inputs, states)` returns output and new states, and that has `state_size`; or a list.
      return_sequences: whether the outputs of all steps are returned.
      return_state: whether the last states are returned besides.
      go_backwards: whether to begin at the last step.
      stateful: whether states are kept for the next batch, of which the size has to be known.
      unroll: whether each step is built by itself.
    """

    def __init__(
        self, cell: Any, return_sequences: bool = False, return_state: bool = False, go_backwards: bool = False,
        stateful: bool = False, unroll: bool = False, time_major: bool = False, **kwargs: Any,
    ) -> None:  # fmt: skip
        if isinstance(cell, (list, tuple)):
            cell = StackedRNNCells(cell)
        if not hasattr(cell, "call"):
            raise ValueError(f"`cell` should have a `call` method. The RNN was passed: {cell}")
        if not hasattr(cell, "state_size"):
            raise ValueError("The RNN cell should have an attribute `state_size` (integer or list of integers).")
        length, width = kwargs.pop("input_length", None), kwargs.pop("input_dim", None)
        if width is not None and "input_shape" not in kwargs:
            kwargs["input_shape"] = (length, width)
        super().__init__(**kwargs)
        self.return_sequences, self.return_state = return_sequences, return_state
        self.go_backwards, self.unroll, self.time_major = go_backwards, unroll, time_major
        self.cell = cell
        self.stateful = stateful
        self.supports_masking = True
        self.input_spec = InputSpec(ndim=3)
        self._states: list[Any] | None = None
        self.constants_spec = None

    @property
    def _sizes(self) -> list[Any]:
        size = self.cell.state_size
        return list(size) if isinstance(size, (list, tuple)) else [size]

    def build(self, input_shape: Any) -> None:
        """Build the cell."""
        shape = TensorShape(input_shape[0] if isinstance(input_shape, list) else input_shape).as_list()
        step = TensorShape([shape[1 if self.time_major else 0], *shape[2:]])
        if not self.cell.built:
            if self.cell._dtype is None:
                self.cell._dtype = self._dtype
            self.cell.build(step)
            self.cell.built = True
        if self.stateful:
            self._make_states(shape[0])
        self.built = True

    def _make_states(self, batch: Any) -> None:
        if batch is None:
            raise ValueError(
                "If a RNN is stateful, it needs to know its batch size. Specify the batch size of your input tensors: "
                "use `batch_input_shape` in the first layer, or `batch_shape` of Input."
            )
        from ....ops.families.state.variables import Variable

        self._kept = [
            Variable(
                np.zeros([batch, *_extents(size)], self._dtype or state.floatx()), trainable=False, use_resource=True,
                collections=[], name="state",
            )
            for size in self._sizes
        ]  # fmt: skip
        state.state_of(get_default_graph()).kept_variables.extend(self._kept)

    def __setattr__(self, name: str, value: Any) -> None:
        if name == "_kept":
            object.__setattr__(self, name, value)
        else:
            super().__setattr__(name, value)

    @property
    def states(self) -> Any:
        """The variables of a stateful layer."""
        return self._kept if self.stateful and self.built else [None for _ in self._sizes]

    def get_initial_state(self, inputs: Any) -> list[Any]:
        """Return the states of the first step: zeros."""
        if hasattr(self.cell, "get_initial_state") and not isinstance(self.cell, StackedRNNCells):
            found = self.cell.get_initial_state(inputs=inputs, batch_size=None, dtype=None)
            return list(found) if isinstance(found, (list, tuple)) else [found]
        batch = shape_of(inputs)[0]
        states = []
        for size in self._sizes:
            made = zeros(stack([batch, *_extents(size)]), inputs.dtype)
            made.set_shape([inputs.shape.as_list()[0], *_extents(size)])
            states.append(made)
        return states

    def __call__(self, inputs: Any, initial_state: Any = None, constants: Any = None, **kwargs: Any) -> Any:
        """Apply the layer; see `Layer`.

        Args:
          inputs: batch, steps, features; a list has the first states after it.
          initial_state: the states of the first step.
          constants: tensors that each step gets after its states.
        """
        if isinstance(inputs, (list, tuple)) and initial_state is None:
            inputs, initial_state = inputs[0], list(inputs[1:]) or None
        if initial_state is None and constants is None:
            return super().__call__(inputs, **kwargs)
        states = [] if initial_state is None else nest.flatten(initial_state)
        more = [] if constants is None else nest.flatten(constants)
        spec, self.input_spec = self.input_spec, None
        try:
            return super().__call__([inputs, *states, *more], state_count=len(states), **kwargs)
        finally:
            self.input_spec = spec

    def call(  # type: ignore[override]
        self, inputs: Any, mask: Any = None, training: Any = None, initial_state: Any = None, state_count: int = 0
    ) -> Any:
        """Return the outputs."""
        constants = None
        if isinstance(inputs, (list, tuple)):
            initial_state = list(inputs[1 : 1 + state_count]) or initial_state
            constants = list(inputs[1 + state_count :]) or None
            inputs = inputs[0]
            mask = mask[0] if isinstance(mask, (list, tuple)) else mask
        if initial_state is None:
            initial_state = [v.value() for v in self._kept] if self.stateful else self.get_initial_state(inputs)
        if hasattr(self.cell, "prepare_dropout"):
            self.cell.prepare_dropout(inputs, training)
        count = len(self._sizes)

        def step(x: Any, states: list[Any]) -> tuple[Any, list[Any]]:
            extra = {} if constants is None else {"constants": states[count:]}
            current = states[:count]
            output, new = self.cell.call(x, current, **extra)
            return output, nest.flatten(new)

        last, outputs, states = rnn(
            step, inputs, initial_state, self.go_backwards, mask, constants, self.unroll, time_major=self.time_major
        )
        _count_steps(self, mask is not None)
        if self.stateful:
            for variable, value in zip(self._kept, states):
                self.add_update(variable.assign(value, read_value=False))
        output = outputs if self.return_sequences else last
        return [output, *states] if self.return_state else output

    def compute_mask(self, inputs: Any, mask: Any = None) -> Any:
        """The mask of the outputs of all steps; none of the last."""
        mask = mask[0] if isinstance(mask, (list, tuple)) else mask
        found = mask if self.return_sequences else None
        return [found, *(None for _ in self._sizes)] if self.return_state else found

    def compute_output_shape(self, input_shape: Any) -> Any:
        """The shape of the outputs."""
        extents = TensorShape(input_shape[0] if isinstance(input_shape, list) else input_shape).as_list()
        size = getattr(self.cell, "output_size", None) or self._sizes[0]
        shape = [extents[0], *([extents[1]] if self.return_sequences else []), *_extents(size)]
        if self.return_state:
            return [TensorShape(shape), *(TensorShape([extents[0], *_extents(size)]) for size in self._sizes)]
        return TensorShape(shape)

    def reset_states(self, states: Any = None) -> None:
        """Make the states of a stateful layer zero, or give them values. Raises: AttributeError if it is not."""
        from ..session_of import batch_set_value

        if not self.stateful:
            raise AttributeError("Layer must be stateful.")
        if not self.built:
            raise ValueError("The layer has not been built: its states are not there yet.")
        values = states if isinstance(states, (list, tuple)) else [states] * len(self._kept)
        pairs = []
        for variable, value in zip(self._kept, values):
            shape = variable.shape.as_list()
            value = np.zeros(shape) if value is None else np.asarray(value)
            if list(value.shape) != shape:
                raise ValueError(f"State of layer {self.name} is incompatible: expected {shape}, found {value.shape}")
            pairs.append((variable, value))
        batch_set_value(pairs)

    def _own_config(self) -> dict[str, Any]:
        return {
            "return_sequences": self.return_sequences, "return_state": self.return_state,
            "go_backwards": self.go_backwards, "stateful": self.stateful, "unroll": self.unroll,
            "time_major": self.time_major,
        }  # fmt: skip

    def get_config(self) -> dict[str, Any]:
        """The arguments that make the same layer."""
        cell = {"class_name": type(self.cell).__name__, "config": self.cell.get_config()}
        return {**super().get_config(), **self._own_config(), "cell": cell}

    @classmethod
    def from_config(cls, config: dict[str, Any]) -> Any:
        """Make a layer of what `get_config` returned."""
        config = dict(config)
        if isinstance(config.get("cell"), dict):
            config["cell"] = of_config(config["cell"])
        return cls(**config)


def _extents(size: Any) -> list[Any]:
    return list(TensorShape(size).as_list()) if isinstance(size, (list, tuple, TensorShape)) else [size]


class _OfCell(RNN):
    """A recurrent layer of a cell of Keras: it takes the arguments of both."""

    _cell_class: Any = SimpleRNNCell
    _of_layer = (
        "name", "trainable", "dtype", "input_shape", "batch_input_shape", "batch_size", "weights",
        "activity_regularizer", "input_length", "input_dim", "time_major",
    )  # fmt: skip

    def __init__(
        self, units: int, activation: Any = "tanh", *, return_sequences: bool = False, return_state: bool = False,
        go_backwards: bool = False, stateful: bool = False, unroll: bool = False, **kwargs: Any,
    ) -> None:  # fmt: skip
        own = {key: kwargs.pop(key) for key in self._of_layer if key in kwargs}
        cell = self._cell_class(units, activation=activation, **kwargs)
        super().__init__(cell, return_sequences, return_state, go_backwards, stateful, unroll, **own)

    @property
    def units(self) -> int:
        """How many outputs there are per row."""
        found: int = self.cell.units
        return found

    @property
    def kernel(self) -> Any:
        """The cell's kernel."""
        return self.cell.kernel

    @property
    def recurrent_kernel(self) -> Any:
        """The cell's kernel of states."""
        return self.cell.recurrent_kernel

    @property
    def bias(self) -> Any:
        """The cell's bias."""
        return self.cell.bias

    def get_config(self) -> dict[str, Any]:
        """The arguments that make the same layer."""
        cell = {
            key: value for key, value in self.cell.get_config().items() if key not in ("name", "trainable", "dtype")
        }
        return {**Layer.get_config(self), **self._own_config(), **cell}


# The arguments in TensorFlow's order, so that they may be given by place, and programs find their names.
_STARTS: Final = "kernel_initializer=glorot_uniform recurrent_initializer=orthogonal bias_initializer=zeros"
_LIMITS: Final = (
    "kernel_regularizer=None recurrent_regularizer=None bias_regularizer=None activity_regularizer=None "
    "kernel_constraint=None recurrent_constraint=None bias_constraint=None"
)
_DROPS: Final = "dropout=0.0 recurrent_dropout=0.0"
_FORMS: Final = "return_sequences=False return_state=False go_backwards=False stateful=False"


class SimpleRNN(_OfCell):
    """A recurrent layer whose output is its state. Arguments: those of the cell, then of `RNN`."""

    @by_place(f"use_bias=True {_STARTS} {_LIMITS} {_DROPS} {_FORMS} unroll=False")
    def __init__(self, units: int, activation: Any = "tanh", **kwargs: Any) -> None:
        super().__init__(units, activation, **kwargs)


class LSTM(_OfCell):
    """A layer of long short-term memory. Arguments: those of the cell, then of `RNN`."""

    _cell_class = LSTMCell

    @by_place(
        f"recurrent_activation=hard_sigmoid use_bias=True {_STARTS} unit_forget_bias=True {_LIMITS} {_DROPS} "
        f"implementation=1 {_FORMS} unroll=False"
    )
    def __init__(self, units: int, activation: Any = "tanh", **kwargs: Any) -> None:
        super().__init__(units, activation, **kwargs)


class GRU(_OfCell):
    """A layer of gated recurrent units. Arguments: those of the cell, then of `RNN`."""

    _cell_class = GRUCell

    @by_place(
        f"recurrent_activation=hard_sigmoid use_bias=True {_STARTS} {_LIMITS} {_DROPS} implementation=1 {_FORMS} "
        "unroll=False reset_after=False"
    )
    def __init__(self, units: int, activation: Any = "tanh", **kwargs: Any) -> None:
        super().__init__(units, activation, **kwargs)


_FIXED: Final = (
    "activation", "recurrent_activation", "use_bias", "dropout", "recurrent_dropout", "implementation", "unroll",
    "reset_after",
)  # fmt: skip


def _of_cudnn(config: dict[str, Any]) -> dict[str, Any]:
    """The configuration of a layer whose cell is always the same."""
    return {key: value for key, value in config.items() if key not in _FIXED}


class CuDNNLSTM(LSTM):
    """An LSTM whose gates are sigmoids, on the CPU here."""

    @by_place(f"{_STARTS} unit_forget_bias=True {_LIMITS} {_FORMS}")
    def __init__(self, units: int, **kwargs: Any) -> None:
        super().__init__(units, recurrent_activation="sigmoid", **kwargs)

    def get_config(self) -> dict[str, Any]:
        """The arguments that make the same layer."""
        return _of_cudnn(super().get_config())


class CuDNNGRU(GRU):
    """A GRU whose gates are sigmoids, reset after the product, on the CPU here."""

    @by_place(f"{_STARTS} {_LIMITS} {_FORMS}")
    def __init__(self, units: int, **kwargs: Any) -> None:
        super().__init__(units, recurrent_activation="sigmoid", reset_after=True, **kwargs)

    def get_config(self) -> dict[str, Any]:
        """The arguments that make the same layer."""
        return _of_cudnn(super().get_config())
