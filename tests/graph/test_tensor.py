"""`Operation` and `Tensor`: what they tell of themselves, and what they refuse."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import sessile as tf


def test_operation_facts() -> None:
    """Name, type, graph, inputs, outputs."""
    x = tf.placeholder(tf.float32, [2, None], name="x")
    y = tf.identity(x, name="y")
    op = y.op
    assert (op.name, op.type) == ("y", "Identity")
    assert op.graph is tf.get_default_graph()
    assert list(op.inputs) == [x] and op.outputs == [y] == list(op.values())
    assert op.control_inputs == [] and op.device == ""
    assert repr(op) == "<tf.Operation 'y' type=Identity>"


def test_get_attr() -> None:
    """Types are DType, names bytes; an unknown attribute is a ValueError."""
    op = tf.identity(tf.constant([1.0])).op
    assert op.get_attr("T") is tf.float32
    with pytest.raises(ValueError, match="No attr|no attr"):
        op.get_attr("nothing")
    concat = tf.concat([[1.0], [2.0]], 0).op
    assert concat.get_attr("N") == 2
    assert concat.get_attr("Tidx") is tf.int32


def test_tensor_facts() -> None:
    """Name, type, shape, operation, index, graph."""
    x = tf.placeholder(tf.float32, [2, None], name="x")
    assert (x.name, x.dtype, x.value_index) == ("x:0", tf.float32, 0)
    assert x.shape.as_list() == x.get_shape().as_list() == [2, None]
    assert x.graph is tf.get_default_graph() is x.op.graph
    first, second = tf.unstack(x)
    assert (first.name, second.name) == ("unstack:0", "unstack:1")
    assert second.value_index == 1 and first.op is second.op


def test_texts() -> None:
    """`str` is what TensorFlow 1 prints; `repr` has the shape with `?`."""
    assert str(tf.placeholder(tf.float32, [2, None], name="x")) == 'Tensor("x:0", shape=(2, ?), dtype=float32)'
    assert str(tf.placeholder(tf.int32, name="y")) == 'Tensor("y:0", dtype=int32)'
    assert str(tf.constant(1, name="z")) == 'Tensor("z:0", shape=(), dtype=int32)'
    assert repr(tf.placeholder(tf.float32, [2, None], name="r")) == "<tf.Tensor 'r:0' shape=(2, ?) dtype=float32>"
    assert repr(tf.placeholder(tf.float32, name="u")) == "<tf.Tensor 'u:0' shape=<unknown> dtype=float32>"


def test_set_shape_adds_knowledge() -> None:
    """Unknown extents become known; a contradiction is refused."""
    x = tf.placeholder(tf.float32)
    x.set_shape([None, 3])
    assert x.shape.as_list() == [None, 3]
    x.set_shape([2, None])
    assert x.shape.as_list() == [2, 3]
    with pytest.raises(ValueError):
        x.set_shape([4, 3])
    with pytest.raises(ValueError):
        x.set_shape([2, 3, 1])


def test_consumers() -> None:
    """The operations that take a tensor, once per input that it is."""
    x = tf.constant(1.0)
    assert x.consumers() == []
    y = tf.add(x, x)
    z = tf.identity(x)
    assert x.consumers() == [y.op, y.op, z.op]


def test_tensors_are_compared_by_identity() -> None:
    """They are keys of dictionaries (feeds); `==` builds nothing in TensorFlow 1."""
    x, y = tf.constant(1), tf.constant(1)
    assert x == x and x != y
    assert {x: 1, y: 2}[x] == 1
    assert x in [x] and x not in [y]


def test_tensors_have_no_truth_value() -> None:
    """`if tensor:` is refused, also where Python asks without being told."""
    x = tf.constant(True)
    for ask in (lambda: bool(x), lambda: not x, lambda: x and x, lambda: 1 < tf.constant(2) < 3):
        with pytest.raises(TypeError, match="as a Python `bool` is not allowed"):
            ask()


def test_tensors_cannot_be_iterated_over() -> None:
    """Neither known shapes nor unknown ones."""
    for shape in ([3], None):
        with pytest.raises(TypeError, match="[Ii]terating over"):
            iter(tf.placeholder(tf.float32, shape))
    with pytest.raises(TypeError):
        len(tf.constant([1, 2]))


def test_tensors_are_no_arrays() -> None:
    """NumPy functions cannot compute with what has no value yet."""
    with pytest.raises(NotImplementedError, match="Cannot convert a symbolic"):
        np.array(tf.constant(1))
    with pytest.raises(TypeError):
        int(tf.constant(1))
    with pytest.raises(TypeError):
        float(tf.constant(1.0))
    with pytest.raises(TypeError):
        [1, 2][tf.constant(1)]


OPERATORS: list[tuple[str, Any, str, str]] = [
    ("add", lambda x: x + 2.0, "add", "AddV2"),
    ("radd", lambda x: 2.0 + x, "add", "AddV2"),
    ("sub", lambda x: x - 2.0, "sub", "Sub"),
    ("rsub", lambda x: 2.0 - x, "sub", "Sub"),
    ("mul", lambda x: x * 2.0, "mul", "Mul"),
    ("rmul", lambda x: 2.0 * x, "mul", "Mul"),
    ("truediv", lambda x: x / 2.0, "truediv", "RealDiv"),
    ("rtruediv", lambda x: 2.0 / x, "truediv", "RealDiv"),
    ("floordiv", lambda x: x // 2.0, "floordiv", "FloorDiv"),
    ("mod", lambda x: x % 2.0, "mod", "FloorMod"),
    ("rmod", lambda x: 2.0 % x, "mod", "FloorMod"),
    ("pow", lambda x: x**2.0, "pow", "Pow"),
    ("rpow", lambda x: 2.0**x, "pow", "Pow"),
    ("neg", lambda x: -x, "Neg", "Neg"),
    ("abs", abs, "Abs", "Abs"),
    ("less", lambda x: x < 2.0, "Less", "Less"),
    ("less_equal", lambda x: x <= 2.0, "LessEqual", "LessEqual"),
    ("greater", lambda x: x > 2.0, "Greater", "Greater"),
    ("greater_equal", lambda x: x >= 2.0, "GreaterEqual", "GreaterEqual"),
    ("getitem", lambda x: x[0], "strided_slice", "StridedSlice"),
]


@pytest.mark.parametrize(("build", "name", "kind"), [row[1:] for row in OPERATORS], ids=[row[0] for row in OPERATORS])
def test_operators(build: Any, name: str, kind: str) -> None:
    """Python's operators build the operations TensorFlow builds, under the same names."""
    made = build(tf.placeholder(tf.float32, [3])).op
    assert (made.name, made.type) == (name, kind)


