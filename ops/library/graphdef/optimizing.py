"""Frozen graphs made smaller for inference: cut at their inputs, without identities, batch normalisation folded."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final

import numpy as np

from .graph_util import checked_graph_def, extract_sub_graph, remove_training_nodes, same_versions, tidied
from .import_nodes import parse_input

_CONVOLUTIONS: Final = ("Conv2D", "DepthwiseConv2dNative")
_DEFAULT_EPSILON: Final = 1e-4  # TensorFlow's, where the attribute is left out
# where a normalisation has its gamma, beta, mean and variance among its inputs
_NORMALISATIONS: Final = {
    "BatchNormWithGlobalNormalization": (4, 3, 1, 2),
    "FusedBatchNorm": (1, 2, 3, 4),
    "FusedBatchNormV2": (1, 2, 3, 4),
    "FusedBatchNormV3": (1, 2, 3, 4),
}


def optimize_for_inference(
    input_graph_def: Any,
    input_node_names: Sequence[str],
    output_node_names: Sequence[str],
    placeholder_type_enum: Any,
    toco_compatible: bool = False,
) -> Any:
    """Return a frozen GraphDef with what inference needs: see `strip_unused`, `fold_batch_norms`.

    Resizing and padding are not merged into convolutions, as TensorFlow does unless `toco_compatible`: here that saves
    nothing.

    Args:
      input_graph_def: a GraphDef message, its variables constants.
      input_node_names: the nodes that become placeholders.
      output_node_names: the nodes that are wanted; they keep their names.
      placeholder_type_enum: the type of the placeholders, or a list of a type each.
      toco_compatible: has no effect.
    Raises: TypeError, ValueError and AssertionError as the parts.
    """
    names = [*input_node_names, *output_node_names]
    part = strip_unused(input_graph_def, input_node_names, output_node_names, placeholder_type_enum)
    return tidied(fold_batch_norms(remove_training_nodes(part, names), output_node_names))


def strip_unused(
    input_graph_def: Any,
    input_node_names: Sequence[str],
    output_node_names: Sequence[str],
    placeholder_type_enum: Any,
) -> Any:
    """Return the GraphDef of what outputs need, cut at inputs, which become placeholders.

    Args:
      input_graph_def: a GraphDef message.
      input_node_names: names of nodes; one that was a placeholder keeps its shape, others have the shape that the
        attribute `_output_shapes` tells, or an unknown one.
      output_node_names: names of nodes.
      placeholder_type_enum: the type of the placeholders (a DType or its number), or a list of one each.
    Raises: TypeError for something else than a GraphDef or names, AssertionError for a node that is not there,
      ValueError if the types are not as many as the inputs.
    """
    message = checked_graph_def(input_graph_def)
    nodes = {node.name: node for node in message.node}
    for name in [*input_node_names, *output_node_names]:
        if name not in nodes:
            raise AssertionError(f"{name} is not in graph")
    types = dict(zip(input_node_names, _types(placeholder_type_enum, len(input_node_names))))
    cut = same_versions(message)
    for node in message.node:
        copy = cut.node.add()
        if node.name in types:
            _fill_placeholder(copy, node, types[node.name])
        else:
            copy.CopyFrom(node)
    return extract_sub_graph(cut, output_node_names)


def _types(given: Any, count: int) -> list[int]:
    many = list(given) if isinstance(given, (list, tuple)) else [given] * count
    if len(many) != count:
        raise ValueError(f"{len(many)} types of placeholders are given for {count} inputs")
    return [int(getattr(dtype, "as_datatype_enum", dtype)) for dtype in many]


def _fill_placeholder(copy: Any, node: Any, dtype: int) -> None:
    copy.name, copy.op = node.name, "Placeholder"
    copy.attr["dtype"].type = dtype
    if "shape" in node.attr:
        copy.attr["shape"].CopyFrom(node.attr["shape"])
    elif node.attr["_output_shapes"].list.shape:
        copy.attr["shape"].shape.CopyFrom(node.attr["_output_shapes"].list.shape[0])
    else:
        copy.attr["shape"].shape.unknown_rank = True


def fold_batch_norms(input_graph_def: Any, output_node_names: Iterable[str] = ()) -> Any:
    """Return a frozen GraphDef in which batch normalisation behind convolutions is part of filter and bias.

    A convolution with a constant filter, then perhaps a BiasAdd, then a normalisation by constants that nothing else
    reads between, become a convolution with a scaled filter and a BiasAdd of the normalisation's name. Others stay.

    Args:
      input_graph_def: a GraphDef message, its variables constants, without nodes that pass these on
        (`graph_util.remove_training_nodes`).
      output_node_names: nodes that are fetched, and so keep their values.
    Raises: TypeError for something else than a GraphDef.
    """
    message = checked_graph_def(input_graph_def)
    nodes = {node.name: node for node in message.node}
    uses = Counter(parse_input(text)[0] for node in message.node for text in node.input)
    uses.update(output_node_names)
    replaced: dict[str, list[Any]] = {}
    for node in message.node:
        if node.op in _NORMALISATIONS:
            replaced.update(_folded(node, nodes, uses))
    result = same_versions(message)
    for node in message.node:
        result.node.extend(replaced.get(node.name, [node]))
    read = {parse_input(text)[0] for node in result.node for text in node.input}
    unread = [name for name in nodes if name not in read and name in uses and name not in set(output_node_names)]
    wanted = [node.name for node in result.node if node.name not in unread]
    return extract_sub_graph(result, wanted) if replaced else result


def _folded(node: Any, nodes: Mapping[str, Any], uses: Counter[str]) -> dict[str, list[Any]]:
    """What stands in place of a normalisation and the convolution before it, by the name of what it replaces."""
    gamma, beta, mean, variance = (constant_value(nodes, node.input[at]) for at in _NORMALISATIONS[node.op])
    if gamma is None or beta is None or mean is None or variance is None or not _normalises(node, nodes, uses):
        return {}
    before = nodes[parse_input(node.input[0])[0]]
    bias = None
    if before.op == "BiasAdd" and uses[before.name] == 1:
        bias, before = before, nodes[parse_input(before.input[0])[0]]
    filters = constant_value(nodes, before.input[1]) if before.op in _CONVOLUTIONS and uses[before.name] == 1 else None
    offset = 0.0 if bias is None else constant_value(nodes, bias.input[1])
    if filters is None or offset is None:
        return {}
    scale = _scale(node, gamma, variance)
    widened = scale.reshape(filters.shape[2:] if before.op == "DepthwiseConv2dNative" else (-1,))
    names = (f"{before.name}/folded_filter", f"{node.name}/folded_bias")
    if any(name in nodes for name in names):
        return {}
    convolution = copied(before)
    convolution.input[1] = names[0]
    added = _new(node.name, "BiasAdd", node.device, [before.name, names[1], *_controls(node)])
    added.attr["T"].CopyFrom(before.attr["T"])
    if "data_format" in before.attr:
        added.attr["data_format"].CopyFrom(before.attr["data_format"])
    constants = [
        new_constant(names[0], filters * widened, before.attr["T"].type),
        new_constant(names[1], beta + (offset - mean) * scale, before.attr["T"].type),
    ]
    gone: dict[str, list[Any]] = {} if bias is None else {bias.name: []}
    return {**gone, before.name: [constants[0], convolution], node.name: [constants[1], added]}


def _normalises(node: Any, nodes: Mapping[str, Any], uses: Counter[str]) -> bool:
    """Whether a node does inference, and only its first result is read."""
    fused = node.op != "BatchNormWithGlobalNormalization"
    if fused and ("is_training" not in node.attr or node.attr["is_training"].b):
        return False
    readers = (text for other in nodes.values() for text in other.input if not text.startswith("^"))
    return all(index == 0 for name, index in map(parse_input, readers) if name == node.name)


def _scale(node: Any, gamma: Any, variance: Any) -> Any:
    name = "variance_epsilon" if node.op == "BatchNormWithGlobalNormalization" else "epsilon"
    epsilon = node.attr[name].f if name in node.attr else _DEFAULT_EPSILON
    plain = name == "variance_epsilon" and not node.attr["scale_after_normalization"].b
    return (1.0 if plain else gamma) / np.sqrt(variance + epsilon)


def constant_value(nodes: Mapping[str, Any], text: str) -> Any:
    """The value of a constant in double precision, or None."""
    from ...encoding.tensor_proto import make_ndarray

    node = nodes[parse_input(text)[0]]
    return make_ndarray(node.attr["value"].tensor).astype(np.float64) if node.op == "Const" else None


def _controls(node: Any) -> list[str]:
    return [text for text in node.input if text.startswith("^")]


def _new(name: str, op: str, device: str, inputs: Sequence[str]) -> Any:
    from ... import proto

    return proto.NodeDef(name=name, op=op, device=device, input=inputs)


def copied(node: Any) -> Any:
    """A NodeDef of its own with what another one has."""
    from ... import proto

    copy = proto.NodeDef()
    copy.CopyFrom(node)
    return copy


def new_constant(name: str, value: Any, dtype: int) -> Any:
    """The NodeDef of a constant; `dtype` is the number of its type."""
    from ...encoding.tensor_proto import make_tensor_proto

    node = _new(name, "Const", "", ())
    node.attr["dtype"].type = dtype
    node.attr["value"].tensor.CopyFrom(make_tensor_proto(value, dtype))
    return node
