"""Train each example with sessile and with TensorFlow, and print their losses side by side.

    .venv/bin/python examples/compare.py                 # beside TensorFlow 1.15 in .venv-tf1 (`make peers`)
    .venv/bin/python examples/compare.py cnn vae --python /path/to/python-with-tensorflow

Both run the same file in a process of their own; the only line that is another one is the import. `--python` may have
TensorFlow 1 or 2; TensorFlow 2 has neither `tf.layers` nor `tf.contrib`, so it runs some of the examples only.
`--record FILE` only keeps TensorFlow's losses: the tests compare with them.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np

HERE = Path(__file__).resolve().parent
IMPORT = "import sessile as tf\n"
TENSORFLOW = "import tensorflow.compat.v1 as tf; tf.disable_v2_behavior(); tf.logging.set_verbosity('ERROR')\n"
TENSORFLOW_1 = "import tensorflow as tf; tf.logging.set_verbosity('ERROR')\n"

# Per example, how far losses may be apart, relatively, up to which step: rounding grows as training goes on.
EXPECTED = {
    "perceptron": (300, 1e-4),
    "cnn": (20, 1e-3),
    "vae": (400, 1e-5),
    "gan": (600, 1e-3),
    "pinn": (70, 1e-4),
}

RUN = """
import json, sys, time
sys.path.insert(0, sys.argv[1])
source = open(sys.argv[2]).read()
assert source.count(sys.argv[3]) == 1
module = {"__name__": "example", "__file__": sys.argv[2]}
exec(compile(source.replace(sys.argv[3], sys.argv[4]), sys.argv[2], "exec"), module)
start = time.perf_counter()
losses = module["train"]()
print("\\n" + json.dumps([losses, time.perf_counter() - start]))
"""


def trained(python: str, name: str, line: str) -> tuple[np.ndarray, float]:
    """Return the losses of each step, and the seconds it took, graph and compiling included."""
    command = [python, "-c", RUN, str(HERE), str(HERE / f"{name}.py"), IMPORT, line]
    environment = {**os.environ, "TF_CPP_MIN_LOG_LEVEL": "3", "PYTHONWARNINGS": "ignore"}
    done = subprocess.run(command, capture_output=True, text=True, env=environment)
    if done.returncode:
        raise RuntimeError(done.stderr.strip().split("\n")[-1])
    losses, seconds = json.loads(done.stdout.strip().split("\n")[-1])
    return np.array(losses), seconds


def is_first(python: str) -> bool:
    """Whether the TensorFlow of a Python is version 1, which is imported without `compat`."""
    script = "import tensorflow as tf; print(tf.__version__)"
    version = subprocess.run([python, "-c", script], capture_output=True, text=True).stdout.strip().split("\n")[-1]
    return version.startswith("1.")


def table(name: str, ours: np.ndarray, theirs: np.ndarray) -> str:
    """Losses at some steps, and their relative distance up to there."""
    count = min(len(ours), len(theirs))
    apart = np.abs(ours[:count] - theirs[:count]) / np.maximum(np.abs(theirs[:count]), 1e-6)
    steps = sorted({0, 1, 2, 5, 10, 20, *np.linspace(0, count - 1, 7).astype(int).tolist()})
    lines = [f"{name:12} {'sessile':>14} {'TensorFlow':>14}   largest distance so far"]
    lines += [
        f"  step {i:5} {ours[i]:14.7g} {theirs[i]:14.7g}   {apart[: i + 1].max():.1e}" for i in steps if i < count
    ]
    return "\n".join(lines)


def is_close(name: str, ours: np.ndarray, theirs: np.ndarray) -> bool:
    """Whether losses coincide as far as rounding lets them."""
    steps, distance = EXPECTED[name]
    return bool(np.allclose(ours[:steps], theirs[:steps], rtol=distance, atol=1e-6))


def compare(name: str, python: str, line: str) -> bool:
    """Train with both and print; returns whether they coincide."""
    ours, seconds = trained(sys.executable, name, IMPORT)
    theirs, their_seconds = trained(python, name, line)
    close = is_close(name, ours, theirs)
    steps, distance = EXPECTED[name]
    print(table(name, ours, theirs))
    print(f"  the first {steps} within {distance:.0e}: {close}; {seconds:.1f} s and {their_seconds:.1f} s\n")
    return close


def main(arguments: Any = None) -> int:
    """Compare the examples named, or all."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("names", nargs="*", metavar="example", help=f"of {', '.join(EXPECTED)}; all by default")
    parser.add_argument("--python", default=str(HERE.parent / ".venv-tf1/bin/python"), help="one that has TensorFlow")
    parser.add_argument("--record", help="a file for TensorFlow's losses")
    options = parser.parse_args(arguments)
    line = TENSORFLOW_1 if is_first(options.python) else TENSORFLOW
    if options.record:
        kept = {name: trained(options.python, name, line)[0].tolist()[: EXPECTED[name][0]] for name in EXPECTED}
        Path(options.record).write_text(json.dumps(kept) + "\n")
        return 0
    found = [compare(name, options.python, line) for name in options.names or EXPECTED]
    return 0 if all(found) else 1


if __name__ == "__main__":
    sys.exit(main())
