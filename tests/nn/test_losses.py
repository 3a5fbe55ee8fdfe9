"""Sampled losses, batch normalisation and CTC against what they mean, computed another way."""

from __future__ import annotations

import itertools
from typing import Any

import numpy as np
import pytest

import sessile as tf


def _drawn(sampler: Any, steps: int, **arguments: Any) -> Any:
    """What a sampler gives in so many steps of one session."""
    with tf.Graph().as_default(), tf.Session() as session:
        results = sampler(tf.constant([[1], [3]], tf.int64), num_true=1, seed=5, **arguments)
        return [session.run(list(results)) for _ in range(steps)]


def test_log_uniform_classes_have_their_chances() -> None:
    """Class k comes with the chance log((k + 2) / (k + 1)) / log(range + 1), which is the expected count too."""
    results = _drawn(tf.nn.log_uniform_candidate_sampler, 200, num_sampled=100, unique=False, range_max=8)
    drawn = np.concatenate([candidates for candidates, _, _ in results])
    chances = np.log((np.arange(8) + 2) / (np.arange(8) + 1)) / np.log(9)
    np.testing.assert_allclose(np.bincount(drawn, minlength=8) / drawn.size, chances, atol=0.02)
    candidates, true, sampled = results[0]
    np.testing.assert_allclose(true[:, 0], 100 * chances[[1, 3]], rtol=1e-5)
    np.testing.assert_allclose(sampled, 100 * chances[candidates], rtol=1e-5)


@pytest.mark.parametrize("name", ["uniform", "log_uniform", "learned_unigram"])
def test_unique_classes_differ(name: str) -> None:
    """Without replacement all drawn classes differ; expected counts are chances unless all differed at once."""
    sampler = getattr(tf.nn, f"{name}_candidate_sampler")
    for candidates, true, sampled in _drawn(sampler, 20, num_sampled=5, unique=True, range_max=7):
        assert len(set(candidates.tolist())) == 5
        assert candidates.min() >= 0 and candidates.max() < 7
        assert (true > 0).all() and (true < 5).all() and (sampled > 0).all() and (sampled < 5).all()


def test_fixed_unigrams_have_their_weights() -> None:
    """Classes come in proportion to given counts; reserved ones never."""
    arguments = {
        "num_sampled": 100,
        "unique": False,
        "range_max": 4,
        "unigrams": [1.0, 2.0, 5.0],
        "num_reserved_ids": 1,
    }
    results = _drawn(tf.nn.fixed_unigram_candidate_sampler, 100, **arguments)
    drawn = np.concatenate([candidates for candidates, _, _ in results])
    np.testing.assert_allclose(np.bincount(drawn, minlength=4) / drawn.size, [0, 0.125, 0.25, 0.625], atol=0.02)


def test_learned_unigrams_learn() -> None:
    """A class that was often right is drawn often."""
    results = _drawn(tf.nn.learned_unigram_candidate_sampler, 300, num_sampled=20, unique=False, range_max=5)
    late = np.concatenate([candidates for candidates, _, _ in results[-50:]])
    assert np.mean((late == 1) | (late == 3)) > 0.9


def test_too_many_unique_classes() -> None:
    """There are not more different classes than there are."""
    with pytest.raises(tf.errors.InvalidArgumentError):
        _drawn(tf.nn.uniform_candidate_sampler, 1, num_sampled=9, unique=True, range_max=8)


def test_seeded_samplers_repeat() -> None:
    """With a seed each session draws the same."""
    arguments = {"num_sampled": 6, "unique": True, "range_max": 50}
    first, second = (_drawn(tf.nn.uniform_candidate_sampler, 3, **arguments) for _ in range(2))
    for one, other in zip(first, second):
        np.testing.assert_array_equal(one[0], other[0])


def _read(path: tuple[int, ...], blank: int) -> tuple[int, ...]:
    """The labels that a path of outputs says."""
    kept = [label for place, label in enumerate(path) if place == 0 or label != path[place - 1]]
    return tuple(label for label in kept if label != blank)


