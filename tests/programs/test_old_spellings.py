"""TensorFlow 0.x's spellings are taken where they are unambiguous, with one warning for each line."""

from __future__ import annotations

import warnings
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

import sessile as tf
from sessile import old


@pytest.fixture(autouse=True)
def nothing_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(old, "_told", set())


def x() -> Any:
    """A matrix."""
    return tf.placeholder(tf.float32, [2, 4])


SPELLINGS: dict[str, tuple[Callable[[], Any], list[int]]] = {
    "concat": (lambda: tf.concat(1, [x(), x()]), [2, 8]),
    "concat of a tensor's axis": (lambda: tf.concat(tf.constant(0), [x(), x()]), [4, 4]),
    "concat_dim": (lambda: tf.concat(concat_dim=0, values=[x(), x()]), [4, 4]),
    "split": (lambda: tf.split(1, 2, x())[0], [2, 2]),
    "split by name": (lambda: tf.split(split_dim=0, num_split=2, value=x())[1], [1, 4]),
}


@pytest.mark.parametrize("name", SPELLINGS)
def test_an_old_order_is_taken_with_a_warning(name: str) -> None:
    build, extents = SPELLINGS[name]
    with pytest.warns(tf.UsageWarning, match=r"is TensorFlow 0.x's spelling, and is taken as .*test_old_spellings.py:"):
        assert build().shape.as_list() == extents


def test_a_line_is_told_once() -> None:
    with pytest.warns(tf.UsageWarning) as told:
        for _ in range(3):
            tf.concat(0, [x(), x()])
    assert len(told) == 1 and told[0].filename == __file__


def test_today_s_order_is_no_old_one() -> None:
    """Also with tensors and arrays as axes and values."""
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert tf.concat([x(), x()], 1).shape.as_list() == [2, 8]
        assert tf.concat(axis=1, values=[x(), x()]).shape.as_list() == [2, 8]
        assert tf.concat((x(), x()), tf.constant(1)).shape.as_list() == [2, 8]
        assert tf.split(x(), 2, 1)[0].shape.as_list() == [2, 2]
        assert tf.split(x(), [1, 3], axis=1)[1].shape.as_list() == [2, 3]
        assert tf.split(value=x(), num_or_size_splits=2, axis=1)[0].shape.as_list() == [2, 2]
        assert tf.split(np.zeros([4, 2]), 2)[0].shape.as_list() == [2, 2]


def test_losses_by_place_have_the_logits_first_under_the_name_of_tensorflow() -> None:
    """TensorFlow 1.15 takes them by keywords only; `compat.v1` of later ones takes the labels first."""
    logits, labels = tf.constant([[2.0, 0.0]]), tf.constant([[1.0, 0.0]])
    kept = tf.nn.softmax_cross_entropy_with_logits(labels=labels, logits=logits)
    tf.install()
    try:
        import tensorflow as hooked

        with pytest.warns(tf.UsageWarning, match=r"softmax_cross_entropy_with_logits\(logits, labels\)"):
            old_order = hooked.nn.softmax_cross_entropy_with_logits(logits, labels)
        with pytest.warns(tf.UsageWarning):
            sparse = hooked.nn.sparse_softmax_cross_entropy_with_logits(logits, [0])
        named = hooked.nn.softmax_cross_entropy_with_logits(labels=labels, logits=logits)
    finally:
        tf.uninstall()
    with tf.Session() as sess:
        values = sess.run([kept, old_order, sparse, named])
    assert len({float(value[0]) for value in values}) == 1


def test_old_names() -> None:
    batch = tf.placeholder(tf.float32, [5, 2, 3])
    assert tf.batch_matmul(batch, batch, adj_y=True).shape.as_list() == [5, 2, 2]
    assert tf.list_diff([1, 2], [2]).out.dtype == tf.int32
    assert tf.nn.deconv2d is tf.nn.conv2d_transpose and tf.concat_v2 is tf.concat
    with tf.op_scope([batch], None, "inner") as scope:
        assert scope == "inner/"
    for name in ("mul", "sub", "neg", "pack", "unpack", "select", "scalar_summary", "merge_all_summaries",
                 "initialize_all_variables", "all_variables", "train.SummaryWriter"):  # fmt: skip
        holder: Any = tf
        for part in name.split("."):
            holder = getattr(holder, part)


def test_recurrent_networks_by_their_old_names() -> None:
    """`nn.rnn` is `nn.static_rnn`, under the name `tensorflow`."""
    tf.install()
    try:
        import tensorflow as hooked

        cell = hooked.nn.rnn_cell.BasicRNNCell(2)
        with pytest.warns(tf.UsageWarning, match="nn.rnn is TensorFlow 0.x's spelling, and is taken as nn.static_rnn"):
            outputs, _ = hooked.nn.rnn(cell, [tf.zeros([1, 3])] * 2, dtype=tf.float32)
        with pytest.warns(tf.UsageWarning, match="nn.static_bidirectional_rnn"):
            both = hooked.nn.bidirectional_rnn(cell, cell, [tf.zeros([1, 3])], dtype=tf.float32)[0]
    finally:
        tf.uninstall()
    assert outputs[1].shape.as_list() == [1, 2] and both[0].shape.as_list() == [1, 4]


def test_keras_within_contrib_is_keras() -> None:
    """By attribute, and by the modules that programs import."""
    assert tf.contrib.keras is tf.keras
    tf.install()
    try:
        from tensorflow.contrib.keras import layers
        from tensorflow.contrib.keras.api.keras.datasets import mnist
    finally:
        tf.uninstall()
    assert layers.Dense is tf.keras.layers.Dense and callable(mnist.load_data)


def test_complex_abs() -> None:
    with tf.Graph().as_default(), tf.Session() as session:
        assert session.run(tf.complex_abs(3 + 4j)) == 5.0
    assert tf.complex_abs.__name__ == "complex_abs"
