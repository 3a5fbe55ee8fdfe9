"""The operation types of TensorArrays.

The handle is the array's memory in a step; the flow is a number that says nothing and keeps reads behind the writes
they depend on. Gradients of writes are reads of the array of gradients, and the other way round.
"""

from __future__ import annotations

from typing import Any, Final

import numpy as np

from ...definition.opdef import NOT_DIFFERENTIABLE, Effects, OpDef
from ...definition.shape_checks import check_ranks, ranked
from ...definition.shapes import scalar_shape, unknown_shape
from .tensor_array_cell import TensorArrayCell

_READS: Final = Effects("tensor_array", reads=True, writes=True)  # a read may clear
_WRITES: Final = Effects("tensor_array", reads=True, writes=True)
_FLOW: Final = np.float32(0)


def _new(context: Any, size: Any, *, dtype: Any, element_shape: Any, dynamic_size: bool, clear_after_read: bool,
         identical_element_shapes: bool, tensor_array_name: bytes) -> Any:  # fmt: skip
    name = tensor_array_name.decode() or context.op.name
    cell = TensorArrayCell(
        name, dtype, int(size), element_shape, dynamic_size, clear_after_read, identical_element_shapes
    )
    return cell, _FLOW


def _gradient_of(context: Any, handle: Any, flow_in: Any, *, source: bytes) -> Any:
    return handle.gradient(source.decode()), _FLOW


def _write(context: Any, handle: Any, index: Any, value: Any, flow_in: Any) -> Any:
    handle.write(int(index), value)
    return _FLOW


def _read(context: Any, handle: Any, index: Any, flow_in: Any) -> Any:
    return handle.read(int(index))


def _gather(context: Any, handle: Any, indices: Any, flow_in: Any, *, element_shape: Any) -> Any:
    return handle.read_many(indices, element_shape)


def _scatter(context: Any, handle: Any, indices: Any, value: Any, flow_in: Any) -> Any:
    handle.scatter(indices, value)
    return _FLOW


def _concat(context: Any, handle: Any, flow_in: Any, *, element_shape_except0: Any) -> Any:
    return handle.concat(element_shape_except0)


def _split(context: Any, handle: Any, value: Any, lengths: Any, flow_in: Any) -> Any:
    handle.split(value, lengths)
    return _FLOW


def _flow_shape(query: Any) -> Any:
    return ()


def _gathered_shape(query: Any) -> Any:
    check_ranks(query, 1, 1)
    element = query.attrs["element_shape"]
    return None if element is None else (_count(query.shapes[1]), *element)


def source_of_gradients(gradient: Any) -> str:
    """The name scope of the call of `gradients` that a gradient belongs to. Raises: ValueError if there is none."""
    parts = gradient.op.name.split("/")
    at = [index for index, part in enumerate(parts) if part.startswith("gradients")]
    if not at:
        raise ValueError(
            "Expected op/tensor name to start with gradients (excluding scope), got: "
            f"{gradient.name}. This means that a tf.gradients op with this op in its dependency path has a custom name "
            "that does not start with 'gradients'. Please make sure all calls to tf.gradients that include non-empty "
            "`name` arguments have names that start with 'gradients'."
        )
    return "/".join(parts[: at[-1] + 1])


def _gradient_array(g: Any, op: Any, gradient: Any, flow: Any) -> tuple[Any, Any]:
    """The handle and the flow of the array of gradients."""
    graph = op.graph
    with graph.name_scope("TensorArrayGrad"):
        handle, _ = g("TensorArrayGradV3", op.inputs[0], flow, source=source_of_gradients(gradient))
        with g.after(handle):
            return handle, g("Identity", flow, name="gradient_flow")


def _read_gradient(g: Any, op: Any, dy: Any) -> Any:
    handle, flow = _gradient_array(g, op, dy, op.inputs[2])
    with op.graph.name_scope("TensorArrayWrite"):
        return [None, None, g("TensorArrayWriteV3", handle, op.inputs[1], dy, flow)]


def _write_gradient(g: Any, op: Any, flow: Any) -> Any:
    handle, inner = _gradient_array(g, op, flow, flow)
    dtype = op.get_attr("T")
    return [None, None, g("TensorArrayReadV3", handle, op.inputs[1], inner, dtype=dtype), flow]


def _gather_gradient(g: Any, op: Any, dy: Any) -> Any:
    handle, flow = _gradient_array(g, op, dy, op.inputs[2])
    with op.graph.name_scope("TensorArrayScatter"):
        return [None, None, g("TensorArrayScatterV3", handle, op.inputs[1], dy, flow)]


