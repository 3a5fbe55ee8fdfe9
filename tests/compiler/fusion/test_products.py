"""Products of matrices and what stands between them: reshapes, transpositions, batches."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sessile.compiler.fusion.products import inverse
from sessile.compiler.machine import abi as layout
from sessile.compiler.program.choice import portable_step
from sessile.compiler.runtime import blas
from sessile.compiler.step.variant import Variant

import sessile as tf
from tests.compiler.programs import Array, agree, fused, groups, program, same, step, variant_of

needs_blas = pytest.mark.skipif(blas.gemm_address("float32") is None, reason="NumPy's BLAS is not found here")
native_only = pytest.mark.skipif(not layout.available(), reason="no native steps here")


@pytest.fixture(params=["native", "portable"])
def way(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """Steps of machine code, and of generated Python."""
    if request.param == "portable":
        monkeypatch.setenv("SESSILE_NATIVE", "0")
    layout.available.cache_clear()
    yield request.param
    monkeypatch.undo()
    layout.available.cache_clear()


def opened(*arrays: Array) -> list[Any]:
    """Return placeholders for arrays of such types and ranks."""
    return [tf.placeholder(tf.as_dtype(array.dtype), [None] * array.ndim) for array in arrays]


def whole(shape: Any, dtype: Any = np.float32, seed: int = 0) -> Array:
    """Return small whole numbers, of which products are exact."""
    return np.random.RandomState(seed).randint(-4, 5, shape).astype(dtype)


def in_python(variant: Variant) -> list[str]:
    """Return the types of the operations that a native step calls back in Python."""
    calls = [item.instruction for item in variant.fused.items if hasattr(item, "instruction")]
    return [i.op_def.name for i in calls if i not in variant.fused.written and i.op_def.name != "_CheckedIndices"]


def check(feeds: list[Any], fetches: list[Any], arrays: list[Array]) -> Any:
    """Assert that interpreted and compiled agree and nothing is called back, nor shared; return the program."""
    made = program(feeds, fetches)
    kept = [array.copy() for array in arrays]
    expected = agree(made, *arrays)
    call = step(made)
    for _ in range(2):
        results = call(*arrays)
        same(results, expected)
        several = [*(r for r in results if isinstance(r, np.ndarray)), *arrays]
        assert not any(np.shares_memory(a, b) for a, b in itertools.combinations(several, 2))
    for array, before in zip(arrays, kept):
        np.testing.assert_array_equal(array, before)
    variant = variant_of(made, *arrays)
    assert in_python(variant) == []
    same(in_portable_step(variant.compile(), made, arrays), expected)
    return made


def in_portable_step(variant: Variant, made: Any, arrays: list[Array]) -> list[Any]:
    """Return the results of a variant's generated Python, in the order of the fetches."""
    given = dict(zip(made.plan.inputs, arrays))
    results = portable_step(variant)(*(given[value] for value in variant.region.inputs))
    found = given | dict(zip(variant.region.outputs, results))  # a transposition that moves nothing is its input
    return [found[value][()] if not found[value].shape else found[value] for value in made.plan.outputs]


# One product.

EXTENTS = st.sampled_from([0, 1, 1, 2, 3, 5, 8, 17])


@needs_blas
@settings(max_examples=40, deadline=None)
@given(EXTENTS, EXTENTS, EXTENTS, st.booleans(), st.booleans(), st.sampled_from([np.float32, np.float64]))
def test_a_product_of_any_extents(m: int, k: int, n: int, flip_a: bool, flip_b: bool, dtype: Any) -> None:
    a, b = whole((k, m) if flip_a else (m, k), dtype), whole((n, k) if flip_b else (k, n), dtype, 1)
    with tf.Graph().as_default():
        feeds = opened(a, b)
        check(feeds, [tf.matmul(*feeds, transpose_a=flip_a, transpose_b=flip_b)], [a, b])


