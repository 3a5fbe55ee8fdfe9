"""`tensorflow.python.ops.init_ops`: initializers under the names of their classes."""

from __future__ import annotations

from typing import Any

import sessile

from ...ops.families.random.initializers import Initializer

__all__ = ["Initializer"]

_CLASSES = {
    "Constant": "constant_initializer",
    "GlorotNormal": "glorot_normal_initializer",
    "GlorotUniform": "glorot_uniform_initializer",
    "Ones": "ones_initializer",
    "Orthogonal": "orthogonal_initializer",
    "RandomNormal": "random_normal_initializer",
    "RandomUniform": "random_uniform_initializer",
    "TruncatedNormal": "truncated_normal_initializer",
    "UniformUnitScaling": "uniform_unit_scaling_initializer",
    "VarianceScaling": "variance_scaling_initializer",
    "Zeros": "zeros_initializer",
}


def __getattr__(name: str) -> Any:
    if name not in _CLASSES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(sessile, _CLASSES[name])