def _scatter_gradient(g: Any, op: Any, flow: Any) -> Any:
    handle, inner = _gradient_array(g, op, flow, flow)
    return [None, None, g("TensorArrayGatherV3", handle, op.inputs[1], inner, dtype=op.get_attr("T")), flow]


def _concat_gradient(g: Any, op: Any, dy: Any, _: Any) -> Any:
    handle, flow = _gradient_array(g, op, dy, op.inputs[1])
    with op.graph.name_scope("TensorArraySplit"):
        return [None, g("TensorArraySplitV3", handle, dy, op.outputs[1], flow)]


def _split_gradient(g: Any, op: Any, flow: Any) -> Any:
    handle, inner = _gradient_array(g, op, flow, flow)
    return [None, g("TensorArrayConcatV3", handle, inner, dtype=op.get_attr("T"))[0], None, flow]


TENSOR_ARRAY = OpDef(
    name="TensorArrayV3",
    signature="size: int32 -> handle: resource, flow: float32",
    attrs={
        "dtype": ("type",),
        "element_shape": ("shape", None),
        "dynamic_size": ("bool", False),
        "clear_after_read": ("bool", True),
        "identical_element_shapes": ("bool", False),
        "tensor_array_name": ("string", b""),
    },
    shape=ranked(lambda query: [(2,), ()], 0),
    kernel=_new,
    gradient=NOT_DIFFERENTIABLE,
    effects=_WRITES,
)

TENSOR_ARRAY_GRAD = OpDef(
    name="TensorArrayGradV3",
    signature="handle: resource, flow_in: float32 -> grad_handle: resource, flow_out: float32",
    attrs={"source": ("string",)},
    shape=lambda query: [(2,), ()],
    kernel=_gradient_of,
    gradient=NOT_DIFFERENTIABLE,
    effects=_WRITES,
)

TENSOR_ARRAY_WRITE = OpDef(
    name="TensorArrayWriteV3",
    signature="handle: resource, index: int32, value: T, flow_in: float32 -> flow_out: float32",
    shape=ranked(_flow_shape, 1, 0),
    kernel=_write,
    gradient=_write_gradient,
    effects=_WRITES,
)

TENSOR_ARRAY_READ = OpDef(
    name="TensorArrayReadV3",
    signature="handle: resource, index: int32, flow_in: float32 -> value: dtype",
    shape=ranked(unknown_shape, 1, 0),
    kernel=_read,
    gradient=_read_gradient,
    effects=_READS,
)

TENSOR_ARRAY_GATHER = OpDef(
    name="TensorArrayGatherV3",
    signature="handle: resource, indices: int32, flow_in: float32 -> value: dtype",
    attrs={"dtype": ("type",), "element_shape": ("shape", None)},
    shape=_gathered_shape,
    kernel=_gather,
    gradient=_gather_gradient,
    effects=_READS,
)

TENSOR_ARRAY_SCATTER = OpDef(
    name="TensorArrayScatterV3",
    signature="handle: resource, indices: int32, value: T, flow_in: float32 -> flow_out: float32",
    shape=ranked(_flow_shape, 1, 1),
    kernel=_scatter,
    gradient=_scatter_gradient,
    effects=_WRITES,
)

TENSOR_ARRAY_CONCAT = OpDef(
    name="TensorArrayConcatV3",
    signature="handle: resource, flow_in: float32 -> value: dtype, lengths: int64",
    attrs={"dtype": ("type",), "element_shape_except0": ("shape", None)},
    shape=lambda query: [None, (None,)],
    kernel=_concat,
    gradient=_concat_gradient,
    effects=_READS,
)

TENSOR_ARRAY_SPLIT = OpDef(
    name="TensorArraySplitV3",
    signature="handle: resource, value: T, lengths: int64, flow_in: float32 -> flow_out: float32",
    shape=ranked(_flow_shape, 1, None, 1),
    kernel=_split,
    gradient=_split_gradient,
    effects=_WRITES,
)

TENSOR_ARRAY_SIZE = OpDef(
    name="TensorArraySizeV3",
    signature="handle: resource, flow_in: float32 -> size: int32",
    shape=scalar_shape,
    kernel=lambda context, handle, flow_in: np.int32(len(handle)),
    gradient=NOT_DIFFERENTIABLE,
    effects=_READS,
)

TENSOR_ARRAY_CLOSE = OpDef(
    name="TensorArrayCloseV3",
    signature="handle: resource ->",
    kernel=lambda context, handle: (),
    gradient=NOT_DIFFERENTIABLE,
    effects=_WRITES,
)


def _count(extents: Any) -> Any:
    return extents[0] if extents is not None and len(extents) == 1 else None
