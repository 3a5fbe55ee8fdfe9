"""Summaries that TensorFlow's are compared with: name -> function that builds the operation with a library."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np


def _draw(*shape: int) -> Any:
    return np.random.RandomState(7).rand(*shape).astype(np.float32)


def _odd() -> Any:
    image = _draw(1, 2, 2, 3)
    image[0, 0, 0, 1], image[0, 1, 1, 2] = np.inf, np.nan
    return image


def _in_scope(tf: Any, family: str | None) -> Any:
    with tf.name_scope("outer"):
        return tf.summary.scalar("loss of it", tf.constant(1.5), family=family)


CASES: dict[str, Callable[[Any], Any]] = {
    "scalar": lambda tf: tf.summary.scalar("loss", tf.constant(0.25)),
    "scalar_int": lambda tf: tf.summary.scalar("count", tf.constant(7, tf.int64)),
    "scalar_scope": lambda tf: _in_scope(tf, None),
    "scalar_family": lambda tf: _in_scope(tf, "fam"),
    "histogram": lambda tf: tf.summary.histogram("h", tf.constant([1.0, 2.0, 3.0, -1.0, 0.0, 100.0])),
    "histogram_int": lambda tf: tf.summary.histogram("h", tf.constant([[1, 1], [2, -900]])),
    "histogram_zeros": lambda tf: tf.summary.histogram("h", tf.zeros([5])),
    "histogram_empty": lambda tf: tf.summary.histogram("h", tf.zeros([0])),
    "histogram_huge": lambda tf: tf.summary.histogram("h", tf.constant([1e25, -1e25, 1e-20], tf.float64)),
    "image_bytes": lambda tf: tf.summary.image("i", tf.constant(np.arange(54, dtype=np.uint8).reshape(2, 3, 3, 3))),
    "image_gray": lambda tf: tf.summary.image("i", tf.constant(3 * _draw(1, 4, 5, 1))),
    "image_signed": lambda tf: tf.summary.image("i", tf.constant(3 * _draw(1, 4, 5, 3) - 1)),
    "image_alpha": lambda tf: tf.summary.image("i", tf.constant(_draw(1, 4, 5, 4))),
    "image_odd": lambda tf: tf.summary.image("i", tf.constant(_odd())),
    "image_half": lambda tf: tf.summary.image("i", tf.constant(_odd().astype(np.float16))),
    "image_double": lambda tf: tf.summary.image("i", tf.constant(_odd().astype(np.float64))),
    "image_zeros": lambda tf: tf.summary.image("i", tf.zeros([1, 2, 2, 1])),
    "image_several": lambda tf: tf.summary.image("i", tf.constant(_draw(4, 2, 2, 1)), max_outputs=2),
    "image_one": lambda tf: tf.summary.image("i", tf.constant(_draw(4, 2, 2, 1)), max_outputs=1),
    "audio": lambda tf: tf.summary.audio("a", tf.constant(3 * _draw(2, 50, 2) - 1.5), 8000.0),
    "audio_flat": lambda tf: tf.summary.audio("a", tf.constant(_draw(2, 50)), 44100, max_outputs=1),
    "text": lambda tf: tf.summary.text("t", tf.constant(["hello", "you"])),
    "tensor": lambda tf: tf.summary.tensor_summary("t", tf.constant([1, 2]), "words", display_name="shown"),
    "merged": lambda tf: tf.summary.merge(
        [tf.summary.scalar("a", tf.constant(1.0)), tf.summary.text("t", tf.constant("x"))]
    ),
}
