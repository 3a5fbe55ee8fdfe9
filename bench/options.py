"""The command line of `python -m bench`."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from . import machine, registry
from .backends import BACKENDS
from .processes import ROOT
from .workload import Workload

RESULTS = ROOT / "bench" / "results"
SUITES = ("main", "peers")
MAIN_SECONDS = 150.0  # the main suite starts no workload later; drawing and writing come after

EPILOG = """\
examples:
  python -m bench                          the main workloads, under three minutes
  python -m bench peers                    every workload and target, with every peer that is installed
  python -m bench --only 'chain_*'         some workloads; --list shows them all
  python -m bench --backends sessile,jax   some backends
  python -m bench compare OLD.json NEW.json    what changed between two results; status 1 if a row is slower
  python -m bench keep; python -m bench history    keep results, and see rows over the kept runs
Peers run in .venv-peers (`make peers`), or in the Python named by --peers-python or SESSILE_PEERS_PYTHON.
"""


@dataclass(frozen=True)
class Options:
    """What the command line asks for, checked and complete."""

    suite: str
    workloads: tuple[Workload, ...]
    backends: tuple[str, ...]
    rounds: int
    slow_rounds: int
    budget: float
    limit: float | None  # seconds
    threads: int
    peers_python: str | None
    json: Path
    plot: Path | None
    list: bool


def parser() -> argparse.ArgumentParser:
    """Return the parser; its help is the user's documentation."""
    p = argparse.ArgumentParser(
        prog="python -m bench",
        description="Time sessile beside NumPy and its peers: TensorFlow, JAX, numexpr, torch.",
        epilog=EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    p.add_argument("suite", nargs="?", default="main", help="main (the default), or peers: everything, with all peers")
    p.add_argument("--only", action="append", default=[], metavar="GLOB", help="workloads by name, e.g. 'chain_*'")
    p.add_argument("--backends", metavar="NAMES", help=f"comma-separated, of: {', '.join(BACKENDS)}")
    p.add_argument("--rounds", type=_positive, metavar="N", help="turns each backend gets (main 4, peers 7, quick 1)")
    p.add_argument("--seconds", type=float, metavar="S", help="of one turn (main 0.03, peers 0.15, quick 0.02)")
    p.add_argument("--time-limit", type=float, metavar="S", help="start no workload later than this (main 150 s)")
    p.add_argument("--quick", action="store_true", help="one short round: does everything run?")
    p.add_argument("--threads", type=_positive, metavar="N", help="for every backend (default: all cores)")
    p.add_argument("--peers-python", metavar="PATH", help="the Python that has the peers")
    p.add_argument("--json", type=Path, metavar="PATH", help="where the results go (default bench/results/SUITE.json)")
    p.add_argument("--no-plot", action="store_true", help="draw no picture (default: beside the JSON file, .png)")
    p.add_argument("--list", action="store_true", help="show workloads and targets, and end")
    return p


def _positive(text: str) -> int:
    value = int(text)
    if value < 1:
        raise argparse.ArgumentTypeError(f"{text} is not a positive number")
    return value


def parse(arguments: Sequence[str] | None = None) -> Options:
    """Return the Options; prints usage and exits where they make no sense, with near names for unknown ones."""
    p = parser()
    given = p.parse_args(arguments)
    try:
        (suite,) = registry.choose([given.suite], SUITES, "suite")
        workloads = registry.select(given.only, everything=suite == "peers")
        backends = _backends(given.backends, suite)
    except registry.UnknownNameError as problem:
        p.error(str(problem))
    rounds, budget = (1, 0.02) if given.quick else (7, 0.15) if suite == "peers" else (4, 0.03)
    limit = given.time_limit or (MAIN_SECONDS if suite == "main" and not given.only else None)
    path = given.json or RESULTS / f"{suite}.json"
    return Options(
        suite=suite,
        workloads=workloads,
        backends=backends,
        rounds=given.rounds or rounds,
        slow_rounds=3 if suite == "peers" else 2,
        budget=given.seconds or budget,
        limit=limit,
        threads=given.threads or machine.cores(),
        peers_python=given.peers_python,
        json=path,
        plot=None if given.no_plot else path.with_suffix(".png"),
        list=given.list,
    )


def _backends(text: str | None, suite: str) -> tuple[str, ...]:
    """Return the backends asked for; the reference takes part wherever a workload has one."""
    if text is None:
        return tuple(name for name, backend in BACKENDS.items() if backend.main or suite == "peers")
    names = [name.strip() for name in text.split(",") if name.strip()]
    return registry.choose(["reference", *names], BACKENDS, "backend")
