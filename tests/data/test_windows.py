"""Windows, groups, choices, files of comma-separated values and caches: what TensorFlow 1.15.5 gave."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any, Final

import numpy as np
import pytest

import sessile as tf

D = tf.data.Dataset
X = tf.data.experimental


def elements(dataset: Any, most: int = 40) -> list[Any]:
    """The elements of a dataset, arrays as lists."""
    iterator = dataset.make_initializable_iterator()
    following = iterator.get_next()
    found = []
    with tf.Session() as sess:
        sess.run(iterator.initializer)
        try:
            for _ in range(most):
                found.append(tf.nest.map_structure(lambda item: np.asarray(item).tolist(), sess.run(following)))
        except tf.errors.OutOfRangeError:
            return found
    return found


def int64(value: int) -> Any:
    """An int64 scalar."""
    return tf.constant(value, tf.int64)


WINDOWS: Final[dict[tuple[Any, ...], list[list[int]]]] = {
    (3,): [[0, 1, 2], [3, 4, 5], [6]],
    (3, 1): [[0, 1, 2], [1, 2, 3], [2, 3, 4], [3, 4, 5], [4, 5, 6], [5, 6], [6]],
    (3, None, 2): [[0, 2, 4], [3, 5], [6]],
    (2, 3): [[0, 1], [3, 4], [6]],
    (3, 1, 1, True): [[0, 1, 2], [1, 2, 3], [2, 3, 4], [3, 4, 5], [4, 5, 6]],
    (2, 2, 3, False): [[0, 3], [2, 5], [4], [6]],
    (3, 5, 1, True): [[0, 1, 2]],
}


@pytest.mark.parametrize("arguments", WINDOWS)
def test_windows(arguments: tuple[Any, ...]) -> None:
    assert elements(D.range(7).window(*arguments).flat_map(lambda w: w.batch(3))) == WINDOWS[arguments]


CASES: Final[dict[str, tuple[Callable[[], Any], list[Any]]]] = {
    "pairs": (
        lambda: D.range(4).map(lambda x: (x, x * 2)).window(2).flat_map(lambda a, b: D.zip((a.batch(2), b.batch(2)))),
        [([0, 1], [0, 2]), ([2, 3], [4, 6])],
    ),
    "dictionary": (
        lambda: D.range(4).map(lambda x: {"p": x, "q": x * 2}).window(2).flat_map(lambda d: d["q"].batch(2)),
        [[0, 2], [4, 6]],
    ),
    "reduced": (lambda: D.range(6).window(4).map(lambda w: w.reduce(int64(0), lambda a, b: a + b)), [6, 9]),
    "interleaved": (
        lambda: D.range(6).window(4).interleave(lambda w: w.map(lambda x: x * 10), cycle_length=2),
        [0, 40, 10, 50, 20, 30],
    ),
    "scan": (lambda: D.range(5).apply(X.scan(int64(0), lambda s, x: (s + x, s * x))), [0, 0, 2, 9, 24]),
    "take_while": (lambda: D.range(9).apply(X.take_while(lambda x: x < 4)), [0, 1, 2, 3]),
    "unique": (lambda: D.from_tensor_slices([1, 2, 1, 3, 2]).apply(X.unique()), [1, 2, 3]),
    "grouped": (
        lambda: D.range(10).apply(X.group_by_window(lambda x: x % 3, lambda k, w: w.batch(2), 2)),
        [[0, 3], [1, 4], [2, 5], [6, 9], [7], [8]],
    ),
    "grouped by sizes": (
        lambda: D.range(10).apply(
            X.group_by_window(lambda x: x % 3, lambda k, w: w.batch(4), window_size_func=lambda k: k + 1)
        ),
        [[0], [3], [1, 4], [6], [2, 5, 8], [9], [7]],
    ),
    "buckets": (
        lambda: D.range(1, 7).map(lambda n: tf.fill([n], n)).apply(
            X.bucket_by_sequence_length(lambda x: tf.shape(x)[0], [3, 5], [2, 2, 2])
        ),
        [[[1, 0], [2, 2]], [[3, 3, 3, 0], [4] * 4], [[5] * 5 + [0], [6] * 6]],
    ),
    "buckets to their boundaries": (
        lambda: D.range(1, 4).map(lambda n: tf.fill([n], n)).apply(
            X.bucket_by_sequence_length(lambda x: tf.shape(x)[0], [3, 6], [2, 2, 2], pad_to_bucket_boundary=True)
        ),
        [[[1, 0], [2, 2]], [[3, 3, 3, 0, 0]]],
    ),
    "chosen": (
        lambda: X.choose_from_datasets(
            [D.from_tensors("foo").repeat(), D.from_tensors("bar").repeat(2), D.from_tensors("baz").repeat()],
            D.range(3).repeat(3),
        ),
        [b"foo", b"bar", b"baz", b"foo", b"bar", b"baz", b"foo", b"baz"],
    ),
    "sampled": (lambda: X.sample_from_datasets([D.range(3), D.range(10, 12)], [1.0, 0.0]), [0, 1, 2, 10, 11]),
    "reduced by key": (
        lambda: D.range(6).apply(
            X.group_by_reducer(lambda x: x % 2, X.Reducer(lambda k: int64(0), lambda s, x: s + x, lambda s: s * 10))
        ),
        [60, 90],
    ),
}  # fmt: skip


@pytest.mark.parametrize("case", CASES)
def test_elements(case: str) -> None:
    make, expected = CASES[case]
    assert elements(make()) == expected


def test_rows_of_files(tmp_path: Path) -> None:
    path = tmp_path / "rows.csv"
    path.write_text('h1,h2,h3\n1,2.5,"a,b"\n3,,"c\nd"\n,4.5,\n', encoding="utf-8")
    defaults = [tf.constant([9], tf.int32), tf.constant([0.5]), tf.constant(["n"])]
    assert elements(X.CsvDataset(str(path), defaults, header=True)) == [
        (1, 2.5, b"a,b"), (3, 0.5, b"c\nd"), (9, 4.5, b"n"),
    ]  # fmt: skip
    required = X.CsvDataset(str(path), [tf.int32, tf.string], header=True, select_cols=[0, 2])
    following = required.make_one_shot_iterator().get_next()
    with tf.Session() as sess:
        assert [sess.run(following)[0] for _ in range(2)] == [1, 3]
        with pytest.raises(tf.errors.InvalidArgumentError, match="Field 0 is required but missing"):
            sess.run(following)
    batches = X.make_csv_dataset(
        str(path), 2, label_name="h1", num_epochs=1, shuffle=False, column_defaults=[9, 0.5, "n"]
    )
    assert elements(batches) == [
        ({"h2": [2.5, 0.5], "h3": [b"a,b", b"c\nd"]}, [1, 3]), ({"h2": [4.5], "h3": [b"n"]}, [9]),
    ]  # fmt: skip
    assert X.make_csv_dataset(str(path), 2, num_epochs=1).output_types == {
        "h1": tf.int32, "h2": tf.float32, "h3": tf.string,
    }  # fmt: skip


def test_a_cache_in_a_file_is_made_once_and_read_by_later_sessions(tmp_path: Path) -> None:
    made: list[int] = []

    def source() -> Any:
        made.append(1)
        yield from ((1, b"x"), (2, b"yy"))

    for _ in range(2):
        with tf.Graph().as_default():
            dataset = D.from_generator(source, (tf.int32, tf.string), ([], [])).cache(str(tmp_path / "kept"))
            assert elements(dataset) == [(1, b"x"), (2, b"yy")]
    assert made == [1]
    (tmp_path / "kept.elements").write_bytes(b"something else")
    with pytest.raises(tf.errors.DataLossError, match="is no cache of elements"):
        elements(D.range(3).cache(str(tmp_path / "kept")))
    (tmp_path / "other.lockfile").touch()
    with pytest.raises(tf.errors.AlreadyExistsError, match="concurrent caching iterator"):
        elements(D.range(3).cache(str(tmp_path / "other")))


def test_records_are_written(tmp_path: Path) -> None:
    path = str(tmp_path / "some.tfrecord")
    write = X.TFRecordWriter(path).write(D.from_tensor_slices([b"a", b"bc"]))
    with tf.Session() as sess:
        sess.run(write)
    assert list(tf.python_io.tf_record_iterator(path)) == [b"a", b"bc"]


def test_wrong_uses_are_refused() -> None:
    with pytest.raises(tf.errors.InvalidArgumentError, match="Window size must be greater than zero"):
        elements(D.range(3).window(0).flat_map(lambda w: w))
    with pytest.raises(ValueError, match="exactly one of the two"):
        D.range(3).apply(X.group_by_window(lambda x: x, lambda k, w: w))
    with pytest.raises(TypeError, match="only supports inputs with a single"):
        D.from_tensor_slices([1.0]).apply(X.unique())
    with pytest.raises(ValueError, match="must equal"):
        D.range(3).apply(X.bucket_by_sequence_length(lambda x: x, [3], [2]))
