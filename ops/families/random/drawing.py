"""Numbers of other distributions: classes by their odds, gamma and Poisson numbers, and random parts of a tensor."""

from __future__ import annotations

import math
from typing import Any, Final

import numpy as np

from ...building.build import build
from ...building.convert import convert_to_tensor
from ...building.default_graph import control_dependencies, name_scope
from ...definition.context import KernelContext
from ...definition.extent_math import require_rank
from ...definition.opdef import NOT_DIFFERENTIABLE, OpDef
from ...definition.registry import lookup
from ...definition.shapes import shape_from_value, with_rank
from ...graph.node import Tensor, TensorLike
from ...types import dtypes
from ...types.dtypes import INDEX, REAL, DType
from ...types.tensor_shape import Extents
from ..arrays.shape_ops import shape as shape_of
from ..arrays.slicing import slice as slice_of
from ..elementwise.like import zeros_like
from ..reductions.reductions import reduce_all
from . import random_gradients as gradients
from .distributions import doubles, unit_double
from .philox import BLOCKS_PER_NUMBER, blocks_of_pairs
from .rejection import gamma, poisson
from .sampling import RANDOM, SEEDS, extents_of, random_uniform, seed_attrs, stream_of

_GAMMA_TYPES: Final = (dtypes.half, dtypes.float32, dtypes.float64)
_AT_ONCE: Final = (
    16384  # comparisons of a row up to which they are made with those of others: a row takes 20 us by itself
)
_COMPARED: Final = 1 << 18  # comparisons that are made at a time
_RATE_TYPES: Final = (*_GAMMA_TYPES, dtypes.int32, dtypes.int64)


def classes_shape(query: Any) -> Extents:
    """The shape of classes that were drawn: a row for each row of logits."""
    rows, _ = with_rank(query.shapes[0], 2)
    require_rank(query.shapes[1], 0)
    count = (query.integers(1) or [None])[0]
    if type(count) is int and count < 0:
        raise ValueError(f"Dimension size, given by scalar input 1, must be non-negative but is {count}")
    return (rows, count)


