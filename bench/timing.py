"""Timing in one process: a calibrated inner loop, several samples, garbage collection off.

The loop is `timeit`'s: its source calls the function with exactly its arguments, so that what is added to a call of
60 ns is a few ns, and `timeit` turns the collector off. Each sample is the mean of one inner loop.
"""

from __future__ import annotations

import time
import timeit
from collections.abc import Callable
from statistics import median

from .workload import Call

SAMPLES = 5  # in a round, where the budget allows it
FEWEST = 2  # in a round, unless that takes longer than SLOW
SLOW = 0.5  # seconds
STATISTICS: dict[str, Callable[[list[float]], float]] = {"min": min, "median": median, "max": max}


def make_timer(call: Call) -> timeit.Timer:
    """Return a timer whose loop body is one call with the arguments in local variables."""
    names = [f"a{index}" for index in range(len(call.args))]
    setup = "".join(f"{name} = args[{index}]\n" for index, name in enumerate(names)) + "function = target"
    return timeit.Timer(f"function({', '.join(names)})", setup, globals={"target": call.function, "args": call.args})


def calibrate(timer: timeit.Timer, seconds: float) -> int:
    """Return how often the loop must turn to last at least `seconds`; 1 for a call that takes longer by itself."""
    number = 1
    while True:
        taken = timer.timeit(number)  # a loop of one, unless the call is fast
        if taken >= seconds or number >= 10**8:
            return number
        growth = seconds / taken * 1.1 if taken > 0 else 10.0
        number = max(number + 1, int(number * min(growth, 10.0)))


def sample(call: Call, number: int, budget: float) -> list[float]:
    """Return seconds per call, one value for each inner loop that fits in `budget` seconds."""
    timer = make_timer(call)
    samples: list[float] = []
    start = time.perf_counter()
    while len(samples) < SAMPLES:
        samples.append(timer.timeit(number) / number)
        taken = time.perf_counter() - start
        if taken > SLOW or (taken > budget and len(samples) >= FEWEST):
            break
    return samples


def warm_up(call: Call, seconds: float = 0.01, most: int = 50) -> float:
    """Call it a few times, so that what a backend does on its second or third call is over.

    Returns the seconds of the last call, roughly: a hint for calls that are slow.
    """
    start, last = time.perf_counter(), 0.0
    for turn in range(most):
        began = time.perf_counter()
        call.function(*call.args)
        now = time.perf_counter()
        last = now - began
        if now - start > SLOW or (turn >= 2 and now - start > seconds):
            break
    return last
