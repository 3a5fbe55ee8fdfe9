"""`ParseExampleV2`: Example messages, one or many, with features that become ragged tensors too."""

from __future__ import annotations

from typing import Any

import numpy as np

from ...base.errors import UnimplementedError
from ...definition.opdef import NOT_DIFFERENTIABLE, OpDef
from ...types.dtypes import INDEX, float32, int64, string
from ..io.example_ops import PARSE_EXAMPLE, PARSE_SINGLE_EXAMPLE

_TYPES = (float32, int64, string)


def _kernel(
    serialized: Any, names: Any, sparse_keys: Any, dense_keys: Any, ragged_keys: Any, dense_defaults: Any,
    *, sparse_types: Any, Tdense: Any, ragged_value_types: Any, ragged_split_types: Any, dense_shapes: Any,
) -> Any:  # fmt: skip
    listed, count, ragged = sparse_keys.tolist(), len(sparse_keys), len(ragged_keys)
    given = {"Tdense": Tdense, "dense_shapes": dense_shapes}
    if not serialized.ndim:
        if ragged:
            raise UnimplementedError(None, None, "Ragged features of one message that is no vector are not built")
        single: Any = PARSE_SINGLE_EXAMPLE.kernel
        keys = {"sparse_keys": listed, "dense_keys": dense_keys.tolist(), "sparse_types": sparse_types}
        return single(serialized, dense_defaults, **keys, **given)
    several: Any = PARSE_EXAMPLE.kernel
    found = several(
        serialized, names, [*listed, *ragged_keys.tolist()], dense_keys.tolist(), dense_defaults,
        sparse_types=[*sparse_types, *ragged_value_types], **given,
    )  # fmt: skip
    each = count + ragged
    indices, values, shapes = (found[start * each : (start + 1) * each] for start in range(3))
    splits = [
        np.searchsorted(rows[:, 0], np.arange(len(serialized) + 1)).astype(dtype.np_dtype)
        for rows, dtype in zip(indices[count:], ragged_split_types)
    ]
    return (*indices[:count], *values[:count], *shapes[:count], *found[3 * each :], *values[count:], *splits)


def _shape(query: Any) -> list[Any]:
    attrs, shape = query.attrs, query.shapes[0]
    sparse, ragged = attrs["num_sparse"], len(attrs["ragged_value_types"])
    if len(attrs["dense_shapes"]) != len(attrs["Tdense"]):
        raise ValueError(f"{len(attrs['dense_shapes'])} dense_shapes for {len(attrs['Tdense'])} dense features")
    if shape is None:
        return [None] * (3 * sparse + len(attrs["Tdense"]) + 2 * ragged)
    if len(shape) > 1:
        raise ValueError(f"Shape must be at most rank 1 but is rank {len(shape)}")
    rank = len(shape) + 1
    dense = [(*shape, *extents) for extents in attrs["dense_shapes"]]
    ends = None if not shape or shape[0] is None else shape[0] + 1
    return [
        *[(None, rank)] * sparse, *[(None,)] * sparse, *[(rank,)] * sparse, *dense, *[(None,)] * ragged,
        *[(ends,)] * ragged,
    ]  # fmt: skip


PARSE_EXAMPLE_V2 = OpDef(
    name="ParseExampleV2",
    signature="serialized: string, names: string, sparse_keys: string, dense_keys: string, ragged_keys: string, "
    "dense_defaults: list(Tdense) -> sparse_indices: num_sparse*int64, sparse_values: list(sparse_types), "
    "sparse_shapes: num_sparse*int64, dense_values: list(Tdense), ragged_values: list(ragged_value_types), "
    "ragged_row_splits: list(ragged_split_types)",
    where={"Tdense": _TYPES, "sparse_types": _TYPES, "ragged_value_types": _TYPES, "ragged_split_types": INDEX},
    attrs={"num_sparse": ("int",), "dense_shapes": ("list(shape)",)},
    shape=_shape,
    kernel=_kernel,
    gradient=NOT_DIFFERENTIABLE,
)
