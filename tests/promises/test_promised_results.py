"""What functions of several outputs return, and where gradients stop: as TensorFlow 1.15 was seen to do both."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

import numpy as np
import pytest

import sessile as tf


def images() -> Any:
    return tf.ones([1, 4, 4, 1])


def right() -> Any:
    return tf.ones([1, 1], tf.int64)


SAMPLED: Final = ("sampled_candidates", "true_expected_count", "sampled_expected_count")
POOLED: Final = ("output", "row_pooling_sequence", "col_pooling_sequence")
QUANTIZED: Final = ("backprops_wrt_input", "backprop_wrt_min", "backprop_wrt_max")
NAMED: Final[dict[str, tuple[Callable[[], Any], tuple[str, ...]]]] = {
    "MaxPoolWithArgmax": (
        lambda: tf.nn.max_pool_with_argmax(images(), [1, 2, 2, 1], [1, 2, 2, 1], "SAME"), ("output", "argmax"),
    ),
    "FractionalMaxPool": (lambda: tf.nn.fractional_max_pool(images(), [1, 1.5, 1.5, 1]), POOLED),
    "FractionalAvgPool": (lambda: tf.nn.fractional_avg_pool(images(), [1, 1.5, 1.5, 1]), POOLED),
    "UniformCandidateSampler": (lambda: tf.nn.uniform_candidate_sampler(right(), 1, 2, True, 3), SAMPLED),
    "LogUniformCandidateSampler": (lambda: tf.nn.log_uniform_candidate_sampler(right(), 1, 2, True, 3), SAMPLED),
    "AllCandidateSampler": (lambda: tf.nn.all_candidate_sampler(right(), 1, 2, True), SAMPLED),
    "ComputeAccidentalHits": (
        lambda: tf.nn.compute_accidental_hits(right(), tf.ones([2], tf.int64), 1), ("indices", "ids", "weights"),
    ),
    "FakeQuantWithMinMaxVarsGradient": (
        lambda: tf.fake_quant_with_min_max_vars_gradient([1.0], [1.0], 0.0, 2.0), QUANTIZED,
    ),
    "FakeQuantWithMinMaxVarsPerChannelGradient": (
        lambda: tf.fake_quant_with_min_max_vars_per_channel_gradient([1.0], [1.0], [0.0], [2.0]), QUANTIZED,
    ),
    "NonMaxSuppressionV4": (
        lambda: tf.image.non_max_suppression_padded(tf.ones([2, 4]), tf.ones([2]), 2),
        ("selected_indices", "valid_outputs"),
    ),
    "SampleDistortedBoundingBoxV2": (
        lambda: tf.image.sample_distorted_bounding_box([4, 4, 3], tf.ones([1, 1, 4])), ("begin", "size", "bboxes"),
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", NAMED)
def test_results_have_names(name: str) -> None:
    call, fields = NAMED[name]
    result = call()
    assert type(result).__name__ == name
    assert result._fields == fields
    assert all(isinstance(part, tf.Tensor) for part in result)


UPDATES: Final[dict[str, Callable[[Any, Any], Any]]] = {
    "Assign": lambda rows, x: tf.assign(rows, x),
    "AssignAdd": lambda rows, x: tf.assign_add(rows, x),
    "AssignSub": lambda rows, x: tf.assign_sub(rows, x),
    "ScatterAdd": lambda rows, x: tf.scatter_add(rows, [0, 1], x),
    "ScatterSub": lambda rows, x: tf.scatter_sub(rows, [0, 1], x),
    "ScatterMul": lambda rows, x: tf.scatter_mul(rows, [0, 1], x),
    "ScatterDiv": lambda rows, x: tf.scatter_div(rows, [0, 1], x),
    "ScatterNdAdd": lambda rows, x: tf.scatter_nd_add(rows, [[0], [1]], x),
    "ScatterNdSub": lambda rows, x: tf.scatter_nd_sub(rows, [[0], [1]], x),
    "ScatterNdUpdate": lambda rows, x: tf.scatter_nd_update(rows, [[0], [1]], x),
}


@pytest.mark.parametrize("kind", UPDATES)
def test_no_gradient_flows_through_an_update(kind: str) -> None:
    rows = tf.get_variable("rows", initializer=np.ones((2, 2), np.float32))
    x = tf.ones([2, 2])
    assert tf.gradients(UPDATES[kind](rows, x) * 2, [x, rows]) == [None, None]
    (known,) = tf.gradients(UPDATES[kind](rows, x) * 2 + x * 3, x)
    assert known is not None


UNKNOWN: Final[dict[str, Callable[[Any], Any]]] = {
    "Unique": lambda x: tf.unique(x)[0],
    "UniqueWithCounts": lambda x: tf.unique_with_counts(x)[0],
    "ListDiff": lambda x: tf.setdiff1d(x, [1.0])[0],
    "Bitcast": lambda x: tf.bitcast(x, tf.float32),
    "RandomPoissonV2": lambda x: tf.random_poisson(x, [2]),
    "ScatterUpdate": lambda x: tf.scatter_update(tf.get_variable("n", [2]), [0, 1], x),
    "FakeQuantWithMinMaxArgsGradient": lambda x: tf.fake_quant_with_min_max_args_gradient(x, x),
}


@pytest.mark.parametrize("kind", UNKNOWN)
def test_a_gradient_that_nobody_knows_is_an_error(kind: str) -> None:
    x = tf.constant([1.0, 2.0])
    with pytest.raises(LookupError, match=kind):
        tf.gradients(UNKNOWN[kind](x) + x, x)


def test_one_result_for_a_list_of_one_type() -> None:
    (doubled,) = tf.py_function(lambda x: x * 2, [[1.0, 2.0]], [tf.float32])
    with tf.Session() as sess:
        assert sess.run(doubled).tolist() == [2.0, 4.0]
