"""`tf.distributions`: moments, densities and divergences are TensorFlow 1.15's; samples have their moments."""

from __future__ import annotations

import json
from typing import Any

import numpy as np
import pytest

import sessile as tf
from tests.programs.distribution_cases import RECORDED, cases, outcome

WANTED = json.loads(RECORDED.read_text(encoding="utf-8"))


@pytest.mark.parametrize("name", cases(tf))
def test_methods_give_what_tensorflow_gave(name: str) -> None:
    """What TensorFlow has, is here; a formula that it has not may be here too."""
    ours, wanted = outcome(tf, name), WANTED[name]
    for key, value in wanted.items():
        if key in ("batch_shape", "event_shape", "sample", "dtype"):
            assert ours[key] == value, key
        elif value is not None:
            assert ours[key] is not None, key
            np.testing.assert_allclose(np.array(ours[key]), np.array(value), rtol=2e-4, atol=2e-5, err_msg=key)


MODES = "WishartCholesky of factors"  # whose mean, TensorFlow's too, is the factor of the matrices' mean


def _has_finite_moments(name: str) -> bool:
    """Whether TensorFlow gave a mean and a variance, and draws samples."""
    wanted = WANTED[name]
    moments = [wanted[key] for key in ("mean", "variance")]
    return wanted["sample"] is not None and all(m is not None and np.isfinite(m).all() for m in moments)


@pytest.mark.parametrize("name", [name for name in cases(tf) if _has_finite_moments(name) and name != MODES])
def test_samples_have_the_moments(name: str) -> None:
    with tf.Graph().as_default(), tf.Session() as sess:
        tf.set_random_seed(3)
        made = cases(tf)[name][0]()
        drawn = np.asarray(sess.run(made.sample(20000, seed=7)), np.float64)
        wanted_mean, wanted_deviation = np.array(WANTED[name]["mean"]), np.sqrt(WANTED[name]["variance"])
        np.testing.assert_allclose(drawn.mean(0), wanted_mean + 0 * drawn[0], atol=float(wanted_deviation.max()) * 0.04)
        np.testing.assert_allclose(drawn.std(0), wanted_deviation + 0 * drawn[0], rtol=0.08)


@pytest.mark.parametrize("name", [name for name in cases(tf) if name.startswith("Categorical")])
def test_classes_are_drawn_as_often_as_is_probable(name: str) -> None:
    with tf.Graph().as_default(), tf.Session() as sess:
        made = cases(tf)[name][0]()
        drawn = np.asarray(sess.run(made.sample(20000, seed=7)), np.float64)
        classes = [(drawn == each).mean(0) for each in range(3)]
        np.testing.assert_allclose(np.stack(classes, -1), sess.run(made.probs), atol=0.02)


@pytest.mark.parametrize("name", ["RelaxedBernoulli", "RelaxedOneHotCategorical"])
def test_relaxed_samples_are_classes_as_often_as_is_probable(name: str) -> None:
    """Whatever the temperature, the largest share is that of a class with its probability."""
    with tf.Graph().as_default(), tf.Session() as sess:
        made = cases(tf)[name][0]()
        drawn = np.asarray(sess.run(made.sample(20000, seed=7)), np.float64)
        chosen = drawn > 0.5 if name == "RelaxedBernoulli" else drawn == drawn.max(-1, keepdims=True)
        np.testing.assert_allclose(chosen.mean(0), sess.run(made.probs), atol=0.02)
        if name == "RelaxedOneHotCategorical":
            np.testing.assert_allclose(drawn.sum(-1), 1.0, rtol=1e-5)
        logits = made.logits
        assert np.abs(sess.run(tf.gradients(made.sample(9, seed=1)[..., 0], logits)[0])).max() > 0


def test_quantized_samples_are_as_often_as_is_probable() -> None:
    with tf.Graph().as_default(), tf.Session() as sess:
        made = cases(tf)["QuantizedDistribution of ends"][0]()
        drawn = sess.run(made.sample(20000, seed=7))
        whole = np.arange(-1.0, 4.0, dtype=np.float32)
        probabilities = sess.run(made.prob(whole[:, None]))
        np.testing.assert_allclose(probabilities.sum(0), 1.0, rtol=1e-5)
        np.testing.assert_allclose([(drawn == each).mean(0) for each in whole], probabilities, atol=0.02)


def test_triangles_and_inverses() -> None:
    ds = tf.contrib.distributions
    with tf.Graph().as_default(), tf.Session() as sess:
        vector = np.arange(1, 11).reshape(1, 10)
        for upper in (False, True):
            made = ds.fill_triangular(vector, upper=upper)
            assert sess.run(ds.fill_triangular_inverse(made, upper=upper)).tolist() == vector.tolist()
        assert sess.run(ds.fill_triangular(vector, upper=True))[0].tolist() == [
            [1, 2, 3, 4], [0, 6, 7, 8], [0, 0, 10, 9], [0, 0, 0, 5],
        ]  # fmt: skip
        with pytest.raises(ValueError, match="does not correspond to a triangular matrix"):
            ds.fill_triangular([1, 2, 3, 4])
        x = np.array([-40.0, -3.0, 0.0, 5.0, 200.0])
        np.testing.assert_allclose(sess.run(ds.softplus_inverse(tf.nn.softplus(x))), x, rtol=1e-6, atol=1e-12)
        square = np.arange(4.0).reshape(2, 2)
        assert sess.run(ds.matrix_diag_transform(square, tf.exp)).tolist() == [[1.0, 1.0], [2.0, np.exp(3.0)]]
        banded = [[4.0, 6.0, 0.0], [1.0, 5.0, 7.0], [0.0, 2.0, 6.0]]
        assert sess.run(ds.tridiag([1.0, 2.0], [4.0, 5.0, 6.0], [6.0, 7.0])).tolist() == banded
        total, sign = sess.run(ds.reduce_weighted_logsumexp([1000.0, 1001.0], [1.0, -2.0], return_sign=True))
        assert sign == -1.0 and total == pytest.approx(1000 + np.log(2 * np.e - 1), rel=1e-6)