def drawn_classes(key: int, first: int, logits: Any, count: int, output_dtype: DType) -> Any:
    """`count` classes for each row of logits, by their probabilities: one double each, row after row."""
    rows, classes = logits.shape
    if rows and not classes:
        raise ValueError(f"num_classes should be positive, got {classes}")
    numbers = rows * count
    shares = doubles(key, first, numbers).reshape(rows, count)
    sums = _sums_of_shares(logits)
    result = np.empty((rows, count), output_dtype.np_dtype)
    if count * classes > _AT_ONCE:
        for row, share in enumerate(shares):
            result[row] = sums[row].searchsorted(share * sums[row, -1], side="right")
        return result
    step = max(_COMPARED // max(count * classes, 1), 1)
    for start in range(0, rows, step):
        part = slice(start, start + step)
        ends = sums[part]
        passed = ends[:, None] <= (shares[part] * ends[:, -1:])[..., None]
        np.add.reduce(passed, -1, output_dtype.np_dtype, out=result[part])
    return result


def _sums_of_shares(logits: Any) -> Any:
    """Per row the sums of the first 1, 2, ... classes' shares, of one unit; what is not finite has none."""
    wide = logits.astype(np.float64)
    possible = np.isfinite(wide)
    if possible.all():
        return np.add.accumulate(np.exp(wide - np.maximum.reduce(wide, -1, keepdims=True)), -1)
    largest = np.max(wide, -1, where=possible, initial=-np.inf, keepdims=True)
    return np.add.accumulate(np.where(possible, np.exp(wide - largest), 0.0), -1)


def classes_of_pairs(seeds: Any, logits: Any) -> list[int]:
    """The class that `stateless_multinomial` draws of a row of logits, for each pair of seeds (a row of integers)."""
    wide = logits.astype(np.float64)
    possible = np.isfinite(wide)
    largest = np.max(wide, where=possible, initial=-np.inf)
    sums = np.cumsum(np.where(possible, np.exp(wide - largest), 0.0))
    drawn = blocks_of_pairs(seeds)
    shares = unit_double(drawn[:, 0], drawn[:, 1])
    found: list[int] = np.searchsorted(sums, shares * sums[-1], side="right").tolist()
    return found


def check_count(num_samples: Any) -> int:
    """How many classes to draw. Raises: ValueError if it is no scalar, or negative."""
    if num_samples.ndim:
        raise ValueError(f"num_samples should be a scalar, got shape {list(num_samples.shape)}")
    if num_samples < 0:
        raise ValueError(f"num_samples should be nonnegative, got {num_samples}")
    return int(num_samples)


def _multinomial_kernel(context: KernelContext, logits: Any, num_samples: Any, *, output_dtype: DType) -> Any:
    if logits.ndim != 2:
        raise ValueError(f"logits should be a matrix, got shape {list(logits.shape)}")
    count = check_count(num_samples)
    stream = stream_of(context)
    first = stream.reserve(-(-count // 4) * 8 * len(logits) * BLOCKS_PER_NUMBER)  # doubles, in groups of four
    return drawn_classes(stream.key, first, logits, count, output_dtype)


MULTINOMIAL = OpDef(
    name="Multinomial",
    signature="logits: T, num_samples: int32 -> output: output_dtype",
    where={"T": REAL, "output_dtype": INDEX},
    attrs={**SEEDS, "output_dtype": ("type", dtypes.int64)},
    shape=classes_shape,
    kernel=_multinomial_kernel,
    gradient=NOT_DIFFERENTIABLE,
    effects=RANDOM,
)


def _with_parameter_shape(query: Any) -> Extents:
    """The shape that was asked for, then that of the parameters."""
    require_rank(query.shapes[0], 1)
    lead, own = shape_from_value(query, 0), query.shapes[1]
    return None if lead is None or own is None else (*lead, *own)


def _each_parameter(shape: Any, parameters: Any) -> tuple[tuple[int, ...], Any]:
    """The shape of the result, and the parameter of each number in the order in which they are drawn."""
    lead = extents_of(shape)
    return lead, np.repeat(parameters.reshape(-1).astype(np.float64), math.prod(lead))


def _in_place(drawn: Any, lead: tuple[int, ...], parameters: Any, dtype: Any) -> Any:
    """The numbers, drawn parameter after parameter, in the shape of the result."""
    with_parameters_first = drawn.reshape(parameters.size, math.prod(lead))
    return np.ascontiguousarray(with_parameters_first.T).reshape((*lead, *parameters.shape)).astype(dtype)


def _gamma_kernel(context: KernelContext, shape: Any, alpha: Any) -> Any:
    lead, each = _each_parameter(shape, alpha)
    stream = stream_of(context)
    drawn = gamma(stream.key, stream.reserve_numbers(len(each)), each, context.state.loop_threads)
    return _in_place(drawn, lead, alpha, alpha.dtype)


RANDOM_GAMMA = OpDef(
    name="RandomGamma",
    signature="shape: S, alpha: T -> output: T",
    where={"S": INDEX, "T": _GAMMA_TYPES},
    attrs=SEEDS,
    shape=_with_parameter_shape,
    kernel=_gamma_kernel,
    effects=RANDOM,
    gradient=gradients.gamma,
)


def _poisson_kernel(context: KernelContext, shape: Any, rate: Any, *, dtype: DType) -> Any:
    lead, each = _each_parameter(shape, rate)
    stream = stream_of(context)
    first, threads = stream.reserve_numbers(len(each)), context.state.loop_threads
    drawn = poisson(stream.key, first, each, float(dtype.max), threads)
    return _in_place(drawn, lead, rate, dtype.np_dtype)


RANDOM_POISSON_V2 = OpDef(
    name="RandomPoissonV2",
    signature="shape: S, rate: R -> output: dtype",
    where={"S": INDEX, "R": _RATE_TYPES, "dtype": _RATE_TYPES},
    attrs={**SEEDS, "R": ("type", dtypes.float64), "dtype": ("type", dtypes.int64)},
    shape=_with_parameter_shape,
    kernel=_poisson_kernel,
    effects=RANDOM,
)


def multinomial(
    logits: TensorLike, num_samples: TensorLike, seed: int | None = None, name: str | None = None,
    output_dtype: Any = None,
) -> Tensor:  # fmt: skip
    """Return classes drawn by their odds.

    Args:
      logits: the logarithms of the odds, of shape [rows, classes].
      num_samples: how many to draw for each row, a scalar.
      seed: with it, or a graph-level seed, every session draws the same sequence.
      name: a name for the operation.
      output_dtype: int64 (default) or int32.
    Returns: the numbers of classes, of shape [rows, num_samples].
    Raises: InvalidArgumentError when it runs, if there are no classes.
    """
    with name_scope(name, "multinomial", [logits]):
        return _classes(logits, num_samples, output_dtype, seed)


def categorical(
    logits: TensorLike, num_samples: TensorLike, dtype: Any = None, seed: int | None = None, name: str | None = None
) -> Tensor:  # fmt: skip
    """Return classes drawn by their odds. Arguments as in `multinomial`."""
    with name_scope(name, "categorical", [logits]):
        return _classes(logits, num_samples, dtype, seed)


def _classes(logits: Any, num_samples: Any, dtype: Any, seed: int | None) -> Tensor:
    logits = convert_to_tensor(logits, name="logits")
    kind = dtypes.int64 if dtype is None else dtypes.as_dtype(dtype)
    result: Tensor = build(MULTINOMIAL, logits, num_samples, output_dtype=kind, **seed_attrs(seed))
    return result


def random_gamma(
    shape: TensorLike, alpha: TensorLike, beta: TensorLike | None = None, dtype: Any = dtypes.float32,
    seed: int | None = None, name: str | None = None,
) -> Tensor:  # fmt: skip
    """Return numbers of gamma distributions.

    Args:
      shape: how many of each: the result has this shape, then that to which `alpha` and `beta` broadcast.
      alpha: the shape parameters.
      beta: the inverse scales. Default: 1.
      dtype: the type of all: a float type other than bfloat16.
      seed: with it, or a graph-level seed, every session draws the same sequence.
      name: a name for the operations.
    """
    with name_scope(name, "random_gamma", [shape, alpha, beta]):
        extents = convert_to_tensor(shape, name="shape", dtype=dtypes.int32)
        alpha = convert_to_tensor(alpha, name="alpha", dtype=dtype)
        beta = convert_to_tensor(1 if beta is None else beta, name="beta", dtype=dtype)
        broadcast_alpha = alpha + zeros_like(beta)
        drawn = build(RANDOM_GAMMA, extents, broadcast_alpha, **seed_attrs(seed))
        least = float(np.finfo(alpha.dtype.np_dtype).tiny)
        result: Tensor = build(lookup("Maximum"), least, drawn / beta)
        return result


def random_poisson_v2(
    shape: TensorLike, lam: TensorLike, dtype: Any = dtypes.float32, seed: int | None = None, name: str | None = None
) -> Tensor:
    """Return numbers of Poisson distributions.

    Args:
      shape: how many of each: the result has this shape, then that of `lam`.
      lam: the rates.
      dtype: the type of the result: a float type other than bfloat16, int32 or int64.
      seed: with it, or a graph-level seed, every session draws the same sequence.
      name: a name for the operations.
    """
    with name_scope(name, "random_poisson", [lam, shape]):
        extents = convert_to_tensor(shape, name="shape", dtype=dtypes.int32)
        kind = dtypes.as_dtype(dtype)
        rates = lam if isinstance(lam, Tensor) else np.asarray(lam, np.float64)
        result: Tensor = build(RANDOM_POISSON_V2, extents, rates, dtype=kind, **seed_attrs(seed))
        return result


def random_poisson(
    lam: TensorLike, shape: TensorLike, dtype: Any = dtypes.float32, seed: int | None = None, name: str | None = None
) -> Tensor:
    """Return numbers of Poisson distributions; see `random_poisson_v2`, whose arguments stand in another order."""
    return random_poisson_v2(shape, lam, dtype, seed, name)


def random_crop(value: TensorLike, size: TensorLike, seed: int | None = None, name: str | None = None) -> Tensor:
    """Return a part of `value` of a given size, from a random place.

    Args:
      value: the tensor.
      size: the shape of the part, a vector.
      seed: with it, or a graph-level seed, every session draws the same sequence.
      name: a name for the operations.
    Raises: InvalidArgumentError when it runs, if the part is larger than the tensor.
    """
    with name_scope(name, "random_crop", [value, size]) as scope:
        value = convert_to_tensor(value, name="value")
        size = convert_to_tensor(size, dtype=dtypes.int32, name="size")
        extents = shape_of(value)
        fits = reduce_all(build(lookup("GreaterEqual"), extents, size))
        with name_scope(None, "Assert", [fits]):
            data = ["Need value.shape >= size, got ", extents, size]
            convert_to_tensor(data[0])  # as in TensorFlow, so that operations after it get the same seeds
            check = build(lookup("Assert"), fits, data, name="Assert", summarize=1000)
        with control_dependencies([check]):
            extents = build(lookup("Identity"), extents, name="control_dependency")
        limit = extents - size + 1
        spread = random_uniform(shape_of(limit), dtype=size.dtype, maxval=size.dtype.max, seed=seed)
        return slice_of(value, build(lookup("FloorMod"), spread, limit, name="mod"), size, name=scope)
