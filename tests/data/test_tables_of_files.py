"""Datasets of files: rows, records and databases, in the orders of seeds. What TensorFlow 1.15.5 gave."""

from __future__ import annotations

import sqlite3
from collections import OrderedDict
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import sessile as tf
from tests.data.test_orders_and_errors import drained

D = tf.data.Dataset
X = tf.data.experimental
Invalid = tf.errors.InvalidArgumentError
Loss = tf.errors.DataLossError


@pytest.mark.parametrize(
    ("text", "quoted", "plain"),
    [
        ('"x"y,2\nq,3\n', [Invalid], [(b'"x"y', 2), (b"q", 3)]),  # goes on to the next quote, which there is none of
        ('a"b,1\nx"y,2\n', [Invalid, Invalid], [(b'a"b', 1), (b'x"y', 2)]),
        ('"a"b",1\nc,2\n', [Invalid, (b"c", 2)], [(b'"a"b"', 1), (b"c", 2)]),
        ("a,1\rb,2\n", [(b"a", 1), (b"b", 2)], [(b"a", 1), (b"b", 2)]),
        ('"a\r\nb",1\r\n', [(b"a\r\nb", 1)], [Invalid, (b'b"', 1)]),
        ('"a""b",1\n"",2\n', [(b'a"b', 1), (b"d", 2)], [(b'"a""b"', 1), (b'""', 2)]),
        ('"w,4\nc,1\n', [Invalid], [(b'"w', 4), (b"c", 1)]),
    ],
)
def test_records_with_quotes(tmp_path: Path, text: str, quoted: list[Any], plain: list[Any]) -> None:
    path = tmp_path / "rows.csv"
    path.write_bytes(text.encode())
    assert drained(X.CsvDataset(str(path), ["d", 0])) == quoted
    assert drained(X.CsvDataset(str(path), ["d", 0], use_quote_delim=False)) == plain


def test_columns_that_cannot_be(tmp_path: Path) -> None:
    path = tmp_path / "rows.csv"
    path.write_text("1\n")
    with pytest.raises(ValueError, match="empty"):
        X.CsvDataset(str(path), [])
    with pytest.raises(ValueError, match="vectors"):
        X.CsvDataset(str(path), [tf.constant([0, 1])])
    with pytest.raises(ValueError, match="column_names"):
        X.make_csv_dataset(str(path), 2, header=False)
    path.write_text("")
    with pytest.raises(ValueError, match="no first row"):
        X.make_csv_dataset(str(path), 2)
    with pytest.raises(Invalid, match="compression"), tf.Session() as sess:
        sess.run(X.CsvDataset(str(path), [0], compression_type="XX").make_initializable_iterator().initializer)


@pytest.fixture
def tables(tmp_path: Path) -> list[str]:
    paths = []
    for number in range(3):
        path = tmp_path / f"{number}.csv"
        path.write_text("x,y\n" + "".join(f"{10 * number + row},{row}\n" for row in range(4)))
        paths.append(str(path))
    return paths


def firsts(dataset: Any, key: str = "x", count: int = 99) -> list[Any]:
    found = drained(dataset.map(lambda columns: columns[key]).take(count))
    return [number for batch in found for number in batch]


def test_tables_in_the_orders_of_seeds(tables: list[str]) -> None:
    turns = X.make_csv_dataset(tables, 4, shuffle=False, num_epochs=1, num_parallel_reads=2)
    assert firsts(turns) == [0, 10, 1, 11, 2, 12, 3, 13, 20, 21, 22, 23]
    assert type(turns.output_types) is OrderedDict
    assert list(turns.output_types) == ["x", "y"]
    tf.set_random_seed(11)
    once = X.make_csv_dataset(tables, 4, shuffle_seed=3, num_epochs=1)
    assert firsts(once) == [11, 21, 10, 13, 2, 0, 23, 3, 20, 22, 12, 1]


def test_tables_in_the_orders_of_the_graphs_seed(tables: list[str]) -> None:
    tf.set_random_seed(11)
    drawn = X.make_csv_dataset(tables, 4, shuffle_buffer_size=3)
    assert firsts(drawn, count=3) == [11, 12, 20, 21, 22, 23, 0, 13, 1, 2, 10, 3]


def test_examples_in_turn_and_by_the_graphs_seed(tmp_path: Path) -> None:
    for number in range(3):
        with tf.python_io.TFRecordWriter(str(tmp_path / f"r{number}.rec")) as writer:
            for row in range(4):
                value = tf.train.Feature(int64_list=tf.train.Int64List(value=[10 * number + row]))
                features = tf.train.Features(feature={"a": value})
                writer.write(tf.train.Example(features=features).SerializeToString())
    pattern, features = str(tmp_path / "r*.rec"), {"a": tf.FixedLenFeature([], tf.int64)}
    turns = X.make_batched_features_dataset(
        pattern, 4, features, shuffle=False, num_epochs=1, reader_num_threads=2
    )  # fmt: skip
    assert firsts(turns, "a") == [0, 10, 1, 11, 2, 12, 3, 13, 20, 21, 22, 23]
    with tf.Graph().as_default():
        tf.set_random_seed(11)
        drawn = X.make_batched_features_dataset(pattern, 4, features, num_epochs=2, shuffle_buffer_size=2)
        assert firsts(drawn, "a")[:12] == [0, 1, 2, 10, 3, 12, 11, 20, 21, 22, 13, 23]


