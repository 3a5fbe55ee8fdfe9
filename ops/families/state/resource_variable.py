"""`ResourceVariable`: a variable whose operation `VarHandleOp` gives a handle; it is read where a read is made."""

from __future__ import annotations

from typing import Any

from ...building.basic_ops import identity
from ...building.build import build, build_operation
from ...building.convert import convert_to_tensor
from ...building.default_graph import get_default_graph, name_scope
from ...graph import tapes
from ...graph.node import Tensor
from ...graph.operation import Operation
from ...types import dtypes
from ...types.tensor_shape import TensorShape
from .initial_values import with_initialized
from .updates import resource_ops as resources
from .updates.slice_assign import RESOURCE_STRIDED_SLICE_ASSIGN
from .variable_base import Variable, from_function, own_group, tensors_in
from .variable_defs import restore_resource


class ResourceVariable(Variable):
    """A variable as a resource: a use of it reads the value where the use is made, ordered by control edges alone."""

    _cached_value: Tensor | None

    def _build(
        self, initial: Any, dtype: Any, name: str | None, validate: bool, shape: Any, caching_device: Any
    ) -> None:
        """Add the operations: the initial value, the handle, whether there is a value, its assignment, a read."""
        is_function = callable(initial)
        graph = get_default_graph()
        with name_scope(name, "Variable", [] if is_function else tensors_in(initial)) as scope:
            handle_name = scope.rstrip("/")
            with own_group(handle_name):
                with name_scope("Initializer"), graph.device(None):
                    first = (
                        from_function(initial, dtype)
                        if is_function
                        else convert_to_tensor(initial, dtype, name="initial_value")
                    )
                self._initial_value = first
                self._handle: Tensor = build(
                    resources.VAR_HANDLE_OP,
                    name=scope,
                    shared_name=handle_name,
                    dtype=first.dtype.base_dtype,
                    shape=first._extents if shape is None else TensorShape(shape)._extents,
                    container=graph._container,
                )
            with name_scope("IsInitialized"):
                self._is_initialized_op: Tensor = build(resources.VAR_IS_INITIALIZED_OP, self._handle)
            with graph.colocate_with(None, ignore_existing=True), name_scope("Assign") as assign_name:
                self._initializer: Operation = build_operation(
                    resources.ASSIGN_VARIABLE_OP, self._handle, with_initialized(handle_name, first), name=assign_name
                )
            self._cached_value = None
            with name_scope("Read"):
                self._graph_element = self._first_read()
                if caching_device is not None:
                    with graph.device(caching_device):
                        self._graph_element = self._cached_value = identity(self._graph_element)

    def _restore(self, variable_def: Any, import_scope: str | None) -> None:
        restore_resource(self, variable_def, import_scope)

    # What it is.

    @property
    def handle(self) -> Tensor:
        """The handle: what the raw operations on resources take."""
        return self._handle

    @property
    def name(self) -> str:
        """`operation:0`."""
        return self._handle.name

    @property
    def _snapshot_name(self) -> str:
        return self._graph_element.name

    @property
    def dtype(self) -> dtypes.DType:
        """The type."""
        found: dtypes.DType = self._handle.op.attrs["dtype"]
        return found

    @property
    def shape(self) -> TensorShape:
        """The static shape."""
        return TensorShape._of(self._handle.op.attrs["shape"])

    def set_shape(self, shape: Any) -> None:
        """Say nothing new: a resource's shape is its handle's. Raises: ValueError for one that does not fit."""
        self.shape.assert_is_compatible_with(shape)

    @property
    def op(self) -> Operation:
        """The `VarHandleOp` operation."""
        return self._handle.op

    @property
    def create(self) -> Operation:
        """The operation that assigns the initial value."""
        return self._initializer

    # Reading.

    def _first_read(self) -> Tensor:
        read: Tensor = build(resources.READ_VARIABLE_OP, self._handle, dtype=self.dtype)
        if read._extents is None:  # in a function the handle is a parameter, which tells no shape
            read.set_shape(self.shape)
        return read

    def _read_variable_op(self) -> Tensor:
        tapes.note_read(get_default_graph(), self)
        return self._first_read()

    def value(self) -> Tensor:
        """A tensor of the value, read where it is made; on the caching device, if there is one."""
        if self._cached_value is not None:
            return self._cached_value
        with self.graph.colocate_with(None, ignore_existing=True):
            return self._read_variable_op()

    def read_value(self) -> Tensor:
        """A new tensor of the value, read where it is made: inside `control_dependencies` after those."""
        with name_scope("Read"):
            read = self._read_variable_op()
        result: Tensor = identity(read)
        return result

    def is_initialized(self, name: str | None = None) -> Tensor:
        """Return a bool tensor: whether the variable has a value in the session."""
        result: Tensor = build(resources.VAR_IS_INITIALIZED_OP, self._handle, name=name)
        return result

    def sparse_read(self, indices: Any, name: str | None = None) -> Tensor:
        """The rows at `indices`, read without the others."""
        tapes.note_read(get_default_graph(), self)
        with name_scope("Gather" if name is None else name) as scope:
            rows = build(resources.RESOURCE_GATHER, self._handle, indices, dtype=self.dtype, name=scope)
        result: Tensor = identity(rows)
        return result

    def gather_nd(self, indices: Any, name: str | None = None) -> Tensor:
        """The elements or slices at `indices`, read without the others."""
        tapes.note_read(get_default_graph(), self)
        with name_scope("GatherNd" if name is None else name) as scope:
            slices = build(resources.RESOURCE_GATHER_ND, self._handle, indices, dtype=self.dtype, name=scope)
        result: Tensor = identity(slices)
        return result

    # Changing.

    def _after(self, operation: Operation) -> Any:
        """The variable after an operation."""
        return UnreadVariable(self, operation)

    def _changed(self, op_def: Any, value: Any, name: str | None, read_value: bool) -> Any:
        tensor = convert_to_tensor(value, self.dtype)
        self.shape.assert_is_compatible_with(tensor.shape)
        operation = build_operation(op_def, self._handle, tensor, name=name)
        return self._after(operation) if read_value else operation

    def assign(self, value: Any, use_locking: bool = False, name: str | None = None, read_value: bool = True) -> Any:
        """Return the variable as it is after it took a new value.

        Args:
          value: the new value.
          use_locking: has no effect.
          name: a name for the operation.
          read_value: False returns the Operation.
        """
        return self._changed(resources.ASSIGN_VARIABLE_OP, value, name, read_value)

    def assign_add(
        self, delta: Any, use_locking: bool = False, name: str | None = None, read_value: bool = True
    ) -> Any:
        """Add `delta`; arguments as in `assign`."""
        return self._changed(resources.ASSIGN_ADD_VARIABLE_OP, delta, name, read_value)

    def assign_sub(
        self, delta: Any, use_locking: bool = False, name: str | None = None, read_value: bool = True
    ) -> Any:
        """Subtract `delta`; arguments as in `assign`."""
        return self._changed(resources.ASSIGN_SUB_VARIABLE_OP, delta, name, read_value)

    def _count_up_to(self, limit: int, name: str | None) -> Tensor:
        result: Tensor = build(resources.RESOURCE_COUNT_UP_TO, self._handle, limit=limit, T=self.dtype, name=name)
        return result

    def _strided_slice_assign(self, begin: Any, end: Any, strides: Any, value: Any, name: str, masks: Any) -> Any:
        tensor = convert_to_tensor(value, self.dtype)
        operation = build_operation(
            RESOURCE_STRIDED_SLICE_ASSIGN, self._handle, begin, end, strides, tensor, name=name, **masks
        )
        return self._after(operation)

    # Standing for a tensor.

    def _as_graph_element(self) -> Tensor:
        return self._graph_element

    def _dense_tensor(self, dtype: Any = None, name: str | None = None, as_ref: bool = False) -> Tensor:
        self._checked_type(dtype)
        return self._handle if as_ref else self.value()


