"""Summaries named by their tensors, which may print too: `contrib.slim.summaries`."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from ....building.default_graph import add_to_collection
from ....families.debugging.printing import Print
from ....families.debugging.summaries import histogram, image, scalar
from ....families.nn.normalization.moments import zero_fraction
from ....graph.graph_keys import GraphKeys


def add_histogram_summary(tensor: Any, name: str | None = None, prefix: str | None = None) -> Any:
    """Return the histogram of a tensor, which is in the collection of summaries.

    Args:
      tensor: any tensor of numbers.
      name: the summary's name; default: the tensor's operation.
      prefix: what the name begins with, before a slash.
    """
    return histogram(_named(tensor, name, prefix), tensor)


def add_image_summary(
    tensor: Any, name: str | None = None, prefix: str | None = None, print_summary: bool = False
) -> Any:
    """Return the summary of images, `[batch, height, width, channels]`; see `add_scalar_summary`."""
    shown = _named(tensor, name, prefix)
    return _collected(image(shown, tensor, collections=[]), tensor, shown, print_summary)


def add_scalar_summary(
    tensor: Any, name: str | None = None, prefix: str | None = None, print_summary: bool = False
) -> Any:
    """Return the summary of a scalar, which is in the collection of summaries.

    Args:
      tensor: a real scalar.
      name: the summary's name; default: the tensor's operation.
      prefix: what the name begins with, before a slash.
      print_summary: whether the value is printed to standard error as well when the summary is computed.
    """
    shown = _named(tensor, name, prefix)
    return _collected(scalar(shown, tensor, collections=[]), tensor, shown, print_summary)


def add_zero_fraction_summary(
    tensor: Any, name: str | None = None, prefix: str | None = None, print_summary: bool = False
) -> Any:
    """Return the summary of a tensor's share of zeros, `<name>/Fraction_of_Zero_Values`; see `add_scalar_summary`."""
    shown = f"{_named(tensor, name, prefix)}/Fraction_of_Zero_Values"
    return add_scalar_summary(zero_fraction(tensor), shown, print_summary=print_summary)


def add_histogram_summaries(tensors: Iterable[Any], prefix: str | None = None) -> list[Any]:
    """Return `add_histogram_summary` of each tensor."""
    return _each(add_histogram_summary, tensors, prefix)


def add_image_summaries(tensors: Iterable[Any], prefix: str | None = None) -> list[Any]:
    """Return `add_image_summary` of each tensor."""
    return _each(add_image_summary, tensors, prefix)


def add_scalar_summaries(tensors: Iterable[Any], prefix: str | None = None, print_summary: bool = False) -> list[Any]:
    """Return `add_scalar_summary` of each tensor."""
    return [add_scalar_summary(tensor, prefix=prefix, print_summary=print_summary) for tensor in tensors]


def add_zero_fraction_summaries(tensors: Iterable[Any], prefix: str | None = None) -> list[Any]:
    """Return `add_zero_fraction_summary` of each tensor."""
    return _each(add_zero_fraction_summary, tensors, prefix)


def _each(function: Callable[..., Any], tensors: Iterable[Any], prefix: str | None) -> list[Any]:
    return [function(tensor, prefix=prefix) for tensor in tensors]


def _collected(summary: Any, tensor: Any, name: str, prints: bool) -> Any:
    if prints:
        summary = Print(summary, [tensor], name)
    add_to_collection(GraphKeys.SUMMARIES, summary)
    return summary


def _named(tensor: Any, name: str | None, prefix: str | None) -> str:
    shown = name or tensor.op.name
    return f"{prefix}/{shown}" if prefix else shown
