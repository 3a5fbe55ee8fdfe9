"""Extents whose products do not fit in 64 bits: an error that names the operation; nothing is written, nothing leaks.

Arrays without elements may have huge extents at no cost, and so have views with strides of zero.
"""

from __future__ import annotations

import gc
import sys
import tracemalloc
from typing import Any

import numpy as np
import pytest
from numpy.lib.stride_tricks import as_strided
from sessile.ops.base import errors

import sessile as tf
from tests.compiler.programs import agree, numbered, program, same, step

TOO_LARGE = (errors.InvalidArgumentError, errors.ResourceExhaustedError)


def matrix(dtype: Any = tf.float32) -> Any:
    """Return a placeholder of two axes of any size."""
    return tf.placeholder(dtype, [None, None])


def no_elements(*extents: int) -> Any:
    """Return an array with an extent of zero."""
    return np.ones(extents, np.float32)


FETCHES = {
    "an intermediate": lambda m: tf.reduce_max(m, 1),
    "two intermediates": lambda m: tf.reduce_sum(tf.nn.softmax(m), 0),
    "a result": lambda m: m,
    "an intermediate before a result": lambda m: m * 2.0,
    "an argument of NumPy's kernel": lambda m: tf.reduce_sum(tf.cumsum(m)),
}
PAIRS = [  # bytes of the product modulo 2**64: 0, 0, 0, 4, -4
    (2**31, 2**31), (2**40, 2**40), (2**60, 4), (2**31 + 1, 2**32 - 1 - 2**31), (2**60 - 1, 4),
]  # fmt: skip


@pytest.mark.parametrize("shape", ["single", "list"])
@pytest.mark.parametrize("name", FETCHES)
def test_a_product_of_empty_matrices_that_is_too_large(name: str, shape: str) -> None:
    x, y = matrix(), matrix()
    call = step(program([x, y], [FETCHES[name](tf.matmul(x, y))]), shape)
    small = numbered(2, 3), numbered(3, 4)
    expected = call(*small)
    for rows, columns in PAIRS:
        for _ in range(2):
            with pytest.raises(TOO_LARGE, match="MatMul"):
                call(no_elements(rows, 0), no_elements(0, columns))
        same([call(*small)], [expected]) if shape == "single" else same(call(*small), expected)


def test_intermediates_that_are_too_large_leak_nothing() -> None:
    x, y = matrix(), matrix()
    product = tf.matmul(x, y)
    call = step(program([x, y], [x * 2.0, tf.reduce_max(product, 1), y + 1.0]))
    call(numbered(2, 3), numbered(3, 4))
    rows, columns = no_elements(2**31, 0), no_elements(0, 2**31)
    counts = []
    tracemalloc.start()
    try:
        for _ in range(3):
            for _attempt in range(20):
                with pytest.raises(TOO_LARGE):
                    call(rows, columns)
            gc.collect()
            counts.append((sys.getrefcount(rows), sys.getrefcount(columns), tracemalloc.get_traced_memory()[0]))
    finally:
        tracemalloc.stop()
    assert counts[2][:2] == counts[1][:2]
    assert counts[2][2] - counts[1][2] < 20_000


def test_a_space_that_is_too_large_is_not_taken_for_an_empty_one() -> None:
    """2**21 extents thrice, that is 2**63 elements; no memory is needed for them, but nobody could wait."""
    x, y, z = (tf.placeholder(tf.float32, shape) for shape in ([None, 1, 1], [1, None, 1], [1, 1, None]))
    call = step(program([x, y, z], [tf.reduce_sum(x * y * z)]))
    call(numbered(2, 1, 1), numbered(1, 3, 1), numbered(1, 1, 4))
    line = np.ones(1 << 22, np.float32)
    with pytest.raises(TOO_LARGE):
        call(line.reshape(-1, 1, 1), line.reshape(1, -1, 1), line.reshape(1, 1, -1))


GROWING = {
    "concat": lambda x: tf.concat([x, x], 0),
    "tile": lambda x: tf.tile(x, [4, 1]),
    "pad": lambda x: tf.pad(x, [[1, 1], [1, 1]]),
    "sum": lambda x: tf.reduce_sum(x, 1),
}


@pytest.mark.parametrize("name", GROWING)
def test_results_that_outgrow_64_bits(name: str) -> None:
    x = matrix()
    fetch = GROWING[name](x)
    call = step(program([x], [fetch, x * 2.0]))
    call(numbered(2, 3))
    with pytest.raises(TOO_LARGE, match=fetch.op.type):
        call(no_elements(2**60, 0))


@pytest.mark.parametrize("extent", [2**31 - 1, 2**31, 2**32 + 5, 2**59])
def test_a_shape_that_its_type_cannot_hold(extent: int) -> None:
    """A shape in 32 bits is right, or an error; never its lower bits."""
    x = matrix()
    fetches = [tf.shape(x), tf.shape(x) + 1, tf.shape(x, out_type=tf.int64), tf.reduce_sum(x)]
    for number, fetch in enumerate(fetches):
        made = program([x], [fetch, x + 1.0])
        call = step(made)
        call(numbered(2, 3))
        fed = no_elements(extent, 0)
        fits = number > 1 or extent < 2**31
        if fits and number != 1:
            same(call(fed), made.interpret([fed], None))
        elif not fits:
            with pytest.raises(errors.InvalidArgumentError):
                call(fed)


def test_extents_at_the_limit_that_need_no_memory() -> None:
    x = matrix()
    made = program([x], [x * 2.0, tf.reduce_sum(x), tf.reduce_sum(x, 0), tf.transpose(x), tf.concat([x, x], 1)])
    for shape in ((3, 4), (2**58, 0), (2**31, 0), (1, 0)):
        agree(made, no_elements(*shape))


@pytest.mark.parametrize("shape", [(2**40, 2**20), (2**31, 2**31), (2**62, 1), (1, 2**62)])
def test_views_of_one_byte(shape: tuple[int, int]) -> None:
    x = matrix(tf.int8)
    call = step(program([x], [x + x, tf.reduce_sum(tf.cast(x, tf.int32))]))
    call(np.ones((2, 3), np.int8))
    one = np.ones(1, np.int8)
    for view in (np.broadcast_to(one, shape), as_strided(one, shape, (0, 0))):
        with pytest.raises(TOO_LARGE):
            call(view)
    same(call(np.ones((2, 3), np.int8)), [np.full((2, 3), 2, np.int8), np.int32(6)])


def test_a_constant_shape_that_outgrows_64_bits_is_refused_and_not_run_through() -> None:
    config = tf.ConfigProto()
    config.graph_options.optimizer_options.global_jit_level = tf.OptimizerOptions.ON_1
    total = tf.reduce_sum(tf.exp(tf.fill(tf.constant([2**62, 4]), 1.0)))
    with tf.Session(config=config) as sess, pytest.raises(errors.InvalidArgumentError, match="more than an int64"):
        sess.run(total)
