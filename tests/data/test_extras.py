"""Sizes, optional elements, options, statistics and further transformations: what TensorFlow 1.15.5 gave."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final

import numpy as np
import pytest

import sessile as tf

from .test_windows import elements

D = tf.data.Dataset
X = tf.data.experimental
C = tf.contrib.data


def some() -> Any:
    """A dataset whose size is not known."""
    return D.range(9).filter(lambda x: x > 1)


SIZES: Final[list[tuple[Callable[[], Any], int]]] = [
    (lambda: D.range(10), 10), (lambda: D.range(10).batch(3), 4), (lambda: D.range(10).batch(3, True), 3),
    (lambda: D.range(10).padded_batch(3, ()), 4), (lambda: D.range(3).repeat(), -1), (lambda: D.range(3).repeat(2), 6),
    (lambda: D.range(3).repeat(0), 0), (lambda: D.range(0).repeat(), 0), (lambda: some().repeat(), -1),
    (lambda: some().repeat(3), -2), (lambda: some().repeat(0), 0), (lambda: D.range(10).take(3), 3),
    (lambda: D.range(3).repeat().take(4), 4), (lambda: some().take(2), -2), (lambda: D.range(10).skip(3), 7),
    (lambda: D.range(10).skip(-1), 0), (lambda: D.range(3).repeat().skip(2), -1), (lambda: some().skip(-1), -2),
    (lambda: D.range(10).shard(3, 0), 4), (lambda: D.range(10).shard(3, 2), 3),
    (lambda: D.zip((D.range(3), D.range(4).repeat())), 3), (lambda: D.zip((D.range(3), some())), -2),
    (lambda: D.range(3).concatenate(D.range(4)), 7), (lambda: some().concatenate(D.range(4).repeat()), -1),
    (lambda: D.range(4).map(lambda x: x), 4), (lambda: D.range(4).flat_map(D.range), -2),
    (lambda: D.range(4).shuffle(3).prefetch(1).cache(), 4), (lambda: D.range(10).window(3), 4),
    (lambda: D.range(10).window(3, 2), 5), (lambda: D.range(10).window(3, 2, 1, True), 4),
    (lambda: D.range(10).window(3, 1, 2, True), 6), (lambda: D.from_generator(lambda: iter([1]), tf.int32), -2),
    (lambda: D.from_tensors([1, 2]), 1), (lambda: D.from_tensor_slices([1, 2, 3]), 3),
    (lambda: D.range(4).apply(X.enumerate_dataset()), 4), (lambda: D.range(10).batch(2).apply(X.unbatch()), -2),
    (lambda: D.range(4).apply(X.scan(np.int64(0), lambda s, x: (s, x))), 4), (lambda: X.Counter(), -1),
    (lambda: tf.data.TextLineDataset("x"), -2), (lambda: X.RandomDataset(), -1),
    (lambda: D.from_tensors([1, 2]).repeat(5).apply(X.dense_to_sparse_batch(2, [3])), 3),
    (lambda: D.from_sparse_tensor_slices(tf.SparseTensor([[0, 1]], [1], [2, 3])), 2),
]  # fmt: skip


@pytest.mark.parametrize("number", range(len(SIZES)))
def test_cardinality(number: int) -> None:
    make, size = SIZES[number]
    with tf.Session() as sess:
        assert sess.run(X.cardinality(make())) == size
    assert (X.INFINITE_CARDINALITY, X.UNKNOWN_CARDINALITY) == (-1, -2)


def filled(count: int) -> Any:
    """Vectors of different lengths."""
    return D.range(count).map(lambda x: tf.fill([x], x))


CASES: Final[dict[str, tuple[Callable[[], Any], list[Any]]]] = {
    "sparse batches": (
        lambda: filled(4).apply(X.dense_to_sparse_batch(2, [6])),
        [([[1, 0]], [1], [2, 6]), ([[0, 0], [0, 1], [1, 0], [1, 1], [1, 2]], [2, 2, 3, 3, 3], [2, 6])],
    ),
    "open sparse batches": (
        lambda: filled(3).apply(X.dense_to_sparse_batch(2, [None])),
        [([[1, 0]], [1], [2, 1]), ([[0, 0], [0, 1]], [2, 2], [1, 2])],
    ),
    "sliding": (
        lambda: D.range(7).apply(C.sliding_window_batch(3, window_shift=2)), [[0, 1, 2], [2, 3, 4], [4, 5, 6]],
    ),
    "sliding apart": (
        lambda: D.range(7).apply(C.sliding_window_batch(3, 1, window_stride=2)), [[0, 2, 4], [1, 3, 5], [2, 4, 6]],
    ),
    "padded": (
        lambda: filled(3).apply(C.padded_batch_and_drop_remainder(2, [None])), [[[0], [1]]],
    ),
    "interleaved": (lambda: D.range(3).apply(C.sloppy_interleave(D.range, 2)), [0, 0, 1]),
    "rows": (
        lambda: D.from_sparse_tensor_slices(tf.SparseTensor([[0, 1], [1, 0]], [1, 2], [2, 3])),
        [([[1]], [1], [3]), ([[0]], [2], [3])],
    ),
    "variant": (
        lambda: X.from_variant(X.to_variant(D.range(3).map(lambda x: x + 1)), X.get_structure(D.range(3))), [1, 2, 3],
    ),
    "copied": (lambda: D.range(2).apply(X.copy_to_device("/cpu:0")), [0, 1]),
}  # fmt: skip


@pytest.mark.parametrize("name", CASES)
def test_transformations(name: str) -> None:
    make, expected = CASES[name]
    assert [tuple(item) if isinstance(item, tuple) else item for item in elements(make())] == expected


def test_rows_that_are_too_large_are_an_error() -> None:
    with pytest.raises(tf.errors.DataLossError, match="larger than the row shape"):
        elements(filled(5).apply(X.dense_to_sparse_batch(2, [3])))


def test_shapes_of_elements_are_asserted() -> None:
    assert elements(D.range(2).apply(C.assert_element_shape([]))) == [0, 1]
    with pytest.raises(ValueError, match="Shapes"):
        D.range(3).apply(C.assert_element_shape([2]))
    vectors = D.range(2).map(lambda x: tf.py_func(lambda n: np.zeros(int(n)), [x], tf.float64))
    checked = vectors.apply(C.assert_element_shape([0]))
    assert checked.output_shapes.as_list() == [0]
    with pytest.raises(tf.errors.InvalidArgumentError, match="shape"):
        elements(checked)


def test_all_elements_are_reduced() -> None:
    total = C.reduce_dataset(D.range(5), C.Reducer(lambda _: np.int64(0), lambda s, x: s + x, lambda s: s))
    with tf.Session() as sess:
        assert sess.run(total) == 10


def test_optional_elements_end_without_an_error() -> None:
    iterator = D.range(2).make_initializable_iterator()
    following = X.get_next_as_optional(iterator)
    there, value = following.has_value(), following.get_value()
    assert following.value_structure == tf.TensorSpec([], tf.int64)
    with tf.Session() as sess:
        sess.run(iterator.initializer)
        assert sess.run([there, value]) == [True, 0]
        assert sess.run(there)
        assert not sess.run(there)
        with pytest.raises(tf.errors.InvalidArgumentError, match="does not have a value"):
            sess.run(value)


def test_optionals_of_values() -> None:
    some_value = X.Optional.from_value({"a": tf.constant(1), "b": tf.SparseTensor([[0]], [1], [1])})
    none = X.Optional.none_from_structure(X.TensorStructure(tf.float32, []))
    assert some_value.value_structure["b"] == X.SparseTensorStructure(tf.int32, [1])
    assert tf.OptionalSpec.from_value(none) == X.OptionalStructure(tf.TensorSpec([], tf.float32))
    with tf.Session() as sess:
        assert sess.run([some_value.has_value(), none.has_value()]) == [True, False]
        found = sess.run(some_value.get_value())
        assert found["a"] == 1 and found["b"].values.tolist() == [1]
    with pytest.raises(TypeError, match="must be a Dataset or Iterator"):
        X.get_structure(3)


@pytest.mark.parametrize("initial", [None, [0.7, 0.2, 0.1]])
def test_classes_are_as_often_as_is_wanted(initial: Any) -> None:
    numbers = np.random.RandomState(0).choice(3, 2000, p=[0.7, 0.2, 0.1]).astype(np.int32)
    dataset = D.from_tensor_slices(numbers).apply(X.rejection_resample(lambda x: x, [0.25, 0.25, 0.5], initial, seed=1))
    pairs = elements(dataset, most=2000)
    counts = np.bincount([label for label, _ in pairs], minlength=3)
    assert all(label == number for label, number in pairs)
    assert np.abs(counts / len(pairs) - [0.25, 0.25, 0.5]).max() < 0.06


FEATURES: Final = {"a": tf.FixedLenFeature([], tf.int64), "b": tf.VarLenFeature(tf.float32)}


@pytest.fixture
def records(tmp_path: Path) -> str:
    """A file of five messages."""
    path = str(tmp_path / "examples")
    with tf.python_io.TFRecordWriter(path) as writer:
        for number in range(5):
            features = {
                "a": tf.train.Feature(int64_list=tf.train.Int64List(value=[number])),
                "b": tf.train.Feature(float_list=tf.train.FloatList(value=[number / 2] * number)),
            }
            example = tf.train.Example(features=tf.train.Features(feature=features))
            writer.write(example.SerializeToString())
    return path


def test_batches_of_parsed_messages(records: str) -> None:
    whole = elements(X.make_batched_features_dataset(records, 2, FEATURES, num_epochs=1, shuffle=False))
    assert [batch["a"] for batch in whole] == [[0, 1], [2, 3], [4]]
    assert tuple(whole[0]["b"]) == ([[1, 0]], [0.5], [2, 1])
    labelled = X.make_batched_features_dataset(
        records, 2, FEATURES, label_key="a", num_epochs=1, shuffle=False, drop_final_batch=True
    )
    assert [label for _, label in elements(labelled)] == [[0, 1], [2, 3]]
    shuffled = elements(X.make_batched_features_dataset(records, 2, FEATURES, num_epochs=2))
    assert sorted(number for batch in shuffled for number in batch["a"]) == sorted([*range(5)] * 2)
    with pytest.raises(ValueError, match="must be one of the `features` keys"):
        X.make_batched_features_dataset(records, 2, FEATURES, label_key="z")
    with tf.Session() as sess:
        batch = C.read_batch_features(records, 2, FEATURES, randomize_input=False, num_epochs=1)
        assert sess.run(batch)["a"].tolist() == [0, 1]


def test_only_vectors_of_strings_are_parsed() -> None:
    with pytest.raises(TypeError, match="vectors of strings"):
        D.range(4).batch(2).apply(X.parse_example_dataset(FEATURES))
    with pytest.raises(ValueError, match="Missing: features was None"):
        X.parse_example_dataset(None)


def test_rows_of_a_database(tmp_path: Path) -> None:
    path = str(tmp_path / "rows")
    with sqlite3.connect(path) as connection:
        connection.execute("create table t (a text, b integer, c real)")
        connection.execute("insert into t values ('x', 1, 2.5), ('y', 2, null)")
    connection.close()

    def rows(sql: str, kinds: Any, driver: str = "sqlite") -> Any:
        return elements(X.SqlDataset(driver, path, sql, kinds))

    kinds = (tf.string, tf.int32, tf.float64)
    assert rows("select a, b, c from t order by b", kinds) == [(b"x", 1, 2.5), (b"y", 2, 0.0)]
    with pytest.raises(tf.errors.UnknownError, match="no such column"):
        rows("select z from t", (tf.string,))
    with pytest.raises(tf.errors.InvalidArgumentError, match="number of columns"):
        rows("select a from t", (tf.string, tf.int32))
    with pytest.raises(tf.errors.InvalidArgumentError, match="not supported by SqlDataset"):
        rows("select a from t", (tf.string,), "other")


def test_places_of_iterators_are_saved(tmp_path: Path) -> None:
    iterator = D.range(5).make_initializable_iterator()
    following = iterator.get_next()
    tf.add_to_collection(tf.GraphKeys.SAVEABLE_OBJECTS, X.make_saveable_from_iterator(iterator))
    saver = tf.train.Saver()
    with tf.Session() as sess:
        sess.run(iterator.initializer)
        assert [sess.run(following) for _ in range(2)] == [0, 1]
        path = saver.save(sess, str(tmp_path / "place"))
        assert sess.run(following) == 2
        saver.restore(sess, path)
        assert sess.run(following) == 2
    with tf.Session() as sess:
        with pytest.raises(tf.errors.FailedPreconditionError, match="has not been initialized"):
            saver.restore(sess, path)
        sess.run(iterator.initializer)
        saver.restore(sess, path)
        assert [sess.run(following) for _ in range(2)] == [2, 3]


def test_statistics_are_summaries() -> None:
    aggregator, options = X.StatsAggregator(), tf.data.Options()
    options.experimental_stats.aggregator = aggregator
    measured = D.range(4).apply(X.bytes_produced_stats("bytes")).apply(X.latency_stats("time")).with_options(options)
    iterator = measured.make_initializable_iterator()
    following, summary = iterator.get_next(), aggregator.get_summary()
    with tf.Session() as sess:
        sess.run(iterator.initializer)
        for _ in range(3):
            sess.run(following)
        found = {value.tag: value.histo for value in tf.Summary.FromString(sess.run(summary)).value}
    assert (found["bytes"].num, found["bytes"].sum) == (3, 24)
    assert found["time"].num == 3 and found["time"].min > 0


def test_options_are_checked_and_merged() -> None:
    one, other = tf.data.Options(), tf.data.Options()
    assert one == other and one.experimental_distribute.auto_shard
    with pytest.raises(AttributeError, match="Cannot set the property foo on Options"):
        one.foo = 1
    with pytest.raises(TypeError, match='"experimental_slack" must be of type'):
        one.experimental_slack = "yes"
    with pytest.raises(TypeError, match="must be of type StatsAggregator"):
        one.experimental_stats.aggregator = "me"
    one.experimental_slack, other.experimental_deterministic = True, False
    assert one != other
    found = D.range(3).with_options(one).map(lambda x: x).with_options(other).options()
    assert found.experimental_slack and found.experimental_deterministic is False
    other.experimental_slack = False
    with pytest.raises(ValueError, match="Cannot merge incompatible values"):
        one.merge(other)
