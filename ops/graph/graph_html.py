"""A graph for a notebook: its name scopes, folded, with the operations in them."""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from .graph import Graph

_MOST = 2000  # operations that are shown; a page with more is of no use


def graph_html(graph: Graph) -> str:
    """Return a graph as HTML: a fold per name scope, a line per operation with its type, inputs and outputs."""
    operations = graph.get_operations()
    tree: dict[str, Any] = {}
    for op in operations[:_MOST]:
        *scopes, name = op.name.split("/")
        place = tree
        for scope in scopes:
            place = place.setdefault(f"{scope}/", {})
        place[name] = op
    more = f"<p>and {len(operations) - _MOST} more operations</p>" if len(operations) > _MOST else ""
    inside = "".join(_entry(name, value) for name, value in tree.items())
    summary = f"<summary>graph of {len(operations)} operations</summary>"
    return f'<div class="sessile-graph"><details open>{summary}<ul>{inside}</ul>{more}</details></div>'


def _entry(name: str, value: Any) -> str:
    if isinstance(value, dict):
        inside = "".join(_entry(*item) for item in value.items())
        summary = f"<summary>{escape(name)} ({_count(value)})</summary>"
        return f"<li><details>{summary}<ul>{inside}</ul></details></li>"
    inputs = ", ".join(escape(tensor.name) for tensor in value.inputs)
    outputs = ", ".join(escape(f"{tensor.dtype.name} {tensor.shape}") for tensor in value.outputs)
    place = escape(value.created_at or "")
    return (
        f'<li title="{place}"><b>{escape(name)}</b> <code>{escape(value.type)}</code>({inputs})'
        f"{' &rarr; ' + outputs if outputs else ''}</li>"
    )


def _count(tree: dict[str, Any]) -> int:
    return sum(_count(value) if isinstance(value, dict) else 1 for value in tree.values())
