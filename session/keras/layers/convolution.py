"""Convolution layers."""

from __future__ import annotations

from typing import Any, Final

from ....ops.library.layers import convolution as plain
from ....ops.library.layers.windows import format_of, padding_of, per_axis, window_count
from ....ops.types.tensor_shape import TensorShape
from .. import state
from ..arguments import by_place
from ..functions import activations, constraints, initializers, regularizers
from ..layer import InputSpec, Layer
from ..operations import bias_add
from .core import variable_config, weight_config


def _settings(layer: str, kwargs: dict[str, Any], kernel: str = "kernel") -> dict[str, Any]:
    """The arguments of the plain layer, with functions for names."""
    found = dict(kwargs)
    found["activation"] = activations.get(kwargs.get("activation"))
    for part, default in ((kernel, "glorot_uniform"), ("bias", "zeros")):
        found[f"{part}_initializer"] = initializers.get(kwargs.get(f"{part}_initializer", default))
        found[f"{part}_regularizer"] = regularizers.get(kwargs.get(f"{part}_regularizer"))
        found[f"{part}_constraint"] = constraints.get(kwargs.get(f"{part}_constraint"))
    found["activity_regularizer"] = regularizers.get(kwargs.get("activity_regularizer"))
    return found


class _Convolution(Layer):
    """What convolution layers have in common. The arguments are those of `tf.layers`, functions may be named."""

    def get_config(self) -> dict[str, Any]:
        """The arguments that make the same layer."""
        own: Any = self
        config = {
            **super().get_config(), "filters": own.filters, "kernel_size": tuple(own.kernel_size),
            "strides": tuple(own.strides), "padding": own.padding, "data_format": own.data_format,
            **weight_config(own),
        }  # fmt: skip
        if not hasattr(own, "output_padding"):
            config["dilation_rate"] = tuple(own.dilation_rate)
        if hasattr(own, "depth_multiplier"):
            config["depth_multiplier"] = own.depth_multiplier
            config["kernel_initializer"] = initializers.serialize(
                initializers.get("glorot_uniform")
            )  # it has no kernel
            config |= {**variable_config("depthwise", own._depthwise), **variable_config("pointwise", own._pointwise)}
        return config


_AFTER: Final = (
    "activation=None use_bias=True kernel_initializer=glorot_uniform bias_initializer=zeros kernel_regularizer=None "
    "bias_regularizer=None activity_regularizer=None kernel_constraint=None bias_constraint=None"
)
_SEPARABLE: Final = (
    "activation=None use_bias=True depthwise_initializer=glorot_uniform pointwise_initializer=glorot_uniform "
    "bias_initializer=zeros depthwise_regularizer=None pointwise_regularizer=None bias_regularizer=None "
    "activity_regularizer=None depthwise_constraint=None pointwise_constraint=None bias_constraint=None"
)


class Conv1D(plain.Conv1D, _Convolution):
    """Convolution of sequences."""

    @by_place(_AFTER)
    def __init__(
        self, filters: int, kernel_size: Any, strides: Any = 1, padding: str = "valid",
        data_format: str = "channels_last", dilation_rate: Any = 1, **kwargs: Any,
    ) -> None:  # fmt: skip
        super().__init__(
            filters, kernel_size, strides=strides, padding=padding, data_format=data_format,
            dilation_rate=dilation_rate, **_settings("conv1d", kwargs),
        )  # fmt: skip


class Conv2D(plain.Conv2D, _Convolution):
    """Convolution of images."""

    @by_place(_AFTER.partition(" ")[2])
    def __init__(
        self, filters: int, kernel_size: Any, strides: Any = (1, 1), padding: str = "valid",
        data_format: str | None = None, dilation_rate: Any = (1, 1), activation: Any = None, **kwargs: Any,
    ) -> None:  # fmt: skip
        super().__init__(
            filters, kernel_size, strides=strides, padding=padding,
            data_format=data_format or state.image_data_format(), dilation_rate=dilation_rate,
            **_settings("conv2d", {**kwargs, "activation": activation}),
        )  # fmt: skip


class Conv3D(plain.Conv3D, _Convolution):
    """Convolution of volumes."""

    @by_place(_AFTER)
    def __init__(
        self, filters: int, kernel_size: Any, strides: Any = (1, 1, 1), padding: str = "valid",
        data_format: str | None = None, dilation_rate: Any = (1, 1, 1), **kwargs: Any,
    ) -> None:  # fmt: skip
        super().__init__(
            filters, kernel_size, strides=strides, padding=padding,
            data_format=data_format or state.image_data_format(), dilation_rate=dilation_rate,
            **_settings("conv3d", kwargs),
        )  # fmt: skip


