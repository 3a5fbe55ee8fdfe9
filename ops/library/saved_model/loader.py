"""Reading saved models."""

from __future__ import annotations

import os
from collections.abc import Iterable
from typing import Any

from ...base.messages.logger import logger
from ...families.state.variable_defs import with_scope
from ..checkpoint.management import checkpoint_exists
from ..checkpoint.meta_graphs import import_meta_graph
from ..graphdef.graph_io import read_message
from . import constants


def maybe_saved_model_directory(export_dir: Any) -> bool:
    """Whether a folder looks like a saved model: it has the file of one."""
    folder = os.fsdecode(export_dir)
    names = (constants.SAVED_MODEL_FILENAME_PB, constants.SAVED_MODEL_FILENAME_PBTXT)
    return any(os.path.exists(os.path.join(folder, name)) for name in names)


def read_saved_model(export_dir: Any) -> Any:
    """Return the SavedModel message of a folder. Raises: OSError if there is none or it cannot be read."""
    from ... import proto

    folder = os.fsdecode(export_dir)
    for name in (constants.SAVED_MODEL_FILENAME_PB, constants.SAVED_MODEL_FILENAME_PBTXT):
        path = os.path.join(folder, name)
        if os.path.exists(path):
            try:
                return read_message(proto.SavedModel(), path)
            except ValueError as error:
                raise OSError(f"Cannot parse file {path}: {error}") from error
    raise OSError(
        f"SavedModel file does not exist at: {folder}/{{{constants.SAVED_MODEL_FILENAME_PBTXT}|"
        f"{constants.SAVED_MODEL_FILENAME_PB}}}"
    )


def load(sess: Any, tags: Iterable[str], export_dir: Any, import_scope: str | None = None, **saver_kwargs: Any) -> Any:
    """Load a graph of a saved model into a session's graph, with its variables.

    Args:
      sess: the session.
      tags: the graph's tags, all of them.
      export_dir: the folder.
      import_scope: a prefix for the names.
      saver_kwargs: for `import_meta_graph`.
    Returns: the MetaGraphDef message, with the signatures.
    Raises: OSError if there is no saved model, RuntimeError if it has no graph with these tags.
    """
    folder = os.fsdecode(export_dir)
    meta_graph = _find(read_saved_model(folder), set(tags))
    with sess.graph.as_default():
        saver = import_meta_graph(meta_graph, import_scope=import_scope, **saver_kwargs)
    path = os.path.join(folder, constants.VARIABLES_DIRECTORY, constants.VARIABLES_FILENAME)
    if saver is None or not checkpoint_exists(path):
        logger().info("The graph of the saved model has no variables to restore.")
    else:
        saver.restore(sess, path)
    _run_main_op(sess, meta_graph, asset_tensors(folder, meta_graph, import_scope), import_scope)
    return meta_graph


def _find(saved_model: Any, tags: set[str]) -> Any:
    for meta_graph in saved_model.meta_graphs:
        if set(meta_graph.meta_info_def.tags) == tags:
            return meta_graph
    available = [set(meta_graph.meta_info_def.tags) for meta_graph in saved_model.meta_graphs]
    raise RuntimeError(
        f"MetaGraphDef associated with tags {str(sorted(tags)).strip('[]')} could not be found in SavedModel. To "
        "inspect available tag-sets in the SavedModel, please use the SavedModel CLI: `saved_model_cli`\n"
        f"available_tags: {available}"
    )


def asset_tensors(export_dir: Any, meta_graph_def_to_load: Any, import_scope: str | None = None) -> dict[str, str]:
    """Return, by the names of the tensors that hold assets' paths, the paths of the saved model's copies.

    Args:
      export_dir: the folder of the saved model.
      meta_graph_def_to_load: one of its MetaGraphDef messages.
      import_scope: a prefix that the names get, as in `load`.
    """
    from ... import proto

    folder, meta_graph, feeds = os.fsdecode(export_dir), meta_graph_def_to_load, {}
    for item in meta_graph.collection_def[constants.ASSETS_KEY].any_list.value if _has_assets(meta_graph) else ():
        asset = proto.AssetFileDef.FromString(item.value)
        feeds[with_scope(asset.tensor_info.name, import_scope)] = os.path.join(
            folder, constants.ASSETS_DIRECTORY, asset.filename
        )
    return feeds


def _has_assets(meta_graph: Any) -> bool:
    return constants.ASSETS_KEY in meta_graph.collection_def


def _run_main_op(sess: Any, meta_graph: Any, feeds: dict[str, str], scope: str | None) -> None:
    for key in (constants.MAIN_OP_KEY, constants.LEGACY_INIT_OP_KEY):
        if key not in meta_graph.collection_def:
            continue
        names = meta_graph.collection_def[key].node_list.value
        if len(names) != 1:
            raise RuntimeError(f"Expected exactly one SavedModel init op. Found {len(names)}: {list(names)}.")
        sess.run(sess.graph.as_graph_element(with_scope(names[0], scope)), feeds)
        return
