"""Random graphs for property tests: a recipe of small numbers that hypothesis draws, and what is built from it.

The operations are exact (sums are taken of small integers, infinities and NaN), so that compiled and interpreted
results must be equal bit for bit; what rounds (`exp`, means, ...) stands only before fetches.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
from hypothesis import strategies as st
from sessile.ops.base.errors import OpError

import sessile as tf

TYPES = (tf.float32, tf.float64, tf.int32, tf.int64, tf.int8, tf.uint8, tf.bool)
SHAPES = ((), (1,), (3,), (0,), (2, 3), (1, 3), (2, 1), (3, 3), (0, 3), (2, 0), (2, 1, 3), (4, 2, 3), (1, 1, 1))
SPECIAL = (np.nan, np.inf, -np.inf, -0.0)

Feed = st.tuples(st.integers(0, len(TYPES) - 1), st.integers(0, len(SHAPES) - 1), st.booleans())
Step = st.tuples(st.integers(0, 99), st.integers(0, 30), st.integers(0, 30), st.integers(0, 30))
RECIPES = st.tuples(
    st.lists(Feed, min_size=1, max_size=3), st.lists(Step, min_size=1, max_size=12), st.integers(0, 2**16)
)


def values(shape: Any, dtype: Any, seed: int) -> Any:
    """Return small integers of the type; among floats a few special values."""
    random = np.random.RandomState(seed)
    if dtype is tf.bool:
        return np.asarray(random.random_sample(shape) > 0.5)
    array = np.asarray(random.randint(0 if dtype is tf.uint8 else -4, 5, shape)).astype(dtype.np_dtype)
    if dtype.is_floating and array.size and seed % 3 == 0:
        array.reshape(-1)[random.randint(array.size)] = SPECIAL[seed % len(SPECIAL)]
    return array


class RandomGraph:
    """A graph built from a recipe.

    Attributes:
      feeds: its placeholders; `arrays` gives values for them.
      tensors: all tensors made; the fetches are the last ones, and an inexact function of the very last.
    """

    def __init__(self, recipe: Any) -> None:
        feeds, steps, self.seed = recipe
        self.kinds = [(TYPES[kind], SHAPES[shape], static) for kind, shape, static in feeds]
        self.feeds = [
            tf.placeholder(TYPES[kind], SHAPES[shape] if static else [None] * len(SHAPES[shape]))
            for kind, shape, static in feeds
        ]
        self.tensors: list[Any] = list(self.feeds)
        for number, *operands in steps:
            self._step(OPERATIONS[number % len(OPERATIONS)], operands)
        self.fetches = [t for t in self.tensors[-3:] if t not in self.feeds] or [tf.identity(self.tensors[-1])]
        if self.fetches[-1].dtype.is_floating:
            self.fetches.append(INEXACT[self.seed % len(INEXACT)](self.fetches[-1]))

    def arrays(self, seed: int = 0, sizes: Mapping[int, int] = {}) -> list[Any]:
        """Return values for the feeds, with other extents where the graph leaves them open."""
        return [
            values(shape if static else [sizes.get(extent, extent) for extent in shape], dtype, self.seed + seed + k)
            for k, (dtype, shape, static) in enumerate(self.kinds)
        ]

    def _step(self, operation: Callable[..., Any], operands: list[int]) -> None:
        picked = [self.tensors[index % len(self.tensors)] for index in operands]
        try:
            made = operation(*picked)
        except (TypeError, ValueError, OpError):
            return  # types or shapes that do not go together
        if made is not None:
            self.tensors.append(made)


def _alike(function: Callable[..., Any], floats_only: bool = False) -> Callable[..., Any]:
    """A binary function on operands cast to the first one's type."""

    def build(x: Any, y: Any, _: Any) -> Any:
        if x.dtype is tf.bool or floats_only and not x.dtype.is_floating:
            return None
        return function(x, tf.cast(y, x.dtype))

    return build


def _fold(function: Callable[..., Any], axis: Any, keepdims: bool) -> Callable[..., Any]:
    def build(x: Any, *_: Any) -> Any:
        if (x.dtype is tf.bool) != (function is tf.reduce_all) or x.shape.ndims is None or not x.shape.ndims:
            return None
        if x.dtype.is_floating and function is tf.reduce_sum:
            x = tf.minimum(tf.maximum(x, np.array(-64, x.dtype.np_dtype)), np.array(64, x.dtype.np_dtype))
        return function(x, axis, keepdims=keepdims)

    return build


