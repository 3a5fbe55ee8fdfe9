"""Where tensors are from that operations outside of layers made: those operations become layers."""

from __future__ import annotations

from typing import Any

from ....ops.base.errors import FailedPreconditionError, InvalidArgumentError
from ....ops.building.static_value import get_static_value
from ....ops.encoding.node_def import written_node_def
from ....ops.types import dtypes
from ..layer import History, Node
from ..session_of import raw_session
from .op_layer import TensorFlowOpLayer


def add_history(tensor: Any) -> None:
    """Give a tensor, and those it is computed from, layers that they are from, if a layer gave any of them.

    Control flow, operations on resources and on values that cannot be computed yet stay what they are: a model with
    them runs, but is no configuration.
    """
    if hasattr(tensor, "_keras_history"):
        return
    using = _using(tensor.op)
    made = [op for op in sorted(using.values(), key=lambda op: op._id) if _is_plain(op)]
    constants = _values([item for op in made for item in _others(op, using)])
    for op in made:
        inputs = [item for item in op.inputs if _depends(item, using)]
        known = {number: constants.get(id(item)) for number, item in enumerate(op.inputs) if not _depends(item, using)}
        if all(hasattr(item, "_keras_history") for item in inputs) and all(v is not None for v in known.values()):
            _add_layer(op, inputs, known)


def _add_layer(op: Any, inputs: list[Any], constants: dict[int, Any]) -> None:
    layer = TensorFlowOpLayer(written_node_def(op), op.name, constants)
    outputs = list(op.outputs)
    layer._nodes.append(Node(layer, inputs, outputs, {}))
    layer._inbound.append((inputs, outputs))
    for index, output in enumerate(outputs):
        output._keras_history = History(layer, 0, index)


def _using(op: Any) -> dict[int, Any]:
    """The operations behind one, itself too, that use what a layer gave; the walk ends at tensors of layers.

    It goes backwards for all operations, then forwards from those next to layers, for loops go in circles.
    """
    behind = {id(op): op}
    waiting = [op]
    found: dict[int, Any] = {}
    followers: dict[int, list[Any]] = {}
    while waiting:
        item = waiting.pop()
        for source in item.inputs:
            if hasattr(source, "_keras_history"):
                found[id(item)] = item
                continue
            followers.setdefault(id(source.op), []).append(item)
            if id(source.op) not in behind:
                behind[id(source.op)] = source.op
                waiting.append(source.op)
    waiting = list(found.values())
    while waiting:
        for item in followers.get(id(waiting.pop()), ()):
            if id(item) not in found:
                found[id(item)] = item
                waiting.append(item)
    return found


def _depends(tensor: Any, using: dict[int, Any]) -> bool:
    return hasattr(tensor, "_keras_history") or id(tensor.op) in using


def _others(op: Any, using: dict[int, Any]) -> list[Any]:
    return [item for item in op.inputs if not _depends(item, using)]


def _is_plain(op: Any) -> bool:
    """Whether it can be made anew by itself: no control flow, and no resource among its inputs."""
    if op.op_def.flow or op._get_control_flow_context() is not None:
        return False
    return not any(item.dtype.base_dtype in (dtypes.resource, dtypes.variant) for item in op.inputs)


def _values(tensors: list[Any]) -> dict[int, Any]:
    """The values of tensors that do not depend on layers, by id; what is known without a session needs none."""
    found: dict[int, Any] = {}
    for tensor in tensors:
        if id(tensor) in found:
            continue
        value = get_static_value(tensor)
        if value is None:
            try:
                with tensor.graph.as_default():
                    value = raw_session().run(tensor)  # which gives variables no values, as TensorFlow does not
            except (FailedPreconditionError, InvalidArgumentError):
                value = None  # a variable without a value, a placeholder: not constant
        found[id(tensor)] = value
    return found
