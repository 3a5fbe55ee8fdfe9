"""`graph_util`: parts of GraphDefs, without what only training needs."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Final

from ...encoding.node_def import added_later
from ...graph.operation import Operation
from ...types.tensor_shape import TensorShape
from .import_nodes import parse_input

_VARIABLES: Final = ("Variable", "VariableV2")
_PINNED: Final = ("Assign", "AssignAdd", "AssignSub", "ScatterAdd", "ScatterSub", "ScatterUpdate", *_VARIABLES)
_SPLICED: Final = ("CheckNumerics", "Identity", "StopGradient")
_INT32: Final = 3  # DT_INT32
_STRING: Final = 7  # DT_STRING


def extract_sub_graph(graph_def: Any, dest_nodes: Iterable[str]) -> Any:
    """Return the GraphDef of the nodes that some nodes need, those included.

    Args:
      graph_def: a GraphDef message.
      dest_nodes: names of nodes.
    Returns: a new GraphDef with the nodes in their order.
    Raises: TypeError for arguments of a wrong type, AssertionError for a name that is not in the graph, KeyError if a
      node's input is not.
    """
    message = checked_graph_def(graph_def)
    if isinstance(dest_nodes, (str, bytes)):
        raise TypeError(f"dest_nodes must be an iterable of strings, but got type {type(dest_nodes)}.")
    nodes = {node.name: node for node in message.node}
    wanted = list(dest_nodes)
    for name in wanted:
        if name not in nodes:
            raise AssertionError(f"{name} is not in graph")
    kept = _needed(nodes, wanted)
    result = same_versions(message)
    result.node.extend(node for name, node in nodes.items() if name in kept)
    return result


def _needed(nodes: dict[str, Any], wanted: list[str]) -> set[str]:
    kept = set(wanted)
    pending = list(kept)
    while pending:
        for text in nodes[pending.pop()].input:
            name = parse_input(text)[0]
            if name not in nodes:
                raise KeyError(name)
            if name not in kept:
                kept.add(name)
                pending.append(name)
    return kept


def remove_training_nodes(input_graph: Any, protected_nodes: Iterable[str] | None = None) -> Any:
    """Return the GraphDef without the nodes that pass their input on: `Identity`, `CheckNumerics`, `StopGradient`.

    A node stays if it has control inputs, if another node waits for it, or if it reads a variable by reference.

    Args:
      input_graph: a GraphDef message.
      protected_nodes: names of nodes to keep.
    Returns: a new GraphDef.
    Raises: TypeError if it is no GraphDef.
    """
    message = checked_graph_def(input_graph)
    protected = set(protected_nodes or ())
    for node in message.node:
        protected.update(text[1:] for text in node.input if text.startswith("^"))
    instead = {
        node.name: node.input[0]
        for node in message.node
        if node.op in _SPLICED and node.name not in protected and len(node.input) == 1 and node.input[0][0] != "^"
    }
    result = same_versions(message)
    for node in message.node:
        if node.name in instead:
            continue
        copy = result.node.add()
        copy.CopyFrom(node)
        copy.input[:] = [_followed(text, instead) for text in node.input]
    return result


def _followed(text: str, instead: dict[str, str]) -> str:
    """An input with the nodes that are gone skipped; at most once around, should they form a cycle."""
    for _ in range(len(instead)):
        name, index = parse_input(text)
        if index != 0 or name not in instead:
            break
        text = instead[name]
    return text


def must_run_on_cpu(node: Any, pin_variables_on_cpu: bool = False) -> bool:
    """Whether TensorFlow runs a node on the CPU only.

    Args:
      node: an Operation or a NodeDef message.
      pin_variables_on_cpu: whether variables and their assignments count as such.
    Raises: AssertionError if it is neither.
    """
    if not isinstance(node, Operation) and getattr(getattr(node, "DESCRIPTOR", None), "name", "") != "NodeDef":
        raise AssertionError(f"must_run_on_cpu takes an Operation or a NodeDef, not {node!r}.")
    message = node.node_def if isinstance(node, Operation) else node
    if pin_variables_on_cpu and message.op in _PINNED:
        return True
    if message.op == "Const":
        return message.attr["dtype"].type in (_STRING, _INT32)
    if message.op in ("DynamicStitch", "ParallelDynamicStitch"):
        return bool(message.attr["T"].type == _INT32)
    return bool(message.op == "Cast" and message.attr["SrcT"].type == _INT32)


def tensor_shape_from_node_def_name(graph: Any, input_name: str) -> TensorShape:
    """Return the static shape of the tensor `input_name` of a Graph; `a` means `a:0`.

    Raises: KeyError if there is none.
    """
    name = input_name if ":" in input_name else f"{input_name}:0"
    shape: TensorShape = graph.get_tensor_by_name(name).shape
    return shape


def checked_graph_def(graph_def: Any) -> Any:
    """Return a GraphDef message as one of ours. Raises: TypeError if it is none."""
    if getattr(getattr(graph_def, "DESCRIPTOR", None), "full_name", None) != "tensorflow.GraphDef":
        raise TypeError(f"graph_def must be a GraphDef proto, but got type {type(graph_def)}.")
    from ... import proto

    return proto.adopt(graph_def)


def same_versions(graph_def: Any) -> Any:
    """Return a GraphDef without nodes, with the versions and functions of another one."""
    from ... import proto

    result = proto.GraphDef()
    result.library.CopyFrom(graph_def.library)
    result.versions.CopyFrom(graph_def.versions)
    return result


def tidied(graph_def: Any) -> Any:
    """Take out of a GraphDef what keeps others from reading it, and returns it.

    These are attributes that TensorFlow 2 has added to operations, where they are at their default (left out they have
    it wherever the graph is read, and TensorFlow 1.15 reads it too), and places beside nodes that are gone.
    """
    from ...encoding.op_def_message import op_list

    names = {node.name for node in graph_def.node}
    definitions = op_list(node.op for node in graph_def.node).op
    defaults = {(op.name, attr.name): attr.default_value for op in definitions for attr in op.attr}
    for node in graph_def.node:
        for name in added_later(node.op, node.attr):
            if node.attr[name] == defaults.get((node.op, name)):
                del node.attr[name]
        beside = node.attr["_class"].list.s if "_class" in node.attr else ()
        there = [place for place in beside if place[:5] != b"loc:@" or place[5:].decode() in names]
        if len(there) < len(beside):
            node.attr["_class"].list.s[:] = there
        if beside and not there:
            del node.attr["_class"]
    return graph_def
