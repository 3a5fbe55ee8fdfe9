"""The few names in which array libraries differ, so that one formula reads the same in all of them.

A namespace answers `xp.exp`, `xp.sum`, ... with the library's own function and adds the ones that are missing or
spelled otherwise: `erf`, `relu`, `maximum` (also against a number) and `contiguous` (rows in order in memory).
"""

from __future__ import annotations

import importlib
import math
from collections.abc import Callable
from functools import cache
from typing import Any, cast

import numpy as np

from . import indexed, loops


class Namespace:
    """A library's functions, with `extras` in front."""

    def __init__(self, library: Any, **extras: Callable[..., Any]) -> None:
        self._library = library
        self.__dict__.update(extras)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._library, name)


@cache
def _numpy_erf() -> Callable[[Any], Any]:
    try:
        special = importlib.import_module("scipy.special")
    except ImportError:
        return np.vectorize(math.erf, otypes=[np.float32])
    return cast("Callable[[Any], Any]", special.erf)


def for_numpy() -> Namespace:
    """Return NumPy, with SciPy's `erf` where SciPy is installed."""
    return Namespace(
        np,
        erf=lambda x: _numpy_erf()(x),
        relu=lambda x: np.maximum(x, np.float32(0)),
        contiguous=np.ascontiguousarray,
        **loops.in_numpy(),
        **indexed.in_numpy(),
    )


def for_jax() -> Namespace:
    """Return `jax.numpy`, with `erf` and `relu` from `jax`."""
    jnp, special = importlib.import_module("jax.numpy"), importlib.import_module("jax.scipy.special")
    own = {
        "erf": special.erf,
        "relu": lambda x: jnp.maximum(x, 0),
        "contiguous": lambda x: x,
        **loops.in_jax(),
        **indexed.in_jax(),
    }
    return Namespace(jnp, **own)


def for_torch() -> Namespace:
    """Return torch; `maximum` takes a number too."""
    torch = importlib.import_module("torch")

    def maximum(x: Any, y: Any) -> Any:
        return torch.maximum(x, y) if isinstance(y, torch.Tensor) else torch.clamp(x, min=y)

    return Namespace(torch, maximum=maximum, contiguous=lambda x: x.contiguous(), **indexed.in_torch(torch))


def for_tf(tf: Any, **extras: Any) -> Namespace:
    """Return a TF1 module, for formulas whose names are also TensorFlow's."""
    own = {"relu": tf.nn.relu, "mean": tf.reduce_mean, "sum": tf.reduce_sum, "amax": tf.reduce_max}
    return Namespace(tf, **{**own, **extras})
