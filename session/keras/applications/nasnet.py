"""NASNet (Zoph et al., 2017): cells that a search has found."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from ..layers import convolution, core, merging, resizing
from ..layers import pooling as pools
from ..operations import name_scope
from . import building

_ORIGIN = "https://github.com/titu1994/Keras-NASNet/releases/download/v1.2"
_MOBILE = building.Weights(
    _ORIGIN, "NASNet-mobile{end}.h5", ("020fb642bf7360b370c678b08e0adf61", "1ed92395b5b598bdda52abe5c0dbfd63"),
    ("", "-no-top"), "nasnet_mobile{end}.h5",
)  # fmt: skip
_LARGE = building.Weights(
    _ORIGIN, "NASNet-large{end}.h5", ("11577c9a518f0070763c2b964a382f17", "d81d89dc07e6e56530c4e77faddd61b5"),
    ("", "-no-top"), "nasnet_large{end}.h5",
)  # fmt: skip


def _norm(x: Any, name: str) -> Any:
    return building.norm(x, name, momentum=0.9997, epsilon=1e-3)


def _separable(x: Any, filters: int, size: int, name: str, strides: int = 1) -> Any:
    """Two separable convolutions."""
    with name_scope(f"separable_conv_block_{name}"):
        x, padding = building.relu(x), "same"
        if strides == 2:
            pad = resizing.ZeroPadding2D(building.correct_pad(x, size), name=f"separable_conv_1_pad_{name}")
            x, padding = pad(x), "valid"
        first = convolution.SeparableConv2D(
            filters, size, strides=strides, padding=padding, use_bias=False, name=f"separable_conv_1_{name}"
        )
        x = building.relu(_norm(first(x), f"separable_conv_1_bn_{name}"))
        second = convolution.SeparableConv2D(
            filters, size, padding="same", use_bias=False, name=f"separable_conv_2_{name}"
        )
        return _norm(second(x), f"separable_conv_2_bn_{name}")


def _shifted_halves(p: Any, filters: int, block: str) -> Any:
    """Every second pixel, and those one further down and right, side by side."""
    p = building.relu(p, f"adjust_relu_1_{block}")
    first = pools.AveragePooling2D(1, strides=2, name=f"adjust_avg_pool_1_{block}")(p)
    first = building.conv(first, filters // 2, 1, f"adjust_conv_1_{block}")
    second = resizing.Cropping2D(((1, 0), (1, 0)))(resizing.ZeroPadding2D(((0, 1), (0, 1)))(p))
    second = pools.AveragePooling2D(1, strides=2, name=f"adjust_avg_pool_2_{block}")(second)
    second = building.conv(second, filters // 2, 1, f"adjust_conv_2_{block}")
    return _norm(merging.Concatenate(axis=_last())([first, second]), f"adjust_bn_{block}")


def _last() -> int:
    return 1 if building.channels_are_first() else -1


def _adjusted(p: Any, x: Any, filters: int, block: str) -> Any:
    """What was before, with the extents of what is now."""
    if p is None:
        return x
    row = 2 if building.channels_are_first() else 1
    before, now = p.shape.as_list(), x.shape.as_list()
    with name_scope("adjust_block"):
        if before[row] != now[row]:
            with name_scope(f"adjust_reduction_block_{block}"):
                return _shifted_halves(p, filters, block)
        if before[_last()] != filters:
            with name_scope(f"adjust_projection_block_{block}"):
                p = building.conv(building.relu(p), filters, 1, f"adjust_conv_projection_{block}")
                return _norm(p, f"adjust_bn_{block}")
    return p


def _means(x: Any, name: str) -> Any:
    return pools.AveragePooling2D(3, strides=1, padding="same", name=name)(x)


def _sum(number: int, name: str | None, first: Callable[[], Any], second: Callable[[], Any]) -> Any:
    """The sum of two tensors that are made in the scope of a block."""
    with name_scope(f"block_{number}"):
        return merging.Add(name=name)([first(), second()])


def _normal(x: Any, p: Any, filters: int, block: str) -> tuple[Any, Any]:
    """A cell that keeps the extents; returns its output and its input."""

    def separable(x: Any, size: int, name: str) -> Callable[[], Any]:
        return lambda: _separable(x, filters, size, f"normal_{name}_{block}")

    def means(x: Any, name: str) -> Callable[[], Any]:
        return lambda: _means(x, f"normal_{name}_{block}")

    def total(number: int, first: Callable[[], Any], second: Callable[[], Any]) -> Any:
        return _sum(number, f"normal_add_{number}_{block}", first, second)

    with name_scope(f"normal_A_block_{block}"):
        p = _adjusted(p, x, filters, block)
        h = _norm(building.conv(building.relu(x), filters, 1, f"normal_conv_1_{block}"), f"normal_bn_1_{block}")
        parts = [
            p,
            total(1, separable(h, 5, "left1"), separable(p, 3, "right1")),
            total(2, separable(p, 5, "left2"), separable(p, 3, "right2")),
            total(3, means(h, "left3"), lambda: p),
            total(4, means(p, "left4"), means(p, "right4")),
            total(5, separable(h, 3, "left5"), lambda: h),
        ]
        return merging.Concatenate(axis=_last(), name=f"normal_concat_{block}")(parts), x


def _reduction(x: Any, p: Any, filters: int, block: str) -> tuple[Any, Any]:
    """A cell that halves the extents; returns its output and its input."""

    def separable(x: Any, size: int, name: str, strides: int = 2) -> Callable[[], Any]:
        return lambda: _separable(x, filters, size, f"reduction_{name}_{block}", strides)

    def pooled(kind: Any, name: str) -> Callable[[], Any]:
        return lambda: kind(3, strides=2, name=f"reduction_{name}_{block}")(wide)

    def total(number: int, name: str | None, first: Callable[[], Any], second: Callable[[], Any]) -> Any:
        return _sum(number, f"reduction_{name}_{block}" if name else None, first, second)

    largest, means = pools.MaxPooling2D, pools.AveragePooling2D
    with name_scope(f"reduction_A_block_{block}"):
        p = _adjusted(p, x, filters, block)
        h = building.conv(building.relu(x), filters, 1, f"reduction_conv_1_{block}")
        h = _norm(h, f"reduction_bn_1_{block}")
        wide = resizing.ZeroPadding2D(building.correct_pad(h, 3), name=f"reduction_pad_1_{block}")(h)
        one = total(1, "add_1", separable(h, 5, "left1"), separable(p, 7, "right1"))
        two = total(2, "add_2", pooled(largest, "left2"), separable(p, 7, "right2"))
        three = total(3, "add3", pooled(means, "left3"), separable(p, 5, "right3"))
        four = total(4, None, lambda: two, lambda: _means(one, f"reduction_left4_{block}"))
        five = total(5, "add4", separable(one, 3, "left4", 1), pooled(largest, "right5"))
        joined = merging.Concatenate(axis=_last(), name=f"reduction_concat_{block}")([two, three, four, five])
    return joined, x


def _cells(x: Any, count: int, filters: int, skips: bool) -> Any:
    """All cells: three runs that keep the extents, with one that halves them before each."""
    p: Any = None
    x, p = _reduction(x, p, filters // 4, "stem_1")
    x, p = _reduction(x, p, filters // 2, "stem_2")
    for stage in range(3):
        if stage:
            x, before = _reduction(x, p, filters * 2**stage, f"reduce_{stage * count}")
            p = before if not skips else p
        for number in range(count):
            x, p = _normal(x, p, filters * 2**stage, str(stage * count + number + (1 if stage else 0)))
    return building.relu(x)


def _nasnet(
    sizes: tuple[int, int, int, int], skips: bool, input_shape: Any, include_top: bool, weights: Any,
    input_tensor: Any, pooling: str | None, classes: int, learnt: Any,
) -> Any:  # fmt: skip
    penultimate, count, stem, size = sizes
    building.check(weights, include_top, classes)
    # The weights without a top are for images of one size too.
    shape = building.shape_of_input(input_shape, size, 32, True, weights)
    images = building.images_of(input_tensor, shape)
    x = building.conv(images, stem, 3, "stem_conv1", 2, "valid")
    x = _cells(_norm(x, "stem_bn1"), count, penultimate // 24, skips)
    if include_top:
        x = pools.GlobalAveragePooling2D()(x)
        x = core.Dense(classes, activation="softmax", name="predictions")(x)
    else:
        x = building.reduced(x, pooling)
    return building.finished(images, x, "NASNet", input_tensor, weights, learnt, include_top)


def NASNetLarge(
    input_shape: Any = None, include_top: bool = True, weights: Any = "imagenet", input_tensor: Any = None,
    pooling: str | None = None, classes: int = 1000, **kwargs: Any,
) -> Any:  # fmt: skip
    """Return the large network; its images are 331 x 331 x 3. Args, Raises: see `VGG16`."""
    sizes = (4032, 6, 96, 331)
    return _nasnet(sizes, True, input_shape, include_top, weights, input_tensor, pooling, classes, _LARGE)


def NASNetMobile(
    input_shape: Any = None, include_top: bool = True, weights: Any = "imagenet", input_tensor: Any = None,
    pooling: str | None = None, classes: int = 1000, **kwargs: Any,
) -> Any:  # fmt: skip
    """Return the small network; its images are 224 x 224 x 3. Args, Raises: see `VGG16`."""
    sizes = (1056, 4, 32, 224)
    return _nasnet(sizes, False, input_shape, include_top, weights, input_tensor, pooling, classes, _MOBILE)
