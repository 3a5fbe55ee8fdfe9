"""Readers: states, broken files, refused arguments; the values are those of TensorFlow 1.15."""

import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

import sessile as tf


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    monkeypatch.chdir(tmp_path)
    tf.reset_default_graph()
    yield tmp_path


def started(reader: Any, *names: str) -> tuple[tf.Session, Any, list[Any]]:
    """A session, the queue of names, how much was done."""
    queue = tf.FIFOQueue(9, [tf.string], shapes=[()])
    session = tf.Session(config=tf.ConfigProto(operation_timeout_in_ms=20_000))
    session.run(queue.enqueue_many([list(names)]))
    session.run(queue.close())
    return session, queue, [reader.num_records_produced(), reader.num_work_units_completed()]


@pytest.mark.parametrize("reader", [tf.TextLineReader, tf.TFRecordReader, lambda: tf.FixedLengthRecordReader(2)])
def test_readers_in_the_middle_of_files_have_no_state(reader: Any) -> None:
    """Built, and refused when run; the attempt to restore begins anew."""
    made = reader()
    assert not made.supports_serialize
    Path("a").write_bytes(b"1\n2\n")
    session, _, done = started(made, "a")
    state, restore = made.serialize_state(), made.restore_state(b"")
    assert state.shape.as_list() == []
    for tensor, what in ((state, "SerializeState"), (restore, "RestoreState")):
        with pytest.raises(tf.errors.UnimplementedError, match=f"Reader {what}"):
            session.run(tensor)
    assert session.run(done) == [0, 0]


def test_a_broken_record_stays_broken() -> None:
    """The next file is not begun, and records before it are counted."""
    with tf.python_io.TFRecordWriter("r") as writer:
        for number in range(3):
            writer.write(b"rec%d" % number)
    Path("bad").write_bytes(Path("r").read_bytes()[:-3])
    reader = tf.TFRecordReader()
    session, queue, done = started(reader, "bad", "r")
    records = reader.read_up_to(queue, 10)
    for _ in range(3):
        with pytest.raises(tf.errors.DataLossError, match="truncated record at 40"):
            session.run(records)
    assert session.run(done) == [2, 0]
    session.run(reader.reset())
    assert session.run(records.values).tolist() == [b"rec0", b"rec1", b"rec2"]


def test_a_file_that_is_not_there_is_passed_over() -> None:
    """And not counted; a reader of whole files stays at it."""
    Path("a").write_bytes(b"1\n")
    reader = tf.TextLineReader()
    session, queue, done = started(reader, "none", "a")
    record = reader.read(queue)
    with pytest.raises(tf.errors.NotFoundError, match="none; No such file or directory"):
        session.run(record)
    assert session.run(record.value) == b"1" and session.run(done) == [1, 0]
    whole = tf.WholeFileReader()
    session, queue, done = started(whole, "none", "a")
    record = whole.read(queue)
    for _ in range(2):
        with pytest.raises(tf.errors.NotFoundError):
            session.run(record)


def test_no_records_take_no_file() -> None:
    reader = tf.IdentityReader()
    session, queue, done = started(reader, "a")
    assert [part.tolist() for part in session.run(reader.read_up_to(queue, 0))] == [[], []]
    assert session.run([queue.size(), *done]) == [1, 0, 0]
    with pytest.raises(tf.errors.InvalidArgumentError, match="num_records must be >= 0 not -1"):
        session.run(reader.read_up_to(queue, -1))


def test_compressed_records_of_one_size() -> None:
    """Header and footer are those of what was compressed; an unknown encoding is none."""
    Path("z").write_bytes(zlib.compress(b"ABCDEFGHIJ"))
    Path("a").write_bytes(b"plain text")
    reader = tf.FixedLengthRecordReader(3, header_bytes=1, footer_bytes=1, encoding="ZLIB")
    session, queue, done = started(reader, "z", "a")
    records = reader.read_up_to(queue, 2)
    assert session.run(records.values).tolist() == [b"BCD", b"EFG"]
    with pytest.raises(tf.errors.DataLossError, match="inflate"):
        session.run(records)
    assert session.run(done) == [2, 1]
    other = tf.FixedLengthRecordReader(5, encoding="X")
    session, queue, _ = started(other, "a")
    assert session.run(other.read_up_to(queue, 9).values).tolist() == [b"plain", b" text"]


@pytest.mark.parametrize(
    ("make", "name"),
    [
        (lambda: tf.FixedLengthRecordReader(3, header_bytes=-1), "header_bytes"),
        (lambda: tf.FixedLengthRecordReader(3, footer_bytes=-1), "footer_bytes"),
        (lambda: tf.FixedLengthRecordReader(3, hop_bytes=-1), "hop_bytes"),
        (lambda: tf.TextLineReader(skip_header_lines=-1), "skip_header_lines"),
    ],
)
def test_negative_sizes_are_refused_when_run(make: Any, name: str) -> None:
    Path("a").write_bytes(b"plain text")
    reader = make()
    queue = tf.FIFOQueue(9, [tf.string], shapes=[()])
    with tf.Session() as session:
        session.run(queue.enqueue("a"))
        with pytest.raises(tf.errors.InvalidArgumentError, match=f"{name} must be >= 0 not -1"):
            session.run(reader.read(queue))


def test_other_queues_are_refused() -> None:
    reader = tf.TextLineReader()
    numbers, pairs = tf.FIFOQueue(9, [tf.int32]), tf.FIFOQueue(9, [tf.string, tf.string])
    with tf.Session() as session:
        session.run([numbers.enqueue(3), pairs.enqueue(("a", "b"))])
        with pytest.raises(tf.errors.InvalidArgumentError, match="Expected queue with single string component"):
            session.run(reader.read(numbers).value)
        with pytest.raises(tf.errors.InvalidArgumentError, match="Expected single component queue"):
            session.run(reader.read(pairs).value)
    with pytest.raises(ValueError, match="Shape must be rank 0 but is rank 1"):
        reader.read_up_to(numbers, tf.placeholder(tf.int64, [3]))
    with pytest.raises(ValueError, match="Shape must be rank 0 but is rank 1"):
        reader.restore_state(["a", "b"])
