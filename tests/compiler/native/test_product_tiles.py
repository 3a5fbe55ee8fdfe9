"""Large products as tiles on the pool: right at every border, and the same bits for any number of threads."""

from __future__ import annotations

import os
import signal
import threading
import time
from typing import Any

import numpy as np
import pytest
from sessile.compiler.machine import abi as layout
from sessile.compiler.runtime import blas

import sessile as tf

pytestmark = pytest.mark.skipif(
    not layout.available() or blas.gemm_address("float32") is None, reason="no products in native steps here"
)

SHAPES = [
    (64, 784, 256), (784, 64, 256), (97, 1024, 33), (33, 1000, 97), (1, 2000, 1500), (1500, 2000, 1),
    (500, 401, 333), (95, 95, 900), (2049, 3, 700), (300, 9000, 5),
]  # fmt: skip


def opened(threads: int) -> Any:
    """A session of so many threads."""
    return tf.Session(config=tf.ConfigProto(intra_op_parallelism_threads=threads))


@pytest.mark.parametrize("flips", [(False, False), (True, False), (False, True), (True, True)])
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_tiles_are_the_product(flips: tuple[bool, bool], dtype: Any) -> None:
    random = np.random.RandomState(0)
    x, y = (tf.placeholder(tf.as_dtype(dtype), [None, None]) for _ in range(2))
    with opened(3) as sess:
        step = sess.make_callable(tf.matmul(x, y, transpose_a=flips[0], transpose_b=flips[1]), [x, y])
        for m, k, n in SHAPES:
            a = random.randint(-4, 5, (k, m) if flips[0] else (m, k)).astype(dtype)
            b = random.randint(-4, 5, (n, k) if flips[1] else (k, n)).astype(dtype)
            expected = (a.T if flips[0] else a) @ (b.T if flips[1] else b)
            for _ in range(2):
                np.testing.assert_array_equal(step(a, b), expected, err_msg=str((m, k, n)))


@pytest.mark.parametrize("flip", [False, True])
def test_bits_do_not_depend_on_threads(flip: bool) -> None:
    random = np.random.RandomState(1)
    x, y = (tf.placeholder(tf.float32, [None, None]) for _ in range(2))
    batch = tf.placeholder(tf.float32, [None, None, None])
    fetches = [tf.matmul(x, y, transpose_b=flip), tf.matmul(batch, batch, transpose_b=True)]
    several = random.randn(3, 130, 140).astype(np.float32)
    for m, k, n in SHAPES:
        a, b = random.randn(m, k).astype(np.float32), random.randn(*((n, k) if flip else (k, n))).astype(np.float32)
        found = set()
        for threads in (1, 2, 7):
            with opened(threads) as sess:
                step = sess.make_callable(fetches, [x, y, batch])
                found |= {tuple(result.tobytes() for result in step(a, b, several)) for _ in range(3)}
        assert len(found) == 1, (m, k, n)


def test_a_product_in_a_training_step_updates_in_place() -> None:
    """Steps that keep the GIL share their products as well."""
    random = np.random.RandomState(2)
    inputs, start = random.randint(-3, 4, (300, 200)).astype(np.float32), np.zeros((200, 400), np.float32)
    x = tf.placeholder(tf.float32, [None, 200])
    weights = tf.Variable(start)
    error = tf.matmul(x, weights) - 1.0
    update = tf.assign_sub(weights, 2.0**-10 * tf.matmul(x, error, transpose_a=True))
    with opened(2) as sess:
        sess.run(weights.initializer)
        step = sess.make_callable(update, [x])
        expected = start
        for _ in range(2):
            expected = expected - np.float32(2.0**-10) * (inputs.T @ (inputs @ expected - 1))
            np.testing.assert_allclose(step(inputs), expected, rtol=1e-4, atol=1e-3)


@pytest.mark.skipif(blas._thread_functions() is None, reason="NumPy's BLAS does not tell its threads")
def test_an_interrupt_ends_a_long_product_and_gives_the_threads_back() -> None:
    functions = blas._thread_functions()
    assert functions is not None
    change, tell = functions
    before = tell()
    change(2)
    x = tf.placeholder(tf.float32, [None, None])
    fed = np.ones((3000, 3000), np.float32)
    try:
        with opened(2) as sess:
            step = sess.make_callable(tf.matmul(x, x), [x])
            step(fed[:10, :10])
            timer = threading.Timer(0.02, os.kill, (os.getpid(), signal.SIGINT))
            timer.start()
            with pytest.raises(KeyboardInterrupt):
                for _ in range(20):
                    step(fed)
                    time.sleep(0.001)
            timer.join()
            assert tell() == 2
            assert step(fed)[5, 7] == 3000
    finally:
        change(before)
