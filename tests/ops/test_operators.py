"""Python's operators on tensors, and the elementwise rules that TensorFlow's answers alone do not show."""

from __future__ import annotations

import math
import operator
from typing import Any

import numpy as np
import pytest
from sessile.ops.families.elementwise.cast import CAST
from sessile.ops.families.operators import BINARY, UNARY
from sessile.ops.types import dtypes

import sessile as tf

ARITHMETIC = (operator.add, operator.sub, operator.mul, operator.truediv, operator.floordiv, operator.mod, operator.pow)
EDGES = [
    0.0, -0.0, 0.5, -0.5, 1.5, -1.5, 127.0, 128.0, -128.0, -129.0, 255.0, 256.0, 300.7, -300.7, 32767.0, 65536.5,
    -70000.0, 2147483520.0, 2147483648.0, -2147483648.0, -2147483904.0, 4294967040.0, 4294967296.0, 2.0**62,
    2.0**63, -(2.0**63), 2.0**64, 1e30, -1e30, math.inf, -math.inf, math.nan,
]  # fmt: skip


def evaluate(fetches: Any, feeds: Any = None) -> Any:
    """Run fetches of the default graph."""
    with tf.Session() as session:
        return session.run(fetches, feeds)


@pytest.fixture(autouse=True)
def graph() -> Any:
    """A graph of its own for every test."""
    with tf.Graph().as_default() as made:
        yield made


class Eager:
    """A type that wants operators with tensors for itself, as sparse matrices do."""

    __array_priority__ = 1000

    def __radd__(self, other: Any) -> str:
        return "taken over"

    __rtruediv__ = __rand__ = __rmatmul__ = __radd__


def test_tables_are_complete() -> None:
    """Every key that the operators look up has its function."""
    assert set(BINARY) == {
        "add", "sub", "mul", "truediv", "div", "floordiv", "mod", "pow", "matmul", "and", "or", "xor",
        "Less", "LessEqual", "Greater", "GreaterEqual",
    }  # fmt: skip
    assert set(UNARY) == {"neg", "abs", "invert"}


def test_pythons_old_division_rounds_integers_down(graph: Any) -> None:
    """`__div__`, which programs for Python 2 override and call by name."""
    real, whole = tf.constant([1.0, 2.0]), tf.constant([7, -7])
    built = [real.__div__(2.0), whole.__div__(2), whole.__rdiv__(9), tf.Variable(1.0).__div__(2.0)]
    assert [(tensor.op.type, tensor.name) for tensor in built] == [
        ("RealDiv", "div:0"), ("FloorDiv", "div_1:0"), ("FloorDiv", "div_2:0"), ("RealDiv", "div_3:0"),
    ]  # fmt: skip
    assert evaluate(built[1]).tolist() == [3, -4]
    assert all(hasattr(tf.Tensor, name) for name in tf.Tensor.OVERLOADABLE_OPERATORS)
    assert (real._shape_tuple(), real._rank(), tf.placeholder(tf.float32)._rank()) == ((2,), 1, None)


@pytest.mark.parametrize("function", [operator.add, operator.truediv, operator.and_, operator.matmul])
def test_types_of_higher_priority_take_over(function: Any, graph: Any) -> None:
    """Nothing is built, and the other type's reflected method answers."""
    x = tf.constant([1.0])
    before = len(graph.get_operations())
    assert function(x, Eager()) == "taken over"
    assert len(graph.get_operations()) == before


@pytest.mark.parametrize("function", ARITHMETIC)
def test_arrays_on_the_left_give_tensors(function: Any) -> None:
    """NumPy leaves the operator to the tensor, and does not make an array of tensors."""
    left, right = np.array([7.0, 8.0], np.float32), np.array([2.0, 3.0], np.float32)
    result = function(left, tf.constant(right))
    assert result.dtype == tf.float32 and result.shape.as_list() == [2]
    np.testing.assert_allclose(evaluate(result), function(left, right), rtol=1e-6)


def test_equality_is_identity() -> None:
    """Tensors are keys of dicts: `==` compares the objects."""
    x, y = tf.constant(1.0), tf.constant(1.0)
    assert x == x and x != y and len({x, y}) == 2