def test_columns_of_a_database_of_other_types(tmp_path: Path) -> None:
    path = str(tmp_path / "rows")
    with sqlite3.connect(path) as connection:
        connection.execute("create table t (a text, b integer)")
        connection.execute("insert into t values ('x', 1), ('12ab', 2), (null, null), (' -1.5e1', 3)")
    connection.close()

    def rows(sql: str, kinds: Any, place: str = path) -> Any:
        return drained(X.SqlDataset("sqlite", place, sql, kinds))

    assert rows("select a from t", (tf.int32,)) == [(0,), (12,), (0,), (-1,)]
    assert rows("select a from t", (tf.float64,)) == [(0.0,), (12.0,), (0.0,), (-15.0,)]
    assert rows("select b from t", tf.int64) == [1, 2, 0, 3]
    assert rows("select b from t", (tf.string,)) == [(b"1",), (b"2",), (b"",), (b"3",)]
    absent = str(tmp_path / "absent")
    assert rows("select b from t", (tf.int64,), absent) == [Invalid]
    assert not Path(absent).exists()


def test_what_is_no_file_is_told_in_tensorflows_classes(tmp_path: Path) -> None:
    folder, inside = str(tmp_path), str(tmp_path / "file" / "x")
    (tmp_path / "file").write_text("a")
    for kind in (tf.data.TextLineDataset, tf.data.TFRecordDataset):
        assert drained(kind(folder)) == [tf.errors.FailedPreconditionError]
        assert drained(kind(inside)) == [tf.errors.FailedPreconditionError]
    assert drained(tf.data.FixedLengthRecordDataset(str(tmp_path / "file"), 1, 0, -1)) == [Invalid]
    for path in (folder, inside):
        with pytest.raises(tf.errors.FailedPreconditionError):
            list(tf.python_io.tf_record_iterator(path))
        with pytest.raises(tf.errors.FailedPreconditionError):
            tf.python_io.TFRecordWriter(path)
        table = tf.contrib.lookup.index_table_from_file(path)
        with tf.Session() as sess, pytest.raises(tf.errors.FailedPreconditionError):
            sess.run(table.init)
    with pytest.raises(Loss, match="Is a directory"):
        tf.train.NewCheckpointReader(folder)
    weight = tf.Variable(1.0)
    with tf.Session() as sess:
        sess.run(weight.initializer)
        with pytest.raises(ValueError, match="Parent directory"):
            tf.train.Saver().save(sess, inside)


def test_errors_are_passed_on_and_the_rest_comes() -> None:
    checked = D.range(6).map(lambda x: 6 // (x - 2))
    assert drained(checked.cache().repeat(2)) == [-3, -6, Invalid, 6, 3, 2, -3, -6, 6, 3, 2]
    assert drained(checked.window(2).flat_map(lambda part: part.batch(2))) == [[-3, -6], Invalid, [3, 2]]
    reducer = X.Reducer(lambda key: np.int64(0), lambda state, x: state + x, lambda state: 6 // (state - 2))
    assert drained(D.range(4).apply(X.group_by_reducer(lambda x: x, reducer))) == [-3, -6, Invalid, 6]
    sized = D.range(5).map(lambda x: tf.fill([x], x)).apply(X.dense_to_sparse_batch(2, [2]))
    assert drained(sized.map(tf.sparse.to_dense)) == [[[0, 0], [1, 0]], Loss, Loss]


def test_structures_that_do_not_fit() -> None:
    pairs = D.range(3).map(lambda x: (tf.fill([x], x), x))
    for shapes in ([None], [[None], []]):
        with pytest.raises(TypeError):
            pairs.padded_batch(3, shapes)
    with pytest.raises(ValueError, match="structure"):
        pairs.padded_batch(3, ([None], [], []))
    with pytest.raises(TypeError, match="tuples, no lists"):
        D.from_generator(lambda: iter([[1, 2]]), [tf.int32, tf.int32])
    with pytest.raises(TypeError, match="Options"):
        D.range(3).with_options(3)


def test_lengths_of_rows_may_be_tensors_among_numbers() -> None:
    rows = D.range(3).map(lambda x: tf.RaggedTensor.from_row_lengths(tf.range(x), [x, 0]))
    element = rows.make_one_shot_iterator().get_next()
    with tf.Session() as sess:
        assert [sess.run(element).to_list() for _ in range(3)] == [[[], []], [[0], []], [[0, 1], []]]


COUNTS = {
    "csv": (lambda: X.CsvDataset(["a"], [0, 0]), 11), "random": (X.RandomDataset, 10),
    "sampled": (lambda: X.sample_from_datasets([D.range(3), D.range(3)]), 23),
    "fixed": (lambda: tf.data.FixedLengthRecordDataset(["a"], 3), 5),
    "in turn": (lambda: tf.data.TextLineDataset(["a"], num_parallel_reads=2), 10),
    "rows": (lambda: D.range(3).batch(2).apply(X.unbatch()), 9), "counter": (X.Counter, 7),
    "options": (lambda: D.range(3).with_options(tf.data.Options()), 4),
    "single": (lambda: X.get_single_element(D.range(1)), 5),
    "sparse": (lambda: D.range(3).apply(X.dense_to_sparse_batch(2, [])), 7),
    "shuffled": (lambda: D.range(3).apply(X.shuffle_and_repeat(3, 2)), 16),
}  # fmt: skip


@pytest.mark.parametrize("case", COUNTS)
def test_operations_are_counted_as_tensorflow_counts_them(case: str) -> None:
    make, count = COUNTS[case]
    tf.set_random_seed(1)
    before = tf.get_seed(None)[1]
    make()
    assert tf.get_seed(None)[1] - before == count
