"""One measurement in a new process: `python -m bench.fresh sessile first_call both 2`.

Prints {"import": seconds, "first": seconds} as its last line: the import of the backend, and then from building the
workload to its first result. Until the backend is imported this process has imported `sys` and `time` and nothing
else worth naming.
"""

from __future__ import annotations

import sys
import time

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any


def timed_import(backend: str) -> float:
    """Import the backend's module and return the seconds that took."""
    modules = {"reference": "numpy", "tensorflow": "tensorflow.compat.v1"}
    name = modules.get(backend, backend)
    start = time.perf_counter()
    __import__(name)
    return time.perf_counter() - start


def timed_first_call(backend_name: str, workload_name: str, threads: int, phase: str) -> dict[str, object]:
    """Return the seconds from building the workload to its first result, check results, and time what follows.

    To the result of its second call, where the workload counts two calls.
    """
    from .backends import BACKENDS
    from .registry import BY_NAME
    from .workload import check

    backend, workload = BACKENDS[backend_name], BY_NAME[workload_name]
    module, values = backend.load(threads), workload.values()
    if phase == "loaded":  # something else has been compiled already
        from dataclasses import replace

        other = replace(workload, build=_difference, formula=lambda xp, x, y: (x - y) * y)
        call = backend.prepare(module, other, values, threads)
        for _ in range(2):  # the second call is compiled, or waits until nothing compiles any more
            call.function(*call.args)
    start = time.perf_counter()
    call = backend.prepare(module, workload, values, threads)
    for _ in range(1 if workload.fresh is None else workload.fresh.calls):
        call.function(*call.args)
    seconds = time.perf_counter() - start
    check(workload, call, values)
    is_warm = workload.fresh is not None and workload.fresh.cache == "warm"
    if backend_name == "sessile" and is_warm and "numba" in sys.modules:
        raise SystemExit("numba was imported, though the cache was warm")
    if phase not in ("new", "again"):
        return {"first": seconds}
    from .sizes import measure

    before = compiled_kernels()
    times = measure(call)
    if compiled_kernels() != before:
        raise SystemExit(f"new sizes had {compiled_kernels() - before} kernels compiled")
    return {"first": seconds, **times}


def _difference(tf: Any, values: Any) -> tuple[Any, list[Any]]:
    """A small graph, so that the compiler is loaded, and so are the names that formulas use."""
    from .drives import placeholders
    from .namespaces import for_tf

    for_tf(tf)
    x, y = placeholders(tf, values)
    return (x - y) * y, [x, y]


def compiled_kernels() -> int:
    """Return how many kernels sessile has compiled in this process; 0 where it is not the backend."""
    jit = sys.modules.get("sessile.compiler.jit.compile")
    return 0 if jit is None else jit.compiled_count


def main() -> None:
    """Measure once, as the arguments say, and print the answer."""
    backend, workload, phase, threads = sys.argv[1:5]
    times: dict[str, object] = {"import": timed_import(backend)}
    if phase != "import" and backend != "reference":
        times.update(timed_first_call(backend, workload, int(threads), phase))
    import json

    print(json.dumps(times))


if __name__ == "__main__":
    main()
