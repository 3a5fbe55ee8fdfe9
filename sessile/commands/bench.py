"""`python -m sessile bench MODEL`: how long a call of a model takes, and how many it does in a second."""

from __future__ import annotations

import json
import sys
import time
from typing import Any

from .model_options import add_model_options, open_model, told

_SHARES = {"median": 0.5, "p90": 0.9, "p99": 0.99}


def add_to(commands: Any) -> None:
    """Say what the command takes."""
    parser = commands.add_parser(
        "bench",
        help="time a model: latency and throughput, by threads",
        description="Call a model over and over with arrays of random numbers (or the ones given) and tell the "
        "percentiles of a call's time and the calls in a second, for each number of threads.",
    )
    add_model_options(parser)
    parser.add_argument("--feed", action="append", default=[], metavar="NAME=VALUE", help="an input, as in `run`")
    parser.add_argument("--shape", action="append", default=[], metavar="NAME=1,784", help="the shape of a drawn input")
    parser.add_argument(
        "--batch", type=int, default=1, metavar="N", help="what an open first extent becomes (default: 1)"
    )
    parser.add_argument(
        "--threads", default="0", metavar="1,2", help="numbers of threads to try; 0: all cores (default)"
    )
    parser.add_argument("--seconds", type=float, default=2.0, help="how long to measure each (default: 2)")
    parser.add_argument("--plot", metavar="FILE", help="draw the distribution of the times (needs matplotlib)")
    parser.add_argument("--json", action="store_true", help="print the result as JSON")
    parser.set_defaults(run=run)


@told
def run(options: Any) -> int:
    """Do it; returns the exit code."""
    from ..models.files import ModelError

    try:
        counts = [int(part) for part in options.threads.split(",")]
    except ValueError:
        raise ModelError(f"--threads {options.threads}: write numbers with commas, such as 1,2,4") from None
    rows, all_times = [], {}
    for threads in counts:
        first, times = _measured(options, threads)
        all_times[threads] = times
        rows.append(_row(threads, first, times))
        if not options.json:
            _print(rows[-1], is_first=len(rows) == 1)
    if options.json:
        print(json.dumps({"model": options.model, "rows": rows}, indent=2))
    if options.plot:
        _plot(all_times, options)
    return 0


def _measured(options: Any, threads: int) -> tuple[list[float], list[float]]:
    """The seconds of the first call and of the second, which waits for kernels, and of each later one."""
    from ..models.model import arrays_for
    from ..models.values import pairs, read_value, shapes

    with open_model(options, threads) as model:
        signature = model.signature(options.signature)
        given = pairs(options.feed, "--feed")
        drawn = {name: tensor for name, tensor in signature.inputs.items() if name not in given}
        feeds = arrays_for(drawn, shapes(options.shape), options.batch)
        feeds |= {name: read_value(name, text, model.tensor(name, signature)) for name, text in given.items()}
        tensors = [model.tensor(name, signature) for name in feeds]
        step = model.callable(tensors, list(signature.outputs.values()))
        values = list(feeds.values())
        first = []
        for _ in range(2):
            start = time.perf_counter()
            step(*values)
            first.append(time.perf_counter() - start)
        _timed(step, values, min(0.3, options.seconds / 4))
        return first, _timed(step, values, options.seconds)


def _timed(step: Any, values: list[Any], seconds: float) -> list[float]:
    times: list[float] = []
    clock = time.perf_counter
    end = clock() + seconds
    before = clock()
    while before < end or len(times) < 5:
        step(*values)
        after = clock()
        times.append(after - before)
        before = after
    return times


def _row(threads: int, first: list[float], times: list[float]) -> dict[str, Any]:
    ordered = sorted(times)
    row: dict[str, Any] = {"threads": threads or "all", "calls": len(times)}
    row |= {"first call ms": 1e3 * first[0], "second call ms": 1e3 * first[1]}
    row |= {
        f"{name} us": 1e6 * ordered[min(len(ordered) - 1, int(share * len(ordered)))] for name, share in _SHARES.items()
    }
    row["fastest us"], row["slowest us"] = 1e6 * ordered[0], 1e6 * ordered[-1]
    row["calls per second"] = len(times) / sum(times)
    return row


def _print(row: dict[str, Any], is_first: bool) -> None:
    if is_first:
        print("".join(f"{name:>17}" for name in row))
    print("".join(f"{value:>17.5g}" if isinstance(value, float) else f"{value:>17}" for value in row.values()))


def _plot(times: dict[int, list[float]], options: Any) -> None:
    from ..models.files import ModelError

    try:
        import matplotlib
    except ImportError:
        raise ModelError("--plot needs matplotlib: pip install 'sessile[bench]'") from None
    matplotlib.use("Agg")
    from matplotlib import pyplot

    figure, axes = pyplot.subplots(figsize=(7, 4))
    for threads, seconds in times.items():
        shares = [(number + 1) / len(seconds) for number in range(len(seconds))]
        axes.step([1e6 * value for value in sorted(seconds)], shares, where="post", label=f"{threads or 'all'} threads")
    axes.set(xscale="log", xlabel="time of a call [us]", ylabel="share of calls that are faster", title=options.model)
    axes.legend()
    figure.tight_layout()
    figure.savefig(options.plot, dpi=150)
    print(f"plot in {options.plot}", file=sys.stderr)