def _to(dtype: Any) -> Callable[..., Any]:
    def build(x: Any, *_: Any) -> Any:
        if x.dtype.is_floating and not dtype.is_floating:
            x = tf.where_v2(tf.abs(x) < np.array(100, x.dtype.np_dtype), x, tf.constant(0, x.dtype))
        return tf.cast(x, dtype)

    return build


def _product(x: Any, y: Any, _: Any) -> Any:
    if x.dtype not in (tf.float32, tf.float64, tf.int32) or x.shape.ndims != 2 or y.shape.ndims != 2:
        return None
    small = tf.minimum(tf.maximum(x, tf.constant(-8, x.dtype)), tf.constant(8, x.dtype))
    return tf.matmul(small, tf.cast(tf.cast(y, tf.int8), x.dtype), transpose_b=True) if y.dtype is tf.int8 else None


def _sliced(x: Any, *_: Any) -> Any:
    return x[1:] if x.shape.ndims else None


OPERATIONS: tuple[Callable[..., Any], ...] = (
    _alike(tf.add), _alike(tf.add), _alike(tf.subtract), _alike(tf.multiply), _alike(tf.maximum), _alike(tf.minimum),
    lambda x, *_: None if x.dtype in (tf.bool, tf.uint8) else tf.negative(x),
    lambda x, *_: None if x.dtype in (tf.bool, tf.uint8, tf.int8) else tf.abs(x),
    _alike(tf.less), _alike(tf.equal), lambda x, y, _: tf.logical_and(tf.cast(x, tf.bool), tf.cast(y, tf.bool)),
    lambda x, y, z: tf.where_v2(tf.cast(z, tf.bool), x, tf.cast(y, x.dtype)),
    lambda x, *_: tf.is_nan(x) if x.dtype.is_floating else None,
    _to(tf.float32), _to(tf.float64), _to(tf.int32), _to(tf.bool), _to(tf.int8),
    _fold(tf.reduce_sum, -1, True), _fold(tf.reduce_sum, -1, False), _fold(tf.reduce_sum, None, False),
    _fold(tf.reduce_max, -1, True), _fold(tf.reduce_min, [-1], False), _fold(tf.reduce_max, 0, False),
    _fold(tf.reduce_prod, -1, True), _fold(tf.reduce_all, -1, True), _fold(tf.reduce_sum, [-2, -1], True),
    _fold(tf.reduce_sum, 0, True), _fold(tf.reduce_max, [0], True), _fold(tf.reduce_sum, -2, False),
    _fold(tf.reduce_min, [0, -1], True), _fold(tf.reduce_all, 0, False),
    lambda x, *_: tf.reshape(x, [-1]), lambda x, *_: tf.expand_dims(x, -1),
    lambda x, y, _: tf.reshape(x, tf.shape(y)), lambda x, *_: tf.transpose(x), _sliced,
    lambda x, y, _: tf.concat([x, tf.cast(y, x.dtype)], 0), lambda x, y, _: tf.stack([x, tf.cast(y, x.dtype)]),
    lambda x, *_: tf.cast(tf.size(x), tf.int32), _product, lambda x, *_: tf.reverse(x, [-1]) if x.shape.ndims else None,
    lambda x, *_: tf.tile(x, [2] * x.shape.ndims), lambda x, *_: tf.pad(x, [[1, 2]] * x.shape.ndims),
    lambda x, *_: x[..., ::-2] if x.shape.ndims else None, lambda x, *_: tf.unstack(x, 2, axis=-1)[1],
    lambda x, y, _: tf.broadcast_to(x, tf.shape(y)), lambda x, *_: tf.squeeze(x), lambda x, *_: tf.transpose(x),
    lambda x, y, _: tf.concat([x, tf.cast(y, x.dtype), x], -1), lambda x, *_: tf.split(x, 2, -1)[1],
    lambda x, y, _: tf.stack([x, tf.cast(y, x.dtype), x], -1), lambda x, *_: x[..., :-1] if x.shape.ndims else None,
    lambda x, y, _: tf.fill(tf.shape(y), x), lambda x, *_: x[tf.newaxis, ..., 0] if x.shape.ndims else None,
)  # fmt: skip
INEXACT: tuple[Callable[..., Any], ...] = (
    tf.exp, tf.tanh, lambda x: tf.sqrt(tf.abs(x)), lambda x: tf.divide(x, tf.constant(3, x.dtype)),
)  # fmt: skip
