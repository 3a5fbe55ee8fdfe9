"""Trees of kernels: what is printed reads back to the same tree, and both printers mean the same by each node."""

from __future__ import annotations

import ctypes
from typing import Any

import numpy as np
import pytest
from sessile.compiler.jit.compile import plain_function
from sessile.compiler.jit.lower_tree import module_of
from sessile.compiler.machine import object_code
from sessile.compiler.machine.threads import compile_module
from sessile.compiler.tree import nodes
from sessile.compiler.tree.nodes import Array, Assign, Call, Cast, For, If, KernelTree, Load, Number, Store, Variable
from sessile.compiler.tree.python_source import NumbaPrinter, source
from sessile.compiler.tree.reader import read_kernel, read_pattern

import sessile as tf
from tests.compiler.programs import program, variant_of

KERNEL = """def kernel(x0, x1, r0, n0, start, stop):
    t = f32(0)
    for i0 in range(start, stop):
        a = load(x0, i0)
        b = load(x1, U(2) * (i0 // U(2)) + i0 % U(2))
        if a < b:
            c = f32(a - (b - f32(1.5)) * (a + b))
        elif f32(0) <= a < f32(2) and not a == b:
            c = f32(-a / (b * b))
        else:
            c = pick(isnan(a), f32(nan), exp_f32(a) if a > b or b > f32(-inf) else b)
        t = f32(t + c)
        store(r0, i0, maximum(c, t))
    k = U(0)
    while k < U(3):
        for j in range(n0):
            for l in range(U(0), n0, U(4)):
                store(r0, l, load_result(r0, l) + f32(1))
        k = U(k + U(1))
"""
TYPES = ("f32", "f32", "f32")


def both_ways(tree: KernelTree, *arrays: Any, numbers: tuple[int, ...]) -> None:
    """Assert that the plain run and machine code leave the same in the last array."""
    plain, compiled = arrays[-1].copy(), arrays[-1].copy()
    with np.errstate(all="ignore"):
        plain_function(tree)(*arrays[:-1], plain, *numbers)
    code = object_code.load(compile_module(module_of(tree)))
    kinds = [ctypes.c_void_p] * len(tree.arrays) + [ctypes.c_size_t] * len(tree.integers)
    pointers = [array.ctypes.data for array in (*arrays[:-1], compiled)]
    ctypes.CFUNCTYPE(None, *kinds)(code.address)(*pointers, *numbers)
    np.testing.assert_allclose(compiled, plain, rtol=1e-6)


def test_what_is_printed_reads_back_to_the_same_tree() -> None:
    tree = read_kernel(KERNEL, TYPES)
    assert source(tree) == KERNEL
    assert read_kernel(source(tree), TYPES) == tree
    assert [array.is_written for array in tree.arrays] == [False, False, True] and tree.types == TYPES


def test_both_printers_mean_the_same() -> None:
    random = np.random.RandomState(2)
    x, y = (random.standard_normal(9).astype(np.float32) for _ in range(2))
    both_ways(read_kernel(KERNEL, TYPES), x, y, np.zeros(9, np.float32), numbers=(9, 1, 9))


@pytest.mark.parametrize(
    "text",
    [
        "a - (b - c)", "(a + b) * c", "a * (b + c)", "-(a + b)", "a < b <= c", "(a if b else c) + a", "~a & b | c ^ a",
        "a << (b >> c)", "not (a and b)", "(a or b) and c", "a if b else c if a else b", "f32(-0.5) * a", "-a * b",
        "a // b % c", "a / (b / c)", "load(x0, a + U(1))",
    ],
)  # fmt: skip
def test_parentheses_stand_where_the_tree_asks_for_them(text: str) -> None:
    kernel = f"def kernel(x0, a, b, c):\n    d = {text}\n"
    assert source(read_kernel(kernel, ["f32"])) == kernel


@pytest.mark.parametrize(
    "line", ["d = a +", "d = (a", "d = a b", "d = load(y0, a)", "d = $", "a", "store(x0, a)", "d = f(a b)"]
)
def test_what_is_no_kernel_is_refused(line: str) -> None:
    with pytest.raises(ValueError, match=r"."):
        read_kernel(f"def kernel(x0, a, b):\n    {line}\n", ["f32"])


