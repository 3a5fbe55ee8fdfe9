"""Distributions at fixed values: what TensorFlow 1.15 gave is in `distribution_cases.json`.

python -m tests.programs.distribution_cases      # records; in an environment that has TensorFlow 1.15
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np

RECORDED = Path(__file__).parent / "distribution_cases.json"
METHODS = ("mean", "variance", "stddev", "mode", "entropy", "covariance")
OF_VALUES = ("log_prob", "prob", "cdf", "log_cdf", "survival_function", "quantile")


def cases(tf: Any) -> dict[str, tuple[Any, Any, Any]]:
    """By name a function that makes the distribution, another one of its kind, and values."""
    d, c = tf.distributions, tf.contrib.distributions
    small = [0.1, 0.5, 0.9]
    return {
        "Normal": (lambda: d.Normal([0.0, 1.0], [1.0, 2.0]), lambda: d.Normal(0.5, 1.5), [0.25, 0.75]),
        "Laplace": (lambda: d.Laplace([0.0, 1.0], 2.0), None, [0.5, 3.0]),
        "Uniform": (lambda: d.Uniform([0.0, -1.0, 0.25], [1.0, 1.0, 0.75]), None, small),
        "Exponential": (lambda: d.Exponential([1.0, 2.0, 0.5]), None, small),
        "StudentT": (lambda: d.StudentT([3.0, 1.5, 0.5], 1.0, 2.0), None, small),
        "Gamma": (lambda: d.Gamma([0.5, 2.0, 3.0], 2.0), lambda: d.Gamma(1.5, [1.0, 2.0, 3.0]), small),
        "Beta": (lambda: d.Beta([2.0, 3.0, 0.5], [2.0, 1.5, 0.5]), lambda: d.Beta(1.0, 2.0), small),
        "Dirichlet": (
            lambda: d.Dirichlet([[2.0, 3.0, 1.5]]), lambda: d.Dirichlet([1.0, 1.0, 1.0]), [[0.2, 0.3, 0.5]],
        ),
        "Bernoulli": (lambda: d.Bernoulli(probs=[0.2, 0.7]), lambda: d.Bernoulli(logits=[0.5, -1.0]), [0, 1]),
        "Bernoulli by logits": (lambda: d.Bernoulli(logits=[0.5, -1.0]), None, [1, 0]),
        "Categorical": (
            lambda: d.Categorical(logits=[[0.0, 1.0, 2.0], [1.0, 0.0, 0.0]]),
            lambda: d.Categorical(probs=[0.2, 0.3, 0.5]), [1, 2],
        ),
        "Categorical by probabilities": (lambda: d.Categorical(probs=[0.2, 0.3, 0.5]), None, [[0], [2]]),
        "OneHotCategorical": (
            lambda: c.OneHotCategorical(probs=[0.2, 0.3, 0.5]), lambda: c.OneHotCategorical(logits=[0.0, 1.0, 2.0]),
            [[0, 1, 0]],
        ),
        "MultivariateNormalDiag": (
            lambda: c.MultivariateNormalDiag([0.0, 1.0], [[1.0, 2.0], [3.0, 4.0]]),
            lambda: c.MultivariateNormalDiag([0.5, 0.5], [2.0, 1.0]), [[0.5, 0.25], [1.0, 2.0]],
        ),
        **more_cases(tf),
    }  # fmt: skip


def more_cases(tf: Any) -> dict[str, tuple[Any, Any, Any]]:
    """The same of `tf.contrib.distributions`."""
    c = tf.contrib.distributions
    small, counts = [0.1, 0.5, 0.9], [0.0, 1.0, 4.0]
    weights, rows = [0.2, 0.3, 0.5], [[0.5, 0.25], [1.0, 2.0]]
    triangle, covariance = [[1.5, 0.0], [-0.5, 2.0]], [[2.0, 0.5], [0.5, 1.0]]
    return {
        "Poisson": (lambda: c.Poisson([0.5, 2.0, 3.5]), None, counts),
        "Poisson by logarithms": (lambda: c.Poisson(log_rate=[0.5, -1.0, 2.0]), None, counts),
        "Geometric": (lambda: c.Geometric(probs=[0.2, 0.5, 0.9]), None, counts),
        "Geometric by logits": (lambda: c.Geometric(logits=[0.2, -0.5, 0.9]), None, counts),
        "NegativeBinomial": (lambda: c.NegativeBinomial([3.0, 1.0, 0.5], probs=[0.2, 0.5, 0.9]), None, counts),
        "NegativeBinomial by logits": (lambda: c.NegativeBinomial(4.0, logits=[0.2, -0.5, 0.9]), None, counts),
        "Binomial": (lambda: c.Binomial(5.0, probs=[0.2, 0.5, 0.9]), None, counts),
        "Multinomial": (lambda: c.Multinomial([4.0, 5.0], probs=weights), None, [[1.0, 1.0, 2.0], [0.0, 5.0, 0.0]]),
        "DirichletMultinomial": (
            lambda: c.DirichletMultinomial(4.0, [[1.0, 2.0, 3.0]]), None, [[1.0, 1.0, 2.0]],
        ),
        "Deterministic": (lambda: c.Deterministic([0.5, 1.0, 0.9], atol=0.1), lambda: c.Normal(0.0, 1.0), small),
        "VectorDeterministic": (lambda: c.VectorDeterministic([[0.5, 0.25], [1.0, 1.0]]), None, rows),
        "Cauchy": (lambda: c.Cauchy([0.0, 1.0, 2.0], 2.0), None, small),
        "HalfNormal": (lambda: c.HalfNormal([0.5, 1.0, 2.0]), lambda: c.HalfNormal(1.5), [-0.5, 0.5, 0.9]),
        "Logistic": (lambda: c.Logistic([0.0, 1.0, 2.0], 2.0), None, small),
        "InverseGamma": (lambda: c.InverseGamma([0.5, 2.0, 3.0], 2.0), lambda: c.InverseGamma(1.5, 1.0), small),
        "Chi2": (lambda: c.Chi2([1.0, 2.0, 5.0]), lambda: c.Chi2(3.0), small),
        "MultivariateNormalTriL": (
            lambda: c.MultivariateNormalTriL([[0.0, 1.0], [2.0, 3.0]], triangle),
            lambda: c.MultivariateNormalDiag([0.5, 0.5], [2.0, 1.0]), rows,
        ),
        "MultivariateNormalFullCovariance": (
            lambda: c.MultivariateNormalFullCovariance([0.0, 1.0], covariance),
            lambda: c.MultivariateNormalTriL([0.5, 0.5], triangle), rows,
        ),
        "MultivariateNormalDiagPlusLowRank": (
            lambda: c.MultivariateNormalDiagPlusLowRank([0.0, 1.0], [1.0, 2.0], 0.5, [[1.0], [-1.0]], [0.5]),
            None, rows,
        ),
        "ExpRelaxedOneHotCategorical": (
            lambda: c.ExpRelaxedOneHotCategorical(0.5, probs=weights), None, [[-1.0, -2.0, -0.69]],
        ),
        "RelaxedOneHotCategorical": (
            lambda: c.RelaxedOneHotCategorical(0.7, logits=[[0.5, 1.0, -1.0]]), None, [weights],
        ),
        "RelaxedBernoulli": (lambda: c.RelaxedBernoulli(0.7, probs=weights), None, small),
        "Mixture": (
            lambda: c.Mixture(c.Categorical(probs=[[0.2, 0.8]] * 3), [c.Normal(small, 1.0), c.Laplace(small, 2.0)]),
            None, small,
        ),
        "MixtureSameFamily": (
            lambda: c.MixtureSameFamily(c.Categorical(probs=weights), c.Normal([0.0, 1.0, 2.0], [1.0, 0.5, 2.0])),
            None, small,
        ),
        "MixtureSameFamily of vectors": (
            lambda: c.MixtureSameFamily(c.Categorical(probs=[0.4, 0.6]), c.MultivariateNormalDiag(rows, [1.0, 2.0])),
            None, rows,
        ),
        **around_cases(tf, weights, rows),
    }  # fmt: skip


def around_cases(tf: Any, weights: list[float], rows: list[list[float]]) -> dict[str, tuple[Any, Any, Any]]:
    """Of distributions that are made of others, of matrices and of softened parameters."""
    c = tf.contrib.distributions
    matrices = [[[2.0, 0.5], [0.5, 1.0]], [[1.0, 0.0], [0.0, 3.0]]]
    factors = [[[2.0, 0.0], [0.5, 1.0]], [[1.0, 0.0], [0.0, 3.0]]]
    return {
        "Independent": (
            lambda: c.Independent(c.Normal([[0.0, 1.0], [2.0, 3.0]], 1.5)),
            lambda: c.Independent(c.Normal([[0.5, 1.0], [2.0, 2.0]], 1.0)), rows,
        ),
        "QuantizedDistribution": (lambda: c.QuantizedDistribution(c.Normal([0.0, 1.0], 2.0)), None, [1.0, -2.0]),
        "QuantizedDistribution of ends": (
            lambda: c.QuantizedDistribution(c.Laplace([0.0, 1.0, 2.0], 2.0), -1.0, 3.0), None, [3.0, -1.0, 2.0],
        ),
        "WishartFull": (lambda: c.WishartFull(4.0, matrices[0]), None, matrices),
        "WishartCholesky": (lambda: c.WishartCholesky(3.5, factors[0]), None, matrices),
        "WishartCholesky of factors": (
            lambda: c.WishartCholesky(4.0, factors[0], cholesky_input_output_matrices=True), None, factors,
        ),
        "NormalWithSoftplusScale": (lambda: c.NormalWithSoftplusScale(0.5, [-1.0, 0.5, 2.0]), None, weights),
        "LaplaceWithSoftplusScale": (lambda: c.LaplaceWithSoftplusScale(0.5, [-1.0, 0.5, 2.0]), None, weights),
        "ExponentialWithSoftplusRate": (lambda: c.ExponentialWithSoftplusRate([-1.0, 0.5, 2.0]), None, weights),
        "GammaWithSoftplusConcentrationRate": (
            lambda: c.GammaWithSoftplusConcentrationRate([-1.0, 0.5, 2.0], 0.3), None, weights,
        ),
        "BetaWithSoftplusConcentration": (
            lambda: c.BetaWithSoftplusConcentration([-1.0, 0.5, 2.0], 0.3), None, weights,
        ),
        "Chi2WithAbsDf": (lambda: c.Chi2WithAbsDf([-1.5, 2.5, 3.0]), None, weights),
        "StudentTWithAbsDfSoftplusScale": (
            lambda: c.StudentTWithAbsDfSoftplusScale([-3.5, 4.5, 3.0], 0.5, 0.3), None, weights,
        ),
        "MultivariateNormalDiagWithSoftplusScale": (
            lambda: c.MultivariateNormalDiagWithSoftplusScale([0.0, 1.0], [-0.5, 0.5]), None, rows,
        ),
    }  # fmt: skip


def outcome(tf: Any, name: str) -> dict[str, Any]:
    """What each method gives; None where it is not implemented."""
    make, other, values = cases(tf)[name]
    found: dict[str, Any] = {}
    with tf.Graph().as_default(), tf.Session() as sess:
        made = make()

        def noted(method: str, call: Any) -> None:
            try:
                found[method] = np.asarray(sess.run(call())).astype(float).round(5).tolist()
            except (NotImplementedError, ValueError):
                found[method] = None

        for method in METHODS:
            noted(method, getattr(made, method))
        for method in OF_VALUES:
            noted(method, lambda method=method: getattr(made, method)(values))
        if other is not None:
            noted("kl_divergence", lambda: tf.distributions.kl_divergence(made, other()))
        found["batch_shape"], found["event_shape"] = made.batch_shape.as_list(), made.event_shape.as_list()
        try:
            found["sample"] = made.sample([5, 2], seed=1).shape.as_list()
        except (NotImplementedError, ValueError):  # matrices: 1.15 cannot draw them
            found["sample"] = None
        found["dtype"] = made.dtype.name
    return found


if __name__ == "__main__":
    import tensorflow

    names = sorted(cases(tensorflow))
    rows = [f"{json.dumps(name)}: {json.dumps(outcome(tensorflow, name))}" for name in names]
    RECORDED.write_text("{\n" + ",\n".join(rows) + "\n}\n")
