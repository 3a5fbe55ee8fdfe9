"""A function of one's own that fuses: what TensorFlow needs a custom C++ operation for.

`tf.vectorize` makes an operation of a Python function of numbers. numba compiles its body, the loop around it takes it
in line; `explain` shows the loop and the function. The times below are of the same chain of operations with the
function called back (`tf.py_func`), with `numba.vectorize` between NumPy's operations, and, where it is installed
(`make peers`), with TensorFlow, which has to write the function as operations.
"""

from __future__ import annotations

import math
import os
import subprocess
import timeit
from pathlib import Path

import numpy as np

import sessile as tf

SIZE = 1_000_000
PEERS = Path(__file__).resolve().parent.parent / ".venv-peers" / "bin" / "python"

TENSORFLOW = f"""
import os, timeit
os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"
import numpy as np, tensorflow.compat.v1 as tf
tf.disable_v2_behavior()
x = tf.placeholder(tf.float32, [None])
z = x * 0.5 + 1.0
y = tf.where(z > 1.0, z + 0.3 * tf.sin(2.0 * z) ** 2, tf.expm1(z - 1.0) + 1.0) * 2.0 - x
call = tf.Session().make_callable(y, [x])
data = np.linspace(-8, 8, {SIZE}, dtype=np.float32)
call(data)
print(min(timeit.repeat(lambda: call(data), number=1, repeat=7)))
"""


def bent(z):
    """A wave above 1, an exponential below."""
    if z > 1.0:
        wave = math.sin(2.0 * z)
        return z + 0.3 * wave * wave
    return math.expm1(z - 1.0) + 1.0


def slope(dy, z):
    """The gradient of `bent`, of operations."""
    return dy * tf.where(z > 1.0, 1.0 + 0.6 * tf.sin(4.0 * z), tf.exp(z - 1.0))


def around(function, x):
    """The same operations around the function."""
    return function(x * 0.5 + 1.0) * 2.0 - x


def seconds(call, repeat: int = 7) -> float:
    """The best time of a call."""
    call()
    return min(timeit.repeat(call, number=1, repeat=repeat))


def in_numba(data):
    """The function by `numba.vectorize`, NumPy around it."""
    import numba

    compiled = numba.vectorize(["float32(float32)"])(bent)
    half, one, two = np.float32(0.5), np.float32(1), np.float32(2)
    return lambda: compiled(data * half + one) * two - data


def in_tensorflow() -> float | None:
    """TensorFlow's time, in a process of its own; None if it is not installed."""
    if not PEERS.exists():
        return None
    found = subprocess.run([PEERS, "-c", TENSORFLOW], env=dict(os.environ), capture_output=True, text=True, check=False)
    return float(found.stdout) if found.returncode == 0 else None


def main() -> None:
    """Show the loop, check the gradient, print the times."""
    operation = tf.vectorize(bent, gradient=slope)
    x = tf.placeholder(tf.float32, [None])
    y = around(operation, x)
    (gradient,) = tf.gradients(y, x)
    called_back = around(lambda z: tf.py_func(np.vectorize(bent, otypes=[np.float32]), [z], tf.float32), x)
    data = np.linspace(-8, 8, SIZE, dtype=np.float32)
    with tf.Session() as session:
        print(session.explain(y, [x]))
        fused, back = session.make_callable(y, [x]), session.make_callable(called_back, [x])
        few = data[::1000].copy()
        np.testing.assert_allclose(fused(few), back(few), rtol=1e-5, atol=1e-5)
        near = [np.float64(session.run(y, {x: few + step})) for step in (-1e-2, 1e-2)]
        smooth = np.abs(few) > 0.05  # the two pieces meet at 0
        difference = (near[1] - near[0]) / 2e-2 - session.run(gradient, {x: few})
        assert np.abs(difference[smooth]).max() < 1e-2
        times = {
            "fused": seconds(lambda: fused(data)),
            "numba.vectorize and NumPy": seconds(in_numba(data)),
            "tf.py_func": seconds(lambda: back(data), repeat=1),
        }
    other = in_tensorflow()
    if other is not None:
        times["TensorFlow's operations"] = other
    for name, time in times.items():
        print(f"{name:28}{time * 1e3:10.2f} ms   {time / times['fused']:8.1f} times")


if __name__ == "__main__":
    main()
