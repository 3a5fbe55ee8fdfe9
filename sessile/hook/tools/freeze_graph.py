"""`tensorflow.python.tools.freeze_graph`: a graph and its checkpoint become one file of constants."""

from __future__ import annotations

from typing import Any

from ...ops.library.checkpoint.reader import NewCheckpointReader
from ...ops.library.graphdef.freezing import variables_of, with_constants
from ...ops.library.graphdef.graph_io import read_message
from ...ops.library.graphdef.graph_util import extract_sub_graph
from ...ops.library.saved_model.loader import read_saved_model


def _names(text: Any) -> list[str]:
    """Names in a list with commas; of no text none."""
    return [name for name in (text or "").replace(" ", "").split(",") if name]


def freeze_graph_with_def_protos(
    input_graph_def: Any, input_saver_def: Any, input_checkpoint: Any, output_node_names: str, restore_op_name: Any,
    filename_tensor_name: Any, output_graph: Any, clear_devices: bool, initializer_nodes: Any,
    variable_names_whitelist: str = "", variable_names_blacklist: str = "", input_meta_graph_def: Any = None,
    input_saved_model_dir: Any = None, saved_model_tags: Any = None, checkpoint_version: int = 2,
) -> Any:  # fmt: skip
    """Return the GraphDef of what outputs need, its variables constants with a checkpoint's values.

    Args:
      input_graph_def: the GraphDef; or `input_meta_graph_def`, whose GraphDef is taken.
      input_checkpoint: the prefix of the checkpoint.
      output_node_names: names with commas between them.
      output_graph: a file that is written too; empty for none.
      clear_devices: whether devices are forgotten.
      variable_names_whitelist, variable_names_blacklist: which variables become constants; names with commas.
      input_saver_def, restore_op_name, filename_tensor_name, initializer_nodes, saved_model_tags, checkpoint_version:
        not needed: the checkpoint is read directly.
    Raises: ValueError if there is no graph, no checkpoint or no output; NotFoundError for a checkpoint without a
      variable.
    """
    outputs = _names(output_node_names)
    if not outputs:
        raise ValueError("You need to supply the name of a node to --output_node_names.")
    graph_def = input_meta_graph_def.graph_def if input_meta_graph_def is not None else input_graph_def
    if graph_def is None:
        raise ValueError("There is no graph to freeze: give input_graph_def or input_meta_graph_def.")
    part = extract_sub_graph(graph_def, outputs)
    names = variables_of(part, _names(variable_names_whitelist) or None, _names(variable_names_blacklist))
    reader = NewCheckpointReader(input_checkpoint)
    frozen = with_constants(part, {name: reader.get_tensor(name) for name in names})
    if clear_devices:
        for node in frozen.node:
            node.device = ""
    if output_graph:
        with open(output_graph, "wb") as file:
            file.write(frozen.SerializeToString())
    return frozen


def freeze_graph(
    input_graph: Any, input_saver: Any, input_binary: bool, input_checkpoint: Any, output_node_names: str,
    restore_op_name: Any, filename_tensor_name: Any, output_graph: Any, clear_devices: bool, initializer_nodes: Any,
    variable_names_whitelist: str = "", variable_names_blacklist: str = "", input_meta_graph: Any = None,
    input_saved_model_dir: Any = None, saved_model_tags: str = "serve", checkpoint_version: int = 2,
) -> Any:  # fmt: skip
    """The same for files: of a GraphDef, of a MetaGraphDef, or a folder of a saved model.

    Args:
      input_graph, input_meta_graph: files, of bytes or text, whatever `input_binary` says.
      input_saved_model_dir: a folder, whose checkpoint is taken then.
      Others: see `freeze_graph_with_def_protos`.
    """
    from ...ops import proto

    graph_def = meta_graph_def = None
    if input_graph:
        graph_def = read_message(proto.GraphDef(), input_graph)
    elif input_meta_graph:
        meta_graph_def = read_message(proto.MetaGraphDef(), input_meta_graph)
    elif input_saved_model_dir:
        wanted = set(_names(saved_model_tags))
        graphs = read_saved_model(input_saved_model_dir).meta_graphs
        meta_graph_def = next(graph for graph in graphs if set(graph.meta_info_def.tags) == wanted)
        input_checkpoint = f"{input_saved_model_dir}/variables/variables"
    return freeze_graph_with_def_protos(
        graph_def, None, input_checkpoint, output_node_names, restore_op_name, filename_tensor_name, output_graph,
        clear_devices, initializer_nodes, variable_names_whitelist, variable_names_blacklist, meta_graph_def,
    )  # fmt: skip
