"""`tensorflow.tools.graph_transforms`: frozen graphs changed step by step, by what a program names."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any, Final

from ..ops.base.errors import InvalidArgumentError, OpError, UnimplementedError
from ..ops.graph.graph import Graph
from ..ops.library.graphdef.graph_util import checked_graph_def, extract_sub_graph, same_versions
from ..ops.library.graphdef.import_nodes import parse_input
from ..ops.library.graphdef.importer import import_graph_def
from ..ops.library.graphdef.optimizing import new_constant
from ..ops.library.graphdef.rewriting import TRANSFORMS, Asked, is_pure
from ..session.session import Session

__all__ = ["TransformGraph"]

# TensorFlow's that are not here, beside those that its Python never had: they make operations for its own kernels.
_ABSENT: Final = frozenset(
    (
        "frozenset",
        "fake_quantize_training",
        "flatten_atrous_conv",
        "freeze_requantization_ranges",
        "fuse_pad_and_conv",
        "fuse_remote_graph",
        "fuse_resize_and_conv",
        "fuse_resize_pad_and_conv",
        "hoist_fake_quants",
        "insert_logging",
        "merge_duplicate_quantizes",
        "place_remote_graph_arguments",
        "quantize_nodes",
        "quantize_placeholders",
        "remove_control_dependencies",
        "sparsify_gather",
    )
)


def TransformGraph(
    input_graph_def: Any, inputs: Iterable[str], outputs: Iterable[str], transforms: Iterable[str]
) -> Any:
    """Return a GraphDef changed by transforms, one after the other.

    What there is: `add_default_attributes`, `backport_concatv2`, `fold_batch_norms`, `fold_constants(ignore_errors,
    clear_output_shapes)`, `fold_old_batch_norms`, `merge_duplicate_nodes`, `obfuscate_names`,
    `quantize_weights(minimum_size)`, `remove_attribute(attribute_name, op_name)`, `remove_device`,
    `remove_nodes(op, max_inputs)`, `rename_attribute(old_attribute_name, new_attribute_name, op_name)`,
    `rename_op(old_op_name, new_op_name)`, `round_weights(num_steps, minimum_size)`, `set_device(device, if_default)`,
    `sort_by_execution_order`, `strip_unused_nodes(type, shape, name, type_for_name, shape_for_name)`.
    A folded constant has the name of the node whose value it is.

    Args:
      input_graph_def: a GraphDef message, its variables constants; it stays as it is.
      inputs: names of the nodes that are fed.
      outputs: names of the nodes that are fetched.
      transforms: texts such as `"strip_unused_nodes"` and `'remove_nodes(op=Identity, op=CheckNumerics)'`; a value
        with other characters than letters, digits, `_`, `-` and `.` stands in quotation marks.
    Raises: TypeError for something else than a GraphDef, InvalidArgumentError for a name, a transform or an argument
      that there is not, UnimplementedError for a transform of TensorFlow's that is not built.
    """
    graph_def = checked_graph_def(input_graph_def)
    fed, fetched = (tuple(parse_input(str(name))[0] for name in names) for names in (inputs, outputs))
    names = {node.name for node in graph_def.node}
    for kind, given in (("Input", fed), ("Output", fetched)):
        for name in given:
            if name not in names:
                raise InvalidArgumentError(None, None, f"{kind} node {name} not found in graph")
    for name, words in parsed(" ".join(transforms)):
        transform = _fold_constants if name == "fold_constants" else TRANSFORMS.get(name)
        if transform is None and name in _ABSENT:
            raise UnimplementedError(None, None, f"Transform '{name}' is not built. There are: {_known()}.")
        if transform is None:
            raise InvalidArgumentError(None, None, f"Transform '{name}' not recognized. There are: {_known()}.")
        graph_def = transform(graph_def, Asked(name, fed, fetched, words))
    return graph_def


def _known() -> str:
    return ", ".join(sorted(["fold_constants", *TRANSFORMS]))


def parsed(text: str) -> list[tuple[str, dict[str, list[str]]]]:
    """The transforms that a text names, each with the values of its arguments.

    Raises: InvalidArgumentError for a text of another form.

    >>> parsed('strip_unused_nodes remove_nodes(op=Identity, op="A B")')
    [('strip_unused_nodes', {}), ('remove_nodes', {'op': ['Identity', 'A B']})]
    """
    found: list[tuple[str, dict[str, list[str]]]] = []
    rest = text.strip()
    while rest:
        name, rest = _word(rest, "transform")
        words: dict[str, list[str]] = {}
        if rest.startswith("("):
            rest = rest[1:].lstrip()
            while rest and not rest.startswith(")"):
                rest = _argument(rest, words).lstrip(" ,")
            rest = rest[1:]
        found.append((name, words))
        rest = rest.lstrip()
    return found


def _argument(rest: str, words: dict[str, list[str]]) -> str:
    """Take one `name=value`; returns what stands behind it."""
    name, rest = _word(rest, "parameter")
    if not rest.startswith("="):
        raise InvalidArgumentError(None, None, f"Expecting = after parameter name {name!r}, but found {rest}")
    rest = rest[1:].lstrip()
    if rest.startswith('"'):
        value, mark, rest = rest[1:].partition('"')
        if not mark:
            raise InvalidArgumentError(None, None, f"no quotation mark ends the value of {name}: {value}")
    else:
        value, rest = _word(rest, "parameter value")
    words.setdefault(name, []).append(value)
    return rest.lstrip()


def _word(text: str, kind: str) -> tuple[str, str]:
    size = next((at for at, letter in enumerate(text) if not (letter.isalnum() or letter in "_-.")), len(text))
    if size == 0:
        raise InvalidArgumentError(None, None, f"Looking for {kind} name, but found {text}")
    return text[:size], text[size:].lstrip()


def _fold_constants(graph_def: Any, asked: Asked) -> Any:
    """Compute what hangs on constants alone; keeps what the outputs need."""
    if not asked.outputs:
        raise InvalidArgumentError(None, None, "Must specify at least one target to fetch or execute.")
    part = extract_sub_graph(graph_def, asked.outputs)
    if asked.one("clear_output_shapes", "true").lower() in ("true", "1"):
        for node in part.node:
            if "_output_shapes" in node.attr:
                del node.attr["_output_shapes"]
    names = _foldable(part, asked)
    read = {parse_input(text) for node in part.node if node.name not in names for text in node.input}
    wanted = [name for name in names if (name, 0) in read or name in asked.outputs]
    # A node with a result that is read besides its first stays: a constant has one.
    wanted = [name for name in wanted if not any(name == other and index > 0 for other, index in read)]
    try:
        values = _computed(part, wanted)
    except OpError:
        if asked.one("ignore_errors", "false").lower() in ("true", "1"):
            return part
        raise
    result = same_versions(part)
    for node in part.node:
        if node.name in values:
            value, dtype = values[node.name]
            constant = new_constant(node.name, value, dtype)
            constant.device = node.device
            result.node.append(constant)
        else:
            result.node.append(node)
    return extract_sub_graph(result, asked.outputs)


def _foldable(graph_def: Any, asked: Asked) -> list[str]:
    """The names of nodes, constants left out, that take constants and each other alone, in the order of need."""
    order = TRANSFORMS["sort_by_execution_order"](graph_def, asked)
    constant: set[str] = set()
    names: list[str] = []
    for node in order.node:
        if node.name in asked.inputs or not is_pure(node) or any(text[0] == "^" for text in node.input):
            continue
        if node.op == "Const":
            constant.add(node.name)
        elif node.input and all(parse_input(text)[0] in constant for text in node.input):
            constant.add(node.name)
            names.append(node.name)
    return names


def _computed(graph_def: Any, names: Sequence[str]) -> dict[str, tuple[Any, int]]:
    """The values of nodes' first results, with the numbers of their types, by name."""
    if not names:
        return {}
    graph = Graph()
    with graph.as_default(), Session(graph=graph) as session:
        wanted = [f"{name}:0" for name in names]
        tensors = import_graph_def(extract_sub_graph(graph_def, names), name="", return_elements=wanted) or []
        values = session.run(tensors)
    return {name: (value, tensor.dtype.as_datatype_enum) for name, value, tensor in zip(names, values, tensors)}
