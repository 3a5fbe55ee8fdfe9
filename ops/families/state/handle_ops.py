"""The handle operations: keeping a tensor in the session between steps, under a name.

The kernels talk to the session's handle store (`context.state.handles`): storing and reading pass the array on as it
is. `TensorHandle`, what the user gets when a handle operation is fetched, is made by the session layer.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from ...base.device_spec import DeviceSpec
from ...building.basic_ops import placeholder
from ...building.build import build
from ...building.convert import convert_to_tensor
from ...building.default_graph import get_default_graph
from ...definition.context import KernelContext
from ...definition.opdef import Effects, OpDef
from ...definition.shapes import scalar_shape, unknown_shape
from ...graph.node import Tensor
from ...graph.operation import Operation
from ...types import dtypes
from ...types.array_values import as_bytes
from ...types.dtypes import DType

HANDLE_OPS = frozenset({"GetSessionHandle", "GetSessionHandleV2"})


def _store_kernel(context: KernelContext, value: Any) -> Any:
    name = context.state.handles.put(value, context.op._inputs[0].dtype.base_dtype, context.op.name)
    result = np.empty((), object)
    result[()] = name.encode()
    return result


GET_SESSION_HANDLE = OpDef(
    name="GetSessionHandle",
    signature="value: T -> handle: string",
    shape=scalar_shape,
    kernel=_store_kernel,
    effects=Effects("handle", writes=True),
)

GET_SESSION_HANDLE_V2 = OpDef(
    name="GetSessionHandleV2",
    signature="value: T -> handle: resource",
    shape=scalar_shape,
    kernel=_store_kernel,
    effects=Effects("handle", writes=True),
)


def _read_kernel(context: KernelContext, handle: Any, *, dtype: DType) -> Any:
    return context.state.handles.get(_handle_text(handle), dtype)


GET_SESSION_TENSOR = OpDef(
    name="GetSessionTensor",
    signature="handle: string -> value: dtype",
    attrs={"dtype": ("type",)},
    shape=unknown_shape,
    kernel=_read_kernel,
    effects=Effects("handle", reads=True),
)


def _delete_kernel(context: KernelContext, handle: Any) -> tuple[()]:
    context.state.handles.delete(_handle_text(handle))
    return ()


DELETE_SESSION_TENSOR = OpDef(
    name="DeleteSessionTensor",
    signature="handle: string ->",
    kernel=_delete_kernel,
    effects=Effects("handle", writes=True),
)


def _handle_text(handle: Any) -> str:
    if np.ndim(handle) != 0:
        raise ValueError(f"A session handle is a scalar string, got shape {list(np.shape(handle))}")
    return as_bytes(handle[()]).decode()


def get_session_handle(data: Any, name: str | None = None) -> Tensor:
    """Return a scalar string tensor: a handle of `data`, whose value stays in the session when the step ends.

    Fetching it with `Session.run` gives a `TensorHandle`; the value is freed when its last reference goes.

    Args:
      data: the tensor (or variable) to keep.
      name: a name for the operation.
    Raises: TypeError if `data` is no Tensor.
    """
    if not isinstance(data, Tensor) and hasattr(data, "_as_graph_element"):
        data = convert_to_tensor(data)
    if not isinstance(data, Tensor):
        raise TypeError(f"`data` must be of type Tensor, got {data!r} of type {type(data).__name__}.")
    group = tuple(data.op.colocation_groups())
    result: Tensor = build(GET_SESSION_HANDLE, data, name=name, _class=group)
    return result


def get_session_tensor(handle: Any, dtype: Any = None, name: str | None = None) -> tuple[Tensor, Tensor]:
    """Return a placeholder for a handle, and the tensor that it names.

    Two forms: `(handle, dtype, name=None)` of TensorFlow 1.x, whose `handle` (a string, a TensorHandle or None) only
    says where the value is; and `(dtype, name=None)` of 0.x. No handle need exist yet.

    Args:
      handle: the string form of a handle, a TensorHandle, or None; in the 0.x form the type.
      dtype: the type of the tensor; in the 0.x form the name.
      name: a name for the operation.
    Returns: `(placeholder, tensor)`: feed the placeholder with a handle's string or with the TensorHandle.
    Raises: ValueError for a string that is no handle, TypeError if no type was given.

    >>> p, a = get_session_tensor(dtypes.float32)
    >>> p.dtype, a.dtype
    (tf.string, tf.float32)
    """
    handle, wanted, name = _sort_arguments(handle, dtype, name)
    with get_default_graph().device(_device_of(handle)):
        holder = _handle_placeholder()
        tensor: Tensor = build(GET_SESSION_TENSOR, holder, name=name, dtype=wanted)
    return holder, tensor


def delete_session_tensor(handle: Any = None, name: str | None = None) -> tuple[Tensor, Operation]:
    """Return a placeholder for a handle, and the operation that deletes the tensor it names.

    Two forms: `(handle, name=None)` of TensorFlow 1.x and `(name=None)` of 0.x; a string with `;` in it is a handle.

    Args:
      handle: the string form of a handle, a TensorHandle, or None; in the 0.x form the name.
      name: a name for the operation.
    Returns: `(placeholder, operation)`.
    """
    if isinstance(handle, str) and ";" not in handle and name is None:
        handle, name = None, handle
    with get_default_graph().device(_device_of(handle)):
        holder = _handle_placeholder()
        deleter: Operation = build(DELETE_SESSION_TENSOR, holder, name=name)
    return holder, deleter


def _handle_placeholder() -> Tensor:
    holder = placeholder(dtypes.string)
    holder._takes_handle = True  # type: ignore[attr-defined]  # feeding it with a TensorHandle feeds the string
    return holder


def takes_handle(tensor: Tensor) -> bool:
    """Whether a string fed to `tensor` is the name of a handle."""
    if hasattr(tensor, "_takes_handle"):
        return True
    readers = ("GetSessionTensor", "DeleteSessionTensor")
    return tensor.dtype.base_dtype is dtypes.string and any(op.type in readers for op in tensor._consumers or ())


def _sort_arguments(handle: Any, dtype: Any, name: str | None) -> tuple[Any, DType, str | None]:
    """Tell the forms of 1.x and 0.x apart by what the first argument is."""
    old = _as_dtype(handle)
    if old is not None and (dtype is None or (isinstance(dtype, str) and name is None and _as_dtype(dtype) is None)):
        return None, old, dtype if dtype is not None else name
    wanted = _as_dtype(dtype)
    if wanted is None:
        raise TypeError(f"get_session_tensor(handle, dtype, name=None) needs the type of the tensor, got {dtype!r}.")
    return handle, wanted, name


def _as_dtype(value: Any) -> DType | None:
    if value is None or (isinstance(value, str) and ";" in value):
        return None
    try:
        return dtypes.as_dtype(value)
    except TypeError:
        return None


def _device_of(handle: Any) -> str:
    """The device a handle names in its last part; none for None or an empty handle, which TensorFlow takes too."""
    if not handle:
        return ""
    text = handle.decode() if isinstance(handle, bytes) else str(handle)
    check_handle_text(text)
    return text.rpartition(";")[2]


def check_handle_text(text: str) -> None:
    """Raises: ValueError unless `text` looks like a handle, `operation;number;device`."""
    parts = text.split(";")
    problem = "it has no three parts separated by ';'"
    if len(parts) >= 3:
        try:
            DeviceSpec.from_string(parts[-1])
            return
        except ValueError as error:
            problem = str(error)
    raise ValueError(
        f"{text!r} is no session handle ({problem}). A handle is what fetching tf.get_session_handle(x) gives, or its "
        "`.handle`, such as 'GetSessionHandle;0;/job:localhost/replica:0/task:0/device:CPU:0'."
    )
