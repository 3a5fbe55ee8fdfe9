"""Which nodes of a GraphDef are the operations of Savers, so that those of others can be left out of an export."""

from __future__ import annotations

from typing import Any, Final

from .import_nodes import parse_input

_TYPES: Final = frozenset((
    "Save", "SaveSlices", "SaveV2", "Restore", "RestoreSlice", "RestoreV2", "MergeV2Checkpoints", "ShardedFilename",
    "ShardedFilespec",
))  # fmt: skip


def extraneous_nodes(graph_def: Any, saver_def: Any) -> set[str]:
    """Return the names of the nodes in the scopes of Savers other than the one of `saver_def`.

    Args:
      graph_def: a GraphDef message.
      saver_def: a SaverDef message, or None: then every Saver is another.
    """
    names = {node.name for node in graph_def.node if node.op in _TYPES}
    # A node that is itself an operation of a Saver is no scope: `save/SaveV2` has its names under it.
    scopes = {_scope(name) for name in names} - names
    if saver_def is not None:
        kept = (saver_def.save_tensor_name, saver_def.restore_op_name)
        scopes -= {_scope(parse_input(name)[0]) for name in kept}
    # At the top, where no scope tells a Saver's operations from others, everything stays.
    fronts = tuple(f"{scope}/" for scope in scopes if scope)
    return {node.name for node in graph_def.node if fronts and node.name.startswith(fronts)}


def _scope(name: str) -> str:
    return name.rpartition("/")[0]