class UnreadVariable(ResourceVariable):
    """A resource variable as it is after an operation: what is read of it is read after that.

    Args:
      variable: the variable; parent: the operation.
    """

    def __init__(self, variable: ResourceVariable, parent: Operation) -> None:
        self._handle = variable._handle
        self._initializer = variable._initializer
        self._initial_value = variable._initial_value
        self._trainable = variable._trainable
        self._constraint = variable._constraint
        self._save_slice_info = variable._save_slice_info
        self.synchronization = variable.synchronization
        self.aggregation = variable.aggregation
        self._cached_value = None
        self._parent = parent
        with self._after_parent():
            self._graph_element = self._read_variable_op()

    def _after_parent(self) -> Any:
        return self._parent.graph.control_dependencies([self._parent])

    @property
    def name(self) -> str:
        """The name of the operation."""
        return self._parent.name

    @property
    def op(self) -> Operation:
        """The operation after which the variable is read."""
        return self._parent

    def value(self) -> Tensor:
        """A tensor of the value after the operation."""
        with self._after_parent():
            return super().value()

    def read_value(self) -> Tensor:
        """A new tensor of the value after the operation."""
        with self._after_parent():
            return self._read_variable_op()

    def sparse_read(self, indices: Any, name: str | None = None) -> Tensor:
        """The rows at `indices` after the operation."""
        with self._after_parent():
            return super().sparse_read(indices, name)

    def gather_nd(self, indices: Any, name: str | None = None) -> Tensor:
        """The elements or slices at `indices` after the operation."""
        with self._after_parent():
            return super().gather_nd(indices, name)


def _reading(operator: str) -> Any:
    def method(self: ResourceVariable, *others: Any) -> Any:
        return getattr(self.value(), operator)(*others)

    method.__name__ = operator
    return method


for _word in ("add", "sub", "mul", "truediv", "div", "floordiv", "mod", "pow", "matmul", "and", "or", "xor"):
    for _operator in (f"__{_word}__", f"__r{_word}__"):
        setattr(ResourceVariable, _operator, _reading(_operator))
for _operator in ("__lt__", "__le__", "__gt__", "__ge__", "__neg__", "__abs__", "__invert__"):
    setattr(ResourceVariable, _operator, _reading(_operator))
