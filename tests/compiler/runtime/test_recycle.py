"""Recycled memory: arrays as NumPy's own, blocks that come back, bounds, threads, forks, exit."""

from __future__ import annotations

import copy
import gc
import os
import pickle
import queue
import subprocess
import sys
import threading
import time
import warnings
from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest
from sessile.compiler.machine import abi as layout
from sessile.compiler.runtime import recycle
from sessile.ops.base.ownership import is_owned

import sessile as tf

FLOAT = np.dtype(np.float32)
MIB = 1 << 20


@pytest.fixture
def pool(monkeypatch: pytest.MonkeyPatch) -> Iterator[recycle.Pool]:
    """Give a test a pool of its own, with at most 64 MiB idle."""
    own = recycle.Pool(64 * MIB)
    monkeypatch.setattr(recycle, "_pool", own)
    yield own
    gc.collect()
    own.trim()


def address(array: Any) -> int:
    """Return where an array's elements lie."""
    return int(array.ctypes.data)


@pytest.mark.usefixtures("pool")
@pytest.mark.parametrize("shape", [(1,), (1 << 19,), (3, 5, 100_003), (1, 4 * MIB), (0, 3), ()])
@pytest.mark.parametrize("dtype", ["float32", "float64", "int8", "bool", "complex128"])
def test_an_array_like_numpys(shape: tuple[int, ...], dtype: str) -> None:
    array = recycle.allocate(shape, np.dtype(dtype))
    assert type(array) is np.ndarray
    assert (array.shape, array.dtype) == (shape, np.dtype(dtype))
    flags = array.flags
    assert flags.c_contiguous
    assert flags.writeable
    assert flags.aligned
    if array.size:
        assert isinstance(array.base, recycle.Lease)
        assert address(array) % 64 == 0
    assert is_owned(array)
    array[...] = 1
    assert array.sum() == array.size


def test_a_view_is_not_owned() -> None:
    array = recycle.allocate((4, 3), FLOAT)
    assert not is_owned(array[1:])
    assert not is_owned(array.reshape(-1))
    assert not is_owned(np.zeros(3)[1:])
    assert is_owned(np.zeros(3))


def test_a_block_comes_back_when_the_array_is_gone(pool: recycle.Pool) -> None:
    first = recycle.allocate((MIB,), FLOAT)
    where = address(first)
    other = recycle.allocate((MIB,), FLOAT)
    assert address(other) != where
    del first
    assert address(recycle.allocate((MIB - 1000,), FLOAT)) == where
    assert pool.statistics() == {"idle": 4 * MIB, "used": 4 * MIB, "peak": 8 * MIB, "reused": 1, "made": 2}


def test_a_view_keeps_the_block(pool: recycle.Pool) -> None:
    array = recycle.allocate((1024, 1024), FLOAT)
    array[...] = 7
    view = array.T[5:, ::2].view(np.float32)
    chained = np.asarray(memoryview(array)[3:])
    del array
    recycle.allocate((1024, 1024), FLOAT)[...] = 8
    assert pool.statistics()["made"] == 2
    assert (chained == 7).all()
    del chained
    assert (view == 7).all()
    assert pool.statistics()["used"] == 4 * MIB
    del view
    assert pool.statistics()["idle"] == 8 * MIB


def test_blocks_are_large_enough_and_not_much_larger(pool: recycle.Pool) -> None:
    """Small ones by powers of two: what a new block is too large by is no memory until it is written."""
    for size in (*range(2 * MIB, 40 * MIB, 500_003), 2**31 + 1, 3, 4096, 2 * MIB, 40_000_000):
        lease = pool.lease(size)
        assert size <= len(lease) <= max(size * (2 if size <= 16 * MIB else 1.25), 2 * MIB)


def test_batches_of_about_the_same_size_share_blocks(pool: recycle.Pool) -> None:
    for batch in (*range(7200, 8192, 100), 5000, 8000):
        recycle.allocate((batch, 512), FLOAT)
    assert pool.statistics()["made"] == 1


