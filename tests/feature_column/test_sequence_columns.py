"""Feature columns of sequences; the values are TensorFlow 1.15.5's."""

from typing import Any

import numpy as np
import pytest

import sessile as tf

fc = tf.feature_column


def sparse(rows: Any) -> Any:
    places = [[i, j] for i, row in enumerate(rows) for j, _ in enumerate(row)]
    values = [value for row in rows for value in row]
    return tf.SparseTensor(np.array(places, np.int64), values, [len(rows), max(map(len, rows))])


TABLE = [[1.0, 2.0], [3.0, 4.0], [5.0, 6.0]]


def embedded(key: str = "ids") -> Any:
    column = fc.sequence_categorical_column_with_identity(key, 3)
    return fc.embedding_column(column, 2, initializer=tf.constant_initializer(TABLE))


def run(fetches: Any) -> Any:
    with tf.Session() as session:
        session.run([tf.global_variables_initializer(), tf.tables_initializer()])
        return session.run(fetches)


def test_a_layer_of_sequences() -> None:
    words = fc.sequence_categorical_column_with_vocabulary_list("words", ["a", "b"], num_oov_buckets=1)
    noise = fc.sequence_numeric_column("noise", normalizer_fn=lambda x: x * 2.0)
    features = {
        "ids": sparse([[1, 2, 0], [2]]),
        "words": sparse([["a", "zz", "a"], ["b"]]),
        "noise": sparse([[1.0, 2.0, 3.0], [5.0]]),
    }
    columns = [fc.indicator_column(words), embedded(), noise]
    x, lengths = tf.contrib.feature_column.sequence_input_layer(features, columns)
    assert x.name == "sequence_input_layer/concat:0" and x.shape.as_list() == [2, 3, 6]
    assert [v.op.name for v in tf.global_variables()] == ["sequence_input_layer/ids_embedding/embedding_weights"]
    values, steps = run([x, lengths])
    want = [
        [[3, 4, 2, 1, 0, 0], [5, 6, 4, 0, 0, 1], [1, 2, 6, 1, 0, 0]],
        [[5, 6, 10, 0, 1, 0], [0] * 6, [0] * 6],
    ]
    np.testing.assert_array_equal(values, want)
    assert steps.tolist() == [3, 1] and steps.dtype == np.int64


def test_numbers_of_several_a_step() -> None:
    column = fc.sequence_numeric_column("n", shape=(2,), default_value=7.0)
    flat = tf.contrib.feature_column.sequence_input_layer({"n": sparse([[1.0, 2, 3, 4], [5.0, 6.0]])}, [column])
    values, steps = run(flat)
    assert values.tolist() == [[[1, 2], [3, 4]], [[5, 6], [7, 7]]] and steps.tolist() == [2, 1]
    places = [[0, 0, 0], [0, 0, 1], [0, 1, 0], [0, 1, 1], [1, 0, 0], [1, 0, 1]]
    deep = tf.SparseTensor(places, [0.0, 1, 2, 1, 4, 5], [2, 2, 2])
    values, steps = run(tf.contrib.feature_column.sequence_input_layer({"n": deep}, [column]))
    assert values.tolist() == [[[0, 1], [2, 1]], [[4, 5], [7, 7]]] and steps.tolist() == [2, 1]


def test_several_categories_a_step() -> None:
    deep = tf.SparseTensor([[0, 0, 0], [0, 0, 1], [0, 1, 0], [1, 0, 0]], [0, 1, 2, 1], [2, 2, 2])
    hot = fc.indicator_column(fc.sequence_categorical_column_with_identity("ids", 3))
    values, steps = run(tf.contrib.feature_column.sequence_input_layer({"ids": deep}, [embedded(), hot]))
    assert values.tolist() == [[[2, 3, 1, 1, 0], [5, 6, 0, 0, 1]], [[3, 4, 0, 1, 0], [0, 0, 0, 0, 0]]]
    assert steps.tolist() == [2, 1]


def test_a_batch_whose_last_examples_are_empty() -> None:
    empty = tf.SparseTensor(np.zeros([0, 2], np.int64), np.zeros([0], np.int64), [2, 0])
    values, steps = run(tf.contrib.feature_column.sequence_input_layer({"ids": empty}, [embedded()]))
    assert values.shape == (2, 0, 2) and steps.tolist() == [0, 0]


def test_shared_tables_and_parsed_examples() -> None:
    columns = [fc.sequence_categorical_column_with_identity(key, 3) for key in ("ids", "others")]
    shared = fc.shared_embedding_columns(columns, 2, initializer=tf.constant_initializer(TABLE))
    spec = fc.make_parse_example_spec(shared)
    assert spec == {"ids": tf.VarLenFeature(tf.int64), "others": tf.VarLenFeature(tf.int64)}
    numbers = tf.train.Feature(int64_list=tf.train.Int64List(value=[1, 2]))
    example = tf.train.Example(features=tf.train.Features(feature={"ids": numbers, "others": numbers}))
    features = tf.parse_example([example.SerializeToString()], spec)
    values, steps = run(tf.contrib.feature_column.sequence_input_layer(features, shared))
    assert values.tolist() == [[[3, 4, 3, 4], [5, 6, 5, 6]]] and steps.tolist() == [2]
    assert len(tf.global_variables()) == 1


def test_a_layer_of_keras_trains() -> None:
    layer = tf.keras.experimental.SequenceFeatures([embedded(), fc.sequence_numeric_column("n")])
    x, lengths = layer({"ids": sparse([[1, 2, 0], [2]]), "n": sparse([[1.0, 2.0, 3.0], [5.0]])})
    assert [weight.name for weight in layer.weights] == ["sequence_features/ids_embedding/embedding_weights:0"]
    cell = tf.nn.rnn_cell.GRUCell(4)
    _, state = tf.nn.dynamic_rnn(cell, x, lengths, dtype=tf.float32)
    gradient = tf.gradients(state, layer.weights)[0]
    values, gradients = run([x, tf.convert_to_tensor(gradient)])
    assert values[0].tolist() == [[3, 4, 1], [5, 6, 2], [1, 2, 3]] and np.abs(gradients).sum(1).all()


def test_lengths_that_differ_are_an_error() -> None:
    columns = [embedded(), fc.sequence_numeric_column("n")]
    features = {"ids": sparse([[1, 2], [2]]), "n": sparse([[1.0], [2.0, 3.0]])}
    with pytest.raises(tf.errors.InvalidArgumentError, match="sequence_length"):
        run(tf.contrib.feature_column.sequence_input_layer(features, columns))


def test_columns_of_the_wrong_kind() -> None:
    features = {"ids": sparse([[1, 2, 0], [2]])}
    plain = fc.embedding_column(fc.categorical_column_with_identity("ids", 3), 2)
    with pytest.raises(ValueError, match="must be of type SequenceCategoricalColumn"):
        tf.contrib.feature_column.sequence_input_layer(features, [plain])
    with pytest.raises(ValueError, match="must be dense columns of sequences"):
        tf.contrib.feature_column.sequence_input_layer(features, [fc.numeric_column("ids")])
    for column in (embedded(), fc.indicator_column(fc.sequence_categorical_column_with_identity("ids", 3))):
        with pytest.raises(ValueError, match="must not be of type SequenceCategoricalColumn"):
            fc.input_layer(features, [column])
    for wrong in ({"shape": 0}, {"dtype": tf.string}):
        with pytest.raises(ValueError, match="key: x"):
            fc.sequence_numeric_column("x", **wrong)
    with pytest.raises(TypeError, match="callable"):
        fc.sequence_numeric_column("x", normalizer_fn=3)
