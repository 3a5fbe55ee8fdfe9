"""Loops over axes that an index map leaves as they are become one."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import sessile as tf
from tests.compiler.programs import agree, plain, program, same

MADE: dict[str, Callable[[Any], Any]] = {
    "reverse": lambda x: tf.reverse(x, [1]) * 2.0,
    "reverse first": lambda x: tf.reverse(x, [0]) * 2.0,
    "reverse two": lambda x: tf.reverse(x, [0, 2]) + 1.0,
    "slice": lambda x: x[1:, ::2] + 1.0,
    "rows": lambda x: tf.gather(x, [1, 0, 1]) * 3.0,
    "tile": lambda x: tf.tile(x, [2, 1, 1, 1]) - x[:1],
    "pad": lambda x: tf.pad(x, [[1, 2], [0, 1], [0, 0], [0, 0]]) * 2.0,
    "concat": lambda x: tf.concat([x, x + 1.0], 1) * 2.0,
    "transpose": lambda x: tf.transpose(x, [1, 0, 2, 3]) + 1.0,
    "stack": lambda x: tf.stack([x, x * 2.0], 1) + 1.0,
    "last differs": lambda x: tf.reverse(x, [1]) * x[0, 0, 0],
}


@pytest.mark.parametrize("name", MADE)
@settings(max_examples=8, deadline=None)
@given(shape=st.tuples(*[st.integers(2, 6)] * 4), static=st.booleans())
def test_values(name: str, shape: tuple[int, ...], static: bool) -> None:
    """As interpreted, and each element once."""
    x = np.random.default_rng(sum(shape)).normal(size=shape).astype(np.float32)
    with tf.Graph().as_default():
        fed = tf.placeholder(tf.float32, shape if static else [None] * 4)
        made = program([fed], [MADE[name](fed)])
        same(plain(made, x), agree(made, x))


@pytest.mark.parametrize("shape", [[8, 5, 6, 3], [None, None, None, 3], [None] * 4])
def test_a_flip_has_one_loop_over_rows(shape: Any) -> None:
    """Columns and channels are one."""
    with tf.Graph().as_default(), tf.Session() as session:
        x = tf.placeholder(tf.float32, shape)
        text = str(session.explain(tf.image.flip_up_down(x), [x]))
    assert "for j2 in range(n2 * n3):" in text
    assert "for i3" not in text
