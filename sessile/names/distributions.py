"""Public names of `distributions`."""

from __future__ import annotations

_LIBRARY = "ops.library.distributions"

_PUBLIC: dict[str, str] = {
    f"{_LIBRARY}.continuous": "Exponential Laplace Normal StudentT Uniform",
    f"{_LIBRARY}.discrete": "Bernoulli Categorical",
    f"{_LIBRARY}.distribution": "Distribution FULLY_REPARAMETERIZED NOT_REPARAMETERIZED ReparameterizationType",
    f"{_LIBRARY}.divergence": "RegisterKL kl_divergence",
    f"{_LIBRARY}.positive": "Beta Dirichlet Gamma",
}

NAMES: dict[str, dict[str, str]] = {
    "distributions": _PUBLIC,
    "contrib.distributions": {
        **_PUBLIC,
        f"{_LIBRARY}.vectors": "MultivariateNormalDiag",
        f"{_LIBRARY}.discrete": f"{_PUBLIC[f'{_LIBRARY}.discrete']} OneHotCategorical",
    },
}
