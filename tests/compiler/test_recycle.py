"""Recycled memory: arrays as NumPy's own, blocks that come back, bounds, threads, forks, exit."""

from __future__ import annotations

import gc
import os
import subprocess
import sys
import threading
import time
import warnings
from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest
from sessile.compiler import recycle
from sessile.ops.ownership import is_owned

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


def test_size_classes_waste_at_most_a_quarter(pool: recycle.Pool) -> None:
    for size in (*range(2 * MIB, 9 * MIB, 100_003), 2**31 + 1, 3, 4096, 2 * MIB, 40_000_000):
        lease = pool.lease(size)
        assert size <= len(lease) <= max(size * 1.25, 4096)


def test_batches_of_about_the_same_size_share_blocks(pool: recycle.Pool) -> None:
    for batch in range(7200, 8192, 100):
        recycle.allocate((batch, 512), FLOAT)
    assert pool.statistics()["made"] == 1


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
from sessile.compiler import recycle

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
