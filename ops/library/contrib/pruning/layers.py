"""Layers and cells whose weights have masks."""

from __future__ import annotations

from functools import partial
from typing import Any

from ....building.convert import convert_to_tensor
from ....families.nn.activations import relu
from ....families.random.initializers import Ones, Zeros
from ...layers.convolution import Conv1D, Conv2D, Conv3D
from ...layers.dense import Dense
from ...recurrent.cells import BasicLSTMCell, LSTMCell
from ..framework.arg_scope import add_arg_scope
from ..layers.common import applied, collect_outputs, finished, layer_scope, options
from ..layers.dense import XAVIER, ZEROS
from .masks import masked


class _MaskedKernel:
    """What layers with a kernel have to do with its mask."""

    _masked: Any = None
    _mask_first = False  # whether the mask is made before the kernel, as TensorFlow's convolutions do

    def add_weight(self, name: str, shape: Any, *args: Any, **kwargs: Any) -> Any:
        """Make a variable; with the kernel its mask, the threshold and their product."""
        make = super().add_weight  # type: ignore[misc]
        if name != "kernel":
            return make(name, shape, *args, **kwargs)
        mask = self._mask(make, shape) if self._mask_first else None
        kernel = make(name, shape, *args, **kwargs)
        mask = self._mask(make, shape) if mask is None else mask
        threshold = make("threshold", [], None, Zeros(), trainable=False)
        self._masked = masked(kernel, mask, threshold)
        return kernel

    @staticmethod
    def _mask(make: Any, shape: Any) -> Any:
        return make("mask", shape, None, Ones(), trainable=False)

    def call(self, inputs: Any) -> Any:
        """Return what the layer gives with masked weights."""
        kernel, self.kernel = self.kernel, self._masked  # type: ignore[has-type]
        try:
            return super().call(inputs)  # type: ignore[misc]
        finally:
            self.kernel = kernel


class MaskedFullyConnected(_MaskedKernel, Dense):  # type: ignore[misc]
    """`layers.Dense` whose kernel has a mask."""


class MaskedConv1D(_MaskedKernel, Conv1D):  # type: ignore[misc]
    """`layers.Conv1D` whose kernel has a mask."""

    _mask_first = True


class MaskedConv2D(_MaskedKernel, Conv2D):  # type: ignore[misc]
    """`layers.Conv2D` whose kernel has a mask."""

    _mask_first = True


class MaskedConv3D(_MaskedKernel, Conv3D):  # type: ignore[misc]
    """`layers.Conv3D` whose kernel has a mask."""

    _mask_first = True


_CONVOLUTIONS = {3: MaskedConv1D, 4: MaskedConv2D, 5: MaskedConv3D}


@add_arg_scope
def masked_convolution(
    inputs: Any, num_outputs: int, kernel_size: Any, stride: Any = 1, padding: str = "SAME",
    data_format: str | None = None, rate: Any = 1, activation_fn: Any = relu, normalizer_fn: Any = None,
    normalizer_params: Any = None, weights_initializer: Any = XAVIER, weights_regularizer: Any = None,
    biases_initializer: Any = ZEROS, biases_regularizer: Any = None, reuse: Any = None,
    variables_collections: Any = None, outputs_collections: Any = None, trainable: bool = True, scope: Any = None,
) -> Any:  # fmt: skip
    """`contrib.layers.convolution` whose weights have a mask.

    Args: as of `contrib.layers.convolution`.
    Raises: ValueError for a format with other axes than the last for channels, or inputs of another rank.
    """
    if data_format not in (None, "NWC", "NHWC", "NDHWC"):
        raise ValueError(f"masked_convolution: data_format is {data_format!r}; channels must be last, as in 'NHWC'.")
    with layer_scope(scope, "Conv", inputs, reuse) as opened:
        inputs = convert_to_tensor(inputs)
        rank = inputs.shape.ndims
        if rank not in _CONVOLUTIONS:
            raise ValueError(f"Convolution not supported for input with rank {rank}")
        layer = _CONVOLUTIONS[rank](
            num_outputs, kernel_size, strides=stride, padding=padding, data_format="channels_last",
            dilation_rate=rate, kernel_initializer=weights_initializer, kernel_regularizer=weights_regularizer,
            **options(opened, inputs, reuse, trainable, normalizer_fn, biases_initializer, biases_regularizer),
        )  # fmt: skip
        outputs = applied(layer, inputs, variables_collections)
        outputs = finished(outputs, normalizer_fn, normalizer_params, activation_fn)
        return collect_outputs(outputs_collections, opened, outputs)


masked_conv2d = masked_convolution


@add_arg_scope
def masked_fully_connected(
    inputs: Any, num_outputs: int, activation_fn: Any = relu, normalizer_fn: Any = None, normalizer_params: Any = None,
    weights_initializer: Any = XAVIER, weights_regularizer: Any = None, biases_initializer: Any = ZEROS,
    biases_regularizer: Any = None, reuse: Any = None, variables_collections: Any = None,
    outputs_collections: Any = None, trainable: bool = True, scope: Any = None,
) -> Any:  # fmt: skip
    """`contrib.layers.fully_connected` whose weights have a mask.

    Args: as of `contrib.layers.fully_connected`.
    Raises: ValueError if `num_outputs` is no integer, or the inputs have fewer than two dimensions.
    """
    if not hasattr(num_outputs, "__index__"):
        raise ValueError(f"num_outputs type should be one of int, got {type(num_outputs)}.")
    with layer_scope(scope, "fully_connected", inputs, reuse) as opened:
        inputs = convert_to_tensor(inputs)
        layer = MaskedFullyConnected(
            int(num_outputs), kernel_initializer=weights_initializer, kernel_regularizer=weights_regularizer,
            **options(opened, inputs, reuse, trainable, normalizer_fn, biases_initializer, biases_regularizer),
        )  # fmt: skip
        outputs = applied(layer, inputs, variables_collections)
        outputs = finished(outputs, normalizer_fn, normalizer_params, activation_fn)
        return collect_outputs(outputs_collections, opened, outputs)


class _MaskedCell:
    """What cells have to do with the mask of their kernel."""

    def build(self, inputs_shape: Any) -> None:
        """Make the cell's variables, the mask and the threshold."""
        super().build(inputs_shape)  # type: ignore[misc]
        make = partial(self.add_weight, trainable=False)  # type: ignore[attr-defined]
        mask = make("mask", shape=self._kernel.shape, initializer=Ones())  # type: ignore[has-type]
        threshold = make("threshold", shape=[], initializer=Zeros())
        self._masked_kernel = masked(self._kernel, mask, threshold)  # type: ignore[has-type]

    def call(self, inputs: Any, state: Any) -> Any:
        """Return output and state."""
        kernel, self._kernel = self._kernel, self._masked_kernel  # type: ignore[has-type]
        try:
            return super().call(inputs, state)  # type: ignore[misc]
        finally:
            self._kernel = kernel


class MaskedBasicLSTMCell(_MaskedCell, BasicLSTMCell):  # type: ignore[misc]
    """`BasicLSTMCell` whose kernel has a mask."""


class MaskedLSTMCell(_MaskedCell, LSTMCell):  # type: ignore[misc]
    """`LSTMCell` whose kernel has a mask; its projection has none."""
