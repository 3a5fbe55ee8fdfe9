"""Functions of the user as operations: values both ways, fusion, gradients, errors, the disk cache."""

from __future__ import annotations

import math
import os
import subprocess
import sys
import textwrap
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import sessile as tf

ROOT = Path(__file__).resolve().parents[3]
DATA = np.linspace(-3, 3, 13).astype(np.float32)
SCALE = 1.5


@tf.vectorize
def mish(x: Any) -> Any:
    return x * math.tanh(math.log1p(np.exp(x)))


@tf.vectorize(
    gradient=lambda dy, x, slope: [dy * tf.where(x > 0, tf.ones_like(x), x * 0 + slope), dy * tf.minimum(x, 0)]
)
def leaky(x: Any, slope: Any) -> Any:
    if x > 0:
        return x
    return slope * x


@tf.vectorize
def scaled(x: Any) -> Any:
    return SCALE * x + 1 - x**2 / 4


@tf.vectorize
def horner(x: Any) -> Any:
    total = 0.0
    for k in range(4):
        total = total * x + k
    return total


@tf.vectorize(dtype=tf.bool)
def inside(x: Any, low: Any, high: Any) -> Any:
    return low <= x < high


@tf.vectorize
def collatz(n: Any) -> Any:
    steps = 0
    while n > 1:
        n = n // 2 if n % 2 == 0 else 3 * n + 1
        steps += 1
    return steps


def off() -> Any:
    options = tf.OptimizerOptions(global_jit_level=tf.OptimizerOptions.OFF)
    return tf.Session(config=tf.ConfigProto(graph_options=tf.GraphOptions(optimizer_options=options)))


def both(fetch: Any, feed: dict[Any, Any]) -> Any:
    """Return the compiled result; assert that the interpreted one, of the Python function itself, is that."""
    with tf.Session() as session, off() as plain:
        compiled = session.make_callable(fetch, list(feed))(*feed.values())
        interpreted = plain.run(fetch, feed)
    np.testing.assert_allclose(compiled, interpreted, rtol=2e-6, atol=1e-6)
    assert compiled.dtype == interpreted.dtype
    return compiled


def test_a_function_fuses_with_what_is_around_it() -> None:
    x = tf.placeholder(tf.float32, [None])
    y = mish(leaky(x * 2.0, 0.25) + 1.0) * 3.0
    inner = np.where(DATA > 0, 2 * DATA, 0.5 * DATA) + 1
    np.testing.assert_allclose(both(y, {x: DATA}), 3 * inner * np.tanh(np.log1p(np.exp(inner))), rtol=1e-5)
    with tf.Session() as session:
        text = session.explain(y, [x])
    assert text.count("def kernel(") == 1 and "user_mish_" in text
    assert "return x * math.tanh(math.log1p(np.exp(x)))" in text


@pytest.mark.parametrize("dtype", [tf.float32, tf.float64])
def test_numbers_take_the_type_of_the_arguments(dtype: Any) -> None:
    x = tf.placeholder(dtype, [None])
    data = DATA.astype(dtype.as_numpy_dtype)
    result = both(scaled(x), {x: data})
    assert result.dtype == data.dtype
    np.testing.assert_allclose(result, 1.5 * data + 1 - data**2 / 4, rtol=1e-6, atol=1e-6)
    np.testing.assert_allclose(both(horner(x), {x: data}), data * data + 2 * data + 3, rtol=1e-6)


def test_several_arguments_broadcast_and_other_result_types() -> None:
    x, low = tf.placeholder(tf.float32, [None, None]), tf.placeholder(tf.float32, [None])
    data, bounds = DATA[:12].reshape(4, 3), np.float32([-1, 0, 1])
    np.testing.assert_array_equal(both(inside(x, low, 2.0), {x: data, low: bounds}), (bounds <= data) & (data < 2))


def test_integers_and_loops() -> None:
    n = tf.placeholder(tf.int64, [None])
    np.testing.assert_array_equal(both(collatz(n), {n: np.int64([1, 6, 27])}), [0, 8, 111])


def test_a_function_in_a_reduction_and_in_layers() -> None:
    x = tf.placeholder(tf.float32, [None, None])
    data = DATA[:12].reshape(3, 4)
    both(tf.reduce_sum(mish(x), 1) + tf.reduce_max(leaky(x, 0.5), 1), {x: data})


def test_gradients_are_summed_over_what_broadcast() -> None:
    x, slope = tf.placeholder(tf.float32, [None]), tf.placeholder(tf.float32, [])
    dx, dslope = tf.gradients(leaky(x, slope) * 2.0, [x, slope])
    np.testing.assert_allclose(both(dx, {x: DATA, slope: np.float32(0.1)}), np.where(DATA > 0, 2, 0.2), rtol=1e-6)
    np.testing.assert_allclose(
        both(dslope, {x: DATA, slope: np.float32(0.1)}), 2 * np.minimum(DATA, 0).sum(), rtol=1e-6
    )
    with pytest.raises(LookupError, match="mish was given none"):
        tf.gradients(mish(x), x)


