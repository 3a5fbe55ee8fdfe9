"""What feeds a session and what it keeps on disk: queues, datasets, records, strings, random numbers, checkpoints.

The rows are held against TensorFlow; NumPy's column is empty where it has no such thing.
"""

from __future__ import annotations

import os
import tempfile
from collections.abc import Callable
from typing import Any

import numpy as np

from ..workload import Built, Call, Values, Workload
from .data import uniform

_GRAPHS = ("sessile", "tensorflow")
_ELEMENTS = 100  # through the queue in one call


def _queue(tf: Any, values: Values) -> tuple[Any, list[Any]]:
    queue = tf.FIFOQueue(2 * _ELEMENTS, tf.float32, shapes=[[]])
    x = tf.placeholder(tf.float32, [])
    return [queue.enqueue(x), queue.dequeue()], [x]


def _through_queue(built: Built) -> Call:
    """Elements one by one into a queue, and out of it again."""
    put = built.session.make_callable(built.fetches[0], feed_list=list(built.feeds))
    take = built.session.make_callable(built.fetches[1])

    def turn(value: Any) -> Any:
        for _ in range(_ELEMENTS):
            put(value)
        for _ in range(_ELEMENTS - 1):
            take()
        return take()

    return Call(turn, built.values, keep=built.session)


def _drained(built: Built) -> Call:
    """A dataset from its beginning to its end; the result is its last batch."""
    initializer, following = built.fetches
    session, tf = built.session, built.tf
    step = session.make_callable(following)

    def turn() -> Any:
        session.run(initializer)
        last = None
        try:
            while True:
                last = step()
        except tf.errors.OutOfRangeError:
            return last

    return Call(turn, keep=session)


def _dataset(make: Callable[[Any, Values], Any]) -> Callable[[Any, Values], tuple[Any, list[Any]]]:
    def build(tf: Any, values: Values) -> tuple[Any, list[Any]]:
        iterator = tf.data.make_initializable_iterator(make(tf, values))
        return [iterator.initializer, iterator.get_next()], []

    return build


def _small(tf: Any, values: Values) -> Any:
    return tf.data.Dataset.range(10000).map(lambda x: x * 2 + 1).batch(100)


def _images(tf: Any, values: Values) -> Any:
    def prepared(image: Any) -> Any:
        return tf.image.flip_left_right(tf.cast(image, tf.float32) / 255.0 - 0.5)

    return tf.data.Dataset.from_tensor_slices(values[0]).map(prepared).batch(32)


def _pictures() -> Values:
    return (np.random.RandomState(0).randint(0, 255, (128, 96, 96, 3)).astype(np.uint8),)


def _records_file(tf: Any, values: Values) -> str:
    """A file with an Example for each row of an array."""
    path = os.path.join(tempfile.mkdtemp(prefix="sessile-bench-"), "rows.tfrecord")
    with tf.python_io.TFRecordWriter(path) as writer:
        for number, row in enumerate(values[0]):
            message = tf.train.Example()
            message.features.feature["id"].int64_list.value.append(number)
            message.features.feature["x"].float_list.value.extend(row)
            message.features.feature["name"].bytes_list.value.append(b"row %d" % number)
            writer.write(message.SerializeToString())
    return path


def _records(tf: Any, values: Values) -> Any:
    lengths = tf.data.TFRecordDataset(_records_file(tf, values)).batch(100)
    return lengths.map(lambda texts: tf.shape(texts)[0])


def _parsed(tf: Any, values: Values) -> Any:
    features = {
        "id": tf.FixedLenFeature([], tf.int64),
        "x": tf.FixedLenFeature([20], tf.float32),
        "name": tf.FixedLenFeature([], tf.string),
    }
    texts = tf.data.TFRecordDataset(_records_file(tf, values)).batch(100)
    return texts.map(lambda batch: tf.parse_example(batch, features)["x"])


def _words() -> Values:
    words = np.empty(10**6, object)
    words[:] = [b"%06d Word" % number for number in range(10**6)]
    return (words,)


def _of_strings(function: Callable[[Any, Any], Any]) -> Callable[[Any, Values], tuple[Any, list[Any]]]:
    def build(tf: Any, values: Values) -> tuple[Any, list[Any]]:
        x = tf.placeholder(tf.string, [None])
        return function(tf, x), [x]

    return build


def _lines() -> Values:
    lines = np.empty(20000, object)
    lines[:] = [b"%d,%d.25,word %d" % (number, number, number) for number in range(20000)]
    return (lines,)


def _csv(tf: Any, values: Values) -> tuple[Any, list[Any]]:
    x = tf.placeholder(tf.string, [None])
    return tf.decode_csv(x, [[0], [0.0], [""]])[1], [x]


def _raw_rows() -> Values:
    rows = np.empty(20000, object)
    rows[:] = [np.arange(50, dtype=np.int32).tobytes()] * 20000
    return (rows,)


