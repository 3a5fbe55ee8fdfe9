"""FunctionDef messages: written from the graph of a function, and read back.

Inside of a FunctionDef an output is named by its argument: `split:output:1` is the second of the list `output` of the
node `split`; a parameter is named by itself.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from ... import proto
from ...base.errors import NotFoundError
from ...building.basic_ops import PLACEHOLDER
from ...definition.opdef import OpDef
from ...encoding.functions import call_types, output_names
from ...encoding.known_types import type_of
from ...encoding.node_def import to_graph_def
from ...graph.graph import Graph
from ...graph.node import Tensor
from ..graphdef.importer import import_graph_def
from .function_graph import Body


def definition_of(name: str, body: Body, output_args: Sequence[str]) -> Any:
    """Return a body as a FunctionDef message."""
    message = proto.FunctionDef()
    message.signature.name = name
    parameters = {tensor._op.name for tensor in body.inputs}
    for tensor in body.inputs:
        message.signature.input_arg.add(name=_argument(tensor), type=tensor.dtype.base_dtype.as_datatype_enum)
    for tensor, argument in zip(body.outputs, output_args):
        message.signature.output_arg.add(name=argument, type=tensor.dtype.base_dtype.as_datatype_enum)
        message.ret[argument] = _named(tensor, parameters)
    for node in to_graph_def(body.graph).node:
        if node.name in parameters:
            continue
        op = body.graph._by_name[node.name]
        made = message.node_def.add()
        made.CopyFrom(node)
        del made.input[:]
        made.input.extend(_named(tensor, parameters) for tensor in op._inputs)
        made.input.extend(f"^{other.name}" for other in op._control_inputs if other.name not in parameters)
    for op in body.targets:
        message.control_ret[op.name] = op.name
    message.signature.is_stateful = any(not op.op_def.is_pure for op in body.graph._operations)
    return message


def _argument(tensor: Tensor) -> str:
    return tensor._op.name.replace("/", "_")


def _named(tensor: Tensor, parameters: set[str]) -> str:
    op = tensor._op
    if op.name in parameters:
        return _argument(tensor)
    return f"{op.name}:{output_names(op.op_def, op.attrs)[tensor._value_index]}"


def body_of(graph: Graph, name: str) -> Body:
    """Return what a function of a graph's library runs. Raises: NotFoundError if there is none of that name."""
    found = graph._bodies.get(name)
    if found is None:
        definition = graph._functions.get(name)
        if definition is None:
            raise NotFoundError(None, None, f"Function {name} is not defined in the library of the graph.")
        found = graph._bodies[name] = _read(graph, definition)
    return found


def _read(graph: Graph, definition: Any) -> Body:
    inner = Graph()
    inner.seed = graph.seed
    inner._functions, inner._bodies = graph._functions, graph._bodies
    message = proto.GraphDef()
    message.versions.producer = graph.graph_def_versions.producer
    message.library.function.extend(graph._functions.values())
    names = {}
    for number, argument in enumerate(definition.signature.input_arg):
        node = message.node.add(name=argument.name, op=PLACEHOLDER.name)
        node.attr["dtype"].type = argument.type
        node.attr["shape"].shape.unknown_rank = True
        given = definition.arg_attr[number].attr if number in definition.arg_attr else {}
        if "_output_shapes" in given and len(given["_output_shapes"].list.shape) == 1:
            node.attr["shape"].shape.CopyFrom(given["_output_shapes"].list.shape[0])
        names[argument.name] = argument.name
    types = call_types(graph._functions)
    for node in definition.node_def:
        attrs = {key: _simple(value) for key, value in node.attr.items()}
        op_def = types.get(node.op) or type_of(node.op)
        for index, text in enumerate(output_names(op_def, _complete(op_def, attrs))):
            names[f"{node.name}:{text}"] = f"{node.name}:{index}"
    there = {node.name for node in message.node} | {node.name for node in definition.node_def}
    for node in definition.node_def:
        made = message.node.add()
        made.CopyFrom(node)
        _colocate_within(made, there)
        del made.input[:]
        made.input.extend(text if text.startswith("^") else names[text] for text in node.input)
    wanted = [names[definition.ret[argument.name]] for argument in definition.signature.output_arg]
    wanted = [text if ":" in text else f"{text}:0" for text in wanted]
    controls = list(definition.control_ret.values())
    inputs = [f"{argument.name}:0" for argument in definition.signature.input_arg]
    with inner.as_default():
        elements = import_graph_def(message, return_elements=[*inputs, *wanted, *controls], name="")
    assert elements is not None
    count = len(inputs)
    return Body(inner, elements[:count], elements[count : count + len(wanted)], elements[count + len(wanted) :])


def _colocate_within(node: Any, names: set[str]) -> None:
    """Forget colocation with nodes outside of the function, as TensorFlow does where it calls one."""
    if "_class" in node.attr:
        groups = node.attr["_class"].list.s
        kept = [group for group in groups if not group.startswith(b"loc:@") or group[5:].decode() in names]
        if len(kept) < len(groups):
            del groups[:]
            groups.extend(kept)


def _simple(value: Any) -> Any:
    """What an attribute says of numbers of outputs."""
    field = value.WhichOneof("value")
    return list(value.list.type) if field == "list" else getattr(value, field) if field else None


def _complete(op_def: OpDef, attrs: dict[str, Any]) -> dict[str, Any]:
    return {**{name: attr.default for name, attr in op_def.attrs.items()}, **attrs}