NEW_SIZES = """
import resource
import numpy as np
import sessile as tf

x = tf.placeholder(tf.float32, [None, 256])
call = tf.Session().make_callable(x * 2.0 + 1.0, [x])
faults = []
for size in range(980, 1060):
    batch = np.ones((size, 256), np.float32)
    for _ in range(3):
        before = resource.getrusage(resource.RUSAGE_SELF).ru_minflt
        result = call(batch)
        faults.append(resource.getrusage(resource.RUSAGE_SELF).ru_minflt - before)
        del result
print(sum(faults[60:]))
"""


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="faults are counted otherwise elsewhere")
def test_new_batch_sizes_of_a_megabyte_take_no_new_memory() -> None:
    """The C library gives memory of this size back to the system between calls, and takes it anew page by page."""
    done = subprocess.run([sys.executable, "-c", NEW_SIZES], capture_output=True, text=True, timeout=100, check=True)
    assert int(done.stdout) < 1500  # a result has 250 pages


def test_the_end_of_an_array_runs_no_python(pool: recycle.Pool) -> None:
    """What Ctrl-C raises at the beginning of a finalizer in Python is lost; so is whatever the finalizer was to do."""
    calls: list[str] = []
    arrays = [recycle.allocate((4 * MIB,), FLOAT) for _ in range(6)]  # more than may be idle
    sys.setprofile(lambda frame, event, argument: calls.append(frame.f_code.co_name) if event == "call" else None)
    arrays.clear()
    sys.setprofile(None)
    assert calls == []
    assert pool.statistics()["used"] == 0
    assert pool.statistics()["idle"] == 64 * MIB


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="mapped memory is counted otherwise elsewhere")
@pytest.mark.usefixtures("pool")
def test_what_is_lent_beyond_the_bound_is_freed_with_its_array() -> None:
    def mapped() -> int:
        with open("/proc/self/statm") as file:
            return int(file.read().split()[0]) * os.sysconf("SC_PAGE_SIZE")

    before = mapped()
    arrays = [recycle.allocate((16 * MIB,), FLOAT) for _ in range(8)]
    assert mapped() - before >= 8 * 64 * MIB
    arrays.clear()
    assert mapped() - before <= 2 * 64 * MIB


class Keeper:
    """Has a finalizer that keeps a view of the memory below an array."""

    kept: Any = None

    def __init__(self, array: Any) -> None:
        self.array = array
        self.cycle = self

    def __del__(self) -> None:
        Keeper.kept = np.frombuffer(self.array.base, np.float32)


@pytest.mark.usefixtures("pool")
@pytest.mark.parametrize("size", [MIB, 64 * MIB], ids=["that comes back", "that does not"])
def test_memory_that_a_finalizer_keeps_is_not_given_to_another(size: int) -> None:
    """The collector calls the finalizers of a cycle before it knows whether the cycle stays dead."""
    array = recycle.allocate((size,), FLOAT)
    array[...] = 5
    keeper = Keeper(array)
    del array, keeper
    gc.collect()
    recycle.allocate((size,), FLOAT)[...] = 6
    assert (Keeper.kept[:size] == 5).all()
    Keeper.kept = None
    gc.collect()
    assert recycle.statistics()["used"] == 0
    assert recycle.statistics()["idle"] == (8 * MIB if size == MIB else 0)


def test_idle_memory_is_bounded(pool: recycle.Pool) -> None:
    arrays = [recycle.allocate((4 * MIB,), FLOAT) for _ in range(10)]
    assert pool.statistics()["used"] == 160 * MIB
    del arrays
    assert pool.statistics()["idle"] == 64 * MIB
    recycle.allocate((32 * MIB,), FLOAT)  # larger than the bound
    assert pool.statistics()["idle"] <= 64 * MIB


def test_what_was_not_used_for_long_goes_first(pool: recycle.Pool) -> None:
    recycle.allocate((4 * MIB,), FLOAT)
    for _ in range(3):
        pair = [recycle.allocate((6 * MIB,), FLOAT) for _ in range(2)]
        del pair
    assert pool.statistics()["idle"] == 64 * MIB
    recycle.allocate((MIB,), FLOAT)
    assert pool.statistics()["idle"] == 52 * MIB
    made = pool.statistics()["made"]
    pair = [recycle.allocate((6 * MIB,), FLOAT) for _ in range(2)]
    assert len(pair) == 2
    assert pool.statistics()["made"] == made


