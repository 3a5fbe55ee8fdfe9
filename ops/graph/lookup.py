"""Finding the elements of a Graph: by name, by object, with messages that help."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING, Any

from ..base import origin
from ..base.suggest import nearest
from .node import Tensor
from .operation import Operation


class Lookup:
    """The part of `Graph` that finds operations and tensors."""

    if TYPE_CHECKING:
        _operations: list[Operation]
        _by_name: dict[str, Operation]
        _lock: threading.RLock

    def get_operations(self) -> list[Operation]:
        """Return all operations in the order they were made."""
        with self._lock:
            return list(self._operations)

    def get_operation_by_name(self, name: str) -> Operation:
        """Return the operation with that name.

        Raises: TypeError if it is no string, KeyError (with near names) if there is none, ValueError if it is the
        name of a tensor.
        """
        if not isinstance(name, str):
            raise TypeError(f"Operation names are strings (or similar), not {type(name).__name__}.")
        element: Operation = self.as_graph_element(name, allow_tensor=False, allow_operation=True)
        return element

    def get_tensor_by_name(self, name: str) -> Tensor:
        """Return the tensor with that name, `operation:index`.

        Raises: TypeError if it is no string, KeyError (with near names) if there is none, ValueError if it is the
        name of an operation.
        """
        if not isinstance(name, str):
            raise TypeError(f"Tensor names are strings (or similar), not {type(name).__name__}.")
        element: Tensor = self.as_graph_element(name, allow_tensor=True, allow_operation=False)
        return element

    def as_graph_element(self, obj: Any, allow_tensor: bool = True, allow_operation: bool = True) -> Any:
        """Return the Tensor or Operation of this graph that `obj` is, names or stands for.

        Args:
          obj: a Tensor, an Operation, a name of one, or an object with a method `_as_graph_element()`.
          allow_tensor, allow_operation: which kinds are wanted.
        Raises: TypeError if it cannot be such an element, ValueError if it is of another graph or of the unwanted
        kind, KeyError if no element has that name.
        """
        wanted = " or ".join(["Tensor"] * allow_tensor + ["Operation"] * allow_operation)
        if not wanted:
            raise ValueError("allow_tensor and allow_operation can't both be False.")
        if not isinstance(obj, (Tensor, Operation, str)) and hasattr(obj, "_as_graph_element"):
            obj = obj._as_graph_element()
        if isinstance(obj, bytes):
            obj = obj.decode()
        if isinstance(obj, str):
            return self._element_by_name(obj, allow_tensor, allow_operation)
        if isinstance(obj, Tensor) and allow_tensor or isinstance(obj, Operation) and allow_operation:
            if obj.graph is not self:
                place = origin.describe((obj.op if isinstance(obj, Tensor) else obj)._frames)
                raise ValueError(
                    f"{obj_type(obj)} {obj if isinstance(obj, Tensor) else obj.name!r} is not an element of this graph."
                    f"{f' It was created at {place} in another one' if place else ' It is of another one'}: a session "
                    "runs the graph it was made for, `tf.Session(graph=tensor.graph)`."
                )
            return obj
        raise TypeError(f"Can not convert a {type(obj).__name__} into a {wanted}.")

    def _element_by_name(self, name: str, allow_tensor: bool, allow_operation: bool) -> Any:
        if ":" in name and allow_tensor:
            return self._tensor_by_name(name)
        if ":" in name:
            raise ValueError(f"Name {name!r} appears to refer to a Tensor, not a Operation.")
        op = self._by_name.get(name)
        if op is None:
            hint = nearest(name, self._by_name)
            if not allow_operation:
                raise ValueError(
                    f"The name {name!r} looks like an (invalid) Operation name, not a Tensor. Tensor names must be of "
                    f'the form "<op_name>:<output_index>".{hint}'
                )
            raise KeyError(f"The name {name!r} refers to an Operation not in the graph.{hint}")
        if not allow_operation:
            raise ValueError(
                f"The name {name!r} refers to an Operation, not a Tensor. Tensor names must be of the form "
                f'"<op_name>:<output_index>", such as {name + ":0"!r}.'
            )
        return op

    def _tensor_by_name(self, name: str) -> Tensor:
        op_name, _, index = name.rpartition(":")
        if not index.isdigit() or ":" in op_name:
            raise ValueError(
                f"The name {name!r} looks a like a Tensor name, but is not a valid one. Tensor names must be of the "
                'form "<op_name>:<output_index>".'
            )
        op = self._by_name.get(op_name)
        if op is None:
            hint = nearest(op_name, self._by_name)
            raise KeyError(
                f"The name {name!r} refers to a Tensor which does not exist. The operation, {op_name!r}, does not "
                f"exist in the graph.{hint}"
            )
        if int(index) >= len(op._outputs):
            raise KeyError(
                f"The name {name!r} refers to a Tensor which does not exist. The operation, {op_name!r}, exists but "
                f"only has {len(op._outputs)} outputs."
            )
        return op._outputs[int(index)]


def obj_type(obj: Any) -> str:
    """`Tensor` or `Operation`."""
    return "Tensor" if isinstance(obj, Tensor) else "Operation"
