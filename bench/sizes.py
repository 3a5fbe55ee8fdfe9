"""Batch sizes never seen: the first call of each, and the second.

A first call happens once in a process, so a single sample of it holds whatever the machine did in that moment. What
is repeated is therefore the process: of a size's first calls, one a process, the fastest counts, as the fastest
repetition does elsewhere; and of these sizes the slowest.
"""

from __future__ import annotations

import gc
import time
from collections.abc import Mapping, Sequence
from statistics import median

import numpy as np

from .workload import Call

BATCHES = 100  # new sizes
PROCESSES = 5  # each size's first calls in one measurement
ROWS = 1000  # what times are scaled to
WIDTH = 256  # of the arrays whose first extent changes
_BEFORE = 20  # other sizes that are called first: the allocator of a process that has been running for a while

Times = Mapping[str, Sequence[float]]  # "new" and "again": seconds for each size


def batch_array(size: int) -> np.ndarray:
    """Return an array of so many rows."""
    return np.full((size, WIDTH), 0.5, np.float32)


def once(call: Call, array: np.ndarray, other: np.ndarray) -> float:
    """Return the seconds of one call."""
    value, second = call.convert(array), call.convert(other)
    start = time.perf_counter()
    call.function(value, second)
    return time.perf_counter() - start


def measure(call: Call) -> dict[str, list[float]]:
    """Time the first and the second call of each new size, scaled to `ROWS` rows.

    Each call gets an array just made, as new batches are: one that was read before lies in the caches of all cores.
    """
    times: dict[str, list[float]] = {"new": [], "again": []}
    gc.disable()
    for number in range(-_BEFORE, BATCHES):
        size = ROWS + 1 + number
        for found in times.values():
            array = batch_array(size)
            seconds = once(call, array, array)
            if number >= 0:
                found.append(seconds * ROWS / size)
    gc.enable()
    return times


def summary(phase: str, processes: Sequence[Times]) -> float:
    """Return one number for the times of several processes.

    For "new" the slowest size, each taken at its fastest first call; for "again" the median size at its fastest second.

    >>> summary("new", [{"new": [1.0, 9.0, 1.0]}, {"new": [1.0, 1.5, 9.0]}])
    1.5
    """
    fastest = [min(calls) for calls in zip(*(times[phase] for times in processes), strict=True)]
    return max(fastest) if phase == "new" else median(fastest)