def test_mixtures_of_what_does_not_fit() -> None:
    ds = tf.contrib.distributions
    with pytest.raises(TypeError, match="cat must be a Categorical"):
        ds.Mixture(ds.Bernoulli(0.5), [ds.Normal(0.0, 1.0)])
    with pytest.raises(ValueError, match="non-empty"):
        ds.Mixture(ds.Categorical(probs=[1.0]), [])
    with pytest.raises(ValueError, match="does not equal"):
        ds.MixtureSameFamily(ds.Categorical(probs=[0.5, 0.5]), ds.Normal([0.0, 1.0, 2.0], 1.0))
    with pytest.raises(ValueError, match="cannot exceed"):
        ds.Independent(ds.Normal(0.0, 1.0), 1)
    with pytest.raises(ValueError, match="exactly one of"):
        ds.Poisson()


def test_samples_are_differentiable_where_they_say_so() -> None:
    loc = tf.constant([1.0, 2.0])
    normal = tf.distributions.Normal(loc, 3.0)
    assert normal.reparameterization_type is tf.distributions.FULLY_REPARAMETERIZED
    with tf.Session() as sess:
        assert sess.run(tf.gradients(normal.sample(4), loc)[0]).tolist() == [4.0, 4.0]


def test_wrong_arguments() -> None:
    d = tf.distributions
    with pytest.raises(ValueError, match="Expected floating point type, got tf.int32"):
        d.Normal(0, 1)
    for given in ({}, {"logits": [0.0], "probs": [0.5]}):
        with pytest.raises(ValueError, match="Must pass probs or logits, but not both"):
            d.Bernoulli(**given)
    with pytest.raises(NotImplementedError, match="mean is not implemented: Categorical"):
        d.Categorical(probs=[0.5, 0.5]).mean()
    with pytest.raises(NotImplementedError, match=r"No KL\(distribution_a \|\| distribution_b\) registered"):
        d.kl_divergence(d.Normal(0.0, 1.0), d.Bernoulli(0.5))


def test_distributions_of_ones_own() -> None:
    """Subclasses give formulas; divergences are registered."""

    class Sure(tf.distributions.Distribution):  # type: ignore[misc, name-defined, unused-ignore]
        def __init__(self) -> None:
            super().__init__(tf.float32, tf.distributions.NOT_REPARAMETERIZED, False, True, name="Sure")

        def _prob(self, value: Any) -> Any:
            return tf.cast(tf.equal(value, 1.0), tf.float32)

        def _variance(self) -> Any:
            return tf.constant(4.0)

    @tf.distributions.RegisterKL(Sure, Sure)
    def divergence(a: Any, b: Any, name: str | None = None) -> Any:
        return tf.constant(0.0)

    with tf.Session() as sess:
        made = Sure()
        assert sess.run([made.prob(1.0), made.log_prob(1.0), made.stddev()]) == [1.0, 0.0, 2.0]
        assert sess.run(made.kl_divergence(Sure())) == 0.0
    with pytest.raises(ValueError, match="has already been registered"):
        tf.distributions.RegisterKL(Sure, Sure)(divergence)


def test_names_and_copies() -> None:
    normal = tf.distributions.Normal(0.0, 1.0)
    assert normal.name == "Normal/" and normal.mean().op.name.startswith("Normal/mean/")
    assert str(normal) == 'tf.distributions.Normal("Normal/", batch_shape=(), event_shape=(), dtype=float32)'
    wide = normal.copy(scale=5.0)
    with tf.Session() as sess:
        assert sess.run(wide.stddev()) == 5.0


# The first and the second sample of a session with the seed 3, of 1.15.5: of distributions that draw twice.
TWICE: dict[str, Any] = {
    "Beta": (
        lambda: tf.distributions.Beta(1.0, 2.0).sample(5, seed=3),
        [0.1829, 0.6818, 0.069, 0.0906, 0.9016], [0.5028, 0.0497, 0.0272, 0.004],
    ),
    "StudentT": (
        lambda: tf.distributions.StudentT(2.0, 0.0, 1.0).sample(5, seed=3),
        [-1.6798, -0.6015, 1.3301, 0.3843, -1.1638], [9.1201, -0.9464, 0.6591, -1.5713],
    ),
    "NegativeBinomial": (
        lambda: tf.contrib.distributions.NegativeBinomial(3.0, 0.3).sample(5, seed=3),
        [3.0, 11.0, 3.0, 2.0, 1.0], [2.0, 7.0, 7.0, 8.0],
    ),
    "WishartCholesky": (
        lambda: tf.contrib.distributions.WishartCholesky(3.0, [[1.0, 0.0], [0.5, 2.0]]).sample(2, seed=3),
        [2.7706, 3.0259, 3.0259, 3.8944, 4.1433, 1.9743, 1.9743, 2.6536], [5.97, 3.6857, 3.6857, 8.2034],
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", TWICE)
def test_samples_of_a_seed(name: str) -> None:
    sample, first, second = TWICE[name]
    tf.set_random_seed(5)
    drawn = sample()
    with tf.Session() as session:
        np.testing.assert_allclose(session.run(drawn).ravel(), first, atol=6e-5)
        np.testing.assert_allclose(session.run(drawn).ravel()[:4], second, atol=6e-5)
