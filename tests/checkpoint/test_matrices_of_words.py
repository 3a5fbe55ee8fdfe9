"""Initializers that take a matrix of a checkpoint to new vocabularies: what TensorFlow 1.15.5 gave."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

import sessile as tf

F = tf.contrib.framework
load = F.load_and_remap_matrix_initializer
ONES = tf.ones_initializer()


@pytest.fixture
def saved(tmp_path: Path) -> dict[str, str]:
    """A checkpoint of matrices, and files of the words of old and new rows and columns."""
    found = {}
    for name, words in {"old": "abcd", "new": "dxbya", "old_columns": "pqr", "new_columns": "rzp"}.items():
        path = tmp_path / name
        path.write_text("\n".join(words) + "\n")
        found[name] = str(path)
    with tf.Graph().as_default(), tf.Session() as sess:
        tf.get_variable("m", initializer=np.arange(12, dtype=np.float32).reshape(4, 3))
        tf.get_variable("bias", initializer=np.arange(4, dtype=np.float32).reshape(4, 1))
        sess.run(tf.global_variables_initializer())
        found["path"] = tf.train.Saver().save(sess, str(tmp_path / "model"))
    return found


def values(initializer: Any, shape: list[int], **options: Any) -> Any:
    tf.set_random_seed(3)
    variable = tf.get_variable("v", shape, initializer=initializer, **options)
    with tf.Session() as sess:
        sess.run(tf.global_variables_initializer())
        return np.round(sess.run(tf.convert_to_tensor(variable)), 4).tolist()


def test_rows_and_columns_go_to_their_words(saved: dict[str, str]) -> None:
    files = saved["old"], saved["new"], saved["old_columns"], saved["new_columns"]
    found = values(load(saved["path"], "m", 5, 3, -1, *files, initializer=ONES), [5, 3])
    assert found == [[11, 1, 9], [1, 1, 1], [5, 1, 3], [1, 1, 1], [2, 1, 0]]


def test_new_numbers_have_tensorflows_seeds(saved: dict[str, str]) -> None:
    drawn = load(saved["path"], "m", 5, 3, -1, saved["old"], saved["new"], initializer=tf.random_normal_initializer())
    found = values(drawn, [5, 3])
    assert found[0] == [9, 10, 11]
    np.testing.assert_allclose(found[1], [1.0693, 0.1025, 0.1459], atol=1e-4)
    np.testing.assert_allclose(found[3], [-0.1208, 0.9803, -0.6289], atol=1e-4)


def test_parts_slots_embeddings_and_biases(saved: dict[str, str]) -> None:
    files = saved["old"], saved["new"]
    whole = [[9, 10, 11], [1, 1, 1], [3, 4, 5], [1, 1, 1], [0, 1, 2], [1, 1, 1], [1, 1, 1]]
    cut = load(saved["path"], "m", 5, 3, -1, *files, num_row_oov_buckets=2, initializer=ONES)
    assert values(cut, [7, 3], partitioner=tf.fixed_size_partitioner(3)) == whole

    class Part:
        def single_offset(self, shape: Any) -> int:
            return 3

    slot = F.load_variable_slot_initializer(
        saved["path"], "m", Part(), 5, 3, *files, num_row_oov_buckets=2, initializer=ONES
    )  # fmt: skip
    with tf.Graph().as_default():
        assert values(slot, [2, 3]) == whole[3:5]
    with tf.Graph().as_default():
        embedding = F.load_embedding_initializer(saved["path"], "m", 5, 3, *files, old_vocab_size=3, initializer=ONES)
        assert values(embedding, [5, 3]) == [[1, 1, 1], [1, 1, 1], [3, 4, 5], [1, 1, 1], [0, 1, 2]]
    with tf.Graph().as_default():
        bias = F.load_linear_multiclass_bias_initializer(saved["path"], "bias", 5, *files)
        assert values(bias, [5, 1]) == [[3], [0], [1], [0], [0]]


def test_what_does_not_fit(saved: dict[str, str]) -> None:
    files = saved["old"], saved["new"]
    for wrong in ({"num_row_oov_buckets": -1}, {"num_col_oov_buckets": -1}):
        with pytest.raises(ValueError, match="must be >= 0"):
            load(saved["path"], "m", 5, 3, -1, *files, **wrong)
    rows = load(saved["path"], "m", 5, 3, -1, *files)
    for shape in ([5], [5, 4], [6, 3]):
        with pytest.raises(ValueError, match="Expected|Trying"):
            rows(shape)
    with pytest.raises(TypeError, match="float32"):
        rows([5, 3], tf.float64)
    with pytest.raises(ValueError, match="Files of words"):
        load(saved["path"], "m", 4, 3)([4, 3])
    with pytest.raises(TypeError, match="integer and string"):
        tf.contrib.lookup.index_table_from_tensor(tf.constant([1.0]), dtype=tf.float32)
