"""Softmax, cross entropies, norms, moments, clipping, biases, the largest elements, sorting."""

from __future__ import annotations

from typing import Any

import numpy as np

NAN = float("nan")
INF = float("inf")
RANDOM = np.random.RandomState(11)
MATRIX = RANDOM.standard_normal((3, 4)).astype(np.float32)
CUBE = RANDOM.standard_normal((2, 3, 4)).astype(np.float32)
LABELS = np.array([[0, 1, 0, 0], [0.5, 0.5, 0, 0], [0.1, 0.2, 0.3, 0.4]], np.float32)
IMAGES = RANDOM.standard_normal((1, 3, 2, 2)).astype(np.float32)


def _fed(tf: Any, function: Any, shape: Any, value: Any, **arguments: Any) -> Any:
    x = tf.placeholder(tf.float32, shape, name="x")
    return function(x, **arguments), {x: value}


def _softmax_cases(name: str) -> dict[str, Any]:
    def at(tf: Any) -> Any:
        return getattr(tf.nn, name)

    return {
        f"{name}": lambda tf: [at(tf)(tf.constant(MATRIX)), at(tf)(tf.constant(CUBE)), at(tf)(tf.constant(CUBE), 2)],
        f"{name}_list": lambda tf: at(tf)([1.0, 2.0]),
        f"{name}_first_axis": lambda tf: at(tf)(tf.constant(MATRIX), 0),
        f"{name}_middle_axis": lambda tf: at(tf)(tf.constant(CUBE), axis=1, name="probabilities"),
        f"{name}_negative_axis": lambda tf: at(tf)(tf.constant(CUBE), -2),
        f"{name}_dim": lambda tf: at(tf)(tf.constant(MATRIX), dim=0),
        f"{name}_both": lambda tf: at(tf)(tf.constant(MATRIX), axis=0, dim=0),
        f"{name}_tensor_axis": lambda tf: at(tf)(tf.constant(MATRIX), tf.constant(0)),
        f"{name}_out_of_range": lambda tf: at(tf)(tf.constant(MATRIX), 2),
        f"{name}_scalar": lambda tf: at(tf)(tf.constant(1.0)),
        f"{name}_int": lambda tf: at(tf)(tf.constant([1, 2])),
        f"{name}_large": lambda tf: at(tf)(tf.constant([[1000.0, 999.0], [-1000.0, -1001.0], [1e30, -1e30]])),
        f"{name}_infinite": lambda tf: at(tf)(tf.constant([[INF, 1.0], [-INF, 1.0], [-INF, -INF], [NAN, 1.0]])),
        f"{name}_empty": lambda tf: at(tf)(tf.zeros([0, 3])),
        f"{name}_no_classes": lambda tf: at(tf)(tf.zeros([2, 0])),
        f"{name}_half": lambda tf: at(tf)(tf.constant(np.array([0.0, 1.0, 2.0], np.float16))),
        f"{name}_float64": lambda tf: at(tf)(tf.constant(MATRIX.astype(np.float64))),
        f"{name}_unknown": lambda tf: _fed(tf, at(tf), None, MATRIX),
        f"{name}_unknown_axis": lambda tf: _fed(tf, at(tf), None, MATRIX, axis=0),
        f"{name}_partial": lambda tf: _fed(tf, at(tf), [None, 4], MATRIX, axis=0),
    }


def _cross_entropy(tf: Any, labels: Any, logits: Any, **arguments: Any) -> Any:
    return tf.nn.softmax_cross_entropy_with_logits_v2(tf.constant(labels), tf.constant(logits), **arguments)


def _sparse(tf: Any, labels: Any, logits: Any, **arguments: Any) -> Any:
    function = tf.nn.sparse_softmax_cross_entropy_with_logits
    return function(labels=tf.constant(labels), logits=tf.constant(logits), **arguments)


def _sigmoid(tf: Any, labels: Any, logits: Any, **arguments: Any) -> Any:
    function = tf.nn.sigmoid_cross_entropy_with_logits
    return function(labels=tf.constant(labels), logits=tf.constant(logits), **arguments)


