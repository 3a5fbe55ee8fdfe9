"""Assignment to a part of a variable: what `variable[1:3].assign(value)` builds."""

from __future__ import annotations

from typing import Any

import numpy as np

from ....base.errors import UnimplementedError
from ....definition.context import KernelContext
from ....definition.opdef import Effects, OpDef
from ....definition.shapes import same_shape
from ....types.dtypes import INDEX
from ....types.tensor_shape import brackets
from ...arrays.slicing import STRIDED_SLICE
from ..assignments import VariableCell, after

Array = np.ndarray[Any, Any]

_MASKS = ("begin_mask", "end_mask", "ellipsis_mask", "new_axis_mask", "shrink_axis_mask")
_WRITES = Effects("variable", reads=True, writes=True)


def _assign_slice_kernel(
    context: KernelContext, ref: VariableCell, begin: Array, end: Array, strides: Array, value: Array
) -> Any:
    with ref.updating() as current:
        changed = np.array(current)
        masks = {name: context.op.attrs[name] for name in _MASKS}
        part: Any = STRIDED_SLICE.kernel
        places = part(np.arange(changed.size).reshape(changed.shape), begin, end, strides, **masks)
        if value.shape != places.shape:
            raise UnimplementedError(
                None, None,
                f"sliced l-value shape {brackets(places.shape)} does not match r-value shape {brackets(value.shape)}. "
                "Automatic broadcasting not yet implemented.",
            )  # fmt: skip
        changed.reshape(-1)[places] = value
        ref.set(changed)
    return after(context, ref)


STRIDED_SLICE_ASSIGN = OpDef(
    name="StridedSliceAssign",
    signature="ref: Ref(T), begin: Index, end: Index, strides: Index, value: T -> output_ref: Ref(T)",
    where={"Index": INDEX},
    attrs=dict.fromkeys(_MASKS, ("int", 0)),
    shape=same_shape,
    kernel=_assign_slice_kernel,
    effects=_WRITES,
)

RESOURCE_STRIDED_SLICE_ASSIGN = OpDef(
    name="ResourceStridedSliceAssign",
    signature="ref: resource, begin: Index, end: Index, strides: Index, value: T ->",
    where={"Index": INDEX},
    attrs=dict.fromkeys(_MASKS, ("int", 0)),
    shape=lambda query: [],
    kernel=_assign_slice_kernel,
    effects=_WRITES,
)
