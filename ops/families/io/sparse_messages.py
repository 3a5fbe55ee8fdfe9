"""Sparse tensors as strings: the messages of their three parts, one sparse tensor or one for each row."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

import numpy as np

from ...base.errors import InvalidArgumentError
from ...building.build import build
from ...building.default_graph import name_scope
from ...definition.opdef import NOT_DIFFERENTIABLE, OpDef
from ...definition.shape_checks import check_ranks
from ...definition.shapes import merge_extent, with_rank
from ...graph.node import Tensor
from ...types import dtypes
from ...types.tensor_shape import Extents, brackets
from ..sparse.rows import require_parts
from ..sparse.sparse_tensor import SparseTensor, as_sparse
from .decoding import tensor_from_message, tensor_message


def _messages(indices: Any, values: Any, shape: Any, dtype: Any) -> list[bytes]:
    whole = dtypes.int64
    return [tensor_message(indices, whole), tensor_message(values, dtype), tensor_message(shape, whole)]


def _array(messages: Any, shape: tuple[int, ...]) -> Any:
    result = np.empty(len(messages), object)
    result[:] = messages
    return result.reshape(shape)


def _one_kernel(indices: Any, values: Any, shape: Any, *, T: Any) -> Any:
    require_parts(indices, values, shape)
    return _array(_messages(indices, values, shape, T), (3,))


def _rows_kernel(indices: Any, values: Any, shape: Any, *, T: Any) -> Any:
    require_parts(indices, values, shape)
    if len(shape) < 2:
        raise ValueError(f"Rank of input SparseTensor should be > 1, but saw rank: {len(shape)}")
    rows = indices[:, 0]
    if np.any(rows[1:] < rows[:-1]) or np.any((rows < 0) | (rows >= shape[0])):
        raise ValueError("the indices must be in the order of their rows, within the shape: see tf.sparse.reorder")
    ends = np.searchsorted(rows, np.arange(int(shape[0]) + 1)).tolist()
    messages: list[bytes] = []
    for begin, end in pairwise(ends):
        messages += _messages(np.ascontiguousarray(indices[begin:end, 1:]), values[begin:end], shape[1:], T)
    return _array(messages, (int(shape[0]), 3))


def _checked(query: Any) -> None:
    check_ranks(query, 2, 1, 1)
    rows, rank = with_rank(query.shapes[0], 2)
    merge_extent(rows, with_rank(query.shapes[1], 1)[0])
    merge_extent(rank, with_rank(query.shapes[2], 1)[0])


def _one_shape(query: Any) -> Extents:
    _checked(query)
    return (3,)


def _rows_shape(query: Any) -> Extents:
    _checked(query)
    return None, 3


_PARTS = "sparse_indices: int64, sparse_values: T, sparse_shape: int64 -> serialized_sparse: out_type"
_STRINGS, _AS_STRINGS = {"out_type": (dtypes.string,)}, {"out_type": ("type", dtypes.string)}
SERIALIZE_SPARSE = OpDef(
    name="SerializeSparse", signature=_PARTS, where=_STRINGS, attrs=_AS_STRINGS, shape=_one_shape, kernel=_one_kernel,
    gradient=NOT_DIFFERENTIABLE,
)  # fmt: skip
SERIALIZE_MANY_SPARSE = OpDef(
    name="SerializeManySparse", signature=_PARTS, where=_STRINGS, attrs=_AS_STRINGS, shape=_rows_shape,
    kernel=_rows_kernel, gradient=NOT_DIFFERENTIABLE,
)  # fmt: skip


def _stacked_kernel(serialized: Any, *, dtype: Any) -> Any:
    """The sparse tensors in the last axis (of three messages), stacked along the axes before."""
    if not serialized.ndim or serialized.shape[-1] != 3:
        raise InvalidArgumentError(
            None, None, f"Serialized sparse should have 3 columns in the last axis, got {brackets(serialized.shape)}"
        )
    outer = serialized.shape[:-1]
    if not serialized.size:
        raise InvalidArgumentError(None, None, "Must have at least 1 serialized SparseTensor, has none")
    parts = []
    for index, row in zip(np.ndindex(outer), serialized.reshape(-1, 3)):
        indices, values, shape = (tensor_from_message(text, kind) for text, kind in zip(row, _kinds(dtype)))
        if indices.ndim != 2 or values.ndim != 1 or shape.ndim != 1 or indices.shape != (len(values), len(shape)):
            raise InvalidArgumentError(None, None, "Messages are not the indices, values and shape of a SparseTensor")
        parts.append((np.insert(indices, [0] * len(outer), index, axis=1), values, shape))
    if len({len(shape) for _, _, shape in parts}) > 1:
        raise InvalidArgumentError(None, None, "Inconsistent rank across SparseTensors")
    whole = np.max([shape for _, _, shape in parts], axis=0)
    return (
        np.concatenate([indices for indices, _, _ in parts]).astype(np.int64),
        np.concatenate([values for _, values, _ in parts]),
        np.concatenate([np.array(outer, np.int64), whole]).astype(np.int64),
    )


def _kinds(dtype: Any) -> tuple[Any, Any, Any]:
    return dtypes.int64, dtype, dtypes.int64


def _many_shape(query: Any) -> list[Extents]:
    merge_extent(with_rank(query.shapes[0], 2)[1], 3)
    return [(None, None), (None,), (None,)]


_RESULT = "sparse_indices: int64, sparse_values: dtype, sparse_shape: int64"
DESERIALIZE_MANY_SPARSE = OpDef(
    name="DeserializeManySparse",
    signature=f"serialized_sparse: string -> {_RESULT}",
    shape=_many_shape,
    kernel=_stacked_kernel,
    gradient=NOT_DIFFERENTIABLE,
)
DESERIALIZE_SPARSE = OpDef(
    name="DeserializeSparse",
    signature=f"serialized_sparse: Tserialized -> {_RESULT}",
    where={"Tserialized": (dtypes.string,)},
    shape=lambda q: [(None, None), (None,), (None,)],
    kernel=_stacked_kernel,
    gradient=NOT_DIFFERENTIABLE,
)


def _only_strings(out_type: Any) -> None:
    if dtypes.as_dtype(out_type) is not dtypes.string:
        raise NotImplementedError("Sparse tensors are serialized to strings, not to variants: leave `out_type` out.")


def serialize_sparse(sp_input: Any, name: str | None = None, out_type: Any = dtypes.string) -> Tensor:
    """Return a sparse tensor as three strings: the TensorProto messages of its indices, values and shape."""
    _only_strings(out_type)
    given = as_sparse(sp_input)
    result: Tensor = build(SERIALIZE_SPARSE, given.indices, given.values, given.dense_shape, name=name)
    return result


def serialize_many_sparse(sp_input: Any, name: str | None = None, out_type: Any = dtypes.string) -> Tensor:
    """Return the rows of a sparse tensor, its first axis, as strings [rows, 3]: see `serialize_sparse`."""
    _only_strings(out_type)
    given = as_sparse(sp_input)
    result: Tensor = build(SERIALIZE_MANY_SPARSE, given.indices, given.values, given.dense_shape, name=name)
    return result


def deserialize_many_sparse(
    serialized_sparse: Any, dtype: Any, rank: int | None = None, name: str | None = None
) -> SparseTensor:
    """Return strings [rows, 3] as one sparse tensor whose first axis is the rows.

    Args:
      serialized_sparse: of `serialize_many_sparse`, or of `serialize_sparse` in a batch.
      dtype: of the values.
      rank: of the result, if it is known.
    Raises when run: InvalidArgumentError for strings that are no such messages, or of another type or rank.
    """
    with name_scope(name, "DeserializeManySparse"):
        indices, values, shape = build(DESERIALIZE_MANY_SPARSE, serialized_sparse, dtype=dtypes.as_dtype(dtype))
        indices.set_shape([None, rank])
        shape.set_shape([rank])
        return SparseTensor(indices, values, shape)
