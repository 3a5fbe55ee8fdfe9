"""Forking after use: the child computes, compiles and updates, whatever the threads of its parent were doing."""

from __future__ import annotations

import multiprocessing
import os
import subprocess
import sys
import threading
import time
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import numpy as np
import pytest
from sessile.compiler.machine import lock as compiling
from sessile.compiler.runtime import pool
from sessile.ops.base import forks

import sessile as tf

pytestmark = [
    pytest.mark.skipif(not hasattr(os, "fork"), reason="there is no fork"),
    pytest.mark.filterwarnings("ignore:.*multi-threaded.*fork:DeprecationWarning"),
    pytest.mark.filterwarnings("ignore::sessile.session.warnings_.UsageWarning"),  # graphs grow here
]

PATIENCE = 60  # seconds


def succeeds_in_child(work: Callable[[], Any]) -> None:
    """Fork; assert that `work` returns something true in the child, and does not hang."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)  # newer Pythons warn of forks beside threads
        child = os.fork()
    if child == 0:
        code = 1
        try:
            code = 0 if work() else 2
        finally:
            os._exit(code)
    deadline = time.monotonic() + PATIENCE
    while time.monotonic() < deadline:
        done, status = os.waitpid(child, os.WNOHANG)
        if done:
            assert os.waitstatus_to_exitcode(status) == 0
            return
        time.sleep(0.002)
    os.kill(child, 9)
    os.waitpid(child, 0)
    pytest.fail("the forked child hangs")


@contextmanager
def meanwhile(work: Callable[[int], Any]) -> Iterator[None]:
    """Call `work(k)` for growing k in another thread, as long as the block lasts."""
    stop, started, failures = threading.Event(), threading.Event(), []

    def body() -> None:
        number = 0
        try:
            while not stop.is_set():
                work(number)
                number += 1
                started.set()
        except BaseException as error:
            failures.append(error)
            started.set()

    thread = threading.Thread(target=body)
    thread.start()
    started.wait(PATIENCE)
    try:
        yield
    finally:
        stop.set()
        thread.join(PATIENCE)
    assert not failures, failures
    assert not thread.is_alive()


@pytest.fixture
def session() -> Iterator[Any]:
    with tf.Graph().as_default(), tf.Session() as session:
        yield session


def kernels(session: Any, function: Any) -> Callable[[int], bool]:
    """Return a function that compiles a kernel that nobody has, different for each number, runs and checks it."""
    x = tf.placeholder(tf.float32, [None])
    graph, fed = session.graph, np.ones(3, np.float32)

    def compile_and_run(number: int) -> bool:
        with graph.as_default():
            call = session.make_callable(function(x) * 0.0 + x * float(number), [x])
        return bool((call(fed) == number).all())

    return compile_and_run


def test_forks_while_another_thread_compiles(session: Any) -> None:
    ours, theirs = kernels(session, tf.sin), kernels(session, tf.exp)
    with meanwhile(theirs):
        for number in range(5):
            succeeds_in_child(lambda number=number: ours(number))
    assert ours(100)


def test_forks_while_another_thread_runs_a_long_loop(session: Any) -> None:
    x = tf.placeholder(tf.float32, [None])
    call = session.make_callable(tf.reduce_sum(tf.exp(-x) + tf.tanh(x)), [x])
    fed = np.linspace(0, 1, 2_000_003, dtype=np.float32)
    expected = call(fed)
    compiles = kernels(session, tf.cos)
    with meanwhile(lambda number: call(fed)):
        for number in range(6):
            succeeds_in_child(lambda number=number: call(fed) == expected and compiles(number))
    assert call(fed) == expected


def test_forks_while_another_thread_updates_a_variable(session: Any) -> None:
    """The child's copy has a whole value, takes updates, and native ones again."""
    size = 300_000
    variable = tf.Variable(tf.zeros([size]))
    x = tf.placeholder(tf.float32, [])
    session.run(variable.initializer)
    add = session.make_callable(tf.assign_add(variable, tf.zeros([size]) + x).op, [x])
    scatter = tf.scatter_add(variable, [0], tf.expand_dims(x, 0)).op
    add(1.0)

    def update(number: int) -> None:
        session.run(scatter, {x: 0.0})  # through the interpreter, which marks the cell as busy
        add(1.0)

    def works() -> bool:
        before = session.run(variable)
        add(2.0)
        session.run(scatter, {x: 3.0})
        after = session.run(variable)
        return (
            bool((before[1:] == before[1]).all() and (after[1:] == before[1:] + 2).all()) and after[0] == before[0] + 5
        )

    with meanwhile(update):
        for _ in range(8):
            succeeds_in_child(works)


def test_forks_while_another_thread_builds_and_plans(session: Any) -> None:
    x = tf.placeholder(tf.float32, [None])
    graph, fed = session.graph, np.ones(3, np.float32)

    def plan(number: int) -> bool:
        with graph.as_default():
            y = x
            for _ in range(20):
                y = y + 1.0
            return bool((session.run(y, {x: fed}) == 21).all())

    with meanwhile(plan):
        for number in range(6):
            succeeds_in_child(lambda number=number: plan(number))


