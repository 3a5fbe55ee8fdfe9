"""Sparse and ragged tensors as elements of datasets: what TensorFlow 1.15.5 gave."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

import numpy as np
import pytest

import sessile as tf

from .test_windows import elements

D = tf.data.Dataset


def sparse() -> Any:
    """The rows 0 1 0 and 2 0 3."""
    return tf.SparseTensor([[0, 1], [1, 0], [1, 2]], [1, 2, 3], [2, 3])


def made(x: Any) -> Any:
    """`x` at the end of a row of that length."""
    return tf.SparseTensor([[x]], [x], [x + 1])


def ragged() -> Any:
    """Rows of rows."""
    return tf.ragged.constant([[[1, 2], []], [[3]]])


ROWS: Final = [([[1]], [1], [3]), ([[0], [2]], [2, 3], [3])]
SPARSE: Final[dict[str, tuple[Callable[[], Any], list[Any]]]] = {
    "tensors": (lambda: D.from_tensors(sparse()), [([[0, 1], [1, 0], [1, 2]], [1, 2, 3], [2, 3])]),
    "slices": (lambda: D.from_tensor_slices(sparse()), ROWS),
    "unbatch": (lambda: D.from_tensors(sparse()).unbatch(), ROWS),
    "batch": (lambda: D.from_tensor_slices(sparse()).batch(2), [([[0, 1], [1, 0], [1, 2]], [1, 2, 3], [2, 3])]),
    "largest extent": (
        lambda: D.range(3).map(made).batch(2), [([[0, 0], [1, 1]], [0, 1], [2, 2]), ([[0, 2]], [2], [1, 3])],
    ),
    "filter": (lambda: D.from_tensor_slices(sparse()).filter(lambda x: tf.equal(tf.size(x.values), 2)), ROWS[1:]),
    "flat_map": (lambda: D.from_tensors(sparse()).flat_map(D.from_tensor_slices), ROWS),
    "window": (lambda: D.from_tensor_slices(sparse()).window(2).flat_map(lambda w: w), ROWS),
    "kept": (lambda: D.from_tensors(sparse()).repeat(2).cache().prefetch(1).take(1).unbatch(), ROWS),
}  # fmt: skip


@pytest.mark.parametrize("name", SPARSE)
def test_sparse_elements(name: str) -> None:
    make, expected = SPARSE[name]
    dataset = make()
    assert dataset.output_classes is tf.SparseTensor
    assert [tuple(element) for element in elements(dataset)] == expected


def test_sparse_elements_have_static_shapes() -> None:
    dataset = D.from_tensor_slices((sparse(), [5, 6])).batch(2, drop_remainder=True)
    assert dataset.output_classes == (tf.SparseTensor, tf.Tensor)
    assert [shape.as_list() for shape in dataset.output_shapes] == [[2, 3], [2]]
    assert dataset.element_spec[0] == tf.SparseTensorSpec([2, 3], tf.int32)
    found = dataset.make_one_shot_iterator().get_next()[0]
    assert isinstance(found, tf.SparseTensor) and found.shape.as_list() == [None, None]


def test_values_of_sparse_tensors_are_components() -> None:
    value = tf.SparseTensorValue(np.array([[0, 1]]), np.array([1.0]), np.array([2, 3]))
    dataset = D.from_tensors({"a": value, "b": 3})
    assert dataset.output_types == {"a": tf.float64, "b": tf.int32}
    assert repr(dataset) == "<DatasetV1Adapter shapes: {a: (2, 3), b: ()}, types: {a: tf.float64, b: tf.int32}>"


def test_features_of_any_length_come_out_of_map() -> None:
    values = [tf.train.Feature(int64_list=tf.train.Int64List(value=list(range(n)))) for n in (2, 0, 1)]
    texts = [tf.train.Example(features=tf.train.Features(feature={"a": value})).SerializeToString() for value in values]
    parse = D.from_tensor_slices(texts).map(
        lambda text: tf.parse_single_example(text, {"a": tf.VarLenFeature(tf.int64)})
    )
    batches = elements(parse.map(lambda parsed: tf.sparse.to_dense(parsed["a"], -1)).padded_batch(3, [None]))
    assert batches == [[[0, 1], [0, 0], [0, 0]]]
    (batch,) = elements(parse.batch(3))
    assert tuple(batch["a"]) == ([[0, 0], [0, 1], [2, 0]], [0, 1, 0], [3, 2])


def test_sparse_elements_are_not_padded() -> None:
    with pytest.raises(TypeError, match="Batching of padded sparse tensors is not currently supported"):
        D.from_tensors(sparse()).padded_batch(2, [None, None])
    with pytest.raises(TypeError, match="different classes"):
        D.from_tensors(sparse()).concatenate(D.from_tensors([[1]]))


def test_iterators_of_sparse_elements() -> None:
    iterator = tf.data.Iterator.from_structure(tf.int32, tf.TensorShape([None, 3]), output_classes=tf.SparseTensor)
    begin, following = iterator.make_initializer(D.from_tensors(sparse())), iterator.get_next()
    with pytest.raises(TypeError, match="Expected output classes"):
        iterator.make_initializer(D.from_tensors([[1, 2, 3]]))
    with tf.Session() as sess:
        sess.run(begin)
        assert sess.run(following).values.tolist() == [1, 2, 3]


def lists(dataset: Any) -> list[Any]:
    """Ragged elements as lists."""
    iterator = dataset.make_initializable_iterator()
    following, found = iterator.get_next(), []
    with tf.Session() as sess:
        sess.run(iterator.initializer)
        try:
            while True:
                value = sess.run(following)
                found.append(value.to_list() if hasattr(value, "to_list") else value.tolist())
        except tf.errors.OutOfRangeError:
            return found


RAGGED: Final[dict[str, tuple[Callable[[], Any], list[Any], list[Any]]]] = {
    "tensors": (lambda: D.from_tensors(ragged()), [2, None, None], [[[[1, 2], []], [[3]]]]),
    "slices": (lambda: D.from_tensor_slices(ragged()), [None, None], [[[1, 2], []], [[3]]]),
    "unbatch": (lambda: D.from_tensors(ragged()).unbatch(), [None, None], [[[1, 2], []], [[3]]]),
    "batch": (lambda: D.from_tensor_slices(ragged()).batch(2), [None, None, None], [[[[1, 2], []], [[3]]]]),
    "map": (
        lambda: D.range(2).map(lambda x: tf.ragged.range([x, x + 1])), [2, None], [[[], [0]], [[0], [0, 1]]],
    ),
    "map, batch": (
        lambda: D.range(3).map(lambda x: tf.ragged.range([x, x + 1])).batch(2, drop_remainder=True),
        [2, 2, None], [[[[], [0]], [[0], [0, 1]]]],
    ),
    "to_tensor": (
        lambda: D.range(2).map(lambda x: tf.ragged.range([x, x + 1])).map(lambda r: r.to_tensor()),
        [2, None], [[[0], [0]], [[0, 0], [0, 1]]],
    ),
    "vectors": (lambda: D.from_tensor_slices(tf.ragged.constant([[1, 2], [], [3]])), [None], [[1, 2], [], [3]]),
    "inner": (
        lambda: D.from_tensors(tf.RaggedTensor.from_row_splits(tf.ones([2, 2]), [0, 0, 2])).repeat(2).batch(2),
        [None, 2, None, 2], [[[[], [[1.0, 1.0], [1.0, 1.0]]]] * 2],
    ),
    "value": (lambda: D.from_tensors(tf.ragged.constant_value([[1], [2, 3]])), [2, None], [[[1], [2, 3]]]),
}  # fmt: skip


@pytest.mark.parametrize("name", RAGGED)
def test_ragged_elements(name: str) -> None:
    make, shape, expected = RAGGED[name]
    dataset = make()
    assert dataset.output_shapes.as_list() == shape
    following = dataset.make_one_shot_iterator().get_next()
    assert following.shape.ndims == len(shape) and following.shape[0].value == shape[0]
    assert lists(dataset) == expected


def test_states_are_sparse_too() -> None:
    def add(state: Any, row: Any) -> Any:
        return tf.sparse.add(state, row)

    total = D.from_tensor_slices(sparse()).reduce(tf.SparseTensor([[0]], [10], [3]), add)
    rows = D.from_tensor_slices(sparse()).apply(
        tf.data.experimental.scan(tf.SparseTensor([[0]], [10], [3]), lambda s, x: (add(s, x), tf.sparse.to_dense(s)))
    )
    with tf.Session() as sess:
        assert sess.run(total).values.tolist() == [12, 1, 3]
    assert elements(rows) == [[10, 0, 0], [10, 1, 0]]
