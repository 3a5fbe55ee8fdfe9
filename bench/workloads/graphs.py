"""Long graphs, sizes that change, and new processes."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

from .. import drives
from ..sizes import BATCHES, ROWS, WIDTH, batch_array, once
from ..workload import Call, Fresh, Reference, Workload
from .data import uniform
from .elementwise import chain, from_formula


def long_formula(operations: int) -> Callable[..., Any]:
    """Return a formula of so many operations over two small arrays; the values stay between 0.1 and 10."""

    def formula(xp: Any, x: Any, y: Any) -> Any:
        for _ in range(operations // 4):
            x = xp.maximum(x * y + y, 0.1) - 0.05
        return x

    return formula


def _per_size(repeated: bool) -> Callable[[Call, int, float], list[float]]:
    """Return a sampler over 100 sizes, each one's seconds for 1000 rows; `repeated` calls a size before it is timed."""

    def sampler(call: Call, turn: int, budget: float) -> list[float]:
        samples, start = [], time.perf_counter()
        known = batch_array(ROWS)
        for index in range(BATCHES):
            size = ROWS + 1 + turn * BATCHES + index
            array = batch_array(size)
            once(call, array if repeated else known, array if repeated else known)
            samples.append(once(call, array, array) * ROWS / size)
            if time.perf_counter() - start > 12 * budget:
                break
        return samples

    return sampler


def _batches(name: str, title: str, **others: Any) -> Workload:
    return Workload(
        name=name,
        title=title,
        group="changing sizes",
        values=uniform((ROWS, WIDTH), (ROWS, WIDTH)),
        build=from_formula(chain),
        formula=chain,
        **others,
    )


def _single_calls(repeated: bool) -> dict[str, Any]:
    return {"sampler": _per_size(repeated), "statistic": "median"}


def _in_processes(phase: str) -> dict[str, Any]:
    return {"fresh": Fresh(phase), "backends": ("sessile",), "main": False}


def _long(operations: int, **others: Any) -> dict[str, Any]:
    """The fields that every workload over a long graph shares."""
    formula = long_formula(operations)
    return {
        "values": uniform((16,), (16,), low=0.2, high=0.8),
        "build": from_formula(formula),
        "formula": formula,
        "rtol": 1e-3,
        **others,
    }


def _import_numpy(values: Any) -> Call:
    return Call(lambda: None)  # importing is all there is to it


IMPORT_NUMPY = Reference("import numpy", _import_numpy)

GRAPHS = (
    Workload(
        name="graph_1000",
        title="a step of 1000 operations, 16 float32",
        group="long graphs",
        **_long(1000, backends=("sessile", "numpy", "tensorflow", "jax", "torch")),
    ),
    Workload(
        name="build_10000",
        title="building a graph of 10,000 operations",
        group="long graphs",
        **_long(10_000, drive=drives.building, backends=("sessile", "tensorflow")),
    ),
    _batches("batch_sizes_new", "20 operations, 100 batch sizes never seen", **_single_calls(repeated=False)),
    _batches("batch_sizes_repeated", "20 operations, the same sizes again", **_single_calls(repeated=True)),
    _batches("batch_sizes_worst", "the slowest of 100 new batch sizes, each in 5 processes", **_in_processes("new")),
    _batches("batch_sizes_again", "the same sizes' second calls, the median", **_in_processes("again")),
    Workload(
        name="import_time",
        title="importing the library",
        group="new process",
        fresh=Fresh("import"),
        reference=IMPORT_NUMPY,
        **_long(4, backends=("sessile", "tensorflow", "jax", "torch")),
    ),
    Workload(
        name="first_call",
        title="first call of 20 operations, empty cache",
        group="new process",
        values=uniform((100,), (100,)),
        build=from_formula(chain),
        formula=chain,
        fresh=Fresh("first", cache="cold"),
        backends=("sessile", "tensorflow", "jax", "torch"),
    ),
    Workload(
        name="warm_process",
        title="import and first call, 20 operations, warm cache",
        group="new process",
        values=uniform((100,), (100,)),
        build=from_formula(chain),
        formula=chain,
        fresh=Fresh("both", cache="warm"),
        backends=("sessile", "tensorflow", "jax"),
        reference=IMPORT_NUMPY,
    ),
    Workload(
        name="first_call_1000",
        title="first call of 1000 operations, empty cache",
        group="new process",
        fresh=Fresh("first", cache="cold"),
        **_long(1000, backends=("sessile", "tensorflow", "jax")),
    ),
    Workload(
        name="first_call_4000",
        title="first call of 4000 operations, empty cache",
        group="new process",
        fresh=Fresh("first", cache="cold"),
        **_long(4000, backends=("sessile", "tensorflow", "jax"), main=False),
    ),
)