@needs_blas
@native_only
@pytest.mark.parametrize("shape", [(1, 300, 200), (200, 300, 1), (1, 300, 1), (1, 1, 9), (33, 40, 50), (1, 900, 900)])
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_vectors_come_to_the_bits_of_numpy(shape: tuple[int, int, int], dtype: Any) -> None:
    """A row or column takes BLAS's function for it, as NumPy does, whose BLAS has one thread as ours."""
    m, k, n = shape
    random = np.random.RandomState(0)
    a, b = random.randn(m, k).astype(dtype), random.randn(k, n).astype(dtype)
    feeds = opened(a, b)
    (result,) = step(program(feeds, [tf.matmul(*feeds)]))(a, b)
    with blas.limited(1):
        expected = a @ b
    if m == n == 1:
        np.testing.assert_allclose(result, expected, rtol=1e-4)
    else:
        np.testing.assert_array_equal(result, expected)


@pytest.mark.parametrize("m, n", [(1, 3), (3, 1), (2, 3), (1, 1)])
@pytest.mark.parametrize("k", [0, 1, 3])
def test_no_old_memory_shows(m: int, n: int, k: int, way: str) -> None:
    """A product over nothing is zero, and what was in memory before is not read, be it NaN."""
    a, b = whole((m, k)), whole((k, n), seed=1)
    feeds = opened(a, b)
    nan = tf.placeholder(tf.float32, [None, None])
    big = tf.matmul(nan, nan)  # leaves NaN in the arena
    call = step(program([*feeds, nan], [tf.matmul(*feeds) + tf.reduce_sum(big) * 0.0 * 0.0, tf.matmul(*feeds) * 1.0]))
    for _ in range(3):
        results = call(a, b, np.full((9, 9), np.nan, np.float32))
        np.testing.assert_array_equal(results[1], a @ b)


@needs_blas
@pytest.mark.parametrize("flip_a, flip_b", [(False, False), (False, True), (True, False), (True, True)])
@pytest.mark.parametrize("m, n", [(1, 4), (4, 1), (4, 5)])
def test_nan_and_infinity_go_where_they_belong(m: int, n: int, flip_a: bool, flip_b: bool, way: str) -> None:
    a, b = whole((m, 6)), whole((6, n), seed=1)
    a[0, 2], b[1, 0], b[3, n - 1] = np.nan, np.inf, -np.inf
    a, b = (a.T.copy() if flip_a else a), (b.T.copy() if flip_b else b)
    feeds = opened(a, b)
    made = program(feeds, [tf.matmul(*feeds, transpose_a=flip_a, transpose_b=flip_b)])
    expected = made.interpret([a, b], None)
    np.testing.assert_array_equal(step(made)(a, b)[0], expected[0])


def test_arguments_that_are_not_dense(way: str) -> None:
    base, large = whole((6, 8)), whole((200, 300))
    x, y = opened(base, base)
    call = step(program([x, y], [tf.matmul(x, y)]))
    for a, b in ((base[:, ::2], base[1:5]), (base.T, base), (base[::-1], base.T), (large.T, large), (large, large.T)):
        np.testing.assert_array_equal(call(a, b)[0], a @ b)


# Batches.


@st.composite
def batches(draw: Any) -> tuple[tuple[int, ...], tuple[int, ...]]:
    """Two shapes of batches that broadcast."""
    result = draw(st.lists(st.integers(0, 3), max_size=3))

    def one() -> tuple[int, ...]:
        kept = result[draw(st.integers(0, len(result))) :]
        return tuple(1 if draw(st.booleans()) and draw(st.booleans()) else extent for extent in kept)

    return one(), one()


@needs_blas
@settings(max_examples=60, deadline=None)
@given(batches(), EXTENTS, EXTENTS, EXTENTS, st.booleans(), st.booleans(), st.sampled_from([np.float32, np.float64]))
def test_batches(batch: Any, m: int, k: int, n: int, flip_x: bool, flip_y: bool, dtype: Any) -> None:
    x = whole((*batch[0], *((k, m) if flip_x else (m, k))), dtype)
    y = whole((*batch[1], *((n, k) if flip_y else (k, n))), dtype, 1)
    with tf.Graph().as_default():
        feeds = opened(x, y)
        result = tf.raw_ops.BatchMatMulV2(x=feeds[0], y=feeds[1], adj_x=flip_x, adj_y=flip_y)
        made = check(feeds, [result, result * 2.0], [x, y])
        again = program(
            feeds, [tf.raw_ops.BatchMatMulV3(x=feeds[0], y=feeds[1], Tout=dtype, adj_x=flip_x, adj_y=flip_y)]
        )
        same(step(again)(x, y), [agree(made, x, y)[0]])


