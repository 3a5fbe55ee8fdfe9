"""Random numbers of a key and a counter, into which two seeds are made first: `tf.random.stateless_*` of version 2.

The generator is Philox, whatever is asked for; the numbers are those that the first forms of these operations give for
the seeds.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any, Final

import numpy as np

from ...base.errors import InvalidArgumentError
from ...definition.extent_math import require_rank, vector_length
from ...definition.opdef import NOT_DIFFERENTIABLE, OpDef
from ...definition.shapes import merge_extent, scalar_shape
from ...types.dtypes import FLOATS, INDEX, DType, float32, int32, int64, uint32, uint64
from ...types.tensor_shape import Extents
from ..random import distributions
from ..random.philox import blocks, scrambled
from ..random.sampling import bounded_shape, drawn_shape, extents_of

_PHILOX: Final = 1
_AUTOMATIC: Final = 3
_WHOLE: Final = (int32, int64, uint32, uint64)
_START: Final = "key: uint64, counter: uint64, alg: int32"


def _start(key: Any, counter: Any, alg: Any) -> tuple[int, int]:
    """The key and first block. Raises: InvalidArgumentError for another generator, or parts of other shapes."""
    if int(alg) not in (_PHILOX, _AUTOMATIC):
        raise InvalidArgumentError(None, None, f"Unsupported algorithm id: {int(alg)}; only Philox (1) is built here")
    if key.shape != (1,) or counter.shape not in ((1,), (2,)):
        raise InvalidArgumentError(
            None, None, f"key must have shape [1] and counter [2], got {list(key.shape)} and {list(counter.shape)}"
        )
    low, high = (*counter.tolist(), 0)[:2]
    return int(key[0]), low | high << 64


def _check_start(query: Any) -> None:
    merge_extent(vector_length(query.shapes[1]), 1)
    vector_length(query.shapes[2])
    require_rank(query.shapes[3], 0)


def _drawn(query: Any) -> Extents:
    _check_start(query)
    return drawn_shape(query)


def _bounded(query: Any) -> Extents:
    _check_start(query)
    return bounded_shape(query, 4)


def _drawing(name: str, draw: Callable[..., Any], kinds: tuple[DType, ...], default: DType) -> OpDef:
    def kernel(shape: Any, key: Any, counter: Any, alg: Any, *, dtype: DType) -> Any:
        extents = extents_of(shape)
        return draw(*_start(key, counter, alg), math.prod(extents), dtype).reshape(extents)

    return OpDef(
        name=name,
        signature=f"shape: Tshape, {_START} -> output: dtype",
        where={"Tshape": INDEX, "dtype": kinds},
        attrs={"dtype": ("type", default), "Tshape": ("type", int32)},
        shape=_drawn,
        kernel=kernel,
        gradient=NOT_DIFFERENTIABLE,
    )


def bits(key: int, first: int, count: int, dtype: DType) -> Any:
    """`count` integers of all bits."""
    if dtype.size == 4:
        return blocks(key, first, -(-count // 4)).reshape(-1)[:count].view(dtype.np_dtype)
    words = blocks(key, first, -(-count // 2)).astype(np.uint64)
    return (words[:, 0::2] | (words[:, 1::2] << np.uint64(32))).reshape(-1)[:count].view(dtype.np_dtype)


STATELESS_RANDOM_UNIFORM_V2 = _drawing("StatelessRandomUniformV2", distributions.uniform, FLOATS, float32)
STATELESS_RANDOM_NORMAL_V2 = _drawing("StatelessRandomNormalV2", distributions.normal, FLOATS, float32)
STATELESS_TRUNCATED_NORMAL_V2 = _drawing("StatelessTruncatedNormalV2", distributions.truncated_normal, FLOATS, float32)
STATELESS_RANDOM_UNIFORM_FULL_INT_V2 = _drawing("StatelessRandomUniformFullIntV2", bits, _WHOLE, uint64)


def _whole_kernel(shape: Any, key: Any, counter: Any, alg: Any, minval: Any, maxval: Any) -> Any:
    extents = extents_of(shape)
    count = math.prod(extents)
    if count and minval >= maxval:
        raise InvalidArgumentError(None, None, f"Need minval < maxval, got {minval} >= {maxval}")
    return distributions.whole(*_start(key, counter, alg), count, minval, maxval).reshape(extents)


STATELESS_RANDOM_UNIFORM_INT_V2 = OpDef(
    name="StatelessRandomUniformIntV2",
    signature=f"shape: Tshape, {_START}, minval: dtype, maxval: dtype -> output: dtype",
    where={"Tshape": INDEX, "dtype": _WHOLE},
    attrs={"Tshape": ("type", int32)},
    shape=_bounded,
    kernel=_whole_kernel,
    gradient=NOT_DIFFERENTIABLE,
)


def _full_int_shape(query: Any) -> Extents:
    merge_extent(vector_length(query.shapes[1]), 2)
    return drawn_shape(query)


def _full_int_kernel(shape: Any, seed: Any, *, dtype: DType) -> Any:
    extents = extents_of(shape)
    return bits(*scrambled(seed), math.prod(extents), dtype).reshape(extents)


STATELESS_RANDOM_UNIFORM_FULL_INT = OpDef(
    name="StatelessRandomUniformFullInt",
    signature="shape: T, seed: Tseed -> output: dtype",
    where={"T": INDEX, "Tseed": _WHOLE, "dtype": _WHOLE},
    attrs={"dtype": ("type", uint64), "T": ("type", int32), "Tseed": ("type", int64)},
    shape=_full_int_shape,
    kernel=_full_int_kernel,
    gradient=NOT_DIFFERENTIABLE,
)


def _seeded(query: Any) -> list[Extents]:
    merge_extent(vector_length(query.shapes[0]), 2)
    return [(1,), (2,), ()]


def _key_and_counter(seed: Any) -> tuple[Any, Any]:
    if seed.shape != (2,):
        raise InvalidArgumentError(None, None, f"seed must have shape [2], not {list(seed.shape)}")
    key, first = scrambled(seed)
    return np.array([key], np.uint64), np.array([first % 2**64, first >> 64], np.uint64)


_SEED: Final[dict[str, Any]] = {"where": {"Tseed": INDEX}, "attrs": {"Tseed": ("type", int64)}}
STATELESS_RANDOM_GET_KEY_COUNTER = OpDef(
    name="StatelessRandomGetKeyCounter",
    signature="seed: Tseed -> key: uint64, counter: uint64",
    shape=lambda query: _seeded(query)[:2],
    kernel=_key_and_counter,
    gradient=NOT_DIFFERENTIABLE,
    **_SEED,
)
STATELESS_RANDOM_GET_KEY_COUNTER_ALG = OpDef(
    name="StatelessRandomGetKeyCounterAlg",
    signature="seed: Tseed -> key: uint64, counter: uint64, alg: int32",
    shape=_seeded,
    kernel=lambda seed: (*_key_and_counter(seed), np.array(_PHILOX, np.int32)),
    gradient=NOT_DIFFERENTIABLE,
    **_SEED,
)
STATELESS_RANDOM_GET_ALG = OpDef(
    name="StatelessRandomGetAlg",
    signature="-> alg: int32",
    shape=scalar_shape,
    kernel=lambda: np.array(_PHILOX, np.int32),
    gradient=NOT_DIFFERENTIABLE,
)
