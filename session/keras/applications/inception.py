"""Inception V3 (Szegedy et al., 2015), and Inception with residual connections (Szegedy et al., 2016)."""

from __future__ import annotations

from typing import Any

from ..layers import core, merging
from ..layers import pooling as pools
from . import building

_V3 = building.Weights(
    "https://github.com/fchollet/deep-learning-models/releases/download/v0.5",
    "inception_v3_weights_tf_dim_ordering_tf_kernels{end}.h5",
    ("9a0d58056eeedaa3f26cb7ebd46da564", "bcbd6486424b2319ff4ef7d526e38f63"),
)
_RESIDUAL = building.Weights(
    "https://github.com/fchollet/deep-learning-models/releases/download/v0.7",
    "inception_resnet_v2_weights_tf_dim_ordering_tf_kernels{end}.h5",
    ("e693bd0210a403b3192acc6073ad2e96", "d19885ff4a710c122648d3b5c3b684e4"),
)
Step = tuple[int, Any]  # how many filters of which size


def _conv(x: Any, filters: int, size: Any, strides: int = 1, padding: str = "same") -> Any:
    """A convolution, normalized and rectified."""
    x = building.conv(x, filters, size, None, strides, padding)
    return building.relu(building.norm(x, scale=False))


def _run(x: Any, *steps: Step) -> Any:
    """Convolutions one after the other."""
    for filters, size in steps:
        x = _conv(x, filters, size)
    return x


def _means(x: Any) -> Any:
    return pools.AveragePooling2D(3, strides=1, padding="same")(x)


def _joined(branches: list[Any], name: str | None = None) -> Any:
    return merging.Concatenate(axis=building.channel_axis(), name=name)(branches)


def _stem(images: Any) -> Any:
    x = _conv(images, 32, 3, 2, "valid")
    x = _conv(_conv(x, 32, 3, padding="valid"), 64, 3)
    x = pools.MaxPooling2D(3, strides=2)(x)
    x = _conv(_conv(x, 80, 1, padding="valid"), 192, 3, padding="valid")
    return pools.MaxPooling2D(3, strides=2)(x)


def _first_mix(x: Any, filters: int, of_means: int, name: str) -> Any:
    """The module of the first stage: windows of 1, 5, and twice 3, and means."""
    branches = [_run(x, (filters, 1)), _run(x, (48, 1), (64, 5)), _run(x, (64, 1), (96, 3), (96, 3))]
    return _joined([*branches, _run(_means(x), (of_means, 1))], name)


def _second_mix(x: Any, filters: int, name: str) -> Any:
    """The module of the second stage: windows of 7 by 1 and 1 by 7."""
    row, column = (1, 7), (7, 1)
    branches = [
        _run(x, (192, 1)),
        _run(x, (filters, 1), (filters, row), (192, column)),
        _run(x, (filters, 1), (filters, column), (filters, row), (filters, column), (192, row)),
        _run(_means(x), (192, 1)),
    ]
    return _joined(branches, name)


def _third_mix(x: Any, number: int) -> Any:
    """The module of the third stage: windows of 1 by 3 beside 3 by 1."""
    plain = _run(x, (320, 1))
    once = _run(x, (384, 1))
    once = _joined([_run(once, (384, (1, 3))), _run(once, (384, (3, 1)))], f"mixed9_{number}")
    twice = _run(x, (448, 1), (384, 3))
    twice = _joined([_run(twice, (384, (1, 3))), _run(twice, (384, (3, 1)))])
    return _joined([plain, once, twice, _run(_means(x), (192, 1))], f"mixed{9 + number}")


def _mixed(x: Any) -> Any:
    """All modules of Inception V3."""
    for number, of_means in enumerate((32, 64, 64)):
        x = _first_mix(x, 64, of_means, f"mixed{number}")
    small = _conv(x, 384, 3, 2, "valid")
    large = _conv(_run(x, (64, 1), (96, 3)), 96, 3, 2, "valid")
    x = _joined([small, large, pools.MaxPooling2D(3, strides=2)(x)], "mixed3")
    for number, filters in enumerate((128, 160, 160, 192), 4):
        x = _second_mix(x, filters, f"mixed{number}")
    small = _conv(_run(x, (192, 1)), 320, 3, 2, "valid")
    large = _conv(_run(x, (192, 1), (192, (1, 7)), (192, (7, 1))), 192, 3, 2, "valid")
    x = _joined([small, large, pools.MaxPooling2D(3, strides=2)(x)], "mixed8")
    return _third_mix(_third_mix(x, 0), 1)


