"""Datasets give what TensorFlow 1.15.5 gave for the same descriptions."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any, Final

import numpy as np
import pytest

import sessile as tf

D = tf.data.Dataset


def elements(dataset: Any, most: int = 20) -> list[Any]:
    """The elements of a dataset, arrays as lists."""
    get_next = dataset.make_one_shot_iterator().get_next()
    found = []
    with tf.Session() as sess:
        try:
            for _ in range(most):
                found.append(
                    tf.nest.map_structure(
                        lambda item: item.tolist() if hasattr(item, "tolist") else item, sess.run(get_next)
                    )
                )
        except tf.errors.OutOfRangeError:
            return found
    return [*found, "and so on"]


def _plain(item: Any) -> Any:
    return item.tolist() if hasattr(item, "tolist") else item


CASES: Final[dict[str, tuple[Callable[[], Any], list[Any]]]] = {
    "rows": (lambda: D.from_tensor_slices([1, 2, 3]), [1, 2, 3]),
    "dictionaries": (
        lambda: D.from_tensor_slices({"a": [1, 2], "b": ["x", "y"]}), [{"a": 1, "b": b"x"}, {"a": 2, "b": b"y"}],
    ),
    "tuples": (
        lambda: D.from_tensor_slices(([1.0, 2.0], [[0, 1], [2, 3]])).map(lambda x, y: (x * 2, y + 1)),
        [(2.0, [1, 2]), (4.0, [3, 4])],
    ),
    "batches": (lambda: D.range(5).batch(2), [[0, 1], [2, 3], [4]]),
    "whole batches": (lambda: D.range(5).batch(2, drop_remainder=True), [[0, 1], [2, 3]]),
    "repeated": (lambda: D.range(3).repeat(2), [0, 1, 2, 0, 1, 2]),
    "a part": (lambda: D.range(10).skip(2).take(3), [2, 3, 4]),
    "a shard": (lambda: D.range(10).shard(3, 1), [1, 4, 7]),
    "filtered": (lambda: D.range(10).filter(lambda x: tf.equal(x % 3, 0)), [0, 3, 6, 9]),
    "datasets of elements": (lambda: D.range(3).flat_map(lambda x: D.range(x)), [0, 0, 1]),
    "interleaved": (
        lambda: D.range(1, 4).interleave(lambda x: D.from_tensors(x).repeat(4), cycle_length=2, block_length=2),
        [1, 1, 2, 2, 1, 1, 2, 2, 3, 3, 3, 3],
    ),
    "side by side": (
        lambda: D.zip((D.range(3), D.range(5, 8).map(lambda x: {"v": x}))),
        [(0, {"v": 5}), (1, {"v": 6}), (2, {"v": 7})],
    ),
    "one after the other": (lambda: D.range(2).concatenate(D.range(7, 9)), [0, 1, 7, 8]),
    "padded": (
        lambda: D.range(4).map(lambda x: tf.fill([x], x)).padded_batch(2, padded_shapes=[None]),
        [[[0], [1]], [[2, 2, 0], [3, 3, 3]]],
    ),
    "padded with letters": (
        lambda: D.from_tensor_slices([1, 2])
        .map(lambda x: (tf.fill([x], "a"), x))
        .padded_batch(2, padded_shapes=([3], []), padding_values=("z", 0)),
        [([[b"a", b"z", b"z"], [b"a", b"a", b"z"]], [1, 2])],
    ),
    "a generator": (
        lambda: D.from_generator(lambda: ((i, [i] * i) for i in range(3)), (tf.int64, tf.int64)),
        [(0, []), (1, [1]), (2, [2, 2])],
    ),
    "lists of a generator": (lambda: D.from_generator(lambda: iter([[1, 2], [3, 4]]), tf.int32), [[1, 2], [3, 4]]),
    "cached": (lambda: D.range(3).cache().repeat(2), [0, 1, 2, 0, 1, 2]),
    "prefetched": (lambda: D.range(3).prefetch(1), [0, 1, 2]),
    "numbered": (lambda: D.range(5, 7).enumerate(), [(0, 5), (1, 6)]),
    "rows of batches": (lambda: D.range(4).batch(2).unbatch(), [0, 1, 2, 3]),
    "map and batch": (
        lambda: D.range(3).apply(tf.data.experimental.map_and_batch(lambda x: x * 2, 2)), [[0, 2], [4]],
    ),
    "without end": (lambda: tf.data.experimental.Counter(3, 2).take(3), [3, 5, 7]),
    "without what fails": (
        lambda: D.range(3)
        .map(lambda x: tf.gather([1, 2, 3], 4 // (x - 1) + 5))
        .apply(tf.data.experimental.ignore_errors()),
        [2],
    ),
}  # fmt: skip


@pytest.mark.parametrize("case", CASES)
def test_elements(case: str) -> None:
    make, expected = CASES[case]
    assert elements(make()) == expected


def test_types_and_shapes() -> None:
    dataset = D.from_tensor_slices({"a": [[1.0, 2.0]], "b": ["x"]}).batch(3)
    assert dataset.output_types == {"a": tf.float32, "b": tf.string}
    assert {key: shape.as_list() for key, shape in dataset.output_shapes.items()} == {"a": [None, 2], "b": [None]}
    assert D.range(5).batch(2, drop_remainder=True).output_shapes.as_list() == [2]


def test_functions_use_variables_as_they_are() -> None:
    scale = tf.Variable(2.0)
    value = D.from_tensor_slices([1.0, 2.0]).map(lambda x: x * scale).make_initializable_iterator()
    get_next = value.get_next()
    with tf.Session() as sess:
        sess.run([scale.initializer, value.initializer])
        assert sess.run(get_next) == 2.0
        sess.run(scale.assign(10.0))
        assert sess.run(get_next) == 20.0


def test_placeholders_are_read_when_an_iterator_is_initialized() -> None:
    x = tf.placeholder(tf.float32, [None, 2])
    iterator = D.from_tensor_slices(x).map(tf.reduce_sum).make_initializable_iterator()
    get_next = iterator.get_next()
    with tf.Session() as sess:
        with pytest.raises(tf.errors.FailedPreconditionError, match="has not been initialized"):
            sess.run(get_next)
        for rows in (1, 2):
            sess.run(iterator.initializer, {x: np.ones((rows, 2))})
            assert [sess.run(get_next) for _ in range(rows)] == [2.0] * rows
            with pytest.raises(tf.errors.OutOfRangeError, match="End of sequence"):
                sess.run(get_next)
    with pytest.raises(ValueError, match="Cannot capture a placeholder"):
        D.from_tensor_slices(x).make_one_shot_iterator()


def test_an_iterator_changes_its_dataset() -> None:
    training, testing = D.range(3), D.range(100, 102)
    iterator = tf.data.Iterator.from_structure(training.output_types, training.output_shapes)
    first, second, get_next = (
        iterator.make_initializer(training),
        iterator.make_initializer(testing),
        iterator.get_next(),
    )
    with tf.Session() as sess:
        sess.run(first)
        assert sess.run(get_next) == 0
        sess.run(second)
        assert sess.run(get_next) == 100
    with pytest.raises(TypeError, match="Expected output types"):
        iterator.make_initializer(D.from_tensors(1.0))


def test_a_fed_string_chooses_the_iterator() -> None:
    handle = tf.placeholder(tf.string, [])
    get_next = tf.data.Iterator.from_string_handle(handle, tf.float32, []).get_next()
    iterators = [D.from_tensors(value).repeat().make_one_shot_iterator() for value in (1.0, 2.0)]
    with tf.Session() as sess:
        one, two = sess.run([iterator.string_handle() for iterator in iterators])
        assert [sess.run(get_next, {handle: h}) for h in (one, two, one)] == [1.0, 2.0, 1.0]
        with pytest.raises(tf.errors.InvalidArgumentError, match="names no iterator"):
            sess.run(get_next, {handle: "x"})


def test_shuffling_gives_every_element_in_another_order_each_time() -> None:
    get_next = D.range(50).shuffle(50, seed=1).repeat(2).batch(50).make_one_shot_iterator().get_next()
    with tf.Session() as sess:
        first, second = sess.run(get_next).tolist(), sess.run(get_next).tolist()
    assert sorted(first) == sorted(second) == list(range(50))
    assert first != second != list(range(50))


def test_reduction() -> None:
    total = D.range(5).reduce(np.int64(0), lambda state, x: state + x)
    with tf.Session() as sess:
        assert sess.run(total) == 10


def test_lines_records_and_names_of_files(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_bytes(b"one\r\ntwo\nthree")
    with tf.python_io.TFRecordWriter(str(tmp_path / "r")) as writer:
        writer.write(b"x")
    (tmp_path / "f").write_bytes(b"HabcdF")
    assert elements(tf.data.TextLineDataset(str(tmp_path / "a.txt")).skip(1)) == [b"two", b"three"]
    assert elements(tf.data.TFRecordDataset([str(tmp_path / "r")] * 2)) == [b"x", b"x"]
    assert elements(tf.data.FixedLengthRecordDataset(str(tmp_path / "f"), 2, 1, 1)) == [b"ab", b"cd"]
    assert elements(D.list_files(str(tmp_path / "*.txt"))) == [str(tmp_path / "a.txt").encode()]
    with pytest.raises(tf.errors.NotFoundError):
        elements(tf.data.TextLineDataset(str(tmp_path / "none")))


def test_what_fails_in_a_thread_fails_in_the_step() -> None:
    dataset = D.range(3).map(lambda x: tf.gather([1, 2], x)).prefetch(2)
    get_next = dataset.make_one_shot_iterator().get_next()
    with tf.Session() as sess:
        assert [sess.run(get_next) for _ in range(2)] == [1, 2]
        with pytest.raises(tf.errors.InvalidArgumentError):
            sess.run(get_next)


def test_wrong_uses_are_refused() -> None:
    with pytest.raises(ValueError, match="got a scalar"):
        D.from_tensor_slices(1)
    with pytest.raises(ValueError, match="different lengths"):
        D.from_tensor_slices(([1, 2], [1]))
    with pytest.raises(TypeError, match="must return a `Dataset` object"):
        D.range(3).flat_map(lambda x: x)
    with pytest.raises(ValueError, match="scalar boolean"):
        D.range(3).filter(lambda x: x)
    with pytest.raises(RuntimeError, match="make_one_shot_iterator"):
        iter(D.range(3))


def test_what_an_element_is_as_specs() -> None:
    sliced = tf.data.Dataset.from_tensor_slices({"a": [[1.0, 2.0]], "b": (["x"],)}).batch(2)
    expected = {"a": tf.TensorSpec([None, 2], tf.float32), "b": (tf.TensorSpec([None], tf.string),)}
    assert sliced.element_spec == expected
    assert tf.data.make_one_shot_iterator(sliced).element_spec == expected
    assert tf.data.Dataset.range(3).element_spec == tf.TensorSpec([], tf.int64)
