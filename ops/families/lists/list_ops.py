"""The operation types of lists of tensors.

TensorFlow 2 makes them where TensorFlow 1 makes TensorArrays: recurrent layers, `map_fn` and `scan` of its models have
them in their loops. A list is a value: an operation gives a new one and leaves the old one as it was.
"""

from __future__ import annotations

from typing import Any, Final

from ...definition.opdef import NOT_DIFFERENTIABLE, OpDef
from ...definition.shape_checks import ranked
from ...definition.shapes import scalar_shape
from ...types import dtypes
from . import list_kernels as kernels

_SHAPES: Final = {"shape_type": (dtypes.int32, dtypes.int64)}


def _asked(query: Any, index: int) -> Any:
    """The elements' shape, as far as the input that says it is known."""
    shape = query.shapes[index]
    if shape is not None and len(shape) > 1:
        raise ValueError(f"Shape must be at most rank 1 but is rank {len(shape)}")
    if shape is None or not shape:
        return None
    values = query.integers(index)
    if values is None:
        return None if shape[0] is None else (None,) * shape[0]
    return tuple(None if value is None or value < 0 else value for value in values)


def _element(index: int) -> Any:
    return lambda query: _asked(query, index)


def _list(index: int) -> Any:
    """A list, made with a shape of elements."""

    def shape(query: Any) -> Any:
        _asked(query, index)
        return ()

    return shape


def _rows(count: Any, index: int) -> Any:
    """Elements in one array; `count(query)` tells how many."""

    def shape(query: Any) -> Any:
        element = _asked(query, index)
        return None if element is None else (count(query), *element)

    return shape


def _stack_count(query: Any) -> Any:
    count = query.attrs["num_elements"]
    return None if count < 0 else count


def _gather_count(query: Any) -> Any:
    return None if query.shapes[1] is None else query.shapes[1][0]


def _concat_shape(query: Any) -> Any:
    element = query.attrs["element_shape"] if "element_shape" in query.attrs else _asked(query, 1)
    return [None if element is None else (None, *element[1:]), (None,)]


def _pop_shape(query: Any) -> Any:
    return [(), _asked(query, 1)]


def _shape_of_elements(g: Any, handle: Any) -> Any:
    return g("TensorListElementShape", handle, shape_type=dtypes.int32)


def _length(g: Any, handle: Any) -> Any:
    return g("TensorListLength", handle)


def _from_gradient(g: Any, op: Any, dlist: Any) -> Any:
    x = op.inputs[0]
    rows = x._extents
    count = rows[0] if rows and rows[0] is not None else -1
    dx = g("TensorListStack", dlist, g("Slice", g("Shape", x), [1], [-1]), element_dtype=x.dtype, num_elements=count)
    return [dx, None]


def _stack_gradient(g: Any, op: Any, dy: Any) -> Any:
    return [g("TensorListFromTensor", dy, g("Slice", g("Shape", dy), [1], [-1])), None]


def _set_gradient(g: Any, op: Any, dlist: Any) -> Any:
    _, index, item = op.inputs
    rest = g("TensorListSetItem", dlist, index, g("ZerosLike", item))
    return [rest, None, g("TensorListGetItem", dlist, index, g("Shape", item), element_dtype=item.dtype)]


def _get_gradient(g: Any, op: Any, dy: Any) -> Any:
    handle, index, _ = op.inputs
    blank = g("TensorListReserve", g("Shape", dy), _length(g, handle), element_dtype=dy.dtype)
    return [g("TensorListSetItem", blank, index, dy), None, None]


def _push_gradient(g: Any, op: Any, dlist: Any) -> Any:
    item = op.inputs[1]
    return list(g("TensorListPopBack", dlist, g("Shape", item), element_dtype=item.dtype))