@needs_blas
def test_old_batches_do_not_broadcast() -> None:
    x, y = whole((3, 2, 4, 5)), whole((3, 2, 5, 6))
    feeds = opened(x, y)
    check(feeds, [tf.raw_ops.BatchMatMul(x=feeds[0], y=feeds[1])], [x, y])


@needs_blas
@pytest.mark.parametrize(
    "shapes", [((64, 4, 8, 16), (64, 4, 16, 8)), ((2000, 30, 20), (20, 30)), ((5, 90, 90), (90, 90))]
)
def test_batches_that_threads_share(shapes: Any) -> None:
    """Small matrices are shared by the pool; the same matrix for all of a batch makes one product of many rows."""
    x, y = whole(shapes[0]), whole(shapes[1], seed=1)
    feeds = opened(x, y)
    made = check(feeds, [tf.matmul(*feeds)], [x, y])
    big = np.concatenate([x] * 8), np.concatenate([y] * 8) if y.ndim == x.ndim else y
    same(step(made)(*big), [np.matmul(*big)])


@needs_blas
def test_types_that_blas_does_not_know_are_interpreted() -> None:
    for dtype in (np.int32, np.complex64):
        x, y = whole((2, 3, 4), dtype), whole((2, 4, 3), dtype)
        feeds = opened(x, y)
        made = program(feeds, [tf.matmul(*feeds)])
        agree(made, x, y)
        assert in_python(variant_of(made, x, y)) == ["BatchMatMulV2"]


@needs_blas
@settings(max_examples=40, deadline=None)
@given(EXTENTS, EXTENTS, EXTENTS, st.booleans(), st.booleans(), st.sampled_from([tf.float16, tf.bfloat16]))
def test_short_floats_are_multiplied_in_float32(m: int, k: int, n: int, flip_x: bool, flip_y: bool, dtype: Any) -> None:
    """Rounded once, at the end; what converts them fuses with what stands around."""
    random = np.random.RandomState(m + 20 * k)
    x = random.randint(-40, 41, (3, *((k, m) if flip_x else (m, k)))).astype(dtype.np_dtype)
    y = random.randint(-40, 41, (n, k) if flip_y else (k, n)).astype(dtype.np_dtype)
    with tf.Graph().as_default():
        feeds = opened(x, y)
        result = tf.raw_ops.BatchMatMulV2(x=feeds[0], y=feeds[1], adj_x=flip_x, adj_y=flip_y)
        result = result / 8.0
        wide = tf.raw_ops.BatchMatMulV3(x=feeds[0], y=feeds[1], Tout=tf.float32, adj_x=flip_x, adj_y=flip_y)
        check(feeds, [result, tf.nn.relu(result) * 2.0, wide], [x, y])


# Narrow matrices.


@needs_blas
@settings(max_examples=60, deadline=None)
@given(
    rows=st.sampled_from([None, 2, 3, 7, 16]),
    k=st.integers(1, 16),
    n=st.integers(2, 16),
    flips=st.tuples(st.booleans(), st.booleans()),
    dtype=st.sampled_from([np.float32, np.float64]),
    is_shared=st.booleans(),
)
def test_narrow_products(rows: Any, k: int, n: int, flips: Any, dtype: Any, is_shared: bool) -> None:
    """Many rows, and batches of many small matrices, by columns and by rows; the same matrix for all of a batch."""
    count = 1 if rows is None else 403
    m = rows or 1501
    x = whole((count, *((k, m) if flips[0] else (m, k))), dtype)
    y = whole((1 if is_shared else count, *((n, k) if flips[1] else (k, n))), dtype, 1)
    with tf.Graph().as_default():
        feeds = [tf.placeholder(tf.as_dtype(dtype), [None, *a.shape[1:]]) for a in (x, y)]
        if rows is None:
            feeds[0] = tf.placeholder(tf.as_dtype(dtype), [None, k, None] if flips[0] else [None, None, k])
        result = tf.raw_ops.BatchMatMulV2(x=feeds[0], y=feeds[1], adj_x=flips[0], adj_y=flips[1])
        check(feeds, [result, result + 1.0], [x, y])