def test_a_child_of_a_child(session: Any) -> None:
    compiles = kernels(session, tf.sinh)
    assert compiles(1)

    def in_child() -> bool:
        succeeds_in_child(lambda: compiles(2))
        return compiles(3)

    succeeds_in_child(in_child)
    assert compiles(4)


def test_locks_are_free_in_a_child_and_the_threads_own_are_kept() -> None:
    count = np.zeros(1, np.int64)
    theirs, ours, plain = forks.busy_lock(count), forks.lock(), forks.lock(threading.Lock())
    held, leave = threading.Event(), threading.Event()

    def hold() -> None:
        with theirs, plain:
            count[0] += 1
            held.set()
            leave.wait(PATIENCE)

    holder = threading.Thread(target=hold)
    holder.start()
    held.wait(PATIENCE)

    def are_free() -> bool:
        return theirs.acquire(timeout=1) and plain.acquire(timeout=1) and count[0] == 0 and ours._is_owned()

    try:
        with ours:
            succeeds_in_child(are_free)
    finally:
        leave.set()
        holder.join()


def test_a_fork_inside_a_compilation_of_the_same_thread_does_not_wait_for_itself() -> None:
    with compiling.LOCK:
        succeeds_in_child(lambda: compiling.LOCK.acquire(timeout=1))


def _square(value: float) -> list[float]:
    x = tf.placeholder(tf.float32, [None])
    with tf.Session() as session:
        found: list[float] = session.make_callable(x * x + 0.5, [x])(np.full(2, value, np.float32)).tolist()
    return found


def test_a_pool_of_forked_processes(session: Any) -> None:
    x = tf.placeholder(tf.float32, [None])
    session.make_callable(tf.exp(x), [x])(np.zeros(100_000, np.float32))  # LLVM and the threads are in use
    with multiprocessing.get_context("fork").Pool(3) as workers:
        found = workers.map_async(_square, [1.0, 2.0, 3.0, 4.0, 5.0]).get(PATIENCE)
    assert found == [[v * v + 0.5] * 2 for v in (1.0, 2.0, 3.0, 4.0, 5.0)]


FORK_SERVER = """
import os, signal, sys, threading
import numpy as np
import sessile as tf
x = tf.placeholder(tf.float32, [None])
sess = tf.Session()
step = sess.make_callable(tf.tanh(x) * 0.0 + x * 2.0, [x])
fed = np.arange(400_000, dtype=np.float32)
step(fed)
children = []
for number in range(4):
    child = os.fork()
    if child == 0:
        good = bool((step(fed) == fed * 2).all())
        sys.exit(0 if good else 5)  # an orderly exit, with all destructors
    children.append(child)
codes = [os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) for child in children]
print(codes, bool((step(fed) == fed * 2).all()))
"""


def test_children_that_exit_in_order() -> None:
    done = subprocess.run(
        [sys.executable, "-W", "ignore::DeprecationWarning", "-c", FORK_SERVER],
        capture_output=True,
        text=True,
        timeout=PATIENCE,
        check=False,
    )
    assert (done.returncode, done.stdout, done.stderr) == (0, "[0, 0, 0, 0] True\n", "")


def test_workers_are_made_anew_in_the_child(session: Any) -> None:
    x = tf.placeholder(tf.float32, [None])
    config = tf.ConfigProto(intra_op_parallelism_threads=3)
    with tf.Session(config=config) as three:
        call = three.make_callable(tf.exp(x) + tf.tanh(x) * tf.sin(x), [x])
        fed = np.linspace(-1, 1, 1_000_003, dtype=np.float32)
        expected = call(fed)

        def works() -> bool:
            before = pool.worker_count()
            same = np.array_equal(call(fed), expected)
            return same and before == 0

        succeeds_in_child(works)
        assert np.array_equal(call(fed), expected)


@pytest.mark.parametrize("way", ["interpreted", "compiled"])
def test_a_fork_beside_a_product(way: str) -> None:
    """OpenBLAS hangs if it is forked while it multiplies: forks wait for products."""
    with tf.Graph().as_default() as graph:
        x = tf.placeholder(tf.float32, [None, 384])
        product = tf.matmul(x, x, transpose_b=True)
        config = tf.ConfigProto()
        level = tf.OptimizerOptions.ON_1 if way == "compiled" else tf.OptimizerOptions.OFF
        config.graph_options.optimizer_options.global_jit_level = level
        session = tf.Session(graph=graph, config=config)
        call = session.make_callable(product, [x])
    rows = np.ones((384, 384), np.float32)
    with meanwhile(lambda number: call(rows)):
        for _ in range(40):
            succeeds_in_child(lambda: call(rows)[0, 0] == 384)


def test_a_fork_waits_for_a_product() -> None:
    finished: list[bool] = []
    inside = threading.Event()

    def multiply() -> None:
        with forks.product():
            inside.set()
            time.sleep(0.3)
            finished.append(True)

    thread = threading.Thread(target=multiply)
    thread.start()
    assert inside.wait(PATIENCE)
    succeeds_in_child(lambda: finished == [True])
    thread.join()
