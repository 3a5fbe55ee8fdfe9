"""Operation types of older graphs, which newer ones say in another way; they come with GraphDefs and `raw_ops`."""

from __future__ import annotations

from typing import Any

import numpy as np

from ..definition.extent_math import require_rank, resolve_axis
from ..definition.opdef import NOT_DIFFERENTIABLE, OpDef
from ..definition.shapes import at_least_rank, merge, merge_extent, with_rank
from ..types.dtypes import INDEX, NUMERIC, REAL, bool_, int32, string
from ..types.tensor_shape import Extents
from .arrays import array_gradients
from .arrays.stacking import _concat_kernel
from .indexing import indexing_gradients
from .indexing.gathering import _gather_kernel
from .nn import nn_gradients
from .nn.bias import _bias_kernel
from .reductions import segment_gradients
from .reductions.sorting import _in_top_k_kernel, _in_top_k_shape, _top_k_kernel

_FIRST = np.zeros((), np.int32)  # axis


def _bias_v1_shape(query: Any) -> Extents:
    shape = at_least_rank(query.shapes[0], 2)
    (extent,) = with_rank(query.shapes[1], 1)
    return None if shape is None else (*shape[:-1], merge_extent(shape[-1], extent))


BIAS_ADD_V1 = OpDef(
    name="BiasAddV1",
    signature="value: T, bias: T -> output: T",
    where={"T": NUMERIC},
    shape=_bias_v1_shape,
    kernel=lambda value, bias: _bias_kernel(value, bias, data_format=b"NHWC"),
    scalar="{value} + {bias}",
    gradient=nn_gradients.bias_add_v1,
)


def _concat_shape(query: Any) -> Extents:
    axis_shape, *shapes = query.shapes
    require_rank(axis_shape, 0)
    rank = next((len(shape) for shape in shapes if shape is not None), None)
    for shape in shapes:
        require_rank(shape, rank or 0)
    given = query.known_integers(0)
    if rank is None or given is None:
        return None if rank is None else (None,) * rank
    axis = resolve_axis(given[0], rank)
    length: Any = 0
    rest: Extents = (None,) * (rank - 1)
    for shape in shapes:
        extent = None if shape is None else shape[axis]
        length = None if length is None or extent is None else length + extent
        rest = merge(rest, None if shape is None else (*shape[:axis], *shape[axis + 1 :]))
    return (*rest[:axis], length, *rest[axis:])  # type: ignore[index]


CONCAT = OpDef(
    name="Concat",
    signature="concat_dim: int32, values: N*T -> output: T",
    shape=_concat_shape,
    kernel=lambda concat_dim, values: _concat_kernel(values, concat_dim),
    gradient=array_gradients.concat_v1,
)


def _gather_shape(query: Any) -> Extents:
    params, indices = at_least_rank(query.shapes[0], 1), query.shapes[1]
    return None if params is None or indices is None else (*indices, *params[1:])


GATHER = OpDef(
    name="Gather",
    signature="params: Tparams, indices: Tindices -> output: Tparams",
    where={"Tindices": INDEX},
    attrs={"validate_indices": ("bool", True)},
    shape=_gather_shape,
    kernel=lambda params, indices: _gather_kernel(params, indices, _FIRST, batch_dims=0),
    gradient=indexing_gradients.gather,
)


def _in_top_k_v1_kernel(predictions: Any, targets: Any, *, k: int) -> Any:
    return _in_top_k_kernel(predictions, targets, k)


IN_TOP_K = OpDef(
    name="InTopK",
    signature="predictions: float32, targets: T -> precision: bool",
    where={"T": INDEX},
    attrs={"k": ("int",), "T": ("type", int32)},
    shape=_in_top_k_shape,
    kernel=_in_top_k_v1_kernel,
    gradient=NOT_DIFFERENTIABLE,
)


def _top_k_v1_shape(query: Any) -> list[Any]:
    shape, k = at_least_rank(query.shapes[0], 1), query.attrs["k"]
    if shape is None:
        return [None, None]
    if shape[-1] is not None and shape[-1] < k:
        raise ValueError(f"input must have last dimension >= k = {k} but is {shape[-1]}")
    return [(*shape[:-1], k)] * 2


def _top_k_v1_kernel(x: Any, *, k: int) -> Any:
    return _top_k_kernel(x, k, index_type=int32)


TOP_K = OpDef(
    name="TopK",
    signature="input: T -> values: T, indices: int32",
    where={"T": REAL},
    attrs={"k": ("int",), "sorted": ("bool", True)},
    shape=_top_k_v1_shape,
    kernel=_top_k_v1_kernel,
    gradient=segment_gradients.top_k,
)


def _reverse_shape(query: Any) -> Extents:
    shape: Extents = query.shapes[0]
    (count,) = with_rank(query.shapes[1], 1)
    if shape is not None and count is not None and len(shape) != count:
        raise ValueError(
            f"reverse should have the same rank as its input, which is {len(shape)}, but has {count} values"
        )
    return shape


def _reverse_kernel(x: Any, dims: Any) -> Any:
    if dims.shape != (x.ndim,):
        raise ValueError(f"'dims' must have length {x.ndim}, the rank of the input, but has shape {list(dims.shape)}")
    return np.flip(x, tuple(np.flatnonzero(dims).tolist()))


REVERSE = OpDef(
    name="Reverse",
    signature="tensor: T, dims: bool -> output: T",
    where={"T": (*NUMERIC, bool_, string)},
    shape=_reverse_shape,
    kernel=_reverse_kernel,
    gradient=array_gradients.reverse,
)
