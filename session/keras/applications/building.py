"""What all networks share: their inputs, runs of layers, their ends, and where their weights are from."""

from __future__ import annotations

import os
from typing import Any, NamedTuple

from .. import state
from ..layers import activating, convolution, core, inputs, normalization, pooling
from ..models.model import Model
from ..utilities import get_file
from ..walking import get_source_inputs


class Weights(NamedTuple):
    """Files of weights learnt from ImageNet.

    Args:
      origin: the folder they are in. file: the name, `{end}` where it tells whether there is a top.
      ends: what that is with a top and without. hashes: MD5 of both, or none. local: the name in the cache, if another.
    """

    origin: str
    file: str
    hashes: tuple[str | None, str | None] = (None, None)
    ends: tuple[str, str] = ("", "_notop")
    local: str = ""

    def fetch(self, include_top: bool) -> str:
        """Return the path of a file. Raises: FileNotFoundError if it is not there and cannot be fetched."""
        place = 0 if include_top else 1
        file = self.file.format(end=self.ends[place])
        name = self.local.format(end=self.ends[place].replace("-", "_")) if self.local else file
        return get_file(name, f"{self.origin}/{file}", cache_subdir="models", file_hash=self.hashes[place])


def check(weights: Any, include_top: bool, classes: int) -> None:
    """Refuse weights that are none. Raises: ValueError."""
    if weights not in ("imagenet", None) and not os.path.exists(weights):
        raise ValueError(
            "The `weights` argument should be either `None` (random initialization), `imagenet` (pre-training on "
            "ImageNet), or the path to the weights file to be loaded."
        )
    if weights == "imagenet" and include_top and classes != 1000:
        raise ValueError('If using `weights` as `"imagenet"` with `include_top` as true, `classes` should be 1000')


def channels_are_first() -> bool:
    """Whether images have their channels first."""
    return state.image_data_format() == "channels_first"


def channel_axis() -> int:
    """The axis of the channels."""
    return 1 if channels_are_first() else 3


def shape_of_input(
    input_shape: Any, default_size: int, min_size: int, require_flatten: bool, weights: Any = None
) -> tuple[Any, ...]:
    """Return the shape of images.

    Args:
      input_shape: what was asked for, or None. default_size, min_size: of height and width. require_flatten: whether it
      has to be known. weights: `imagenet` wants three channels and, with a top, the default size.
    Raises: ValueError for another shape.
    """
    first = channels_are_first()

    def of(size: Any, channels: int) -> tuple[Any, ...]:
        return (channels, size, size) if first else (size, size, channels)

    default = of(default_size, 3)
    if weights != "imagenet" and input_shape and len(input_shape) == 3:
        default = of(default_size, input_shape[0 if first else -1])
    if weights == "imagenet" and require_flatten:
        if input_shape is not None and tuple(input_shape) != default:
            raise ValueError(
                "When setting `include_top=True` and loading `imagenet` weights, `input_shape` should be "
                f"{default}."
            )  # fmt: skip
        return default
    if not input_shape:
        return default if require_flatten else of(None, 3)
    shape = tuple(input_shape)
    if len(shape) != 3:
        raise ValueError("`input_shape` must be a tuple of three integers.")
    if shape[0 if first else -1] != 3 and weights == "imagenet":
        raise ValueError(f"The input must have 3 channels; got `input_shape={shape}`")
    if any(size is not None and size < min_size for size in (shape[1:] if first else shape[:2])):
        raise ValueError(f"Input size must be at least {min_size}x{min_size}; got `input_shape={shape}`")
    if require_flatten and None in shape:
        raise ValueError(
            f"If `include_top` is True, you should specify a static `input_shape`. Got `input_shape={shape}`"
        )
    return shape


def images_of(input_tensor: Any, shape: Any) -> Any:
    """The tensor a network begins with."""
    if input_tensor is None:
        return inputs.Input(shape=shape)
    if hasattr(input_tensor, "_keras_history"):
        return input_tensor
    return inputs.Input(tensor=input_tensor, shape=shape)


def finished(images: Any, outputs: Any, name: str, input_tensor: Any, weights: Any, learnt: Any, top: bool) -> Any:
    """The model, with its weights.

    Args:
      images, outputs: tensors. name: the model's. input_tensor: what was given. weights: None, `imagenet` or a path.
      learnt: the `Weights` of ImageNet. top: whether it has its top.
    """
    model = Model(images if input_tensor is None else get_source_inputs(input_tensor), outputs, name=name)
    if weights == "imagenet":
        model.load_weights(learnt.fetch(top))
    elif weights is not None:
        model.load_weights(weights)
    return model


# Layers.


def conv(
    x: Any, filters: int, size: Any, name: str | None = None, strides: Any = 1, padding: str = "same",
    use_bias: bool = False, **kwargs: Any,
) -> Any:  # fmt: skip
    """Apply a convolution."""
    layer = convolution.Conv2D(filters, size, strides=strides, padding=padding, use_bias=use_bias, name=name, **kwargs)
    return layer(x)


def norm(x: Any, name: str | None = None, **kwargs: Any) -> Any:
    """Apply a batch normalization along the channels."""
    return normalization.BatchNormalization(axis=channel_axis(), name=name, **kwargs)(x)


def relu(x: Any, name: str | None = None) -> Any:
    """Apply the rectifier."""
    return core.Activation("relu", name=name)(x)


def relu6(x: Any, name: str) -> Any:
    """Apply the rectifier that ends at 6."""
    return activating.ReLU(6.0, name=name)(x)


def reduced(x: Any, how: str | None, names: tuple[str | None, str | None] = (None, None)) -> Any:
    """Features of images: all, or the mean or the largest of each channel."""
    if how == "avg":
        return pooling.GlobalAveragePooling2D(name=names[0])(x)
    if how == "max":
        return pooling.GlobalMaxPooling2D(name=names[1])(x)
    return x


def correct_pad(x: Any, size: int) -> tuple[tuple[int, int], tuple[int, int]]:
    """Zeros before and after rows and columns, with which a window of odd size that moves by two meets all of them."""
    extents = x.shape.as_list()[2:] if channels_are_first() else x.shape.as_list()[1:3]
    half = size // 2
    rows, columns = ((half - (1 if extent is None else 1 - extent % 2), half) for extent in extents)
    return rows, columns
