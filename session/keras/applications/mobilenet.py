"""MobileNet (Howard et al., 2017) and MobileNetV2 (Sandler et al., 2018)."""

from __future__ import annotations

import warnings
from typing import Any

from ..layers import convolution, core, merging, resizing
from ..layers import pooling as pools
from . import building

_ORIGIN = "https://github.com/fchollet/deep-learning-models/releases/download/v0.6"
_ORIGIN_2 = "https://github.com/JonathanCMitchell/mobilenet_v2_keras/releases/download/v1.1"
_BLOCKS = (  # filters and strides
    (64, 1), (128, 2), (128, 1), (256, 2), (256, 1), (512, 2), (512, 1), (512, 1), (512, 1), (512, 1), (512, 1),
    (1024, 2), (1024, 1),
)  # fmt: skip
_BLOCKS_2 = (  # filters, strides, how many
    (24, 2, 2), (32, 2, 3), (64, 2, 4), (96, 1, 3), (160, 2, 3), (320, 1, 1),
)  # fmt: skip


def _default_size(input_shape: Any, sizes: tuple[int, ...]) -> int:
    """Images may have one of several sizes."""
    if input_shape is None:
        return 224
    rows, columns = input_shape[1:] if building.channels_are_first() else input_shape[:2]
    return rows if rows == columns and rows in sizes else 224


def _rows(shape: Any) -> Any:
    return shape[1] if building.channels_are_first() else shape[0]


def _check_learnt(weights: Any, alpha: float, allowed: tuple[float, ...], shape: Any, sizes: tuple[int, ...]) -> Any:
    """The size of images weights are for. Raises: ValueError if there are none for a width."""
    rows = _rows(shape)
    if weights != "imagenet":
        return rows
    if alpha not in allowed:
        names = ", ".join(f"`{value:.2f}`" for value in allowed)
        raise ValueError(f"If imagenet weights are being loaded, alpha can be one of {names} only.")
    columns = shape[2] if building.channels_are_first() else shape[1]
    if rows == columns and rows in sizes:
        return rows
    warnings.warn(
        f"`input_shape` is undefined or non-square, or `rows` is not in {list(sizes)}. Weights for input shape (224, "
        "224) will be loaded as the default.", stacklevel=3,
    )  # fmt: skip
    return 224


def _depthwise(x: Any, strides: int, padding: str, name: str, multiplier: int = 1) -> Any:
    layer = convolution.DepthwiseConv2D(
        3, strides=strides, padding=padding, depth_multiplier=multiplier, use_bias=False, name=name
    )
    return layer(x)


def MobileNet(
    input_shape: Any = None, alpha: float = 1.0, depth_multiplier: int = 1, dropout: float = 1e-3,
    include_top: bool = True, weights: Any = "imagenet", input_tensor: Any = None, pooling: str | None = None,
    classes: int = 1000, **kwargs: Any,
) -> Any:  # fmt: skip
    """Return the network of depthwise convolutions.

    Args:
      alpha: what numbers of filters are multiplied by. depth_multiplier: outputs of each channel of depthwise ones.
      dropout: before the classes. input_shape, include_top, weights, input_tensor, pooling, classes: see `VGG16`.
    Raises: see `VGG16`; ValueError if there are no weights for `alpha` or `depth_multiplier`.
    """
    building.check(weights, include_top, classes)
    sizes = (128, 160, 192, 224)
    shape = building.shape_of_input(input_shape, _default_size(input_shape, sizes), 32, include_top, weights)
    if weights == "imagenet" and depth_multiplier != 1:
        raise ValueError("If imagenet weights are being loaded, depth multiplier must be 1")
    rows = _check_learnt(weights, alpha, (0.25, 0.50, 0.75, 1.0), shape, sizes)
    images = building.images_of(input_tensor, shape)
    x = resizing.ZeroPadding2D(((0, 1), (0, 1)), name="conv1_pad")(images)
    x = building.conv(x, int(32 * alpha), 3, "conv1", 2, "valid")
    x = building.relu6(building.norm(x, "conv1_bn"), "conv1_relu")
    for number, (filters, strides) in enumerate(_BLOCKS, 1):
        padding = "same"
        if strides == 2:
            x, padding = resizing.ZeroPadding2D(((0, 1), (0, 1)), name=f"conv_pad_{number}")(x), "valid"
        x = _depthwise(x, strides, padding, f"conv_dw_{number}", depth_multiplier)
        x = building.relu6(building.norm(x, f"conv_dw_{number}_bn"), f"conv_dw_{number}_relu")
        x = building.conv(x, int(filters * alpha), 1, f"conv_pw_{number}")
        x = building.relu6(building.norm(x, f"conv_pw_{number}_bn"), f"conv_pw_{number}_relu")
    if include_top:
        width = int(1024 * alpha)
        x = pools.GlobalAveragePooling2D()(x)
        x = core.Reshape((width, 1, 1) if building.channels_are_first() else (1, 1, width), name="reshape_1")(x)
        x = core.Dropout(dropout, name="dropout")(x)
        x = building.conv(x, classes, 1, "conv_preds", use_bias=True)
        x = core.Reshape((classes,), name="reshape_2")(x)
        x = core.Activation("softmax", name="act_softmax")(x)
    else:
        x = building.reduced(x, pooling)
    width_name = {1.0: "1_0", 0.75: "7_5", 0.50: "5_0", 0.25: "2_5"}.get(alpha)
    learnt = building.Weights(_ORIGIN, f"mobilenet_{width_name}_{rows}_tf{{end}}.h5", ends=("", "_no_top"))
    return building.finished(
        images, x, f"mobilenet_{alpha:0.2f}_{_rows(shape)}", input_tensor, weights, learnt, include_top
    )


