"""Contexts of imported graphs."""

from __future__ import annotations

from typing import Any

from ...graph.graph_keys import GraphKeys
from .cond_context import CondContext
from .while_context import WhileContext

MESSAGES = {GraphKeys.COND_CONTEXT: "CondContextDef", GraphKeys.WHILE_CONTEXT: "WhileContextDef"}


def context_of_message(message: Any, import_scope: str | None = None) -> Any:
    """The context that a message describes, with those inside of it.

    Args:
      message: a `CondContextDef` or `WhileContextDef`; the operations it names are in the default graph.
      import_scope: the name scope they were imported under.
    """
    kind = CondContext if message.DESCRIPTOR.name == "CondContextDef" else WhileContext
    result = kind.of_message(message, import_scope)
    with result.entered():
        for inner in message.nested_contexts:
            context_of_message(getattr(inner, inner.WhichOneof("ctxt")), import_scope)
    return result
