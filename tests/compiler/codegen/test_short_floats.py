"""float16 and bfloat16 in compiled loops: every number of both types, conversions, reductions, both steps."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import ml_dtypes
import numpy as np
import pytest
import sessile.compiler.machine.abi
import sessile.compiler.native.step
from hypothesis import given, settings
from hypothesis import strategies as st
from sessile.compiler.jit import compile as jit
from sessile.compiler.jit import short_floats

import sessile as tf
from tests.compiler.programs import Array, agree, groups, plain, program, same, step

# NumPy warns where a test looks at what was computed: at signalling NaN, at numbers too large for float16.
pytestmark = [
    pytest.mark.filterwarnings(f"ignore:{what} encountered:RuntimeWarning") for what in ("invalid value", "overflow")
]

TYPES = [tf.float16, tf.bfloat16]
OTHERS = [tf.float32, tf.float64, tf.int8, tf.uint8, tf.int16, tf.uint16, tf.int32, tf.uint32, tf.int64, tf.bool]
EACH = pytest.mark.parametrize("dtype", TYPES, ids=lambda dtype: dtype.name)


@pytest.fixture(params=["hardware", "bits"])
def conversion(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Conversions of float16 by instructions, where the processor has them, and by arithmetic on bits."""
    monkeypatch.setattr(jit, "_kernels", {})
    if request.param == "bits":
        monkeypatch.setattr(short_floats, "halves_in_hardware", lambda: False)
    elif not short_floats.halves_in_hardware():
        pytest.skip("this processor does not convert float16")


def numbers(dtype: Any, seed: int | None = None) -> Array:
    """Return all 65536 numbers of a type, shuffled if there is a seed."""
    found = np.arange(1 << 16, dtype=np.uint16).view(dtype.as_numpy_dtype)
    return found if seed is None else found[np.random.RandomState(seed).permutation(1 << 16)]


def near_ties(dtype: Any) -> Array:
    """Return numbers of float32 around those of a short type, halfway between them, and elsewhere."""
    random = np.random.RandomState(0)
    bits = numbers(dtype).astype(np.float32).view(np.uint32)
    moved = bits + random.choice(
        np.uint32([0, 1, 0xFFF, 0x1000, 0x1001, 0x7FFF, 0x8000, 0x8001, 0xFFFFFFFF]), bits.size
    )
    anything = random.randint(0, 1 << 32, 20000, dtype=np.uint64).astype(np.uint32)
    return np.concatenate([moved, anything]).view(np.float32)


def vector(dtype: Any) -> Any:
    """Return a placeholder of one axis."""
    return tf.placeholder(dtype, [None])


FUNCTIONS: dict[str, Callable[[Any], Any]] = {
    name: getattr(tf.math, name)
    for name in (
        "exp", "expm1", "log", "log1p", "tanh", "sin", "cos", "tan", "asin", "acos", "atan", "sinh", "cosh", "asinh",
        "acosh", "atanh", "sigmoid", "erf", "erfc", "rsqrt",
    )
} | {"elu": tf.nn.elu, "selu": tf.nn.selu, "softplus": tf.nn.softplus}  # fmt: skip
EXACT: dict[str, Callable[[Any], Any]] = {
    name: getattr(tf.math, name)
    for name in (
        "negative", "abs", "sign", "square", "sqrt", "floor", "ceil", "rint", "reciprocal", "is_nan", "is_inf",
        "is_finite",
    )
} | {
    "relu": tf.nn.relu, "relu6": tf.nn.relu6, "softsign": tf.nn.softsign, "leaky_relu": tf.nn.leaky_relu,
    "steep": lambda x: tf.nn.leaky_relu(x, 1.3), "clip": lambda x: tf.clip_by_value(x, -1.5, 2.0),
    "half": lambda x: x * 0.5 + 0.25, "infinite": lambda x: tf.where_v2(x > 1.0, x, -np.inf),
    "sum of three": lambda x: tf.add_n([x, x, x]),
}  # fmt: skip


