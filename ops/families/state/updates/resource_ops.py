"""Resource variables as operations: `VarHandleOp` names the variable, other operations read and change it.

The kernel of `VarHandleOp` returns the cell of the variable (`assignments.VariableCell`); that is what an input of type
`resource` holds. Reads stand where they are made, and are ordered by control edges alone.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from ....base.errors import FailedPreconditionError, InvalidArgumentError
from ....base.ownership import is_owned
from ....definition.context import KernelContext
from ....definition.kernel_call import kernel_call
from ....definition.opdef import Effects, OpDef
from ....definition.registry import lookup
from ....definition.shapes import at_least_rank, scalar_shape
from ....definition.update import Update, own_value
from ....types.dtypes import INDEX, int32, int64
from ....types.tensor_shape import TensorShape, brackets
from ..assignments import VariableCell, count_up_to_kernel, update_kernel
from . import resource_gradients as gradients

Array = np.ndarray[Any, Any]

_READS = Effects("variable", reads=True)
_WRITES = Effects("variable", reads=True, writes=True)


def _handle_kernel(context: KernelContext) -> VariableCell:
    """Find the variable's cell in the session, making it at the first use."""
    op = context.op
    cell: VariableCell = context.state.resources.of_operation(
        op, "variable", lambda op: VariableCell(op.name, op.attrs["dtype"], op.attrs["shape"])
    )
    return cell


VAR_HANDLE_OP = OpDef(
    name="VarHandleOp",
    signature="-> resource: resource",
    attrs={
        "container": ("string", b""),
        "shared_name": ("string", b""),
        "dtype": ("type",),
        "shape": ("shape",),
    },
    shape=scalar_shape,
    kernel=_handle_kernel,
    effects=Effects("variable"),
    update=Update(0),
)


def _typed(op_type: Any, cell: VariableCell) -> None:
    """Raises: InvalidArgumentError if an operation takes a variable for one of another type."""
    if cell.dtype is not op_type:
        raise InvalidArgumentError(
            None, None,
            f"Trying to use variable {cell.name} with wrong dtype. Expected {cell.dtype.name} got {op_type.name}",
        )  # fmt: skip


def _read_kernel(context: KernelContext, resource: VariableCell, *, dtype: Any) -> Array:
    _typed(dtype, resource)
    value = resource.value
    if value is None:
        raise FailedPreconditionError(
            None, None,
            f"Error while reading resource variable {resource.name} from Container: localhost. "
            f"This could mean that the variable was uninitialized. Not found: Resource localhost/{resource.name}/ "
            "does not exist. Run its initializer first, for instance tf.global_variables_initializer().",
        )  # fmt: skip
    return value


def extents_of_handle(query: Any) -> Any:
    """The extents of the variable, where the first input is the handle that names it, or that handle passed on."""
    maker = query.makers[0] if query.makers else None
    while maker is not None and maker._inputs and (maker.op_def.passes_on or maker.op_def.flow in ("switch", "enter")):
        maker = maker._inputs[0]._op
    return maker.attrs["shape"] if maker is not None and maker.op_def is VAR_HANDLE_OP else None


READ_VARIABLE_OP = OpDef(
    name="ReadVariableOp",
    signature="resource: resource -> value: dtype",
    shape=extents_of_handle,
    kernel=_read_kernel,
    effects=_READS,
    update=Update(1, result=own_value),
    gradient=gradients.read,
)


def _assign_kernel(
    context: KernelContext, resource: VariableCell, value: Array, *, dtype: Any, validate_shape: bool
) -> Any:
    _typed(dtype, resource)
    wanted = resource.shape_now()
    if validate_shape and not TensorShape._of(wanted).is_compatible_with(value.shape):
        raise ValueError(f"Shape mismatch: variable has shape {brackets(wanted)} and the value {brackets(value.shape)}")
    if not is_owned(value):  # a view may be of an array that the user fed
        value = np.array(value, order="C")
    resource.set(value)
    return ()


def _no_output(query: Any) -> Any:
    return []


ASSIGN_VARIABLE_OP = OpDef(
    name="AssignVariableOp",
    signature="resource: resource, value: dtype ->",
    attrs={"validate_shape": ("bool", False)},
    shape=_no_output,
    kernel=_assign_kernel,
    effects=Effects("variable", writes=True),
    update=Update(1, lambda g, attrs, resource, value: (value,)),
)

