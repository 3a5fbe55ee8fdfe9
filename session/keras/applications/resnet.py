"""Residual networks (He et al., 2015), and those of version 2 that normalize first (He et al., 2016)."""

from __future__ import annotations

from typing import Any

from ..layers import core, merging, resizing
from ..layers import pooling as pools
from . import building

_ORIGIN = "https://github.com/keras-team/keras-applications/releases/download/resnet"
_FILE = "_weights_tf_dim_ordering_tf_kernels{end}.h5"
_HASHES = {
    "resnet50": ("2cb95161c43110f7111970584f804107", "4d473c1dd8becc155b73f8504c6f6626"),
    "resnet101": ("f1aeb4b969a6efcfb50fad2f0c20cfc5", "88cf7a10940856eca736dc7b7e228a21"),
    "resnet152": ("100835be76be38e30d865e96f2aaae62", "ee4c566cf9a93f14d82f913c2dc6dd0c"),
    "resnet50v2": ("3ef43a0b657b3be2300d5770ece849e0", "fac2f116257151a9d068a22e544a4917"),
    "resnet101v2": ("6343647c601c52e1368623803854d971", "c0ed64b8031c3730f411d2eb4eea35b5"),
    "resnet152v2": ("a49b44d1979771252814e80f8ec446f9", "ed17cf2e0169df9d443503ef94b23b33"),
}
_COUNTS = {"50": (3, 4, 6, 3), "101": (3, 4, 23, 3), "152": (3, 8, 36, 3)}
_FILTERS = (64, 128, 256, 512)


def _norm(x: Any, name: str) -> Any:
    return building.norm(x, name, epsilon=1.001e-5)


def _conv(
    x: Any, filters: int, size: int, name: str, strides: int = 1, padding: str = "valid", bias: bool = True
) -> Any:
    return building.conv(x, filters, size, name, strides, padding, bias)


def _block(x: Any, filters: int, name: str, stride: int = 1, is_first: bool = False) -> Any:
    """A residual block of version 1; the first one of a stack projects what goes by."""
    beside = x
    if is_first:
        beside = _norm(_conv(x, 4 * filters, 1, f"{name}_0_conv", stride), f"{name}_0_bn")
    x = building.relu(_norm(_conv(x, filters, 1, f"{name}_1_conv", stride), f"{name}_1_bn"), f"{name}_1_relu")
    x = _norm(_conv(x, filters, 3, f"{name}_2_conv", padding="same"), f"{name}_2_bn")
    x = building.relu(x, f"{name}_2_relu")
    x = _norm(_conv(x, 4 * filters, 1, f"{name}_3_conv"), f"{name}_3_bn")
    return building.relu(merging.Add(name=f"{name}_add")([beside, x]), f"{name}_out")


def _block_v2(x: Any, filters: int, name: str, stride: int = 1, is_first: bool = False) -> Any:
    """A residual block of version 2."""
    before = building.relu(_norm(x, f"{name}_preact_bn"), f"{name}_preact_relu")
    if is_first:
        beside = _conv(before, 4 * filters, 1, f"{name}_0_conv", stride)
    else:
        beside = pools.MaxPooling2D(1, strides=stride)(x) if stride > 1 else x
    x = _conv(before, filters, 1, f"{name}_1_conv", bias=False)
    x = building.relu(_norm(x, f"{name}_1_bn"), f"{name}_1_relu")
    x = resizing.ZeroPadding2D(1, name=f"{name}_2_pad")(x)
    x = _conv(x, filters, 3, f"{name}_2_conv", stride, bias=False)
    x = building.relu(_norm(x, f"{name}_2_bn"), f"{name}_2_relu")
    return merging.Add(name=f"{name}_out")([beside, _conv(x, 4 * filters, 1, f"{name}_3_conv")])


def _stacks(x: Any, counts: tuple[int, ...], second: bool) -> Any:
    """All blocks; version 1 halves the extents in the first block of a stack, version 2 in the last one before it."""
    for stack, (filters, count) in enumerate(zip(_FILTERS, counts), 2):
        for number in range(1, count + 1):
            name, is_first = f"conv{stack}_block{number}", number == 1
            if second:
                x = _block_v2(x, filters, name, 2 if number == count and stack < 5 else 1, is_first)
            else:
                x = _block(x, filters, name, 2 if is_first and stack > 2 else 1, is_first)
    return x


def _resnet(
    name: str, include_top: bool, weights: Any, input_tensor: Any, input_shape: Any, pooling: str | None, classes: int
) -> Any:
    building.check(weights, include_top, classes)
    second = name.endswith("v2")
    shape = building.shape_of_input(input_shape, 224, 32, include_top, weights)
    images = building.images_of(input_tensor, shape)
    x = resizing.ZeroPadding2D(3, name="conv1_pad")(images)
    x = _conv(x, 64, 7, "conv1_conv", 2)
    if not second:
        x = building.relu(_norm(x, "conv1_bn"), "conv1_relu")
    x = resizing.ZeroPadding2D(1, name="pool1_pad")(x)
    x = pools.MaxPooling2D(3, strides=2, name="pool1_pool")(x)
    x = _stacks(x, _COUNTS[name.removeprefix("resnet").removesuffix("v2")], second)
    if second:
        x = building.relu(_norm(x, "post_bn"), "post_relu")
    if include_top:
        x = pools.GlobalAveragePooling2D(name="avg_pool")(x)
        x = core.Dense(classes, activation="softmax", name="probs")(x)
    else:
        x = building.reduced(x, pooling, ("avg_pool", "max_pool"))
    learnt = building.Weights(_ORIGIN, name + _FILE, _HASHES[name])
    return building.finished(images, x, name, input_tensor, weights, learnt, include_top)


def _network(name: str, words: str) -> Any:
    def build(
        include_top: bool = True, weights: Any = "imagenet", input_tensor: Any = None, input_shape: Any = None,
        pooling: str | None = None, classes: int = 1000, **kwargs: Any,
    ) -> Any:  # fmt: skip
        return _resnet(name, include_top, weights, input_tensor, input_shape, pooling, classes)

    build.__doc__ = f"Return {words}. Args, Raises: see `VGG16`."
    build.__name__ = build.__qualname__ = name.replace("resnet", "ResNet").replace("v2", "V2")
    return build


ResNet50 = _network("resnet50", "the residual network of 50 layers")
ResNet101 = _network("resnet101", "the residual network of 101 layers")
ResNet152 = _network("resnet152", "the residual network of 152 layers")
ResNet50V2 = _network("resnet50v2", "the residual network of 50 layers, version 2")
ResNet101V2 = _network("resnet101v2", "the residual network of 101 layers, version 2")
ResNet152V2 = _network("resnet152v2", "the residual network of 152 layers, version 2")
