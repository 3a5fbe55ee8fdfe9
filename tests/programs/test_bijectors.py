"""Bijectors undo themselves, determinants are those of Jacobians, and transformed distributions integrate to 1."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import sessile as tf

ds = tf.contrib.distributions
bijectors = ds.bijectors
X = np.array([[0.3, 1.2, -0.7], [0.1, -2.0, 0.5]], np.float64)
TRIANGLE = np.array([[1.0, 0, 0], [0.5, 2, 0], [-0.3, 0.2, 0.7]])


def made() -> dict[str, Any]:
    b = bijectors
    return {
        "identity": b.Identity(),
        "exp": b.Exp(),
        "sigmoid": b.Sigmoid(),
        "softplus": b.Softplus(),
        "softer": b.Softplus(hinge_softness=np.float64(2.0)),
        "scalar": b.AffineScalar(shift=np.float64(1.0), scale=np.float64(-2.0)),
        "scalars": b.AffineScalar(scale=np.array([1.0, 2.0, 3.0])),
        "diagonal": b.Affine(shift=np.array([1.0, 2.0, 3.0]), scale_diag=np.array([1.0, 2.0, -3.0])),
        "triangle": b.Affine(shift=np.array([1.0, 2.0, 3.0]), scale_tril=TRIANGLE),
        "triangle and more": b.Affine(scale_tril=TRIANGLE, scale_identity_multiplier=np.float64(2.0)),
        "inverse": b.Invert(b.Sigmoid()),
        "chain": b.Chain([b.Exp(), b.Affine(scale_tril=TRIANGLE), b.AffineScalar(scale=np.float64(0.5))]),
        "permutation": b.Permute([2, 0, 1]),
        "own": b.Inline(
            forward_fn=tf.exp, inverse_fn=tf.log, inverse_log_det_jacobian_fn=lambda y: -tf.log(y), name="own"
        ),
    }


@pytest.mark.parametrize("name", made())
def test_forward_and_inverse_undo_each_other(name: str) -> None:
    with tf.Graph().as_default(), tf.Session() as session:
        bijector = made()[name]
        start = X if name != "inverse" else 1 / (1 + np.exp(-X))
        there = bijector.forward(start)
        back = session.run(bijector.inverse(there))
        np.testing.assert_allclose(back, start, rtol=1e-9, atol=1e-12)


@pytest.mark.parametrize("name", made())
def test_determinants_are_those_of_the_jacobian(name: str) -> None:
    with tf.Graph().as_default(), tf.Session() as session:
        bijector = made()[name]
        start = X if name != "inverse" else 1 / (1 + np.exp(-X))
        x = tf.constant(start)
        y = bijector.forward(x)
        rows = [tf.gradients(y[:, column], x)[0] for column in range(3)]
        jacobians = np.stack(session.run([tf.zeros_like(x) if r is None else r for r in rows]), axis=1)
        wanted = np.log(np.abs(np.linalg.det(jacobians)))
        forward, inverse = session.run(
            [bijector.forward_log_det_jacobian(x, 1), bijector.inverse_log_det_jacobian(y, 1)]
        )
        np.testing.assert_allclose(forward + np.zeros(2), wanted, rtol=1e-8, atol=1e-10)
        np.testing.assert_allclose(inverse + np.zeros(2), -wanted, rtol=1e-8, atol=1e-10)


def test_a_log_normal_distribution() -> None:
    with tf.Graph().as_default(), tf.Session() as session:
        base = ds.Normal(loc=np.float64(0.2), scale=np.float64(0.7))
        made = ds.TransformedDistribution(base, bijectors.Exp(), name="LogNormal")
        grid = np.linspace(1e-6, 60.0, 400_001)
        density = session.run(made.prob(grid))
        assert np.trapezoid(density, grid) == pytest.approx(1.0, abs=1e-4)
        below = grid <= 2.0
        assert session.run(made.cdf(np.float64(2.0))) == pytest.approx(
            np.trapezoid(density[below], grid[below]), abs=1e-4
        )
        drawn = session.run(made.sample(20_000, seed=3))
        assert drawn.shape == (20_000,) and (drawn > 0).all()
        assert np.log(drawn).mean() == pytest.approx(0.2, abs=0.03)
        with pytest.raises(NotImplementedError, match="entropy"):
            made.entropy()


def test_normal_vectors_by_an_affine_function() -> None:
    with tf.Graph().as_default(), tf.Session() as session:
        base = ds.MultivariateNormalDiag(loc=np.zeros(3))
        made = ds.TransformedDistribution(base, bijectors.Affine(shift=np.array([1.0, 2.0, 3.0]), scale_tril=TRIANGLE))
        covariance = TRIANGLE @ TRIANGLE.T
        away = X - [1.0, 2.0, 3.0]
        wanted = -0.5 * np.einsum("ni,ij,nj->n", away, np.linalg.inv(covariance), away)
        wanted -= 0.5 * np.linalg.slogdet(2 * np.pi * covariance)[1]
        np.testing.assert_allclose(session.run(made.log_prob(X)), wanted, rtol=1e-8)
        entropy = 0.5 * np.linalg.slogdet(2 * np.pi * np.e * covariance)[1]
        assert session.run(made.entropy()) == pytest.approx(entropy)
        assert session.run(made.mean()).tolist() == [1.0, 2.0, 3.0]
        assert made.sample(5).shape.as_list() == [5, 3]


def test_wrong_bijectors() -> None:
    with pytest.raises(ValueError, match="exactly one of each"):
        bijectors.Permute([0, 0, 1])
    with pytest.raises(ValueError, match="must be at least 1"):
        bijectors.Permute([1, 0]).forward_log_det_jacobian(X[:, :2], event_ndims=0)
    with pytest.raises(NotImplementedError, match="scale_tril"):
        bijectors.Affine(scale_perturb_factor=[[1.0]])
