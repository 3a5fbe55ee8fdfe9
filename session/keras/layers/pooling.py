"""Pooling layers."""

from __future__ import annotations

from typing import Any

from ....ops.library.layers import pooling as plain
from ....ops.types.tensor_shape import TensorShape
from .. import state
from ..layer import InputSpec, Layer
from ..operations import reduce_max, reduce_mean


class _Pooling(Layer):
    """What pooling layers have in common."""

    def get_config(self) -> dict[str, Any]:
        """The arguments that make the same layer."""
        own: Any = self
        return {
            **super().get_config(), "pool_size": tuple(own.pool_size), "strides": tuple(own.strides),
            "padding": own.padding, "data_format": own.data_format,
        }  # fmt: skip


def _pooling(base: Any, rank: int, words: str) -> Any:
    """A pooling layer of Keras made of a plain one."""

    def initialize(
        self: Any, pool_size: Any = 2, strides: Any = None, padding: str = "valid", data_format: str | None = None,
        **kwargs: Any,
    ) -> None:  # fmt: skip
        strides = pool_size if strides is None else strides
        default = "channels_last" if rank == 1 else state.image_data_format()
        name = kwargs.pop("name", None)
        base.__init__(self, pool_size, strides, padding, data_format or default, name, **kwargs)

    space = {"__init__": initialize, "__doc__": words, "__module__": __name__}
    return type(base.__name__, (base, _Pooling), space)


MaxPooling1D = _pooling(plain.MaxPooling1D, 1, "The largest of each window of a sequence.")
MaxPooling2D = _pooling(plain.MaxPooling2D, 2, "The largest of each window of an image.")
MaxPooling3D = _pooling(plain.MaxPooling3D, 3, "The largest of each window of a volume.")
AveragePooling1D = _pooling(plain.AveragePooling1D, 1, "The mean of each window of a sequence.")
AveragePooling2D = _pooling(plain.AveragePooling2D, 2, "The mean of each window of an image.")
AveragePooling3D = _pooling(plain.AveragePooling3D, 3, "The mean of each window of a volume.")


class _Global(Layer):
    """One value of each channel.

    Args:
      data_format: `channels_last` or `channels_first`.
    """

    _rank = 2
    _reduce = staticmethod(reduce_mean)

    def __init__(self, data_format: str | None = None, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        default = "channels_last" if self._rank == 1 else state.image_data_format()
        self.data_format = data_format or default
        self.input_spec = InputSpec(ndim=self._rank + 2)

    def call(self, inputs: Any) -> Any:  # type: ignore[override]
        """Return the value of each channel."""
        first = 1 if self.data_format == "channels_last" else 2
        axes = list(range(first, first + self._rank))
        return type(self)._reduce(inputs, axis=axes if len(axes) > 1 else axes[0])

    def compute_output_shape(self, input_shape: Any) -> TensorShape:
        """Two extents."""
        extents = TensorShape(input_shape).as_list()
        return TensorShape([extents[0], extents[-1 if self.data_format == "channels_last" else 1]])

    def get_config(self) -> dict[str, Any]:
        """The arguments that make the same layer."""
        return {**super().get_config(), "data_format": self.data_format}


class GlobalAveragePooling1D(_Global):
    """The mean of each channel of a sequence; of masked steps none."""

    _rank = 1

    def __init__(self, data_format: str = "channels_last", **kwargs: Any) -> None:
        super().__init__(data_format, **kwargs)
        self.supports_masking = True

    def call(self, inputs: Any, mask: Any = None) -> Any:  # type: ignore[override]
        """Return the mean of each channel."""
        if mask is None:
            return super().call(inputs)
        from ..operations import cast, expand_dims, reduce_sum

        axis = 1 if self.data_format == "channels_last" else 2
        kept = expand_dims(cast(mask, inputs.dtype), 2 if axis == 1 else 1)
        return reduce_sum(inputs * kept, axis=axis) / reduce_sum(kept, axis=axis)

    def compute_mask(self, inputs: Any, mask: Any = None) -> Any:
        """No mask: there are no steps any more."""
        return None


class GlobalAveragePooling2D(_Global):
    """The mean of each channel of an image."""


class GlobalAveragePooling3D(_Global):
    """The mean of each channel of a volume."""

    _rank = 3


class GlobalMaxPooling1D(_Global):
    """The largest of each channel of a sequence."""

    _rank = 1
    _reduce = staticmethod(reduce_max)


class GlobalMaxPooling2D(_Global):
    """The largest of each channel of an image."""

    _reduce = staticmethod(reduce_max)


class GlobalMaxPooling3D(_Global):
    """The largest of each channel of a volume."""

    _rank = 3
    _reduce = staticmethod(reduce_max)


MaxPool1D, MaxPool2D, MaxPool3D = MaxPooling1D, MaxPooling2D, MaxPooling3D
AvgPool1D, AvgPool2D, AvgPool3D = AveragePooling1D, AveragePooling2D, AveragePooling3D
GlobalAvgPool1D, GlobalAvgPool2D, GlobalAvgPool3D = (
    GlobalAveragePooling1D, GlobalAveragePooling2D, GlobalAveragePooling3D,
)  # fmt: skip
GlobalMaxPool1D, GlobalMaxPool2D, GlobalMaxPool3D = GlobalMaxPooling1D, GlobalMaxPooling2D, GlobalMaxPooling3D
