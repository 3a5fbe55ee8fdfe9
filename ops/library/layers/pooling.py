"""Pooling layers of one to three dimensions."""

from __future__ import annotations

from typing import Any

from ...families.arrays.reshaping import expand_dims, squeeze
from ...families.nn.convolution import pooling as nn_pooling
from ...types.tensor_shape import TensorShape
from .layer import InputSpec, Layer, extents_of
from .windows import format_of, padding_of, per_axis, space_axes, window_count


class _Pooling(Layer):
    """The largest or the mean of each window.

    Args:
      rank: how many axes of space there are.
      pool_size, strides: an integer, or one per axis of space; by default windows do not overlap.
      padding: "valid" or "same".
      data_format: "channels_last" or "channels_first".
    """

    _largest = True

    def __init__(
        self,
        rank: int,
        pool_size: Any,
        strides: Any = None,
        padding: str = "valid",
        data_format: str = "channels_last",
        name: str | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(name=name, **kwargs)
        self.rank = rank
        self.pool_size = per_axis(pool_size, rank, "pool_size")
        self.strides = per_axis(pool_size if strides is None else strides, rank, "strides")
        self.padding = padding_of(padding)
        self.data_format = data_format
        self._format = format_of(data_format, rank)
        self.input_spec = InputSpec(ndim=rank + 2)

    def call(self, inputs: Any, **kwargs: Any) -> Any:
        """Return the pooled inputs."""
        padding = self.padding.upper()
        if self.rank == 3:
            volumes = nn_pooling.max_pool3d if self._largest else nn_pooling.avg_pool3d
            return volumes(inputs, self._whole(self.pool_size), self._whole(self.strides), padding, self._format)
        images = nn_pooling.max_pool if self._largest else nn_pooling.avg_pool
        if self.rank == 2:
            return images(inputs, self._whole(self.pool_size), self._whole(self.strides), padding, self._format)
        axis = 2 if self.data_format == "channels_last" else 3
        sizes, strides = self._whole((*self.pool_size, 1)), self._whole((*self.strides, 1))
        pooled = images(expand_dims(inputs, axis), sizes, strides, padding, format_of(self.data_format, 2))
        return squeeze(pooled, [axis])

    def _whole(self, numbers: Any) -> list[int]:
        return [1, *numbers, 1] if self.data_format == "channels_last" else [1, 1, *numbers]

    def compute_output_shape(self, input_shape: Any) -> TensorShape:
        """The shape of the outputs."""
        extents = extents_of(input_shape)
        for number, axis in enumerate(space_axes(self.data_format, self.rank)):
            extents[axis] = window_count(extents[axis], self.pool_size[number], self.padding, self.strides[number])
        return TensorShape(extents)


def _layer(class_name: str, rank: int, largest: bool) -> type[_Pooling]:
    def initialize(
        self: Any,
        pool_size: Any,
        strides: Any,
        padding: str = "valid",
        data_format: str = "channels_last",
        name: str | None = None,
        **kwargs: Any,
    ) -> None:
        _Pooling.__init__(self, rank, pool_size, strides, padding, data_format, name, **kwargs)

    what = "The largest" if largest else "The mean"
    doc = f"{what} of each window over {rank} axes of space; arguments as `_Pooling` says."
    members = {"__init__": initialize, "_largest": largest, "__doc__": doc, "__module__": __name__}
    return type(class_name, (_Pooling,), members)


MaxPooling1D, MaxPooling2D, MaxPooling3D = (_layer(f"MaxPooling{rank}D", rank, True) for rank in (1, 2, 3))
AveragePooling1D, AveragePooling2D, AveragePooling3D = (
    _layer(f"AveragePooling{rank}D", rank, False) for rank in (1, 2, 3)
)
MaxPool1D, MaxPool2D, MaxPool3D = MaxPooling1D, MaxPooling2D, MaxPooling3D
AvgPool1D, AvgPool2D, AvgPool3D = AveragePooling1D, AveragePooling2D, AveragePooling3D


def _function(kind: type[_Pooling], name: str) -> Any:
    def pooled(
        inputs: Any,
        pool_size: Any,
        strides: Any,
        padding: str = "valid",
        data_format: str = "channels_last",
        name: str | None = None,
    ) -> Any:
        return kind(pool_size, strides, padding, data_format, name)(inputs)  # type: ignore[arg-type]

    pooled.__name__ = pooled.__qualname__ = name
    pooled.__doc__ = f"Apply a new `{kind.__name__}` layer; its arguments are those of the layer."
    return pooled


max_pooling1d = _function(MaxPooling1D, "max_pooling1d")
max_pooling2d = _function(MaxPooling2D, "max_pooling2d")
max_pooling3d = _function(MaxPooling3D, "max_pooling3d")
average_pooling1d = _function(AveragePooling1D, "average_pooling1d")
average_pooling2d = _function(AveragePooling2D, "average_pooling2d")
average_pooling3d = _function(AveragePooling3D, "average_pooling3d")