@needs_blas
@pytest.mark.parametrize("flip", [False, True])
def test_bits_of_narrow_products(flip: bool) -> None:
    """The same for any number of threads, and within rounding of NumPy's; one row, and few rows, are BLAS's."""
    random = np.random.RandomState(1)
    y = random.randn(*((12, 9) if flip else (9, 12))).astype(np.float32)
    x, w = tf.placeholder(tf.float32, [None, 9]), tf.placeholder(tf.float32, y.shape)
    batch = tf.placeholder(tf.float32, [None, 7, 9])
    fetches = [tf.matmul(x, w, transpose_b=flip), tf.matmul(batch, batch, transpose_b=True)]
    for count in (1, 40, 40_000):
        a, several = random.randn(count, 9).astype(np.float32), random.randn(count, 7, 9).astype(np.float32)
        found = set()
        for threads in (1, 2, 3):
            with tf.Session(config=tf.ConfigProto(intra_op_parallelism_threads=threads)) as session:
                step = session.make_callable(fetches, [x, w, batch])
                for results in (step(a, y, several), step(a, y, several)):
                    wanted = a @ (y.T if flip else y), several @ several.swapaxes(1, 2)
                    for result, each in zip(results, wanted):
                        np.testing.assert_allclose(result, each, rtol=1e-5, atol=1e-5)
                found.add(tuple(result.tobytes() for result in results))
        if layout.available():  # steps from Python multiply with NumPy, whose BLAS has threads of its own
            assert len(found) == 1


# Transpositions.


@needs_blas
@settings(max_examples=60, deadline=None)
@given(st.data())
def test_transpositions_of_any_axes(data: Any) -> None:
    """In front of a product and behind it, folded into it or not."""
    rank = data.draw(st.integers(2, 4))
    shape = tuple(data.draw(st.lists(st.integers(1, 4), min_size=rank, max_size=rank)))
    orders = [data.draw(st.permutations(range(rank))) for _ in range(3)]
    flips = data.draw(st.booleans()), data.draw(st.booleans())
    k = data.draw(st.integers(0, 3))
    x_shape, y_shape = (*shape[:-1], k), (*shape[:-2], k, shape[-1])
    x_shape = (*x_shape[:-2], k, x_shape[-2]) if flips[0] else x_shape
    y_shape = (*y_shape[:-2], y_shape[-1], k) if flips[1] else y_shape
    x = whole([x_shape[axis] for axis in inverse(orders[0])])
    y = whole([y_shape[axis] for axis in inverse(orders[1])], seed=1)
    with tf.Graph().as_default():
        feeds = opened(x, y)
        moved = [tf.transpose(feed, list(order)) for feed, order in zip(feeds, orders)]
        product = tf.matmul(*moved, transpose_a=flips[0], transpose_b=flips[1])
        fetches = [tf.transpose(product, list(orders[2]))]
        more = data.draw(st.sets(st.sampled_from(["x", "y", "product", "used"])))
        fetches += [moved[0]] * ("x" in more) + [moved[1] + 1.0] * ("y" in more) + [product] * ("product" in more)
        fetches += [tf.matmul(product, product, transpose_b=True)] * ("used" in more)
        check(feeds, fetches, [x, y])


