"""What TensorFlow 1.15 answered to the cases is what feature columns give here."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import sessile as tf
from tests.feature_column import cases

RECORDED = json.loads((Path(__file__).parent / "recorded.json").read_text())


@pytest.mark.parametrize("name", list(cases.CASES))
def test_answers_are_those_of_tensorflow(name: str) -> None:
    """Names, shapes and values, with the same random numbers."""
    found, wanted = cases.CASES[name](tf), RECORDED[name]
    if name == "parsing":
        assert [key for key, _ in found] == [key for key, _ in wanted]
        assert [text for _, text in found if "VarLen" in text] == [text for _, text in wanted if "VarLen" in text]
        return
    for key, value in wanted.items():
        if key == "values":
            np.testing.assert_allclose(found[key], value, 1e-5, 1e-6)
        else:
            assert found[key] == value, key


@pytest.mark.parametrize(
    ("make", "kind", "words"),
    [
        (lambda fc: fc.numeric_column("a", shape=[0]), ValueError, "greater than 0"),
        (lambda fc: fc.numeric_column("a", dtype=tf.string), ValueError, "convertible to float"),
        (lambda fc: fc.bucketized_column(fc.numeric_column("a"), [3, 1]), ValueError, "sorted list"),
        (lambda fc: fc.categorical_column_with_identity("a", 3, 5), ValueError, "not in range"),
        (lambda fc: fc.categorical_column_with_vocabulary_list("a", ["x", "x"]), ValueError, "Duplicate keys"),
        (lambda fc: fc.crossed_column(["a"], 3), ValueError, "length > 1"),
        (lambda fc: fc.crossed_column([fc.categorical_column_with_hash_bucket("a", 3), "b"], 3), ValueError, "Hashing"),
        (lambda fc: fc.embedding_column(fc.categorical_column_with_identity("a", 3), 0), ValueError, "Invalid dim"),
        (lambda fc: fc.input_layer({"a": [1]}, fc.categorical_column_with_identity("a", 3)), ValueError, "dense"),
        (lambda fc: fc.input_layer({"b": [1]}, fc.numeric_column("a")), ValueError, "Feature a is not in"),
        (lambda fc: fc.input_layer({"a": [1.0]}, [fc.numeric_column("a")] * 2), ValueError, "Duplicate feature column"),
    ],
)  # fmt: skip
def test_mistakes_are_told(make: Any, kind: type[Exception], words: str) -> None:
    """In words that name the column."""
    with tf.Graph().as_default(), pytest.raises(kind, match=words):
        make(tf.feature_column)


def test_a_number_out_of_range_fails_the_step() -> None:
    """An identity column without default."""
    with tf.Graph().as_default(), tf.Session() as session:
        column = tf.feature_column.categorical_column_with_identity("a", 3)
        source = tf.placeholder(tf.int64, [None, 1])
        layer = tf.feature_column.input_layer({"a": source}, tf.feature_column.indicator_column(column))
        assert session.run(layer, {source: [[2]]}).tolist() == [[0.0, 0.0, 1.0]]
        with pytest.raises(tf.errors.InvalidArgumentError):
            session.run(layer, {source: [[3]]})


def test_tables_of_embeddings_are_trained() -> None:
    """The rows that are used, through the lookup."""
    with tf.Graph().as_default(), tf.Session() as session:
        column = tf.feature_column.categorical_column_with_hash_bucket("a", 4)
        layer = tf.feature_column.input_layer({"a": ["x", "y"]}, tf.feature_column.embedding_column(column, 2))
        loss = tf.reduce_mean(tf.square(layer - [[1.0, 2.0], [3.0, 4.0]]))
        step = tf.train.GradientDescentOptimizer(0.5).minimize(loss)
        session.run(tf.global_variables_initializer())
        for _ in range(60):
            session.run(step)
        assert session.run(loss) < 1e-6


def test_columns_are_a_layer_of_keras() -> None:
    """DenseFeatures gives what input_layer gives."""
    with tf.Graph().as_default(), tf.Session() as session:
        made = cases.columns(tf)
        chosen = [made["age"], tf.feature_column.embedding_column(made["city"], 2)]
        layer = tf.keras.layers.DenseFeatures(chosen)
        first, again = layer(cases.features(tf)), layer(cases.features(tf))
        assert [variable.name for variable in layer.weights] == ["dense_features/city_embedding/embedding_weights:0"]
        session.run(tf.global_variables_initializer())
        np.testing.assert_array_equal(*session.run([first, again]))