def _pop_gradient(g: Any, op: Any, dlist: Any, dy: Any) -> Any:
    if dlist is None:
        dtype = op.get_attr("element_dtype")
        dlist = g(
            "TensorListReserve", _shape_of_elements(g, op.outputs[0]), _length(g, op.outputs[0]), element_dtype=dtype
        )
    return [g("TensorListPushBack", dlist, dy), None]


def _resize_gradient(g: Any, op: Any, dlist: Any) -> Any:
    return [g("TensorListResize", dlist, _length(g, op.inputs[0])), None]


def _gather_gradient(g: Any, op: Any, dy: Any) -> Any:
    """Elements that were taken more than once: the sum of their gradients."""
    handle, indices = op.inputs[:2]
    count = _length(g, handle)
    sums = g("UnsortedSegmentSum", dy, indices, count)
    return [g("TensorListFromTensor", sums, g("Slice", g("Shape", dy), [1], [-1])), None, None]


def _scatter_gradient(g: Any, op: Any, dlist: Any) -> Any:
    tensor, indices = op.inputs[:2]
    rows = g("Slice", g("Shape", tensor), [1], [-1])
    dx = g("TensorListGather", dlist, indices, rows, element_dtype=tensor.dtype)
    return [dx, *[None] * (len(op.inputs) - 1)]


def _scatter_into_gradient(g: Any, op: Any, dlist: Any) -> Any:
    handle, tensor, indices = op.inputs
    rows = g("Slice", g("Shape", tensor), [1], [-1])
    dx = g("TensorListGather", dlist, indices, rows, element_dtype=tensor.dtype)
    rest = g("TensorListScatterIntoExistingList", dlist, g("ZerosLike", tensor), indices)
    return [g("TensorListResize", rest, _length(g, handle)), dx, None]


def _concat_gradient(g: Any, op: Any, dy: Any, _: Any) -> Any:
    dlist = g("TensorListSplit", dy, _shape_of_elements(g, op.inputs[0]), op.outputs[1])
    return [dlist, *[None] * (len(op.inputs) - 1)]


def _split_gradient(g: Any, op: Any, dlist: Any) -> Any:
    tensor, _, lengths = op.inputs
    shape = g("ConcatV2", [[-1], g("Slice", g("Shape", tensor), [1], [-1])], 0)
    return [g("TensorListConcatV2", dlist, shape, lengths, element_dtype=tensor.dtype)[0], None, None]


def _define(name: str, signature: str, shape: Any, kernel: Any, gradient: Any, **more: Any) -> OpDef:
    where = _SHAPES if "shape_type" in signature else None
    return OpDef(
        name=name, signature=signature, where=where, shape=shape, kernel=kernel, gradient=gradient, **more
    )  # fmt: skip


_TYPE: Final = {"attrs": {"element_dtype": ("type",)}}

