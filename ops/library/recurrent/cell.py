"""`RNNCell`: what all recurrent cells share, and the states they begin with."""

from __future__ import annotations

from collections import namedtuple
from typing import Any

from ...base import nest
from ...building.constant import constant
from ...building.default_graph import name_scope
from ...families.arrays.filling import zeros
from ...families.arrays.reshaping import expand_dims
from ...families.arrays.stacking import concat
from ...families.elementwise import trigonometry
from ...families.nn import activations
from ...families.state.variable_scope import get_variable_scope, variable_scope
from ...graph.node import Tensor
from ...types import dtypes
from ...types.tensor_shape import TensorShape
from ..layers.layer import Layer

_Pair = namedtuple("_Pair", ("c", "h"))


class LSTMStateTuple(_Pair):
    """The state of an LSTM cell: `c`, the memory, and `h`, the output."""

    __slots__ = ()

    @property
    def dtype(self) -> Any:
        """The type of both. Raises: TypeError if they differ."""
        c, h = self
        if c.dtype != h.dtype:
            raise TypeError(f"Inconsistent internal state: {c.dtype} vs {h.dtype}")
        return c.dtype


def joined_shape(prefix: Any, suffix: Any, static: bool = False) -> Any:
    """The shape `[prefix, *suffix]`.

    Args:
      prefix, suffix: ints, shapes, or int32 tensors.
      static: whether only what the graph says is wanted, as a TensorShape.
    """
    if static:
        for part in (prefix, suffix):
            if isinstance(part, Tensor) or _shape_of(part).is_fully_defined():
                _as_vector(part)  # nobody takes it; names are TensorFlow's
        return _static(prefix).concatenate(_static(suffix))
    parts = [_as_vector(prefix), _as_vector(suffix)]
    return concat(parts, 0)


def _static(part: Any) -> TensorShape:
    if isinstance(part, Tensor):
        from ...building.static_value import get_static_value

        value = get_static_value(part)
        if value is None:
            return TensorShape([None]) if part.shape.ndims == 0 else TensorShape(None)
        part = value.tolist()
    return _shape_of(part)


def _shape_of(part: Any) -> TensorShape:
    return TensorShape(part) if isinstance(part, (list, tuple, TensorShape)) else TensorShape([part])


def _as_vector(part: Any) -> Any:
    if isinstance(part, Tensor):
        if part.shape.ndims == 0:
            return expand_dims(part, 0)
        if part.shape.ndims == 1:
            return part
        raise ValueError("prefix tensor must be either a scalar or vector, but saw tensor: " + str(part))
    shape = _shape_of(part)
    if not shape.is_fully_defined():
        raise ValueError(f"the shape of a state has to be known: {shape}")
    return constant(shape.as_list(), dtypes.int32)


def zero_states(state_size: Any, batch_size: Any, dtype: Any) -> Any:
    """Zeros in the structure `state_size`, of shape `[batch_size, size]` each."""

    def zero(size: Any, kind: Any) -> Any:
        result = zeros(joined_shape(batch_size, size), dtype=kind)
        result.set_shape(joined_shape(batch_size, size, static=True))
        return result

    sizes = _sizes(state_size)
    kinds = nest.flatten(dtype) if nest.is_nested(dtype) else [dtype] * len(sizes)
    return packed_like(state_size, [zero(size, kind) for size, kind in zip(sizes, kinds)])


def _is_size(value: Any) -> bool:
    return isinstance(value, (int, float, TensorShape, Tensor)) or hasattr(value, "dtype") or hasattr(value, "value")


def _sizes(structure: Any) -> list[Any]:
    """The sizes in a structure; a TensorShape is one."""
    return [structure] if _is_size(structure) else [size for item in structure for size in _sizes(item)]


sizes_of = _sizes


