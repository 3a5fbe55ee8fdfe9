"""Operation types that gradients of sparse tensors are made of."""

from __future__ import annotations

from typing import Any

import numpy as np

from ...definition.opdef import OpDef
from ...definition.shape_checks import ranked
from ...definition.shapes import with_rank
from ...types import dtypes
from . import sparse_gradients as gradients
from .rows import row_keys


def _keys(rows: Any, wanted: Any) -> tuple[Any, Any]:
    """A number for each row of two matrices, equal for equal rows."""
    keys = row_keys(rows, wanted)
    if keys is None:  # too far apart for one number: by their order
        _, inverse = np.unique(np.concatenate([rows, wanted]), axis=0, return_inverse=True)
        keys = inverse.reshape(-1)
    return keys[: len(rows)], keys[len(rows) :]


def _places(rows: Any, wanted: Any) -> Any:
    """For each row of `wanted` its place among `rows`, the last one of several, -1 if it is not there."""
    if not rows.size or not wanted.size or rows.shape[1] != wanted.shape[1]:
        return np.full(len(wanted), -1, np.int64)
    known, keys = _keys(rows, wanted)
    is_sorted = bool((known[1:] >= known[:-1]).all())  # rows of sparse tensors mostly are
    order = None if is_sorted else np.argsort(known, kind="stable")
    ordered = known if order is None else known[order]
    places = np.searchsorted(ordered, keys, "right") - 1
    is_there = (places >= 0) & (ordered[places] == keys)
    return np.where(is_there, places if order is None else order[places], -1)


def _looked_up(gradient: Any, rows: Any, wanted: Any) -> Any:
    places = _places(rows, wanted)
    if not len(gradient):
        return np.zeros(len(wanted), gradient.dtype)
    return np.where(places >= 0, gradient[places], gradient.dtype.type(0))


def _add_grad_kernel(backprop_val_grad: Any, a_indices: Any, b_indices: Any, sum_indices: Any) -> Any:
    if len(backprop_val_grad) != len(sum_indices):
        raise ValueError(
            "# elements in backprop_val_grad and # rows in sum_indices should match (#nnz of sum): got "
            f"{len(backprop_val_grad)} and {len(sum_indices)}"
        )
    return tuple(_looked_up(backprop_val_grad, sum_indices, wanted) for wanted in (a_indices, b_indices))


SPARSE_ADD_GRAD = OpDef(
    name="SparseAddGrad",
    signature=(
        "backprop_val_grad: T, a_indices: int64, b_indices: int64, sum_indices: int64 -> a_val_grad: T, b_val_grad: T"
    ),
    where={"T": dtypes.NUMERIC},
    shape=lambda q: [with_rank(shape, 2)[:1] for shape in (q.shapes[1], q.shapes[2])],
    kernel=_add_grad_kernel,
    routine=("sparse sum gradients",),
    gradient=gradients.unknown,
)


def _slice_grad_kernel(backprop_val_grad: Any, input_indices: Any, input_start: Any, output_indices: Any) -> Any:
    return _looked_up(backprop_val_grad, output_indices + input_start, input_indices)


SPARSE_SLICE_GRAD = OpDef(
    name="SparseSliceGrad",
    signature="backprop_val_grad: T, input_indices: int64, input_start: int64, output_indices: int64 -> val_grad: T",
    where={"T": dtypes.NUMERIC},
    shape=lambda q: with_rank(q.shapes[1], 2)[:1],
    kernel=_slice_grad_kernel,
    routine=("sparse slice gradient",),
    gradient=gradients.unknown,
)


def _fill_grad_kernel(reverse_index_map: Any, grad_values: Any) -> Any:
    if reverse_index_map.size and not (reverse_index_map.min() >= 0 and reverse_index_map.max() < len(grad_values)):
        raise ValueError(f"Elements in reverse index must be in [0, {len(grad_values)})")
    taken = np.zeros(len(grad_values), bool)
    taken[reverse_index_map] = True
    return grad_values[reverse_index_map], np.asarray(np.sum(grad_values[~taken]), grad_values.dtype)


SPARSE_FILL_EMPTY_ROWS_GRAD = OpDef(
    name="SparseFillEmptyRowsGrad",
    signature="reverse_index_map: int64, grad_values: T -> d_values: T, d_default_value: T",
    where={"T": dtypes.NUMERIC},
    shape=ranked(lambda q: [q.shapes[0], ()], 1, 1),
    kernel=_fill_grad_kernel,
    gradient=gradients.fill_empty_rows_grad,
)
