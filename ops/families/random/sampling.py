"""Random tensors. A session draws an own stream of numbers for every operation; with seeds it is the same each time.

The numbers are those that TensorFlow gives for the same seeds (`philox.py`, `distributions.py`), to the last bit.
Where no machine code can be made, normal float32 numbers are rounded correctly, as those of a C library are not always.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from ...building.build import build
from ...building.convert import convert_to_tensor
from ...building.default_graph import get_default_graph, name_scope
from ...definition.context import KernelContext
from ...definition.extent_math import require_rank
from ...definition.opdef import NOT_DIFFERENTIABLE, Effects, OpDef
from ...definition.shapes import same_shape, shape_from_value
from ...graph.node import Tensor, TensorLike
from ...types import dtypes
from ...types.dtypes import FLOATS, INDEX, DType, int32
from ...types.tensor_shape import Extents, brackets
from . import distributions
from . import random_gradients as gradients
from .philox import Stream, blocks, native, stream_in

DEFAULT_GRAPH_SEED = 87654321
_SEED_LIMIT = 2**31 - 1
RANDOM = Effects("random", reads=True, writes=True)
SEEDS = {"seed": ("int", 0), "seed2": ("int", 0)}


def get_seed(op_seed: int | None) -> tuple[int | None, int | None]:
    """Return the two seeds of a random operation: the graph's and its own, both None if neither was set."""
    graph = get_default_graph()
    if graph.seed is not None:
        own = graph.version + graph._left_out if op_seed is None else op_seed
        seeds = graph.seed, own
    elif op_seed is not None:
        seeds = DEFAULT_GRAPH_SEED, op_seed
    else:
        return None, None
    first, second = (seed % _SEED_LIMIT for seed in seeds)
    return (0, _SEED_LIMIT) if first == second == 0 else (first, second)


def stream_of(context: KernelContext) -> Stream:
    """The operation's stream in this session."""
    return stream_in(context.state.random, context.op)  # type: ignore[attr-defined]


def extents_of(shape: Any) -> tuple[int, ...]:
    """The shape that a vector spells. Raises: ValueError if it is no vector, or names a negative extent."""
    spelled = shape if isinstance(shape, np.ndarray) else np.asarray(shape)
    if spelled.ndim != 1:
        raise ValueError(f"shape must be a vector of integers, got shape {list(spelled.shape)}")
    extents: tuple[int, ...] = tuple(spelled.tolist())
    if extents and min(extents) < 0:
        raise ValueError(f"Dimension {min(extents)} must be >= 0")
    return extents


def _drawing_kernel(draw: Any) -> Any:
    def kernel(context: KernelContext, shape: Any, *, dtype: DType) -> Any:
        extents = extents_of(shape)
        count = math.prod(extents)
        stream = stream_of(context)
        return draw(stream.key, stream.reserve_numbers(count), count, dtype, context.state.loop_threads).reshape(
            extents
        )

    return kernel


def check_bounds(low: Any, high: Any) -> None:
    """Raises: ValueError unless two scalars are the ends of an interval of integers."""
    for name, value in (("minval", low), ("maxval", high)):
        if value.ndim:
            raise ValueError(f"{name} must be a scalar; got a tensor of shape {list(value.shape)}")
    if low >= high:
        raise ValueError(f"Need minval < maxval, got {low} >= {high}")


def _uniform_int_kernel(context: KernelContext, shape: Any, minval: Any, maxval: Any) -> Any:
    extents = extents_of(shape)
    count = math.prod(extents)
    if count:
        check_bounds(minval, maxval)
    stream = stream_of(context)
    first = stream.reserve_numbers(count)
    return distributions.whole(stream.key, first, count, minval, maxval).reshape(extents)


