"""Walks from tensors of Keras to the inputs they are from."""

from __future__ import annotations

from typing import Any

from ...ops.base import nest


def get_source_inputs(tensor: Any, layer: Any = None, node_index: int | None = None) -> Any:
    """Return the inputs a tensor is computed from, each once.

    Args:
      tensor: of Keras; another is its own source. layer, node_index: where it is from, if not where it says itself.
    """
    if not hasattr(tensor, "_keras_history"):
        return tensor
    history = tensor._keras_history
    start = history if layer is None or node_index else (layer, history[1], 0)
    sources: list[Any] = []
    seen: set[tuple[int, int]] = set()
    waiting = [(start[0], start[1] or 0)]
    while waiting:
        holder, number = waiting.pop()
        if (id(holder), number) in seen:
            continue
        seen.add((id(holder), number))
        node = holder.inbound_nodes[number]
        before = [item for item in nest.flatten(node.inputs) if hasattr(item, "_keras_history")]
        if not before:
            sources += nest.flatten(node.outputs)
        waiting += [tuple(item._keras_history[:2]) for item in reversed(before)]
    return sources
