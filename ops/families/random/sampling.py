"""Random tensors. A session draws an own stream of numbers for every operation; with seeds it is the same each time.

The numbers come from NumPy's Philox generator: they have TensorFlow's distributions, not its bits.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from ...building.convert import convert_to_tensor
from ...building.default_graph import get_default_graph, name_scope
from ...definition.context import KernelContext
from ...definition.opdef import Effects, OpDef
from ...definition.shapes import same_shape, shape_from_value
from ...graph.node import Tensor, TensorLike
from ...types import dtypes
from ...types.dtypes import FLOATS, INDEX, DType, int32

DEFAULT_GRAPH_SEED = 87654321
_RANDOM = Effects("random", reads=True, writes=True)
_SEEDS = {"seed": ("int", 0), "seed2": ("int", 0)}


def get_seed(op_seed: int | None) -> tuple[int | None, int | None]:
    """Return the two seeds of a random operation: the graph's and its own, both None if neither was set."""
    graph = get_default_graph()
    if graph.seed is not None:
        own = graph.version if op_seed is None else op_seed
        seeds = graph.seed, own
    elif op_seed is not None:
        seeds = DEFAULT_GRAPH_SEED, op_seed
    else:
        return None, None
    return (0, 2**31 - 1) if seeds == (0, 0) else (seeds[0] % 2**31, seeds[1] % 2**31)


def _generator(context: KernelContext) -> np.random.Generator:
    """The operation's stream in this session."""
    op = context.op
    streams = context.state.random  # type: ignore[attr-defined]
    stream = streams.get(op)
    if stream is None:
        seeds = op.attrs["seed"], op.attrs["seed2"]
        source = np.random.SeedSequence() if seeds == (0, 0) else np.random.SeedSequence([abs(seed) for seed in seeds])
        stream = streams.setdefault(op, np.random.Generator(np.random.Philox(source)))
    return stream  # type: ignore[no-any-return]


def _shape_of(shape: Any) -> tuple[int, ...]:
    if np.ndim(shape) != 1:
        raise ValueError(f"shape must be a vector of integers, got shape {list(np.shape(shape))}")
    extents = tuple(int(extent) for extent in shape)
    if any(extent < 0 for extent in extents):
        raise ValueError(f"Dimension {min(extents)} must be >= 0")
    return extents


def _uniform_kernel(context: KernelContext, shape: Any, *, dtype: DType) -> Any:
    if dtype.name == "float64":
        return np.asarray(_generator(context).random(_shape_of(shape)))
    # half and bfloat16 are cut, not rounded: rounding would give 1.0, which is outside of the interval
    bits = {"float16": 11, "bfloat16": 8}.get(dtype.name, 24)
    drawn = _generator(context).integers(0, 2**bits, _shape_of(shape), np.uint32)
    return np.asarray(drawn * np.float64(2.0**-bits)).astype(dtype.np_dtype)


def _normal_kernel(context: KernelContext, shape: Any, *, dtype: DType) -> Any:
    return np.asarray(_generator(context).standard_normal(_shape_of(shape))).astype(dtype.np_dtype)


def _truncated_kernel(context: KernelContext, shape: Any, *, dtype: DType) -> Any:
    generator = _generator(context)
    values = np.asarray(generator.standard_normal(_shape_of(shape)))
    while (outside := np.abs(values) > 2).any():
        values = np.where(outside, generator.standard_normal(values.shape), values)
    return values.astype(dtype.np_dtype)


def _uniform_int_kernel(context: KernelContext, shape: Any, minval: Any, maxval: Any) -> Any:
    low, high = int(minval), int(maxval)
    if low >= high:
        raise ValueError(f"Need minval < maxval, got {low} >= {high}")
    return np.asarray(_generator(context).integers(low, high, _shape_of(shape), minval.dtype))


def _shuffle_kernel(context: KernelContext, value: Any) -> Any:
    return _generator(context).permutation(value) if value.ndim else value


def _drawing_op(name: str, kernel: Any) -> OpDef:
    return OpDef(
        name=name,
        signature="shape: T -> output: dtype",
        where={"T": INDEX, "dtype": FLOATS},
        attrs={**_SEEDS, "dtype": ("type",)},
        shape=lambda q: shape_from_value(q, 0),
        kernel=kernel,
        effects=_RANDOM,
    )


RANDOM_UNIFORM = _drawing_op("RandomUniform", _uniform_kernel)
RANDOM_STANDARD_NORMAL = _drawing_op("RandomStandardNormal", _normal_kernel)
TRUNCATED_NORMAL = _drawing_op("TruncatedNormal", _truncated_kernel)

