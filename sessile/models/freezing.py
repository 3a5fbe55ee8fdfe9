"""Models as one GraphDef each: `freeze`, and TensorFlow's `freeze_graph` of files on top of it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from ..ops import proto
from ..ops.base.errors import NotFoundError
from ..ops.graph.graph import Graph
from ..ops.library.checkpoint.management import checkpoint_exists
from ..ops.library.checkpoint.meta_graphs import import_meta_graph
from ..ops.library.checkpoint.reader import load_checkpoint
from ..ops.library.checkpoint.saver import Saver
from ..ops.library.graphdef.freezing import convert_variables_to_constants, variables_of, with_constants
from ..ops.library.graphdef.graph_io import read_message, write_message
from ..ops.library.graphdef.graph_util import extract_sub_graph
from ..ops.library.graphdef.importer import import_graph_def
from ..ops.library.saved_model.loader import load as load_saved_model
from ..session.session import Session


def freeze_graph(
    input_graph: Any,
    input_saver: Any,
    input_binary: bool,
    input_checkpoint: Any,
    output_node_names: Any,
    restore_op_name: Any,
    filename_tensor_name: Any,
    output_graph: Any,
    clear_devices: bool,
    initializer_nodes: Any,
    variable_names_whitelist: Any = "",
    variable_names_blacklist: Any = "",
    input_meta_graph: Any = None,
    input_saved_model_dir: Any = None,
    saved_model_tags: Any = "serve",
    checkpoint_version: int = 2,
) -> Any:
    """Return the GraphDef of a graph and its checkpoint in files, with the variables as constants.

    Args:
      input_graph: a file with a GraphDef, as text or bytes; or `input_meta_graph`, or the folder
        `input_saved_model_dir`.
      input_saver: a file with the SaverDef that restores the checkpoint; default: values by names of variables.
      input_binary, restore_op_name, filename_tensor_name, checkpoint_version: have no effect.
      input_checkpoint: the path of the checkpoint; none for a saved model.
      output_node_names: names of nodes, as TensorFlow takes them: a text with commas, or a list.
      output_graph: the file that the GraphDef is written to as bytes, if given.
      clear_devices: whether nodes forget their devices.
      initializer_nodes: names of operations to run first, such as those of tables.
      variable_names_whitelist, variable_names_blacklist: variables to convert, and to keep; default: all, none.
      saved_model_tags: the tags of the saved model's graph.
    Raises: NotFoundError if there is no checkpoint, a file is missing or a variable has no value in it; ValueError if
      there are no output names; what `convert_variables_to_constants` raises.
    """
    texts = (input_graph, input_meta_graph, input_saver)
    kinds = (proto.GraphDef, proto.MetaGraphDef, proto.SaverDef)
    graph_def, meta_graph, saver_def = (
        read_message(kind(), path) if path else None for kind, path in zip(kinds, texts)
    )
    return freeze_graph_with_def_protos(
        graph_def,
        saver_def,
        input_checkpoint,
        output_node_names,
        restore_op_name,
        filename_tensor_name,
        output_graph,
        clear_devices,
        initializer_nodes,
        variable_names_whitelist,
        variable_names_blacklist,
        meta_graph,
        input_saved_model_dir,
        _words(saved_model_tags),
        checkpoint_version,
    )


def freeze_graph_with_def_protos(
    input_graph_def: Any,
    input_saver_def: Any,
    input_checkpoint: Any,
    output_node_names: Any,
    restore_op_name: Any,
    filename_tensor_name: Any,
    output_graph: Any,
    clear_devices: bool,
    initializer_nodes: Any,
    variable_names_whitelist: Any = "",
    variable_names_blacklist: Any = "",
    input_meta_graph_def: Any = None,
    input_saved_model_dir: Any = None,
    saved_model_tags: Any = None,
    checkpoint_version: int = 2,
) -> Any:
    """The same as `freeze_graph` with messages in place of the files that are read."""
    outputs = _words(output_node_names)
    if not outputs:
        raise ValueError("You need to supply the name of a node to --output_node_names.")
    if not input_saved_model_dir and not (input_checkpoint and checkpoint_exists(input_checkpoint)):
        raise NotFoundError(None, None, f"Input checkpoint '{input_checkpoint}' doesn't exist!")
    graph = Graph()
    with graph.as_default(), Session(graph=graph) as session:
        saved = None
        if input_saved_model_dir:
            saved = load_saved_model(session, saved_model_tags or ["serve"], input_saved_model_dir).graph_def
        elif input_meta_graph_def is not None:
            saver = import_meta_graph(input_meta_graph_def, clear_devices=True)
            saver = saver if saver is not None else Saver()
            saver.restore(session, input_checkpoint)
            saved = input_meta_graph_def.graph_def
        else:
            import_graph_def(input_graph_def, name="")
            if input_saver_def is not None:
                Saver(saver_def=input_saver_def).restore(session, input_checkpoint)
                saved = input_graph_def
        if _words(initializer_nodes):
            session.run(_words(initializer_nodes))
        listed, kept = _words(variable_names_whitelist) or None, _words(variable_names_blacklist)
        if saved is not None:
            frozen = convert_variables_to_constants(session, saved, outputs, listed, kept)
        else:
            frozen = from_checkpoint(input_graph_def, input_checkpoint, outputs, listed, kept)
    return _given(frozen, clear_devices, output_graph)


def from_checkpoint(
    graph_def: Any,
    checkpoint: Any,
    outputs: Sequence[str],
    listed: Iterable[str] | None = None,
    kept: Iterable[str] | None = None,
) -> Any:
    """Return the GraphDef of what outputs need, its variables constants with a checkpoint's values of their names.

    Raises: NotFoundError if the checkpoint lacks one.
    """
    part = extract_sub_graph(graph_def, outputs)
    reader = load_checkpoint(checkpoint)
    values: Mapping[str, Any] = {name: reader.get_tensor(name) for name in variables_of(part, listed, kept)}
    return with_constants(part, values)


def _given(frozen: Any, clear_devices: bool, path: Any) -> Any:
    for node in frozen.node if clear_devices else ():
        node.device = ""
    if path:
        write_message(frozen, str(path), as_text=False)
    return frozen


def _words(given: Any) -> list[str]:
    """Names that are given as a text with commas, or as a list."""
    if given is None:
        return []
    if isinstance(given, str):
        return [word.strip() for word in given.split(",") if word.strip()]
    return [str(word) for word in given]
