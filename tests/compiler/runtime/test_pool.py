"""The thread pool: every iteration once, from many callers, after forks, at exit; and how many CPUs may be used."""

from __future__ import annotations

import ctypes
import itertools
import os
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from sessile.compiler.jit.compile import CompiledKernel, compile_kernel
from sessile.compiler.machine import cpus
from sessile.compiler.machine.assembler import Assembler, address
from sessile.compiler.machine.code import Code
from sessile.compiler.native.launch import fill_context, part_function, run_in_parts
from sessile.compiler.runtime import pool
from sessile.compiler.tree.reader import read_kernel

BODY = ctypes.CFUNCTYPE(None, ctypes.c_void_p, ctypes.c_uint64, ctypes.c_uint64)

needs_threads = pytest.mark.skipif(not pool.has_threads(), reason="there are no pthreads")
needs_fork = pytest.mark.skipif(not hasattr(os, "fork"), reason="there is no fork")


def parallel_for(body: Any, count: int, threads: int) -> None:
    """Call the pool without the GIL."""
    kinds = (ctypes.c_void_p, ctypes.c_void_p, ctypes.c_uint64, ctypes.c_uint64)
    ctypes.CFUNCTYPE(None, *kinds)(pool.parallel_for_address())(body, None, count, threads)


def ranges(count: int, threads: int) -> list[tuple[int, int]]:
    """Return the parts that a loop is run in, in order."""
    seen: list[tuple[int, int]] = []
    parallel_for(BODY(lambda context, start, stop: seen.append((start, stop))), count, threads)
    return sorted(seen)


@pytest.mark.parametrize("count", [1, 2, 3, 7, 64, 100, 1023, 4097, 100_003, 2**40])
@pytest.mark.parametrize("threads", [0, 1, 2, 7, 1000])
def test_every_iteration_once(count: int, threads: int) -> None:
    parts = ranges(count, threads)
    assert parts[0][0] == 0
    assert parts[-1][1] == count
    assert all(stop == start for (_, stop), (start, _) in itertools.pairwise(parts))
    assert all(start < stop for start, stop in parts)


def test_an_empty_range_calls_nothing_or_an_empty_part() -> None:
    assert all(start == stop for start, stop in ranges(0, 4))


def test_long_parts_begin_at_cache_lines() -> None:
    assert all(start % 64 == 0 for start, _ in ranges(10**6 + 7, 7))


@needs_threads
@pytest.mark.parametrize("threads", [2, 3])
def test_workers_take_part_and_are_not_more_than_asked_for(threads: int) -> None:
    seen: set[int] = set()
    barrier = threading.Barrier(threads)

    def body(context: Any, start: int, stop: int) -> None:
        if threading.get_ident() not in seen:
            seen.add(threading.get_ident())
            barrier.wait(20)

    parallel_for(BODY(body), 64, threads)
    assert len(seen) == threads
    before = pool.worker_count()
    ranges(64, 2)
    assert pool.worker_count() == before


@needs_threads
def test_bodies_may_share_loops_themselves() -> None:
    total = []

    def outer(context: Any, start: int, stop: int) -> None:
        parallel_for(BODY(lambda c, inner_start, inner_stop: total.append(inner_stop - inner_start)), 10, 3)

    parallel_for(BODY(outer), 8, 3)
    assert sum(total) == 80


class Shared:
    """A kernel of one argument and one result, run in parts by machine code."""

    def __init__(self, expression: str, dtype: str = "f32") -> None:
        lines = ["def kernel(x0, r0, n0, start, stop):", "    for i0 in range(start, stop):"]
        lines += ["        x = load(x0, i0)", f"        store(r0, i0, {dtype}({expression}))"]
        self.kernel: CompiledKernel = compile_kernel(read_kernel("\n".join(lines), (dtype, dtype)))
        asm = Assembler()
        run_in_parts(asm, "part", fill_context(asm, ["ptr %x", "ptr %r", "i64 %n"]), "%n", "%threads")
        text = part_function("part", address(self.kernel.address), ["ptr", "ptr", "i64"])
        body = "\n".join(asm.lines)
        text += f"define void @step(ptr %x, ptr %r, i64 %n, i64 %threads) {{\n{body}\n  ret void\n}}\n"
        self.code = Code(text, [self.kernel])
        kinds = (ctypes.c_void_p, ctypes.c_void_p, ctypes.c_uint64, ctypes.c_uint64)
        self.step = ctypes.CFUNCTYPE(None, *kinds)(self.code.address)

    def __call__(self, x: Any, threads: int) -> Any:
        """Return the result."""
        result = np.full_like(x, 77)
        self.step(x.ctypes.data, result.ctypes.data, x.size, threads)
        return result


