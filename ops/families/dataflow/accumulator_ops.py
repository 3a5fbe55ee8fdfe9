"""The operation types of accumulators: of resources for dense gradients, of references for both kinds."""

from __future__ import annotations

from typing import Any

from ...definition.context import KernelContext
from ...definition.opdef import Effects, OpDef
from ...definition.shape_checks import ranked
from ...definition.shapes import scalar_shape
from ...types.dtypes import NUMERIC
from .accumulator_resource import Accumulator, SparseAccumulator

_OWNS = Effects("accumulator")
_CHANGES = Effects("accumulator", reads=True, writes=True)
_WAITS = Effects("accumulator", reads=True, writes=True, blocking=True, ordered=False)
_WHERE = {"dtype": NUMERIC}


def _maker(kind: type[Accumulator]) -> Any:
    def make(op: Any) -> Accumulator:
        return kind(op.name, op.attrs["shape"], op.attrs["reduction_type"] == b"MEAN")

    def kernel(context: KernelContext) -> Any:
        return context.state.resources.of_operation(context.op, "accumulator", make)

    return kernel


def _owner(name: str, output: str, kind: type[Accumulator]) -> OpDef:
    return OpDef(
        name=name,
        signature=f"-> handle: {output}",
        where={**_WHERE, "reduction_type": (b"MEAN", b"SUM")},
        attrs={
            "dtype": ("type",),
            "shape": ("shape",),
            "container": ("string", b""),
            "shared_name": ("string", b""),
            "reduction_type": ("string", b"MEAN"),
        },
        shape=lambda query: (2,),  # in TensorFlow too, of both kinds
        kernel=_maker(kind),
        effects=_OWNS,
    )


CONDITIONAL_ACCUMULATOR = _owner("ConditionalAccumulator", "Ref(string)", Accumulator)
RESOURCE_CONDITIONAL_ACCUMULATOR = _owner("ResourceConditionalAccumulator", "resource", Accumulator)
SPARSE_CONDITIONAL_ACCUMULATOR = _owner("SparseConditionalAccumulator", "Ref(string)", SparseAccumulator)


def _apply_kernel(context: KernelContext, handle: Accumulator, local_step: Any, gradient: Any) -> Any:
    handle.apply(int(local_step), gradient)
    return ()


def _take_kernel(context: KernelContext, handle: Accumulator, num_required: Any) -> Any:
    return handle.take(int(num_required), context)


def _count_kernel(context: KernelContext, handle: Accumulator) -> Any:
    import numpy as np

    return np.array(handle.count, np.int32)


def _set_step_kernel(context: KernelContext, handle: Accumulator, new_global_step: Any) -> Any:
    handle.set_step(int(new_global_step))
    return ()


def _average_shape(query: Any) -> Any:
    maker = query.makers[0] if query.makers else None
    return maker.attrs.get("shape") if maker is not None else None


for _prefix, _handle in (("", "Ref(string)"), ("Resource", "resource")):
    OpDef(
        name=f"{_prefix}AccumulatorApplyGradient",
        signature=f"handle: {_handle}, local_step: int64, gradient: dtype ->",
        where=_WHERE,
        kernel=_apply_kernel,
        effects=_CHANGES,
    )
    OpDef(
        name=f"{_prefix}AccumulatorTakeGradient",
        signature=f"handle: {_handle}, num_required: int32 -> average: dtype",
        where=_WHERE,
        shape=ranked(_average_shape, None, 0),
        kernel=_take_kernel,
        effects=_WAITS,
    )
    OpDef(
        name=f"{_prefix}AccumulatorNumAccumulated",
        signature=f"handle: {_handle} -> num_accumulated: int32",
        shape=scalar_shape,
        kernel=_count_kernel,
        effects=_CHANGES,
    )
    OpDef(
        name=f"{_prefix}AccumulatorSetGlobalStep",
        signature=f"handle: {_handle}, new_global_step: int64 ->",
        kernel=_set_step_kernel,
        effects=_CHANGES,
    )


def _apply_sparse_kernel(
    context: KernelContext,
    handle: Accumulator,
    local_step: Any,
    gradient_indices: Any,
    gradient_values: Any,
    gradient_shape: Any,
) -> Any:
    shape = gradient_shape if context.op.attrs["has_known_shape"] else gradient_shape[:0]
    handle.apply(int(local_step), (gradient_indices, gradient_values, shape))
    return ()


SPARSE_ACCUMULATOR_APPLY_GRADIENT = OpDef(
    name="SparseAccumulatorApplyGradient",
    signature=(
        "handle: Ref(string), local_step: int64, gradient_indices: int64, gradient_values: dtype, "
        "gradient_shape: int64 ->"
    ),
    where=_WHERE,
    attrs={"has_known_shape": ("bool",)},
    kernel=_apply_sparse_kernel,
    effects=_CHANGES,
)

SPARSE_ACCUMULATOR_TAKE_GRADIENT = OpDef(
    name="SparseAccumulatorTakeGradient",
    signature="handle: Ref(string), num_required: int32 -> indices: int64, values: dtype, shape: int64",
    where=_WHERE,
    kernel=_take_kernel,
    effects=_WAITS,
)
