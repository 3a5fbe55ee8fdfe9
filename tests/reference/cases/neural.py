"""Lookups, dropout, batch normalisation and the step counter."""

from __future__ import annotations

from typing import Any

import numpy as np

TABLE = np.arange(12, dtype=np.float32).reshape(4, 3)
X = np.arange(6, dtype=np.float32).reshape(2, 3)


def _fed(function: Any) -> Any:
    def case(tf: Any) -> Any:
        x = tf.placeholder(tf.float32, [None, 3], name="x")
        return function(tf, x), {x: X}

    return case


def _parts(tf: Any, rows: int, **arguments: Any) -> Any:
    table = np.arange(3 * rows, dtype=np.float32).reshape(rows, 3)
    strategy = arguments.get("partition_strategy", "mod")
    parts = [table[i::3] for i in range(3)] if strategy == "mod" else np.array_split(table, 3)
    return tf.nn.embedding_lookup([tf.constant(part) for part in parts], [[0, 5], [rows - 1, 2]], **arguments)


def _constants(tf: Any, *rows: Any) -> list[Any]:
    return [None if row is None else tf.constant(row) for row in rows]


MOMENTS = [1.0, 2.0, 3.0], [1.0, 4.0, 0.25]


def _normalized(offset: Any, scale: Any) -> Any:
    return _fed(lambda tf, x: tf.nn.batch_normalization(x, *_constants(tf, *MOMENTS, offset, scale), 1e-3))


def _typed_step(tf: Any, dtype: Any, shape: Any) -> Any:
    tf.Variable(tf.zeros(shape, dtype), name="global_step", use_resource=False)
    return tf.train.get_global_step()


def _step_twice(tf: Any) -> Any:
    tf.train.create_global_step()
    return tf.train.create_global_step().name


CASES = {
    "embedding_lookup": lambda tf: tf.nn.embedding_lookup(tf.constant(TABLE), [[1], [3]]),
    "embedding_lookup_list_of_one": lambda tf: tf.nn.embedding_lookup([tf.constant(TABLE)], [2, 2]),
    "embedding_lookup_int64": lambda tf: tf.nn.embedding_lookup(tf.constant(TABLE), np.array([1], np.int64)),
    "embedding_lookup_named": lambda tf: tf.nn.embedding_lookup(tf.constant(TABLE), [0], name="look"),
    "embedding_lookup_max_norm": lambda tf: tf.nn.embedding_lookup(tf.constant(TABLE), [0, 3], max_norm=5.0),
    "embedding_lookup_outside": lambda tf: tf.nn.embedding_lookup(tf.constant(TABLE), [4]),
    "embedding_lookup_mod": lambda tf: _parts(tf, 7),
    "embedding_lookup_div": lambda tf: _parts(tf, 7, partition_strategy="div"),
    "embedding_lookup_div_even": lambda tf: _parts(tf, 6, partition_strategy="div", max_norm=4.0),
    "embedding_lookup_strategy": lambda tf: _parts(tf, 6, partition_strategy="x"),
    "embedding_lookup_no_parts": lambda tf: tf.nn.embedding_lookup([], [1]),
    "dropout_nothing": _fed(lambda tf, x: tf.nn.dropout(x, 1.0)),
    "dropout_zero_rate": _fed(lambda tf, x: tf.nn.dropout(x, rate=0)),
    "dropout_integers": lambda tf: tf.nn.dropout([1, 2], 0.5),
    "dropout_range": _fed(lambda tf, x: tf.nn.dropout(x, rate=1.0)),
    "dropout_negative": _fed(lambda tf, x: tf.nn.dropout(x, 1.5)),
    "dropout_both": _fed(lambda tf, x: tf.nn.dropout(x, 0.5, rate=0.5)),
    "dropout_neither": _fed(lambda tf, x: tf.nn.dropout(x)),
    "dropout_nodes": _fed(lambda tf, x: tf.shape(tf.nn.dropout(x, rate=0.25, seed=3))),
    "dropout_nodes_of_a_tensor": _fed(lambda tf, x: tf.shape(tf.nn.dropout(x, tf.constant(0.5), [1, 3], seed=3))),
    "batch_normalization": _normalized([1.0, 2.0, 3.0], [2.0, 3.0, 4.0]),
    "batch_normalization_no_scale": _normalized([1.0, 2.0, 3.0], None),
    "batch_normalization_no_offset": _normalized(None, [2.0, 3.0, 4.0]),
    "batch_normalization_plain": _normalized(None, None),
    "global_step": lambda tf: tf.shape(tf.train.get_or_create_global_step()),
    "global_step_type": lambda tf: _typed_step(tf, tf.float32, []),
    "global_step_shape": lambda tf: _typed_step(tf, tf.int64, [2]),
    "global_step_found": lambda tf: tf.shape(_typed_step(tf, tf.int32, [])),
    "global_step_twice": _step_twice,
}
