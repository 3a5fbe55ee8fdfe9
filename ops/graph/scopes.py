"""The scopes of a Graph: names, devices, control dependencies, colocation, container; each per thread."""

from __future__ import annotations

import re
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from ..base import device_spec as devices
from .node import Tensor
from .operation import Operation

_VALID_SCOPE = re.compile(r"^[A-Za-z0-9_.\\/>-]*$")
_VALID_OUTER_SCOPE = re.compile(r"^[A-Za-z0-9.][A-Za-z0-9_.\\/>-]*$")


class ControlGroup:
    """One `control_dependencies` block: what it waits for, and the operations already made inside."""

    __slots__ = ("inputs", "seen")

    def __init__(self, inputs: tuple[Operation, ...]) -> None:
        self.inputs = inputs
        self.seen: set[Operation] = set()


class ThreadScopes(threading.local):
    """What is in force in one thread. `special` is False as long as only the name scope is used (the common case)."""

    def __init__(self) -> None:
        self.name = ""
        self.devices: tuple[Any, ...] = ()
        self.control: tuple[ControlGroup, ...] = ()
        self.colocation: tuple[Operation, ...] = ()
        self.gradients: dict[str, str] = {}
        self.attrs: dict[str, Any] = {}
        self.control_flow: Any = None
        self.special = False

    @contextmanager
    def changed(self, **fields: Any) -> Iterator[None]:
        """Set fields inside the block."""
        before = {field: getattr(self, field) for field in fields}
        before_special = self.special
        for field, value in fields.items():
            setattr(self, field, value)
        self.special = bool(
            self.devices or self.control or self.colocation or self.gradients or self.attrs or self.control_flow
        )
        try:
            yield
        finally:
            for field, value in before.items():
                setattr(self, field, value)
            self.special = before_special


class ControlBlock:
    """Operations made inside wait for those of a group too, or for none; may be entered again, in other blocks."""

    __slots__ = ("_entered", "_group", "_scopes")

    def __init__(self, scopes: ThreadScopes, group: ControlGroup | None) -> None:
        self._scopes, self._group = scopes, group
        self._entered: list[Any] = []

    def __enter__(self) -> None:
        if self._group is None:
            block = self._scopes.changed(control=(), control_flow=None)
        else:
            block = self._scopes.changed(control=(*self._scopes.control, self._group))
        self._entered.append(block)
        block.__enter__()

    def __exit__(self, *error: Any) -> None:
        self._entered.pop().__exit__(*error)


