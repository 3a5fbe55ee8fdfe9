"""Nothing is compiled twice: equal groups share a kernel, and a callable has one native step."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from sessile.compiler.jit import compile as jit
from sessile.compiler.machine import abi as layout
from sessile.compiler.machine import code as native_code
from sessile.compiler.tree.nodes import Assign, KernelTree, Routine, ValueVariable, Variable
from sessile.compiler.tree.python_source import numbered_source, source

import sessile as tf
from tests.compiler.programs import program, step

native = pytest.mark.skipif(not layout.available(), reason="steps are not native here")


@pytest.fixture
def native_steps(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The texts of the native steps that are compiled from here on."""
    texts: list[str] = []
    make = native_code.Code.__init__

    def counting(self: Any, text: str, *others: Any) -> None:
        texts.append(text)
        make(self, text, *others)

    monkeypatch.setattr(native_code.Code, "__init__", counting)
    return texts


def layers(count: int, factor: float) -> Any:
    """A program of so many equal layers, each one a kernel of its own: a product lies between them."""
    x = tf.placeholder(tf.float32, [None, 4])
    weights = np.eye(4, dtype=np.float32)
    value = x
    for _ in range(count):
        value = tf.matmul(tf.nn.relu(value * factor + 1.0), weights)
    return program([x], [value])


def test_equal_layers_are_compiled_once() -> None:
    data = np.float32([[1, -2, 3, -4]])
    before = jit.compiled_count + jit.loaded_count
    made = layers(6, 0.625)
    result = made.run_compiled([data], None)
    np.testing.assert_allclose(result[0], made.interpret([data], None)[0], rtol=1e-6)
    (region,) = made.staged.region_programs
    assert region.latest is not None and len(region.latest.kernels) == 6
    assert len(set(region.latest.compiled.values())) <= 2  # the first reads the argument, others work in place
    assert jit.compiled_count + jit.loaded_count <= before + 2


def test_equal_layers_of_another_program_are_found() -> None:
    data = np.float32([[1, -2, 3, -4]])
    layers(3, 0.375).run_compiled([data], None)
    before = jit.compiled_count + jit.loaded_count
    layers(5, 0.375).run_compiled([data], None)
    assert jit.compiled_count + jit.loaded_count == before


def test_values_are_numbered_as_they_appear_and_nothing_else_is() -> None:
    value, other = ValueVariable("v", "12"), ValueVariable("a", "7_3", "_part")
    again = Assign(ValueVariable("k", "12"), Routine("atan2", "f32", [other, Variable("x12")]))
    tree = KernelTree([], [Variable("n12")], [Assign(value, Variable("e12")), Assign(other, value), again])
    head = "def kernel(n12):\n"
    assert source(tree) == f"{head}    v12 = e12\n    a7_3_part = v12\n    k12 = atan2_f32(a7_3_part, x12)\n"
    assert numbered_source(tree) == f"{head}    v0 = e12\n    a1_part = v0\n    k0 = atan2_f32(a1_part, x12)\n"


@native
def test_the_first_call_makes_one_native_step(native_steps: list[str]) -> None:
    x = tf.placeholder(tf.float32, [None])
    made = program([x], [x * 2.0 + 1.0])
    call = step(made)
    for size in (5, 1, 7):
        np.testing.assert_array_equal(call(np.ones(size, np.float32))[0], np.full(size, 3, np.float32))
    np.testing.assert_array_equal(call([1.0, 2.0])[0], [3, 5])
    np.testing.assert_array_equal(call(np.ones(6, np.float32)[::2])[0], [3, 3, 3])
    assert len([text for text in native_steps if "@trampoline" not in text]) == 1
    made.run_compiled([np.ones(3, np.float32)], None)
    assert len([text for text in native_steps if "@trampoline" not in text]) == 2


@native
def test_arguments_that_need_another_variant_find_the_one_before_again(native_steps: list[str]) -> None:
    x, y = tf.placeholder(tf.float32, [None]), tf.placeholder(tf.float32, [None])
    call = step(program([x, y], [x + y]))
    three, one = np.ones(3, np.float32), np.ones(1, np.float32)
    for _ in range(3):
        np.testing.assert_array_equal(call(three, three)[0], [2, 2, 2])
        np.testing.assert_array_equal(call(three, one)[0], [2, 2, 2])
        np.testing.assert_array_equal(call(one, three)[0], [2, 2, 2])
    assert len([text for text in native_steps if "@trampoline" not in text]) == 3
