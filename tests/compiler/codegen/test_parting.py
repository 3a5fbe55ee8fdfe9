"""Loops over concatenations are parted where the parts meet."""

from __future__ import annotations

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

import sessile as tf
from tests.compiler.programs import agree, plain, program, same


@settings(max_examples=40, deadline=None)
@given(
    sizes=st.lists(st.integers(0, 40), min_size=2, max_size=11),
    static=st.booleans(),
    reverse=st.booleans(),
)
def test_parts_agree(sizes: list[int], static: bool, reverse: bool) -> None:
    """Any number of parts, empty ones among them, more than are parted too."""
    random = np.random.default_rng(len(sizes))
    arrays = [random.normal(size=size).astype(np.float32) for size in sizes]
    with tf.Graph().as_default():
        feeds = [tf.placeholder(tf.float32, [size if static else None]) for size in sizes]
        whole = tf.concat([x * float(k + 1) for k, x in enumerate(feeds)], 0)
        padded = tf.pad(whole * 2.0, [[3, 2]]) + 1.0
        made = program(feeds, [tf.reverse(whole, [0]) - 1.0 if reverse else whole + 0.5, padded])
        same(plain(made, *arrays), agree(made, *arrays))


def test_loops_have_no_branch() -> None:
    """One for each part, and each element is written once."""
    with tf.Graph().as_default(), tf.Session() as session:
        x = tf.placeholder(tf.float32, [None])
        text = str(session.explain(tf.nn.crelu(x), [x]))
    assert "if i0" not in text
    assert text.count("store(r0, i0") == 2
