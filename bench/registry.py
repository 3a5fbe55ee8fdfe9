"""All workloads, in the order of the table, and how to choose among them."""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Sequence
from fnmatch import fnmatchcase

from .workload import Workload
from .workloads.elementwise import ELEMENTWISE
from .workloads.graphs import GRAPHS
from .workloads.indexed import INDEXED
from .workloads.loops import LOOPS
from .workloads.networks import NETWORKS
from .workloads.pipelines import PIPELINES
from .workloads.products import PRODUCTS
from .workloads.rows import ROWS
from .workloads.state import STATE
from .workloads.steps import STEPS
from .workloads.training import TRAINING

WORKLOADS: tuple[Workload, ...] = (
    *STEPS, *STATE, *ELEMENTWISE, *ROWS, *GRAPHS, *LOOPS, *NETWORKS, *TRAINING, *PIPELINES, *INDEXED, *PRODUCTS,
)  # fmt: skip
BY_NAME: dict[str, Workload] = {workload.name: workload for workload in WORKLOADS}


class UnknownNameError(ValueError):
    """A name on the command line that nothing has; the text offers near ones."""


def near_names(name: str, names: Iterable[str], what: str) -> UnknownNameError:
    """Return the error for an unknown `name`, with the nearest of `names`."""
    known = list(names)
    near = difflib.get_close_matches(name, known, n=3, cutoff=0.5)
    hint = f"did you mean {' or '.join(near)}?" if near else f"there are: {', '.join(known)}"
    return UnknownNameError(f"no {what} is called {name!r}; {hint}")


def select(patterns: Sequence[str], everything: bool) -> tuple[Workload, ...]:
    """Return the workloads whose names match any of the globs; without globs, the main ones or everything.

    Raises UnknownNameError for a glob that matches nothing.
    """
    if not patterns:
        return tuple(workload for workload in WORKLOADS if everything or workload.main)
    for pattern in patterns:
        if not any(fnmatchcase(name, pattern) for name in BY_NAME):
            raise near_names(pattern, BY_NAME, "workload")
    return tuple(w for w in WORKLOADS if any(fnmatchcase(w.name, pattern) for pattern in patterns))


def choose(names: Sequence[str], known: Iterable[str], what: str) -> tuple[str, ...]:
    """Return `names` in the order of `known`; UnknownNameError for one that is not in it."""
    order = list(known)
    for name in names:
        if name not in order:
            raise near_names(name, order, what)
    return tuple(name for name in order if name in names)