def packed_like(structure: Any, flat: list[Any]) -> Any:
    """Values in a structure of sizes."""
    left = list(flat)

    def pack(item: Any) -> Any:
        if _is_size(item):
            return left.pop(0)
        parts = [pack(part) for part in item]
        return type(item)(*parts) if hasattr(item, "_fields") else type(item)(parts)

    return pack(structure)


def activation_named(activation: Any, default: Any) -> Any:
    """An activation: a function, one of `nn` by its name, or the default. Raises: ValueError for an unknown name."""
    if activation is None or activation == "":
        return default
    if callable(activation):
        return activation
    known = {"linear": lambda x: x, "tanh": trigonometry.tanh}
    found = known.get(activation) or getattr(activations, str(activation), None)
    if found is None:
        raise ValueError(f"Unknown activation function: {activation}")
    return found


class RNNCell(Layer):
    """A cell: `output, state = cell(inputs, state)`. Subclasses have `state_size`, `output_size` and `call`."""

    def __init__(self, trainable: bool = True, name: str | None = None, dtype: Any = None, **kwargs: Any) -> None:
        super().__init__(trainable=trainable, name=name, dtype=dtype, **kwargs)
        self._is_tf_rnn_cell = True

    def __call__(self, inputs: Any, state: Any, scope: Any = None) -> Any:
        """Run the cell for one moment.

        Args:
          inputs: of shape `[batch, size]`.
          state: of the structure and sizes of `state_size`.
          scope: the variable scope of a cell that makes its variables in `call`.
        Returns: `(output, state)`.
        """
        if scope is not None:
            with variable_scope(scope, custom_getter=self._rnn_get_variable) as opened:
                return super().__call__(inputs, state, scope=opened)
        with variable_scope(get_variable_scope(), custom_getter=self._rnn_get_variable):
            return super().__call__(inputs, state)

    def _rnn_get_variable(self, getter: Any, *args: Any, **kwargs: Any) -> Any:
        """Note the variables that a subclass makes in `call`."""
        variable = getter(*args, **kwargs)
        if not any(variable is known for known in self._own_variables()):
            self._note_variable(variable, bool(kwargs.get("trainable", True)))
        return variable

    @property
    def state_size(self) -> Any:
        """The size of the state: an int, a TensorShape, or a structure of them."""
        raise NotImplementedError("Abstract method")

    @property
    def output_size(self) -> Any:
        """The size of the outputs: an int, a TensorShape, or a structure of them."""
        raise NotImplementedError("Abstract method")

    def build(self, _: Any = None) -> None:
        """Make the variables."""

    def get_initial_state(self, inputs: Any = None, batch_size: Any = None, dtype: Any = None) -> Any:
        """The state to begin with: zeros, for a batch as large as that of `inputs`, or of `batch_size`."""
        if inputs is not None:
            from ...building.convert import convert_to_tensor
            from ...families.arrays.shape_ops import shape

            inputs = convert_to_tensor(inputs, name="inputs")
            batch_size, dtype = shape(inputs)[0], inputs.dtype
        if batch_size is None or dtype is None:
            raise ValueError(
                f"batch_size and dtype cannot be None while constructing initial state: batch_size={batch_size}, "
                f"dtype={dtype}"
            )
        return self.zero_state(batch_size, dtype)

    def zero_state(self, batch_size: Any, dtype: Any) -> Any:
        """A state of zeros.

        Args:
          batch_size: an int or an int32 scalar tensor.
          dtype: the type.
        """
        with name_scope(type(self).__name__ + "ZeroState", values=[batch_size]):
            return zero_states(self.state_size, batch_size, dtype)


class LayerRNNCell(RNNCell):
    """A cell that makes its variables in `build`."""

    def __call__(self, inputs: Any, state: Any, scope: Any = None, *args: Any, **kwargs: Any) -> Any:
        """Run the cell for one moment. See `RNNCell`."""
        return Layer.__call__(self, inputs, state, *args, scope=scope, **kwargs)
