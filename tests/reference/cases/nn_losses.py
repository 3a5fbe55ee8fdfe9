"""Normalisation, sampled losses, sparse embeddings, segments of chosen rows, CTC."""

from __future__ import annotations

from typing import Any

import numpy as np

from tests.reference.cases.convolutions import IMAGE, VOLUME, numbers

SCALE, OFFSET = np.array([1.0, 2.0, 0.5], np.float32), np.array([0.0, -1.0, 3.0], np.float32)
MEAN, VARIANCE = np.array([0.5, 0.0, 1.0], np.float32), np.array([1.0, 2.0, 0.25], np.float32)
POSITIVE = IMAGE + 2
TABLE = numbers(20, 3)
LABELS = np.array([[1], [7], [0], [19]], np.int64)


def _norm(*arguments: Any, **named: Any) -> Any:
    return lambda tf: tf.nn.fused_batch_norm(IMAGE, SCALE, OFFSET, *arguments, **named)


def _global_norm(is_scaled: bool) -> Any:
    def case(tf: Any) -> Any:
        values = [tf.constant(value) for value in (IMAGE, MEAN, VARIANCE, OFFSET, SCALE)]
        return tf.nn.batch_norm_with_global_normalization(*values, 1e-3, is_scaled)

    return case


def _raw_norm(name: str, kept: int = 5, **named: Any) -> Any:
    def case(tf: Any) -> Any:
        moments = {"mean": [], "variance": []} | named
        return list(getattr(tf.raw_ops, name)(x=IMAGE, scale=SCALE, offset=OFFSET, **moments))[:kept]

    return case


def _norm_gradients(tf: Any, twice: bool = False, **named: Any) -> Any:
    values = [tf.constant(value) for value in (IMAGE, SCALE, OFFSET)]
    y = tf.nn.fused_batch_norm(*values, **named)[0]
    weights = tf.constant(numbers(2, 5, 6, 3))
    first = tf.gradients(y, values, weights)
    if not twice:
        return first
    return tf.gradients(first, [weights, *values[:2]], [tf.constant(IMAGE + 1), tf.constant(SCALE), None], name="again")


def _lrn_gradient(tf: Any) -> Any:
    x = tf.constant(POSITIVE)
    return tf.gradients(tf.nn.lrn(x, 1, 1.0, 0.5, 0.75), x, tf.constant(numbers(2, 5, 6, 3)))


def _sampled(tf: Any) -> Any:
    drawn = tf.constant([3, 0, 7, 12, 19], tf.int64)
    return drawn, tf.constant([[0.5], [0.25], [0.75], [0.1]]), tf.constant([0.5, 0.9, 0.3, 0.2, 0.1])


