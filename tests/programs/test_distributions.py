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


@pytest.mark.parametrize("name", [name for name in cases(tf) if name not in ("StudentT", "MultivariateNormalDiag")])
def test_samples_have_the_mean(name: str) -> None:
    with tf.Graph().as_default(), tf.Session() as sess:
        tf.set_random_seed(3)
        made = cases(tf)[name][0]()
        drawn = np.asarray(sess.run(made.sample(20000, seed=7)), np.float64)
        if name.startswith("Categorical"):
            classes = [(drawn == each).mean(0) for each in range(3)]
            np.testing.assert_allclose(np.stack(classes, -1), sess.run(made.probs), atol=0.02)
        else:
            mean, deviation = sess.run([made.mean(), made.stddev()])
            np.testing.assert_allclose(drawn.mean(0), mean, atol=float(np.max(deviation)) * 0.04)


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
