"""How many threads a session uses: its option, affinity, BLAS with it; and the same bits for any number."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
import time
from typing import Any

import numpy as np
import pytest
from sessile.compiler.machine import abi as layout
from sessile.compiler.runtime import blas, pool

import sessile as tf

native = pytest.mark.skipif(not layout.available(), reason="steps in Python use one thread")


def session_of(threads: int) -> Any:
    """Return a session whose loops may be shared by that many threads."""
    return tf.Session(config=tf.ConfigProto(intra_op_parallelism_threads=threads))


def fetches_of(x: Any) -> dict[str, Any]:
    """Return what is computed: every kind of loop."""
    return {
        "elements": tf.tanh(x) * tf.exp(-x) + tf.sin(x),
        "sum": tf.reduce_sum(x * 1.1),
        "row sums": tf.reduce_sum(tf.exp(x), 1),
        "column sums": tf.reduce_sum(tf.exp(x), 0),
        "softmax": tf.nn.softmax(x * 3.0),
        "columns of softmax": tf.nn.softmax(x, axis=0),
        "mean": tf.reduce_mean(tf.square(x)),
        "largest": tf.argmax(x, 1),
        "transposed": tf.transpose(x) * 2.0,
        "log-sum-exp": tf.reduce_logsumexp(x),
        "variance": tf.nn.moments(x, [0])[1],
    }


@pytest.mark.parametrize("shape", [(1201, 977), (3, 400_001), (500_003, 2)])
def test_the_same_bits_for_1_2_and_7_threads(shape: tuple[int, int]) -> None:
    x = tf.placeholder(tf.float32, [None, None])
    fetches = fetches_of(x)
    fed = np.random.RandomState(1).randn(*shape).astype(np.float32)
    results = {}
    for threads in (1, 2, 7):
        with session_of(threads) as session:
            call = session.make_callable(list(fetches.values()), [x])
            call(fed)
            results[threads] = [np.asarray(result).tobytes() for result in call(fed)]
    for number, name in enumerate(fetches):
        assert results[1][number] == results[2][number] == results[7][number], name


@pytest.mark.parametrize("threads", [1, 7])
def test_updates_of_variables_have_the_same_bits(threads: int) -> None:
    fed = np.random.RandomState(2).randn(700_001).astype(np.float32)
    x = tf.placeholder(tf.float32, [None])
    variable = tf.Variable(tf.zeros([fed.size]))
    update = tf.assign_add(variable, tf.sin(x) * 0.3 + variable * 0.5).op
    values = []
    for count in (1, threads):
        with session_of(count) as session:
            session.run(variable.initializer)
            step = session.make_callable(update, [x])
            for _ in range(4):
                step(fed)
            values.append(session.run(variable).tobytes())
    assert values[0] == values[1]


SCRIPT = """
import os, sys
if {cpus}:
    os.sched_setaffinity(0, set(sorted(os.sched_getaffinity(0))[:{cpus}]))
import numpy as np
import sessile as tf
from sessile.compiler.machine import cpus
from sessile.compiler.runtime import pool
x = tf.placeholder(tf.float32, [None])
sess = tf.Session(config=tf.ConfigProto(intra_op_parallelism_threads={threads}))
call = sess.make_callable([tf.tanh(x) + tf.exp(-x), tf.reduce_sum(tf.exp(-x))], [x])
for _ in range(3):
    call(np.linspace(0, 1, 3_000_000, dtype=np.float32))
print(pool.worker_count(), cpus.usable_cpus())
"""


def workers(cpus: int, threads: int) -> list[int]:
    """Return how many threads the pool has, and how many CPUs are found, in a new process."""
    done = subprocess.run(
        [sys.executable, "-c", SCRIPT.format(cpus=cpus, threads=threads)], capture_output=True, text=True, check=True
    )
    return [int(word) for word in done.stdout.split()]


@native
def test_the_option_is_the_number_of_threads() -> None:
    assert workers(0, 1)[0] == 0
    assert workers(0, 3)[0] == 2 * pool.has_threads()


@native
@pytest.mark.skipif(not hasattr(os, "sched_setaffinity"), reason="there is no affinity")
def test_without_the_option_it_is_the_number_of_cpus_of_the_process() -> None:
    assert workers(1, 0) == [0, 1]
    found = workers(0, 0)
    assert found[0] == (found[1] - 1) * pool.has_threads()


@pytest.mark.skipif(blas._thread_functions() is None, reason="NumPy's BLAS does not tell its threads")
@pytest.mark.parametrize("kind", ["callable", "run"])
def test_blas_keeps_to_the_limit_of_the_session(kind: str) -> None:
    functions = blas._thread_functions()
    assert functions is not None
    change, tell = functions
    x = tf.placeholder(tf.float32, [None, None])
    fed = np.ones((900, 900), np.float32)
    before = tell()
    change(2)
    try:
        with session_of(1) as session:
            fetch = tf.matmul(x, x) * 2.0
            call = session.make_callable(fetch, [x])
            step = (lambda: call(fed)) if kind == "callable" else (lambda: session.run(fetch, {x: fed}))
            step()
            step()
            seen, done = set(), threading.Event()

            def watch() -> None:
                while not done.is_set():
                    seen.add(tell())
                    time.sleep(0.0002)

            watcher = threading.Thread(target=watch)
            watcher.start()
            for _ in range(8):
                step()
            done.set()
            watcher.join()
        assert 1 in seen and tell() == 2
        with session_of(2) as session:
            session.make_callable(tf.matmul(x, x), [x])(fed)
            assert tell() == 2
    finally:
        change(before)


def test_a_limit_of_threadpoolctl_is_kept() -> None:
    threadpoolctl = pytest.importorskip("threadpoolctl")
    functions = blas._thread_functions()
    if functions is None:
        pytest.skip("NumPy's BLAS does not tell its threads")
    x = tf.placeholder(tf.float32, [None, None])
    with threadpoolctl.threadpool_limits(1), session_of(4) as session:
        session.make_callable(tf.matmul(x, x), [x])(np.ones((600, 600), np.float32))
        assert functions[1]() == 1


@pytest.mark.skipif(blas._thread_functions() is None, reason="NumPy's BLAS does not tell its threads")
def test_the_number_of_threads_of_blas_is_given_back_whoever_leaves_first() -> None:
    functions = blas._thread_functions()
    assert functions is not None
    change, tell = functions
    before = tell()
    change(2)
    try:
        x = tf.placeholder(tf.float32, [None, None])
        fed = np.ones((300, 300), np.float32)
        with session_of(1) as session:
            variable = tf.Variable(tf.zeros([300, 300]))
            session.run(variable.initializer)
            product = tf.matmul(x, x)
            calls = [
                session.make_callable(tf.matmul(x, x) * 2.0, [x]),
                lambda value: session.run(product, {x: value}),
                session.make_callable(tf.assign_add(variable, tf.matmul(x, x)).op, [x]),
            ]
            barrier = threading.Barrier(6)

            def work(number: int) -> None:
                barrier.wait()
                for _ in range(60):
                    calls[number % 3](fed)

            threads = [threading.Thread(target=work, args=(number,)) for number in range(6)]
            for thread in threads:
                thread.start()
            for thread in threads:
                thread.join()
        assert tell() == 2
        with blas.limited(1):
            with blas.limited(2):
                assert tell() == 1
            first = blas.limited(1)
            first.__enter__()
        assert tell() == 1
        first.__exit__(None, None, None)
        assert tell() == 2
    finally:
        change(before)