@EACH
@pytest.mark.usefixtures("conversion")
@pytest.mark.parametrize("name", EXACT)
def test_exact_functions_of_all_numbers(name: str, dtype: Any) -> None:
    x = vector(dtype)
    made = program([x], [EXACT[name](x)])
    assert len(groups(made, numbers(dtype))) == 1
    agree(made, numbers(dtype))


@EACH
@pytest.mark.parametrize("name", FUNCTIONS)
def test_functions_of_all_numbers(name: str, dtype: Any) -> None:
    x = vector(dtype)
    (got,) = agree(program([x], [FUNCTIONS[name](x)]), numbers(dtype), ulp=1)
    assert got.dtype == dtype.as_numpy_dtype


BINARY: dict[str, Callable[[Any, Any], Any]] = {
    name: lambda x, y, name=name: getattr(tf.raw_ops, name)(x=x, y=y)
    for name in (
        "AddV2", "Sub", "Mul", "RealDiv", "Maximum", "Minimum", "SquaredDifference", "FloorDiv", "FloorMod",
        "TruncateDiv", "TruncateMod", "DivNoNan", "MulNoNan", "Less", "Equal", "NotEqual", "GreaterEqual", "Xdivy",
        "ApproximateEqual",
    )
} | {"select": lambda x, y: tf.where_v2(x < y, x, y)}  # fmt: skip


@EACH
@pytest.mark.usefixtures("conversion")
@pytest.mark.parametrize("name", BINARY)
def test_functions_of_two(name: str, dtype: Any) -> None:
    x, y = vector(dtype), vector(dtype)
    agree(program([x, y], [BINARY[name](x, y)]), numbers(dtype), numbers(dtype, 1))


@EACH
@pytest.mark.usefixtures("conversion")
@pytest.mark.parametrize("other", [*OTHERS, *TYPES], ids=lambda dtype: dtype.name)
def test_casts_from_all_numbers(other: Any, dtype: Any) -> None:
    x = vector(dtype)
    agree(program([x], [tf.cast(x, other)]), numbers(dtype))


@EACH
@pytest.mark.usefixtures("conversion")
@pytest.mark.parametrize("other", OTHERS, ids=lambda dtype: dtype.name)
def test_casts_round_once_to_even(other: Any, dtype: Any) -> None:
    x = vector(other)
    if other.is_floating:
        data = near_ties(dtype).astype(other.as_numpy_dtype)
    else:
        bits = np.random.RandomState(0).randint(0, 1 << 62, 20000) << np.arange(20000) % 3
        data = (bits >> np.arange(20000) % 62).astype(other.as_numpy_dtype)
    agree(program([x], [tf.cast(x, dtype)]), data)


def test_a_float64_is_rounded_by_way_of_float32_as_in_tensorflow() -> None:
    x = vector(tf.float64)
    tie = 1 + 2.0**-11
    (got,) = agree(program([x], [tf.cast(x, tf.float16)]), np.array([tie, np.nextafter(tie, 2), 1e300, -1e300]))
    assert got.tolist() == [1.0, 1.0, np.inf, -np.inf]


@pytest.mark.usefixtures("conversion")
@EACH
@pytest.mark.usefixtures("conversion")
@pytest.mark.parametrize("name", ["tanh", "atan", "asinh", "sinh", "erf", "abs"])
def test_signs_of_functions_of_rounded_float64(name: str, dtype: Any) -> None:
    """LLVM took the sign from the float64, and then had no instruction to round it."""
    x = vector(tf.float64)
    compiled = program([x], [getattr(tf, name)(tf.cast(x, dtype)), tf.cast(tf.tanh(tf.cast(x, tf.float32)), dtype)])
    data = np.linspace(-5.0, 5.0, 2001)
    agree(compiled, data, ulp=1)
    assert len(groups(compiled, data)) == 1