def _ended(x: Any, include_top: bool, pooling: str | None, classes: int) -> Any:
    if not include_top:
        return building.reduced(x, pooling)
    x = pools.GlobalAveragePooling2D(name="avg_pool")(x)
    return core.Dense(classes, activation="softmax", name="predictions")(x)


def InceptionV3(
    include_top: bool = True, weights: Any = "imagenet", input_tensor: Any = None, input_shape: Any = None,
    pooling: str | None = None, classes: int = 1000, **kwargs: Any,
) -> Any:  # fmt: skip
    """Return Inception V3; its images are 299 x 299 x 3. Args, Raises: see `VGG16`."""
    building.check(weights, include_top, classes)
    shape = building.shape_of_input(input_shape, 299, 75, include_top, weights)
    images = building.images_of(input_tensor, shape)
    x = _ended(_mixed(_stem(images)), include_top, pooling, classes)
    return building.finished(images, x, "inception_v3", input_tensor, weights, _V3, include_top)


_RESIDUAL_RUNS: dict[str, tuple[tuple[Step, ...], ...]] = {
    "block35": (((32, 1),), ((32, 1), (32, 3)), ((32, 1), (48, 3), (64, 3))),
    "block17": (((192, 1),), ((128, 1), (160, (1, 7)), (192, (7, 1)))),
    "block8": (((192, 1),), ((192, 1), (224, (1, 3)), (256, (3, 1)))),
}


def _added(parts: Any, scale: float) -> Any:
    return parts[0] + parts[1] * scale


def _residual(x: Any, kind: str, number: int, scale: float, is_rectified: bool = True) -> Any:
    """A module of which a share is added to what it was given."""
    name = f"{kind}_{number}"
    channels = x.shape.as_list()[building.channel_axis()]
    mixed = _joined([_run(x, *steps) for steps in _RESIDUAL_RUNS[kind]], f"{name}_mixed")
    change = building.conv(mixed, channels, 1, f"{name}_conv", use_bias=True)
    layer = core.Lambda(_added, output_shape=x.shape.as_list()[1:], arguments={"scale": scale}, name=name)
    x = layer([x, change])
    return building.relu(x, f"{name}_ac") if is_rectified else x


def _residuals(x: Any) -> Any:
    """All modules of Inception with residual connections."""
    branches = [_run(x, (96, 1)), _run(x, (48, 1), (64, 5)), _run(x, (64, 1), (96, 3), (96, 3))]
    x = _joined([*branches, _run(_means(x), (64, 1))], "mixed_5b")
    for number in range(1, 11):
        x = _residual(x, "block35", number, 0.17)
    small = _conv(x, 384, 3, 2, "valid")
    large = _conv(_run(x, (256, 1), (256, 3)), 384, 3, 2, "valid")
    x = _joined([small, large, pools.MaxPooling2D(3, strides=2)(x)], "mixed_6a")
    for number in range(1, 21):
        x = _residual(x, "block17", number, 0.1)
    branches = [
        _conv(_run(x, (256, 1)), 384, 3, 2, "valid"),
        _conv(_run(x, (256, 1)), 288, 3, 2, "valid"),
        _conv(_run(x, (256, 1), (288, 3)), 320, 3, 2, "valid"),
    ]
    x = _joined([*branches, pools.MaxPooling2D(3, strides=2)(x)], "mixed_7a")
    for number in range(1, 10):
        x = _residual(x, "block8", number, 0.2)
    x = _residual(x, "block8", 10, 1.0, is_rectified=False)
    x = building.conv(x, 1536, 1, "conv_7b")
    return building.relu(building.norm(x, "conv_7b_bn", scale=False), "conv_7b_ac")


def InceptionResNetV2(
    include_top: bool = True, weights: Any = "imagenet", input_tensor: Any = None, input_shape: Any = None,
    pooling: str | None = None, classes: int = 1000, **kwargs: Any,
) -> Any:  # fmt: skip
    """Return Inception with residual connections; its images are 299 x 299 x 3. Args, Raises: see `VGG16`."""
    building.check(weights, include_top, classes)
    shape = building.shape_of_input(input_shape, 299, 75, include_top, weights)
    images = building.images_of(input_tensor, shape)
    x = _ended(_residuals(_stem(images)), include_top, pooling, classes)
    return building.finished(images, x, "inception_resnet_v2", input_tensor, weights, _RESIDUAL, include_top)