def test_what_numba_cannot_compile_names_the_line() -> None:
    @tf.vectorize
    def text_of(x: Any) -> Any:
        y = x + 1
        return "a" + y

    @tf.vectorize
    def refusing(x: Any) -> Any:
        if x < 0:
            raise ValueError("negative")
        return x

    line = text_of.__wrapped__.__code__.co_firstlineno
    x = tf.placeholder(tf.float32, [None])
    with pytest.raises(TypeError, match=rf"cannot compile 'text_of', .*test_vectorize.py:{line + 3} "):
        text_of(x)
    with pytest.raises(TypeError, match="'refusing', .*there is no 'raise'"):
        refusing(x)


def test_the_flag_calls_back_what_numba_cannot_compile() -> None:
    @tf.vectorize(py_func=True)
    def through_text(x: Any) -> Any:
        return float(f"{x:.1f}") + 1

    x = tf.placeholder(tf.float32, [None])
    np.testing.assert_allclose(both(through_text(x) * 2.0, {x: np.float32([0.11, 0.26])}), [2.2, 2.6], rtol=1e-6)


def test_wrong_arguments() -> None:
    with pytest.raises(TypeError, match="takes a function, got 3"):
        tf.vectorize(3)
    with pytest.raises(TypeError, match="mish takes tensors of float32, .*, got string"):
        mish(tf.constant(["a"]))
    with pytest.raises(TypeError, match="mish takes tensors, got none"):
        mish()


PROGRAM = """
    import sys
    import numpy as np
    import sessile as tf

    FACTOR = {factor}

    @tf.vectorize
    def bent(x):
        return x if x > 1 else FACTOR * x - np.exp(x)

    @tf.guvectorize("(n)->()")
    def spread(x, out):
        out[0] = x[len(x) - 1] - FACTOR * x[0]

    x = tf.placeholder(tf.float32, [None, 3])
    call = tf.Session().make_callable(spread(bent(x) * 2.0), [x])
    print(call(np.float32([[0, 1, 2], [3, -1, 0.5]])).tolist(), "numba" in sys.modules)
"""


def test_a_later_process_needs_no_numba_until_the_function_changes(tmp_path: Path) -> None:
    def run(factor: float) -> str:
        program = tmp_path / "program.py"
        program.write_text(textwrap.dedent(PROGRAM.format(factor=factor)))
        variables = {**os.environ, "PYTHONPATH": str(ROOT), "SESSILE_CACHE_DIR": str(tmp_path / "cache")}
        variables.pop("SESSILE_COMPILER", None)
        done = subprocess.run([sys.executable, str(program)], env=variables, capture_output=True, text=True)
        assert done.returncode == 0, done.stderr
        return done.stdout

    first = run(0.5)
    assert first.endswith("True\n")
    assert run(0.5) == first.replace("True", "False")
    changed = run(0.25)
    assert changed.endswith("True\n") and changed != first


# Rows.


@tf.guvectorize("(n),()->(n)")
def smoothed(x: Any, rate: Any, out: Any) -> None:
    out[0] = x[0]
    for i in range(1, len(x)):
        out[i] = out[i - 1] + rate * (x[i] - out[i - 1])


@tf.guvectorize("(n),(k)->(k)", gradient=lambda dy, x, y: [None, dy])
def counted(x: Any, bounds: Any, out: Any) -> None:
    for place in range(len(bounds)):
        out[place] = 0
        for value in x:
            if value < bounds[place]:
                out[place] += 1


def test_rows() -> None:
    x, rate = tf.placeholder(tf.float32, [None, None]), tf.placeholder(tf.float32, [])
    data = DATA[:12].reshape(3, 4)
    expected = data.copy()
    for place in range(1, 4):
        expected[:, place] = expected[:, place - 1] + 0.5 * (data[:, place] - expected[:, place - 1])
    np.testing.assert_allclose(both(smoothed(x * 2.0, rate) + 1.0, {x: data, rate: np.float32(0.5)}), 2 * expected + 1)
    bounds = np.float32([-1, 0, 5])
    y = counted(x, bounds)
    assert y.shape.as_list() == [None, 3]
    np.testing.assert_array_equal(both(y, {x: data}), (data[:, :, None] < bounds).sum(1))


def test_rows_of_no_rows_and_of_one_axis() -> None:
    x = tf.placeholder(tf.float64, None)
    for shape in ((0, 4), (5,), (2, 3, 1)):
        assert both(smoothed(x, 0.5), {x: np.ones(shape)}).shape == shape


def test_rows_refuse_wrong_layouts_and_shapes() -> None:
    for layout in ("(n)", "n->n", "(n,m)->()", "(n)->(n),(n)"):
        with pytest.raises(ValueError, match="layout"):
            tf.guvectorize(layout)
    with pytest.raises(ValueError, match="extent k of the result is that of no input"):
        tf.guvectorize("(n)->(k)")
    with pytest.raises(TypeError, match="smoothed takes 2 tensors, got 1"):
        smoothed(tf.zeros([2, 3]))
    with pytest.raises(ValueError, match="has rows, got a scalar"):
        smoothed(tf.zeros([]), 0.5)

    @tf.guvectorize("(n),(n)->()")
    def product(x: Any, y: Any, out: Any) -> None:
        out[0] = x[0] * y[0]

    with pytest.raises(ValueError, match="dimension n of product is 3 and 4"):
        product(tf.zeros([3]), tf.zeros([4]))
