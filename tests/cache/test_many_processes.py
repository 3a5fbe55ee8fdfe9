"""Many processes at once on one folder: what any of them finds is what was stored under that key."""

from __future__ import annotations

from pathlib import Path

import pytest
from sessile.compiler.machine.cache import KernelCache

from tests.cache.processes import run_python, start_alone

SCRIPT = """
import os, random
kernels = cache.KernelCache({folder!r}, limit={limit})
choose = random.Random({seed})
found = 0
for turn in range({turns}):
    number = choose.randrange(20)
    key = b"key %d" % number
    code = bytes([number]) * (1000 + 100 * number)
    stored = kernels.load(key)
    assert stored is None or stored == code, number
    found += stored is not None
    if stored is None or choose.random() < 0.3:
        kernels.store(key, code)
    if choose.random() < 0.02:
        kernels.clear()
print(found)
"""
ALL = sum(1000 + 100 * number + 100 for number in range(20))  # bytes


def crowd(count: int, folder: Path, limit: int, turns: int) -> None:
    """Start `count` processes that load, store and clear at random."""
    processes = [
        start_alone(SCRIPT.format(folder=str(folder), limit=limit, seed=seed, turns=turns)) for seed in range(count)
    ]
    outputs = [process.communicate(timeout=300) for process in processes]
    assert not [trouble for _, trouble in outputs if trouble]
    assert sum(int(found) for found, _ in outputs) > 0
    kernels = KernelCache(str(folder))
    assert kernels.damaged() == []
    assert not list(folder.rglob("*.tmp"))


@pytest.mark.parametrize("limit", [ALL, ALL // 3], ids=["room", "crowded"])
def test_forty_processes(limit: int, folder: Path) -> None:
    """With room for all entries, and with evictions all the time."""
    crowd(40, folder, limit, 50)


@pytest.mark.slow
@pytest.mark.parametrize("limit", [ALL, ALL // 3], ids=["room", "crowded"])
def test_two_hundred_processes(limit: int, folder: Path) -> None:
    """The same with five times as many."""
    crowd(200, folder, limit, 100)


KERNEL = """
import ctypes, sys
import numpy as np
from sessile.compiler.jit import compile as jit
from sessile.compiler.tree.reader import read_kernel
source = '''def kernel(x0, r0, n0, start, stop):
    for i0 in range(start, stop):
        store(r0, i0, f32(f32(exp_f32(load(x0, i0))) + f32({number}.0)))
'''
kernel = jit.compile_kernel(read_kernel(source, ["f32", "f32"]))
x = np.linspace(-3, 3, 1001, dtype=np.float32)
r = np.empty_like(x)
kernel.call(x.ctypes.data, r.ctypes.data, x.size, 0, x.size)
print(jit.compiled_count, jit.loaded_count, "numba" in sys.modules, r.tobytes().hex()[:4000])
"""


@pytest.mark.slow
def test_two_hundred_processes_with_a_kernel(folder: Path) -> None:
    """The first ones all find the folder empty and compile; every one gets the same bits."""
    from concurrent.futures import ThreadPoolExecutor

    with ThreadPoolExecutor(8) as starters:
        outputs = list(starters.map(lambda _: run_python(KERNEL.format(number=1)).split(), range(200)))
    assert len({bits for *_, bits in outputs}) == 1
    assert [words[2] for words in outputs].count("False") >= 150, "found on disk, without numba"