ASSIGN_ADD_VARIABLE_OP = OpDef(
    name="AssignAddVariableOp",
    signature="resource: resource, value: dtype ->",
    shape=_no_output,
    kernel=update_kernel(np.add),
    effects=_WRITES,
    update=Update(1, lambda g, attrs, resource, value: (g("AddV2", resource, value),)),
)

ASSIGN_SUB_VARIABLE_OP = OpDef(
    name="AssignSubVariableOp",
    signature="resource: resource, value: dtype ->",
    shape=_no_output,
    kernel=update_kernel(np.subtract),
    effects=_WRITES,
    update=Update(1, lambda g, attrs, resource, value: (g("Sub", resource, value),)),
)

VAR_IS_INITIALIZED_OP = OpDef(
    name="VarIsInitializedOp",
    signature="resource: resource -> is_initialized: bool",
    shape=scalar_shape,
    kernel=lambda context, resource: np.array(resource.value is not None),
    effects=_READS,
)


def _destroy_kernel(context: KernelContext, resource: VariableCell, *, ignore_lookup_error: bool) -> Any:
    resource.clear()
    return ()


DESTROY_RESOURCE_OP = OpDef(
    name="DestroyResourceOp",
    signature="resource: resource ->",
    attrs={"ignore_lookup_error": ("bool", True)},
    shape=_no_output,
    kernel=_destroy_kernel,
    effects=Effects("variable", writes=True),
)


def _variable_shape_kernel(context: KernelContext, input: VariableCell, *, out_type: Any) -> Array:
    return np.array(input.read().shape, out_type.np_dtype)


def _shape_vector(query: Any) -> Any:
    extents = extents_of_handle(query)
    return (None if extents is None else len(extents),)


VARIABLE_SHAPE = OpDef(
    name="VariableShape",
    signature="input: resource -> output: out_type",
    where={"out_type": (int32, int64)},
    attrs={"out_type": ("type", int32)},
    shape=_shape_vector,
    kernel=_variable_shape_kernel,
    effects=_READS,
)


def _gather_kernel(context: KernelContext, resource: VariableCell, indices: Array, *, batch_dims: int) -> Any:
    op_def = lookup("GatherV2")
    axis = np.array(batch_dims, np.int32)
    return kernel_call(op_def, {"batch_dims": batch_dims}, [resource.read(context.op.name), indices, axis])[0]


def _gather_extents(query: Any) -> Any:
    """Of a gather of rows, and of one in batches: the indices' extents stand where the rows were."""
    extents, indices = extents_of_handle(query), query.shapes[1]
    if extents is None or indices is None:
        return None
    batch = query.attrs["batch_dims"]
    at_least_rank(extents, batch + 1)
    return (*indices, *extents[batch + 1 :])


def _gathered(g: Any, attrs: Any, resource: Any, indices: Any) -> Any:
    axis = g.constant(np.array(attrs["batch_dims"], np.int32))
    return (g("GatherV2", resource, indices, axis, batch_dims=attrs["batch_dims"]),)


RESOURCE_GATHER = OpDef(
    name="ResourceGather",
    signature="resource: resource, indices: Tindices -> output: dtype",
    where={"Tindices": INDEX},
    attrs={"batch_dims": ("int", 0), "validate_indices": ("bool", True)},
    shape=_gather_extents,
    kernel=_gather_kernel,
    effects=_READS,
    update=Update(1, result=_gathered),
    gradient=gradients.gather,
)


def _gather_nd_kernel(context: KernelContext, resource: VariableCell, indices: Array) -> Any:
    return kernel_call(lookup("GatherNd"), {}, [resource.read(context.op.name), indices])[0]


def _gather_nd_extents(query: Any) -> Any:
    extents, indices = extents_of_handle(query), at_least_rank(query.shapes[1], 1)
    if extents is None or indices is None or indices[-1] is None:
        return None
    return (*indices[:-1], *extents[indices[-1] :])


RESOURCE_GATHER_ND = OpDef(
    name="ResourceGatherNd",
    signature="resource: resource, indices: Tindices -> output: dtype",
    where={"Tindices": INDEX},
    shape=_gather_nd_extents,
    kernel=_gather_nd_kernel,
    effects=_READS,
    update=Update(1, result=lambda g, attrs, resource, indices: (g("GatherNd", resource, indices),)),
    gradient=gradients.gather_nd,
)

RESOURCE_COUNT_UP_TO = OpDef(
    name="ResourceCountUpTo",
    signature="resource: resource -> output: T",
    where={"T": (int32, int64)},
    attrs={"limit": ("int",)},
    shape=scalar_shape,
    kernel=count_up_to_kernel,
    effects=_WRITES,
)
