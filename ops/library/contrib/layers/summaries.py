"""Summaries of tensors, of activations, and of whole collections of them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from ....building.default_graph import get_collection
from ....families.debugging.summaries import histogram, scalar
from ....families.elementwise.cast import cast, to_float
from ....families.elementwise.compare import greater, less
from ....families.reductions.reductions import reduce_mean
from ....graph.graph_keys import GraphKeys


def summarize_tensor(tensor: Any, tag: str | None = None) -> Any:
    """Return the summary of a tensor: of its value if it is a scalar, else a histogram; named `<operation>_summary`.

    Args:
      tag: another name.
    """
    name = tag or f"{tensor.op.name}_summary"
    return scalar(name, tensor) if tensor.shape.ndims == 0 else histogram(name, tensor)


def summarize_activation(op: Any) -> Any:
    """Return a histogram of an activation; of rectified ones also the share of zeros, and of sixes for `relu6`.

    Args:
      op: the tensor that the activation gives.
    """
    kind = op.op.type
    if kind in ("Relu", "Softplus", "Relu6"):
        given = op.op.inputs[0]
        scalar(f"{op.op.name}/zeros", reduce_mean(to_float(less(given, cast(0.0, given.dtype)))))
        if kind == "Relu6":
            scalar(f"{op.op.name}/sixes", reduce_mean(to_float(greater(given, cast(6.0, given.dtype)))))
    return histogram(f"{op.op.name}/activation", op)


def summarize_tensors(tensors: Any, summarizer: Callable[[Any], Any] = summarize_tensor) -> list[Any]:
    """Return the summaries of tensors."""
    return [summarizer(tensor) for tensor in tensors]


def summarize_collection(
    collection: str, name_filter: str | None = None, summarizer: Callable[[Any], Any] = summarize_tensor
) -> list[Any]:
    """Return the summaries of the tensors in a collection.

    Args:
      name_filter: a regular expression that the names of their operations begin with.
      summarizer: makes one.
    """
    return summarize_tensors(get_collection(collection, name_filter), summarizer)


def summarize_activations(
    name_filter: str | None = None, summarizer: Callable[[Any], Any] = summarize_activation
) -> list[Any]:
    """Return the summaries of the collection `ACTIVATIONS`; see `summarize_collection`."""
    return summarize_collection(GraphKeys.ACTIVATIONS, name_filter, summarizer)