@needs_blas
def test_transpositions_are_no_loops() -> None:
    x, w = whole((3, 4)), whole((5, 4))
    a, b = opened(x, w)
    assert groups(program([a, b], [tf.matmul(a, tf.transpose(b))]), x, w) == [["_ArrangedProduct()"]]
    assert groups(program([a, b], [tf.matmul(tf.transpose(tf.transpose(a)), b, transpose_b=True)]), x, w) == [
        ["_ArrangedProduct()"]
    ]
    kept = tf.transpose(b)
    made = program([a, b], [tf.matmul(a, kept), kept])  # needed in memory: read there
    assert groups(made, x, w) == [["Transpose"], ["MatMul()"]]
    moved = tf.transpose(b * 2.0)
    assert groups(program([a, b], [tf.matmul(a, moved)]), x, w) == [["Mul"], ["_ArrangedProduct()"]]
    behind = tf.transpose(tf.matmul(a, b, transpose_b=True))  # its columns would not be dense
    assert groups(program([a, b], [behind]), x, w) == [["MatMul()"], ["Transpose"]]


# Reshapes.


@needs_blas
@settings(max_examples=40, deadline=None)
@given(st.integers(0, 4), st.integers(1, 4), st.integers(1, 5), st.booleans(), st.sets(st.sampled_from("abcdef")))
def test_reshapes_around_products(b: int, t: int, f: int, is_made: bool, fetched: set[str]) -> None:
    x, w = whole((b, t, f)), whole((f, 3), seed=1)
    with tf.Graph().as_default():
        feeds = opened(x, w)
        start = feeds[0] * 2.0 if is_made else feeds[0]
        flat = tf.reshape(start, [-1, f])
        product = tf.matmul(flat, feeds[1])
        back = tf.reshape(product, [b, t, 3])
        fetches = {
            "a": flat, "b": product, "c": back, "d": tf.expand_dims(back, 1), "e": tf.nn.relu(back),
            "f": tf.squeeze(tf.expand_dims(product, 0), [0]),
        }  # fmt: skip
        check(feeds, [back, *(fetches[name] for name in sorted(fetched) if name != "c")], [x, w])


@pytest.mark.parametrize("is_fetched", [False, True])
def test_results_in_other_shapes_are_arrays_of_their_own(is_fetched: bool, way: str) -> None:
    x = whole((2, 3, 4))
    (feed,) = opened(x)
    made = tf.exp(feed * 0.0) + feed
    fetches = [
        tf.reshape(made, [-1]),
        tf.reshape(made, [6, 4]),
        tf.reshape(feed, [-1]),
        *([made] if is_fetched else []),
    ]
    call = step(program([feed], fetches))
    for _ in range(2):
        results = call(x)
        assert not any(np.shares_memory(a, b) for a, b in itertools.combinations([*results, x], 2))
        for result in results:
            np.testing.assert_array_equal(result.reshape(-1), x.reshape(-1) + (0 if result is results[2] else 1))


@native_only
def test_a_result_in_another_shape_is_written_in_place() -> None:
    """The kernel that makes an intermediate writes straight into the result that is its alias."""
    x = whole((6, 6))
    (feed,) = opened(x)
    made = program([feed], [tf.reshape(tf.nn.relu(tf.matmul(feed, feed)), [-1])])
    variant = variant_of(made, x)
    assert variant.memory.figures() == {"arena": 0, "results": 144, "calls": 0}
    (result,) = step(made)(x)
    np.testing.assert_array_equal(result, np.maximum(x @ x, 0).reshape(-1))
    assert result.base is None and result.flags.owndata


def test_an_update_waits_for_a_product_that_reads_a_reshaped_variable(way: str) -> None:
    x = whole((2, 6))
    start = whole((2, 3))
    with tf.Graph().as_default(), tf.Session() as session:
        v = tf.Variable(start, use_resource=False)
        feed = tf.placeholder(tf.float32, [2, 6])
        product = tf.matmul(feed, tf.reshape(v, [6, 1]))
        with tf.control_dependencies([product]):
            update = tf.assign(v, v * 2.0)
        session.run(tf.global_variables_initializer())
        call = session.make_callable([product, update.op], [feed])
        for power in range(5):
            np.testing.assert_array_equal(call(x)[0], x @ start.reshape(6, 1) * 2**power)
        np.testing.assert_array_equal(session.run(v), start * 32)


