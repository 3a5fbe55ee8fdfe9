"""Initializers of version 2: the type is an argument of the call; with a seed, numbers are those of stateless types."""

from __future__ import annotations

from typing import Any

import numpy as np

from ...ops.building.constant import constant
from ...ops.families.arrays.filling import ones, zeros
from ...ops.families.random import sampling, stateless
from ...ops.graph.node import Tensor
from ...ops.types.dtypes import DType, as_dtype, float32


class Initializer:
    """Base of version 2's initializers: call one with a shape and a type. Subclasses implement `__call__`."""

    def __call__(self, shape: Any, dtype: Any = None) -> Tensor:
        """Return a tensor of `shape` and `dtype`."""
        raise NotImplementedError

    def get_config(self) -> dict[str, Any]:
        """The arguments it was made with."""
        return {name: value for name, value in vars(self).items() if not name.startswith("_")}

    @classmethod
    def from_config(cls, config: dict[str, Any]) -> Any:
        """Make an initializer from what `get_config` returned."""
        return cls(**{name: value for name, value in config.items() if name != "dtype"})


class Zeros(Initializer):
    """All zeros (False, empty strings)."""

    def __call__(self, shape: Any, dtype: Any = float32) -> Tensor:
        kind = as_dtype(dtype)
        if not (_is_numeric(kind) or kind.name == "string"):
            raise ValueError(f"Expected numeric or boolean dtype, got {kind}.")
        result: Tensor = zeros(shape, kind)
        return result


class Ones(Initializer):
    """All ones."""

    def __call__(self, shape: Any, dtype: Any = float32) -> Tensor:
        kind = as_dtype(dtype)
        if not _is_numeric(kind):
            raise ValueError(f"Expected numeric or boolean dtype, got {kind}.")
        result: Tensor = ones(shape, kind)
        return result


class Constant(Initializer):
    """A number, or an array of as many elements as the shape has.

    Args:
      value: a number, a list, a tuple or an array.
    Raises: TypeError for anything else.
    """

    def __init__(self, value: Any = 0) -> None:
        if not (np.isscalar(value) or isinstance(value, (list, tuple, np.ndarray))):
            raise TypeError(
                f"Invalid type for initial value: {type(value)} (expected Python scalar, list or tuple of values, or "
                "numpy.ndarray)."
            )
        self.value = value

    def __call__(self, shape: Any, dtype: Any = None) -> Tensor:
        kind = None if dtype is None else as_dtype(dtype)
        found = tuple(np.shape(self.value))
        wanted = tuple(int(size) for size in shape)
        if found and found != wanted and np.size(self.value) != int(np.prod(wanted)):
            raise TypeError(f"Expected Tensor's shape: {wanted}, got {found}.")
        return constant(self.value, kind, shape)


class RandomUniform(Initializer):
    """Numbers of one probability between two bounds.

    Args:
      minval, maxval: the bounds.
      seed: with it, every call gives the same numbers.
    """

    def __init__(self, minval: Any = -0.05, maxval: Any = 0.05, seed: int | None = None) -> None:
        self.minval, self.maxval, self.seed = minval, maxval, seed

    def __call__(self, shape: Any, dtype: Any = float32) -> Tensor:
        kind = as_dtype(dtype)
        if not (kind.is_floating or kind.is_integer):
            raise ValueError(f"Expected float or integer dtype, got {kind}.")
        if self.seed:
            return stateless.stateless_random_uniform(shape, [self.seed, 0], self.minval, self.maxval, kind)
        return sampling.random_uniform(shape, self.minval, self.maxval, kind)


class RandomNormal(Initializer):
    """Normally distributed numbers.

    Args:
      mean, stddev: of the distribution.
      seed: with it, every call gives the same numbers.
    """

    def __init__(self, mean: Any = 0.0, stddev: Any = 0.05, seed: int | None = None) -> None:
        self.mean, self.stddev, self.seed = mean, stddev, seed

    def __call__(self, shape: Any, dtype: Any = float32) -> Tensor:
        kind = as_dtype(dtype)
        if not kind.is_floating:
            raise ValueError(f"Expected floating point type, got {kind}.")
        if self.seed:
            return stateless.stateless_random_normal(shape, [self.seed, 0], self.mean, self.stddev, kind)
        return sampling.random_normal(shape, self.mean, self.stddev, kind)


def _is_numeric(kind: DType) -> bool:
    return bool(kind.is_floating or kind.is_integer or kind.is_bool or kind.is_complex)
