"""The operations that parse Example messages."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from ...definition.opdef import NOT_DIFFERENTIABLE, OpDef
from ...definition.shape_checks import check_ranks
from ...types.array_values import as_bytes
from ...types.dtypes import float32, int64, string
from .example_single import read_single
from .example_values import Dense, Source, Sparse, dense_value, sparse_parts
from .example_wire import Batch, UnusualError, parsed

Array = np.ndarray[Any, Any]
_TYPES = (float32, int64, string)


def _parsed(source: Source, sparse: list[Sparse], dense: list[Dense]) -> tuple[Array, ...]:
    features = [message.features.feature for message in source.messages]
    parts = [sparse_parts(source, features, spec) for spec in sparse]
    return (
        *(indices for indices, _, _ in parts),
        *(values for _, values, _ in parts),
        *(shape for _, _, shape in parts),
        *(dense_value(source, features, spec) for spec in dense),
    )


def _text(value: Any) -> str:
    if type(value) is bytes:
        return value.decode()
    if np.ndim(value):
        raise ValueError(f"keys must be scalars, got shape {list(np.shape(value))}")
    return as_bytes(value[()] if isinstance(value, np.ndarray) else value).decode()


def _dense(keys: Any, types: Any, shapes: Any, defaults: Any) -> list[Dense]:
    for key, shape, default in zip(keys, shapes, defaults):
        count = 1 if None in shape else math.prod(shape)
        if default.size not in (0, count):
            raise ValueError(
                f"dense_defaults of '{_text(key)}' has shape {list(default.shape)}, but its shape is {list(shape)}"
            )
    return [
        Dense(_text(key), dtype, tuple(shape), default)
        for key, dtype, shape, default in zip(keys, types, shapes, defaults)
    ]


def specs(
    sparse_keys: Any, dense_keys: Any, dense_defaults: Any, sparse_types: Any, dense_types: Any, dense_shapes: Any
) -> tuple[list[Sparse], list[Dense]]:
    """The features that `ParseExample` is asked for. Raises: ValueError for a default of another shape."""
    sparse = [Sparse(_text(key), dtype) for key, dtype in zip(sparse_keys, sparse_types)]
    return sparse, _dense(dense_keys, dense_types, dense_shapes, dense_defaults)


def _parse_kernel(
    serialized: Array, names: Array, sparse_keys: Any, dense_keys: Any, dense_defaults: Any, *, sparse_types: Any,
    Tdense: Any, dense_shapes: Any,
) -> tuple[Array, ...]:  # fmt: skip
    from ... import proto

    if names.size not in (0, serialized.size):
        raise ValueError(f"Expected len(names) == len(serialized), but got: {names.size} vs. {serialized.size}")
    sparse, dense = specs(sparse_keys, dense_keys, dense_defaults, sparse_types, Tdense, dense_shapes)
    try:
        return parsed(
            Batch(serialized.tolist(), [*(spec.key for spec in sparse), *(spec.key for spec in dense)]), sparse, dense
        )
    except UnusualError:
        return _parsed(Source(serialized, names, proto.Example, single=False), sparse, dense)


def _check_types(attrs: Any) -> None:
    """Raises: TypeError for types that features do not have."""
    for parameter, name in (("dense_defaults", "Tdense"), ("sparse_values", "sparse_types")):
        for dtype in attrs[name]:
            if dtype not in _TYPES:
                raise TypeError(
                    f"Value passed to parameter '{parameter}' has DataType {dtype.name} not in list of allowed values: "
                    "float32, int64, string"
                )
    if len(attrs["dense_shapes"]) != len(attrs["Tdense"]):
        raise ValueError(f"{len(attrs['dense_shapes'])} dense_shapes for {len(attrs['Tdense'])} dense features")


def _check_count(keys: str, count: int, types: Any) -> None:
    if count != len(types):
        raise ValueError(f"There are {count} {keys}, but {len(types)} types for them")


def _parse_shape(query: Any) -> list[Any]:
    _check_types(query.attrs)
    batch = query.shapes[0]
    check_ranks(query, 1, 1)
    count, size = query.attrs["Nsparse"], None if batch is None else batch[0]
    _check_count("sparse_keys", count, query.attrs["sparse_types"])
    _check_count("dense_keys", query.attrs["Ndense"], query.attrs["Tdense"])
    shapes = [(size, *extents) for extents in query.attrs["dense_shapes"]]
    return [(None, 2)] * count + [(None,)] * count + [(2,)] * count + shapes


PARSE_EXAMPLE = OpDef(
    name="ParseExample",
    signature=(
        "serialized: string, names: string, sparse_keys: Nsparse * string, dense_keys: Ndense * string, "
        "dense_defaults: list(Tdense) -> sparse_indices: Nsparse * int64, sparse_values: list(sparse_types), "
        "sparse_shapes: Nsparse * int64, dense_values: list(Tdense)"
    ),
    where={"Tdense": _TYPES, "sparse_types": _TYPES},
    attrs={"dense_shapes": ("list(shape)",)},
    shape=_parse_shape,
    kernel=_parse_kernel,
    routine=("examples",),
    gradient=NOT_DIFFERENTIABLE,
)


def _parse_single_kernel(
    serialized: Array, dense_defaults: Any, *, sparse_keys: Any, dense_keys: Any, sparse_types: Any, Tdense: Any,
    dense_shapes: Any,
) -> tuple[Array, ...]:  # fmt: skip
    from ... import proto

    data = as_bytes(serialized[()])
    found = read_single(data, dense_defaults, sparse_keys, sparse_types, dense_keys, Tdense, dense_shapes)
    if found is not None:
        return tuple(found)
    source = Source([data], (), proto.Example, single=True)
    sparse = [Sparse(_text(key), dtype) for key, dtype in zip(sparse_keys, sparse_types)]
    return _parsed(source, sparse, _dense(dense_keys, Tdense, dense_shapes, dense_defaults))


def _parse_single_shape(query: Any) -> list[Any]:
    _check_types(query.attrs)
    one = query.shapes[0]
    if one is not None and len(one) != 0:
        raise ValueError(f"Shape must be rank 0 but is rank {len(one)}")
    count = query.attrs["num_sparse"]
    if not count == len(query.attrs["sparse_keys"]) == len(query.attrs["sparse_types"]):
        raise ValueError(
            f"num_sparse ({count}) must be the number of sparse_keys ({len(query.attrs['sparse_keys'])}) and of "
            f"sparse_types ({len(query.attrs['sparse_types'])})"
        )
    _check_count("dense_keys", len(query.attrs["dense_keys"]), query.attrs["Tdense"])
    return [(None, 1)] * count + [(None,)] * count + [(1,)] * count + list(query.attrs["dense_shapes"])


PARSE_SINGLE_EXAMPLE = OpDef(
    name="ParseSingleExample",
    signature=(
        "serialized: string, dense_defaults: list(Tdense) -> sparse_indices: num_sparse * int64, "
        "sparse_values: list(sparse_types), sparse_shapes: num_sparse * int64, dense_values: list(Tdense)"
    ),
    where={"Tdense": _TYPES, "sparse_types": _TYPES},
    attrs={
        "num_sparse": ("int",),
        "sparse_keys": ("list(string)",),
        "dense_keys": ("list(string)",),
        "dense_shapes": ("list(shape)",),
    },
    shape=_parse_single_shape,
    kernel=_parse_single_kernel,
    gradient=NOT_DIFFERENTIABLE,
)
