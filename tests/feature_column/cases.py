"""Feature columns, written against TensorFlow 1's names: recorded with TensorFlow 1.15, replayed here."""

from __future__ import annotations

from typing import Any

import numpy as np


def features(tf: Any) -> Any:
    """A batch of three examples."""
    return {
        "age": tf.constant([[23.0], [44.0], [61.0]]),
        "point": tf.constant([[1.0, 2.0], [3.0, 4.0], [5.0, 6.0]]),
        "city": tf.constant(["rome", "", "oslo"]),
        "zip": tf.constant([[7, 3], [-1, 12], [5, -1]]),
        "tags": tf.SparseTensor([[0, 0], [0, 1], [2, 0]], ["a", "b", "c"], [3, 2]),
        "weights": tf.SparseTensor([[0, 0], [0, 1], [2, 0]], [0.5, 2.0, 3.0], [3, 2]),
        "kind": tf.constant([[0], [2], [1]], tf.int64),
    }


def columns(tf: Any) -> dict[str, Any]:
    """Columns of each kind."""
    fc = tf.feature_column
    age = fc.numeric_column("age")
    ages = fc.bucketized_column(age, [30, 50])
    tags = fc.categorical_column_with_hash_bucket("tags", 5)
    kind = fc.categorical_column_with_identity("kind", 4)
    return {
        "age": age,
        "ages": ages,
        "point": fc.numeric_column("point", shape=[2], normalizer_fn=lambda x: x / 10.0),
        "city": fc.categorical_column_with_hash_bucket("city", 10),
        "zip": fc.categorical_column_with_hash_bucket("zip", 7, dtype=tf.int64),
        "tags": tags,
        "weighted": fc.weighted_categorical_column(tags, "weights"),
        "kind": kind,
        "kind with default": fc.categorical_column_with_identity("kind", 2, default_value=1),
        "words": fc.categorical_column_with_vocabulary_list("city", ["oslo", "rome"]),
        "words and others": fc.categorical_column_with_vocabulary_list("city", ["oslo"], num_oov_buckets=2),
        "numbers": fc.categorical_column_with_vocabulary_list("kind", [2, 0], dtype=tf.int64),
        "crossed": fc.crossed_column([ages, "city"], 100),
        "crossed with key": fc.crossed_column(["tags", kind, "city"], 13, hash_key=5),
    }


def _values(tf: Any, tensors: Any) -> Any:
    with tf.Session() as session:
        session.run([tf.global_variables_initializer(), tf.tables_initializer()])
        return np.asarray(session.run(tensors), float).tolist()


def _layer(name: str, wrap: str | None = None, **options: Any) -> Any:
    def run(tf: Any) -> Any:
        with tf.Graph().as_default():
            tf.set_random_seed(3)
            column = columns(tf)[name]
            if wrap is not None:
                column = getattr(tf.feature_column, wrap)(column, **options)
            tensor = tf.feature_column.input_layer(features(tf), [column])
            return {
                "name": column.name, "tensor": tensor.name, "shape": tensor.shape.as_list(),
                "variables": [variable.name for variable in tf.global_variables()], "values": _values(tf, tensor),
            }  # fmt: skip

    return run


def shared(tf: Any) -> Any:
    """Columns that share a table."""
    with tf.Graph().as_default():
        tf.set_random_seed(3)
        fc = tf.feature_column
        found = [columns(tf)["city"], fc.categorical_column_with_hash_bucket("tags", 10)]
        both = fc.shared_embedding_columns(found, 2)
        tensor = fc.input_layer(features(tf), [*both, columns(tf)["age"]])
        names = [variable.name for variable in tf.global_variables()]
        return {"variables": names, "values": _values(tf, tensor), "names": [column.name for column in both]}


def linear(tf: Any) -> Any:
    """A linear model of many columns, with weights that are given."""
    with tf.Graph().as_default():
        made = columns(tf)
        chosen = [made[name] for name in ("age", "ages", "point", "city", "zip", "weighted", "kind", "crossed")]
        told: dict[Any, Any] = {}
        tensor = tf.feature_column.linear_model(features(tf), chosen, units=2, cols_to_vars=told)
        with tf.Session() as session:
            session.run([tf.global_variables_initializer(), tf.tables_initializer()])
            for number, variable in enumerate(tf.global_variables()):
                shape = variable.shape.as_list()
                value = np.arange(np.prod(shape), dtype="float32").reshape(shape) / 7 + number
                session.run(tf.assign(variable, value))
            values = session.run(tensor).tolist()
        names = sorted(key if isinstance(key, str) else key.name for key in told)
        variables = [variable.name for variable in tf.global_variables()]
        return {"values": values, "tensor": tensor.name, "variables": variables, "told": names}


def parsing(tf: Any) -> Any:
    """What is to be parsed for columns."""
    made = columns(tf)
    chosen = [made[name] for name in ("age", "point", "city", "weighted", "crossed")]
    chosen.append(tf.feature_column.embedding_column(made["words"], 2))
    spec = tf.feature_column.make_parse_example_spec(chosen)
    return sorted([key, str(value)] for key, value in spec.items())


_CATEGORICAL = [
    "city", "zip", "tags", "weighted", "kind", "kind with default", "words", "words and others", "numbers", "crossed",
    "crossed with key",
]  # fmt: skip
CASES: dict[str, Any] = {
    **{name: _layer(name) for name in ("age", "ages", "point")},
    **{f"indicator of {name}": _layer(name, "indicator_column") for name in _CATEGORICAL},
    **{
        f"embedding of {name}": _layer(name, "embedding_column", dimension=3, combiner=combiner)
        for name, combiner in (("city", "mean"), ("tags", "sum"), ("weighted", "sqrtn"), ("words and others", "mean"))
    },
    "shared": shared,
    "linear": linear,
    "parsing": parsing,
}