def _saving(is_read: bool) -> Callable[[Built], Call]:
    """Writing, or reading, a checkpoint of the variables there are."""

    def drive(built: Built) -> Call:
        tf, session = built.tf, built.session
        saver = tf.train.Saver()
        path = os.path.join(tempfile.mkdtemp(prefix="sessile-bench-"), "model")
        saver.save(session, path, write_meta_graph=False)
        work = (lambda: saver.restore(session, path)) if is_read else (
            lambda: saver.save(session, path, write_meta_graph=False)
        )  # fmt: skip

        def once() -> Any:
            work()
            return session.run(built.fetches)

        return Call(work, check=once, keep=session)

    return drive


def _variables(tf: Any, values: Values) -> tuple[Any, list[Any]]:
    made = [tf.Variable(tf.ones([2**22]) * float(number), name=f"part_{number}") for number in range(16)]
    return [variable[:3] for variable in made], []


def _row(name: str, title: str, build: Any, formula: Any, values: Any = None, **others: Any) -> Workload:
    return Workload(
        name=name, title=title, group="pipelines", values=values or (lambda: ()), build=build, formula=formula,
        backends=_GRAPHS, main=False, **others,
    )  # fmt: skip


PIPELINES = (
    _row(
        "queue_100", "100 float32 into a FIFOQueue one by one, and out again", _queue, lambda xp, x: x,
        lambda: (np.array(1.5, np.float32),), drive=_through_queue,
    ),
    _row(
        "dataset_small", "Dataset.range(10000).map(x * 2 + 1).batch(100), to its end", _dataset(_small),
        lambda xp: np.arange(9900, 10000) * 2 + 1, drive=_drained,
    ),
    _row(
        "dataset_images", "128 images of 96 x 96, cast, scaled, flipped, in batches of 32", _dataset(_images),
        lambda xp, x: (x[96:].astype(np.float32) / 255.0 - 0.5)[:, :, ::-1], _pictures, drive=_drained,
    ),
    _row(
        "records_2000", "TFRecordDataset of 2000 records in batches of 100", _dataset(_records),
        lambda xp, x: np.array(100), uniform((2000, 20)), drive=_drained,
    ),
    _row(
        "examples_2000", "the same, each batch through parse_example", _dataset(_parsed), lambda xp, x: x[1900:],
        uniform((2000, 20)), drive=_drained,
    ),
    _row(
        "strings_numbers", "string_to_number(substr(x, 0, 6)) of 1e6 strings",
        _of_strings(lambda tf, x: tf.string_to_number(tf.strings.substr(x, 0, 6))),
        lambda xp, x: np.arange(10**6, dtype=np.float32), _words,
    ),
    _row(
        "strings_lengths", "length(lower(x)) of 1e6 strings",
        _of_strings(lambda tf, x: tf.strings.length(tf.strings.lower(x))),
        lambda xp, x: np.full(10**6, 11, np.int32), _words,
    ),
    _row(
        "strings_hashes", "to_hash_bucket_fast of 1e6 strings, summed up",
        _of_strings(lambda tf, x: tf.reduce_sum(tf.clip_by_value(tf.strings.to_hash_bucket_fast(x, 2), 1, 1))),
        lambda xp, x: np.array(10**6), _words,
    ),
    _row(
        "strings_split", "string_split of 1e6 strings of two words, all lengths summed up",
        _of_strings(lambda tf, x: tf.reduce_sum(tf.strings.length(tf.string_split(x).values))),
        lambda xp, x: np.array(10**7, np.int32), _words,
    ),
    _row(
        "strings_joined", "length(string_join([x, x], '-')) of 1e6 strings",
        _of_strings(lambda tf, x: tf.strings.length(tf.string_join([x, x], "-"))),
        lambda xp, x: np.full(10**6, 23, np.int32), _words,
    ),
    _row(
        "strings_replaced", "length(regex_replace(x, '[0-9]+', 'n')) of 1e6 strings",
        _of_strings(lambda tf, x: tf.strings.length(tf.strings.regex_replace(x, "[0-9]+", "n"))),
        lambda xp, x: np.full(10**6, 6, np.int32), _words,
    ),
    _row(
        "csv_20000", "decode_csv of 20000 lines: an integer, a number, a word", _csv,
        lambda xp, x: np.arange(20000) + np.float32(0.25), _lines,
    ),
    _row(
        "raw_20000", "decode_raw of 20000 strings of 200 bytes, summed up",
        _of_strings(lambda tf, x: tf.reduce_sum(tf.decode_raw(x, tf.int32))),
        lambda xp, x: np.array(20000 * 1225, np.int32), _raw_rows,
    ),
    _row(
        "random_normal_1e7", "random_normal of 1e7, the largest of them",
        lambda tf, values: (tf.cast(tf.reduce_max(tf.random_normal([10**7], seed=1)) > 4.5, tf.int32), []),
        lambda xp: np.array(1),
    ),
    _row(
        "save_256MB", "Saver.save of 256 MB", _variables,
        lambda xp: [np.full(3, number, np.float32) for number in range(16)], drive=_saving(False), variables=True,
    ),
    _row(
        "restore_256MB", "Saver.restore of 256 MB", _variables,
        lambda xp: [np.full(3, number, np.float32) for number in range(16)], drive=_saving(True), variables=True,
    ),
)  # fmt: skip