def test_trim_frees_what_is_idle_and_nothing_else(pool: recycle.Pool) -> None:
    kept = recycle.allocate((MIB,), FLOAT)
    kept[...] = 3
    recycle.allocate((2 * MIB,), FLOAT)
    assert recycle.trim() == 8 * MIB
    assert recycle.trim() == 0
    assert (kept == 3).all()
    assert pool.statistics()["used"] == 4 * MIB
    del kept
    assert recycle.statistics()["idle"] == 4 * MIB


def test_many_returns_keep_the_books_small(pool: recycle.Pool) -> None:
    for _ in range(10_000):
        pool.lease(5000)
    assert len(pool._order) < 5000
    assert pool.statistics()["made"] == 1


@pytest.mark.parametrize("shape", [(1 << 40, 1 << 20), (1 << 62, 8), (1 << 50,)])
def test_too_much_is_a_memory_error(pool: recycle.Pool, shape: tuple[int, ...]) -> None:
    with pytest.raises((MemoryError, ValueError)):
        recycle.allocate(shape, FLOAT)
    assert pool.statistics()["used"] == 0


def test_a_lease_may_die_while_the_lock_is_held(pool: recycle.Pool) -> None:
    array = recycle.allocate((MIB,), FLOAT)
    with pool._lock:
        del array
    assert pool.statistics()["idle"] == 4 * MIB


def test_a_lease_may_die_in_a_cycle(pool: recycle.Pool) -> None:
    cycle: list[Any] = [recycle.allocate((MIB,), FLOAT)]
    cycle.append(cycle)
    del cycle
    gc.collect()
    assert pool.statistics()["idle"] == 4 * MIB


def test_threads_do_not_get_the_same_block(pool: recycle.Pool) -> None:
    wrong: list[int] = []

    def work(number: int) -> None:
        kept: list[Any] = []
        for turn in range(300):
            array = recycle.allocate((2000 + turn % 7,), FLOAT)
            array[...] = number * 1000 + turn
            kept.append((array, number * 1000 + turn))
            if len(kept) > 3:
                old, value = kept.pop(turn % 3)
                if not (old == value).all():
                    wrong.append(number)

    threads = [threading.Thread(target=work, args=(number,)) for number in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert wrong == []
    assert pool.statistics()["used"] == 0


@pytest.mark.skipif(not hasattr(os, "fork"), reason="there is no fork")
def test_forked_children_have_memory_of_their_own() -> None:
    shared = recycle.allocate((MIB,), FLOAT)
    shared[...] = 5
    recycle.allocate((2 * MIB,), FLOAT)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)
        child = os.fork()
    if child == 0:
        result = 1
        try:
            fresh = recycle.statistics()["idle"] == 0
            own = recycle.allocate((2 * MIB,), FLOAT)
            own[...] = 6
            shared[...] = 7
            right = bool((own == 6).all() and (shared == 7).all())
            del shared  # from before the fork: it is freed, not kept
            result = 0 if fresh and right and recycle.statistics()["idle"] == 0 else 2
        finally:
            os._exit(result)
    deadline = time.monotonic() + 20
    done, status = os.waitpid(child, os.WNOHANG)
    while not done and time.monotonic() < deadline:
        time.sleep(0.005)
        done, status = os.waitpid(child, os.WNOHANG)
    assert done
    assert os.waitstatus_to_exitcode(status) == 0
    assert (shared == 5).all()


