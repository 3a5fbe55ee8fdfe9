"""`tf.contrib.crf` against every sequence of tags, one by one; what TensorFlow 1.15 gave for shorter and empty ones."""

from __future__ import annotations

import itertools
from typing import Any

import numpy as np
import pytest

import sessile as tf

crf = tf.contrib.crf
RANDOM = np.random.RandomState(1)
INPUTS = RANDOM.randn(4, 6, 3).astype(np.float32)
TAGS = RANDOM.randint(0, 3, (4, 6)).astype(np.int32)
LENGTHS = np.array([6, 3, 1, 0], np.int32)
STEPS = RANDOM.randn(3, 3).astype(np.float32)


def score(row: int, tags: Any) -> float:
    """The score of a sequence, as it is defined."""
    places = sum(float(INPUTS[row, time, tag]) for time, tag in enumerate(tags))
    return places + sum(float(STEPS[a, b]) for a, b in itertools.pairwise(tags))


def every(row: int) -> list[tuple[int, ...]]:
    return list(itertools.product(range(3), repeat=int(LENGTHS[row])))


def run(fetches: Any) -> Any:
    with tf.Session() as session:
        return session.run(fetches)


def test_likelihoods_are_scores_over_sums_of_all_sequences() -> None:
    likelihoods, transitions = crf.crf_log_likelihood(tf.constant(INPUTS), TAGS, LENGTHS, tf.constant(STEPS))
    norms = crf.crf_log_norm(tf.constant(INPUTS), LENGTHS, tf.constant(STEPS))
    values, sums, same = run([likelihoods, norms, transitions])
    for row in range(3):
        total = np.log(np.sum(np.exp([score(row, tags) for tags in every(row)])))
        assert sums[row] == pytest.approx(total, rel=1e-5)
        assert values[row] == pytest.approx(score(row, TAGS[row, : LENGTHS[row]]) - total, rel=1e-5)
    assert values[3] == sums[3] == 0.0
    np.testing.assert_array_equal(same, STEPS)
    recorded = [-12.83285140991211, -7.210529327392578, -0.264387845993042, 0.0]  # by TensorFlow 1.15
    np.testing.assert_allclose(values, recorded, rtol=1e-5)


def test_the_best_sequence_is_found_in_the_graph_and_outside() -> None:
    tags, best = run(crf.crf_decode(tf.constant(INPUTS), tf.constant(STEPS), LENGTHS))
    for row in range(3):
        wanted = max(every(row), key=lambda tags: score(row, tags))
        assert tuple(tags[row, : LENGTHS[row]]) == wanted and not tags[row, LENGTHS[row] :].any()
        assert best[row] == pytest.approx(score(row, wanted), rel=1e-5)
        outside, value = crf.viterbi_decode(INPUTS[row, : LENGTHS[row]], STEPS)
        assert tuple(outside) == wanted and value == pytest.approx(best[row], rel=1e-5)
    assert tags.tolist()[3] == [2, 0, 0, 0, 0, 0]  # an empty one is as one of length 1, as in TensorFlow 1.15


def test_sums_over_allowed_tags() -> None:
    allowed = RANDOM.rand(4, 6, 3) > 0.4
    allowed[..., 0] = True
    sums = run(crf.crf_multitag_sequence_score(tf.constant(INPUTS), allowed, LENGTHS, tf.constant(STEPS)))
    for row in range(3):
        scores = [score(row, tags) for tags in every(row) if all(allowed[row, t, tag] for t, tag in enumerate(tags))]
        assert sums[row] == pytest.approx(np.log(np.sum(np.exp(scores))), rel=1e-5)


def test_likelihoods_are_trained() -> None:
    with tf.Graph().as_default(), tf.Session() as session:
        inputs = tf.placeholder(tf.float32, [None, None, 3])
        weights = tf.Variable(tf.eye(3))
        scores = tf.tensordot(inputs, weights, [[2], [0]])
        scores.set_shape([None, None, 3])
        likelihoods, _ = crf.crf_log_likelihood(scores, TAGS, LENGTHS)
        assert [item.name for item in tf.trainable_variables()][1] == "transitions:0"
        loss = -tf.reduce_mean(likelihoods)
        step = tf.train.AdamOptimizer(0.1).minimize(loss)
        session.run(tf.global_variables_initializer())
        losses = [session.run([loss, step], {inputs: INPUTS})[0] for _ in range(30)]
        assert losses[-1] < 0.3 * losses[0]