CLASSES = np.array([1, 0, 3], np.int32)
CASES: dict[str, Any] = {
    **_softmax_cases("softmax"),
    **_softmax_cases("log_softmax"),
    "cross_entropy": lambda tf: _cross_entropy(tf, LABELS, MATRIX),
    "cross_entropy_name": lambda tf: _cross_entropy(tf, LABELS, MATRIX, name="loss"),
    "cross_entropy_cube": lambda tf: _cross_entropy(tf, np.abs(CUBE), CUBE),
    "cross_entropy_vector": lambda tf: _cross_entropy(tf, LABELS[1], MATRIX[1]),
    "cross_entropy_axis": lambda tf: _cross_entropy(tf, np.abs(CUBE), CUBE, axis=1),
    "cross_entropy_half": lambda tf: _cross_entropy(tf, LABELS.astype(np.float16), MATRIX.astype(np.float16)),
    "cross_entropy_large": lambda tf: _cross_entropy(tf, LABELS, MATRIX * 1000),
    "cross_entropy_lists": lambda tf: tf.nn.softmax_cross_entropy_with_logits_v2([[0.0, 1.0]], [[1.0, 2.0]]),
    "cross_entropy_shapes": lambda tf: _cross_entropy(tf, LABELS[:, :3], MATRIX),
    "cross_entropy_fixed_labels": lambda tf: tf.nn.softmax_cross_entropy_with_logits(
        labels=tf.constant(LABELS), logits=tf.constant(MATRIX)
    ),
    "cross_entropy_no_logits": lambda tf: tf.nn.softmax_cross_entropy_with_logits(labels=[[1.0]]),
    "cross_entropy_partial": lambda tf: _fed(
        tf, lambda x: tf.nn.softmax_cross_entropy_with_logits_v2(LABELS, x), [None, 4], MATRIX
    ),
    "sparse": lambda tf: _sparse(tf, CLASSES, MATRIX),
    "sparse_int64": lambda tf: _sparse(tf, CLASSES.astype(np.int64), MATRIX.astype(np.float64), name="loss"),
    "sparse_cube": lambda tf: _sparse(tf, np.array([[0, 1, 2], [3, 0, 1]], np.int64), CUBE),
    "sparse_vector": lambda tf: _sparse(tf, np.array(2, np.int32), MATRIX[0]),
    "sparse_half": lambda tf: _sparse(tf, CLASSES, MATRIX.astype(np.float16)),
    "sparse_lists": lambda tf: tf.nn.sparse_softmax_cross_entropy_with_logits(labels=[1], logits=[[1.0, 2.0]]),
    "sparse_rank": lambda tf: _sparse(tf, CLASSES[:, None], MATRIX),
    "sparse_length": lambda tf: _sparse(tf, CLASSES[:2], MATRIX),
    "sparse_scalar": lambda tf: _sparse(tf, np.array(2, np.int32), np.float32(1)),
    "sparse_float_labels": lambda tf: _sparse(tf, np.float32([0, 1, 2]), MATRIX),
    "sparse_bad_label": lambda tf: _sparse(tf, np.array([0, 4, 1], np.int32), MATRIX),
    "sparse_partial": lambda tf: _fed(
        tf, lambda x: tf.nn.sparse_softmax_cross_entropy_with_logits(labels=CLASSES, logits=x), [None, 4], MATRIX
    ),
    "sigmoid_cross_entropy": lambda tf: _sigmoid(tf, LABELS, MATRIX),
    "sigmoid_cross_entropy_name": lambda tf: _sigmoid(tf, LABELS, MATRIX * 100, name="loss"),
    "sigmoid_cross_entropy_shapes": lambda tf: _sigmoid(tf, LABELS[:2], MATRIX),
    "sigmoid_cross_entropy_missing": lambda tf: tf.nn.sigmoid_cross_entropy_with_logits(logits=[1.0]),
    "weighted_cross_entropy": lambda tf: tf.nn.weighted_cross_entropy_with_logits(
        labels=tf.constant(LABELS), logits=tf.constant(MATRIX), pos_weight=2.0
    ),
    "l2_loss": lambda tf: [tf.nn.l2_loss(tf.constant(MATRIX)), tf.nn.l2_loss([3.0, 4.0])],
    "l2_loss_half": lambda tf: tf.nn.l2_loss(np.array([3.0, 4.0], np.float16)),
    "l2_loss_int": lambda tf: tf.nn.l2_loss(tf.constant([1, 2])),
    "l2_normalize": lambda tf: [tf.nn.l2_normalize(tf.constant(MATRIX), 1), tf.nn.l2_normalize([3.0, 4.0], 0)],
    "l2_normalize_all": lambda tf: tf.nn.l2_normalize(tf.constant(MATRIX), epsilon=100.0),
    "l2_normalize_dim": lambda tf: tf.nn.l2_normalize(tf.constant(MATRIX), dim=[0]),
    "l2_normalize_zeros": lambda tf: tf.nn.l2_normalize(tf.zeros([2, 2]), 1),
    "moments": lambda tf: tf.nn.moments(tf.constant(MATRIX), [0]),
    "moments_keep": lambda tf: tf.nn.moments(tf.constant(CUBE), [0, 2], keep_dims=True, name="stats"),
    "moments_half": lambda tf: tf.nn.moments(tf.constant(MATRIX.astype(np.float16)), [1]),
    "bias_add": lambda tf: [tf.nn.bias_add(tf.constant(MATRIX), [1.0, 2.0, 3.0, 4.0]), tf.nn.bias_add(CUBE, MATRIX[0])],
    "bias_add_channels": lambda tf: tf.nn.bias_add(IMAGES, [1.0, 2.0, 3.0], data_format="NCHW"),
    "bias_add_format": lambda tf: tf.nn.bias_add(MATRIX, MATRIX[0], data_format="XX"),
    "bias_add_size": lambda tf: tf.nn.bias_add(MATRIX, [1.0, 2.0]),
    "bias_add_rank": lambda tf: tf.nn.bias_add(MATRIX[0], MATRIX[0]),
    "bias_add_matrix": lambda tf: tf.nn.bias_add(MATRIX, MATRIX),
    "bias_add_int": lambda tf: tf.nn.bias_add([[1, 2]], [3, 4]),
    "xw_plus_b": lambda tf: tf.nn.xw_plus_b(tf.constant(MATRIX), tf.constant(MATRIX.T.copy()), [1.0, 2.0, 3.0]),
    "relu_layer": lambda tf: tf.nn.relu_layer(tf.constant(MATRIX), tf.constant(MATRIX.T.copy()), [-1.0, 2.0, -3.0]),
    "top_k": lambda tf: tf.nn.top_k(tf.constant(CUBE), 2),
    "top_k_ties": lambda tf: tf.nn.top_k([3, 1, 3, 2, 3], 4),
    "top_k_one": lambda tf: tf.nn.top_k([1.0, 5.0, 3.0]),
    "top_k_none": lambda tf: tf.nn.top_k([1.0, 5.0, 3.0], 0),
    "top_k_many": lambda tf: tf.nn.top_k([1.0, 5.0], 3),
    "top_k_negative": lambda tf: tf.nn.top_k([1.0, 5.0], -1),
    "top_k_scalar": lambda tf: tf.nn.top_k(1.0),
    "top_k_fed": lambda tf: _fed(tf, lambda x: tf.nn.top_k(x, 1), [3, None], MATRIX),
    "in_top_k": lambda tf: tf.nn.in_top_k(MATRIX, [0, 1, 2], 2),
    "in_top_k_ties": lambda tf: tf.nn.in_top_k([[1.0, 1.0, 0.0], [1.0, 1.0, 1.0]], [1, 2], 1),
    "in_top_k_outside": lambda tf: tf.nn.in_top_k([[1.0, 2.0], [3.0, NAN], [INF, 1.0]], [2, 0, 1], 2),
    "in_top_k_length": lambda tf: tf.nn.in_top_k(tf.constant(MATRIX), tf.constant([0, 1]), 2),
    "clip_by_norm": lambda tf: [tf.clip_by_norm(tf.constant(MATRIX), 2.0), tf.clip_by_norm(tf.zeros([2]), 1.0)],
    "clip_by_norm_axes": lambda tf: tf.clip_by_norm(tf.constant(MATRIX), 1, axes=[0], name="clipped"),
    "global_norm": lambda tf: tf.global_norm([tf.constant(MATRIX), None, tf.constant([3.0])]),
    "global_norm_single": lambda tf: tf.global_norm(tf.constant(MATRIX)),
    "clip_by_global_norm": lambda tf: list(tf.clip_by_global_norm([tf.constant(MATRIX), tf.constant([3.0])], 1.0)),
    "clip_by_global_norm_infinite": lambda tf: tf.clip_by_global_norm([tf.constant([INF, 1.0])], 1.0)[0],
    "clip_by_global_norm_given": lambda tf: tf.clip_by_global_norm([tf.constant([3.0])], 1.0, tf.constant(2.0))[0],
    "clip_by_average_norm": lambda tf: tf.clip_by_average_norm(tf.constant(MATRIX), 0.01),
    "sort": lambda tf: [tf.sort(tf.constant(MATRIX)), tf.sort(tf.constant(CUBE), 1)],
    "sort_down": lambda tf: tf.sort(tf.constant(MATRIX), direction="DESCENDING", name="sorted"),
    "sort_integers": lambda tf: [tf.sort(np.array([5, -128, 127, 0], np.int8)), tf.sort(np.array([5, 255], np.uint8))],
    "sort_first_axis": lambda tf: tf.sort(tf.constant(MATRIX), axis=tf.constant(0)),
    "sort_direction": lambda tf: tf.sort([1.0], direction="UP"),
    "sort_scalar": lambda tf: tf.sort(tf.constant(1.0)),
    "argsort": lambda tf: [tf.argsort([3.0, 1.0, 2.0]), tf.argsort(tf.constant(CUBE), 0, direction="DESCENDING")],
    "argsort_ties": lambda tf: [tf.argsort([2, 1, 2, 1], stable=True), tf.argsort([2, 1, 2], direction="DESCENDING")],
}