def test_a_variable_of_a_reshaped_product(way: str) -> None:
    x = whole((2, 2))
    with tf.Graph().as_default(), tf.Session() as session:
        v = tf.Variable(np.zeros(4, np.float32), use_resource=False)
        feed = tf.placeholder(tf.float32, [2, 2])
        flat = tf.reshape(tf.matmul(feed, feed), [4])
        call = session.make_callable([tf.assign(v, flat), flat], [feed])
        given, fetched = call(x)
        given[:] = fetched[:] = 7
        np.testing.assert_array_equal(session.run(v), (x @ x).reshape(-1))


# Whole blocks.


def perceptron(x: Any, features: int, hidden: int) -> Any:
    """Return two layers over the last axis of `x`."""
    weights = [tf.constant(whole(shape, seed=n)) for n, shape in enumerate([(features, hidden), (hidden, features)])]
    y = tf.nn.relu(tf.nn.bias_add(tf.matmul(tf.reshape(x, [-1, features]), weights[0]), whole(hidden)))
    return tf.reshape(tf.nn.bias_add(tf.matmul(y, weights[1]), whole(features)), tf.shape(x))


def attention(x: Any, heads: int, depth: int) -> Any:
    """Return a block of attention over `x`, normalised."""
    features = heads * depth
    weights = [tf.constant(whole((features, features), seed=n) * np.float32(0.05)) for n in range(4)]
    extents = tf.shape(x)
    flat = tf.reshape(x, [-1, features])

    def split(weight: Any) -> Any:
        parts = tf.reshape(tf.matmul(flat, weight), [extents[0], extents[1], heads, depth])
        return tf.transpose(parts, [0, 2, 1, 3])

    q, k, v = map(split, weights[:3])
    chosen = tf.matmul(tf.nn.softmax(tf.matmul(q, k, adjoint_b=True) * depth**-0.5), v)
    joined = tf.reshape(tf.transpose(chosen, [0, 2, 1, 3]), [-1, features])
    y = x + tf.reshape(tf.matmul(joined, weights[3]), extents)
    mean, variance = tf.nn.moments(y, [-1], keep_dims=True)
    return (y - mean) * tf.rsqrt(variance + 1e-3)


@pytest.mark.parametrize("block, sizes", [(perceptron, (6, 10)), (attention, (2, 3))])
def test_blocks(block: Any, sizes: Any, way: str) -> None:
    """Any batch size is one variant, one native step without Python."""
    x = tf.placeholder(tf.float32, [None, None, 6])
    made = program([x], [block(x, *sizes)])
    call = step(made)
    for batch, length in ((2, 5), (1, 8), (7, 3), (0, 4), (20, 16)):
        data = whole((batch, length, 6), seed=batch) * np.float32(0.1)
        (expected,) = made.interpret([data], None)
        np.testing.assert_allclose(call(data)[0], expected, rtol=1e-4, atol=1e-5)
        np.testing.assert_allclose(call(data)[0], expected, rtol=1e-4, atol=1e-5)
    (region,) = made.staged.region_programs
    assert sum(map(len, region.variants.values())) == 1
    variant = variant_of(made, data)
    if variant.fused.written:
        assert in_python(variant) == []
        assert not any("Transpose" in names or "Reshape()" in names for names in fused(variant))
        assert "arrays of calls" not in made.explain()


@native_only
@needs_blas
def test_threads_run_batches_at_once() -> None:
    from concurrent.futures import ThreadPoolExecutor

    x, y = whole((64, 40, 40)), whole((64, 40, 40), seed=1)
    feeds = opened(x, y)
    call = step(program(feeds, [tf.matmul(*feeds)]))
    expected = x @ y
    call(x, y)
    with ThreadPoolExecutor(4) as pool:
        for results in pool.map(lambda _: call(x, y), range(40)):
            np.testing.assert_array_equal(results[0], expected)
