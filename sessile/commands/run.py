"""`python -m sessile run MODEL --feed x=a.npy --fetch y --out DIR`: call a model once, or many times."""

from __future__ import annotations

import os
import sys
import time
from typing import Any

from .model_options import add_model_options, add_thread_option, open_model, told


def add_to(commands: Any) -> None:
    """Say what the command takes."""
    parser = commands.add_parser(
        "run",
        help="call a model with arrays from files",
        description="Load a model, feed it arrays, and print its outputs or write them as .npy files.",
        epilog="Example: sessile run exported/ --feed images=batch.npy --fetch probabilities --out results",
    )
    add_model_options(parser)
    parser.add_argument(
        "--feed",
        action="append",
        default=[],
        metavar="NAME=VALUE",
        help="an input: a .npy file, an array of a .npz file (file.npz:key), a .json file, or JSON such as [[1, 2]]",
    )
    parser.add_argument(
        "--fetch",
        action="append",
        default=[],
        metavar="NAME",
        help="an output of the signature or any tensor of the graph (default: all outputs)",
    )
    parser.add_argument("--out", metavar="DIR", help="write each output as DIR/NAME.npy instead of printing it")
    parser.add_argument(
        "--repeat", type=int, default=1, metavar="N", help="call it N times and tell how long a call took"
    )
    add_thread_option(parser)
    parser.set_defaults(run=run)


@told
def run(options: Any) -> int:
    """Do it; returns the exit code."""
    from ..models.files import ModelError
    from ..models.values import pairs, read_value

    if options.repeat < 1:
        raise ModelError("--repeat: at least 1")
    given = pairs(options.feed, "--feed")
    with open_model(options) as model:
        chosen = None if options.fetch and not options.signature else model.signature(options.signature)
        own = model.signature(options.signature) if chosen is None and model.signatures else chosen
        feeds = {name: read_value(name, text, model.tensor(name, own)) for name, text in given.items()}
        times = []
        values: dict[str, Any] = {}
        for number in range(options.repeat):
            start = time.perf_counter()
            values = model.call(feeds, options.fetch or None, own.name if own else None)
            times.append(time.perf_counter() - start)
            if options.repeat > 1 and sys.stderr.isatty():
                print(f"\r{number + 1} of {options.repeat}", end="", file=sys.stderr)
    if options.repeat > 1:
        _tell_times(times)
    for name, value in values.items():
        _give(name, value, options.out)
    return 0


def _tell_times(times: list[float]) -> None:
    later = sorted(times[1:])
    print(
        f"\rfirst call {1e3 * times[0]:.3g} ms (compiles), then {len(later)}: "
        f"median {1e6 * later[len(later) // 2]:.4g} us, fastest {1e6 * later[0]:.4g} us",
        file=sys.stderr,
    )


def _give(name: str, value: Any, folder: str | None) -> None:
    import numpy as np

    array = np.asarray(value)
    if folder is None:
        print(f"{name}: {array.dtype}{list(array.shape)}\n{array}")
        return
    os.makedirs(folder, exist_ok=True)
    if array.dtype == object:  # strings: the longest gives the width, so that no pickle is needed to read them
        array = array.astype(bytes)
    path = os.path.join(folder, name.replace("/", "_").replace(":", "_") + ".npy")
    np.save(path, array, allow_pickle=False)
    print(f"{name}: {array.dtype}{list(array.shape)} in {path}")
