"""Measure the largest errors of sessile's mathlib, of TensorFlow or of NumPy, on the samples of `tests/mathlib`.

    python tools/measure_ulp.py save reference.npz           # needs mpmath: samples and exact results
    python tools/measure_ulp.py sessile reference.npz        # sessile's
    python tools/measure_ulp.py tensorflow reference.npz     # in an environment that has TensorFlow
    python tools/measure_ulp.py speed                        # sessile's nanoseconds for each element, in cache

`tensorflow` leaves out denormal arguments and results, which TensorFlow flushes to zero.
An error is in units in the last place of the exact result.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

sys.path.insert(0, str(Path(__file__).parent.parent))
from tests.mathlib.ulp import errors_in_ulp

FORMATS = {"float32": np.float32, "float64": np.float64}
TENSORFLOW = {"pow": "pow", "log2": "", "cbrt": "", "rsqrt": "math.rsqrt", "softplus": "nn.softplus"}


def save(path: str) -> None:
    """Write samples and exact results of every function."""
    from tests.mathlib import reference

    arrays: dict[str, Any] = {}
    for name in reference.EXACT:
        for label, dtype in FORMATS.items():
            arguments = reference.samples(name, dtype, 2000)
            high, low = reference.exact(name, arguments)
            arrays |= {f"{name}.{label}.x{k}": argument for k, argument in enumerate(arguments)}
            arrays |= {f"{name}.{label}.high": high, f"{name}.{label}.low": low}
        print(name, flush=True)
    np.savez(path, **arrays)


def sessile_function(name: str, label: str) -> Callable[..., Any]:
    """Return sessile's function."""
    from sessile.compiler import mathlib

    return mathlib.lookup(name, label)


def tensorflow_function(name: str, label: str) -> Callable[..., Any]:
    """Return TensorFlow's function as a step of a session."""
    import tensorflow.compat.v1 as tf

    tf.disable_v2_behavior()
    operation = tf
    for part in (TENSORFLOW.get(name) or f"math.{name}").split("."):
        operation = getattr(operation, part)

    def run(*arguments: Any) -> Any:
        with tf.Graph().as_default(), tf.Session() as session:
            feeds = [tf.placeholder(label) for _ in arguments]
            return session.run(operation(*feeds), dict(zip(feeds, arguments, strict=True)))

    return run


def measure(make: Callable[[str, str], Callable[..., Any]], path: str) -> None:
    """Print the largest error of every function, in each format, and where it is."""
    arrays = np.load(path)
    for name in dict.fromkeys(key.split(".")[0] for key in arrays.files):
        if make is tensorflow_function and TENSORFLOW.get(name) == "":
            continue
        line = f"{name:9}"
        for label in FORMATS:
            keys = [key for key in arrays.files if key.startswith(f"{name}.{label}.x")]
            arguments = [arrays[key] for key in keys]
            result = make(name, label)(*arguments)
            high = arrays[f"{name}.{label}.high"]
            errors = errors_in_ulp(result, high, arrays[f"{name}.{label}.low"])
            if make is tensorflow_function:
                tiny = np.finfo(label).tiny
                errors[np.min([np.abs(a) for a in (*arguments, high)], axis=0) < tiny] = 0.0
            worst = int(np.argmax(errors))
            line += f"  {label} {errors[worst]:8.3f} at {', '.join(repr(float(a[worst])) for a in arguments):24}"
        print(line, flush=True)


def speed() -> None:
    """Print nanoseconds for each element over 4096 elements, in cache."""
    from sessile.compiler import mathlib

    draw = np.random.default_rng(0)
    for name, function in mathlib.FUNCTIONS.items():
        line = f"{name:9}"
        for label in FORMATS:
            size = 4096
            arguments = [draw.uniform(0.1, 0.9, size).astype(label) for _ in range(function.arity)]
            if name == "acosh":
                arguments[0] += 1
            result = np.empty_like(arguments[0])
            loop = mathlib.lookup(name, label)._compiled[1]
            pointers = [array.ctypes.data for array in (result, *arguments)]
            best = float("inf")
            for _ in range(200):
                start = time.perf_counter()
                for _ in range(10):
                    loop(*pointers, size)
                best = min(best, time.perf_counter() - start)
            line += f"  {label} {best / 10 / size * 1e9:6.3f} ns"
        print(line, flush=True)


if __name__ == "__main__":
    match sys.argv[1:]:
        case ["save", target]:
            save(target)
        case ["sessile", target]:
            measure(sessile_function, target)
        case ["tensorflow", target]:
            measure(tensorflow_function, target)
        case ["speed"]:
            speed()
        case _:
            print(__doc__)
