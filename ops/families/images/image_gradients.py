"""Gradient rules of colours and of parts of images."""

from __future__ import annotations

from typing import Any


def rgb_to_hsv(g: Any, op: Any, dy: Any) -> Any:
    """Each channel moves the value if it is the largest, the saturation if largest or smallest, and the hue."""
    x, dy = op.inputs[0], g.dense(dy)
    red, green, blue = (x[..., channel] for channel in range(3))
    dhue, dsaturation, dvalue = (dy[..., channel] for channel in range(3))
    is_largest = (red >= blue, red >= green), (green > red, green >= blue), (blue > red, blue > green)
    is_smallest = (red < blue, red < green), (green <= red, green < blue), (blue <= red, blue <= green)
    largest, smallest = _masks(g, x.dtype, is_largest), _masks(g, x.dtype, is_smallest)
    top = op.outputs[0][..., 2]
    low = smallest[0] * red + smallest[1] * green + smallest[2] * blue
    by_top, by_gap = g.div_no_nan(1.0, top), g.div_no_nan(1.0, top - low)
    distance = largest[0] * (green - blue) + largest[1] * (blue - red) + largest[2] * (red - green)
    towards = (largest[2] - largest[1], largest[0] - largest[2], largest[1] - largest[0])
    channels = []
    for is_top, is_low, turn in zip(largest, smallest, towards):
        by_saturation = low * is_top * g("Square", by_top) - is_low * by_top
        by_hue = (turn * by_gap - distance * g("Square", by_gap) * (is_top - is_low)) / 6.0
        channels.append(dvalue * is_top + dsaturation * by_saturation + dhue * by_hue)
    return g.pack(channels, axis=-1)


def _masks(g: Any, dtype: Any, conditions: Any) -> list[Any]:
    return [g.cast(g("LogicalAnd", first, second), dtype) for first, second in conditions]


def crop_and_resize(g: Any, op: Any, dy: Any) -> list[Any]:
    """By the images where they were read, by the boxes where reading would move."""
    image, boxes, index, _ = op.inputs
    by_image = None
    if image.dtype.is_floating:
        extents = g.extents(image)
        shape = list(extents) if extents and None not in extents else g.shape(image)
        attrs = {"T": image.dtype.base_dtype, "method": op.attrs["method"]}
        by_image = g("CropAndResizeGradImage", dy, boxes, index, shape, **attrs)
    return [by_image, g("CropAndResizeGradBoxes", dy, image, boxes, index), None, None]


def adjust_contrast(g: Any, op: Any, dy: Any) -> list[Any]:
    """y = (x - mean) c + mean, the mean of each channel of each image."""
    x, factor = op.inputs
    wide, gradient = g.cast(x, g.float32), g.cast(dy, g.float32)
    mean = g("Mean", wide, [-3, -2], keep_dims=True)
    share = g("Mean", gradient, [-3, -2], keep_dims=True) * (1.0 - factor)
    by_factor = (wide - mean) * gradient
    return [g.cast(gradient * factor + share, x.dtype), g("Sum", by_factor, g.all_axes(by_factor))]