EXIT = """
import atexit, threading, numpy, sys
from sessile.compiler.runtime import recycle

kept = recycle.allocate((1 << 20,), numpy.dtype(numpy.float32))
kept[...] = 1
sys.kept = kept[3:]
class Late:
    def __init__(self):
        self.array = recycle.allocate((1 << 20,), numpy.dtype(numpy.float32))
        self.cycle = self
    def __del__(self):
        self.array[...] = 2
sys.late = Late()
late = Late()
recycle.allocate((1 << 20,), numpy.dtype(numpy.float32))
def hold():
    array = recycle.allocate((1 << 20,), numpy.dtype(numpy.float32))
    while True:
        array = recycle.allocate((1 << 20,), numpy.dtype(numpy.float32))
threading.Thread(target=hold, daemon=True).start()
print("done", flush=True)
"""


def test_exit_with_arrays_that_live() -> None:
    for _ in range(3):
        run = subprocess.run([sys.executable, "-c", EXIT], capture_output=True, text=True, timeout=60, check=False)
        assert (run.returncode, run.stdout, run.stderr) == (0, "done\n", "")


def test_the_bound_from_the_environment() -> None:
    assert recycle.idle_bound("0", 1 << 40) == 0
    assert recycle.idle_bound("-3", 1 << 40) == 0
    assert recycle.idle_bound(None, 1 << 30) == 1 << 27
    with pytest.warns(RuntimeWarning, match="SESSILE_MEMORY_IDLE"):
        assert recycle.idle_bound("much", 1 << 40) == 1 << 30


# Results of steps.


def doubling(rows: int = MIB) -> tuple[Any, Any]:
    """Return a session and its callable that doubles `rows` floats and adds one."""
    with tf.Graph().as_default() as graph:
        x = tf.placeholder(tf.float32, [None])
        session = tf.Session(graph=graph)
        call = session.make_callable(x * 2.0 + 1.0, [x])
    call(np.zeros(rows, np.float32))
    return session, call


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="faults are counted otherwise elsewhere")
@pytest.mark.parametrize("kind", ["one loop", "an arena", "run"])
def test_a_loop_over_results_of_40_megabytes_costs_no_page_faults(kind: str) -> None:
    import resource

    if kind == "an arena" and not layout.available():
        pytest.skip("the portable step asks NumPy for the memory of intermediates")
    rows = 10_000_000
    with tf.Graph().as_default(), tf.Session() as session:
        x = tf.placeholder(tf.float32, [None])
        y = x * 2.0 + 1.0
        if kind == "an arena":
            column = tf.matmul(tf.reshape(y, [-1, 10]), tf.constant(np.eye(10, dtype=np.float32)))
            y = tf.matmul(column + 1.0, tf.constant(np.eye(10, dtype=np.float32))) * 0.5
        call: Any = session.make_callable(y, [x]) if kind != "run" else lambda array: session.run(y, {x: array})
        data = np.ones(rows, np.float32)
        for _ in range(3):
            result = call(data)
        before = resource.getrusage(resource.RUSAGE_SELF).ru_minflt
        for _ in range(50):
            result = call(data)
        faults = resource.getrusage(resource.RUSAGE_SELF).ru_minflt - before
    assert float(result.reshape(-1)[-1]) > 0
    assert faults < 500  # fresh memory costs 50 * 10,000; with huge pages 50 * 20


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="/proc tells the memory of a process")
def test_trimmed_memory_goes_back_to_the_system() -> None:
    def resident() -> int:
        with open("/proc/self/statm") as file:
            return int(file.read().split()[1]) * resource.getpagesize()

    import resource

    session, call = doubling()
    session.trim_memory()
    before = resident()
    data = np.ones(16 * MIB, np.float32)
    first, kept = call(data), call(data)
    del first
    assert resident() - before > 180 * MIB  # the argument and two results
    assert session.trim_memory() >= 64 * MIB
    assert resident() - before < 150 * MIB  # the argument and the one that lives
    assert (kept == 3).all()
    del kept
    session.trim_memory()
    assert resident() - before < 80 * MIB
    assert (call(data) == 3).all()


def test_results_cannot_be_resized_and_outlive_all_they_came_from() -> None:
    session, call = doubling()
    result = call(np.full(MIB, 3, np.float32))
    assert isinstance(result.base, recycle.Lease)
    for arguments in [{}, {"refcheck": False}]:
        with pytest.raises(ValueError, match="does not own its data"):
            result.resize((2 * MIB,), **arguments)
    session.close()
    del session, call
    gc.collect()
    recycle.trim()
    assert (result == 7).all()


