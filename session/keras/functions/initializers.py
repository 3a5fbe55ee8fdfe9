"""Initializers of Keras: those of graphs, with the defaults and the names that Keras has."""

from __future__ import annotations

from typing import Any

from ....ops.families.random import initializers as base
from ....ops.families.random import matrix_initializers
from ....ops.types import dtypes
from . import lookup

Initializer = base.Initializer
Zeros = base.Zeros
Ones = base.Ones
Constant = base.Constant
Identity = matrix_initializers.identity_initializer
Orthogonal = matrix_initializers.orthogonal_initializer
VarianceScaling = base.VarianceScaling
GlorotUniform = base.GlorotUniform
GlorotNormal = base.GlorotNormal


class RandomUniform(base.RandomUniform):
    """Uniform values, by default between -0.05 and 0.05."""

    def __init__(
        self, minval: Any = -0.05, maxval: Any = 0.05, seed: int | None = None, dtype: Any = dtypes.float32
    ) -> None:
        super().__init__(minval, maxval, seed, dtype)


class RandomNormal(base.RandomNormal):
    """Normally distributed values, by default of deviation 0.05."""

    def __init__(
        self, mean: Any = 0.0, stddev: Any = 0.05, seed: int | None = None, dtype: Any = dtypes.float32
    ) -> None:
        super().__init__(mean, stddev, seed, dtype)


class TruncatedNormal(base.TruncatedNormal):
    """Normal values, those beyond two standard deviations drawn again; by default of deviation 0.05."""

    def __init__(
        self, mean: Any = 0.0, stddev: Any = 0.05, seed: int | None = None, dtype: Any = dtypes.float32
    ) -> None:
        super().__init__(mean, stddev, seed, dtype)


he_normal = base.he_normal
he_uniform = base.he_uniform
lecun_normal = base.lecun_normal
lecun_uniform = base.lecun_uniform

_KNOWN: dict[str, Any] = {
    "zeros": Zeros, "Zeros": Zeros, "zero": Zeros, "ones": Ones, "Ones": Ones, "one": Ones,
    "constant": Constant, "Constant": Constant, "identity": Identity, "Identity": Identity,
    "orthogonal": Orthogonal, "Orthogonal": Orthogonal,
    "uniform": RandomUniform, "random_uniform": RandomUniform, "RandomUniform": RandomUniform,
    "normal": RandomNormal, "random_normal": RandomNormal, "RandomNormal": RandomNormal,
    "truncated_normal": TruncatedNormal, "TruncatedNormal": TruncatedNormal,
    "variance_scaling": VarianceScaling, "VarianceScaling": VarianceScaling,
    "glorot_uniform": GlorotUniform, "GlorotUniform": GlorotUniform,
    "glorot_normal": GlorotNormal, "GlorotNormal": GlorotNormal,
}  # fmt: skip
_MADE = {
    "he_normal": he_normal, "he_uniform": he_uniform, "lecun_normal": lecun_normal, "lecun_uniform": lecun_uniform,
}  # fmt: skip


def get(identifier: Any) -> Any:
    """Return an initializer by name or configuration, or the one that is given; None for None."""
    if identifier is None:
        return None
    if isinstance(identifier, str) and identifier in _MADE:
        return _MADE[identifier]()
    found = lookup.found(identifier, _KNOWN, "initializer")
    return found() if isinstance(found, type) else found


def serialize(initializer: Any) -> Any:
    """Return a configuration that `get` understands."""
    return lookup.serialized(initializer)


def deserialize(config: Any, custom_objects: Any = None) -> Any:
    """Return the initializer of a configuration."""
    return lookup.found(config, _KNOWN, "initializer", custom_objects)


constant = Constant
zeros = Zeros
ones = Ones
glorot_uniform = GlorotUniform
glorot_normal = GlorotNormal
orthogonal = Orthogonal
identity = Identity
uniform = random_uniform = RandomUniform
normal = random_normal = RandomNormal
truncated_normal = TruncatedNormal
