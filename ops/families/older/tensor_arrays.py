"""TensorArrays of two earlier forms: handles that are references to strings (`TensorArrayRead`) or strings
(`TensorArrayReadV2`), without the flow that today's array begins with."""

from __future__ import annotations

from typing import Any, Final

import numpy as np

from ...building.variants import variant
from ...definition.opdef import NOT_DIFFERENTIABLE, OpDef
from ...definition.shape_checks import ranked
from ...definition.shape_query import ShapeQuery
from ...definition.shapes import unknown_shape
from ..control_flow import tensor_array_ops as newer

_KINDS: Final = (("", "Ref(string)"), ("V2", "string"))
_SAME: Final = (
    newer.TENSOR_ARRAY_WRITE, newer.TENSOR_ARRAY_READ, newer.TENSOR_ARRAY_GATHER, newer.TENSOR_ARRAY_SCATTER,
    newer.TENSOR_ARRAY_CONCAT, newer.TENSOR_ARRAY_SPLIT, newer.TENSOR_ARRAY_SIZE, newer.TENSOR_ARRAY_CLOSE,
)  # fmt: skip


def _new(context: Any, size: Any, *, dtype: Any, element_shape: Any, dynamic_size: bool, clear_after_read: bool,
         tensor_array_name: bytes) -> Any:  # fmt: skip
    make: Any = newer.TENSOR_ARRAY.kernel
    cell, _ = make(
        context, size, dtype=dtype, element_shape=element_shape, dynamic_size=dynamic_size,
        clear_after_read=clear_after_read, identical_element_shapes=False, tensor_array_name=tensor_array_name,
    )  # fmt: skip
    return cell


def _handle(query: Any) -> Any:
    return (2,)


def _without_handle(rule: Any) -> Any:
    """The rule of a type whose handle is an array while it runs, not the strings that stand for it."""

    def shape(query: Any) -> Any:
        if not query.is_building:
            shapes = [(2,), *query.shapes[1:]]
            query = ShapeQuery(shapes, query.attrs, query.dtypes, query.value, query.makers)
        return rule(query)

    return None if rule is None else shape


def _with_cell(kernel: Any, attrs: tuple[str, ...]) -> Any:
    """A kernel that takes its handle out of the array of one element in which a string travels."""

    def plain(context: Any, handle: Any, *inputs: Any) -> Any:
        return kernel(context, _cell(handle), *inputs)

    def shaped(context: Any, handle: Any, *inputs: Any, element_shape: Any) -> Any:
        return kernel(context, _cell(handle), *inputs, element_shape=element_shape)

    def joined(context: Any, handle: Any, *inputs: Any, element_shape_except0: Any) -> Any:
        return kernel(context, _cell(handle), *inputs, element_shape_except0=element_shape_except0)

    return {(): plain, ("element_shape",): shaped, ("element_shape_except0",): joined}[attrs]


def _cell(handle: Any) -> Any:
    return handle.item() if isinstance(handle, np.ndarray) else handle


def _define(suffix: str, handle: str) -> None:
    attrs = {key: spec for key, spec in newer.TENSOR_ARRAY.attr_spec.items() if key != "identical_element_shapes"}
    variant(
        newer.TENSOR_ARRAY,
        f"TensorArray{suffix}",
        signature=f"size: int32 -> handle: {handle}",
        attrs=attrs,
        shape=ranked(_handle, 0),
        kernel=_new,
    )
    variant(
        newer.TENSOR_ARRAY_GRAD,
        f"TensorArrayGrad{suffix}",
        signature=f"handle: string, flow_in: float32 -> grad_handle: {handle}",
        shape=_handle,
        kernel=lambda context, handle, flow_in, *, source: _cell(handle).gradient(source.decode()),
    )
    for op_def in _SAME:
        variant(
            op_def,
            op_def.name.removesuffix("V3") + suffix,
            signature=op_def.signature.replace("handle: resource", f"handle: {handle}"),
            shape=_without_handle(op_def.shape),
            kernel=_with_cell(op_def.kernel, op_def.kernel_attrs),
            # TensorFlow's rules make arrays of today's form, which these handles do not fit
            gradient=NOT_DIFFERENTIABLE if op_def.gradient == NOT_DIFFERENTIABLE else None,
        )


for _suffix, _type in _KINDS:
    _define(_suffix, _type)


def _pack_kernel(context: Any, handle: Any, flow_in: Any, *, element_shape: Any) -> Any:
    return handle.read_many(np.arange(len(handle), dtype=np.int32), element_shape)


def _unpack_kernel(context: Any, handle: Any, value: Any, flow_in: Any) -> Any:
    handle.scatter(np.arange(len(value), dtype=np.int32), value)
    return np.float32(0)


TENSOR_ARRAY_PACK = OpDef(
    name="TensorArrayPack",
    signature="handle: Ref(string), flow_in: float32 -> value: dtype",
    attrs={"dtype": ("type",), "element_shape": ("shape", None)},
    shape=unknown_shape,
    kernel=_pack_kernel,
    effects=newer.TENSOR_ARRAY_GATHER.effects,
)
TENSOR_ARRAY_UNPACK = OpDef(
    name="TensorArrayUnpack",
    signature="handle: Ref(string), value: T, flow_in: float32 -> flow_out: float32",
    shape=lambda query: (),
    kernel=_unpack_kernel,
    effects=newer.TENSOR_ARRAY_SCATTER.effects,
)
