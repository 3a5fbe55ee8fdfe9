"""Batch normalisation taken apart for the compiler, so that its parts fuse: moments are reductions over the pixels.

Only for float32 with the channels last and their number known; anything else runs its kernel.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from ....types.dtypes import float32


def _is_usual(attrs: Any, x: Any) -> bool:
    known = x.extents is not None and type(x.extents[-1]) is int and x.extents[-1] > 0
    return known and x.dtype is float32 and attrs["data_format"][1:2] != b"C"


def _pixels(build: Any, x: Any) -> Any:
    return build.constant(np.arange(len(x.extents) - 1, dtype=np.int32))


def _number(build: Any, value: float) -> Any:
    return build.constant(np.array(value, np.float32))


def _count(build: Any, x: Any) -> Any:
    """How many pixels there are, as a float."""
    size = build("Cast", build("Size", x), DstT=float32)
    return build("RealDiv", size, _number(build, x.extents[-1]))


def normalized(build: Any, attrs: Any, x: Any, scale: Any, offset: Any, mean: Any, variance: Any) -> Any:
    """The result, the moments for running averages, and those that the gradient needs."""
    if not _is_usual(attrs, x):
        return None
    given = mean, variance
    if attrs["is_training"]:
        axes = _pixels(build, x)
        mean = build("Mean", x, axes, keep_dims=False)
        distance = build("SquaredDifference", x, mean)
        variance = build("Mean", distance, axes, keep_dims=False)
        running = _running(build, attrs, x, (mean, variance), given)
        saved = mean, variance
    else:  # each output is a value of its own
        running, saved = (tuple(build("Identity", moment) for moment in given) for _ in range(2))
    inverse = build("Rsqrt", build("Add", variance, _number(build, attrs["epsilon"])))
    factor = build("Mul", scale, inverse)
    result = build("Add", build("Mul", build("Sub", x, mean), factor), offset)
    return result, *running, *saved


def _running(build: Any, attrs: Any, x: Any, moments: Any, given: Any) -> Any:
    """The moments with Bessel's correction, mixed with those given."""
    mean, variance = moments
    count, one = _count(build, x), _number(build, 1)
    others = build("Maximum", build("Sub", count, one), one)
    unbiased = build("RealDiv", build("Mul", variance, count), others)
    share = attrs["exponential_avg_factor"]
    if share == 1:
        return build("Identity", mean), unbiased
    kept, taken = _number(build, 1 - np.float32(share)), _number(build, share)
    return tuple(
        build("Add", build("Mul", new, taken), build("Mul", old, kept)) for new, old in zip((mean, unbiased), given)
    )


def normalized_v3(build: Any, attrs: Any, *inputs: Any) -> Any:
    """As `normalized`, with what only other devices fill."""
    results = normalized(build, attrs, *inputs)
    return None if results is None else (*results, _number(build, 0))


def backprop(build: Any, attrs: Any, dy: Any, x: Any, scale: Any, mean: Any, variance: Any, *unused: Any) -> Any:
    """The gradients for the values, scale and offset."""
    if not _is_usual(attrs, x) or dy.dtype is not float32:
        return None
    axes = _pixels(build, x)
    inverse = build("Rsqrt", build("Add", variance, _number(build, attrs["epsilon"])))
    distance = build("Sub", x, mean)
    d_offset = build("Sum", dy, axes, keep_dims=False)
    projected = build("Sum", build("Mul", dy, distance), axes, keep_dims=False)
    d_scale = build("Mul", projected, inverse)
    gradient = dy
    if attrs["is_training"]:
        count = _count(build, x)
        along = build("RealDiv", build("Mul", d_scale, inverse), count)
        gradient = build("Sub", dy, build("RealDiv", d_offset, count))
        gradient = build("Sub", gradient, build("Mul", distance, along))
    dx = build("Mul", gradient, build("Mul", scale, inverse))
    empty = build.constant(np.zeros(0, np.float32))
    return dx, d_scale, d_offset, empty, empty
