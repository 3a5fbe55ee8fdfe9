"""Whole processes that run a callable on one folder: cold at once, killed, damaged, full, read-only; one result."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from sessile.compiler.jit import compile as jit
from sessile.compiler.machine.cache import KernelCache

import sessile as tf

KERNELS = 3
PROCESS = """
import hashlib, os, sys, time
gate = os.environ.get("GATE")
import numpy as np
import sessile as tf
from sessile.compiler.jit import compile as jit

x, y = tf.placeholder(tf.float32, [None, None]), tf.placeholder(tf.float32, [None])
fetches = [tf.nn.softmax(tf.tanh(x) * y + 1.0), tf.reduce_sum(tf.exp(-x), 0), tf.transpose(x) * 3.0]
call = tf.Session().make_callable(fetches, [x, y])
a, b = np.linspace(-3, 3, 35, dtype=np.float32).reshape(5, 7), np.linspace(1, 2, 7, dtype=np.float32)
print("ready", flush=True)
while gate and not os.path.exists(gate):
    time.sleep(0.01)
for _ in range(2):
    digest = hashlib.sha256()
    for result in call(a, b):
        digest.update(result.tobytes())
print(digest.hexdigest(), jit.compiled_count, jit.loaded_count, "numba" in sys.modules)
"""


def start(before: str = "", **variables: str) -> subprocess.Popen[str]:
    """Start such a process; `before` runs first in it."""
    return subprocess.Popen(
        [sys.executable, "-c", before + PROCESS],
        env=os.environ | {"OPENBLAS_NUM_THREADS": "1"} | variables,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def finish(process: subprocess.Popen[str]) -> tuple[str, int, int]:
    """Return the digest of its results, and how many kernels it compiled and found."""
    printed, trouble = process.communicate(timeout=900)
    assert process.returncode == 0 and not trouble, trouble
    digest, compiled, loaded, has_numba = printed.split()[-4:]
    assert has_numba == "False"
    return digest, int(compiled), int(loaded)


@pytest.fixture(scope="module")
def expected() -> str:
    """The digest that a process without a cache computes."""
    digest, compiled, loaded = finish(start(SESSILE_CACHE="0"))
    assert (compiled, loaded) == (KERNELS, 0)
    return digest


def all_at_once(count: int, folder: Path, expected: str) -> None:
    """Let many processes make their first call at the same moment; each has to be right, and the folder sound."""
    gate = folder.parent / "gate"
    processes = [start(GATE=str(gate)) for _ in range(count)]
    for process in processes:
        assert process.stdout is not None and process.stdout.readline() == "ready\n"
    gate.touch()
    for digest, compiled, loaded in map(finish, processes):
        assert digest == expected and compiled + loaded == KERNELS
    kernels = KernelCache(str(folder))
    assert len(kernels.entries()) == KERNELS and kernels.damaged() == [] and not list(folder.rglob("*.tmp"))
    assert finish(start()) == (expected, 0, KERNELS)


def test_six_processes_start_cold(folder: Path, expected: str) -> None:
    """Those that find nothing compile for themselves; the entries are good whoever wrote them last."""
    all_at_once(6, folder, expected)


@pytest.mark.slow
def test_two_hundred_processes_start_cold(folder: Path, expected: str) -> None:
    """The same; takes minutes and 7 GB on a machine with two processors."""
    all_at_once(200, folder, expected)


def test_processes_that_are_killed_at_any_moment(folder: Path, expected: str) -> None:
    """Whatever they were writing, those that come after are right."""
    gate = folder.parent / "gate"
    for number in range(5):
        shutil.rmtree(folder, ignore_errors=True)
        gate.unlink(missing_ok=True)
        process = start(GATE=str(gate))
        assert process.stdout is not None
        process.stdout.readline()
        gate.touch()
        deadline = time.monotonic() + 20
        while len(list(folder.rglob("*"))) < 1 + number and time.monotonic() < deadline and process.poll() is None:
            time.sleep(0.0005)
        process.send_signal(signal.SIGKILL)
        process.communicate()
        assert KernelCache(str(folder)).damaged() == []
        if number % 3 == 2:
            digest, compiled, loaded = finish(start())
            assert digest == expected and compiled + loaded == KERNELS


def test_bits_that_flip_in_any_file(kernels: KernelCache, empty_memory: None) -> None:
    """A new process (here: one that forgot its kernels) compiles what is damaged again, and has the same results."""
    x = tf.placeholder(tf.float32, [None, None])
    fetches = [tf.nn.softmax(tf.tanh(x)), tf.reduce_sum(tf.exp(-x), 0), tf.transpose(x) * 3.0]
    fed = np.linspace(-3, 3, 35, dtype=np.float32).reshape(5, 7)

    def run() -> list[Any]:
        jit._kernels.clear()
        with tf.Session() as session:
            results: list[Any] = session.make_callable(fetches, [x])(fed)
        return [result.tobytes() for result in results]

    expected = run()
    entries = kernels.entries()
    assert len(entries) >= 2
    random = np.random.RandomState(5)
    for entry in entries:
        path = Path(entry.path)
        good = path.read_bytes()
        for position in [0, 45, len(good) - 1, *random.randint(0, len(good), 4).tolist()]:
            damaged = bytearray(good)
            damaged[position] ^= 1 << int(random.randint(8))
            path.write_bytes(damaged)
            assert [found.name for found, _ in kernels.damaged()] == [entry.name]
            compiled = jit.compiled_count
            assert run() == expected
            assert jit.compiled_count == compiled + 1 and kernels.damaged() == []


LIMIT = "import resource\nresource.setrlimit(resource.RLIMIT_FSIZE, ({size}, {size}))\n"


@pytest.mark.parametrize("size", [0, 5000])
def test_a_limit_of_file_sizes(size: int, folder: Path, expected: str) -> None:
    """Entries larger than that are not kept; nobody notices."""
    digest, compiled, loaded = finish(start(LIMIT.format(size=size)))
    assert digest == expected and compiled + loaded == KERNELS
    kernels = KernelCache(str(folder))
    assert kernels.damaged() == [] and not list(folder.rglob("*.tmp"))
    assert all(entry.size <= size for entry in kernels.entries())


def mounted(options: str, script: str, folder: Path) -> subprocess.CompletedProcess[str]:
    """Run a shell script in which `folder` is a file system of its own; skip where that is not allowed."""
    if shutil.which("unshare") is None or shutil.which("mount") is None:
        pytest.skip("there is no unshare")
    folder.mkdir(mode=0o700, exist_ok=True)
    mount = f"mount -t tmpfs -o mode=700,{options} none '{folder}'"
    for how in (["unshare", "-m"], ["unshare", "-rm"]):
        if subprocess.run([*how, "sh", "-c", mount], capture_output=True, check=False).returncode == 0:
            return subprocess.run(
                [*how, "sh", "-c", f"{mount} && {script}", sys.executable, PROCESS],
                capture_output=True,
                text=True,
                timeout=300,
                check=False,
            )
    pytest.skip("nothing can be mounted here")


@pytest.mark.parametrize("size", ["4k", "12k"])
def test_a_disk_that_is_full(size: str, folder: Path, expected: str) -> None:
    """It fills with the first kernel, or with a later one."""
    script = f'"$0" -c "$1" && "$0" -c "$1" && "$0" -m sessile cache verify && ls \'{folder}/1\''
    done = mounted(f"size={size}", script, folder)
    lines = [line for line in done.stdout.splitlines() if line != "ready"]
    assert not done.stderr.replace(f"ls: cannot access '{folder}/1': No such file or directory\n", "")
    assert [line.split()[0] for line in lines[:2]] == [expected] * 2
    assert " 0 damaged" in lines[2] or lines[2].startswith("0 entries")
    assert not [name for name in lines[3:] if name.endswith(".tmp")]


def test_a_disk_that_is_read_only(folder: Path, expected: str) -> None:
    """What is there is found; what is not is compiled."""
    run = '"$0" -c "$1"'
    remount = f"mount -o remount,ro '{folder}'"
    done = mounted("size=1m", f"{run} && {remount} && {run}", folder)
    assert not done.stderr
    cold, warm = [line.split() for line in done.stdout.splitlines() if line != "ready"]
    assert cold[:3] == [expected, str(KERNELS), "0"] and warm[:3] == [expected, "0", str(KERNELS)]
    done = mounted("size=1m", f"{remount} && {run} && {run}", folder)
    assert not done.stderr
    assert [line.split()[:3] for line in done.stdout.splitlines() if line != "ready"] == [
        [expected, str(KERNELS), "0"]
    ] * 2