class Conv2DTranspose(plain.Conv2DTranspose, _Convolution):
    """The gradient of a convolution of images by its input, as a layer."""

    @by_place(f"dilation_rate=(1,1) {_AFTER}")
    def __init__(
        self, filters: int, kernel_size: Any, strides: Any = (1, 1), padding: str = "valid",
        output_padding: Any = None, data_format: str | None = None, **kwargs: Any,
    ) -> None:  # fmt: skip
        if output_padding is not None:
            raise NotImplementedError("Conv2DTranspose: output_padding is not built.")
        kwargs.pop("dilation_rate", None)
        self.output_padding = None
        super().__init__(
            filters, kernel_size, strides=strides, padding=padding,
            data_format=data_format or state.image_data_format(), **_settings("conv2d_transpose", kwargs),
        )  # fmt: skip


class Conv3DTranspose(plain.Conv3DTranspose, _Convolution):
    """The gradient of a convolution of volumes by its input, as a layer."""

    @by_place(_AFTER)
    def __init__(
        self, filters: int, kernel_size: Any, strides: Any = (1, 1, 1), padding: str = "valid",
        output_padding: Any = None, data_format: str | None = None, **kwargs: Any,
    ) -> None:  # fmt: skip
        if output_padding is not None:
            raise NotImplementedError("Conv3DTranspose: output_padding is not built.")
        self.output_padding = None
        super().__init__(
            filters, kernel_size, strides=strides, padding=padding,
            data_format=data_format or state.image_data_format(), **_settings("conv3d_transpose", kwargs),
        )  # fmt: skip


def _drop_unused(kwargs: dict[str, Any]) -> None:
    """Take out what these layers take and do not use, as Keras's: settings of a kernel, which is none of theirs."""
    for part, functions in (("initializer", initializers), ("regularizer", regularizers), ("constraint", constraints)):
        functions.get(kwargs.pop(f"kernel_{part}", None))  # an unknown name is refused


def _separable_settings(layer: str, kwargs: dict[str, Any]) -> dict[str, Any]:
    """The arguments of the plain separable layer, with functions for names."""
    kwargs = dict(kwargs)
    _drop_unused(kwargs)
    found = _settings(layer, kwargs, "depthwise")
    found["pointwise_initializer"] = initializers.get(kwargs.get("pointwise_initializer", "glorot_uniform"))
    found["pointwise_regularizer"] = regularizers.get(kwargs.get("pointwise_regularizer"))
    found["pointwise_constraint"] = constraints.get(kwargs.get("pointwise_constraint"))
    return found


class SeparableConv1D(plain.SeparableConv1D, _Convolution):
    """A convolution of each channel of sequences, then one of the channels of each place."""

    @by_place(_SEPARABLE)
    def __init__(
        self, filters: int, kernel_size: Any, strides: Any = 1, padding: str = "valid",
        data_format: str | None = None, dilation_rate: Any = 1, depth_multiplier: int = 1, **kwargs: Any,
    ) -> None:  # fmt: skip
        super().__init__(
            filters, kernel_size, strides=strides, padding=padding,
            data_format=data_format or state.image_data_format(), dilation_rate=dilation_rate,
            depth_multiplier=depth_multiplier, **_separable_settings("separable_conv1d", kwargs),
        )  # fmt: skip


class SeparableConv2D(plain.SeparableConv2D, _Convolution):
    """A convolution of each channel, then one of the channels of each place."""

    @by_place(_SEPARABLE)
    def __init__(
        self, filters: int, kernel_size: Any, strides: Any = (1, 1), padding: str = "valid",
        data_format: str | None = None, dilation_rate: Any = (1, 1), depth_multiplier: int = 1, **kwargs: Any,
    ) -> None:  # fmt: skip
        super().__init__(
            filters, kernel_size, strides=strides, padding=padding,
            data_format=data_format or state.image_data_format(), dilation_rate=dilation_rate,
            depth_multiplier=depth_multiplier, **_separable_settings("separable_conv2d", kwargs),
        )  # fmt: skip