def test_patterns_of_operations() -> None:
    found = read_pattern("{dy} * T(0.5) / ({x} - exp({x}))", "f32", "f16")
    assert found.names == ("dy", "x") and found.calls_routines and not found.is_atom
    assert found.format == "{0} * f32(0.5) / ({1} - exp_f32({1}))"
    assert read_pattern("rounded({x})", "f32", "f16").format == "f16({0})"
    assert not read_pattern("sqrt({x})", "f64").calls_routines and read_pattern("user_f({x})", "f64").calls_routines
    assert read_pattern("{x} + {y}", "f32") is read_pattern("{x} + {y}", "f32")


def test_operands_of_formulas_within_formulas() -> None:
    """Each formula's operands are its own, whatever they are called."""
    minus, x, y = read_pattern("{x} - {y}", "f32"), Variable("a"), Variable("b")
    inner = nodes.Formula(minus, [y, x])
    tree = read_kernel("def kernel(x0, x1, r0):\n    a = load(x0, U(0))\n    b = load(x1, U(0))\n", TYPES)
    result = Array("r0", "f32", True)
    tree.arrays[2] = result
    tree.body.append(Store(result, nodes.ZERO, nodes.Formula(minus, [inner, y])))
    assert source(tree).endswith("store(r0, U(0), (b - a) - b)\n")
    both_ways(tree, np.float32([3]), np.float32([5]), np.float32([0]), numbers=())


def test_numba_is_given_sums_that_wrap_and_short_floats_that_convert() -> None:
    tree = read_kernel("def kernel(x0, r0, n0):\n    store(r0, n0 * U(2) + U(1), load(x0, n0) - f32(1))\n", ["f16"] * 2)
    line = NumbaPrinter(True).kernel(tree).splitlines()[1].strip()
    index = "wrapping_add(wrapping_mul(n0, U(2)), U(1))"
    assert line == f"store_f16(r0, {index}, wrapping_sub(load_f16(x0, n0), f32(1)))"


def test_equality_and_containment() -> None:
    i, j = Variable("i0"), Variable("i1")
    assert i * 3 + j == i * 3 + j and i + 1 != i + 2 and hash(i * 3) == hash(i * 3)
    assert nodes.mentions(i * 3 + j, j) and not nodes.mentions(i * 3, j) and not nodes.mentions(Variable("i12"), j)
    assert Number(float("nan")) == Number(float("nan")) and Number(True) != Number(1)
    assert repr(Cast("f32", Number(1.0))) == "Cast(kind='f32', value=Number(value=1.0))"


def test_what_the_generator_makes_reads_back_too() -> None:
    """A softmax, a transposed sum and a concatenation: folds, columns, index maps, branches."""
    x = tf.placeholder(tf.float32, [None, 8])
    y = tf.concat([tf.nn.softmax(x), tf.reverse(x, [1])], 1)
    made = program([x], [y, tf.reduce_sum(tf.transpose(y) * 2.0, 1)])
    texts = [(kernel.source, kernel.tree.types) for kernel in variant_of(made, np.ones((4, 8))).kernels.values()]
    assert texts and all(source(read_kernel(text, types)) == text for text, types in texts)


def test_a_table_of_shapes_is_sealed_when_kernels_are_made() -> None:
    x = tf.placeholder(tf.float32, [None, None])
    variant = variant_of(program([x], [tf.reduce_sum(x, 0)]), np.ones((3, 4)))
    rows = variant.special.extents[variant.region.inputs[0]][0]
    assert rows <= 128  # asked for already
    with pytest.raises(AssertionError, match="asked for after the code"):
        assert rows != 77


def test_statements_built_by_hand() -> None:
    """`nodes.py` opens with such a tree."""
    x, r, i = Array("x0", "f32", False), Array("r0", "f32", True), Variable("i0")
    value = nodes.ValueVariable("v", "0")
    body = [Assign(value, Cast("f32", Call("maximum", [Load(x, i), Cast("f32", Number(1.0))])))]
    inner = If(nodes.Compare(i, [("<", nodes.lifted(2))]), [Store(r, i, value)], [])
    loop = For(i, Variable("start"), Variable("stop"), None, [*body, inner])
    tree = KernelTree([x, r], [Variable(name) for name in ("n0", "start", "stop")], [loop])
    assert "v0 = f32(maximum(load(x0, i0), f32(1.0)))" in source(tree)
    both_ways(tree, np.float32([0, 3, 5]), np.zeros(3, np.float32), numbers=(3, 0, 3))