def _divisible(value: float, divisor: int = 8) -> int:
    """A multiple of 8 near a number, not more than a tenth below it."""
    found = max(divisor, int(value + divisor / 2) // divisor * divisor)
    return found + divisor if found < 0.9 * value else found


def _norm_2(x: Any, name: str) -> Any:
    return building.norm(x, name, epsilon=1e-3, momentum=0.999)


def _inverted(x: Any, expansion: int, strides: int, filters: int, block: int) -> Any:
    """A residual block that is wide inside."""
    channels = x.shape.as_list()[building.channel_axis()]
    before, prefix = x, f"block_{block}_" if block else "expanded_conv_"
    if block:
        x = building.conv(x, expansion * channels, 1, f"{prefix}expand")
        x = building.relu6(_norm_2(x, f"{prefix}expand_BN"), f"{prefix}expand_relu")
    if strides == 2:
        x = resizing.ZeroPadding2D(building.correct_pad(x, 3), name=f"{prefix}pad")(x)
    x = _depthwise(x, strides, "same" if strides == 1 else "valid", f"{prefix}depthwise")
    x = building.relu6(_norm_2(x, f"{prefix}depthwise_BN"), f"{prefix}depthwise_relu")
    x = _norm_2(building.conv(x, filters, 1, f"{prefix}project"), f"{prefix}project_BN")
    return merging.Add(name=f"{prefix}add")([before, x]) if channels == filters and strides == 1 else x


def MobileNetV2(
    input_shape: Any = None, alpha: float = 1.0, include_top: bool = True, weights: Any = "imagenet",
    input_tensor: Any = None, pooling: str | None = None, classes: int = 1000, **kwargs: Any,
) -> Any:  # fmt: skip
    """Return the network of inverted residual blocks. Args, Raises: see `MobileNet`."""
    building.check(weights, include_top, classes)
    sizes = (96, 128, 160, 192, 224)
    shape = building.shape_of_input(input_shape, _default_size(input_shape, sizes), 32, include_top, weights)
    rows = _check_learnt(weights, alpha, (0.35, 0.50, 0.75, 1.0, 1.3, 1.4), shape, sizes)
    images = building.images_of(input_tensor, shape)
    x = resizing.ZeroPadding2D(building.correct_pad(images, 3), name="Conv1_pad")(images)
    x = building.conv(x, _divisible(32 * alpha), 3, "Conv1", 2, "valid")
    x = building.relu6(_norm_2(x, "bn_Conv1"), "Conv1_relu")
    x = _inverted(x, 1, 1, _divisible(16 * alpha), 0)
    block = 1
    for filters, strides, count in _BLOCKS_2:
        for number in range(count):
            x = _inverted(x, 6, strides if number == 0 else 1, _divisible(filters * alpha), block)
            block += 1
    x = building.conv(x, _divisible(1280 * alpha) if alpha > 1.0 else 1280, 1, "Conv_1", padding="valid")
    x = building.relu6(_norm_2(x, "Conv_1_bn"), "out_relu")
    if include_top:
        x = pools.GlobalAveragePooling2D()(x)
        x = core.Dense(classes, activation="softmax", name="Logits")(x)
    else:
        x = building.reduced(x, pooling)
    file = f"mobilenet_v2_weights_tf_dim_ordering_tf_kernels_{alpha}_{rows}{{end}}.h5"
    learnt = building.Weights(_ORIGIN_2, file, ends=("", "_no_top"))
    return building.finished(
        images, x, f"mobilenetv2_{alpha:0.2f}_{_rows(shape)}", input_tensor, weights, learnt, include_top
    )
