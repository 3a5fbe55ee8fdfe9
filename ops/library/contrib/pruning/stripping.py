"""Graphs without masks: what masked weights come to is a constant."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from .... import proto
from ....encoding.tensor_proto import make_ndarray, make_tensor_proto
from ...graphdef.graph_util import extract_sub_graph
from ...graphdef.import_nodes import parse_input
from .masks import MASKED_NAME


def strip_pruning_vars_fn(input_graph_def: Any, output_node_names: Sequence[str]) -> Any:
    """Return a graph whose masked weights are constants, without masks and thresholds.

    Args:
      input_graph_def: a GraphDef whose variables are constants, from `graph_util.convert_variables_to_constants`.
      output_node_names: the operations that are wanted.
    Raises: ValueError if a mask or a weight is no constant.
    """
    nodes = {node.name: node for node in input_graph_def.node}
    found = proto.GraphDef()
    found.CopyFrom(input_graph_def)
    for node in found.node:
        if node.op == "Mul" and node.name.endswith(MASKED_NAME):
            product = _value(nodes, node.input[0]) * _value(nodes, node.input[1])
            dtype = node.attr["T"].type
            node.op = "Const"
            del node.input[:]
            node.attr.clear()
            node.attr["dtype"].type = dtype
            node.attr["value"].tensor.CopyFrom(make_tensor_proto(product, dtype))
    return extract_sub_graph(found, list(output_node_names))


def _value(nodes: dict[str, Any], text: str) -> Any:
    node = nodes[parse_input(text)[0]]
    while node.op == "Identity":
        node = nodes[parse_input(node.input[0])[0]]
    if node.op != "Const":
        raise ValueError(
            f"strip_pruning_vars_fn: {node.name!r} is a {node.op} and no constant. Give a graph whose variables are "
            "constants, by tf.graph_util.convert_variables_to_constants."
        )
    return make_ndarray(node.attr["value"].tensor)
