"""VGG16 and VGG19 (Simonyan, Zisserman, 2014)."""

from __future__ import annotations

from typing import Any

from ..layers import core, pooling
from . import building

_ORIGIN = "https://github.com/fchollet/deep-learning-models/releases/download/v0.1"
_FILTERS = (64, 128, 256, 512, 512)
_FILE = "_weights_tf_dim_ordering_tf_kernels{end}.h5"
_HASHES = {
    "vgg16": ("64373286793e3c8b2b4e3219cbf3544b", "6d6bbae143d832006294945121d1f1fc"),
    "vgg19": ("cbe5617147190e668d6c5d5026f83318", "253f8cb515780f3b799900260a226db6"),
}


def _vgg(
    name: str, counts: tuple[int, ...], include_top: bool, weights: Any, input_tensor: Any, input_shape: Any,
    pool: str | None, classes: int,
) -> Any:  # fmt: skip
    building.check(weights, include_top, classes)
    shape = building.shape_of_input(input_shape, 224, 32, include_top, weights)
    images = x = building.images_of(input_tensor, shape)
    for block, (filters, count) in enumerate(zip(_FILTERS, counts), 1):
        for number in range(1, count + 1):
            x = building.conv(x, filters, 3, f"block{block}_conv{number}", use_bias=True, activation="relu")
        x = pooling.MaxPooling2D(2, strides=2, name=f"block{block}_pool")(x)
    if include_top:
        x = core.Flatten(name="flatten")(x)
        x = core.Dense(4096, activation="relu", name="fc1")(x)
        x = core.Dense(4096, activation="relu", name="fc2")(x)
        x = core.Dense(classes, activation="softmax", name="predictions")(x)
    else:
        x = building.reduced(x, pool)
    learnt = building.Weights(_ORIGIN, name + _FILE, _HASHES[name])
    return building.finished(images, x, name, input_tensor, weights, learnt, include_top)


def VGG16(
    include_top: bool = True, weights: Any = "imagenet", input_tensor: Any = None, input_shape: Any = None,
    pooling: str | None = None, classes: int = 1000,
) -> Any:  # fmt: skip
    """Return the network of 16 layers.

    Args:
      include_top: whether it ends in classes; else in features. weights: `imagenet`, None (as they begin) or a file.
      input_tensor: what images are. input_shape: of one, by default 224 x 224 x 3.
      pooling: of features: `avg`, `max` or
        None. classes: how many.
    Raises: ValueError for other weights or shapes; FileNotFoundError if weights are not there and cannot be fetched.
    """
    return _vgg("vgg16", (2, 2, 3, 3, 3), include_top, weights, input_tensor, input_shape, pooling, classes)


def VGG19(
    include_top: bool = True, weights: Any = "imagenet", input_tensor: Any = None, input_shape: Any = None,
    pooling: str | None = None, classes: int = 1000,
) -> Any:  # fmt: skip
    """Return the network of 19 layers. Args, Raises: see `VGG16`."""
    return _vgg("vgg19", (2, 2, 4, 4, 4), include_top, weights, input_tensor, input_shape, pooling, classes)
