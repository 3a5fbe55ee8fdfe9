"""One backend in a process of its own: `python -m bench.worker --backend jax --threads 2`.

Requests come as JSON lines on standard input, answers go as JSON lines to standard output; what a library prints goes
to standard error. A request has "do":

  facts                      -> {"version": ...}, or {"missing": why} if the backend cannot be imported
  prepare, workload          -> {"seconds": to the first checked result}, or {"error": ..., "kind": ...}
  time, round, budget        -> {"seconds": per call, "samples": [...], "number": calls in the inner loop, "memory":
                                bytes at the peak beyond what was there before the workload, where that is known}
  release                    -> {}
  quit                       -> the process ends

"kind" is "unsupported", "mismatch" (the result is not NumPy's) or "failed". No request ends the worker but "quit".
"""

from __future__ import annotations

import argparse
import gc
import json
import os
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, TextIO

from . import memory, timing
from .backends import BACKENDS, Backend
from .registry import BY_NAME
from .workload import Call, MismatchError, UnsupportedError, Workload, check


class Worker:
    """Answers requests with one backend; holds at most one prepared workload."""

    def __init__(self, backend: Backend, threads: int, workloads: dict[str, Workload] | None = None) -> None:
        self.backend, self.threads = backend, threads
        self.workloads = BY_NAME if workloads is None else workloads
        self.module: Any = None
        self.workload: Workload | None = None
        self.call: Call | None = None
        self.numbers: dict[float, int] = {}
        self.before: int | None = None  # bytes that were resident before the workload was prepared
        self.last = 0.0  # seconds of the last warm-up call

    def answer(self, request: dict[str, Any]) -> dict[str, Any]:
        """Do what the request says; whatever goes wrong becomes part of the answer."""
        try:
            return self._do(request)
        except UnsupportedError as problem:
            return {"error": str(problem), "kind": "unsupported"}
        except MismatchError as problem:
            return {"error": str(problem), "kind": "mismatch"}
        except Exception as problem:  # the answer names it; the other workloads go on
            return {"error": f"{type(problem).__name__}: {problem}".strip()[:500], "kind": "failed"}

    def _do(self, request: dict[str, Any]) -> dict[str, Any]:
        match request.get("do"):
            case "facts":
                return self.facts()
            case "prepare":
                return self.prepare(self.workloads[request["workload"]])
            case "time":
                return self.time(int(request["round"]), float(request["budget"]))
            case "release":
                return self.release()
            case unknown:
                raise ValueError(f"unknown request {unknown!r}")

    def facts(self) -> dict[str, Any]:
        """Import the backend and return its version."""
        try:
            self.module = self.backend.load(self.threads)
        except ImportError as problem:
            return {"missing": str(problem)[:200]}
        gc.freeze()  # a library's own objects need not be looked at by every later collection
        return {"version": self.backend.version(), "python": sys.version.split()[0]}

    def prepare(self, workload: Workload) -> dict[str, Any]:
        """Build the workload, check its result against NumPy's and warm it up."""
        self.release()
        values = workload.values()
        self.before = memory.resident()
        start = time.perf_counter()
        call = self.backend.prepare(self.module, workload, values, workload.threads or self.threads)
        if self.backend.name != "reference":
            check(workload, call, values)
        seconds = time.perf_counter() - start
        self.last = timing.warm_up(call)
        self.workload, self.call = workload, call
        return {"seconds": seconds}

    def time(self, turn: int, budget: float) -> dict[str, Any]:
        """Time the prepared workload for about `budget` seconds."""
        if self.call is None or self.workload is None:
            raise ValueError("nothing is prepared")
        counts = memory.reset_peak()
        with collector_off():
            if self.workload.sampler and self.backend.name != "reference":
                number, samples = 1, self.workload.sampler(self.call, turn, budget)
            else:
                number = self._number(budget)
                samples = timing.sample(self.call, number, budget)
        seconds = timing.STATISTICS[self.workload.statistic](samples)
        answer = {"seconds": seconds, "samples": samples, "number": number}
        highest = memory.peak() if counts else None
        if highest is not None and self.before is not None:
            answer["memory"] = max(highest - self.before, 0)
        return answer

    def _number(self, budget: float) -> int:
        """Return the inner loop's count, calibrated once for a workload and budget."""
        if self.last > budget:
            return 1
        if self.call is not None and budget not in self.numbers:
            self.numbers[budget] = timing.calibrate(timing.make_timer(self.call), budget / timing.SAMPLES)
        return self.numbers[budget]

    def release(self) -> dict[str, Any]:
        """Let go of the prepared workload and its memory."""
        keep = self.call.keep if self.call else None
        if keep is not None and hasattr(keep, "close"):
            keep.close()
        self.call = self.workload = None
        self.numbers.clear()
        gc.collect()
        return {}


@contextmanager
def collector_off() -> Iterator[None]:
    """Keep the garbage collector from running inside a measurement."""
    gc.disable()
    try:
        yield
    finally:
        gc.enable()


def serve(worker: Worker, requests: TextIO, answers: TextIO) -> None:
    """Answer each line of `requests` with one line on `answers`, until "quit" or the end."""
    for line in requests:
        request = json.loads(line)
        if request.get("do") == "quit":
            worker.release()
            return
        answers.write(json.dumps(worker.answer(request)) + "\n")
        answers.flush()


def private_stdout() -> TextIO:
    """Return the real standard output and let everything else that prints go to standard error."""
    channel = os.fdopen(os.dup(1), "w")
    os.dup2(2, 1)
    return channel


def limit_cores(threads: int) -> None:
    """Bind this process to `threads` cores, so that every library obeys, whatever it reads its thread count from."""
    if hasattr(os, "sched_getaffinity"):
        allowed = sorted(os.sched_getaffinity(0))
        if threads < len(allowed):
            os.sched_setaffinity(0, allowed[:threads])


def main() -> None:
    """Serve one backend on standard input and output."""
    parser = argparse.ArgumentParser(prog="python -m bench.worker", description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--backend", required=True, choices=BACKENDS)
    parser.add_argument("--threads", type=int, default=1)
    options = parser.parse_args()
    channel = private_stdout()
    limit_cores(options.threads)
    serve(Worker(BACKENDS[options.backend], options.threads), sys.stdin, channel)


if __name__ == "__main__":
    main()
