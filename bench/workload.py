"""What a workload is: one computation, written once against the TF1 API and once over arrays.

`build(tf, values)` is the TF1 program; `tf` is `sessile` or `tensorflow.compat.v1`. `formula(xp, *values)` is the same
computation over arrays; `xp` is a namespace of `bench.namespaces` over NumPy, `jax.numpy` or torch. NumPy's formula is
also what every backend's result is compared with before anything is timed.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

Values = tuple[np.ndarray, ...]

GRAPH_BACKENDS = ("sessile", "tensorflow")
ARRAY_BACKENDS = ("numpy", "jax", "torch")
EVERYWHERE = GRAPH_BACKENDS + ARRAY_BACKENDS


class UnsupportedError(Exception):
    """The backend has no natural form of this workload; its row is left empty."""


class MismatchError(Exception):
    """The backend's result differs from NumPy's; nothing is timed."""


def arrays_in(results: Any) -> list[np.ndarray]:
    """Return the arrays of a result, which may be nested in lists, tuples and dicts."""
    if isinstance(results, dict):
        results = list(results.values())
    if isinstance(results, (list, tuple)):
        return [array for part in results for array in arrays_in(part)]
    return [np.asarray(results)]


@dataclass
class Call:
    """Something ready to be timed: `function(*args)`.

    `check` returns the result to compare, where it is not simply what the call returns. `convert` turns NumPy arrays
    into the arguments this backend likes best, for workloads that make new ones while they run. `keep` holds what must
    live as long as the call (a Session).
    """

    function: Callable[..., Any]
    args: tuple[Any, ...] = ()
    check: Callable[[], Any] | None = None
    convert: Callable[[np.ndarray], Any] = field(default=lambda array: array)
    keep: Any = None

    def result(self) -> list[np.ndarray]:
        """Run once and return the results as NumPy arrays."""
        return arrays_in(self.check() if self.check else self.function(*self.args))


@dataclass(frozen=True)
class Built:
    """A TF1 program that was built, with its open Session; what a drive makes a Call from."""

    tf: Any
    session: Any
    fetches: Any
    feeds: Sequence[Any]
    values: Values
    build: Callable[[Any, Values], tuple[Any, Sequence[Any]]]


@dataclass(frozen=True)
class Reference:
    """The work of the machine that a row is held against, e.g. one `np.copyto` of the same size.

    `make(values)` returns the Call; `bytes_moved` is what it reads and writes, for rows compared by bandwidth.
    """

    title: str
    make: Callable[[Values], Call]
    bytes_moved: int = 0


@dataclass(frozen=True)
class Fresh:
    """A workload that is measured in a new process each time.

    `phase` says what is counted: "import" (importing the backend), "first" (building, and the first call), "loaded"
    (the same after another graph's first call), "both", or
    the calls of batch sizes in several processes: "new" or "again" (see `sizes.py`).
    `cache` says whether the disk cache is an empty folder ("cold") or one that an earlier process filled ("warm").
    `calls` says after how many calls the clock stops: 2 for the first compiled result, where the first is interpreted.
    """

    phase: str
    cache: str = "cold"
    calls: int = 1


Sampler = Callable[[Call, int, float], list[float]]


@dataclass(frozen=True)
class Workload:
    """One row of the table.

    Args:
      name, title: the key, and one line that says what is computed.
      group: heading under which the row is shown and drawn.
      values: returns the arrays that are fed.
      build, formula: see this module's docstring.
      drive: how a TF1 program becomes a call (`make_callable`, `run`, a handle loop, ...).
      numpy: NumPy's call where it is not `formula(*values)`, e.g. an update in place.
      numexpr: the expression over a, b, c, ... (the values in order).
      own: per backend, its call where it is not `formula(*values)`: `make(module, values, threads)`.
      backends: who takes part, `reference` and `numexpr` apart, which follow from their fields.
      sampler: replaces the timing loop: `sampler(call, round, budget)` returns seconds per call.
      statistic: what a round is reduced to: "min", "median" or "max" of its samples.
      threads: fixes the number of threads, whatever the command line says.
      bytes_moved: what the computation has to read and write, for rows compared by bandwidth.
      main: whether `python -m bench` runs it; `python -m bench peers` runs all.
    """

    name: str
    title: str
    group: str
    values: Callable[[], Values]
    build: Callable[[Any, Values], tuple[Any, Sequence[Any]]]
    formula: Callable[..., Any]
    drive: Callable[[Built], Call] | None = None
    variables: bool = False
    numpy: Callable[[Values], Call] | None = None
    numexpr: str | None = None
    own: Mapping[str, Callable[[Any, Values, int], Call]] = field(default_factory=dict)
    backends: tuple[str, ...] = EVERYWHERE
    reference: Reference | None = None
    fresh: Fresh | None = None
    sampler: Sampler | None = None
    statistic: str = "min"
    threads: int | None = None
    bytes_moved: int = 0
    rtol: float = 1e-4
    atol: float = 1e-5
    main: bool = True

    def expected(self, values: Values) -> list[np.ndarray]:
        """Return what NumPy computes, the result every backend must come to."""
        from . import namespaces

        return arrays_in(self.formula(namespaces.for_numpy(), *values))

    def takes_part(self, backend: str) -> bool:
        """Return whether this workload has a form for `backend`."""
        if backend == "reference":
            return self.reference is not None
        if backend == "numexpr":
            return self.numexpr is not None
        return backend in self.backends


def check(workload: Workload, call: Call, values: Values) -> None:
    """Raise MismatchError unless the call's results are NumPy's, within the workload's tolerance."""
    got, wanted = call.result(), workload.expected(values)
    if len(got) != len(wanted):
        raise MismatchError(f"{workload.name}: {len(got)} results, NumPy has {len(wanted)}")
    for index, (mine, theirs) in enumerate(zip(got, wanted, strict=True)):
        if mine.shape != theirs.shape:
            raise MismatchError(f"{workload.name}: result {index} has shape {mine.shape}, NumPy's has {theirs.shape}")
        close = np.isclose(mine, theirs, rtol=workload.rtol, atol=workload.atol, equal_nan=True)
        if not close.all():
            worst = float(np.nanmax(np.abs(np.subtract(mine, theirs, dtype=np.float64))))
            raise MismatchError(
                f"{workload.name}: result {index} differs from NumPy's"
                f" in {int((~close).sum())} of {mine.size} elements, by up to {worst:.3g}"
            )
