"""MetaGraphDef: a graph with its collections, so that its variables are variables again after the import."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Set
from typing import Any, Final

from ...base import VERSION
from ...base.messages.logger import logger
from ...building.default_graph import get_default_graph
from ...families.control_flow.restoring import MESSAGES as _OF_CONTEXTS
from ...families.control_flow.restoring import context_of_message
from ...families.state.variable_defs import with_scope, without_scope
from ...families.state.variables import Variable
from ...graph.graph import Graph
from ...graph.graph_keys import GraphKeys
from .debug_info import write_debug_info
from .graph_io import read_message, write_message
from .import_nodes import parse_input
from .importer import import_graph_def
from .registered import get_collection_proto_type, get_from_proto_function, get_to_proto_function
from .savers import extraneous_nodes

# The collections whose items travel as VariableDef messages.
_OF_VARIABLES: Final = (
    GraphKeys.GLOBAL_VARIABLES,
    GraphKeys.TRAINABLE_VARIABLES,
    GraphKeys.MOVING_AVERAGE_VARIABLES,
    GraphKeys.LOCAL_VARIABLES,
    GraphKeys.MODEL_VARIABLES,
    GraphKeys.GLOBAL_STEP,
    GraphKeys.METRIC_VARIABLES,
)
# Those whose items travel as other messages; `import_collections_too` is told how to read them.
_OF_MESSAGES: Final = {GraphKeys.QUEUE_RUNNERS: "QueueRunnerDef", GraphKeys.SAVERS: "SaverDef"}
_VALID_SCOPE: Final = re.compile("^[A-Za-z0-9.][A-Za-z0-9_.\\\\/>-]*$")


def export_meta_graph(
    filename: Any = None,
    meta_info_def: Any = None,
    graph_def: Any = None,
    saver_def: Any = None,
    collection_list: Iterable[str] | None = None,
    as_text: bool = False,
    graph: Graph | None = None,
    export_scope: str | None = None,
    clear_devices: bool = False,
    clear_extraneous_savers: bool = False,
    strip_default_attrs: bool = False,
    save_debug_info: bool = False,
) -> Any:
    """Return a graph and its collections as a MetaGraphDef message, and write it to a file.

    Args:
      filename: where to write it; default: nowhere.
      meta_info_def: a MetaInfoDef message to begin with.
      graph_def: a GraphDef to take in place of the graph's own.
      saver_def: a SaverDef message to keep in it.
      collection_list: the names of the collections to keep; default: all.
      as_text: whether to write text.
      graph: the Graph; default: the default graph.
      export_scope: only what is under this name scope, the scope left out of the names; an input from outside stays
        as `$unbound_inputs_...`.
      clear_devices: whether to leave the devices out.
      clear_extraneous_savers: whether to leave the operations of Savers out, and the Savers of the collection
        `GraphKeys.SAVERS`, but for those of `saver_def`.
      strip_default_attrs: whether to leave attributes out that have their default.
      save_debug_info: whether to write beside the file, as `.debug`, where each operation was made (GraphDebugInfo).
    Raises: TypeError for arguments of a wrong type.
    """
    from ... import proto

    graph = get_default_graph() if graph is None else graph
    if not isinstance(graph, Graph):
        raise TypeError(f"graph must be of type Graph. Received type: {type(graph)}.")
    for value, name, kind in ((graph_def, "graph_def", "GraphDef"), (saver_def, "saver_def", "SaverDef")):
        if value is not None and getattr(getattr(value, "DESCRIPTOR", None), "name", None) != kind:
            raise TypeError(f"{name} must be of type {kind}. Received type: {type(value)}.")
    result = proto.MetaGraphDef()
    if meta_info_def is not None:
        result.meta_info_def.CopyFrom(proto.adopt(meta_info_def))
    result.graph_def.CopyFrom(graph.as_graph_def(add_shapes=True) if graph_def is None else proto.adopt(graph_def))
    left_out = extraneous_nodes(result.graph_def, saver_def) if clear_extraneous_savers else set()
    if left_out:
        _keep(result.graph_def, [node for node in result.graph_def.node if node.name not in left_out])
    if export_scope:
        _keep_scope(result.graph_def, export_scope)
    _tidy(result, clear_devices, strip_default_attrs)
    if saver_def is not None:
        result.saver_def.CopyFrom(proto.adopt(saver_def))
    for name in graph.get_all_collection_keys() if collection_list is None else collection_list:
        _add_collection(result, graph, name, export_scope, left_out)
    if filename is not None:
        write_message(result, str(filename), as_text)
        if save_debug_info:
            write_debug_info(graph, str(filename), as_text)
    return result


def _tidy(meta_graph: Any, clear_devices: bool, strip_default_attrs: bool) -> None:
    """Add the definitions of the operations; take away devices and defaults if that is wanted."""
    from ...encoding.op_def_message import op_list

    nodes = meta_graph.graph_def.node
    definitions = op_list(node.op for node in nodes)
    info = meta_graph.meta_info_def
    info.stripped_op_list.CopyFrom(definitions)
    info.stripped_default_attrs = strip_default_attrs
    info.tensorflow_version = VERSION
    info.tensorflow_git_version = f"v{VERSION}-sessile"
    defaults = {
        op.name: {a.name: a.default_value for a in op.attr if a.HasField("default_value")} for op in definitions.op
    }
    for node in nodes:
        if clear_devices:
            node.device = ""
        if strip_default_attrs:
            for name, default in defaults.get(node.op, {}).items():
                if name in node.attr and node.attr[name] == default:
                    del node.attr[name]


def _keep_scope(graph_def: Any, scope: str) -> None:
    """Keep the nodes under a name scope, with the names they have inside it."""
    inside = scope.rstrip("/") + "/"
    kept = [node for node in graph_def.node if node.name.startswith(inside)]
    for node in kept:
        inputs = list(node.input)
        names = [text for text in inputs if not text.startswith("^") or text[1:].startswith(inside)]
        outside = [text for text in names if not parse_input(text)[0].startswith(inside)]
        node.input[:] = [f"$unbound_inputs_{text}" if text in outside else without_scope(text, scope) for text in names]
        node.name = without_scope(node.name, scope)
        groups = node.attr["_class"].list.s if "_class" in node.attr else ()
        renamed = [
            without_scope(group.decode(), scope).encode() for group in groups if group[5:].decode().startswith(inside)
        ]
        if "_class" in node.attr:
            node.attr["_class"].list.s[:] = renamed
    _keep(graph_def, kept)


def _keep(graph_def: Any, nodes: list[Any]) -> None:
    rest = type(graph_def)(node=nodes, versions=graph_def.versions, library=graph_def.library)
    graph_def.CopyFrom(rest)


def _add_collection(meta_graph: Any, graph: Graph, name: str, scope: str | None, left_out: Set[str]) -> None:
    """Add a collection; one whose items no message holds is left out with a warning."""
    items = graph.get_collection(name)
    if scope:
        inside = scope.rstrip("/") + "/"
        items = [item for item in items if getattr(item, "name", inside).startswith(inside)]
    if left_out and name == GraphKeys.SAVERS:
        items = [item for item in items if item.saver_def.restore_op_name not in left_out]
    if not items:
        return
    from ... import proto

    message = proto.CollectionDef()
    try:
        _fill_collection(message, name, items, scope)
    except (TypeError, ValueError, AttributeError) as error:
        logger().warning("The collection '%s' is not exported: %s", name, error)
        return
    meta_graph.collection_def[name].CopyFrom(message)


def _fill_collection(message: Any, name: str, items: list[Any], scope: str | None) -> None:
    first = items[0]
    to_proto = get_to_proto_function(name)
    if to_proto is not None:
        protos = [to_proto(item, export_scope=scope) for item in items]
        message.bytes_list.value.extend(proto.SerializeToString() for proto in protos if proto is not None)
        return
    if name in _OF_VARIABLES or (name in _OF_MESSAGES or name in _OF_CONTEXTS) and hasattr(first, "to_proto"):
        protos = [item.to_proto(export_scope=scope) for item in items]
        message.bytes_list.value.extend(
            proto.SerializeToString(deterministic=True) for proto in protos if proto is not None
        )
        return
    if isinstance(first, (str, bytes)):
        message.bytes_list.value.extend(item.encode() if isinstance(item, str) else item for item in items)
    elif isinstance(first, int):
        message.int64_list.value.extend(items)
    elif isinstance(first, float):
        message.float_list.value.extend(items)
    else:
        message.node_list.value.extend(without_scope(item.name, scope) for item in items)


def import_collections_too(
    meta_graph_or_file: Any,
    clear_devices: bool = False,
    import_scope: str | None = None,
    input_map: Any = None,
    return_elements: Any = None,
    restore_collections_predicate: Callable[[str], bool] | None = None,
    unbound_inputs_col_name: str | None = "unbound_inputs",
    makers: Mapping[str, Callable[[Any, str | None], Any]] | None = None,
) -> tuple[Any, str | None]:
    """Add a MetaGraphDef to the default graph, its operations and its collections; see `train.import_meta_graph`.

    Args: as there, and `makers`: by the name of a collection, a function from a message and a scope to an item.
    Returns: the message, and the scope of the names, made unique, or None.
    """
    message = _meta_graph(meta_graph_or_file)
    _check_scope(import_scope)
    if unbound_inputs_col_name and unbound_inputs_col_name in message.collection_def:
        _check_unbound(message.collection_def[unbound_inputs_col_name], input_map or {})
    graph_def = _without_devices(message.graph_def) if clear_devices else message.graph_def
    graph = get_default_graph()
    scope = graph.unique_name(import_scope.rstrip("/")) if import_scope else None
    producer = message.meta_info_def.stripped_op_list if message.meta_info_def.HasField("stripped_op_list") else None
    import_graph_def(
        graph_def, input_map, return_elements, name=f"{scope}/" if scope else "", producer_op_list=producer
    )
    for name in sorted(message.collection_def):
        if name == unbound_inputs_col_name:
            continue
        if restore_collections_predicate is None or restore_collections_predicate(name):
            _restore_collection(graph, name, message.collection_def[name], scope, (makers or {}).get(name))
    if message.HasField("saver_def"):
        _check_saver_def(message.saver_def)
    return message, scope


def _check_scope(import_scope: str | None) -> None:
    if import_scope and not _VALID_SCOPE.match(import_scope):
        raise ValueError(
            f"'{import_scope}' is not a valid root scope name. A root scope name has to match the following pattern: "
            f"{_VALID_SCOPE.pattern}"
        )


def _without_devices(graph_def: Any) -> Any:
    """A copy of a GraphDef whose nodes name no device."""
    copy = type(graph_def)()
    copy.CopyFrom(graph_def)
    for node in copy.node:
        node.device = ""
    return copy


def _check_unbound(collection: Any, input_map: Any) -> None:
    missing = [name.decode() for name in collection.bytes_list.value if name.decode() not in input_map]
    if missing:
        raise ValueError(
            f"Graph contains unbound inputs: {', '.join(missing)}. Must provide these inputs through input_map."
        )


def _check_saver_def(saver_def: Any) -> None:
    for field in ("save_tensor_name", "restore_op_name"):
        if not getattr(saver_def, field):
            raise ValueError(f"saver_def must specify the {field}: {str(saver_def).strip()}")


def _meta_graph(meta_graph_or_file: Any) -> Any:
    from ... import proto

    name = getattr(getattr(meta_graph_or_file, "DESCRIPTOR", None), "name", None)
    if name == "MetaGraphDef":
        return proto.adopt(meta_graph_or_file)
    if name is not None or not (
        isinstance(meta_graph_or_file, (str, bytes)) or hasattr(meta_graph_or_file, "__fspath__")
    ):
        raise TypeError(
            f"import_meta_graph takes a MetaGraphDef message or a path, not {type(meta_graph_or_file).__name__}."
        )
    return read_message(proto.MetaGraphDef(), meta_graph_or_file)


def _restore_collection(graph: Graph, name: str, message: Any, scope: str | None, make: Any) -> None:
    from ... import proto

    kind = message.WhichOneof("kind")
    if kind is None:
        logger().warning("The collection '%s' has items of no known kind and is left out.", name)
        return
    items: list[Any] = list(getattr(message, kind).value)
    if kind == "node_list":
        items = [graph.as_graph_element(with_scope(item, scope)) for item in items]
    elif name in _OF_VARIABLES and kind == "bytes_list":
        items = [Variable.from_proto(proto.VariableDef.FromString(item), scope) for item in items]
    elif name in _OF_CONTEXTS and kind == "bytes_list":
        items = [context_of_message(getattr(proto, _OF_CONTEXTS[name]).FromString(item), scope) for item in items]
    elif get_from_proto_function(name) is not None and kind == "bytes_list":
        read, from_proto = get_collection_proto_type(name).FromString, get_from_proto_function(name)
        items = [from_proto(read(item), import_scope=scope) for item in items]
    elif make is not None and kind == "bytes_list":
        items = [make(getattr(proto, _OF_MESSAGES[name]).FromString(item), scope) for item in items]
    elif kind == "bytes_list" and scope:
        items = [with_scope(item.decode(), scope) for item in items]  # as TensorFlow does: strings count as names
    for item in items:
        graph.add_to_collection(name, item)