@pytest.mark.parametrize("labels", [(0,), (0, 1), (1, 1), (2, 0, 2)])
def test_ctc_sums_all_paths(labels: tuple[int, ...]) -> None:
    """The loss is minus the log of the sum over all paths that say the labels."""
    logits = np.random.RandomState(1).standard_normal((5, 1, 4))
    chances = np.exp(logits[:, 0]) / np.exp(logits[:, 0]).sum(axis=1, keepdims=True)
    total = sum(
        np.prod([chances[time, label] for time, label in enumerate(path)])
        for path in itertools.product(range(4), repeat=5)
        if _read(path, 3) == labels
    )
    indices = [[0, place] for place in range(len(labels))]
    with tf.Graph().as_default(), tf.Session() as session:
        sparse = tf.SparseTensor(indices, tf.constant(labels), [1, len(labels)])
        loss = session.run(tf.nn.ctc_loss(sparse, tf.constant(logits), [5]))
    np.testing.assert_allclose(loss, [-np.log(total)], rtol=1e-12)


def test_beam_search_finds_the_most_probable_labels() -> None:
    """A wide beam finds the labels with the greatest sum over paths, and that sum."""
    logits = np.random.RandomState(2).standard_normal((4, 1, 3))
    chances = np.exp(logits[:, 0]) / np.exp(logits[:, 0]).sum(axis=1, keepdims=True)
    totals: dict[tuple[int, ...], float] = {}
    for path in itertools.product(range(3), repeat=4):
        said = _read(path, 2)
        totals[said] = totals.get(said, 0.0) + float(np.prod([chances[time, label] for time, label in enumerate(path)]))
    best, chance = max(totals.items(), key=lambda item: item[1])
    with tf.Graph().as_default(), tf.Session() as session:
        paths, score = tf.nn.ctc_beam_search_decoder(tf.constant(logits), [4], beam_width=50, merge_repeated=False)
        found, logarithm = session.run([paths[0].values, score])
    assert tuple(found.tolist()) == best
    np.testing.assert_allclose(logarithm, [[np.log(chance)]], rtol=1e-9)


@pytest.mark.parametrize("is_training", [True, False])
def test_second_derivatives_of_batch_normalisation(is_training: bool) -> None:
    """The gradient of the fused gradient is that of the same formula in parts."""
    random = np.random.RandomState(0)
    x, weights = random.standard_normal((2, 3, 2, 3)).astype("f"), random.standard_normal((2, 3, 2, 3)).astype("f")
    moments = [np.array([0.1, -0.2, 0.3], "f"), np.array([1.0, 2.0, 0.5], "f")]
    results = []
    with tf.Graph().as_default(), tf.Session() as session:
        image, scale, offset = tf.constant(x), tf.constant([1.0, 2.0, -0.5]), tf.constant([0.0, 1.0, 2.0])
        for is_fused in (True, False):
            if is_fused:
                given = {} if is_training else {"mean": moments[0], "variance": moments[1]}
                y = tf.nn.fused_batch_norm(image, scale, offset, epsilon=0.1, is_training=is_training, **given)[0]
            else:
                mean, variance = (tf.constant(moment) for moment in moments)
                if is_training:
                    mean = tf.reduce_mean(image, [0, 1, 2])
                    variance = tf.reduce_mean(tf.square(image - mean), [0, 1, 2])
                y = (image - mean) / tf.sqrt(variance + 0.1) * scale + offset
            first = tf.gradients(y * tf.constant(weights) + tf.sin(y), [image, scale, offset])
            total = tf.add_n([tf.reduce_sum(tf.sin(gradient)) for gradient in first])
            results.append(session.run(tf.gradients(total, [image, scale])))
    for one, other in zip(*results):
        np.testing.assert_allclose(one, other, rtol=2e-3, atol=2e-4)


def test_sampled_softmax_of_all_classes_is_softmax() -> None:
    """With all classes drawn, and their chances not subtracted, it is the cross entropy over all."""
    random = np.random.RandomState(3)
    table, inputs = random.standard_normal((6, 4)).astype("f"), random.standard_normal((3, 4)).astype("f")
    labels = np.array([[1], [5], [2]], np.int64)
    with tf.Graph().as_default(), tf.Session() as session:
        drawn = tf.nn.all_candidate_sampler(tf.constant(labels), 1, 6, True)
        loss = tf.nn.sampled_softmax_loss(table, np.zeros(6, "f"), labels, inputs, 6, 6, sampled_values=drawn)
        whole = tf.nn.sparse_softmax_cross_entropy_with_logits(
            labels=labels[:, 0], logits=tf.matmul(inputs, table, transpose_b=True)
        )
        found, wanted = session.run([loss, whole])
    np.testing.assert_allclose(found, wanted, rtol=1e-5)
