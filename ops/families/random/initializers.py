"""Initializers: functions from a shape to a variable's first value."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from ...building.constant import constant
from ...graph.node import Tensor
from ...types import dtypes


class Initializer:
    """Base of initializers: call one with a shape (and a type) to get a tensor. Subclasses implement `__call__`."""

    def __call__(self, shape: Any, dtype: Any = None, partition_info: Any = None) -> Tensor:
        """Return a tensor of `shape`.

        Args:
          shape: the shape.
          dtype: the type; default: the one given to the initializer.
          partition_info: accepted for compatibility.
        """
        raise NotImplementedError

    def get_config(self) -> dict[str, Any]:
        """The arguments it was made with."""
        return {
            name: value.name if isinstance(value, dtypes.DType) else value
            for name, value in vars(self).items()
            if not name.startswith("_")
        }

    @classmethod
    def from_config(cls, config: dict[str, Any]) -> Any:
        """Make an initializer from what `get_config` returned."""
        return cls(**config)


class Zeros(Initializer):
    """All zeros (False, empty strings)."""

    def __init__(self, dtype: Any = dtypes.float32) -> None:
        self.dtype = dtypes.as_dtype(dtype)

    def __call__(self, shape: Any, dtype: Any = None, partition_info: Any = None) -> Tensor:
        from ..arrays.filling import zeros

        result: Tensor = zeros(shape, self.dtype if dtype is None else dtype)
        return result


class Ones(Initializer):
    """All ones."""

    def __init__(self, dtype: Any = dtypes.float32) -> None:
        self.dtype = dtypes.as_dtype(dtype)

    def __call__(self, shape: Any, dtype: Any = None, partition_info: Any = None) -> Tensor:
        from ..arrays.filling import ones

        result: Tensor = ones(shape, self.dtype if dtype is None else dtype)
        return result


class Constant(Initializer):
    """Given values: one for all elements, or a list that is continued with its last one.

    Raises: TypeError if `value` is no number, text, list, tuple or array, a tensor for one.
    """

    def __init__(self, value: Any = 0, dtype: Any = dtypes.float32, verify_shape: bool = False) -> None:
        if not (np.isscalar(value) or isinstance(value, (list, tuple, np.ndarray))):
            raise TypeError(
                f"tf.constant_initializer takes a number, text, list, tuple or array, not {type(value).__name__}."
                " A tensor is given to tf.get_variable(name, initializer=tensor) itself."
            )
        self.value = value
        self.dtype = dtypes.as_dtype(dtype)
        self._verify_shape = verify_shape

    def __call__(self, shape: Any, dtype: Any = None, partition_info: Any = None) -> Tensor:
        return constant(self.value, self.dtype if dtype is None else dtype, shape, verify_shape=self._verify_shape)


class RandomUniform(Initializer):
    """Uniform values in `[minval, maxval)`."""

    def __init__(
        self, minval: Any = 0, maxval: Any = None, seed: int | None = None, dtype: Any = dtypes.float32
    ) -> None:
        self.minval = minval
        self.maxval = maxval
        self.seed = seed
        self.dtype = dtypes.as_dtype(dtype)

    def __call__(self, shape: Any, dtype: Any = None, partition_info: Any = None) -> Tensor:
        from .sampling import random_uniform

        return random_uniform(shape, self.minval, self.maxval, self.dtype if dtype is None else dtype, self.seed)


class RandomNormal(Initializer):
    """Normally distributed values."""

    def __init__(
        self, mean: Any = 0.0, stddev: Any = 1.0, seed: int | None = None, dtype: Any = dtypes.float32
    ) -> None:
        self.mean = mean
        self.stddev = stddev
        self.seed = seed
        self.dtype = dtypes.as_dtype(dtype)

    def __call__(self, shape: Any, dtype: Any = None, partition_info: Any = None) -> Tensor:
        from .sampling import random_normal

        return random_normal(shape, self.mean, self.stddev, self.dtype if dtype is None else dtype, self.seed)


class TruncatedNormal(RandomNormal):
    """Normal values, those beyond two standard deviations drawn again. Raises: ValueError for whole numbers."""

    def __init__(
        self, mean: Any = 0.0, stddev: Any = 1.0, seed: int | None = None, dtype: Any = dtypes.float32
    ) -> None:
        super().__init__(mean, stddev, seed, dtype)
        if not self.dtype.is_floating:
            raise ValueError(f"tf.truncated_normal_initializer makes floating-point numbers, not {self.dtype.name}.")

    def __call__(self, shape: Any, dtype: Any = None, partition_info: Any = None) -> Tensor:
        from .sampling import truncated_normal

        return truncated_normal(shape, self.mean, self.stddev, self.dtype if dtype is None else dtype, self.seed)


class VarianceScaling(Initializer):
    """Values whose variance is `scale / n`, n being the number of inputs, of outputs, or their mean.

    Args:
      scale: positive.
      mode: `fan_in`, `fan_out` or `fan_avg`.
      distribution: `uniform`, `truncated_normal` (or `normal`), or `untruncated_normal`.
    """

    def __init__(
        self, scale: float = 1.0, mode: str = "fan_in", distribution: str = "truncated_normal",
        seed: int | None = None, dtype: Any = dtypes.float32,
    ) -> None:  # fmt: skip
        if scale <= 0.0:
            raise ValueError(f"Argument `scale` must be a positive float. Received: {scale}")
        if mode not in ("fan_in", "fan_out", "fan_avg"):
            raise ValueError(f"Argument `mode` should be one of ('fan_in', 'fan_out', 'fan_avg'). Received: {mode}")
        if distribution not in ("normal", "uniform", "truncated_normal", "untruncated_normal"):
            raise ValueError(f"Argument `distribution` is not known: {distribution}")
        self.scale = scale
        self.mode = mode
        self.distribution = distribution
        self.seed = seed
        self.dtype = floating(dtype)

    def __call__(self, shape: Any, dtype: Any = None, partition_info: Any = None) -> Tensor:
        from . import sampling as random

        dtype = self.dtype if dtype is None else dtype
        whole = shape if partition_info is None else partition_info.full_shape
        inputs, outputs = _fans([int(extent) for extent in whole])
        count = {"fan_in": inputs, "fan_out": outputs, "fan_avg": (inputs + outputs) / 2}[self.mode]
        variance = self.scale / max(1.0, count)
        if self.distribution == "uniform":
            limit = math.sqrt(3.0 * variance)
            return random.random_uniform(shape, -limit, limit, dtype, self.seed)
        if self.distribution == "untruncated_normal":
            return random.random_normal(shape, 0.0, math.sqrt(variance), dtype, self.seed)
        # the standard deviation of a normal distribution cut at two of them is smaller by this factor
        return random.truncated_normal(shape, 0.0, math.sqrt(variance) / 0.87962566103423978, dtype, self.seed)


class UniformUnitScaling(Initializer):
    """Uniform values that keep the variance of what they are multiplied with.

    Args:
      factor: a factor for all values.
    Source: Sussillo, Abbott (2014).
    """

    def __init__(self, factor: float = 1.0, seed: int | None = None, dtype: Any = dtypes.float32) -> None:
        self.factor = factor
        self.seed = seed
        self.dtype = floating(dtype)

    def __call__(self, shape: Any, dtype: Any = None, partition_info: Any = None) -> Tensor:
        from .sampling import random_uniform

        whole = shape if partition_info is None else partition_info.full_shape
        inputs = max(1.0, float(math.prod(int(extent) for extent in list(whole)[:-1])))
        limit = math.sqrt(3 / inputs) * self.factor
        return random_uniform(shape, -limit, limit, self.dtype if dtype is None else dtype, self.seed)


class GlorotUniform(VarianceScaling):
    """Uniform values of variance `2 / (inputs + outputs)`: what `get_variable` takes by default."""

    def __init__(self, seed: int | None = None, dtype: Any = dtypes.float32) -> None:
        super().__init__(1.0, "fan_avg", "uniform", seed, dtype)

    def get_config(self) -> dict[str, Any]:
        """The arguments it was made with."""
        return {"seed": self.seed, "dtype": self.dtype.name}


class GlorotNormal(VarianceScaling):
    """Truncated normal values of variance `2 / (inputs + outputs)`."""

    def __init__(self, seed: int | None = None, dtype: Any = dtypes.float32) -> None:
        super().__init__(1.0, "fan_avg", "truncated_normal", seed, dtype)

    def get_config(self) -> dict[str, Any]:
        """The arguments it was made with."""
        return {"seed": self.seed, "dtype": self.dtype.name}


def floating(dtype: Any) -> dtypes.DType:
    """A floating-point type. Raises: ValueError for another one."""
    found = dtypes.as_dtype(dtype)
    if not found.is_floating:
        raise ValueError(f"Expected floating point type, got {found!r}.")
    return found


def he_normal(seed: int | None = None) -> VarianceScaling:
    """Return an initializer of truncated normal values of variance `2 / inputs`. Source: He et al. (2015)."""
    return VarianceScaling(2.0, "fan_in", "truncated_normal", seed)


def he_uniform(seed: int | None = None) -> VarianceScaling:
    """Return an initializer of uniform values of variance `2 / inputs`. Source: He et al. (2015)."""
    return VarianceScaling(2.0, "fan_in", "uniform", seed)


def lecun_normal(seed: int | None = None) -> VarianceScaling:
    """Return an initializer of truncated normal values of variance `1 / inputs`. Source: LeCun et al. (1998)."""
    return VarianceScaling(1.0, "fan_in", "truncated_normal", seed)


def lecun_uniform(seed: int | None = None) -> VarianceScaling:
    """Return an initializer of uniform values of variance `1 / inputs`. Source: LeCun et al. (1998)."""
    return VarianceScaling(1.0, "fan_in", "uniform", seed)


def _fans(shape: list[int]) -> tuple[float, float]:
    """How many inputs and outputs a weight of this shape joins; extents before the last two count for both."""
    if len(shape) < 1:
        return 1.0, 1.0
    if len(shape) == 1:
        return float(shape[0]), float(shape[0])
    field = math.prod(shape[:-2])
    return float(shape[-2] * field), float(shape[-1] * field)


uniform_unit_scaling_initializer = UniformUnitScaling
zeros_initializer = Zeros
ones_initializer = Ones
constant_initializer = Constant
random_uniform_initializer = RandomUniform
random_normal_initializer = RandomNormal
truncated_normal_initializer = TruncatedNormal
variance_scaling_initializer = VarianceScaling
glorot_uniform_initializer = GlorotUniform
glorot_normal_initializer = GlorotNormal