def _shuffle_kernel(context: KernelContext, value: Any) -> Any:
    if not value.ndim or len(value) < 2:
        return value
    others = len(value) - 1
    stream = stream_of(context)
    drawn = blocks(stream.key, stream.reserve(-(-others // 4)), -(-others // 4)).reshape(-1)
    return np.take(value, _shuffled(drawn, len(value)), 0)


def _shuffled(drawn: Any, count: int) -> Any:
    """`range(count)` with each place exchanged with one from there on, which these numbers tell."""
    fill = native("shuffle")
    order = np.arange(count)
    if fill is not None:
        fill(0, 0, count - 1, order, 1, drawn, count)
        return order
    steps = drawn[: count - 1] % np.arange(count, 1, -1, dtype=np.uint32)
    places = order.tolist()
    for place, step in enumerate(steps.tolist()):
        places[place], places[place + step] = places[place + step], places[place]
    return np.array(places, np.int64)


def _bits_kernel(context: KernelContext, shape: Any, *, dtype: DType) -> Any:
    extents = extents_of(shape)
    count = math.prod(extents)
    stream = stream_of(context)
    return distributions.bits(stream.key, stream.reserve_numbers(count), count, dtype.size).reshape(extents)


def _uniform_int_expansion(build: Any, attrs: Any, shape: Any, minval: Any, maxval: Any) -> Any:
    """Bits, their rest of a division by the interval's length, and its lower end; ends that are no constants must be
    checked first."""
    low, high = build.known(minval), build.known(maxval)
    if low is None or high is None or low.ndim or high.ndim or low >= high:
        return None
    word = {4: dtypes.uint32, 8: dtypes.uint64}[low.dtype.itemsize]
    drawn = build("_RandomBits", shape, dtype=word)
    drawn.extents = build.extents
    span = np.array((int(high) - int(low)) % 2 ** (8 * word.size), word.np_dtype)
    rest = build("_FloorModBy", drawn, build.constant(span))
    return build("AddV2", build("Cast", rest, DstT=minval.dtype), minval)


def drawn_shape(query: Any) -> Extents:
    """The shape that the first input, a vector, spells."""
    require_rank(query.shapes[0], 1)
    return shape_from_value(query, 0)


def bounded_shape(query: Any, first_bound: int = 1) -> Extents:
    """The same, of an operation that also takes the ends of an interval, scalars."""
    for name, extents in zip(("minval", "maxval"), query.shapes[first_bound:]):
        if extents is not None and len(extents):
            raise ValueError(f"{name} must be a scalar; got a tensor of shape {brackets(extents)}")
    return drawn_shape(query)


def _drawing_op(name: str, draws: str, draw: Any) -> OpDef:
    return OpDef(
        name=name,
        signature="shape: T -> output: dtype",
        where={"T": INDEX, "dtype": FLOATS},
        attrs={**SEEDS, "dtype": ("type",)},
        shape=drawn_shape,
        kernel=_drawing_kernel(draw),
        effects=RANDOM,
        draws=draws,
    )


RANDOM_UNIFORM = _drawing_op("RandomUniform", "uniform", distributions.uniform)
RANDOM_STANDARD_NORMAL = _drawing_op("RandomStandardNormal", "normal", distributions.normal)
TRUNCATED_NORMAL = _drawing_op("TruncatedNormal", "truncated", distributions.truncated_normal)

RANDOM_UNIFORM_INT = OpDef(
    name="RandomUniformInt",
    signature="shape: T, minval: Tout, maxval: Tout -> output: Tout",
    where={"T": INDEX, "Tout": INDEX},
    attrs=SEEDS,
    shape=bounded_shape,
    kernel=_uniform_int_kernel,
    expansion=_uniform_int_expansion,
    effects=RANDOM,
)

RANDOM_BITS = OpDef(
    name="_RandomBits",
    signature="shape: T -> output: dtype",
    where={"T": INDEX, "dtype": (dtypes.uint32, dtypes.uint64)},
    attrs={"dtype": ("type",)},
    shape=drawn_shape,
    kernel=_bits_kernel,
    effects=RANDOM,
    draws="bits",
    gradient=NOT_DIFFERENTIABLE,
)

RANDOM_SHUFFLE = OpDef(
    name="RandomShuffle",
    signature="value: T -> output: T",
    attrs=SEEDS,
    shape=same_shape,
    kernel=_shuffle_kernel,
    effects=RANDOM,
    gradient=gradients.shuffle,
)


def seed_attrs(seed: int | None) -> dict[str, Any]:
    """The attributes of a random operation with this seed."""
    first, second = get_seed(seed)
    return {"seed": first or 0, "seed2": second or 0}


def shape_tensor(shape: Any) -> Tensor:
    """The shape as a tensor; an empty list is one of integers."""
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
        extents = shape_tensor(shape)
        if dtype.is_integer:
            low = convert_to_tensor(minval, dtype, name="min")
            high = convert_to_tensor(maxval, dtype, name="max")
            drawn: Tensor = build(RANDOM_UNIFORM_INT, extents, low, high, name=scope, **seed_attrs(seed))
            return drawn
        low = convert_to_tensor(minval, dtype, name="min")
        high = convert_to_tensor(maxval, dtype, name="max")
        return scaled(build(RANDOM_UNIFORM, extents, dtype=dtype, **seed_attrs(seed)), high - low, low, scope)


def scaled(values: Tensor, factor: Any, offset: Any, scope: str) -> Tensor:
    """`values * factor + offset`, the last operation of a drawing function, named after it."""
    from ..elementwise.arithmetic import ADD

    result: Tensor = build(ADD, values * factor, offset, name=scope)
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
        extents = shape_tensor(shape)
        offset = convert_to_tensor(mean, dtype, name="mean")
        factor = convert_to_tensor(stddev, dtype, name="stddev")
        return scaled(build(op_def, extents, dtype=dtypes.as_dtype(dtype), **seed_attrs(seed)), factor, offset, scope)


def random_shuffle(value: TensorLike, seed: int | None = None, name: str | None = None) -> Tensor:
    """Return `value` with its rows in a random order."""
    result: Tensor = build(RANDOM_SHUFFLE, value, name=name, **seed_attrs(seed))
    return result