EMPTY = _define(
    "EmptyTensorList",
    "element_shape: shape_type, max_num_elements: int32 -> handle: variant",
    ranked(_list(0), None, 0),
    kernels.empty,
    NOT_DIFFERENTIABLE,
    **_TYPE,
)
RESERVE = _define(
    "TensorListReserve",
    "element_shape: shape_type, num_elements: int32 -> handle: variant",
    ranked(_list(0), None, 0),
    kernels.reserve,
    NOT_DIFFERENTIABLE,
    **_TYPE,
)
FROM_TENSOR = _define(
    "TensorListFromTensor",
    "tensor: element_dtype, element_shape: shape_type -> output_handle: variant",
    _list(1),
    kernels.from_tensor,
    _from_gradient,
)
SET_ITEM = _define(
    "TensorListSetItem",
    "input_handle: variant, index: int32, item: element_dtype -> output_handle: variant",
    ranked(scalar_shape, 0, 0, None),
    kernels.set_item,
    _set_gradient,
    attrs={"resize_if_index_out_of_bounds": ("bool", False)},
)
GET_ITEM = _define(
    "TensorListGetItem",
    "input_handle: variant, index: int32, element_shape: int32 -> item: element_dtype",
    ranked(_element(2), 0, 0, None),
    kernels.get_item,
    _get_gradient,
)
STACK = _define(
    "TensorListStack",
    "input_handle: variant, element_shape: int32 -> tensor: element_dtype",
    ranked(_rows(_stack_count, 1), 0, None),
    kernels.stack,
    _stack_gradient,
    attrs={"num_elements": ("int", -1)},
)
PUSH_BACK = _define(
    "TensorListPushBack",
    "input_handle: variant, tensor: element_dtype -> output_handle: variant",
    ranked(scalar_shape, 0, None),
    kernels.push_back,
    _push_gradient,
)
PUSH_BACK_BATCH = _define(
    "TensorListPushBackBatch",
    "input_handles: variant, tensor: element_dtype -> output_handles: variant",
    lambda query: query.shapes[0],
    kernels.push_back_batch,
    NOT_DIFFERENTIABLE,
)
POP_BACK = _define(
    "TensorListPopBack",
    "input_handle: variant, element_shape: int32 -> output_handle: variant, tensor: element_dtype",
    ranked(_pop_shape, 0, None),
    kernels.pop_back,
    _pop_gradient,
)
LENGTH = _define(
    "TensorListLength",
    "input_handle: variant -> length: int32",
    ranked(scalar_shape, 0),
    kernels.length,
    NOT_DIFFERENTIABLE,
)
ELEMENT_SHAPE = _define(
    "TensorListElementShape",
    "input_handle: variant -> element_shape: shape_type",
    None,
    kernels.element_shape,
    NOT_DIFFERENTIABLE,
)
RESIZE = _define(
    "TensorListResize",
    "input_handle: variant, size: int32 -> output_handle: variant",
    ranked(scalar_shape, 0, 0),
    kernels.resize,
    _resize_gradient,
)
GATHER = _define(
    "TensorListGather",
    "input_handle: variant, indices: int32, element_shape: int32 -> values: element_dtype",
    ranked(_rows(_gather_count, 2), 0, 1, None),
    kernels.gather,
    _gather_gradient,
)
SCATTER = _define(
    "TensorListScatter",
    "tensor: element_dtype, indices: int32, element_shape: shape_type -> output_handle: variant",
    ranked(_list(2), None, 1, None),
    kernels.scatter,
    _scatter_gradient,
)
SCATTER_V2 = _define(
    "TensorListScatterV2",
    "tensor: element_dtype, indices: int32, element_shape: shape_type, num_elements: int32 -> output_handle: variant",
    ranked(_list(2), None, 1, None, 0),
    kernels.scatter,
    _scatter_gradient,
)
SCATTER_INTO = _define(
    "TensorListScatterIntoExistingList",
    "input_handle: variant, tensor: element_dtype, indices: int32 -> output_handle: variant",
    ranked(scalar_shape, 0, None, 1),
    kernels.scatter_into,
    _scatter_into_gradient,
)
SPLIT = _define(
    "TensorListSplit",
    "tensor: element_dtype, element_shape: shape_type, lengths: int64 -> output_handle: variant",
    ranked(_list(1), None, None, 1),
    kernels.split,
    _split_gradient,
)
CONCAT = _define(
    "TensorListConcat",
    "input_handle: variant -> tensor: element_dtype, lengths: int64",
    ranked(_concat_shape, 0),
    kernels.concat,
    _concat_gradient,
    attrs={"element_shape": ("shape", None)},
)
CONCAT_V2 = _define(
    "TensorListConcatV2",
    "input_handle: variant, element_shape: shape_type, leading_dims: int64 -> tensor: element_dtype, lengths: int64",
    ranked(_concat_shape, 0, None, 1),
    kernels.concat_v2,
    _concat_gradient,
)
CONCAT_LISTS = _define(
    "TensorListConcatLists",
    "input_a: variant, input_b: variant -> output: variant",
    lambda query: query.shapes[0],
    kernels.concat_lists,
    NOT_DIFFERENTIABLE,
    **_TYPE,
)
