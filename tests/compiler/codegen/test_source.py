"""Generated source: what it looks like, that it runs as plain Python, and how a program is looked into."""

from __future__ import annotations

import subprocess
import sys
from typing import Any

import numpy as np
import pytest
from sessile.compiler.fusion.groups import Group
from sessile.compiler.jit import compile as jit

import sessile as tf
from tests.compiler.programs import agree, lines, numbered, plain, program, same, variant_of


def sources(made: Any, *arrays: Any) -> list[str]:
    """Return the source of each kernel of a one-region program."""
    variant = variant_of(made, *arrays)
    return [variant.kernels[item].source.strip() for item in variant.fused.items if isinstance(item, Group)]


def matrix() -> Any:
    """Return a placeholder of two axes of any size."""
    return tf.placeholder(tf.float32, [None, None], name="x")


def test_equal_shapes_collapse_into_one_loop() -> None:
    x = matrix()
    y = tf.placeholder(tf.float32, [None, None])
    assert sources(program([x, y], [tf.exp(x) * y + 0.5]), numbered(2, 3), numbered(2, 3)) == [
        lines(
            """
            def kernel(x0, x1, r0, n0, start, stop):
                for i0 in range(start, stop):
                    e0 = load(x0, i0)
                    v1 = f32(exp_f32(e0))
                    e1 = load(x1, i0)
                    v2 = f32(v1 * e1)
                    v4 = f32(v2 + f32(0.5))
                    store(r0, i0, v4)
            """
        )
    ]


def test_broadcasting_takes_a_loop_for_each_run_of_axes() -> None:
    x = tf.placeholder(tf.float32, [None, None, None])
    b = tf.placeholder(tf.float32, [None])
    (source,) = sources(program([x, b], [x + b]), numbered(2, 3, 4), numbered(4))
    assert source == lines(
        """
        def kernel(x0, x1, r0, n0, n1, start, stop):
            for i0 in range(start, stop):
                for i1 in range(n1):
                    e0 = load(x0, i0 * n1 + i1)
                    e1 = load(x1, i1)
                    v1 = f32(e0 + e1)
                    store(r0, i0 * n1 + i1, v1)
        """
    )


def test_scalars_run_once() -> None:
    x = tf.placeholder(tf.float32, [])
    made = program([x], [tf.exp(x) + 1.0])
    (source,) = sources(made, np.float32(1))
    assert "for _ in range(start, stop):" in source and "store(r0, U(0)," in source
    same(plain(made, np.float32(1)), made.interpret([np.float32(1)], None), ulp=2)


def test_truth_values_are_bytes() -> None:
    x = matrix()
    flag = tf.placeholder(tf.bool, [None, None])
    made = program([x, flag], [tf.logical_and(flag, x > 0.0)])
    data = [numbered(2, 3), numbered(2, 3) % 2 == 0]
    (source,) = sources(made, *data)
    assert "load_bool(" in source and "store_bool(" in source
    same(plain(made, *data), made.interpret(data, None))


def test_sums_are_taken_in_blocks() -> None:
    x = matrix()
    (source,) = sources(program([x], [tf.reduce_sum(x, 1)]), numbered(2, 3))
    assert "range(U(0), n1, U(4096))" in source and "add_any_order(" in source


@pytest.mark.parametrize("number", [np.nan, np.inf, -np.inf, -0.0, 1e-45, 3.4e38, 16777217.0])
def test_literals_keep_their_bits(number: float) -> None:
    x = tf.placeholder(tf.float32, [None])
    made = program([x], [tf.where_v2(x > 0.0, np.float32(number), x)])
    data = np.float32([1, 0, -1])
    for result in (plain(made, data)[0], agree(made, data)[0]):
        assert result[:1].tobytes() == np.float32([number]).tobytes() or np.isnan(result[0]) and np.isnan(number)


