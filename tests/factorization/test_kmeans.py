"""`tf.contrib.factorization.KMeans`: centres are those that TensorFlow 1.15.5 gave."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import sessile as tf

CORNERS = ((0, 0), (3, 3), (0, 4))
X = np.concatenate([np.random.RandomState(i).randn(20, 2) * 0.1 + corner for i, corner in enumerate(CORNERS)])
X = X.astype(np.float32)
FIRST = X[[0, 20, 40]]
MEANS = np.stack([X[20 * i : 20 * i + 20].mean(0) for i in range(3)])


def centres(batches: list[Any], **options: Any) -> Any:
    """The centres after a step of each batch, with the scores of the last step."""
    with tf.Graph().as_default(), tf.Session() as session:
        x = tf.placeholder(tf.float32, [None, 2])
        model = tf.contrib.factorization.KMeans(inputs=x, num_clusters=3, **options)
        _, nearest, scores, initialized, first, train = model.training_graph()
        assert [variable.name for variable in tf.global_variables()][:2] == ["clusters:0", "initialized:0"]
        session.run(tf.global_variables_initializer())
        assert not session.run(initialized)
        session.run(first, {x: X})
        assert session.run(initialized)
        begun = session.run(tf.global_variables()[0])
        session.run(first, {x: X[::-1]})  # there are centres: nothing is done
        assert np.array_equal(session.run(tf.global_variables()[0]), begun)
        for batch in batches:
            _, score, near = session.run([train, scores[0], nearest[0]], {x: X[batch]})
        return session.run(tf.global_variables()[0]), score, near


def test_centres_are_means() -> None:
    found, scores, nearest = centres([slice(0, 60)] * 2, initial_clusters=FIRST)
    wanted = [[0.05268, 0.00983], [3.02486, 2.95722], [-0.04694, 4.00515]]
    np.testing.assert_allclose(found, wanted, atol=1e-5)
    assert scores.mean() == pytest.approx(0.0193776, rel=1e-4)
    assert np.bincount(nearest).tolist() == [20, 20, 20]


def test_centres_of_none_are_zero() -> None:
    found, _, _ = centres([slice(0, 5)], initial_clusters=FIRST)
    np.testing.assert_allclose(found, [[0.10914, 0.03846], [0, 0], [0, 0]], atol=1e-5)


def test_centres_by_angles() -> None:
    found, _, _ = centres([slice(0, 60)], initial_clusters=FIRST, distance_metric="cosine")
    np.testing.assert_allclose(found, [[0.83255, -0.55396], [0.70809, 0.70612], [-0.11565, 0.99329]], atol=1e-5)


def test_centres_move_towards_the_means_of_batches() -> None:
    """By the share of a batch among all rows so far, and one row that counts for the first centre."""
    found, _, _ = centres([slice(0, 60)], initial_clusters=FIRST, use_mini_batch=True)
    np.testing.assert_allclose(found, [[0.05857, 0.01127], [3.03141, 2.95634], [-0.04669, 4.00464]], atol=1e-5)
    again, _, _ = centres([slice(0, 60)] * 2, initial_clusters=FIRST, use_mini_batch=True)
    np.testing.assert_allclose(again, (FIRST + 40 * MEANS) / 41, rtol=1e-4, atol=1e-5)


def test_first_centres_are_rows() -> None:
    with tf.Graph().as_default(), tf.Session() as session:
        model = tf.contrib.factorization.KMeans(X, 5, random_seed=3)
        *_, first, _ = model.training_graph()
        session.run(tf.global_variables_initializer())
        session.run(first)
        rows = {tuple(row) for row in X.tolist()}
        assert all(tuple(row) in rows for row in session.run(tf.global_variables()[0]).tolist())
    for seed in range(5):
        found, _, _ = centres([slice(0, 60)] * 3, initial_clusters="kmeans_plus_plus", random_seed=seed)
        np.testing.assert_allclose(found[np.lexsort(found.T)], MEANS[np.lexsort(MEANS.T)], rtol=1e-4, atol=1e-5)
    found, _, _ = centres([slice(0, 60)], initial_clusters=lambda inputs, number: inputs[0][: number * 20 : 20])
    np.testing.assert_allclose(found, MEANS, rtol=1e-4, atol=1e-5)


def test_what_is_refused() -> None:
    kmeans = tf.contrib.factorization.KMeans
    with pytest.raises(ValueError, match="Unsupported distance metric"):
        kmeans(X, 3, distance_metric="manhattan")
    with pytest.raises(ValueError, match="Unsupported initialization algorithm"):
        kmeans(X, 3, initial_clusters="first")
    with pytest.raises(NotImplementedError, match="mini_batch_steps_per_iteration"):
        kmeans(X, 3, use_mini_batch=True, mini_batch_steps_per_iteration=2)
