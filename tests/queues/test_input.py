"""Coordinators, queue runners, producers, batches and readers: pipelines as in TensorFlow 1's guide."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import sessile as tf


@contextmanager
def running() -> Iterator[tuple[Any, Any]]:
    """A session whose queue runners run, and their coordinator."""
    with tf.Session() as sess:
        sess.run([tf.global_variables_initializer(), tf.local_variables_initializer()])
        coord = tf.train.Coordinator()
        threads = tf.train.start_queue_runners(sess, coord)
        try:
            yield sess, coord
        finally:
            coord.request_stop()
            coord.join(threads, stop_grace_period_secs=20)


def all_of(sess: Any, fetch: Any) -> list[Any]:
    """What a fetch gives until input ends."""
    found = []
    with pytest.raises(tf.errors.OutOfRangeError):
        while True:
            found.append(sess.run(fetch))
    return found


def test_epochs_end() -> None:
    word = tf.train.string_input_producer(["a", "b"], num_epochs=2, shuffle=False).dequeue()
    with running() as (sess, _):
        assert all_of(sess, word) == [b"a", b"b"] * 2


def test_batches_of_rows() -> None:
    number, square = tf.train.slice_input_producer([np.arange(5), np.arange(5.0) ** 2], num_epochs=1, shuffle=False)
    batch = tf.train.batch([number, square], 2, allow_smaller_final_batch=True)
    with running() as (sess, _):
        found = all_of(sess, batch)
    assert [numbers.tolist() for numbers, _ in found] == [[0, 1], [2, 3], [4]]
    assert [squares.tolist() for _, squares in found] == [[0, 1], [4, 9], [16]]


def test_shuffled_batches_hold_every_element_once() -> None:
    number = tf.train.range_input_producer(30, num_epochs=1, shuffle=False).dequeue()
    batch = tf.train.shuffle_batch({"n": number}, 5, capacity=20, min_after_dequeue=8, num_threads=2, seed=3)
    with running() as (sess, _):
        found = [batch["n"] for batch in all_of(sess, batch)]
    assert sorted(np.concatenate(found).tolist()) == list(range(30))
    assert np.concatenate(found).tolist() != list(range(30))


def test_only_some_elements_are_kept() -> None:
    number = tf.train.range_input_producer(10, num_epochs=1, shuffle=False).dequeue()
    batch = tf.train.maybe_batch([number], tf.equal(number % 2, 0), 5)
    with running() as (sess, _):
        assert sess.run(batch).tolist() == [0, 2, 4, 6, 8]


def test_padded_batches() -> None:
    number = tf.train.range_input_producer(4, num_epochs=1, shuffle=False).dequeue()
    batch = tf.train.batch([tf.fill([number], number)], 4, dynamic_pad=True)
    with running() as (sess, _):
        assert sess.run(batch).tolist() == [[0, 0, 0], [1, 0, 0], [2, 2, 0], [3, 3, 3]]


def test_lines_of_files(tmp_path: Path) -> None:
    for name in ("one", "two"):
        (tmp_path / name).write_bytes(f"head\n{name} 1\r\n{name} 2\nlast".encode())
    names = tf.train.string_input_producer([str(tmp_path / n) for n in ("one", "two")], num_epochs=1, shuffle=False)
    reader = tf.TextLineReader(skip_header_lines=1)
    key, value = reader.read(names)
    with running() as (sess, _):
        found = all_of(sess, [key, value])
        assert sess.run([reader.num_records_produced(), reader.num_work_units_completed()]) == [6, 2]
    assert [v for _, v in found] == [b"one 1", b"one 2", b"last", b"two 1", b"two 2", b"last"]
    assert found[0][0] == f"{tmp_path / 'one'}:2".encode()


def test_other_readers(tmp_path: Path) -> None:
    path = tmp_path / "data"
    path.write_bytes(b"H123456F")
    with tf.python_io.TFRecordWriter(str(tmp_path / "records")) as writer:
        for record in (b"x", b"", b"yy"):
            writer.write(record)

    def values(reader: Any, name: Any) -> list[Any]:
        with tf.Graph().as_default():
            made = reader()
            queue = tf.train.string_input_producer([str(name)], num_epochs=1)
            value = made.read(queue).value
            with running() as (sess, _):
                return all_of(sess, value)

    assert values(lambda: tf.FixedLengthRecordReader(2, 1, 1), path) == [b"12", b"34", b"56"]
    assert values(tf.WholeFileReader, path) == [b"H123456F"]
    assert values(tf.IdentityReader, "name") == [b"name"]
    assert values(tf.TFRecordReader, tmp_path / "records") == [b"x", b"", b"yy"]


def test_several_records_at_once(tmp_path: Path) -> None:
    (tmp_path / "a").write_text("1\n2\n3\n")
    names = tf.train.string_input_producer([str(tmp_path / "a")], num_epochs=1)
    rows = tf.TextLineReader().read_up_to(names, 2)
    with running() as (sess, _):
        assert [len(batch.values) for batch in all_of(sess, rows)] == [2, 1]


def test_a_file_that_is_not_there_stops_the_threads(tmp_path: Path) -> None:
    names = tf.train.string_input_producer([str(tmp_path / "none")])
    line = tf.TextLineReader().read(names).value
    with running() as (sess, _), pytest.raises(tf.errors.NotFoundError, match="No such file"):
        sess.run(line)


def test_join_raises_what_a_thread_reported() -> None:
    coord = tf.train.Coordinator()

    def fail() -> None:
        raise KeyError("broken")

    tf.train.LooperThread.loop(coord, None, fail)
    with pytest.raises(KeyError, match="broken"):
        coord.join()
    assert coord.should_stop() and coord.joined


def test_a_clean_stop_raises_nothing() -> None:
    coord = tf.train.Coordinator()
    with coord.stop_on_exception():
        raise tf.errors.OutOfRangeError(None, None, "end")
    coord.join([])
    coord.clear_stop()
    assert not coord.should_stop()


def test_runners_go_through_messages() -> None:
    tf.train.range_input_producer(3)
    (runner,) = tf.get_collection(tf.GraphKeys.QUEUE_RUNNERS)
    again = tf.train.QueueRunner.from_proto(runner.to_proto())
    assert again.name == runner.name
    assert again.enqueue_ops == runner.enqueue_ops
    assert again.queue_closed_exception_types == (tf.errors.OutOfRangeError,)


def test_sparse_tensors_in_batches() -> None:
    number = tf.train.range_input_producer(5, num_epochs=1, shuffle=False).dequeue()
    one = tf.SparseTensor(tf.reshape(tf.cast(number % 3, tf.int64), [1, 1]), tf.reshape(number, [1]), [3])
    sparse, dense = tf.train.batch([one, number], 2, allow_smaller_final_batch=True)
    assert sparse.indices.shape.as_list() == [None, 2]
    with running() as (sess, _):
        found = all_of(sess, [sparse, dense])
    assert [numbers.tolist() for _, numbers in found] == [[0, 1], [2, 3], [4]]
    assert [value.values.tolist() for value, _ in found] == [[0, 1], [2, 3], [4]]
    assert [value.indices.tolist() for value, _ in found] == [[[0, 0], [1, 1]], [[0, 2], [1, 0]], [[0, 1]]]
    assert [value.dense_shape.tolist() for value, _ in found] == [[2, 3], [2, 3], [1, 3]]


def test_rows_of_sparse_tensors_in_batches() -> None:
    rows = tf.SparseTensor([[0, 1], [1, 0]], [5.0, 6.0], [2, 3])
    kept = tf.train.maybe_batch({"q": rows}, [True, False], 3, enqueue_many=True)["q"]
    words = tf.SparseTensor([[1]], [b"z"], [3]), tf.SparseTensor([[0]], [b"z"], [4])
    joined = tf.train.shuffle_batch_join([[item] for item in words], 40, 90, 1)
    with running() as (sess, _):
        found, texts = sess.run([kept, joined])
    assert (found.indices.tolist(), found.values.tolist()) == ([[0, 1], [1, 1], [2, 1]], [5.0] * 3)
    assert texts.values.tolist() == [b"z"] * 40
    with pytest.raises(ValueError, match="Inconsistent SparseTensors"):
        tf.train.batch_join([[words[0]], [tf.constant("a")]], 2)
    with pytest.raises(TypeError, match=r"consistent: string vs\. float32"):
        tf.train.batch_join([[words[0]], [rows]], 2)


def test_names_of_producers() -> None:
    for name, text in ((None, "input_producer/FIFOQueueV2"), ("here", "here/here")):
        assert tf.train.input_producer(tf.constant([1, 2]), name=name).name == text
    assert tf.train.string_input_producer(["a"]).name == "input_producer_1"


def test_what_cannot_be_batched() -> None:
    one = tf.constant(1)
    train: Any = tf.train
    for make, error, text in (
        (lambda: train.shuffle_batch([one], 2, 4, 4), ValueError, "capacity 4 must be bigger than min_after_dequeue 4"),
        (lambda: train.batch([], 2), ValueError, r"Expected at least one tensor in batch\(\)"),
        (lambda: train.batch_join([[one], [1.0]], 2), TypeError, r"consistent: int32 vs\. float32\."),
        (lambda: train.batch_join([[[1, 2]], [[1]]], 2), ValueError, r"Shapes \(2,\) and \(1,\) are not compatible"),
        (lambda: train.maybe_batch([[1, 2]], [True, False], 1), ValueError, "cannot be a vector when"),
        (lambda: train.batch_join([{"a": one}, {"b": one}], 2), ValueError, "must have the same keys"),
        (lambda: train.start_queue_runners(sess="x"), TypeError, "sess must be a `tf.Session` object"),
    ):
        with pytest.raises(error, match=text):
            make()


def test_buckets_by_length() -> None:
    number = tf.train.range_input_producer(8, num_epochs=1, shuffle=False).dequeue()
    lengths, (rows,) = tf.contrib.training.bucket_by_sequence_length(
        number, [tf.range(number)], 2, [3, 5], dynamic_pad=True, allow_smaller_final_batch=True
    )
    assert (lengths.shape.as_list(), rows.shape.as_list()) == ([None], [None, None])
    with running() as (sess, _):
        found = all_of(sess, [lengths, rows])
    assert sorted(part.tolist() for part, _ in found) == [[0, 1], [2], [3, 4], [5, 6], [7]]
    for part, batch in found:
        assert batch.tolist() == [[*range(n), *[0] * (max(part) - n)] for n in part]


def test_buckets_of_several_sizes() -> None:
    number = tf.train.range_input_producer(9, num_epochs=1, shuffle=False).dequeue()
    bucket: Any = tf.contrib.training.bucket
    which, batch = bucket({"n": number}, number % 2, [2, 3], 2, keep_input=number < 7, bucket_capacities=[9, 8])
    with running() as (sess, _):
        found = all_of(sess, [which, batch["n"]])
    assert sorted((int(k), part.tolist()) for k, part in found) == [(0, [0, 2]), (0, [4, 6]), (1, [1, 3, 5])]


def test_buckets_that_cannot_be() -> None:
    one = tf.constant(1)
    bucket: Any = tf.contrib.training.bucket
    by_length: Any = tf.contrib.training.bucket_by_sequence_length
    for make, error, text in (
        (lambda: bucket([], one, 2, 2), ValueError, "Expected at least one tensor in bucket"),
        (lambda: bucket([one], one, 2, 0), ValueError, "num_buckets must be at least 1"),
        (lambda: bucket([one], one, [2], 2), ValueError, "it must have num_buckets elements"),
        (lambda: bucket([one], one, 2, 2, bucket_capacities=[1]), ValueError, "must have exactly num_buckets"),
        (lambda: by_length(one, [one], 2, []), ValueError, "bucket_boundaries must not be empty"),
        (lambda: by_length(one, [one], 2, [3, 2]), ValueError, "but saw: 3 before 2"),
        (lambda: by_length(one, [one], 2, 3), TypeError, "must be a list or tuple, but received: 3"),
    ):
        with pytest.raises(error, match=text):
            make()
