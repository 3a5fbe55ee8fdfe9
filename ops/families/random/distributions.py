"""From random bits to numbers: uniform, whole, normal and truncated normal, bit for bit as TensorFlow makes them."""

from __future__ import annotations

from typing import Any, Final

import numpy as np

from ...types.dtypes import DType, bfloat16, float16
from .philox import block, blocks, blocks_from, native

_TWO_PI: Final = 2 * np.pi
_SMALLEST: Final = 1e-7  # the least that a logarithm is taken of
_SHORT: Final = {"float16": (float16, 10, 15), "bfloat16": (bfloat16, 7, 127)}
_GROUP_STEP: Final = 64  # blocks of one number of a truncated normal; groups of 4 (of 2 doubles) follow each other so


def unit_float(bits: Any) -> Any:
    """float32 in [0, 1): 23 bits each of uint32."""
    return ((bits & np.uint32(0x7FFFFF)) | np.uint32(0x3F800000)).view(np.float32) - np.float32(1)


def unit_double(high: Any, low: Any) -> Any:
    """float64 in [0, 1): 52 bits each of two uint32."""
    top = (high.astype(np.uint64) & np.uint64(0xFFFFF)) | np.uint64(0x3FF00000)
    return ((top << np.uint64(32)) | low).view(np.float64) - 1.0


def _unit_short(bits: Any, dtype: str) -> Any:
    given, mantissa, bias = _SHORT[dtype]
    kind = given.np_dtype
    ones = (bits & np.uint32(2**mantissa - 1)) | np.uint32(bias << mantissa)
    return (ones.astype(np.uint16).view(kind).astype(np.float32) - np.float32(1)).astype(kind)


def uniform(key: int, first: int, count: int, dtype: DType, threads: int = 0) -> Any:
    """`count` numbers in [0, 1), by so many threads at most; 0: those this process may use."""
    if dtype.name == "float64":
        return doubles(key, first, count, threads)
    if count == 1 and dtype.name == "float32":
        return unit_float(np.array(block(key, first)[:1], np.uint32))
    filled = _filled("uniform", key, first, -(-count // 4), threads) if dtype.name == "float32" else None
    if filled is not None:
        return filled.reshape(-1)[:count]
    bits = blocks(key, first, -(-count // 4)).reshape(-1)[:count]
    return unit_float(bits) if dtype.name == "float32" else _unit_short(bits, dtype.name)


def doubles(key: int, first: int, count: int, threads: int = 0) -> Any:
    """`count` float64 in [0, 1), two of each block; threads as in `uniform`."""
    groups = -(-count // 2)
    fill = native("doubles")
    if fill is None:
        drawn = blocks(key, first, groups)
        return unit_double(drawn[:, 0::2], drawn[:, 1::2]).reshape(-1)[:count]
    result = np.empty(2 * groups)
    fill(key, first, groups, result, threads)
    return result[:count]


def whole(key: int, first: int, count: int, low: Any, high: Any) -> Any:
    """`count` integers in [low, high), of the type of the bounds: int32 or int64."""
    drawn = bits(key, first, count, low.dtype.itemsize)
    span = drawn.dtype.type((int(high) - int(low)) % 2 ** (8 * low.dtype.itemsize))
    return (drawn % span).view(low.dtype) + low


def bits(key: int, first: int, count: int, size: int) -> Any:
    """`count` words of `size` bytes: uint32, or uint64 of which the lower half was drawn first."""
    drawn = blocks(key, first, -(-count * size // 16)).reshape(-1)
    return drawn.astype("<u4", copy=False).view(f"<u{size}")[:count]


def normal(key: int, first: int, count: int, dtype: DType, threads: int = 0) -> Any:
    """`count` numbers of the standard normal distribution, pairs of them by the polar method of Box and Muller."""
    if dtype.name == "float64":
        pairs = normal_doubles(blocks(key, first, -(-count // 2)))
    else:
        pairs = _filled("normal", key, first, -(-count // 4), threads)
        if pairs is None:
            drawn = blocks(key, first, -(-count // 4))
            pairs = _normal_floats(drawn[:, 0::2], drawn[:, 1::2])
    return pairs.reshape(-1)[:count].astype(dtype.np_dtype, copy=False)


def _filled(kind: str, key: int, first: int, groups: int, threads: int) -> Any:
    """Groups of four float32 numbers by machine code, or None where there is none."""
    fill = native(kind)
    if fill is None:
        return None
    result = np.empty((groups, 4), np.float32)
    fill(key, first, groups, result, threads)
    return result


def normal_doubles(drawn: Any) -> Any:
    """Two float64 of each block, on a new last axis."""
    distance = np.sqrt(-2.0 * np.log(np.maximum(unit_double(drawn[..., 0], drawn[..., 1]), _SMALLEST)))
    angle = _TWO_PI * unit_double(drawn[..., 2], drawn[..., 3])
    return np.stack([np.sin(angle) * distance, np.cos(angle) * distance], -1)


def _normal_floats(first: Any, second: Any) -> Any:
    """Two float32 of each pair of uint32, on a new last axis; functions in float64, then rounded, as libm's are."""
    share = np.maximum(unit_float(first), np.float32(_SMALLEST)).astype(np.float64)
    distance = np.sqrt(np.float32(-2) * np.log(share).astype(np.float32))
    angle = (_TWO_PI * unit_float(second).astype(np.float64)).astype(np.float32).astype(np.float64)
    sine, cosine = np.sin(angle).astype(np.float32), np.cos(angle).astype(np.float32)
    return np.stack([sine * distance, cosine * distance], -1)


def truncated_normal(key: int, first: int, count: int, dtype: DType, threads: int = 0) -> Any:
    """`count` normal numbers below 2 in size: each group of 4 (doubles: 2) is the first ones of its own blocks."""
    wanted = 2 if dtype.name == "float64" else 4
    groups = -(-count // wanted)
    filled = _filled("truncated", key, first, groups, threads) if wanted == 4 else None
    if filled is not None:
        return filled.reshape(-1)[:count].astype(dtype.np_dtype, copy=False)
    result = np.empty((groups, wanted), np.float64 if wanted == 2 else np.float32)
    missing, tries = np.arange(groups), 3
    while missing.size:
        found = _candidates(key, first, missing * (wanted * _GROUP_STEP), tries, wanted == 2)
        inside = np.abs(found) < 2
        enough = np.sum(inside, 1) >= wanted
        order = np.argsort(~inside, 1, kind="stable")[:, :wanted]
        result[missing[enough]] = np.take_along_axis(found, order, 1)[enough]
        missing, tries = missing[~enough], tries * 2
    return result.reshape(-1)[:count].astype(dtype.np_dtype, copy=False)


def _candidates(key: int, first: int, starts: Any, tries: int, doubles: bool) -> Any:
    """The normal numbers of the first blocks of each group, in their order."""
    drawn = blocks_from(key, first, starts[:, None] + np.arange(tries))
    pairs = normal_doubles(drawn) if doubles else _normal_floats(drawn[..., 0::2], drawn[..., 1::2])
    return pairs.reshape(len(starts), -1)
