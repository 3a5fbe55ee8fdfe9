"""`Graph`: all that the user built, operations in the order they were made."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, NoReturn

from ..base import forks, origin, pickling
from ..definition.opdef import OpDef
from .collections import Collections
from .lookup import Lookup
from .node import Tensor
from .operation import Operation, _note_control_output
from .scopes import Scopes, ThreadScopes


class Graph(Scopes, Lookup, Collections):
    """A set of Operations and the Tensors between them.

    Operations are added to the default graph of the thread: its own, or the one that a
    `with graph.as_default():` block names. Building may happen in several threads at once.

    Attributes:
      seed: the graph-level random seed, an int or None.
    """

    def __init__(self) -> None:
        self._lock = forks.lock()
        self._operations: list[Operation] = []
        self._by_name: dict[str, Operation] = {}
        self._names_in_use: dict[str, int] = {}
        self._finalized = False
        self._left_out = 0  # operations that TensorFlow 1.15 would have and this graph does without; seeds count them
        self._edits = 0  # changes other than new operations: added control inputs, replaced inputs
        self._unfeedable: set[Tensor] = set()
        self._unfetchable: set[Any] = set()
        self._collections: dict[Any, list[Any]] = {}
        self._scopes = ThreadScopes()
        self._container = ""
        self.seed: int | None = None
        self._functions: dict[str, Any] = {}  # the library: FunctionDef messages by name
        self._bodies: dict[str, Any] = {}  # what they run, see `library/functions/`

    # The graph as a whole.

    @property
    def version(self) -> int:
        """A number that grows whenever an operation is added."""
        return len(self._operations)

    @property
    def _last_id(self) -> int:
        """How many operations TensorFlow 1.15 would have made: what it takes for seeds of operations."""
        return len(self._operations) + self._left_out

    @property
    def _state_version(self) -> tuple[int, int]:
        """Changes with every change of the graph that could matter to a plan."""
        return len(self._operations), self._edits

    def _edited(self) -> None:
        self._edits += 1

    @property
    def building_function(self) -> bool:
        """Whether this graph is the body of a function."""
        return False

    def capture(self, tensor: Tensor) -> Tensor:
        """Return what a tensor of another graph is in this one, where this one is the body of a function."""
        return tensor

    @property
    def finalized(self) -> bool:
        """Whether the graph is read-only."""
        return self._finalized

    def finalize(self) -> None:
        """Make the graph read-only: adding an operation raises RuntimeError from now on."""
        self._finalized = True

    def _unsafe_unfinalize(self) -> None:
        self._finalized = False

    def _check_not_finalized(self) -> None:
        if self._finalized:
            raise RuntimeError("Graph is finalized and cannot be modified.")

    @property
    def _c_graph(self) -> Graph:
        """What TensorFlow's functions in C take for the graph."""
        return self

    @property
    def graph_def_versions(self) -> Any:
        """The versions a GraphDef of this graph names, as a VersionDef message."""
        from .. import proto
        from ..encoding.node_def import PRODUCER

        return proto.VersionDef(producer=PRODUCER)

    def as_graph_def(self, from_version: int | None = None, add_shapes: bool = False) -> Any:
        """Return the graph as a GraphDef message that TensorFlow can read.

        Args:
          from_version: only the operations that came after that version of the graph.
          add_shapes: whether to add the inferred shapes as `_output_shapes`.
        """
        from ..encoding.node_def import to_graph_def

        return to_graph_def(self, from_version, add_shapes)

    def as_default(self) -> Any:
        """Return a context manager that makes this graph the default one of the thread."""
        from .defaults import default_graph

        return default_graph(self)

    def _get_control_flow_context(self) -> Any:
        return self._scopes.control_flow

    def _set_control_flow_context(self, context: Any) -> None:
        self._scopes.control_flow = context

    # What may be fed and fetched.

    def prevent_feeding(self, tensor: Tensor) -> None:
        """Refuse feeds of `tensor` from now on."""
        self._unfeedable.add(tensor)
        self._edited()

    def is_feedable(self, tensor: Tensor) -> bool:
        """Whether `tensor` may be fed."""
        return tensor not in self._unfeedable

    def prevent_fetching(self, op: Any) -> None:
        """Refuse fetches of `op` from now on."""
        self._unfetchable.add(op)
        self._edited()

    def is_fetchable(self, tensor_or_op: Any) -> bool:
        """Whether `tensor_or_op` may be fetched."""
        if not self._unfetchable:
            return True
        op = tensor_or_op.op if isinstance(tensor_or_op, Tensor) else tensor_or_op
        return op not in self._unfetchable

    # Adding operations.

    def create_op(
        self,
        op_type: str,
        inputs: Any,
        dtypes: Any = None,
        input_types: Any = None,
        name: str | None = None,
        attrs: dict[str, Any] | None = None,
        op_def: OpDef | None = None,
        compute_shapes: bool = True,
        compute_device: bool = True,
    ) -> Operation:
        """Add an Operation of any known type; functions such as `matmul` are the usual way.

        Args:
          op_type: the operation type.
          inputs: its input tensors, flat.
          dtypes: the output types; checked against what the definition says.
          input_types: ignored, as the inputs have their types.
          name: made unique; default: the type.
          attrs: attributes by name, as AttrValue messages or Python values.
          op_def, compute_shapes, compute_device: accepted for compatibility.
        Returns: the Operation.
        Raises: TypeError for inputs that are no tensors or have wrong types, NotFoundError for an unknown type.
        """
        from .make_node import create_from_flat_inputs

        return create_from_flat_inputs(self, op_type, inputs, dtypes, name, attrs or {}, op_def)

    def _add_operation(
        self, op_def: OpDef, inputs: tuple[Tensor, ...], attrs: dict[str, Any], name: str, extra_control: Any = ()
    ) -> Operation:
        """Make the node; its name is unique already. Outputs are added by the caller (`build`)."""
        op = Operation(self, op_def, name, inputs, attrs)
        op._frames = origin.capture()
        scopes = self._scopes
        if scopes.special:
            self._apply_scopes(op)
        if inputs and op_def.inputs[0].is_ref and not scopes.colocation:
            op._device = inputs[0]._op._device  # an update is where its variable is
        if extra_control:
            op._control_inputs = tuple(dict.fromkeys((*op._control_inputs, *extra_control)))
        with self._lock:
            if self._finalized:
                self._check_not_finalized()
            if name in self._by_name:
                raise ValueError(f"Duplicate node name in graph: '{name}'")
            op._id = len(self._operations)
            self._operations.append(op)
            self._by_name[name] = op
            for tensor in inputs:
                if tensor._consumers is None:
                    tensor._consumers = [op]
                else:
                    tensor._consumers.append(op)
            for control in op._control_inputs:
                _note_control_output(control, op)
        return op

    def _remove_last(self, op: Operation) -> None:
        """Take back an operation whose construction failed, so that an error leaves the graph as it was."""
        with self._lock:
            if self._operations and self._operations[-1] is op:
                self._operations.pop()
                self._by_name.pop(op.name, None)
                for tensor in op._inputs:
                    if tensor._consumers and tensor._consumers[-1] is op:
                        tensor._consumers.pop()
                for control in op._control_inputs:
                    if control._control_outputs and control._control_outputs[-1] is op:
                        control._control_outputs.pop()

    def unique_name(self, name: str, mark_as_used: bool = True) -> str:
        """Return `name` inside the current name scope, with `_1`, `_2`, ... when it is taken (whatever its case).

        Args:
          name: the wished name.
          mark_as_used: whether the returned name counts as taken from now on.
        """
        scope = self._scopes.name
        if scope:
            name = f"{scope}/{name}"
        key = name.lower()
        with self._lock:
            used = self._names_in_use
            count = used.get(key, 0)
            if mark_as_used:
                used[key] = count + 1
            if count == 0:
                return name
            base = key
            while key in used:
                key = f"{base}_{count}"
                count += 1
            if mark_as_used:
                used[key] = 1
                used[base] = count
            return f"{name}_{count - 1}"

    @contextmanager
    def gradient_override_map(self, op_type_map: dict[str, str]) -> Iterator[None]:
        """Use other gradients for the operations made inside the block.

        Args:
          op_type_map: from operation type to the name a gradient function is registered under.
        Raises: TypeError if it is no dictionary of strings.
        """
        if not isinstance(op_type_map, dict):
            raise TypeError("op_type_map must be a dictionary mapping strings to strings")
        for key, value in op_type_map.items():
            if not isinstance(key, str) or not isinstance(value, str):
                raise TypeError("op_type_map must be a dictionary mapping strings to strings")
        with self._scopes.changed(gradients={**self._scopes.gradients, **op_type_map}):
            yield

    @contextmanager
    def _attr_scope(self, attrs: dict[str, Any]) -> Iterator[None]:
        """Give every operation made inside the block these further attributes; None takes one back."""
        merged = {**self._scopes.attrs, **attrs}
        with self._scopes.changed(attrs={k: v for k, v in merged.items() if v is not None}):
            yield

    def switch_to_thread_local(self) -> None:
        """Do nothing: device and other scopes are of one thread here always, as TensorFlow has them after this call."""

    def __reduce_ex__(self, protocol: Any) -> NoReturn:
        pickling.refuse(pickling.GRAPH)

    def __repr__(self) -> str:
        return f"<sessile.Graph of {len(self._operations)} operations at {id(self):#x}>"

    def _repr_html_(self) -> str:
        from .graph_html import graph_html

        return graph_html(self)
