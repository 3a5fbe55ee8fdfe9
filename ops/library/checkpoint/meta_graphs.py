"""`import_meta_graph`: a graph from a file, with a Saver for its variables."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from ...building.default_graph import get_default_graph
from ...graph.graph_keys import GraphKeys
from ..graphdef.meta_graph import import_collections_too
from ..input.queue_runner import QueueRunner
from .saver import Saver


def import_meta_graph(
    meta_graph_or_file: Any,
    clear_devices: bool = False,
    import_scope: str | None = None,
    *,
    input_map: Any = None,
    return_elements: Any = None,
    restore_collections_predicate: Callable[[str], bool] | None = None,
    unbound_inputs_col_name: str | None = "unbound_inputs",
) -> Saver | None:
    """Add a MetaGraphDef to the default graph: its operations and its collections, variables among them.

    Args:
      meta_graph_or_file: the message, or the path of a file that `export_meta_graph` or `Saver.save` wrote.
      clear_devices: whether to forget the devices.
      import_scope: a prefix for the names, made unique.
      input_map: as in `import_graph_def`.
      return_elements: names of elements that must be there.
      restore_collections_predicate: which collections to restore, by name; default: all.
      unbound_inputs_col_name: the collection that names inputs from outside: `input_map` has to give each of them.
    Returns: a Saver, that of the graph if it has one; None if it has no variables.
    Raises: OSError if there is no such file, TypeError if it is neither, ValueError and NotFoundError as
      `import_graph_def`, ValueError for a scope that is no name, inputs that are not given and a SaverDef without its
      names, KeyError if a collection names what is not in the graph.

    >>> with Graph().as_default() as small:
    ...     counter = Variable(0, name="counter")
    ...     message = train.export_meta_graph()
    >>> with Graph().as_default():
    ...     saver = train.import_meta_graph(message)
    ...     print(global_variables())
    [<tf.Variable 'counter:0' shape=() dtype=int32_ref>]
    """
    message, scope = import_collections_too(
        meta_graph_or_file,
        clear_devices,
        import_scope,
        input_map,
        return_elements,
        restore_collections_predicate,
        unbound_inputs_col_name,
        {GraphKeys.QUEUE_RUNNERS: QueueRunner.from_proto, GraphKeys.SAVERS: Saver.from_proto},
    )
    if message.HasField("saver_def"):
        return Saver.from_proto(message.saver_def, scope)
    graph = get_default_graph()
    if graph.get_collection(GraphKeys.GLOBAL_VARIABLES) or graph.get_collection(GraphKeys.SAVEABLE_OBJECTS):
        return Saver()
    return None
