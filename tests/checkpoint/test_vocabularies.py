"""Warm starts across vocabularies; the numbers are those of TensorFlow 1.15.5."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import sessile as tf

ZEROS = tf.zeros_initializer()
ONES = tf.ones_initializer()
A, B, C = [0, 1], [2, 3], [4, 5]  # the rows of the words of the checkpoint
Words = Callable[..., Any]


@pytest.fixture(name="start")
def _start(tmp_path: Path) -> Callable[..., Any]:
    """A function that warm-starts the variables it is given and returns their values."""
    (tmp_path / "old").write_text("a\nb\nc\n")
    (tmp_path / "new").write_text("c\nd\na\nb\n")
    with tf.Graph().as_default(), tf.Session() as sess:
        tf.get_variable("emb", initializer=np.arange(6, dtype=np.float32).reshape(3, 2))
        tf.get_variable("kernel", initializer=np.arange(6, dtype=np.float32).reshape(2, 3))
        tf.get_variable("w", initializer=[1.0, 2.0])
        sess.run(tf.global_variables_initializer())
        path = tf.train.Saver().save(sess, str(tmp_path / "m"))

    def start(variables: list[tuple[Any, ...]], vocabularies: dict[str, Any], chosen: Any = ".*", **more: Any) -> Any:
        information = {
            name: tf.train.VocabInfo(str(tmp_path / "new"), size, buckets, str(tmp_path / "old"), *rest)
            for name, (size, buckets, *rest) in vocabularies.items()
        }
        with tf.Graph().as_default(), tf.Session() as sess:
            tf.set_random_seed(1)
            for name, shape, *parts in variables:
                cut = tf.fixed_size_partitioner(*parts) if parts else None
                tf.get_variable(name, shape, initializer=ZEROS, partitioner=cut)
            tf.train.warm_start(path, chosen, information, **more)
            sess.run(tf.global_variables_initializer())
            return [value.tolist() for value in sess.run(tf.global_variables())]

    return start


def test_rows_follow_their_words(start: Words) -> None:
    """New words and the buckets of others have what the backup initializer makes, zeros without one."""
    assert start([("emb", [4, 2])], {"emb": (4, 0)}) == [[C, [0, 0], A, B]]
    assert start([("emb", [5, 2])], {"emb": (4, 1, -1, ONES)}) == [[C, [1, 1], A, B, [1, 1]]]
    assert start([("emb", [3, 2])], {"emb": (4, 0)}) == [[C, [0, 0], A]]
    assert start([("emb", [4, 2])], {"emb": (4, 0, 2, ONES)}) == [[[1, 1], [1, 1], A, B]]  # of two old words


def test_columns_follow_their_words(start: Words) -> None:
    found = start([("kernel", [2, 5])], {"kernel": (4, 1, -1, ONES, 1)})
    assert found == [[[2, 1, 0, 1, 1], [5, 1, 3, 4, 1]]]


def test_what_is_missing_is_drawn_as_there(start: Words) -> None:
    ((_, drawn, *_),) = start([("emb", [4, 2])], {"emb": (4, 0, -1, tf.random_uniform_initializer(seed=3))})
    assert np.allclose(drawn, [0.7787855863571167, 0.8011977672576904], rtol=0, atol=0)


def test_parts_and_other_names(start: Words) -> None:
    assert start([("emb", [4, 2], 2)], {"emb": (4, 0)}) == [[C, [0, 0]], [A, B]]
    found = start([("q/emb", [4, 2])], {"q/emb": (4, 0)}, var_name_to_prev_var_name={"q/emb": "emb"})
    assert found == [[C, [0, 0], A, B]]


def test_others_start_as_ever(start: Words) -> None:
    """None of the names chosen: only those with a vocabulary start so."""
    variables = [("emb", [4, 2]), ("w", [2])]
    assert start(variables, {"emb": (4, 0)})[1] == [1, 2]
    assert start(variables, {"emb": (4, 0)}, None) == [[C, [0, 0], A, B], [0, 0]]


def test_what_does_not_fit_is_told(start: Words, tmp_path: Path) -> None:
    with pytest.raises(ValueError, match=r"exceed expected total row count of new_row_vocab_size \(4\)"):
        start([("emb", [5, 2])], {"emb": (4, 0)})
    with pytest.raises(ValueError, match="in var_name_to_vocab_info that were not used: .*'other'"):
        start([("w", [2])], {"other": (4, 0)})
    with pytest.raises(ValueError, match="in var_name_to_prev_var_name that were not used: .*'other'"):
        start([("w", [2])], {}, var_name_to_prev_var_name={"other": "w"})
    with pytest.raises(ValueError, match="is of the rows or columns of a matrix"):
        start([("w", [2])], {"w": (4, 0)})
    (tmp_path / "new").unlink()
    with pytest.raises(tf.errors.NotFoundError, match="No such file or directory"):
        start([("emb", [4, 2])], {"emb": (4, 0)})