class Scopes:
    """The part of `Graph` with the context managers that say how operations are made inside a block."""

    if TYPE_CHECKING:
        _scopes: ThreadScopes
        _container: str

        def unique_name(self, name: str, mark_as_used: bool = True) -> str: ...
        def as_graph_element(self, obj: Any, allow_tensor: bool = True, allow_operation: bool = True) -> Any: ...

    @contextmanager
    def name_scope(self, name: str | None) -> Iterator[str]:
        """Put the names of operations made inside the block under `name/`.

        Args:
          name: the scope, made unique; one that ends with `/` is entered again as it is; None or "" is the root.
        Yields: the scope's name with a final `/`, or "" for the root.
        Raises: ValueError for a name that no operation could have.
        """
        with self._scopes.changed(name=self._scope_name(name)):
            yield self._scopes.name + "/" if self._scopes.name else ""

    def _scope_name(self, name: str | None) -> str:
        if not name:
            return ""
        if not isinstance(name, str):
            raise TypeError(f"The name of a scope is a string, not {type(name).__name__}.")
        pattern = _VALID_SCOPE if self._scopes.name else _VALID_OUTER_SCOPE
        if not pattern.match(name):
            raise ValueError(f"'{name}' is not a valid scope name")
        return name[:-1] if name.endswith("/") else self.unique_name(name)

    def get_name_scope(self) -> str:
        """The current name scope of this thread, without a final `/`."""
        return self._scopes.name

    @property
    def _name_stack(self) -> str:
        return self._scopes.name

    @contextmanager
    def device(self, device_name_or_function: Any) -> Iterator[None]:
        """Place the operations made inside the block.

        Args:
          device_name_or_function: a device string or DeviceSpec (fills the fields that inner blocks leave open), a
            function from Operation to such a string, or None (forget the outer blocks).
        Raises: ValueError for a string that is no device.
        """
        if device_name_or_function is None:
            stack: tuple[Any, ...] = (None,)
        elif callable(device_name_or_function) and not isinstance(device_name_or_function, devices.DeviceSpec):
            stack = (*self._scopes.devices, device_name_or_function)
        else:
            stack = (*self._scopes.devices, devices.canonical(device_name_or_function))
        with self._scopes.changed(devices=stack):
            yield

    def control_dependencies(self, control_inputs: Any) -> Any:
        """Return a context manager: operations made inside run after all of `control_inputs`.

        Args:
          control_inputs: a list of operations and tensors (or what has such), or None to forget the outer blocks.
        Raises: TypeError for something that is neither.
        """
        if control_inputs is None:
            return ControlBlock(self._scopes, None)
        found: list[Operation] = []
        for item in control_inputs:
            if isinstance(item, Tensor) or not isinstance(item, Operation):
                item = self._control_element(item)
            if isinstance(item, Tensor):
                item = item.op
            if item not in found:
                found.append(item)
        return ControlBlock(self._scopes, ControlGroup(tuple(found)))

    def _control_element(self, item: Any) -> Any:
        if hasattr(item, "_indexed_slices_op"):
            item = item._indexed_slices_op
        elif hasattr(item, "_handle"):
            item = item.op  # of a resource variable as it is after an update, the update
        try:
            return self.as_graph_element(item)
        except TypeError:
            raise TypeError(
                f"Control input must be Operation or Tensor, got {item!r} of type {type(item).__name__}."
            ) from None

    @contextmanager
    def colocate_with(self, op: Any, ignore_existing: bool = False) -> Iterator[None]:
        """Place the operations made inside the block where `op` is.

        Args:
          op: the operation (or a tensor of it); None forgets the outer blocks if `ignore_existing`.
          ignore_existing: whether outer `colocate_with` blocks count no more.
        """
        if op is None and not ignore_existing:
            raise ValueError("Trying to reset colocation (op is None) but ignore_existing is not True")
        outer = () if ignore_existing else self._scopes.colocation
        if op is None:
            stack = outer
        else:
            element = self.as_graph_element(getattr(op, "_handle", op))
            stack = (*outer, element.op if isinstance(element, Tensor) else element)
        with self._scopes.changed(colocation=stack, devices=()):
            yield

    @contextmanager
    def container(self, container_name: str) -> Iterator[str]:
        """Keep the resources (variables, queues) made inside the block in the container of that name.

        Yields: the name. See `Session.reset`.
        """
        before, self._container = self._container, container_name
        try:
            yield container_name
        finally:
            self._container = before

    def _apply_device_functions(self, op: Any) -> None:
        """Tell an operation its device by the blocks around; libraries read blocks with one of their own making."""
        device = _device_for(_Asking(), self._scopes.devices)
        if device:
            op._set_device_from_string(device)

    def _apply_scopes(self, op: Operation) -> None:
        """Give a new operation what the blocks around it say."""
        scopes = self._scopes
        if scopes.control:
            op._control_inputs = control_inputs_for(op, scopes.control)
            for group in scopes.control:
                group.seen.add(op)
        if scopes.gradients and op.type in scopes.gradients:
            op.attrs["_gradient_op_type"] = scopes.gradients[op.type].encode()
        if scopes.attrs:
            op.attrs.update({name: value for name, value in scopes.attrs.items() if name not in op.attrs})
        if scopes.devices:
            op._device = _device_for(op, scopes.devices)
        if scopes.colocation:
            groups = {group for other in scopes.colocation for group in other.colocation_groups()}
            groups.update(op.attrs.get("_class", ()))
            op.attrs["_class"] = tuple(sorted(groups))
            op._device = scopes.colocation[-1]._device


def control_inputs_for(op: Operation, groups: tuple[ControlGroup, ...]) -> tuple[Operation, ...]:
    """The blocks' operations, less those that an input of `op` has waited for already."""
    producers = [tensor._op for tensor in op._inputs]
    wanted: dict[Operation, None] = {}
    for group in groups:
        if not any(producer in group.seen for producer in producers):
            wanted.update(dict.fromkeys(group.inputs))
    for producer in producers:
        wanted.pop(producer, None)
    return tuple(wanted)


class _Asking:
    """Stands for an operation where only its device matters."""

    _device = ""
    name = node_def = type = ""


def _device_for(op: Any, stack: tuple[Any, ...]) -> str:
    device: str = op._device
    for entry in reversed(stack):
        if entry is None:
            break
        if isinstance(entry, str):
            device = devices.merge(device, entry)
        else:
            op._device = device
            device = devices.checked(entry(op))  # in place of what the blocks inside said; the function saw that
    return device


DeviceFunction = Callable[[Operation], Any]