RANDOM_UNIFORM_INT = OpDef(
    name="RandomUniformInt",
    signature="shape: T, minval: Tout, maxval: Tout -> output: Tout",
    where={"T": INDEX, "Tout": INDEX},
    attrs=_SEEDS,
    shape=lambda q: shape_from_value(q, 0),
    kernel=_uniform_int_kernel,
    effects=_RANDOM,
)

RANDOM_SHUFFLE = OpDef(
    name="RandomShuffle",
    signature="value: T -> output: T",
    attrs=_SEEDS,
    shape=same_shape,
    kernel=_shuffle_kernel,
    effects=_RANDOM,
)


def _seeds(seed: int | None) -> dict[str, Any]:
    first, second = get_seed(seed)
    return {"seed": first or 0, "seed2": second or 0}


def _shape_tensor(shape: Any) -> Tensor:
    if isinstance(shape, (list, tuple)) and not shape:
        return convert_to_tensor(shape, int32, name="shape")
    return convert_to_tensor(shape, name="shape")


def random_uniform(
    shape: TensorLike, minval: Any = 0, maxval: Any = None, dtype: Any = dtypes.float32, seed: int | None = None,
    name: str | None = None,
) -> Tensor:  # fmt: skip
    """Return random values of equal probability in `[minval, maxval)`.

    Args:
      shape: the shape, a vector of integers.
      minval, maxval: the interval; `maxval` is 1 by default, and must be given for integers.
      dtype: a float type, int32 or int64.
      seed: with it, or a graph-level seed, every session draws the same sequence.
      name: a name for the operation.
    Raises: ValueError for an integer type without `maxval`, or for another type.
    """
    dtype = dtypes.as_dtype(dtype)
    if dtype not in FLOATS and dtype not in INDEX:
        raise ValueError(f"Argument `dtype` got invalid value {dtype!r}: it must be a float type, int32 or int64.")
    if maxval is None:
        if dtype.is_integer:
            raise ValueError(f"Must specify maxval for integer dtype {dtype!r}")
        maxval = 1
    with name_scope(name, "random_uniform", [shape, minval, maxval]) as scope:
        extents = _shape_tensor(shape)
        plain = type(minval) is int and minval == 0 and type(maxval) is int and maxval == 1
        if dtype.is_integer:
            low = convert_to_tensor(minval, dtype, name="min")
            high = convert_to_tensor(maxval, dtype, name="max")
            drawn: Tensor = RANDOM_UNIFORM_INT.build(extents, low, high, name=scope, **_seeds(seed))
            return drawn
        if plain:
            unit: Tensor = RANDOM_UNIFORM.build(extents, dtype=dtype, **_seeds(seed))
            return unit
        low = convert_to_tensor(minval, dtype, name="min")
        high = convert_to_tensor(maxval, dtype, name="max")
        return _scaled(RANDOM_UNIFORM.build(extents, dtype=dtype, **_seeds(seed)), high - low, low, scope)


def _scaled(values: Tensor, factor: Any, offset: Any, scope: str) -> Tensor:
    from ..elementwise.arithmetic import ADD_V2

    result: Tensor = ADD_V2.build(values * factor, offset, name=scope)
    return result


def random_normal(
    shape: TensorLike, mean: Any = 0.0, stddev: Any = 1.0, dtype: Any = dtypes.float32, seed: int | None = None,
    name: str | None = None,
) -> Tensor:  # fmt: skip
    """Return normally distributed random values. Arguments as in `random_uniform`."""
    return _normal(RANDOM_STANDARD_NORMAL, "random_normal", shape, mean, stddev, dtype, seed, name)


def truncated_normal(
    shape: TensorLike, mean: Any = 0.0, stddev: Any = 1.0, dtype: Any = dtypes.float32, seed: int | None = None,
    name: str | None = None,
) -> Tensor:  # fmt: skip
    """Return normal random values, those beyond two deviations drawn again. Arguments as in `random_uniform`."""
    return _normal(TRUNCATED_NORMAL, "truncated_normal", shape, mean, stddev, dtype, seed, name)


def _normal(
    op_def: OpDef, word: str, shape: Any, mean: Any, stddev: Any, dtype: Any, seed: int | None, name: str | None
) -> Tensor:
    with name_scope(name, word, [shape, mean, stddev]) as scope:
        extents = _shape_tensor(shape)
        offset = convert_to_tensor(mean, dtype, name="mean")
        factor = convert_to_tensor(stddev, dtype, name="stddev")
        return _scaled(op_def.build(extents, dtype=dtypes.as_dtype(dtype), **_seeds(seed)), factor, offset, scope)


def random_shuffle(value: TensorLike, seed: int | None = None, name: str | None = None) -> Tensor:
    """Return `value` with its rows in a random order."""
    result: Tensor = RANDOM_SHUFFLE.build(value, name=name, **_seeds(seed))
    return result