def _loss(function: str, true: int = 1, **named: Any) -> Any:
    def case(tf: Any) -> Any:
        table, biases, inputs = tf.constant(TABLE), tf.constant(numbers(20)), tf.constant(numbers(4, 3))
        labels = tf.constant(LABELS if true == 1 else np.concatenate([LABELS, LABELS // 2], axis=1))
        drawn, first, second = _sampled(tf)
        values = drawn, tf.tile(first, [1, true]), second
        return getattr(tf.nn, function)(table, biases, labels, inputs, 5, 20, true, sampled_values=values, **named)

    return case


def _ids(tf: Any, values: Any, gap: int = 0) -> Any:
    indices = np.array([[0, 0], [0, 1], [1 + gap, 0], [2 + gap, 2]], np.int64)
    return tf.SparseTensor(tf.constant(indices), tf.constant(values), tf.constant([4, 3], tf.int64))


def _sparse(function: str, weights: Any = None, **named: Any) -> Any:
    def case(tf: Any) -> Any:
        ids = _ids(tf, np.array([3, 5, 3, 7], np.int64))
        given = None if weights is None else _ids(tf, np.array(weights, np.float32))
        return getattr(tf.nn, function)(tf.constant(TABLE), ids, given, **named)

    return case


def _safe(tf: Any, **named: Any) -> Any:
    ids = _ids(tf, np.array([3, -1, 3, 7], np.int64), 1)
    return tf.nn.safe_embedding_lookup_sparse(tf.constant(TABLE), ids, **named)


def _segments(function: str, **named: Any) -> Any:
    return lambda tf: getattr(tf, function)(tf.constant(TABLE), tf.constant([3, 3, 0, 19]), [0, 0, 2, 3], **named)


def _segment_gradient(name: str) -> Any:
    def case(tf: Any) -> Any:
        table = tf.constant(TABLE)
        y = getattr(tf, name)(table, tf.constant([3, 3, 0, 19]), tf.constant([0, 0, 2, 3]))
        return tf.gradients(y, table, tf.square(y))

    return case


def _hits(tf: Any) -> Any:
    return tf.nn.compute_accidental_hits(LABELS, tf.constant([3, 0, 7, 7, 19], tf.int64), 1)


CASES = {
    "norm": _norm(),
    "norm_given": _norm(MEAN, VARIANCE, is_training=False),
    "norm_epsilon": _norm(epsilon=0.1, name="normal"),
    "norm_share": _norm(MEAN, VARIANCE, exponential_avg_factor=0.25),
    "norm_missing": _norm(is_training=False),
    "norm_channels": lambda tf: tf.nn.fused_batch_norm(IMAGE, SCALE[:2], OFFSET),
    "norm_half": lambda tf: tf.nn.fused_batch_norm(tf.constant(IMAGE, tf.float16), SCALE, OFFSET)[1:],
    "norm_volume": lambda tf: list(
        tf.raw_ops.FusedBatchNormV3(
            x=VOLUME, scale=SCALE[:2], offset=OFFSET[:2], mean=[], variance=[], data_format="NDHWC"
        )
    )[:5],
    "norm_v1": _raw_norm("FusedBatchNorm"),
    "norm_v2": _raw_norm("FusedBatchNormV2", mean=MEAN, variance=VARIANCE, is_training=False, kept=3),
    "norm_v3_one": lambda tf: list(
        tf.raw_ops.FusedBatchNormV3(x=IMAGE[:1, :1, :1], scale=SCALE, offset=OFFSET, mean=[], variance=[])
    ),
    "norm_gradients": _norm_gradients,
    "norm_gradients_given": lambda tf: _norm_gradients(tf, mean=MEAN, variance=VARIANCE, is_training=False),
    "global_norm": _global_norm(True),
    "global_norm_unscaled": _global_norm(False),
    "lrn": lambda tf: tf.nn.lrn(POSITIVE, 1, 1.0, 0.5, 0.75),
    "lrn_default": lambda tf: tf.nn.local_response_normalization(POSITIVE),
    "lrn_gradient": _lrn_gradient,
    "weighted_moments": lambda tf: tf.nn.weighted_moments(tf.constant(IMAGE), [0, 1], tf.constant(POSITIVE)),
    "weighted_moments_keep": lambda tf: tf.nn.weighted_moments(
        tf.constant(IMAGE), [1], tf.constant(POSITIVE[:, :, :1]), keep_dims=True
    ),
    "statistics": lambda tf: tf.nn.sufficient_statistics(tf.constant(IMAGE), [0, 1])[:3],
    "statistics_shift": lambda tf: tf.nn.sufficient_statistics(tf.constant(IMAGE), [0, 1], 2.0, keep_dims=True),
    "normalize_moments": lambda tf: tf.nn.normalize_moments(tf.constant(4.0), MEAN, VARIANCE, 0.5),
    "normalize_moments_plain": lambda tf: tf.nn.normalize_moments(tf.constant(4.0), MEAN, VARIANCE, None),
    "zero_fraction": lambda tf: tf.nn.zero_fraction(tf.constant([0.0, 1.0, 0.0, 2.0])),
    "log_poisson": lambda tf: tf.nn.log_poisson_loss(tf.constant(POSITIVE), tf.constant(IMAGE)),
    "log_poisson_full": lambda tf: tf.nn.log_poisson_loss(tf.constant(POSITIVE + 1), tf.constant(IMAGE), True),
    "nce": _loss("nce_loss"),
    "nce_two": _loss("nce_loss", 2, remove_accidental_hits=True, name="noise"),
    "sampled_softmax": _loss("sampled_softmax_loss"),
    "sampled_softmax_two": _loss("sampled_softmax_loss", 2, remove_accidental_hits=False),
    "accidental_hits": _hits,
    "sparse_mean": _sparse("embedding_lookup_sparse"),
    "sparse_sum": _sparse("embedding_lookup_sparse", combiner="sum"),
    "sparse_sqrtn": _sparse("embedding_lookup_sparse", combiner="sqrtn", name="rows"),
    "sparse_weighted": _sparse("embedding_lookup_sparse", [1.0, 2.0, 0.5, 3.0]),
    "sparse_weighted_sum": _sparse("embedding_lookup_sparse", [1.0, 2.0, 0.5, 3.0], combiner="sum"),
    "sparse_weighted_sqrtn": _sparse("embedding_lookup_sparse", [1.0, 2.0, 0.5, 3.0], combiner="sqrtn"),
    "sparse_combiner": _sparse("embedding_lookup_sparse", combiner="max"),
    "safe": _safe,
    "safe_default": lambda tf: _safe(tf, default_id=4, combiner="sum"),
    "segment_sum": _segments("sparse_segment_sum"),
    "segment_sum_number": _segments("sparse_segment_sum", num_segments=6),
    "segment_mean": _segments("sparse_segment_mean"),
    "segment_sqrt_n": _segments("sparse_segment_sqrt_n", name="root"),
    "segment_outside": lambda tf: tf.sparse_segment_sum(tf.constant(TABLE), tf.constant([20]), [0]),
    "segment_descending": lambda tf: tf.sparse_segment_sum(tf.constant(TABLE), tf.constant([1, 2]), [1, 0]),
    "segment_gradient": _segment_gradient("sparse_segment_mean"),
    "segment_sum_gradient": _segment_gradient("sparse_segment_sum"),
}


LOGITS = np.sin(np.arange(7 * 3 * 5, dtype=np.float32) * 1.7).reshape(7, 3, 5)
LENGTHS = np.array([7, 5, 6], np.int32)


def _labels(tf: Any) -> Any:
    indices = np.array([[0, 0], [0, 1], [0, 2], [1, 0], [1, 1], [2, 0]], np.int64)
    return tf.SparseTensor(indices, tf.constant([1, 1, 3, 0, 2, 2]), [3, 3])


def _ctc(**named: Any) -> Any:
    def case(tf: Any) -> Any:
        x = tf.constant(LOGITS)
        loss = tf.nn.ctc_loss(_labels(tf), x, LENGTHS, **named)
        return loss, tf.gradients(loss, x, tf.constant([1.0, 2.0, 0.5]))

    return case


def _decoded(result: Any) -> Any:
    paths, score = result
    return [[path.indices, path.values, path.dense_shape] for path in paths], score


CASES.update(
    {
        "ctc": _ctc(),
        "ctc_collapse": _ctc(preprocess_collapse_repeated=True),
        "ctc_not_merged": _ctc(ctc_merge_repeated=False),
        "ctc_batch_major": lambda tf: tf.nn.ctc_loss(
            _labels(tf), tf.constant(LOGITS.transpose(1, 0, 2)), LENGTHS, time_major=False
        ),
        "ctc_dense_labels": lambda tf: tf.nn.ctc_loss(tf.constant([[1]]), tf.constant(LOGITS), LENGTHS),
        "ctc_too_long": lambda tf: tf.nn.ctc_loss(_labels(tf), tf.constant(LOGITS), np.array([3, 5, 6], np.int32)),
        "ctc_ignored": lambda tf: tf.nn.ctc_loss(
            _labels(tf), tf.constant(LOGITS), np.array([3, 5, 6], np.int32), ignore_longer_outputs_than_inputs=True
        ),
        "ctc_lengths": lambda tf: tf.nn.ctc_loss(_labels(tf), tf.constant(LOGITS), np.array([7, 9, 6], np.int32)),
        "ctc_v2_value": lambda tf: tf.nn.ctc_loss_v2(
            tf.constant([[1, 1, 3], [4, 2, 0], [2, 0, 0]]), tf.constant(LOGITS), [3, 2, 1], LENGTHS, blank_index=0
        ),
        "ctc_greedy": lambda tf: _decoded(tf.nn.ctc_greedy_decoder(tf.constant(LOGITS), LENGTHS)),
        "ctc_greedy_repeated": lambda tf: _decoded(
            tf.nn.ctc_greedy_decoder(tf.constant(LOGITS), LENGTHS, merge_repeated=False)
        ),
        "ctc_beam": lambda tf: _decoded(tf.nn.ctc_beam_search_decoder(tf.constant(LOGITS), LENGTHS, 20, 3)),
        "ctc_beam_repeated": lambda tf: _decoded(
            tf.nn.ctc_beam_search_decoder(tf.constant(LOGITS * 2), LENGTHS, 10, 2, merge_repeated=False)
        ),
    }
)