class Marked(np.ndarray):  # type: ignore[type-arg]
    """A subclass of arrays with attributes."""


def test_whatever_looks_at_a_result_keeps_it(pool: recycle.Pool) -> None:
    _, call = doubling()
    looks: list[Any] = [
        lambda array: array.view(Marked),
        lambda array: array[1:].reshape(-1, 3)[:, 1],
        lambda array: np.ma.masked_array(array, copy=False),
        lambda array: np.frombuffer(array, np.float32),
        lambda array: np.frombuffer(memoryview(array.base).cast("B"), np.float32),
        lambda array: np.frombuffer(pickle.PickleBuffer(array).raw(), np.float32),
        lambda array: np.lib.stride_tricks.as_strided(array, (4, 4), (4, 4)),
        lambda array: np.asarray(array.base),
        lambda array: next(iter([array.T.view(np.int32).view(np.float32)])),
        lambda array: np.from_dlpack(array),
    ]
    for turn, look in enumerate(looks):
        seen = look(call(np.full(MIB, turn, np.float32)))
        before = np.array(seen)
        for other in range(3):
            call(np.full(MIB, 100 + other, np.float32))
        np.testing.assert_array_equal(np.array(seen), before)
        del seen
    gc.collect()
    assert pool.statistics()["used"] == 0


def test_pickled_and_copied_results_have_memory_of_their_own(pool: recycle.Pool) -> None:
    _, call = doubling()
    first = call(np.full(MIB, 4, np.float32))
    copies = [pickle.loads(pickle.dumps(first, protocol)) for protocol in (2, 4, 5)]
    copies += [copy.copy(first), copy.deepcopy(first), np.array(first)]
    for duplicate in (copy.copy, copy.deepcopy, pickle.dumps):
        with pytest.raises(TypeError, match="lease"):
            duplicate(first.base)
    del first
    for _ in range(3):
        call(np.full(MIB, 5, np.float32))
    assert all((array == 9).all() for array in copies)
    gc.collect()
    assert pool.statistics()["used"] == 0


@pytest.mark.usefixtures("pool")
def test_live_results_never_share_memory_in_many_threads() -> None:
    session, call = doubling()
    handed: queue.Queue[Any] = queue.Queue(8)
    wrong: list[str] = []

    def check(item: Any) -> None:
        array, value = item
        if not (array == value).all():
            wrong.append(f"{value} became {np.unique(array)[:3]}")

    def work(number: int) -> None:
        kept: list[Any] = []
        for turn in range(40):
            value = number * 1000 + turn
            result = call(np.full(MIB // 2 + turn % 3 * 1000, value, np.float32))
            kept.append((result if turn % 2 else result[7::3].view(Marked), value * 2 + 1))
            if turn % 4 == 0:
                handed.put(kept.pop())  # dies in another thread
            if turn % 8 == 7:
                session.trim_memory()
            while len(kept) > 3:
                check(kept.pop(turn % 3))
        for item in kept:
            check(item)

    def collect() -> None:
        while (item := handed.get()) is not None:
            check(item)

    threads = [threading.Thread(target=work, args=(number,)) for number in range(5)]
    collector = threading.Thread(target=collect)
    for thread in [collector, *threads]:
        thread.start()
    for thread in threads:
        thread.join()
    handed.put(None)
    collector.join()
    del thread
    assert wrong == []


def test_a_lease_in_the_handler_of_a_signal_does_not_wait_for_its_own_thread() -> None:
    """It came while this thread had the pool's lock: then the memory is NumPy's. The lock was waited for for ever."""
    with recycle._pool._lock:
        found = recycle.allocate((recycle.LEAST,), np.dtype(np.uint8))
    assert found.base is None and found.shape == (recycle.LEAST,)
    assert recycle.allocate((recycle.LEAST,), np.dtype(np.uint8)).base is not None