@pytest.fixture(scope="module")
def doubled() -> Shared:
    """Doubles and adds 3."""
    return Shared("x * f32(2) + f32(3)")


FUNCTIONS = ("exp", "expm1", "log", "log1p", "sin", "cos", "tan", "tanh", "atan", "sigmoid", "softplus", "erf", "rsqrt")


@pytest.mark.parametrize("dtype", ["f32", "f64"])
def test_results_do_not_depend_on_the_number_of_threads(dtype: str) -> None:
    everything = " + ".join(f"{name}_{dtype}(x)" for name in FUNCTIONS)
    shared = Shared(f"{everything} + pow_{dtype}(x, {dtype}(1.7)) * x + {dtype}(0.1)", dtype)
    random = np.random.RandomState(3)
    for count in (1, 2, 15, 33, 1023, 4099, 65537):
        x = (random.randn(count) * 3).astype(np.float32 if dtype == "f32" else np.float64)
        alone = shared(x, 1)
        for threads in (2, 3, 7):
            np.testing.assert_array_equal(shared(x, threads).view(np.uint8), alone.view(np.uint8))


def test_many_python_threads_at_once(doubled: Shared) -> None:
    x = np.arange(30_011, dtype=np.float32)
    expected = doubled(x, 1)
    wrong: list[int] = []

    def work(number: int) -> None:
        for _ in range(200):
            if not np.array_equal(doubled(x, 1 + number % 4), expected):
                wrong.append(number)

    callers = [threading.Thread(target=work, args=(number,)) for number in range(8)]
    for caller in callers:
        caller.start()
    for caller in callers:
        caller.join(60)
    assert wrong == []
    assert not any(caller.is_alive() for caller in callers)


def _in_child(work: Callable[[], bool]) -> None:
    """Fork; assert that `work` is true in the child, within 20 seconds."""
    import warnings

    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)  # newer Pythons warn of forks beside threads
        child = os.fork()
    if child == 0:
        result = 1
        try:
            result = 0 if work() else 2
        finally:
            os._exit(result)
    deadline = time.monotonic() + 20
    while time.monotonic() < deadline:
        done, status = os.waitpid(child, os.WNOHANG)
        if done:
            assert os.waitstatus_to_exitcode(status) == 0
            return
        time.sleep(0.005)
    os.kill(child, 9)
    os.waitpid(child, 0)
    pytest.fail("the forked child hangs")


@needs_fork
def test_a_forked_child_computes_with_its_own_workers(doubled: Shared) -> None:
    x = np.arange(100_003, dtype=np.float32)
    expected = doubled(x, 3)

    def work() -> bool:
        fresh = pool.worker_count() == 0
        return fresh and np.array_equal(doubled(x, 3), expected) and pool.worker_count() == 2 * pool.has_threads()

    _in_child(work)
    _in_child(work)
    assert np.array_equal(doubled(x, 3), expected)


@needs_fork
def test_forks_while_another_thread_computes(doubled: Shared) -> None:
    x = np.arange(1_000_003, dtype=np.float32)
    expected = doubled(x, 1)
    stop = threading.Event()

    def compute() -> None:
        while not stop.is_set():
            doubled(x, 3)

    caller = threading.Thread(target=compute)
    caller.start()
    try:
        for _ in range(15):
            _in_child(lambda: np.array_equal(doubled(x, 3), expected))
    finally:
        stop.set()
        caller.join()


