"""Candidate samplers draw the classes that TensorFlow 1.15.5 draws for a pair of seeds: recorded there."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from sessile.ops.families.nn.sampled import samplers

import sessile as tf

SAMPLERS: dict[str, Callable[..., Any]] = {
    "uniform": tf.nn.uniform_candidate_sampler,
    "log uniform": tf.nn.log_uniform_candidate_sampler,
    "learned": tf.nn.learned_unigram_candidate_sampler,
}
# Eight of 50 classes, in the first two steps, with a graph-level seed of 1.
RECORDED = {
    ("uniform", True): ([28, 19, 43, 46, 31, 6, 17, 21], [16, 27, 2, 29, 41, 39, 7, 28]),
    ("uniform", False): ([28, 19, 43, 46, 19, 31, 6, 17], [16, 27, 2, 29, 41, 39, 7, 28]),
    ("log uniform", True): ([4, 8, 1, 5, 2, 13, 6, 32], [19, 2, 12, 7, 1, 0, 46, 9]),
    ("log uniform", False): ([4, 8, 1, 5, 2, 1, 8, 13], [19, 2, 12, 7, 1, 0, 46, 1]),
    ("learned", True): ([0, 18, 7, 22, 41, 12, 16, 5], [16, 21, 39, 8, 46, 29, 35, 11]),
    ("learned", False): ([0, 18, 7, 22, 41, 12, 16, 5], [16, 21, 39, 8, 46, 29, 35, 11]),
}
# Twelve of six classes by their counts.
BY_COUNTS: list[tuple[dict[str, Any], list[int], list[int]]] = [
    (
        {"unigrams": [1.0, 2.0, 3.0, 4.0, 5.0, 6.0]},
        [4, 4, 5, 5, 4, 5, 4, 4, 5, 4, 4, 2], [3, 5, 2, 2, 4, 0, 4, 5, 5, 2, 2, 5],
    ),
    (
        {"unigrams": [10.0, 1.0, 1.0, 1.0, 7.0, 1.0]},
        [4, 4, 0, 0, 4, 5, 4, 0, 0, 4, 4, 0], [4, 0, 0, 0, 4, 0, 4, 0, 0, 2, 0, 5],
    ),
    (
        {"unigrams": [1.0, 2.0, 3.0, 4.0, 5.0], "num_reserved_ids": 1},
        [4, 4, 5, 5, 4, 4, 4, 4, 5, 4, 4, 2], [3, 5, 2, 2, 4, 5, 4, 5, 5, 2, 5, 5],
    ),
    (
        {"unigrams": [1.0, 2.0, 3.0, 4.0, 5.0, 6.0], "distortion": 0.75},
        [4, 4, 5, 5, 4, 5, 4, 4, 5, 4, 4, 2], [3, 5, 2, 2, 4, 0, 5, 5, 5, 2, 2, 5],
    ),
]  # fmt: skip


@pytest.mark.parametrize(("name", "unique"), RECORDED)
def test_classes_of_a_seed(name: str, unique: bool) -> None:
    tf.set_random_seed(1)
    drawn, _, _ = SAMPLERS[name](tf.constant([[3], [5]], tf.int64), 1, 8, unique, 50)
    with tf.Session() as session:
        assert [session.run(drawn).tolist() for _ in range(2)] == list(RECORDED[name, unique])


@pytest.mark.parametrize(("options", "first", "second"), BY_COUNTS)
def test_classes_by_their_counts(options: dict[str, Any], first: list[int], second: list[int]) -> None:
    tf.set_random_seed(1)
    classes = tf.constant([[3], [5]], tf.int64)
    drawn, _, _ = tf.nn.fixed_unigram_candidate_sampler(classes, 1, 12, False, 6, **options)
    with tf.Session() as session:
        assert [session.run(drawn).tolist() for _ in range(2)] == [first, second]


def test_tables_share_out_all_weights() -> None:
    weights = np.random.RandomState(0).uniform(0, 3, 17)
    shares, others = samplers._alias_table(weights)
    found = shares.copy()
    np.add.at(found, others, 1 - shares)
    np.testing.assert_allclose(found, weights * 17 / weights.sum(), rtol=1e-12)


def test_counts_to_be_expected_depend_on_whether_a_class_was_drawn_twice() -> None:
    # TensorFlow 1.15.5 gives 3 * 0.2 for three of five classes that were drawn at once, 1 - 0.8**6 after six tries.
    tf.set_random_seed(7)
    true_classes = tf.constant([[1], [2], [3], [0]], tf.int64)
    drawn = tf.nn.uniform_candidate_sampler(true_classes, 1, 3, True, 5)
    with tf.Session() as sess:
        steps = [sess.run(list(drawn)) for _ in range(4)]
    assert [step[0].tolist() for step in steps] == [[4, 1, 2], [3, 0, 2], [0, 1, 2], [1, 4, 0]]
    for step, count in zip(steps, (0.6, 0.737856, 0.6, 0.6), strict=True):
        np.testing.assert_allclose(step[1], np.full((4, 1), count), rtol=1e-5)
        np.testing.assert_allclose(step[2], np.full(3, count), rtol=1e-5)
