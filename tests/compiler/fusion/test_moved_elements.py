"""What is picked by index, chosen by rows, made of positions: fused, checked, equal to the kernels."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sessile.compiler.machine import abi as layout

import sessile as tf
from tests.compiler.programs import agree, groups, plain, program, same

DTYPES = (tf.float32, tf.float64, tf.half, tf.int32, tf.int64, tf.uint8, tf.bool)
INTEGERS = (tf.int32, tf.int64)
SHAPES = st.lists(st.integers(1, 4), min_size=1, max_size=4)
CHECKED = ["_InRange", "All"]


@pytest.fixture(params=["native", "portable"])
def way(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """Steps of machine code, and of generated Python."""
    if request.param == "portable":
        monkeypatch.setenv("SESSILE_NATIVE", "0")
    layout.available.cache_clear()
    yield request.param
    monkeypatch.undo()
    layout.available.cache_clear()


def open_placeholder(array: Any) -> Any:
    """Return a placeholder for arrays of a type and rank."""
    return tf.placeholder(tf.as_dtype(array.dtype), [None] * array.ndim)


def numbers(shape: Any, dtype: Any, seed: int) -> Any:
    """Return small numbers of a type, NaN among floats."""
    array = np.random.RandomState(seed).randint(0, 5, shape).astype(dtype.np_dtype)
    if dtype.is_floating and array.size > 2:
        array.reshape(-1)[seed % array.size] = np.nan
    return array


def equal_as_python(feeds: list[Any], fetches: list[Any], arrays: list[Any]) -> list[list[str]]:
    """Assert that loops as plain Python, which checks bounds, give what kernels give; return the groups."""
    made = program(feeds, fetches)
    same(plain(made, *arrays), made.interpret(arrays, None))
    return groups(made, *arrays)


def error_of(function: Callable[..., Any], *arguments: Any) -> str:
    """Return the text of the InvalidArgumentError that a call raises."""
    with pytest.raises(tf.errors.InvalidArgumentError) as caught:
        function(*arguments)
    return str(caught.value)


# Gathering.


@settings(max_examples=60, deadline=None)
@given(data=st.data())
def test_gather_equals_its_kernel(data: Any) -> None:
    shape = data.draw(SHAPES)
    axis = data.draw(st.integers(-len(shape), len(shape) - 1))
    batch = data.draw(st.integers(0, axis % len(shape)))
    more = data.draw(st.lists(st.integers(0, 3), max_size=2))
    dtype, kind = data.draw(st.sampled_from(DTYPES)), data.draw(st.sampled_from(INTEGERS))
    seed = data.draw(st.integers(0, 99))
    params = numbers(shape, dtype, seed)
    indices = np.random.RandomState(seed).randint(0, shape[axis], [*shape[:batch], *more]).astype(kind.np_dtype)
    p, i = open_placeholder(params), open_placeholder(indices)
    picked = tf.gather(p, i, axis=axis, batch_dims=batch)
    found = equal_as_python([p, i], [tf.equal(picked, picked)], [params, indices])
    assert found[-1] == ["GatherV2", "Equal"]


@settings(max_examples=30, deadline=None)
@given(data=st.data())
def test_gather_nd_equals_its_kernel(data: Any) -> None:
    shape = data.draw(SHAPES)
    depth = data.draw(st.integers(0, len(shape)))
    outer = data.draw(st.lists(st.integers(0, 3), max_size=2))
    kind, seed = data.draw(st.sampled_from(INTEGERS)), data.draw(st.integers(0, 99))
    params = numbers(shape, tf.float32, seed)
    indices = np.random.RandomState(seed).randint(0, 9, [*outer, depth]) % np.array(shape[:depth], int)
    indices = indices.astype(kind.np_dtype)
    p, i = open_placeholder(params), tf.placeholder(kind, [None] * len(outer) + [depth])
    found = equal_as_python([p, i], [tf.gather_nd(p, i) * 2.0], [params, indices])
    assert found[-1] == ["GatherNd", "Mul"]


def test_an_embedding_and_what_follows_are_one_kernel(way: str) -> None:
    with tf.Graph().as_default(), tf.Session() as session:
        table = tf.Variable(np.arange(12, dtype=np.float32).reshape(4, 3))
        ids = tf.placeholder(tf.int64, [None, None])
        session.run(table.initializer)
        result = tf.nn.relu(tf.nn.embedding_lookup(table, ids) * 2.0 - 7.0)
        step = session.make_callable(result, [ids])
        for fed in (np.array([[0, 3]]), np.array([[1, 1], [2, 0]]), np.zeros((0, 2), np.int64)):
            expected = np.maximum(np.arange(12, dtype=np.float32).reshape(4, 3)[fed] * 2 - 7, 0)
            for _ in range(3):
                np.testing.assert_array_equal(step(fed), expected)
                np.testing.assert_array_equal(session.run(result, {ids: fed}), expected)
        text = session.explain(result, {ids: fed})
        assert "Relu" in text.split("GatherV2")[1].split("group")[0]


@pytest.mark.parametrize("kind", INTEGERS)
def test_indices_out_of_range_raise_as_kernels_do(way: str, kind: Any) -> None:
    params, wide = tf.placeholder(tf.float32, [None, None]), tf.placeholder(kind, [None, None])
    flat = tf.placeholder(kind, [None])
    cases = [
        (tf.gather(params, flat) + 1.0, flat, [0, 4, 7], "indices[2] = 7 is not in [0, 5)"),
        (tf.gather(params, flat * 2, axis=1) + 1.0, flat, [0, -1], "indices[1] = -2 is not in [0, 2)"),
        (tf.gather(params, wide[0, 1]) + 1.0, wide, [[0, 5]], "indices = 5 is not in [0, 5)"),
        (tf.gather_nd(params, wide) + 1.0, wide, [[0, 1], [4, 2]], "indices[1] = [4, 2] does not index into param "),
        (tf.gather(params, tf.reshape(wide, [-1])), wide, [[1, 0], [9, 9]], "indices[2] = 9 is not in [0, 5)"),
    ]
    with tf.Session() as session:
        for fetch, place, fed, words in cases:
            feeds = {params: np.ones((5, 2), np.float32), place: np.array(fed, kind.np_dtype)}
            step = session.make_callable(fetch, [params, place])
            kernels = program([params, place], [fetch]).interpret
            expected = error_of(kernels, list(feeds.values()), None)
            assert expected.startswith(error_of(step, *feeds.values())), "all but how the axis was given"
            good = {**feeds, place: feeds[place] * 0}
            for _ in range(3):
                assert words in error_of(step, *feeds.values())
                assert words in error_of(session.run, fetch, feeds)
                np.testing.assert_array_equal(step(*good.values()), session.run(fetch, good))


def test_nothing_is_read_where_nothing_is_picked(way: str) -> None:
    """TensorFlow does not look at indices then."""
    params, ids = tf.placeholder(tf.float32, [None, None]), tf.placeholder(tf.int32, [None])
    made = program([params, ids], [tf.gather(params, ids) + 1.0])
    for shape, fed in (((5, 0), [0, 9]), ((0, 3), []), ((0, 0), [3])):
        agree(made, np.ones(shape, np.float32), np.array(fed, np.int32))


def test_a_step_that_fails_leaves_variables_as_they_were(way: str) -> None:
    with tf.Graph().as_default(), tf.Session() as session:
        table, ids = tf.Variable(np.ones((4, 2), np.float32)), tf.placeholder(tf.int32, [None])
        count = tf.Variable(np.zeros(1000, np.float32))
        session.run(tf.global_variables_initializer())
        picked = tf.reduce_sum(tf.gather(table, ids))
        step = session.make_callable([picked, tf.assign_add(count, tf.ones([1000])).op], [ids])
        for number in range(4):
            assert step(np.array([0, 1], np.int32))[0] == 4.0
            before = session.run(count)[0]
            assert before == number + 1
            if layout.available():  # steps from Python write before they check
                assert "not in [0, 4)" in error_of(step, np.array([0, 4], np.int32))
                assert session.run(count)[0] == before


def test_indices_changed_by_another_thread_are_never_followed() -> None:
    """Between the check and the loop anything may happen to an array: loops keep within the memory anyway."""
    params, ids = tf.placeholder(tf.float32, [None]), tf.placeholder(tf.int64, [None])
    made = program([params, ids], [tf.gather(params, ids) * 2.0])
    text = made.explain()
    assert "smaller(U(" in text.split("GatherV2")[-1]


def test_every_axis_may_be_one_of_the_batch() -> None:
    params = numbers((3, 2, 4), tf.int32, 0)
    p, i = tf.placeholder(tf.int32, [None] * 3), tf.placeholder(tf.int32, [None] * 2)
    indices = np.array([[1, 0], [3, 0], [1, 2]], np.int32)
    equal_as_python(
        [p, i], [tf.gather(p, i, axis=2, batch_dims=2), tf.gather(p, i, axis=2, batch_dims=-1)], [params, indices]
    )


# One-hot, ranges, choices by rows.


@settings(max_examples=40, deadline=None)
@given(data=st.data())
def test_one_hot_equals_its_kernel(data: Any) -> None:
    shape = data.draw(st.lists(st.integers(0, 3), max_size=3))
    axis, depth = data.draw(st.integers(-1, len(shape))), data.draw(st.integers(0, 4))
    kind = data.draw(st.sampled_from((tf.uint8, tf.int32, tf.int64)))
    dtype = data.draw(st.sampled_from((tf.float32, tf.int64, tf.bool)))
    indices = np.random.RandomState(depth).randint(0 if kind is tf.uint8 else -2, 5, shape).astype(kind.np_dtype)
    i = open_placeholder(indices)
    on, off = (True, False) if dtype is tf.bool else (5, -1)
    hot = tf.one_hot(i, depth, tf.constant(on, dtype), tf.constant(off, dtype), axis=axis)
    found = equal_as_python([i], [tf.equal(hot, hot)], [indices])
    assert found == [["OneHot", "Equal"]]


def test_one_hot_joins_what_it_is_used_with(way: str) -> None:
    x, ids = tf.placeholder(tf.float32, [None, None]), tf.placeholder(tf.int32, [None])
    picked = tf.reduce_sum(tf.one_hot(ids, tf.shape(x)[1]) * tf.square(x), 1)
    made = program([x, ids], [picked])
    fed = np.arange(12, dtype=np.float32).reshape(4, 3), np.array([0, 2, 5, -1], np.int32)
    agree(made, *fed)
    assert [sorted(group) for group in groups(made, *fed)] == [["Mul", "OneHot", "Square", "Sum"]]
    wrong = program([ids], [tf.one_hot(ids, 3, axis=2)])
    assert "Expected axis to be -1 or between [0" in error_of(wrong.run_compiled, [fed[1]], None)


def test_a_range_is_computed_where_it_is_used() -> None:
    x = tf.placeholder(tf.int32, [None])
    n = tf.shape(x)[0]
    for span in (tf.range(n), tf.range(n - 1, -1, -1), tf.range(2, 2 + 3 * n, 3)):
        assert equal_as_python([x], [span * x], [np.arange(300, dtype=np.int32)]) == [["Range", "Mul"]]


@settings(max_examples=30, deadline=None)
@given(shape=SHAPES, rows=st.booleans(), seed=st.integers(0, 99), dtype=st.sampled_from(DTYPES))
def test_choices_by_rows_equal_their_kernel(shape: Any, rows: bool, seed: int, dtype: Any) -> None:
    t, e = numbers(shape, dtype, seed), numbers(shape, dtype, seed + 1)
    condition = np.random.RandomState(seed).random_sample(shape[:1] if rows else shape) < 0.5
    feeds = [open_placeholder(array) for array in (condition, t, e)]
    chosen = tf.where(*feeds)
    found = equal_as_python(feeds, [tf.equal(chosen, feeds[1])], [condition, t, e])
    assert found[-1] == ["SelectV2", "Equal"]


# Labels.


@pytest.mark.parametrize("kind", INTEGERS)
@pytest.mark.parametrize("dtype", [tf.float32, tf.float64])
def test_sparse_cross_entropy_is_one_kernel(way: str, dtype: Any, kind: Any) -> None:
    logits, labels = tf.placeholder(dtype, [None, None]), tf.placeholder(kind, [None])
    loss = tf.nn.sparse_softmax_cross_entropy_with_logits(labels=labels, logits=logits * 0.5)
    made = program([logits, labels], [loss, *loss.op.outputs[1:]])
    for rows, columns in ((4, 3), (1, 1), (0, 3), (3, 5000), (0, 0)):
        x = np.random.RandomState(rows).standard_normal((rows, columns)).astype(dtype.np_dtype) * 9
        fed = (np.arange(rows) % max(columns, 1)).astype(kind.np_dtype)
        # Sums of 5000 terms in registers of four: some 300 additions one after the other, where NumPy adds in pairs.
        agree(made, x, fed, ulp=32)
    found = groups(made, np.ones((4, 3)), np.zeros(4))
    assert found[:2] == [CHECKED, ["_CheckedIndices()"]] and len(found) == 3
    for x, fed, words in (
        ((2, 3), [1, 5], "Received a label value of 5 which is outside the valid range of [0, 3).  Label values: 1 5"),
        ((2, 3), [-1, 0], "Received a label value of -1"),
        ((2, 0), [0, 0], "Must have at least one class"),
    ):
        arrays = [np.ones(x, dtype.np_dtype), np.array(fed, kind.np_dtype)]
        assert words in error_of(made.run_compiled, arrays, None)
        assert words in error_of(made.interpret, arrays, None)
    uneven = [np.ones((3, 2), dtype.np_dtype), np.zeros(1, kind.np_dtype)]
    for run in (made.run_compiled, made.interpret):
        assert "must have the same first dimension, got logits shape [3,2] and" in error_of(run, uneven, None)


# Places of extreme elements.


@settings(max_examples=50, deadline=None)
@given(data=st.data())
def test_places_of_extremes_equal_their_kernel(data: Any) -> None:
    shape = data.draw(SHAPES)
    axis = data.draw(st.integers(-len(shape), len(shape) - 1))
    dtype, seed = data.draw(st.sampled_from(DTYPES)), data.draw(st.integers(0, 99))
    find, kind = data.draw(st.sampled_from((tf.argmax, tf.argmin))), data.draw(st.sampled_from(INTEGERS))
    x = numbers(shape, dtype, seed)
    if dtype.is_floating and seed % 3 == 0:
        x[x > 2] = np.nan
        x[x == 0] = -0.0
    p = open_placeholder(x)
    found = equal_as_python([p], [find(p, axis, output_type=kind) + 1], [x])
    assert len(found) == 1 and "()" not in found[0][0]


@pytest.mark.parametrize("dtype", [tf.float32, tf.int8, tf.bool])
def test_places_along_any_axis_compiled(way: str, dtype: Any) -> None:
    p = tf.placeholder(dtype, [None, None, None])
    fetches = [tf.argmax(p, 0), tf.argmin(p, 1, output_type=tf.int32), tf.argmax(p, -1), tf.argmax(p, -2)]
    made = program([p], fetches)
    for shape in ((3, 5, 7), (1, 1, 1), (300, 2, 33), (2, 0, 3)):
        x = numbers(shape, dtype, 3)
        if 0 in shape:
            assert "is empty" in error_of(made.run_compiled, [x], None)
        else:
            agree(made, x)


def test_one_index_made_in_a_step_is_checked_by_its_byte(way: str) -> None:
    """What is folded over one element is that element: the label of a batch of one ended in a KeyError."""
    rows, label = tf.placeholder(tf.float32, [1, 5]), tf.placeholder(tf.int64, [])
    table = tf.constant(np.arange(20, dtype=np.float32).reshape(5, 4))
    losses = tf.nn.sparse_softmax_cross_entropy_with_logits(labels=label[None], logits=rows)
    cases = [
        (losses, "Received a label value of 7"),
        (tf.gradients(losses, rows)[0], "Received a label value of 7"),
        (tf.gather(table, label[None] + 0) * 2.0, "indices[0] = 7 is not in [0, 5)"),
        (tf.gather(table, (label * 1)[None, None]) + 1.0, "indices[0,0] = 7 is not in [0, 5)"),
        (tf.gather_nd(table, tf.stack([label, label])[None]) * 3.0, "indices[0] = [7, 7] does not index"),
    ]
    fed = np.array([[0.5, -1.0, 2.0, 0.0, 1.0]], np.float32)
    with tf.Session() as session:
        for result, message in cases:
            expected = session.run(result, {rows: fed, label: 2})  # by the kernels; compiled when it comes again
            for _ in range(3):
                np.testing.assert_allclose(session.run(result, {rows: fed, label: 2}), expected, rtol=1e-6)
            with pytest.raises(tf.errors.InvalidArgumentError) as error:
                session.run(result, {rows: fed, label: 7})
            assert message in str(error.value)
