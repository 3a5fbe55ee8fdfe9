"""Where the operations of a graph were made, as the GraphDebugInfo message that lies beside a MetaGraphDef."""

from __future__ import annotations

import os
from typing import Any

from ...base import origin
from ...graph.graph import Graph
from .graph_io import write_message


def debug_info(graph: Graph) -> Any:
    """Return a GraphDebugInfo message: by the name of an operation the user's frames, the innermost first."""
    from ... import proto

    message = proto.GraphDebugInfo()
    files: dict[str, int] = {}
    for op in graph.get_operations():
        trace = message.traces[op.name]
        for code, instruction in op._frames:
            place = files.setdefault(code.co_filename, len(files))
            trace.file_line_cols.add(file_index=place, line=origin.line_of(code, instruction))
    message.files.extend(files)
    return message


def write_debug_info(graph: Graph, beside: str, as_text: bool) -> str:
    """Write it beside a MetaGraphDef's file: `model.meta` has `model.debug`. Returns: the path."""
    path = os.path.splitext(beside)[0] + ".debug"
    write_message(debug_info(graph), path, as_text)
    return path
