"""What a file or folder holds: a saved model, a meta graph with its checkpoint, or a graph alone."""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from ..ops import proto
from ..ops.library.graphdef.graph_io import read_message
from ..ops.library.saved_model.loader import maybe_saved_model_directory, read_saved_model


class ModelError(Exception):
    """A model cannot be loaded or called as asked; the message is for a person at a terminal."""


@dataclass(frozen=True)
class ModelFile:
    """A model that is read, not imported yet.

    Args:
      path: where it is.
      kind: "saved model", "meta graph" or "graph".
      graph_def: its GraphDef message.
      meta_graph: its MetaGraphDef message; None for a graph alone.
      tags: of a saved model, the tags of the graph that was chosen.
      choices: of a saved model, the tags of all its graphs.
    """

    path: str
    kind: str
    graph_def: Any
    meta_graph: Any = None
    tags: tuple[str, ...] = ()
    choices: tuple[tuple[str, ...], ...] = ()

    @property
    def checkpoint(self) -> str:
        """The prefix of a meta graph's checkpoint: the path without its ending."""
        return os.path.splitext(self.path)[0]


def read_model(path: str, tags: Sequence[str] | None = None) -> ModelFile:
    """Read a model.

    Args:
      path: the folder of a saved model (or one whose only folders are versions: the highest is taken), a `.meta` file,
        or a file with a GraphDef, as bytes or text.
      tags: of a saved model, those of the graph. Default: `serve`, or those of its only graph.
    Raises: ModelError if there is no model at `path`, or none with these tags.
    """
    if os.path.isdir(path):
        return _saved_model(_latest_version(path), tags)
    if not os.path.exists(path):
        raise ModelError(f"{path}: no such file or folder")
    if tags:
        raise ModelError(f"{path}: tags choose among the graphs of a saved model, and this is a file")
    if path.endswith(".meta"):
        meta_graph = _message(proto.MetaGraphDef(), path)
        return ModelFile(path, "meta graph", meta_graph.graph_def, meta_graph)
    graph_def = _message(proto.GraphDef(), path)
    if not graph_def.node:
        raise ModelError(f"{path}: holds no graph (a GraphDef without nodes)")
    return ModelFile(path, "graph", graph_def)


def _message(message: Any, path: str) -> Any:
    try:
        return read_message(message, path)
    except (OSError, ValueError) as error:
        raise ModelError(str(error)) from None


def versions_in(folder: str) -> list[int]:
    """The versions of a model: the folders in `folder` whose names are numbers and that hold saved models."""
    if not os.path.isdir(folder):
        return []
    names = [name for name in os.listdir(folder) if name.isdigit()]
    return sorted(int(name) for name in names if maybe_saved_model_directory(os.path.join(folder, name)))


def _latest_version(folder: str) -> str:
    if maybe_saved_model_directory(folder):
        return folder
    versions = versions_in(folder)
    if not versions:
        raise ModelError(
            f"{folder}: no saved model (there is no saved_model.pb or saved_model.pbtxt in it, nor in a folder of it "
            "whose name is a number)"
        )
    return next(
        os.path.join(folder, name) for name in os.listdir(folder) if name.isdigit() and int(name) == versions[-1]
    )


def _saved_model(folder: str, tags: Sequence[str] | None) -> ModelFile:
    try:
        graphs = read_saved_model(folder).meta_graphs
    except OSError as error:
        raise ModelError(str(error)) from None
    choices = tuple(tuple(graph.meta_info_def.tags) for graph in graphs)
    wanted = set(tags) if tags else {"serve"}
    found = [graph for graph, own in zip(graphs, choices) if set(own) == wanted]
    if not found and not tags and len(graphs) == 1:
        found = list(graphs)
    if not found:
        listed = "; ".join(", ".join(own) or "(none)" for own in choices)
        raise ModelError(f"{folder}: no graph with the tags {', '.join(sorted(wanted))}; there are: {listed}")
    own_tags = tuple(found[0].meta_info_def.tags)
    return ModelFile(folder, "saved model", found[0].graph_def, found[0], own_tags, choices)
