"""`contrib.copy_graph`: operations and variables of one graph, copied to another."""

from __future__ import annotations

from typing import Any

from ..ops import proto
from ..ops.families.state.resource_variable import ResourceVariable
from ..ops.families.state.variables import Variable
from ..ops.graph.graph import Graph
from ..ops.graph.graph_keys import GraphKeys
from ..ops.graph.node import Tensor
from ..ops.graph.operation import Operation
from ..ops.library.graphdef.importer import import_graph_def
from .session import Session


def _copied_name(name: str, scope: str) -> str:
    return f"{scope}/{name}" if scope else name


def copy_variable_to_graph(org_instance: Any, to_graph: Graph, scope: str = "") -> Any:
    """Return a copy of a variable in another graph: its initial value is a constant there.

    Args:
      org_instance: the variable.
      to_graph: the other graph.
      scope: before the copy's name.
    Raises: TypeError if it is no variable.

    The copy is in the collections that are TensorFlow's own.
    """
    if not isinstance(org_instance, Variable):
        raise TypeError(f"{org_instance} is not a Variable")
    collections = [
        key
        for key in (GraphKeys.GLOBAL_VARIABLES, GraphKeys.LOCAL_VARIABLES, GraphKeys.MODEL_VARIABLES)
        if any(org_instance is known for known in org_instance.graph.get_collection(key))
    ]
    with Session(graph=org_instance.graph) as session:
        value = session.run(org_instance.initial_value)
    trainable = org_instance.graph.get_collection(GraphKeys.TRAINABLE_VARIABLES)
    with to_graph.as_default():
        return Variable(
            value, any(org_instance is known for known in trainable), name=_copied_name(org_instance.op.name, scope),
            collections=collections, use_resource=isinstance(org_instance, ResourceVariable),
        )  # fmt: skip


def copy_op_to_graph(org_instance: Any, to_graph: Graph, variables: Any, scope: str = "") -> Any:
    """Return a copy of an operation, or of a tensor, in another graph; what it needs is copied as well, once.

    Args:
      org_instance: the operation or tensor.
      to_graph: the other graph.
      variables: copies of the variables that it needs, by `copy_variable_to_graph` under the same scope.
      scope: before the copies' names.
    Raises: TypeError if it is neither.
    """
    if isinstance(org_instance, Variable):
        return get_copied_op(org_instance, to_graph, scope)
    if not isinstance(org_instance, (Operation, Tensor)):
        raise TypeError(f"{org_instance!r} is not an Operation or Tensor")
    op = org_instance if isinstance(org_instance, Operation) else org_instance.op
    wanted, missing = [op], {}
    while wanted:
        found = wanted.pop()
        if found.name not in missing and not _is_there(to_graph, _copied_name(found.name, scope)):
            missing[found.name] = found
            wanted += [tensor.op for tensor in found.inputs] + list(found.control_inputs)
    _import(list(missing.values()), to_graph, scope)
    return get_copied_op(org_instance, to_graph, scope)


def _is_there(graph: Graph, name: str) -> bool:
    try:
        graph.get_operation_by_name(name)
    except KeyError:
        return False
    return True


def _import(operations: list[Operation], to_graph: Graph, scope: str) -> None:
    """Make copies of operations; what they take from others is in the graph already."""
    if not operations:
        return
    graph_def = proto.GraphDef(versions=operations[0].graph.graph_def_versions)
    names: set[str] = {op.name for op in operations}
    known: dict[str, Any] = {}
    for op in operations:
        node = graph_def.node.add()
        node.CopyFrom(op.node_def)
        node.name = _copied_name(op.name, scope)
        del node.input[:]
        for tensor in op.inputs:
            text = _copied_name(tensor.name, scope)
            node.input.append(text)
            if tensor.op.name not in names:
                known[text] = to_graph.get_tensor_by_name(text)
        for control in op.control_inputs:
            text = f"^{_copied_name(control.name, scope)}"
            node.input.append(text)
            if control.name not in names:
                known[text] = to_graph.get_operation_by_name(text[1:])
    with to_graph.as_default():
        import_graph_def(graph_def, input_map=known, name="")


def get_copied_op(org_instance: Any, graph: Graph, scope: str = "") -> Any:
    """Return the copy of an operation, a tensor or a variable in a graph.

    Args:
      org_instance: the operation, tensor or variable.
      graph: the graph with the copy.
      scope: before the copy's name.
    Raises: KeyError if there is none.
    """
    return graph.as_graph_element(_copied_name(org_instance.name, scope), allow_tensor=True, allow_operation=True)
