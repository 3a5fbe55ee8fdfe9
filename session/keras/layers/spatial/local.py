"""Layers like convolutions whose kernel is another at each place."""

from __future__ import annotations

import itertools
from typing import Any

import numpy as np

from .....ops.families.sparse.sparse_tensor import SparseTensor
from .....ops.families.sparse.to_dense import sparse_tensor_dense_matmul
from .....ops.library.layers.windows import padding_of, per_axis, window_count
from .....ops.types.tensor_shape import TensorShape
from ... import state
from ...functions import activations, constraints, images, initializers, regularizers
from ...functions.convolution import local_conv
from ...layer import InputSpec, Layer
from ...operations import constant, matmul, reshape, transpose


class _LocallyConnected(Layer):
    """The base.

    Args:
      filters: how many outputs a place has. kernel_size, strides: of the windows. padding: `valid`, or `same` where
        `implementation` is 2 or 3. data_format: `channels_last` or `channels_first`.
      activation, use_bias, kernel_initializer, bias_initializer, kernel_regularizer, bias_regularizer,
        activity_regularizer, kernel_constraint, bias_constraint: as of `Dense`.
      implementation: how it is computed and the kernel laid out: 1, windows as rows; 2, a matrix of all inputs by all
        outputs, zero where they are not connected; 3, a sparse one.
    Raises: ValueError for other settings, or extents that are not known.
    Source: keras.layers of TensorFlow 1.15.
    """

    _rank = 2

    def __init__(
        self, filters: int, kernel_size: Any, strides: Any = 1, padding: str = "valid", data_format: str | None = None,
        activation: Any = None, use_bias: bool = True, kernel_initializer: Any = "glorot_uniform",
        bias_initializer: Any = "zeros", kernel_regularizer: Any = None, bias_regularizer: Any = None,
        activity_regularizer: Any = None, kernel_constraint: Any = None, bias_constraint: Any = None,
        implementation: int = 1, **kwargs: Any,
    ) -> None:  # fmt: skip
        super().__init__(activity_regularizer=activity_regularizer, **kwargs)
        self.filters, self.use_bias, self.implementation = filters, use_bias, implementation
        self.kernel_size = per_axis(kernel_size, self._rank, "kernel_size")
        self.strides = per_axis(strides, self._rank, "strides")
        self.padding = padding_of(padding)
        if self.padding != "valid" and implementation == 1:
            raise ValueError(
                f'Invalid border mode for {type(self).__name__} (only "valid" is supported if implementation is 1): '
                f"{padding}"
            )
        self.data_format = data_format or state.image_data_format()
        self.activation = activations.get(activation)
        self.kernel_initializer, self.bias_initializer = (
            initializers.get(kernel_initializer), initializers.get(bias_initializer),
        )  # fmt: skip
        self.kernel_regularizer, self.bias_regularizer = (
            regularizers.get(kernel_regularizer), regularizers.get(bias_regularizer),
        )  # fmt: skip
        self.kernel_constraint, self.bias_constraint = (
            constraints.get(kernel_constraint), constraints.get(bias_constraint),
        )  # fmt: skip
        self.input_spec = InputSpec(ndim=self._rank + 2)

    @property
    def _first(self) -> bool:
        return self.data_format == "channels_first"

    def _split(self, shape: Any) -> tuple[list[Any], Any]:
        """The extents of space and the channels of a shape."""
        extents = TensorShape(shape).as_list()
        return (extents[2:], extents[1]) if self._first else (extents[1:-1], extents[-1])

    def _counts(self, space: Any) -> list[Any]:
        """How many windows there are along each axis."""
        return [
            window_count(extent, size, self.padding, stride)
            for extent, size, stride in zip(space, self.kernel_size, self.strides)
        ]

    def build(self, input_shape: Any) -> None:
        """Make kernel and bias. Raises: ValueError if an extent is not known."""
        space, channels = self._split(input_shape)
        if None in space or channels is None:
            raise ValueError(
                f"The spatial dimensions of the inputs to  a {type(self).__name__} layer should be fully-defined, but "
                f"layer received the inputs shape {TensorShape(input_shape)}"
            )
        self._space, self._places = space, self._counts(space)
        self._in_channels = int(channels)
        if self.implementation == 1:
            size = int(np.prod(self.kernel_size)) * self._in_channels
            shape: Any = [int(np.prod(self._places)), size, self.filters]
        elif self.implementation == 2:
            before, after = [*space], [*self._places]
            shape = (
                [self._in_channels, *before, self.filters, *after]
                if self._first
                else [*before, self._in_channels, *after, self.filters]
            )
            self.kernel_mask = self._mask()
        elif self.implementation == 3:
            self._pairs = np.array(sorted(self._connected()), np.int64)
            shape = [len(self._pairs)]
        else:
            raise ValueError(f"Unrecognized implementation mode: {self.implementation}.")
        self.kernel = self.add_weight(
            "kernel", shape, None, self.kernel_initializer, self.kernel_regularizer, True, self.kernel_constraint
        )
        self.bias = None
        if self.use_bias:
            self.bias = self.add_weight(
                "bias", [*self._places, self.filters], None, self.bias_initializer, self.bias_regularizer, True,
                self.bias_constraint,
            )  # fmt: skip
        self.built = True

    def _reached(self) -> Any:
        """For each output's place, the places of the inputs in its window."""
        for place in itertools.product(*(range(count) for count in self._places)):
            spans = []
            for axis, at in enumerate(place):
                size, start = self.kernel_size[axis], at * self.strides[axis]
                if self.padding == "same":
                    start -= size // 2
                stop = start + size
                spans.append(range(max(0, start), min(self._space[axis], stop)))
            yield place, itertools.product(*spans)

    def _mask(self) -> Any:
        """1 where an input and an output are connected, of the kernel's axes."""
        mask = np.zeros([*self._space, *self._places])
        for place, sources in self._reached():
            for source in sources:
                where = (*source, *place)
                mask[where] = 1.0
        rank = self._rank
        if self._first:
            return np.expand_dims(np.expand_dims(mask, rank), 0)
        return np.expand_dims(np.expand_dims(mask, rank), -1)

    def _connected(self) -> Any:
        """The pairs of the numbers of an output and of an input that are connected."""
        inputs, outputs = [*self._space], [*self._places]
        whole_in = [self._in_channels, *inputs] if self._first else [*inputs, self._in_channels]
        whole_out = [self.filters, *outputs] if self._first else [*outputs, self.filters]
        for place, sources in self._reached():
            for source in sources:
                for c, f in itertools.product(range(self._in_channels), range(self.filters)):
                    start = (c, *source) if self._first else (*source, c)
                    end = (f, *place) if self._first else (*place, f)
                    yield int(np.ravel_multi_index(end, whole_out)), int(np.ravel_multi_index(start, whole_in))

    def call(self, inputs: Any) -> Any:  # type: ignore[override]
        """Return the outputs."""
        if self.implementation == 1:
            outputs = local_conv(
                inputs, self.kernel, self.kernel_size, self.strides, self._places, self.data_format
            )  # fmt: skip
        else:
            shape = [self.filters, *self._places] if self._first else [*self._places, self.filters]
            size_in, size_out = int(np.prod(self._space)) * self._in_channels, int(np.prod(shape))
            flat = reshape(inputs, [-1, size_in])
            if self.implementation == 2:
                kernel = self.kernel * constant(self.kernel_mask, self.kernel.dtype.base_dtype)
                found = matmul(flat, reshape(kernel, [size_in, size_out]))
            else:
                sparse = SparseTensor(self._pairs, self.kernel.value(), [size_out, size_in])
                found = transpose(sparse_tensor_dense_matmul(sparse, flat, adjoint_b=True))
            outputs = reshape(found, [-1, *shape])
        if self.bias is not None:
            outputs = images.bias_add(outputs, self.bias, self.data_format)
        return self.activation(outputs)

    def compute_output_shape(self, input_shape: Any) -> TensorShape:
        """The shape of the outputs."""
        space, _ = self._split(input_shape)
        counts, batch = self._counts(space), TensorShape(input_shape).as_list()[0]
        return TensorShape([batch, self.filters, *counts] if self._first else [batch, *counts, self.filters])

    def get_config(self) -> dict[str, Any]:
        """The arguments that make the same layer."""
        return {
            **super().get_config(), "filters": self.filters, "kernel_size": self.kernel_size, "strides": self.strides,
            "padding": self.padding, "data_format": self.data_format,
            "activation": activations.serialize(self.activation), "use_bias": self.use_bias,
            "kernel_initializer": initializers.serialize(self.kernel_initializer),
            "bias_initializer": initializers.serialize(self.bias_initializer),
            "kernel_regularizer": regularizers.serialize(self.kernel_regularizer),
            "bias_regularizer": regularizers.serialize(self.bias_regularizer),
            "activity_regularizer": regularizers.serialize(self._activity_regularizer),
            "kernel_constraint": constraints.serialize(self.kernel_constraint),
            "bias_constraint": constraints.serialize(self.bias_constraint), "implementation": self.implementation,
        }  # fmt: skip


class LocallyConnected1D(_LocallyConnected):
    """A convolution of sequences whose kernel is another at each step. Args, Raises: see the base."""

    _rank = 1


class LocallyConnected2D(_LocallyConnected):
    """A convolution of images whose kernel is another at each place. Args, Raises: see the base."""
