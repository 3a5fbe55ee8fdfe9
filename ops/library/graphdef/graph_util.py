"""`graph_util`: parts of GraphDefs, without what only training needs, and with variables turned into constants."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Final

from ...graph.operation import Operation
from ...types.tensor_shape import TensorShape
from .import_nodes import parse_input

_VARIABLES: Final = ("Variable", "VariableV2")
_RESOURCES: Final = ("VarHandleOp", "ReadVariableOp", "ResourceGather", "ResourceGatherNd")
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
    message = _checked(graph_def)
    if isinstance(dest_nodes, (str, bytes)):
        raise TypeError(f"dest_nodes must be an iterable of strings, but got type {type(dest_nodes)}.")
    nodes = {node.name: node for node in message.node}
    wanted = list(dest_nodes)
    for name in wanted:
        if name not in nodes:
            raise AssertionError(f"{name} is not in graph")
    kept = _needed(nodes, wanted)
    result = _same_versions(message)
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
    message = _checked(input_graph)
    protected = set(protected_nodes or ())
    for node in message.node:
        protected.update(text[1:] for text in node.input if text.startswith("^"))
    instead = {
        node.name: node.input[0]
        for node in message.node
        if node.op in _SPLICED and node.name not in protected and len(node.input) == 1 and node.input[0][0] != "^"
    }
    result = _same_versions(message)
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


def convert_variables_to_constants(
    sess: Any,
    input_graph_def: Any,
    output_node_names: Iterable[str],
    variable_names_whitelist: Iterable[str] | None = None,
    variable_names_blacklist: Iterable[str] | None = None,
) -> Any:
    """Return a GraphDef in which variables are constants with the values that a session holds.

    Args:
      sess: the Session.
      input_graph_def: the GraphDef of its graph.
      output_node_names: the nodes whose part of the graph is wanted.
      variable_names_whitelist: names of the variables to convert; default: all.
      variable_names_blacklist: names of variables to keep.
    Returns: the GraphDef of what the outputs need.
    Raises: TypeError and AssertionError as `extract_sub_graph`, FailedPreconditionError if a variable has no value,
      NotFoundError for graphs with resource variables, which are not built here.

    >>> weights = Variable([1.0, 2.0], name="weights")
    >>> output = identity(weights * 2.0, name="output")
    >>> session = Session()
    >>> session.run(global_variables_initializer())
    >>> frozen = graph_util.convert_variables_to_constants(session, session.graph_def, ["output"])
    >>> [node.op for node in frozen.node if node.name == "weights"]
    ['Const']
    """
    part = extract_sub_graph(input_graph_def, output_node_names)
    _refuse_resources(part)
    names = [node.name for node in part.node if node.op in _VARIABLES]
    if variable_names_whitelist is not None:
        listed = set(variable_names_whitelist)
        names = [name for name in names if name in listed]
    kept = set(variable_names_blacklist or ())
    names = [name for name in names if name not in kept]
    values = dict(zip(names, sess.run([f"{name}:0" for name in names]))) if names else {}
    result = _same_versions(part)
    for node in part.node:
        copy = result.node.add()
        if node.name in values:
            _fill_constant(copy, node, values[node.name])
        else:
            copy.CopyFrom(node)
    return result


def _refuse_resources(graph_def: Any) -> None:
    found = [f"'{node.name}' ({node.op})" for node in graph_def.node if node.op in _RESOURCES]
    if found:
        from ...base.errors import NotFoundError

        raise NotFoundError(None, None, f"Resource variables cannot be converted: {', '.join(found)}.")


def _fill_constant(node: Any, variable: Any, value: Any) -> None:
    from ...encoding.tensor_proto import make_tensor_proto

    dtype = variable.attr["dtype"].type
    node.name, node.op = variable.name, "Const"
    node.attr["dtype"].type = dtype
    node.attr["value"].tensor.CopyFrom(make_tensor_proto(value, dtype))


def tensor_shape_from_node_def_name(graph: Any, input_name: str) -> TensorShape:
    """Return the static shape of the tensor `input_name` of a Graph; `a` means `a:0`.

    Raises: KeyError if there is none.
    """
    name = input_name if ":" in input_name else f"{input_name}:0"
    shape: TensorShape = graph.get_tensor_by_name(name).shape
    return shape


def _checked(graph_def: Any) -> Any:
    if getattr(getattr(graph_def, "DESCRIPTOR", None), "full_name", None) != "tensorflow.GraphDef":
        raise TypeError(f"graph_def must be a GraphDef proto, but got type {type(graph_def)}.")
    from ... import proto

    return proto.adopt(graph_def)


def _same_versions(graph_def: Any) -> Any:
    from ... import proto

    result = proto.GraphDef()
    result.library.CopyFrom(graph_def.library)
    result.versions.CopyFrom(graph_def.versions)
    return result
