"""Xception (Chollet, 2016)."""

from __future__ import annotations

from typing import Any

from ..layers import convolution, core, merging
from ..layers import pooling as pools
from . import building

_LEARNT = building.Weights(
    "https://github.com/fchollet/deep-learning-models/releases/download/v0.4",
    "xception_weights_tf_dim_ordering_tf_kernels{end}.h5",
    ("0a58e3b7378bc2990ea3b43d5981f1f6", "b0042744bf5b25fce3cb969f33bebb97"),
)


def _separable(x: Any, filters: int, name: str) -> Any:
    x = convolution.SeparableConv2D(filters, 3, padding="same", use_bias=False, name=name)(x)
    return building.norm(x, f"{name}_bn")


def _halving(x: Any, name: str, filters: tuple[int, int], begins_rectified: bool = True) -> Any:
    """Two convolutions and pooling, with a projection beside them."""
    beside = building.norm(building.conv(x, filters[1], 1, strides=2))
    if begins_rectified:
        x = building.relu(x, f"{name}_sepconv1_act")
    x = _separable(x, filters[0], f"{name}_sepconv1")
    x = _separable(building.relu(x, f"{name}_sepconv2_act"), filters[1], f"{name}_sepconv2")
    x = pools.MaxPooling2D(3, strides=2, padding="same", name=f"{name}_pool")(x)
    return merging.Add()([x, beside])


def Xception(
    include_top: bool = True, weights: Any = "imagenet", input_tensor: Any = None, input_shape: Any = None,
    pooling: str | None = None, classes: int = 1000, **kwargs: Any,
) -> Any:  # fmt: skip
    """Return the network of separable convolutions; its images are 299 x 299 x 3. Args, Raises: see `VGG16`."""
    building.check(weights, include_top, classes)
    shape = building.shape_of_input(input_shape, 299, 71, include_top, weights)
    images = building.images_of(input_tensor, shape)
    x = building.conv(images, 32, 3, "block1_conv1", 2, "valid")
    x = building.relu(building.norm(x, "block1_conv1_bn"), "block1_conv1_act")
    x = building.conv(x, 64, 3, "block1_conv2", padding="valid")
    x = building.relu(building.norm(x, "block1_conv2_bn"), "block1_conv2_act")
    x = _halving(x, "block2", (128, 128), begins_rectified=False)
    x = _halving(x, "block3", (256, 256))
    x = _halving(x, "block4", (728, 728))
    for block in range(5, 13):
        beside = x
        for number in (1, 2, 3):
            name = f"block{block}_sepconv{number}"
            x = _separable(building.relu(x, f"{name}_act"), 728, name)
        x = merging.Add()([x, beside])
    x = _halving(x, "block13", (728, 1024))
    for number, filters in ((1, 1536), (2, 2048)):
        name = f"block14_sepconv{number}"
        x = building.relu(_separable(x, filters, name), f"{name}_act")
    if include_top:
        x = pools.GlobalAveragePooling2D(name="avg_pool")(x)
        x = core.Dense(classes, activation="softmax", name="predictions")(x)
    else:
        x = building.reduced(x, pooling)
    return building.finished(images, x, "xception", input_tensor, weights, _LEARNT, include_top)
