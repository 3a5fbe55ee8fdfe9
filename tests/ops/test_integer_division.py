"""Integers divided: by known divisors as part of fused loops, by others as before; all ways of running agree."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import sessile as tf

DIVISIONS: dict[str, Callable[[Any, Any], tf.Tensor]] = {
    "FloorDiv": tf.floordiv,
    "FloorMod": tf.floormod,
    "TruncateDiv": tf.truncatediv,
    "Div": tf.div,
    "TruncateMod": tf.truncatemod,
}
TYPES = [np.int8, np.uint8, np.int16, np.uint16, np.int32, np.int64]
TYPES_OF_REMAINDERS = [np.int32, np.int64]


def interpreted() -> tf.Session:
    config = tf.ConfigProto()
    config.graph_options.optimizer_options.global_jit_level = tf.OptimizerOptions.OFF
    return tf.Session(config=config)


@settings(max_examples=60, deadline=None)
@given(st.data())
def test_known_divisors_in_loops_agree_with_the_interpreter(data: st.DataObject) -> None:
    name = data.draw(st.sampled_from(sorted(DIVISIONS)))
    dtype = data.draw(st.sampled_from(TYPES_OF_REMAINDERS if name == "TruncateMod" else TYPES))
    info = np.iinfo(dtype)
    numbers = st.integers(int(info.min), int(info.max))
    divisors = np.array(data.draw(st.lists(numbers.filter(bool), min_size=1, max_size=3)), dtype)
    values = np.array([*data.draw(st.lists(numbers, min_size=1, max_size=9)), info.min, info.max, 0], dtype)[:, None]
    with tf.Graph().as_default():
        x = tf.placeholder(dtype, [None, 1])
        result = DIVISIONS[name](x + 1, divisors)
        with tf.Session() as sess, interpreted() as slow, np.errstate(over="ignore"):
            np.testing.assert_array_equal(sess.run(result, {x: values}), slow.run(result, {x: values}))


@pytest.mark.parametrize("name", DIVISIONS)
def test_known_divisors_are_no_calls(name: str) -> None:
    x = tf.placeholder(tf.int32, [None])
    result = DIVISIONS[name](x, 3) + 1
    with tf.Session() as sess:
        sess.run(result, {x: [1, 2, 3]})
        kernel = str(sess.explain(result, {x: [1, 2, 3]})).partition("def kernel")[2]
    assert any(word in kernel for word in ("truncdiv", "floormod", "truncmod"))


@pytest.mark.parametrize("name", DIVISIONS)
@pytest.mark.parametrize("divisor", [0, [1, 0]])
def test_known_divisors_of_zero_are_errors(name: str, divisor: Any) -> None:
    x = tf.placeholder(tf.int32, [None])
    result = DIVISIONS[name](x, divisor)
    with tf.Session() as sess, pytest.raises(tf.errors.InvalidArgumentError, match="Integer division by zero"):
        sess.run(result, {x: [1, 2]})


@pytest.mark.parametrize("name", DIVISIONS)
def test_fed_divisors_of_zero_are_errors(name: str) -> None:
    x, y = tf.placeholder(tf.int32, [None]), tf.placeholder(tf.int32, [])
    result = DIVISIONS[name](x, y) + 1
    with tf.Session() as sess:
        divided = sess.make_callable(result, [x, y])
        divided([7, 8], 2)
        with pytest.raises(tf.errors.InvalidArgumentError, match="Integer division by zero"):
            divided([7, 8], 0)


def test_remainders_in_loops_of_scalars() -> None:
    """A counter's remainder is a register of the loop."""
    total = tf.while_loop(
        lambda i, s: i < 1000,
        lambda i, s: (i + 1, s + tf.where(tf.equal(i % 7, 3), i // 7, -(i % 5))),
        [tf.constant(0), tf.constant(0)],
    )[1]
    with tf.Session() as sess:
        assert sess.run(total) == sum(i // 7 if i % 7 == 3 else -(i % 5) for i in range(1000))