for _order in ("euclidean", 1, 2, np.inf, 3, 2.5):
    CASES[f"norm_{_order}"] = lambda tf, o=_order: [
        tf.norm(tf.constant(MATRIX), o), tf.norm(tf.constant(MATRIX), o, axis=1), tf.norm(tf.constant(CUBE), o, -2, True)
    ]  # fmt: skip
for _order in ("euclidean", "fro", 1, np.inf):
    CASES[f"matrix_norm_{_order}"] = lambda tf, o=_order: [
        tf.norm(tf.constant(MATRIX), o, axis=[0, 1]), tf.norm(tf.constant(CUBE), o, axis=(-2, -1), keepdims=True)
    ]  # fmt: skip
for _order in (-np.inf, "fro", 0, "foo"):
    CASES[f"norm_refused_{_order}"] = lambda tf, o=_order: tf.norm(tf.constant(MATRIX), o)
for _order in (3, "foo", 0):
    CASES[f"matrix_norm_refused_{_order}"] = lambda tf, o=_order: tf.norm(tf.constant(MATRIX), o, axis=[0, 1])
CASES |= {
    "norm_complex": lambda tf: tf.norm(tf.constant(np.array([[3 + 4j, 1j]], np.complex64)), axis=1),
    "norm_int": lambda tf: tf.norm(tf.constant([3, 4])),
    "norm_three_axes": lambda tf: tf.norm(tf.constant(CUBE), axis=[0, 1, 2]),
    "norm_same_axes": lambda tf: tf.norm(tf.constant(CUBE), axis=[0, 0]),
}
