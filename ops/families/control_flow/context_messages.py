"""Contexts as messages: how a meta graph says which operations stand in which branch or loop."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from ... import proto
from ...building.default_graph import get_default_graph

Rename = Callable[[str], str]


def _scoped(scope: str | None) -> Rename:
    prefix = scope.rstrip("/") + "/" if scope else ""
    return lambda name: prefix + name


def _unscoped(scope: str | None) -> Rename:
    prefix = scope.rstrip("/") + "/" if scope else ""
    return lambda name: name.removeprefix(prefix)


def values_message(context: Any, scope: str | None) -> Any:
    """The tensors known in a context."""
    prefix = scope.rstrip("/") + "/" if scope else ""
    rename = _unscoped(scope)
    message = proto.ValuesDef()
    message.values.extend(rename(name) for name in sorted(context._values) if name.startswith(prefix))
    for outside, inside in context._external_values.items():
        if outside.startswith(prefix):
            message.external_values[rename(outside)] = rename(inside.name)
    return message


def add_nested(message: Any, context: Any, scope: str | None) -> None:
    """Add the contexts inside."""
    for inner in context._nested_contexts:
        made = inner.to_proto(export_scope=scope)
        if made is not None:
            kind = "while_ctxt" if inner.IsWhileContext() else "cond_ctxt"
            getattr(message.nested_contexts.add(), kind).CopyFrom(made)


def restore_values(context: Any, message: Any, scope: str | None) -> None:
    """Let a context know the tensors of a message, and their operations the context."""
    rename = _scoped(scope)
    graph = get_default_graph()
    context._values = {rename(name) for name in message.values}
    context._external_values = {
        rename(outside): graph.as_graph_element(rename(inside)) for outside, inside in message.external_values.items()
    }
    outside = {rename(name) for name in message.external_values}
    for name in {name.partition(":")[0] for name in context._values - outside}:
        graph.as_graph_element(name)._set_control_flow_context(context)


def tensor_of(name: str, scope: str | None) -> Any:
    """The tensor of a name in a message; None for an empty one."""
    return get_default_graph().as_graph_element(_scoped(scope)(name)) if name else None


def in_scope(name: str, scope: str | None) -> bool:
    """Whether a name is in a scope that is exported."""
    return scope is None or name.startswith(scope.rstrip("/") + "/")


def without(name: str, scope: str | None) -> str:
    """A name without the scope."""
    return _unscoped(scope)(name)
