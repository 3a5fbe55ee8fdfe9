"""Convolution layers of one to three dimensions: plain, separable and transposed."""

from __future__ import annotations

from typing import Any

from ...building.constant import constant
from ...families.arrays.padding import pad
from ...families.arrays.reshaping import expand_dims, squeeze
from ...families.arrays.shape_ops import shape as shape_of
from ...families.arrays.stacking import stack
from ...families.nn.bias import bias_add
from ...families.nn.convolution import convolution as nn_convolution
from ...families.nn.convolution.depthwise.functions import separable_conv2d as nn_separable_conv2d
from ...families.nn.convolution.dilated import with_space_to_batch
from ...families.nn.convolution.transposed import conv2d_transpose as nn_conv2d_transpose
from ...families.nn.convolution.transposed import conv3d_transpose as nn_conv3d_transpose
from ...types.tensor_shape import TensorShape
from .layer import ZEROS, InputSpec, Layer, extents_of
from .named import named
from .windows import channel_axis, format_of, padding_of, per_axis, space_axes, widened_extent, window_count


class Convolution(Layer):
    """What the layers have in common: kernel, bias, activation.

    Args:
      rank: how many axes of space there are.
      filters: how many channels the outputs have.
      kernel_size, strides, dilation_rate: an integer, or one per axis of space.
      padding: "valid" or "same" (of one dimension also "causal").
      data_format: "channels_last" or "channels_first".
      activation: a function of the result, or None.
      use_bias: whether there is a bias.
      The rest as of `Dense`.
    """

    def __init__(
        self,
        rank: int,
        filters: int,
        kernel_size: Any,
        strides: Any = 1,
        padding: str = "valid",
        data_format: str = "channels_last",
        dilation_rate: Any = 1,
        activation: Any = None,
        use_bias: bool = True,
        kernel_initializer: Any = None,
        bias_initializer: Any = ZEROS,
        kernel_regularizer: Any = None,
        bias_regularizer: Any = None,
        activity_regularizer: Any = None,
        kernel_constraint: Any = None,
        bias_constraint: Any = None,
        trainable: bool = True,
        name: str | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(trainable, name, activity_regularizer=activity_regularizer, **kwargs)
        self.rank = rank
        self.filters = filters
        self.kernel_size = per_axis(kernel_size, rank, "kernel_size")
        self.strides = per_axis(strides, rank, "strides")
        self.padding = padding_of(padding, ("valid", "same", "causal") if rank == 1 else ("valid", "same"))
        self.data_format = data_format
        self.dilation_rate = per_axis(dilation_rate, rank, "dilation_rate")
        self.activation = named("activations", activation)
        self.use_bias = use_bias
        self.kernel_initializer, self.bias_initializer = kernel_initializer, bias_initializer
        self.kernel_regularizer, self.bias_regularizer = kernel_regularizer, bias_regularizer
        self.kernel_constraint, self.bias_constraint = kernel_constraint, bias_constraint
        self.kernel: Any = None
        self.bias: Any = None
        self._format = format_of(data_format, rank)
        self.input_spec = InputSpec(ndim=rank + 2)

    def _channels(self, input_shape: Any) -> int:
        channels = extents_of(input_shape)[channel_axis(self.data_format)]
        if channels is None:
            raise ValueError("The channel dimension of the inputs should be defined. Found `None`.")
        self.input_spec = InputSpec(ndim=self.rank + 2, axes={channel_axis(self.data_format): channels})
        return channels

    def _make_bias(self) -> None:
        if self.use_bias:
            self.bias = self.add_weight(
                "bias", [self.filters], None, self.bias_initializer, self.bias_regularizer, True, self.bias_constraint
            )

    def build(self, input_shape: Any) -> None:
        """Make kernel and bias."""
        extents = [*self.kernel_size, self._channels(input_shape), self.filters]
        self.kernel = self.add_weight(
            "kernel", extents, None, self.kernel_initializer, self.kernel_regularizer, True, self.kernel_constraint
        )
        self._make_bias()
        self.built = True

    def call(self, inputs: Any, **kwargs: Any) -> Any:
        """Return the convolution, with bias and activation."""
        is_dilated = any(rate != 1 for rate in self.dilation_rate)
        if not is_dilated:
            constant(list(self.dilation_rate), name="dilation_rate")  # as TensorFlow's layers leave it in the graph
        padding = self.padding.upper()
        if self.padding == "causal":
            before = self.dilation_rate[0] * (self.kernel_size[0] - 1)
            amounts = (
                [[0, 0], [before, 0], [0, 0]] if self.data_format == "channels_last" else [[0, 0], [0, 0], [before, 0]]
            )
            inputs, padding = pad(inputs, amounts), "VALID"
        if not is_dilated:
            return self._finish(self._convolve(inputs, padding))
        if any(stride != 1 for stride in self.strides):
            raise ValueError("strides > 1 not supported in conjunction with dilation_rate > 1")
        outputs = with_space_to_batch(  # as TensorFlow 1 does
            inputs, list(self.dilation_rate), padding, lambda x, count, own: self._convolve(x, own),
            filter_shape=self.kernel.shape, data_format=self._format,
        )  # fmt: skip
        return self._finish(outputs)

    def _convolve(self, inputs: Any, padding: str) -> Any:
        options: dict[str, Any] = {"padding": padding, "data_format": self._format}
        if self.rank == 1:
            return nn_convolution.conv1d(inputs, self.kernel, stride=self.strides[0], name="conv1d", **options)
        function = nn_convolution.conv2d if self.rank == 2 else nn_convolution.conv3d
        strides = self._whole(self.strides)
        return function(inputs, self.kernel, strides=strides, name=f"Conv{self.rank}D", **options)

    def _whole(self, numbers: Any) -> list[int]:
        """Numbers per axis of space, with 1 for batch and channels."""
        return [1, *numbers, 1] if self.data_format == "channels_last" else [1, 1, *numbers]

    def _finish(self, outputs: Any) -> Any:
        if self.use_bias:
            outputs = bias_add(
                outputs, self.bias, data_format="NHWC" if self.data_format == "channels_last" else "NCHW"
            )
        return outputs if self.activation is None else self.activation(outputs)

    def compute_output_shape(self, input_shape: Any) -> TensorShape:
        """The shape of the outputs."""
        extents = extents_of(input_shape)
        for number, axis in enumerate(space_axes(self.data_format, self.rank)):
            extents[axis] = window_count(
                extents[axis], self.kernel_size[number], self.padding, self.strides[number], self.dilation_rate[number]
            )
        extents[channel_axis(self.data_format)] = self.filters
        return TensorShape(extents)


class _Plain(Convolution):
    """A convolution whose class tells the rank. Programs read the names of its arguments: they stand here in full."""

    _RANK: int

    def __init__(
        self,
        filters: int,
        kernel_size: Any,
        strides: Any = 1,
        padding: str = "valid",
        data_format: str = "channels_last",
        dilation_rate: Any = 1,
        activation: Any = None,
        use_bias: bool = True,
        kernel_initializer: Any = None,
        bias_initializer: Any = ZEROS,
        kernel_regularizer: Any = None,
        bias_regularizer: Any = None,
        activity_regularizer: Any = None,
        kernel_constraint: Any = None,
        bias_constraint: Any = None,
        trainable: bool = True,
        name: str | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(
            self._RANK, filters, kernel_size, strides, padding, data_format, dilation_rate, activation, use_bias,
            kernel_initializer, bias_initializer, kernel_regularizer, bias_regularizer, activity_regularizer,
            kernel_constraint, bias_constraint, trainable, name, **kwargs,
        )  # fmt: skip


class Conv1D(_Plain):
    """Convolution over lines: [batch, length, channels]; see `Convolution`."""

    _RANK = 1


class Conv2D(_Plain):
    """Convolution over images: [batch, height, width, channels]; see `Convolution`."""

    _RANK = 2


class Conv3D(_Plain):
    """Convolution over volumes: [batch, depth, height, width, channels]; see `Convolution`."""

    _RANK = 3


class _Separable(Convolution):
    """A convolution of each channel alone, then one that mixes channels at each place."""

    _RANK: int

    def __init__(
        self,
        filters: int,
        kernel_size: Any,
        strides: Any = 1,
        padding: str = "valid",
        data_format: str = "channels_last",
        dilation_rate: Any = 1,
        depth_multiplier: int = 1,
        activation: Any = None,
        use_bias: bool = True,
        depthwise_initializer: Any = None,
        pointwise_initializer: Any = None,
        bias_initializer: Any = ZEROS,
        depthwise_regularizer: Any = None,
        pointwise_regularizer: Any = None,
        bias_regularizer: Any = None,
        activity_regularizer: Any = None,
        depthwise_constraint: Any = None,
        pointwise_constraint: Any = None,
        bias_constraint: Any = None,
        trainable: bool = True,
        name: str | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(
            self._RANK, filters, kernel_size, strides, padding, data_format, dilation_rate, activation, use_bias,
            None, bias_initializer, None, bias_regularizer, activity_regularizer, None, bias_constraint, trainable,
            name, **kwargs,
        )  # fmt: skip
        self.depth_multiplier = depth_multiplier
        self._depthwise = depthwise_initializer, depthwise_regularizer, True, depthwise_constraint
        self._pointwise = pointwise_initializer, pointwise_regularizer, True, pointwise_constraint
        self.depthwise_kernel: Any = None
        self.pointwise_kernel: Any = None

    def build(self, input_shape: Any) -> None:
        """Make both kernels and the bias."""
        channels = self._channels(input_shape)
        depth = [*self.kernel_size, channels, self.depth_multiplier]
        point = [*(1,) * self.rank, channels * self.depth_multiplier, self.filters]
        self.depthwise_kernel = self.add_weight("depthwise_kernel", depth, None, *self._depthwise)
        self.pointwise_kernel = self.add_weight("pointwise_kernel", point, None, *self._pointwise)
        self._make_bias()
        self.built = True


class SeparableConv2D(_Separable):
    """Separable convolution over images. See `Conv2D`.

    Args:
      depth_multiplier: how many channels the first convolution makes of one.
    """

    _RANK = 2

    def call(self, inputs: Any, **kwargs: Any) -> Any:
        """Return both convolutions, with bias and activation."""
        outputs = nn_separable_conv2d(
            inputs, self.depthwise_kernel, self.pointwise_kernel, strides=self._whole(self.strides),
            padding=self.padding.upper(), rate=self.dilation_rate, data_format=self._format,
        )  # fmt: skip
        return self._finish(outputs)


class SeparableConv1D(_Separable):
    """Separable convolution over lines. See `Conv1D` and `SeparableConv2D`."""

    _RANK = 1

    def call(self, inputs: Any, **kwargs: Any) -> Any:
        """Return both convolutions, with bias and activation: those of images one element high."""
        axis = 1 if self.data_format == "channels_last" else 2
        strides = self._whole(self.strides * 2)
        outputs = nn_separable_conv2d(
            expand_dims(inputs, axis), expand_dims(self.depthwise_kernel, 0), expand_dims(self.pointwise_kernel, 0),
            strides=strides, padding=self.padding.upper(), rate=(1, *self.dilation_rate),
            data_format=format_of(self.data_format, 2),
        )  # fmt: skip
        if self.use_bias:
            outputs = bias_add(outputs, self.bias, data_format=format_of(self.data_format, 2))
        outputs = squeeze(outputs, [axis])
        return outputs if self.activation is None else self.activation(outputs)


class _Transposed(Convolution):
    """Transposed convolution: what the gradient of a convolution is."""

    _RANK: int

    def __init__(
        self,
        filters: int,
        kernel_size: Any,
        strides: Any = 1,
        padding: str = "valid",
        data_format: str = "channels_last",
        activation: Any = None,
        use_bias: bool = True,
        kernel_initializer: Any = None,
        bias_initializer: Any = ZEROS,
        kernel_regularizer: Any = None,
        bias_regularizer: Any = None,
        activity_regularizer: Any = None,
        kernel_constraint: Any = None,
        bias_constraint: Any = None,
        trainable: bool = True,
        name: str | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(
            self._RANK, filters, kernel_size, strides, padding, data_format, 1, activation, use_bias,
            kernel_initializer, bias_initializer, kernel_regularizer, bias_regularizer, activity_regularizer,
            kernel_constraint, bias_constraint, trainable, name, **kwargs,
        )  # fmt: skip

    def build(self, input_shape: Any) -> None:
        """Make kernel and bias."""
        extents = [*self.kernel_size, self.filters, self._channels(input_shape)]
        self.kernel = self.add_weight(
            "kernel", extents, None, self.kernel_initializer, self.kernel_regularizer, True, self.kernel_constraint
        )
        self._make_bias()
        self.built = True

    def call(self, inputs: Any, **kwargs: Any) -> Any:
        """Return the transposed convolution, with bias and activation."""
        found = shape_of(inputs)
        whole: list[Any] = [found[0], *(None,) * (self.rank + 1)]
        axes = space_axes(self.data_format, self.rank)
        extents = [found[axis] for axis in axes]  # all of them first, known or not: as TensorFlow makes them
        for axis, extent, size, stride in zip(axes, extents, self.kernel_size, self.strides):
            whole[axis] = extent * stride if self.padding == "same" else extent * stride + max(size - stride, 0)
        whole[channel_axis(self.data_format)] = self.filters
        function = nn_conv2d_transpose if self.rank == 2 else nn_conv3d_transpose
        shape = stack(whole)
        if self.rank == 2:
            shape[0]  # not used, but TensorFlow makes it, and seeds depend on how many operations there are
        outputs = function(
            inputs, self.kernel, shape, strides=self._whole(self.strides), padding=self.padding.upper(),
            data_format=self._format,
        )  # fmt: skip
        outputs.set_shape(self.compute_output_shape(inputs.shape))
        return self._finish(outputs)

    def compute_output_shape(self, input_shape: Any) -> TensorShape:
        """The shape of the outputs."""
        extents = extents_of(input_shape)
        for number, axis in enumerate(space_axes(self.data_format, self.rank)):
            extents[axis] = widened_extent(extents[axis], self.kernel_size[number], self.padding, self.strides[number])
        extents[channel_axis(self.data_format)] = self.filters
        return TensorShape(extents)


class Conv2DTranspose(_Transposed):
    """Transposed convolution over images. See `Conv2D`; it has no dilation."""

    _RANK = 2


class Conv3DTranspose(_Transposed):
    """Transposed convolution over volumes. See `Conv3D`; it has no dilation."""

    _RANK = 3


Convolution1D, Convolution2D, Convolution3D = Conv1D, Conv2D, Conv3D
Convolution2DTranspose, Deconvolution2D = Conv2DTranspose, Conv2DTranspose
Convolution3DTranspose, Deconvolution3D = Conv3DTranspose, Conv3DTranspose
SeparableConvolution1D, SeparableConvolution2D = SeparableConv1D, SeparableConv2D
