"""Densely connected networks (Huang et al., 2016)."""

from __future__ import annotations

from typing import Any

from ..layers import core, merging, resizing
from ..layers import pooling as pools
from . import building

_ORIGIN = "https://github.com/keras-team/keras-applications/releases/download/densenet"
_FILE = "densenet{layers}_weights_tf_dim_ordering_tf_kernels{{end}}.h5"
_HASHES = {
    121: ("9d60b8095a5708f2dcce2bca79d332c7", "30ee3e1110167f948a6b9946edeeb738"),
    169: ("d699b8f76981ab1b30698df4c175e90b", "b8c4d4c20dd625c148057b9ff1c1176b"),
    201: ("1ceb130c1ea1b78c3bf6114dbdfd8807", "c13680b51ded0fb44dff2d8f86ac8bb1"),
}
_COUNTS = {121: (6, 12, 24, 16), 169: (6, 12, 32, 32), 201: (6, 12, 48, 32)}
_GROWTH = 32


def _ready(x: Any, names: tuple[str, str]) -> Any:
    """Normalized and rectified."""
    return building.relu(building.norm(x, names[0], epsilon=1.001e-5), names[1])


def _block(x: Any, name: str) -> Any:
    """Features, and new ones beside them."""
    new = _ready(x, (f"{name}_0_bn", f"{name}_0_relu"))
    new = building.conv(new, 4 * _GROWTH, 1, f"{name}_1_conv", padding="valid")
    new = _ready(new, (f"{name}_1_bn", f"{name}_1_relu"))
    new = building.conv(new, _GROWTH, 3, f"{name}_2_conv")
    return merging.Concatenate(axis=building.channel_axis(), name=f"{name}_concat")([x, new])


def _halved(x: Any, name: str) -> Any:
    """Half the channels, half the extents."""
    channels = x.shape.as_list()[building.channel_axis()]
    x = _ready(x, (f"{name}_bn", f"{name}_relu"))
    x = building.conv(x, channels // 2, 1, f"{name}_conv", padding="valid")
    return pools.AveragePooling2D(2, strides=2, name=f"{name}_pool")(x)


def _densenet(
    layers: int, include_top: bool, weights: Any, input_tensor: Any, input_shape: Any, pooling: str | None, classes: int
) -> Any:
    building.check(weights, include_top, classes)
    shape = building.shape_of_input(input_shape, 224, 32, include_top, weights)
    images = building.images_of(input_tensor, shape)
    x = resizing.ZeroPadding2D(3)(images)
    x = building.conv(x, 64, 7, "conv1/conv", 2, "valid")
    x = resizing.ZeroPadding2D(1)(_ready(x, ("conv1/bn", "conv1/relu")))
    x = pools.MaxPooling2D(3, strides=2, name="pool1")(x)
    for stack, count in enumerate(_COUNTS[layers], 2):
        if stack > 2:
            x = _halved(x, f"pool{stack - 1}")
        for number in range(1, count + 1):
            x = _block(x, f"conv{stack}_block{number}")
    x = _ready(x, ("bn", "relu"))
    if include_top:
        x = pools.GlobalAveragePooling2D(name="avg_pool")(x)
        x = core.Dense(classes, activation="softmax", name="fc1000")(x)
    else:
        x = building.reduced(x, pooling, ("avg_pool", "max_pool"))
    learnt = building.Weights(_ORIGIN, _FILE.format(layers=layers), _HASHES[layers])
    return building.finished(images, x, f"densenet{layers}", input_tensor, weights, learnt, include_top)


def _network(layers: int) -> Any:
    def build(
        include_top: bool = True, weights: Any = "imagenet", input_tensor: Any = None, input_shape: Any = None,
        pooling: str | None = None, classes: int = 1000, **kwargs: Any,
    ) -> Any:  # fmt: skip
        return _densenet(layers, include_top, weights, input_tensor, input_shape, pooling, classes)

    build.__doc__ = f"Return the densely connected network of {layers} layers. Args, Raises: see `VGG16`."
    build.__name__ = build.__qualname__ = f"DenseNet{layers}"
    return build


DenseNet121 = _network(121)
DenseNet169 = _network(169)
DenseNet201 = _network(201)
