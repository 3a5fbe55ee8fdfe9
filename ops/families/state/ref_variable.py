"""`RefVariable`: a variable whose operation `VariableV2` gives the place itself, as a reference."""

from __future__ import annotations

from contextlib import ExitStack
from typing import Any

from ...building.basic_ops import identity
from ...building.build import build
from ...building.convert import convert_to_tensor
from ...building.default_graph import get_default_graph, name_scope
from ...graph.node import Tensor
from ...graph.operation import Operation
from ...types import dtypes
from ...types.tensor_shape import TensorShape
from . import assignments as state
from .initial_values import check_outside_of_flow, with_initialized
from .updates.slice_assign import STRIDED_SLICE_ASSIGN
from .variable_base import Variable, from_function, own_group, tensors_in
from .variable_defs import restore_reference


class RefVariable(Variable):
    """A variable as a reference: every use of it reads the value it has where that use runs."""

    def _build(
        self, initial: Any, dtype: Any, name: str | None, validate: bool, shape: Any, caching_device: Any
    ) -> None:
        """Add the operations: the initial value, the variable, the assignment of the one to the other, the read."""
        is_function = callable(initial)
        with name_scope(name, "Variable", [] if is_function else tensors_in(initial)) as scope:
            graph = get_default_graph()
            with ExitStack() as stack:
                if is_function:
                    stack.enter_context(own_group(scope.rstrip("/")))
                    with graph.device(None), name_scope("Initializer"):  # these go where the variable is
                        first = from_function(initial, dtype)
                else:
                    first = convert_to_tensor(initial, dtype, name="initial_value")
                    check_outside_of_flow(scope, first)
                self._initial_value = first
                self._variable: Tensor = build(
                    state.VARIABLE_V2,
                    name=scope,
                    shape=_extents(first, validate, shape),
                    dtype=first.dtype.base_dtype,
                    container=graph._container,
                )
            with graph.colocate_with(self._variable.op):
                value = with_initialized(scope.rstrip("/"), first)
                assigned = state.assign(self._variable, value, validate, True, "Assign")
                self._initializer: Operation = assigned.op
                with ExitStack() as stack:
                    if caching_device is not None:
                        stack.enter_context(graph.colocate_with(None, ignore_existing=True))
                        stack.enter_context(graph.device(caching_device))
                    self._snapshot = identity(self._variable, name="read")

    def _restore(self, variable_def: Any, import_scope: str | None) -> None:
        restore_reference(self, variable_def, import_scope)

    @property
    def name(self) -> str:
        """`operation:0`."""
        return self._variable.name

    @property
    def _snapshot_name(self) -> str:
        name: str = self._snapshot.name
        return name

    @property
    def dtype(self) -> dtypes.DType:
        """The reference type (`float32_ref`)."""
        return self._variable.dtype

    @property
    def shape(self) -> TensorShape:
        """The static shape."""
        return self._variable.shape

    def set_shape(self, shape: Any) -> None:
        """Add what you know to what is known of the shape."""
        self._variable.set_shape(shape)
        self._snapshot.set_shape(shape)

    @property
    def op(self) -> Operation:
        """The `VariableV2` operation."""
        return self._variable.op

    def value(self) -> Tensor:
        """The tensor of the value: what the variable is converted to."""
        snapshot: Tensor = self._snapshot
        return snapshot

    def read_value(self) -> Tensor:
        """A new tensor of the value, read where it is made: inside `control_dependencies` after those."""
        read: Tensor = identity(self._variable, name="read")
        return read

    def _strided_slice_assign(self, begin: Any, end: Any, strides: Any, value: Any, name: str, masks: Any) -> Any:
        group = tuple(self.op.colocation_groups())
        return build(STRIDED_SLICE_ASSIGN, self._variable, begin, end, strides, value, name=name, _class=group, **masks)

    def _as_graph_element(self) -> Tensor:
        return self._variable

    def _ref(self) -> Tensor:
        return self._variable

    def _dense_tensor(self, dtype: Any = None, name: str | None = None, as_ref: bool = False) -> Tensor:
        self._checked_type(dtype)
        return self._variable if as_ref else self._snapshot


def _extents(initial: Tensor, validate: bool, shape: Any) -> Any:
    if shape is not None:
        return TensorShape(shape)._extents
    if validate and not initial.shape.is_fully_defined():
        raise ValueError(f"initial_value must have a shape specified: {initial}")
    return initial._extents if validate else None
