"""Graphs in which variables are constants: `convert_variables_to_constants`, and what it is made of."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, Final

from ...base.errors import NotFoundError
from ...base.messages.logger import logger
from .graph_util import extract_sub_graph, same_versions, tidied
from .import_nodes import parse_input

_VARIABLES: Final = ("Variable", "VariableV2")
_HANDLE: Final = "VarHandleOp"
_PASSES_HANDLES: Final = ("Identity", "Enter", "RefEnter", "Switch", "LoopCond")  # a handle goes through to a reader
# what reads a variable by its handle -> the type that takes the value, and how its attributes are called there
_READERS: Final[dict[str, tuple[str, dict[str, str]]]] = {
    "ReadVariableOp": ("Identity", {"dtype": "T"}),
    "ResourceGather": ("GatherV2", {"dtype": "Tparams", "Tindices": "Tindices", "batch_dims": "batch_dims"}),
    "ResourceGatherNd": ("GatherNd", {"dtype": "Tparams", "Tindices": "Tindices"}),
    "VariableShape": ("Shape", {"out_type": "out_type"}),
}
_INT32: Final = 3  # DT_INT32


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
    Returns: the GraphDef of what the outputs need. What read a resource variable takes the constant: `ReadVariableOp`
      becomes `Identity`, `ResourceGather` `GatherV2`, `ResourceGatherNd` `GatherNd`, `VariableShape` `Shape`.
    Raises: TypeError and AssertionError as `extract_sub_graph`, FailedPreconditionError if a variable has no value,
      NotFoundError for a resource variable that the session does not have, or that other operations use.

    >>> weights = Variable([1.0, 2.0], name="weights")
    >>> output = identity(weights * 2.0, name="output")
    >>> session = Session()
    >>> session.run(global_variables_initializer())
    >>> frozen = graph_util.convert_variables_to_constants(session, session.graph_def, ["output"])
    >>> [node.op for node in frozen.node if node.name == "weights"]
    ['Const']
    """
    part = extract_sub_graph(input_graph_def, output_node_names)
    names = variables_of(part, variable_names_whitelist, variable_names_blacklist)
    tensors = [_value_in(sess, node) for node in part.node if node.name in names]
    values = dict(zip(names, sess.run(tensors))) if names else {}
    logger().info("Froze %d variables.", len(values))
    frozen = with_constants(part, values)
    logger().info("Converted %d variables to const ops.", len(values))
    return frozen


def variables_of(graph_def: Any, listed: Iterable[str] | None = None, kept: Iterable[str] | None = None) -> list[str]:
    """The names of a graph's variables in their order: of those `listed`, if given, all but those `kept`."""
    names = [node.name for node in graph_def.node if node.op in (*_VARIABLES, _HANDLE)]
    wanted, left = None if listed is None else set(listed), set(kept or ())
    return [name for name in names if (wanted is None or name in wanted) and name not in left]


def _value_in(sess: Any, node: Any) -> Any:
    """What a session is asked for to have a variable's value."""
    if node.op != _HANDLE:
        return f"{node.name}:0"
    for op in sess.graph.get_operations():
        if op.type == "ReadVariableOp" and op.inputs[0].op.name == node.name:
            return op.outputs[0]
    raise NotFoundError(
        None,
        None,
        f"The resource variable '{node.name}' ({_HANDLE}) cannot be read: the session's graph reads it nowhere.",
    )


def with_constants(graph_def: Any, values: Mapping[str, Any]) -> Any:
    """Return a GraphDef whose variables of these names are constants.

    Args:
      graph_def: a GraphDef message.
      values: arrays by name of variable.
    Raises: NotFoundError if something else than a reader of `convert_variables_to_constants` uses a handle.
    """
    nodes = {node.name: node for node in graph_def.node}
    types = {name: nodes[name].attr["dtype"].type for name in values}
    result = same_versions(graph_def)
    for node in graph_def.node:
        source = _variable_behind(node, nodes)
        if node.name in values:
            result.node.append(_constant(node.name, node.device, values[node.name], types[node.name]))
        elif source in values and nodes[source].op == _HANDLE:
            result.node.extend(_readers(node, types[source]))
        else:
            result.node.append(node)
    return tidied(result)


def _variable_behind(node: Any, nodes: Mapping[str, Any]) -> str:
    """The name of the resource variable whose handle a node takes as its first input, or nothing."""
    for _ in range(len(nodes)):  # at most once around a cycle
        if not node.input or node.input[0].startswith("^"):
            return ""
        node = nodes[parse_input(node.input[0])[0]]
        if node.op == _HANDLE:
            return str(node.name)
        if node.op not in _PASSES_HANDLES:
            return ""
    return ""


def _readers(node: Any, dtype: int) -> list[Any]:
    """What takes the value where a node took the handle, after the constants that it needs."""
    from ... import proto

    copy = proto.NodeDef()
    copy.CopyFrom(node)
    if node.op in _PASSES_HANDLES:
        copy.attr["T"].type = dtype
        copy.attr.pop("_output_shapes", None)  # a handle's
        return [copy]
    if node.op not in _READERS:
        raise NotFoundError(None, None, f"Resource variables cannot be converted: '{node.name}' ({node.op}) uses one.")
    copy.op, names = _READERS[node.op]
    copy.attr.clear()
    for old, new in names.items():
        if old in node.attr:
            copy.attr[new].CopyFrom(node.attr[old])
    if copy.op == "Identity":
        del copy.input[1:]  # what had to be done before reading does not matter to a constant
    if copy.op == "Shape":
        copy.attr["T"].type = dtype
    if copy.op != "GatherV2":
        return [copy]
    axis = _constant(f"{node.name}/axis", node.device, 0, _INT32)
    copy.input[:] = [*node.input[:2], axis.name, *node.input[2:]]
    copy.attr["Taxis"].type = _INT32
    return [axis, copy]


def _constant(name: str, device: str, value: Any, dtype: int) -> Any:
    from ... import proto
    from ...encoding.tensor_proto import make_tensor_proto

    node = proto.NodeDef(name=name, op="Const", device=device)
    node.attr["dtype"].type = dtype
    node.attr["value"].tensor.CopyFrom(make_tensor_proto(value, dtype))
    return node