EXIT = """
import ctypes, sys, threading, time
from sessile.compiler.runtime import pool
body = ctypes.CFUNCTYPE(None, ctypes.c_void_p, ctypes.c_uint64, ctypes.c_uint64)(lambda *range: None)
kinds = (ctypes.c_void_p, ctypes.c_void_p, ctypes.c_uint64, ctypes.c_uint64)
run = ctypes.CFUNCTYPE(None, *kinds)(pool.parallel_for_address())
run(body, None, 100, 4)
assert pool.worker_count() == 3 * pool.has_threads()
print("done", flush=True)
"""


def test_exit_with_sleeping_workers() -> None:
    for _ in range(3):
        run = subprocess.run([sys.executable, "-c", EXIT], capture_output=True, text=True, timeout=60, check=False)
        assert (run.returncode, run.stdout, run.stderr) == (0, "done\n", "")


@needs_threads
def test_signals_stay_with_the_main_thread() -> None:
    ranges(64, 4)
    if not os.path.isdir("/proc/self/task"):
        pytest.skip("there is no /proc")
    blocked = {}
    for task in os.listdir("/proc/self/task"):
        status = Path("/proc/self/task", task, "status").read_text()
        blocked[int(task)] = int(status.split("SigBlk:")[1].split()[0], 16)
    interrupt = 1 << 1
    assert sum(bool(mask & interrupt) for mask in blocked.values()) >= 3
    assert not blocked[os.getpid()] & interrupt


# Processors.


def test_usable_cpus_is_within_affinity() -> None:
    assert 1 <= cpus.usable_cpus() <= (os.cpu_count() or 1)


def _write(folder: Path, **files: str) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    for name, text in files.items():
        (folder / name.replace("__", ".")).write_text(text)


def test_quota_of_cgroup_2_and_of_the_groups_around(tmp_path: Path) -> None:
    _write(tmp_path / "proc", cgroup="0::/a/b\n", mountinfo=f"30 1 0:26 / {tmp_path}/fs rw - cgroup2 cgroup2 rw\n")
    _write(tmp_path / "fs" / "a" / "b", cpu__max="max 100000\n")
    _write(tmp_path / "fs" / "a", cpu__max="150000 100000\n")
    assert cpus.cgroup_quotas(str(tmp_path / "proc"), "/nowhere") == [1.5]


def test_quota_of_cgroup_1(tmp_path: Path) -> None:
    mountinfo = f"30 1 0:26 / {tmp_path}/fs/cpu\\040x rw - cgroup cgroup rw,cpu,cpuacct\n"
    _write(tmp_path / "proc", cgroup="9:memory:/m\n4:cpu,cpuacct:/job\n0::/\n", mountinfo=mountinfo)
    _write(tmp_path / "fs" / "cpu x" / "job", cpu__cfs_quota_us="300000\n", cpu__cfs_period_us="100000\n")
    _write(tmp_path / "fs" / "cpu x", cpu__cfs_quota_us="-1\n", cpu__cfs_period_us="100000\n")
    assert cpus.cgroup_quotas(str(tmp_path / "proc"), str(tmp_path / "nowhere")) == [3.0]


def test_a_container_whose_group_is_the_mounted_root(tmp_path: Path) -> None:
    _write(tmp_path / "proc", cgroup="0::/\n", mountinfo=f"30 1 0:26 /docker/x {tmp_path}/fs rw - cgroup2 cgroup2 rw\n")
    _write(tmp_path / "fs", cpu__max="50000 100000")
    assert cpus.cgroup_quotas(str(tmp_path / "proc"), "/nowhere") == [0.5]


@pytest.mark.parametrize("text", ["", "max 100000", "x y", "0 100000", "100000 0", "1 2 3"])
def test_a_quota_that_says_nothing(tmp_path: Path, text: str) -> None:
    _write(tmp_path / "proc", cgroup="0::/\nnonsense\n", mountinfo="nonsense\n1 2 - x\n")
    _write(tmp_path / "fs", cpu__max=text)
    assert cpus.cgroup_quotas(str(tmp_path / "proc"), str(tmp_path / "fs")) == []


def test_no_proc_at_all(tmp_path: Path) -> None:
    assert cpus.cgroup_quotas(str(tmp_path / "none"), str(tmp_path / "neither")) == []
