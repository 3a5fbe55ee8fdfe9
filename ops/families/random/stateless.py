"""Random numbers without a state: a shape and two seeds give the same numbers every time, everywhere."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any, Final

import numpy as np

from ...building.build import build
from ...building.convert import convert_to_tensor
from ...building.default_graph import name_scope
from ...definition.extent_math import vector_length
from ...definition.opdef import NOT_DIFFERENTIABLE, OpDef
from ...definition.shapes import merge_extent
from ...graph.node import Tensor, TensorLike
from ...types import dtypes
from ...types.dtypes import FLOATS, INDEX, REAL, DType
from ...types.tensor_shape import Extents
from . import distributions
from .drawing import check_count, classes_shape, drawn_classes
from .philox import scrambled
from .sampling import bounded_shape, check_bounds, drawn_shape, extents_of, scaled, shape_tensor

_SEED: Final[dict[str, tuple[Any, ...]]] = {"Tseed": ("type", dtypes.int64)}


def _check_seed(query: Any, position: int) -> None:
    merge_extent(vector_length(query.shapes[position]), 2)


def _start(seed: Any) -> tuple[int, int]:
    """The key and first block that two seeds stand for."""
    if seed.shape != (2,):
        raise ValueError(f"seed must have shape [2], not {list(seed.shape)}")
    return scrambled(seed)


def _drawn(query: Any) -> Extents:
    _check_seed(query, 1)
    return drawn_shape(query)


def _drawing_kernel(draw: Callable[..., Any]) -> Callable[..., Any]:
    def kernel(shape: Any, seed: Any, *, dtype: DType) -> Any:
        extents = extents_of(shape)
        return draw(*_start(seed), math.prod(extents), dtype).reshape(extents)

    return kernel


def _drawing_op(name: str, draw: Callable[..., Any]) -> OpDef:
    return OpDef(
        name=name,
        signature="shape: T, seed: Tseed -> output: dtype",
        where={"T": INDEX, "Tseed": INDEX, "dtype": FLOATS},
        attrs={**_SEED, "dtype": ("type", dtypes.float32), "T": ("type", dtypes.int32)},
        shape=_drawn,
        kernel=_drawing_kernel(draw),
        gradient=NOT_DIFFERENTIABLE,
    )


STATELESS_RANDOM_UNIFORM = _drawing_op("StatelessRandomUniform", distributions.uniform)
STATELESS_RANDOM_NORMAL = _drawing_op("StatelessRandomNormal", distributions.normal)
STATELESS_TRUNCATED_NORMAL = _drawing_op("StatelessTruncatedNormal", distributions.truncated_normal)


def _bounded(query: Any) -> Extents:
    _check_seed(query, 1)
    return bounded_shape(query, 2)


def _whole_kernel(shape: Any, seed: Any, minval: Any, maxval: Any) -> Any:
    extents = extents_of(shape)
    count = math.prod(extents)
    if count:
        check_bounds(minval, maxval)
    return distributions.whole(*_start(seed), count, minval, maxval).reshape(extents)


STATELESS_RANDOM_UNIFORM_INT = OpDef(
    name="StatelessRandomUniformInt",
    signature="shape: T, seed: Tseed, minval: dtype, maxval: dtype -> output: dtype",
    where={"T": INDEX, "Tseed": INDEX, "dtype": INDEX},
    attrs=_SEED,
    shape=_bounded,
    kernel=_whole_kernel,
    gradient=NOT_DIFFERENTIABLE,
)


def _classes_shape(query: Any) -> Extents:
    _check_seed(query, 2)
    return classes_shape(query)


def _classes_kernel(logits: Any, num_samples: Any, seed: Any, *, output_dtype: DType) -> Any:
    if logits.ndim != 2:
        raise ValueError(f"logits should be a matrix, got shape {list(logits.shape)}")
    return drawn_classes(*_start(seed), logits, check_count(num_samples), output_dtype)


STATELESS_MULTINOMIAL = OpDef(
    name="StatelessMultinomial",
    signature="logits: T, num_samples: int32, seed: Tseed -> output: output_dtype",
    where={"T": REAL, "Tseed": INDEX, "output_dtype": INDEX},
    attrs={**_SEED, "output_dtype": ("type", dtypes.int64)},
    shape=_classes_shape,
    kernel=_classes_kernel,
    gradient=NOT_DIFFERENTIABLE,
)


def _seeds(seed: Any) -> Any:
    """Seeds as they are converted: Python numbers become int64."""
    return seed if isinstance(seed, Tensor) else np.asarray(seed, getattr(seed, "dtype", np.int64))


def stateless_random_uniform(
    shape: TensorLike, seed: TensorLike, minval: Any = 0, maxval: Any = None, dtype: Any = dtypes.float32,
    name: str | None = None,
) -> Tensor:  # fmt: skip
    """Return numbers of equal probability in `[minval, maxval)`, the same ones for the same seeds.

    Args:
      shape: the shape, a vector of integers.
      seed: a vector of two integers.
      minval, maxval: the interval; `maxval` is 1 by default, and must be given for integers.
      dtype: a float type, int32 or int64.
      name: a name for the operation.
    Raises: ValueError for an integer type without `maxval`, or for another type.
    """
    kind = dtypes.as_dtype(dtype)
    if kind not in FLOATS and kind not in INDEX:
        raise ValueError(f"Invalid dtype {kind!r}: it must be a float type, int32 or int64.")
    if maxval is None:
        if kind.is_integer:
            raise ValueError(f"Must specify maxval for integer dtype {kind!r}")
        maxval = 1
    with name_scope(name, "stateless_random_uniform", [shape, seed, minval, maxval]) as scope:
        extents = shape_tensor(shape)
        low = convert_to_tensor(minval, dtype=kind, name="min")
        high = convert_to_tensor(maxval, dtype=kind, name="max")
        if kind.is_integer:
            whole: Tensor = build(STATELESS_RANDOM_UNIFORM_INT, extents, _seeds(seed), low, high, name=scope)
            return whole
        drawn = build(STATELESS_RANDOM_UNIFORM, extents, _seeds(seed), dtype=kind)
        return scaled(drawn, high - low, low, scope)


def _normal_function(op_def: OpDef, scope_name: str, what: str) -> Callable[..., Tensor]:
    def made(
        shape: TensorLike, seed: TensorLike, mean: Any = 0.0, stddev: Any = 1.0, dtype: Any = dtypes.float32,
        name: str | None = None,
    ) -> Tensor:  # fmt: skip
        with name_scope(name, scope_name, [shape, seed, mean, stddev]) as scope:
            extents = shape_tensor(shape)
            offset = convert_to_tensor(mean, dtype=dtype, name="mean")
            factor = convert_to_tensor(stddev, dtype=dtype, name="stddev")
            drawn = build(op_def, extents, _seeds(seed), dtype=dtypes.as_dtype(dtype))
            return scaled(drawn, factor, offset, scope)

    made.__name__ = made.__qualname__ = scope_name
    made.__doc__ = f"""Return {what}, the same ones for the same seeds.

    Args:
      shape: the shape, a vector of integers.
      seed: a vector of two integers.
      mean, stddev: the mean and the standard deviation, before any are left out.
      dtype: a float type.
      name: a name for the operation.
    """
    return made


stateless_random_normal = _normal_function(
    STATELESS_RANDOM_NORMAL, "stateless_random_normal", "normally distributed numbers"
)
stateless_truncated_normal = _normal_function(
    STATELESS_TRUNCATED_NORMAL, "stateless_truncated_normal", "normal numbers within two deviations of the mean"
)


def stateless_multinomial(
    logits: TensorLike, num_samples: TensorLike, seed: TensorLike, output_dtype: Any = dtypes.int64,
    name: str | None = None,
) -> Tensor:  # fmt: skip
    """Return classes drawn by their odds, the same ones for the same seeds; the other arguments as in `multinomial`."""
    with name_scope(name, "stateless_multinomial", [logits, seed]):
        return _classes(logits, num_samples, seed, output_dtype)


def stateless_categorical(
    logits: TensorLike, num_samples: TensorLike, seed: TensorLike, dtype: Any = dtypes.int64, name: str | None = None
) -> Tensor:
    """Return classes drawn by their odds, the same ones for the same seeds; the other arguments as in `categorical`."""
    with name_scope(name, "stateless_categorical", [logits, seed]):
        return _classes(logits, num_samples, seed, dtype)


def _classes(logits: Any, num_samples: Any, seed: Any, dtype: Any) -> Tensor:
    logits = convert_to_tensor(logits, name="logits")
    kind = dtypes.as_dtype(dtype)
    result: Tensor = build(STATELESS_MULTINOMIAL, logits, num_samples, _seeds(seed), output_dtype=kind)
    return result
