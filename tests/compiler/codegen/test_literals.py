"""Layers that are equal but for their numbers share kernels; numbers that make a loop faster stay in it."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from sessile.compiler.tree.python_source import numbered_source

import sessile as tf
from tests.compiler.programs import program, step

DATA = np.float32([[1, -2, 3, -4], [0.5, 0.25, -8, 9]])


def layers(slopes: list[float], body: Any) -> Any:
    """A program whose layers have numbers of their own, a product between them."""
    x = tf.placeholder(tf.float32, [None, 4])
    value = x
    for slope in slopes:
        value = tf.matmul(body(value, slope), np.eye(4, dtype=np.float32))
    return program([x], [value])


def kernels(made: Any) -> list[Any]:
    (region,) = made.staged.region_programs
    return list(region.latest.kernels.values())


def sources(made: Any) -> set[str]:
    return {numbered_source(kernel.tree) for kernel in kernels(made)}


def test_layers_with_other_numbers_share_a_kernel() -> None:
    made = layers([0.5, 0.75, 0.875, 0.3, 0.1], lambda x, slope: tf.tanh(x * slope + 1.0) - slope * 0.25)
    result = made.run_compiled([DATA], None)
    np.testing.assert_array_equal(result[0], step(made)(DATA)[0])
    np.testing.assert_allclose(result[0], made.interpret([DATA], None)[0], rtol=1e-5)
    shared = [source for source in sources(made) if "numbers" in source]
    assert len(sources(made)) <= 2 and shared
    assert "c0 = number_f32(numbers, 0)" in shared[0] and "f32(1.0)" in shared[0]
    tables = [kernel.numbers for kernel in kernels(made) if kernel.numbers is not None]
    assert len(tables) >= 4 and len({table.tobytes() for table in tables}) == len(tables)


def test_bits_are_those_of_numbers_in_the_source(monkeypatch: pytest.MonkeyPatch) -> None:
    from sessile.compiler.step import variant

    def body(x: Any, slope: float) -> Any:
        return tf.where(tf.maximum(x * slope, slope) > 2.0 * slope, tf.exp(x * -slope), tf.minimum(x, slope) - slope)

    slopes = [0.3, 1e-38, 0.7, -2.5, 1e30]
    shared = layers(slopes, body).run_compiled([DATA], None)
    monkeypatch.setattr(variant, "share_kernels", lambda kernels: None)
    assert shared[0].tobytes() == layers(slopes, body).run_compiled([DATA], None)[0].tobytes()


@pytest.mark.parametrize(
    ("body", "text"),
    [
        (lambda x, slope: tf.pow(tf.abs(x), 1.0 + slope) + 1.0, "pow_f32("),
        (lambda x, slope: x / (slope * 8.0) + 1.0, " / f32("),
    ],
)
def test_numbers_that_make_a_loop_faster_stay(body: Any, text: str) -> None:
    made = layers([0.5, 0.75, 0.875], body)
    np.testing.assert_allclose(
        made.run_compiled([DATA], None)[0], made.interpret([DATA], None)[0], rtol=1e-5, equal_nan=True
    )
    assert all("numbers" not in source for source in sources(made)) and any(text in source for source in sources(made))


def test_one_kernel_keeps_its_numbers() -> None:
    made = layers([0.5], lambda x, slope: tf.tanh(x * slope + 1.0))
    made.run_compiled([DATA], None)
    assert all("numbers" not in source for source in sources(made))


@pytest.mark.parametrize("native", ["0", "1"])
def test_float64_and_negative_numbers(native: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SESSILE_NATIVE", native)
    x = tf.placeholder(tf.float64, [None, 3])
    value = x
    for slope in (-0.1, 0.2, -1e300, 5e-324, 0.7):
        value = tf.matmul(tf.minimum(value * slope, 1.0) + slope, np.eye(3))
    data = np.linspace(-3, 4, 6).reshape(2, 3)
    made = program([x], [value])
    np.testing.assert_allclose(made.run_compiled([data], None)[0], made.interpret([data], None)[0], rtol=1e-12)
    assert any("number_f64(numbers" in source for source in sources(made))


def test_explain_tells_the_numbers_of_each_group() -> None:
    x = tf.placeholder(tf.float32, [None, 4])
    value = x
    for slope in (0.5, 0.75, 0.875):
        value = tf.matmul(tf.tanh(value * slope), np.eye(4, dtype=np.float32))
    with tf.Session() as session:
        session.make_callable(value, [x])(DATA)
        text = session.explain(value, [x])
    assert "numbers = 0.75" in text and "numbers = 0.875" in text
