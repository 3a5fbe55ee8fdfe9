"""`Operation`: a node of a Graph."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NoReturn

from ..base import origin, pickling
from ..definition.opdef import OpDef
from ..types.dtypes import DType
from .node import Tensor

if TYPE_CHECKING:
    from .graph import Graph


class Operation:
    """A node that takes tensors, may have effects, and produces tensors. Made by functions such as `matmul`.

    Attributes:
      graph: the Graph it belongs to.
      name: its unique name.
      op_def: the definition of its type.
      attrs: its attributes as Python values (types as DType, shapes as extents, tensors as arrays).
    """

    __slots__ = (
        "__dict__", "__weakref__", "_control_inputs", "_control_outputs", "_device", "_frames", "_id", "_inputs",
        "_outputs", "attrs", "graph", "name", "op_def",
    )  # fmt: skip

    _control_flow_context: Any = None  # the branch or loop it was made in

    def __init__(
        self, graph: Graph, op_def: OpDef, name: str, inputs: tuple[Tensor, ...], attrs: dict[str, Any]
    ) -> None:
        self.graph = graph
        self.op_def = op_def
        self.name = name
        self.attrs = attrs
        self._inputs = inputs
        self._outputs: tuple[Tensor, ...] = ()
        self._control_inputs: tuple[Operation, ...] = ()
        self._control_outputs: list[Operation] | None = None
        self._device = ""
        self._frames: origin.Frames = ()
        self._id = -1

    @property
    def type(self) -> str:
        """The operation type, such as `AddV2`."""
        return self.op_def.name

    @property
    def inputs(self) -> tuple[Tensor, ...]:
        """The input tensors."""
        return self._inputs

    @property
    def outputs(self) -> list[Tensor]:
        """The output tensors."""
        return list(self._outputs)

    @property
    def control_inputs(self) -> list[Operation]:
        """The operations that run before this one although it takes nothing from them."""
        return list(self._control_inputs)

    @property
    def _control_outputs_list(self) -> list[Operation]:
        return list(self._control_outputs or ())

    def values(self) -> tuple[Tensor, ...]:
        """The output tensors as a tuple."""
        return self._outputs

    @property
    def device(self) -> str:
        """The device string that was asked for, or an empty string."""
        return self._device

    def _set_device(self, device: Any) -> None:
        from ..base.device_spec import checked

        self._device = checked(device)

    _set_device_from_string = _set_device

    @property
    def created_at(self) -> str | None:
        """`file.py:6 in function` of the user's line that made this operation."""
        return origin.describe(self._frames)

    @property
    def traceback(self) -> list[origin.FrameSummary]:
        """The user's frames when this operation was made, the outermost first (the nearest eight are kept)."""
        return origin.summaries(self._frames)

    def get_attr(self, name: str) -> Any:
        """Return an attribute as TensorFlow gives it: strings as bytes, types as DType, shapes and tensors as messages.

        Raises: ValueError if there is no such attribute.
        """
        from ..encoding.node_def import public_attr

        if name not in self.attrs:
            raise ValueError(f"Operation '{self.name}' has no attr named '{name}'.")
        return public_attr(self, name)

    def _set_attr(self, name: str, value: Any) -> None:
        """Set an attribute from an AttrValue message."""
        from ..encoding.node_def import attr_from_proto

        self.attrs[name] = attr_from_proto(value)

    @property
    def node_def(self) -> Any:
        """This operation as a NodeDef message."""
        from ..encoding.node_def import to_node_def

        return to_node_def(self)

    def colocation_groups(self) -> list[bytes]:
        """The groups (`loc:@name`) this operation is placed with; its own if there is no other."""
        groups = [group for group in self.attrs.get("_class", ()) if group.startswith(b"loc:@")]
        return groups or [b"loc:@" + self.name.encode()]

    def run(self, feed_dict: Any = None, session: Any = None) -> None:
        """Run this operation in `session`, or in the default session.

        Args:
          feed_dict: values for tensors, see `Session.run`.
          session: the Session; default: `get_default_session()`.
        Raises: ValueError if there is no session, or if it runs another graph.
        """
        from .defaults import session_for

        session_for(self.graph, session, "execute operation", "run").run(self, feed_dict)

    def _add_control_inputs(self, ops: Any) -> None:
        self.graph._check_not_finalized()
        known = list(self._control_inputs)
        for op in ops:
            if op not in known:
                known.append(op)
                _note_control_output(op, self)
        self._control_inputs = tuple(known)
        self.graph._edited()

    def _remove_all_control_inputs(self) -> None:
        for op in self._control_inputs:
            if op._control_outputs and self in op._control_outputs:
                op._control_outputs.remove(self)
        self._control_inputs = ()
        self.graph._edited()

    def _get_control_flow_context(self) -> Any:
        return self._control_flow_context

    def _set_control_flow_context(self, context: Any) -> None:
        self._control_flow_context = context

    def _add_control_input(self, op: Operation) -> None:
        self._add_control_inputs([op])

    def _update_input(self, index: int, tensor: Tensor) -> None:
        """Replace one input by another tensor of the same type."""
        self.graph._check_not_finalized()
        old = self._inputs[index]
        if old._consumers and self in old._consumers:
            old._consumers.remove(self)
        self._inputs = (*self._inputs[:index], tensor, *self._inputs[index + 1 :])
        tensor._consumers = [*(tensor._consumers or ()), self]
        self.graph._edited()

    def _make_outputs(self, types: list[DType]) -> None:
        self._outputs = tuple([Tensor(self, index, dtype) for index, dtype in enumerate(types)])

    def __copy__(self) -> Operation:
        return self

    def __reduce_ex__(self, protocol: Any) -> NoReturn:
        pickling.refuse(pickling.ELEMENT.format(name=self.name))

    def __repr__(self) -> str:
        return f"<tf.Operation '{self.name}' type={self.op_def.name}>"

    def __str__(self) -> str:
        return str(self.node_def)


def _note_control_output(op: Operation, consumer: Operation) -> None:
    if op._control_outputs is None:
        op._control_outputs = [consumer]
    else:
        op._control_outputs.append(consumer)
