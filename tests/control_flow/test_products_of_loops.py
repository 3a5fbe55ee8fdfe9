"""Products in loops of gradients: weights' are one product behind the loop, slices of others are products of slices."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import sessile as tf

WIDTH = 4


def weights(rows: int) -> Any:
    return np.random.default_rng(3).uniform(-0.5, 0.5, (rows, WIDTH)).astype(np.float32)


def rows(*shape: int) -> Any:
    return np.random.default_rng(4).uniform(-1, 1, shape).astype(np.float32)


def trained(level: int, batch: int | None, turns: int, x: Any, way: str = "joined") -> tuple[list[Any], str]:
    """The slopes of a loop of products after some steps, and how it is explained."""
    config = tf.ConfigProto()
    config.graph_options.optimizer_options.global_jit_level = level
    with tf.Graph().as_default(), tf.Session(config=config) as session:
        kernel = tf.Variable(weights(WIDTH + x.shape[2]))
        fed = tf.placeholder(tf.float32, [None, batch, x.shape[2]])
        count = tf.placeholder(tf.int32, [])
        steps = tf.TensorArray(tf.float32, tf.shape(fed)[0], element_shape=[batch, x.shape[2]]).unstack(fed)

        def turn(i: Any, h: Any, total: Any) -> Any:
            joined = tf.concat([steps.read(i), h], 1)
            product = tf.matmul(joined, kernel)
            if way == "used twice":
                product += tf.reduce_sum(tf.square(joined), 1, keepdims=True)
            h = tf.tanh(product)
            return i + 1, h, total + tf.reduce_sum(tf.square(h))

        start = tf.zeros([tf.shape(fed)[1], WIDTH]) if batch is None else tf.zeros([batch, WIDTH])
        loss = tf.while_loop(lambda i, *_: i < count, turn, [0, start, 0.0])[2]
        (slope,) = tf.gradients(loss, [kernel])
        update = tf.assign_sub(kernel, 0.01 * slope)
        session.run(tf.global_variables_initializer())
        found = [session.run([loss, slope, update], {fed: x, count: turns}) for _ in range(3)]
        text = session.explain([loss, update], {fed: x, count: turns}) if level == tf.OptimizerOptions.ON_1 else ""
        return tf.nest.flatten(found), text


@pytest.mark.parametrize("way", ["joined", "used twice"])
@pytest.mark.parametrize("batch", [3, 16, None])
@pytest.mark.parametrize("turns", [0, 1, 2, 7])
def test_slopes_are_those_of_the_interpreter(way: str, batch: int | None, turns: int) -> None:
    x = rows(7, batch or 5, 6)[: max(turns, 1)]
    ours, text = trained(tf.OptimizerOptions.ON_1, batch, turns, x, way)
    expected, _ = trained(tf.OptimizerOptions.OFF, batch, turns, x, way)
    for one, other in zip(ours, expected, strict=True):
        np.testing.assert_allclose(one, other, rtol=2e-5, atol=1e-5)
    assert ("_RowsOfStack" in text) == (way == "joined")


def test_a_slice_of_a_product_multiplies_with_a_slice() -> None:
    _, text = trained(tf.OptimizerOptions.ON_1, 16, 7, rows(7, 16, 6))
    body = text[text.index("gradients/while/while_context, iteration") :]
    assert "transpose_b=True" in body
    assert "Slice" not in body[: body.index("# group 0")]


def test_many_rows_are_multiplied_in_each_turn() -> None:
    _, text = trained(tf.OptimizerOptions.ON_1, 300, 3, rows(3, 300, 6))
    assert "_RowsOfStack" not in text


def test_what_is_put_off_is_summed_to_what_is_there() -> None:
    """Two loops one behind the other train one weight: what the first leaves is where the second's sum begins."""
    with tf.Graph().as_default(), tf.Session() as session:
        kernel = tf.constant(weights(WIDTH))
        x = tf.placeholder(tf.float32, [2, WIDTH])
        body = lambda i, h: (i + 1, tf.tanh(tf.matmul(h, kernel)))  # noqa: E731
        first = tf.while_loop(lambda i, h: i < 3, body, [0, x])[1]
        second = tf.while_loop(lambda i, h: i < 2, body, [0, first + 1.0])[1]
        (slope,) = tf.gradients(tf.reduce_sum(second), [kernel])
        call = session.make_callable(slope, [x])
        fed = rows(2, WIDTH)
        found = [call(fed) for _ in range(3)]
        h, unrolled = x, tf.constant(weights(WIDTH))
        for turn in range(5):
            h = tf.tanh(tf.matmul(h + 1.0 if turn == 3 else h, unrolled))
        expected = session.run(tf.gradients(tf.reduce_sum(h), [unrolled])[0], {x: fed})
    for one in found:
        np.testing.assert_allclose(one, expected, rtol=1e-4, atol=1e-6)
