"""Batches of rows that were put in another order are taken by their places: the same batches."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sessile.ops.families.data import batching

import sessile as tf

MOVES = st.one_of(
    st.tuples(st.just("shuffle"), st.integers(1, 12), st.integers(0, 3), st.booleans()),
    st.tuples(st.just("repeat"), st.integers(0, 3)),
    st.tuples(st.just("take"), st.integers(-1, 12)),
    st.tuples(st.just("skip"), st.integers(-1, 5)),
    st.tuples(st.just("shard"), st.integers(1, 3), st.just(0)),
    st.tuples(st.just("prefetch"), st.integers(0, 2)),
)


def _batches(moves: list[Any], rows: int, size: int, drop: bool) -> list[Any]:
    with tf.Graph().as_default():
        names = np.array([b"%d" % number for number in range(rows)], object)
        arrays = {"x": np.arange(rows * 2.0).reshape(rows, 2), "y": (np.arange(rows, dtype=np.int32), names)}
        dataset = tf.data.Dataset.from_tensor_slices(arrays)
        for kind, *arguments in moves:
            if kind == "shuffle":
                buffer, seed, again = arguments
                dataset = dataset.shuffle(buffer, seed + 1, reshuffle_each_iteration=again)
            else:
                dataset = getattr(dataset, kind)(*arguments)
        iterator = dataset.batch(size, drop_remainder=drop).make_initializable_iterator()
        step, found = iterator.get_next(), []
        with tf.Session() as session:
            for _ in range(2):
                session.run(iterator.initializer)
                for _ in range(40):
                    try:
                        found.append(session.run(step))
                    except tf.errors.OutOfRangeError:
                        found.append("end")
                        break
    return found


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(moves=st.lists(MOVES, max_size=4), rows=st.integers(0, 9), size=st.integers(1, 5), drop=st.booleans())
def test_batches_by_places_are_those_by_elements(moves: list[Any], rows: int, size: int, drop: bool) -> None:
    found = _batches(moves, rows, size, drop)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(batching, "rows_of", lambda dataset: None)
        expected = _batches(moves, rows, size, drop)
    assert len(found) == len(expected)
    for one, other in zip(found, expected):
        if isinstance(other, str):
            assert one == other
            continue
        for a, b in zip([one["x"], *one["y"]], [other["x"], *other["y"]]):
            assert a.dtype == b.dtype and a.flags.writeable == b.flags.writeable
            np.testing.assert_array_equal(a, b)


def test_rows_of_several_lengths_are_refused() -> None:
    x, y = tf.placeholder(tf.float32, [None]), tf.placeholder(tf.float32, [None])
    iterator = tf.data.Dataset.from_tensor_slices((x, y)).shuffle(3).batch(2).make_initializable_iterator()
    step = iterator.get_next()
    with tf.Session() as session:
        session.run(iterator.initializer, {x: [1, 2], y: [3, 4]})
        assert sorted(session.run(step)[0].tolist()) == [1, 2]
        with pytest.raises(tf.errors.InvalidArgumentError, match=r"lengths \[1, 2\]"):
            session.run(iterator.initializer, {x: [1, 2], y: [3]})
            session.run(step)


def test_a_batch_of_a_batch_and_of_other_elements() -> None:
    numbers = tf.data.Dataset.from_tensor_slices(np.arange(7))
    twice = numbers.batch(2).batch(2).make_one_shot_iterator().get_next()
    odd = numbers.filter(lambda x: x % 2 > 0).shuffle(1).batch(2).make_one_shot_iterator().get_next()
    with tf.Session() as session:
        assert session.run(twice).tolist() == [[0, 1], [2, 3]]
        assert session.run(odd).tolist() == [1, 3]
