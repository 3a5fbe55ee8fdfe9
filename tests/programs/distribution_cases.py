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
            except NotImplementedError:
                found[method] = None

        for method in METHODS:
            noted(method, getattr(made, method))
        for method in OF_VALUES:
            noted(method, lambda method=method: getattr(made, method)(values))
        if other is not None:
            noted("kl_divergence", lambda: tf.distributions.kl_divergence(made, other()))
        found["batch_shape"], found["event_shape"] = made.batch_shape.as_list(), made.event_shape.as_list()
        found["sample"] = made.sample([5, 2], seed=1).shape.as_list()
        found["dtype"] = made.dtype.name
    return found


if __name__ == "__main__":
    import tensorflow

    names = sorted(cases(tensorflow))
    rows = [f"{json.dumps(name)}: {json.dumps(outcome(tensorflow, name))}" for name in names]
    RECORDED.write_text("{\n" + ",\n".join(rows) + "\n}\n")