def test_between_types_in_one_loop() -> None:
    x, y = vector(tf.float16), vector(tf.bfloat16)
    wide = tf.cast(x, tf.float32) * tf.cast(y, tf.float32)
    fetches = [tf.cast(tf.cast(wide, tf.float16), tf.bfloat16), tf.cast(tf.cast(wide, tf.bfloat16), tf.float16)]
    agree(program([x, y], fetches), numbers(tf.float16), numbers(tf.bfloat16, 1))


def test_numba_converts_around_float32(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SESSILE_COMPILER", "numba")
    monkeypatch.setenv("SESSILE_CACHE", "0")
    monkeypatch.setattr(jit, "_kernels", {})
    sources: list[str] = []
    compile_source = jit._compile_with_numba
    monkeypatch.setattr(
        jit,
        "_compile_with_numba",
        lambda tree: (sources.append(jit.NumbaPrinter(True).kernel(tree)), compile_source(tree))[1],
    )
    x, y = vector(tf.bfloat16), vector(tf.float32)
    inner = tf.cast(tf.cast(y + 1.0, tf.float16), tf.float32)  # no array of it
    agree(program([x, y], [x + 1.0, inner]), numbers(tf.bfloat16), near_ties(tf.float16))
    assert any("bf16(" in source for source in sources) and any(re.search(r"\bf16\(", source) for source in sources)


@EACH
def test_as_plain_python(dtype: Any) -> None:
    x = tf.placeholder(dtype, [None, None])
    made = program([x], [tf.nn.softmax(x), tf.maximum(x * 1.1, 0.3), tf.reduce_sum(x, 0), tf.transpose(x) * x[:, :1]])
    data = np.random.RandomState(0).randn(3, 3).astype(dtype.as_numpy_dtype)
    same(plain(made, data), made.interpret([data], None), ulp=1)


# Fusion and the arrays of kernels.


@EACH
def test_a_chain_is_one_loop_that_rounds_each_result(dtype: Any) -> None:
    x, y = vector(dtype), vector(dtype)
    made = program([x, y], [(x * y + x) / (y - 0.3) - tf.abs(x)])
    assert len(groups(made, numbers(dtype), numbers(dtype, 1))) == 1
    agree(made, numbers(dtype), numbers(dtype, 1))


@EACH
@pytest.mark.parametrize("native", [True, False])
def test_shapes_and_scalars(dtype: Any, native: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    if not native:
        monkeypatch.setattr(sessile.compiler.machine.abi, "available", lambda: False)
    x = tf.placeholder(dtype, [None, None])
    scalar = tf.placeholder(dtype, [])
    moved = tf.pad(tf.transpose(x)[::-1], [[1, 0], [0, 2]], constant_values=0.1)
    made = program([x, scalar], [moved * scalar, tf.concat([x, x * 2.0], 0), scalar + 0.1, tf.tile(x, [2, 1])])
    number = dtype.as_numpy_dtype(0.7)
    call = step(made)
    for shape in [(3, 4), (1, 1), (0, 3), (3, 0), (70, 90)]:
        data = np.random.RandomState(0).randn(*shape).astype(dtype.as_numpy_dtype)
        expected = agree(made, data, np.asarray(number))
        for _ in range(3):  # the first call makes the native step
            got = call(data, number)
            assert isinstance(got[2], dtype.as_numpy_dtype)
            same([np.asarray(item) for item in got], [np.asarray(item) for item in expected])


@EACH
def test_what_is_fed(dtype: Any) -> None:
    x = tf.placeholder(dtype, [None])
    with tf.Session() as session:
        call = session.make_callable(x * 2.0, [x])
        want = np.array([2, -3], dtype.as_numpy_dtype)
        plain_array = np.array([1, -1.5], dtype.as_numpy_dtype)
        strided = np.array([1, 0, -1.5, 0], dtype.as_numpy_dtype)[::2]
        for _ in range(3):
            for fed in (
                plain_array,
                strided,
                [1.0, -1.5],
                plain_array[::-1].copy()[::-1],
                plain_array.view(np.ndarray),
            ):
                got = call(fed)
                assert got.dtype == want.dtype and got.tobytes() == want.tobytes()
        for other in (np.uint16([1, 3]), np.int16([1, -3]), np.float32([1, -3])):  # numbers, not bits
            assert call(other).tobytes() == (other * 2).astype(dtype.as_numpy_dtype).tobytes()
        if dtype is tf.float16:
            assert call(plain_array.astype(">f2")).tobytes() == want.tobytes()


@EACH
@pytest.mark.parametrize("native", [True, False])
def test_variables(dtype: Any, native: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    if not native:
        monkeypatch.setattr(sessile.compiler.machine.abi, "available", lambda: False)
    with tf.Session() as session:
        variable = tf.Variable(tf.ones([5], dtype))
        x = tf.placeholder(dtype, [None])
        session.run(variable.initializer)
        call = session.make_callable(tf.assign_add(variable, x * 1.1), [x])
        fed = np.arange(5).astype(dtype.as_numpy_dtype)
        expected = np.ones(5, dtype.as_numpy_dtype)
        for _ in range(5):
            expected = expected + fed * dtype.as_numpy_dtype(1.1)
            assert call(fed).tobytes() == expected.tobytes()
        assert session.run(variable).tobytes() == expected.tobytes()


# Reductions.

REDUCTIONS: dict[str, Callable[[Any, Any], Any]] = {
    name: getattr(tf, f"reduce_{name}") for name in ("sum", "mean", "prod", "max", "min", "euclidean_norm")
    if hasattr(tf, f"reduce_{name}")
}  # fmt: skip


@EACH
@pytest.mark.parametrize("name", REDUCTIONS)
def test_reductions(name: str, dtype: Any) -> None:
    x = tf.placeholder(dtype, [None, None])
    for shape in [(3, 5), (5, 3), (1, 20000), (2, 70000), (70000, 2), (300, 40), (0, 3), (3, 0)]:
        data = (1 + np.random.RandomState(0).randn(*shape) / 64).astype(dtype.as_numpy_dtype)
        made = program([x], [REDUCTIONS[name](x, axes) for axes in (0, 1, [0, 1])])
        agree(made, data, ulp=1)


@EACH
def test_sums_and_products_do_not_stop_at_the_short_types_limits(dtype: Any) -> None:
    x = tf.placeholder(dtype, [None, None])
    data = np.full((400, 400), 300, dtype.as_numpy_dtype)  # whose sums are beyond float16
    means = agree(program([x], [tf.reduce_mean(x, axis) for axis in (0, 1)]), data)
    assert all((mean == dtype.as_numpy_dtype(300)).all() for mean in means)
    data = np.full((8, 8), 300, dtype.as_numpy_dtype)
    data[4:], data[:, 4:] = 1 / data[:4], 1 / data[:, :4]
    products = agree(program([x], [tf.reduce_prod(x, axis) for axis in (0, 1)]), data, ulp=1)
    assert all(np.isfinite(product).all() for product in products)
    ones = np.ones((1, 5000), dtype.as_numpy_dtype)
    (total,) = agree(program([x], [tf.reduce_sum(x)]), ones)
    assert total == dtype.as_numpy_dtype(5000)


@EACH
@pytest.mark.parametrize("nan", [False, True])
def test_extremes_and_their_places(dtype: Any, nan: bool) -> None:
    x = tf.placeholder(dtype, [None, None])
    made = program([x], [tf.argmax(x, 1), tf.argmin(x, 1), tf.reduce_max(x, 1), tf.reduce_min(x, 0)])
    data = numbers(dtype, 2).reshape(16, -1)
    agree(made, data if nan else np.where(np.isnan(data), dtype.as_numpy_dtype(0), data))


@EACH
@pytest.mark.parametrize("shape", [(4, 7), (64, 1000), (1, 1), (2, 70000), (0, 3)])
def test_composites_round_once(dtype: Any, shape: tuple[int, int]) -> None:
    x = tf.placeholder(dtype, [None, None])
    made = program([x], [tf.nn.softmax(x), tf.nn.log_softmax(x), tf.nn.l2_loss(x)])
    data = np.random.RandomState(0).randn(*shape).astype(dtype.as_numpy_dtype)
    agree(made, data, ulp=1)


@EACH
def test_layer_norm_is_one_kernel(dtype: Any) -> None:
    x = tf.placeholder(dtype, [None, None])
    mean, variance = tf.nn.moments(x, [-1], keepdims=True)
    made = program([x], [(x - mean) * tf.rsqrt(variance + 1e-3)])
    data = np.random.RandomState(0).randn(16, 100).astype(dtype.as_numpy_dtype)
    assert len(groups(made, data)) == 1
    agree(made, data, ulp=4)


@EACH
def test_threads_give_the_same_bits(dtype: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    x = tf.placeholder(dtype, [None, None])
    data = np.random.RandomState(0).randn(3, 200_003).astype(dtype.as_numpy_dtype)
    found = []
    for threads in (1, 2, 7):
        monkeypatch.setattr(sessile.compiler.native.step, "usable_cpus", lambda threads=threads: threads)
        made = program([x], [tf.exp(x) + 1.0, tf.reduce_sum(x, 1), tf.reduce_sum(x, 0)])
        call = step(made)
        call(data)
        found.append([array.tobytes() for array in call(data)])
    assert found[0] == found[1] == found[2]


# Any chains.

_STEPS: dict[str, Callable[[Any, Any, Any], Any]] = {
    "+": lambda a, b, dtype: a + b,
    "-": lambda a, b, dtype: a - b,
    "*": lambda a, b, dtype: a * b,
    "/": lambda a, b, dtype: a / b,
    "max": lambda a, b, dtype: tf.maximum(a, b),
    "min": lambda a, b, dtype: tf.minimum(a, b),
    "neg": lambda a, b, dtype: -a,
    "abs": lambda a, b, dtype: tf.abs(a),
    "floor": lambda a, b, dtype: tf.floor(a),
    "sqrt": lambda a, b, dtype: tf.sqrt(a),
    "difference": lambda a, b, dtype: tf.math.squared_difference(a, b),
    "literal": lambda a, b, dtype: a * 0.1 + 3.0,
    "select": lambda a, b, dtype: tf.where_v2(a > b, a, b * 0.5),
    "other": lambda a, b, dtype: tf.cast(tf.cast(a, tf.float32) * 1.1, dtype),
    "short": lambda a, b, dtype: tf.cast(tf.cast(a, tf.bfloat16 if dtype is tf.float16 else tf.float16), dtype),
    "int": lambda a, b, dtype: tf.cast(tf.cast(a, tf.int32), dtype),
    "reverse": lambda a, b, dtype: tf.reverse(a, [0]) + b,
}


@settings(max_examples=40, deadline=None)
@given(st.sampled_from(TYPES), st.lists(st.tuples(st.sampled_from(sorted(_STEPS)), st.integers(0, 9)), max_size=12))
def test_any_chain_has_the_interpreters_bits(dtype: Any, chain: list[tuple[str, int]]) -> None:
    with tf.Graph().as_default():
        x, y = vector(dtype), vector(dtype)
        values = [x, y]
        for name, number in chain:
            values.append(_STEPS[name](values[-1], values[number % len(values)], dtype))
        agree(program([x, y], [values[-1] + 0.0]), numbers(dtype, 3)[:3000], numbers(dtype, 4)[:3000])


def test_bits_of_nan_stay_a_nan() -> None:
    """NaN whose bits are all in the part that rounding drops."""
    x = vector(tf.float32)
    data = np.uint32([0x7F800001, 0xFF800001, 0x7FFFFFFF]).view(np.float32)
    for dtype in TYPES:
        (got,) = program([x], [tf.cast(x, dtype)]).run_compiled([data], None)
        assert np.isnan(got.astype(np.float32)).all()
        assert ml_dtypes.finfo(got.dtype).bits == 16