def test_tensors_of_two_graphs_do_not_mix() -> None:
    """The error says that the graphs differ."""
    x = tf.constant([1.0])
    with tf.Graph().as_default():
        y = tf.constant([2.0])
    with pytest.raises(ValueError, match="same graph"):
        x + y


def test_names_are_unique_in_their_scope() -> None:
    """The second `+` of a scope is `add_1`, and its constant lies under it."""
    x = tf.constant([1.0])
    with tf.name_scope("tower"):
        first, second = x + 1, 2 + x
    assert (first.name, second.name) == ("tower/add:0", "tower/add_1:0")
    assert [t.op.name for t in (*first.op.inputs[1:], *second.op.inputs[:1])] == ["tower/add/y", "tower/add_1/x"]


def test_a_refused_operand_leaves_the_message_to_the_user() -> None:
    """The types are named."""
    with pytest.raises(TypeError, match="int32"):
        tf.constant([1, 2]) + 1.5


def test_integer_division_by_zero_is_an_error_of_the_step() -> None:
    """It is raised when it runs, naming the reason."""
    divisor = tf.placeholder(tf.int32, [None])
    with pytest.raises(tf.errors.InvalidArgumentError, match="[Dd]ivision by zero"):
        evaluate(tf.constant([4, 5]) // divisor, {divisor: [2, 0]})


@pytest.mark.parametrize("source", ["int64", "uint64"])
def test_saturating_casts_of_long_integers_saturate(source: str) -> None:
    """TensorFlow takes the limits as floats, and turns every number into the smallest one."""
    limits = np.iinfo(source)
    values = np.array([limits.min, 0, 300, limits.max], source)
    for target in ("int8", "int64", "uint64", "float32"):
        bounds = np.iinfo(target) if target != "float32" else np.finfo(target)
        expected = [min(max(int(v), int(bounds.min)), int(bounds.max)) for v in values]
        result = evaluate(tf.saturate_cast(tf.constant(values), target))
        np.testing.assert_array_equal(result, np.array(expected, object).astype(target))


@pytest.mark.parametrize("target", ["int64", "uint64"])
@pytest.mark.parametrize("source", ["float32", "float64"])
def test_saturating_casts_to_long_integers_end_at_the_limit(source: str, target: str) -> None:
    """The largest float below the limit is the bound: nothing wraps around."""
    low, high = evaluate(tf.saturate_cast(tf.constant([-1e30, 1e30], source), target))
    assert low == np.iinfo(target).min
    assert high == int(np.nextafter(np.array(float(np.iinfo(target).max), source), np.array(0, source)))


def cast_in_python(value: Any, source: Any, target: Any) -> Any:
    """Evaluate the scalar expression of a cast as plain Python, as a compiled loop would."""
    expression = CAST.scalar({"DstT": target, "Truncate": False}, [source])  # type: ignore[operator]
    if expression is None:
        return None
    scope = {"x": value, "T": source.np_dtype.type, "trunc": np.trunc, "floor": np.floor}
    return eval(expression.format(x="x"), scope)


@pytest.mark.parametrize("target", [t.name for t in dtypes.INTEGERS])
@pytest.mark.parametrize("source", ["float32", "float64"])
def test_floats_out_of_range_become_what_the_rule_says(source: str, target: str) -> None:
    """Kernel and compiled expression agree, and the expression stays where the conversion is defined."""
    of, to = dtypes.as_dtype(source), dtypes.as_dtype(target)
    with np.errstate(all="ignore"):
        values = np.array(EDGES).astype(of.np_dtype)
        result = CAST.kernel(values, SrcT=of, DstT=to, Truncate=False)  # type: ignore[misc]
        for value, expected in zip(values, result, strict=True):
            whole = cast_in_python(value, of, to)
            if whole is not None:
                assert np.iinfo(target).min <= int(whole) <= np.iinfo(target).max
                assert int(whole) == int(expected), f"{value}: {whole} instead of {expected}"


def test_casts_below_the_short_types_wrap_like_c() -> None:
    """The low bits of the int32, and 0 for what no int32 holds."""
    result = evaluate(tf.cast(tf.constant([200.7, -300.7, 70000.0, 1e30, math.nan]), tf.int8))
    assert result.tolist() == [-56, -44, 112, 0, 0]