@pytest.mark.parametrize("dtype", [np.int8, np.uint8, np.int16, np.int32, np.int64, np.uint32, np.uint64])
def test_integers_wrap_at_their_width(dtype: Any) -> None:
    info = np.iinfo(dtype)
    data = np.array([info.min, info.max, 0, 1, info.max // 2 + 1], dtype)
    x = tf.placeholder(data.dtype, [None])
    agree(program([x], [x * x + np.array(3, dtype), x - info.max, tf.reduce_max(x), tf.reduce_min(x)]), data)


@pytest.mark.parametrize("compiler", ["numba", "direct"])
def test_long_groups_and_long_rows(monkeypatch: pytest.MonkeyPatch, compiler: str) -> None:
    """Above the size of a block, of what runs with the GIL, and of what is split over threads."""
    monkeypatch.setenv("SESSILE_COMPILER", compiler)
    monkeypatch.setattr(jit, "_kernels", {})
    x = matrix()
    value = x
    for number in range(12):
        value = tf.maximum(value - np.float32(number), x * 0.5)
    made = program([x], [value, tf.reduce_sum(value, 1), tf.reduce_max(value), tf.reduce_sum(x)])
    for shape in ((3, 5), (2, 4096), (3, 4097), (1, 20000), (70000, 2)):
        agree(made, numbered(*shape) % 16 * 4096)


# Looking into a program.


def test_explain_shows_groups_sources_and_guards() -> None:
    x = matrix()
    w = tf.placeholder(tf.float32, [None, 3], name="w")
    made = program([x, w], [tf.tanh(tf.matmul(tf.exp(x), w) + 1.0)])
    made.run_compiled([numbered(2, 4), numbered(4, 3)], None)
    text = made.explain()
    assert text.startswith("plan(%x: f32[?,?], %w: f32[?,3]) -> %")
    assert text.index("group 0:") < text.index("Exp %x") < text.index("MatMul") < text.index("group 1:")
    assert "# group 0: x0 = %" in text and "def kernel(x0, r0, n0, start, stop):" in text
    assert "# group 1: r0 = %" in text and "r0 in place of %" in text
    assert "# memory of variant 0: arena 64 bytes, results 24 where s0 = 2, s1 = 4, s2 = 4;" in text
    assert "variant 0 holds while s1 == s2" in text
    assert "test_source.py:" in text


def test_explain_before_anything_ran() -> None:
    x = matrix()
    text = program([x], [tf.reduce_sum(tf.exp(x), 1)]).explain()
    assert "group 0:" in text and "Exp" in text and "def kernel(" in text


def test_explain_of_strings_effects_and_nothing() -> None:
    x = tf.placeholder(tf.string, [2], name="words")
    assert "Reshape %words" in program([x], [tf.reshape(x, [2, 1])]).explain()
    assert program([x], [x]).explain() == "plan(%words: str[2]) -> %words\n"
    variable = tf.Variable(np.float32(1))
    assert "AssignAdd" in program([], [], [tf.assign_add(variable, 1.0)]).explain()


# Without native steps.


def test_the_switch_for_native_steps() -> None:
    """`SESSILE_NATIVE=0` gives the same results through Python functions."""
    script = """
import numpy as np, sys
from sessile.compiler.machine import abi as layout
import sessile as tf
from tests.compiler.programs import agree, numbered, program, same, step
x = tf.placeholder(tf.float32, [None, None])
made = program([x], [x * 2.0, tf.reduce_sum(x, 1), tf.matmul(x, x, transpose_b=True) + 1.0])
call = step(made)
for rows in (3, 1, 3):
    same(call(numbered(rows, 4)), agree(made, numbered(rows, 4)))
assert not layout.available() and "builtin" not in type(call).__name__
"""
    environment = {"SESSILE_NATIVE": "0", "PATH": "", "SESSILE_CACHE_DIR": "/nonexistent"}
    done = subprocess.run(
        [sys.executable, "-c", script], env=environment, capture_output=True, text=True, timeout=60, check=False
    )
    assert done.returncode == 0, done.stderr
