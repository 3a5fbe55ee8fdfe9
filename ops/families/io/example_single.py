"""One Example message by itself, as datasets parse them: what is usual is read with little around it.

What is asked for is prepared once. Whatever is not as usual (no message, a missing or a wrong feature, another count of
values) gives None: `example_values.py` then reads and judges the message.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from functools import lru_cache
from typing import Any, Final, NamedTuple

import numpy as np

from ...types import dtypes
from ...types.array_values import as_bytes
from ...types.dtypes import DType

Array = np.ndarray[Any, Any]
_LISTS: Final = {dtypes.int64: "int64_list", dtypes.float32: "float_list", dtypes.string: "bytes_list"}
_FEW: Final = 128  # values that are quicker taken as Python's numbers than as bytes


class _Wanted(NamedTuple):
    """A feature that is asked for: `size` values, a tensor of `extents`; None: any number."""

    key: str
    kind: str
    dtype: Any
    size: int | None
    extents: tuple[int, ...]


@lru_cache(256)
def _wanted(
    sparse_keys: tuple[Any, ...], sparse_types: tuple[DType, ...], dense_keys: tuple[Any, ...],
    dense_types: tuple[DType, ...], shapes: tuple[tuple[int | None, ...], ...],
) -> tuple[list[_Wanted], list[_Wanted]] | None:  # fmt: skip
    """What is asked for; None where it is not read here."""
    sparse = [
        _Wanted(as_bytes(key).decode(), _LISTS[dtype], dtype.np_dtype, None, ())
        for key, dtype in zip(sparse_keys, sparse_types)
    ]
    dense = []
    for key, dtype, shape in zip(dense_keys, dense_types, shapes):
        extents = tuple(extent for extent in shape if extent is not None)
        if len(extents) < len(shape):
            if len(shape) > 1:
                return None
            dense.append(_Wanted(as_bytes(key).decode(), _LISTS[dtype], dtype.np_dtype, None, ()))
        else:
            count = math.prod(extents)
            dense.append(_Wanted(as_bytes(key).decode(), _LISTS[dtype], dtype.np_dtype, count, extents))
    return sparse, dense


def read_single(
    data: bytes, defaults: Sequence[Array], sparse_keys: Sequence[Any], sparse_types: Sequence[DType],
    dense_keys: Sequence[Any], dense_types: Sequence[DType], shapes: Sequence[Any],
) -> list[Array] | None:  # fmt: skip
    """The results of `ParseSingleExample`; None if something is not as usual.

    Args:
      data: the message. defaults: of the dense features, empty arrays where there are none.
    Cost: some 2 microseconds and 2 more a feature.
    """
    from google.protobuf.message import DecodeError

    from ... import proto

    if any(type(key) is not bytes for key in (*sparse_keys, *dense_keys)):
        return None
    wanted = _wanted(
        tuple(sparse_keys), tuple(sparse_types), tuple(dense_keys), tuple(dense_types), tuple(map(tuple, shapes))
    )
    if wanted is None:
        return None
    try:
        features = proto.Example.FromString(data).features.feature
    except DecodeError:
        return None
    values = [_values(features, item, None) for item in wanted[0]]
    dense = [_values(features, item, default) for item, default in zip(wanted[1], defaults)]
    if any(value is None for value in (*values, *dense)):
        return None
    found = [value for value in values if value is not None]
    indices = [np.arange(value.size)[:, None] for value in found]
    sizes = [np.array([value.size]) for value in found]
    return [*indices, *found, *sizes, *(value for value in dense if value is not None)]


def _values(features: Any, wanted: _Wanted, default: Array | None) -> Array | None:
    """The values of a feature; None if they are not as usual, the default has another size or there is none."""
    key, kind, dtype, count, extents = wanted
    if default is not None and default.size not in (0, 1 if count is None else count):
        return None
    feature = features.get(key)
    if feature is None:
        if default is None:
            return np.empty(0, dtype)
        return None if count is None or default.size != count else default.reshape(extents).copy()
    held = getattr(feature, kind).value
    size = len(held)
    if not size or (count is not None and size != count):
        return None
    if size > _FEW and kind == "float_list":
        data = getattr(feature, kind).SerializeToString()  # a tag, a length, the numbers as they lie in memory
        array = np.frombuffer(data, "<f4", size, len(data) - 4 * size).astype(np.float32)
    elif extents or count is None:
        array = np.empty(size, dtype)
        array[:] = held[:]
    else:
        array = np.empty((), dtype)
        array[()] = held[0]
        return array
    return array if count is None else array.reshape(extents)