class DepthwiseConv2D(Layer):
    """A convolution of each channel by itself.

    Args:
      kernel_size, strides, padding, data_format: as of `Conv2D`.
      depth_multiplier: how many outputs a channel has.
      activation, use_bias, depthwise_initializer, bias_initializer, depthwise_regularizer, bias_regularizer,
        activity_regularizer, depthwise_constraint, bias_constraint: as of `Dense`.
      dilation_rate: as of `Conv2D`, by name.
      kernel_initializer, kernel_regularizer, kernel_constraint: taken by name, and not used.
    """

    def __init__(
        self, kernel_size: Any, strides: Any = (1, 1), padding: str = "valid", depth_multiplier: int = 1,
        data_format: str | None = None, activation: Any = None, use_bias: bool = True,
        depthwise_initializer: Any = "glorot_uniform", bias_initializer: Any = "zeros",
        depthwise_regularizer: Any = None, bias_regularizer: Any = None, activity_regularizer: Any = None,
        depthwise_constraint: Any = None, bias_constraint: Any = None, **kwargs: Any,
    ) -> None:  # fmt: skip
        _drop_unused(kwargs)
        self.dilation_rate = per_axis(kwargs.pop("dilation_rate", (1, 1)), 2, "dilation_rate")
        super().__init__(activity_regularizer=regularizers.get(activity_regularizer), **kwargs)
        self.kernel_size = per_axis(kernel_size, 2, "kernel_size")
        self.strides = per_axis(strides, 2, "strides")
        self.padding = padding_of(padding)
        self.depth_multiplier, self.use_bias = depth_multiplier, use_bias
        self.data_format = data_format or state.image_data_format()
        self.activation = activations.get(activation)
        self._kernel = (
            initializers.get(depthwise_initializer), regularizers.get(depthwise_regularizer), True,
            constraints.get(depthwise_constraint),
        )  # fmt: skip
        self._bias = (
            initializers.get(bias_initializer), regularizers.get(bias_regularizer), True,
            constraints.get(bias_constraint),
        )  # fmt: skip
        self.input_spec = InputSpec(ndim=4)

    def build(self, input_shape: Any) -> None:
        """Make kernel and bias."""
        channels: Any = TensorShape(input_shape).as_list()[3 if self.data_format == "channels_last" else 1]
        shape = [*self.kernel_size, channels, self.depth_multiplier]
        self.depthwise_kernel = self.add_weight("depthwise_kernel", shape, None, *self._kernel)
        self.bias = None
        if self.use_bias:
            self.bias = self.add_weight("bias", [channels * self.depth_multiplier], None, *self._bias)
        self.built = True

    def call(self, inputs: Any) -> Any:  # type: ignore[override]
        """Return the outputs."""
        from ....ops.families.nn.convolution.depthwise.functions import depthwise_conv2d

        last = self.data_format == "channels_last"
        strides = [1, *self.strides, 1] if last else [1, 1, *self.strides]
        form = format_of(self.data_format, 2)
        outputs = depthwise_conv2d(
            inputs, self.depthwise_kernel, strides=strides, padding=self.padding.upper(), rate=self.dilation_rate,
            data_format=form,
        )  # fmt: skip
        if self.bias is not None:
            outputs = bias_add(outputs, self.bias, data_format=form)
        return self.activation(outputs)

    def get_config(self) -> dict[str, Any]:
        """The arguments that make the same layer."""
        return {
            **super().get_config(), "kernel_size": self.kernel_size, "strides": self.strides, "padding": self.padding,
            "data_format": self.data_format, "dilation_rate": self.dilation_rate, "use_bias": self.use_bias,
            "depth_multiplier": self.depth_multiplier, "activation": activations.serialize(self.activation),
            "activity_regularizer": regularizers.serialize(self._activity_regularizer),
            **variable_config("depthwise", self._kernel), **variable_config("bias", self._bias),
        }  # fmt: skip

    def compute_output_shape(self, input_shape: Any) -> TensorShape:
        """The shape of the outputs."""
        extents: list[Any] = TensorShape(input_shape).as_list()
        last = self.data_format == "channels_last"
        space = extents[1:3] if last else extents[2:]
        counts = [
            window_count(extent, size, self.padding, stride, rate)
            for extent, size, stride, rate in zip(space, self.kernel_size, self.strides, self.dilation_rate)
        ]
        channels = extents[3 if last else 1] * self.depth_multiplier
        return TensorShape([extents[0], *counts, channels] if last else [extents[0], channels, *counts])


Convolution1D = Conv1D
Convolution2D = Conv2D
Convolution3D = Conv3D
Convolution2DTranspose = Conv2DTranspose
SeparableConvolution2D = SeparableConv2D
Convolution3DTranspose = Conv3DTranspose
SeparableConvolution1D = SeparableConv1D
