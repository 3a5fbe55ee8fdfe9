"""Layers that pad, crop and repeat sequences and images."""

from __future__ import annotations

from typing import Any

from ....ops.types.tensor_shape import TensorShape
from .. import state
from ..layer import InputSpec, Layer
from ..operations import concat, constant, name_scope, pad, reshape, shape_of, split


def _pairs(value: Any, rank: int, name: str) -> tuple[tuple[int, int], ...]:
    """For each axis of space what is before and after. Raises: ValueError."""
    if isinstance(value, int):
        return ((value, value),) * rank
    if rank == 1:
        return ((int(value[0]), int(value[1])),)
    if len(value) != rank:
        raise ValueError(f"`{name}` should have {rank} elements. Found: {value}")
    return tuple((part, part) if isinstance(part, int) else (int(part[0]), int(part[1])) for part in value)


class _Spatial(Layer):
    """The base: what changes the axes of space.

    Args:
      data_format: `channels_last` or `channels_first`.
    """

    _rank = 2

    def __init__(self, data_format: str | None = None, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.data_format = data_format or ("channels_last" if self._rank == 1 else state.image_data_format())
        self.input_spec = InputSpec(ndim=self._rank + 2)

    @property
    def _first(self) -> int:
        return 1 if self.data_format == "channels_last" else 2

    def _extent(self, extent: int, axis: int) -> int:
        raise NotImplementedError

    def compute_output_shape(self, input_shape: Any) -> TensorShape:
        """The shape of the outputs."""
        extents: list[Any] = TensorShape(input_shape).as_list()
        for axis in range(self._rank):
            place = self._first + axis
            if extents[place] is not None:
                extents[place] = self._extent(extents[place], axis)
        return TensorShape(extents)

    def _configured(self, **more: Any) -> dict[str, Any]:
        config = {**super().get_config(), **more}
        return config if self._rank == 1 else {**config, "data_format": self.data_format}


class ZeroPadding2D(_Spatial):
    """Zeros around images.

    Args:
      padding: how many: a number, one for each axis, or a pair for each.
    """

    def __init__(self, padding: Any = 1, data_format: str | None = None, **kwargs: Any) -> None:
        super().__init__(data_format, **kwargs)
        self.padding = _pairs(padding, self._rank, "padding")

    def _extent(self, extent: int, axis: int) -> int:
        return extent + sum(self.padding[axis])

    def call(self, inputs: Any) -> Any:  # type: ignore[override]
        """Return the padded inputs."""
        amounts = [[0, 0] for _ in range(self._rank + 2)]
        for axis, pair in enumerate(self.padding):
            amounts[self._first + axis] = list(pair)
        return pad(inputs, amounts)

    def get_config(self) -> dict[str, Any]:
        """The arguments that make the same layer."""
        return self._configured(padding=self.padding if self._rank > 1 else self.padding[0])


class ZeroPadding1D(ZeroPadding2D):
    """Zeros around sequences. Args: padding: a number, or a pair."""

    _rank = 1

    def __init__(self, padding: Any = 1, **kwargs: Any) -> None:
        super().__init__(padding, None, **kwargs)


class ZeroPadding3D(ZeroPadding2D):
    """Zeros around volumes. Args: padding: a number, one for each axis, or a pair for each."""

    _rank = 3


class Cropping2D(_Spatial):
    """Images without their borders.

    Args:
      cropping: how wide the borders are: a number, one for each axis, or a pair for each.
    """

    def __init__(self, cropping: Any = 0, data_format: str | None = None, **kwargs: Any) -> None:
        super().__init__(data_format, **kwargs)
        self.cropping = _pairs(cropping, self._rank, "cropping")

    def _extent(self, extent: int, axis: int) -> int:
        return extent - sum(self.cropping[axis])

    def call(self, inputs: Any) -> Any:  # type: ignore[override]
        """Return the inner part."""
        places: list[Any] = [slice(None)] * (self._rank + 2)
        for axis, (before, after) in enumerate(self.cropping):
            places[self._first + axis] = slice(before, -after if after else None)
        return inputs[tuple(places)]

    def get_config(self) -> dict[str, Any]:
        """The arguments that make the same layer."""
        return self._configured(cropping=self.cropping if self._rank > 1 else self.cropping[0])


class Cropping1D(Cropping2D):
    """Sequences without their ends. Args: cropping: a number, or a pair."""

    _rank = 1

    def __init__(self, cropping: Any = (1, 1), **kwargs: Any) -> None:
        super().__init__(cropping, None, **kwargs)


class Cropping3D(Cropping2D):
    """Volumes without their borders. Args: cropping: a number, one for each axis, or a pair for each."""

    _rank = 3

    def __init__(self, cropping: Any = ((1, 1), (1, 1), (1, 1)), data_format: str | None = None, **kwargs: Any) -> None:
        super().__init__(cropping, data_format, **kwargs)


class UpSampling2D(_Spatial):
    """Images whose rows and columns are repeated, or interpolated.

    Args:
      size: how often: a number, or one for each axis.
      interpolation: `nearest` or `bilinear`.
    """

    def __init__(
        self, size: Any = (2, 2), data_format: str | None = None, interpolation: str = "nearest", **kwargs: Any
    ) -> None:
        super().__init__(data_format, **kwargs)
        if interpolation not in ("nearest", "bilinear"):
            raise ValueError('`interpolation` argument should be one of `"nearest"` or `"bilinear"`.')
        self.size = (size,) * self._rank if isinstance(size, int) else tuple(size)
        self.interpolation = interpolation

    def _extent(self, extent: int, axis: int) -> int:
        return extent * self.size[axis]

    def call(self, inputs: Any) -> Any:  # type: ignore[override]
        """Return the larger images."""
        from ....ops.families.images.geometry import resize_images_v2, resize_nearest_neighbor
        from ..operations import transpose

        first = self.data_format == "channels_first"
        images = transpose(inputs, [0, 2, 3, 1]) if first else inputs
        extents = images.shape.as_list()
        size = shape_of(images)[1:3] * constant(list(self.size))
        if self.interpolation == "nearest":
            with name_scope("resize"):
                result = resize_nearest_neighbor(images, size)
        else:  # between the centers of pixels, as TensorFlow 2 does it
            result = resize_images_v2(images, size, "bilinear")
        space = [None if n is None else n * factor for n, factor in zip(extents[1:3], self.size)]
        result.set_shape([extents[0], *space, extents[3]])
        return transpose(result, [0, 3, 1, 2]) if first else result

    def get_config(self) -> dict[str, Any]:
        """The arguments that make the same layer."""
        return self._configured(size=self.size, interpolation=self.interpolation)


class UpSampling1D(_Spatial):
    """Sequences whose steps are repeated.

    Args:
      size: how often.
    """

    _rank = 1

    def __init__(self, size: int = 2, **kwargs: Any) -> None:
        super().__init__(None, **kwargs)
        self.size = int(size)

    def _extent(self, extent: int, axis: int) -> int:
        return extent * self.size

    def call(self, inputs: Any) -> Any:  # type: ignore[override]
        """Return the longer sequences."""
        return repeat_elements(inputs, self.size, axis=1)

    def get_config(self) -> dict[str, Any]:
        """The arguments that make the same layer."""
        return self._configured(size=self.size)


class UpSampling3D(_Spatial):
    """Volumes whose planes, rows and columns are repeated.

    Args:
      size: how often: a number, or one for each axis.
    """

    _rank = 3

    def __init__(self, size: Any = (2, 2, 2), data_format: str | None = None, **kwargs: Any) -> None:
        super().__init__(data_format, **kwargs)
        self.size = (size,) * 3 if isinstance(size, int) else tuple(size)

    def _extent(self, extent: int, axis: int) -> int:
        return extent * int(self.size[axis])

    def call(self, inputs: Any) -> Any:  # type: ignore[override]
        """Return the larger volumes."""
        depth, height, width = self.size
        return resize_volumes(inputs, depth, height, width, self.data_format)

    def get_config(self) -> dict[str, Any]:
        """The arguments that make the same layer."""
        return self._configured(size=self.size)


def resize_volumes(x: Any, depth_factor: int, height_factor: int, width_factor: int, data_format: str) -> Any:
    """Return volumes whose planes, rows and columns are repeated.

    Args:
      x: the volumes; depth_factor, height_factor, width_factor: how often; data_format: as of `UpSampling3D`.
    Raises: ValueError for another format.
    """
    if data_format not in ("channels_last", "channels_first"):
        raise ValueError(f"Invalid data_format: {data_format}")
    first = 1 if data_format == "channels_last" else 2
    for axis, factor in enumerate((depth_factor, height_factor, width_factor)):
        x = repeat_elements(x, factor, first + axis)
    return x


def repeat_elements(x: Any, rep: int, axis: int) -> Any:
    """Return a tensor whose elements along an axis are each repeated.

    Args:
      x: the tensor; rep: how often; axis: the axis, of known extent or not.
    """
    extent = x.shape.as_list()[axis]
    if extent is not None:
        parts = split(x, num_or_size_splits=extent, axis=axis)
        return concat([part for part in parts for _ in range(rep)], axis)
    from ..operations import expand_dims, tile

    rank = x.shape.ndims
    axis %= rank
    repeated = tile(expand_dims(x, axis + 1), [rep if place == axis + 1 else 1 for place in range(rank + 1)])
    dynamic = shape_of(x)
    result = reshape(repeated, [dynamic[place] * (rep if place == axis else 1) for place in range(rank)])
    result.set_shape([None if place == axis else n for place, n in enumerate(x.shape.as_list())])
    return result
