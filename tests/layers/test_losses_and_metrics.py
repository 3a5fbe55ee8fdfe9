"""Losses and metrics give the values that TensorFlow 1.15.5 gave for the same numbers."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

import numpy as np
import pytest

import sessile as tf

_R = np.random.RandomState(0)
lab = _R.randint(0, 2, (3, 20))
pred = _R.rand(3, 20).astype("f")
w = _R.rand(3, 20).astype("f")
cl = _R.randint(0, 4, (3, 20))
cp = _R.randint(0, 4, (3, 20))
sc = _R.rand(3, 6, 8).astype("f")
sl = _R.randint(0, 8, (3, 6, 2)).astype("i8")
i = 0  # the batch

# Per case: what is built, and the first values recorded after one and two updates.
CASES: Final[dict[str, tuple[Callable[[], Any], list[float]]]] = {
    "mean": (lambda: tf.metrics.mean(tf.constant(pred[i])), [0.47323, 0.47323]),
    "meanw": (lambda: tf.metrics.mean(tf.constant(pred[i]), tf.constant(w[i])), [0.46497, 0.46497]),
    "acc": (lambda: tf.metrics.accuracy(tf.constant(cl[i]), tf.constant(cp[i])), [0.1, 0.1]),
    "accw": (
        lambda: tf.metrics.accuracy(tf.constant(cl[i]), tf.constant(cp[i]), tf.constant(w[i])),
        [0.17061, 0.17061],
    ),
    "cos": (
        lambda: tf.metrics.mean_cosine_distance(tf.constant(sc[i]), tf.constant(sc[i] * 0.3), 1),
        [0.22525, 0.22525],
    ),
    "below": (lambda: tf.metrics.percentage_below(tf.constant(pred[i]), 0.4), [0.4, 0.4]),
    "mt": (
        lambda: tf.metrics.mean_tensor(tf.constant(pred[i])),
        [0.26456, 0.77423, 0.45615, 0.56843, 0.01879, 0.61764],
    ),
    "prec": (lambda: tf.metrics.precision(tf.constant(lab[i]), tf.constant(pred[i] > 0.4)), [0.58333, 0.58333]),
    "rec": (
        lambda: tf.metrics.recall(tf.constant(lab[i]), tf.constant(pred[i] > 0.4), tf.constant(w[i])),
        [0.45669, 0.45669],
    ),
    "tp": (lambda: tf.metrics.true_positives(tf.constant(lab[i]), tf.constant(pred[i] > 0.4)), [7.0, 14.0]),
    "fn": (lambda: tf.metrics.false_negatives(tf.constant(lab[i]), tf.constant(pred[i] > 0.4)), [4.0, 8.0]),
    "iou": (lambda: tf.metrics.mean_iou(tf.constant(cl[i]), tf.constant(cp[i]), 4), [0.04356, 0.04356]),
    "mpca": (lambda: tf.metrics.mean_per_class_accuracy(tf.constant(cl[i]), tf.constant(cp[i]), 4), [0.06696, 0.06696]),
    "auc": (lambda: tf.metrics.auc(tf.constant(lab[i]), tf.constant(pred[i])), [0.57576, 0.57576]),
    "aucpr": (
        lambda: tf.metrics.auc(tf.constant(lab[i]), tf.constant(pred[i]), tf.constant(w[i]), curve="PR"),
        [0.67031, 0.67031],
    ),
    "aucci": (
        lambda: tf.metrics.auc(
            tf.constant(lab[i]), tf.constant(pred[i]), curve="PR", summation_method="careful_interpolation"
        ),
        [0.67233, 0.67233],
    ),
    "pat": (
        lambda: tf.metrics.precision_at_thresholds(tf.constant(lab[i]), tf.constant(pred[i]), [0.2, 0.5, 0.7]),
        [0.52941, 0.6, 1.0, 0.52941, 0.6, 1.0],
    ),
    "rat": (
        lambda: tf.metrics.recall_at_thresholds(tf.constant(lab[i]), tf.constant(pred[i]), [0.2, 0.5, 0.7]),
        [0.81818, 0.54545, 0.18182, 0.81818, 0.54545, 0.18182],
    ),
    "sas": (
        lambda: tf.metrics.sensitivity_at_specificity(tf.constant(lab[i]), tf.constant(pred[i]), 0.6),
        [0.63636, 0.63636],
    ),
    "sps": (
        lambda: tf.metrics.specificity_at_sensitivity(tf.constant(lab[i]), tf.constant(pred[i]), 0.6),
        [0.55556, 0.55556],
    ),
    "rk": (lambda: tf.metrics.recall_at_k(tf.constant(sl[i]), tf.constant(sc[i]), 3), [0.58333, 0.58333]),
    "pk": (lambda: tf.metrics.precision_at_k(tf.constant(sl[i]), tf.constant(sc[i]), 3), [0.38889, 0.38889]),
    "pkc": (lambda: tf.metrics.precision_at_k(tf.constant(sl[i]), tf.constant(sc[i]), 3, class_id=2), [0.25, 0.25]),
    "rkc": (lambda: tf.metrics.recall_at_k(tf.constant(sl[i]), tf.constant(sc[i]), 3, class_id=2), [1.0, 1.0]),
    "apk": (lambda: tf.metrics.average_precision_at_k(tf.constant(sl[i]), tf.constant(sc[i]), 3), [0.38889, 0.38889]),
    "loss_abs": (
        lambda: (
            tf.losses.absolute_difference(tf.constant(lab[i]), tf.constant(pred[i]), tf.constant(w[i])),
            tf.no_op(),
        ),
        [0.23738, 0.23738],
    ),
    "loss_huber": (
        lambda: (tf.losses.huber_loss(tf.constant(lab[i]), tf.constant(pred[i] * 5)), tf.no_op()),
        [1.48415, 1.48415],
    ),
    "loss_log": (
        lambda: (tf.losses.log_loss(tf.constant(lab[i]), tf.constant(pred[i])), tf.no_op()),
        [0.88184, 0.88184],
    ),
    "loss_hinge": (
        lambda: (tf.losses.hinge_loss(tf.constant(lab[i]), tf.constant(pred[i])), tf.no_op()),
        [0.92275, 0.92275],
    ),
    "loss_cos": (
        lambda: (tf.losses.cosine_distance(tf.constant(sc[i]), tf.constant(sc[i]), axis=1), tf.no_op()),
        [-1.58251, -1.58251],
    ),
    "loss_pair": (
        lambda: (tf.losses.mean_pairwise_squared_error(tf.constant(sc[i]), tf.constant(sc[i] ** 2)), tf.no_op()),
        [0.06357, 0.06357],
    ),
    "loss_sig": (
        lambda: (
            tf.losses.sigmoid_cross_entropy(tf.constant(lab[i]), tf.constant(pred[i]), label_smoothing=0.1),
            tf.no_op(),
        ),
        [0.69328, 0.69328],
    ),
    "loss_soft": (
        lambda: (
            tf.losses.softmax_cross_entropy(
                tf.constant(sc[i]), tf.constant(sc[i] * 2), label_smoothing=0.1, reduction="weighted_mean"
            ),
            tf.no_op(),
        ),
        [7.11257, 7.11257],
    ),
    "loss_sparse": (
        lambda: (
            tf.losses.sparse_softmax_cross_entropy(
                tf.constant(sl[i][:, :1]), tf.constant(sc[i]), tf.constant([[1.0], [0], [2], [1], [1], [1]])
            ),
            tf.no_op(),
        ),
        [2.55923, 2.55923],
    ),
    "loss_none": (
        lambda: (tf.losses.mean_squared_error(tf.constant(lab[i]), tf.constant(pred[i]), reduction="none"), tf.no_op()),
        [0.06999, 0.05097, 0.29577, 0.32312, 0.96277, 0.1462],
    ),
}


@pytest.mark.parametrize("case", CASES)
def test_values(case: str) -> None:
    make, recorded = CASES[case]
    with tf.variable_scope("m"):
        value, update = make()
    found = []
    with tf.Session() as sess:
        sess.run(tf.local_variables_initializer())
        for _ in range(2):
            sess.run(update)
            found.append(np.asarray(sess.run(value), np.float64))
    np.testing.assert_allclose(np.ravel(found)[: len(recorded)], recorded, atol=2e-5)


def test_metrics_keep_local_variables_named_as_in_tensorflow() -> None:
    tf.metrics.accuracy([1], [1])
    tf.metrics.recall_at_k([[1]], [[0.5, 0.5]], 1)
    assert [v.name for v in tf.local_variables()] == [
        "accuracy/total:0", "accuracy/count:0", "recall_at_1/true_positive_at_1:0", "recall_at_1/false_negative_at_1:0",
    ]  # fmt: skip
    assert tf.trainable_variables() == tf.global_variables() == []


def test_losses_are_collected() -> None:
    first = tf.losses.mean_squared_error([1.0], [2.0])
    second = tf.losses.absolute_difference([1.0], [3.0], loss_collection="mine")
    assert tf.losses.get_losses() == [first]
    assert tf.losses.get_losses(loss_collection="mine") == [second]
    with tf.Session() as sess:
        assert sess.run(tf.losses.get_total_loss()) == 1.0


def test_weights_that_do_not_fit_are_refused() -> None:
    with pytest.raises(ValueError, match="weights can not be broadcast to values"):
        tf.losses.mean_squared_error([[1.0, 2.0]], [[1.0, 2.0]], weights=[[1.0, 2.0, 3.0]])
    with pytest.raises(ValueError, match="Invalid Reduction Key"):
        tf.losses.mean_squared_error([1.0], [2.0], reduction="most")