def test_matmul_operator() -> None:
    """`@` is `matmul`, from either side."""
    x = tf.placeholder(tf.float32, [2, 3])
    assert ((x @ np.ones([3, 4], np.float32)).op.type, (x @ np.ones([3, 4], np.float32)).shape) == ("MatMul", [2, 4])
    assert (np.ones([5, 2], np.float32) @ x).shape == [5, 3]


def test_logical_operators() -> None:
    """`&`, `|`, `^`, `~` on booleans."""
    x = tf.placeholder(tf.bool, [2])
    types = [made.op.type for made in (x & True, x | True, x ^ True, ~x)]
    assert types == ["LogicalAnd", "LogicalOr", "LogicalAnd", "LogicalNot"]  # TensorFlow has no operation for xor


def test_integer_division_operators() -> None:
    """`/` of integers is exact division in floating point; `//` and `%` round down."""
    x = tf.placeholder(tf.int32, [3])
    assert ((x / 2).dtype, (x / 2).op.type) == (tf.float64, "RealDiv")
    assert ((x // 2).dtype, (x // 2).op.type) == (tf.int32, "FloorDiv")
    assert (x % 2).op.type == "FloorMod"


def test_numpy_leaves_operators_to_tensors() -> None:
    """`array + tensor` is a tensor, not an array of tensors."""
    x = tf.placeholder(tf.float32, [3])
    made = np.ones(3, np.float32) + x
    assert isinstance(made, tf.Tensor) and made.shape == [3]


@pytest.mark.parametrize(
    ("key", "shape"),
    [
        (0, [4, 5]),
        (-1, [4, 5]),
        (slice(None), [3, 4, 5]),
        (slice(1, None), [2, 4, 5]),
        (slice(None, None, -1), [3, 4, 5]),
        (slice(None, None, 2), [2, 4, 5]),
        ((slice(None), 1), [3, 5]),
        ((Ellipsis, 1), [3, 4]),
        ((None, Ellipsis), [1, 3, 4, 5]),
        ((Ellipsis, None), [3, 4, 5, 1]),
        ((0, 0, 0), []),
        ((slice(2, 1), slice(-100, 100)), [0, 4, 5]),
    ],
    ids=str,
)
def test_slicing_shapes(key: Any, shape: list[int]) -> None:
    """Python's indexing with its shapes."""
    assert tf.zeros([3, 4, 5])[key].shape.as_list() == shape


def test_slicing_refuses_what_tensorflow_refuses() -> None:
    """Too many indices, indices out of range, floats."""
    x = tf.zeros([3, 4])
    with pytest.raises(ValueError):
        x[0, 0, 0]
    with pytest.raises(ValueError):
        x[5]
    with pytest.raises(TypeError):
        x[1.5]


def test_slicing_by_tensors() -> None:
    """An index may be a tensor; the extent is unknown until it runs."""
    i = tf.placeholder(tf.int32, [])
    x = tf.zeros([3, 4])
    assert x[i].shape.as_list() == [4]
    assert x[:i].shape.as_list() == [None, 4]
    assert x[i, i].shape.as_list() == []


def test_eval_and_run_need_a_session() -> None:
    """Without a default Session there is nothing to evaluate in."""
    x = tf.constant(1)
    with pytest.raises(ValueError, match="No default session is registered"):
        x.eval()
    with pytest.raises(ValueError, match="No default session is registered"):
        x.op.run()
